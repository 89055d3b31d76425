// Host blobs in the host-visible region (virtio 1.4, 5.7.6, RESOURCE_MAP_BLOB).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum GPUMapCases {
    static let all = [
        supported, answers, unmapping, twice, alignment, offsets, objects, unmapped,
    ]

    private static let needs: VirtioGPU.Features = [.virgl, .resourceBlob]

    /// A mappable blob of 4096 bytes, made by a stream of context 1.
    private static func makeBlob(_ context: inout ConformanceContext, _ id: UInt32) throws {
        try context.submit(
            VirglWords.mappableBuffer(sizeBytes: 4096, blobID: id), "a buffer to be made")
        try context.expectOK(
            GPURequest.blob(id, memory: 2, sizeBytes: 4096, blobID: UInt64(id), context: 1),
            "blob \(id) of that buffer")
    }

    private static func map(_ context: inout ConformanceContext, _ id: UInt32, at offset: UInt64)
        throws -> VirtioGPU.MessageType
    {
        let answer = try context.response(
            VirtioGPU.ResourceMapBlob(resourceID: ResourceID(id), offset: offset), room: 64)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        guard header.type == .okMapInfo else { return header.type }
        let info: VirtioGPU.RespMapInfo = try context.decode(from: answer)
        guard answer.count == 32, info.mapInfo.rawValue <= 3 else {
            throw context.finding("32 bytes and one of four ways of caching")
        }
        return .okMapInfo
    }

    private static func expectMapped(
        _ context: inout ConformanceContext, _ id: UInt32, at offset: UInt64
    ) throws {
        guard try map(&context, id, at: offset) == .okMapInfo else {
            throw context.finding("VIRTIO_GPU_RESP_OK_MAP_INFO for blob \(id) at \(offset)")
        }
    }

    private static func unmap(_ id: UInt32) -> VirtioGPU.ResourceUnmapBlob {
        VirtioGPU.ResourceUnmapBlob(resourceID: ResourceID(id))
    }

    static let supported = GPUCase.make(
        "map/GPU-D-004", "A device with the host-visible region maps and unmaps blobs.",
        level: .must, needs: needs
    ) { context in
        let region = try context.hostVisibleRegion()
        try context.createContext()
        try makeBlob(&context, 1)
        try expectMapped(&context, 1, at: 0)
        guard let view = region.view(offset: 0, count: 4096) else {
            throw context.finding("the blob in the region", received: "nothing")
        }
        guard view.memory.bytes().allSatisfy({ $0 == 0 }) else {
            throw context.finding("new memory to be zero", received: "something else")
        }
        view.memory.fill(0x5a)
        try context.expectOK(unmap(1), "the blob to be unmapped")
    }

    static let answers = GPUCase.make(
        "map/GPU-I-033", "MAP_BLOB takes host blobs, inside of the region, where nothing else is.",
        needs: needs
    ) { context in
        let region = try context.hostVisibleRegion()
        try context.createContext()
        try makeBlob(&context, 1)
        try makeBlob(&context, 2)
        let block = try context.machine.allocate(4096)
        try context.expectOK(
            GPURequest.blob(3, memory: 1, sizeBytes: 4096, entries: 1),
            tail: GPURequest.entries([(block.start, 4096)]), "a guest blob")
        try context.create2D(4)
        try expectMapped(&context, 1, at: 4096)
        let bad: [(UInt32, UInt64, String)] = [
            (2, 4096, "blob 1 is there"), (3, 8192, "a guest blob"), (4, 8192, "no blob"),
            (9, 8192, "there is no resource 9"),
            (2, region.window.sizeBytes, "behind the region"),
            (2, region.window.sizeBytes &- 1, "beyond the region's end"),
            (2, .max, "far outside"), (2, .max &- 4095, "an end that wraps"),
        ]
        for (id, offset, reason) in bad {
            guard try map(&context, id, at: offset).isError else {
                throw context.finding("an error: " + reason)
            }
        }
        try expectMapped(&context, 2, at: 8192)
    }

    static let unmapping = GPUCase.make(
        "map/GPU-I-034", "UNMAP_BLOB ends a mapping, and the range can show another blob.",
        needs: needs
    ) { context in
        let region = try context.hostVisibleRegion()
        try context.createContext()
        for id: UInt32 in 1...2 {
            try makeBlob(&context, id)
            try expectMapped(&context, id, at: 0)
            region.view(offset: 0, count: 4096)?.memory.fill(UInt8(id))
            try context.expectOK(unmap(id), "blob \(id) to be unmapped")
            guard region.view(offset: 0, count: 1) == nil else {
                throw context.finding("nothing in the region", received: "memory")
            }
            try context.expectError(unmap(id), "blob \(id) is not mapped")
        }
        try context.expectError(unmap(9), "there is no resource 9")
        for id: UInt32 in [2, 1] {
            try expectMapped(&context, id, at: 0)
            let bytes = region.view(offset: 0, count: 4096)?.memory.bytes() ?? []
            guard bytes.count == 4096, bytes.allSatisfy({ $0 == UInt8(id) }) else {
                throw context.finding("blob \(id)'s bytes", received: "others")
            }
            try context.expectOK(unmap(id), "blob \(id) to be unmapped")
        }
    }

    static let twice = GPUCase.make(
        "map/GPU-R-023", "A mapped blob is not mapped again, and its mapping stays.", needs: needs
    ) { context in
        let region = try context.hostVisibleRegion()
        try context.createContext()
        try makeBlob(&context, 1)
        try expectMapped(&context, 1, at: 0)
        region.view(offset: 0, count: 16)?.memory.fill(7)
        for offset: UInt64 in [0, 16384] {
            guard try map(&context, 1, at: offset).isError else {
                throw context.finding("an error: the blob is mapped")
            }
        }
        guard region.view(offset: 0, count: 16)?.memory.bytes() == Array(repeating: 7, count: 16)
        else { throw context.finding("the first mapping to work still", received: "it does not") }
    }

    static let alignment = GPUCase.make(
        "map/GPU-R-024", "With BLOB_ALIGNMENT a blob is mapped at whole alignments only.",
        needs: needs.union(.blobAlignment)
    ) { context in
        _ = try context.hostVisibleRegion()
        try context.createContext()
        try makeBlob(&context, 1)
        for offset: UInt64 in [1, 2048, 4095] {
            guard try map(&context, 1, at: offset).isError else {
                throw context.finding("an error: \(offset) is no whole alignment")
            }
        }
        try expectMapped(&context, 1, at: 0)
    }

    static let offsets = GPUCase.make(
        "map/GPU-I-039", "A place in a region is a number of bytes from its start.", needs: needs
    ) { context in
        let region = try context.hostVisibleRegion()
        try context.createContext()
        try makeBlob(&context, 1)
        try makeBlob(&context, 2)
        try expectMapped(&context, 1, at: 0)
        try expectMapped(&context, 2, at: 65536)
        region.view(offset: 0, count: 4096)?.memory.fill(1)
        region.view(offset: 65536, count: 4096)?.memory.fill(2)
        let ends = [
            region.view(offset: 0, count: 1), region.view(offset: 4095, count: 1),
            region.view(offset: 65536, count: 1), region.view(offset: 65536 + 4095, count: 1),
        ].map { $0?.memory.bytes() }
        guard ends == [[1], [1], [2], [2]] else {
            throw context.finding("each blob at its offset", received: "\(ends)")
        }
    }

    static let objects = GPUCase.make(
        "blob/GPU-D-012", "HOST3D blobs are made from objects of the context, once each.",
        level: .must, needs: needs
    ) { context in
        try context.createContext()
        try context.createContext(2)
        try context.submit(
            VirglWords.mappableBuffer(sizeBytes: 4096, blobID: 5), "a buffer to be made")
        for kind: UInt32 in [2, 3] {
            let blob = { (blobID: UInt64, owner: UInt32) in
                GPURequest.blob(
                    1, memory: kind, sizeBytes: 4096, blobID: blobID, context: owner)
            }
            try context.expectError(blob(6, 1), "context 1 has no object 6")
            try context.expectError(blob(5, 2), "the object is another context's")
            try context.expectError(blob(5, 9), "there is no context 9")
            try context.expectError(blob(1 << 32 | 5, 1), "there is no such object")
        }
        // A claim of more than the object has must never become memory.
        try context.expectError(
            GPURequest.blob(1, memory: 2, sizeBytes: 1 << 20, blobID: 5, context: 1),
            "the object has 4096 bytes")
        try context.expectOK(
            GPURequest.blob(1, memory: 2, sizeBytes: 4096, blobID: 5, context: 1), "the blob")
        try context.expectError(
            GPURequest.blob(2, memory: 2, sizeBytes: 4096, blobID: 5, context: 1),
            "the object is a blob already")
    }

    static let unmapped = GPUCase.make(
        "map/GPU-D-018", "The region shows what is mapped there and nothing of the device.",
        level: .must, needs: needs
    ) { context in
        let region = try context.hostVisibleRegion()
        try context.createContext()
        try makeBlob(&context, 1)
        try expectMapped(&context, 1, at: 8192)
        for offset: UInt64 in [0, 4096, 12288, region.window.sizeBytes - 4096]
        where region.view(offset: offset, count: 1) != nil {
            throw context.finding("nothing at \(offset)", received: "memory")
        }
        // Whatever is written to the blob, the device goes on.
        region.view(offset: 8192, count: 4096)?.memory.fill(0xff)
        try context.submit([0], "the context to serve")
    }
}
