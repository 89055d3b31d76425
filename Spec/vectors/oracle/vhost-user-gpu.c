#include "structs.h"
#include "vector.h"

#define ASKS "back-end to front-end"
#define ANSWERS "front-end to back-end"

#define MESSAGE_IN(id, name, number, message_role, direction, message_flags, bytes, descriptors) \
    VECTOR(id, direction, vhost_user_gpu_hdr) \
    for (int once = (vector_message("VHOST_USER_GPU_" name, message_role), vector_descriptors(descriptors), \
             SET(request, number), SET(flags, message_flags), SET(size, bytes), 1); once; once = 0)
#define REQUEST(name, number, bytes, descriptors) MESSAGE_IN(name, name, number, "request", ASKS, 0, bytes, descriptors)
#define ANSWER(name, number, bytes) MESSAGE_IN(name "/reply", name, number, "reply", ANSWERS, 4, bytes, 0)

#define WORD() vector_then_integers("payload", "u64", 8, 1)
#define CURSOR() THEN(payload, vhost_user_gpu_cursor_pos, 1) { E_FILL(scanout_id); E_FILL(x); E_FILL(y); }
#define UPDATE(w, h) \
    THEN(payload, vhost_user_gpu_update, 1) { \
        E_FILL(scanout_id); E_FILL(x); E_FILL(y); E_SET(width, w); E_SET(height, h); \
    }
#define DMABUF(P, d) \
    P##_FILL(d scanout_id); P##_FILL(d x); P##_FILL(d y); P##_FILL(d width); P##_FILL(d height); \
    P##_FILL(d fd_width); P##_FILL(d fd_height); P##_FILL(d fd_stride); P##_FILL(d fd_flags); \
    P##_FILL(d fd_drm_fourcc)
#define GPU_HEADER(P, code) \
    P##_SET(hdr.type, code); P##_FILL(hdr.flags); P##_FILL(hdr.fence_id); P##_FILL(hdr.ctx_id); \
    P##_FILL(hdr.ring_idx)

static void write_messages(void) {
    REQUEST("GET_PROTOCOL_FEATURES", 1, 0, 0) {}
    ANSWER("GET_PROTOCOL_FEATURES", 1, 8) { WORD(); }
    REQUEST("SET_PROTOCOL_FEATURES", 2, 8, 0) { WORD(); }
    REQUEST("GET_DISPLAY_INFO", 3, 0, 0) {}
    ANSWER("GET_DISPLAY_INFO", 3, 408) {
        THEN(payload, virtio_gpu_resp_display_info, 1) {
            GPU_HEADER(E, VIRTIO_GPU_RESP_OK_DISPLAY_INFO);
            E_FILL(pmodes[0].r.x); E_FILL(pmodes[0].r.y); E_FILL(pmodes[0].r.width);
            E_FILL(pmodes[0].r.height); E_FILL(pmodes[0].enabled); E_FILL(pmodes[0].flags);
        }
    }
    REQUEST("CURSOR_POS", 4, 12, 0) { CURSOR() }
    REQUEST("CURSOR_POS_HIDE", 5, 12, 0) { CURSOR() }
    REQUEST("CURSOR_UPDATE", 6, 16404, 0) {
        THEN(payload, vhost_user_gpu_cursor_update, 1) {
            E_FILL(pos.scanout_id); E_FILL(pos.x); E_FILL(pos.y); E_FILL(hot_x); E_FILL(hot_y);
            E_FILL(cursor[0]); E_FILL(cursor[1]); E_FILL(cursor[64]); E_FILL(cursor[4095]);
        }
    }
    REQUEST("SCANOUT", 7, 12, 0) {
        THEN(payload, vhost_user_gpu_scanout, 1) { E_FILL(scanout_id); E_FILL(width); E_FILL(height); }
    }
    REQUEST("UPDATE", 8, 20 + 4 * 3 * 2, 0) {
        vector_clauses("VUG-032");
        UPDATE(3, 2)
        vector_then_integers("data", "u8", 1, 24);
    }
    REQUEST("DMABUF_SCANOUT", 9, 40, 1) { THEN(payload, vhost_user_gpu_dmabuf_scanout, 1) { DMABUF(E, ); } }
    MESSAGE_IN("DMABUF_SCANOUT/off", "DMABUF_SCANOUT", 9, "request", ASKS, 0, 40, 0) {
        vector_clauses("VUG-041");
        THEN(payload, vhost_user_gpu_dmabuf_scanout, 1) { E_SET(scanout_id, 1); E_SET(width, 0); E_SET(height, 0); }
    }
    REQUEST("DMABUF_UPDATE", 10, 20, 0) { UPDATE(640, 480) }
    ANSWER("DMABUF_UPDATE", 10, 0) {}
    REQUEST("GET_EDID", 11, 4, 0) { THEN(payload, vhost_user_gpu_edid_request, 1) { E_FILL(scanout_id); } }
    ANSWER("GET_EDID", 11, 1056) {
        THEN(payload, virtio_gpu_resp_edid, 1) {
            GPU_HEADER(E, VIRTIO_GPU_RESP_OK_EDID); E_SET(size, 128); E_BYTES(edid);
        }
    }
    REQUEST("DMABUF_SCANOUT2", 12, 48, 1) {
        THEN(payload, vhost_user_gpu_dmabuf_scanout2, 1) { DMABUF(E, dmabuf_scanout.); E_FILL(modifier); }
    }
    // QEMU's own back-end leaves other bits in the flags.
    MESSAGE_IN("UPDATE/stray-flags", "UPDATE", 8, "request", ASKS, 0xfffffffb, 24, 0) {
        vector_clauses("VUG-004");
        UPDATE(1, 1)
        vector_then_integers("data", "u8", 1, 4);
    }
}

static void write_structures(void) {
    VECTOR("header", "either", vhost_user_gpu_hdr) { FILL(request); FILL(flags); FILL(size); }
    VECTOR("cursor-pos", ASKS, vhost_user_gpu_cursor_pos) { FILL(scanout_id); FILL(x); FILL(y); }
    VECTOR("cursor-update", ASKS, vhost_user_gpu_cursor_update) {
        FILL(pos.scanout_id); FILL(pos.x); FILL(pos.y); FILL(hot_x); FILL(hot_y); FILL(cursor[0]); FILL(cursor[4095]);
    }
    VECTOR("scanout", ASKS, vhost_user_gpu_scanout) { FILL(scanout_id); FILL(width); FILL(height); }
    VECTOR("update", ASKS, vhost_user_gpu_update) {
        FILL(scanout_id); FILL(x); FILL(y); FILL(width); FILL(height);
    }
    VECTOR("dmabuf-scanout", ASKS, vhost_user_gpu_dmabuf_scanout) { DMABUF(M, ); }
    VECTOR("dmabuf-scanout2", ASKS, vhost_user_gpu_dmabuf_scanout2) { DMABUF(M, dmabuf_scanout.); FILL(modifier); }
    VECTOR("edid-request", ASKS, vhost_user_gpu_edid_request) { FILL(scanout_id); }
}

#define BAD(id, name, number, bytes, descriptors) \
    MESSAGE_IN(id, name, number, "request", ASKS, 0, bytes, descriptors)

static void write_bad(void) {
    BAD("SCANOUT/size-too-large", "SCANOUT", 7, 16, 0) {
        vector_clauses("VUG-005");
        THEN(payload, vhost_user_gpu_scanout, 1) { E_FILL(scanout_id); E_FILL(width); E_FILL(height); }
        vector_excess(4, "size at 8");
    }
    BAD("UPDATE/pixels-missing", "UPDATE", 8, 20 + 4, 0) {
        vector_clauses("VUG-032");
        UPDATE(2, 1)
        vector_then_integers("data", "u8", 1, 4);
        vector_wrong("size at 8");
    }
    BAD("UPDATE/area-wraps", "UPDATE", 8, 20, 0) {
        vector_clauses("VUG-032");
        UPDATE(0x10000, 0x10000)
        vector_wrong("size at 8");
    }
    BAD("DMABUF_UPDATE/pixels", "DMABUF_UPDATE", 10, 24, 0) {
        vector_clauses("VUG-042");
        UPDATE(1, 1)
        vector_then_integers("data", "u8", 1, 4);
        vector_wrong("size at 8");
    }
    BAD("DMABUF_SCANOUT2/no-descriptor", "DMABUF_SCANOUT2", 12, 48, 0) {
        vector_clauses("VUG-044");
        THEN(payload, vhost_user_gpu_dmabuf_scanout2, 1) { DMABUF(E, dmabuf_scanout.); E_FILL(modifier); }
        vector_wrong("descriptors");
    }
    BAD("DMABUF_SCANOUT/two-descriptors", "DMABUF_SCANOUT", 9, 40, 2) {
        vector_clauses("VUG-040");
        THEN(payload, vhost_user_gpu_dmabuf_scanout, 1) { DMABUF(E, ); }
        vector_wrong("descriptors");
    }
    MESSAGE_IN("GET_EDID/request-flagged-reply", "GET_EDID", 11, "request", ASKS, 4, 4, 0) {
        vector_clauses("VUG-004");
        THEN(payload, vhost_user_gpu_edid_request, 1) { E_FILL(scanout_id); }
        vector_wrong("flags at 4");
    }
}

void write_vhost_user_gpu(void) {
    write_structures();
    write_messages();
    write_bad();
}
