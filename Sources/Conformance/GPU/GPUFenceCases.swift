// Fences in responses (virtio 1.4, 5.7.6, request header).
// A driver that waits for a fence waits for ever when the response does not carry it, errors
// included: every command is sent with every field behind the header zero, which some of them take
// and others refuse.

internal import VirtioWire

enum GPUFenceCases {
    static let all = [flag, fenceID]

    static let flag = ConformanceCase(
        id: "gpu/fence/GPU-D-007",
        clause: "The response to a request with FENCE has FENCE set, on success and on error.",
        level: .must, device: VirtioGPU.deviceID
    ) { context in
        try sweep(&context) { context, _, response throws(Finding) in
            guard response.flags.contains(.fence) else {
                throw context.finding("a response with VIRTIO_GPU_FLAG_FENCE")
            }
        }
        return .pass
    }

    static let fenceID = ConformanceCase(
        id: "gpu/fence/GPU-D-008",
        clause:
            "The response to a request with FENCE has the request's fence_id, all 64 bits of it.",
        level: .must, device: VirtioGPU.deviceID
    ) { context in
        try sweep(&context) { context, fence, response throws(Finding) in
            guard response.fenceID == fence else {
                throw context.finding(
                    "fence_id 0x\(String(fence, radix: 16))",
                    received: "fence_id 0x\(String(response.fenceID, radix: 16))")
            }
        }
        return .pass
    }

    private static let fenceIDs: [UInt64] = [0, 0xffff_ffff, 0xffff_ffff_ffff_ffff]

    /// The commands of the control queue, and the sizes of their structures.
    static let commands: [(type: VirtioGPU.MessageType, sizeBytes: Int)] = [
        (.getDisplayInfo, 24), (.resourceCreate2D, 40), (.resourceUnref, 32), (.setScanout, 48),
        (.resourceFlush, 48), (.transferToHost2D, 56), (.resourceAttachBacking, 32),
        (.resourceDetachBacking, 32), (.getCapsetInfo, 32), (.getCapset, 32), (.getEDID, 32),
        (.resourceAssignUUID, 32), (.resourceCreateBlob, 56), (.setScanoutBlob, 96),
        (.ctxCreate, 96), (.ctxDestroy, 24), (.ctxAttachResource, 32), (.ctxDetachResource, 32),
        (.resourceCreate3D, 72), (.transferToHost3D, 72), (.transferFromHost3D, 72),
        (.submit3D, 32), (.resourceMapBlob, 40), (.resourceUnmapBlob, 32),
    ]

    /// Room for every response of fixed size.
    private static let responseBytes = 2048

    /// Sends every command with every fence id and hands the responses' headers to `check`.
    private static func sweep(
        _ context: inout ConformanceContext,
        check: (ConformanceContext, UInt64, VirtioGPU.ControlHeader) throws(Finding) -> Void
    ) throws {
        let features: VirtioGPU.Features = [
            .virgl, .edid, .resourceUUID, .resourceBlob, .contextInit,
        ]
        try context.start(wanted: features.rawValue)
        for fence in fenceIDs {
            for command in commands {
                var request = WireBuffer(capacity: command.sizeBytes)
                request.append(
                    VirtioGPU.ControlHeader(type: command.type, flags: .fence, fenceID: fence))
                request.append(zeros: command.sizeBytes - VirtioGPU.ControlHeader.sizeBytes)
                let answer = try context.exchange(
                    request, responseBytes: responseBytes, queue: VirtioGPU.controlQueue)
                let response = try context.decode(VirtioGPU.ControlHeader.self, from: answer)
                // One that must work and one that must not: both kinds have been seen.
                if command.type == .getDisplayInfo, response.type != .okDisplayInfo {
                    throw context.finding("VIRTIO_GPU_RESP_OK_DISPLAY_INFO")
                }
                if command.type == .resourceUnref, !response.type.isError {
                    throw context.finding("an error, for resource 0")
                }
                try check(context, fence, response)
            }
        }
    }
}
