// V4L2's structures and the split ring's; the oracle is <linux/videodev2.h>, <linux/virtio_ring.h>.

import VirtioWire

extension Golden {
    static let pixFormat = V4L2.PixFormat(
        width: 0x1011_1213, height: 0x1111_1213, pixelformat: V4L2.FourCC(0x1211_1213),
        field: .init(0x1311_1213), bytesperline: 0x1411_1213, sizeimage: 0x1511_1213,
        colorspace: .init(0x1611_1213), priv: 0x1711_1213, flags: 0x1811_1213,
        ycbcrEnc: .init(0x1911_1213), quantization: .init(0x1a11_1213), xferFunc: 0x1b11_1213)

    static let v4l2Buffer = V4L2.Buffer(
        index: 0x2011_1213, type: .init(0x2111_1213), bytesused: 0x2211_1213,
        flags: .init(rawValue: 0x2311_1213), field: .init(0x2411_1213),
        timestamp: V4L2.Timeval(sec: 0x2511_1213_1415_1617, usec: 0x2611_1213_1415_1617),
        sequence: 0x2711_1213, memory: .init(0x2811_1213), m: 0x2911_1213_1415_1617,
        length: 0x2a11_1213)

    static let v4l2Event = V4L2.Event(
        type: .init(0x3011_1213), changes: 0x3111_1213, pending: 0x3211_1213,
        sequence: 0x3311_1213, timestampNanos: 0x0155_6677 * 1_000_000_000 + 0x0111_2233,
        id: 0x3411_1213)

    static func plane(_ first: UInt32) -> V4L2.Plane {
        let bytesused = first << 24 | 0x11_1213
        return V4L2.Plane(
            bytesused: bytesused, length: bytesused + 1 << 24,
            m: UInt64(bytesused + 2 << 24) << 32 | 0x1415_1617, dataOffset: bytesused + 3 << 24)
    }

    static func v4l2() throws -> [Golden] {
        try queues() + controls() + [
            .kernel(
                "v4l2_pix_format", pixFormat,
                [
                    "width": 0x1011_1213, "height": 0x1111_1213, "pixelformat": 0x1211_1213,
                    "field": 0x1311_1213, "bytesperline": 0x1411_1213, "sizeimage": 0x1511_1213,
                    "colorspace": 0x1611_1213, "priv": 0x1711_1213, "flags": 0x1811_1213,
                    "ycbcr_enc": 0x1911_1213, "quantization": 0x1a11_1213,
                    "xfer_func": 0x1b11_1213,
                ]),
            .kernel(
                "v4l2_format", V4L2.Format(type: .init(0x0102_0304), pix: pixFormat),
                [
                    "type": 0x0102_0304,
                    "fmt.pix.width": 0x1011_1213, "fmt.pix.height": 0x1111_1213,
                    "fmt.pix.pixelformat": 0x1211_1213, "fmt.pix.field": 0x1311_1213,
                    "fmt.pix.bytesperline": 0x1411_1213, "fmt.pix.sizeimage": 0x1511_1213,
                    "fmt.pix.colorspace": 0x1611_1213, "fmt.pix.priv": 0x1711_1213,
                    "fmt.pix.flags": 0x1811_1213, "fmt.pix.ycbcr_enc": 0x1911_1213,
                    "fmt.pix.quantization": 0x1a11_1213, "fmt.pix.xfer_func": 0x1b11_1213,
                ]),
            .kernel(
                "v4l2_fmtdesc",
                V4L2.FmtDesc(
                    index: 0x1011_1213, type: .init(0x2021_2223),
                    flags: .init(rawValue: 0x3031_3233), description: "H.264",
                    pixelformat: .h264),
                [
                    "index": 0x1011_1213, "type": 0x2021_2223, "flags": 0x3031_3233,
                    "description": "H.264", "pixelformat": "H264",
                ]),
            .kernel(
                "v4l2_requestbuffers",
                V4L2.RequestBuffers(
                    count: 0x1011_1213, type: .init(0x2021_2223), memory: .init(0x3031_3233),
                    capabilities: .init(rawValue: 0x4041_4243)),
                [
                    "count": 0x1011_1213, "type": 0x2021_2223, "memory": 0x3031_3233,
                    "capabilities": 0x4041_4243,
                ]),
            .kernel(
                "timeval", V4L2.Timeval(sec: 0x1011_1213_1415_1617, usec: 0x2021_2223_2425_2627),
                ["tv_sec": 0x1011_1213_1415_1617, "tv_usec": 0x2021_2223_2425_2627]),
            .kernel(
                "v4l2_buffer", v4l2Buffer,
                [
                    "index": 0x2011_1213, "type": 0x2111_1213, "bytesused": 0x2211_1213,
                    "flags": 0x2311_1213, "field": 0x2411_1213,
                    "timestamp.tv_sec": 0x2511_1213_1415_1617,
                    "timestamp.tv_usec": 0x2611_1213_1415_1617,
                    "sequence": 0x2711_1213, "memory": 0x2811_1213, "m": 0x2911_1213_1415_1617,
                    "length": 0x2a11_1213,
                ]),
            .kernel(
                "v4l2_plane", plane(0x40),
                [
                    "bytesused": 0x4011_1213, "length": 0x4111_1213, "m": 0x4211_1213_1415_1617,
                    "data_offset": 0x4311_1213,
                ]),
            .kernel(
                "v4l2_event_subscription",
                V4L2.EventSubscription(
                    type: .init(0x1011_1213), id: 0x2021_2223,
                    flags: .init(rawValue: 0x3031_3233)),
                ["type": 0x1011_1213, "id": 0x2021_2223, "flags": 0x3031_3233]),
            .kernel(
                "v4l2_event", v4l2Event,
                [
                    "type": 0x3011_1213, "u.src_change.changes": 0x3111_1213,
                    "pending": 0x3211_1213, "sequence": 0x3311_1213,
                    "timestamp.tv_sec": 0x0155_6677, "timestamp.tv_nsec": 0x0111_2233,
                    "id": 0x3411_1213,
                ]),
            .kernel(
                "v4l2_control",
                V4L2.Control(id: .init(0x1011_1213), value: Int32(bitPattern: 0xf0f1_f2f3)),
                ["id": 0x1011_1213, "value": 0xf0f1_f2f3]),
            .kernel(
                "v4l2_decoder_cmd",
                V4L2.DecoderCmd(
                    cmd: .init(0x1011_1213), flags: 0x2021_2223, stopPTS: 0x3031_3233_3435_3637),
                ["cmd": 0x1011_1213, "flags": 0x2021_2223, "stop.pts": 0x3031_3233_3435_3637]),
            .kernel(
                "v4l2_rect", v4l2Rect,
                [
                    "left": 0xf0f1_f2f3, "top": 0xe0e1_e2e3, "width": 0x5051_5253,
                    "height": 0x6061_6263,
                ]),
            .kernel(
                "v4l2_selection",
                V4L2.Selection(
                    type: .init(0x1011_1213), target: .init(0x2021_2223), flags: 0x3031_3233,
                    r: v4l2Rect),
                [
                    "type": 0x1011_1213, "target": 0x2021_2223, "flags": 0x3031_3233,
                    "r.left": 0xf0f1_f2f3, "r.top": 0xe0e1_e2e3, "r.width": 0x5051_5253,
                    "r.height": 0x6061_6263,
                ]),
        ]
    }

    static func ring() throws -> [Golden] {
        try [
            .kernel(
                "vring_desc",
                SplitRing.Descriptor(
                    addr: GuestAddress(0x1011_1213_1415_1617), len: 0x2021_2223,
                    flags: .init(rawValue: 0x3031), next: 0x4041),
                [
                    "addr": 0x1011_1213_1415_1617, "len": 0x2021_2223, "flags": 0x3031,
                    "next": 0x4041,
                ]),
            .kernel(
                "vring_used_elem", SplitRing.UsedElement(id: 0x1011_1213, len: 0x2021_2223),
                ["id": 0x1011_1213, "len": 0x2021_2223]),
        ]
    }

    private static let v4l2Rect = V4L2.Rect(
        left: Int32(bitPattern: 0xf0f1_f2f3), top: Int32(bitPattern: 0xe0e1_e2e3),
        width: 0x5051_5253, height: 0x6061_6263)
}
