// What is drawn: transfers, command streams, fences, contexts and blobs.
#include "guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BGRA = 1, RENDER_TARGET = 2, SAMPLER_VIEW = 8 };

void step_features(void)
{
    say("ok parameters 3d %d blob %d host-visible %d cross-device %d context-init %d capsets %#llx",
        (int)parameter(VIRTGPU_PARAM_3D_FEATURES), (int)parameter(VIRTGPU_PARAM_RESOURCE_BLOB),
        (int)parameter(VIRTGPU_PARAM_HOST_VISIBLE), (int)parameter(VIRTGPU_PARAM_CROSS_DEVICE),
        (int)parameter(VIRTGPU_PARAM_CONTEXT_INIT),
        (unsigned long long)parameter(VIRTGPU_PARAM_SUPPORTED_CAPSET_IDs));
    uint8_t caps[2048] = {0};
    struct drm_virtgpu_get_caps get = {.cap_set_id = 2, .cap_set_ver = 2,
                                       .addr = (uintptr_t)caps, .size = sizeof caps};
    must(gpu, DRM_IOCTL_VIRTGPU_GET_CAPS, &get);
    uint32_t version;
    memcpy(&version, caps, sizeof version);
    if (version < 1 || version > 2) fail("virgl's capset has version %u", version);
    say("ok capset 2 version %u", version);
}

static void expect(uint32_t *pixels, uint32_t index, uint32_t wanted, const char *what)
{
    if (pixels[index] != wanted)
        fail("%s: pixel %u is %#x, not %#x", what, index, pixels[index], wanted);
}

static void both_ways(int fd, struct buffer *image)
{
    const uint32_t width = image->width, height = image->height;
    paint(image, 11);
    struct drm_virtgpu_3d_box all = {.w = width, .h = height, .d = 1};
    transfer(fd, image, true, all, 0);
    memset(image->pixels, 0x5a, image->size);
    transfer(fd, image, false, all, 0);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            expect(image->pixels, y * width + x, 0xff000000 | pattern(x, y, 11), "both ways");

    // A box of it: the rest of the guest's bytes stay as they are.
    memset(image->pixels, 0x5a, image->size);
    struct drm_virtgpu_3d_box box = {.x = 13, .y = 7, .w = 31, .h = 17, .d = 1};
    transfer(fd, image, false, box, (7 * width + 13) * 4);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            bool inside = x >= 13 && x < 13 + 31 && y >= 7 && y < 7 + 17;
            expect(image->pixels, y * width + x,
                   inside ? 0xff000000 | pattern(x, y, 11) : 0x5a5a5a5a, "a box back");
        }
    close_buffer(fd, image);
}

static void streams(int fd)
{
    struct buffer target = make_3d(fd, 64, 64, BGRA, RENDER_TARGET);
    map_buffer(fd, &target);
    const float colours[3][4] = {{1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 0}};
    const uint32_t wanted[3] = {0xffff0000, 0xff00ff00, 0x000000ff};
    struct drm_virtgpu_3d_box all = {.w = 64, .h = 64, .d = 1};
    for (int i = 0; i < 3; i++) {
        wait_fence(clear_target(fd, &target, colours[i], true));
        transfer(fd, &target, false, all, 0);
        for (uint32_t p = 0; p < 64 * 64; p++) expect(target.pixels, p, wanted[i], "a clear");
    }
    close_buffer(fd, &target);
    say("ok command streams and fences");
}

void step_3d(void)
{
    int fd = open_context();
    struct buffer image = make_3d(fd, 97, 61, BGRA, RENDER_TARGET | SAMPLER_VIEW);
    map_buffer(fd, &image);
    both_ways(fd, &image);
    say("ok transfers both ways");
    // A 2D resource that a context uses.
    struct buffer dumb = make_dumb(97, 61);
    both_ways(gpu, &dumb);
    say("ok dumb buffers both ways");
    streams(fd);
    // Contexts that live side by side, and go in another order.
    int others[8];
    for (int i = 0; i < 8; i++) {
        others[i] = open_context();
        struct buffer target = make_3d(others[i], 16, 16, BGRA, RENDER_TARGET);
        const float grey[4] = {0.5f, 0.5f, 0.5f, 1};
        wait_fence(clear_target(others[i], &target, grey, true));
        close_buffer(others[i], &target);
    }
    for (int i = 7; i >= 0; i--) close(others[i]);
    close(fd);
    say("ok contexts");
}

void step_blobs(void)
{
    int fd = open_context();
    // Guest memory of all sizes.
    for (uint64_t pages = 1; pages <= 1024; pages *= 4) {
        struct buffer blob = make_blob(fd, VIRTGPU_BLOB_MEM_GUEST, VIRTGPU_BLOB_FLAG_USE_MAPPABLE,
                                       0, pages * 4096);
        map_buffer(fd, &blob);
        memset(blob.pixels, 0x11, blob.size);
        close_buffer(fd, &blob);
    }
    say("ok guest blobs");
    struct buffer host = make_host_blob(fd, VIRTGPU_BLOB_FLAG_USE_SHAREABLE, 5, 1 << 20);
    close_buffer(fd, &host);
    say("ok host blobs");
    // One that is to be mapped: without a window in this front-end the driver says no, cleanly.
    struct drm_virtgpu_resource_create_blob mapped = {
        .blob_mem = VIRTGPU_BLOB_MEM_HOST3D, .blob_flags = VIRTGPU_BLOB_FLAG_USE_MAPPABLE,
        .blob_id = 6, .size = 1 << 20};
    int error = try_ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB, &mapped);
    if (parameter(VIRTGPU_PARAM_HOST_VISIBLE) == 0 && error == 0)
        fail("a host-visible blob without a window");
    say("ok no host-visible blob without a window: %s", strerror(error));
    close(fd);
}
