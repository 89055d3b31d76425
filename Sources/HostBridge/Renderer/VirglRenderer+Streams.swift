// Command streams and their fences: what a guest's SUBMIT_3D becomes.

internal import CVirglRenderer
internal import LinuxSystem
public import VirtioWire

extension VirglRenderer {
    /// Walks a command stream, charges what it creates, and runs it.
    public func submit(_ words: inout [UInt32], to id: ContextID) throws(RendererError) {
        guard let context = contexts[id] else { throw .unknownContext }
        guard !context.isDead else { throw .contextDead }
        guard words.count * 4 <= limits.streamBytesMax else { throw .outOfMemory }
        let effects = try check(words, of: id, context)
        guard !words.isEmpty else { return }
        if effects.bytes > 0 { try budget.take(effects.bytes) }
        let status = unsafe words.withUnsafeMutableBytes { bytes in
            // SAFETY: a private copy of the stream; the library reads it several times.
            unsafe virgl_renderer_submit_cmd(
                bytes.baseAddress, CInt(bitPattern: id.rawValue), CInt(bytes.count / 4))
        }
        // A stream that fails has made what stands before its error: charged until the context goes.
        contexts[id]?.unclaimed = effects.unclaimed
        contexts[id]?.pendingShader = effects.pendingShader
        guard status == 0 else {
            contexts[id]?.isDead = true
            throw .rejected
        }
        uploadedBytes += effects.copiedBytes
    }

    private struct StreamEffects {
        var unclaimed: [UInt32: UnclaimedBuffer]
        var pendingShader: PendingShader?
        var bytes: UInt64 = 0
        var copiedBytes: UInt64 = 0
    }

    private func check(_ words: [UInt32], of id: ContextID, _ context: RendererContext)
        throws(RendererError) -> StreamEffects
    {
        var effects = StreamEffects(unclaimed: context.unclaimed)
        var pending = context.pendingShader
        try CommandStream.walk(words, pending: &pending) { request throws(RendererError) in
            switch request {
            case .create(let shape, let blobID):
                guard effects.unclaimed.count + resources.count < limits.resourcesMax else {
                    throw .outOfMemory
                }
                let bytes = try shape.checkedSizeBytes(limits)
                // Each is at most the limit, and so is their sum: what is charged below at once.
                guard budget.hasRoom(for: effects.bytes + bytes) else { throw .outOfMemory }
                // The library would hand out two under one id first come, first served.
                let unclaimed = UnclaimedBuffer(shape: shape, chargedBytes: bytes)
                guard effects.unclaimed.updateValue(unclaimed, forKey: blobID) == nil else {
                    throw .badParameter
                }
                effects.bytes += bytes
            case .transfer(let resource, let transfer, let toHost):
                let moved = try checkStreamTransfer(
                    transfer, context, shapeOf: resource, backingOf: resource)
                if toHost { effects.copiedBytes += moved }
            case .inlineWrite(let resource, let transfer, let dataBytes):
                let moved = try checkStreamTransfer(
                    transfer, context, shapeOf: resource, backingBytes: dataBytes)
                if resources[ResourceID(resource)]?.shape.isBuffer == false {
                    effects.copiedBytes += moved
                }
            case .copyTransfer(let destination, let transfer, let source):
                effects.copiedBytes += try checkStreamTransfer(
                    transfer, context, shapeOf: destination, backingOf: source)
            }
        }
        effects.pendingShader = pending
        return effects
    }

    private func checkStreamTransfer(
        _ transfer: Transfer, _ context: RendererContext, shapeOf destination: UInt32,
        backingOf source: UInt32
    ) throws(RendererError) -> UInt64 {
        let source = ResourceID(source)
        guard context.attached.contains(source), let backing = resources[source]?.backing else {
            throw .unknownResource
        }
        return try checkStreamTransfer(
            transfer, context, shapeOf: destination, backingBytes: backing.byteCount)
    }

    private func checkStreamTransfer(
        _ transfer: Transfer, _ context: RendererContext, shapeOf destination: UInt32,
        backingBytes: UInt64
    ) throws(RendererError) -> UInt64 {
        let destination = ResourceID(destination)
        guard context.attached.contains(destination), let target = resources[destination] else {
            throw .unknownResource
        }
        // Writing into a buffer while it is mapped moves nothing and leaves a GL error.
        guard target.mapping == nil else { throw .notPossible }
        return try transfer.checkedByteCount(of: target.shape, backingBytes: backingBytes)
    }

    /// What a context's command streams can reach.
    public func attachedResources(of id: ContextID) -> Set<ResourceID> {
        contexts[id]?.attached ?? []
    }

    public func requireContext(_ id: ContextID) throws(RendererError) {
        guard contexts[id] != nil else { throw .unknownContext }
    }

    public func isDead(_ id: ContextID) -> Bool { contexts[id]?.isDead ?? true }

    /// Throws when no further fence would be given: asked before work that must end with one.
    public func requireFenceRoom() throws(RendererError) {
        guard openFences.count < limits.fencesMax else { throw .outOfMemory }
    }

    /// A fence behind everything submitted to the context so far; its number comes out of
    /// ``takeRetiredFences()``.
    public func createFence(on id: ContextID) throws(RendererError) -> UInt64 {
        guard contexts[id] != nil else { throw .unknownContext }
        try requireFenceRoom()
        let fence = nextFence
        guard virgl_renderer_context_create_fence(id.rawValue, 0, 0, fence) == 0 else {
            throw .rejected
        }
        nextFence += 1
        openFences[fence] = id
        return fence
    }

    /// Appends the fences retired since the last call, in order.
    public func takeRetiredFences(into retired: inout [UInt64]) {
        let known = retired.count
        fences.takeAll(into: &retired)
        // Those of a destroyed context may come twice: by us, and by the library.
        var kept = known
        for index in known..<retired.count
        where openFences.removeValue(forKey: retired[index]) != nil {
            retired[kept] = retired[index]
            kept += 1
        }
        retired.removeLast(retired.count - kept)
    }

    public func takeRetiredFences() -> [UInt64] {
        var retired: [UInt64] = []
        takeRetiredFences(into: &retired)
        return retired
    }
}
