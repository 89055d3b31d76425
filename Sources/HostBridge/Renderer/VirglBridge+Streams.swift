// Command streams and their fences: what a guest's SUBMIT_3D becomes.

internal import LinuxSystem
public import VirtioWire

extension VirglBridge {
    /// Walks a command stream, charges what it creates, and runs it.
    public func submit(_ words: inout [UInt32], to id: ContextID) throws(RendererError) {
        let effects = try admit(words, to: id)
        guard !words.isEmpty else { return }
        let number = takeNumber()
        let answer = library.submit(&words, to: id, number: number, fenced: false)
        take(effects, on: id)
        do throws(RendererError) { try settle(answer, number) } catch {
            guard contexts[id] != nil else { throw .unknownContext }
            contexts[id]?.isDead = true
            throw error
        }
    }

    public func startStream(_ words: inout [UInt32], on id: ContextID, fenced: Bool)
        throws(RendererError) -> StartedWork
    {
        if fenced { try requireFenceRoom() }
        let effects = try admit(words, to: id)
        if !words.isEmpty {
            let number = takeNumber()
            let answer = library.submit(&words, to: id, number: number, fenced: fenced)
            take(effects, on: id)
            switch answer {
            case .done: break
            case .refused:
                contexts[id]?.isDead = true
                throw .rejected
            case .later:
                open[number] = id
                return .running(number)
            }
        }
        return fenced ? .fenced(try createFence(on: id)) : .done
    }

    /// The rules of a stream; what it creates is charged when they let it through.
    private func admit(_ words: [UInt32], to id: ContextID) throws(RendererError) -> StreamEffects {
        try noticeDeath()
        guard let context = contexts[id] else { throw .unknownContext }
        guard !context.isDead else { throw .contextDead }
        guard words.count * 4 <= limits.streamBytesMax else { throw .outOfMemory }
        let effects = try check(words, of: id, context)
        if effects.bytes > 0 { try budget.take(effects.bytes) }
        return effects
    }

    /// A stream that fails has made what stands before its error: charged until the context goes.
    private func take(_ effects: StreamEffects, on id: ContextID) {
        contexts[id]?.unclaimed = effects.unclaimed
        contexts[id]?.pendingShader = effects.pendingShader
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
        guard target.memory == nil else { throw .notPossible }
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
        guard open.count < limits.fencesMax else { throw .outOfMemory }
    }

    /// A fence behind everything submitted to the context so far; its number comes out of
    /// ``takeRetiredFences()``.
    public func createFence(on id: ContextID) throws(RendererError) -> UInt64 {
        try noticeDeath()
        guard contexts[id] != nil else { throw .unknownContext }
        try requireFenceRoom()
        let fence = takeNumber()
        guard library.createFence(on: id, number: fence) else { throw .rejected }
        open[fence] = id
        return fence
    }

    /// Appends the fences retired since the last call, in order.
    public func takeRetiredFences(into retired: inout [UInt64]) {
        var ended: [EndedWork] = []
        takeEnded(into: &ended)
        for work in ended { retired.append(work.number) }
    }

    public func takeRetiredFences() -> [UInt64] {
        var retired: [UInt64] = []
        takeRetiredFences(into: &retired)
        return retired
    }
}
