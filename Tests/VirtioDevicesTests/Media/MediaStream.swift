// The steps of a decoding guest, one call each; every one must succeed.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension MediaMachine {
    /// A coded unit of the simulated stream.
    static func unit(_ number: UInt32, width: UInt32 = 16, height: UInt32 = 16) -> [UInt8] {
        bytes(SimulatedUnit(width: width, height: height, number: number))
    }

    /// One behind which the stream ends.
    static func lastUnit(_ number: UInt32) -> [UInt8] {
        bytes(SimulatedUnit(width: 16, height: 16, number: number, isEnd: true))
    }

    /// Bytes of the buffer of a 16x16 YU12 picture, and of a 32x32 one.
    static let smallBytes = 3584
    static let largeBytes = 6656

    private func expectOK(_ reply: MediaReply, _ location: SourceLocation) throws {
        try #require(reply.status == .ok, sourceLocation: location)
    }

    func requestBuffers(
        _ count: UInt32, _ type: V4L2.BufType, _ memory: V4L2.Memory, _ session: SessionID,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let reply = try ioctl(
            .reqbufs, V4L2.RequestBuffers(count: count, type: type, memory: memory), session)
        try expectOK(reply, location)
        let answer = try reply.decode(at: 8, as: V4L2.RequestBuffers.self)
        try #require(answer.count == count, sourceLocation: location)
    }

    func stream(
        _ code: V4L2.IoctlCode, _ type: V4L2.BufType, _ session: SessionID,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        try expectOK(try ioctl(code, Self.word(type.rawValue), session), location)
    }

    static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// The bytes of a scatter-gather list.
    static func entries(_ segments: [GuestSegment]) -> [UInt8] {
        segments.flatMap { bytes(VirtioMedia.SGEntry(start: $0.start, len: $0.count)) }
    }

    /// Queues a coded unit that lies in one page of its buffer's own.
    func queueCoded(
        _ index: UInt32, _ unit: [UInt8], _ session: SessionID,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let address = Self.pages + UInt64(index) * 0x1000
        try range(address, unit.count).write(unit)
        let buffer = V4L2.Buffer(
            index: index, type: .videoOutput, bytesused: UInt32(unit.count),
            timestamp: V4L2.Timeval(sec: Int64(index) + 100, usec: 7), memory: .sharedPages,
            m: address, length: UInt32(unit.count))
        let list = Self.entries([
            GuestSegment(start: GuestAddress(address), count: UInt32(unit.count))
        ])
        try expectOK(try ioctl(.qbuf, buffer, session, trailing: list), location)
    }

    func queueObject(
        _ index: UInt32, _ uuid: ResourceUUID, _ session: SessionID,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let buffer = V4L2.Buffer(index: index, type: .videoCapture, memory: .virtioObject)
        let reply = try ioctl(.qbuf, buffer, session, trailing: Self.bytes(uuid))
        try expectOK(reply, location)
    }

    func subscribe(
        _ type: V4L2.EventType, _ session: SessionID,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let reply = try ioctl(
            .subscribeEvent, V4L2.EventSubscription(type: type), session)
        try expectOK(reply, location)
    }

    /// A session whose OUTPUT queue streams, with events subscribed to.
    func openStreaming(codedBuffers: UInt32 = 4) throws -> SessionID {
        let session = try open()
        try subscribe(.sourceChange, session)
        try subscribe(.eos, session)
        try requestBuffers(codedBuffers, .videoOutput, .sharedPages, session)
        try stream(.streamon, .videoOutput, session)
        return session
    }

    /// A session that has seen the headers of a 16x16 stream: the first coded buffer is with the
    /// codec, which waits for CAPTURE. Needs one event buffer.
    func openWithHeaders(codedBuffers: UInt32 = 4, firstNumber: UInt32 = 0) throws -> SessionID {
        let session = try openStreaming(codedBuffers: codedBuffers)
        try queueCoded(0, Self.unit(firstNumber), session)
        let events = try step(untilEvents: 1).map { try MediaEventLine($0).text }
        try #require(events == ["source change"])
        return session
    }

    /// Gives the session new objects as CAPTURE buffers, queues them all, and streams.
    func startCapture(
        _ count: UInt32, _ session: SessionID, sizeBytes: Int = smallBytes
    ) throws -> [(object: SharedObject, memory: SharedMemory)] {
        let objects = try (0..<count).map { _ in try export(sizeBytes: sizeBytes) }
        try requestBuffers(count, .videoCapture, .virtioObject, session)
        for index in 0..<count { try queueObject(index, objects[Int(index)].object.uuid, session) }
        try stream(.streamon, .videoCapture, session)
        return objects
    }

    /// The first luma samples of a picture in one of these buffers.
    static func firstRow(_ memory: SharedMemory) -> [UInt8] {
        memory.range.slice(offset: 15 * 128, count: 16)?.bytes() ?? []
    }

    /// The same of the simulated stream's picture.
    static func firstRow(ofPicture number: Int) -> [UInt8] {
        (0..<16).map { SimulatedPattern.luma(x: $0, y: 15, width: 16, height: 16, number: number) }
    }
}

/// An event's bytes in short: what it is, of which buffer.
struct MediaEventLine {
    let session: SessionID
    let text: String
    /// The buffer, when it is one that tells of it.
    let buffer: V4L2.Buffer?

    init(_ bytes: [UInt8]) throws {
        let reply = MediaReply(bytes: bytes)
        let header = try reply.decode(as: VirtioMedia.EventHeader.self)
        session = header.sessionID
        switch header.event {
        case .error:
            try #require(bytes.count == VirtioMedia.EventError.sizeBytes)
            buffer = nil
            text = "error \(try reply.decode(as: VirtioMedia.EventError.self).errno)"
        case .event:
            try #require(bytes.count == VirtioMedia.EventEvent.sizeBytes)
            buffer = nil
            let event = try reply.decode(as: VirtioMedia.EventEvent.self).event
            switch event.type {
            case .eos: text = "end of stream"
            case .ctrl: text = "control \(event.id) is \(event.ctrl?.value64 ?? -1)"
            default: text = "source change"
            }
        default:
            try #require(header.event == .dqbuf)
            try #require(bytes.count == VirtioMedia.EventDQBuf.sizeBytes)
            let event = try reply.decode(as: VirtioMedia.EventDQBuf.self)
            buffer = event.buffer
            let flags = event.buffer.flags
            text =
                (event.buffer.type == .videoOutput || event.buffer.type == .videoOutputMPlane
                    ? "coded" : "picture")
                + " \(event.buffer.index)" + (flags.contains(.error) ? " error" : "")
                + (flags.contains(.last) ? " last" : "")
        }
    }
}
