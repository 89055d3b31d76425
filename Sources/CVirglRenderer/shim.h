// libvirglrenderer's C interface as Swift sees it.
// Debian 12's header (0.10.4) keeps fences per context behind VIRGL_RENDERER_UNSTABLE_APIS; they
// are stable since 1.0.
#ifndef VIRTIO_SHARE_CVIRGLRENDERER_H
#define VIRTIO_SHARE_CVIRGLRENDERER_H

#define VIRGL_RENDERER_UNSTABLE_APIS 1
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <virgl/virglrenderer.h>

// The box of a transfer; the library's header only declares it.
struct virgl_box {
    uint32_t x, y, z;
    uint32_t w, h, d;
};

// The library prints to stderr what guests do wrong: it is dropped, a guest must not write our log.
static inline void virtio_share_virgl_drop_message(const char *format, va_list arguments) {
    (void)format;
    (void)arguments;
}

static inline void virtio_share_virgl_silence(void) {
    virgl_set_debug_callback(virtio_share_virgl_drop_message);
}

#endif
