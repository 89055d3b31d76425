// What each V4L2 structure's vector says of its fields: `P` is M for a vector of its own, E for a payload.
#ifndef V4L2_FIELDS_H
#define V4L2_FIELDS_H

#define RECT_FIELDS(P, r) P##_FILL(r.left); P##_FILL(r.top); P##_FILL(r.width); P##_FILL(r.height)

#define v4l2_rect_FIELDS(P) P##_FILL(left); P##_FILL(top); P##_FILL(width); P##_FILL(height)

#define PIX_FIELDS(P, p) \
    P##_FILL(p width); P##_FILL(p height); P##_FILL(p pixelformat); P##_FILL(p field); \
    P##_FILL(p bytesperline); P##_FILL(p sizeimage); P##_FILL(p colorspace); P##_FILL(p priv); \
    P##_FILL(p flags); P##_FILL(p ycbcr_enc); P##_FILL(p quantization); P##_FILL(p xfer_func)

#define PLANE_FMT(P, p, n) P##_FILL(p plane_fmt[n].sizeimage); P##_FILL(p plane_fmt[n].bytesperline)
#define PIX_MP_FIELDS(P, p) \
    P##_FILL(p width); P##_FILL(p height); P##_FILL(p pixelformat); P##_FILL(p field); \
    P##_FILL(p colorspace); PLANE_FMT(P, p, 0); PLANE_FMT(P, p, 1); PLANE_FMT(P, p, 2); \
    PLANE_FMT(P, p, 3); PLANE_FMT(P, p, 4); PLANE_FMT(P, p, 5); PLANE_FMT(P, p, 6); \
    PLANE_FMT(P, p, 7); P##_FILL(p num_planes); P##_FILL(p flags); P##_FILL(p ycbcr_enc); \
    P##_FILL(p quantization); P##_FILL(p xfer_func)

#define v4l2_format_FIELDS(P) P##_SET(type, V4L2_BUF_TYPE_VIDEO_OUTPUT); PIX_FIELDS(P, fmt.pix.)
#define v4l2_format_mplane_FIELDS(P) \
    P##_SET(type, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE); PIX_MP_FIELDS(P, fmt.pix_mp.)

#define v4l2_fmtdesc_FIELDS(P) \
    P##_FILL(index); P##_FILL(type); P##_FILL(flags); P##_TEXT(description, "H.264"); P##_FILL(pixelformat)

#define v4l2_frmsizeenum_FIELDS(P) \
    P##_FILL(index); P##_FILL(pixel_format); P##_SET(type, V4L2_FRMSIZE_TYPE_STEPWISE); \
    P##_FILL(stepwise.min_width); P##_FILL(stepwise.max_width); P##_FILL(stepwise.step_width); \
    P##_FILL(stepwise.min_height); P##_FILL(stepwise.max_height); P##_FILL(stepwise.step_height)

#define v4l2_frmivalenum_FIELDS(P) \
    P##_FILL(index); P##_FILL(pixel_format); P##_FILL(width); P##_FILL(height); \
    P##_SET(type, V4L2_FRMIVAL_TYPE_CONTINUOUS); P##_FILL(stepwise.min.numerator); \
    P##_FILL(stepwise.min.denominator); P##_FILL(stepwise.max.numerator); \
    P##_FILL(stepwise.max.denominator); P##_FILL(stepwise.step.numerator); \
    P##_FILL(stepwise.step.denominator)

#define v4l2_requestbuffers_FIELDS(P) \
    P##_FILL(count); P##_FILL(type); P##_FILL(memory); P##_FILL(capabilities)

#define v4l2_create_buffers_FIELDS(P) \
    P##_FILL(index); P##_FILL(count); P##_FILL(memory); \
    P##_SET(format.type, V4L2_BUF_TYPE_VIDEO_CAPTURE); PIX_FIELDS(P, format.fmt.pix.); \
    P##_FILL(capabilities); P##_FILL(flags); P##_FILL(max_num_buffers)

#define v4l2_remove_buffers_FIELDS(P) P##_FILL(index); P##_FILL(count); P##_FILL(type)

// Time code and request are not carried.
#define BUFFER_FIELDS(P, b, TYPE, MEMORY, LENGTH) \
    P##_FILL(b index); P##_SET(b type, TYPE); P##_FILL(b bytesused); P##_FILL(b flags); \
    P##_FILL(b field); P##_FILL(b timestamp.tv_sec); P##_FILL(b timestamp.tv_usec); \
    P##_FILL(b sequence); P##_SET(b memory, MEMORY); P##_FILL(b m); P##_SET(b length, LENGTH)
#define v4l2_buffer_FIELDS(P) \
    BUFFER_FIELDS(P, , V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_MEMORY_MMAP, 0x00123456)

#define PLANE_FIELDS(P, p) \
    P##_FILL(p bytesused); P##_FILL(p length); P##_FILL(p m); P##_FILL(p data_offset)
#define v4l2_plane_FIELDS(P) PLANE_FIELDS(P, )

#define v4l2_exportbuffer_FIELDS(P) \
    P##_FILL(type); P##_FILL(index); P##_FILL(plane); P##_FILL(flags); P##_FILL(fd)

#define v4l2_selection_FIELDS(P) \
    P##_FILL(type); P##_FILL(target); P##_FILL(flags); RECT_FIELDS(P, r)

#define v4l2_control_FIELDS(P) P##_FILL(id); P##_FILL(value)

#define v4l2_ext_controls_FIELDS(P) \
    P##_FILL(which); P##_SET(count, 3); P##_FILL(error_idx); P##_FILL(request_fd); P##_FILL(controls)
#define v4l2_ext_control_FIELDS(P) P##_FILL(id); P##_FILL(size); P##_FILL(value64)

#define v4l2_queryctrl_FIELDS(P) \
    P##_FILL(id); P##_FILL(type); P##_TEXT(name, "H264 Profile"); P##_FILL(minimum); \
    P##_FILL(maximum); P##_FILL(step); P##_FILL(default_value); P##_FILL(flags)

#define v4l2_query_ext_ctrl_FIELDS(P) \
    P##_FILL(id); P##_FILL(type); P##_TEXT(name, "Minimum Number of Capture Buf"); P##_FILL(minimum); \
    P##_FILL(maximum); P##_FILL(step); P##_FILL(default_value); P##_FILL(flags); \
    P##_FILL(elem_size); P##_FILL(elems)

#define v4l2_querymenu_FIELDS(P) P##_FILL(id); P##_FILL(index); P##_TEXT(name, "Constrained Baseline")

#define v4l2_event_subscription_FIELDS(P) P##_FILL(type); P##_FILL(id); P##_FILL(flags)

#define EVENT_TAIL(P, v) \
    P##_FILL(v pending); P##_FILL(v sequence); P##_SET(v timestamp.tv_sec, 123456789); \
    P##_SET(v timestamp.tv_nsec, 987654321); P##_FILL(v id)
#define EVENT_FIELDS(P, v) \
    P##_SET(v type, V4L2_EVENT_SOURCE_CHANGE); P##_FILL(v u.src_change.changes); EVENT_TAIL(P, v)
#define v4l2_event_FIELDS(P) EVENT_FIELDS(P, )

#define v4l2_event_ctrl_FIELDS(P) CTRL_FIELDS(P, )
#define CTRL_FIELDS(P, c) \
    P##_FILL(c changes); P##_FILL(c type); P##_FILL(c value64); P##_FILL(c flags); \
    P##_FILL(c minimum); P##_FILL(c maximum); P##_FILL(c step); P##_FILL(c default_value)

#define v4l2_decoder_cmd_FIELDS(P) P##_SET(cmd, V4L2_DEC_CMD_STOP); P##_FILL(flags); P##_FILL(stop.pts)

#endif
