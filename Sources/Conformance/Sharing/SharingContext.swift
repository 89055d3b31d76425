// What a case about sharing works with: a guest with a GPU and a media device that nobody has used.

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

/// A guest with two devices. Owned by the thread that runs the case.
public struct SharingContext {
    public internal(set) var gpu: ConformanceContext
    public internal(set) var media: ConformanceContext
    private let makeGuest: (ConformanceStand.GuestPlace) throws -> ConformanceStand.Guest

    init(
        _ guest: ConformanceStand.Guest, patienceMillis: Int32,
        makeGuest: @escaping (ConformanceStand.GuestPlace) throws -> ConformanceStand.Guest
    ) {
        // One record: a failure tells of what was sent last, to whichever device.
        let record = ExchangeRecord()
        gpu = ConformanceContext(
            transport: guest.gpu, machine: guest.machine, patienceMillis: patienceMillis,
            record: record)
        media = ConformanceContext(
            transport: guest.media, machine: guest.machine, patienceMillis: patienceMillis,
            record: record)
        self.makeGuest = makeGuest
    }

    /// Another guest, with devices of its own. This one's go on.
    func otherGuest() throws -> SharingContext {
        SharingContext(
            try makeGuest(.other), patienceMillis: gpu.patienceMillis, makeGuest: makeGuest)
    }

    /// From here on the devices touch no guest memory.
    func end() {
        media.transport.writeStatus([])
        gpu.transport.writeStatus([])
    }

    func finding(_ expected: String, received: String? = nil) -> Finding {
        gpu.finding(expected, received: received)
    }

    func finding(_ error: DriverError) -> Finding { gpu.finding(error) }
}

/// A GPU that can export, a media session with OUTPUT buffers that take objects.
struct SharingSubject {
    let coded: MediaSubject
    let exporter: Exporter

    static let objectBytes: UInt32 = 65536

    /// Which resources the GPU names and the media device takes.
    struct Exporter {
        /// Memory of the host's by virgl, else the guest's own pages.
        let isHostMemory: Bool
        let features: VirtioGPU.Features
    }

    /// Both devices, fresh; what they can share is found out by trying.
    init(_ context: inout SharingContext, buffers: UInt32 = 4) throws {
        let features = try Self.startGPU(&context)
        coded = try MediaSubject(&context.media)
        guard try coded.request(.virtioObject, &context.media, count: buffers) != nil else {
            throw NotOffered(feature: "VIRTIO_OBJECT")
        }
        exporter = try Self.findExporter(features, &context)
    }

    private static func findExporter(
        _ features: VirtioGPU.Features, _ context: inout SharingContext
    ) throws -> Exporter {
        let probe: UInt32 = 900
        for isHostMemory in [true, false] {
            let exporter = Exporter(isHostMemory: isHostMemory, features: features)
            guard try exporter.create(probe, &context) else { continue }
            try unref(probe, &context)
            return exporter
        }
        throw NotOffered(feature: "blobs that can be shared")
    }

    init(coded: MediaSubject, exporter: Exporter) {
        self.coded = coded
        self.exporter = exporter
    }

    @discardableResult
    static func startGPU(_ context: inout SharingContext) throws -> VirtioGPU.Features {
        let wanted: VirtioGPU.Features = [.virgl, .resourceUUID, .resourceBlob, .contextInit]
        let accepted = VirtioGPU.Features(
            rawValue: try context.gpu.start(wanted: wanted.rawValue))
        guard accepted.contains(.resourceUUID) else {
            throw NotOffered(feature: "VIRTIO_GPU_F_RESOURCE_UUID")
        }
        return accepted
    }

    // MARK: The GPU's side

    /// A resource, named.
    func export(_ id: UInt32, _ context: inout SharingContext) throws -> ResourceUUID {
        guard try exporter.create(id, &context) else {
            throw context.finding("resource \(id) to be made")
        }
        return try Self.name(of: id, &context)
    }

    static func name(of id: UInt32, _ context: inout SharingContext) throws -> ResourceUUID {
        let answer = try context.gpu.response(
            VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(id)), room: 64)
        let response: VirtioGPU.RespResourceUUID = try context.gpu.decode(from: answer)
        guard response.header.type == .okResourceUUID else {
            throw context.finding("a UUID for resource \(id)")
        }
        return response.uuid
    }

    static func unref(_ id: UInt32, _ context: inout SharingContext) throws {
        try context.gpu.expectOK(
            VirtioGPU.ResourceUnref(resourceID: ResourceID(id)), "resource \(id) to go")
    }

    // MARK: The media device's side

    /// Queues an object as a coded buffer; the device's status.
    func queue(
        _ uuid: ResourceUUID, at index: UInt32, _ context: inout SharingContext,
        bytesused: UInt32 = 64, length: UInt32 = 0, placeholder: UInt64 = 7
    ) throws -> VirtioMedia.Status {
        let buffer = coded.buffer(
            index, .virtioObject, bytesused: bytesused, length: length, m: placeholder)
        let answer = try context.media.mediaIoctl(
            .qbuf, buffer + [UInt8](uuid), coded.session, back: coded.bufferBytes + 16)
        return try context.media.status(of: answer)
    }

    func expectTaken(
        _ uuid: ResourceUUID, at index: UInt32, _ context: inout SharingContext, _ what: String
    ) throws {
        guard try queue(uuid, at: index, &context) == .ok else {
            throw context.finding("\(what) to be taken as a buffer")
        }
    }

    func expectRefused(
        _ uuid: ResourceUUID, at index: UInt32, _ context: inout SharingContext, _ what: String
    ) throws {
        guard try queue(uuid, at: index, &context) != .ok else {
            throw context.finding("an error for \(what)")
        }
    }

    /// The same with another session, for devices whose session ends with pages that were taken.
    func anew(_ context: inout SharingContext) throws -> SharingSubject {
        guard let session = try MediaSessionCases.open(&context.media) else {
            throw context.finding("another session")
        }
        let next = try coded.sibling(session, &context.media)
        guard try next.request(.virtioObject, &context.media, count: 4) != nil else {
            throw context.finding("VIRTIO_OBJECT buffers in another session")
        }
        return SharingSubject(coded: next, exporter: exporter)
    }

    /// STREAMOFF gives all buffers back; STREAMON first, for a queue that does not stream has none.
    func takeBack(_ context: inout SharingContext) throws {
        try coded.stream(.streamon, &context.media)
        try coded.stream(.streamoff, &context.media)
    }
}

extension SharingSubject.Exporter {
    /// Makes a resource of ``SharingSubject/objectBytes``; false where the GPU does not.
    func create(_ id: UInt32, _ context: inout SharingContext) throws -> Bool {
        let sizeBytes = SharingSubject.objectBytes
        guard !isHostMemory else {
            guard features.isSuperset(of: [.virgl, .resourceBlob]) else { return false }
            // A context of the same number makes it, and is not needed further.
            let isMade = try GPUUUIDCases.createHostBlob(
                &context.gpu, ResourceID(id), features, sizeBytes: sizeBytes)
            _ = try context.gpu.answer(GPURequest.context(.ctxDestroy, id))
            return isMade
        }
        guard features.contains(.resourceBlob) else { return false }
        let block = try context.gpu.machine.allocate(Int(sizeBytes))
        let blob = GPURequest.blob(
            id, memory: 1, flags: [.useShareable, .useCrossDevice], sizeBytes: UInt64(sizeBytes),
            entries: 1)
        let entries = GPURequest.entries([(block.start, sizeBytes)])
        return try context.gpu.answer(blob, tail: entries) == .okNoData
    }
}

extension [UInt8] {
    /// The bytes of a UUID in the order in which it is printed.
    init(_ uuid: ResourceUUID) {
        var buffer = WireBuffer(capacity: ResourceUUID.sizeBytes)
        buffer.append(uuid)
        self = buffer.array()
    }
}
