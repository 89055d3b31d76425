// What is shown: scanouts from dumb buffers, their changes, and the cursor.
#include "guest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MANY = 16 };

struct output {
    uint32_t connector, crtc;
    struct drm_mode_modeinfo mode;
};

static struct output find_output(void)
{
    uint32_t connectors[MANY], crtcs[MANY];
    struct drm_mode_card_res card = {
        .connector_id_ptr = (uintptr_t)connectors, .count_connectors = MANY,
        .crtc_id_ptr = (uintptr_t)crtcs, .count_crtcs = MANY};
    must(gpu, DRM_IOCTL_MODE_GETRESOURCES, &card);
    for (uint32_t i = 0; i < card.count_connectors && i < MANY; i++) {
        struct drm_mode_modeinfo modes[64];
        struct drm_mode_get_connector probe = {.connector_id = connectors[i]};
        must(gpu, DRM_IOCTL_MODE_GETCONNECTOR, &probe);
        struct drm_mode_get_connector read = {.connector_id = connectors[i],
                                              .count_modes = 64,
                                              .modes_ptr = (uintptr_t)modes};
        must(gpu, DRM_IOCTL_MODE_GETCONNECTOR, &read);
        if (read.connection != 1 || read.count_modes == 0) continue;
        say("ok connector %u of %u with %u modes, %ux%u first", i, card.count_connectors,
            read.count_modes, modes[0].hdisplay, modes[0].vdisplay);
        struct output found = {.connector = connectors[i], .crtc = crtcs[i], .mode = modes[0]};
        return found;
    }
    fail("no connected output");
}

static void add_framebuffer(struct buffer *buffer)
{
    struct drm_mode_fb_cmd2 add = {.width = buffer->width, .height = buffer->height,
                                   .pixel_format = DRM_FORMAT_XRGB8888,
                                   .handles = {buffer->handle}, .pitches = {buffer->stride}};
    must(gpu, DRM_IOCTL_MODE_ADDFB2, &add);
    buffer->framebuffer = add.fb_id;
}

static void show(const struct output *output, struct buffer *buffer)
{
    uint32_t connector = output->connector;
    struct drm_mode_crtc set = {.crtc_id = output->crtc,
                                .fb_id = buffer ? buffer->framebuffer : 0,
                                .set_connectors_ptr = buffer ? (uintptr_t)&connector : 0,
                                .count_connectors = buffer ? 1 : 0, .mode_valid = buffer ? 1 : 0,
                                .mode = output->mode};
    must(gpu, DRM_IOCTL_MODE_SETCRTC, &set);
}

static void dirty(struct buffer *buffer, struct drm_clip_rect clip)
{
    struct drm_mode_fb_dirty_cmd tell = {.fb_id = buffer->framebuffer, .num_clips = 1,
                                         .clips_ptr = (uintptr_t)&clip};
    must(gpu, DRM_IOCTL_MODE_DIRTYFB, &tell);
}

static void flip(const struct output *output, struct buffer *buffer)
{
    struct drm_mode_crtc_page_flip go = {.crtc_id = output->crtc, .fb_id = buffer->framebuffer,
                                         .flags = DRM_MODE_PAGE_FLIP_EVENT};
    must(gpu, DRM_IOCTL_MODE_PAGE_FLIP, &go);
    struct drm_event_vblank event;
    if (read(gpu, &event, sizeof event) < (ssize_t)sizeof(struct drm_event))
        fail("no event of a flip");
}

// Guest memory as it is, without a copy to the host's.
static void show_blob(const struct output *output)
{
    uint32_t width = output->mode.hdisplay, height = output->mode.vdisplay;
    struct buffer blob = make_blob(gpu, VIRTGPU_BLOB_MEM_GUEST,
                                   VIRTGPU_BLOB_FLAG_USE_MAPPABLE, 0,
                                   (uint64_t)width * height * 4);
    blob.width = width;
    blob.height = height;
    blob.stride = width * 4;
    map_buffer(gpu, &blob);
    add_framebuffer(&blob);
    paint(&blob, 6);
    show(output, &blob);
    dirty(&blob, (struct drm_clip_rect){0, 0, (uint16_t)width, (uint16_t)height});
    wait_outside("shown %u %u 6", width, height);
    show(output, NULL);
    close_buffer(gpu, &blob);
}

void step_display(void)
{
    struct output output = find_output();
    uint32_t width = output.mode.hdisplay, height = output.mode.vdisplay;
    struct buffer one = make_dumb(width, height), two = make_dumb(width, height);
    add_framebuffer(&one);
    add_framebuffer(&two);
    paint(&one, 1);
    show(&output, &one);
    dirty(&one, (struct drm_clip_rect){0, 0, (uint16_t)width, (uint16_t)height});
    wait_outside("shown %u %u 1", width, height);

    // A part that is new, at a place where rows do not begin at multiples of anything.
    for (uint32_t y = 33; y < 33 + 57; y++)
        for (uint32_t x = 101; x < 101 + 77; x++)
            one.pixels[y * (one.stride / 4) + x] = pattern(x, y, 2);
    dirty(&one, (struct drm_clip_rect){101, 33, 101 + 77, 33 + 57});
    wait_outside("part 101 33 77 57 2");

    paint(&two, 3);
    flip(&output, &two);
    wait_outside("shown %u %u 3", width, height);
    for (uint32_t i = 0; i < 60; i++) {
        struct buffer *next = i % 2 ? &two : &one;
        if (i >= 58) paint(next, 4 + i % 2);
        flip(&output, next);
    }
    wait_outside("shown %u %u 5", width, height);
    show(&output, NULL);
    wait_outside("hidden");
    close_buffer(gpu, &one);
    close_buffer(gpu, &two);
    if (parameter(VIRTGPU_PARAM_RESOURCE_BLOB)) show_blob(&output);
    say("ok display %ux%u", width, height);
}

void step_cursor(void)
{
    struct output output = find_output();
    struct buffer screen = make_dumb(output.mode.hdisplay, output.mode.vdisplay);
    add_framebuffer(&screen);
    show(&output, &screen);
    struct buffer image = make_dumb(64, 64);
    paint(&image, 7);
    struct drm_mode_cursor2 set = {.flags = DRM_MODE_CURSOR_BO | DRM_MODE_CURSOR_MOVE,
                                   .crtc_id = output.crtc, .x = 20, .y = 30, .width = 64,
                                   .height = 64, .handle = image.handle, .hot_x = 3, .hot_y = 5};
    must(gpu, DRM_IOCTL_MODE_CURSOR2, &set);
    wait_outside("cursor 20 30 7");
    struct drm_mode_cursor2 move = {.flags = DRM_MODE_CURSOR_MOVE, .crtc_id = output.crtc,
                                    .x = 111, .y = 222};
    must(gpu, DRM_IOCTL_MODE_CURSOR2, &move);
    wait_outside("cursor-at 111 222");
    struct drm_mode_cursor2 hide = {.flags = DRM_MODE_CURSOR_BO, .crtc_id = output.crtc};
    must(gpu, DRM_IOCTL_MODE_CURSOR2, &hide);
    wait_outside("cursor-hidden");
    show(&output, NULL);
    close_buffer(gpu, &image);
    close_buffer(gpu, &screen);
    say("ok cursor");
}

// Flips and small changes a second, for the table.
void step_measure(void)
{
    struct output output = find_output();
    struct buffer one = make_dumb(output.mode.hdisplay, output.mode.vdisplay);
    struct buffer two = make_dumb(output.mode.hdisplay, output.mode.vdisplay);
    add_framebuffer(&one);
    add_framebuffer(&two);
    show(&output, &one);
    const int rounds = 200;
    double start = now_seconds();
    for (int i = 0; i < rounds; i++) flip(&output, i % 2 ? &one : &two);
    say("ok rate flips %ux%u %.0f a second", one.width, one.height,
        rounds / (now_seconds() - start));
    flip(&output, &one);
    start = now_seconds();
    for (int i = 0; i < rounds; i++) dirty(&one, (struct drm_clip_rect){0, 0, 64, 64});
    say("ok rate dirty 64x64 %.0f a second", rounds / (now_seconds() - start));
    show(&output, NULL);
    close_buffer(gpu, &one);
    close_buffer(gpu, &two);

    start = now_seconds();
    for (int i = 0; i < rounds * 10; i++) {
        struct buffer small = make_3d(gpu, 16, 16, 1, 2);
        close_buffer(gpu, &small);
    }
    say("ok rate create and unref %.0f pairs a second", rounds * 10 / (now_seconds() - start));
    start = now_seconds();
    for (int i = 0; i < rounds * 10; i++) {
        struct buffer small = make_3d(gpu, 16, 16, 1, 2);
        wait_idle(gpu, small.handle);
        close_buffer(gpu, &small);
    }
    say("ok rate create, wait, unref %.0f a second", rounds * 10 / (now_seconds() - start));
    struct buffer large = make_3d(gpu, 1920, 1080, 1, 2);
    start = now_seconds();
    struct drm_virtgpu_3d_box all = {.w = 1920, .h = 1080, .d = 1};
    for (int i = 0; i < rounds; i++) transfer(gpu, &large, true, all, 0);
    say("ok rate to host 1080p %.0f MiB a second",
        rounds * (1920 * 1080 * 4 / 1048576.0) / (now_seconds() - start));
    close_buffer(gpu, &large);
}
