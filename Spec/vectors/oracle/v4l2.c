#include "structs.h"
#include "v4l2-fields.h"
#include "vector.h"

#define PLAIN(type) VECTOR(#type, "either", type) { type##_FIELDS(M); }
#define NAMED(type, name) VECTOR_AS(#name, "either", type, name) { name##_FIELDS(M); }

static void write_structures(void) {
    PLAIN(v4l2_rect)
    PLAIN(v4l2_format)
    NAMED(v4l2_format, v4l2_format_mplane)
    PLAIN(v4l2_fmtdesc)
    PLAIN(v4l2_frmsizeenum)
    PLAIN(v4l2_frmivalenum)
    PLAIN(v4l2_requestbuffers)
    NAMED(create_buffers, v4l2_create_buffers)
    NAMED(remove_buffers, v4l2_remove_buffers)
    PLAIN(v4l2_buffer)
    PLAIN(v4l2_plane)
    PLAIN(v4l2_exportbuffer)
    PLAIN(v4l2_selection)
    PLAIN(v4l2_control)
    PLAIN(v4l2_ext_control)
    PLAIN(v4l2_queryctrl)
    PLAIN(v4l2_query_ext_ctrl)
    PLAIN(v4l2_querymenu)
    PLAIN(v4l2_event_subscription)
    PLAIN(v4l2_event)
    PLAIN(v4l2_event_ctrl)
    PLAIN(v4l2_decoder_cmd)
}

static void write_parts(void) {
    VECTOR("v4l2_pix_format", "either", v4l2_pix_format) { PIX_FIELDS(M, ); }
    VECTOR("v4l2_pix_format_mplane", "either", v4l2_pix_format_mplane) { PIX_MP_FIELDS(M, ); }
    VECTOR("v4l2_plane_pix_format", "either", v4l2_plane_pix_format) { FILL(sizeimage); FILL(bytesperline); }
    VECTOR("v4l2_frmsize_discrete", "device to driver", v4l2_frmsize_discrete) { FILL(width); FILL(height); }
    VECTOR("v4l2_frmsize_stepwise", "device to driver", v4l2_frmsize_stepwise) {
        FILL(min_width); FILL(max_width); FILL(step_width); FILL(min_height); FILL(max_height);
        FILL(step_height);
    }
    VECTOR("v4l2_fract", "either", v4l2_fract) { FILL(numerator); FILL(denominator); }
    VECTOR("v4l2_frmival_stepwise", "device to driver", v4l2_frmival_stepwise) {
        FILL(min.numerator); FILL(min.denominator); FILL(max.numerator); FILL(max.denominator);
        FILL(step.numerator); FILL(step.denominator);
    }
    VECTOR("timeval", "either", timeval) { FILL(tv_sec); FILL(tv_usec); }
    VECTOR("v4l2_timecode", "either", v4l2_timecode) {
        FILL(type); FILL(flags); FILL(frames); FILL(seconds); FILL(minutes); FILL(hours); BYTES(userbits);
    }
    VECTOR("v4l2_event_src_change", "device to driver", v4l2_event_src_change) { FILL(changes); }
    VECTOR_AS("v4l2_create_buffers_mplane", "either", create_buffers, v4l2_create_buffers_mplane) {
        FILL(index); FILL(count); FILL(memory); SET(format.type, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE);
        PIX_MP_FIELDS(M, format.fmt.pix_mp.);
        FILL(capabilities); FILL(flags); FILL(max_num_buffers);
    }
}

static void write_cases(void) {
    VECTOR("v4l2_fmtdesc/full-name", "device to driver", v4l2_fmtdesc) {
        FILL(index); FILL(type); FILL(flags); TEXT(description, "a description without a NUL here");
        FILL(pixelformat);
    }
    VECTOR("v4l2_frmsizeenum/discrete", "device to driver", v4l2_frmsizeenum) {
        FILL(index); FILL(pixel_format); SET(type, V4L2_FRMSIZE_TYPE_DISCRETE);
        FILL(discrete.width); FILL(discrete.height);
    }
    VECTOR("v4l2_frmivalenum/discrete", "device to driver", v4l2_frmivalenum) {
        FILL(index); FILL(pixel_format); FILL(width); FILL(height); SET(type, V4L2_FRMIVAL_TYPE_DISCRETE);
        FILL(discrete.numerator); FILL(discrete.denominator);
    }
    VECTOR("v4l2_buffer/magic-pointer", "either", v4l2_buffer) {
        vector_clauses("MED-D-005");
        SET(index, 7); SET(type, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE); SET(memory, V4L2_MEMORY_MMAP);
        SET(flags, 0xffffffff); SET(length, 2);
        m->m.userptr = 0xdeadbeefcafef00d;
        vector_note("m", &m->m, sizeof m->m, 0);
    }
    VECTOR("v4l2_event/control", "device to driver", v4l2_event) {
        SET(type, V4L2_EVENT_CTRL); CTRL_FIELDS(M, u.ctrl.); EVENT_TAIL(M, );
    }
    VECTOR("v4l2_event/end-of-stream", "device to driver", v4l2_event) {
        SET(type, V4L2_EVENT_EOS); EVENT_TAIL(M, );
    }
    VECTOR("v4l2_event/before-1970", "device to driver", v4l2_event) {
        SET(type, V4L2_EVENT_EOS); SET(timestamp.tv_sec, -2); SET(timestamp.tv_nsec, -5);
    }
    VECTOR("v4l2_control/negative", "either", v4l2_control) {
        SET(id, V4L2_CID_MIN_BUFFERS_FOR_CAPTURE); SET(value, -1);
    }
    VECTOR("v4l2_selection/negative", "either", v4l2_selection) {
        SET(type, V4L2_BUF_TYPE_VIDEO_CAPTURE); SET(target, V4L2_SEL_TGT_COMPOSE);
        SET(r.left, -16); SET(r.top, (-2147483647 - 1)); SET(r.width, 1920); SET(r.height, 1080);
    }
    VECTOR("v4l2_ext_controls/three", "either", v4l2_ext_controls) {
        v4l2_ext_controls_FIELDS(M);
        THEN(elements, v4l2_ext_control, 3) { v4l2_ext_control_FIELDS(E); }
    }
    VECTOR("v4l2_ext_controls/none", "either", v4l2_ext_controls) {
        SET(which, V4L2_CTRL_WHICH_CUR_VAL); SET(count, 0); SET(controls, (void *)0x10);
    }
    VECTOR("v4l2_ext_controls/count-lies", "driver to device", v4l2_ext_controls) {
        vector_clauses("MED-O-003");
        SET(which, V4L2_CTRL_WHICH_CUR_VAL); SET(count, 0xffffffff);
        THEN(elements, v4l2_ext_control, 2) { v4l2_ext_control_FIELDS(E); }
        vector_wrong("truncated at 72");
    }
    VECTOR("v4l2_format/32-bit", "driver to device", v4l2_format) {
        vector_clauses("MED-R-002");
        v4l2_format_FIELDS(M);
        vector_cut(4, "truncated at 204");
    }
    VECTOR("v4l2_plane/32-bit", "driver to device", v4l2_plane) {
        vector_clauses("MED-R-002");
        v4l2_plane_FIELDS(M);
        vector_cut(4, "truncated at 60");
    }
    VECTOR("v4l2_buffer/32-bit", "driver to device", v4l2_buffer) {
        vector_clauses("MED-R-002");
        v4l2_buffer_FIELDS(M);
        vector_cut(20, "truncated at 68");
    }
}

void write_v4l2(void) {
    write_structures();
    write_parts();
    write_cases();
}
