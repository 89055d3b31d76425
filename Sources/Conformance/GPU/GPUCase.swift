// How cases about the GPU are written: features first, then exchanges of which each says what it
// expects.

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

/// Thrown by a case about something that the device does not offer.
struct NotOffered: Error {
    let feature: String
}

enum GPUCase {
    /// A case that passes when `body` throws nothing.
    ///
    /// - Parameters:
    ///   - needs: without these the case is unimplemented.
    ///   - wants: accepted beside them where offered.
    static func make(
        _ id: String, _ clause: String, level: ConformanceCase.Level = .practice,
        needs: VirtioGPU.Features = [], wants: VirtioGPU.Features = [],
        body: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        ConformanceCase(id: "gpu/" + id, clause: clause, level: level, device: VirtioGPU.deviceID) {
            context in
            let accepted = VirtioGPU.Features(
                rawValue: try context.start(wanted: needs.union(wants).rawValue))
            if let missing = names.first(where: { feature, _ in
                needs.contains(feature) && !accepted.contains(feature)
            }) {
                return .unimplemented(feature: missing.name)
            }
            do { try body(&context) } catch let error as NotOffered {
                return .unimplemented(feature: error.feature)
            }
            return .pass
        }
    }

    private static let names: [(VirtioGPU.Features, name: String)] = [
        (.virgl, "VIRTIO_GPU_F_VIRGL"), (.edid, "VIRTIO_GPU_F_EDID"),
        (.resourceUUID, "VIRTIO_GPU_F_RESOURCE_UUID"),
        (.resourceBlob, "VIRTIO_GPU_F_RESOURCE_BLOB"),
        (.contextInit, "VIRTIO_GPU_F_CONTEXT_INIT"),
        (.blobAlignment, "VIRTIO_GPU_F_BLOB_ALIGNMENT"),
    ]
}

extension ConformanceContext {
    // MARK: Exchanges

    /// Sends a message with what follows it; the type of the answer.
    mutating func answer(
        _ message: some WireMessage, tail: [UInt8] = [], queue: Int = VirtioGPU.controlQueue
    ) throws -> VirtioGPU.MessageType {
        let bytes = try response(message, tail: tail, room: 24, queue: queue)
        return try decode(VirtioGPU.ControlHeader.self, from: bytes).type
    }

    /// The bytes of the answer.
    mutating func response<M: WireMessage>(
        _ message: M, tail: [UInt8] = [], room: Int, queue: Int = VirtioGPU.controlQueue
    ) throws -> [UInt8] {
        var request = WireBuffer(capacity: M.sizeBytes + tail.count)
        request.append(message)
        request.append(contentsOf: tail)
        return try exchange(request, responseBytes: room, queue: queue)
    }

    mutating func expectOK(
        _ message: some WireMessage, tail: [UInt8] = [], _ expected: String
    ) throws {
        guard try answer(message, tail: tail) == .okNoData else { throw finding(expected) }
    }

    /// Any of the six errors will do.
    mutating func expectError(
        _ message: some WireMessage, tail: [UInt8] = [], _ expected: String
    ) throws {
        guard try answer(message, tail: tail).isError else {
            throw finding("an error: " + expected)
        }
    }

    /// Success or error: the device lives and the answer is one of the two.
    mutating func expectAnswer(_ message: some WireMessage, tail: [UInt8] = []) throws {
        let type = try answer(message, tail: tail)
        guard type == .okNoData || type.isError else {
            throw finding("VIRTIO_GPU_RESP_OK_NODATA or an error")
        }
    }

    // MARK: What the device says of itself

    func config() throws -> VirtioGPU.Config {
        try decode(from: transport.readConfig(offset: 0, count: VirtioGPU.Config.sizeBytes))
    }

    func hostVisibleRegion() throws -> LocalMemoryRegion {
        guard let region = transport.sharedMemory(VirtioGPU.hostVisibleRegion) else {
            throw NotOffered(feature: "the host-visible region")
        }
        return region
    }

    // MARK: Resources

    mutating func create2D(
        _ id: UInt32, format: UInt32 = 1, width: UInt32 = 64, height: UInt32 = 64
    ) throws {
        try expectOK(
            GPURequest.create2D(id, format: format, width: width, height: height),
            "a 2D resource of \(width) by \(height) pixels")
    }

    /// Guest pages of so many bytes as the resource's backing.
    mutating func attachPages(_ id: UInt32, _ sizeBytes: Int) throws -> GuestBlock {
        let block = try machine.allocate(sizeBytes)
        try expectOK(
            VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(id), nrEntries: 1),
            tail: GPURequest.entries([(block.start, UInt32(sizeBytes))]), "backing to be attached")
        return block
    }

    mutating func createContext(_ id: UInt32 = 1, capset: UInt32 = 0) throws {
        try expectOK(
            VirtioGPU.CtxCreate(
                header: .init(type: .ctxCreate, ctxID: ContextID(id)), contextInit: capset,
                debugName: "case"),
            "context \(id) to be made")
    }

    mutating func attach(_ resource: UInt32, to context: UInt32 = 1) throws {
        try expectOK(
            GPURequest.attach(resource, to: context),
            "resource \(resource) to be attached to context \(context)")
    }

    mutating func submit(_ words: [UInt32], to context: UInt32 = 1, _ expected: String) throws {
        try expectOK(
            GPURequest.submit(words, to: context), tail: GPURequest.bytes(of: words), expected)
    }
}

/// Requests that many cases send.
enum GPURequest {
    static func transfer2D(
        _ id: UInt32, _ rect: VirtioGPU.Rect = VirtioGPU.Rect(width: 64, height: 64),
        offset: UInt64 = 0
    ) -> VirtioGPU.TransferToHost2D {
        VirtioGPU.TransferToHost2D(r: rect, offset: offset, resourceID: ResourceID(id))
    }

    static func create2D(
        _ id: UInt32, format: UInt32 = 1, width: UInt32 = 64, height: UInt32 = 64
    ) -> VirtioGPU.ResourceCreate2D {
        VirtioGPU.ResourceCreate2D(
            resourceID: ResourceID(id), format: VirtioGPU.Format(format), width: width,
            height: height)
    }

    static func unref(_ id: UInt32) -> VirtioGPU.ResourceUnref {
        VirtioGPU.ResourceUnref(resourceID: ResourceID(id))
    }

    static func scanout(
        _ id: UInt32, _ rect: VirtioGPU.Rect = VirtioGPU.Rect(width: 64, height: 64),
        on scanout: UInt32 = 0
    ) -> VirtioGPU.SetScanout {
        VirtioGPU.SetScanout(r: rect, scanoutID: scanout, resourceID: ResourceID(id))
    }

    static func flush(_ id: UInt32, _ rect: VirtioGPU.Rect = VirtioGPU.Rect(width: 64, height: 64))
        -> VirtioGPU.ResourceFlush
    {
        VirtioGPU.ResourceFlush(r: rect, resourceID: ResourceID(id))
    }

    static func attach(
        _ id: UInt32, to context: UInt32, type: VirtioGPU.MessageType = .ctxAttachResource
    )
        -> VirtioGPU.CtxResource
    {
        VirtioGPU.CtxResource(
            header: .init(type: type, ctxID: ContextID(context)), resourceID: ResourceID(id))
    }

    static func context(_ type: VirtioGPU.MessageType, _ id: UInt32) -> VirtioGPU.ControlHeader {
        VirtioGPU.ControlHeader(type: type, ctxID: ContextID(id))
    }

    static func texture(
        _ id: UInt32, width: UInt32 = 64, height: UInt32 = 64, format: UInt32 = 67
    ) -> VirtioGPU.ResourceCreate3D {
        VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(id), target: 2, format: format, bind: 0xa, width: width,
            height: height)
    }

    static func transfer(
        _ type: VirtioGPU.MessageType, _ id: UInt32, _ box: VirtioGPU.Box, context: UInt32 = 0,
        offset: UInt64 = 0, level: UInt32 = 0, stride: UInt32 = 0, layerStride: UInt32 = 0,
        fence: UInt64? = nil
    ) -> VirtioGPU.TransferHost3D {
        VirtioGPU.TransferHost3D(
            header: .init(
                type: type, flags: fence == nil ? [] : .fence, fenceID: fence ?? 0,
                ctxID: ContextID(context)), box: box, offset: offset, resourceID: ResourceID(id),
            level: level, stride: stride, layerStride: layerStride)
    }

    static func submit(
        _ words: [UInt32], to context: UInt32, fence: UInt64? = nil, ring: UInt8? = nil
    ) -> VirtioGPU.CmdSubmit {
        var flags: VirtioGPU.HeaderFlags = fence == nil ? [] : .fence
        if ring != nil { flags.insert(.infoRingIdx) }
        return VirtioGPU.CmdSubmit(
            header: .init(
                type: .submit3D, flags: flags, fenceID: fence ?? 0, ctxID: ContextID(context),
                ringIdx: ring ?? 0), size: UInt32(words.count * 4))
    }

    static func blob(
        _ id: UInt32, memory: UInt32, flags: VirtioGPU.BlobFlags = .useMappable,
        sizeBytes: UInt64, entries: UInt32 = 0, blobID: UInt64 = 0, context: UInt32 = 0
    ) -> VirtioGPU.ResourceCreateBlob {
        VirtioGPU.ResourceCreateBlob(
            header: .init(type: .resourceCreateBlob, ctxID: ContextID(context)),
            resourceID: ResourceID(id), blobMem: VirtioGPU.BlobMem(memory), blobFlags: flags,
            nrEntries: entries, blobID: blobID, size: sizeBytes)
    }

    static func bytes(of words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    static func entries(_ entries: [(GuestAddress, UInt32)]) -> [UInt8] {
        var buffer = WireBuffer(capacity: entries.count * VirtioGPU.MemEntry.sizeBytes)
        for (start, count) in entries {
            buffer.append(VirtioGPU.MemEntry(addr: start, length: count))
        }
        return buffer.array()
    }

    /// The address so many bytes into a block.
    static func address(_ block: GuestBlock, _ offset: Int) -> GuestAddress {
        block.start.advanced(by: UInt64(offset)) ?? block.start
    }
}
