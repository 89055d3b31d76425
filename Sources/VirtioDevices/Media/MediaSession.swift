// One open session: a V4L2 memory-to-memory decoder with its two queues.
// OUTPUT takes coded data out of guest pages; CAPTURE gives pictures in objects named by UUID, or in
// guest pages.

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire

final class MediaSession {
    /// What one queue has been given.
    struct BufferQueue {
        var memory: V4L2.Memory = .sharedPages
        /// Whether each buffer is the device's: from QBUF until its event is in the driver's hands.
        var isQueued: [Bool] = []
        var isStreaming = false
        var sequence: UInt32 = 0
    }

    /// V4L2's classic bound on the buffers of a queue (VIDEO_MAX_FRAME).
    static let buffersMax = 32

    let id: SessionID
    let configuration: MediaConfiguration
    let registry: ResourceRegistry
    let participant: Participant
    private let wake: EventDescriptor
    let onRevoked: @Sendable (Revocation) -> Void

    var output = BufferQueue()
    var capture = BufferQueue()
    var outputFormat: V4L2.PixFormat
    /// The stream's layout; nil until the headers were seen.
    var picture: PictureFormat?
    /// The layout that CAPTURE buffers are for: the stream's when the queue was last stopped.
    var capturePicture: PictureFormat?
    var minimumBuffers = 0
    var subscriptions: Set<V4L2.EventType> = []
    private var eventSequence: UInt32 = 0
    var decoder: DecodeSession?
    /// Units that wait for STREAMON, or for START after a drain.
    var waitingUnits: [CodedUnit] = []
    var isDraining = false
    /// Drained: nothing is decoded until a restart.
    var isStopped = false
    private(set) var isFailed = false
    private var closedStatistics = DecodeStatistics()

    /// The attachment that a CAPTURE buffer was last queued with.
    var attachments: [UInt32: Attachment] = [:]

    /// OUTPUT buffers and time stamps by unit; the last ``unitsRemembered`` of them.
    struct Unit {
        let index: UInt32
        let timestamp: V4L2.Timeval
        let byteCount: Int
    }
    private var units: [Int64: Unit] = [:]
    /// Bytes of coded data that wait for the codec.
    private(set) var codedBytesWaiting = 0
    private var nextUnit: Int64 = 1
    /// More than any codec holds back.
    private static let unitsRemembered: Int64 = 1024

    init(
        id: SessionID, configuration: MediaConfiguration, registry: ResourceRegistry,
        participant: Participant, wake: EventDescriptor,
        onRevoked: @escaping @Sendable (Revocation) -> Void
    ) {
        self.id = id
        self.configuration = configuration
        self.registry = registry
        self.participant = participant
        self.wake = wake
        self.onRevoked = onRevoked
        outputFormat = V4L2.PixFormat(
            width: 0, height: 0, pixelformat: configuration.decoders.first?.fourcc ?? .h264,
            sizeimage: Self.codedBytesDefault)
    }

    static let codedBytesDefault: UInt32 = 1 << 20

    var statistics: DecodeStatistics {
        var sum = closedStatistics
        if let decoder { sum += decoder.statistics }
        return sum
    }

    // MARK: Life

    func close() {
        if let decoder {
            decoder.close()
            closedStatistics += decoder.statistics
        }
        decoder = nil
        attachments.removeAll()
        waitingUnits.removeAll()
        units.removeAll()
        codedBytesWaiting = 0
        isDraining = false
        isStopped = false
    }

    /// The session cannot go on: the driver is told, and only CLOSE works from here on. [MED-I-008]
    func fail(_ status: VirtioMedia.Status, in backlog: inout EventBacklog) {
        guard !isFailed else { return }
        isFailed = true
        close()
        backlog.append(.error(VirtioMedia.EventError(sessionID: id, errno: status)))
    }

    /// An exporter took an object back. A removed one stays as long as the codec refers to it; a
    /// reset waits for us, so the codec goes. [LIFE-1] [LIFE-2]
    func lostObject(_ reason: Revocation, in backlog: inout EventBacklog) {
        switch reason {
        case .removed: attachments = attachments.filter { !$0.value.isRevoked }
        case .exporterReset, .withdrawn, .lost: fail(.eio, in: &backlog)
        }
    }

    /// The decoder for the OUTPUT format, made when it is first needed.
    func startDecoder() throws(MediaFault) -> DecodeSession {
        if let decoder { return decoder }
        guard
            let description = configuration.decoders.first(where: {
                $0.fourcc == outputFormat.pixelformat
            })
        else { throw .invalid }
        guard let made = try? DecodeSession(description, wake: wake) else { throw .noMemory }
        decoder = made
        return made
    }

    // MARK: Units

    func remember(_ unit: Unit) -> Int64 {
        let token = nextUnit
        nextUnit += 1
        units[token] = unit
        units[token - Self.unitsRemembered] = nil
        codedBytesWaiting += unit.byteCount
        return token
    }

    /// Without a buffer of either queue the session is as it was opened: what comes next is another
    /// stream, and its layout is told again.
    func startAnewIfFreed() {
        guard output.isQueued.isEmpty, capture.isQueued.isEmpty else { return }
        close()
        picture = nil
        capturePicture = nil
        isDraining = false
        isStopped = false
    }

    /// Drops all OUTPUT buffers without telling: STREAMOFF does so by itself.
    func forgetUnits() {
        waitingUnits.removeAll()
        codedBytesWaiting = 0
        output.isQueued = output.isQueued.map { _ in false }
    }

    // MARK: Events

    /// Turns what the decoder has done into events for the driver.
    func takeEvents(into backlog: inout EventBacklog) {
        guard let decoder else { return }
        for event in decoder.takeEvents() where !isFailed { take(event, into: &backlog) }
    }

    private func take(_ event: DecodeEvent, into backlog: inout EventBacklog) {
        switch event {
        case .consumed(let token, let failed):
            guard let unit = units[token] else { return }
            codedBytesWaiting -= unit.byteCount
            backlog.append(
                .buffer(
                    dequeued(
                        .videoOutput, unit.index, bytesused: 0, timestamp: unit.timestamp,
                        flags: failed ? [.error] : [])))
        case .sourceChange(let format, let minimumBuffers):
            picture = format
            self.minimumBuffers = minimumBuffers
            signal(.sourceChange, changes: .resolution, in: &backlog)
        case .picture(let index, let token, let byteCount, let isDamaged, let isKeyFrame):
            var flags: V4L2.BufferFlags = [.timestampCopy]
            if isDamaged { flags.insert(.error) }
            if isKeyFrame { flags.insert(.keyframe) }
            backlog.append(
                .buffer(
                    dequeued(
                        .videoCapture, index, bytesused: UInt32(byteCount),
                        timestamp: units[token]?.timestamp ?? V4L2.Timeval(sec: 0, usec: 0),
                        flags: flags)))
        case .last(let index, let isDrained):
            isStopped = isDrained && isDraining
            if isDrained { isDraining = false }
            backlog.append(
                .buffer(
                    dequeued(
                        .videoCapture, index, bytesused: 0,
                        timestamp: V4L2.Timeval(sec: 0, usec: 0), flags: [.last])))
            if isStopped { signal(.eos, changes: [], in: &backlog) }
        case .failed(let error):
            fail(error == .unsupportedFormat ? .eopnotsupp : .eio, in: &backlog)
        }
    }

    /// The driver has a buffer's event: the buffer is its own again.
    func delivered(_ buffer: V4L2.Buffer) {
        let index = Int(buffer.index)
        if buffer.type == .videoOutput, output.isQueued.indices.contains(index) {
            output.isQueued[index] = false
        } else if buffer.type == .videoCapture, capture.isQueued.indices.contains(index) {
            capture.isQueued[index] = false
        }
    }

    private func dequeued(
        _ type: V4L2.BufType, _ index: UInt32, bytesused: UInt32, timestamp: V4L2.Timeval,
        flags: V4L2.BufferFlags
    ) -> VirtioMedia.EventDQBuf {
        let isCapture = type == .videoCapture
        let sequence = isCapture ? capture.sequence : output.sequence
        if isCapture { capture.sequence &+= 1 } else { output.sequence &+= 1 }
        // Pointers and descriptors are 0 here. [MED-D-013]
        let buffer = V4L2.Buffer(
            index: index, type: type, bytesused: bytesused, flags: flags.union(.done),
            field: .none, timestamp: timestamp, sequence: sequence,
            memory: isCapture ? capture.memory : output.memory, m: 0, length: bufferLength(type))
        return VirtioMedia.EventDQBuf(sessionID: id, buffer: buffer)
    }

    func bufferLength(_ type: V4L2.BufType) -> UInt32 {
        type == .videoCapture ? UInt32(capturePicture?.sizeBytes ?? 0) : outputFormat.sizeimage
    }

    func signal(
        _ type: V4L2.EventType, changes: V4L2.SourceChanges, in backlog: inout EventBacklog
    ) {
        guard subscriptions.contains(type) else { return }
        backlog.append(
            .event(
                VirtioMedia.EventEvent(
                    sessionID: id,
                    event: V4L2.Event(
                        type: type, changes: changes.rawValue, sequence: eventSequence,
                        timestampNanos: Int64(clamping: MonotonicClock.nowNanos)))))
        eventSequence &+= 1
    }
}
