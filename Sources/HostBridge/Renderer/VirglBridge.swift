// The bridge onto libvirglrenderer, here or in a process of its own. The library trusts its caller:
// ids are never checked against its tables but against ours, sizes and boxes pass the rules of
// ResourceShape, Transfer and CommandStream first, and a context that failed once is dead at once.

public import LinuxSystem
public import SystemPackage
public import VirtioWire

/// virglrenderer in this process, for one guest: its names are global.
public typealias VirglRenderer = VirglBridge<LocalVirgl>

/// A renderer by virglrenderer. Every call, from `init` to `close`, belongs on one thread.
public final class VirglBridge<Library: VirglLibrary>: Renderer3D {
    /// Those given, and no more than the host's GL has.
    public private(set) var limits: RendererLimits
    let library: Library
    /// What all resources are charged to.
    let budget: MemoryBudget
    public var bytesInUse: UInt64 { budget.bytesInUse }
    private let wake: EventDescriptor
    var contexts: [ContextID: RendererContext] = [:]
    var resources: [ResourceID: RendererResource] = [:]
    private var nextNumber: UInt64 = 1
    /// Work that has not ended, and whose it is.
    var open: [UInt64: ContextID] = [:]
    /// What has ended and was not taken yet.
    var ended: [EndedWork] = []
    private var freshlyEnded: [EndedWork] = []
    private var lost: [ResourceID] = []
    /// Memory of unreferenced resources that others still use, by use.
    private var keepers: [MemoryKeeper: BlobMemory?] = [:]
    private var isOpen = true
    /// The library has died and was not started again.
    private var isGone = false
    public private(set) var deaths: UInt64 = 0
    /// Bytes copied into textures, by transfers and by command streams.
    public internal(set) var uploadedBytes: UInt64 = 0

    /// Ids of contexts and resources from here on are the bridge's own.
    private static var ownIDs: UInt32 { 0xffff_0000 }
    /// The context through which blobs come back after the library has been started anew.
    private static var revivingContext: ContextID { ContextID(.max) }

    // MARK: Life

    /// - Parameters:
    ///   - wake: signalled when work has ended that nobody waits for.
    ///   - budget: what resources are charged to; nil for the limits' bytes and nobody else.
    init(
        limits: RendererLimits, wake: EventDescriptor, budget: MemoryBudget?, library: Library
    ) {
        self.limits = limits
        self.wake = wake
        self.budget = budget ?? MemoryBudget(bytesMax: limits.bytesMax)
        self.library = library
        var caps = WireBuffer(capacity: Int(library.capset(.virgl2).maxSize))
        library.fillCaps(.virgl2, version: 2, into: &caps)
        guard caps.count >= Capset.sizeBytesMin else { return }
        self.limits.textureLayersMax = min(
            limits.textureLayersMax, caps.u32(at: Capset.textureLayersMaxOffset))
        self.limits.textureSamplesMax = min(
            limits.textureSamplesMax, caps.u32(at: Capset.samplesMaxOffset))
    }

    /// Ends the library: contexts, resources and mappings are gone when this returns. On the same
    /// thread as `init`.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        for (id, context) in contexts { freeUnclaimed(context, id) }
        contexts.removeAll()
        forgetAll()
        library.close()
    }

    public func renew() -> Bool {
        guard isOpen, library.renew() else { return false }
        forgetAll()
        uploadedBytes = 0
        isGone = false
        return true
    }

    private func forgetAll() {
        for context in contexts.values {
            for unclaimed in context.unclaimed.values { budget.giveBack(unclaimed.chargedBytes) }
        }
        for resource in resources.values { budget.giveBack(resource.chargedBytes) }
        for keeper in keepers.keys { budget.giveBack(keeper.bytes) }
        keepers.removeAll()
        resources.removeAll()
        contexts.removeAll()
        open.removeAll()
        ended.removeAll()
        lost.removeAll()
    }

    deinit { precondition(!isOpen, "a renderer is closed on its own thread before it goes") }

    // MARK: Capsets

    public var capsets: [VirtioGPU.CapsetID] { [.virgl, .virgl2] }

    public func capsetLimits(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        library.capset(id)
    }

    /// Appends the capset's bytes.
    public func fillCapset(
        _ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer
    ) throws(RendererError) {
        let (maxVersion, maxSize) = library.capset(id)
        guard capsets.contains(id), version <= maxVersion, maxSize > 0 else { throw .badParameter }
        let start = buffer.count
        library.fillCaps(id, version: version, into: &buffer)
        guard buffer.count - start >= Capset.sizeBytesMin else { return }
        // Sampled, rendered to, depth and stencil: what creation would refuse is not promised.
        for mask in 0..<Capset.formatMasks {
            for (word, known) in TexelFormat.mask.enumerated() {
                let at = start + Capset.formatMasksOffset + 4 * (mask * 16 + word)
                buffer.store(u32: buffer.u32(at: at) & known, at: at)
            }
        }
        let bitsAt = start + Capset.capabilityBitsV2Offset
        guard id == .virgl2, buffer.count >= bitsAt + 4 else { return }
        // Importing untyped resources needs dma-buf, which this bridge does not use: a guest that
        // believed the bit would lose its context.
        let bits = buffer.bytes.u32(at: bitsAt)
        buffer.store(u32: bits & ~Capset.untypedResource, at: bitsAt)
    }

    // MARK: Contexts

    public func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        throws(RendererError)
    {
        try noticeDeath()
        guard id.rawValue != 0, id.rawValue < Self.ownIDs, contexts[id] == nil else {
            throw .badID
        }
        guard capsets.contains(capset) else { throw .badParameter }
        guard contexts.count < limits.contextsMax else { throw .outOfMemory }
        guard library.createContext(id, capset: capset, name: name) == .done else {
            throw .rejected
        }
        contexts[id] = RendererContext()
    }

    /// Ends a context. Its resources stay; its open fences count as retired from now on.
    public func destroyContext(_ id: ContextID) throws(RendererError) {
        try? noticeDeath()
        guard let context = contexts.removeValue(forKey: id) else { throw .unknownContext }
        for resource in context.attached { resources[resource]?.contexts.remove(id) }
        freeUnclaimed(context, id)
        library.destroyContext(id)
        end(open.filter { $0.value == id }.keys.sorted(), nil)
    }

    /// Frees what a context's streams made and no blob has claimed. The library (0.10.4) forgets it
    /// with the context and never frees it; claimed by a blob of ours it goes with that. [QUOTA-1]
    private func freeUnclaimed(_ context: RendererContext, _ id: ContextID) {
        guard !context.unclaimed.isEmpty,
            let handle = (1...UInt32.max).reversed().first(where: {
                resources[ResourceID($0)] == nil
            })
        else { return }
        for (blobID, unclaimed) in context.unclaimed {
            library.discard(
                blobID: blobID, of: id, sizeBytes: unclaimed.chargedBytes,
                handle: ResourceID(handle))
            budget.giveBack(unclaimed.chargedBytes)
        }
    }

    public func attach(_ resource: ResourceID, to context: ContextID) throws(RendererError) {
        try noticeDeath()
        guard contexts[context] != nil else { throw .unknownContext }
        try revive(resource)
        library.attach(resource, to: context)
        contexts[context]?.attached.insert(resource)
        resources[resource]?.contexts.insert(context)
    }

    public func detach(_ resource: ResourceID, from context: ContextID) throws(RendererError) {
        try noticeDeath()
        guard contexts[context] != nil else { throw .unknownContext }
        guard resources[resource] != nil else { throw .unknownResource }
        library.detach(resource, from: context)
        contexts[context]?.attached.remove(resource)
        resources[resource]?.contexts.remove(context)
    }

    // MARK: Resources

    public func exists(_ id: ResourceID) -> Bool { resources[id] != nil }

    /// The CPU's view of a mapped blob; nil for what has none.
    public func memory(of id: ResourceID) -> MemoryRange? { resources[id]?.memory?.range }

    public func file(of id: ResourceID) -> FileDescriptor? {
        resources[id]?.memory?.shared?.descriptor
    }

    public func shape(of id: ResourceID) -> ResourceShape? { resources[id]?.shape }

    public func createResource(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) {
        try noticeDeath()
        let bytes = try checkNew(id, shape)
        guard !shape.isMappable else { throw .badParameter }
        try budget.take(bytes)
        let generation = library.generation
        do throws(RendererError) {
            let number = takeNumber()
            try settle(library.createResource(id, shape, number: number), number)
        } catch {
            // One that dies meanwhile makes it when it has been started anew.
            guard error == .unavailable, generation != library.generation else {
                budget.giveBack(bytes)
                throw error
            }
        }
        resources[id] = RendererResource(
            shape: shape, chargedBytes: bytes, generation: generation)
    }

    private func checkNew(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) -> UInt64
    {
        guard id.rawValue != 0, resources[id] == nil else { throw .badID }
        guard resources.count < limits.resourcesMax else { throw .outOfMemory }
        return try shape.checkedSizeBytes(limits)
    }

    /// Drops a resource. One whose memory others still hold goes by ``unrefKeepingMemory(_:)``.
    public func unref(_ id: ResourceID) throws(RendererError) {
        try? noticeDeath()
        guard let resource = forget(id) else { throw .unknownResource }
        budget.giveBack(resource.chargedBytes)
    }

    private func forget(_ id: ResourceID) -> RendererResource? {
        guard let resource = resources.removeValue(forKey: id) else { return nil }
        for context in resource.contexts { contexts[context]?.attached.remove(id) }
        guard resource.generation == library.generation else { return resource }
        let number = takeNumber()
        // A library that dies meanwhile does not touch the guest's memory either.
        try? settle(library.unref(id, resource.attachedBacking, number: number), number)
        return resource
    }

    /// Drops a resource's id at once and keeps its mapping until ``release(_:)``. [LIFE-1]
    public func unrefKeepingMemory(_ id: ResourceID) throws(RendererError) -> MemoryKeeper {
        try? noticeDeath()
        guard let resource = resources[id] else { throw .unknownResource }
        guard
            let number = (Self.ownIDs..<UInt32.max).first(where: { number in
                !keepers.keys.contains { $0.number == number }
            })
        else { throw .outOfMemory }
        guard library.keepMemory(of: id, under: ContextID(number)) else { throw .rejected }
        let keeper = MemoryKeeper(number: number, bytes: resource.chargedBytes)
        keepers[keeper] = resource.memory
        _ = forget(id)
        return keeper
    }

    public func release(_ keeper: MemoryKeeper) {
        guard isOpen, keepers.removeValue(forKey: keeper) != nil else { return }
        library.releaseMemory(under: ContextID(keeper.number))
        budget.giveBack(keeper.bytes)
    }

    // MARK: Work under way

    func takeNumber() -> UInt64 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    /// Waits for an answer that is to come.
    func settle(_ answer: LibraryAnswer, _ number: UInt64) throws(RendererError) {
        switch answer {
        case .done: return
        case .refused: throw .rejected
        case .later: break
        }
        open[number] = ContextID(0)
        while true {
            collect()
            if let index = ended.firstIndex(where: { $0.number == number }) {
                let error = ended.remove(at: index).error
                // What else has ended is somebody else's to hear of.
                if !ended.isEmpty { wake.signal() }
                if let error { throw error }
                return
            }
            library.waitForEnded()
        }
    }

    /// Takes what has ended from the library, and finds out whether that is alive.
    private func collect() {
        library.takeEnded(into: &freshlyEnded)
        for work in freshlyEnded {
            // Those of a destroyed context may come twice: by us, and by the library.
            guard let context = open.removeValue(forKey: work.number) else { continue }
            if work.error != nil { contexts[context]?.isDead = true }
            ended.append(work)
        }
        freshlyEnded.removeAll(keepingCapacity: true)
        if library.hasDied { bury() }
    }

    private func end(_ numbers: [UInt64], _ error: RendererError?) {
        guard !numbers.isEmpty else { return }
        for number in numbers where open.removeValue(forKey: number) != nil {
            ended.append(EndedWork(number: number, error: error))
        }
        wake.signal()
    }

    public func takeEnded(into taken: inout [EndedWork]) {
        collect()
        taken += ended
        ended.removeAll(keepingCapacity: true)
    }

    public func takeLost(into taken: inout [ResourceID]) {
        taken += lost
        lost.removeAll()
    }

    // MARK: The library's death

    /// A library that has died is started anew, without the contexts. Throws when it cannot be.
    func noticeDeath() throws(RendererError) {
        if library.hasDied { bury() }
        guard !library.hasDied else { throw .unavailable }
    }

    /// Ends what was under way and forgets all contexts. Resources stay: the library is told of each
    /// when it is used again.
    private func bury() {
        if !isGone { deaths += 1 }
        for (number, context) in open.sorted(by: { $0.key < $1.key }) {
            end([number], context.rawValue == 0 ? .unavailable : .unknownContext)
        }
        for context in contexts.values {
            for unclaimed in context.unclaimed.values { budget.giveBack(unclaimed.chargedBytes) }
        }
        contexts.removeAll()
        for id in Array(resources.keys) { resources[id]?.contexts = [] }
        isGone = !library.restart() && isGone
        guard library.hasDied, !isGone else { return }
        isGone = true
        for (id, resource) in resources where resource.memory != nil { lost.append(id) }
        wake.signal()
    }

    /// Tells a library of a resource that was made before it was started. Textures come back as
    /// zeros, mapped buffers with their bytes.
    func revive(_ id: ResourceID) throws(RendererError) {
        guard let resource = resources[id] else { throw .unknownResource }
        guard resource.generation != library.generation else { return }
        let generation = library.generation
        do throws(RendererError) {
            if let blob = resource.blob {
                try reviveBlob(id, resource, blob.flags, sizeBytes: blob.sizeBytes)
            } else {
                let number = takeNumber()
                try settle(
                    library.createResource(id, resource.shape, number: number), number)
            }
            if let backing = resource.backing, resource.memory == nil {
                let number = takeNumber()
                try settle(library.attachBacking(id, backing, number: number), number)
            }
        } catch {
            if resource.memory != nil {
                lost.append(id)
                wake.signal()
            }
            throw error
        }
        resources[id]?.generation = generation
    }

    private func reviveBlob(
        _ id: ResourceID, _ resource: RendererResource, _ flags: VirtioGPU.BlobFlags,
        sizeBytes: UInt64
    ) throws(RendererError) {
        let context = Self.revivingContext
        guard library.createContext(context, capset: .virgl2, name: "") == .done else {
            throw .rejected
        }
        defer { library.destroyContext(context) }
        var words = CommandStream.create(resource.shape, blobID: 1)
        var number = takeNumber()
        try settle(library.submit(&words, to: context, number: number, fenced: false), number)
        let request = BlobRequest(
            id: id, context: context, blobID: 1, flags: flags, sizeBytes: sizeBytes,
            isMapped: resource.memory != nil, memory: resource.memory)
        number = takeNumber()
        try settle(try library.createBlob(request, number: number).0, number)
    }
}

/// Places in both capsets (`struct virgl_caps_v1`), and one in the second.
private enum Capset {
    static let sizeBytesMin = 308
    /// Of 16 words each; that of vertex buffers, the fourth, is about other things.
    static let formatMasksOffset = 4
    static let formatMasks = 3
    static let textureLayersMaxOffset = 268
    static let samplesMaxOffset = 284
    static let capabilityBitsV2Offset = 688
    static let untypedResource: UInt32 = 1 << 1
}

extension VirglBridge where Library == LocalVirgl {
    /// Starts the library in this process, on the calling thread.
    ///
    /// - Parameters:
    ///   - wake: signalled, from a thread of the library, when fences have retired.
    ///   - budget: what resources are charged to; nil for the limits' bytes and nobody else.
    public convenience init(
        limits: RendererLimits = RendererLimits(), wake: EventDescriptor,
        budget: MemoryBudget? = nil
    ) throws(RendererError) {
        let library = try LocalVirgl(keepsFences: true) { _ in wake.signal() }
        self.init(limits: limits, wake: wake, budget: budget, library: library)
    }

    /// What contexts can speak here, in the order of capset indices.
    public static var capsets: [VirtioGPU.CapsetID] { [.virgl, .virgl2] }

    public static func capset(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        LocalVirgl.capset(id)
    }
}
