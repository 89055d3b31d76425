// The ioctls that move no buffers: formats, selections, controls, subscriptions, decoder commands.

import HostBridge
import LinuxSystem
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's formats and controls")
struct MediaFormatTests {
    private static let two = [
        SimulatedDecoder.description,
        DecoderDescription(fourcc: .h264, name: "A name of more bytes than thirty-one") {
            _ throws(DecoderError) in throw .failed
        },
    ]

    @Test("ENUM_FMT lists the codecs, then is EINVAL [MED-D-003]")
    func enumerate() throws {
        let machine = try MediaMachine(decoders: Self.two)
        let session = try machine.open()
        let answers = try (0..<2).map { index in
            let reply = try machine.ioctl(
                .enumFmt, V4L2.FmtDesc(index: UInt32(index), type: .videoOutput), session)
            #expect(reply.bytes.count == 8 + 64)
            return try reply.decode(at: 8, as: V4L2.FmtDesc.self)
        }
        #expect(answers.map(\.pixelformat) == [SimulatedUnit.fourcc, .h264])
        #expect(
            answers.map(\.flags) == [
                [.compressed, .dynResolution], [.compressed, .dynResolution],
            ])
        #expect(answers[0].description == "Simulated")
        #expect(answers[1].description.hasPrefix("A name of more bytes than"))
        for index in [2, 3, 0x7fff_ffff, UInt32.max] {
            let reply = try machine.ioctl(
                .enumFmt, V4L2.FmtDesc(index: index, type: .videoOutput), session)
            #expect(reply.bytes == [22, 0, 0, 0, 0, 0, 0, 0])
        }
    }

    @Test("ENUM_FMT on CAPTURE lists what there may be, then what there is")
    func enumerateCapture() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let early = try machine.open()
        let formats = { (session: SessionID) in
            try (0..<UInt32(3)).compactMap { index -> V4L2.FourCC? in
                let reply = try machine.ioctl(
                    .enumFmt, V4L2.FmtDesc(index: index, type: .videoCapture), session)
                guard reply.status == .ok else { return nil }
                return try reply.decode(at: 8, as: V4L2.FmtDesc.self).pixelformat
            }
        }
        #expect(try formats(early) == [.yuv420, .nv12, .p010])
        let session = try machine.openWithHeaders()
        #expect(try formats(session) == [.yuv420, .nv12])
    }

    @Test("A type of neither queue is EINVAL wherever there is one [MED-I-013]")
    func badTypes() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let session = try machine.openWithHeaders()
        for type in [0, 3, 9, 10, 11, 0x7fff_ffff, UInt32.max].map({ V4L2.BufType($0) }) {
            let format = MediaMachine.bytes(V4L2.Format(type: type))
            let buffer = V4L2.Buffer(index: 0, type: type, memory: .sharedPages)
            let asked: [(V4L2.IoctlCode, [UInt8])] = [
                (.enumFmt, MediaMachine.bytes(V4L2.FmtDesc(index: 0, type: type))),
                (.gFmt, format), (.sFmt, format), (.tryFmt, format),
                (
                    .reqbufs,
                    MediaMachine.bytes(
                        V4L2.RequestBuffers(count: 1, type: type, memory: .sharedPages))
                ),
                (.querybuf, MediaMachine.bytes(buffer)), (.qbuf, MediaMachine.bytes(buffer)),
                (.streamon, MediaMachine.word(type.rawValue)),
                (.streamoff, MediaMachine.word(type.rawValue)),
            ]
            for (code, payload) in asked {
                #expect(
                    try machine.ioctl(code, payload, session).bytes
                        == [22, 0, 0, 0, 0, 0, 0, 0], "\(code) of type \(type.rawValue)")
            }
        }
    }

    @Test("S_FMT on OUTPUT moves what is asked to the nearest that there is, TRY_FMT too")
    func setFormat() throws {
        let machine = try MediaMachine(decoders: Self.two)
        let session = try machine.open()
        let ask = { (code: V4L2.IoctlCode, fourcc: V4L2.FourCC, width: UInt32, size: UInt32) in
            let pix = V4L2.PixFormat(
                width: width, height: width, pixelformat: fourcc, sizeimage: size)
            let reply = try machine.ioctl(code, V4L2.Format(type: .videoOutput, pix: pix), session)
            #expect(reply.bytes.count == 8 + 208)
            return try reply.decode(at: 8, as: V4L2.Format.self).pix
        }
        let tried = try ask(.tryFmt, .h264, 640, 70_000)
        #expect(tried.pixelformat == .h264)
        #expect(tried.sizeimage == 70_000)
        let current = { try ask(.gFmt, V4L2.FourCC(0), 0, 0) }
        #expect(try current().pixelformat == SimulatedUnit.fourcc)
        #expect(try ask(.sFmt, .h264, 640, 70_000) == tried)
        #expect(try current() == tried)
        let unknown = try ask(.sFmt, V4L2.FourCC(0x1234_5678), .max, .max)
        #expect(unknown.pixelformat == .h264)
        #expect(unknown.width == 16384 && unknown.height == 16384)
        #expect(unknown.sizeimage == 16 << 20)
        #expect(try ask(.sFmt, .h264, 0, 1).sizeimage == 4096)
        #expect(try ask(.sFmt, .h264, 0, 0).sizeimage == 1 << 20)
    }

    @Test("S_FMT on OUTPUT is EBUSY while there are buffers of either queue, and TRY_FMT is not")
    func setFormatBusy() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let format = V4L2.Format(
            type: .videoOutput,
            pix: V4L2.PixFormat(width: 0, height: 0, pixelformat: SimulatedUnit.fourcc))
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        #expect(try machine.ioctl(.sFmt, format, session).bytes == [16, 0, 0, 0, 0, 0, 0, 0])
        #expect(try machine.ioctl(.tryFmt, format, session).status == .ok)
        try machine.requestBuffers(0, .videoOutput, .sharedPages, session)
        #expect(try machine.ioctl(.sFmt, format, session).status == .ok)
    }

    @Test("G_FMT, S_FMT and TRY_FMT on CAPTURE tell what the stream needs, whatever is asked")
    func captureFormat() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let session = try machine.openWithHeaders()
        let asked = V4L2.Format(
            type: .videoCapture,
            pix: V4L2.PixFormat(width: 99, height: 1, pixelformat: .h264, sizeimage: 5))
        for code in [V4L2.IoctlCode.gFmt, .sFmt, .tryFmt] {
            let pix = try machine.ioctl(code, asked, session).decode(
                at: 8, as: V4L2.Format.self
            ).pix
            #expect(pix.pixelformat == .yuv420)
            #expect([pix.width, pix.height] == [16, 18])
            #expect(pix.bytesperline == 128)
            #expect(pix.sizeimage == UInt32(MediaMachine.smallBytes))
            #expect(pix.priv == V4L2.PixFormat.privMagic)
            #expect(pix.ycbcrEnc == .e601)
            #expect(pix.quantization == .limRange)
        }
    }

    @Test("G_SELECTION tells the visible part, by either CAPTURE type; EINVAL before the headers")
    func selection() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let early = try machine.open()
        let ask = { (session: SessionID, type: V4L2.BufType, target: UInt32) in
            try machine.ioctl(
                .gSelection, V4L2.Selection(type: type, target: V4L2.SelectionTarget(target)),
                session)
        }
        #expect(try ask(early, .videoCapture, 0x100).status == .einval)
        let session = try machine.openWithHeaders()
        for type in [V4L2.BufType.videoCapture, .videoCaptureMPlane] {
            for target: UInt32 in [0, 1, 0x100, 0x101, 0x102, 0x103] {
                let reply = try ask(session, type, target)
                #expect(reply.bytes.count == 8 + 64)
                let rect = try reply.decode(at: 8, as: V4L2.Selection.self).r
                #expect(rect == V4L2.Rect(width: 16, height: 16))
            }
            for target: UInt32 in [2, 3] {
                let rect = try ask(session, type, target).decode(
                    at: 8, as: V4L2.Selection.self
                ).r
                #expect(rect == V4L2.Rect(width: 16, height: 18))
            }
        }
        for target: UInt32 in [4, 0xff, 0x104, .max] {
            #expect(try ask(session, .videoCapture, target).status == .einval)
        }
        #expect(try ask(session, .videoOutput, 0x100).status == .einval)
    }

    @Test("G_CTRL tells how many buffers are needed, EACCES before that is known")
    func controls() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let early = try machine.open()
        let ask = { (session: SessionID, id: V4L2.ControlID) in
            try machine.ioctl(.gCtrl, V4L2.Control(id: id), session)
        }
        #expect(try ask(early, .minBuffersForCapture).bytes == [13, 0, 0, 0, 0, 0, 0, 0])
        let outputs = try ask(early, .minBuffersForOutput)
        #expect(outputs.bytes.count == 16)
        #expect(try outputs.decode(at: 8, as: V4L2.Control.self).value == 1)
        let session = try machine.openWithHeaders()
        let captures = try ask(session, .minBuffersForCapture)
        #expect(try captures.decode(at: 8, as: V4L2.Control.self).value == 1)
        for id: UInt32 in [0, 1, 0x0098_0900, 0x0098_0929, .max] {
            #expect(try ask(session, V4L2.ControlID(id)).status == .einval)
        }
    }

    @Test("SUBSCRIBE_EVENT takes what the device can tell, with known flags only [MED-I-011]")
    func subscriptions() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let ask = { (code: V4L2.IoctlCode, type: UInt32, flags: UInt32) in
            try machine.ioctl(
                code,
                V4L2.EventSubscription(
                    type: V4L2.EventType(type), flags: V4L2.EventSubscriptionFlags(rawValue: flags)),
                session
            ).bytes
        }
        let ok: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        let invalid: [UInt8] = [22, 0, 0, 0, 0, 0, 0, 0]
        for type: UInt32 in [2, 5] {
            for flags: UInt32 in 0...3 {
                #expect(try ask(.subscribeEvent, type, flags) == ok)
            }
            for flags: UInt32 in [4, 0x8000_0000, .max] {
                #expect(try ask(.subscribeEvent, type, flags) == invalid)
            }
        }
        for type: UInt32 in [0, 1, 3, 4, 6, 0x0800_0000, .max] {
            #expect(try ask(.subscribeEvent, type, 0) == invalid)
        }
        #expect(try ask(.unsubscribeEvent, 0, 0) == ok)
    }

    @Test("Only what is subscribed to is told, at once if asked for [MED-I-011]")
    func unsubscribed() throws {
        let machine = try MediaMachine()
        try machine.postEvents(8)
        let session = try machine.openWithHeaders()
        let initial = V4L2.EventSubscription(type: .sourceChange, flags: .sendInitial)
        #expect(try machine.ioctl(.subscribeEvent, initial, session).status == .ok)
        let told = try machine.step(untilEvents: 1).map { try MediaEventLine($0).text }
        #expect(told == ["source change"])
        let all = V4L2.EventSubscription(type: .all)
        #expect(try machine.ioctl(.unsubscribeEvent, all, session).status == .ok)
        _ = try machine.startCapture(2, session)
        let drain = V4L2.DecoderCmd(cmd: .stop)
        #expect(try machine.ioctl(.decoderCmd, drain, session).status == .ok)
        let events = try machine.step(untilEvents: 3).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0", "picture 1 last"])
    }

    @Test("DECODER_CMD knows START and STOP; TRY_DECODER_CMD answers alike and does nothing")
    func decoderCommands() throws {
        let machine = try MediaMachine()
        let session = try machine.openStreaming()
        for code in [V4L2.IoctlCode.decoderCmd, .tryDecoderCmd] {
            for command: UInt32 in [0, 1] {
                let asked = V4L2.DecoderCmd(
                    cmd: V4L2.DecoderCommand(command), flags: 0xff, stopPTS: 7)
                let reply = try machine.ioctl(code, asked, session)
                #expect(reply.bytes.count == 8 + 72)
                let answer = try reply.decode(at: 8, as: V4L2.DecoderCmd.self)
                #expect(answer == V4L2.DecoderCmd(cmd: V4L2.DecoderCommand(command)))
            }
            for command: UInt32 in [2, 3, 4, 5, .max] {
                let asked = V4L2.DecoderCmd(cmd: V4L2.DecoderCommand(command))
                #expect(try machine.ioctl(code, asked, session).status == .einval)
            }
        }
    }
}
