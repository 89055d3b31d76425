// virtio-gpu, device 16 (virtio 1.4, 5.7): all commands, over a renderer of 2D in host memory and,
// where there is one, a renderer of 3D.
// Invariant: every chain that comes in goes back, exactly once, with a response where it has room.

internal import HostBridge
public import LinuxSystem
internal import Logging
public import ResourceRegistry
public import SystemPackage
internal import VirtioWire
public import Virtqueue

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
    let budget: MemoryBudget
    let images: Renderer2D
    /// nil for a device of 2D only.
    var renderer: (any Renderer3D)?
    let sink: (any DisplaySink)?
    /// The host-visible region, where the transport has it.
    var region: (any SharedMemoryRegion)?
    var negotiated: VirtioGPU.Features = []

    // Resources.
    var resources: [ResourceID: GPUResource] = [:]
    var backingRanges = 0
    /// Resources whose memory somebody else may hold, by the number that is told when he lets go.
    var held: [UInt64: Hold] = [:]
    var nextHold: UInt64 = 1
    /// Numbers of holds that have ended, told by whichever thread let go last.
    let ended = Monitor<[UInt64]>([])
    var endedNow: [UInt64] = []
    let windows = RegionWindow.Count(0)

    // Displays.
    var displays: DisplayEvents
    var scanouts: [Scanout?]
    /// Pixels on their way to the sink that do not lie in one piece.
    var scratch: HostMemory?

    // Commands.
    var queues: [DeviceQueue?] = []
    private(set) var interrupt: EventDescriptor?
    /// Whether a driver has used the device since it was made or reset.
    private var isUsed = false
    var ledger: FenceLedger
    /// Read leases by the fence that ends them. [SYNC-5]
    var leases: [UInt64: [Lease]] = [:]
    var readyEntries: [FenceLedger.Entry] = []
    private var endedWork: [EndedWork] = []
    var chain = DescriptorChain()
    var request: WireBuffer
    var response: WireBuffer
    var streamWords: [UInt32] = []
    /// Whether the last command was one that draws or moves texels.
    var lastCommandWorked = false
    /// Nanoseconds spent on commands, from the queue to the response; those that draw or move texels
    /// are left out.
    public internal(set) var commandNanos: UInt64 = 0
    public internal(set) var counters = GPUCounters()
    var faults: FaultLog
    /// How often the renderer has died since the device was made.
    public private(set) var rendererDeaths: UInt64 = 0
    /// Deaths of the renderer at hand that have been counted.
    private var deathsTold: UInt64 = 0

    /// Starts the renderer on the calling thread, which owns the device from now on.
    ///
    /// - Parameter display: gets what scanouts show; nil for nobody.
    public init(
        configuration: GPUConfiguration = GPUConfiguration(), domain: ResourceRegistry,
        display: (any DisplaySink)? = nil
    ) throws {
        precondition(
            (1...GPUConfiguration.displaysMax).contains(configuration.displays.count),
            "a GPU has 1 to 16 scanouts")
        precondition(
            configuration.blobAlignment.nonzeroBitCount == 1
                && configuration.blobAlignment >= UInt32(SharedMemoryWindow.pageBytes),
            "an alignment is a power of two, and a page at least")
        self.configuration = configuration
        registry = domain
        sink = display
        wake = try EventDescriptor()
        participant = try domain.join(
            name: "virtio-gpu",
            capabilities: DeviceCapabilities(
                exports: [.hostMemory, .guestPages, .sharedMemory], imports: []))
        budget = MemoryBudget(
            bytesMax: configuration.limits.bytesMax, registry: domain, participant: participant)
        images = Renderer2D(budget: budget, sideMax: configuration.limits.imageSideMax)
        do {
            renderer = try configuration.rendering.make(configuration.limits, wake, budget)
        } catch {
            domain.depart(participant)
            throw error
        }
        faults = FaultLog(configuration.logger, linesMax: configuration.faultLinesMax)
        displays = DisplayEvents(configuration.displays)
        scanouts = Array(repeating: nil, count: configuration.displays.count)
        ledger = FenceLedger(capacity: Int(queueSizesMax[0]))
        request = WireBuffer(capacity: configuration.commandBytesMax + Self.requestTailBytes)
        let capsetBytes = renderer.flatMap { renderer in
            renderer.capsets.map { Int(renderer.capsetLimits($0).maxSize) }.max()
        }
        response = WireBuffer(
            capacity: max(
                VirtioGPU.RespEDID.sizeBytes, VirtioGPU.ControlHeader.sizeBytes + (capsetBytes ?? 0)
            ))
    }

    /// A command stream of the longest allowed size has a command before it.
    private static let requestTailBytes = VirtioGPU.CmdSubmit.sizeBytes

    /// Ends the renderer and leaves the domain. On the device's thread, last of all.
    public func close() {
        registry.depart(participant)
        forgetResources()
        renderer?.close()
        renderer = nil
    }

    // MARK: VirtioDevice

    public var features: UInt64 {
        var features: VirtioGPU.Features = [.edid, .resourceUUID, .resourceBlob, .blobAlignment]
        if renderer != nil { features.formUnion([.virgl, .contextInit]) }
        return features.rawValue
    }

    /// CONTEXT_INIT needs VIRGL, BLOB_ALIGNMENT needs RESOURCE_BLOB (5.7.3). [GPU-I-001] [GPU-I-002]
    public func accepts(features: UInt64) -> Bool {
        let features = VirtioGPU.Features(rawValue: features)
        return (!features.contains(.contextInit) || features.contains(.virgl))
            && (!features.contains(.blobAlignment) || features.contains(.resourceBlob))
    }

    public var config: [UInt8] {
        var buffer = WireBuffer(capacity: VirtioGPU.AlignedConfig.sizeBytes)
        let config = VirtioGPU.Config(
            eventsRead: displays.eventsRead, numScanouts: UInt32(scanouts.count),
            numCapsets: UInt32(renderer?.capsets.count ?? 0))
        buffer.append(
            VirtioGPU.AlignedConfig(config: config, blobAlignment: configuration.blobAlignment))
        return buffer.array()
    }

    /// `events_clear` is the only writable field.
    public func writeConfig(offset: Int, bytes: [UInt8]) {
        let field = 4
        var bits: UInt32 = 0
        for (index, byte) in bytes.prefix(64).enumerated() {
            let at = offset &+ index &- field
            if (0..<4).contains(at) { bits |= UInt32(byte) << UInt32(at * 8) }
        }
        if displays.clear(bits) { interrupt?.signal() }
    }

    public var sharedMemoryWindows: [SharedMemoryWindow] {
        guard renderer != nil, configuration.hostVisibleBytes > 0 else { return [] }
        return [
            SharedMemoryWindow(
                id: VirtioGPU.hostVisibleRegion, sizeBytes: configuration.hostVisibleBytes)
        ]
    }

    public func attach(sharedMemory regions: [any SharedMemoryRegion]) {
        region = regions.first { $0.window.id == VirtioGPU.hostVisibleRegion }
    }

    public var hostEvent: FileDescriptor { wake.descriptor }

    public func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        negotiated = VirtioGPU.Features(rawValue: features)
        self.queues = queues
        self.interrupt = interrupt
        isUsed = true
    }

    /// Changes what the guest is told of a display; it hears of it by an event. [GPU-I-007]
    public func setDisplay(_ scanout: Int, _ mode: DisplayMode) {
        if displays.set(mode, of: scanout) { interrupt?.signal() }
    }

    public func reset() -> Bool {
        queues = []
        interrupt = nil
        ledger.removeAll()
        leases.removeAll()
        negotiated = []
        displays.reset()
        // Every driver begins with a reset: a renderer that nobody has used needs no other one.
        guard isUsed else { return true }
        for index in scanouts.indices { hideScanout(index) }
        for index in scanouts.indices { hideCursor(index) }
        region?.unmapAll()
        for resource in resources.values { resource.mappedAt = nil }
        registry.reset(participant)
        serveImporters()
        let deadline = MonotonicClock.nowNanos &+ configuration.resetBoundNanos
        // Past the bound the memory must stay: somebody still writes to it. [LIFE-2]
        guard registry.waitUntilUnused(exporter: participant, untilNanos: deadline),
            windows.wait(untilNanos: deadline, for: { $0 == 0 ? true : nil }) ?? false
        else { return false }
        forgetResources()
        guard restartRenderer() else { return false }
        isUsed = false
        return true
    }

    /// Everything but what the renderer holds.
    private func forgetResources() {
        takeEndedHolds()
        // Whoever let go last may not have come to tell it.
        for number in Array(held.keys) {
            if let resource = endHold(number), case .image(let image)? = resource.remains {
                images.release(image)
            }
        }
        for resource in resources.values {
            if case .image(let image) = resource.kind { images.release(image) }
        }
        resources.removeAll()
        backingRanges = 0
        dropScratch()
    }

    private func restartRenderer() -> Bool {
        guard let old = renderer else { return true }
        noteDeaths(of: old)
        guard !old.renew() else { return true }
        old.close()
        deathsTold = 0
        guard
            let fresh = try? configuration.rendering.make(configuration.limits, wake, budget)
        else { return false }
        renderer = fresh
        return true
    }

    // MARK: Serving

    public func serveHost() throws(QueueError) {
        wake.take()
        takeEndedHolds()
        if let renderer {
            endedWork.removeAll(keepingCapacity: true)
            renderer.takeEnded(into: &endedWork)
            for work in endedWork {
                leases[work.number] = nil
                ledger.retire(
                    work.number, error: work.error.map { GPUFault.renderer($0).response },
                    into: &readyEntries)
            }
            answerReady()
            markLost(renderer)
            noteDeaths(of: renderer)
        }
        // A queue that held more than one turn's worth.
        for index in queues.indices { try serve(queue: index) }
    }

    /// Tells those who use what a dead renderer has taken along. [LIFE-7]
    private func markLost(_ renderer: any Renderer3D) {
        var lost: [ResourceID] = []
        renderer.takeLost(into: &lost)
        for id in lost {
            guard let resource = resources[id], let object = resource.object else { continue }
            resource.object = nil
            try? registry.markLost(object, by: participant)
        }
    }

    private func noteDeaths(of renderer: any Renderer3D) {
        let new = renderer.deaths &- deathsTold
        guard new > 0 else { return }
        deathsTold = renderer.deaths
        rendererDeaths &+= new
        configuration.logger.warning(
            "the renderer has died, and its contexts with it",
            metadata: ["deaths": "\(rendererDeaths)"])
    }

    /// What the device holds of the host's memory, for tables and tests.
    public var rendererBytesInUse: UInt64 { budget.bytesInUse }
    public var uploadedBytes: UInt64 { renderer?.uploadedBytes ?? 0 }
}
