// libpng behind two functions: a bound on the encoded size, and the encoder.
//
// libpng's simplified API catches its own longjmp, so no jump ever crosses a Swift frame. Encoding
// goes to memory: a file error then comes from our own write and keeps its errno.

#ifndef VIRTIO_SHARE_CPNG_H
#define VIRTIO_SHARE_CPNG_H

#include <png.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline png_image virtio_share_png_image(uint32_t width, uint32_t height) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    return image;
}

// The bytes that any RGB8 picture of this size fits in once encoded; 0 where libpng, which counts
// them in 32 bits, cannot encode it.
static inline size_t virtio_share_png_size_max(uint32_t width, uint32_t height) {
    if (width == 0 || height == 0 || (uint64_t)width * height > UINT32_MAX / 4) {
        return 0;
    }
    png_image image = virtio_share_png_image(width, height);
    return PNG_IMAGE_PNG_SIZE_MAX(image);
}

// Encodes tight RGB8 rows, top first, into `png`, which holds `capacity` bytes.
// Returns the encoded size, or 0 when libpng refuses: too large a side, no memory, no room.
static inline size_t virtio_share_png_encode(const uint8_t *rgb, uint32_t width, uint32_t height,
                                             uint8_t *png, size_t capacity) {
    png_image image = virtio_share_png_image(width, height);
    png_alloc_size_t size = capacity;
    int done = png_image_write_to_memory(&image, png, &size, 0, rgb, 0, NULL);
    png_image_free(&image);
    return done ? size : 0;
}

#endif
