// A guest's programs for virtio-gpu, on the kernel's own ioctls: what our tests run as the first
// process of a Linux that has our back-end for its GPU. Lines that begin with "@ " are for the test
// outside; after a line with "@ wait" it answers with a line of its own.
#ifndef GUEST_H
#define GUEST_H

#include <fcntl.h>

#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_mode.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <drm/virtgpu_drm.h>

// The GPU as the whole client uses it.
extern int gpu;
extern char gpu_path[32];
int open_card(const char *driver, char path[static 32]);

// Ends the run of a step: what went wrong, and the errno of the moment.
_Noreturn void fail(const char *what, ...) __attribute__((format(printf, 1, 2)));
void say(const char *what, ...) __attribute__((format(printf, 1, 2)));
// Tells the test outside that it may look now, and goes on when it has.
void wait_outside(const char *what, ...) __attribute__((format(printf, 1, 2)));
double now_seconds(void);

// An ioctl that has to work.
#define must(fd, request, argument) must_(fd, request, argument, #request)
void must_(int fd, unsigned long request, void *argument, const char *name);
// An ioctl's errno; 0 when it worked.
int try_ioctl(int fd, unsigned long request, void *argument);
// What the driver says of itself; 0 too for what it does not know.
uint64_t parameter(uint64_t which);

// The picture that both sides know: 24 bits for each place.
static inline uint32_t pattern(uint32_t x, uint32_t y, uint32_t seed)
{
    uint32_t v = x * 2654435761u + y * 2246822519u + seed * 3266489917u;
    return (v ^ v >> 15) & 0xffffff;
}

// A buffer of the GPU's with its bytes in reach.
struct buffer {
    uint32_t handle, resource, width, height, stride, framebuffer;
    uint64_t size;
    uint32_t *pixels;
};

// modules.c
void load_modules(const char *folder);

// buffers.c
struct buffer make_dumb(uint32_t width, uint32_t height);
struct buffer make_3d(int fd, uint32_t width, uint32_t height, uint32_t format, uint32_t bind);
struct buffer make_blob(int fd, uint32_t memory, uint32_t flags, uint64_t id, uint64_t size);
void map_buffer(int fd, struct buffer *buffer);
void close_buffer(int fd, struct buffer *buffer);
void paint(struct buffer *buffer, uint32_t seed);
void transfer(int fd, struct buffer *buffer, bool to_host, struct drm_virtgpu_3d_box box,
              uint32_t offset);
void wait_idle(int fd, uint32_t handle);
int open_context(void);
int submit(int fd, const uint32_t *words, uint32_t count, const uint32_t *handles,
           uint32_t handle_count, bool wants_fence);
void wait_fence(int fence);
// Clears a render target by a command stream.
int clear_target(int fd, struct buffer *target, const float colour[4], bool wants_fence);
struct buffer make_host_blob(int fd, uint32_t blob_flags, uint64_t id, uint32_t size);

// Steps.
void step_features(void);
void step_display(void);
void step_cursor(void);
void step_3d(void);
void step_blobs(void);
void step_share(void);
void step_stress(long rounds);
void step_measure(void);

#endif
