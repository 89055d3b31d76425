// Payloads of ioctls: sizes, places, pointers, errors (virtio 1.4, 5.22.6.1, V4L2 ioctls).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum MediaPayloadCases {
    static let all = [
        configuration, statuses, samePart, written, onFailure, pointers, order, logStatus, invalid,
        numbers, sizes,
    ]

    static let configuration = ConformanceCase(
        id: "media/config/MED-I-015",
        clause: "The configuration space has device_caps, device_type and card, and is read-only.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        try context.start()
        let size = VirtioMedia.Config.sizeBytes
        let bytes = context.transport.readConfig(offset: 0, count: size)
        let config: VirtioMedia.Config = try context.decode(from: bytes)
        guard V4L2.DeviceCaps(rawValue: config.deviceCaps).contains(.streaming) else {
            throw context.finding("V4L2_CAP_STREAMING in device_caps", received: "\(config)")
        }
        guard config.deviceType <= 5 else {
            throw context.finding("a vfl_devnode_type, 0 to 5", received: "\(config.deviceType)")
        }
        context.transport.writeConfig(offset: 0, bytes: [UInt8](repeating: 0xff, count: size))
        guard context.transport.readConfig(offset: 0, count: size) == bytes else {
            throw context.finding("fields that a driver cannot change", received: "other bytes")
        }
        return .pass
    }

    static let statuses = ConformanceCase(
        id: "media/status/MED-I-012",
        clause: "A response's status is 0, or a positive errno of Linux.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        for code: UInt32 in [0, 1, 4, 5, 8, 9, 15, 16, 17, 18, 27, 37, 71, 92, 96, 255] {
            let answer = try context.mediaIoctl(
                V4L2.IoctlCode(code), [UInt8](repeating: 0x77, count: 256), subject.session,
                back: 512)
            guard try context.status(of: answer).rawValue < 4096 else {
                throw context.finding("a status below 4096 for ioctl \(code)")
            }
        }
        return .pass
    }

    static let samePart = ConformanceCase(
        id: "media/ioctl/MED-D-002",
        clause: """
            An ioctl that writes and reads has its payload in both parts of the chain; they may be \
            the same memory.
            """,
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let payload = MediaBytes.of(V4L2.FmtDesc(index: 0, type: subject.outputType))
        let separate = try context.mediaIoctl(
            .enumFmt, payload, subject.session, back: payload.count)
        let shared = try context.exchangeInPlace(
            MediaBytes.of(VirtioMedia.CmdIoctl(sessionID: subject.session, code: .enumFmt)),
            payload, headerBytes: VirtioMedia.RespHeader.sizeBytes,
            queue: VirtioMedia.commandQueue)
        guard shared == separate else {
            throw context.finding("the same answer when both payloads are the same memory")
        }
        return .pass
    }

    static let written = ConformanceCase(
        id: "media/ioctl/MED-D-003",
        clause: "A successful ioctl's payload is always written behind the response's header.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let format =
            MediaBytes.word(subject.outputType.rawValue) + [UInt8](repeating: 0, count: 204)
        // The device-writable part is longer than what belongs into it.
        for code in [V4L2.IoctlCode.gFmt, .tryFmt] {
            let answer = try context.mediaIoctl(code, format, subject.session, back: 400)
            try context.expect(answer, byteCount: 8 + 208, "\(code)")
        }
        let asked = V4L2.RequestBuffers(
            count: 2, type: subject.outputType, memory: .sharedPages)
        let requested = try context.mediaIoctl(.reqbufs, asked, subject.session, back: 400)
        try context.expect(requested, byteCount: 8 + 20, "VIDIOC_REQBUFS")
        for code in [V4L2.IoctlCode.streamon, .streamoff] {
            let answer = try context.mediaIoctl(
                code, MediaBytes.word(subject.outputType.rawValue), subject.session, back: 400)
            try context.expect(answer, byteCount: 8, "\(code)")
        }
        return .pass
    }

    static let onFailure = ConformanceCase(
        id: "media/ioctl/MED-D-004",
        clause: "A failed ioctl writes its header, and its payload where the error changes it.",
        level: .should, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let format = MediaBytes.word(77) + [UInt8](repeating: 0, count: 204)
        let answer = try context.mediaIoctl(.gFmt, format, subject.session, back: 400)
        guard try context.status(of: answer) != .ok, [8, 8 + 208].contains(answer.count) else {
            throw context.finding("an error of 8 or 216 bytes for a type that is none")
        }
        let head = V4L2.ExtControls(count: 1, errorIdx: 77)
        let unknown = V4L2.ExtControl(id: V4L2.ControlID(5))
        let failed = try context.mediaIoctl(
            .sExtCtrls, MediaBytes.of(head) + MediaBytes.of(unknown), subject.session, back: 400)
        let status = try context.status(of: failed)
        if status == .enotty { return .unimplemented(feature: "VIDIOC_S_EXT_CTRLS") }
        guard status != .ok else { throw context.finding("an error for a control that is none") }
        guard failed.count == 8 + 52 else {
            return .nonStrict(context.finding("the payload with its error_idx behind the error"))
        }
        let back: V4L2.ExtControls = try context.decode(from: failed, at: 8)
        guard back.errorIdx <= 1 else { throw context.finding("an error_idx of 0 or 1") }
        return .pass
    }

    static let pointers = ConformanceCase(
        id: "media/ioctl/MED-D-005",
        clause: "A pointer's value is ignored, and returned as the driver gave it.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let pointer: UInt64 = 0xdead_beef_0bad_f00d
        guard let control = try firstControl(subject, &context) else {
            return .unimplemented(feature: "controls that can be read")
        }
        let head = V4L2.ExtControls(count: 1, controls: pointer)
        let answer = try context.mediaIoctl(
            .gExtCtrls, MediaBytes.of(head) + MediaBytes.of(V4L2.ExtControl(id: control)),
            subject.session, back: 400)
        let back: V4L2.ExtControls = try context.payload(of: answer)
        guard back.controls == pointer else {
            throw context.finding("the pointer 0x\(String(pointer, radix: 16)) as it was given")
        }
        return .pass
    }

    static let order = ConformanceCase(
        id: "media/ioctl/MED-I-001",
        clause: "What a pointer points to follows the payload directly.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        guard let control = try firstControl(subject, &context) else {
            return .unimplemented(feature: "controls that can be read")
        }
        let one = MediaBytes.of(V4L2.ExtControl(id: control))
        let answer = try context.mediaIoctl(
            .gExtCtrls, MediaBytes.of(V4L2.ExtControls(count: 2)) + one + one, subject.session,
            back: 400)
        try context.expect(answer, byteCount: 8 + 32 + 40, "VIDIOC_G_EXT_CTRLS of two controls")
        for index in 0..<2 {
            let back: V4L2.ExtControl = try context.decode(from: answer, at: 40 + index * 20)
            guard back.id == control else { throw context.finding("control \(control) twice") }
        }
        return .pass
    }

    /// A control that VIDIOC_G_EXT_CTRLS reads.
    private static func firstControl(
        _ subject: MediaSubject, _ context: inout ConformanceContext
    ) throws -> V4L2.ControlID? {
        var id: UInt32 = 0
        for _ in 0..<64 {
            let asked = V4L2.QueryExtCtrl(id: V4L2.ControlID(id | V4L2.ControlID.nextCtrl))
            let answer = try context.mediaIoctl(
                .queryExtCtrl, asked, subject.session, back: V4L2.QueryExtCtrl.sizeBytes)
            guard try context.status(of: answer) == .ok else { return nil }
            let found: V4L2.QueryExtCtrl = try context.payload(of: answer)
            guard found.id.rawValue > id else { return nil }
            id = found.id.rawValue
            let head = MediaBytes.of(V4L2.ExtControls(count: 1))
            let read = try context.mediaIoctl(
                .gExtCtrls, head + MediaBytes.of(V4L2.ExtControl(id: found.id)), subject.session,
                back: 52)
            if try context.status(of: read) == .ok { return found.id }
        }
        return nil
    }

    static let logStatus = ConformanceCase(
        id: "media/ioctl/MED-D-006",
        clause: "VIDIOC_LOG_STATUS is not implemented.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let answer = try context.mediaIoctl(.logStatus, [], subject.session, back: 0)
        try context.expect(answer, .enotty, "VIDIOC_LOG_STATUS")
        return .pass
    }

    static let invalid = ConformanceCase(
        id: "media/ioctl/MED-I-013",
        clause: "Invalid options are EINVAL.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let zeros = [UInt8](repeating: 0, count: 256)
        let bad: [(V4L2.IoctlCode, [UInt8], String)] = [
            (.gFmt, MediaBytes.word(77) + zeros, "a type that is none"),
            (.streamon, MediaBytes.word(77), "a type that is none"),
            (
                .reqbufs,
                MediaBytes.of(
                    V4L2.RequestBuffers(
                        count: 1, type: subject.outputType, memory: V4L2.Memory(99))),
                "a memory that is none"
            ),
            (.querybuf, subject.buffer(999, .sharedPages) + zeros, "an index past all buffers"),
            (.qbuf, subject.buffer(999, .sharedPages) + zeros, "an index past all buffers"),
        ]
        for (code, payload, what) in bad {
            let answer = try context.mediaIoctl(code, payload, subject.session, back: 400)
            try context.expect(answer, .einval, "\(code) of \(what)")
        }
        return .pass
    }

    static let numbers = ConformanceCase(
        id: "media/ioctl/MED-I-016",
        clause: "code is the ioctl's number, not its encoded value.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        let format =
            MediaBytes.word(subject.outputType.rawValue) + [UInt8](repeating: 0, count: 204)
        let plain = try context.mediaIoctl(
            V4L2.IoctlCode(4), format, subject.session, back: 208)
        try context.expectOK(plain, "code 4 to be VIDIOC_G_FMT")
        let encoded = try context.mediaIoctl(
            V4L2.IoctlCode(0xc0d0_5604), format, subject.session, back: 208)
        try context.expect(encoded, .enotty, "the encoded value of VIDIOC_G_FMT")
        return .pass
    }

    static let sizes = ConformanceCase(
        id: "media/ioctl/MED-I-017",
        clause: "Payloads have the 64-bit little-endian layout; shorter ones are errors.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        guard try subject.request(.sharedPages, &context) != nil else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        let whole: [(V4L2.IoctlCode, [UInt8], Int)] = [
            (
                .enumFmt, MediaBytes.of(V4L2.FmtDesc(index: 0, type: subject.outputType)), 64
            ),
            (
                .gFmt,
                MediaBytes.word(subject.outputType.rawValue) + [UInt8](repeating: 0, count: 204),
                208
            ),
            (.querybuf, subject.buffer(0, .sharedPages), subject.bufferBytes),
        ]
        for (code, payload, size) in whole {
            let answer = try context.mediaIoctl(code, payload, subject.session, back: 400)
            try context.expect(answer, byteCount: 8 + size, "\(code)")
            let short = try context.mediaIoctl(
                code, Array(payload.dropLast()), subject.session, back: 400)
            guard try context.status(of: short) != .ok else {
                throw context.finding("an error for a payload of \(payload.count - 1) bytes")
            }
        }
        return .pass
    }
}
