// What a guest's video player does with a V4L2 stateful decoder: OUTPUT set up, headers found,
// CAPTURE set up by what the decoder says it needs, pictures dequeued, drain.

internal import LinuxSystem
public import VirtioWire
internal import Virtqueue

/// One decoding session of the guest's. Owned by the guest's one thread.
public final class V4L2Decoder {
    public enum Event: Equatable, Sendable {
        /// The stream's layout is known, or has changed.
        case sourceChange
        case picture(index: UInt32, timestamp: V4L2.Timeval, isDamaged: Bool)
        /// A coded buffer is free again; its data may have been damaged.
        case codedBufferFree(isDamaged: Bool)
        /// No picture follows until a restart.
        case last
        case endOfStream
    }

    public let media: MediaDriver
    public let session: SessionID
    public let codedBytes: Int
    private enum CodedBuffer {
        case pages(GuestBlock)
        case mapped(MediaDriver.MappedPlane)
    }
    private var codedBuffers: [CodedBuffer] = []
    private var freeCoded: [UInt32] = []
    /// Whether the device has coded data of ours.
    public var hasCodedInFlight: Bool { freeCoded.count < codedBuffers.count }
    /// The CAPTURE buffer that last came with LAST: empty, and the guest's again.
    public private(set) var lastBuffer: UInt32?
    public private(set) var isCaptureStreaming = false

    /// Opens a session for `codec` and starts its OUTPUT queue.
    ///
    /// - Parameters:
    ///   - codedBytes: the longest access unit that will be fed.
    ///   - codedMemory: pages of the guest's, or (MMAP) memory of the device's.
    public init(
        _ media: MediaDriver, codec: V4L2.FourCC, codedBytes: Int, codedBuffers: Int = 8,
        codedMemory: V4L2.Memory = .sharedPages
    ) throws(DriverError) {
        self.media = media
        session = try media.open()
        do throws(DriverError) {
            self.codedBytes = try Self.setCodedFormat(media, session, codec, codedBytes)
            try startOutput(codedBuffers, codedMemory)
        } catch {
            try media.close(session)
            throw error
        }
    }

    private static func setCodedFormat(
        _ media: MediaDriver, _ session: SessionID, _ codec: V4L2.FourCC, _ codedBytes: Int
    ) throws(DriverError) -> Int {
        let codecs = try Self.codecs(media, session)
        guard codecs.contains(where: { $0.pixelformat == codec }) else { throw .media(.einval) }
        let asked = V4L2.Format(
            type: .videoOutput,
            pix: V4L2.PixFormat(
                width: 0, height: 0, pixelformat: codec, sizeimage: UInt32(codedBytes)))
        let answer = try media.ioctl(.sFmt, asked, session: session).payload
        guard answer.pix.pixelformat == codec, Int(answer.pix.sizeimage) >= codedBytes else {
            throw .media(.einval)
        }
        return Int(answer.pix.sizeimage)
    }

    /// What the device decodes (ENUM_FMT on OUTPUT).
    public static func codecs(_ media: MediaDriver, _ session: SessionID) throws(DriverError)
        -> [V4L2.FmtDesc]
    {
        var codecs: [V4L2.FmtDesc] = []
        while codecs.count < 64 {
            let asked = V4L2.FmtDesc(index: UInt32(codecs.count), type: .videoOutput)
            do throws(DriverError) {
                codecs.append(try media.ioctl(.enumFmt, asked, session: session).payload)
            } catch {
                guard error == .media(.einval) else { throw error }
                break
            }
        }
        return codecs
    }

    private func startOutput(_ count: Int, _ memory: V4L2.Memory) throws(DriverError) {
        for type in [V4L2.EventType.sourceChange, .eos] {
            try subscribe(type)
        }
        let answer = try media.ioctl(
            .reqbufs,
            V4L2.RequestBuffers(
                count: UInt32(count), type: .videoOutput, memory: memory),
            session: session
        ).payload
        guard answer.count > 0 else { throw .badResponse }
        for index in 0..<answer.count {
            let buffer = try query(index, .videoOutput, memory)
            codedBuffers.append(
                memory == .mmap
                    ? .mapped(try map(buffer, isWritable: true))
                    : .pages(try media.machine.allocate(Int(buffer.length))))
            freeCoded.append(index)
        }
        try stream(.streamon, .videoOutput)
    }

    /// A buffer's length, and where to map it (QUERYBUF).
    private func query(_ index: UInt32, _ type: V4L2.BufType, _ memory: V4L2.Memory)
        throws(DriverError) -> V4L2.Buffer
    {
        let asked = V4L2.Buffer(index: index, type: type, memory: memory)
        let answer = try media.ioctl(.querybuf, asked, session: session).payload
        guard answer.index == index, answer.length >= (type == .videoOutput ? codedBytes : 1) else {
            throw .badResponse
        }
        return answer
    }

    private func map(_ buffer: V4L2.Buffer, isWritable: Bool) throws(DriverError)
        -> MediaDriver.MappedPlane
    {
        try media.map(
            offset: UInt32(truncatingIfNeeded: buffer.m), isWritable: isWritable, session: session)
    }

    private func subscribe(_ type: V4L2.EventType) throws(DriverError) {
        var payload = WireBuffer(capacity: V4L2.EventSubscription.sizeBytes)
        payload.append(V4L2.EventSubscription(type: type))
        try media.ioctl(.subscribeEvent, writing: payload.array(), session: session)
    }

    private func stream(_ code: V4L2.IoctlCode, _ type: V4L2.BufType) throws(DriverError) {
        var payload = WireBuffer(capacity: 4)
        payload.append(u32: type.rawValue)
        try media.ioctl(code, writing: payload.array(), session: session)
    }

    // MARK: Coded data

    /// Queues one access unit; false when no coded buffer is free.
    public func feed(_ bytes: [UInt8], timestamp: V4L2.Timeval) throws(DriverError) -> Bool {
        guard bytes.count <= codedBytes else { throw .outOfGuestMemory }
        guard let index = freeCoded.last else { return false }
        var entries = WireBuffer(capacity: VirtioMedia.SGEntry.sizeBytes)
        var buffer = V4L2.Buffer(
            index: index, type: .videoOutput, bytesused: UInt32(bytes.count), field: .none,
            timestamp: timestamp, memory: .sharedPages, length: UInt32(codedBytes))
        switch codedBuffers[Int(index)] {
        case .pages(let block):
            media.machine.range(of: block).write(bytes)
            entries.append(
                VirtioMedia.SGEntry(start: block.start, len: UInt32(codedBytes)))
            buffer.m = block.start.rawValue
        case .mapped(let plane):
            plane.view.memory.write(bytes)
            buffer.memory = .mmap
        }
        do throws(DriverError) {
            _ = try media.ioctl(.qbuf, buffer, session: session, trailing: entries.array())
        } catch { throw try cause(of: error) }
        freeCoded.removeLast()
        return true
    }

    /// A session that has failed answers EIO; why, an error event tells.
    private func cause(of error: DriverError) throws(DriverError) -> DriverError {
        guard error == .media(.eio) else { return error }
        while let event = try media.takeEvent(of: session) {
            if case .error(let failure) = event { return .sessionFailed(failure.errno) }
        }
        return error
    }

    public var hasFreeCodedBuffer: Bool { !freeCoded.isEmpty }
    public var codedBuffersInFlight: Int { codedBuffers.count - freeCoded.count }

    // MARK: Pictures

    /// The layout that the decoder needs (G_FMT and G_SELECTION on CAPTURE).
    public func layout() throws(DriverError) -> VideoLayout {
        let format = try media.ioctl(
            .gFmt, V4L2.Format(type: .videoCapture), session: session
        ).payload
        let selection = try media.ioctl(
            .gSelection, V4L2.Selection(type: .videoCapture, target: .compose), session: session
        ).payload
        guard let layout = VideoLayout(format.pix, visible: selection.r) else {
            throw .badResponse
        }
        return layout
    }

    /// How many buffers the decoder may hold at once.
    public func minimumCaptureBuffers() throws(DriverError) -> Int {
        Int(
            try media.ioctl(
                .gCtrl, V4L2.Control(id: .minBuffersForCapture), session: session
            ).payload.value)
    }

    /// Asks for CAPTURE buffers; the device may give fewer. Also tells how long each must be.
    @discardableResult
    public func requestCapture(_ count: Int, memory: V4L2.Memory) throws(DriverError) -> (
        count: Int, bufferBytes: Int
    ) {
        let given = try media.ioctl(
            .reqbufs,
            V4L2.RequestBuffers(count: UInt32(count), type: .videoCapture, memory: memory),
            session: session
        ).payload.count
        guard given > 0 else { return (0, 0) }
        return (Int(given), Int(try query(0, .videoCapture, memory).length))
    }

    public func startCapture() throws(DriverError) {
        try stream(.streamon, .videoCapture)
        isCaptureStreaming = true
    }

    public func stopCapture() throws(DriverError) {
        try stream(.streamoff, .videoCapture)
        // A LAST that came with SOURCE_CHANGE must not pass for one of the buffers to come.
        try media.forgetBuffers(of: session, type: .videoCapture)
        isCaptureStreaming = false
    }

    /// Queues an object that another device has exported. The UUID is all that goes over.
    public func queueCapture(_ index: UInt32, object uuid: ResourceUUID) throws(DriverError) {
        var name = WireBuffer(capacity: ResourceUUID.sizeBytes)
        name.append(uuid)
        let buffer = V4L2.Buffer(
            index: index, type: .videoCapture, field: .none, memory: .virtioObject)
        let answer = try media.ioctl(
            .qbuf, buffer, session: session, trailing: name.array(),
            trailingBack: ResourceUUID.sizeBytes)
        guard answer.trailing == name.array() else { throw .badResponse }
    }

    /// Sets the order of the samples; the decoder may take another one, which is told.
    public func setCaptureFormat(_ fourcc: V4L2.FourCC) throws(DriverError) -> V4L2.FourCC {
        let asked = V4L2.Format(
            type: .videoCapture, pix: V4L2.PixFormat(width: 0, height: 0, pixelformat: fourcc))
        return try media.ioctl(.sFmt, asked, session: session).payload.pix.pixelformat
    }

    /// Queues a buffer of the device's own memory.
    public func queueCapture(_ index: UInt32) throws(DriverError) {
        let buffer = V4L2.Buffer(index: index, type: .videoCapture, field: .none, memory: .mmap)
        _ = try media.ioctl(.qbuf, buffer, session: session)
    }

    /// What the decoder writes into a buffer of its own memory, to be looked at.
    public func mapCapture(_ index: UInt32) throws(DriverError) -> MediaDriver.MappedPlane {
        try map(try query(index, .videoCapture, .mmap), isWritable: false)
    }

    /// The name of a buffer of the device's own memory.
    public func exportCapture(_ index: UInt32) throws(DriverError) -> ResourceUUID {
        try media.export(index, type: .videoCapture, session: session)
    }

    /// Queues guest pages.
    public func queueCapture(_ index: UInt32, pages block: GuestBlock) throws(DriverError) {
        var entries = WireBuffer(capacity: VirtioMedia.SGEntry.sizeBytes)
        entries.append(VirtioMedia.SGEntry(start: block.start, len: UInt32(block.sizeBytes)))
        let buffer = V4L2.Buffer(
            index: index, type: .videoCapture, field: .none, memory: .sharedPages,
            m: block.start.rawValue, length: UInt32(block.sizeBytes))
        _ = try media.ioctl(.qbuf, buffer, session: session, trailing: entries.array())
    }

    // MARK: Commands and events

    /// All units queued so far become pictures; then LAST. False while a drain is under way, which
    /// a stream may begin by itself when it says that it ends.
    @discardableResult public func drain() throws(DriverError) -> Bool {
        do throws(DriverError) {
            _ = try media.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: .stop), session: session)
            return true
        } catch .media(.ebusy) {
            return false
        }
    }

    /// Decodes what was queued behind a drain, or behind the end that a stream has said itself.
    public func resume() throws(DriverError) {
        _ = try media.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: .start), session: session)
    }

    /// Forgets what is queued and not decoded: the next unit may be anywhere in the stream.
    public func seek() throws(DriverError) {
        try stream(.streamoff, .videoOutput)
        try media.forgetBuffers(of: session, type: .videoOutput)
        freeCoded = codedBuffers.indices.map { UInt32($0) }
        try stream(.streamon, .videoOutput)
    }

    /// The next thing that the device tells of this session; nil after the time-out.
    public func nextEvent(timeoutMillis: Int32) throws(DriverError) -> Event? {
        let deadline = MonotonicClock.nowNanos &+ UInt64(max(0, timeoutMillis)) * 1_000_000
        while true {
            while let event = try media.takeEvent(of: session) {
                if let event = try translate(event) { return event }
            }
            let now = MonotonicClock.nowNanos
            guard now < deadline else { return nil }
            try media.waitForInterrupt(timeoutMillis: Int32((deadline - now) / 1_000_000 + 1))
        }
    }

    private func translate(_ event: MediaEvent) throws(DriverError) -> Event? {
        switch event {
        case .error(let error): throw .sessionFailed(error.errno)
        case .event(let event):
            switch event.event.type {
            case .sourceChange: return .sourceChange
            case .eos: return .endOfStream
            default: return nil
            }
        case .buffer(let event):
            let buffer = event.buffer
            if buffer.type == .videoOutput {
                guard buffer.index < codedBuffers.count, !freeCoded.contains(buffer.index) else {
                    throw .badResponse
                }
                freeCoded.append(buffer.index)
                return .codedBufferFree(isDamaged: buffer.flags.contains(.error))
            }
            if buffer.flags.contains(.last), buffer.bytesused == 0 {
                lastBuffer = buffer.index
                return .last
            }
            return .picture(
                index: buffer.index, timestamp: buffer.timestamp,
                isDamaged: buffer.flags.contains(.error))
        }
    }

    public func close() throws(DriverError) {
        try media.close(session)
        for buffer in codedBuffers {
            switch buffer {
            case .pages(let block): media.machine.free(block)
            case .mapped(let plane): try media.unmap(plane)
            }
        }
        codedBuffers = []
        freeCoded = []
    }
}
