#include <linux/virtio_gpu.h>
#include <string.h>

#include "structs.h"
#include "vector.h"

#define TO_DEVICE "driver to device"
#define TO_DRIVER "device to driver"

#define HEADER(code) \
    SET(hdr.type, code); FILL(hdr.flags); FILL(hdr.fence_id); FILL(hdr.ctx_id); FILL(hdr.ring_idx)
#define COMMAND(name, type) \
    VECTOR(#name, TO_DEVICE, type) for (int once = (vector_message("VIRTIO_GPU_CMD_" #name, "command"), 1); once; once = 0)
#define RESPONSE(name, type) \
    VECTOR(#name, TO_DRIVER, type) for (int once = (vector_message("VIRTIO_GPU_RESP_" #name, "response"), 1); once; once = 0)
#define RECT() FILL(r.x); FILL(r.y); FILL(r.width); FILL(r.height)

static void bare(const char *id, const char *direction, const char *name, const char *role, unsigned code) {
    VECTOR(id, direction, virtio_gpu_ctrl_hdr) {
        vector_message(name, role);
        SET(type, code); FILL(flags); FILL(fence_id); FILL(ctx_id); FILL(ring_idx);
    }
}

static void write_parts(void) {
    VECTOR("config", TO_DRIVER, virtio_gpu_config) {
        FILL(events_read); FILL(events_clear); FILL(num_scanouts); FILL(num_capsets);
    }
    VECTOR("config-aligned", TO_DRIVER, virtio_gpu_config_aligned) {
        FILL(config.events_read); FILL(config.events_clear); FILL(config.num_scanouts);
        FILL(config.num_capsets); FILL(blob_alignment);
    }
    VECTOR("header", "either", virtio_gpu_ctrl_hdr) {
        FILL(type); FILL(flags); FILL(fence_id); FILL(ctx_id); FILL(ring_idx);
    }
    VECTOR("rect", "either", virtio_gpu_rect) { FILL(x); FILL(y); FILL(width); FILL(height); }
    VECTOR("box", TO_DEVICE, virtio_gpu_box) { FILL(x); FILL(y); FILL(z); FILL(w); FILL(h); FILL(d); }
    VECTOR("mem-entry", TO_DEVICE, virtio_gpu_mem_entry) { FILL(addr); FILL(length); }
    VECTOR("cursor-pos", TO_DEVICE, virtio_gpu_cursor_pos) { FILL(scanout_id); FILL(x); FILL(y); }
    VECTOR("ctx-destroy", TO_DEVICE, virtio_gpu_ctx_destroy) {
        SET(hdr.type, VIRTIO_GPU_CMD_CTX_DESTROY); FILL(hdr.flags); FILL(hdr.ctx_id);
    }
    VECTOR_AS("display-one", TO_DRIVER, virtio_gpu_display_one, virtio_gpu_display_one) {
        FILL(r.x); FILL(r.y); FILL(r.width); FILL(r.height); FILL(enabled); FILL(flags);
    }
}

static void write_2d(void) {
    bare("GET_DISPLAY_INFO", TO_DEVICE, "VIRTIO_GPU_CMD_GET_DISPLAY_INFO", "command", VIRTIO_GPU_CMD_GET_DISPLAY_INFO);
    COMMAND(RESOURCE_CREATE_2D, virtio_gpu_resource_create_2d) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_CREATE_2D);
        FILL(resource_id); SET(format, VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM); FILL(width); FILL(height);
    }
    COMMAND(RESOURCE_UNREF, virtio_gpu_resource_unref) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_UNREF); FILL(resource_id);
    }
    COMMAND(SET_SCANOUT, virtio_gpu_set_scanout) {
        HEADER(VIRTIO_GPU_CMD_SET_SCANOUT); RECT(); FILL(scanout_id); FILL(resource_id);
    }
    COMMAND(RESOURCE_FLUSH, virtio_gpu_resource_flush) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_FLUSH); RECT(); FILL(resource_id);
    }
    COMMAND(TRANSFER_TO_HOST_2D, virtio_gpu_transfer_to_host_2d) {
        HEADER(VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D); RECT(); FILL(offset); FILL(resource_id);
    }
    COMMAND(RESOURCE_ATTACH_BACKING, virtio_gpu_resource_attach_backing) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING); FILL(resource_id); SET(nr_entries, 3);
        THEN(entries, virtio_gpu_mem_entry, 3) { E_FILL(addr); E_FILL(length); }
    }
    COMMAND(RESOURCE_DETACH_BACKING, virtio_gpu_resource_detach_backing) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING); FILL(resource_id);
    }
    COMMAND(GET_CAPSET_INFO, virtio_gpu_get_capset_info) {
        HEADER(VIRTIO_GPU_CMD_GET_CAPSET_INFO); FILL(capset_index);
    }
    COMMAND(GET_CAPSET, virtio_gpu_get_capset) {
        HEADER(VIRTIO_GPU_CMD_GET_CAPSET); FILL(capset_id); FILL(capset_version);
    }
    VECTOR_AS("GET_EDID", TO_DEVICE, virtio_gpu_cmd_get_edid, virtio_gpu_get_edid) {
        vector_message("VIRTIO_GPU_CMD_GET_EDID", "command");
        HEADER(VIRTIO_GPU_CMD_GET_EDID); FILL(scanout);
    }
    COMMAND(RESOURCE_ASSIGN_UUID, virtio_gpu_resource_assign_uuid) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID); FILL(resource_id);
    }
    COMMAND(RESOURCE_CREATE_BLOB, virtio_gpu_resource_create_blob) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB); FILL(resource_id);
        SET(blob_mem, VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST); FILL(blob_flags); SET(nr_entries, 2);
        FILL(blob_id); FILL(size);
        THEN(entries, virtio_gpu_mem_entry, 2) { E_FILL(addr); E_FILL(length); }
    }
    COMMAND(SET_SCANOUT_BLOB, virtio_gpu_set_scanout_blob) {
        HEADER(VIRTIO_GPU_CMD_SET_SCANOUT_BLOB); RECT(); FILL(scanout_id); FILL(resource_id);
        FILL(width); FILL(height); SET(format, VIRTIO_GPU_FORMAT_X8B8G8R8_UNORM);
        FILL(strides[0]); FILL(strides[1]); FILL(strides[2]); FILL(strides[3]);
        FILL(offsets[0]); FILL(offsets[1]); FILL(offsets[2]); FILL(offsets[3]);
    }
}

static void write_3d(void) {
    COMMAND(CTX_CREATE, virtio_gpu_ctx_create) {
        HEADER(VIRTIO_GPU_CMD_CTX_CREATE); SET(nlen, 8); FILL(context_init); TEXT(debug_name, "Xwayland");
    }
    bare("CTX_DESTROY", TO_DEVICE, "VIRTIO_GPU_CMD_CTX_DESTROY", "command", VIRTIO_GPU_CMD_CTX_DESTROY);
    COMMAND(CTX_ATTACH_RESOURCE, virtio_gpu_ctx_resource) {
        HEADER(VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE); FILL(resource_id);
    }
    COMMAND(CTX_DETACH_RESOURCE, virtio_gpu_ctx_resource) {
        HEADER(VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE); FILL(resource_id);
    }
    COMMAND(RESOURCE_CREATE_3D, virtio_gpu_resource_create_3d) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_CREATE_3D);
        FILL(resource_id); FILL(target); FILL(format); FILL(bind); FILL(width); FILL(height); FILL(depth);
        FILL(array_size); FILL(last_level); FILL(nr_samples); FILL(flags);
    }
#define TRANSFER() \
    FILL(box.x); FILL(box.y); FILL(box.z); FILL(box.w); FILL(box.h); FILL(box.d); FILL(offset); \
    FILL(resource_id); FILL(level); FILL(stride); FILL(layer_stride)
    COMMAND(TRANSFER_TO_HOST_3D, virtio_gpu_transfer_host_3d) {
        HEADER(VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D); TRANSFER();
    }
    COMMAND(TRANSFER_FROM_HOST_3D, virtio_gpu_transfer_host_3d) {
        HEADER(VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D); TRANSFER();
    }
    COMMAND(SUBMIT_3D, virtio_gpu_cmd_submit) {
        HEADER(VIRTIO_GPU_CMD_SUBMIT_3D); SET(size, 12);
        vector_then_integers("commands", "u8", 1, 12);
    }
    COMMAND(RESOURCE_MAP_BLOB, virtio_gpu_resource_map_blob) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB); FILL(resource_id); FILL(offset);
    }
    COMMAND(RESOURCE_UNMAP_BLOB, virtio_gpu_resource_unmap_blob) {
        HEADER(VIRTIO_GPU_CMD_RESOURCE_UNMAP_BLOB); FILL(resource_id);
    }
#define CURSOR() \
    FILL(pos.scanout_id); FILL(pos.x); FILL(pos.y); FILL(resource_id); FILL(hot_x); FILL(hot_y)
    COMMAND(UPDATE_CURSOR, virtio_gpu_update_cursor) { HEADER(VIRTIO_GPU_CMD_UPDATE_CURSOR); CURSOR(); }
    COMMAND(MOVE_CURSOR, virtio_gpu_update_cursor) { HEADER(VIRTIO_GPU_CMD_MOVE_CURSOR); CURSOR(); }
}

static void write_responses(void) {
#define BARE(name) \
    bare(#name, TO_DRIVER, "VIRTIO_GPU_RESP_" #name, "response", VIRTIO_GPU_RESP_##name)
    BARE(OK_NODATA);
    RESPONSE(OK_DISPLAY_INFO, virtio_gpu_resp_display_info) {
        HEADER(VIRTIO_GPU_RESP_OK_DISPLAY_INFO);
        FILL(pmodes[0].r.x); FILL(pmodes[0].r.y); FILL(pmodes[0].r.width); FILL(pmodes[0].r.height);
        FILL(pmodes[0].enabled); FILL(pmodes[0].flags);
        FILL(pmodes[15].r.x); FILL(pmodes[15].r.y); FILL(pmodes[15].r.width);
        FILL(pmodes[15].r.height); FILL(pmodes[15].enabled); FILL(pmodes[15].flags);
    }
    RESPONSE(OK_CAPSET_INFO, virtio_gpu_resp_capset_info) {
        HEADER(VIRTIO_GPU_RESP_OK_CAPSET_INFO);
        FILL(capset_id); FILL(capset_max_version); FILL(capset_max_size);
    }
    RESPONSE(OK_CAPSET, virtio_gpu_resp_capset) {
        vector_only_good();
        HEADER(VIRTIO_GPU_RESP_OK_CAPSET);
        vector_then_integers("capset_data", "u8", 1, 20);
    }
    RESPONSE(OK_EDID, virtio_gpu_resp_edid) {
        HEADER(VIRTIO_GPU_RESP_OK_EDID); SET(size, 256); BYTES(edid);
    }
    RESPONSE(OK_RESOURCE_UUID, virtio_gpu_resp_resource_uuid) {
        HEADER(VIRTIO_GPU_RESP_OK_RESOURCE_UUID); BYTES(uuid);
    }
    RESPONSE(OK_MAP_INFO, virtio_gpu_resp_map_info) {
        HEADER(VIRTIO_GPU_RESP_OK_MAP_INFO); SET(map_info, VIRTIO_GPU_MAP_CACHE_WC);
    }
    BARE(ERR_UNSPEC);
    BARE(ERR_OUT_OF_MEMORY);
    BARE(ERR_INVALID_SCANOUT_ID);
    BARE(ERR_INVALID_RESOURCE_ID);
    BARE(ERR_INVALID_CONTEXT_ID);
    BARE(ERR_INVALID_PARAMETER);
}

// What a careless reader would take.
static void write_bad(void) {
    VECTOR("RESOURCE_ATTACH_BACKING/count-lies", TO_DEVICE, virtio_gpu_resource_attach_backing) {
        vector_message("VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING", "command");
        HEADER(VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING); FILL(resource_id); SET(nr_entries, 0xffffffff);
        THEN(entries, virtio_gpu_mem_entry, 2) { E_FILL(addr); E_FILL(length); }
        vector_wrong("truncated at 64");
    }
    VECTOR("RESOURCE_CREATE_BLOB/count-lies", TO_DEVICE, virtio_gpu_resource_create_blob) {
        vector_message("VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB", "command");
        HEADER(VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB); FILL(resource_id);
        SET(blob_mem, VIRTIO_GPU_BLOB_MEM_GUEST); SET(nr_entries, 0x10000001); FILL(size);
        THEN(entries, virtio_gpu_mem_entry, 1) { E_FILL(addr); E_FILL(length); }
        vector_wrong("truncated at 72");
    }
    VECTOR("SUBMIT_3D/size-lies", TO_DEVICE, virtio_gpu_cmd_submit) {
        vector_message("VIRTIO_GPU_CMD_SUBMIT_3D", "command");
        HEADER(VIRTIO_GPU_CMD_SUBMIT_3D); SET(size, 0xfffffff0);
        vector_then_integers("commands", "u8", 1, 12);
        vector_wrong("truncated at 44");
    }
    VECTOR("OK_CAPSET/short", TO_DRIVER, virtio_gpu_resp_capset) {
        vector_message("VIRTIO_GPU_RESP_OK_CAPSET", "response");
        HEADER(VIRTIO_GPU_RESP_OK_CAPSET);
        vector_cut(1, "truncated at 23");
    }
    VECTOR("empty", TO_DEVICE, virtio_gpu_ctrl_hdr) {
        FILL(type);
        vector_cut(sizeof(struct virtio_gpu_ctrl_hdr), "truncated at 0");
    }
    VECTOR("half-a-type", TO_DEVICE, virtio_gpu_ctrl_hdr) {
        FILL(type);
        vector_cut(sizeof(struct virtio_gpu_ctrl_hdr) - 2, "truncated at 2");
    }
}

void write_virtio_gpu(void) {
    write_parts();
    write_2d();
    write_3d();
    write_responses();
    write_bad();
}
