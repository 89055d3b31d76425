#include "structs.h"
#include "v4l2-fields.h"
#include "vector.h"

#define TO_DEVICE "driver to device"
#define TO_DRIVER "device to driver"

static void write_structures(void) {
    VECTOR("config", TO_DRIVER, virtio_media_config) {
        vector_clauses("MED-I-015");
        FILL(device_caps); FILL(device_type); TEXT(card, "virtio-share decoder");
    }
    VECTOR("config/full-card", TO_DRIVER, virtio_media_config) {
        FILL(device_caps); FILL(device_type); TEXT(card, "a card whose name fills its array");
    }
    VECTOR("command-header", TO_DEVICE, virtio_media_cmd_header) { FILL(cmd); }
    VECTOR("response-header", TO_DRIVER, virtio_media_resp_header) { FILL(status); }
    VECTOR("event-header", TO_DRIVER, virtio_media_event_header) { FILL(event); FILL(session_id); }
    VECTOR("sg-entry", TO_DEVICE, virtio_media_sg_entry) { FILL(start); FILL(len); }
}

static void write_commands(void) {
    VECTOR("OPEN", TO_DEVICE, virtio_media_cmd_open) {
        vector_message("VIRTIO_MEDIA_CMD_OPEN", "command"); SET(hdr.cmd, 1);
    }
    VECTOR("OPEN/response", TO_DRIVER, virtio_media_resp_open) {
        vector_message("VIRTIO_MEDIA_CMD_OPEN", "response"); FILL(hdr.status); FILL(session_id);
    }
    VECTOR("CLOSE", TO_DEVICE, virtio_media_cmd_close) {
        vector_message("VIRTIO_MEDIA_CMD_CLOSE", "command"); SET(hdr.cmd, 2); FILL(session_id);
    }
    VECTOR("IOCTL", TO_DEVICE, virtio_media_cmd_ioctl) {
        vector_message("VIRTIO_MEDIA_CMD_IOCTL", "command");
        SET(hdr.cmd, 3); FILL(session_id); FILL(code);
    }
    VECTOR("IOCTL/response", TO_DRIVER, virtio_media_resp_ioctl) {
        vector_message("VIRTIO_MEDIA_CMD_IOCTL", "response"); SET(hdr.status, 25);
    }
    VECTOR("MMAP", TO_DEVICE, virtio_media_cmd_mmap) {
        vector_message("VIRTIO_MEDIA_CMD_MMAP", "command");
        SET(hdr.cmd, 4); FILL(session_id); FILL(flags); FILL(offset);
    }
    VECTOR("MMAP/response", TO_DRIVER, virtio_media_resp_mmap) {
        vector_message("VIRTIO_MEDIA_CMD_MMAP", "response");
        FILL(hdr.status); FILL(driver_addr); FILL(len);
    }
    VECTOR("MUNMAP", TO_DEVICE, virtio_media_cmd_munmap) {
        vector_message("VIRTIO_MEDIA_CMD_MUNMAP", "command"); SET(hdr.cmd, 5); FILL(driver_addr);
    }
    VECTOR("MUNMAP/response", TO_DRIVER, virtio_media_resp_munmap) {
        vector_message("VIRTIO_MEDIA_CMD_MUNMAP", "response"); FILL(hdr.status);
    }
}

static void write_events(void) {
    VECTOR("EVT_ERROR", TO_DRIVER, virtio_media_event_error) {
        vector_message("VIRTIO_MEDIA_EVT_ERROR", "event");
        SET(hdr.event, 0); FILL(hdr.session_id); FILL(errno);
    }
    VECTOR("EVT_DQBUF", TO_DRIVER, virtio_media_event_dqbuf) {
        vector_message("VIRTIO_MEDIA_EVT_DQBUF", "event");
        SET(hdr.event, 1); FILL(hdr.session_id);
        BUFFER_FIELDS(M, buffer., V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_MEMORY_DMABUF, 8);
        PLANE_FIELDS(M, planes[0].); PLANE_FIELDS(M, planes[1].); PLANE_FIELDS(M, planes[2].);
        PLANE_FIELDS(M, planes[3].); PLANE_FIELDS(M, planes[4].); PLANE_FIELDS(M, planes[5].);
        PLANE_FIELDS(M, planes[6].); PLANE_FIELDS(M, planes[7].);
    }
    VECTOR("EVT_DQBUF/last-and-empty", TO_DRIVER, virtio_media_event_dqbuf) {
        vector_message("VIRTIO_MEDIA_EVT_DQBUF", "event");
        vector_clauses("MED-I-009, MED-D-013");
        SET(hdr.event, 1); SET(hdr.session_id, 0); SET(buffer.type, V4L2_BUF_TYPE_VIDEO_CAPTURE);
        SET(buffer.flags, V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_LAST); SET(buffer.bytesused, 0);
        SET(buffer.memory, V4L2_MEMORY_USERPTR); SET(buffer.length, 4096);
    }
    VECTOR("EVT_EVENT", TO_DRIVER, virtio_media_event_event) {
        vector_message("VIRTIO_MEDIA_EVT_EVENT", "event");
        SET(hdr.event, 2); FILL(hdr.session_id); EVENT_FIELDS(M, event.);
    }
}

// An ioctl's command with its payload, and the response with its own.
#define DOWN(name, type, struct_name, wire_name, number) \
    VECTOR(#name, TO_DEVICE, virtio_media_cmd_ioctl) { \
        vector_message("VIDIOC_" #name, "ioctl"); \
        SET(hdr.cmd, 3); FILL(session_id); SET(code, number); \
        for (struct type *e = vector_then("payload", #wire_name, sizeof *e, 1); e; e = vector_next()) { struct_name##_FIELDS(E); } \
    }
#define UP(name, type, struct_name, wire_name) \
    VECTOR(#name "/response", TO_DRIVER, virtio_media_resp_ioctl) { \
        vector_message("VIDIOC_" #name, "ioctl"); \
        SET(hdr.status, 0); \
        for (struct type *e = vector_then("payload", #wire_name, sizeof *e, 1); e; e = vector_next()) { struct_name##_FIELDS(E); } \
    }
#define BOTH(name, type, number) DOWN(name, type, type, type, number) UP(name, type, type, type)
#define BOTH_AS(name, type, wire, number) DOWN(name, type, wire, wire, number) UP(name, type, wire, wire)

static void write_ioctls(void) {
    BOTH(ENUM_FMT, v4l2_fmtdesc, 2)
    BOTH(G_FMT, v4l2_format, 4)
    BOTH(S_FMT, v4l2_format, 5)
    BOTH(REQBUFS, v4l2_requestbuffers, 8)
    BOTH(QUERYBUF, v4l2_buffer, 9)
    BOTH(QBUF, v4l2_buffer, 15)
    BOTH(DQBUF, v4l2_buffer, 17)
    BOTH(G_CTRL, v4l2_control, 27)
    BOTH(S_CTRL, v4l2_control, 28)
    BOTH(QUERYCTRL, v4l2_queryctrl, 36)
    BOTH(QUERYMENU, v4l2_querymenu, 37)
    BOTH(TRY_FMT, v4l2_format, 64)
    BOTH(ENUM_FRAMESIZES, v4l2_frmsizeenum, 74)
    BOTH(ENUM_FRAMEINTERVALS, v4l2_frmivalenum, 75)
    UP(DQEVENT, v4l2_event, v4l2_event, v4l2_event)
    DOWN(SUBSCRIBE_EVENT, v4l2_event_subscription, v4l2_event_subscription, v4l2_event_subscription, 90)
    DOWN(UNSUBSCRIBE_EVENT, v4l2_event_subscription, v4l2_event_subscription, v4l2_event_subscription, 91)
    BOTH_AS(CREATE_BUFS, create_buffers, v4l2_create_buffers, 92)
    BOTH(PREPARE_BUF, v4l2_buffer, 93)
    BOTH(G_SELECTION, v4l2_selection, 94)
    BOTH(S_SELECTION, v4l2_selection, 95)
    BOTH(DECODER_CMD, v4l2_decoder_cmd, 96)
    BOTH(TRY_DECODER_CMD, v4l2_decoder_cmd, 97)
    BOTH(QUERY_EXT_CTRL, v4l2_query_ext_ctrl, 103)
    BOTH_AS(REMOVE_BUFS, remove_buffers, v4l2_remove_buffers, 104)
#define STREAM(name, number) \
    VECTOR(name, TO_DEVICE, virtio_media_cmd_ioctl) { \
        vector_message("VIDIOC_" name, "ioctl"); \
        SET(hdr.cmd, 3); FILL(session_id); SET(code, number); \
        vector_then_integers("payload", "i32", 4, 1); \
    }
    STREAM("STREAMON", 18)
    STREAM("STREAMOFF", 19)
}

// What is behind a payload.
static void write_followed(void) {
#define IOCTL(id, name, number) \
    VECTOR(id, TO_DEVICE, virtio_media_cmd_ioctl) \
    for (int once = (vector_message("VIDIOC_" name, "ioctl"), SET(hdr.cmd, 3), FILL(session_id), SET(code, number), 1); once; once = 0)
#define DONE(id, name) \
    VECTOR(id, TO_DRIVER, virtio_media_resp_ioctl) \
    for (int once = (vector_message("VIDIOC_" name, "ioctl"), SET(hdr.status, 0), 1); once; once = 0)
    IOCTL("QBUF/shared-pages", "QBUF", 15) {
        vector_clauses("MED-I-002, MED-I-005");
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_MEMORY_USERPTR, 0x2001); }
        THEN(entries, virtio_media_sg_entry, 3) { E_FILL(start); E_SET(len, 0x1000); }
    }
    IOCTL("QBUF/object", "QBUF", 15) {
        vector_clauses("MED-I-006, MED-D-011");
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_DMABUF, 0x3000); }
        vector_then_integers("uuid", "u8", 1, 16);
    }
    DONE("QBUF/object-response", "QBUF") {
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_DMABUF, 0x3000); }
        vector_then_integers("uuid", "u8", 1, 16);
    }
    IOCTL("QBUF/two-planes", "QBUF", 15) {
        vector_clauses("MED-I-001, MED-I-002");
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_MEMORY_USERPTR, 2); }
        THEN(planes, v4l2_plane, 2) { E_FILL(bytesused); E_SET(length, 0x1800); E_FILL(m); E_FILL(data_offset); }
        THEN(entries, virtio_media_sg_entry, 4) { E_FILL(start); E_SET(len, 0xc00); }
    }
    IOCTL("QBUF/two-objects", "QBUF", 15) {
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_MEMORY_DMABUF, 2); }
        THEN(planes, v4l2_plane, 2) { v4l2_plane_FIELDS(E); }
        vector_then_integers("uuids", "u8", 1, 32);
    }
    IOCTL("EXPBUF", "EXPBUF", 16) {
        vector_clauses("MED-I-007, MED-D-011");
        THEN(payload, v4l2_exportbuffer, 1) { v4l2_exportbuffer_FIELDS(E); }
        vector_then_integers("uuid", "u8", 1, 16);
    }
    DONE("EXPBUF/response", "EXPBUF") {
        THEN(payload, v4l2_exportbuffer, 1) { v4l2_exportbuffer_FIELDS(E); }
        vector_then_integers("uuid", "u8", 1, 16);
    }
// No pointers in the command: entries would have to follow.
#define PLAIN_CONTROL() E_FILL(id); E_SET(size, 0); E_FILL(value64)
#define CONTROLS(name, number) \
    IOCTL(name, name, number) { \
        THEN(payload, v4l2_ext_controls, 1) { v4l2_ext_controls_FIELDS(E); } \
        THEN(elements, v4l2_ext_control, 3) { PLAIN_CONTROL(); } \
    } \
    DONE(name "/response", name) { \
        THEN(payload, v4l2_ext_controls, 1) { v4l2_ext_controls_FIELDS(E); } \
        THEN(elements, v4l2_ext_control, 3) { v4l2_ext_control_FIELDS(E); } \
    }
    CONTROLS("G_EXT_CTRLS", 71)
    CONTROLS("S_EXT_CTRLS", 72)
    CONTROLS("TRY_EXT_CTRLS", 73)
}

#define WRONG(id, type, field, number) \
    VECTOR(id, "either", type) { SET(field, number); vector_wrong("wrong type at 0"); }

static void write_bad(void) {
    WRONG("OPEN/wrong-word", virtio_media_cmd_open, hdr.cmd, 2)
    WRONG("CLOSE/wrong-word", virtio_media_cmd_close, hdr.cmd, 0)
    WRONG("IOCTL/wrong-word", virtio_media_cmd_ioctl, hdr.cmd, 0x00030000)
    WRONG("MMAP/wrong-word", virtio_media_cmd_mmap, hdr.cmd, 5)
    WRONG("MUNMAP/wrong-word", virtio_media_cmd_munmap, hdr.cmd, 4)
    WRONG("EVT_ERROR/wrong-word", virtio_media_event_error, hdr.event, 1)
    WRONG("EVT_DQBUF/wrong-word", virtio_media_event_dqbuf, hdr.event, 0x01000000)
    WRONG("EVT_EVENT/wrong-word", virtio_media_event_event, hdr.event, 0xffffffff)
    // Too short comes before the wrong word.
    VECTOR("OPEN/short-and-wrong", TO_DEVICE, virtio_media_cmd_open) {
        SET(hdr.cmd, 9); vector_cut(4, "truncated at 4");
    }
    // The reference driver drops a DQBUF event that has only the planes in use.
    VECTOR("EVT_DQBUF/used-planes-only", TO_DRIVER, virtio_media_event_dqbuf) {
        vector_clauses("MED-O-004");
        SET(hdr.event, 1); SET(hdr.session_id, 3); vector_cut(7 * 64, "truncated at 160");
    }
    IOCTL("S_EXT_CTRLS/count-lies", "S_EXT_CTRLS", 72) {
        vector_clauses("MED-O-003");
        THEN(payload, v4l2_ext_controls, 1) { E_SET(which, 0); E_SET(count, 0x0ccccccd); }
        THEN(elements, v4l2_ext_control, 1) { v4l2_ext_control_FIELDS(E); }
        vector_wrong("truncated at 68");
    }
    IOCTL("G_FMT/32-bit", "G_FMT", 4) {
        vector_clauses("MED-R-002");
        THEN(payload, v4l2_format, 1) { v4l2_format_FIELDS(E); }
        vector_cut(4, "truncated at 220");
    }
    IOCTL("QBUF/uuid-missing", "QBUF", 15) {
        vector_clauses("MED-I-006");
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_DMABUF, 0x3000); }
        vector_then_integers("uuid", "u8", 1, 16);
        vector_cut(16, "truncated at 104");
    }
    IOCTL("QBUF/planes-missing", "QBUF", 15) {
        vector_clauses("MED-O-003");
        THEN(payload, v4l2_buffer, 1) { BUFFER_FIELDS(E, , V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_MEMORY_MMAP, 2); }
        THEN(planes, v4l2_plane, 2) { v4l2_plane_FIELDS(E); }
        vector_cut(65, "truncated at 167");
    }
}

void write_virtio_media(void) {
    write_structures();
    write_commands();
    write_events();
    write_ioctls();
    write_followed();
    write_bad();
}
