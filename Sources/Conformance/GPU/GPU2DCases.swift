// Displays and 2D resources (virtio 1.4, 5.7.6): what every GPU has, with or without 3D.

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum GPU2DCases {
    static let all = [displayInfo, creation, unref, scanoutRects, scanoutOff, backing, cursor]

    static let displayInfo = ConformanceCase(
        id: "gpu/display/GPU-I-012",
        clause: """
            GET_DISPLAY_INFO tells of 16 displays in a response of fixed length; those that \
            num_scanouts does not count are off.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        let count = try scanoutCount(context)
        var request = WireBuffer(capacity: VirtioGPU.ControlHeader.sizeBytes)
        request.append(VirtioGPU.ControlHeader(type: .getDisplayInfo))
        let answer = try context.exchange(
            request, responseBytes: 512, queue: VirtioGPU.controlQueue)
        guard answer.count == VirtioGPU.RespDisplayInfo.sizeBytes else {
            throw context.finding("408 bytes")
        }
        let info: VirtioGPU.RespDisplayInfo = try context.decode(from: answer)
        guard info.header.type == .okDisplayInfo else {
            throw context.finding("VIRTIO_GPU_RESP_OK_DISPLAY_INFO")
        }
        if let index = info.pmodes.indices.first(where: { index in
            index >= Int(count) && info.pmodes[index].enabled != 0
        }) {
            throw context.finding("display \(index) to be off: num_scanouts is \(count)")
        }
        return .pass
    }

    static let creation = ConformanceCase(
        id: "gpu/2d/GPU-I-014",
        clause: """
            RESOURCE_CREATE_2D makes a resource of each of the eight formats under the driver's \
            id; an id in use, id 0, another format, no pixels or too many are errors.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        for (index, format) in formats.enumerated() {
            try expectOK(
                &context, create(UInt32(index) + 1, format: format),
                "VIRTIO_GPU_RESP_OK_NODATA for format \(format)")
        }
        try expectError(&context, create(1), "an error: id 1 is in use")
        try expectError(&context, create(0), "an error: 0 is no id")
        for format: UInt32 in [0, 5, 0x3432_5241] {
            try expectError(&context, create(100, format: format), "an error: no format \(format)")
        }
        for (width, height): (UInt32, UInt32) in [(0, 1), (1, 0), (.max, .max)] {
            try expectError(
                &context, create(100, width: width, height: height),
                "an error for \(width) by \(height) pixels")
        }
        try expectOK(&context, create(100), "id 100 to be free after what failed")
        return .pass
    }

    static let unref = ConformanceCase(
        id: "gpu/2d/GPU-I-015",
        clause: "RESOURCE_UNREF ends a resource: its id is unknown, and can be used again.",
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        let unref = VirtioGPU.ResourceUnref(resourceID: ResourceID(1))
        try expectError(&context, unref, "an error: there is no resource 1 yet")
        for _ in 0..<2 {
            try expectOK(&context, create(1), "resource 1 to be made")
            try expectOK(
                &context, scanout(VirtioGPU.Rect(width: 32, height: 32)), "resource 1 to be shown")
            try expectOK(&context, unref, "resource 1 to end while it is shown")
            try expectError(&context, unref, "an error: resource 1 is gone")
        }
        return .pass
    }

    static let scanoutRects = ConformanceCase(
        id: "gpu/2d/GPU-I-016",
        clause: "A scanout's rectangle lies in its resource; another one is an error.",
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        try expectOK(&context, create(1), "a resource of 64 by 64 pixels")
        let whole = VirtioGPU.Rect(width: 64, height: 64)
        try expectOK(&context, scanout(whole), "the whole resource to be shown")
        for (x, y, width, height): (UInt32, UInt32, UInt32, UInt32) in [
            (0, 0, 65, 64), (0, 0, 64, 65), (32, 0, 33, 64), (0, 32, 64, 33), (.max, 0, 32, 32),
            (0, .max - 15, 32, 32),
        ] {
            let rect = VirtioGPU.Rect(x: x, y: y, width: width, height: height)
            try expectError(
                &context, scanout(rect),
                "an error: \(width) by \(height) at \(x), \(y) is not inside 64 by 64")
        }
        let count = try scanoutCount(context)
        for id in [count, .max] {
            try expectError(
                &context, scanout(whole, scanout: id), "an error: there is no scanout \(id)")
        }
        return .pass
    }

    static let scanoutOff = ConformanceCase(
        id: "gpu/2d/GPU-I-018",
        clause: "SET_SCANOUT with resource 0 turns a scanout off, whatever the rectangle.",
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        for rect in [
            VirtioGPU.Rect(width: 0, height: 0), VirtioGPU.Rect(x: .max, width: .max, height: 1),
        ] {
            try expectOK(
                &context, scanout(rect, resource: 0), "a scanout that shows nothing to be off")
            try expectOK(&context, scanout(rect, resource: 0), "the same again")
        }
        return .pass
    }

    static let backing = ConformanceCase(
        id: "gpu/2d/GPU-I-022",
        clause: """
            TRANSFER_TO_HOST_2D copies from the attached backing; without one, before \
            ATTACH_BACKING and after DETACH_BACKING, it is an error.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        try expectOK(&context, create(1), "a resource of 64 by 64 pixels")
        let bytes = 64 * 64 * 4
        let block = try context.machine.allocate(bytes)
        defer { context.machine.free(block) }
        let transfer = VirtioGPU.TransferToHost2D(
            r: VirtioGPU.Rect(width: 64, height: 64), resourceID: ResourceID(1))
        let attach = VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 2)
        var entries: [UInt8] = []
        // In two pieces, cut inside a pixel.
        for (offset, count) in [(0, 1001), (1001, bytes - 1001)] as [(UInt64, Int)] {
            var entry = WireBuffer(capacity: VirtioGPU.MemEntry.sizeBytes)
            entry.append(
                VirtioGPU.MemEntry(
                    addr: block.start.advanced(by: offset) ?? block.start, length: UInt32(count)))
            entries += entry.array()
        }
        for _ in 0..<2 {
            try expectError(&context, transfer, "an error: there is no backing")
            try expectError(
                &context, attach, tail: Array(entries.dropLast()),
                "an error: two entries are longer than what follows")
            try expectOK(&context, attach, tail: entries, "the backing to be attached")
            try expectOK(&context, transfer, "the whole resource to be copied")
            try expectOK(
                &context, VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)),
                "the backing to be detached")
        }
        return .pass
    }

    static let cursor = ConformanceCase(
        id: "gpu/cursor/GPU-I-035",
        clause: "A cursor command comes back, also where its chain has no room for a response.",
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        try context.start()
        for type: VirtioGPU.MessageType in [.updateCursor, .moveCursor] {
            for responseBytes in [0, VirtioGPU.ControlHeader.sizeBytes] {
                for id: UInt32 in [0, 77] {
                    var request = WireBuffer(capacity: VirtioGPU.UpdateCursor.sizeBytes)
                    request.append(
                        VirtioGPU.UpdateCursor(
                            header: VirtioGPU.ControlHeader(type: type),
                            pos: VirtioGPU.CursorPos(scanoutID: 0, x: 5, y: 5),
                            resourceID: ResourceID(id)))
                    _ = try context.exchange(
                        request, responseBytes: responseBytes, queue: VirtioGPU.cursorQueue)
                }
            }
        }
        return .pass
    }

    // MARK: Requests

    private static let formats: [UInt32] = [1, 2, 3, 4, 67, 68, 121, 134]

    private static func create(
        _ id: UInt32, format: UInt32 = 1, width: UInt32 = 64, height: UInt32 = 64
    ) -> VirtioGPU.ResourceCreate2D {
        VirtioGPU.ResourceCreate2D(
            resourceID: ResourceID(id), format: VirtioGPU.Format(format), width: width,
            height: height)
    }

    private static func scanout(
        _ rect: VirtioGPU.Rect, scanout: UInt32 = 0, resource: UInt32 = 1
    ) -> VirtioGPU.SetScanout {
        VirtioGPU.SetScanout(r: rect, scanoutID: scanout, resourceID: ResourceID(resource))
    }

    private static func scanoutCount(_ context: ConformanceContext) throws(Finding) -> UInt32 {
        let config: VirtioGPU.Config = try context.decode(
            from: context.transport.readConfig(offset: 0, count: VirtioGPU.Config.sizeBytes))
        return config.numScanouts
    }

    private static func send<M: WireMessage>(
        _ context: inout ConformanceContext, _ message: M, _ tail: [UInt8]
    ) throws -> VirtioGPU.MessageType {
        var request = WireBuffer(capacity: M.sizeBytes + tail.count)
        request.append(message)
        request.append(contentsOf: tail)
        let answer = try context.exchange(
            request, responseBytes: VirtioGPU.ControlHeader.sizeBytes,
            queue: VirtioGPU.controlQueue)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        return header.type
    }

    private static func expectOK(
        _ context: inout ConformanceContext, _ message: some WireMessage, tail: [UInt8] = [],
        _ expected: String
    ) throws {
        guard try send(&context, message, tail) == .okNoData else {
            throw context.finding(expected)
        }
    }

    private static func expectError(
        _ context: inout ConformanceContext, _ message: some WireMessage, tail: [UInt8] = [],
        _ expected: String
    ) throws {
        guard try send(&context, message, tail).isError else { throw context.finding(expected) }
    }
}
