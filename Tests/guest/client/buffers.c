// Buffers, contexts and command streams.
#include "guest.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FORMAT_BGRA = 1, TARGET_BUFFER = 0, TARGET_2D = 2, PAGE = 4096 };

struct buffer make_dumb(uint32_t width, uint32_t height)
{
    struct drm_mode_create_dumb make = {.width = width, .height = height, .bpp = 32};
    must(gpu, DRM_IOCTL_MODE_CREATE_DUMB, &make);
    struct drm_mode_map_dumb map = {.handle = make.handle};
    must(gpu, DRM_IOCTL_MODE_MAP_DUMB, &map);
    struct buffer buffer = {.handle = make.handle, .width = width, .height = height,
                            .stride = make.pitch, .size = make.size};
    buffer.pixels = mmap(NULL, make.size, PROT_READ | PROT_WRITE, MAP_SHARED, gpu,
                         (off_t)map.offset);
    if (buffer.pixels == MAP_FAILED) fail("mmap of a dumb buffer");
    return buffer;
}

struct buffer make_3d(int fd, uint32_t width, uint32_t height, uint32_t format, uint32_t bind)
{
    uint32_t size = (width * height * 4 + PAGE - 1) / PAGE * PAGE;
    struct drm_virtgpu_resource_create make = {
        .target = TARGET_2D, .format = format, .bind = bind, .width = width, .height = height,
        .depth = 1, .array_size = 1, .size = size};
    must(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make);
    return (struct buffer){.handle = make.bo_handle, .resource = make.res_handle, .width = width,
                           .height = height, .stride = width * 4, .size = size};
}

struct buffer make_blob(int fd, uint32_t memory, uint32_t flags, uint64_t id, uint64_t size)
{
    struct drm_virtgpu_resource_create_blob make = {
        .blob_mem = memory, .blob_flags = flags, .blob_id = id, .size = size};
    must(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB, &make);
    return (struct buffer){.handle = make.bo_handle, .resource = make.res_handle, .size = size};
}

// A renderer's buffer, made by a command stream, and a blob over it.
struct buffer make_host_blob(int fd, uint32_t blob_flags, uint64_t id, uint32_t size)
{
    enum { PIPE_RESOURCE_CREATE = 48, FORMAT_R8 = 64, BIND_SAMPLER_VIEW = 8 };
    enum { MAP_PERSISTENT = 2, MAP_COHERENT = 4 };
    uint32_t words[] = {PIPE_RESOURCE_CREATE | 11 << 16, TARGET_BUFFER, FORMAT_R8,
                        BIND_SAMPLER_VIEW, size, 1, 1, 1, 0, 0, MAP_PERSISTENT | MAP_COHERENT,
                        (uint32_t)id};
    struct drm_virtgpu_resource_create_blob make = {
        .blob_mem = VIRTGPU_BLOB_MEM_HOST3D, .blob_flags = blob_flags, .blob_id = id,
        .size = size, .cmd = (uintptr_t)words, .cmd_size = sizeof words};
    must(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB, &make);
    return (struct buffer){.handle = make.bo_handle, .resource = make.res_handle, .size = size};
}

void map_buffer(int fd, struct buffer *buffer)
{
    struct drm_virtgpu_map map = {.handle = buffer->handle};
    must(fd, DRM_IOCTL_VIRTGPU_MAP, &map);
    buffer->pixels = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                          (off_t)map.offset);
    if (buffer->pixels == MAP_FAILED) fail("mmap of %llu bytes", (unsigned long long)buffer->size);
}

void close_buffer(int fd, struct buffer *buffer)
{
    if (buffer->pixels) munmap(buffer->pixels, buffer->size);
    if (buffer->framebuffer) {
        uint32_t id = buffer->framebuffer;
        must(fd, DRM_IOCTL_MODE_RMFB, &id);
    }
    struct drm_gem_close close = {.handle = buffer->handle};
    must(fd, DRM_IOCTL_GEM_CLOSE, &close);
    *buffer = (struct buffer){0};
}

void paint(struct buffer *buffer, uint32_t seed)
{
    for (uint32_t y = 0; y < buffer->height; y++)
        for (uint32_t x = 0; x < buffer->width; x++)
            buffer->pixels[y * (buffer->stride / 4) + x] = 0xff000000 | pattern(x, y, seed);
}

void transfer(int fd, struct buffer *buffer, bool to_host, struct drm_virtgpu_3d_box box,
              uint32_t offset)
{
    struct drm_virtgpu_3d_transfer_to_host move = {.bo_handle = buffer->handle, .box = box,
                                                   .offset = offset};
    struct drm_virtgpu_3d_transfer_from_host back = {.bo_handle = buffer->handle, .box = box,
                                                     .offset = offset};
    if (to_host) must(fd, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &move);
    else must(fd, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &back);
    wait_idle(fd, buffer->handle);
}

void wait_idle(int fd, uint32_t handle)
{
    struct drm_virtgpu_3d_wait wait = {.handle = handle};
    must(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait);
}

// A context of its own, of virgl's second capset; where the driver cannot choose, it makes one with
// the first resource.
int open_context(void)
{
    int fd = open(gpu_path, O_RDWR | O_CLOEXEC);
    if (fd < 0) fail("a second opening of the GPU");
    if (!parameter(VIRTGPU_PARAM_CONTEXT_INIT)) return fd;
    struct drm_virtgpu_context_set_param set = {.param = VIRTGPU_CONTEXT_PARAM_CAPSET_ID,
                                                .value = 2};
    struct drm_virtgpu_context_init init = {.num_params = 1, .ctx_set_params = (uintptr_t)&set};
    must(fd, DRM_IOCTL_VIRTGPU_CONTEXT_INIT, &init);
    return fd;
}

// The fence's descriptor, if one is wanted.
int submit(int fd, const uint32_t *words, uint32_t count, const uint32_t *handles,
           uint32_t handle_count, bool wants_fence)
{
    struct drm_virtgpu_execbuffer run = {
        .flags = wants_fence ? VIRTGPU_EXECBUF_FENCE_FD_OUT : 0, .size = count * 4,
        .command = (uintptr_t)words, .bo_handles = (uintptr_t)handles,
        .num_bo_handles = handle_count, .fence_fd = -1};
    must(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &run);
    return run.fence_fd;
}

void wait_fence(int fence)
{
    struct pollfd ready = {.fd = fence, .events = POLLIN};
    if (poll(&ready, 1, 10000) != 1) fail("a fence that does not come");
    close(fence);
}

int clear_target(int fd, struct buffer *target, const float colour[4], bool wants_fence)
{
    enum { CREATE_OBJECT = 1, DESTROY_OBJECT = 3, SET_FRAMEBUFFER = 5, CLEAR = 7, SURFACE = 8 };
    uint32_t words[32], at = 0, bits[4];
    memcpy(bits, colour, sizeof bits);
    uint32_t surface = target->resource + 1000;
    const uint32_t stream[] = {
        CREATE_OBJECT | SURFACE << 8 | 5 << 16, surface, target->resource, FORMAT_BGRA, 0, 0,
        SET_FRAMEBUFFER | 3 << 16, 1, 0, surface,
        CLEAR | 8 << 16, 1 << 2, bits[0], bits[1], bits[2], bits[3], 0, 0, 0,
        SET_FRAMEBUFFER | 2 << 16, 0, 0,
        DESTROY_OBJECT | SURFACE << 8 | 1 << 16, surface};
    for (uint32_t i = 0; i < sizeof stream / 4; i++) words[at++] = stream[i];
    return submit(fd, words, at, &target->handle, 1, wants_fence);
}
