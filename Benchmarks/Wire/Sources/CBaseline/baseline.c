// The loops to be compared with: a struct cast for each message, little-endian as the host is.

#include "CBaseline.h"

#include <linux/virtio_gpu.h>
#include <time.h>

uint64_t baseline_transfers(const void *bytes, size_t count) {
    const struct virtio_gpu_transfer_to_host_2d *commands = bytes;
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        const struct virtio_gpu_transfer_to_host_2d *command = &commands[i];
        sum += (uint64_t)command->hdr.type + command->hdr.flags + command->hdr.fence_id
            + command->hdr.ctx_id + command->hdr.ring_idx + command->r.x + command->r.y
            + command->r.width + command->r.height + command->offset + command->resource_id;
    }
    return sum;
}

uint64_t baseline_entries(const void *bytes, size_t count) {
    const struct virtio_gpu_mem_entry *entries = bytes;
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += entries[i].addr + entries[i].length;
    return sum;
}

uint64_t baseline_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
