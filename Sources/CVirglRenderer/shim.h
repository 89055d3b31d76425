// libvirglrenderer's C interface as Swift sees it.
// Debian 12's header (0.10.4) keeps fences per context behind VIRGL_RENDERER_UNSTABLE_APIS; they
// are stable since 1.0.
#ifndef VIRTIO_SHARE_CVIRGLRENDERER_H
#define VIRTIO_SHARE_CVIRGLRENDERER_H

#define VIRGL_RENDERER_UNSTABLE_APIS 1
#include <dlfcn.h>
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

// Whether EGL can start without a window system, which is how this bridge uses virglrenderer. Asked
// first, because the library crashes where it cannot (0.10.4). Loaded by hand: nothing links EGL.
static inline int virtio_share_egl_is_usable(void) {
    enum { surfacelessMesa = 0x31DD, extensions = 0x3055 };
    void *library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    const char *(*queryString)(void *, int) =
        (const char *(*)(void *, int))dlsym(library, "eglQueryString");
    void *(*procAddress)(const char *) =
        (void *(*)(const char *))dlsym(library, "eglGetProcAddress");
    unsigned (*initialize)(void *, int *, int *) =
        (unsigned (*)(void *, int *, int *))dlsym(library, "eglInitialize");
    if (!queryString || !procAddress || !initialize) return 0;
    const char *client = queryString(NULL, extensions);
    if (!client || !strstr(client, "EGL_MESA_platform_surfaceless")) return 0;
    void *(*platformDisplay)(unsigned, void *, const int *) =
        (void *(*)(unsigned, void *, const int *))procAddress("eglGetPlatformDisplayEXT");
    if (!platformDisplay) return 0;
    void *display = platformDisplay(surfacelessMesa, NULL, NULL);
    return display && initialize(display, NULL, NULL);
}

#endif
