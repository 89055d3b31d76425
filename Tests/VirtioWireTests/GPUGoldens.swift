// The GPU's structures; the oracle is <linux/virtio_gpu.h>.

import VirtioWire

extension Golden {
    static func gpu() throws -> [Golden] {
        try [
            .kernel(
                "virtio_gpu_config",
                VirtioGPU.Config(
                    eventsRead: 0x0102_0304, eventsClear: 0x1112_1314, numScanouts: 0x2122_2324,
                    numCapsets: 0x3132_3334),
                [
                    "events_read": 0x0102_0304, "events_clear": 0x1112_1314,
                    "num_scanouts": 0x2122_2324, "num_capsets": 0x3132_3334,
                ]),
            .kernel(
                "virtio_gpu_ctrl_hdr", header,
                [
                    "type": 0xa1a2_a3a4, "flags": 0xb1b2_b3b4, "fence_id": 0xc1c2_c3c4_c5c6_c7c8,
                    "ctx_id": 0xd1d2_d3d4, "ring_idx": 0xe1,
                ]),
            .kernel(
                "virtio_gpu_rect", rect(0x10),
                [
                    "x": 0x1011_1213, "y": 0x1111_1213, "width": 0x1211_1213,
                    "height": 0x1311_1213,
                ]),
            .kernel(
                "virtio_gpu_display_one", displayOne(0x20),
                [
                    "r.x": 0x2011_1213, "r.y": 0x2111_1213, "r.width": 0x2211_1213,
                    "r.height": 0x2311_1213, "enabled": 0x2411_1213, "flags": 0x2511_1213,
                ]),
            .gpu(
                "virtio_gpu_resp_display_info",
                VirtioGPU.RespDisplayInfo(header: header, pmodes: pmodes),
                ["pmodes": Bytes(pmodes)]),
            .gpu(
                "virtio_gpu_cmd_get_edid",
                VirtioGPU.GetEDID(header: header, scanout: 0x1011_1213),
                ["scanout": 0x1011_1213]),
            .gpu(
                "virtio_gpu_resp_edid",
                VirtioGPU.RespEDID(header: header, size: 0x1011_1213, edid: Array("EDID".utf8)),
                ["size": 0x1011_1213, "edid": "EDID"]),
            .gpu(
                "virtio_gpu_get_capset_info",
                VirtioGPU.GetCapsetInfo(header: header, capsetIndex: 0x1011_1213),
                ["capset_index": 0x1011_1213]),
            .gpu(
                "virtio_gpu_resp_capset_info",
                VirtioGPU.RespCapsetInfo(
                    header: header, capsetID: .init(0x1011_1213), capsetMaxVersion: 0x2021_2223,
                    capsetMaxSize: 0x3031_3233),
                [
                    "capset_id": 0x1011_1213, "capset_max_version": 0x2021_2223,
                    "capset_max_size": 0x3031_3233,
                ]),
            .gpu(
                "virtio_gpu_get_capset",
                VirtioGPU.GetCapset(
                    header: header, capsetID: .init(0x1011_1213), capsetVersion: 0x2021_2223),
                ["capset_id": 0x1011_1213, "capset_version": 0x2021_2223]),
            .gpu(
                "virtio_gpu_resource_unref",
                VirtioGPU.ResourceUnref(header: header, resourceID: ResourceID(0x1011_1213)),
                ["resource_id": 0x1011_1213]),
            .gpu(
                "virtio_gpu_resource_attach_backing",
                VirtioGPU.ResourceAttachBacking(
                    header: header, resourceID: ResourceID(0x1011_1213), nrEntries: 0x2021_2223),
                ["resource_id": 0x1011_1213, "nr_entries": 0x2021_2223]),
            .gpu(
                "virtio_gpu_resource_detach_backing",
                VirtioGPU.ResourceDetachBacking(
                    header: header, resourceID: ResourceID(0x1011_1213)),
                ["resource_id": 0x1011_1213]),
            .kernel(
                "virtio_gpu_mem_entry",
                VirtioGPU.MemEntry(addr: GuestAddress(0x1011_1213_1415_1617), length: 0x2021_2223),
                ["addr": 0x1011_1213_1415_1617, "length": 0x2021_2223]),
            .gpu(
                "virtio_gpu_resource_assign_uuid",
                VirtioGPU.ResourceAssignUUID(header: header, resourceID: ResourceID(0x1011_1213)),
                ["resource_id": 0x1011_1213]),
            .gpu(
                "virtio_gpu_resp_resource_uuid",
                VirtioGPU.RespResourceUUID(
                    header: header,
                    uuid: ResourceUUID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)),
                ["uuid": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]]),
            .gpu(
                "virtio_gpu_resource_create_blob",
                VirtioGPU.ResourceCreateBlob(
                    header: header, resourceID: ResourceID(0x1011_1213),
                    blobMem: .init(0x2021_2223), blobFlags: .init(rawValue: 0x3031_3233),
                    nrEntries: 0x4041_4243, blobID: 0x5051_5253_5455_5657,
                    size: 0x6061_6263_6465_6667),
                [
                    "resource_id": 0x1011_1213, "blob_mem": 0x2021_2223,
                    "blob_flags": 0x3031_3233, "nr_entries": 0x4041_4243,
                    "blob_id": 0x5051_5253_5455_5657, "size": 0x6061_6263_6465_6667,
                ]),
            .gpu(
                "virtio_gpu_ctx_create",
                VirtioGPU.CtxCreate(
                    header: header, contextInit: 0x1011_1213, debugName: "glxgears"),
                ["nlen": 8, "context_init": 0x1011_1213, "debug_name": "glxgears"]),
            .gpu(
                "virtio_gpu_ctx_resource",
                VirtioGPU.CtxResource(header: header, resourceID: ResourceID(0x1011_1213)),
                ["resource_id": 0x1011_1213]),
            .gpu(
                "virtio_gpu_resource_create_3d",
                VirtioGPU.ResourceCreate3D(
                    header: header, resourceID: ResourceID(0x1011_1213), target: 0x1111_1213,
                    format: 0x1211_1213, bind: 0x1311_1213, width: 0x1411_1213,
                    height: 0x1511_1213, depth: 0x1611_1213, arraySize: 0x1711_1213,
                    lastLevel: 0x1811_1213, nrSamples: 0x1911_1213, flags: 0x1a11_1213),
                [
                    "resource_id": 0x1011_1213, "target": 0x1111_1213, "format": 0x1211_1213,
                    "bind": 0x1311_1213, "width": 0x1411_1213, "height": 0x1511_1213,
                    "depth": 0x1611_1213, "array_size": 0x1711_1213, "last_level": 0x1811_1213,
                    "nr_samples": 0x1911_1213, "flags": 0x1a11_1213,
                ]),
            .kernel(
                "virtio_gpu_box", box,
                [
                    "x": 0x8011_1213, "y": 0x8111_1213, "z": 0x8211_1213, "w": 0x8311_1213,
                    "h": 0x8411_1213, "d": 0x8511_1213,
                ]),
            .gpu(
                "virtio_gpu_transfer_host_3d",
                VirtioGPU.TransferHost3D(
                    header: header, box: box, offset: 0x1011_1213_1415_1617,
                    resourceID: ResourceID(0x2021_2223), level: 0x3031_3233, stride: 0x4041_4243,
                    layerStride: 0x5051_5253),
                [
                    "box.x": 0x8011_1213, "box.y": 0x8111_1213, "box.z": 0x8211_1213,
                    "box.w": 0x8311_1213, "box.h": 0x8411_1213, "box.d": 0x8511_1213,
                    "offset": 0x1011_1213_1415_1617, "resource_id": 0x2021_2223,
                    "level": 0x3031_3233, "stride": 0x4041_4243, "layer_stride": 0x5051_5253,
                ]),
            .gpu(
                "virtio_gpu_cmd_submit", VirtioGPU.CmdSubmit(header: header, size: 0x1011_1213),
                ["size": 0x1011_1213]),
        ] + displays() + mappings()
    }

    private static let rectFields: [String: Bytes] = [
        "r.x": 0x7011_1213, "r.y": 0x7111_1213, "r.width": 0x7211_1213, "r.height": 0x7311_1213,
    ]

    private static func displays() throws -> [Golden] {
        let id = ResourceID(0x1011_1213)
        let r = rect(0x70)
        return try [
            .gpu(
                "virtio_gpu_resource_create_2d",
                VirtioGPU.ResourceCreate2D(
                    header: header, resourceID: id, format: .init(0x2021_2223),
                    width: 0x3031_3233, height: 0x4041_4243),
                [
                    "resource_id": 0x1011_1213, "format": 0x2021_2223, "width": 0x3031_3233,
                    "height": 0x4041_4243,
                ]),
            .gpu(
                "virtio_gpu_set_scanout",
                VirtioGPU.SetScanout(
                    header: header, r: r, scanoutID: 0x2021_2223, resourceID: id),
                rectFields.merging(["scanout_id": 0x2021_2223, "resource_id": 0x1011_1213]) { $1 }),
            .gpu(
                "virtio_gpu_resource_flush",
                VirtioGPU.ResourceFlush(header: header, r: r, resourceID: id),
                rectFields.merging(["resource_id": 0x1011_1213]) { $1 }),
            .gpu(
                "virtio_gpu_transfer_to_host_2d",
                VirtioGPU.TransferToHost2D(
                    header: header, r: r, offset: 0x2021_2223_2425_2627, resourceID: id),
                rectFields.merging([
                    "offset": 0x2021_2223_2425_2627, "resource_id": 0x1011_1213,
                ]) { $1 }),
            .gpu(
                "virtio_gpu_set_scanout_blob",
                VirtioGPU.SetScanoutBlob(
                    header: header, r: r, scanoutID: 0x2021_2223, resourceID: id,
                    width: 0x3031_3233, height: 0x4041_4243, format: .init(0x5051_5253),
                    strides: [0x0403_0201, 0x0807_0605, 0x0c0b_0a09, 0x100f_0e0d],
                    offsets: [0x1413_1211, 0x1817_1615, 0x1c1b_1a19, 0x201f_1e1d]),
                rectFields.merging([
                    "scanout_id": 0x2021_2223, "resource_id": 0x1011_1213, "width": 0x3031_3233,
                    "height": 0x4041_4243, "format": 0x5051_5253,
                    "strides": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
                    "offsets": [
                        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
                    ],
                ]) { $1 }),
            .kernel(
                "virtio_gpu_cursor_pos", cursorPos,
                ["scanout_id": 0x7011_1213, "x": 0x7111_1213, "y": 0x7211_1213]),
            .gpu(
                "virtio_gpu_update_cursor",
                VirtioGPU.UpdateCursor(
                    header: header, pos: cursorPos, resourceID: id, hotX: 0x2021_2223,
                    hotY: 0x3031_3233),
                [
                    "pos.scanout_id": 0x7011_1213, "pos.x": 0x7111_1213, "pos.y": 0x7211_1213,
                    "resource_id": 0x1011_1213, "hot_x": 0x2021_2223, "hot_y": 0x3031_3233,
                ]),
        ]
    }

    private static func mappings() throws -> [Golden] {
        let id = ResourceID(0x1011_1213)
        return try [
            .gpu(
                "virtio_gpu_resource_map_blob",
                VirtioGPU.ResourceMapBlob(
                    header: header, resourceID: id, offset: 0x2021_2223_2425_2627),
                ["resource_id": 0x1011_1213, "offset": 0x2021_2223_2425_2627]),
            .gpu(
                "virtio_gpu_resp_map_info",
                VirtioGPU.RespMapInfo(header: header, mapInfo: .init(0x1011_1213)),
                ["map_info": 0x1011_1213]),
            .gpu(
                "virtio_gpu_resource_unmap_blob",
                VirtioGPU.ResourceUnmapBlob(header: header, resourceID: id),
                ["resource_id": 0x1011_1213]),
        ]
    }

    private static let cursorPos = VirtioGPU.CursorPos(
        scanoutID: 0x7011_1213, x: 0x7111_1213, y: 0x7211_1213)

    private static let pmodes = (0..<16).map { displayOne($0 << 4) }

    private static let box = VirtioGPU.Box(
        x: 0x8011_1213, y: 0x8111_1213, z: 0x8211_1213, w: 0x8311_1213, h: 0x8411_1213,
        d: 0x8511_1213)

    /// Members whose highest bytes count up from `first`.
    private static func rect(_ first: UInt32) -> VirtioGPU.Rect {
        let x = first << 24 | 0x11_1213
        return VirtioGPU.Rect(x: x, y: x + 1 << 24, width: x + 2 << 24, height: x + 3 << 24)
    }

    private static func displayOne(_ first: UInt32) -> VirtioGPU.DisplayOne {
        let x = first << 24 | 0x11_1213
        return VirtioGPU.DisplayOne(r: rect(first), enabled: x + 4 << 24, flags: x + 5 << 24)
    }
}
