// The one bridge onto libvirglrenderer. The library trusts its caller: ids are never checked
// against its tables but against ours, sizes and boxes pass the rules of ResourceShape, Transfer and
// CommandStream first, and a context that failed once is dead here at once.

internal import CVirglRenderer
public import LinuxSystem
public import VirtioWire

/// virglrenderer, for one guest. One at a time in a process: its names are global.
///
/// Every call, from `init` to `close`, belongs on one thread: the library binds GL to it.
@safe public final class VirglRenderer {
    public let limits: RendererLimits
    let fences: FenceInbox
    public internal(set) var bytesInUse: UInt64 = 0
    private let callbacks = RendererCallbacks()
    var contexts: [ContextID: RendererContext] = [:]
    var resources: [ResourceID: RendererResource] = [:]
    var nextFence: UInt64 = 1
    var openFences: [UInt64: ContextID] = [:]
    /// Contexts of our own that keep the memory of unreferenced resources alive, by use.
    private var keepers: Set<UInt32> = []
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
    /// - Parameter wake: signalled, from a thread of the library, when fences have retired.
    public init(limits: RendererLimits = RendererLimits(), wake: EventDescriptor)
        throws(RendererError)
    {
        guard
            Self.processUse.withLock({ isUsed in
                defer { isUsed = true }
                return !isUsed
            })
        else { throw .inUse }
        self.limits = limits
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
            bytesInUse -= unclaimed.chargedBytes
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

    public func createResource(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) {
        let bytes = try checkNew(id, shape)
        guard !shape.isMappable else { throw .badParameter }
        var arguments = virgl_renderer_resource_create_args(
            handle: id.rawValue, target: shape.target, format: shape.format, bind: shape.bind,
            width: shape.width, height: shape.height, depth: shape.depth,
            array_size: shape.arraySize, last_level: shape.lastLevel,
            nr_samples: shape.sampleCount, flags: shape.flags)
        // A GL error left pending would be charged to the context that happens to be current.
        virgl_renderer_force_ctx_0()
        // SAFETY: the arguments live through the call; backing comes by attachBacking only.
        guard unsafe virgl_renderer_resource_create(&arguments, nil, 0) == 0 else {
            throw .rejected
        }
        resources[id] = RendererResource(shape: shape, chargedBytes: bytes)
        bytesInUse += bytes
    }

    private func checkNew(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) -> UInt64
    {
        guard id.rawValue != 0, resources[id] == nil else { throw .badID }
        guard resources.count < limits.resourcesMax else { throw .outOfMemory }
        let bytes = try shape.checkedSizeBytes(limits)
        guard bytesInUse <= limits.bytesMax, bytes <= limits.bytesMax - bytesInUse else {
            throw .outOfMemory
        }
        return bytes
    }

    /// Makes the buffer `blobID` of a context, created by its command stream, a resource, and maps
    /// it. Its size is what the library's map reports; a larger claim is refused.
    public func createBlob(
        _ id: ResourceID, context: ContextID, blobID: UInt64, flags: VirtioGPU.BlobFlags,
        sizeBytes: UInt64
    ) throws(RendererError) {
        guard id.rawValue != 0, resources[id] == nil else { throw .badID }
        guard resources.count < limits.resourcesMax else { throw .outOfMemory }
        guard contexts[context] != nil else { throw .unknownContext }
        guard let key = UInt32(exactly: blobID), let unclaimed = contexts[context]?.unclaimed[key],
            unclaimed.shape.isMappable, sizeBytes > 0, sizeBytes <= UInt64(unclaimed.shape.width)
        else { throw .badParameter }
        var arguments = unsafe virgl_renderer_resource_create_blob_args()
        unsafe arguments.res_handle = id.rawValue
        unsafe arguments.ctx_id = context.rawValue
        unsafe arguments.blob_mem = UInt32(VIRGL_RENDERER_BLOB_MEM_HOST3D)
        unsafe arguments.blob_flags = flags.rawValue
        unsafe arguments.blob_id = blobID
        unsafe arguments.size = sizeBytes
        virgl_renderer_force_ctx_0()
        // SAFETY: the arguments live through the call and name no iovecs.
        guard unsafe virgl_renderer_resource_create_blob(&arguments) == 0 else { throw .rejected }
        var base: UnsafeMutableRawPointer?
        var mappedBytes: UInt64 = 0
        // SAFETY: both out-pointers are valid for the call.
        let status = unsafe virgl_renderer_resource_map(id.rawValue, &base, &mappedBytes)
        guard status == 0, let base = unsafe base, sizeBytes <= mappedBytes,
            let count = Int(exactly: sizeBytes)
        else {
            virgl_renderer_resource_unref(id.rawValue)
            contexts[context]?.unclaimed[key] = nil
            bytesInUse -= unclaimed.chargedBytes
            throw status == 0 ? .badParameter : .notPossible
        }
        contexts[context]?.unclaimed[key] = nil
        // SAFETY: the library maps `mappedBytes` bytes until the resource's last reference goes.
        let mapping = unsafe MemoryRange(baseAddress: base, sizeBytes: count)
        // The buffer's own bytes are its backing: so a stream's COPY_TRANSFER3D reads them in place.
        let backing = BackingList([mapping])
        // SAFETY: the list stays in the table until the resource goes.
        _ = unsafe virgl_renderer_resource_attach_iov(
            CInt(bitPattern: id.rawValue), backing.pointer, 1)
        resources[id] = RendererResource(
            shape: unclaimed.shape, chargedBytes: unclaimed.chargedBytes, mapping: mapping,
            backing: backing)
    }

    /// Drops a resource. A mapped one whose memory others still hold is kept by ``Keeper``.
    public func unref(_ id: ResourceID) throws(RendererError) {
        guard let resource = forget(id) else { throw .unknownResource }
        virgl_renderer_resource_unref(id.rawValue)
        bytesInUse -= resource.chargedBytes
    }

    private func forget(_ id: ResourceID) -> RendererResource? {
        guard let resource = resources.removeValue(forKey: id) else { return nil }
        for context in resource.contexts { contexts[context]?.attached.remove(id) }
        if resource.backing != nil { detachIOV(id) }
        return resource
    }

    /// A hold on the memory of a resource whose id is free again.
    public struct Keeper: Hashable, Sendable {
        fileprivate let context: UInt32
        fileprivate let bytes: UInt64
    }

    /// Drops a resource's id at once and keeps its mapping until ``release(_:)``. [LIFE-1]
    ///
    /// A sampler view of a private context holds the buffer meanwhile: the library's unref detaches
    /// the resource from every context, and only their objects keep a reference of their own.
    public func unrefKeepingMemory(_ id: ResourceID) throws(RendererError) -> Keeper {
        guard let resource = resources[id] else { throw .unknownResource }
        guard
            let context = (Self.keeperBase...UInt32.max)
                .first(where: { !keepers.contains($0) })
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
        keepers.insert(context)
        _ = forget(id)
        virgl_renderer_resource_unref(id.rawValue)
        return Keeper(context: context, bytes: resource.chargedBytes)
    }

    public func release(_ keeper: Keeper) {
        guard isOpen, keepers.remove(keeper.context) != nil else { return }
        virgl_renderer_context_destroy(keeper.context)
        bytesInUse -= keeper.bytes
    }

    // MARK: Backing and transfers

    /// Gives a resource guest pages to transfer from and to. They are used only inside transfers.
    public func attachBacking(_ id: ResourceID, _ ranges: [MemoryRange]) throws(RendererError) {
        guard let resource = resources[id] else { throw .unknownResource }
        guard resource.backing == nil else { throw .notPossible }
        guard !ranges.isEmpty, ranges.count <= limits.backingRangesMax else { throw .badParameter }
        let backing = BackingList(ranges)
        // SAFETY: the list stays in the table until detached.
        let status = unsafe virgl_renderer_resource_attach_iov(
            CInt(bitPattern: id.rawValue), backing.pointer, CInt(backing.count))
        guard status == 0 else { throw .rejected }
        resources[id]?.backing = backing
    }

    public func detachBacking(_ id: ResourceID) throws(RendererError) {
        guard let resource = resources[id] else { throw .unknownResource }
        guard resource.backing != nil, resource.mapping == nil else { throw .notPossible }
        detachIOV(id)
        resources[id]?.backing = nil
    }

    private func detachIOV(_ id: ResourceID) {
        var list: UnsafeMutablePointer<iovec>?
        var count: CInt = 0
        // SAFETY: both out-pointers are valid for the call; the list is ours and freed by its owner.
        unsafe virgl_renderer_resource_detach_iov(CInt(bitPattern: id.rawValue), &list, &count)
    }

    public enum TransferDirection: Sendable { case toHost, fromHost }

    /// Copies between a resource and its backing; done when this returns. Returns the bytes moved.
    @discardableResult
    public func transfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> UInt64 {
        guard let resource = resources[id] else { throw .unknownResource }
        guard let backing = resource.backing, resource.mapping == nil else { throw .notPossible }
        if context.rawValue != 0 {
            guard let owner = contexts[context] else { throw .unknownContext }
            guard !owner.isDead else { throw .contextDead }
            guard owner.attached.contains(id) else { throw .notPossible }
        }
        let bytes = try transfer.checkedByteCount(
            of: resource.shape, backingBytes: backing.byteCount)
        var box = virgl_box(
            x: transfer.box.x, y: transfer.box.y, z: 0, w: transfer.box.width,
            h: transfer.box.height, d: 1)
        if context.rawValue == 0 { virgl_renderer_force_ctx_0() }
        // SAFETY: box and iovecs live through the call; the rule above bounds what it touches.
        let status =
            switch direction {
            case .toHost:
                unsafe virgl_renderer_transfer_write_iov(
                    id.rawValue, context.rawValue, CInt(transfer.level), transfer.stride,
                    transfer.layerStride, &box, transfer.offset, nil, 0)
            case .fromHost:
                unsafe virgl_renderer_transfer_read_iov(
                    id.rawValue, context.rawValue, transfer.level, transfer.stride,
                    transfer.layerStride, &box, transfer.offset, nil, 0)
            }
        guard status == 0 else {
            contexts[context]?.isDead = true
            throw .rejected
        }
        if direction == .toHost { uploadedBytes += bytes }
        return bytes
    }
}
