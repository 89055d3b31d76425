// One open session: a V4L2 memory-to-memory decoder with its two queues. OUTPUT takes coded data,
// CAPTURE gives pictures; the memory of either is guest pages, objects named by UUID, or ours.

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire

/// What all sessions of a device share.
final class MediaContext {
    let configuration: MediaConfiguration
    let registry: ResourceRegistry
    let participant: Participant
    let wake: EventDescriptor
    let planes: PlaneCount
    let controls: [ControlDescription]
    /// Whether MMAP buffers can be shown to the driver.
    var hasMMap = false
    /// Who knows objects that the domain does not have.
    var foreign: (any ForeignObjects)?

    init(
        _ configuration: MediaConfiguration, _ registry: ResourceRegistry,
        _ participant: Participant, _ wake: EventDescriptor
    ) {
        self.configuration = configuration
        self.registry = registry
        self.participant = participant
        self.wake = wake
        planes = PlaneCount(max: configuration.mmapPlanesMax)
        controls = ControlDescription.all(for: configuration.decoders)
    }
}

final class MediaSession {
    /// Whether a command is done, or waits for a codec and is to be asked again.
    enum Outcome { case done, wait }

    let id: SessionID
    let context: MediaContext
    let onRevoked: @Sendable (Revocation) -> Void
    var configuration: MediaConfiguration { context.configuration }

    var output = BufferQueue()
    var capture = BufferQueue()
    var outputFormat: V4L2.PixFormat
    /// The stream's layout; nil until the headers were seen.
    var picture: PictureFormat?
    /// What the driver has chosen for CAPTURE, if it has.
    var chosenFourCC: V4L2.FourCC?
    /// The layout that CAPTURE buffers are for: the chosen one when the queue was last stopped.
    var capturePicture: PictureFormat?
    var minimumBuffers = 0
    var isUndelayed = false

    struct Subscription: Hashable {
        let type: V4L2.EventType
        let id: UInt32
    }
    var subscriptions: [Subscription: V4L2.EventSubscriptionFlags] = [:]
    private var nextEvent: UInt32 = 0

    var decoder: DecodeSession?
    /// Decoders that were told to end and have not ended yet.
    private var ending: [DecodeSession] = []
    var waiting: [WaitingUnit] = []
    /// STOP was given, and LAST has not come.
    var isDraining = false
    /// The decoder knows of the drain.
    var isDrainSent = false
    /// Drained: nothing is decoded until a restart.
    var isStopped = false
    private(set) var isFailed = false
    private(set) var isClosing = false
    private var endedStatistics = DecodeStatistics()
    private var nextCookie: UInt32 = 0

    /// OUTPUT buffers and time stamps by unit; the last ``MediaLimits/unitsRemembered`` of them.
    struct Unit {
        let index: UInt32
        let timestamp: V4L2.Timeval
    }
    private var units: [Int64: Unit] = [:]
    /// Bytes of units that the codec has not taken yet.
    private var unitBytes: [Int64: Int] = [:]
    private(set) var codedBytesWaiting = 0
    private var nextUnit: Int64 = 1

    init(
        id: SessionID, context: MediaContext, onRevoked: @escaping @Sendable (Revocation) -> Void
    ) {
        self.id = id
        self.context = context
        self.onRevoked = onRevoked
        outputFormat = V4L2.PixFormat(
            width: 0, height: 0,
            pixelformat: context.configuration.decoders.first?.fourcc ?? .h264,
            sizeimage: min(
                MediaLimits.codedBytesDefault, context.configuration.codedBytesMax))
    }

    var isMultiPlanar: Bool { configuration.queueKind == .multiPlanar }
    var outputType: V4L2.BufType { isMultiPlanar ? .videoOutputMPlane : .videoOutput }
    var captureType: V4L2.BufType { isMultiPlanar ? .videoCaptureMPlane : .videoCapture }

    var statistics: DecodeStatistics {
        var sum = endedStatistics
        for decoder in ending { sum += decoder.statistics }
        if let decoder { sum += decoder.statistics }
        return sum
    }

    // MARK: Life

    /// Ends everything; the codec's thread may take a while: ``hasEnded``.
    func beginClose() {
        isClosing = true
        endDecoder()
        for index in output.buffers.indices { output.buffers[index].attachments.removeAll() }
        for index in capture.buffers.indices { capture.buffers[index].attachments.removeAll() }
    }

    /// Whether no codec's thread is left; those that are done are let go.
    var hasEnded: Bool {
        ending.removeAll { decoder in
            guard decoder.hasExited else { return false }
            decoder.close()
            endedStatistics += decoder.statistics
            return true
        }
        return ending.isEmpty
    }

    /// Waits for codecs to end; false past the deadline.
    func waitUntilEnded(untilNanos deadline: UInt64) -> Bool {
        for decoder in ending where !decoder.waitUntilExited(untilNanos: deadline) { return false }
        return hasEnded
    }

    /// The decoder goes; what it was given and has not decoded is forgotten.
    func endDecoder() {
        if let decoder {
            decoder.beginClose()
            ending.append(decoder)
        }
        decoder = nil
        forgetUnits()
        units.removeAll()
        endDrain()
        isStopped = false
    }

    func endDrain() {
        isDraining = false
        isDrainSent = false
        waiting.removeAll { if case .drain = $0 { true } else { false } }
    }

    /// The session cannot go on: the driver is told, and only CLOSE works from here on. [MED-I-008]
    func fail(_ status: VirtioMedia.Status, in backlog: inout EventBacklog) {
        guard !isFailed else { return }
        isFailed = true
        endDecoder()
        output.forgetAttachments()
        capture.forgetAttachments()
        backlog.append(.error(VirtioMedia.EventError(sessionID: id, errno: status)))
    }

    /// An exporter took an object back. A removed one stays as long as the codec refers to it; any
    /// other is waited for by its exporter: where the codec has it, the codec goes. [LIFE-1] [LIFE-2]
    func lostObject(_ reason: Revocation, in backlog: inout EventBacklog) {
        switch reason {
        case .removed: break
        case .exporterReset, .withdrawn, .lost:
            if usesRevoked { return fail(.eio, in: &backlog) }
        }
        output.forgetRevoked()
        capture.forgetRevoked()
    }

    private var usesRevoked: Bool {
        if decoder?.usesRevoked ?? false { return true }
        return waiting.contains { unit in
            if case .object(let object) = unit { object.attachment.isRevoked } else { false }
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
        guard
            let made = try? DecodeSession(
                description, wake: context.wake, isUndelayed: isUndelayed)
        else { throw .noMemory }
        decoder = made
        return made
    }

    /// A number that names a plane for MMAP: no other of the session has it.
    func makeCookie() -> UInt32 {
        let used = Set((output.buffers + capture.buffers).flatMap { $0.planes.map(\.cookie) })
        repeat { nextCookie &+= 1 } while used.contains(nextCookie << Self.cookieShift)
        return nextCookie << Self.cookieShift
    }

    /// Cookies look like offsets of pages, which is what a driver's mmap wants.
    private static let cookieShift: UInt32 = 12

    /// The plane of that cookie.
    func plane(of cookie: UInt32) -> DevicePlane? {
        for buffer in output.buffers {
            for plane in buffer.planes where plane.cookie == cookie { return plane }
        }
        for buffer in capture.buffers {
            for plane in buffer.planes where plane.cookie == cookie { return plane }
        }
        return nil
    }

    // MARK: Units

    /// Counts the bytes of a unit until the codec has taken it. [QUOTA-1]
    func remember(_ unit: Unit, byteCount: Int) throws(MediaFault) -> Int64 {
        guard codedBytesWaiting <= configuration.codedBytesWaitingMax - byteCount else {
            throw .noMemory
        }
        do throws(RegistryError) {
            try context.registry.charge(UInt64(byteCount), to: context.participant)
        } catch { throw error.fault }
        let token = nextUnit
        nextUnit += 1
        units[token] = unit
        units[token - MediaLimits.unitsRemembered] = nil
        unitBytes[token] = byteCount
        codedBytesWaiting += byteCount
        return token
    }

    /// The unit's buffer, when it is the decoder's still.
    func takeBack(_ token: Int64) -> Unit? {
        guard let byteCount = unitBytes.removeValue(forKey: token) else { return nil }
        codedBytesWaiting -= byteCount
        context.registry.refund(UInt64(byteCount), to: context.participant)
        return units[token]
    }

    /// When the unit was said to be shown.
    func timestamp(of token: Int64) -> V4L2.Timeval {
        units[token]?.timestamp ?? V4L2.Timeval(sec: 0, usec: 0)
    }

    func nextEventSequence() -> UInt32 {
        defer { nextEvent &+= 1 }
        return nextEvent
    }

    /// Drops all OUTPUT buffers without telling: STREAMOFF does so by itself. What becomes of units
    /// that the codec has already is nobody's any more; their time stamps are.
    func forgetUnits() {
        waiting.removeAll()
        context.registry.refund(UInt64(codedBytesWaiting), to: context.participant)
        codedBytesWaiting = 0
        unitBytes.removeAll()
        output.dequeueAll()
    }

    /// Without a buffer of either queue the session is as it was opened: what comes next is another
    /// stream, and its layout is told again.
    func startAnewIfFreed() {
        guard output.buffers.isEmpty, capture.buffers.isEmpty else { return }
        endDecoder()
        picture = nil
        capturePicture = nil
    }
}
