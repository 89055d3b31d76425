// A display's identity (virtio 1.4, 5.7.6, VIRTIO_GPU_CMD_GET_EDID; VESA E-EDID).

internal import VirtioWire
internal import Virtqueue

enum GPUEDIDCases {
    static let all = [edid]

    static let edid = ConformanceCase(
        id: "gpu/edid/GPU-I-013",
        clause: """
            With EDID, GET_EDID gives the VESA EDID of a scanout: whole blocks of 128 bytes that \
            sum to 0, in a response of fixed length; a scanout that is not there is an error.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        let features = VirtioGPU.Features(
            rawValue: try context.start(wanted: VirtioGPU.Features.edid.rawValue))
        guard features.contains(.edid) else {
            return .unimplemented(feature: "VIRTIO_GPU_F_EDID")
        }
        let config: VirtioGPU.Config = try context.decode(
            from: context.transport.readConfig(offset: 0, count: VirtioGPU.Config.sizeBytes))
        guard (1...UInt32(VirtioGPU.maxScanouts)).contains(config.numScanouts) else {
            throw context.finding("num_scanouts from 1 to 16", received: "\(config.numScanouts)")
        }
        for scanout in 0..<config.numScanouts {
            let answer = try getEDID(&context, scanout: scanout)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            // A scanout without a monitor may have none; the first one has.
            if scanout > 0, header.type.isError { continue }
            try check(answer, context)
        }
        for scanout in [config.numScanouts, UInt32.max] {
            let answer = try getEDID(&context, scanout: scanout)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type.isError else {
                throw context.finding("an error: there is no scanout \(scanout)")
            }
        }
        return .pass
    }

    private static func getEDID(_ context: inout ConformanceContext, scanout: UInt32) throws
        -> [UInt8]
    {
        var request = WireBuffer(capacity: VirtioGPU.GetEDID.sizeBytes)
        request.append(VirtioGPU.GetEDID(scanout: scanout))
        return try context.exchange(
            request, responseBytes: VirtioGPU.RespEDID.sizeBytes, queue: VirtioGPU.controlQueue)
    }

    private static let blockBytes = 128
    private static let magic: [UInt8] = [0, 255, 255, 255, 255, 255, 255, 0]

    private static func check(_ answer: [UInt8], _ context: ConformanceContext) throws(Finding) {
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        guard header.type == .okEDID else {
            throw context.finding("VIRTIO_GPU_RESP_OK_EDID")
        }
        guard answer.count == VirtioGPU.RespEDID.sizeBytes else {
            throw context.finding("1056 bytes, whatever size says")
        }
        let response: VirtioGPU.RespEDID = try context.decode(from: answer)
        let blocks = (1...8).first { UInt32($0 * blockBytes) == response.size }
        guard let blocks else {
            throw context.finding(
                "a size of 1 to 8 blocks of 128 bytes", received: "size \(response.size)")
        }
        guard Array(response.edid.prefix(magic.count)) == magic else {
            throw context.finding(
                "an EDID that begins with 00 ff ff ff ff ff ff 00",
                received: "\(response.edid.prefix(magic.count))")
        }
        for block in 0..<blocks {
            let bytes = response.edid.dropFirst(block * blockBytes).prefix(blockBytes)
            let sum = bytes.reduce(0) { ($0 + Int($1)) & 0xff }
            guard sum == 0 else {
                throw context.finding(
                    "block \(block) to sum to 0 mod 256", received: "a sum of \(sum)")
            }
        }
        let extensions = Int(response.edid[126])
        guard extensions == blocks - 1 else {
            throw context.finding(
                "\(blocks - 1) extension blocks in \(response.size) bytes",
                received: "an extension count of \(extensions)")
        }
    }
}
