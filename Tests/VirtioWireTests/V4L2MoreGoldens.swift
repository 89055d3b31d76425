// Multi-planar formats, allocation and controls; the oracle is <linux/videodev2.h>.

import VirtioWire

extension Golden {
    private static func planeFormat(_ first: UInt32) -> V4L2.PlanePixFormat {
        V4L2.PlanePixFormat(sizeimage: first << 24 | 0x11_1213, bytesperline: first << 24 | 0x2122)
    }

    private static let pixMP = V4L2.PixFormatMPlane(
        width: 0x1011_1213, height: 0x1111_1213, pixelformat: V4L2.FourCC(0x1211_1213),
        field: .init(0x1311_1213), colorspace: .init(0x1411_1213),
        planeFmt: (0..<8).map { planeFormat(0x50 + $0) }, numPlanes: 0x15, flags: 0x16,
        ycbcrEnc: 0x17, quantization: 0x18, xferFunc: 0x19)

    private static let sizes = V4L2.FrmSizeStepwise(
        minWidth: 0x1011_1213, maxWidth: 0x1111_1213, stepWidth: 0x1211_1213,
        minHeight: 0x1311_1213, maxHeight: 0x1411_1213, stepHeight: 0x1511_1213)

    static func queues() throws -> [Golden] {
        try [
            .kernel(
                "v4l2_plane_pix_format", planeFormat(0x50),
                ["sizeimage": 0x5011_1213, "bytesperline": 0x5000_2122]),
            .kernel(
                "v4l2_pix_format_mplane", pixMP,
                [
                    "width": 0x1011_1213, "height": 0x1111_1213, "pixelformat": 0x1211_1213,
                    "field": 0x1311_1213, "colorspace": 0x1411_1213,
                    "plane_fmt": Bytes((0..<8).map { planeFormat(0x50 + $0) }),
                    "num_planes": 0x15, "flags": 0x16, "ycbcr_enc": 0x17, "quantization": 0x18,
                    "xfer_func": 0x19,
                ]),
            Golden(
                "v4l2_format, multi-planar",
                V4L2.FormatMPlane(type: .init(0x0102_0304), pixMP: pixMP),
                layout: Layout(
                    sizeBytes: 208,
                    fields: [
                        "type": Place(offset: 0, sizeBytes: 4),
                        "fmt.pix_mp": Place(offset: 8, sizeBytes: 192),
                    ]), fields: ["type": 0x0102_0304, "fmt.pix_mp": Bytes([pixMP])]),
            .kernel(
                "v4l2_frmsize_stepwise", sizes,
                [
                    "min_width": 0x1011_1213, "max_width": 0x1111_1213, "step_width": 0x1211_1213,
                    "min_height": 0x1311_1213, "max_height": 0x1411_1213,
                    "step_height": 0x1511_1213,
                ]),
            .kernel(
                "v4l2_frmsizeenum",
                V4L2.FrmSizeEnum(
                    index: 0x2011_1213, pixelFormat: V4L2.FourCC(0x2111_1213),
                    type: .init(0x2211_1213), stepwise: sizes),
                [
                    "index": 0x2011_1213, "pixel_format": 0x2111_1213, "type": 0x2211_1213,
                    "stepwise.min_width": 0x1011_1213, "stepwise.max_width": 0x1111_1213,
                    "stepwise.step_width": 0x1211_1213, "stepwise.min_height": 0x1311_1213,
                    "stepwise.max_height": 0x1411_1213, "stepwise.step_height": 0x1511_1213,
                ]),
            .kernel(
                "v4l2_create_buffers",
                V4L2.CreateBuffers(
                    index: 0x1011_1213, count: 0x2021_2223, memory: .init(0x3031_3233),
                    format: V4L2.Format(type: .init(0x0102_0304), pix: pixFormat),
                    capabilities: .init(rawValue: 0x4041_4243), flags: 0x5051_5253,
                    maxNumBuffers: 0x6061_6263),
                [
                    "index": 0x1011_1213, "count": 0x2021_2223, "memory": 0x3031_3233,
                    "format": Bytes([V4L2.Format(type: .init(0x0102_0304), pix: pixFormat)]),
                    "capabilities": 0x4041_4243, "flags": 0x5051_5253, "reserved": 0x6061_6263,
                ]),
            .kernel(
                "v4l2_create_buffers",
                V4L2.CreateBuffersMPlane(
                    index: 0x1011_1213, count: 0x2021_2223, memory: .init(0x3031_3233),
                    format: V4L2.FormatMPlane(type: .init(0x0102_0304), pixMP: pixMP),
                    capabilities: .init(rawValue: 0x4041_4243), flags: 0x5051_5253,
                    maxNumBuffers: 0x6061_6263),
                [
                    "index": 0x1011_1213, "count": 0x2021_2223, "memory": 0x3031_3233,
                    "format": Bytes([V4L2.FormatMPlane(type: .init(0x0102_0304), pixMP: pixMP)]),
                    "capabilities": 0x4041_4243, "flags": 0x5051_5253, "reserved": 0x6061_6263,
                ]),
            .kernel(
                "v4l2_exportbuffer",
                V4L2.ExportBuffer(
                    type: .init(0x1011_1213), index: 0x2021_2223, plane: 0x3031_3233,
                    flags: 0x4041_4243, fd: 0x5051_5253),
                [
                    "type": 0x1011_1213, "index": 0x2021_2223, "plane": 0x3031_3233,
                    "flags": 0x4041_4243, "fd": 0x5051_5253,
                ]),
        ]
    }

    static func controls() throws -> [Golden] {
        try [
            .kernel(
                "v4l2_ext_controls",
                V4L2.ExtControls(
                    which: .init(0x1011_1213), count: 0x2021_2223, errorIdx: 0x3031_3233,
                    requestFD: 0x4041_4243, controls: 0x5051_5253_5455_5657),
                [
                    "which": 0x1011_1213, "count": 0x2021_2223, "error_idx": 0x3031_3233,
                    "request_fd": 0x4041_4243, "controls": 0x5051_5253_5455_5657,
                ]),
            .kernel(
                "v4l2_ext_control",
                V4L2.ExtControl(
                    id: .init(0x1011_1213), size: 0x2021_2223, value64: 0x3031_3233_3435_3637),
                ["id": 0x1011_1213, "size": 0x2021_2223, "value64": 0x3031_3233_3435_3637]),
            .kernel(
                "v4l2_queryctrl",
                V4L2.QueryCtrl(
                    id: .init(0x1011_1213), type: .init(0x2021_2223), name: "Profile",
                    minimum: 0x3031_3233, maximum: 0x4041_4243, step: 0x5051_5253,
                    defaultValue: 0x6061_6263, flags: .init(rawValue: 0x7071_7273)),
                [
                    "id": 0x1011_1213, "type": 0x2021_2223, "name": "Profile",
                    "minimum": 0x3031_3233, "maximum": 0x4041_4243, "step": 0x5051_5253,
                    "default_value": 0x6061_6263, "flags": 0x7071_7273,
                ]),
            .kernel(
                "v4l2_query_ext_ctrl",
                V4L2.QueryExtCtrl(
                    id: .init(0x1011_1213), type: .init(0x2021_2223), name: "Profile",
                    minimum: 0x3031_3233_3435_3637, maximum: 0x4041_4243_4445_4647,
                    step: 0x5051_5253_5455_5657, defaultValue: 0x6061_6263_6465_6667,
                    flags: .init(rawValue: 0x7071_7273), elemSize: 0x7172_7374,
                    elems: 0x7273_7475),
                [
                    "id": 0x1011_1213, "type": 0x2021_2223, "name": "Profile",
                    "minimum": 0x3031_3233_3435_3637, "maximum": 0x4041_4243_4445_4647,
                    "step": 0x5051_5253_5455_5657, "default_value": 0x6061_6263_6465_6667,
                    "flags": 0x7071_7273, "elem_size": 0x7172_7374, "elems": 0x7273_7475,
                ]),
            .kernel(
                "v4l2_querymenu",
                V4L2.QueryMenu(id: .init(0x1011_1213), index: 0x2021_2223, name: "High"),
                ["id": 0x1011_1213, "index": 0x2021_2223, "name": "High"]),
            .kernel(
                "v4l2_event_ctrl", eventCtrl,
                [
                    "changes": 0x1011_1213, "type": 0x2021_2223, "value64": 0x3031_3233_3435_3637,
                    "flags": 0x4041_4243, "minimum": 0x5051_5253, "maximum": 0x6061_6263,
                    "step": 0x7071_7273, "default_value": 0x7172_7374,
                ]),
        ]
    }

    static let eventCtrl = V4L2.EventCtrl(
        changes: .init(rawValue: 0x1011_1213), type: .init(0x2021_2223),
        value64: 0x3031_3233_3435_3637, flags: .init(rawValue: 0x4041_4243),
        minimum: 0x5051_5253, maximum: 0x6061_6263, step: 0x7071_7273, defaultValue: 0x7172_7374)
}
