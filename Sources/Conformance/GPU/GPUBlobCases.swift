// Blob resources and the host-visible region (virtio 1.4, 5.7.6).

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum GPUBlobCases {
    static let all = [
        notNegotiated, host3DNeedsVirgl, guestAnyhow, memoryKinds, withEntries, withoutEntries,
        detach, flags, unaligned,
    ]

    private static let kinds: [UInt32] = [1, 2, 3]

    static let notNegotiated = GPUCase.make(
        "blob/GPU-I-027",
        "RESOURCE_CREATE_BLOB is an error without RESOURCE_BLOB, and works with it."
    ) { context in
        let block = try context.machine.allocate(4096)
        let tail = GPURequest.entries([(block.start, 4096)])
        let create = GPURequest.blob(1, memory: 1, sizeBytes: 4096, entries: 1)
        try context.expectError(create, tail: tail, "RESOURCE_BLOB was not negotiated")
        let accepted = try context.start(wanted: VirtioGPU.Features.resourceBlob.rawValue)
        guard VirtioGPU.Features(rawValue: accepted).contains(.resourceBlob) else {
            throw NotOffered(feature: "VIRTIO_GPU_F_RESOURCE_BLOB")
        }
        try context.expectOK(create, tail: tail, "a guest blob")
        try context.expectError(create, tail: tail, "id 1 is in use")
    }

    static let host3DNeedsVirgl = GPUCase.make(
        "blob/GPU-I-028", "HOST3D and HOST3D_GUEST blobs are errors without VIRGL.",
        needs: .resourceBlob
    ) { context in
        for kind in [2, 3] as [UInt32] {
            try context.expectError(
                GPURequest.blob(1, memory: kind, sizeBytes: 4096), "VIRGL was not negotiated")
        }
        try context.create2D(1)
    }

    static let guestAnyhow = GPUCase.make(
        "blob/GPU-I-029", "GUEST blobs work with and without VIRGL.", needs: .resourceBlob
    ) { context in
        let block = try context.machine.allocate(4096)
        let tail = GPURequest.entries([(block.start, 4096)])
        let create = GPURequest.blob(1, memory: 1, sizeBytes: 4096, entries: 1)
        try context.expectOK(create, tail: tail, "a guest blob without VIRGL")
        let both: VirtioGPU.Features = [.resourceBlob, .virgl]
        try context.start(wanted: both.rawValue)
        try context.expectOK(create, tail: tail, "a guest blob with what else is offered")
    }

    static let memoryKinds = GPUCase.make(
        "blob/GPU-R-014",
        "blob_mem is one of three kinds; another one is an error, the id stays free.",
        needs: .resourceBlob, wants: .virgl
    ) { context in
        let block = try context.machine.allocate(4096)
        let tail = GPURequest.entries([(block.start, 4096)])
        for kind: UInt32 in [0, 4, 0x8000_0000, .max] {
            try context.expectError(
                GPURequest.blob(1, memory: kind, sizeBytes: 4096, entries: 1), tail: tail,
                "\(kind) is no kind of memory")
        }
        try context.expectError(
            GPURequest.blob(1, memory: 1, sizeBytes: 0, entries: 1), tail: tail, "a blob of nothing"
        )
        try context.expectError(
            GPURequest.blob(1, memory: 1, sizeBytes: 4097, entries: 1), tail: tail,
            "the entries hold 4096 bytes")
        try context.expectError(
            GPURequest.blob(1, memory: 1, sizeBytes: 4096, entries: .max), tail: tail,
            "one entry is there")
        try context.expectError(
            GPURequest.blob(0, memory: 1, sizeBytes: 4096, entries: 1), tail: tail, "0 is no id")
        try context.expectOK(
            GPURequest.blob(1, memory: 1, sizeBytes: 4096, entries: 1), tail: tail,
            "id 1 to be free after what failed")
    }

    static let withEntries = GPUCase.make(
        "blob/GPU-R-015", "A guest blob may have its entries at creation.", needs: .resourceBlob
    ) { context in
        let block = try context.machine.allocate(8192)
        let entries = (0..<64).map { (GPURequest.address(block, $0 * 128), UInt32(128)) }
        try context.expectOK(
            GPURequest.blob(1, memory: 1, sizeBytes: 8192, entries: 64),
            tail: GPURequest.entries(entries), "a guest blob of 64 entries")
        try context.expectError(
            VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 1),
            tail: GPURequest.entries([(block.start, 8192)]), "it has its backing")
    }

    static let withoutEntries = GPUCase.make(
        "blob/GPU-R-016", "A guest blob may have no entries until ATTACH_BACKING.",
        needs: .resourceBlob
    ) { context in
        let block = try context.machine.allocate(4096)
        try context.expectOK(
            GPURequest.blob(1, memory: 1, sizeBytes: 4096), "a guest blob without entries")
        let attach = VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 1)
        try context.expectError(
            attach, tail: GPURequest.entries([(block.start, 4095)]), "the entries are too short")
        try context.expectOK(
            attach, tail: GPURequest.entries([(block.start, 4096)]), "entries for the blob")
        try context.expectOK(show, "the blob to be shown")
        try context.expectOK(
            GPURequest.flush(1, VirtioGPU.Rect(width: 16, height: 16)), "the blob to be flushed")
    }

    private static var show: VirtioGPU.SetScanoutBlob {
        VirtioGPU.SetScanoutBlob(
            r: VirtioGPU.Rect(width: 16, height: 16), scanoutID: 0, resourceID: ResourceID(1),
            width: 16, height: 16, format: VirtioGPU.Format(2), strides: [64])
    }

    static let detach = GPUCase.make(
        "blob/GPU-R-017", "DETACH_BACKING takes a guest blob's pages away.", needs: .resourceBlob
    ) { context in
        let block = try context.machine.allocate(4096)
        let tail = GPURequest.entries([(block.start, 4096)])
        try context.expectOK(
            GPURequest.blob(1, memory: 1, sizeBytes: 4096, entries: 1), tail: tail, "a guest blob")
        try context.expectOK(show, "the blob to be shown")
        try context.expectOK(
            VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)), "its pages to be detached")
        // Nothing to show: an error or a flush of nothing.
        try context.expectAnswer(GPURequest.flush(1, VirtioGPU.Rect(width: 16, height: 16)))
        try context.expectOK(
            VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 1), tail: tail,
            "other pages to be attached")
        try context.expectOK(
            GPURequest.flush(1, VirtioGPU.Rect(width: 16, height: 16)), "the blob to be flushed")
    }

    static let flags = GPUCase.make(
        "blob/GPU-R-018",
        "The uses of a blob are declared at creation; unknown ones are an error.",
        needs: .resourceBlob, wants: .resourceUUID
    ) { context in
        let block = try context.machine.allocate(4096)
        let tail = GPURequest.entries([(block.start, 4096)])
        for (id, raw) in (UInt32(0)...7).map({ ($0 + 1, $0) }) {
            let flags = VirtioGPU.BlobFlags(rawValue: raw)
            try context.expectOK(
                GPURequest.blob(id, memory: 1, flags: flags, sizeBytes: 4096, entries: 1),
                tail: tail, "a guest blob of the uses \(raw)")
            let answer = try context.response(
                VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(id)), room: 64)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type == .okResourceUUID || header.type.isError else {
                throw context.finding("a UUID or an error")
            }
        }
        for raw: UInt32 in [8, 0x8000_0000, .max] {
            try context.expectError(
                GPURequest.blob(
                    20, memory: 1, flags: VirtioGPU.BlobFlags(rawValue: raw), sizeBytes: 4096,
                    entries: 1), tail: tail, "\(raw) is no set of uses")
        }
    }

    static let unaligned = GPUCase.make(
        "blob/GPU-R-021", "With BLOB_ALIGNMENT an odd size does no harm.",
        needs: [.resourceBlob, .blobAlignment]
    ) { context in
        let config: VirtioGPU.AlignedConfig = try context.decode(
            from: context.transport.readConfig(
                offset: 0, count: VirtioGPU.AlignedConfig.sizeBytes))
        let size = Int(config.blobAlignment)
        guard size > 0 else { throw context.finding("a power of two", received: "0") }
        guard size <= 1 << 20 else { throw NotOffered(feature: "an alignment up to 1 MiB") }
        let block = try context.machine.allocate(size)
        let tail = GPURequest.entries([(block.start, UInt32(size))])
        try context.expectOK(
            GPURequest.blob(1, memory: 1, sizeBytes: UInt64(size), entries: 1), tail: tail,
            "a blob of one alignment")
        guard size > 1 else { return }
        try context.expectAnswer(
            GPURequest.blob(2, memory: 1, sizeBytes: UInt64(size - 1), entries: 1), tail: tail)
        try context.expectOK(GPURequest.unref(1), "the first blob to be there still")
    }
}
