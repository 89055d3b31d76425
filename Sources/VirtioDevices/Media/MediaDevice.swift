// virtio-media, device 48 (virtio 1.4, 5.22): a V4L2 stateful decoder whose buffers are other
// devices' objects, named by UUID, guest pages, or memory of its own.
// Invariant: every chain of the command queue goes back, exactly once.

public import HostBridge
public import LinuxSystem
public import ResourceRegistry
public import SystemPackage
internal import VirtioWire
public import Virtqueue

public final class MediaDevice: VirtioDevice {
    public static let deviceID = VirtioMedia.deviceID
    public let features: UInt64 = 0
    public let queueSizesMax: [UInt16] = [128, 128]

    let configuration: MediaConfiguration
    let registry: ResourceRegistry
    let participant: Participant
    let wake: EventDescriptor
    let context: MediaContext
    var sessions: [SessionID: MediaSession] = [:]
    var nextSession: UInt32 = 0
    var mappings: MappingTable?
    var backlog = EventBacklog()
    /// Sessions that lost an object, told by the exporter's thread.
    let revoked = Monitor<[SessionID: Revocation]>([:])
    private var queues: [DeviceQueue?] = []
    var closedStatistics = DecodeStatistics()
    /// Nanoseconds spent in command handlers.
    public private(set) var handlerNanos: UInt64 = 0

    /// A command that waits for a codec, or behind one that does. No other session waits for it.
    private struct Parked {
        let chain: DescriptorChain
        let request: [UInt8]
        let session: SessionID
    }
    /// Bounded by the size of the queue that the chains are of.
    private var parked: [Parked] = []

    var request = WireBuffer(capacity: MediaLimits.requestBytesMax)
    var response = WireBuffer(capacity: MediaLimits.responseBytesMax)
    private var eventBytes = WireBuffer(capacity: EventBacklog.eventBytesMax)
    private var chain = DescriptorChain()

    public init(configuration: MediaConfiguration, domain: ResourceRegistry) throws(Errno) {
        var configuration = configuration
        configuration.decoders = configuration.decoders.map { $0.placed(configuration.codecs) }
        self.configuration = configuration
        registry = domain
        wake = try EventDescriptor()
        var limits = DeviceLimits()
        limits.bytesMax = configuration.memoryBytesMax
        do throws(RegistryError) {
            participant = try domain.join(
                name: "virtio-media", capabilities: Self.capabilities, limits: limits)
        } catch { throw .noMemory }
        context = MediaContext(configuration, domain, participant, wake)
    }

    deinit { registry.depart(participant) }

    /// The codecs are this process's CPU: they reach all that it reaches, in any of these formats.
    /// A layout other than the one that G_FMT tells costs a copy of the device's own, so no
    /// alignment is demanded here. [CAP-1]
    private static var capabilities: DeviceCapabilities {
        var capabilities = DeviceCapabilities(exports: .sharedMemory, imports: .cpuVisible)
        capabilities.formats = [V4L2.FourCC.yuv420, .nv12, .p010].map { PixelFormat($0) }
        return capabilities
    }

    // MARK: VirtioDevice

    public func accepts(features: UInt64) -> Bool { features == 0 }

    public var config: [UInt8] {
        var buffer = WireBuffer(capacity: VirtioMedia.Config.sizeBytes)
        let kind: V4L2.DeviceCaps =
            configuration.queueKind == .multiPlanar ? .videoM2MMPlane : .videoM2M
        let caps: V4L2.DeviceCaps = [kind, .streaming]
        buffer.append(
            VirtioMedia.Config(
                deviceCaps: caps.rawValue, deviceType: 0, card: configuration.card))
        return buffer.array()
    }

    public func writeConfig(offset: Int, bytes: [UInt8]) {}

    public var sharedMemoryWindows: [SharedMemoryWindow] {
        let bytes = SharedMemoryWindow.wholePages(configuration.mmapRegionBytes) ?? 0
        return bytes == 0
            ? [] : [SharedMemoryWindow(id: VirtioMedia.mmapRegion, sizeBytes: bytes)]
    }

    public func attach(sharedMemory regions: [any SharedMemoryRegion]) {
        guard let region = regions.first(where: { $0.window.id == VirtioMedia.mmapRegion }) else {
            return
        }
        mappings = MappingTable(region, countMax: configuration.mappingsMax)
        context.hasMMap = true
    }

    public func attach(foreign objects: any ForeignObjects) { context.foreign = objects }

    public var hostEvent: FileDescriptor { wake.descriptor }

    public func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        self.queues = queues
    }

    /// Everything goes, mappings too. False when a codec did not end in time. [LIFE-2]
    public func reset() -> Bool {
        parked.removeAll()
        queues = []
        backlog.removeAll()
        for session in sessions.values { session.beginClose() }
        mappings?.unmapAll(registry: registry, participant: participant)
        let deadline = MonotonicClock.nowNanos &+ MediaLimits.resetNanos
        var isClean = true
        for session in sessions.values {
            isClean = session.waitUntilEnded(untilNanos: deadline) && isClean
        }
        guard isClean else { return false }
        for session in sessions.values { closedStatistics += session.statistics }
        sessions.removeAll()
        revoked.withLock { $0.removeAll() }
        registry.reset(participant)
        return true
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
        // Malformed chains have gone back too when there is nothing else.
        defer { notify(queue) }
        for _ in 0..<queue.size {
            guard let chain = try queue.pop() else { return try deliver() }
            let started = MonotonicClock.nowNanos
            serve(chain, from: queue)
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
        retryParked()
        try deliver()
        try serve(queue: VirtioMedia.commandQueue)
    }

    private func notify(_ queue: DeviceQueue) {
        if queue.hasUntold { queue.tell() }
    }

    /// Hands waiting events out in the driver's event buffers.
    private func deliver() throws(QueueError) {
        guard queues.indices.contains(VirtioMedia.eventQueue),
            let queue = queues[VirtioMedia.eventQueue]
        else { return }
        defer { notify(queue) }
        while !backlog.events.isEmpty {
            guard let chain = try queue.pop() else { return }
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

    /// Answers the chain, or parks it.
    private func serve(_ chain: DescriptorChain, from queue: DeviceQueue) {
        request.removeAll()
        guard chain.readable.byteCount <= UInt64(request.capacity),
            (try? queue.gather(chain.readable, limit: request.capacity, into: &request)) != nil
        else {
            response.removeAll()
            response.append(VirtioMedia.RespHeader(status: .einval))
            return answer(chain, on: queue)
        }
        let session = namedSession
        if !parked.isEmpty, let session, parked.contains(where: { $0.session == session }) {
            return parked.append(
                Parked(chain: chain, request: request.array(), session: session))
        }
        if perform(queue.memory) == .wait, let session {
            return parked.append(
                Parked(chain: chain, request: request.array(), session: session))
        }
        answer(chain, on: queue)
    }

    private func answer(_ chain: DescriptorChain, on queue: DeviceQueue) {
        let written = try? queue.scatter(response, to: chain.writable)
        queue.push(chain.head, written: written ?? 0)
    }

    /// Asks again what waited; of each session in the order that it came.
    private func retryParked() {
        guard !parked.isEmpty, queues.indices.contains(VirtioMedia.commandQueue),
            let queue = queues[VirtioMedia.commandQueue]
        else { return }
        var blocked = Set<SessionID>()
        var still: [Parked] = []
        for command in parked {
            if !blocked.contains(command.session) {
                request.removeAll()
                request.append(contentsOf: command.request)
                if perform(queue.memory) == .done {
                    answer(command.chain, on: queue)
                    continue
                }
                blocked.insert(command.session)
            }
            still.append(command)
        }
        parked = still
        notify(queue)
    }

    private func perform(_ memory: GuestMemory) -> MediaSession.Outcome {
        response.removeAll()
        do throws(MediaFault) { return try dispatch(memory) } catch {
            if error.hasPayload {
                response.store(u32: error.status.rawValue, at: 0)
            } else {
                response.removeAll()
                response.append(VirtioMedia.RespHeader(status: error.status))
            }
            return .done
        }
    }
}
