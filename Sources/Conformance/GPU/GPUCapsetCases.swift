// What 3D contexts can speak (virtio 1.4, 5.7.6, VIRTIO_GPU_CMD_GET_CAPSET_INFO and GET_CAPSET).

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum GPUCapsetCases {
    static let all = [info, id, capset]

    static let info = ConformanceCase(
        id: "gpu/capset/GPU-I-023",
        clause: """
            GET_CAPSET_INFO gives id, version and size for each index below num_capsets, and an \
            error from there on.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        let infos = try enumerate(&context)
        for index in [UInt32(infos.count), UInt32.max] {
            let answer = try getInfo(&context, index: index)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type.isError else {
                throw context.finding("an error: num_capsets is \(infos.count)")
            }
        }
        guard !infos.isEmpty else { return .unimplemented(feature: "capsets") }
        let ids = infos.map(\.capsetID.rawValue)
        guard Set(ids).count == ids.count else {
            throw context.finding("an id for each capset", received: "\(ids)")
        }
        return .pass
    }

    static let id = ConformanceCase(
        id: "gpu/capset/GPU-D-011",
        clause: "A capset's id is one of those that the standard names, 1 to 5.",
        level: .must, device: VirtioGPU.deviceID
    ) { context in
        let infos = try enumerate(&context)
        guard !infos.isEmpty else { return .unimplemented(feature: "capsets") }
        let unknown = infos.map(\.capsetID).filter { !(1...5).contains($0.rawValue) }
        guard let first = unknown.first else { return .pass }
        let finding = context.finding("ids from 1 to 5", received: "id \(first.rawValue)")
        // Linux knows native contexts, the standard does not.
        return unknown.allSatisfy { $0 == .drm } ? .nonStrict(finding) : .fail(finding)
    }

    static let capset = ConformanceCase(
        id: "gpu/capset/GPU-I-024",
        clause: """
            GET_CAPSET gives the data of a capset in its highest version, no longer than \
            capset_max_size; an id that was not enumerated is an error.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        let infos = try enumerate(&context)
        guard !infos.isEmpty else { return .unimplemented(feature: "capsets") }
        for info in infos {
            let answer = try getCapset(&context, info, version: info.capsetMaxVersion)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type == .okCapset else {
                throw context.finding("VIRTIO_GPU_RESP_OK_CAPSET")
            }
            let limit = headerBytes + Int(info.capsetMaxSize)
            guard answer.count <= limit else {
                throw context.finding("at most \(limit) bytes")
            }
        }
        let absent = VirtioGPU.RespCapsetInfo(
            capsetID: VirtioGPU.CapsetID(0xffff_fffe), capsetMaxVersion: 1, capsetMaxSize: 4096)
        let answer = try getCapset(&context, absent, version: 1)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        guard header.type.isError else {
            throw context.finding("an error: capset \(absent.capsetID.rawValue) was not enumerated")
        }
        return try unknownVersion(&context, infos)
    }

    /// The text names no error for a version; data in a layout that nobody asked for is no help.
    private static func unknownVersion(
        _ context: inout ConformanceContext, _ infos: [VirtioGPU.RespCapsetInfo]
    ) throws -> Verdict {
        for info in infos where info.capsetMaxVersion < UInt32.max {
            let version = info.capsetMaxVersion + 1
            let answer = try getCapset(&context, info, version: version)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type.isError else {
                return .nonStrict(context.finding("an error: there is no version \(version)"))
            }
        }
        return .pass
    }

    // MARK: Requests

    private static let headerBytes = VirtioGPU.ControlHeader.sizeBytes
    /// No device has as many; one that says so is not asked for them all.
    private static let capsetsMax: UInt32 = 64
    /// The longest one known is below 2 KiB.
    private static let capsetBytesMax: UInt32 = 1 << 20

    // Both leave room for more than the response: one that is too long shows.

    private static func getInfo(_ context: inout ConformanceContext, index: UInt32)
        throws(DriverError) -> [UInt8]
    {
        var request = WireBuffer(capacity: VirtioGPU.GetCapsetInfo.sizeBytes)
        request.append(VirtioGPU.GetCapsetInfo(capsetIndex: index))
        return try context.exchange(
            request, responseBytes: 2 * VirtioGPU.RespCapsetInfo.sizeBytes,
            queue: VirtioGPU.controlQueue)
    }

    private static func getCapset(
        _ context: inout ConformanceContext, _ info: VirtioGPU.RespCapsetInfo, version: UInt32
    ) throws(DriverError) -> [UInt8] {
        var request = WireBuffer(capacity: VirtioGPU.GetCapset.sizeBytes)
        request.append(VirtioGPU.GetCapset(capsetID: info.capsetID, capsetVersion: version))
        return try context.exchange(
            request, responseBytes: headerBytes + Int(info.capsetMaxSize) + 64,
            queue: VirtioGPU.controlQueue)
    }

    /// All capsets that the configuration counts.
    private static func enumerate(_ context: inout ConformanceContext) throws
        -> [VirtioGPU.RespCapsetInfo]
    {
        let features: VirtioGPU.Features = [.virgl, .contextInit]
        try context.start(wanted: features.rawValue)
        let config: VirtioGPU.Config = try context.decode(
            from: context.transport.readConfig(offset: 0, count: VirtioGPU.Config.sizeBytes))
        guard config.numCapsets <= capsetsMax else {
            throw context.finding("at most \(capsetsMax) capsets", received: "\(config.numCapsets)")
        }
        var infos: [VirtioGPU.RespCapsetInfo] = []
        for index in 0..<config.numCapsets {
            let answer = try getInfo(&context, index: index)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type == .okCapsetInfo else {
                throw context.finding("VIRTIO_GPU_RESP_OK_CAPSET_INFO for index \(index)")
            }
            guard answer.count == VirtioGPU.RespCapsetInfo.sizeBytes else {
                throw context.finding("40 bytes")
            }
            let info: VirtioGPU.RespCapsetInfo = try context.decode(from: answer)
            guard info.capsetMaxSize <= capsetBytesMax else {
                throw context.finding(
                    "a capset of at most \(capsetBytesMax) bytes",
                    received: "capset_max_size \(info.capsetMaxSize)")
            }
            infos.append(info)
        }
        return infos
    }
}
