// The media device's own structures, which no kernel header has; offsets from virtio 1.4, 5.22.

import VirtioWire

extension Golden {
    private typealias Member = (offset: Int, sizeBytes: Int, value: Bytes)

    private static func standard(
        _ type: String, _ message: any WireMessage, sizeBytes: Int, _ members: [Member]
    ) throws -> Golden {
        let named = members.map { ("offset \($0.offset)", $0) }
        let fields = named.map { ($0, Place(offset: $1.offset, sizeBytes: $1.sizeBytes)) }
        return try Golden(
            type, message,
            layout: Layout(
                sizeBytes: sizeBytes, fields: Dictionary(uniqueKeysWithValues: fields)),
            fields: Dictionary(uniqueKeysWithValues: named.map { ($0, $1.value) }))
    }

    static func media() throws -> [Golden] {
        try [
            standard(
                "virtio_media_config",
                VirtioMedia.Config(
                    deviceCaps: 0x1011_1213, deviceType: 0x2021_2223, card: "decoder"),
                sizeBytes: 40, [(0, 4, 0x1011_1213), (4, 4, 0x2021_2223), (8, 32, "decoder")]),
            standard(
                "virtio_media_cmd_header", VirtioMedia.CmdHeader(cmd: .init(0x1011_1213)),
                sizeBytes: 8, [(0, 4, 0x1011_1213)]),
            standard(
                "virtio_media_resp_header", VirtioMedia.RespHeader(status: .init(0x1011_1213)),
                sizeBytes: 8, [(0, 4, 0x1011_1213)]),
            standard(
                "virtio_media_cmd_open", VirtioMedia.CmdOpen(),
                sizeBytes: 8, [(0, 4, 1)]),
            standard(
                "virtio_media_resp_open",
                VirtioMedia.RespOpen(
                    header: .init(status: .init(0x1011_1213)), sessionID: SessionID(0x2021_2223)),
                sizeBytes: 16, [(0, 4, 0x1011_1213), (8, 4, 0x2021_2223)]),
            standard(
                "virtio_media_cmd_close", VirtioMedia.CmdClose(sessionID: SessionID(0x2021_2223)),
                sizeBytes: 16, [(0, 4, 2), (8, 4, 0x2021_2223)]),
            standard(
                "virtio_media_cmd_ioctl",
                VirtioMedia.CmdIoctl(sessionID: SessionID(0x2021_2223), code: .init(0x3031_3233)),
                sizeBytes: 16, [(0, 4, 3), (8, 4, 0x2021_2223), (12, 4, 0x3031_3233)]),
            standard(
                "virtio_media_cmd_mmap",
                VirtioMedia.CmdMMap(
                    sessionID: SessionID(0x2021_2223), flags: .init(rawValue: 0x3031_3233),
                    offset: 0x4041_4243),
                sizeBytes: 20,
                [(0, 4, 4), (8, 4, 0x2021_2223), (12, 4, 0x3031_3233), (16, 4, 0x4041_4243)]),
            standard(
                "virtio_media_resp_mmap",
                VirtioMedia.RespMMap(
                    header: .init(status: .init(0x1011_1213)), driverAddr: 0x2021_2223_2425_2627,
                    len: 0x3031_3233_3435_3637),
                sizeBytes: 24,
                [
                    (0, 4, 0x1011_1213), (8, 8, 0x2021_2223_2425_2627),
                    (16, 8, 0x3031_3233_3435_3637),
                ]),
            standard(
                "virtio_media_cmd_munmap",
                VirtioMedia.CmdMUnmap(driverAddr: 0x2021_2223_2425_2627),
                sizeBytes: 16, [(0, 4, 5), (8, 8, 0x2021_2223_2425_2627)]),
            standard(
                "virtio_media_sg_entry",
                VirtioMedia.SGEntry(start: GuestAddress(0x1011_1213_1415_1617), len: 0x2021_2223),
                sizeBytes: 16, [(0, 8, 0x1011_1213_1415_1617), (8, 4, 0x2021_2223)]),
            standard(
                "virtio_media_event_header",
                VirtioMedia.EventHeader(
                    event: .init(0x1011_1213), sessionID: SessionID(0x2021_2223)),
                sizeBytes: 8, [(0, 4, 0x1011_1213), (4, 4, 0x2021_2223)]),
            standard(
                "virtio_media_event_error",
                VirtioMedia.EventError(
                    sessionID: SessionID(0x2021_2223), errno: .init(0x3031_3233)),
                sizeBytes: 16, [(0, 4, 0), (4, 4, 0x2021_2223), (8, 4, 0x3031_3233)]),
            standard(
                "virtio_media_event_dqbuf",
                VirtioMedia.EventDQBuf(
                    sessionID: SessionID(0x0102_0304), buffer: v4l2Buffer,
                    planes: planes),
                sizeBytes: 608,
                [
                    (0, 4, 1), (4, 4, 0x0102_0304), (8, 88, Bytes([v4l2Buffer])),
                    (96, 512, Bytes(planes)),
                ]),
            standard(
                "virtio_media_event_event",
                VirtioMedia.EventEvent(sessionID: SessionID(0x0102_0304), event: v4l2Event),
                sizeBytes: 144,
                [(0, 4, 2), (4, 4, 0x0102_0304), (8, 136, Bytes([v4l2Event]))]),
        ]
    }

    private static let planes = (0..<8).map { plane(0x10 + $0 << 4) }
}
