// Blobs: what a context's command stream has created, under an id of the guest's.

internal import CVirglRenderer
internal import LinuxSystem
public import VirtioWire

extension VirglRenderer {
    /// Makes the object `blobID` of a context, created by its command stream, a resource. A buffer
    /// that was created for mapping is mapped; its size is what the library's map reports, and a
    /// larger claim is refused.
    ///
    /// Guest memory beside it comes by ``attachBacking(_:_:)``, for `host3DGuest` only: the library
    /// (0.10.4) takes it at creation and cannot use it afterwards, so it is never told.
    public func createBlob(
        _ id: ResourceID, memory: VirtioGPU.BlobMem = .host3D, context: ContextID, blobID: UInt64,
        flags: VirtioGPU.BlobFlags, sizeBytes: UInt64
    ) throws(RendererError) {
        guard id.rawValue != 0, resources[id] == nil else { throw .badID }
        guard resources.count < limits.resourcesMax else { throw .outOfMemory }
        guard contexts[context] != nil else { throw .unknownContext }
        guard memory == .host3D || memory == .host3DGuest, let key = UInt32(exactly: blobID),
            let unclaimed = contexts[context]?.unclaimed[key], sizeBytes > 0,
            sizeBytes <= unclaimed.chargedBytes
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
        contexts[context]?.unclaimed[key] = nil
        var resource = RendererResource(
            shape: unclaimed.shape, chargedBytes: unclaimed.chargedBytes)
        resource.isShadowed = memory == .host3DGuest
        if unclaimed.shape.isMappable {
            do throws(RendererError) {
                try map(id, &resource, sizeBytes: sizeBytes)
            } catch {
                virgl_renderer_resource_unref(id.rawValue)
                budget.giveBack(unclaimed.chargedBytes)
                throw error
            }
        }
        resources[id] = resource
    }

    private func map(_ id: ResourceID, _ resource: inout RendererResource, sizeBytes: UInt64)
        throws(RendererError)
    {
        var base: UnsafeMutableRawPointer?
        var mappedBytes: UInt64 = 0
        // SAFETY: both out-pointers are valid for the call.
        let status = unsafe virgl_renderer_resource_map(id.rawValue, &base, &mappedBytes)
        guard status == 0, let base = unsafe base else { throw .notPossible }
        guard sizeBytes <= mappedBytes, let count = Int(exactly: sizeBytes) else {
            throw .badParameter
        }
        // SAFETY: the library maps `mappedBytes` bytes until the resource's last reference goes.
        let mapping = unsafe MemoryRange(baseAddress: base, sizeBytes: count)
        // The buffer's own bytes are its backing: so a stream's COPY_TRANSFER3D reads them in place.
        let backing = BackingList([mapping])
        // SAFETY: the list stays in the table until the resource goes.
        _ = unsafe virgl_renderer_resource_attach_iov(
            CInt(bitPattern: id.rawValue), backing.pointer, 1)
        resource.mapping = mapping
        resource.backing = backing
    }
}
