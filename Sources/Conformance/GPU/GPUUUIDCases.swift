// Exported resources (virtio 1.4, 2.13, exporting objects; 5.7.6,
// VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID).

internal import GuestDriver
internal import VirtioWire

enum GPUUUIDCases {
    static let all = [assign, version]

    static let assign = ConformanceCase(
        id: "gpu/uuid/GPU-I-025",
        clause: """
            With RESOURCE_UUID, ASSIGN_UUID names a resource by a UUID that no other one has and \
            that stays the same; a resource that is not there is an error.
            """,
        level: .practice, device: VirtioGPU.deviceID
    ) { context in
        guard let exported = try exportTwo(&context) else {
            return .unimplemented(feature: "VIRTIO_GPU_F_RESOURCE_UUID")
        }
        for (id, uuid) in exported {
            let again: VirtioGPU.RespResourceUUID = try context.decode(
                from: try assignUUID(&context, id))
            guard again.header.type == .okResourceUUID, again.uuid == uuid else {
                throw context.finding("resource \(id) to be \(uuid) still")
            }
        }
        guard exported[0].uuid != exported[1].uuid else {
            throw context.finding("two UUIDs for two resources", received: "\(exported[0].uuid)")
        }
        let absent = ResourceID(0xffff_fffe)
        let answer = try assignUUID(&context, absent)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        guard header.type.isError else {
            throw context.finding("an error: there is no resource \(absent)")
        }
        return .pass
    }

    static let version = ConformanceCase(
        id: "gpu/uuid/GPU-D-017",
        clause: "The UUIDs that a device generates are version 4 ones of RFC 4122.",
        level: .should, device: VirtioGPU.deviceID
    ) { context in
        guard let exported = try exportTwo(&context) else {
            return .unimplemented(feature: "VIRTIO_GPU_F_RESOURCE_UUID")
        }
        for (_, uuid) in exported {
            guard uuid.version == 4, uuid.isRFC4122Variant else {
                return .nonStrict(
                    context.finding("a version 4 UUID", received: uuid.description))
            }
        }
        return .pass
    }

    // MARK: Resources to export

    private typealias Exported = (id: ResourceID, uuid: ResourceUUID)

    /// Two resources of the first kind that the device lets be exported; nil without the feature.
    ///
    /// What can be exported is the device's to say, so kinds are tried in turn; a device that
    /// offers the feature and exports none of them breaks its promise.
    private static func exportTwo(_ context: inout ConformanceContext) throws -> [Exported]? {
        let wanted: VirtioGPU.Features = [.virgl, .resourceUUID, .resourceBlob, .contextInit]
        let features = VirtioGPU.Features(rawValue: try context.start(wanted: wanted.rawValue))
        guard features.contains(.resourceUUID) else { return nil }
        var kinds = [create2D]
        if features.isSuperset(of: [.virgl, .resourceBlob]) {
            kinds.append { try createHostBlob(&$0, $1, $2) }
        }
        var next: UInt32 = 1
        for create in kinds {
            var exported: [Exported] = []
            for _ in 0..<2 {
                let id = ResourceID(next)
                next += 1
                guard try create(&context, id, features) else { break }
                let answer = try assignUUID(&context, id)
                let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
                guard header.type == .okResourceUUID else { break }
                guard answer.count == VirtioGPU.RespResourceUUID.sizeBytes else {
                    throw context.finding("40 bytes")
                }
                let response: VirtioGPU.RespResourceUUID = try context.decode(from: answer)
                exported.append((id, response.uuid))
            }
            if exported.count == 2 { return exported }
        }
        throw context.finding("VIRTIO_GPU_RESP_OK_RESOURCE_UUID for some kind of resource")
    }

    private static func assignUUID(_ context: inout ConformanceContext, _ id: ResourceID)
        throws(DriverError) -> [UInt8]
    {
        var request = WireBuffer(capacity: VirtioGPU.ResourceAssignUUID.sizeBytes)
        request.append(VirtioGPU.ResourceAssignUUID(resourceID: id))
        return try context.exchange(
            request, responseBytes: 2 * VirtioGPU.RespResourceUUID.sizeBytes,
            queue: VirtioGPU.controlQueue)
    }

    private static func isOK(
        _ context: inout ConformanceContext, _ request: borrowing WireBuffer
    ) throws -> Bool {
        let answer = try context.exchange(
            request, responseBytes: VirtioGPU.ControlHeader.sizeBytes,
            queue: VirtioGPU.controlQueue)
        let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
        return header.type == .okNoData
    }

    /// A 2D resource of 64 by 64 pixels.
    private static func create2D(
        _ context: inout ConformanceContext, _ id: ResourceID, _: VirtioGPU.Features
    ) throws -> Bool {
        let formatB8G8R8A8: UInt32 = 1
        var request = WireBuffer(capacity: 40)
        request.append(VirtioGPU.ControlHeader(type: .resourceCreate2D))
        request.append(u32: id.rawValue)
        request.append(u32: formatB8G8R8A8)
        request.append(u32: 64)
        request.append(u32: 64)
        return try isOK(&context, request)
    }

    /// A page of the host's memory that a virgl context's command stream has made.
    static func createHostBlob(
        _ context: inout ConformanceContext, _ id: ResourceID, _ features: VirtioGPU.Features,
        sizeBytes: UInt32 = 4096
    ) throws -> Bool {
        let (owner, blobID) = (ContextID(id.rawValue), id.rawValue)
        var create = WireBuffer(capacity: VirtioGPU.CtxCreate.sizeBytes)
        create.append(
            VirtioGPU.CtxCreate(
                header: VirtioGPU.ControlHeader(type: .ctxCreate, ctxID: owner),
                contextInit: features.contains(.contextInit)
                    ? VirtioGPU.CapsetID.virgl2.rawValue : 0))
        guard try isOK(&context, create) else { return false }

        // VIRGL_CCMD_PIPE_RESOURCE_CREATE with 11 words: a buffer of R8 texels to sample from,
        // persistently and coherently mappable.
        let stream: [UInt32] = [
            48 | 11 << 16, 0, 64, 1 << 3, sizeBytes, 1, 1, 1, 0, 0, 1 << 1 | 1 << 2, blobID,
        ]
        var submit = WireBuffer(capacity: VirtioGPU.CmdSubmit.sizeBytes + stream.count * 4)
        submit.append(
            VirtioGPU.CmdSubmit(
                header: VirtioGPU.ControlHeader(type: .submit3D, ctxID: owner),
                size: UInt32(stream.count * 4)))
        for word in stream { submit.append(u32: word) }
        guard try isOK(&context, submit) else { return false }

        var blob = WireBuffer(capacity: VirtioGPU.ResourceCreateBlob.sizeBytes)
        blob.append(
            VirtioGPU.ResourceCreateBlob(
                header: VirtioGPU.ControlHeader(type: .resourceCreateBlob, ctxID: owner),
                resourceID: id, blobMem: .host3D, blobFlags: [.useMappable, .useCrossDevice],
                blobID: UInt64(blobID), size: UInt64(sizeBytes)))
        return try isOK(&context, blob)
    }
}
