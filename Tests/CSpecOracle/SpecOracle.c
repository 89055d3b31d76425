// Generated from the tables of Spec/: `make generate` writes it anew.

#include "SpecOracle.h"

#include <errno.h>
#include <linux/vhost_types.h>
#include <linux/videodev2.h>
#include <linux/virtio_config.h>
#include <linux/virtio_gpu.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>

#define SIZE(place, type, size) {place, #type, "", 0, size, 0, sizeof(struct type), 1}
#define FIELD(place, type, field, offset, size) \
    {place, #type, #field, offset, size, offsetof(struct type, field), \
     sizeof(((struct type *)0)->field), 1}
#define NUMBER(place, name, value, c) {place, "", #name, value, 8, c, 8, 1}
#define UNKNOWN(place, name, value) {place, "", #name, value, 8, 0, 0, 0}

static const struct spec_row rows[] = {
    FIELD("Spec/gpu.md:73", virtio_gpu_config, events_read, 0, 4),
    FIELD("Spec/gpu.md:74", virtio_gpu_config, events_clear, 4, 4),
    FIELD("Spec/gpu.md:75", virtio_gpu_config, num_scanouts, 8, 4),
    FIELD("Spec/gpu.md:76", virtio_gpu_config, num_capsets, 12, 4),
    SIZE("Spec/gpu.md:156", virtio_gpu_ctrl_hdr, 24),
    FIELD("Spec/gpu.md:160", virtio_gpu_ctrl_hdr, type, 0, 4),
    FIELD("Spec/gpu.md:161", virtio_gpu_ctrl_hdr, flags, 4, 4),
    FIELD("Spec/gpu.md:162", virtio_gpu_ctrl_hdr, fence_id, 8, 8),
    FIELD("Spec/gpu.md:163", virtio_gpu_ctrl_hdr, ctx_id, 16, 4),
    FIELD("Spec/gpu.md:164", virtio_gpu_ctrl_hdr, ring_idx, 20, 1),
    FIELD("Spec/gpu.md:165", virtio_gpu_ctrl_hdr, padding, 21, 3),
    SIZE("Spec/gpu.md:192", virtio_gpu_rect, 16),
    FIELD("Spec/gpu.md:196", virtio_gpu_rect, x, 0, 4),
    FIELD("Spec/gpu.md:197", virtio_gpu_rect, y, 4, 4),
    FIELD("Spec/gpu.md:198", virtio_gpu_rect, width, 8, 4),
    FIELD("Spec/gpu.md:199", virtio_gpu_rect, height, 12, 4),
    SIZE("Spec/gpu.md:203", virtio_gpu_display_one, 24),
    FIELD("Spec/gpu.md:207", virtio_gpu_display_one, r, 0, 16),
    FIELD("Spec/gpu.md:208", virtio_gpu_display_one, enabled, 16, 4),
    FIELD("Spec/gpu.md:209", virtio_gpu_display_one, flags, 20, 4),
    SIZE("Spec/gpu.md:219", virtio_gpu_resp_display_info, 408),
    FIELD("Spec/gpu.md:223", virtio_gpu_resp_display_info, hdr, 0, 24),
    FIELD("Spec/gpu.md:224", virtio_gpu_resp_display_info, pmodes, 24, 384),
    SIZE("Spec/gpu.md:233", virtio_gpu_cmd_get_edid, 32),
    FIELD("Spec/gpu.md:237", virtio_gpu_cmd_get_edid, hdr, 0, 24),
    FIELD("Spec/gpu.md:238", virtio_gpu_cmd_get_edid, scanout, 24, 4),
    FIELD("Spec/gpu.md:239", virtio_gpu_cmd_get_edid, padding, 28, 4),
    SIZE("Spec/gpu.md:245", virtio_gpu_resp_edid, 1056),
    FIELD("Spec/gpu.md:249", virtio_gpu_resp_edid, hdr, 0, 24),
    FIELD("Spec/gpu.md:250", virtio_gpu_resp_edid, size, 24, 4),
    FIELD("Spec/gpu.md:251", virtio_gpu_resp_edid, padding, 28, 4),
    FIELD("Spec/gpu.md:252", virtio_gpu_resp_edid, edid, 32, 1024),
    SIZE("Spec/gpu.md:277", virtio_gpu_resource_create_2d, 40),
    FIELD("Spec/gpu.md:281", virtio_gpu_resource_create_2d, hdr, 0, 24),
    FIELD("Spec/gpu.md:282", virtio_gpu_resource_create_2d, resource_id, 24, 4),
    FIELD("Spec/gpu.md:283", virtio_gpu_resource_create_2d, format, 28, 4),
    FIELD("Spec/gpu.md:284", virtio_gpu_resource_create_2d, width, 32, 4),
    FIELD("Spec/gpu.md:285", virtio_gpu_resource_create_2d, height, 36, 4),
    SIZE("Spec/gpu.md:293", virtio_gpu_set_scanout, 48),
    FIELD("Spec/gpu.md:297", virtio_gpu_set_scanout, hdr, 0, 24),
    FIELD("Spec/gpu.md:298", virtio_gpu_set_scanout, r, 24, 16),
    FIELD("Spec/gpu.md:299", virtio_gpu_set_scanout, scanout_id, 40, 4),
    FIELD("Spec/gpu.md:300", virtio_gpu_set_scanout, resource_id, 44, 4),
    SIZE("Spec/gpu.md:307", virtio_gpu_resource_flush, 48),
    FIELD("Spec/gpu.md:311", virtio_gpu_resource_flush, hdr, 0, 24),
    FIELD("Spec/gpu.md:312", virtio_gpu_resource_flush, r, 24, 16),
    FIELD("Spec/gpu.md:313", virtio_gpu_resource_flush, resource_id, 40, 4),
    FIELD("Spec/gpu.md:314", virtio_gpu_resource_flush, padding, 44, 4),
    SIZE("Spec/gpu.md:323", virtio_gpu_transfer_to_host_2d, 56),
    FIELD("Spec/gpu.md:327", virtio_gpu_transfer_to_host_2d, hdr, 0, 24),
    FIELD("Spec/gpu.md:328", virtio_gpu_transfer_to_host_2d, r, 24, 16),
    FIELD("Spec/gpu.md:329", virtio_gpu_transfer_to_host_2d, offset, 40, 8),
    FIELD("Spec/gpu.md:330", virtio_gpu_transfer_to_host_2d, resource_id, 48, 4),
    FIELD("Spec/gpu.md:331", virtio_gpu_transfer_to_host_2d, padding, 52, 4),
    SIZE("Spec/gpu.md:340", virtio_gpu_set_scanout_blob, 96),
    FIELD("Spec/gpu.md:344", virtio_gpu_set_scanout_blob, hdr, 0, 24),
    FIELD("Spec/gpu.md:345", virtio_gpu_set_scanout_blob, r, 24, 16),
    FIELD("Spec/gpu.md:346", virtio_gpu_set_scanout_blob, scanout_id, 40, 4),
    FIELD("Spec/gpu.md:347", virtio_gpu_set_scanout_blob, resource_id, 44, 4),
    FIELD("Spec/gpu.md:348", virtio_gpu_set_scanout_blob, width, 48, 4),
    FIELD("Spec/gpu.md:349", virtio_gpu_set_scanout_blob, height, 52, 4),
    FIELD("Spec/gpu.md:350", virtio_gpu_set_scanout_blob, format, 56, 4),
    FIELD("Spec/gpu.md:351", virtio_gpu_set_scanout_blob, padding, 60, 4),
    FIELD("Spec/gpu.md:352", virtio_gpu_set_scanout_blob, strides, 64, 16),
    FIELD("Spec/gpu.md:353", virtio_gpu_set_scanout_blob, offsets, 80, 16),
    SIZE("Spec/gpu.md:362", virtio_gpu_resource_unref, 32),
    FIELD("Spec/gpu.md:366", virtio_gpu_resource_unref, hdr, 0, 24),
    FIELD("Spec/gpu.md:367", virtio_gpu_resource_unref, resource_id, 24, 4),
    FIELD("Spec/gpu.md:368", virtio_gpu_resource_unref, padding, 28, 4),
    SIZE("Spec/gpu.md:374", virtio_gpu_mem_entry, 16),
    FIELD("Spec/gpu.md:378", virtio_gpu_mem_entry, addr, 0, 8),
    FIELD("Spec/gpu.md:379", virtio_gpu_mem_entry, length, 8, 4),
    FIELD("Spec/gpu.md:380", virtio_gpu_mem_entry, padding, 12, 4),
    SIZE("Spec/gpu.md:386", virtio_gpu_resource_attach_backing, 32),
    FIELD("Spec/gpu.md:390", virtio_gpu_resource_attach_backing, hdr, 0, 24),
    FIELD("Spec/gpu.md:391", virtio_gpu_resource_attach_backing, resource_id, 24, 4),
    FIELD("Spec/gpu.md:392", virtio_gpu_resource_attach_backing, nr_entries, 28, 4),
    SIZE("Spec/gpu.md:400", virtio_gpu_resource_detach_backing, 32),
    FIELD("Spec/gpu.md:404", virtio_gpu_resource_detach_backing, hdr, 0, 24),
    FIELD("Spec/gpu.md:405", virtio_gpu_resource_detach_backing, resource_id, 24, 4),
    FIELD("Spec/gpu.md:406", virtio_gpu_resource_detach_backing, padding, 28, 4),
    SIZE("Spec/gpu.md:414", virtio_gpu_resource_assign_uuid, 32),
    FIELD("Spec/gpu.md:418", virtio_gpu_resource_assign_uuid, hdr, 0, 24),
    FIELD("Spec/gpu.md:419", virtio_gpu_resource_assign_uuid, resource_id, 24, 4),
    FIELD("Spec/gpu.md:420", virtio_gpu_resource_assign_uuid, padding, 28, 4),
    SIZE("Spec/gpu.md:424", virtio_gpu_resp_resource_uuid, 40),
    FIELD("Spec/gpu.md:428", virtio_gpu_resp_resource_uuid, hdr, 0, 24),
    FIELD("Spec/gpu.md:429", virtio_gpu_resp_resource_uuid, uuid, 24, 16),
    SIZE("Spec/gpu.md:452", virtio_gpu_get_capset_info, 32),
    FIELD("Spec/gpu.md:456", virtio_gpu_get_capset_info, hdr, 0, 24),
    FIELD("Spec/gpu.md:457", virtio_gpu_get_capset_info, capset_index, 24, 4),
    FIELD("Spec/gpu.md:458", virtio_gpu_get_capset_info, padding, 28, 4),
    SIZE("Spec/gpu.md:462", virtio_gpu_resp_capset_info, 40),
    FIELD("Spec/gpu.md:466", virtio_gpu_resp_capset_info, hdr, 0, 24),
    FIELD("Spec/gpu.md:467", virtio_gpu_resp_capset_info, capset_id, 24, 4),
    FIELD("Spec/gpu.md:468", virtio_gpu_resp_capset_info, capset_max_version, 28, 4),
    FIELD("Spec/gpu.md:469", virtio_gpu_resp_capset_info, capset_max_size, 32, 4),
    FIELD("Spec/gpu.md:470", virtio_gpu_resp_capset_info, padding, 36, 4),
    SIZE("Spec/gpu.md:476", virtio_gpu_get_capset, 32),
    FIELD("Spec/gpu.md:480", virtio_gpu_get_capset, hdr, 0, 24),
    FIELD("Spec/gpu.md:481", virtio_gpu_get_capset, capset_id, 24, 4),
    FIELD("Spec/gpu.md:482", virtio_gpu_get_capset, capset_version, 28, 4),
    SIZE("Spec/gpu.md:486", virtio_gpu_resp_capset, 24),
    FIELD("Spec/gpu.md:490", virtio_gpu_resp_capset, hdr, 0, 24),
    SIZE("Spec/gpu.md:524", virtio_gpu_resource_create_blob, 56),
    FIELD("Spec/gpu.md:528", virtio_gpu_resource_create_blob, hdr, 0, 24),
    FIELD("Spec/gpu.md:529", virtio_gpu_resource_create_blob, resource_id, 24, 4),
    FIELD("Spec/gpu.md:530", virtio_gpu_resource_create_blob, blob_mem, 28, 4),
    FIELD("Spec/gpu.md:531", virtio_gpu_resource_create_blob, blob_flags, 32, 4),
    FIELD("Spec/gpu.md:532", virtio_gpu_resource_create_blob, nr_entries, 36, 4),
    FIELD("Spec/gpu.md:533", virtio_gpu_resource_create_blob, blob_id, 40, 8),
    FIELD("Spec/gpu.md:534", virtio_gpu_resource_create_blob, size, 48, 8),
    SIZE("Spec/gpu.md:575", virtio_gpu_resource_map_blob, 40),
    FIELD("Spec/gpu.md:579", virtio_gpu_resource_map_blob, hdr, 0, 24),
    FIELD("Spec/gpu.md:580", virtio_gpu_resource_map_blob, resource_id, 24, 4),
    FIELD("Spec/gpu.md:581", virtio_gpu_resource_map_blob, padding, 28, 4),
    FIELD("Spec/gpu.md:582", virtio_gpu_resource_map_blob, offset, 32, 8),
    SIZE("Spec/gpu.md:586", virtio_gpu_resp_map_info, 32),
    FIELD("Spec/gpu.md:590", virtio_gpu_resp_map_info, hdr, 0, 24),
    FIELD("Spec/gpu.md:591", virtio_gpu_resp_map_info, map_info, 24, 4),
    FIELD("Spec/gpu.md:592", virtio_gpu_resp_map_info, padding, 28, 4),
    SIZE("Spec/gpu.md:599", virtio_gpu_resource_unmap_blob, 32),
    FIELD("Spec/gpu.md:603", virtio_gpu_resource_unmap_blob, hdr, 0, 24),
    FIELD("Spec/gpu.md:604", virtio_gpu_resource_unmap_blob, resource_id, 24, 4),
    FIELD("Spec/gpu.md:605", virtio_gpu_resource_unmap_blob, padding, 28, 4),
    SIZE("Spec/gpu.md:615", virtio_gpu_ctx_create, 96),
    FIELD("Spec/gpu.md:619", virtio_gpu_ctx_create, hdr, 0, 24),
    FIELD("Spec/gpu.md:620", virtio_gpu_ctx_create, nlen, 24, 4),
    FIELD("Spec/gpu.md:621", virtio_gpu_ctx_create, context_init, 28, 4),
    FIELD("Spec/gpu.md:622", virtio_gpu_ctx_create, debug_name, 32, 64),
    SIZE("Spec/gpu.md:629", virtio_gpu_ctx_destroy, 24),
    FIELD("Spec/gpu.md:633", virtio_gpu_ctx_destroy, hdr, 0, 24),
    SIZE("Spec/gpu.md:639", virtio_gpu_ctx_resource, 32),
    FIELD("Spec/gpu.md:643", virtio_gpu_ctx_resource, hdr, 0, 24),
    FIELD("Spec/gpu.md:644", virtio_gpu_ctx_resource, resource_id, 24, 4),
    FIELD("Spec/gpu.md:645", virtio_gpu_ctx_resource, padding, 28, 4),
    SIZE("Spec/gpu.md:652", virtio_gpu_resource_create_3d, 72),
    FIELD("Spec/gpu.md:656", virtio_gpu_resource_create_3d, hdr, 0, 24),
    FIELD("Spec/gpu.md:657", virtio_gpu_resource_create_3d, resource_id, 24, 4),
    FIELD("Spec/gpu.md:658", virtio_gpu_resource_create_3d, target, 28, 4),
    FIELD("Spec/gpu.md:659", virtio_gpu_resource_create_3d, format, 32, 4),
    FIELD("Spec/gpu.md:660", virtio_gpu_resource_create_3d, bind, 36, 4),
    FIELD("Spec/gpu.md:661", virtio_gpu_resource_create_3d, width, 40, 4),
    FIELD("Spec/gpu.md:662", virtio_gpu_resource_create_3d, height, 44, 4),
    FIELD("Spec/gpu.md:663", virtio_gpu_resource_create_3d, depth, 48, 4),
    FIELD("Spec/gpu.md:664", virtio_gpu_resource_create_3d, array_size, 52, 4),
    FIELD("Spec/gpu.md:665", virtio_gpu_resource_create_3d, last_level, 56, 4),
    FIELD("Spec/gpu.md:666", virtio_gpu_resource_create_3d, nr_samples, 60, 4),
    FIELD("Spec/gpu.md:667", virtio_gpu_resource_create_3d, flags, 64, 4),
    FIELD("Spec/gpu.md:668", virtio_gpu_resource_create_3d, padding, 68, 4),
    SIZE("Spec/gpu.md:674", virtio_gpu_box, 24),
    FIELD("Spec/gpu.md:678", virtio_gpu_box, x, 0, 4),
    FIELD("Spec/gpu.md:679", virtio_gpu_box, y, 4, 4),
    FIELD("Spec/gpu.md:680", virtio_gpu_box, z, 8, 4),
    FIELD("Spec/gpu.md:681", virtio_gpu_box, w, 12, 4),
    FIELD("Spec/gpu.md:682", virtio_gpu_box, h, 16, 4),
    FIELD("Spec/gpu.md:683", virtio_gpu_box, d, 20, 4),
    SIZE("Spec/gpu.md:689", virtio_gpu_transfer_host_3d, 72),
    FIELD("Spec/gpu.md:693", virtio_gpu_transfer_host_3d, hdr, 0, 24),
    FIELD("Spec/gpu.md:694", virtio_gpu_transfer_host_3d, box, 24, 24),
    FIELD("Spec/gpu.md:695", virtio_gpu_transfer_host_3d, offset, 48, 8),
    FIELD("Spec/gpu.md:696", virtio_gpu_transfer_host_3d, resource_id, 56, 4),
    FIELD("Spec/gpu.md:697", virtio_gpu_transfer_host_3d, level, 60, 4),
    FIELD("Spec/gpu.md:698", virtio_gpu_transfer_host_3d, stride, 64, 4),
    FIELD("Spec/gpu.md:699", virtio_gpu_transfer_host_3d, layer_stride, 68, 4),
    SIZE("Spec/gpu.md:707", virtio_gpu_cmd_submit, 32),
    FIELD("Spec/gpu.md:711", virtio_gpu_cmd_submit, hdr, 0, 24),
    FIELD("Spec/gpu.md:712", virtio_gpu_cmd_submit, size, 24, 4),
    FIELD("Spec/gpu.md:713", virtio_gpu_cmd_submit, padding, 28, 4),
    SIZE("Spec/gpu.md:720", virtio_gpu_cursor_pos, 16),
    FIELD("Spec/gpu.md:724", virtio_gpu_cursor_pos, scanout_id, 0, 4),
    FIELD("Spec/gpu.md:725", virtio_gpu_cursor_pos, x, 4, 4),
    FIELD("Spec/gpu.md:726", virtio_gpu_cursor_pos, y, 8, 4),
    FIELD("Spec/gpu.md:727", virtio_gpu_cursor_pos, padding, 12, 4),
    SIZE("Spec/gpu.md:734", virtio_gpu_update_cursor, 56),
    FIELD("Spec/gpu.md:738", virtio_gpu_update_cursor, hdr, 0, 24),
    FIELD("Spec/gpu.md:739", virtio_gpu_update_cursor, pos, 24, 16),
    FIELD("Spec/gpu.md:740", virtio_gpu_update_cursor, resource_id, 40, 4),
    FIELD("Spec/gpu.md:741", virtio_gpu_update_cursor, hot_x, 44, 4),
    FIELD("Spec/gpu.md:742", virtio_gpu_update_cursor, hot_y, 48, 4),
    FIELD("Spec/gpu.md:743", virtio_gpu_update_cursor, padding, 52, 4),
#ifdef VIRTIO_GPU_F_VIRGL
    NUMBER("Spec/gpu.md:53", VIRTIO_GPU_F_VIRGL, 1u, 1ull << VIRTIO_GPU_F_VIRGL),
#else
    UNKNOWN("Spec/gpu.md:53", VIRTIO_GPU_F_VIRGL, 1u),
#endif
#ifdef VIRTIO_GPU_F_EDID
    NUMBER("Spec/gpu.md:54", VIRTIO_GPU_F_EDID, 2u, 1ull << VIRTIO_GPU_F_EDID),
#else
    UNKNOWN("Spec/gpu.md:54", VIRTIO_GPU_F_EDID, 2u),
#endif
#ifdef VIRTIO_GPU_F_RESOURCE_UUID
    NUMBER("Spec/gpu.md:55", VIRTIO_GPU_F_RESOURCE_UUID, 4u, 1ull << VIRTIO_GPU_F_RESOURCE_UUID),
#else
    UNKNOWN("Spec/gpu.md:55", VIRTIO_GPU_F_RESOURCE_UUID, 4u),
#endif
#ifdef VIRTIO_GPU_F_RESOURCE_BLOB
    NUMBER("Spec/gpu.md:56", VIRTIO_GPU_F_RESOURCE_BLOB, 8u, 1ull << VIRTIO_GPU_F_RESOURCE_BLOB),
#else
    UNKNOWN("Spec/gpu.md:56", VIRTIO_GPU_F_RESOURCE_BLOB, 8u),
#endif
#ifdef VIRTIO_GPU_F_CONTEXT_INIT
    NUMBER("Spec/gpu.md:57", VIRTIO_GPU_F_CONTEXT_INIT, 16u, 1ull << VIRTIO_GPU_F_CONTEXT_INIT),
#else
    UNKNOWN("Spec/gpu.md:57", VIRTIO_GPU_F_CONTEXT_INIT, 16u),
#endif
#ifdef VIRTIO_GPU_F_BLOB_ALIGNMENT
    NUMBER("Spec/gpu.md:58", VIRTIO_GPU_F_BLOB_ALIGNMENT, 32u, 1ull << VIRTIO_GPU_F_BLOB_ALIGNMENT),
#else
    UNKNOWN("Spec/gpu.md:58", VIRTIO_GPU_F_BLOB_ALIGNMENT, 32u),
#endif
    NUMBER("Spec/gpu.md:97", VIRTIO_GPU_UNDEFINED, 0u, VIRTIO_GPU_UNDEFINED),
    NUMBER("Spec/gpu.md:98", VIRTIO_GPU_CMD_GET_DISPLAY_INFO, 256u, VIRTIO_GPU_CMD_GET_DISPLAY_INFO),
    NUMBER("Spec/gpu.md:99", VIRTIO_GPU_CMD_RESOURCE_CREATE_2D, 257u, VIRTIO_GPU_CMD_RESOURCE_CREATE_2D),
    NUMBER("Spec/gpu.md:100", VIRTIO_GPU_CMD_RESOURCE_UNREF, 258u, VIRTIO_GPU_CMD_RESOURCE_UNREF),
    NUMBER("Spec/gpu.md:101", VIRTIO_GPU_CMD_SET_SCANOUT, 259u, VIRTIO_GPU_CMD_SET_SCANOUT),
    NUMBER("Spec/gpu.md:102", VIRTIO_GPU_CMD_RESOURCE_FLUSH, 260u, VIRTIO_GPU_CMD_RESOURCE_FLUSH),
    NUMBER("Spec/gpu.md:103", VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D, 261u, VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D),
    NUMBER("Spec/gpu.md:104", VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING, 262u, VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING),
    NUMBER("Spec/gpu.md:105", VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING, 263u, VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING),
    NUMBER("Spec/gpu.md:106", VIRTIO_GPU_CMD_GET_CAPSET_INFO, 264u, VIRTIO_GPU_CMD_GET_CAPSET_INFO),
    NUMBER("Spec/gpu.md:107", VIRTIO_GPU_CMD_GET_CAPSET, 265u, VIRTIO_GPU_CMD_GET_CAPSET),
    NUMBER("Spec/gpu.md:108", VIRTIO_GPU_CMD_GET_EDID, 266u, VIRTIO_GPU_CMD_GET_EDID),
    NUMBER("Spec/gpu.md:109", VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID, 267u, VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID),
    NUMBER("Spec/gpu.md:110", VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB, 268u, VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB),
    NUMBER("Spec/gpu.md:111", VIRTIO_GPU_CMD_SET_SCANOUT_BLOB, 269u, VIRTIO_GPU_CMD_SET_SCANOUT_BLOB),
    NUMBER("Spec/gpu.md:112", VIRTIO_GPU_CMD_CTX_CREATE, 512u, VIRTIO_GPU_CMD_CTX_CREATE),
    NUMBER("Spec/gpu.md:113", VIRTIO_GPU_CMD_CTX_DESTROY, 513u, VIRTIO_GPU_CMD_CTX_DESTROY),
    NUMBER("Spec/gpu.md:114", VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE, 514u, VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE),
    NUMBER("Spec/gpu.md:115", VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE, 515u, VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE),
    NUMBER("Spec/gpu.md:116", VIRTIO_GPU_CMD_RESOURCE_CREATE_3D, 516u, VIRTIO_GPU_CMD_RESOURCE_CREATE_3D),
    NUMBER("Spec/gpu.md:117", VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D, 517u, VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D),
    NUMBER("Spec/gpu.md:118", VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D, 518u, VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D),
    NUMBER("Spec/gpu.md:119", VIRTIO_GPU_CMD_SUBMIT_3D, 519u, VIRTIO_GPU_CMD_SUBMIT_3D),
    NUMBER("Spec/gpu.md:120", VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB, 520u, VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB),
    NUMBER("Spec/gpu.md:121", VIRTIO_GPU_CMD_RESOURCE_UNMAP_BLOB, 521u, VIRTIO_GPU_CMD_RESOURCE_UNMAP_BLOB),
    NUMBER("Spec/gpu.md:122", VIRTIO_GPU_CMD_UPDATE_CURSOR, 768u, VIRTIO_GPU_CMD_UPDATE_CURSOR),
    NUMBER("Spec/gpu.md:123", VIRTIO_GPU_CMD_MOVE_CURSOR, 769u, VIRTIO_GPU_CMD_MOVE_CURSOR),
    NUMBER("Spec/gpu.md:124", VIRTIO_GPU_RESP_OK_NODATA, 4352u, VIRTIO_GPU_RESP_OK_NODATA),
    NUMBER("Spec/gpu.md:125", VIRTIO_GPU_RESP_OK_DISPLAY_INFO, 4353u, VIRTIO_GPU_RESP_OK_DISPLAY_INFO),
    NUMBER("Spec/gpu.md:126", VIRTIO_GPU_RESP_OK_CAPSET_INFO, 4354u, VIRTIO_GPU_RESP_OK_CAPSET_INFO),
    NUMBER("Spec/gpu.md:127", VIRTIO_GPU_RESP_OK_CAPSET, 4355u, VIRTIO_GPU_RESP_OK_CAPSET),
    NUMBER("Spec/gpu.md:128", VIRTIO_GPU_RESP_OK_EDID, 4356u, VIRTIO_GPU_RESP_OK_EDID),
    NUMBER("Spec/gpu.md:129", VIRTIO_GPU_RESP_OK_RESOURCE_UUID, 4357u, VIRTIO_GPU_RESP_OK_RESOURCE_UUID),
    NUMBER("Spec/gpu.md:130", VIRTIO_GPU_RESP_OK_MAP_INFO, 4358u, VIRTIO_GPU_RESP_OK_MAP_INFO),
    NUMBER("Spec/gpu.md:131", VIRTIO_GPU_RESP_ERR_UNSPEC, 4608u, VIRTIO_GPU_RESP_ERR_UNSPEC),
    NUMBER("Spec/gpu.md:132", VIRTIO_GPU_RESP_ERR_OUT_OF_MEMORY, 4609u, VIRTIO_GPU_RESP_ERR_OUT_OF_MEMORY),
    NUMBER("Spec/gpu.md:133", VIRTIO_GPU_RESP_ERR_INVALID_SCANOUT_ID, 4610u, VIRTIO_GPU_RESP_ERR_INVALID_SCANOUT_ID),
    NUMBER("Spec/gpu.md:134", VIRTIO_GPU_RESP_ERR_INVALID_RESOURCE_ID, 4611u, VIRTIO_GPU_RESP_ERR_INVALID_RESOURCE_ID),
    NUMBER("Spec/gpu.md:135", VIRTIO_GPU_RESP_ERR_INVALID_CONTEXT_ID, 4612u, VIRTIO_GPU_RESP_ERR_INVALID_CONTEXT_ID),
    NUMBER("Spec/gpu.md:136", VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER, 4613u, VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER),
#ifdef VIRTIO_GPU_FLAG_FENCE
    NUMBER("Spec/gpu.md:149", VIRTIO_GPU_FLAG_FENCE, 1u, VIRTIO_GPU_FLAG_FENCE),
#else
    UNKNOWN("Spec/gpu.md:149", VIRTIO_GPU_FLAG_FENCE, 1u),
#endif
#ifdef VIRTIO_GPU_FLAG_INFO_RING_IDX
    NUMBER("Spec/gpu.md:150", VIRTIO_GPU_FLAG_INFO_RING_IDX, 2u, VIRTIO_GPU_FLAG_INFO_RING_IDX),
#else
    UNKNOWN("Spec/gpu.md:150", VIRTIO_GPU_FLAG_INFO_RING_IDX, 2u),
#endif
    NUMBER("Spec/gpu.md:263", VIRTIO_GPU_FORMAT_B8G8R8A8_UNORM, 1u, VIRTIO_GPU_FORMAT_B8G8R8A8_UNORM),
    NUMBER("Spec/gpu.md:264", VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM, 2u, VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM),
    NUMBER("Spec/gpu.md:265", VIRTIO_GPU_FORMAT_A8R8G8B8_UNORM, 3u, VIRTIO_GPU_FORMAT_A8R8G8B8_UNORM),
    NUMBER("Spec/gpu.md:266", VIRTIO_GPU_FORMAT_X8R8G8B8_UNORM, 4u, VIRTIO_GPU_FORMAT_X8R8G8B8_UNORM),
    NUMBER("Spec/gpu.md:267", VIRTIO_GPU_FORMAT_R8G8B8A8_UNORM, 67u, VIRTIO_GPU_FORMAT_R8G8B8A8_UNORM),
    NUMBER("Spec/gpu.md:268", VIRTIO_GPU_FORMAT_X8B8G8R8_UNORM, 68u, VIRTIO_GPU_FORMAT_X8B8G8R8_UNORM),
    NUMBER("Spec/gpu.md:269", VIRTIO_GPU_FORMAT_A8B8G8R8_UNORM, 121u, VIRTIO_GPU_FORMAT_A8B8G8R8_UNORM),
    NUMBER("Spec/gpu.md:270", VIRTIO_GPU_FORMAT_R8G8B8X8_UNORM, 134u, VIRTIO_GPU_FORMAT_R8G8B8X8_UNORM),
#ifdef VIRTIO_GPU_CAPSET_VIRGL
    NUMBER("Spec/gpu.md:440", VIRTIO_GPU_CAPSET_VIRGL, 1u, VIRTIO_GPU_CAPSET_VIRGL),
#else
    UNKNOWN("Spec/gpu.md:440", VIRTIO_GPU_CAPSET_VIRGL, 1u),
#endif
#ifdef VIRTIO_GPU_CAPSET_VIRGL2
    NUMBER("Spec/gpu.md:441", VIRTIO_GPU_CAPSET_VIRGL2, 2u, VIRTIO_GPU_CAPSET_VIRGL2),
#else
    UNKNOWN("Spec/gpu.md:441", VIRTIO_GPU_CAPSET_VIRGL2, 2u),
#endif
#ifdef VIRTIO_GPU_CAPSET_GFXSTREAM
    NUMBER("Spec/gpu.md:442", VIRTIO_GPU_CAPSET_GFXSTREAM, 3u, VIRTIO_GPU_CAPSET_GFXSTREAM),
#else
    UNKNOWN("Spec/gpu.md:442", VIRTIO_GPU_CAPSET_GFXSTREAM, 3u),
#endif
#ifdef VIRTIO_GPU_CAPSET_VENUS
    NUMBER("Spec/gpu.md:443", VIRTIO_GPU_CAPSET_VENUS, 4u, VIRTIO_GPU_CAPSET_VENUS),
#else
    UNKNOWN("Spec/gpu.md:443", VIRTIO_GPU_CAPSET_VENUS, 4u),
#endif
#ifdef VIRTIO_GPU_CAPSET_CROSS_DOMAIN
    NUMBER("Spec/gpu.md:444", VIRTIO_GPU_CAPSET_CROSS_DOMAIN, 5u, VIRTIO_GPU_CAPSET_CROSS_DOMAIN),
#else
    UNKNOWN("Spec/gpu.md:444", VIRTIO_GPU_CAPSET_CROSS_DOMAIN, 5u),
#endif
#ifdef VIRTIO_GPU_CAPSET_DRM
    NUMBER("Spec/gpu.md:445", VIRTIO_GPU_CAPSET_DRM, 6u, VIRTIO_GPU_CAPSET_DRM),
#else
    UNKNOWN("Spec/gpu.md:445", VIRTIO_GPU_CAPSET_DRM, 6u),
#endif
#ifdef VIRTIO_GPU_BLOB_MEM_GUEST
    NUMBER("Spec/gpu.md:502", VIRTIO_GPU_BLOB_MEM_GUEST, 1u, VIRTIO_GPU_BLOB_MEM_GUEST),
#else
    UNKNOWN("Spec/gpu.md:502", VIRTIO_GPU_BLOB_MEM_GUEST, 1u),
#endif
#ifdef VIRTIO_GPU_BLOB_MEM_HOST3D
    NUMBER("Spec/gpu.md:503", VIRTIO_GPU_BLOB_MEM_HOST3D, 2u, VIRTIO_GPU_BLOB_MEM_HOST3D),
#else
    UNKNOWN("Spec/gpu.md:503", VIRTIO_GPU_BLOB_MEM_HOST3D, 2u),
#endif
#ifdef VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST
    NUMBER("Spec/gpu.md:504", VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST, 3u, VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST),
#else
    UNKNOWN("Spec/gpu.md:504", VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST, 3u),
#endif
#ifdef VIRTIO_GPU_BLOB_FLAG_USE_MAPPABLE
    NUMBER("Spec/gpu.md:513", VIRTIO_GPU_BLOB_FLAG_USE_MAPPABLE, 1u, VIRTIO_GPU_BLOB_FLAG_USE_MAPPABLE),
#else
    UNKNOWN("Spec/gpu.md:513", VIRTIO_GPU_BLOB_FLAG_USE_MAPPABLE, 1u),
#endif
#ifdef VIRTIO_GPU_BLOB_FLAG_USE_SHAREABLE
    NUMBER("Spec/gpu.md:514", VIRTIO_GPU_BLOB_FLAG_USE_SHAREABLE, 2u, VIRTIO_GPU_BLOB_FLAG_USE_SHAREABLE),
#else
    UNKNOWN("Spec/gpu.md:514", VIRTIO_GPU_BLOB_FLAG_USE_SHAREABLE, 2u),
#endif
#ifdef VIRTIO_GPU_BLOB_FLAG_USE_CROSS_DEVICE
    NUMBER("Spec/gpu.md:515", VIRTIO_GPU_BLOB_FLAG_USE_CROSS_DEVICE, 4u, VIRTIO_GPU_BLOB_FLAG_USE_CROSS_DEVICE),
#else
    UNKNOWN("Spec/gpu.md:515", VIRTIO_GPU_BLOB_FLAG_USE_CROSS_DEVICE, 4u),
#endif
    NUMBER("Spec/gpu.md:547", VIRTIO_GPU_SHM_ID_UNDEFINED, 0u, VIRTIO_GPU_SHM_ID_UNDEFINED),
    NUMBER("Spec/gpu.md:548", VIRTIO_GPU_SHM_ID_HOST_VISIBLE, 1u, VIRTIO_GPU_SHM_ID_HOST_VISIBLE),
#ifdef VIRTIO_GPU_MAP_CACHE_NONE
    NUMBER("Spec/gpu.md:566", VIRTIO_GPU_MAP_CACHE_NONE, 0u, VIRTIO_GPU_MAP_CACHE_NONE),
#else
    UNKNOWN("Spec/gpu.md:566", VIRTIO_GPU_MAP_CACHE_NONE, 0u),
#endif
#ifdef VIRTIO_GPU_MAP_CACHE_CACHED
    NUMBER("Spec/gpu.md:567", VIRTIO_GPU_MAP_CACHE_CACHED, 1u, VIRTIO_GPU_MAP_CACHE_CACHED),
#else
    UNKNOWN("Spec/gpu.md:567", VIRTIO_GPU_MAP_CACHE_CACHED, 1u),
#endif
#ifdef VIRTIO_GPU_MAP_CACHE_UNCACHED
    NUMBER("Spec/gpu.md:568", VIRTIO_GPU_MAP_CACHE_UNCACHED, 2u, VIRTIO_GPU_MAP_CACHE_UNCACHED),
#else
    UNKNOWN("Spec/gpu.md:568", VIRTIO_GPU_MAP_CACHE_UNCACHED, 2u),
#endif
#ifdef VIRTIO_GPU_MAP_CACHE_WC
    NUMBER("Spec/gpu.md:569", VIRTIO_GPU_MAP_CACHE_WC, 3u, VIRTIO_GPU_MAP_CACHE_WC),
#else
    UNKNOWN("Spec/gpu.md:569", VIRTIO_GPU_MAP_CACHE_WC, 3u),
#endif
#ifdef VIRTIO_ID_GPU
    NUMBER("Spec/gpu.md:25", VIRTIO_ID_GPU, 16u, VIRTIO_ID_GPU),
#else
    UNKNOWN("Spec/gpu.md:25", VIRTIO_ID_GPU, 16u),
#endif
#ifdef VIRTIO_GPU_MAX_SCANOUTS
    NUMBER("Spec/gpu.md:28", VIRTIO_GPU_MAX_SCANOUTS, 16u, VIRTIO_GPU_MAX_SCANOUTS),
#else
    UNKNOWN("Spec/gpu.md:28", VIRTIO_GPU_MAX_SCANOUTS, 16u),
#endif
#ifdef VIRTIO_GPU_EVENT_DISPLAY
    NUMBER("Spec/gpu.md:31", VIRTIO_GPU_EVENT_DISPLAY, 1u, VIRTIO_GPU_EVENT_DISPLAY),
#else
    UNKNOWN("Spec/gpu.md:31", VIRTIO_GPU_EVENT_DISPLAY, 1u),
#endif
#ifdef VIRTIO_GPU_CONTEXT_INIT_CAPSET_ID_MASK
    NUMBER("Spec/gpu.md:32", VIRTIO_GPU_CONTEXT_INIT_CAPSET_ID_MASK, 255u, VIRTIO_GPU_CONTEXT_INIT_CAPSET_ID_MASK),
#else
    UNKNOWN("Spec/gpu.md:32", VIRTIO_GPU_CONTEXT_INIT_CAPSET_ID_MASK, 255u),
#endif
#ifdef VIRTIO_GPU_MAP_CACHE_MASK
    NUMBER("Spec/gpu.md:33", VIRTIO_GPU_MAP_CACHE_MASK, 15u, VIRTIO_GPU_MAP_CACHE_MASK),
#else
    UNKNOWN("Spec/gpu.md:33", VIRTIO_GPU_MAP_CACHE_MASK, 15u),
#endif
#ifdef VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP
    NUMBER("Spec/gpu.md:34", VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP, 1u, VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP),
#else
    UNKNOWN("Spec/gpu.md:34", VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP, 1u),
#endif
#ifdef OK
    NUMBER("Spec/media.md:116", OK, 0u, OK),
#else
    UNKNOWN("Spec/media.md:116", OK, 0u),
#endif
#ifdef EPERM
    NUMBER("Spec/media.md:117", EPERM, 1u, EPERM),
#else
    UNKNOWN("Spec/media.md:117", EPERM, 1u),
#endif
#ifdef ENOENT
    NUMBER("Spec/media.md:118", ENOENT, 2u, ENOENT),
#else
    UNKNOWN("Spec/media.md:118", ENOENT, 2u),
#endif
#ifdef EIO
    NUMBER("Spec/media.md:119", EIO, 5u, EIO),
#else
    UNKNOWN("Spec/media.md:119", EIO, 5u),
#endif
#ifdef EBADF
    NUMBER("Spec/media.md:120", EBADF, 9u, EBADF),
#else
    UNKNOWN("Spec/media.md:120", EBADF, 9u),
#endif
#ifdef EAGAIN
    NUMBER("Spec/media.md:121", EAGAIN, 11u, EAGAIN),
#else
    UNKNOWN("Spec/media.md:121", EAGAIN, 11u),
#endif
#ifdef ENOMEM
    NUMBER("Spec/media.md:122", ENOMEM, 12u, ENOMEM),
#else
    UNKNOWN("Spec/media.md:122", ENOMEM, 12u),
#endif
#ifdef EACCES
    NUMBER("Spec/media.md:123", EACCES, 13u, EACCES),
#else
    UNKNOWN("Spec/media.md:123", EACCES, 13u),
#endif
#ifdef EFAULT
    NUMBER("Spec/media.md:124", EFAULT, 14u, EFAULT),
#else
    UNKNOWN("Spec/media.md:124", EFAULT, 14u),
#endif
#ifdef EBUSY
    NUMBER("Spec/media.md:125", EBUSY, 16u, EBUSY),
#else
    UNKNOWN("Spec/media.md:125", EBUSY, 16u),
#endif
#ifdef ENODEV
    NUMBER("Spec/media.md:126", ENODEV, 19u, ENODEV),
#else
    UNKNOWN("Spec/media.md:126", ENODEV, 19u),
#endif
#ifdef EINVAL
    NUMBER("Spec/media.md:127", EINVAL, 22u, EINVAL),
#else
    UNKNOWN("Spec/media.md:127", EINVAL, 22u),
#endif
#ifdef ENOTTY
    NUMBER("Spec/media.md:128", ENOTTY, 25u, ENOTTY),
#else
    UNKNOWN("Spec/media.md:128", ENOTTY, 25u),
#endif
#ifdef ENOSPC
    NUMBER("Spec/media.md:129", ENOSPC, 28u, ENOSPC),
#else
    UNKNOWN("Spec/media.md:129", ENOSPC, 28u),
#endif
#ifdef EPIPE
    NUMBER("Spec/media.md:130", EPIPE, 32u, EPIPE),
#else
    UNKNOWN("Spec/media.md:130", EPIPE, 32u),
#endif
#ifdef ERANGE
    NUMBER("Spec/media.md:131", ERANGE, 34u, ERANGE),
#else
    UNKNOWN("Spec/media.md:131", ERANGE, 34u),
#endif
#ifdef ENODATA
    NUMBER("Spec/media.md:132", ENODATA, 61u, ENODATA),
#else
    UNKNOWN("Spec/media.md:132", ENODATA, 61u),
#endif
#ifdef EOVERFLOW
    NUMBER("Spec/media.md:133", EOVERFLOW, 75u, EOVERFLOW),
#else
    UNKNOWN("Spec/media.md:133", EOVERFLOW, 75u),
#endif
#ifdef EOPNOTSUPP
    NUMBER("Spec/media.md:134", EOPNOTSUPP, 95u, EOPNOTSUPP),
#else
    UNKNOWN("Spec/media.md:134", EOPNOTSUPP, 95u),
#endif
#ifdef ENOBUFS
    NUMBER("Spec/media.md:135", ENOBUFS, 105u, ENOBUFS),
#else
    UNKNOWN("Spec/media.md:135", ENOBUFS, 105u),
#endif
#ifdef ETIMEDOUT
    NUMBER("Spec/media.md:136", ETIMEDOUT, 110u, ETIMEDOUT),
#else
    UNKNOWN("Spec/media.md:136", ETIMEDOUT, 110u),
#endif
#ifdef ECANCELED
    NUMBER("Spec/media.md:137", ECANCELED, 125u, ECANCELED),
#else
    UNKNOWN("Spec/media.md:137", ECANCELED, 125u),
#endif
    SIZE("Spec/v4l2.md:182", v4l2_fmtdesc, 64),
    FIELD("Spec/v4l2.md:186", v4l2_fmtdesc, index, 0, 4),
    FIELD("Spec/v4l2.md:187", v4l2_fmtdesc, type, 4, 4),
    FIELD("Spec/v4l2.md:188", v4l2_fmtdesc, flags, 8, 4),
    FIELD("Spec/v4l2.md:189", v4l2_fmtdesc, description, 12, 32),
    FIELD("Spec/v4l2.md:190", v4l2_fmtdesc, pixelformat, 44, 4),
    FIELD("Spec/v4l2.md:191", v4l2_fmtdesc, mbus_code, 48, 4),
    FIELD("Spec/v4l2.md:192", v4l2_fmtdesc, reserved, 52, 12),
    SIZE("Spec/v4l2.md:198", v4l2_pix_format, 48),
    FIELD("Spec/v4l2.md:202", v4l2_pix_format, width, 0, 4),
    FIELD("Spec/v4l2.md:203", v4l2_pix_format, height, 4, 4),
    FIELD("Spec/v4l2.md:204", v4l2_pix_format, pixelformat, 8, 4),
    FIELD("Spec/v4l2.md:205", v4l2_pix_format, field, 12, 4),
    FIELD("Spec/v4l2.md:206", v4l2_pix_format, bytesperline, 16, 4),
    FIELD("Spec/v4l2.md:207", v4l2_pix_format, sizeimage, 20, 4),
    FIELD("Spec/v4l2.md:208", v4l2_pix_format, colorspace, 24, 4),
    FIELD("Spec/v4l2.md:209", v4l2_pix_format, priv, 28, 4),
    FIELD("Spec/v4l2.md:210", v4l2_pix_format, flags, 32, 4),
    FIELD("Spec/v4l2.md:211", v4l2_pix_format, ycbcr_enc, 36, 4),
    FIELD("Spec/v4l2.md:212", v4l2_pix_format, quantization, 40, 4),
    FIELD("Spec/v4l2.md:213", v4l2_pix_format, xfer_func, 44, 4),
    SIZE("Spec/v4l2.md:226", v4l2_plane_pix_format, 20),
    FIELD("Spec/v4l2.md:230", v4l2_plane_pix_format, sizeimage, 0, 4),
    FIELD("Spec/v4l2.md:231", v4l2_plane_pix_format, bytesperline, 4, 4),
    FIELD("Spec/v4l2.md:232", v4l2_plane_pix_format, reserved, 8, 12),
    SIZE("Spec/v4l2.md:236", v4l2_pix_format_mplane, 192),
    FIELD("Spec/v4l2.md:240", v4l2_pix_format_mplane, width, 0, 4),
    FIELD("Spec/v4l2.md:241", v4l2_pix_format_mplane, height, 4, 4),
    FIELD("Spec/v4l2.md:242", v4l2_pix_format_mplane, pixelformat, 8, 4),
    FIELD("Spec/v4l2.md:243", v4l2_pix_format_mplane, field, 12, 4),
    FIELD("Spec/v4l2.md:244", v4l2_pix_format_mplane, colorspace, 16, 4),
    FIELD("Spec/v4l2.md:245", v4l2_pix_format_mplane, plane_fmt, 20, 160),
    FIELD("Spec/v4l2.md:246", v4l2_pix_format_mplane, num_planes, 180, 1),
    FIELD("Spec/v4l2.md:247", v4l2_pix_format_mplane, flags, 181, 1),
    FIELD("Spec/v4l2.md:248", v4l2_pix_format_mplane, ycbcr_enc, 182, 1),
    FIELD("Spec/v4l2.md:249", v4l2_pix_format_mplane, quantization, 183, 1),
    FIELD("Spec/v4l2.md:250", v4l2_pix_format_mplane, xfer_func, 184, 1),
    FIELD("Spec/v4l2.md:251", v4l2_pix_format_mplane, reserved, 185, 7),
    SIZE("Spec/v4l2.md:256", v4l2_format, 208),
    FIELD("Spec/v4l2.md:260", v4l2_format, type, 0, 4),
    FIELD("Spec/v4l2.md:262", v4l2_format, fmt.pix, 8, 48),
    FIELD("Spec/v4l2.md:263", v4l2_format, fmt.pix_mp, 8, 192),
    FIELD("Spec/v4l2.md:264", v4l2_format, fmt.raw_data, 8, 200),
    SIZE("Spec/v4l2.md:367", v4l2_frmsize_discrete, 8),
    FIELD("Spec/v4l2.md:371", v4l2_frmsize_discrete, width, 0, 4),
    FIELD("Spec/v4l2.md:372", v4l2_frmsize_discrete, height, 4, 4),
    SIZE("Spec/v4l2.md:376", v4l2_frmsize_stepwise, 24),
    FIELD("Spec/v4l2.md:380", v4l2_frmsize_stepwise, min_width, 0, 4),
    FIELD("Spec/v4l2.md:381", v4l2_frmsize_stepwise, max_width, 4, 4),
    FIELD("Spec/v4l2.md:382", v4l2_frmsize_stepwise, step_width, 8, 4),
    FIELD("Spec/v4l2.md:383", v4l2_frmsize_stepwise, min_height, 12, 4),
    FIELD("Spec/v4l2.md:384", v4l2_frmsize_stepwise, max_height, 16, 4),
    FIELD("Spec/v4l2.md:385", v4l2_frmsize_stepwise, step_height, 20, 4),
    SIZE("Spec/v4l2.md:389", v4l2_frmsizeenum, 44),
    FIELD("Spec/v4l2.md:393", v4l2_frmsizeenum, index, 0, 4),
    FIELD("Spec/v4l2.md:394", v4l2_frmsizeenum, pixel_format, 4, 4),
    FIELD("Spec/v4l2.md:395", v4l2_frmsizeenum, type, 8, 4),
    FIELD("Spec/v4l2.md:396", v4l2_frmsizeenum, discrete, 12, 8),
    FIELD("Spec/v4l2.md:397", v4l2_frmsizeenum, stepwise, 12, 24),
    FIELD("Spec/v4l2.md:398", v4l2_frmsizeenum, reserved, 36, 8),
    SIZE("Spec/v4l2.md:412", v4l2_fract, 8),
    FIELD("Spec/v4l2.md:416", v4l2_fract, numerator, 0, 4),
    FIELD("Spec/v4l2.md:417", v4l2_fract, denominator, 4, 4),
    SIZE("Spec/v4l2.md:421", v4l2_frmival_stepwise, 24),
    FIELD("Spec/v4l2.md:425", v4l2_frmival_stepwise, min, 0, 8),
    FIELD("Spec/v4l2.md:426", v4l2_frmival_stepwise, max, 8, 8),
    FIELD("Spec/v4l2.md:427", v4l2_frmival_stepwise, step, 16, 8),
    SIZE("Spec/v4l2.md:431", v4l2_frmivalenum, 52),
    FIELD("Spec/v4l2.md:435", v4l2_frmivalenum, index, 0, 4),
    FIELD("Spec/v4l2.md:436", v4l2_frmivalenum, pixel_format, 4, 4),
    FIELD("Spec/v4l2.md:437", v4l2_frmivalenum, width, 8, 4),
    FIELD("Spec/v4l2.md:438", v4l2_frmivalenum, height, 12, 4),
    FIELD("Spec/v4l2.md:439", v4l2_frmivalenum, type, 16, 4),
    FIELD("Spec/v4l2.md:440", v4l2_frmivalenum, discrete, 20, 8),
    FIELD("Spec/v4l2.md:441", v4l2_frmivalenum, stepwise, 20, 24),
    FIELD("Spec/v4l2.md:442", v4l2_frmivalenum, reserved, 44, 8),
    SIZE("Spec/v4l2.md:494", v4l2_requestbuffers, 20),
    FIELD("Spec/v4l2.md:498", v4l2_requestbuffers, count, 0, 4),
    FIELD("Spec/v4l2.md:499", v4l2_requestbuffers, type, 4, 4),
    FIELD("Spec/v4l2.md:500", v4l2_requestbuffers, memory, 8, 4),
    FIELD("Spec/v4l2.md:501", v4l2_requestbuffers, capabilities, 12, 4),
    FIELD("Spec/v4l2.md:502", v4l2_requestbuffers, flags, 16, 1),
    FIELD("Spec/v4l2.md:503", v4l2_requestbuffers, reserved, 17, 3),
    SIZE("Spec/v4l2.md:575", timeval, 16),
    FIELD("Spec/v4l2.md:579", timeval, tv_sec, 0, 8),
    FIELD("Spec/v4l2.md:580", timeval, tv_usec, 8, 8),
    SIZE("Spec/v4l2.md:584", v4l2_timecode, 16),
    FIELD("Spec/v4l2.md:588", v4l2_timecode, type, 0, 4),
    FIELD("Spec/v4l2.md:589", v4l2_timecode, flags, 4, 4),
    FIELD("Spec/v4l2.md:590", v4l2_timecode, frames, 8, 1),
    FIELD("Spec/v4l2.md:591", v4l2_timecode, seconds, 9, 1),
    FIELD("Spec/v4l2.md:592", v4l2_timecode, minutes, 10, 1),
    FIELD("Spec/v4l2.md:593", v4l2_timecode, hours, 11, 1),
    FIELD("Spec/v4l2.md:594", v4l2_timecode, userbits, 12, 4),
    SIZE("Spec/v4l2.md:600", v4l2_buffer, 88),
    FIELD("Spec/v4l2.md:604", v4l2_buffer, index, 0, 4),
    FIELD("Spec/v4l2.md:605", v4l2_buffer, type, 4, 4),
    FIELD("Spec/v4l2.md:606", v4l2_buffer, bytesused, 8, 4),
    FIELD("Spec/v4l2.md:607", v4l2_buffer, flags, 12, 4),
    FIELD("Spec/v4l2.md:608", v4l2_buffer, field, 16, 4),
    FIELD("Spec/v4l2.md:610", v4l2_buffer, timestamp, 24, 16),
    FIELD("Spec/v4l2.md:611", v4l2_buffer, timecode, 40, 16),
    FIELD("Spec/v4l2.md:612", v4l2_buffer, sequence, 56, 4),
    FIELD("Spec/v4l2.md:613", v4l2_buffer, memory, 60, 4),
    FIELD("Spec/v4l2.md:614", v4l2_buffer, m, 64, 8),
    FIELD("Spec/v4l2.md:615", v4l2_buffer, length, 72, 4),
    FIELD("Spec/v4l2.md:616", v4l2_buffer, reserved2, 76, 4),
    FIELD("Spec/v4l2.md:617", v4l2_buffer, request_fd, 80, 4),
    SIZE("Spec/v4l2.md:630", v4l2_plane, 64),
    FIELD("Spec/v4l2.md:634", v4l2_plane, bytesused, 0, 4),
    FIELD("Spec/v4l2.md:635", v4l2_plane, length, 4, 4),
    FIELD("Spec/v4l2.md:636", v4l2_plane, m, 8, 8),
    FIELD("Spec/v4l2.md:637", v4l2_plane, data_offset, 16, 4),
    FIELD("Spec/v4l2.md:638", v4l2_plane, reserved, 20, 44),
    SIZE("Spec/v4l2.md:642", v4l2_exportbuffer, 64),
    FIELD("Spec/v4l2.md:646", v4l2_exportbuffer, type, 0, 4),
    FIELD("Spec/v4l2.md:647", v4l2_exportbuffer, index, 4, 4),
    FIELD("Spec/v4l2.md:648", v4l2_exportbuffer, plane, 8, 4),
    FIELD("Spec/v4l2.md:649", v4l2_exportbuffer, flags, 12, 4),
    FIELD("Spec/v4l2.md:650", v4l2_exportbuffer, fd, 16, 4),
    FIELD("Spec/v4l2.md:651", v4l2_exportbuffer, reserved, 20, 44),
    SIZE("Spec/v4l2.md:682", v4l2_rect, 16),
    FIELD("Spec/v4l2.md:686", v4l2_rect, left, 0, 4),
    FIELD("Spec/v4l2.md:687", v4l2_rect, top, 4, 4),
    FIELD("Spec/v4l2.md:688", v4l2_rect, width, 8, 4),
    FIELD("Spec/v4l2.md:689", v4l2_rect, height, 12, 4),
    SIZE("Spec/v4l2.md:694", v4l2_selection, 64),
    FIELD("Spec/v4l2.md:698", v4l2_selection, type, 0, 4),
    FIELD("Spec/v4l2.md:699", v4l2_selection, target, 4, 4),
    FIELD("Spec/v4l2.md:700", v4l2_selection, flags, 8, 4),
    FIELD("Spec/v4l2.md:701", v4l2_selection, r, 12, 16),
    FIELD("Spec/v4l2.md:702", v4l2_selection, reserved, 28, 36),
    SIZE("Spec/v4l2.md:775", v4l2_control, 8),
    FIELD("Spec/v4l2.md:779", v4l2_control, id, 0, 4),
    FIELD("Spec/v4l2.md:780", v4l2_control, value, 4, 4),
    SIZE("Spec/v4l2.md:797", v4l2_ext_controls, 32),
    FIELD("Spec/v4l2.md:801", v4l2_ext_controls, which, 0, 4),
    FIELD("Spec/v4l2.md:802", v4l2_ext_controls, count, 4, 4),
    FIELD("Spec/v4l2.md:803", v4l2_ext_controls, error_idx, 8, 4),
    FIELD("Spec/v4l2.md:804", v4l2_ext_controls, request_fd, 12, 4),
    FIELD("Spec/v4l2.md:805", v4l2_ext_controls, reserved, 16, 4),
    FIELD("Spec/v4l2.md:807", v4l2_ext_controls, controls, 24, 8),
    SIZE("Spec/v4l2.md:813", v4l2_ext_control, 20),
    FIELD("Spec/v4l2.md:817", v4l2_ext_control, id, 0, 4),
    FIELD("Spec/v4l2.md:818", v4l2_ext_control, size, 4, 4),
    FIELD("Spec/v4l2.md:819", v4l2_ext_control, reserved2, 8, 4),
    FIELD("Spec/v4l2.md:820", v4l2_ext_control, value64, 12, 8),
    SIZE("Spec/v4l2.md:824", v4l2_queryctrl, 68),
    FIELD("Spec/v4l2.md:828", v4l2_queryctrl, id, 0, 4),
    FIELD("Spec/v4l2.md:829", v4l2_queryctrl, type, 4, 4),
    FIELD("Spec/v4l2.md:830", v4l2_queryctrl, name, 8, 32),
    FIELD("Spec/v4l2.md:831", v4l2_queryctrl, minimum, 40, 4),
    FIELD("Spec/v4l2.md:832", v4l2_queryctrl, maximum, 44, 4),
    FIELD("Spec/v4l2.md:833", v4l2_queryctrl, step, 48, 4),
    FIELD("Spec/v4l2.md:834", v4l2_queryctrl, default_value, 52, 4),
    FIELD("Spec/v4l2.md:835", v4l2_queryctrl, flags, 56, 4),
    FIELD("Spec/v4l2.md:836", v4l2_queryctrl, reserved, 60, 8),
    SIZE("Spec/v4l2.md:840", v4l2_query_ext_ctrl, 232),
    FIELD("Spec/v4l2.md:844", v4l2_query_ext_ctrl, id, 0, 4),
    FIELD("Spec/v4l2.md:845", v4l2_query_ext_ctrl, type, 4, 4),
    FIELD("Spec/v4l2.md:846", v4l2_query_ext_ctrl, name, 8, 32),
    FIELD("Spec/v4l2.md:847", v4l2_query_ext_ctrl, minimum, 40, 8),
    FIELD("Spec/v4l2.md:848", v4l2_query_ext_ctrl, maximum, 48, 8),
    FIELD("Spec/v4l2.md:849", v4l2_query_ext_ctrl, step, 56, 8),
    FIELD("Spec/v4l2.md:850", v4l2_query_ext_ctrl, default_value, 64, 8),
    FIELD("Spec/v4l2.md:851", v4l2_query_ext_ctrl, flags, 72, 4),
    FIELD("Spec/v4l2.md:852", v4l2_query_ext_ctrl, elem_size, 76, 4),
    FIELD("Spec/v4l2.md:853", v4l2_query_ext_ctrl, elems, 80, 4),
    FIELD("Spec/v4l2.md:854", v4l2_query_ext_ctrl, nr_of_dims, 84, 4),
    FIELD("Spec/v4l2.md:855", v4l2_query_ext_ctrl, dims, 88, 16),
    FIELD("Spec/v4l2.md:856", v4l2_query_ext_ctrl, reserved, 104, 128),
    SIZE("Spec/v4l2.md:860", v4l2_querymenu, 44),
    FIELD("Spec/v4l2.md:864", v4l2_querymenu, id, 0, 4),
    FIELD("Spec/v4l2.md:865", v4l2_querymenu, index, 4, 4),
    FIELD("Spec/v4l2.md:866", v4l2_querymenu, name, 8, 32),
    FIELD("Spec/v4l2.md:867", v4l2_querymenu, reserved, 40, 4),
    SIZE("Spec/v4l2.md:896", v4l2_event_subscription, 32),
    FIELD("Spec/v4l2.md:900", v4l2_event_subscription, type, 0, 4),
    FIELD("Spec/v4l2.md:901", v4l2_event_subscription, id, 4, 4),
    FIELD("Spec/v4l2.md:902", v4l2_event_subscription, flags, 8, 4),
    FIELD("Spec/v4l2.md:903", v4l2_event_subscription, reserved, 12, 20),
    SIZE("Spec/v4l2.md:926", v4l2_event_src_change, 4),
    FIELD("Spec/v4l2.md:930", v4l2_event_src_change, changes, 0, 4),
    SIZE("Spec/v4l2.md:934", v4l2_event_ctrl, 40),
    FIELD("Spec/v4l2.md:938", v4l2_event_ctrl, changes, 0, 4),
    FIELD("Spec/v4l2.md:939", v4l2_event_ctrl, type, 4, 4),
    FIELD("Spec/v4l2.md:940", v4l2_event_ctrl, value64, 8, 8),
    FIELD("Spec/v4l2.md:941", v4l2_event_ctrl, flags, 16, 4),
    FIELD("Spec/v4l2.md:942", v4l2_event_ctrl, minimum, 20, 4),
    FIELD("Spec/v4l2.md:943", v4l2_event_ctrl, maximum, 24, 4),
    FIELD("Spec/v4l2.md:944", v4l2_event_ctrl, step, 28, 4),
    FIELD("Spec/v4l2.md:945", v4l2_event_ctrl, default_value, 32, 4),
    SIZE("Spec/v4l2.md:951", v4l2_event, 136),
    FIELD("Spec/v4l2.md:955", v4l2_event, type, 0, 4),
    FIELD("Spec/v4l2.md:957", v4l2_event, u.src_change.changes, 8, 4),
    FIELD("Spec/v4l2.md:958", v4l2_event, u.ctrl, 8, 40),
    FIELD("Spec/v4l2.md:959", v4l2_event, u.data, 8, 64),
    FIELD("Spec/v4l2.md:960", v4l2_event, pending, 72, 4),
    FIELD("Spec/v4l2.md:961", v4l2_event, sequence, 76, 4),
    FIELD("Spec/v4l2.md:962", v4l2_event, timestamp.tv_sec, 80, 8),
    FIELD("Spec/v4l2.md:963", v4l2_event, timestamp.tv_nsec, 88, 8),
    FIELD("Spec/v4l2.md:964", v4l2_event, id, 96, 4),
    FIELD("Spec/v4l2.md:965", v4l2_event, reserved, 100, 32),
    SIZE("Spec/v4l2.md:985", v4l2_decoder_cmd, 72),
    FIELD("Spec/v4l2.md:989", v4l2_decoder_cmd, cmd, 0, 4),
    FIELD("Spec/v4l2.md:990", v4l2_decoder_cmd, flags, 4, 4),
    FIELD("Spec/v4l2.md:991", v4l2_decoder_cmd, stop.pts, 8, 8),
#ifdef VIDIOC_QUERYCAP
    NUMBER("Spec/v4l2.md:28", VIDIOC_QUERYCAP, 0u, _IOC_NR(VIDIOC_QUERYCAP)),
#else
    UNKNOWN("Spec/v4l2.md:28", VIDIOC_QUERYCAP, 0u),
#endif
#ifdef VIDIOC_ENUM_FMT
    NUMBER("Spec/v4l2.md:29", VIDIOC_ENUM_FMT, 2u, _IOC_NR(VIDIOC_ENUM_FMT)),
#else
    UNKNOWN("Spec/v4l2.md:29", VIDIOC_ENUM_FMT, 2u),
#endif
#ifdef VIDIOC_G_FMT
    NUMBER("Spec/v4l2.md:30", VIDIOC_G_FMT, 4u, _IOC_NR(VIDIOC_G_FMT)),
#else
    UNKNOWN("Spec/v4l2.md:30", VIDIOC_G_FMT, 4u),
#endif
#ifdef VIDIOC_S_FMT
    NUMBER("Spec/v4l2.md:31", VIDIOC_S_FMT, 5u, _IOC_NR(VIDIOC_S_FMT)),
#else
    UNKNOWN("Spec/v4l2.md:31", VIDIOC_S_FMT, 5u),
#endif
#ifdef VIDIOC_REQBUFS
    NUMBER("Spec/v4l2.md:32", VIDIOC_REQBUFS, 8u, _IOC_NR(VIDIOC_REQBUFS)),
#else
    UNKNOWN("Spec/v4l2.md:32", VIDIOC_REQBUFS, 8u),
#endif
#ifdef VIDIOC_QUERYBUF
    NUMBER("Spec/v4l2.md:33", VIDIOC_QUERYBUF, 9u, _IOC_NR(VIDIOC_QUERYBUF)),
#else
    UNKNOWN("Spec/v4l2.md:33", VIDIOC_QUERYBUF, 9u),
#endif
#ifdef VIDIOC_G_FBUF
    NUMBER("Spec/v4l2.md:34", VIDIOC_G_FBUF, 10u, _IOC_NR(VIDIOC_G_FBUF)),
#else
    UNKNOWN("Spec/v4l2.md:34", VIDIOC_G_FBUF, 10u),
#endif
#ifdef VIDIOC_S_FBUF
    NUMBER("Spec/v4l2.md:35", VIDIOC_S_FBUF, 11u, _IOC_NR(VIDIOC_S_FBUF)),
#else
    UNKNOWN("Spec/v4l2.md:35", VIDIOC_S_FBUF, 11u),
#endif
#ifdef VIDIOC_OVERLAY
    NUMBER("Spec/v4l2.md:36", VIDIOC_OVERLAY, 14u, _IOC_NR(VIDIOC_OVERLAY)),
#else
    UNKNOWN("Spec/v4l2.md:36", VIDIOC_OVERLAY, 14u),
#endif
#ifdef VIDIOC_QBUF
    NUMBER("Spec/v4l2.md:37", VIDIOC_QBUF, 15u, _IOC_NR(VIDIOC_QBUF)),
#else
    UNKNOWN("Spec/v4l2.md:37", VIDIOC_QBUF, 15u),
#endif
#ifdef VIDIOC_EXPBUF
    NUMBER("Spec/v4l2.md:38", VIDIOC_EXPBUF, 16u, _IOC_NR(VIDIOC_EXPBUF)),
#else
    UNKNOWN("Spec/v4l2.md:38", VIDIOC_EXPBUF, 16u),
#endif
#ifdef VIDIOC_DQBUF
    NUMBER("Spec/v4l2.md:39", VIDIOC_DQBUF, 17u, _IOC_NR(VIDIOC_DQBUF)),
#else
    UNKNOWN("Spec/v4l2.md:39", VIDIOC_DQBUF, 17u),
#endif
#ifdef VIDIOC_STREAMON
    NUMBER("Spec/v4l2.md:40", VIDIOC_STREAMON, 18u, _IOC_NR(VIDIOC_STREAMON)),
#else
    UNKNOWN("Spec/v4l2.md:40", VIDIOC_STREAMON, 18u),
#endif
#ifdef VIDIOC_STREAMOFF
    NUMBER("Spec/v4l2.md:41", VIDIOC_STREAMOFF, 19u, _IOC_NR(VIDIOC_STREAMOFF)),
#else
    UNKNOWN("Spec/v4l2.md:41", VIDIOC_STREAMOFF, 19u),
#endif
#ifdef VIDIOC_G_PARM
    NUMBER("Spec/v4l2.md:42", VIDIOC_G_PARM, 21u, _IOC_NR(VIDIOC_G_PARM)),
#else
    UNKNOWN("Spec/v4l2.md:42", VIDIOC_G_PARM, 21u),
#endif
#ifdef VIDIOC_S_PARM
    NUMBER("Spec/v4l2.md:43", VIDIOC_S_PARM, 22u, _IOC_NR(VIDIOC_S_PARM)),
#else
    UNKNOWN("Spec/v4l2.md:43", VIDIOC_S_PARM, 22u),
#endif
#ifdef VIDIOC_G_STD
    NUMBER("Spec/v4l2.md:44", VIDIOC_G_STD, 23u, _IOC_NR(VIDIOC_G_STD)),
#else
    UNKNOWN("Spec/v4l2.md:44", VIDIOC_G_STD, 23u),
#endif
#ifdef VIDIOC_S_STD
    NUMBER("Spec/v4l2.md:45", VIDIOC_S_STD, 24u, _IOC_NR(VIDIOC_S_STD)),
#else
    UNKNOWN("Spec/v4l2.md:45", VIDIOC_S_STD, 24u),
#endif
#ifdef VIDIOC_ENUMSTD
    NUMBER("Spec/v4l2.md:46", VIDIOC_ENUMSTD, 25u, _IOC_NR(VIDIOC_ENUMSTD)),
#else
    UNKNOWN("Spec/v4l2.md:46", VIDIOC_ENUMSTD, 25u),
#endif
#ifdef VIDIOC_ENUMINPUT
    NUMBER("Spec/v4l2.md:47", VIDIOC_ENUMINPUT, 26u, _IOC_NR(VIDIOC_ENUMINPUT)),
#else
    UNKNOWN("Spec/v4l2.md:47", VIDIOC_ENUMINPUT, 26u),
#endif
#ifdef VIDIOC_G_CTRL
    NUMBER("Spec/v4l2.md:48", VIDIOC_G_CTRL, 27u, _IOC_NR(VIDIOC_G_CTRL)),
#else
    UNKNOWN("Spec/v4l2.md:48", VIDIOC_G_CTRL, 27u),
#endif
#ifdef VIDIOC_S_CTRL
    NUMBER("Spec/v4l2.md:49", VIDIOC_S_CTRL, 28u, _IOC_NR(VIDIOC_S_CTRL)),
#else
    UNKNOWN("Spec/v4l2.md:49", VIDIOC_S_CTRL, 28u),
#endif
#ifdef VIDIOC_G_TUNER
    NUMBER("Spec/v4l2.md:50", VIDIOC_G_TUNER, 29u, _IOC_NR(VIDIOC_G_TUNER)),
#else
    UNKNOWN("Spec/v4l2.md:50", VIDIOC_G_TUNER, 29u),
#endif
#ifdef VIDIOC_S_TUNER
    NUMBER("Spec/v4l2.md:51", VIDIOC_S_TUNER, 30u, _IOC_NR(VIDIOC_S_TUNER)),
#else
    UNKNOWN("Spec/v4l2.md:51", VIDIOC_S_TUNER, 30u),
#endif
#ifdef VIDIOC_G_AUDIO
    NUMBER("Spec/v4l2.md:52", VIDIOC_G_AUDIO, 33u, _IOC_NR(VIDIOC_G_AUDIO)),
#else
    UNKNOWN("Spec/v4l2.md:52", VIDIOC_G_AUDIO, 33u),
#endif
#ifdef VIDIOC_S_AUDIO
    NUMBER("Spec/v4l2.md:53", VIDIOC_S_AUDIO, 34u, _IOC_NR(VIDIOC_S_AUDIO)),
#else
    UNKNOWN("Spec/v4l2.md:53", VIDIOC_S_AUDIO, 34u),
#endif
#ifdef VIDIOC_QUERYCTRL
    NUMBER("Spec/v4l2.md:54", VIDIOC_QUERYCTRL, 36u, _IOC_NR(VIDIOC_QUERYCTRL)),
#else
    UNKNOWN("Spec/v4l2.md:54", VIDIOC_QUERYCTRL, 36u),
#endif
#ifdef VIDIOC_QUERYMENU
    NUMBER("Spec/v4l2.md:55", VIDIOC_QUERYMENU, 37u, _IOC_NR(VIDIOC_QUERYMENU)),
#else
    UNKNOWN("Spec/v4l2.md:55", VIDIOC_QUERYMENU, 37u),
#endif
#ifdef VIDIOC_G_INPUT
    NUMBER("Spec/v4l2.md:56", VIDIOC_G_INPUT, 38u, _IOC_NR(VIDIOC_G_INPUT)),
#else
    UNKNOWN("Spec/v4l2.md:56", VIDIOC_G_INPUT, 38u),
#endif
#ifdef VIDIOC_S_INPUT
    NUMBER("Spec/v4l2.md:57", VIDIOC_S_INPUT, 39u, _IOC_NR(VIDIOC_S_INPUT)),
#else
    UNKNOWN("Spec/v4l2.md:57", VIDIOC_S_INPUT, 39u),
#endif
#ifdef VIDIOC_G_EDID
    NUMBER("Spec/v4l2.md:58", VIDIOC_G_EDID, 40u, _IOC_NR(VIDIOC_G_EDID)),
#else
    UNKNOWN("Spec/v4l2.md:58", VIDIOC_G_EDID, 40u),
#endif
#ifdef VIDIOC_S_EDID
    NUMBER("Spec/v4l2.md:59", VIDIOC_S_EDID, 41u, _IOC_NR(VIDIOC_S_EDID)),
#else
    UNKNOWN("Spec/v4l2.md:59", VIDIOC_S_EDID, 41u),
#endif
#ifdef VIDIOC_G_OUTPUT
    NUMBER("Spec/v4l2.md:60", VIDIOC_G_OUTPUT, 46u, _IOC_NR(VIDIOC_G_OUTPUT)),
#else
    UNKNOWN("Spec/v4l2.md:60", VIDIOC_G_OUTPUT, 46u),
#endif
#ifdef VIDIOC_S_OUTPUT
    NUMBER("Spec/v4l2.md:61", VIDIOC_S_OUTPUT, 47u, _IOC_NR(VIDIOC_S_OUTPUT)),
#else
    UNKNOWN("Spec/v4l2.md:61", VIDIOC_S_OUTPUT, 47u),
#endif
#ifdef VIDIOC_ENUMOUTPUT
    NUMBER("Spec/v4l2.md:62", VIDIOC_ENUMOUTPUT, 48u, _IOC_NR(VIDIOC_ENUMOUTPUT)),
#else
    UNKNOWN("Spec/v4l2.md:62", VIDIOC_ENUMOUTPUT, 48u),
#endif
#ifdef VIDIOC_G_AUDOUT
    NUMBER("Spec/v4l2.md:63", VIDIOC_G_AUDOUT, 49u, _IOC_NR(VIDIOC_G_AUDOUT)),
#else
    UNKNOWN("Spec/v4l2.md:63", VIDIOC_G_AUDOUT, 49u),
#endif
#ifdef VIDIOC_S_AUDOUT
    NUMBER("Spec/v4l2.md:64", VIDIOC_S_AUDOUT, 50u, _IOC_NR(VIDIOC_S_AUDOUT)),
#else
    UNKNOWN("Spec/v4l2.md:64", VIDIOC_S_AUDOUT, 50u),
#endif
#ifdef VIDIOC_G_MODULATOR
    NUMBER("Spec/v4l2.md:65", VIDIOC_G_MODULATOR, 54u, _IOC_NR(VIDIOC_G_MODULATOR)),
#else
    UNKNOWN("Spec/v4l2.md:65", VIDIOC_G_MODULATOR, 54u),
#endif
#ifdef VIDIOC_S_MODULATOR
    NUMBER("Spec/v4l2.md:66", VIDIOC_S_MODULATOR, 55u, _IOC_NR(VIDIOC_S_MODULATOR)),
#else
    UNKNOWN("Spec/v4l2.md:66", VIDIOC_S_MODULATOR, 55u),
#endif
#ifdef VIDIOC_G_FREQUENCY
    NUMBER("Spec/v4l2.md:67", VIDIOC_G_FREQUENCY, 56u, _IOC_NR(VIDIOC_G_FREQUENCY)),
#else
    UNKNOWN("Spec/v4l2.md:67", VIDIOC_G_FREQUENCY, 56u),
#endif
#ifdef VIDIOC_S_FREQUENCY
    NUMBER("Spec/v4l2.md:68", VIDIOC_S_FREQUENCY, 57u, _IOC_NR(VIDIOC_S_FREQUENCY)),
#else
    UNKNOWN("Spec/v4l2.md:68", VIDIOC_S_FREQUENCY, 57u),
#endif
#ifdef VIDIOC_CROPCAP
    NUMBER("Spec/v4l2.md:69", VIDIOC_CROPCAP, 58u, _IOC_NR(VIDIOC_CROPCAP)),
#else
    UNKNOWN("Spec/v4l2.md:69", VIDIOC_CROPCAP, 58u),
#endif
#ifdef VIDIOC_G_CROP
    NUMBER("Spec/v4l2.md:70", VIDIOC_G_CROP, 59u, _IOC_NR(VIDIOC_G_CROP)),
#else
    UNKNOWN("Spec/v4l2.md:70", VIDIOC_G_CROP, 59u),
#endif
#ifdef VIDIOC_S_CROP
    NUMBER("Spec/v4l2.md:71", VIDIOC_S_CROP, 60u, _IOC_NR(VIDIOC_S_CROP)),
#else
    UNKNOWN("Spec/v4l2.md:71", VIDIOC_S_CROP, 60u),
#endif
#ifdef VIDIOC_G_JPEGCOMP
    NUMBER("Spec/v4l2.md:72", VIDIOC_G_JPEGCOMP, 61u, _IOC_NR(VIDIOC_G_JPEGCOMP)),
#else
    UNKNOWN("Spec/v4l2.md:72", VIDIOC_G_JPEGCOMP, 61u),
#endif
#ifdef VIDIOC_S_JPEGCOMP
    NUMBER("Spec/v4l2.md:73", VIDIOC_S_JPEGCOMP, 62u, _IOC_NR(VIDIOC_S_JPEGCOMP)),
#else
    UNKNOWN("Spec/v4l2.md:73", VIDIOC_S_JPEGCOMP, 62u),
#endif
#ifdef VIDIOC_QUERYSTD
    NUMBER("Spec/v4l2.md:74", VIDIOC_QUERYSTD, 63u, _IOC_NR(VIDIOC_QUERYSTD)),
#else
    UNKNOWN("Spec/v4l2.md:74", VIDIOC_QUERYSTD, 63u),
#endif
#ifdef VIDIOC_TRY_FMT
    NUMBER("Spec/v4l2.md:75", VIDIOC_TRY_FMT, 64u, _IOC_NR(VIDIOC_TRY_FMT)),
#else
    UNKNOWN("Spec/v4l2.md:75", VIDIOC_TRY_FMT, 64u),
#endif
#ifdef VIDIOC_ENUMAUDIO
    NUMBER("Spec/v4l2.md:76", VIDIOC_ENUMAUDIO, 65u, _IOC_NR(VIDIOC_ENUMAUDIO)),
#else
    UNKNOWN("Spec/v4l2.md:76", VIDIOC_ENUMAUDIO, 65u),
#endif
#ifdef VIDIOC_ENUMAUDOUT
    NUMBER("Spec/v4l2.md:77", VIDIOC_ENUMAUDOUT, 66u, _IOC_NR(VIDIOC_ENUMAUDOUT)),
#else
    UNKNOWN("Spec/v4l2.md:77", VIDIOC_ENUMAUDOUT, 66u),
#endif
#ifdef VIDIOC_G_PRIORITY
    NUMBER("Spec/v4l2.md:78", VIDIOC_G_PRIORITY, 67u, _IOC_NR(VIDIOC_G_PRIORITY)),
#else
    UNKNOWN("Spec/v4l2.md:78", VIDIOC_G_PRIORITY, 67u),
#endif
#ifdef VIDIOC_S_PRIORITY
    NUMBER("Spec/v4l2.md:79", VIDIOC_S_PRIORITY, 68u, _IOC_NR(VIDIOC_S_PRIORITY)),
#else
    UNKNOWN("Spec/v4l2.md:79", VIDIOC_S_PRIORITY, 68u),
#endif
#ifdef VIDIOC_G_SLICED_VBI_CAP
    NUMBER("Spec/v4l2.md:80", VIDIOC_G_SLICED_VBI_CAP, 69u, _IOC_NR(VIDIOC_G_SLICED_VBI_CAP)),
#else
    UNKNOWN("Spec/v4l2.md:80", VIDIOC_G_SLICED_VBI_CAP, 69u),
#endif
#ifdef VIDIOC_LOG_STATUS
    NUMBER("Spec/v4l2.md:81", VIDIOC_LOG_STATUS, 70u, _IOC_NR(VIDIOC_LOG_STATUS)),
#else
    UNKNOWN("Spec/v4l2.md:81", VIDIOC_LOG_STATUS, 70u),
#endif
#ifdef VIDIOC_G_EXT_CTRLS
    NUMBER("Spec/v4l2.md:82", VIDIOC_G_EXT_CTRLS, 71u, _IOC_NR(VIDIOC_G_EXT_CTRLS)),
#else
    UNKNOWN("Spec/v4l2.md:82", VIDIOC_G_EXT_CTRLS, 71u),
#endif
#ifdef VIDIOC_S_EXT_CTRLS
    NUMBER("Spec/v4l2.md:83", VIDIOC_S_EXT_CTRLS, 72u, _IOC_NR(VIDIOC_S_EXT_CTRLS)),
#else
    UNKNOWN("Spec/v4l2.md:83", VIDIOC_S_EXT_CTRLS, 72u),
#endif
#ifdef VIDIOC_TRY_EXT_CTRLS
    NUMBER("Spec/v4l2.md:84", VIDIOC_TRY_EXT_CTRLS, 73u, _IOC_NR(VIDIOC_TRY_EXT_CTRLS)),
#else
    UNKNOWN("Spec/v4l2.md:84", VIDIOC_TRY_EXT_CTRLS, 73u),
#endif
#ifdef VIDIOC_ENUM_FRAMESIZES
    NUMBER("Spec/v4l2.md:85", VIDIOC_ENUM_FRAMESIZES, 74u, _IOC_NR(VIDIOC_ENUM_FRAMESIZES)),
#else
    UNKNOWN("Spec/v4l2.md:85", VIDIOC_ENUM_FRAMESIZES, 74u),
#endif
#ifdef VIDIOC_ENUM_FRAMEINTERVALS
    NUMBER("Spec/v4l2.md:86", VIDIOC_ENUM_FRAMEINTERVALS, 75u, _IOC_NR(VIDIOC_ENUM_FRAMEINTERVALS)),
#else
    UNKNOWN("Spec/v4l2.md:86", VIDIOC_ENUM_FRAMEINTERVALS, 75u),
#endif
#ifdef VIDIOC_G_ENC_INDEX
    NUMBER("Spec/v4l2.md:87", VIDIOC_G_ENC_INDEX, 76u, _IOC_NR(VIDIOC_G_ENC_INDEX)),
#else
    UNKNOWN("Spec/v4l2.md:87", VIDIOC_G_ENC_INDEX, 76u),
#endif
#ifdef VIDIOC_ENCODER_CMD
    NUMBER("Spec/v4l2.md:88", VIDIOC_ENCODER_CMD, 77u, _IOC_NR(VIDIOC_ENCODER_CMD)),
#else
    UNKNOWN("Spec/v4l2.md:88", VIDIOC_ENCODER_CMD, 77u),
#endif
#ifdef VIDIOC_TRY_ENCODER_CMD
    NUMBER("Spec/v4l2.md:89", VIDIOC_TRY_ENCODER_CMD, 78u, _IOC_NR(VIDIOC_TRY_ENCODER_CMD)),
#else
    UNKNOWN("Spec/v4l2.md:89", VIDIOC_TRY_ENCODER_CMD, 78u),
#endif
#ifdef VIDIOC_DBG_S_REGISTER
    NUMBER("Spec/v4l2.md:90", VIDIOC_DBG_S_REGISTER, 79u, _IOC_NR(VIDIOC_DBG_S_REGISTER)),
#else
    UNKNOWN("Spec/v4l2.md:90", VIDIOC_DBG_S_REGISTER, 79u),
#endif
#ifdef VIDIOC_DBG_G_REGISTER
    NUMBER("Spec/v4l2.md:91", VIDIOC_DBG_G_REGISTER, 80u, _IOC_NR(VIDIOC_DBG_G_REGISTER)),
#else
    UNKNOWN("Spec/v4l2.md:91", VIDIOC_DBG_G_REGISTER, 80u),
#endif
#ifdef VIDIOC_S_HW_FREQ_SEEK
    NUMBER("Spec/v4l2.md:92", VIDIOC_S_HW_FREQ_SEEK, 82u, _IOC_NR(VIDIOC_S_HW_FREQ_SEEK)),
#else
    UNKNOWN("Spec/v4l2.md:92", VIDIOC_S_HW_FREQ_SEEK, 82u),
#endif
#ifdef VIDIOC_S_DV_TIMINGS
    NUMBER("Spec/v4l2.md:93", VIDIOC_S_DV_TIMINGS, 87u, _IOC_NR(VIDIOC_S_DV_TIMINGS)),
#else
    UNKNOWN("Spec/v4l2.md:93", VIDIOC_S_DV_TIMINGS, 87u),
#endif
#ifdef VIDIOC_G_DV_TIMINGS
    NUMBER("Spec/v4l2.md:94", VIDIOC_G_DV_TIMINGS, 88u, _IOC_NR(VIDIOC_G_DV_TIMINGS)),
#else
    UNKNOWN("Spec/v4l2.md:94", VIDIOC_G_DV_TIMINGS, 88u),
#endif
#ifdef VIDIOC_DQEVENT
    NUMBER("Spec/v4l2.md:95", VIDIOC_DQEVENT, 89u, _IOC_NR(VIDIOC_DQEVENT)),
#else
    UNKNOWN("Spec/v4l2.md:95", VIDIOC_DQEVENT, 89u),
#endif
#ifdef VIDIOC_SUBSCRIBE_EVENT
    NUMBER("Spec/v4l2.md:96", VIDIOC_SUBSCRIBE_EVENT, 90u, _IOC_NR(VIDIOC_SUBSCRIBE_EVENT)),
#else
    UNKNOWN("Spec/v4l2.md:96", VIDIOC_SUBSCRIBE_EVENT, 90u),
#endif
#ifdef VIDIOC_UNSUBSCRIBE_EVENT
    NUMBER("Spec/v4l2.md:97", VIDIOC_UNSUBSCRIBE_EVENT, 91u, _IOC_NR(VIDIOC_UNSUBSCRIBE_EVENT)),
#else
    UNKNOWN("Spec/v4l2.md:97", VIDIOC_UNSUBSCRIBE_EVENT, 91u),
#endif
#ifdef VIDIOC_CREATE_BUFS
    NUMBER("Spec/v4l2.md:98", VIDIOC_CREATE_BUFS, 92u, _IOC_NR(VIDIOC_CREATE_BUFS)),
#else
    UNKNOWN("Spec/v4l2.md:98", VIDIOC_CREATE_BUFS, 92u),
#endif
#ifdef VIDIOC_PREPARE_BUF
    NUMBER("Spec/v4l2.md:99", VIDIOC_PREPARE_BUF, 93u, _IOC_NR(VIDIOC_PREPARE_BUF)),
#else
    UNKNOWN("Spec/v4l2.md:99", VIDIOC_PREPARE_BUF, 93u),
#endif
#ifdef VIDIOC_G_SELECTION
    NUMBER("Spec/v4l2.md:100", VIDIOC_G_SELECTION, 94u, _IOC_NR(VIDIOC_G_SELECTION)),
#else
    UNKNOWN("Spec/v4l2.md:100", VIDIOC_G_SELECTION, 94u),
#endif
#ifdef VIDIOC_S_SELECTION
    NUMBER("Spec/v4l2.md:101", VIDIOC_S_SELECTION, 95u, _IOC_NR(VIDIOC_S_SELECTION)),
#else
    UNKNOWN("Spec/v4l2.md:101", VIDIOC_S_SELECTION, 95u),
#endif
#ifdef VIDIOC_DECODER_CMD
    NUMBER("Spec/v4l2.md:102", VIDIOC_DECODER_CMD, 96u, _IOC_NR(VIDIOC_DECODER_CMD)),
#else
    UNKNOWN("Spec/v4l2.md:102", VIDIOC_DECODER_CMD, 96u),
#endif
#ifdef VIDIOC_TRY_DECODER_CMD
    NUMBER("Spec/v4l2.md:103", VIDIOC_TRY_DECODER_CMD, 97u, _IOC_NR(VIDIOC_TRY_DECODER_CMD)),
#else
    UNKNOWN("Spec/v4l2.md:103", VIDIOC_TRY_DECODER_CMD, 97u),
#endif
#ifdef VIDIOC_ENUM_DV_TIMINGS
    NUMBER("Spec/v4l2.md:104", VIDIOC_ENUM_DV_TIMINGS, 98u, _IOC_NR(VIDIOC_ENUM_DV_TIMINGS)),
#else
    UNKNOWN("Spec/v4l2.md:104", VIDIOC_ENUM_DV_TIMINGS, 98u),
#endif
#ifdef VIDIOC_QUERY_DV_TIMINGS
    NUMBER("Spec/v4l2.md:105", VIDIOC_QUERY_DV_TIMINGS, 99u, _IOC_NR(VIDIOC_QUERY_DV_TIMINGS)),
#else
    UNKNOWN("Spec/v4l2.md:105", VIDIOC_QUERY_DV_TIMINGS, 99u),
#endif
#ifdef VIDIOC_DV_TIMINGS_CAP
    NUMBER("Spec/v4l2.md:106", VIDIOC_DV_TIMINGS_CAP, 100u, _IOC_NR(VIDIOC_DV_TIMINGS_CAP)),
#else
    UNKNOWN("Spec/v4l2.md:106", VIDIOC_DV_TIMINGS_CAP, 100u),
#endif
#ifdef VIDIOC_ENUM_FREQ_BANDS
    NUMBER("Spec/v4l2.md:107", VIDIOC_ENUM_FREQ_BANDS, 101u, _IOC_NR(VIDIOC_ENUM_FREQ_BANDS)),
#else
    UNKNOWN("Spec/v4l2.md:107", VIDIOC_ENUM_FREQ_BANDS, 101u),
#endif
#ifdef VIDIOC_DBG_G_CHIP_INFO
    NUMBER("Spec/v4l2.md:108", VIDIOC_DBG_G_CHIP_INFO, 102u, _IOC_NR(VIDIOC_DBG_G_CHIP_INFO)),
#else
    UNKNOWN("Spec/v4l2.md:108", VIDIOC_DBG_G_CHIP_INFO, 102u),
#endif
#ifdef VIDIOC_QUERY_EXT_CTRL
    NUMBER("Spec/v4l2.md:109", VIDIOC_QUERY_EXT_CTRL, 103u, _IOC_NR(VIDIOC_QUERY_EXT_CTRL)),
#else
    UNKNOWN("Spec/v4l2.md:109", VIDIOC_QUERY_EXT_CTRL, 103u),
#endif
#ifdef VIDIOC_REMOVE_BUFS
    NUMBER("Spec/v4l2.md:110", VIDIOC_REMOVE_BUFS, 104u, _IOC_NR(VIDIOC_REMOVE_BUFS)),
#else
    UNKNOWN("Spec/v4l2.md:110", VIDIOC_REMOVE_BUFS, 104u),
#endif
#ifdef V4L2_CAP_VIDEO_CAPTURE
    NUMBER("Spec/v4l2.md:120", V4L2_CAP_VIDEO_CAPTURE, 1u, V4L2_CAP_VIDEO_CAPTURE),
#else
    UNKNOWN("Spec/v4l2.md:120", V4L2_CAP_VIDEO_CAPTURE, 1u),
#endif
#ifdef V4L2_CAP_VIDEO_OUTPUT
    NUMBER("Spec/v4l2.md:121", V4L2_CAP_VIDEO_OUTPUT, 2u, V4L2_CAP_VIDEO_OUTPUT),
#else
    UNKNOWN("Spec/v4l2.md:121", V4L2_CAP_VIDEO_OUTPUT, 2u),
#endif
#ifdef V4L2_CAP_VIDEO_CAPTURE_MPLANE
    NUMBER("Spec/v4l2.md:122", V4L2_CAP_VIDEO_CAPTURE_MPLANE, 4096u, V4L2_CAP_VIDEO_CAPTURE_MPLANE),
#else
    UNKNOWN("Spec/v4l2.md:122", V4L2_CAP_VIDEO_CAPTURE_MPLANE, 4096u),
#endif
#ifdef V4L2_CAP_VIDEO_OUTPUT_MPLANE
    NUMBER("Spec/v4l2.md:123", V4L2_CAP_VIDEO_OUTPUT_MPLANE, 8192u, V4L2_CAP_VIDEO_OUTPUT_MPLANE),
#else
    UNKNOWN("Spec/v4l2.md:123", V4L2_CAP_VIDEO_OUTPUT_MPLANE, 8192u),
#endif
#ifdef V4L2_CAP_VIDEO_M2M_MPLANE
    NUMBER("Spec/v4l2.md:124", V4L2_CAP_VIDEO_M2M_MPLANE, 16384u, V4L2_CAP_VIDEO_M2M_MPLANE),
#else
    UNKNOWN("Spec/v4l2.md:124", V4L2_CAP_VIDEO_M2M_MPLANE, 16384u),
#endif
#ifdef V4L2_CAP_VIDEO_M2M
    NUMBER("Spec/v4l2.md:125", V4L2_CAP_VIDEO_M2M, 32768u, V4L2_CAP_VIDEO_M2M),
#else
    UNKNOWN("Spec/v4l2.md:125", V4L2_CAP_VIDEO_M2M, 32768u),
#endif
#ifdef V4L2_CAP_EXT_PIX_FORMAT
    NUMBER("Spec/v4l2.md:126", V4L2_CAP_EXT_PIX_FORMAT, 2097152u, V4L2_CAP_EXT_PIX_FORMAT),
#else
    UNKNOWN("Spec/v4l2.md:126", V4L2_CAP_EXT_PIX_FORMAT, 2097152u),
#endif
#ifdef V4L2_CAP_READWRITE
    NUMBER("Spec/v4l2.md:127", V4L2_CAP_READWRITE, 16777216u, V4L2_CAP_READWRITE),
#else
    UNKNOWN("Spec/v4l2.md:127", V4L2_CAP_READWRITE, 16777216u),
#endif
#ifdef V4L2_CAP_STREAMING
    NUMBER("Spec/v4l2.md:128", V4L2_CAP_STREAMING, 67108864u, V4L2_CAP_STREAMING),
#else
    UNKNOWN("Spec/v4l2.md:128", V4L2_CAP_STREAMING, 67108864u),
#endif
#ifdef V4L2_CAP_DEVICE_CAPS
    NUMBER("Spec/v4l2.md:129", V4L2_CAP_DEVICE_CAPS, 2147483648u, V4L2_CAP_DEVICE_CAPS),
#else
    UNKNOWN("Spec/v4l2.md:129", V4L2_CAP_DEVICE_CAPS, 2147483648u),
#endif
#ifdef V4L2_PIX_FMT_H264
    NUMBER("Spec/v4l2.md:154", V4L2_PIX_FMT_H264, 875967048u, V4L2_PIX_FMT_H264),
#else
    UNKNOWN("Spec/v4l2.md:154", V4L2_PIX_FMT_H264, 875967048u),
#endif
#ifdef V4L2_PIX_FMT_HEVC
    NUMBER("Spec/v4l2.md:155", V4L2_PIX_FMT_HEVC, 1129727304u, V4L2_PIX_FMT_HEVC),
#else
    UNKNOWN("Spec/v4l2.md:155", V4L2_PIX_FMT_HEVC, 1129727304u),
#endif
#ifdef V4L2_PIX_FMT_VP8
    NUMBER("Spec/v4l2.md:156", V4L2_PIX_FMT_VP8, 808996950u, V4L2_PIX_FMT_VP8),
#else
    UNKNOWN("Spec/v4l2.md:156", V4L2_PIX_FMT_VP8, 808996950u),
#endif
#ifdef V4L2_PIX_FMT_VP9
    NUMBER("Spec/v4l2.md:157", V4L2_PIX_FMT_VP9, 809062486u, V4L2_PIX_FMT_VP9),
#else
    UNKNOWN("Spec/v4l2.md:157", V4L2_PIX_FMT_VP9, 809062486u),
#endif
#ifdef V4L2_PIX_FMT_AV1
    NUMBER("Spec/v4l2.md:158", V4L2_PIX_FMT_AV1, 825251393u, V4L2_PIX_FMT_AV1),
#else
    UNKNOWN("Spec/v4l2.md:158", V4L2_PIX_FMT_AV1, 825251393u),
#endif
#ifdef V4L2_PIX_FMT_MPEG2
    NUMBER("Spec/v4l2.md:159", V4L2_PIX_FMT_MPEG2, 843534413u, V4L2_PIX_FMT_MPEG2),
#else
    UNKNOWN("Spec/v4l2.md:159", V4L2_PIX_FMT_MPEG2, 843534413u),
#endif
#ifdef V4L2_PIX_FMT_MPEG4
    NUMBER("Spec/v4l2.md:160", V4L2_PIX_FMT_MPEG4, 877088845u, V4L2_PIX_FMT_MPEG4),
#else
    UNKNOWN("Spec/v4l2.md:160", V4L2_PIX_FMT_MPEG4, 877088845u),
#endif
#ifdef V4L2_PIX_FMT_MJPEG
    NUMBER("Spec/v4l2.md:161", V4L2_PIX_FMT_MJPEG, 1196444237u, V4L2_PIX_FMT_MJPEG),
#else
    UNKNOWN("Spec/v4l2.md:161", V4L2_PIX_FMT_MJPEG, 1196444237u),
#endif
#ifdef V4L2_PIX_FMT_NV12
    NUMBER("Spec/v4l2.md:162", V4L2_PIX_FMT_NV12, 842094158u, V4L2_PIX_FMT_NV12),
#else
    UNKNOWN("Spec/v4l2.md:162", V4L2_PIX_FMT_NV12, 842094158u),
#endif
#ifdef V4L2_PIX_FMT_YUV420
    NUMBER("Spec/v4l2.md:163", V4L2_PIX_FMT_YUV420, 842093913u, V4L2_PIX_FMT_YUV420),
#else
    UNKNOWN("Spec/v4l2.md:163", V4L2_PIX_FMT_YUV420, 842093913u),
#endif
#ifdef V4L2_PIX_FMT_NV12M
    NUMBER("Spec/v4l2.md:164", V4L2_PIX_FMT_NV12M, 842091854u, V4L2_PIX_FMT_NV12M),
#else
    UNKNOWN("Spec/v4l2.md:164", V4L2_PIX_FMT_NV12M, 842091854u),
#endif
#ifdef V4L2_PIX_FMT_YUV420M
    NUMBER("Spec/v4l2.md:165", V4L2_PIX_FMT_YUV420M, 842091865u, V4L2_PIX_FMT_YUV420M),
#else
    UNKNOWN("Spec/v4l2.md:165", V4L2_PIX_FMT_YUV420M, 842091865u),
#endif
#ifdef V4L2_PIX_FMT_P010
    NUMBER("Spec/v4l2.md:166", V4L2_PIX_FMT_P010, 808530000u, V4L2_PIX_FMT_P010),
#else
    UNKNOWN("Spec/v4l2.md:166", V4L2_PIX_FMT_P010, 808530000u),
#endif
#ifdef V4L2_FMT_FLAG_COMPRESSED
    NUMBER("Spec/v4l2.md:174", V4L2_FMT_FLAG_COMPRESSED, 1u, V4L2_FMT_FLAG_COMPRESSED),
#else
    UNKNOWN("Spec/v4l2.md:174", V4L2_FMT_FLAG_COMPRESSED, 1u),
#endif
#ifdef V4L2_FMT_FLAG_EMULATED
    NUMBER("Spec/v4l2.md:175", V4L2_FMT_FLAG_EMULATED, 2u, V4L2_FMT_FLAG_EMULATED),
#else
    UNKNOWN("Spec/v4l2.md:175", V4L2_FMT_FLAG_EMULATED, 2u),
#endif
#ifdef V4L2_FMT_FLAG_CONTINUOUS_BYTESTREAM
    NUMBER("Spec/v4l2.md:176", V4L2_FMT_FLAG_CONTINUOUS_BYTESTREAM, 4u, V4L2_FMT_FLAG_CONTINUOUS_BYTESTREAM),
#else
    UNKNOWN("Spec/v4l2.md:176", V4L2_FMT_FLAG_CONTINUOUS_BYTESTREAM, 4u),
#endif
#ifdef V4L2_FMT_FLAG_DYN_RESOLUTION
    NUMBER("Spec/v4l2.md:177", V4L2_FMT_FLAG_DYN_RESOLUTION, 8u, V4L2_FMT_FLAG_DYN_RESOLUTION),
#else
    UNKNOWN("Spec/v4l2.md:177", V4L2_FMT_FLAG_DYN_RESOLUTION, 8u),
#endif
#ifdef V4L2_PIX_FMT_FLAG_PREMUL_ALPHA
    NUMBER("Spec/v4l2.md:221", V4L2_PIX_FMT_FLAG_PREMUL_ALPHA, 1u, V4L2_PIX_FMT_FLAG_PREMUL_ALPHA),
#else
    UNKNOWN("Spec/v4l2.md:221", V4L2_PIX_FMT_FLAG_PREMUL_ALPHA, 1u),
#endif
#ifdef V4L2_PIX_FMT_FLAG_SET_CSC
    NUMBER("Spec/v4l2.md:222", V4L2_PIX_FMT_FLAG_SET_CSC, 2u, V4L2_PIX_FMT_FLAG_SET_CSC),
#else
    UNKNOWN("Spec/v4l2.md:222", V4L2_PIX_FMT_FLAG_SET_CSC, 2u),
#endif
    NUMBER("Spec/v4l2.md:283", V4L2_FIELD_ANY, 0u, V4L2_FIELD_ANY),
    NUMBER("Spec/v4l2.md:284", V4L2_FIELD_NONE, 1u, V4L2_FIELD_NONE),
    NUMBER("Spec/v4l2.md:285", V4L2_FIELD_TOP, 2u, V4L2_FIELD_TOP),
    NUMBER("Spec/v4l2.md:286", V4L2_FIELD_BOTTOM, 3u, V4L2_FIELD_BOTTOM),
    NUMBER("Spec/v4l2.md:287", V4L2_FIELD_INTERLACED, 4u, V4L2_FIELD_INTERLACED),
    NUMBER("Spec/v4l2.md:288", V4L2_FIELD_SEQ_TB, 5u, V4L2_FIELD_SEQ_TB),
    NUMBER("Spec/v4l2.md:289", V4L2_FIELD_SEQ_BT, 6u, V4L2_FIELD_SEQ_BT),
    NUMBER("Spec/v4l2.md:290", V4L2_FIELD_ALTERNATE, 7u, V4L2_FIELD_ALTERNATE),
    NUMBER("Spec/v4l2.md:291", V4L2_FIELD_INTERLACED_TB, 8u, V4L2_FIELD_INTERLACED_TB),
    NUMBER("Spec/v4l2.md:292", V4L2_FIELD_INTERLACED_BT, 9u, V4L2_FIELD_INTERLACED_BT),
    NUMBER("Spec/v4l2.md:300", V4L2_COLORSPACE_DEFAULT, 0u, V4L2_COLORSPACE_DEFAULT),
    NUMBER("Spec/v4l2.md:301", V4L2_COLORSPACE_SMPTE170M, 1u, V4L2_COLORSPACE_SMPTE170M),
    NUMBER("Spec/v4l2.md:302", V4L2_COLORSPACE_SMPTE240M, 2u, V4L2_COLORSPACE_SMPTE240M),
    NUMBER("Spec/v4l2.md:303", V4L2_COLORSPACE_REC709, 3u, V4L2_COLORSPACE_REC709),
    NUMBER("Spec/v4l2.md:304", V4L2_COLORSPACE_470_SYSTEM_M, 5u, V4L2_COLORSPACE_470_SYSTEM_M),
    NUMBER("Spec/v4l2.md:305", V4L2_COLORSPACE_470_SYSTEM_BG, 6u, V4L2_COLORSPACE_470_SYSTEM_BG),
    NUMBER("Spec/v4l2.md:306", V4L2_COLORSPACE_JPEG, 7u, V4L2_COLORSPACE_JPEG),
    NUMBER("Spec/v4l2.md:307", V4L2_COLORSPACE_SRGB, 8u, V4L2_COLORSPACE_SRGB),
    NUMBER("Spec/v4l2.md:308", V4L2_COLORSPACE_OPRGB, 9u, V4L2_COLORSPACE_OPRGB),
    NUMBER("Spec/v4l2.md:309", V4L2_COLORSPACE_BT2020, 10u, V4L2_COLORSPACE_BT2020),
    NUMBER("Spec/v4l2.md:310", V4L2_COLORSPACE_RAW, 11u, V4L2_COLORSPACE_RAW),
    NUMBER("Spec/v4l2.md:311", V4L2_COLORSPACE_DCI_P3, 12u, V4L2_COLORSPACE_DCI_P3),
    NUMBER("Spec/v4l2.md:319", V4L2_YCBCR_ENC_DEFAULT, 0u, V4L2_YCBCR_ENC_DEFAULT),
    NUMBER("Spec/v4l2.md:320", V4L2_YCBCR_ENC_601, 1u, V4L2_YCBCR_ENC_601),
    NUMBER("Spec/v4l2.md:321", V4L2_YCBCR_ENC_709, 2u, V4L2_YCBCR_ENC_709),
    NUMBER("Spec/v4l2.md:322", V4L2_YCBCR_ENC_XV601, 3u, V4L2_YCBCR_ENC_XV601),
    NUMBER("Spec/v4l2.md:323", V4L2_YCBCR_ENC_XV709, 4u, V4L2_YCBCR_ENC_XV709),
    NUMBER("Spec/v4l2.md:324", V4L2_YCBCR_ENC_BT2020, 6u, V4L2_YCBCR_ENC_BT2020),
    NUMBER("Spec/v4l2.md:325", V4L2_YCBCR_ENC_BT2020_CONST_LUM, 7u, V4L2_YCBCR_ENC_BT2020_CONST_LUM),
    NUMBER("Spec/v4l2.md:326", V4L2_YCBCR_ENC_SMPTE240M, 8u, V4L2_YCBCR_ENC_SMPTE240M),
    NUMBER("Spec/v4l2.md:334", V4L2_QUANTIZATION_DEFAULT, 0u, V4L2_QUANTIZATION_DEFAULT),
    NUMBER("Spec/v4l2.md:335", V4L2_QUANTIZATION_FULL_RANGE, 1u, V4L2_QUANTIZATION_FULL_RANGE),
    NUMBER("Spec/v4l2.md:336", V4L2_QUANTIZATION_LIM_RANGE, 2u, V4L2_QUANTIZATION_LIM_RANGE),
    NUMBER("Spec/v4l2.md:344", V4L2_XFER_FUNC_DEFAULT, 0u, V4L2_XFER_FUNC_DEFAULT),
    NUMBER("Spec/v4l2.md:345", V4L2_XFER_FUNC_709, 1u, V4L2_XFER_FUNC_709),
    NUMBER("Spec/v4l2.md:346", V4L2_XFER_FUNC_SRGB, 2u, V4L2_XFER_FUNC_SRGB),
    NUMBER("Spec/v4l2.md:347", V4L2_XFER_FUNC_OPRGB, 3u, V4L2_XFER_FUNC_OPRGB),
    NUMBER("Spec/v4l2.md:348", V4L2_XFER_FUNC_SMPTE240M, 4u, V4L2_XFER_FUNC_SMPTE240M),
    NUMBER("Spec/v4l2.md:349", V4L2_XFER_FUNC_NONE, 5u, V4L2_XFER_FUNC_NONE),
    NUMBER("Spec/v4l2.md:350", V4L2_XFER_FUNC_DCI_P3, 6u, V4L2_XFER_FUNC_DCI_P3),
    NUMBER("Spec/v4l2.md:351", V4L2_XFER_FUNC_SMPTE2084, 7u, V4L2_XFER_FUNC_SMPTE2084),
    NUMBER("Spec/v4l2.md:361", V4L2_FRMSIZE_TYPE_DISCRETE, 1u, V4L2_FRMSIZE_TYPE_DISCRETE),
    NUMBER("Spec/v4l2.md:362", V4L2_FRMSIZE_TYPE_CONTINUOUS, 2u, V4L2_FRMSIZE_TYPE_CONTINUOUS),
    NUMBER("Spec/v4l2.md:363", V4L2_FRMSIZE_TYPE_STEPWISE, 3u, V4L2_FRMSIZE_TYPE_STEPWISE),
    NUMBER("Spec/v4l2.md:406", V4L2_FRMIVAL_TYPE_DISCRETE, 1u, V4L2_FRMIVAL_TYPE_DISCRETE),
    NUMBER("Spec/v4l2.md:407", V4L2_FRMIVAL_TYPE_CONTINUOUS, 2u, V4L2_FRMIVAL_TYPE_CONTINUOUS),
    NUMBER("Spec/v4l2.md:408", V4L2_FRMIVAL_TYPE_STEPWISE, 3u, V4L2_FRMIVAL_TYPE_STEPWISE),
    NUMBER("Spec/v4l2.md:452", V4L2_BUF_TYPE_VIDEO_CAPTURE, 1u, V4L2_BUF_TYPE_VIDEO_CAPTURE),
    NUMBER("Spec/v4l2.md:453", V4L2_BUF_TYPE_VIDEO_OUTPUT, 2u, V4L2_BUF_TYPE_VIDEO_OUTPUT),
    NUMBER("Spec/v4l2.md:454", V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, 9u, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE),
    NUMBER("Spec/v4l2.md:455", V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, 10u, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE),
    NUMBER("Spec/v4l2.md:463", V4L2_MEMORY_MMAP, 1u, V4L2_MEMORY_MMAP),
    NUMBER("Spec/v4l2.md:464", V4L2_MEMORY_USERPTR, 2u, V4L2_MEMORY_USERPTR),
    NUMBER("Spec/v4l2.md:465", V4L2_MEMORY_DMABUF, 4u, V4L2_MEMORY_DMABUF),
#ifdef V4L2_BUF_CAP_SUPPORTS_MMAP
    NUMBER("Spec/v4l2.md:473", V4L2_BUF_CAP_SUPPORTS_MMAP, 1u, V4L2_BUF_CAP_SUPPORTS_MMAP),
#else
    UNKNOWN("Spec/v4l2.md:473", V4L2_BUF_CAP_SUPPORTS_MMAP, 1u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_USERPTR
    NUMBER("Spec/v4l2.md:474", V4L2_BUF_CAP_SUPPORTS_USERPTR, 2u, V4L2_BUF_CAP_SUPPORTS_USERPTR),
#else
    UNKNOWN("Spec/v4l2.md:474", V4L2_BUF_CAP_SUPPORTS_USERPTR, 2u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_DMABUF
    NUMBER("Spec/v4l2.md:475", V4L2_BUF_CAP_SUPPORTS_DMABUF, 4u, V4L2_BUF_CAP_SUPPORTS_DMABUF),
#else
    UNKNOWN("Spec/v4l2.md:475", V4L2_BUF_CAP_SUPPORTS_DMABUF, 4u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_REQUESTS
    NUMBER("Spec/v4l2.md:476", V4L2_BUF_CAP_SUPPORTS_REQUESTS, 8u, V4L2_BUF_CAP_SUPPORTS_REQUESTS),
#else
    UNKNOWN("Spec/v4l2.md:476", V4L2_BUF_CAP_SUPPORTS_REQUESTS, 8u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS
    NUMBER("Spec/v4l2.md:477", V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS, 16u, V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS),
#else
    UNKNOWN("Spec/v4l2.md:477", V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS, 16u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_M2M_HOLD_CAPTURE_BUF
    NUMBER("Spec/v4l2.md:478", V4L2_BUF_CAP_SUPPORTS_M2M_HOLD_CAPTURE_BUF, 32u, V4L2_BUF_CAP_SUPPORTS_M2M_HOLD_CAPTURE_BUF),
#else
    UNKNOWN("Spec/v4l2.md:478", V4L2_BUF_CAP_SUPPORTS_M2M_HOLD_CAPTURE_BUF, 32u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS
    NUMBER("Spec/v4l2.md:479", V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS, 64u, V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS),
#else
    UNKNOWN("Spec/v4l2.md:479", V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS, 64u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_MAX_NUM_BUFFERS
    NUMBER("Spec/v4l2.md:480", V4L2_BUF_CAP_SUPPORTS_MAX_NUM_BUFFERS, 128u, V4L2_BUF_CAP_SUPPORTS_MAX_NUM_BUFFERS),
#else
    UNKNOWN("Spec/v4l2.md:480", V4L2_BUF_CAP_SUPPORTS_MAX_NUM_BUFFERS, 128u),
#endif
#ifdef V4L2_BUF_CAP_SUPPORTS_REMOVE_BUFS
    NUMBER("Spec/v4l2.md:481", V4L2_BUF_CAP_SUPPORTS_REMOVE_BUFS, 256u, V4L2_BUF_CAP_SUPPORTS_REMOVE_BUFS),
#else
    UNKNOWN("Spec/v4l2.md:481", V4L2_BUF_CAP_SUPPORTS_REMOVE_BUFS, 256u),
#endif
#ifdef V4L2_MEMORY_FLAG_NON_COHERENT
    NUMBER("Spec/v4l2.md:489", V4L2_MEMORY_FLAG_NON_COHERENT, 1u, V4L2_MEMORY_FLAG_NON_COHERENT),
#else
    UNKNOWN("Spec/v4l2.md:489", V4L2_MEMORY_FLAG_NON_COHERENT, 1u),
#endif
#ifdef V4L2_BUF_FLAG_MAPPED
    NUMBER("Spec/v4l2.md:554", V4L2_BUF_FLAG_MAPPED, 1u, V4L2_BUF_FLAG_MAPPED),
#else
    UNKNOWN("Spec/v4l2.md:554", V4L2_BUF_FLAG_MAPPED, 1u),
#endif
#ifdef V4L2_BUF_FLAG_QUEUED
    NUMBER("Spec/v4l2.md:555", V4L2_BUF_FLAG_QUEUED, 2u, V4L2_BUF_FLAG_QUEUED),
#else
    UNKNOWN("Spec/v4l2.md:555", V4L2_BUF_FLAG_QUEUED, 2u),
#endif
#ifdef V4L2_BUF_FLAG_DONE
    NUMBER("Spec/v4l2.md:556", V4L2_BUF_FLAG_DONE, 4u, V4L2_BUF_FLAG_DONE),
#else
    UNKNOWN("Spec/v4l2.md:556", V4L2_BUF_FLAG_DONE, 4u),
#endif
#ifdef V4L2_BUF_FLAG_KEYFRAME
    NUMBER("Spec/v4l2.md:557", V4L2_BUF_FLAG_KEYFRAME, 8u, V4L2_BUF_FLAG_KEYFRAME),
#else
    UNKNOWN("Spec/v4l2.md:557", V4L2_BUF_FLAG_KEYFRAME, 8u),
#endif
#ifdef V4L2_BUF_FLAG_PFRAME
    NUMBER("Spec/v4l2.md:558", V4L2_BUF_FLAG_PFRAME, 16u, V4L2_BUF_FLAG_PFRAME),
#else
    UNKNOWN("Spec/v4l2.md:558", V4L2_BUF_FLAG_PFRAME, 16u),
#endif
#ifdef V4L2_BUF_FLAG_BFRAME
    NUMBER("Spec/v4l2.md:559", V4L2_BUF_FLAG_BFRAME, 32u, V4L2_BUF_FLAG_BFRAME),
#else
    UNKNOWN("Spec/v4l2.md:559", V4L2_BUF_FLAG_BFRAME, 32u),
#endif
#ifdef V4L2_BUF_FLAG_ERROR
    NUMBER("Spec/v4l2.md:560", V4L2_BUF_FLAG_ERROR, 64u, V4L2_BUF_FLAG_ERROR),
#else
    UNKNOWN("Spec/v4l2.md:560", V4L2_BUF_FLAG_ERROR, 64u),
#endif
#ifdef V4L2_BUF_FLAG_IN_REQUEST
    NUMBER("Spec/v4l2.md:561", V4L2_BUF_FLAG_IN_REQUEST, 128u, V4L2_BUF_FLAG_IN_REQUEST),
#else
    UNKNOWN("Spec/v4l2.md:561", V4L2_BUF_FLAG_IN_REQUEST, 128u),
#endif
#ifdef V4L2_BUF_FLAG_TIMECODE
    NUMBER("Spec/v4l2.md:562", V4L2_BUF_FLAG_TIMECODE, 256u, V4L2_BUF_FLAG_TIMECODE),
#else
    UNKNOWN("Spec/v4l2.md:562", V4L2_BUF_FLAG_TIMECODE, 256u),
#endif
#ifdef V4L2_BUF_FLAG_M2M_HOLD_CAPTURE_BUF
    NUMBER("Spec/v4l2.md:563", V4L2_BUF_FLAG_M2M_HOLD_CAPTURE_BUF, 512u, V4L2_BUF_FLAG_M2M_HOLD_CAPTURE_BUF),
#else
    UNKNOWN("Spec/v4l2.md:563", V4L2_BUF_FLAG_M2M_HOLD_CAPTURE_BUF, 512u),
#endif
#ifdef V4L2_BUF_FLAG_PREPARED
    NUMBER("Spec/v4l2.md:564", V4L2_BUF_FLAG_PREPARED, 1024u, V4L2_BUF_FLAG_PREPARED),
#else
    UNKNOWN("Spec/v4l2.md:564", V4L2_BUF_FLAG_PREPARED, 1024u),
#endif
#ifdef V4L2_BUF_FLAG_NO_CACHE_INVALIDATE
    NUMBER("Spec/v4l2.md:565", V4L2_BUF_FLAG_NO_CACHE_INVALIDATE, 2048u, V4L2_BUF_FLAG_NO_CACHE_INVALIDATE),
#else
    UNKNOWN("Spec/v4l2.md:565", V4L2_BUF_FLAG_NO_CACHE_INVALIDATE, 2048u),
#endif
#ifdef V4L2_BUF_FLAG_NO_CACHE_CLEAN
    NUMBER("Spec/v4l2.md:566", V4L2_BUF_FLAG_NO_CACHE_CLEAN, 4096u, V4L2_BUF_FLAG_NO_CACHE_CLEAN),
#else
    UNKNOWN("Spec/v4l2.md:566", V4L2_BUF_FLAG_NO_CACHE_CLEAN, 4096u),
#endif
#ifdef V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC
    NUMBER("Spec/v4l2.md:567", V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, 8192u, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC),
#else
    UNKNOWN("Spec/v4l2.md:567", V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, 8192u),
#endif
#ifdef V4L2_BUF_FLAG_TIMESTAMP_COPY
    NUMBER("Spec/v4l2.md:568", V4L2_BUF_FLAG_TIMESTAMP_COPY, 16384u, V4L2_BUF_FLAG_TIMESTAMP_COPY),
#else
    UNKNOWN("Spec/v4l2.md:568", V4L2_BUF_FLAG_TIMESTAMP_COPY, 16384u),
#endif
#ifdef V4L2_BUF_FLAG_TSTAMP_SRC_SOE
    NUMBER("Spec/v4l2.md:569", V4L2_BUF_FLAG_TSTAMP_SRC_SOE, 65536u, V4L2_BUF_FLAG_TSTAMP_SRC_SOE),
#else
    UNKNOWN("Spec/v4l2.md:569", V4L2_BUF_FLAG_TSTAMP_SRC_SOE, 65536u),
#endif
#ifdef V4L2_BUF_FLAG_LAST
    NUMBER("Spec/v4l2.md:570", V4L2_BUF_FLAG_LAST, 1048576u, V4L2_BUF_FLAG_LAST),
#else
    UNKNOWN("Spec/v4l2.md:570", V4L2_BUF_FLAG_LAST, 1048576u),
#endif
#ifdef V4L2_BUF_FLAG_REQUEST_FD
    NUMBER("Spec/v4l2.md:571", V4L2_BUF_FLAG_REQUEST_FD, 8388608u, V4L2_BUF_FLAG_REQUEST_FD),
#else
    UNKNOWN("Spec/v4l2.md:571", V4L2_BUF_FLAG_REQUEST_FD, 8388608u),
#endif
#ifdef V4L2_SEL_TGT_CROP
    NUMBER("Spec/v4l2.md:661", V4L2_SEL_TGT_CROP, 0u, V4L2_SEL_TGT_CROP),
#else
    UNKNOWN("Spec/v4l2.md:661", V4L2_SEL_TGT_CROP, 0u),
#endif
#ifdef V4L2_SEL_TGT_CROP_DEFAULT
    NUMBER("Spec/v4l2.md:662", V4L2_SEL_TGT_CROP_DEFAULT, 1u, V4L2_SEL_TGT_CROP_DEFAULT),
#else
    UNKNOWN("Spec/v4l2.md:662", V4L2_SEL_TGT_CROP_DEFAULT, 1u),
#endif
#ifdef V4L2_SEL_TGT_CROP_BOUNDS
    NUMBER("Spec/v4l2.md:663", V4L2_SEL_TGT_CROP_BOUNDS, 2u, V4L2_SEL_TGT_CROP_BOUNDS),
#else
    UNKNOWN("Spec/v4l2.md:663", V4L2_SEL_TGT_CROP_BOUNDS, 2u),
#endif
#ifdef V4L2_SEL_TGT_NATIVE_SIZE
    NUMBER("Spec/v4l2.md:664", V4L2_SEL_TGT_NATIVE_SIZE, 3u, V4L2_SEL_TGT_NATIVE_SIZE),
#else
    UNKNOWN("Spec/v4l2.md:664", V4L2_SEL_TGT_NATIVE_SIZE, 3u),
#endif
#ifdef V4L2_SEL_TGT_COMPOSE
    NUMBER("Spec/v4l2.md:665", V4L2_SEL_TGT_COMPOSE, 256u, V4L2_SEL_TGT_COMPOSE),
#else
    UNKNOWN("Spec/v4l2.md:665", V4L2_SEL_TGT_COMPOSE, 256u),
#endif
#ifdef V4L2_SEL_TGT_COMPOSE_DEFAULT
    NUMBER("Spec/v4l2.md:666", V4L2_SEL_TGT_COMPOSE_DEFAULT, 257u, V4L2_SEL_TGT_COMPOSE_DEFAULT),
#else
    UNKNOWN("Spec/v4l2.md:666", V4L2_SEL_TGT_COMPOSE_DEFAULT, 257u),
#endif
#ifdef V4L2_SEL_TGT_COMPOSE_BOUNDS
    NUMBER("Spec/v4l2.md:667", V4L2_SEL_TGT_COMPOSE_BOUNDS, 258u, V4L2_SEL_TGT_COMPOSE_BOUNDS),
#else
    UNKNOWN("Spec/v4l2.md:667", V4L2_SEL_TGT_COMPOSE_BOUNDS, 258u),
#endif
#ifdef V4L2_SEL_TGT_COMPOSE_PADDED
    NUMBER("Spec/v4l2.md:668", V4L2_SEL_TGT_COMPOSE_PADDED, 259u, V4L2_SEL_TGT_COMPOSE_PADDED),
#else
    UNKNOWN("Spec/v4l2.md:668", V4L2_SEL_TGT_COMPOSE_PADDED, 259u),
#endif
#ifdef V4L2_SEL_FLAG_GE
    NUMBER("Spec/v4l2.md:676", V4L2_SEL_FLAG_GE, 1u, V4L2_SEL_FLAG_GE),
#else
    UNKNOWN("Spec/v4l2.md:676", V4L2_SEL_FLAG_GE, 1u),
#endif
#ifdef V4L2_SEL_FLAG_LE
    NUMBER("Spec/v4l2.md:677", V4L2_SEL_FLAG_LE, 2u, V4L2_SEL_FLAG_LE),
#else
    UNKNOWN("Spec/v4l2.md:677", V4L2_SEL_FLAG_LE, 2u),
#endif
#ifdef V4L2_SEL_FLAG_KEEP_CONFIG
    NUMBER("Spec/v4l2.md:678", V4L2_SEL_FLAG_KEEP_CONFIG, 4u, V4L2_SEL_FLAG_KEEP_CONFIG),
#else
    UNKNOWN("Spec/v4l2.md:678", V4L2_SEL_FLAG_KEEP_CONFIG, 4u),
#endif
#ifdef V4L2_CID_USER_CLASS
    NUMBER("Spec/v4l2.md:712", V4L2_CID_USER_CLASS, 9961473u, V4L2_CID_USER_CLASS),
#else
    UNKNOWN("Spec/v4l2.md:712", V4L2_CID_USER_CLASS, 9961473u),
#endif
#ifdef V4L2_CID_CODEC_CLASS
    NUMBER("Spec/v4l2.md:713", V4L2_CID_CODEC_CLASS, 10027009u, V4L2_CID_CODEC_CLASS),
#else
    UNKNOWN("Spec/v4l2.md:713", V4L2_CID_CODEC_CLASS, 10027009u),
#endif
#ifdef V4L2_CID_MIN_BUFFERS_FOR_CAPTURE
    NUMBER("Spec/v4l2.md:714", V4L2_CID_MIN_BUFFERS_FOR_CAPTURE, 9963815u, V4L2_CID_MIN_BUFFERS_FOR_CAPTURE),
#else
    UNKNOWN("Spec/v4l2.md:714", V4L2_CID_MIN_BUFFERS_FOR_CAPTURE, 9963815u),
#endif
#ifdef V4L2_CID_MIN_BUFFERS_FOR_OUTPUT
    NUMBER("Spec/v4l2.md:715", V4L2_CID_MIN_BUFFERS_FOR_OUTPUT, 9963816u, V4L2_CID_MIN_BUFFERS_FOR_OUTPUT),
#else
    UNKNOWN("Spec/v4l2.md:715", V4L2_CID_MIN_BUFFERS_FOR_OUTPUT, 9963816u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_H264_LEVEL
    NUMBER("Spec/v4l2.md:716", V4L2_CID_MPEG_VIDEO_H264_LEVEL, 10029671u, V4L2_CID_MPEG_VIDEO_H264_LEVEL),
#else
    UNKNOWN("Spec/v4l2.md:716", V4L2_CID_MPEG_VIDEO_H264_LEVEL, 10029671u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_H264_PROFILE
    NUMBER("Spec/v4l2.md:717", V4L2_CID_MPEG_VIDEO_H264_PROFILE, 10029675u, V4L2_CID_MPEG_VIDEO_H264_PROFILE),
#else
    UNKNOWN("Spec/v4l2.md:717", V4L2_CID_MPEG_VIDEO_H264_PROFILE, 10029675u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_VP8_PROFILE
    NUMBER("Spec/v4l2.md:718", V4L2_CID_MPEG_VIDEO_VP8_PROFILE, 10029823u, V4L2_CID_MPEG_VIDEO_VP8_PROFILE),
#else
    UNKNOWN("Spec/v4l2.md:718", V4L2_CID_MPEG_VIDEO_VP8_PROFILE, 10029823u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_VP9_PROFILE
    NUMBER("Spec/v4l2.md:719", V4L2_CID_MPEG_VIDEO_VP9_PROFILE, 10029824u, V4L2_CID_MPEG_VIDEO_VP9_PROFILE),
#else
    UNKNOWN("Spec/v4l2.md:719", V4L2_CID_MPEG_VIDEO_VP9_PROFILE, 10029824u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_MPEG2_PROFILE
    NUMBER("Spec/v4l2.md:720", V4L2_CID_MPEG_VIDEO_MPEG2_PROFILE, 10029583u, V4L2_CID_MPEG_VIDEO_MPEG2_PROFILE),
#else
    UNKNOWN("Spec/v4l2.md:720", V4L2_CID_MPEG_VIDEO_MPEG2_PROFILE, 10029583u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_HEVC_PROFILE
    NUMBER("Spec/v4l2.md:721", V4L2_CID_MPEG_VIDEO_HEVC_PROFILE, 10029927u, V4L2_CID_MPEG_VIDEO_HEVC_PROFILE),
#else
    UNKNOWN("Spec/v4l2.md:721", V4L2_CID_MPEG_VIDEO_HEVC_PROFILE, 10029927u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_HEVC_LEVEL
    NUMBER("Spec/v4l2.md:722", V4L2_CID_MPEG_VIDEO_HEVC_LEVEL, 10029928u, V4L2_CID_MPEG_VIDEO_HEVC_LEVEL),
#else
    UNKNOWN("Spec/v4l2.md:722", V4L2_CID_MPEG_VIDEO_HEVC_LEVEL, 10029928u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_AV1_PROFILE
    NUMBER("Spec/v4l2.md:723", V4L2_CID_MPEG_VIDEO_AV1_PROFILE, 10029967u, V4L2_CID_MPEG_VIDEO_AV1_PROFILE),
#else
    UNKNOWN("Spec/v4l2.md:723", V4L2_CID_MPEG_VIDEO_AV1_PROFILE, 10029967u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY
    NUMBER("Spec/v4l2.md:724", V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY, 10029965u, V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY),
#else
    UNKNOWN("Spec/v4l2.md:724", V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY, 10029965u),
#endif
#ifdef V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY_ENABLE
    NUMBER("Spec/v4l2.md:725", V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY_ENABLE, 10029966u, V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY_ENABLE),
#else
    UNKNOWN("Spec/v4l2.md:725", V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY_ENABLE, 10029966u),
#endif
    NUMBER("Spec/v4l2.md:742", V4L2_CTRL_TYPE_INTEGER, 1u, V4L2_CTRL_TYPE_INTEGER),
    NUMBER("Spec/v4l2.md:743", V4L2_CTRL_TYPE_BOOLEAN, 2u, V4L2_CTRL_TYPE_BOOLEAN),
    NUMBER("Spec/v4l2.md:744", V4L2_CTRL_TYPE_MENU, 3u, V4L2_CTRL_TYPE_MENU),
    NUMBER("Spec/v4l2.md:745", V4L2_CTRL_TYPE_BUTTON, 4u, V4L2_CTRL_TYPE_BUTTON),
    NUMBER("Spec/v4l2.md:746", V4L2_CTRL_TYPE_INTEGER64, 5u, V4L2_CTRL_TYPE_INTEGER64),
    NUMBER("Spec/v4l2.md:747", V4L2_CTRL_TYPE_CTRL_CLASS, 6u, V4L2_CTRL_TYPE_CTRL_CLASS),
    NUMBER("Spec/v4l2.md:748", V4L2_CTRL_TYPE_STRING, 7u, V4L2_CTRL_TYPE_STRING),
    NUMBER("Spec/v4l2.md:749", V4L2_CTRL_TYPE_BITMASK, 8u, V4L2_CTRL_TYPE_BITMASK),
    NUMBER("Spec/v4l2.md:750", V4L2_CTRL_TYPE_INTEGER_MENU, 9u, V4L2_CTRL_TYPE_INTEGER_MENU),
#ifdef V4L2_CTRL_FLAG_DISABLED
    NUMBER("Spec/v4l2.md:758", V4L2_CTRL_FLAG_DISABLED, 1u, V4L2_CTRL_FLAG_DISABLED),
#else
    UNKNOWN("Spec/v4l2.md:758", V4L2_CTRL_FLAG_DISABLED, 1u),
#endif
#ifdef V4L2_CTRL_FLAG_GRABBED
    NUMBER("Spec/v4l2.md:759", V4L2_CTRL_FLAG_GRABBED, 2u, V4L2_CTRL_FLAG_GRABBED),
#else
    UNKNOWN("Spec/v4l2.md:759", V4L2_CTRL_FLAG_GRABBED, 2u),
#endif
#ifdef V4L2_CTRL_FLAG_READ_ONLY
    NUMBER("Spec/v4l2.md:760", V4L2_CTRL_FLAG_READ_ONLY, 4u, V4L2_CTRL_FLAG_READ_ONLY),
#else
    UNKNOWN("Spec/v4l2.md:760", V4L2_CTRL_FLAG_READ_ONLY, 4u),
#endif
#ifdef V4L2_CTRL_FLAG_UPDATE
    NUMBER("Spec/v4l2.md:761", V4L2_CTRL_FLAG_UPDATE, 8u, V4L2_CTRL_FLAG_UPDATE),
#else
    UNKNOWN("Spec/v4l2.md:761", V4L2_CTRL_FLAG_UPDATE, 8u),
#endif
#ifdef V4L2_CTRL_FLAG_INACTIVE
    NUMBER("Spec/v4l2.md:762", V4L2_CTRL_FLAG_INACTIVE, 16u, V4L2_CTRL_FLAG_INACTIVE),
#else
    UNKNOWN("Spec/v4l2.md:762", V4L2_CTRL_FLAG_INACTIVE, 16u),
#endif
#ifdef V4L2_CTRL_FLAG_SLIDER
    NUMBER("Spec/v4l2.md:763", V4L2_CTRL_FLAG_SLIDER, 32u, V4L2_CTRL_FLAG_SLIDER),
#else
    UNKNOWN("Spec/v4l2.md:763", V4L2_CTRL_FLAG_SLIDER, 32u),
#endif
#ifdef V4L2_CTRL_FLAG_WRITE_ONLY
    NUMBER("Spec/v4l2.md:764", V4L2_CTRL_FLAG_WRITE_ONLY, 64u, V4L2_CTRL_FLAG_WRITE_ONLY),
#else
    UNKNOWN("Spec/v4l2.md:764", V4L2_CTRL_FLAG_WRITE_ONLY, 64u),
#endif
#ifdef V4L2_CTRL_FLAG_VOLATILE
    NUMBER("Spec/v4l2.md:765", V4L2_CTRL_FLAG_VOLATILE, 128u, V4L2_CTRL_FLAG_VOLATILE),
#else
    UNKNOWN("Spec/v4l2.md:765", V4L2_CTRL_FLAG_VOLATILE, 128u),
#endif
#ifdef V4L2_CTRL_FLAG_HAS_PAYLOAD
    NUMBER("Spec/v4l2.md:766", V4L2_CTRL_FLAG_HAS_PAYLOAD, 256u, V4L2_CTRL_FLAG_HAS_PAYLOAD),
#else
    UNKNOWN("Spec/v4l2.md:766", V4L2_CTRL_FLAG_HAS_PAYLOAD, 256u),
#endif
#ifdef V4L2_CTRL_FLAG_EXECUTE_ON_WRITE
    NUMBER("Spec/v4l2.md:767", V4L2_CTRL_FLAG_EXECUTE_ON_WRITE, 512u, V4L2_CTRL_FLAG_EXECUTE_ON_WRITE),
#else
    UNKNOWN("Spec/v4l2.md:767", V4L2_CTRL_FLAG_EXECUTE_ON_WRITE, 512u),
#endif
#ifdef V4L2_CTRL_FLAG_MODIFY_LAYOUT
    NUMBER("Spec/v4l2.md:768", V4L2_CTRL_FLAG_MODIFY_LAYOUT, 1024u, V4L2_CTRL_FLAG_MODIFY_LAYOUT),
#else
    UNKNOWN("Spec/v4l2.md:768", V4L2_CTRL_FLAG_MODIFY_LAYOUT, 1024u),
#endif
#ifdef V4L2_CTRL_FLAG_DYNAMIC_ARRAY
    NUMBER("Spec/v4l2.md:769", V4L2_CTRL_FLAG_DYNAMIC_ARRAY, 2048u, V4L2_CTRL_FLAG_DYNAMIC_ARRAY),
#else
    UNKNOWN("Spec/v4l2.md:769", V4L2_CTRL_FLAG_DYNAMIC_ARRAY, 2048u),
#endif
#ifdef V4L2_CTRL_FLAG_NEXT_COMPOUND
    NUMBER("Spec/v4l2.md:770", V4L2_CTRL_FLAG_NEXT_COMPOUND, 1073741824u, V4L2_CTRL_FLAG_NEXT_COMPOUND),
#else
    UNKNOWN("Spec/v4l2.md:770", V4L2_CTRL_FLAG_NEXT_COMPOUND, 1073741824u),
#endif
#ifdef V4L2_CTRL_FLAG_NEXT_CTRL
    NUMBER("Spec/v4l2.md:771", V4L2_CTRL_FLAG_NEXT_CTRL, 2147483648u, V4L2_CTRL_FLAG_NEXT_CTRL),
#else
    UNKNOWN("Spec/v4l2.md:771", V4L2_CTRL_FLAG_NEXT_CTRL, 2147483648u),
#endif
#ifdef V4L2_CTRL_WHICH_CUR_VAL
    NUMBER("Spec/v4l2.md:788", V4L2_CTRL_WHICH_CUR_VAL, 0u, V4L2_CTRL_WHICH_CUR_VAL),
#else
    UNKNOWN("Spec/v4l2.md:788", V4L2_CTRL_WHICH_CUR_VAL, 0u),
#endif
#ifdef V4L2_CTRL_CLASS_USER
    NUMBER("Spec/v4l2.md:789", V4L2_CTRL_CLASS_USER, 9961472u, V4L2_CTRL_CLASS_USER),
#else
    UNKNOWN("Spec/v4l2.md:789", V4L2_CTRL_CLASS_USER, 9961472u),
#endif
#ifdef V4L2_CTRL_CLASS_CODEC
    NUMBER("Spec/v4l2.md:790", V4L2_CTRL_CLASS_CODEC, 10027008u, V4L2_CTRL_CLASS_CODEC),
#else
    UNKNOWN("Spec/v4l2.md:790", V4L2_CTRL_CLASS_CODEC, 10027008u),
#endif
#ifdef V4L2_CTRL_WHICH_DEF_VAL
    NUMBER("Spec/v4l2.md:791", V4L2_CTRL_WHICH_DEF_VAL, 251658240u, V4L2_CTRL_WHICH_DEF_VAL),
#else
    UNKNOWN("Spec/v4l2.md:791", V4L2_CTRL_WHICH_DEF_VAL, 251658240u),
#endif
#ifdef V4L2_CTRL_WHICH_REQUEST_VAL
    NUMBER("Spec/v4l2.md:792", V4L2_CTRL_WHICH_REQUEST_VAL, 251723776u, V4L2_CTRL_WHICH_REQUEST_VAL),
#else
    UNKNOWN("Spec/v4l2.md:792", V4L2_CTRL_WHICH_REQUEST_VAL, 251723776u),
#endif
#ifdef V4L2_EVENT_ALL
    NUMBER("Spec/v4l2.md:877", V4L2_EVENT_ALL, 0u, V4L2_EVENT_ALL),
#else
    UNKNOWN("Spec/v4l2.md:877", V4L2_EVENT_ALL, 0u),
#endif
#ifdef V4L2_EVENT_VSYNC
    NUMBER("Spec/v4l2.md:878", V4L2_EVENT_VSYNC, 1u, V4L2_EVENT_VSYNC),
#else
    UNKNOWN("Spec/v4l2.md:878", V4L2_EVENT_VSYNC, 1u),
#endif
#ifdef V4L2_EVENT_EOS
    NUMBER("Spec/v4l2.md:879", V4L2_EVENT_EOS, 2u, V4L2_EVENT_EOS),
#else
    UNKNOWN("Spec/v4l2.md:879", V4L2_EVENT_EOS, 2u),
#endif
#ifdef V4L2_EVENT_CTRL
    NUMBER("Spec/v4l2.md:880", V4L2_EVENT_CTRL, 3u, V4L2_EVENT_CTRL),
#else
    UNKNOWN("Spec/v4l2.md:880", V4L2_EVENT_CTRL, 3u),
#endif
#ifdef V4L2_EVENT_FRAME_SYNC
    NUMBER("Spec/v4l2.md:881", V4L2_EVENT_FRAME_SYNC, 4u, V4L2_EVENT_FRAME_SYNC),
#else
    UNKNOWN("Spec/v4l2.md:881", V4L2_EVENT_FRAME_SYNC, 4u),
#endif
#ifdef V4L2_EVENT_SOURCE_CHANGE
    NUMBER("Spec/v4l2.md:882", V4L2_EVENT_SOURCE_CHANGE, 5u, V4L2_EVENT_SOURCE_CHANGE),
#else
    UNKNOWN("Spec/v4l2.md:882", V4L2_EVENT_SOURCE_CHANGE, 5u),
#endif
#ifdef V4L2_EVENT_MOTION_DET
    NUMBER("Spec/v4l2.md:883", V4L2_EVENT_MOTION_DET, 6u, V4L2_EVENT_MOTION_DET),
#else
    UNKNOWN("Spec/v4l2.md:883", V4L2_EVENT_MOTION_DET, 6u),
#endif
#ifdef V4L2_EVENT_SUB_FL_SEND_INITIAL
    NUMBER("Spec/v4l2.md:891", V4L2_EVENT_SUB_FL_SEND_INITIAL, 1u, V4L2_EVENT_SUB_FL_SEND_INITIAL),
#else
    UNKNOWN("Spec/v4l2.md:891", V4L2_EVENT_SUB_FL_SEND_INITIAL, 1u),
#endif
#ifdef V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK
    NUMBER("Spec/v4l2.md:892", V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK, 2u, V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK),
#else
    UNKNOWN("Spec/v4l2.md:892", V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK, 2u),
#endif
#ifdef V4L2_EVENT_SRC_CH_RESOLUTION
    NUMBER("Spec/v4l2.md:911", V4L2_EVENT_SRC_CH_RESOLUTION, 1u, V4L2_EVENT_SRC_CH_RESOLUTION),
#else
    UNKNOWN("Spec/v4l2.md:911", V4L2_EVENT_SRC_CH_RESOLUTION, 1u),
#endif
#ifdef V4L2_EVENT_CTRL_CH_VALUE
    NUMBER("Spec/v4l2.md:919", V4L2_EVENT_CTRL_CH_VALUE, 1u, V4L2_EVENT_CTRL_CH_VALUE),
#else
    UNKNOWN("Spec/v4l2.md:919", V4L2_EVENT_CTRL_CH_VALUE, 1u),
#endif
#ifdef V4L2_EVENT_CTRL_CH_FLAGS
    NUMBER("Spec/v4l2.md:920", V4L2_EVENT_CTRL_CH_FLAGS, 2u, V4L2_EVENT_CTRL_CH_FLAGS),
#else
    UNKNOWN("Spec/v4l2.md:920", V4L2_EVENT_CTRL_CH_FLAGS, 2u),
#endif
#ifdef V4L2_EVENT_CTRL_CH_RANGE
    NUMBER("Spec/v4l2.md:921", V4L2_EVENT_CTRL_CH_RANGE, 4u, V4L2_EVENT_CTRL_CH_RANGE),
#else
    UNKNOWN("Spec/v4l2.md:921", V4L2_EVENT_CTRL_CH_RANGE, 4u),
#endif
#ifdef V4L2_EVENT_CTRL_CH_DIMENSIONS
    NUMBER("Spec/v4l2.md:922", V4L2_EVENT_CTRL_CH_DIMENSIONS, 8u, V4L2_EVENT_CTRL_CH_DIMENSIONS),
#else
    UNKNOWN("Spec/v4l2.md:922", V4L2_EVENT_CTRL_CH_DIMENSIONS, 8u),
#endif
#ifdef V4L2_DEC_CMD_START
    NUMBER("Spec/v4l2.md:976", V4L2_DEC_CMD_START, 0u, V4L2_DEC_CMD_START),
#else
    UNKNOWN("Spec/v4l2.md:976", V4L2_DEC_CMD_START, 0u),
#endif
#ifdef V4L2_DEC_CMD_STOP
    NUMBER("Spec/v4l2.md:977", V4L2_DEC_CMD_STOP, 1u, V4L2_DEC_CMD_STOP),
#else
    UNKNOWN("Spec/v4l2.md:977", V4L2_DEC_CMD_STOP, 1u),
#endif
#ifdef V4L2_DEC_CMD_PAUSE
    NUMBER("Spec/v4l2.md:978", V4L2_DEC_CMD_PAUSE, 2u, V4L2_DEC_CMD_PAUSE),
#else
    UNKNOWN("Spec/v4l2.md:978", V4L2_DEC_CMD_PAUSE, 2u),
#endif
#ifdef V4L2_DEC_CMD_RESUME
    NUMBER("Spec/v4l2.md:979", V4L2_DEC_CMD_RESUME, 3u, V4L2_DEC_CMD_RESUME),
#else
    UNKNOWN("Spec/v4l2.md:979", V4L2_DEC_CMD_RESUME, 3u),
#endif
#ifdef V4L2_DEC_CMD_FLUSH
    NUMBER("Spec/v4l2.md:980", V4L2_DEC_CMD_FLUSH, 4u, V4L2_DEC_CMD_FLUSH),
#else
    UNKNOWN("Spec/v4l2.md:980", V4L2_DEC_CMD_FLUSH, 4u),
#endif
#ifdef VIDEO_MAX_PLANES
    NUMBER("Spec/v4l2.md:137", VIDEO_MAX_PLANES, 8u, VIDEO_MAX_PLANES),
#else
    UNKNOWN("Spec/v4l2.md:137", VIDEO_MAX_PLANES, 8u),
#endif
#ifdef VIDEO_MAX_FRAME
    NUMBER("Spec/v4l2.md:138", VIDEO_MAX_FRAME, 32u, VIDEO_MAX_FRAME),
#else
    UNKNOWN("Spec/v4l2.md:138", VIDEO_MAX_FRAME, 32u),
#endif
#ifdef V4L2_PIX_FMT_PRIV_MAGIC
    NUMBER("Spec/v4l2.md:144", V4L2_PIX_FMT_PRIV_MAGIC, 4276996862u, V4L2_PIX_FMT_PRIV_MAGIC),
#else
    UNKNOWN("Spec/v4l2.md:144", V4L2_PIX_FMT_PRIV_MAGIC, 4276996862u),
#endif
#ifdef V4L2_CTRL_FLAG_NEXT_CTRL
    NUMBER("Spec/v4l2.md:733", V4L2_CTRL_FLAG_NEXT_CTRL, 2147483648u, V4L2_CTRL_FLAG_NEXT_CTRL),
#else
    UNKNOWN("Spec/v4l2.md:733", V4L2_CTRL_FLAG_NEXT_CTRL, 2147483648u),
#endif
#ifdef V4L2_CTRL_FLAG_NEXT_COMPOUND
    NUMBER("Spec/v4l2.md:734", V4L2_CTRL_FLAG_NEXT_COMPOUND, 1073741824u, V4L2_CTRL_FLAG_NEXT_COMPOUND),
#else
    UNKNOWN("Spec/v4l2.md:734", V4L2_CTRL_FLAG_NEXT_COMPOUND, 1073741824u),
#endif
    SIZE("Spec/vhost-user.md:247", vhost_iotlb_msg, 32),
    FIELD("Spec/vhost-user.md:251", vhost_iotlb_msg, iova, 0, 8),
    FIELD("Spec/vhost-user.md:252", vhost_iotlb_msg, size, 8, 8),
    FIELD("Spec/vhost-user.md:253", vhost_iotlb_msg, uaddr, 16, 8),
    FIELD("Spec/vhost-user.md:254", vhost_iotlb_msg, perm, 24, 1),
    FIELD("Spec/vhost-user.md:255", vhost_iotlb_msg, type, 25, 1),
    SIZE("Spec/vhost-user.md:317", vhost_vring_state, 8),
    FIELD("Spec/vhost-user.md:321", vhost_vring_state, index, 0, 4),
    FIELD("Spec/vhost-user.md:322", vhost_vring_state, num, 4, 4),
#ifdef VHOST_ACCESS_RO
    NUMBER("Spec/vhost-user.md:264", VHOST_ACCESS_RO, 1u, VHOST_ACCESS_RO),
#else
    UNKNOWN("Spec/vhost-user.md:264", VHOST_ACCESS_RO, 1u),
#endif
#ifdef VHOST_ACCESS_WO
    NUMBER("Spec/vhost-user.md:265", VHOST_ACCESS_WO, 2u, VHOST_ACCESS_WO),
#else
    UNKNOWN("Spec/vhost-user.md:265", VHOST_ACCESS_WO, 2u),
#endif
#ifdef VHOST_IOTLB_MISS
    NUMBER("Spec/vhost-user.md:273", VHOST_IOTLB_MISS, 1u, VHOST_IOTLB_MISS),
#else
    UNKNOWN("Spec/vhost-user.md:273", VHOST_IOTLB_MISS, 1u),
#endif
#ifdef VHOST_IOTLB_UPDATE
    NUMBER("Spec/vhost-user.md:274", VHOST_IOTLB_UPDATE, 2u, VHOST_IOTLB_UPDATE),
#else
    UNKNOWN("Spec/vhost-user.md:274", VHOST_IOTLB_UPDATE, 2u),
#endif
#ifdef VHOST_IOTLB_INVALIDATE
    NUMBER("Spec/vhost-user.md:275", VHOST_IOTLB_INVALIDATE, 3u, VHOST_IOTLB_INVALIDATE),
#else
    UNKNOWN("Spec/vhost-user.md:275", VHOST_IOTLB_INVALIDATE, 3u),
#endif
#ifdef VHOST_IOTLB_ACCESS_FAIL
    NUMBER("Spec/vhost-user.md:276", VHOST_IOTLB_ACCESS_FAIL, 4u, VHOST_IOTLB_ACCESS_FAIL),
#else
    UNKNOWN("Spec/vhost-user.md:276", VHOST_IOTLB_ACCESS_FAIL, 4u),
#endif
#ifdef VHOST_VRING_F_LOG
    NUMBER("Spec/vhost-user.md:347", VHOST_VRING_F_LOG, 1u, 1ull << VHOST_VRING_F_LOG),
#else
    UNKNOWN("Spec/vhost-user.md:347", VHOST_VRING_F_LOG, 1u),
#endif
    SIZE("Spec/virtqueue.md:47", vring_desc, 16),
    FIELD("Spec/virtqueue.md:51", vring_desc, addr, 0, 8),
    FIELD("Spec/virtqueue.md:52", vring_desc, len, 8, 4),
    FIELD("Spec/virtqueue.md:53", vring_desc, flags, 12, 2),
    FIELD("Spec/virtqueue.md:54", vring_desc, next, 14, 2),
    SIZE("Spec/virtqueue.md:58", vring_avail, 4),
    FIELD("Spec/virtqueue.md:62", vring_avail, flags, 0, 2),
    FIELD("Spec/virtqueue.md:63", vring_avail, idx, 2, 2),
    SIZE("Spec/virtqueue.md:75", vring_used, 4),
    FIELD("Spec/virtqueue.md:79", vring_used, flags, 0, 2),
    FIELD("Spec/virtqueue.md:80", vring_used, idx, 2, 2),
    SIZE("Spec/virtqueue.md:92", vring_used_elem, 8),
    FIELD("Spec/virtqueue.md:96", vring_used_elem, id, 0, 4),
    FIELD("Spec/virtqueue.md:97", vring_used_elem, len, 4, 4),
    SIZE("Spec/virtqueue.md:154", vring_packed_desc, 16),
    FIELD("Spec/virtqueue.md:158", vring_packed_desc, addr, 0, 8),
    FIELD("Spec/virtqueue.md:159", vring_packed_desc, len, 8, 4),
    FIELD("Spec/virtqueue.md:160", vring_packed_desc, id, 12, 2),
    FIELD("Spec/virtqueue.md:161", vring_packed_desc, flags, 14, 2),
    SIZE("Spec/virtqueue.md:165", vring_packed_desc_event, 4),
    FIELD("Spec/virtqueue.md:169", vring_packed_desc_event, off_wrap, 0, 2),
    FIELD("Spec/virtqueue.md:170", vring_packed_desc_event, flags, 2, 2),
#ifdef VRING_DESC_F_NEXT
    NUMBER("Spec/virtqueue.md:41", VRING_DESC_F_NEXT, 1u, VRING_DESC_F_NEXT),
#else
    UNKNOWN("Spec/virtqueue.md:41", VRING_DESC_F_NEXT, 1u),
#endif
#ifdef VRING_DESC_F_WRITE
    NUMBER("Spec/virtqueue.md:42", VRING_DESC_F_WRITE, 2u, VRING_DESC_F_WRITE),
#else
    UNKNOWN("Spec/virtqueue.md:42", VRING_DESC_F_WRITE, 2u),
#endif
#ifdef VRING_DESC_F_INDIRECT
    NUMBER("Spec/virtqueue.md:43", VRING_DESC_F_INDIRECT, 4u, VRING_DESC_F_INDIRECT),
#else
    UNKNOWN("Spec/virtqueue.md:43", VRING_DESC_F_INDIRECT, 4u),
#endif
#ifdef VRING_AVAIL_F_NO_INTERRUPT
    NUMBER("Spec/virtqueue.md:71", VRING_AVAIL_F_NO_INTERRUPT, 1u, VRING_AVAIL_F_NO_INTERRUPT),
#else
    UNKNOWN("Spec/virtqueue.md:71", VRING_AVAIL_F_NO_INTERRUPT, 1u),
#endif
#ifdef VRING_USED_F_NO_NOTIFY
    NUMBER("Spec/virtqueue.md:88", VRING_USED_F_NO_NOTIFY, 1u, VRING_USED_F_NO_NOTIFY),
#else
    UNKNOWN("Spec/virtqueue.md:88", VRING_USED_F_NO_NOTIFY, 1u),
#endif
#ifdef VRING_PACKED_EVENT_FLAG_ENABLE
    NUMBER("Spec/virtqueue.md:178", VRING_PACKED_EVENT_FLAG_ENABLE, 0u, VRING_PACKED_EVENT_FLAG_ENABLE),
#else
    UNKNOWN("Spec/virtqueue.md:178", VRING_PACKED_EVENT_FLAG_ENABLE, 0u),
#endif
#ifdef VRING_PACKED_EVENT_FLAG_DISABLE
    NUMBER("Spec/virtqueue.md:179", VRING_PACKED_EVENT_FLAG_DISABLE, 1u, VRING_PACKED_EVENT_FLAG_DISABLE),
#else
    UNKNOWN("Spec/virtqueue.md:179", VRING_PACKED_EVENT_FLAG_DISABLE, 1u),
#endif
#ifdef VRING_PACKED_EVENT_FLAG_DESC
    NUMBER("Spec/virtqueue.md:180", VRING_PACKED_EVENT_FLAG_DESC, 2u, VRING_PACKED_EVENT_FLAG_DESC),
#else
    UNKNOWN("Spec/virtqueue.md:180", VRING_PACKED_EVENT_FLAG_DESC, 2u),
#endif
#ifdef VIRTIO_CONFIG_S_ACKNOWLEDGE
    NUMBER("Spec/virtqueue.md:201", VIRTIO_CONFIG_S_ACKNOWLEDGE, 1u, VIRTIO_CONFIG_S_ACKNOWLEDGE),
#else
    UNKNOWN("Spec/virtqueue.md:201", VIRTIO_CONFIG_S_ACKNOWLEDGE, 1u),
#endif
#ifdef VIRTIO_CONFIG_S_DRIVER
    NUMBER("Spec/virtqueue.md:202", VIRTIO_CONFIG_S_DRIVER, 2u, VIRTIO_CONFIG_S_DRIVER),
#else
    UNKNOWN("Spec/virtqueue.md:202", VIRTIO_CONFIG_S_DRIVER, 2u),
#endif
#ifdef VIRTIO_CONFIG_S_DRIVER_OK
    NUMBER("Spec/virtqueue.md:203", VIRTIO_CONFIG_S_DRIVER_OK, 4u, VIRTIO_CONFIG_S_DRIVER_OK),
#else
    UNKNOWN("Spec/virtqueue.md:203", VIRTIO_CONFIG_S_DRIVER_OK, 4u),
#endif
#ifdef VIRTIO_CONFIG_S_FEATURES_OK
    NUMBER("Spec/virtqueue.md:204", VIRTIO_CONFIG_S_FEATURES_OK, 8u, VIRTIO_CONFIG_S_FEATURES_OK),
#else
    UNKNOWN("Spec/virtqueue.md:204", VIRTIO_CONFIG_S_FEATURES_OK, 8u),
#endif
#ifdef VIRTIO_CONFIG_S_NEEDS_RESET
    NUMBER("Spec/virtqueue.md:205", VIRTIO_CONFIG_S_NEEDS_RESET, 64u, VIRTIO_CONFIG_S_NEEDS_RESET),
#else
    UNKNOWN("Spec/virtqueue.md:205", VIRTIO_CONFIG_S_NEEDS_RESET, 64u),
#endif
#ifdef VIRTIO_CONFIG_S_FAILED
    NUMBER("Spec/virtqueue.md:206", VIRTIO_CONFIG_S_FAILED, 128u, VIRTIO_CONFIG_S_FAILED),
#else
    UNKNOWN("Spec/virtqueue.md:206", VIRTIO_CONFIG_S_FAILED, 128u),
#endif
#ifdef VIRTIO_RING_F_INDIRECT_DESC
    NUMBER("Spec/virtqueue.md:215", VIRTIO_RING_F_INDIRECT_DESC, 268435456u, 1ull << VIRTIO_RING_F_INDIRECT_DESC),
#else
    UNKNOWN("Spec/virtqueue.md:215", VIRTIO_RING_F_INDIRECT_DESC, 268435456u),
#endif
#ifdef VIRTIO_RING_F_EVENT_IDX
    NUMBER("Spec/virtqueue.md:216", VIRTIO_RING_F_EVENT_IDX, 536870912u, 1ull << VIRTIO_RING_F_EVENT_IDX),
#else
    UNKNOWN("Spec/virtqueue.md:216", VIRTIO_RING_F_EVENT_IDX, 536870912u),
#endif
#ifdef VIRTIO_F_VERSION_1
    NUMBER("Spec/virtqueue.md:217", VIRTIO_F_VERSION_1, 4294967296u, 1ull << VIRTIO_F_VERSION_1),
#else
    UNKNOWN("Spec/virtqueue.md:217", VIRTIO_F_VERSION_1, 4294967296u),
#endif
#ifdef VIRTIO_F_ACCESS_PLATFORM
    NUMBER("Spec/virtqueue.md:218", VIRTIO_F_ACCESS_PLATFORM, 8589934592u, 1ull << VIRTIO_F_ACCESS_PLATFORM),
#else
    UNKNOWN("Spec/virtqueue.md:218", VIRTIO_F_ACCESS_PLATFORM, 8589934592u),
#endif
#ifdef VIRTIO_F_RING_PACKED
    NUMBER("Spec/virtqueue.md:219", VIRTIO_F_RING_PACKED, 17179869184u, 1ull << VIRTIO_F_RING_PACKED),
#else
    UNKNOWN("Spec/virtqueue.md:219", VIRTIO_F_RING_PACKED, 17179869184u),
#endif
#ifdef VIRTIO_F_IN_ORDER
    NUMBER("Spec/virtqueue.md:220", VIRTIO_F_IN_ORDER, 34359738368u, 1ull << VIRTIO_F_IN_ORDER),
#else
    UNKNOWN("Spec/virtqueue.md:220", VIRTIO_F_IN_ORDER, 34359738368u),
#endif
#ifdef VIRTIO_F_ORDER_PLATFORM
    NUMBER("Spec/virtqueue.md:221", VIRTIO_F_ORDER_PLATFORM, 68719476736u, 1ull << VIRTIO_F_ORDER_PLATFORM),
#else
    UNKNOWN("Spec/virtqueue.md:221", VIRTIO_F_ORDER_PLATFORM, 68719476736u),
#endif
#ifdef VIRTIO_F_SR_IOV
    NUMBER("Spec/virtqueue.md:222", VIRTIO_F_SR_IOV, 137438953472u, 1ull << VIRTIO_F_SR_IOV),
#else
    UNKNOWN("Spec/virtqueue.md:222", VIRTIO_F_SR_IOV, 137438953472u),
#endif
#ifdef VIRTIO_F_RING_RESET
    NUMBER("Spec/virtqueue.md:223", VIRTIO_F_RING_RESET, 1099511627776u, 1ull << VIRTIO_F_RING_RESET),
#else
    UNKNOWN("Spec/virtqueue.md:223", VIRTIO_F_RING_RESET, 1099511627776u),
#endif
#ifdef VRING_DESC_ALIGN_SIZE
    NUMBER("Spec/virtqueue.md:31", VRING_DESC_ALIGN_SIZE, 16u, VRING_DESC_ALIGN_SIZE),
#else
    UNKNOWN("Spec/virtqueue.md:31", VRING_DESC_ALIGN_SIZE, 16u),
#endif
#ifdef VRING_AVAIL_ALIGN_SIZE
    NUMBER("Spec/virtqueue.md:32", VRING_AVAIL_ALIGN_SIZE, 2u, VRING_AVAIL_ALIGN_SIZE),
#else
    UNKNOWN("Spec/virtqueue.md:32", VRING_AVAIL_ALIGN_SIZE, 2u),
#endif
#ifdef VRING_USED_ALIGN_SIZE
    NUMBER("Spec/virtqueue.md:33", VRING_USED_ALIGN_SIZE, 4u, VRING_USED_ALIGN_SIZE),
#else
    UNKNOWN("Spec/virtqueue.md:33", VRING_USED_ALIGN_SIZE, 4u),
#endif
#ifdef VRING_PACKED_DESC_F_AVAIL
    NUMBER("Spec/virtqueue.md:148", VRING_PACKED_DESC_F_AVAIL, 7u, VRING_PACKED_DESC_F_AVAIL),
#else
    UNKNOWN("Spec/virtqueue.md:148", VRING_PACKED_DESC_F_AVAIL, 7u),
#endif
#ifdef VRING_PACKED_DESC_F_USED
    NUMBER("Spec/virtqueue.md:149", VRING_PACKED_DESC_F_USED, 15u, VRING_PACKED_DESC_F_USED),
#else
    UNKNOWN("Spec/virtqueue.md:149", VRING_PACKED_DESC_F_USED, 15u),
#endif
#ifdef VRING_PACKED_EVENT_F_WRAP_CTR
    NUMBER("Spec/virtqueue.md:150", VRING_PACKED_EVENT_F_WRAP_CTR, 15u, VRING_PACKED_EVENT_F_WRAP_CTR),
#else
    UNKNOWN("Spec/virtqueue.md:150", VRING_PACKED_EVENT_F_WRAP_CTR, 15u),
#endif
#ifdef VIRTIO_F_NOTIFY_ON_EMPTY
    NUMBER("Spec/virtqueue.md:231", VIRTIO_F_NOTIFY_ON_EMPTY, 24u, VIRTIO_F_NOTIFY_ON_EMPTY),
#else
    UNKNOWN("Spec/virtqueue.md:231", VIRTIO_F_NOTIFY_ON_EMPTY, 24u),
#endif
#ifdef VIRTIO_F_ANY_LAYOUT
    NUMBER("Spec/virtqueue.md:232", VIRTIO_F_ANY_LAYOUT, 27u, VIRTIO_F_ANY_LAYOUT),
#else
    UNKNOWN("Spec/virtqueue.md:232", VIRTIO_F_ANY_LAYOUT, 27u),
#endif
#ifdef VIRTIO_TRANSPORT_F_START
    NUMBER("Spec/virtqueue.md:233", VIRTIO_TRANSPORT_F_START, 28u, VIRTIO_TRANSPORT_F_START),
#else
    UNKNOWN("Spec/virtqueue.md:233", VIRTIO_TRANSPORT_F_START, 28u),
#endif
#ifdef VIRTIO_F_IOMMU_PLATFORM
    NUMBER("Spec/virtqueue.md:234", VIRTIO_F_IOMMU_PLATFORM, 33u, VIRTIO_F_IOMMU_PLATFORM),
#else
    UNKNOWN("Spec/virtqueue.md:234", VIRTIO_F_IOMMU_PLATFORM, 33u),
#endif
};

const struct spec_row *spec_row_at(size_t index) {
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}
