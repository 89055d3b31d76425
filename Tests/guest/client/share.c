// What is shared: dma-bufs of the GPU's, which give the resource a UUID.
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int export(int fd, struct buffer *buffer)
{
    struct drm_prime_handle prime = {.handle = buffer->handle, .flags = DRM_CLOEXEC | DRM_RDWR};
    must(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
    return prime.fd;
}

void step_share(void)
{
    int fd = open_context();
    struct buffer dumb = make_dumb(320, 240);
    paint(&dumb, 21);
    int dumb_fd = export(gpu, &dumb);
    wait_outside("exported %llu", (unsigned long long)dumb.size);

    // Twice is once.
    int again = export(gpu, &dumb);
    struct drm_prime_handle back = {.fd = again};
    must(gpu, DRM_IOCTL_PRIME_FD_TO_HANDLE, &back);
    if (back.handle != dumb.handle) fail("one's own buffer under another handle");
    close(again);

    // The other DRM device of this kernel, which has no hardware: an importer.
    char path[32];
    int vgem = open_card("vgem", path);
    if (vgem >= 0) {
        struct drm_prime_handle in = {.fd = dumb_fd};
        must(vgem, DRM_IOCTL_PRIME_FD_TO_HANDLE, &in);
        struct drm_mode_map_dumb map = {.handle = in.handle};
        int error = try_ioctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &map);
        say("ok another device of the guest's imports the buffer%s%s", error ? ", mapping: " : "",
            error ? strerror(error) : "");
        struct drm_gem_close done = {.handle = in.handle};
        must(vgem, DRM_IOCTL_GEM_CLOSE, &done);
        close(vgem);
    }
    uint32_t *pixels = mmap(NULL, dumb.size, PROT_READ, MAP_SHARED, dumb_fd, 0);
    if (pixels == MAP_FAILED) fail("mmap of a dma-buf");
    if (memcmp(pixels, dumb.pixels, dumb.size)) fail("a dma-buf with other bytes");
    munmap(pixels, dumb.size);

    if (parameter(VIRTGPU_PARAM_RESOURCE_BLOB)) {
        struct buffer blob = make_host_blob(
            fd, VIRTGPU_BLOB_FLAG_USE_SHAREABLE | VIRTGPU_BLOB_FLAG_USE_CROSS_DEVICE, 9, 3 << 20);
        int blob_fd = export(fd, &blob);
        wait_outside("exported-blob %u", 3u << 20);
        close(blob_fd);
        close_buffer(fd, &blob);
    }
    close(dumb_fd);
    close_buffer(gpu, &dumb);
    close(fd);
    wait_outside("unexported");
    say("ok shared by dma-buf");
}
