// libvirglrenderer in this process: its calls, and nothing that decides about them.

internal import CVirglRenderer
package import LinuxSystem
public import VirtioWire

/// The one virglrenderer of this process, whose names are global. Every call, from `init` to
/// `close`, belongs on one thread: the library binds GL to it.
@safe public final class LocalVirgl: VirglLibrary {
    private let fences: FenceInbox
    private let callbacks = RendererCallbacks()
    private var isOpen = true
    private static let processUse = Monitor(false)
    private static let isEGLUsable = virtio_share_egl_is_usable() != 0

    public var generation: UInt64 { 0 }
    public var hasDied: Bool { false }
    public func restart() -> Bool { false }
    public func renew() -> Bool { false }

    /// Starts the library on the calling thread.
    ///
    /// - Parameters:
    ///   - keepsFences: whether fences that have passed are to be taken by ``takeEnded(into:)``.
    ///   - onFence: called on a thread of the library's with each fence that has passed.
    package init(keepsFences: Bool, onFence: @escaping @Sendable (UInt64) -> Void)
        throws(RendererError)
    {
        guard
            Self.processUse.withLock({ isUsed in
                defer { isUsed = true }
                return !isUsed
            })
        else { throw .inUse }
        fences = FenceInbox(isKeeping: keepsFences, onFence)
        guard Self.isEGLUsable, start() else {
            Self.processUse.withLock { $0 = false }
            isOpen = false
            throw .unavailable
        }
        // Without one call of fill_caps buffer views have no size limit and fail (0.10.4).
        var caps = WireBuffer(capacity: Int(capset(.virgl2).maxSize))
        fillCaps(.virgl2, version: 2, into: &caps)
    }

    private func start() -> Bool {
        virtio_share_virgl_silence()
        let flags =
            VIRGL_RENDERER_USE_EGL | VIRGL_RENDERER_USE_SURFACELESS | VIRGL_RENDERER_THREAD_SYNC
            | (1 << 8)  // VIRGL_RENDERER_ASYNC_FENCE_CB
        // SAFETY: inbox and callbacks are kept by self, which outlives the library: see close().
        return unsafe virgl_renderer_init(
            Unmanaged.passUnretained(fences).toOpaque(), flags, callbacks.pointer) == 0
    }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        // SAFETY: the cookie is the one that init was given.
        unsafe virgl_renderer_cleanup(Unmanaged.passUnretained(fences).toOpaque())
        Self.processUse.withLock { $0 = false }
    }

    deinit { precondition(!isOpen, "a renderer is closed on its own thread before it goes") }

    // MARK: Capsets

    public func capset(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        Self.capset(id)
    }

    static func capset(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) {
        var (version, size): (UInt32, UInt32) = (0, 0)
        // SAFETY: both pointers are valid for the call.
        unsafe virgl_renderer_get_cap_set(id.rawValue, &version, &size)
        return (version, size)
    }

    public func fillCaps(
        _ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer
    ) {
        unsafe buffer.withUnsafeAppend(count: Int(capset(id).maxSize)) { bytes in
            // Zeroed first: on a version it does not know the library writes nothing.
            unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe virgl_renderer_fill_caps(id.rawValue, version, bytes.baseAddress)
            return bytes.count
        }
    }

    // MARK: Contexts

    public func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        -> LibraryAnswer
    {
        let status = unsafe virgl_renderer_context_create_with_flags(
            id.rawValue, capset.rawValue, UInt32(name.utf8.count), name)
        return status == 0 ? .done : .refused
    }

    public func destroyContext(_ id: ContextID) { virgl_renderer_context_destroy(id.rawValue) }

    public func attach(_ resource: ResourceID, to context: ContextID) {
        virgl_renderer_ctx_attach_resource(
            CInt(bitPattern: context.rawValue), CInt(bitPattern: resource.rawValue))
    }

    public func detach(_ resource: ResourceID, from context: ContextID) {
        virgl_renderer_ctx_detach_resource(
            CInt(bitPattern: context.rawValue), CInt(bitPattern: resource.rawValue))
    }

    // MARK: Resources

    public func createResource(_ id: ResourceID, _ shape: ResourceShape, number: UInt64)
        -> LibraryAnswer
    {
        var arguments = virgl_renderer_resource_create_args(
            handle: id.rawValue, target: shape.target, format: shape.format, bind: shape.bind,
            width: shape.width, height: shape.height, depth: shape.depth,
            array_size: shape.arraySize, last_level: shape.lastLevel,
            nr_samples: shape.sampleCount, flags: shape.flags)
        // A GL error left pending would be charged to the context that happens to be current.
        virgl_renderer_force_ctx_0()
        // SAFETY: the arguments live through the call; backing comes by attachBacking only.
        return unsafe virgl_renderer_resource_create(&arguments, nil, 0) == 0 ? .done : .refused
    }

    public func createBlob(_ request: BlobRequest, number: UInt64)
        throws(RendererError) -> (LibraryAnswer, BlobMemory?)
    {
        guard
            makeBlob(
                request.id, of: request.context, blobID: request.blobID, flags: request.flags,
                sizeBytes: request.sizeBytes)
        else { return (.refused, nil) }
        guard request.isMapped else { return (.done, nil) }
        do throws(RendererError) {
            let range = try map(request.id)
            guard request.sizeBytes <= UInt64(range.sizeBytes),
                let whole = range.slice(offset: 0, count: Int(request.sizeBytes))
            else { throw .badParameter }
            // The buffer's own bytes are its backing: a stream's COPY_TRANSFER3D reads them in place.
            let memory = BlobMemory(whole)
            _ = attach(memory.backing, to: request.id)
            return (.done, memory)
        } catch {
            virgl_renderer_resource_unref(request.id.rawValue)
            throw error
        }
    }

    package func makeBlob(
        _ id: ResourceID, of context: ContextID, blobID: UInt32, flags: VirtioGPU.BlobFlags,
        sizeBytes: UInt64
    ) -> Bool {
        var arguments = unsafe virgl_renderer_resource_create_blob_args()
        unsafe arguments.res_handle = id.rawValue
        unsafe arguments.ctx_id = context.rawValue
        unsafe arguments.blob_mem = UInt32(VIRGL_RENDERER_BLOB_MEM_HOST3D)
        unsafe arguments.blob_flags = flags.rawValue
        unsafe arguments.blob_id = UInt64(blobID)
        unsafe arguments.size = sizeBytes
        virgl_renderer_force_ctx_0()
        // SAFETY: the arguments live through the call and name no iovecs.
        return unsafe virgl_renderer_resource_create_blob(&arguments) == 0
    }

    /// A buffer's memory, all of it, until the resource's last reference goes.
    package func map(_ id: ResourceID) throws(RendererError) -> MemoryRange {
        var base: UnsafeMutableRawPointer?
        var mappedBytes: UInt64 = 0
        // SAFETY: both out-pointers are valid for the call.
        let status = unsafe virgl_renderer_resource_map(id.rawValue, &base, &mappedBytes)
        guard status == 0, let base = unsafe base else { throw .notPossible }
        guard let count = Int(exactly: mappedBytes) else { throw .badParameter }
        // SAFETY: the library maps `mappedBytes` bytes until the resource's last reference goes.
        return unsafe MemoryRange(baseAddress: base, sizeBytes: count)
    }

    public func discard(
        blobID: UInt32, of context: ContextID, sizeBytes: UInt64, handle: ResourceID
    ) {
        // It fails for what a failed stream did not come to make.
        if makeBlob(handle, of: context, blobID: blobID, flags: [], sizeBytes: sizeBytes) {
            virgl_renderer_resource_unref(handle.rawValue)
        }
    }

    public func unref(_ id: ResourceID, _ backing: LibraryBacking, number: UInt64)
        -> LibraryAnswer
    {
        if backing != .none { _ = detachBacking(id, number: number) }
        virgl_renderer_resource_unref(id.rawValue)
        return .done
    }

    // MARK: Backing and transfers

    public func attachBacking(_ id: ResourceID, _ list: BackingList, number: UInt64)
        throws(RendererError) -> LibraryAnswer
    { attach(list, to: id) ? .done : .refused }

    /// The list stays where it is until it is detached.
    package func attach(_ list: BackingList, to id: ResourceID) -> Bool {
        // SAFETY: the caller keeps the list until detached.
        unsafe virgl_renderer_resource_attach_iov(
            CInt(bitPattern: id.rawValue), list.pointer, CInt(list.count)) == 0
    }

    @discardableResult
    public func detachBacking(_ id: ResourceID, number: UInt64) -> LibraryAnswer {
        var list: UnsafeMutablePointer<iovec>?
        var count: CInt = 0
        // SAFETY: both out-pointers are valid for the call; the list is ours and freed by its owner.
        unsafe virgl_renderer_resource_detach_iov(CInt(bitPattern: id.rawValue), &list, &count)
        return .done
    }

    public func transfer(_ request: LibraryTransfer, number: UInt64)
        throws(RendererError) -> LibraryAnswer
    {
        // Layer by layer: of several the library (0.10.4) reads the first one only.
        for layer in 0..<request.transfer.box.depth {
            guard transfer(request, layer: layer) == 0 else { return .refused }
        }
        return .done
    }

    private func transfer(_ request: LibraryTransfer, layer: UInt32) -> CInt {
        let (transfer, list) = (request.transfer, request.list)
        var box = virgl_box(
            x: transfer.box.x, y: transfer.box.y, z: transfer.box.z + layer,
            w: transfer.box.width, h: transfer.box.height, d: 1)
        let offset = transfer.offset + UInt64(layer) * UInt64(transfer.layerStride)
        if request.context.rawValue == 0 { virgl_renderer_force_ctx_0() }
        // SAFETY: box and iovecs live through the call; the rule of Transfer bounds what it touches.
        return switch request.direction {
        case .toHost:
            unsafe virgl_renderer_transfer_write_iov(
                request.id.rawValue, request.context.rawValue, CInt(transfer.level),
                transfer.stride, 0, &box, offset, list?.pointer, UInt32(list?.count ?? 0))
        case .fromHost:
            unsafe virgl_renderer_transfer_read_iov(
                request.id.rawValue, request.context.rawValue, transfer.level, transfer.stride, 0,
                &box, offset, list?.pointer, CInt(list?.count ?? 0))
        }
    }

    public func finish(_ transfer: LibraryTransfer) {}

    // MARK: Streams and fences

    public func submit(
        _ words: inout [UInt32], to context: ContextID, number: UInt64, fenced: Bool
    ) -> LibraryAnswer {
        let status = unsafe words.withUnsafeMutableBytes { bytes in
            // SAFETY: a private copy of the stream; the library reads it several times.
            unsafe virgl_renderer_submit_cmd(
                bytes.baseAddress, CInt(bitPattern: context.rawValue), CInt(bytes.count / 4))
        }
        return status == 0 ? .done : .refused
    }

    public func createFence(on context: ContextID, number: UInt64) -> Bool {
        virgl_renderer_context_create_fence(context.rawValue, 0, 0, number) == 0
    }

    public func takeEnded(into ended: inout [EndedWork]) { fences.takeAll(into: &ended) }

    public func waitForEnded() {}

    // MARK: Memory that outlives its resource

    /// A sampler view of a private context holds the buffer: the library's unref detaches the
    /// resource from every context, and only their objects keep a reference of their own.
    public func keepMemory(of id: ResourceID, under context: ContextID) -> Bool {
        guard createContext(context, capset: .virgl2, name: "") == .done else { return false }
        attach(id, to: context)
        // CREATE_OBJECT of a sampler view: handle 1, R8, the first element only.
        var view: [UInt32] = [0x0006_0601, 1, id.rawValue, 64, 0, 0, 0]
        guard submit(&view, to: context, number: 0, fenced: false) == .done else {
            destroyContext(context)
            return false
        }
        return true
    }

    public func releaseMemory(under context: ContextID) { destroyContext(context) }
}
