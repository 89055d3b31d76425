// Types and lengths of responses (virtio 1.4, 5.7.6, request header).

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum GPUResponseCases {
    static let all = [success, failure]

    /// Sends a request and compares type and length of the answer.
    private static func expect(
        _ context: inout ConformanceContext, _ message: some WireMessage,
        _ type: VirtioGPU.MessageType, _ sizes: ClosedRange<Int>, tail: [UInt8] = []
    ) throws {
        let answer = try context.response(message, tail: tail, room: 4096)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        guard header.type == type, sizes.contains(answer.count) else {
            throw context.finding("\(type) of \(sizes) bytes")
        }
    }

    static let success = GPUCase.make(
        "response/GPU-I-009",
        """
        Success without a payload is OK_NODATA of 24 bytes, with one the type that names it, of \
        its length.
        """, wants: [.edid, .resourceUUID, .resourceBlob, .virgl, .contextInit]
    ) { context in
        let features = VirtioGPU.Features(rawValue: context.transport.deviceFeatures)
        let none = VirtioGPU.MessageType.okNoData
        try expect(
            &context, VirtioGPU.ControlHeader(type: .getDisplayInfo), .okDisplayInfo, 408...408)
        try expect(&context, GPURequest.create2D(1), none, 24...24)
        let block = try context.machine.allocate(64 * 64 * 4)
        try expect(
            &context, VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 1),
            none, 24...24, tail: GPURequest.entries([(block.start, 64 * 64 * 4)]))
        try expect(
            &context,
            VirtioGPU.TransferToHost2D(
                r: VirtioGPU.Rect(width: 64, height: 64), resourceID: ResourceID(1)), none, 24...24)
        try expect(&context, GPURequest.scanout(1), none, 24...24)
        try expect(&context, GPURequest.flush(1), none, 24...24)
        if features.contains(.edid) {
            try expect(&context, VirtioGPU.GetEDID(scanout: 0), .okEDID, 1056...1056)
        }
        if features.contains(.resourceUUID) {
            try expect(
                &context, VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(1)), .okResourceUUID,
                40...40)
        }
        if try context.config().numCapsets > 0 {
            try expect(
                &context, VirtioGPU.GetCapsetInfo(capsetIndex: 0), .okCapsetInfo, 40...40)
            let info: VirtioGPU.RespCapsetInfo = try context.decode(
                from: try context.response(VirtioGPU.GetCapsetInfo(capsetIndex: 0), room: 64))
            try expect(
                &context,
                VirtioGPU.GetCapset(
                    capsetID: info.capsetID, capsetVersion: info.capsetMaxVersion), .okCapset,
                24...24 + Int(min(info.capsetMaxSize, 4000)))
        }
        if features.contains(.virgl) { try success3D(&context) }
        try expect(
            &context, VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)), none, 24...24)
        try expect(&context, GPURequest.unref(1), none, 24...24)
    }

    private static func success3D(_ context: inout ConformanceContext) throws {
        let none = VirtioGPU.MessageType.okNoData
        try expect(
            &context,
            VirtioGPU.CtxCreate(
                header: GPURequest.context(.ctxCreate, 1), contextInit: 0, debugName: ""), none,
            24...24)
        try expect(&context, GPURequest.texture(2), none, 24...24)
        try expect(&context, GPURequest.attach(2, to: 1), none, 24...24)
        _ = try context.attachPages(2, 64 * 64 * 4)
        for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
            try expect(
                &context, GPURequest.transfer(type, 2, VirtioGPU.Box(w: 64, h: 64, d: 1)), none,
                24...24)
        }
        try expect(
            &context, GPURequest.submit([0], to: 1), none, 24...24, tail: [0, 0, 0, 0])
        try expect(
            &context, GPURequest.attach(2, to: 1, type: .ctxDetachResource), none, 24...24)
        try expect(&context, GPURequest.context(.ctxDestroy, 1), none, 24...24)
        try expect(&context, GPURequest.unref(2), none, 24...24)
    }

    static let failure = GPUCase.make(
        "response/GPU-I-010", "A failure is one of the six errors, of 24 bytes.",
        wants: [.edid, .resourceUUID, .resourceBlob, .virgl, .contextInit]
    ) { context in
        try expectFailure(&context, GPURequest.unref(9))
        try expectFailure(&context, GPURequest.create2D(0))
        try expectFailure(&context, GPURequest.create2D(1, format: 0))
        try expectFailure(&context, GPURequest.create2D(1, width: .max, height: .max))
        try expectFailure(&context, GPURequest.scanout(9))
        try expectFailure(&context, GPURequest.scanout(0, on: .max))
        try expectFailure(&context, GPURequest.flush(9))
        try expectFailure(&context, VirtioGPU.GetEDID(scanout: .max))
        try expectFailure(&context, VirtioGPU.GetCapsetInfo(capsetIndex: .max))
        try expectFailure(
            &context, VirtioGPU.GetCapset(capsetID: VirtioGPU.CapsetID(0), capsetVersion: 0))
        try expectFailure(&context, VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(9)))
        try expectFailure(&context, GPURequest.blob(1, memory: 0, sizeBytes: 4096))
        try expectFailure(&context, GPURequest.context(.ctxDestroy, 9))
        try expectFailure(&context, GPURequest.submit([0], to: 9))
        try expectFailure(&context, GPURequest.attach(9, to: 9))
        try expectFailure(
            &context, GPURequest.transfer(.transferToHost3D, 9, VirtioGPU.Box(w: 1, h: 1, d: 1)))
        try expectFailure(
            &context, VirtioGPU.ResourceMapBlob(resourceID: ResourceID(9), offset: 0))
        try expectFailure(&context, VirtioGPU.ResourceUnmapBlob(resourceID: ResourceID(9)))
        for type: UInt32 in [0, 0x00ff, 0x010e, 0x020a, 0x0302, 0x1100, .max] {
            try expectFailure(&context, VirtioGPU.ControlHeader(type: .init(type)))
        }
        try context.create2D(1)
    }

    private static func expectFailure(
        _ context: inout ConformanceContext, _ message: some WireMessage
    ) throws {
        let answer = try context.response(message, room: 4096)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        guard (0x1200...0x1205).contains(header.type.rawValue), answer.count == 24 else {
            throw context.finding("one of the six errors, of 24 bytes")
        }
    }
}
