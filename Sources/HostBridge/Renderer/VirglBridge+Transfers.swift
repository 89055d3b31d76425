// Guest memory behind resources, and copies between the two.

public import LinuxSystem
public import VirtioWire

extension VirglBridge {
    /// Gives a resource guest pages to transfer from and to. They are used only inside transfers.
    public func attachBacking(_ id: ResourceID, _ backing: BackingList) throws(RendererError) {
        try? noticeDeath()
        guard let resource = resources[id] else { throw .unknownResource }
        guard backing.count > 0, backing.count <= limits.backingRangesMax else {
            throw .badParameter
        }
        guard !resource.isShadowed else {
            guard resource.shadow == nil else { throw .notPossible }
            resources[id]?.shadow = backing
            return
        }
        guard resource.backing == nil else { throw .notPossible }
        if resource.generation == library.generation {
            let number = takeNumber()
            try settle(library.attachBacking(id, backing, number: number), number)
        }
        resources[id]?.backing = backing
    }

    public func attachBacking(_ id: ResourceID, _ ranges: [MemoryRange]) throws(RendererError) {
        try attachBacking(id, BackingList(ranges))
    }

    public func detachBacking(_ id: ResourceID) throws(RendererError) {
        try? noticeDeath()
        guard let resource = resources[id] else { throw .unknownResource }
        let attached = resource.isShadowed ? resource.shadow : resource.backing
        guard attached != nil, resource.isShadowed || resource.memory == nil else {
            throw .notPossible
        }
        if resource.generation == library.generation {
            let number = takeNumber()
            // A library that dies meanwhile does not touch the memory either.
            try? settle(library.detachBacking(id, number: number), number)
        }
        if resource.isShadowed {
            resources[id]?.shadow = nil
        } else {
            resources[id]?.backing = nil
        }
    }

    @discardableResult
    public func transfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> UInt64 {
        let bytes = try admit(transfer, of: id, context, direction)
        let number = takeNumber()
        let answer = try run(transfer, of: id, context, direction, number)
        do throws(RendererError) { try settle(answer, number) } catch {
            contexts[context]?.isDead = true
            throw error
        }
        return bytes
    }

    public func startTransfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> StartedWork {
        try requireFenceRoom()
        _ = try admit(transfer, of: id, context, direction)
        let number = takeNumber()
        switch try run(transfer, of: id, context, direction, number) {
        case .done: return .done
        case .refused:
            contexts[context]?.isDead = true
            throw .rejected
        case .later:
            open[number] = context
            return .running(number)
        }
    }

    /// The rules of a transfer; returns the bytes that it moves.
    private func admit(
        _ transfer: Transfer, of id: ResourceID, _ context: ContextID,
        _ direction: TransferDirection
    ) throws(RendererError) -> UInt64 {
        try noticeDeath()
        guard let resource = resources[id] else { throw .unknownResource }
        let guestMemory = resource.isShadowed ? resource.shadow : resource.backing
        guard let backing = guestMemory, resource.isShadowed || resource.memory == nil else {
            throw .notPossible
        }
        if context.rawValue != 0 {
            guard let owner = contexts[context] else { throw .unknownContext }
            guard !owner.isDead else { throw .contextDead }
            guard owner.attached.contains(id) else { throw .notPossible }
        }
        let bytes = try transfer.checkedByteCount(
            of: resource.shape, backingBytes: backing.byteCount)
        try revive(id)
        if direction == .toHost { uploadedBytes += bytes }
        return bytes
    }

    private func run(
        _ transfer: Transfer, of id: ResourceID, _ context: ContextID,
        _ direction: TransferDirection, _ number: UInt64
    ) throws(RendererError) -> LibraryAnswer {
        let resource = resources[id]
        if let memory = resource?.memory, let shadow = resource?.shadow {
            // The library would answer success and move nothing.
            try copy(transfer, memory.range, shadow, direction)
            return .done
        }
        var transfer = transfer
        if let shape = resource?.shape, transfer.box.depth > 1 {
            // The library goes layer by layer, and is told where each one lies.
            guard let stride = UInt32(exactly: transfer.layerStrideBytes(of: shape)) else {
                throw .badParameter
            }
            transfer.layerStride = stride
        }
        return try library.transfer(
            LibraryTransfer(
                id: id, context: context, transfer: transfer, direction: direction,
                list: resource?.shadow, rows: nil), number: number)
    }

    /// Of a buffer, whose mapping may be shorter than the buffer is.
    private func copy(
        _ transfer: Transfer, _ mapping: MemoryRange, _ backing: BackingList,
        _ direction: TransferDirection
    ) throws(RendererError) {
        let count = Int(transfer.box.width)
        guard let mine = mapping.slice(offset: Int(transfer.box.x), count: count) else {
            throw .badParameter
        }
        let row = BackingList.Rows(
            offset: transfer.offset, strideBytes: UInt64(count), rowBytes: count, count: 1)
        let isDone =
            switch direction {
            case .toHost: backing.read(row, into: mine, memoryStride: count)
            case .fromHost: backing.write(row, from: mine, memoryStride: count)
            }
        guard isDone else { throw .badParameter }
    }

    public func copy(
        _ id: ResourceID, _ rect: ImageRect, _ memory: MemoryRange, strideBytes: UInt32,
        _ direction: TransferDirection
    ) throws(RendererError) {
        try noticeDeath()
        guard let resource = resources[id] else { throw .unknownResource }
        guard resource.shape.isPicture else { throw .notPossible }
        let transfer = Transfer(
            box: TexelBox(x: rect.x, y: rect.y, width: rect.width, height: rect.height),
            stride: strideBytes)
        let list = BackingList([memory])
        let bytes = try transfer.checkedByteCount(
            of: resource.shape, backingBytes: list.byteCount)
        let texel = TexelFormat(resource.shape.format)?.sizeBytes ?? 0
        // Only the rows: what lies between them is not the picture's.
        let rows = BackingList.Rows(
            offset: 0,
            strideBytes: strideBytes == 0
                ? UInt64(resource.shape.width) * texel : UInt64(strideBytes),
            rowBytes: Int(bytes / UInt64(rect.height)), count: Int(rect.height))
        do throws(RendererError) {
            try copy(transfer, of: id, list, rows, direction)
        } catch {
            // What another command of the guest's has brought down is up again.
            guard error == .unavailable, resource.generation != library.generation else {
                throw error
            }
            try copy(transfer, of: id, list, rows, direction)
        }
    }

    private func copy(
        _ transfer: Transfer, of id: ResourceID, _ list: BackingList, _ rows: BackingList.Rows,
        _ direction: TransferDirection
    ) throws(RendererError) {
        try revive(id)
        let number = takeNumber()
        let request = LibraryTransfer(
            id: id, context: ContextID(0), transfer: transfer, direction: direction, list: list,
            rows: rows)
        let answer = try library.transfer(request, number: number)
        try settle(answer, number)
        library.finish(request)
    }
}
