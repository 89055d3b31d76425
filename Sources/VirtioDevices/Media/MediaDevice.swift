// virtio-media, device 48 (virtio 1.4, 5.22): a V4L2 stateful decoder whose CAPTURE buffers are
// other devices' objects, named by UUID.
// Invariant: every chain of the command queue goes back, exactly once.

public import HostBridge
public import LinuxSystem
public import ResourceRegistry
public import SystemPackage
internal import VirtioWire
public import Virtqueue

/// What an embedding program may choose.
public struct MediaConfiguration: Sendable {
    public var decoders: [DecoderDescription]
    public var sessionsMax = 16
    /// Bytes of one coded buffer.
    public var codedBytesMax: UInt32 = 16 << 20
    /// Bytes of all coded buffers of one session that the codec has not taken yet.
    public var codedBytesWaitingMax = 64 << 20
    public var card = "virtio-share decoder"

    public init(decoders: [DecoderDescription] = [SimulatedDecoder.description]) {
        self.decoders = decoders
    }
}

public final class MediaDevice: VirtioDevice {
    public static let deviceID = VirtioMedia.deviceID
    public let features: UInt64 = 0
    public let queueSizesMax: [UInt16] = [128, 128]

    let configuration: MediaConfiguration
    let registry: ResourceRegistry
    let participant: Participant
    let wake: EventDescriptor
    private var sessions: [SessionID: MediaSession] = [:]
    private var nextSession: UInt32 = 0
    var backlog = EventBacklog()
    /// Sessions that lost an object, told by the exporter's thread.
    let revoked = Monitor<[SessionID: Revocation]>([:])
    private var queues: [DeviceQueue?] = []
    private var interrupt: EventDescriptor?
    private var closedStatistics = DecodeStatistics()
    /// Nanoseconds spent in command handlers.
    public private(set) var handlerNanos: UInt64 = 0

    /// A longer request is refused: a scatter-gather list of 65,536 entries fits.
    private static let requestBytesMax = 1 << 20 + 4096
    var request = WireBuffer(capacity: MediaDevice.requestBytesMax)
    var response = WireBuffer(capacity: 512)
    private var eventBytes = WireBuffer(capacity: EventBacklog.eventBytesMax)

    public init(configuration: MediaConfiguration, domain: ResourceRegistry) throws(Errno) {
        self.configuration = configuration
        registry = domain
        wake = try EventDescriptor()
        participant = domain.join(name: "virtio-media")
    }

    // MARK: VirtioDevice

    public func accepts(features: UInt64) -> Bool { features == 0 }

    public var config: [UInt8] {
        var buffer = WireBuffer(capacity: VirtioMedia.Config.sizeBytes)
        let caps: V4L2.DeviceCaps = [.videoM2M, .streaming]
        buffer.append(
            VirtioMedia.Config(
                deviceCaps: caps.rawValue, deviceType: 0, card: configuration.card))
        return buffer.array()
    }

    public func writeConfig(offset: Int, bytes: [UInt8]) {}

    public var hostEvent: FileDescriptor { wake.descriptor }

    public func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        self.queues = queues
        self.interrupt = interrupt
    }

    public func reset() -> Bool {
        for session in sessions.values { end(session) }
        sessions.removeAll()
        backlog.removeAll()
        revoked.withLock { $0.removeAll() }
        queues = []
        interrupt = nil
        registry.reset(participant)
        return true
    }

    private func end(_ session: MediaSession) {
        session.close()
        closedStatistics += session.statistics
    }

    /// Of all sessions, closed ones included.
    public var statistics: DecodeStatistics {
        var sum = closedStatistics
        for session in sessions.values { sum += session.statistics }
        return sum
    }

    // MARK: Serving

    public func serve(queue index: Int) throws(QueueError) {
        guard queues.indices.contains(index), let queue = queues[index] else { return }
        guard index == VirtioMedia.commandQueue else { return try deliver() }
        var answered = false
        defer { if answered { notify(queue) } }
        for _ in 0..<queue.size {
            guard let chain = try queue.pop() else { return try deliver() }
            let started = MonotonicClock.nowNanos
            serve(chain, from: queue)
            answered = true
            handlerNanos &+= MonotonicClock.nowNanos &- started
        }
        // More than one turn's worth: come back after the host's events.
        wake.signal()
    }

    public func serveHost() throws(QueueError) {
        wake.take()
        let lost = revoked.withLock { sessions in
            defer { sessions.removeAll() }
            return sessions
        }
        for (id, reason) in lost { sessions[id]?.lostObject(reason, in: &backlog) }
        for session in sessions.values { session.takeEvents(into: &backlog) }
        try deliver()
        try serve(queue: VirtioMedia.commandQueue)
    }

    private func notify(_ queue: DeviceQueue) {
        if queue.needsInterrupt() { interrupt?.signal() }
    }

    /// Hands waiting events out in the driver's event buffers.
    private func deliver() throws(QueueError) {
        guard queues.indices.contains(VirtioMedia.eventQueue),
            let queue = queues[VirtioMedia.eventQueue]
        else { return }
        var delivered = false
        defer { if delivered { notify(queue) } }
        while !backlog.events.isEmpty {
            guard let chain = try queue.pop() else { return }
            delivered = true
            // One that cannot hold the longest event goes back unused: an event is never cut.
            guard chain.writable.byteCount >= UInt64(EventBacklog.eventBytesMax),
                let event = backlog.removeFirst()
            else {
                queue.push(chain.head, written: 0)
                continue
            }
            eventBytes.removeAll()
            event.append(to: &eventBytes)
            let written = try? queue.scatter(eventBytes, to: chain.writable)
            queue.push(chain.head, written: written ?? 0)
            if case .buffer(let buffer) = event {
                sessions[buffer.sessionID]?.delivered(buffer.buffer)
            }
        }
    }

    private func serve(_ chain: DescriptorChain, from queue: DeviceQueue) {
        request.removeAll()
        response.removeAll()
        do throws(MediaFault) {
            guard chain.readable.byteCount <= UInt64(request.capacity),
                (try? queue.gather(
                    chain.readable, limit: request.capacity, into: &request)) != nil
            else { throw .invalid }
            try dispatch(queue.memory)
        } catch {
            response.removeAll()
            response.append(VirtioMedia.RespHeader(status: error.status))
        }
        let written = try? queue.scatter(response, to: chain.writable)
        queue.push(chain.head, written: written ?? 0)
    }

    // MARK: Commands

    func decode<M: WireMessage>(_ type: M.Type = M.self) throws(MediaFault) -> M {
        guard let message = try? request.decode(M.self) else { throw .invalid }
        return message
    }

    private func dispatch(_ memory: GuestMemory) throws(MediaFault) {
        let header: VirtioMedia.CmdHeader = try decode()
        switch header.cmd {
        case .open: try open()
        case .close: try close()
        case .ioctl: try ioctl(memory)
        // No buffer of this device is its own memory: no offset is valid, nothing is mapped.
        case .mmap, .munmap: throw .invalid
        default: throw .notTTY
        }
    }

    private func open() throws(MediaFault) {
        guard sessions.count < configuration.sessionsMax else { throw .busy }
        // Unique among open sessions, failed ones included. [MED-D-001] [MED-D-012]
        while sessions[SessionID(nextSession)] != nil { nextSession &+= 1 }
        let id = SessionID(nextSession)
        nextSession &+= 1
        sessions[id] = MediaSession(
            id: id, configuration: configuration, registry: registry, participant: participant,
            wake: wake,
            onRevoked: { [revoked, wake] reason in
                revoked.withLock { sessions in
                    if sessions[id] == nil || sessions[id] == .removed { sessions[id] = reason }
                }
                wake.signal()
            })
        response.append(VirtioMedia.RespOpen(sessionID: id))
    }

    private func close() throws(MediaFault) {
        let command: VirtioMedia.CmdClose = try decode()
        guard let session = sessions.removeValue(forKey: command.sessionID) else { throw .invalid }
        end(session)
        backlog.removeAll(of: command.sessionID)
        response.append(VirtioMedia.RespHeader(status: .ok))
    }

    private func ioctl(_ memory: GuestMemory) throws(MediaFault) {
        let command: VirtioMedia.CmdIoctl = try decode()
        guard let session = sessions[command.sessionID] else { throw .invalid }
        // What has happened so far is known to the answer, and told before it.
        session.takeEvents(into: &backlog)
        guard !session.isFailed else { throw .inputOutput }
        response.append(VirtioMedia.RespHeader(status: .ok))
        var call = IoctlCall(
            code: command.code, payloadOffset: VirtioMedia.CmdIoctl.sizeBytes, memory: memory)
        try session.perform(
            &call, request: request, response: &response, backlog: &backlog)
    }
}

/// One ioctl as it came in.
struct IoctlCall {
    let code: V4L2.IoctlCode
    /// Where its payload begins in the request.
    let payloadOffset: Int
    let memory: GuestMemory
}
