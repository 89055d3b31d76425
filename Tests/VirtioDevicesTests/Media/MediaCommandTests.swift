// Commands by their bytes: sizes, statuses, sessions, and requests that are none.

import LinuxSystem
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's commands")
struct MediaCommandTests {
    /// Every ioctl that the device has, with the size of its payload and of what comes back.
    private static let built: [(code: V4L2.IoctlCode, into: Int, back: Int)] = [
        (.enumFmt, 64, 64), (.gFmt, 208, 208), (.sFmt, 208, 208), (.reqbufs, 20, 20),
        (.querybuf, 88, 88), (.qbuf, 88, 88), (.streamon, 4, 0), (.streamoff, 4, 0),
        (.gCtrl, 8, 8), (.tryFmt, 208, 208), (.subscribeEvent, 32, 0),
        (.unsubscribeEvent, 32, 0), (.gSelection, 64, 64), (.decoderCmd, 72, 72),
        (.tryDecoderCmd, 72, 72), (.expbuf, 64, 80), (.sCtrl, 8, 8), (.queryctrl, 68, 68),
        (.querymenu, 44, 44), (.gExtCtrls, 32, 32), (.sExtCtrls, 32, 32), (.tryExtCtrls, 32, 32),
        (.enumFramesizes, 44, 44), (.createBufs, 256, 256), (.sSelection, 64, 64),
        (.queryExtCtrl, 232, 232),
    ]

    @Test("The configuration has the capabilities, the type and a name in 40 bytes [MED-I-015]")
    func config() throws {
        let machine = try MediaMachine()
        let bytes = machine.host.readConfig(offset: 0, count: 64)
        #expect(bytes.dropFirst(40).allSatisfy { $0 == 0 })
        let config = try MediaReply(bytes: Array(bytes.prefix(40))).decode(
            as: VirtioMedia.Config.self)
        #expect(config.deviceCaps == 0x0400_8000)
        #expect(config.deviceType == 0)
        #expect(config.card == "virtio-share decoder")
        machine.host.writeConfig(offset: 0, bytes: [0xff, 0xff, 0xff, 0xff])
        #expect(machine.host.readConfig(offset: 0, count: 64) == bytes)
    }

    @Test("OPEN gives ids that no other open session has [MED-D-001]")
    func openIDs() throws {
        let machine = try MediaMachine(sessionsMax: 64)
        var open = Set<SessionID>()
        for _ in 0..<64 {
            let reply = try machine.send(MediaMachine.bytes(VirtioMedia.CmdOpen()))
            #expect(reply.bytes.count == 16)
            #expect(reply.status == .ok)
            let id = try reply.decode(as: VirtioMedia.RespOpen.self).sessionID
            #expect(open.insert(id).inserted)
        }
        for id in Array(open).prefix(20) {
            #expect(try machine.close(id).status == .ok)
            open.remove(id)
        }
        for _ in 0..<20 { #expect(open.insert(try machine.open()).inserted) }
    }

    @Test("OPEN past the limit is EBUSY, until a session is closed")
    func limit() throws {
        let machine = try MediaMachine(sessionsMax: 3)
        let ids = try (0..<3).map { _ in try machine.open() }
        let reply = try machine.send(MediaMachine.bytes(VirtioMedia.CmdOpen()))
        #expect(reply == MediaReply(bytes: [16, 0, 0, 0, 0, 0, 0, 0]))
        #expect(try machine.close(ids[1]).status == .ok)
        _ = try machine.open()
    }

    @Test("CLOSE works with a writable part and without, and frees the id [MED-I-014]")
    func closes() throws {
        let machine = try MediaMachine()
        let (with, without) = (try machine.open(), try machine.open())
        let closeWith = MediaMachine.bytes(VirtioMedia.CmdClose(sessionID: with))
        #expect(try machine.send(closeWith).bytes == [0, 0, 0, 0, 0, 0, 0, 0])
        let closeWithout = MediaMachine.bytes(VirtioMedia.CmdClose(sessionID: without))
        #expect(try machine.send(closeWithout, room: 0).bytes == [])
        for id in [with, without] {
            #expect(try machine.ioctl(.gFmt, V4L2.Format(type: .videoOutput), id).status == .einval)
        }
    }

    @Test("A session that is not open is EINVAL for every command that names one [MED-R-001]")
    func unknownSession() throws {
        let machine = try MediaMachine()
        let closed = try machine.open()
        _ = try machine.close(closed)
        for id in [closed, SessionID(77), SessionID(.max)] {
            #expect(try machine.close(id).bytes == [22, 0, 0, 0, 0, 0, 0, 0])
            let close = MediaMachine.bytes(VirtioMedia.CmdClose(sessionID: id))
            #expect(try machine.send(close, room: 0).bytes == [])
            for ioctl in Self.built {
                let payload = [UInt8](repeating: 0, count: ioctl.into + 16)
                #expect(
                    try machine.ioctl(ioctl.code, payload, id).bytes
                        == [22, 0, 0, 0, 0, 0, 0, 0])
            }
        }
    }

    @Test("A command without a meaning is ENOTTY in eight bytes")
    func unknownCommands() throws {
        let machine = try MediaMachine()
        let codes: [UInt32] = [0, 6, 7, 0x100, 0x103, 0xffff_0003, .max]
        for code in codes {
            let request = MediaMachine.word(code) + [UInt8](repeating: 0, count: 60)
            #expect(try machine.send(request).bytes == [25, 0, 0, 0, 0, 0, 0, 0])
        }
        _ = try machine.open()
    }

    @Test("A command cut short anywhere is EINVAL, and so is one without a byte")
    func truncated() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let commands = [
            MediaMachine.bytes(VirtioMedia.CmdOpen()),
            MediaMachine.bytes(VirtioMedia.CmdClose(sessionID: session)),
            MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: .gFmt)),
        ]
        for command in commands {
            for count in 1..<command.count {
                let reply = try machine.send(Array(command.prefix(count)))
                #expect(reply.bytes == [22, 0, 0, 0, 0, 0, 0, 0], "\(command[0]), \(count) bytes")
            }
        }
        let room = GuestSegment(start: GuestAddress(MediaMachine.responses), count: 64)
        #expect(try machine.exchange(readable: [], writable: [room]) == 8)
        #expect(try machine.close(session).status == .ok)
    }

    @Test(
        "An ioctl that is not built is ENOTTY, also as Linux' full number [MED-D-006] [MED-D-007] [MED-I-016]"
    )
    func unknownIoctls() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let known = Set(Self.built.map(\.code.rawValue))
        var random = SeededGenerator(seed: 0x1dea)
        let codes =
            Array(0...255) + [0xc0d0_5604, 0x5646, 0x1_0004, .max]
            + (0..<256).map { _ in UInt32.random(in: 256 ... .max, using: &random) }
        let payload = [UInt8](repeating: 0, count: 256)
        for code in codes where !known.contains(code) {
            #expect(
                try machine.ioctl(V4L2.IoctlCode(code), payload, session).bytes
                    == [25, 0, 0, 0, 0, 0, 0, 0], "\(code)")
        }
        for code in known {
            #expect(try machine.ioctl(V4L2.IoctlCode(code), payload, session).status != .enotty)
        }
    }

    @Test(
        "An ioctl's payload cut short anywhere is EINVAL, without a payload back [MED-R-002] [MED-D-004]"
    )
    func truncatedPayloads() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(4, .videoOutput, .sharedPages, session)
        for ioctl in Self.built {
            for count in 0..<ioctl.into {
                // A type that fits all of them: OUTPUT in the first word or the second.
                let payload = [UInt8]([2, 0, 0, 0, 2, 0, 0, 0]) + [UInt8](repeating: 0, count: 256)
                let reply = try machine.ioctl(ioctl.code, Array(payload.prefix(count)), session)
                #expect(
                    reply.bytes == [22, 0, 0, 0, 0, 0, 0, 0], "\(ioctl.code), \(count) bytes")
            }
        }
        #expect(try machine.close(session).status == .ok)
    }

    @Test("A response without room is cut, never more than the room is said to be written")
    func shortRoom() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let request =
            MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: .gFmt))
            + MediaMachine.bytes(V4L2.Format(type: .videoOutput))
        for room in [0, 1, 7, 8, 9, 215, 216, 217] {
            #expect(try machine.send(request, room: room).bytes.count == min(room, 216))
        }
    }

    @Test(
        "Input is read before output is written: both payloads may be the same memory [MED-D-002]")
    func sameMemory() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let pix = V4L2.PixFormat(
            width: 640, height: 480, pixelformat: V4L2.FourCC(1), sizeimage: 70_000)
        let payload = MediaMachine.bytes(V4L2.Format(type: .videoOutput, pix: pix))
        let separate = try machine.ioctl(.tryFmt, payload, session)
        #expect(separate.status == .ok)
        let command = MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: .tryFmt))
        try machine.range(MediaMachine.requests, 16).write(command)
        try machine.range(MediaMachine.pages, payload.count).write(payload)
        let shared = GuestSegment(start: GuestAddress(MediaMachine.pages), count: 208)
        let length = try machine.exchange(
            readable: [
                GuestSegment(start: GuestAddress(MediaMachine.requests), count: 16), shared,
            ],
            writable: [
                GuestSegment(start: GuestAddress(MediaMachine.responses), count: 8), shared,
            ])
        #expect(length == 216)
        let header = try machine.range(MediaMachine.responses, 8).bytes()
        let back = try machine.range(MediaMachine.pages, 208).bytes()
        #expect(header + back == separate.bytes)
    }

    @Test("A request in one-byte descriptors is the request in one")
    func manyDescriptors() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let request =
            MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: .gCtrl))
            + MediaMachine.bytes(V4L2.Control(id: .minBuffersForOutput))
        let whole = try machine.send(request)
        try machine.range(MediaMachine.requests, request.count).write(request)
        let readable = request.indices.map {
            GuestSegment(start: GuestAddress(MediaMachine.requests + UInt64($0)), count: 1)
        }
        let writable = (0..<16).map {
            GuestSegment(start: GuestAddress(MediaMachine.responses + UInt64($0)), count: 1)
        }
        #expect(try machine.exchange(readable: readable, writable: writable) == 16)
        #expect(try machine.range(MediaMachine.responses, 16).bytes() == whole.bytes)
    }

    @Test("A chain that reaches out of guest memory is answered, or comes back unwritten")
    func outsideMemory() throws {
        let machine = try MediaMachine()
        let outside = GuestSegment(start: GuestAddress(MediaMachine.end - 4), count: 64)
        let far = GuestSegment(start: GuestAddress(.max - 3), count: 64)
        let room = GuestSegment(start: GuestAddress(MediaMachine.responses), count: 64)
        for segment in [outside, far] {
            #expect(try machine.exchange(readable: [segment], writable: [room]) == 8)
            let header = MediaReply(bytes: try machine.range(MediaMachine.responses, 8).bytes())
            #expect(header.status == .einval)
            try machine.range(MediaMachine.requests, 8).write(
                MediaMachine.bytes(VirtioMedia.CmdOpen()))
            let request = GuestSegment(start: GuestAddress(MediaMachine.requests), count: 8)
            #expect(try machine.exchange(readable: [request], writable: [segment]) == 0)
        }
        #expect(machine.host.status.contains(.driverOK))
        #expect(!machine.host.status.contains(.needsReset))
    }

    @Test("A request longer than any ioctl can be is EINVAL")
    func tooLong() throws {
        let machine = try MediaMachine()
        try machine.range(MediaMachine.requests, 8).write(
            MediaMachine.bytes(VirtioMedia.CmdOpen()))
        let readable = [
            GuestSegment(start: GuestAddress(MediaMachine.requests), count: 0x10_0000),
            GuestSegment(start: GuestAddress(MediaMachine.requests), count: 4097),
        ]
        let room = GuestSegment(start: GuestAddress(MediaMachine.responses), count: 64)
        #expect(try machine.exchange(readable: readable, writable: [room]) == 8)
        let header = MediaReply(bytes: try machine.range(MediaMachine.responses, 8).bytes())
        #expect(header.status == .einval)
    }
}
