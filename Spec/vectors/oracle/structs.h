// Structures that the headers of Debian 12 do not have, field by field as virtio 1.4 and QEMU's documents
// list them, with the sizes that were computed from those listings.
#ifndef STRUCTS_H
#define STRUCTS_H

#include <assert.h>
#include <linux/videodev2.h>
#include <linux/virtio_gpu.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
#define SIZE(type, bytes) static_assert(sizeof(struct type) == (bytes), #type)

struct virtio_gpu_config_aligned { struct virtio_gpu_config config; u32 blob_alignment; };
SIZE(virtio_gpu_config_aligned, 20);

// The kernel's used ring ends in an array of another name.
struct used_head { u16 flags, idx; };
struct virtq_used_elem { u32 id, len; };

// virtio-media

struct virtio_media_config { u32 device_caps, device_type; u8 card[32]; };
struct virtio_media_cmd_header { u32 cmd, __reserved; };
struct virtio_media_resp_header { u32 status, __reserved; };
struct virtio_media_cmd_open { struct virtio_media_cmd_header hdr; };
struct virtio_media_resp_open { struct virtio_media_resp_header hdr; u32 session_id, __reserved; };
struct virtio_media_cmd_close { struct virtio_media_cmd_header hdr; u32 session_id, __reserved; };
struct virtio_media_cmd_ioctl { struct virtio_media_cmd_header hdr; u32 session_id, code; };
struct virtio_media_resp_ioctl { struct virtio_media_resp_header hdr; };
struct virtio_media_sg_entry { u64 start; u32 len, __reserved; };
struct virtio_media_cmd_mmap { struct virtio_media_cmd_header hdr; u32 session_id, flags, offset; };
struct virtio_media_resp_mmap { struct virtio_media_resp_header hdr; u64 driver_addr, len; };
struct virtio_media_cmd_munmap { struct virtio_media_cmd_header hdr; u64 driver_addr; };
struct virtio_media_resp_munmap { struct virtio_media_resp_header hdr; };
struct virtio_media_event_header { u32 event, session_id; };
struct virtio_media_event_error { struct virtio_media_event_header hdr; u32 errno, __reserved; };
struct virtio_media_event_dqbuf {
    struct virtio_media_event_header hdr; struct v4l2_buffer buffer; struct v4l2_plane planes[8];
};
struct virtio_media_event_event { struct virtio_media_event_header hdr; struct v4l2_event event; };
SIZE(virtio_media_config, 40);
SIZE(virtio_media_cmd_header, 8);
SIZE(virtio_media_resp_header, 8);
SIZE(virtio_media_cmd_open, 8);
SIZE(virtio_media_resp_open, 16);
SIZE(virtio_media_cmd_close, 16);
SIZE(virtio_media_cmd_ioctl, 16);
SIZE(virtio_media_resp_ioctl, 8);
SIZE(virtio_media_sg_entry, 16);
SIZE(virtio_media_cmd_mmap, 20);
SIZE(virtio_media_resp_mmap, 24);
SIZE(virtio_media_cmd_munmap, 16);
SIZE(virtio_media_resp_munmap, 8);
SIZE(virtio_media_event_header, 8);
SIZE(virtio_media_event_error, 16);
SIZE(virtio_media_event_dqbuf, 608);
SIZE(virtio_media_event_event, 144);

// V4L2, where Linux 6.1 is too old

struct remove_buffers { u32 index, count, type, reserved[13]; };
struct create_buffers {
    u32 index, count, memory;
    struct v4l2_format format;
    u32 capabilities, flags, max_num_buffers, reserved[5];
};
SIZE(remove_buffers, 64);
SIZE(create_buffers, 256);

// vhost-user, in the byte order of a little-endian host

struct vhost_user_hdr { u32 request, flags, size; };
struct vhost_user_vring_state { u32 index, num; };
struct vhost_user_vring_addr { u32 index, flags; u64 descriptor, used, available, log; };
struct vhost_user_mem_region { u64 guest_address, size, user_address, mmap_offset; };
struct vhost_user_mem_table { u32 num_regions, padding; };
struct vhost_user_mem_reg_msg { u64 padding; struct vhost_user_mem_region region; };
struct vhost_user_log { u64 log_size, log_offset; };
struct vhost_user_iotlb { u64 iova, size, uaddr; u8 perm, type, padding[6]; };
struct vhost_user_config_hdr { u32 offset, size, flags; };
struct vhost_user_vring_area { u64 u64, size, offset; };
struct vhost_user_inflight { u64 mmap_size, mmap_offset; u16 num_queues, queue_size; u8 padding[4]; };
struct vhost_user_shared { u8 uuid[16]; };
struct vhost_user_device_state { u32 direction, phase; };
struct vhost_user_mmap { u8 shmid, padding[7]; u64 fd_offset, shm_offset, len, flags; };
struct vhost_user_shmem_config { u32 nregions, padding; u64 memory_sizes[256]; };
struct inflight_region_split_hdr { u64 features; u16 version, desc_num, last_batch_head, used_idx; };
struct inflight_desc_split { u8 inflight, padding[5]; u16 next; u64 counter; };
struct inflight_region_packed_hdr {
    u64 features;
    u16 version, desc_num, free_head, old_free_head, used_idx, old_used_idx;
    u8 used_wrap_counter, old_used_wrap_counter, padding[7];
};
struct inflight_desc_packed { u8 inflight, padding; u16 next, last, num; u64 counter; u16 id, flags; u32 len; u64 addr; };
SIZE(vhost_user_hdr, 12);
SIZE(vhost_user_vring_state, 8);
SIZE(vhost_user_vring_addr, 40);
SIZE(vhost_user_mem_region, 32);
SIZE(vhost_user_mem_table, 8);
SIZE(vhost_user_mem_reg_msg, 40);
SIZE(vhost_user_log, 16);
SIZE(vhost_user_iotlb, 32);
SIZE(vhost_user_config_hdr, 12);
SIZE(vhost_user_vring_area, 24);
SIZE(vhost_user_inflight, 24);
SIZE(vhost_user_shared, 16);
SIZE(vhost_user_device_state, 8);
SIZE(vhost_user_mmap, 40);
SIZE(vhost_user_shmem_config, 2056);
SIZE(inflight_region_split_hdr, 16);
SIZE(inflight_desc_split, 16);
SIZE(inflight_region_packed_hdr, 32);
SIZE(inflight_desc_packed, 32);

// The display socket

struct vhost_user_gpu_hdr { u32 request, flags, size; };
struct vhost_user_gpu_cursor_pos { u32 scanout_id, x, y; };
struct vhost_user_gpu_cursor_update { struct vhost_user_gpu_cursor_pos pos; u32 hot_x, hot_y, cursor[4096]; };
struct vhost_user_gpu_scanout { u32 scanout_id, width, height; };
struct vhost_user_gpu_update { u32 scanout_id, x, y, width, height; };
struct vhost_user_gpu_dmabuf_scanout {
    u32 scanout_id, x, y, width, height, fd_width, fd_height, fd_stride, fd_flags; i32 fd_drm_fourcc;
};
struct vhost_user_gpu_dmabuf_scanout2 { struct vhost_user_gpu_dmabuf_scanout dmabuf_scanout; u64 modifier; };
struct vhost_user_gpu_edid_request { u32 scanout_id; };
SIZE(vhost_user_gpu_hdr, 12);
SIZE(vhost_user_gpu_cursor_pos, 12);
SIZE(vhost_user_gpu_cursor_update, 16404);
SIZE(vhost_user_gpu_scanout, 12);
SIZE(vhost_user_gpu_update, 20);
SIZE(vhost_user_gpu_dmabuf_scanout, 40);
SIZE(vhost_user_gpu_dmabuf_scanout2, 48);
SIZE(vhost_user_gpu_edid_request, 4);

#endif
