// The configuration space, the features and the regions (virtio 1.4, 5.7.3 to 5.7.5).

internal import VirtioWire
internal import Virtqueue

enum GPUConfigCases {
    static let all = [
        contextInitNeeds, alignmentNeeds, scanoutCount, capsetCount, alignment, eventsRead,
        eventsClear, regionIDs,
    ]

    private static func offered(_ context: ConformanceContext) -> VirtioGPU.Features {
        VirtioGPU.Features(rawValue: context.transport.deviceFeatures)
    }

    static let contextInitNeeds = GPUCase.make(
        "config/GPU-I-001", "CONTEXT_INIT is offered together with VIRGL."
    ) { context in
        guard !offered(context).contains(.contextInit) || offered(context).contains(.virgl) else {
            throw context.finding("VIRGL beside CONTEXT_INIT", received: "CONTEXT_INIT alone")
        }
        // A driver that takes the one without the other is refused, or gets neither.
        guard offered(context).contains(.contextInit) else {
            throw NotOffered(feature: "VIRTIO_GPU_F_CONTEXT_INIT")
        }
        try requireRefused(&context, .contextInit)
    }

    static let alignmentNeeds = GPUCase.make(
        "config/GPU-I-002", "BLOB_ALIGNMENT is offered together with RESOURCE_BLOB."
    ) { context in
        guard offered(context).contains(.blobAlignment) else {
            throw NotOffered(feature: "VIRTIO_GPU_F_BLOB_ALIGNMENT")
        }
        guard offered(context).contains(.resourceBlob) else {
            throw context.finding(
                "RESOURCE_BLOB beside BLOB_ALIGNMENT", received: "BLOB_ALIGNMENT alone")
        }
        try requireRefused(&context, .blobAlignment)
    }

    private static func requireRefused(
        _ context: inout ConformanceContext, _ feature: VirtioGPU.Features
    ) throws {
        do { try context.start(wanted: feature.rawValue) } catch { return }
        throw context.finding(
            "FEATURES_OK to be refused for a feature without its base", received: "a device")
    }

    static let scanoutCount = GPUCase.make(
        "config/GPU-I-004", "num_scanouts is 1 to 16."
    ) { context in
        let count = try context.config().numScanouts
        guard (1...16).contains(count) else {
            throw context.finding("1 to 16 scanouts", received: "\(count)")
        }
    }

    static let capsetCount = GPUCase.make(
        "config/GPU-I-005", "num_capsets capsets can be asked for, and no more.", wants: .virgl
    ) { context in
        let count = try context.config().numCapsets
        guard count <= 64 else { throw context.finding("a few capsets", received: "\(count)") }
        for index in 0..<count {
            let answer = try context.response(
                VirtioGPU.GetCapsetInfo(capsetIndex: index), room: 64)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type == .okCapsetInfo else {
                throw context.finding("VIRTIO_GPU_RESP_OK_CAPSET_INFO for capset \(index)")
            }
        }
        // [GPU-R-012]
        for index in [count, .max] {
            let answer = try context.response(
                VirtioGPU.GetCapsetInfo(capsetIndex: index), room: 64)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type.isError else {
                throw context.finding("an error: there is no capset \(index)")
            }
        }
    }

    static let alignment = GPUCase.make(
        "config/GPU-I-006", "blob_alignment is a power of two, at least 1.",
        needs: [
            .resourceBlob, .blobAlignment,
        ]
    ) { context in
        let config: VirtioGPU.AlignedConfig = try context.decode(
            from: context.transport.readConfig(
                offset: 0, count: VirtioGPU.AlignedConfig.sizeBytes))
        guard config.blobAlignment.nonzeroBitCount == 1 else {
            throw context.finding("a power of two", received: "\(config.blobAlignment)")
        }
    }

    static let eventsRead = GPUCase.make(
        "config/GPU-R-001", "A driver's write to events_read changes nothing."
    ) { context in
        let before = try context.config()
        for bytes: [UInt8] in [[255, 255, 255, 255], [0, 0, 0, 0], [1]] {
            context.transport.writeConfig(offset: 0, bytes: bytes)
            context.transport.writeConfig(offset: 8, bytes: bytes)
        }
        let after = try context.config()
        guard after.eventsRead == before.eventsRead, after.numScanouts == before.numScanouts else {
            throw context.finding("events_read and num_scanouts as before", received: "\(after)")
        }
        _ = try context.answer(GPURequest.create2D(1))
    }

    static let eventsClear = GPUCase.make(
        "config/GPU-I-003", "A 1 written to events_clear clears that bit of events_read."
    ) { context in
        let before = try context.config().eventsRead
        context.transport.writeConfig(offset: 4, bytes: [0, 0, 0, 0])
        guard try context.config().eventsRead == before else {
            throw context.finding("a zero to clear nothing", received: "another events_read")
        }
        context.transport.writeConfig(offset: 4, bytes: [255, 255, 255, 255])
        let after = try context.config().eventsRead
        guard after == 0 else {
            throw context.finding("no event after all were cleared", received: "\(after)")
        }
    }

    static let regionIDs = GPUCase.make(
        "config/GPU-D-003", "Shared memory regions have the ids 0 and 1 only.", level: .must
    ) { context in
        for id in UInt8(2)...255 where context.transport.sharedMemory(id) != nil {
            throw context.finding("no region \(id)", received: "a region")
        }
        // [GPU-I-040]
        if let region = context.transport.sharedMemory(VirtioGPU.hostVisibleRegion) {
            guard region.window.id == 1, region.window.sizeBytes > 0 else {
                throw context.finding("region 1 with a size", received: "\(region.window)")
            }
        }
    }
}
