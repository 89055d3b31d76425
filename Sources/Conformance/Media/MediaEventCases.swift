// Events and what follows from them (virtio 1.4, 5.22.6.2).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum MediaEventCases {
    static let all = [
        closed, closes, dequeued, length, pointers, subscribed, failed, reserved,
    ]

    // MARK: Closed sessions

    static let closed = ConformanceCase(
        id: "media/session/MED-R-001",
        clause: "A session that was closed is not used; a device that is asked for it says so.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        try MediaSessionCases.close(&context, subject.session)
        let format =
            MediaBytes.word(subject.outputType.rawValue) + [UInt8](repeating: 0, count: 204)
        let asked = try context.mediaIoctl(.gFmt, format, subject.session, back: 208)
        guard try context.status(of: asked) != .ok else {
            throw context.finding("an error for an ioctl of a closed session")
        }
        let mapped = try context.mediaCommand(
            VirtioMedia.CmdMMap(sessionID: subject.session, offset: 0), back: 24)
        guard try context.status(of: mapped) != .ok else {
            throw context.finding("an error for MMAP of a closed session")
        }
        guard try MediaSessionCases.open(&context) != nil else {
            throw context.finding("a session after that")
        }
        return .pass
    }

    static let closes = ConformanceCase(
        id: "media/session/MED-I-014",
        clause: "CLOSE frees a session; its chain comes back with a writable part or without.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        try context.start()
        for round in 0..<200 {
            guard let session = try MediaSessionCases.open(&context) else {
                throw context.finding("a session, the \(round + 1)th time")
            }
            let command = VirtioMedia.CmdClose(sessionID: session)
            let answer = try context.mediaCommand(command, back: round % 2 == 0 ? 0 : 8)
            guard answer.count <= 8 else { throw context.finding("at most 8 bytes for CLOSE") }
        }
        return .pass
    }

    // MARK: Buffers

    private static let coded: UInt32 = 3

    /// Queues buffers of noise on a streaming OUTPUT queue; the events that come of them.
    private static func decodeNoise(_ context: inout ConformanceContext) throws
        -> (subject: MediaSubject, events: [[UInt8]])?
    {
        let subject = try MediaSubject(&context)
        guard try subject.request(.sharedPages, &context, count: coded) != nil else { return nil }
        try context.postEvents(16, sizeBytes: VirtioMedia.EventDQBuf.sizeBytes)
        try subject.stream(.streamon, &context)
        let length = MediaSubject.codedBytes
        for index in 0..<coded {
            let block = try context.machine.allocate(Int(length))
            context.machine.range(of: block).fill(UInt8(0x5a + index))
            let answer = try context.mediaIoctl(
                .qbuf,
                subject.buffer(index, .sharedPages, bytesused: 1000, length: length)
                    + MediaBytes.list([block.segment]), subject.session,
                back: subject.bufferBytes)
            // Noise may make a session fail before all of it is there.
            if index > 0, try context.status(of: answer) != .ok { break }
            try context.expectOK(answer, "VIDIOC_QBUF to succeed")
        }
        var events: [[UInt8]] = []
        while events.count < Int(coded), let event = try context.nextEvent() {
            events.append(event)
        }
        return (subject, events)
    }

    private static func told(_ events: [[UInt8]], _ context: ConformanceContext) throws(Finding)
        -> [VirtioMedia.EventDQBuf]
    {
        var told: [VirtioMedia.EventDQBuf] = []
        for event in events {
            let header: VirtioMedia.EventHeader = try context.decode(from: event)
            if header.event == .dqbuf { told.append(try context.decode(from: event)) }
        }
        return told
    }

    static let dequeued = ConformanceCase(
        id: "media/event/MED-I-009",
        clause: "Every buffer that is done is told by one DQBUF event.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let (subject, events) = try decodeNoise(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        let buffers = try told(events, context).filter { $0.buffer.type == subject.outputType }
        guard !buffers.isEmpty else {
            return .informational("the decoder keeps what it cannot use")
        }
        guard buffers.allSatisfy({ $0.sessionID == subject.session }),
            Set(buffers.map(\.buffer.index)).count == buffers.count
        else { throw context.finding("each buffer once", received: "\(buffers)") }
        return .pass
    }

    static let length = ConformanceCase(
        id: "media/event/MED-I-010",
        clause:
            "A DQBUF event is the buffer and eight planes; scatter-gather entries are not in it.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let (_, events) = try decodeNoise(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        guard !events.isEmpty else { return .informational("the decoder keeps what it cannot use") }
        for event in events {
            let header: VirtioMedia.EventHeader = try context.decode(from: event)
            guard header.event != .dqbuf || event.count == 608 else {
                throw context.finding("608 bytes", received: "\(event.count)")
            }
        }
        return .pass
    }

    static let pointers = ConformanceCase(
        id: "media/event/MED-D-013",
        clause: "Pointers in a DQBUF event are NULL.",
        level: .should, device: VirtioMedia.deviceID
    ) { context in
        guard let (subject, events) = try decodeNoise(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        for event in try told(events, context) {
            let pointers = [event.buffer.m] + event.planes.map(\.m)
            guard pointers.allSatisfy({ $0 == 0 }) || !subject.isMultiPlanar && event.buffer.m == 0
            else { return .nonStrict(context.finding("NULL pointers", received: "\(pointers)")) }
        }
        return .pass
    }

    // MARK: Subscriptions

    static let subscribed = ConformanceCase(
        id: "media/event/MED-I-011",
        clause: "Subscribed events are told, and none after the subscription has ended.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        try context.postEvents(8, sizeBytes: VirtioMedia.EventDQBuf.sizeBytes)
        let control = V4L2.ControlID.minBuffersForOutput.rawValue
        let wanted = V4L2.EventSubscription(type: .ctrl, id: control, flags: .sendInitial)
        let answer = try context.mediaIoctl(.subscribeEvent, wanted, subject.session, back: 0)
        guard try context.status(of: answer) == .ok else {
            return .unimplemented(feature: "events of MIN_BUFFERS_FOR_OUTPUT")
        }
        guard let bytes = try context.nextEvent() else {
            throw context.finding("the initial event", received: "none")
        }
        let event: VirtioMedia.EventEvent = try context.decode(from: bytes)
        guard event.event.type == .ctrl, event.event.id == control,
            event.sessionID == subject.session
        else { throw context.finding("the control's event", received: "\(event)") }
        let all = V4L2.EventSubscription(type: .all)
        let ended = try context.mediaIoctl(.unsubscribeEvent, all, subject.session, back: 0)
        try context.expectOK(ended, "VIDIOC_UNSUBSCRIBE_EVENT to succeed")
        let unknown = V4L2.EventSubscription(type: V4L2.EventType(99))
        let refused = try context.mediaIoctl(.subscribeEvent, unknown, subject.session, back: 0)
        try context.expect(refused, .einval, "an event that is none")
        return .pass
    }

    // MARK: Sessions that fail

    /// A session that the device has given up, if noise makes it.
    private static func failedSession(_ context: inout ConformanceContext) throws -> MediaSubject? {
        guard let (subject, events) = try decodeNoise(&context) else { return nil }
        for event in events {
            let header: VirtioMedia.EventHeader = try context.decode(from: event)
            if header.event == .error { return subject }
        }
        return nil
    }

    static let failed = ConformanceCase(
        id: "media/event/MED-I-008",
        clause: "After an ERROR event every command that names the session is an error.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let subject = try failedSession(&context) else {
            return .informational("noise does not make a session fail")
        }
        let format =
            MediaBytes.word(subject.outputType.rawValue) + [UInt8](repeating: 0, count: 204)
        let answer = try context.mediaIoctl(.gFmt, format, subject.session, back: 208)
        guard try context.status(of: answer) != .ok else {
            throw context.finding("an error for a session that has failed")
        }
        return .pass
    }

    static let reserved = ConformanceCase(
        id: "media/session/MED-D-012",
        clause: "The id of a session that failed is not given out before CLOSE.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        guard let subject = try failedSession(&context) else {
            return .informational("noise does not make a session fail")
        }
        for _ in 0..<8 {
            guard let id = try MediaSessionCases.open(&context) else { break }
            guard id != subject.session else { throw context.finding("another id") }
        }
        try MediaSessionCases.close(&context, subject.session)
        return .pass
    }
}
