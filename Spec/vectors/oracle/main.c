// Writes all vectors into the folder that is named: make-vectors Spec/vectors
#include "vector.h"

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: make-vectors FOLDER\n");
        return 2;
    }
    static const struct {
        const char *protocol, *oracle;
        void (*write)(void);
    } files[] = {
        {"virtio_gpu", "<linux/virtio_gpu.h>", write_virtio_gpu},
        {"virtio_media", "virtio 1.4, 5.22, as structs.h declares it", write_virtio_media},
        {"v4l2", "<linux/videodev2.h>", write_v4l2},
        {"virtqueue", "<linux/virtio_ring.h>", write_virtqueue},
        {"vhost_user", "QEMU's document, as structs.h declares it", write_vhost_user},
        {"vhost_user_gpu", "QEMU's document, as structs.h declares it", write_vhost_user_gpu},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        file_begin(arguments[1], files[i].protocol, files[i].oracle);
        files[i].write();
        file_end();
    }
    return 0;
}
