// Guest memory behind resources, and copies between the two.

internal import CVirglRenderer
public import LinuxSystem
public import VirtioWire

extension VirglRenderer {
    /// Gives a resource guest pages to transfer from and to. They are used only inside transfers.
    public func attachBacking(_ id: ResourceID, _ backing: BackingList) throws(RendererError) {
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
        // SAFETY: the list stays in the table until detached.
        let status = unsafe virgl_renderer_resource_attach_iov(
            CInt(bitPattern: id.rawValue), backing.pointer, CInt(backing.count))
        guard status == 0 else { throw .rejected }
        resources[id]?.backing = backing
    }

    public func attachBacking(_ id: ResourceID, _ ranges: [MemoryRange]) throws(RendererError) {
        try attachBacking(id, BackingList(ranges))
    }

    public func detachBacking(_ id: ResourceID) throws(RendererError) {
        guard let resource = resources[id] else { throw .unknownResource }
        guard !resource.isShadowed else {
            guard resource.shadow != nil else { throw .notPossible }
            resources[id]?.shadow = nil
            return
        }
        guard resource.backing != nil, resource.mapping == nil else { throw .notPossible }
        detachIOV(id)
        resources[id]?.backing = nil
    }

    func detachIOV(_ id: ResourceID) {
        var list: UnsafeMutablePointer<iovec>?
        var count: CInt = 0
        // SAFETY: both out-pointers are valid for the call; the list is ours and freed by its owner.
        unsafe virgl_renderer_resource_detach_iov(CInt(bitPattern: id.rawValue), &list, &count)
    }

    @discardableResult
    public func transfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> UInt64 {
        guard let resource = resources[id] else { throw .unknownResource }
        let guestMemory = resource.isShadowed ? resource.shadow : resource.backing
        guard let backing = guestMemory, resource.isShadowed || resource.mapping == nil else {
            throw .notPossible
        }
        if context.rawValue != 0 {
            guard let owner = contexts[context] else { throw .unknownContext }
            guard !owner.isDead else { throw .contextDead }
            guard owner.attached.contains(id) else { throw .notPossible }
        }
        let bytes = try transfer.checkedByteCount(
            of: resource.shape, backingBytes: backing.byteCount)
        if let mapping = resource.mapping {
            // The library would answer success and move nothing.
            try copy(transfer, mapping, backing, direction)
        } else {
            try run(
                transfer, of: id, context, direction, resource.isShadowed ? backing : nil)
        }
        if direction == .toHost { uploadedBytes += bytes }
        return bytes
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

    /// - Parameter list: the iovecs to use; nil for those attached.
    private func run(
        _ transfer: Transfer, of id: ResourceID, _ context: ContextID,
        _ direction: TransferDirection, _ list: BackingList?
    ) throws(RendererError) {
        var box = virgl_box(
            x: transfer.box.x, y: transfer.box.y, z: 0, w: transfer.box.width,
            h: transfer.box.height, d: 1)
        if context.rawValue == 0 { virgl_renderer_force_ctx_0() }
        // SAFETY: box and iovecs live through the call; the rule of Transfer bounds what it touches.
        let status =
            switch direction {
            case .toHost:
                unsafe virgl_renderer_transfer_write_iov(
                    id.rawValue, context.rawValue, CInt(transfer.level), transfer.stride,
                    transfer.layerStride, &box, transfer.offset, list?.pointer,
                    UInt32(list?.count ?? 0))
            case .fromHost:
                unsafe virgl_renderer_transfer_read_iov(
                    id.rawValue, context.rawValue, transfer.level, transfer.stride,
                    transfer.layerStride, &box, transfer.offset, list?.pointer,
                    CInt(list?.count ?? 0))
            }
        guard status == 0 else {
            contexts[context]?.isDead = true
            throw .rejected
        }
    }

    public func copy(
        _ id: ResourceID, _ rect: ImageRect, _ memory: MemoryRange, strideBytes: UInt32,
        _ direction: TransferDirection
    ) throws(RendererError) {
        guard let resource = resources[id] else { throw .unknownResource }
        guard !resource.shape.isBuffer else { throw .notPossible }
        let transfer = Transfer(
            box: TexelBox(x: rect.x, y: rect.y, width: rect.width, height: rect.height),
            stride: strideBytes)
        let list = BackingList([memory])
        _ = try transfer.checkedByteCount(of: resource.shape, backingBytes: list.byteCount)
        try run(transfer, of: id, ContextID(0), direction, list)
    }
}
