// The one bridge onto libvirglrenderer. The library trusts its caller: ids are never checked
// against its tables but against ours, sizes and boxes pass the rules of ResourceShape, Transfer and
// CommandStream first, and a context that failed once is dead here at once.

internal import CVirglRenderer
public import LinuxSystem
public import VirtioWire

/// virglrenderer, for one guest. One at a time in a process: its names are global.
///
/// Every call, from `init` to `close`, belongs on one thread: the library binds GL to it.
@safe public final class VirglRenderer: Renderer3D {
    public let limits: RendererLimits
    let fences: FenceInbox
    /// What all resources are charged to.
    let budget: MemoryBudget
    public var bytesInUse: UInt64 { budget.bytesInUse }
    private let callbacks = RendererCallbacks()
    var contexts: [ContextID: RendererContext] = [:]
    var resources: [ResourceID: RendererResource] = [:]
    var nextFence: UInt64 = 1
    var openFences: [UInt64: ContextID] = [:]
    /// Contexts of our own that keep the memory of unreferenced resources alive, by use.
    private var keepers: Set<MemoryKeeper> = []
    private var isOpen = true
    /// Bytes copied into textures, by transfers and by command streams.
    public internal(set) var uploadedBytes: UInt64 = 0

    /// Ids from here on are the bridge's own.
    private static let keeperBase: UInt32 = 0xffff_0000
    private static let processUse = Monitor(false)
    private static let isEGLUsable = virtio_share_egl_is_usable() != 0

    // MARK: Life

    /// Starts the library on the calling thread.
    ///
    /// - Parameters:
    ///   - wake: signalled, from a thread of the library, when fences have retired.
    ///   - budget: what resources are charged to; nil for the limits' bytes and nobody else.
    public init(
        limits: RendererLimits = RendererLimits(), wake: EventDescriptor,
        budget: MemoryBudget? = nil
    ) throws(RendererError) {
        guard
            Self.processUse.withLock({ isUsed in
                defer { isUsed = true }
                return !isUsed
            })
        else { throw .inUse }
        self.limits = limits
        self.budget = budget ?? MemoryBudget(bytesMax: limits.bytesMax)
        fences = FenceInbox(wake: wake)
        guard Self.isEGLUsable else {
            Self.processUse.withLock { $0 = false }
            isOpen = false
            throw .unavailable
        }
        virtio_share_virgl_silence()
        let flags =
            VIRGL_RENDERER_USE_EGL | VIRGL_RENDERER_USE_SURFACELESS | VIRGL_RENDERER_THREAD_SYNC
            | (1 << 8)  // VIRGL_RENDERER_ASYNC_FENCE_CB
        // SAFETY: inbox and callbacks are kept by self, which outlives the library: see close().
        guard
            unsafe virgl_renderer_init(
                Unmanaged.passUnretained(fences).toOpaque(), flags, callbacks.pointer) == 0
        else {
            Self.processUse.withLock { $0 = false }
            isOpen = false
            throw .unavailable
        }
        // Without one call of fill_caps buffer views have no size limit and fail (0.10.4).
        var caps = WireBuffer(capacity: Int(Self.capset(.virgl2).maxSize))
        try? fillCapset(.virgl2, version: 2, into: &caps)
    }

    /// Ends the library: contexts, resources and mappings are gone when this returns. On the same
    /// thread as `init`.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        for (id, context) in contexts { freeUnclaimed(context, id) }
        for resource in resources.values { budget.giveBack(resource.chargedBytes) }
        for keeper in keepers { budget.giveBack(keeper.bytes) }
        keepers.removeAll()
        resources.removeAll()
        contexts.removeAll()
        openFences.removeAll()
        // SAFETY: the cookie is the one that init was given.
        unsafe virgl_renderer_cleanup(Unmanaged.passUnretained(fences).toOpaque())
        Self.processUse.withLock { $0 = false }
    }

    deinit { precondition(!isOpen, "a renderer is closed on its own thread before it goes") }

    // MARK: Capsets

    /// What contexts can speak here, in the order of capset indices.
    public static let capsets: [VirtioGPU.CapsetID] = [.virgl, .virgl2]

    public var capsets: [VirtioGPU.CapsetID] { Self.capsets }

    public func capsetLimits(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        Self.capset(id)
    }

    public static func capset(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        var (version, size): (UInt32, UInt32) = (0, 0)
        // SAFETY: both pointers are valid for the call.
        unsafe virgl_renderer_get_cap_set(id.rawValue, &version, &size)
        return (version, size)
    }

    /// Appends the capset's bytes.
    public func fillCapset(
        _ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer
    ) throws(RendererError) {
        let (maxVersion, maxSize) = Self.capset(id)
        guard Self.capsets.contains(id), version <= maxVersion, maxSize > 0 else {
            throw .badParameter
        }
        let start = buffer.count
        unsafe buffer.withUnsafeAppend(count: Int(maxSize)) { bytes in
            // Zeroed first: on a version it does not know the library writes nothing.
            unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe virgl_renderer_fill_caps(id.rawValue, version, bytes.baseAddress)
            return bytes.count
        }
        guard id == .virgl2 else { return }
        // Importing untyped resources needs dma-buf, which this bridge does not use: a guest that
        // believed the bit would lose its context.
        let bits = buffer.bytes.u32(at: start + CapsetV2.capabilityBitsV2Offset)
        buffer.store(
            u32: bits & ~CapsetV2.untypedResource, at: start + CapsetV2.capabilityBitsV2Offset)
    }

    private enum CapsetV2 {
        static let capabilityBitsV2Offset = 688
        static let untypedResource: UInt32 = 1 << 1
    }

    // MARK: Contexts

    public func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        throws(RendererError)
    {
        guard id.rawValue != 0, id.rawValue < Self.keeperBase, contexts[id] == nil else {
            throw .badID
        }
        guard Self.capsets.contains(capset) else { throw .badParameter }
        guard contexts.count < limits.contextsMax else { throw .outOfMemory }
        let status = unsafe virgl_renderer_context_create_with_flags(
            id.rawValue, capset.rawValue, UInt32(name.utf8.count), name)
        guard status == 0 else { throw .rejected }
        contexts[id] = RendererContext()
    }

    /// Ends a context. Its resources stay; its open fences count as retired from now on.
    public func destroyContext(_ id: ContextID) throws(RendererError) {
        guard let context = contexts.removeValue(forKey: id) else { throw .unknownContext }
        for resource in context.attached { resources[resource]?.contexts.remove(id) }
        freeUnclaimed(context, id)
        virgl_renderer_context_destroy(id.rawValue)
        for (fence, owner) in openFences where owner == id { fences.retire(fence) }
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
            var arguments = unsafe virgl_renderer_resource_create_blob_args()
            unsafe arguments.res_handle = handle
            unsafe arguments.ctx_id = id.rawValue
            unsafe arguments.blob_mem = UInt32(VIRGL_RENDERER_BLOB_MEM_HOST3D)
            unsafe arguments.blob_id = UInt64(blobID)
            unsafe arguments.size = unclaimed.chargedBytes
            // SAFETY: the arguments live through the call and name no iovecs. It fails for what a
            // failed stream did not come to make.
            if unsafe virgl_renderer_resource_create_blob(&arguments) == 0 {
                virgl_renderer_resource_unref(handle)
            }
            budget.giveBack(unclaimed.chargedBytes)
        }
    }

    public func attach(_ resource: ResourceID, to context: ContextID) throws(RendererError) {
        guard contexts[context] != nil else { throw .unknownContext }
        guard resources[resource] != nil else { throw .unknownResource }
        virgl_renderer_ctx_attach_resource(
            CInt(bitPattern: context.rawValue), CInt(bitPattern: resource.rawValue))
        contexts[context]?.attached.insert(resource)
        resources[resource]?.contexts.insert(context)
    }

    public func detach(_ resource: ResourceID, from context: ContextID) throws(RendererError) {
        guard contexts[context] != nil else { throw .unknownContext }
        guard resources[resource] != nil else { throw .unknownResource }
        virgl_renderer_ctx_detach_resource(
            CInt(bitPattern: context.rawValue), CInt(bitPattern: resource.rawValue))
        contexts[context]?.attached.remove(resource)
        resources[resource]?.contexts.remove(context)
    }

    // MARK: Resources

    public func exists(_ id: ResourceID) -> Bool { resources[id] != nil }

    /// The CPU's view of a mapped blob; nil for what has none.
    public func memory(of id: ResourceID) -> MemoryRange? { resources[id]?.mapping }

    public func shape(of id: ResourceID) -> ResourceShape? { resources[id]?.shape }

    public func createResource(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) {
        let bytes = try checkNew(id, shape)
        guard !shape.isMappable else { throw .badParameter }
        var arguments = virgl_renderer_resource_create_args(
            handle: id.rawValue, target: shape.target, format: shape.format, bind: shape.bind,
            width: shape.width, height: shape.height, depth: shape.depth,
            array_size: shape.arraySize, last_level: shape.lastLevel,
            nr_samples: shape.sampleCount, flags: shape.flags)
        try budget.take(bytes)
        // A GL error left pending would be charged to the context that happens to be current.
        virgl_renderer_force_ctx_0()
        // SAFETY: the arguments live through the call; backing comes by attachBacking only.
        guard unsafe virgl_renderer_resource_create(&arguments, nil, 0) == 0 else {
            budget.giveBack(bytes)
            throw .rejected
        }
        resources[id] = RendererResource(shape: shape, chargedBytes: bytes)
    }

    private func checkNew(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) -> UInt64
    {
        guard id.rawValue != 0, resources[id] == nil else { throw .badID }
        guard resources.count < limits.resourcesMax else { throw .outOfMemory }
        return try shape.checkedSizeBytes(limits)
    }

    /// Drops a resource. One whose memory others still hold goes by ``unrefKeepingMemory(_:)``.
    public func unref(_ id: ResourceID) throws(RendererError) {
        guard let resource = forget(id) else { throw .unknownResource }
        virgl_renderer_resource_unref(id.rawValue)
        budget.giveBack(resource.chargedBytes)
    }

    private func forget(_ id: ResourceID) -> RendererResource? {
        guard let resource = resources.removeValue(forKey: id) else { return nil }
        for context in resource.contexts { contexts[context]?.attached.remove(id) }
        if resource.backing != nil { detachIOV(id) }
        return resource
    }

    /// Drops a resource's id at once and keeps its mapping until ``release(_:)``. [LIFE-1]
    ///
    /// A sampler view of a private context holds the buffer meanwhile: the library's unref detaches
    /// the resource from every context, and only their objects keep a reference of their own.
    public func unrefKeepingMemory(_ id: ResourceID) throws(RendererError) -> MemoryKeeper {
        guard let resource = resources[id] else { throw .unknownResource }
        guard
            let context = (Self.keeperBase...UInt32.max)
                .first(where: { number in !keepers.contains { $0.number == number } })
        else { throw .outOfMemory }
        guard
            unsafe virgl_renderer_context_create_with_flags(
                context, VirtioGPU.CapsetID.virgl2.rawValue, 0, "") == 0
        else { throw .rejected }
        virgl_renderer_ctx_attach_resource(
            CInt(bitPattern: context), CInt(bitPattern: id.rawValue))
        // CREATE_OBJECT of a sampler view: handle 1, R8, the first element only.
        var view: [UInt32] = [0x0006_0601, 1, id.rawValue, 64, 0, 0, 0]
        let status = unsafe view.withUnsafeMutableBytes { bytes in
            // SAFETY: the stream lives through the call.
            unsafe virgl_renderer_submit_cmd(
                bytes.baseAddress, CInt(bitPattern: context), CInt(bytes.count / 4))
        }
        guard status == 0 else {
            virgl_renderer_context_destroy(context)
            throw .rejected
        }
        let keeper = MemoryKeeper(number: context, bytes: resource.chargedBytes)
        keepers.insert(keeper)
        _ = forget(id)
        virgl_renderer_resource_unref(id.rawValue)
        return keeper
    }

    public func release(_ keeper: MemoryKeeper) {
        guard isOpen, keepers.remove(keeper) != nil else { return }
        virgl_renderer_context_destroy(keeper.number)
        budget.giveBack(keeper.bytes)
    }
}
