// virglrenderer in a worker process: what the bridge asks becomes messages, and what is answered
// is checked like a guest's. The worker can only ever spoil its own guest's pictures.

public import LinuxSystem
internal import SystemPackage
public import VirtioWire

/// A renderer whose virglrenderer runs in a process of its own.
public typealias IsolatedRenderer = VirglBridge<RemoteVirgl>

/// The device's side of a worker's virglrenderer.
public final class RemoteVirgl: VirglLibrary {
    let options: RendererWorkerOptions
    private let wake: EventDescriptor
    private let limits: RendererLimits
    var worker: WorkerProcess
    /// The one that stands by.
    private var spare: WorkerProcess?
    public private(set) var generation: UInt64 = 1
    private var facts: RendererFacts?
    private var deaths: [UInt64] = []
    /// How far the ring is written, and was seen to be carried out.
    var head: UInt64 = 0
    var tail: UInt64 = 0
    /// How many completions were taken.
    private var taken: UInt64 = 0
    /// Numbers whose end is to be told.
    private var expected: Set<UInt64> = []
    var message: WireBuffer
    var regions = WorkerRegions()
    /// Shapes but for their sizes that the library has once accepted: it would again.
    private var knownShapes: Set<ResourceShape> = []
    private static let knownShapesMax = 4096

    init(_ options: RendererWorkerOptions, limits: RendererLimits, wake: EventDescriptor)
        throws(RendererError)
    {
        guard UInt64(limits.fencesMax) <= ChannelLayout.completionCount / 2 else {
            throw .badParameter
        }
        self.options = options
        self.limits = limits
        self.wake = wake
        message = WireBuffer(capacity: ChannelLayout.messageBytesMax)
        do throws(Errno) { worker = try WorkerProcess(options, wake: wake) } catch {
            throw .unavailable
        }
        while !isReady, !worker.isDead { sleepOnce() }
        guard readFacts() else {
            worker.close()
            throw .unavailable
        }
        makeSpare()
    }

    public func close() {
        worker.close()
        spare?.close()
        spare = nil
    }

    private func makeSpare() {
        guard options.keepsSpare else { return }
        spare = try? WorkerProcess(options, wake: wake)
    }

    /// The one that stands by, or a new one.
    private func nextWorker() -> WorkerProcess? {
        if let standing = spare {
            spare = nil
            if !standing.isDead { return standing }
            standing.close()
        }
        return try? WorkerProcess(options, wake: wake)
    }

    // MARK: Life and death

    public var hasDied: Bool { worker.isDead }

    private var isReady: Bool { worker.channel.flag(ChannelLayout.isReady) == 1 }

    private func readFacts() -> Bool {
        guard isReady else { return false }
        let copy = worker.channel.bytes(ChannelLayout.facts, ChannelLayout.factsBytes).bytes()
        // SAFETY: a span over an array's bytes is valid while the array is borrowed.
        facts = unsafe RendererFacts(copy.span.bytes)
        guard let facts else { return false }
        return facts.caps.contains { $0.id == VirtioGPU.CapsetID.virgl2.rawValue }
    }

    public func restart() -> Bool {
        worker.close()
        let now = MonotonicClock.nowNanos
        deaths.removeAll { now &- $0 > options.deathWindowNanos }
        guard deaths.count < options.deathsMax else { return false }
        deaths.append(now)
        return takeNext()
    }

    /// The next one need not serve yet: what is asked waits for it in the ring.
    public func renew() -> Bool {
        worker.close()
        return takeNext()
    }

    private func takeNext() -> Bool {
        guard let next = nextWorker() else { return false }
        worker = next
        makeSpare()
        generation += 1
        (head, tail, taken) = (0, 0, 0)
        expected.removeAll()
        asked.removeAll()
        regions = WorkerRegions()
        return true
    }

    /// The worker has written what it may not.
    func breach() { worker.kill() }

    // MARK: Capsets

    public func capset(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        guard let facts else { return (0, 0) }
        let version = facts.versionMax(of: id.rawValue)
        return (version, UInt32(facts.bytes(of: id.rawValue, version: version).count))
    }

    public func fillCaps(
        _ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer
    ) {
        let size = Int(capset(id).maxSize)
        let bytes = facts?.bytes(of: id.rawValue, version: version) ?? []
        buffer.append(contentsOf: Array(bytes.prefix(size)))
        buffer.append(zeros: max(0, size - bytes.count))
    }

    // MARK: Contexts

    public func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        -> LibraryAnswer
    {
        begin(.createContext)
        message.append(u32: id.rawValue)
        message.append(u32: capset.rawValue)
        let bytes = Array(name.utf8.prefix(64))
        message.append(u32: UInt32(bytes.count))
        message.append(contentsOf: bytes)
        post()
        return .done
    }

    public func destroyContext(_ id: ContextID) {
        begin(.destroyContext)
        message.append(u32: id.rawValue)
        post()
    }

    public func attach(_ resource: ResourceID, to context: ContextID) {
        begin(.attach)
        message.append(u32: resource.rawValue)
        message.append(u32: context.rawValue)
        post()
    }

    public func detach(_ resource: ResourceID, from context: ContextID) {
        begin(.detach)
        message.append(u32: resource.rawValue)
        message.append(u32: context.rawValue)
        post()
    }

    // MARK: Resources

    public func createResource(_ id: ResourceID, _ shape: ResourceShape, number: UInt64)
        -> LibraryAnswer
    {
        // What the library's rules look at beside the sizes, which passed ours.
        var kind = shape
        (kind.width, kind.height) = (1, 1)
        let isKnown = knownShapes.contains(kind)
        begin(.createResource)
        message.append(u32: id.rawValue)
        message.append(u32: 0)
        shape.encode(to: &message)
        guard !isKnown else {
            post()
            return .done
        }
        asked[number] = knownShapes.count < Self.knownShapesMax ? kind : nil
        post(number)
        return .later
    }
    /// Shapes that were asked about.
    private var asked: [UInt64: ResourceShape] = [:]

    public func createBlob(_ request: BlobRequest, number: UInt64)
        throws(RendererError) -> (LibraryAnswer, BlobMemory?)
    {
        var memory = request.memory
        if request.isMapped, memory == nil {
            guard facts?.placesMemory == true else { throw .notPossible }
            memory = try makeMemory(request.sizeBytes)
        }
        if request.isMapped, let shared = memory?.shared { try send(shared.descriptor) }
        begin(.createBlob)
        message.append(u32: request.id.rawValue)
        message.append(u32: request.context.rawValue)
        message.append(u32: request.blobID)
        message.append(u32: request.flags.rawValue)
        message.append(u64: request.sizeBytes)
        message.append(u64: UInt64(memory?.shared?.sizeBytes ?? 0))
        post(number)
        return (.later, memory)
    }

    private func makeMemory(_ sizeBytes: UInt64) throws(RendererError) -> BlobMemory {
        guard let count = Int(exactly: sizeBytes), count > 0, count <= Int.max - 4096 else {
            throw .badParameter
        }
        do throws(Errno) {
            let shared = try SharedMemory(name: "blob", sizeBytes: (count + 4095) & ~4095)
            try shared.seal()
            guard let range = shared.range.slice(offset: 0, count: count) else {
                throw Errno.noMemory
            }
            return BlobMemory(range, shared: shared)
        } catch { throw .outOfMemory }
    }

    public func discard(
        blobID: UInt32, of context: ContextID, sizeBytes: UInt64, handle: ResourceID
    ) {
        begin(.discard)
        message.append(u32: blobID)
        message.append(u32: context.rawValue)
        message.append(u64: sizeBytes)
        message.append(u32: handle.rawValue)
        post()
    }

    public func unref(_ id: ResourceID, _ backing: LibraryBacking, number: UInt64)
        -> LibraryAnswer
    {
        begin(.unref)
        message.append(u32: id.rawValue)
        message.append(u32: backing == .none ? 0 : 1)
        return postTouching(backing == .guest, number)
    }

    /// What ends the use of guest memory has to be waited for, unless nothing is under way.
    private func postTouching(_ isGuest: Bool, _ number: UInt64) -> LibraryAnswer {
        guard isGuest, !isCarriedOut else {
            post()
            return .done
        }
        post(number)
        return .later
    }

    // MARK: Memory that outlives its resource

    /// It is a memfd's: whoever holds that keeps it.
    public func keepMemory(of id: ResourceID, under context: ContextID) -> Bool { true }
    public func releaseMemory(under context: ContextID) {}

    // MARK: Backing and transfers

    public func attachBacking(_ id: ResourceID, _ list: BackingList, number: UInt64)
        throws(RendererError) -> LibraryAnswer
    {
        let pieces = try place(list)
        begin(.attachBacking)
        message.append(u32: id.rawValue)
        message.append(u32: UInt32(pieces.count))
        for piece in pieces { piece.encode(to: &message) }
        post()
        return .done
    }

    public func detachBacking(_ id: ResourceID, number: UInt64) -> LibraryAnswer {
        begin(.detachBacking)
        message.append(u32: id.rawValue)
        return postTouching(true, number)
    }

    public func transfer(_ request: LibraryTransfer, number: UInt64)
        throws(RendererError) -> LibraryAnswer
    {
        var pieces: [RegionPiece] = []
        if let list = request.list {
            pieces = list.pieces == nil ? [try stage(list, request.direction)] : try place(list)
        }
        begin(.transfer)
        message.append(u32: request.id.rawValue)
        message.append(u32: request.context.rawValue)
        message.append(u32: request.direction == .toHost ? 1 : 0)
        message.append(u32: UInt32(pieces.count))
        request.transfer.encode(to: &message)
        for piece in pieces { piece.encode(to: &message) }
        post(number)
        return .later
    }

    // MARK: Streams and fences

    public func submit(
        _ words: inout [UInt32], to context: ContextID, number: UInt64, fenced: Bool
    ) -> LibraryAnswer {
        CommandStream.roundMapped(&words)
        let partWords = (ChannelLayout.messageBytesMax - 1024) / 4
        var at = 0
        while words.count - at > partWords {
            begin(.streamPart)
            post(words: words[at..<(at + partWords)])
            at += partWords
        }
        begin(.submit)
        message.append(u32: context.rawValue)
        message.append(u32: fenced ? WorkerMessageFlags.fenced : 0)
        post(number, words: words[at...])
        return .later
    }

    public func createFence(on context: ContextID, number: UInt64) -> Bool {
        begin(.fence)
        message.append(u32: context.rawValue)
        post(number)
        return true
    }

    // MARK: Completions

    public func takeEnded(into ended: inout [EndedWork]) {
        let channel = worker.channel
        let top = channel.load(ChannelLayout.completionHead)
        guard top != taken else { return }
        // Each that was expected comes once, so there are never more than the ring holds.
        guard top > taken, top - taken <= UInt64(expected.count) else { return breach() }
        while taken < top {
            let completion = channel.completion(taken)
            guard let work = completion.ended, expected.remove(work.number) != nil else {
                return breach()
            }
            taken += 1
            if let shape = asked.removeValue(forKey: work.number), work.error == nil {
                knownShapes.insert(shape)
            }
            ended.append(work)
        }
        channel.publish(taken, ChannelLayout.completionTail)
        worker.setExpected(expected.count)
    }

    /// How many answers are to come, with that of `number`; 0 is no number.
    func expect(_ number: UInt64) -> Int {
        if number != 0 { expected.insert(number) }
        return expected.count
    }

    public func waitForEnded() {
        let bound = MonotonicClock.nowNanos &+ options.stallNanos &* 8 &+ options.startNanos
        let channel = worker.channel
        for _ in 0..<Self.looksMax {
            if channel.load(ChannelLayout.completionHead) != taken || worker.isDead { return }
        }
        while channel.load(ChannelLayout.completionHead) == taken, !worker.isDead {
            sleepOnce { channel.load(ChannelLayout.completionHead) == taken }
            if MonotonicClock.nowNanos > bound { breach() }
        }
    }
    /// It is often quicker to look again than to sleep.
    private static let looksMax = 2000

    /// Sleeps until the worker has something to tell, or a moment.
    func sleepOnce(
        until wanted: UInt32 = ChannelLayout.sleepsForAnswer, _ isWanted: () -> Bool = { true }
    ) {
        let channel = worker.channel
        let seen = channel.flag(ChannelLayout.word)
        channel.setFlag(wanted, ChannelLayout.deviceSleeps)
        if isWanted(), !worker.isDead { channel.sleep(while: seen, nanos: 20_000_000) }
        channel.setFlag(0, ChannelLayout.deviceSleeps)
    }
}

extension VirglBridge where Library == RemoteVirgl {
    /// Starts a worker and waits until it serves.
    ///
    /// - Parameters:
    ///   - wake: signalled, by the worker, when work has ended. It must not block.
    ///   - budget: what resources are charged to; nil for the limits' bytes and nobody else.
    public convenience init(
        limits: RendererLimits = RendererLimits(), wake: EventDescriptor,
        budget: MemoryBudget? = nil, options: RendererWorkerOptions = RendererWorkerOptions()
    ) throws(RendererError) {
        self.init(
            limits: limits, wake: wake, budget: budget,
            library: try RemoteVirgl(options, limits: limits, wake: wake))
    }

    /// The worker's process, for measuring and for tests; another one after each death.
    public var workerProcessID: Int32 { library.worker.processID }
    /// How many workers there have been.
    public var workerGeneration: UInt64 { library.generation }
}
