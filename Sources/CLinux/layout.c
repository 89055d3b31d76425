// Rows made by the compiler: nothing here is typed from a document.

#include "KernelLayouts.h"

#include <linux/videodev2.h>
#include <linux/virtio_gpu.h>
#include <linux/virtio_ring.h>

#define STRUCT(type, ...) {#type, "", 0, sizeof(struct type)}, EXPAND(FIELDS(type, __VA_ARGS__))
#define HDR hdr.type, hdr.flags, hdr.fence_id, hdr.ctx_id, hdr.ring_idx

// FIELDS makes one row, then names itself again: each EXPAND below lets it go four times as far.
#define FIELDS(type, field, ...) \
    {#type, #field, offsetof(struct type, field), sizeof(((struct type *)0)->field)}, \
        __VA_OPT__(FIELDS_AGAIN PARENS(type, __VA_ARGS__))
#define FIELDS_AGAIN() FIELDS
#define PARENS ()
#define EXPAND(...) EXPAND2(EXPAND2(EXPAND2(EXPAND2(__VA_ARGS__))))
#define EXPAND2(...) EXPAND1(EXPAND1(EXPAND1(EXPAND1(__VA_ARGS__))))
#define EXPAND1(...) __VA_ARGS__

static const struct wire_layout_row layout[] = {
    STRUCT(virtio_gpu_config, events_read, events_clear, num_scanouts, num_capsets)
    STRUCT(virtio_gpu_ctrl_hdr, type, flags, fence_id, ctx_id, ring_idx)
    STRUCT(virtio_gpu_rect, x, y, width, height)
    STRUCT(virtio_gpu_display_one, r.x, r.y, r.width, r.height, enabled, flags)
    STRUCT(virtio_gpu_resp_display_info, HDR, pmodes)
    STRUCT(virtio_gpu_cmd_get_edid, HDR, scanout)
    STRUCT(virtio_gpu_resp_edid, HDR, size, edid)
    STRUCT(virtio_gpu_get_capset_info, HDR, capset_index)
    STRUCT(virtio_gpu_resp_capset_info, HDR, capset_id, capset_max_version, capset_max_size)
    STRUCT(virtio_gpu_get_capset, HDR, capset_id, capset_version)
    STRUCT(virtio_gpu_resource_unref, HDR, resource_id)
    STRUCT(virtio_gpu_resource_attach_backing, HDR, resource_id, nr_entries)
    STRUCT(virtio_gpu_resource_detach_backing, HDR, resource_id)
    STRUCT(virtio_gpu_mem_entry, addr, length)
    STRUCT(virtio_gpu_resource_assign_uuid, HDR, resource_id)
    STRUCT(virtio_gpu_resp_resource_uuid, HDR, uuid)
    STRUCT(virtio_gpu_resource_create_blob, HDR, resource_id, blob_mem, blob_flags, nr_entries,
        blob_id, size)
    STRUCT(virtio_gpu_ctx_create, HDR, nlen, context_init, debug_name)
    STRUCT(virtio_gpu_ctx_resource, HDR, resource_id)
    STRUCT(virtio_gpu_resource_create_3d, HDR, resource_id, target, format, bind, width, height,
        depth, array_size, last_level, nr_samples, flags)
    STRUCT(virtio_gpu_box, x, y, z, w, h, d)
    STRUCT(virtio_gpu_transfer_host_3d, HDR, box.x, box.y, box.z, box.w, box.h, box.d, offset,
        resource_id, level, stride, layer_stride)
    STRUCT(virtio_gpu_cmd_submit, HDR, size)
    STRUCT(virtio_gpu_resource_create_2d, HDR, resource_id, format, width, height)
    STRUCT(virtio_gpu_set_scanout, HDR, r.x, r.y, r.width, r.height, scanout_id, resource_id)
    STRUCT(virtio_gpu_resource_flush, HDR, r.x, r.y, r.width, r.height, resource_id)
    STRUCT(virtio_gpu_transfer_to_host_2d, HDR, r.x, r.y, r.width, r.height, offset, resource_id)
    STRUCT(virtio_gpu_set_scanout_blob, HDR, r.x, r.y, r.width, r.height, scanout_id, resource_id,
        width, height, format, strides, offsets)
    STRUCT(virtio_gpu_cursor_pos, scanout_id, x, y)
    STRUCT(virtio_gpu_update_cursor, HDR, pos.scanout_id, pos.x, pos.y, resource_id, hot_x, hot_y)
    STRUCT(virtio_gpu_resource_map_blob, HDR, resource_id, offset)
    STRUCT(virtio_gpu_resp_map_info, HDR, map_info)
    STRUCT(virtio_gpu_resource_unmap_blob, HDR, resource_id)
    STRUCT(v4l2_pix_format, width, height, pixelformat, field, bytesperline, sizeimage, colorspace,
        priv, flags, ycbcr_enc, quantization, xfer_func)
    STRUCT(v4l2_format, type, fmt.pix.width, fmt.pix.height, fmt.pix.pixelformat, fmt.pix.field,
        fmt.pix.bytesperline, fmt.pix.sizeimage, fmt.pix.colorspace, fmt.pix.priv, fmt.pix.flags,
        fmt.pix.ycbcr_enc, fmt.pix.quantization, fmt.pix.xfer_func)
    STRUCT(v4l2_plane_pix_format, sizeimage, bytesperline)
    STRUCT(v4l2_pix_format_mplane, width, height, pixelformat, field, colorspace, plane_fmt,
        num_planes, flags, ycbcr_enc, quantization, xfer_func)
    STRUCT(v4l2_frmsize_stepwise, min_width, max_width, step_width, min_height, max_height,
        step_height)
    STRUCT(v4l2_frmsizeenum, index, pixel_format, type, stepwise.min_width, stepwise.max_width,
        stepwise.step_width, stepwise.min_height, stepwise.max_height, stepwise.step_height)
    STRUCT(v4l2_create_buffers, index, count, memory, format, capabilities, flags, reserved)
    STRUCT(v4l2_exportbuffer, type, index, plane, flags, fd)
    STRUCT(v4l2_ext_controls, which, count, error_idx, request_fd, controls)
    STRUCT(v4l2_ext_control, id, size, value64)
    STRUCT(v4l2_queryctrl, id, type, name, minimum, maximum, step, default_value, flags)
    STRUCT(v4l2_query_ext_ctrl, id, type, name, minimum, maximum, step, default_value, flags,
        elem_size, elems)
    STRUCT(v4l2_querymenu, id, index, name)
    STRUCT(v4l2_event_ctrl, changes, type, value64, flags, minimum, maximum, step, default_value)
    STRUCT(v4l2_fmtdesc, index, type, flags, description, pixelformat)
    STRUCT(v4l2_requestbuffers, count, type, memory, capabilities)
    STRUCT(timeval, tv_sec, tv_usec)
    STRUCT(v4l2_buffer, index, type, bytesused, flags, field, timestamp.tv_sec, timestamp.tv_usec,
        sequence, memory, m, length)
    STRUCT(v4l2_plane, bytesused, length, m, data_offset)
    STRUCT(v4l2_event_subscription, type, id, flags)
    STRUCT(v4l2_event, type, u.src_change.changes, pending, sequence, timestamp.tv_sec,
        timestamp.tv_nsec, id)
    STRUCT(v4l2_control, id, value)
    STRUCT(v4l2_decoder_cmd, cmd, flags, stop.pts)
    STRUCT(v4l2_rect, left, top, width, height)
    STRUCT(v4l2_selection, type, target, flags, r.left, r.top, r.width, r.height)
    STRUCT(vring_desc, addr, len, flags, next)
    STRUCT(vring_used_elem, id, len)
};

const struct wire_layout_row *wire_layout_at(size_t index) {
    return index < sizeof layout / sizeof layout[0] ? &layout[index] : NULL;
}
