// Thousands of rounds of everything, with contexts that come and go.
#include "guest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint32_t state = 1;

static uint32_t any(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static void images(int fd)
{
    uint32_t width = 1 + any(200), height = 1 + any(200);
    struct buffer image = make_3d(fd, width, height, 1, 2 | 8);
    map_buffer(fd, &image);
    uint32_t seed = any(1000);
    paint(&image, seed);
    struct drm_virtgpu_3d_box all = {.w = width, .h = height, .d = 1};
    transfer(fd, &image, true, all, 0);
    memset(image.pixels, 0, image.size);
    transfer(fd, &image, false, all, 0);
    uint32_t x = any(width), y = any(height);
    if (image.pixels[y * width + x] != (0xff000000 | pattern(x, y, seed)))
        fail("a pixel that did not come back");
    close_buffer(fd, &image);
}

static void draws(int fd)
{
    struct buffer target = make_3d(fd, 32, 32, 1, 2);
    map_buffer(fd, &target);
    const float white[4] = {1, 1, 1, 1};
    int last = -1;
    for (uint32_t i = 0, n = 1 + any(8); i < n; i++) {
        if (last >= 0) close(last);
        last = clear_target(fd, &target, white, true);
    }
    wait_fence(last);
    struct drm_virtgpu_3d_box all = {.w = 32, .h = 32, .d = 1};
    transfer(fd, &target, false, all, 0);
    if (target.pixels[any(32 * 32)] != 0xffffffff) fail("a target that was not cleared");
    close_buffer(fd, &target);
}

static void shares(int fd)
{
    struct buffer image = make_dumb(64, 64);
    struct drm_prime_handle prime = {.handle = image.handle, .flags = DRM_CLOEXEC};
    must(gpu, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
    close(prime.fd);
    close_buffer(gpu, &image);
    if (!parameter(VIRTGPU_PARAM_RESOURCE_BLOB)) return;
    struct buffer blob = make_blob(fd, VIRTGPU_BLOB_MEM_GUEST, VIRTGPU_BLOB_FLAG_USE_MAPPABLE, 0,
                                   4096 * (1 + any(64)));
    close_buffer(fd, &blob);
}

static void dumbs(void)
{
    struct buffer dumb = make_dumb(1 + any(300), 1 + any(300));
    dumb.pixels[0] = 1;
    close_buffer(gpu, &dumb);
}

void step_stress(long rounds)
{
    double start = now_seconds();
    int fd = open_context();
    for (long i = 0; i < rounds; i++) {
        switch (any(4)) {
        case 0: images(fd); break;
        case 1: draws(fd); break;
        case 2: shares(fd); break;
        default: dumbs(); break;
        }
        if (any(50) == 0) {
            close(fd);
            fd = open_context();
        }
    }
    close(fd);
    say("ok stress %ld rounds in %.1f s", rounds, now_seconds() - start);
}
