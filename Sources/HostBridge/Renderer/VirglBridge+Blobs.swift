// Blobs: what a context's command stream has created, under an id of the guest's.

internal import LinuxSystem
public import VirtioWire

extension VirglBridge {
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
        try noticeDeath()
        guard id.rawValue != 0, resources[id] == nil else { throw .badID }
        guard resources.count < limits.resourcesMax else { throw .outOfMemory }
        guard contexts[context] != nil else { throw .unknownContext }
        guard memory == .host3D || memory == .host3DGuest, let key = UInt32(exactly: blobID),
            let unclaimed = contexts[context]?.unclaimed[key], sizeBytes > 0,
            sizeBytes <= unclaimed.chargedBytes
        else { throw .badParameter }
        let request = BlobRequest(
            id: id, context: context, blobID: key, flags: flags, sizeBytes: sizeBytes,
            isMapped: unclaimed.shape.isMappable, memory: nil)
        var resource = RendererResource(
            shape: unclaimed.shape, chargedBytes: unclaimed.chargedBytes,
            generation: library.generation)
        do throws(RendererError) {
            let number = takeNumber()
            let (answer, memory) = try library.createBlob(request, number: number)
            try settle(answer, number)
            resource.memory = memory
        } catch {
            // The context and all that was its is gone.
            guard contexts[context] != nil else { throw .unknownContext }
            // Refused outright it can be claimed again; what could not be mapped is gone.
            if error != .rejected {
                contexts[context]?.unclaimed[key] = nil
                budget.giveBack(unclaimed.chargedBytes)
            }
            throw error
        }
        contexts[context]?.unclaimed[key] = nil
        resource.isShadowed = memory == .host3DGuest
        resource.blob = (flags, sizeBytes)
        resource.backing = resource.memory?.backing
        resources[id] = resource
    }
}
