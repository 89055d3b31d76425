// Messages of one size over a packet socket, to and from a process that is not trusted.
#ifndef VIRTIO_SHARE_PACKETS_H
#define VIRTIO_SHARE_PACKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Takes one message and none of its descriptors, which the kernel drops. Returns its bytes, 0 at the
// other side's end, or -1 with errno set: EAGAIN when none has come in time (-1 waits), EBADMSG for one
// that is longer or that brought descriptors.
ssize_t cl_packet_take(int socket, void *bytes, size_t size, int timeoutMillis);
// One message without descriptors; waits for room. 0, or -1 with errno set.
int cl_packet_put(int socket, const void *bytes, size_t size);

// Limits this process's address space. 0, or an errno value.
int cl_limit_own_memory(uint64_t bytes);

#endif
