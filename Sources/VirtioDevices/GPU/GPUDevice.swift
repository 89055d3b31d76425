// virtio-gpu, device 16 (virtio 1.4, 5.7): the commands of the sharing path, over virglrenderer.
// Invariant: every chain that comes in goes back, exactly once, with a response where it has room.

public import HostBridge
public import LinuxSystem
public import ResourceRegistry
public import SystemPackage
internal import VirtioWire
public import Virtqueue

/// What an embedding program may choose.
public struct GPUConfiguration: Sendable {
    public var limits = RendererLimits()
    /// The display's preferred mode.
    public var width: UInt32 = 1280
    public var height: UInt32 = 720
    /// How long a reset waits for other devices to let go of exported memory.
    public var resetBoundNanos: UInt64 = 5_000_000_000

    public init() {}
}

public final class GPUDevice: VirtioDevice {
    public static let deviceID = VirtioGPU.deviceID
    public let queueSizesMax: [UInt16] = [256, 16]

    /// Called on the device's thread during a reset, after importers were told to let go of exported
    /// memory and before the wait for them: a program that runs importers on this same thread serves
    /// them here, or the wait cannot end before its bound. [LIFE-2]
    public var serveImporters: () -> Void = {}

    let configuration: GPUConfiguration
    let registry: ResourceRegistry
    let participant: Participant
    let wake: EventDescriptor
    /// nil after a reset that could not stop an importer: the device is out of service.
    var renderer: VirglRenderer
    var negotiated: VirtioGPU.Features = []
    private var queues: [DeviceQueue?] = []
    private var interrupt: EventDescriptor?
    private var ledger = FenceLedger()
    /// Read leases by the fence that ends them. [SYNC-5]
    private var leases: [UInt64: [Lease]] = [:]
    var exports: [ResourceID: SharedObject] = [:]
    /// Memory of unreferenced resources that an importer still holds.
    private var keepers: [ResourceUUID: VirglRenderer.Keeper] = [:]
    /// Resources that could be neither freed nor kept under another name when they were unreferenced:
    /// their ids stay taken until nobody holds them.
    var lingering: [ResourceUUID: ResourceID] = [:]
    /// Objects that nobody holds any more, told by whichever thread let go last.
    let unused = Monitor<[ResourceUUID]>([])
    /// Nanoseconds spent in the handlers of commands, those that draw or move texels left out.
    public private(set) var commandNanos: UInt64 = 0

    /// Requests longer than this are refused.
    private static let requestBytesMax = 4 << 20
    /// Whether the last command was one that draws or moves texels.
    var lastCommandWorked = false
    private var request: WireBuffer
    var response: WireBuffer
    var streamWords: [UInt32] = []

    /// Starts virglrenderer on the calling thread, which owns the device from now on.
    public init(configuration: GPUConfiguration = GPUConfiguration(), domain: ResourceRegistry)
        throws
    {
        self.configuration = configuration
        registry = domain
        wake = try EventDescriptor()
        renderer = try VirglRenderer(limits: configuration.limits, wake: wake)
        participant = domain.join(name: "virtio-gpu")
        request = WireBuffer(capacity: Self.requestBytesMax + VirtioGPU.CmdSubmit.sizeBytes)
        let capsetBytes = VirglRenderer.capsets.map { Int(VirglRenderer.capset($0).maxSize) }.max()
        response = WireBuffer(
            capacity: max(
                VirtioGPU.RespEDID.sizeBytes, VirtioGPU.ControlHeader.sizeBytes + (capsetBytes ?? 0)
            ))
    }

    /// Ends the renderer. On the device's thread, last of all.
    public func close() { renderer.close() }

    // MARK: VirtioDevice

    public var features: UInt64 {
        VirtioGPU.Features([.virgl, .edid, .resourceUUID, .resourceBlob, .contextInit]).rawValue
    }

    /// CONTEXT_INIT needs VIRGL (5.7.3).
    public func accepts(features: UInt64) -> Bool {
        let features = VirtioGPU.Features(rawValue: features)
        return !features.contains(.contextInit) || features.contains(.virgl)
    }

    public var config: [UInt8] {
        let config = VirtioGPU.Config(
            eventsRead: 0, eventsClear: 0, numScanouts: 1,
            numCapsets: UInt32(VirglRenderer.capsets.count))
        var buffer = WireBuffer(capacity: VirtioGPU.Config.sizeBytes)
        buffer.append(config)
        return buffer.array()
    }

    /// `events_clear` is the only writable field, and no event is ever set here.
    public func writeConfig(offset: Int, bytes: [UInt8]) {}

    public var hostEvent: FileDescriptor { wake.descriptor }

    public func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        negotiated = VirtioGPU.Features(rawValue: features)
        self.queues = queues
        self.interrupt = interrupt
    }

    public func reset() -> Bool {
        queues = []
        interrupt = nil
        ledger.removeAll()
        leases.removeAll()
        negotiated = []
        exports.removeAll()
        registry.reset(participant)
        serveImporters()
        let deadline = MonotonicClock.nowNanos &+ configuration.resetBoundNanos
        // Past the bound the memory must stay: somebody still writes to it. [LIFE-2]
        guard registry.waitUntilUnused(exporter: participant, untilNanos: deadline) else {
            return false
        }
        unused.withLock { $0.removeAll() }
        keepers.removeAll()
        lingering.removeAll()
        renderer.close()
        guard let fresh = try? VirglRenderer(limits: configuration.limits, wake: wake) else {
            return false
        }
        renderer = fresh
        return true
    }

    // MARK: Serving

    /// Serves one ring's worth at the most, then lets the fences have their turn.
    public func serve(queue index: Int) throws(QueueError) {
        guard queues.indices.contains(index), let queue = queues[index] else { return }
        var answered = false
        defer { if answered { notify(queue) } }
        for _ in 0..<queue.size {
            guard let chain = try queue.pop() else { return }
            let started = MonotonicClock.nowNanos
            let isCursor = index == VirtioGPU.cursorQueue
            if serve(chain, from: queue, isCursor: isCursor) { answered = true }
            if !lastCommandWorked { commandNanos &+= MonotonicClock.nowNanos &- started }
        }
        wake.signal()
    }

    public func serveHost() throws(QueueError) {
        wake.take()
        for uuid in unused.withLock({ uuids in
            defer { uuids.removeAll() }
            return uuids
        }) {
            if let keeper = keepers.removeValue(forKey: uuid) { renderer.release(keeper) }
            if let id = lingering.removeValue(forKey: uuid) { try? renderer.unref(id) }
        }
        for fence in renderer.takeRetiredFences() {
            leases[fence] = nil
            answer(ledger.retire(fence))
        }
        // A queue that held more than one turn's worth.
        for index in queues.indices { try serve(queue: index) }
    }

    private func answer(_ entries: [FenceLedger.Entry]) {
        guard !entries.isEmpty, let queue = queues.first ?? nil else { return }
        for entry in entries {
            let written =
                try? queue.scatter(unsafe entry.response.span.bytes, to: entry.writable)
            queue.push(entry.head, written: written ?? 0)
        }
        notify(queue)
    }

    private func notify(_ queue: DeviceQueue) {
        if queue.needsInterrupt() { interrupt?.signal() }
    }

    /// Serves one chain; false when its response waits for a fence.
    private func serve(_ chain: DescriptorChain, from queue: DeviceQueue, isCursor: Bool) -> Bool {
        request.removeAll()
        response.removeAll()
        lastCommandWorked = false
        var header = VirtioGPU.ControlHeader(type: .errUnspec)
        var outcome = Outcome.done
        do throws(GPUFault) {
            do throws(GuestMemoryError) {
                _ = try queue.gather(
                    chain.readable, limit: request.capacity, into: &request)
            } catch { throw .memory(error) }
            header = try decode()
            guard chain.readable.byteCount <= UInt64(request.capacity) else { throw .tooLarge }
            guard !isCursor else { throw .notServed }
            try checkRing(of: header)
            outcome = try dispatch(header, memory: queue.memory)
        } catch {
            response.removeAll()
            response.append(VirtioGPU.ControlHeader(type: error.response))
        }
        completeHeader(for: header)
        guard !isCursor else { return answerNow(chain, from: queue) }
        return finish(chain, from: queue, header, outcome)
    }

    /// How a command ended.
    enum Outcome {
        /// The response may go as soon as its timeline lets it.
        case done
        /// The work ends with this fence of the renderer's.
        case fence(UInt64, [Lease])
    }

    private func checkRing(of header: VirtioGPU.ControlHeader) throws(GPUFault) {
        guard header.flags.contains(.infoRingIdx), negotiated.contains(.contextInit) else { return }
        guard header.ringIdx < Self.ringsMax else { throw .invalidParameter }
    }

    /// `ring_idx` runs from 0 to 63 (5.7.6).
    private static let ringsMax: UInt8 = 64

    /// A fenced request's response carries its fence, errors included. [GPU-D-007] [GPU-D-008]
    private func completeHeader(for request: VirtioGPU.ControlHeader) {
        guard request.flags.contains(.fence), response.count >= VirtioGPU.ControlHeader.sizeBytes
        else { return }
        let flags = request.flags.intersection([.fence, .infoRingIdx])
        response.store(u32: flags.rawValue, at: 4)
        response.store(u32: UInt32(truncatingIfNeeded: request.fenceID), at: 8)
        response.store(u32: UInt32(truncatingIfNeeded: request.fenceID >> 32), at: 12)
        response.store(u32: request.ctxID.rawValue, at: 16)
        response.store(u32: UInt32(request.ringIdx), at: 20)
    }

    private func finish(
        _ chain: DescriptorChain, from queue: DeviceQueue, _ header: VirtioGPU.ControlHeader,
        _ outcome: Outcome
    ) -> Bool {
        var fence: UInt64?
        if case .fence(let number, let held) = outcome {
            fence = number
            leases[number] = held
        }
        let isFenced = header.flags.contains(.fence)
        let timeline = self.timeline(of: header)
        if isFenced, fence != nil || !ledger.isIdle(timeline) {
            ledger.append(
                FenceLedger.Entry(
                    head: chain.head, writable: chain.writable, response: response.array(),
                    fence: fence),
                to: timeline)
            return false
        }
        return answerNow(chain, from: queue)
    }

    private func answerNow(_ chain: DescriptorChain, from queue: DeviceQueue) -> Bool {
        let written = try? queue.scatter(response, to: chain.writable)
        queue.push(chain.head, written: written ?? 0)
        return true
    }

    private func timeline(of header: VirtioGPU.ControlHeader) -> FenceLedger.Timeline {
        guard header.flags.contains(.infoRingIdx), negotiated.contains(.contextInit) else {
            return .global
        }
        return FenceLedger.Timeline(context: header.ctxID, ring: header.ringIdx)
    }

    // MARK: Helpers of the commands

    func decode<M: WireMessage>(_ type: M.Type = M.self) throws(GPUFault) -> M {
        do throws(WireError) { return try request.decode() } catch { throw .wire(error) }
    }

    /// The `count` entries behind a command of `offset` bytes, as mapped memory.
    func backing(count: UInt32, at offset: Int, memory: GuestMemory) throws(GPUFault)
        -> [MemoryRange]
    {
        let entrySize = VirtioGPU.MemEntry.sizeBytes
        guard Int(count) <= configuration.limits.backingRangesMax,
            Int(count) * entrySize <= request.count - offset
        else { throw .invalidParameter }
        var ranges: [MemoryRange] = []
        for index in 0..<Int(count) {
            let at = offset + index * entrySize
            let start = GuestAddress(request.u64(at: at))
            do throws(GuestMemoryError) {
                try memory.ranges(start, count: UInt64(request.u32(at: at + 8)), into: &ranges)
            } catch { throw .memory(error) }
        }
        return ranges
    }

    /// The words behind a SUBMIT_3D, in ``streamWords``.
    func gatherStream(sizeBytes: UInt32) throws(GPUFault) {
        let start = VirtioGPU.CmdSubmit.sizeBytes
        guard sizeBytes % 4 == 0, Int(sizeBytes) <= request.count - start else {
            throw .invalidParameter
        }
        streamWords.removeAll(keepingCapacity: true)
        for offset in stride(from: start, to: start + Int(sizeBytes), by: 4) {
            streamWords.append(request.u32(at: offset))
        }
    }

    /// Keeps a removed resource's memory for those who still hold it, or lets it go.
    func releaseExport(_ id: ResourceID, _ object: SharedObject) throws(GPUFault) {
        do throws(RegistryError) { try registry.remove(object, by: participant) } catch {
            throw .registry(error)
        }
        exports[id] = nil
        let isUnused = unused.withLock { uuids in
            guard let index = uuids.firstIndex(of: object.uuid) else { return false }
            uuids.remove(at: index)
            return true
        }
        try fault { () throws(RendererError) in
            if isUnused { return try renderer.unref(id) }
            do throws(RendererError) {
                keepers[object.uuid] = try renderer.unrefKeepingMemory(id)
            } catch {
                lingering[object.uuid] = id
                throw error
            }
        }
    }

    func fault<R>(_ body: () throws(RendererError) -> R) throws(GPUFault) -> R {
        do throws(RendererError) { return try body() } catch { throw .renderer(error) }
    }

    /// What the renderer holds, for tables and tests.
    public var rendererBytesInUse: UInt64 { renderer.bytesInUse }
    public var uploadedBytes: UInt64 { renderer.uploadedBytes }
}
