// What a guest can see of the sharing model (Spec/sharing.md), with a GPU that exports and a media
// device that imports.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum SharingCases {
    static let all = [
        issued, fieldsOfTheirOwn, scatterLists, stable, unknown, otherGuests, advertised, ownObject,
        unreferenced, pagesTakenBack, exporterReset, importerReset, onlyExporter, inAnyOrder,
        zeroed,
        quotas, bounds,
    ]

    private static func test(
        _ id: String, _ clause: String,
        body: @escaping @Sendable (inout SharingContext) throws -> Void
    ) -> ConformanceCase {
        ConformanceCase(id: "sharing/" + id, clause: clause, level: .practice) {
            (context: inout SharingContext) in
            try body(&context)
            return .pass
        }
    }

    // MARK: Identity

    static let issued = test(
        "identity/ID-1",
        "A UUID is of version 4 and random; nil and all-ones are neither issued nor found."
    ) { context in
        let subject = try SharingSubject(&context)
        var uuids: Set<ResourceUUID> = []
        for id: UInt32 in 1...16 {
            let uuid = try subject.export(id, &context)
            guard uuid.version == 4, uuid.isRFC4122Variant else {
                throw context.finding("a version 4 UUID", received: "\(uuid)")
            }
            // What is not random is alike in most bits.
            for other in uuids where differingBits(uuid, other) < 24 {
                throw context.finding("UUIDs of random bits", received: "\(other) and \(uuid)")
            }
            uuids.insert(uuid)
        }
        guard uuids.count == 16 else { throw context.finding("16 UUIDs for 16 resources") }
        for uuid in [ResourceUUID(high: 0, low: 0), ResourceUUID(high: .max, low: .max)] {
            try subject.expectRefused(uuid, at: 0, &context, "the UUID \(uuid)")
        }
    }

    private static func differingBits(_ a: ResourceUUID, _ b: ResourceUUID) -> Int {
        zip([UInt8](a), [UInt8](b)).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }

    static let fieldsOfTheirOwn = test(
        "identity/ID-2",
        "A UUID travels in its own field: what the buffer's union holds is nothing."
    ) { context in
        let subject = try SharingSubject(&context)
        let uuid = try subject.export(1, &context)
        for (index, placeholder) in [0, 0x7fff_ffff, 0x1000, 3].enumerated() {
            guard
                try subject.queue(
                    uuid, at: UInt32(index), &context, placeholder: UInt64(placeholder)) == .ok
            else { throw context.finding("a UUID beside \(placeholder) to be taken") }
        }
    }

    static let scatterLists = test(
        "identity/ID-3", "A scatter list holds guest addresses; a UUID in its place is none."
    ) { context in
        let subject = try SharingSubject(&context)
        let uuid = try subject.export(1, &context)
        let coded = subject.coded
        _ = try coded.request(.virtioObject, &context.media, count: 0)
        guard try coded.request(.sharedPages, &context.media) != nil else {
            throw NotOffered(feature: "SHARED_PAGES")
        }
        let buffer = coded.buffer(
            0, .sharedPages, bytesused: 64, length: MediaSubject.codedBytes, m: 1)
        let answer = try context.media.mediaIoctl(
            .qbuf, buffer + [UInt8](uuid), coded.session, back: coded.bufferBytes + 16)
        guard try context.media.status(of: answer) != .ok else {
            throw context.finding("an error for a UUID where addresses are due")
        }
    }

    static let stable = test(
        "identity/ID-4",
        "Asked again, a resource has the same UUID; a new one under its id has a new one, after a "
            + "reset too."
    ) { context in
        let subject = try SharingSubject(&context)
        var seen: Set<ResourceUUID> = []
        for round in 0..<6 {
            let uuid = try subject.export(1, &context)
            guard seen.insert(uuid).inserted else {
                throw context.finding("a UUID that was never there", received: "\(uuid)")
            }
            for _ in 0..<3 {
                guard try SharingSubject.name(of: 1, &context) == uuid else {
                    throw context.finding("\(uuid) again")
                }
            }
            if round % 2 == 0 {
                try SharingSubject.unref(1, &context)
            } else {
                try SharingSubject.startGPU(&context)
            }
        }
    }

    static let unknown = test(
        "identity/ID-5", "An unknown and a removed UUID get one answer."
    ) { context in
        let subject = try SharingSubject(&context)
        let removed = try subject.export(1, &context)
        try SharingSubject.unref(1, &context)
        let gone = try subject.queue(removed, at: 1, &context)
        let never = try subject.queue(
            ResourceUUID(high: 0x1234_5678_9abc_4def, low: 0x8123_4567_89ab_cdef), at: 1, &context)
        guard gone != .ok, gone == never else {
            throw context.finding("one error for both", received: "\(gone) and \(never)")
        }
        // The session is as good as before.
        let next = try subject.export(1, &context)
        try subject.expectTaken(next, at: 1, &context, "another resource")
    }

    static let otherGuests = test(
        "identity/two-guests/ID-5", "Another guest's UUID is unknown, with the answer of any other."
    ) { context in
        let subject = try SharingSubject(&context)
        let own = try subject.export(1, &context)
        var other = try context.otherGuest()
        defer { other.end() }
        let theirSubject = try SharingSubject(&other)
        let theirs = try theirSubject.export(1, &other)
        guard own != theirs else { throw context.finding("two UUIDs", received: "\(own) twice") }
        let foreign = try subject.queue(theirs, at: 0, &context)
        let never = try subject.queue(
            ResourceUUID(high: 0x1234_5678_9abc_4def, low: 0x8123_4567_89ab_cdef), at: 0, &context)
        guard foreign != .ok, foreign == never else {
            throw context.finding(
                "the same error for another guest's as for none", received: "\(foreign), \(never)")
        }
        try theirSubject.expectRefused(own, at: 0, &other, "the first guest's UUID")
        try subject.expectTaken(own, at: 0, &context, "the own one")
        try theirSubject.expectTaken(theirs, at: 0, &other, "the other guest's own one")
    }

    // MARK: Capabilities

    static let advertised = test(
        "capabilities/CAP-1", "What is advertised works: objects where REQBUFS tells of them."
    ) { context in
        let subject = try SharingSubject(&context)
        let answer = try subject.coded.request(.virtioObject, &context.media, count: 2)
        guard let answer, answer.capabilities.contains(.dmabuf) else {
            throw context.finding("VIRTIO_OBJECT among the capabilities of a queue that takes it")
        }
        let uuid = try subject.export(1, &context)
        try subject.expectTaken(uuid, at: 0, &context, "a resource")
    }

    static let ownObject = test(
        "capabilities/CAP-2", "A device takes an object of its own."
    ) { context in
        let subject = try SharingSubject(&context)
        let coded = subject.coded
        guard let exporter = try MediaSessionCases.open(&context.media) else {
            throw NotOffered(feature: "a second session")
        }
        let other = try coded.sibling(exporter, &context.media)
        guard try other.request(.mmap, &context.media) != nil else {
            throw NotOffered(feature: "MMAP")
        }
        let exported = try context.media.mediaIoctl(
            .expbuf,
            MediaBytes.of(V4L2.ExportBuffer(type: coded.outputType, index: 0))
                + [UInt8](repeating: 0, count: 16), exporter, back: 80)
        guard try context.media.status(of: exported) == .ok else {
            throw NotOffered(feature: "VIDIOC_EXPBUF")
        }
        let uuid: ResourceUUID = try context.media.decode(from: exported, at: 72)
        try subject.expectTaken(uuid, at: 0, &context, "the device's own buffer")
    }

    // MARK: Lifetime

    static let unreferenced = test(
        "lifetime/LIFE-1",
        "UNREF takes the name away at once; memory stays as long as somebody uses it."
    ) { context in
        let subject = try SharingSubject(&context)
        guard subject.exporter.isHostMemory else {
            throw NotOffered(feature: "objects of the host's memory")
        }
        for round: UInt32 in 0..<3 {
            let uuid = try subject.export(1, &context)
            try subject.expectTaken(uuid, at: round, &context, "a resource")
            try SharingSubject.unref(1, &context)
            try subject.expectRefused(uuid, at: 3, &context, "a resource that is gone")
        }
        // The buffers are still the device's: all three come back.
        try subject.takeBack(&context)
        let uuid = try subject.export(1, &context)
        try subject.expectTaken(uuid, at: 0, &context, "a resource, after all came back")
    }

    static let pagesTakenBack = test(
        "lifetime/pages/LIFE-1",
        "Guest pages do not outlive the answer: UNREF and DETACH_BACKING end every use first."
    ) { context in
        var subject = try SharingSubject(&context)
        let pages = SharingSubject.Exporter(
            isHostMemory: false, features: subject.exporter.features)
        for (id, detaches) in [(7, true), (8, false), (9, false)] as [(UInt32, Bool)] {
            guard try pages.create(id, &context) else {
                throw NotOffered(feature: "blobs of guest pages")
            }
            let uuid = try SharingSubject.name(of: id, &context)
            try subject.expectTaken(uuid, at: 0, &context, "a blob of guest pages")
            let detach = VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(id))
            // A blob's pages are its own: a device may refuse to part them.
            if try !detaches || context.gpu.answer(detach).isError {
                try SharingSubject.unref(id, &context)
            }
            subject = try subject.anew(&context)
            try subject.expectRefused(uuid, at: 0, &context, "pages that the guest took back")
        }
    }

    static let exporterReset = test(
        "lifetime/LIFE-2",
        "A reset takes back all that a device exported; who imported it goes on."
    ) { context in
        let subject = try SharingSubject(&context)
        let uuid = try subject.export(1, &context)
        try subject.expectTaken(uuid, at: 0, &context, "a resource")
        try SharingSubject.startGPU(&context)
        let after = try subject.anew(&context)
        try after.expectRefused(uuid, at: 1, &context, "a resource of before the reset")
        let next = try after.export(1, &context)
        try after.expectTaken(next, at: 1, &context, "a resource of after the reset")
    }

    static let importerReset = test(
        "lifetime/importer/LIFE-2",
        "A reset ends all that a device imported; the exporter's objects stay."
    ) { context in
        let first = try SharingSubject(&context)
        let uuid = try first.export(1, &context)
        try first.expectTaken(uuid, at: 0, &context, "a resource")
        let coded = try MediaSubject(&context.media)
        guard try coded.request(.virtioObject, &context.media) != nil else {
            throw context.finding("VIRTIO_OBJECT buffers after a reset")
        }
        let again = SharingSubject(coded: coded, exporter: first.exporter)
        try again.expectTaken(uuid, at: 0, &context, "the resource, after the importer's reset")
        guard try SharingSubject.name(of: 1, &context) == uuid else {
            throw context.finding("\(uuid) still")
        }
        try SharingSubject.unref(1, &context)
    }

    static let onlyExporter = test(
        "lifetime/LIFE-4", "Only the exporter removes an object: an importer's end leaves it."
    ) { context in
        let subject = try SharingSubject(&context)
        let uuid = try subject.export(1, &context)
        for index: UInt32 in 0..<2 {
            try subject.expectTaken(uuid, at: index, &context, "a resource, once more")
        }
        try subject.takeBack(&context)
        _ = try subject.coded.request(.virtioObject, &context.media, count: 0)
        try MediaSessionCases.close(&context.media, subject.coded.session)
        let next = try subject.anew(&context)
        try next.expectTaken(uuid, at: 0, &context, "the resource, in another session")
    }

    static let inAnyOrder = test(
        "lifetime/order/LIFE-1",
        "Exporter and importer let go in either order, as often as they like."
    ) { context in
        let subject = try SharingSubject(&context)
        for round: UInt32 in 0..<40 {
            let uuid = try subject.export(1, &context)
            try subject.expectTaken(uuid, at: 0, &context, "a resource, round \(round)")
            // Pages that are taken from under a session may end it.
            if round % 2 == 0, subject.exporter.isHostMemory {
                try SharingSubject.unref(1, &context)
                try subject.takeBack(&context)
            } else {
                try subject.takeBack(&context)
                try SharingSubject.unref(1, &context)
            }
        }
    }

    static let zeroed = test(
        "lifetime/LIFE-6", "New memory reads as zero, also where another object's bytes were."
    ) { context in
        let coded = try MediaSubject(&context.media)
        guard let region = context.media.transport.sharedMemory(VirtioMedia.mmapRegion) else {
            throw NotOffered(feature: "a shared memory region")
        }
        for round in 0..<3 {
            guard try coded.request(.mmap, &context.media, count: 1) != nil else {
                throw NotOffered(feature: "MMAP")
            }
            let answer = try context.media.mediaIoctl(
                .querybuf, coded.buffer(0, .mmap), coded.session, back: coded.bufferBytes)
            let plane = try coded.plane(of: answer, context.media)
            let mapped = try context.media.mediaCommand(
                VirtioMedia.CmdMMap(
                    sessionID: coded.session, flags: .rw,
                    offset: UInt32(truncatingIfNeeded: plane.m)),
                back: VirtioMedia.RespMMap.sizeBytes)
            let mapping: VirtioMedia.RespMMap = try context.media.decode(from: mapped)
            guard
                let view = region.view(offset: mapping.driverAddr, count: Int(plane.length))
            else { throw context.finding("a mapping inside the region") }
            guard view.memory.bytes().allSatisfy({ $0 == 0 }) else {
                throw context.finding("zeros in a new buffer", received: "others, round \(round)")
            }
            view.memory.fill(0xa5)
            _ = try context.media.mediaCommand(
                VirtioMedia.CmdMUnmap(driverAddr: mapping.driverAddr), back: 8)
            _ = try coded.request(.mmap, &context.media, count: 0)
        }
    }

    // MARK: Bounds

    static let quotas = test(
        "bounds/QUOTA-1",
        "Past a limit nothing is half-made: the id is free, and others are served."
    ) { context in
        let subject = try SharingSubject(&context)
        let huge = GPURequest.create2D(1, format: 1, width: 1 << 20, height: 1 << 20)
        try context.gpu.expectError(huge, "4 TiB for a resource")
        let uuid = try subject.export(1, &context)
        try subject.expectTaken(uuid, at: 0, &context, "a resource under the same id")
    }

    static let bounds = test(
        "bounds/QUOTA-2", "A size from a guest is checked: a buffer lies inside of its object."
    ) { context in
        let subject = try SharingSubject(&context)
        let uuid = try subject.export(1, &context)
        let size = SharingSubject.objectBytes
        for (used, length) in [
            (64, size &+ 1), (64, .max), (size &+ 1, 0), (.max, 0), (.max, .max),
            (1 << 31, 1 << 31),
        ] as [(UInt32, UInt32)] {
            let status = try subject.queue(
                uuid, at: 0, &context, bytesused: used, length: length)
            guard status != .ok else {
                throw context.finding("an error for \(used) bytes of \(length) in \(size)")
            }
        }
        guard try subject.queue(uuid, at: 0, &context, bytesused: size, length: size) == .ok else {
            throw context.finding("the whole object to be taken")
        }
    }
}
