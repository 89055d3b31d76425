// Memory of the three kinds, mappings and UUIDs (virtio 1.4, 5.22.6.1, memory types).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum MediaMemoryCases {
    static let all = [
        kinds, userptr, listCovers, listStays, guestAddresses, mappedLength, mappingStays, mappings,
        uuids, placeholder, exports,
    ]

    static let kinds = ConformanceCase(
        id: "media/memory/MED-I-018",
        clause: "Memory 1 is MMAP, 2 SHARED_PAGES, 4 VIRTIO_OBJECT; others are EINVAL.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        let subject = try MediaSubject(&context)
        var any = false
        for (memory, capability) in kindsOfMemory {
            guard let answer = try subject.request(memory, &context) else { continue }
            any = true
            guard answer.capabilities.contains(capability) else {
                throw context.finding("memory \(memory.rawValue) among the queue's capabilities")
            }
            _ = try subject.request(memory, &context, count: 0)
        }
        guard any else { throw context.finding("one kind of memory at least") }
        for other: UInt32 in [0, 3, 5, 0xffff_ffff] {
            guard try subject.request(V4L2.Memory(other), &context) == nil else {
                throw context.finding("memory \(other) to be refused")
            }
        }
        return .pass
    }

    private static let kindsOfMemory: [(V4L2.Memory, V4L2.BufCapabilities)] = [
        (.mmap, .mmap), (.sharedPages, .userptr), (.virtioObject, .dmabuf),
    ]

    // MARK: SHARED_PAGES

    /// A session with two SHARED_PAGES buffers, and a page of the guest's.
    private static func sharedPages(_ context: inout ConformanceContext) throws
        -> (MediaSubject, GuestBlock)?
    {
        let subject = try MediaSubject(&context)
        guard try subject.request(.sharedPages, &context) != nil else { return nil }
        return (subject, try context.machine.allocate(Int(MediaSubject.codedBytes)))
    }

    private static let magic: UInt64 = 0x1234_5678_9abc_def0

    private static func queue(
        _ index: UInt32, _ segments: [GuestSegment], length: UInt32, _ subject: MediaSubject,
        _ context: inout ConformanceContext
    ) throws -> [UInt8] {
        try context.mediaIoctl(
            .qbuf,
            subject.buffer(index, .sharedPages, bytesused: 64, length: length, m: magic)
                + MediaBytes.list(segments), subject.session, back: subject.bufferBytes + 64)
    }

    static let userptr = ConformanceCase(
        id: "media/memory/MED-D-010",
        clause: "m.userptr goes back as the driver gave it.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        guard let (subject, block) = try sharedPages(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        let answer = try queue(
            0, [block.segment], length: MediaSubject.codedBytes, subject, &context)
        try context.expectOK(answer, "VIDIOC_QBUF of guest pages to succeed")
        guard try subject.plane(of: answer, context).m == magic else {
            throw context.finding("userptr 0x\(String(magic, radix: 16)) as it was given")
        }
        return .pass
    }

    static let listCovers = ConformanceCase(
        id: "media/memory/MED-I-002",
        clause: "As many scatter-gather entries are read as cover the buffer's length.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let (subject, block) = try sharedPages(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        let length = MediaSubject.codedBytes
        let half = GuestSegment(start: block.start, count: length / 2)
        let rest = GuestSegment(
            start: GuestAddress(block.start.rawValue + UInt64(length / 2)), count: length / 2)
        let short = GuestSegment(start: rest.start, count: length / 2 - 1)
        for list in [[half], [half, short], []] {
            let answer = try queue(0, list, length: length, subject, &context)
            guard try context.status(of: answer) != .ok else {
                throw context.finding("an error for a list that does not cover the buffer")
            }
        }
        let odd = [
            GuestSegment(start: block.start, count: 1),
            GuestSegment(start: GuestAddress(block.start.rawValue + 1), count: length / 2 - 1),
            rest,
        ]
        let answer = try queue(0, odd, length: length, subject, &context)
        try context.expectOK(answer, "three entries of odd lengths to be taken")
        return .pass
    }

    static let listStays = ConformanceCase(
        id: "media/memory/MED-I-003",
        clause: "Scatter-gather entries are in the readable part only.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let (subject, block) = try sharedPages(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        let answer = try queue(
            0, [block.segment], length: MediaSubject.codedBytes, subject, &context)
        try context.expect(answer, byteCount: 8 + subject.bufferBytes, "VIDIOC_QBUF")
        return .pass
    }

    static let guestAddresses = ConformanceCase(
        id: "media/memory/MED-I-005",
        clause: "Scatter-gather entries are guest-physical addresses.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let (subject, block) = try sharedPages(&context) else {
            return .unimplemented(feature: "SHARED_PAGES")
        }
        let length = MediaSubject.codedBytes
        for start in [0xffff_ffff_ffff_f000, 0x7fff_0000_0000 as UInt64] {
            let outside = GuestSegment(start: GuestAddress(start), count: length)
            let answer = try queue(0, [outside], length: length, subject, &context)
            guard try context.status(of: answer) != .ok else {
                throw context.finding("an error for an address that no guest memory has")
            }
        }
        let answer = try queue(0, [block.segment], length: length, subject, &context)
        try context.expectOK(answer, "an address of guest memory to be taken")
        return .pass
    }

    // MARK: MMAP

    private static func map(
        _ index: UInt32, _ subject: MediaSubject, _ context: inout ConformanceContext,
        flags: VirtioMedia.MMapFlags = .rw
    ) throws -> (length: UInt32, mapping: VirtioMedia.RespMMap) {
        let answer = try context.mediaIoctl(
            .querybuf, subject.buffer(index, .mmap), subject.session, back: subject.bufferBytes)
        try context.expectOK(answer, "VIDIOC_QUERYBUF to succeed")
        let plane = try subject.plane(of: answer, context)
        let mapped = try context.mediaCommand(
            VirtioMedia.CmdMMap(
                sessionID: subject.session, flags: flags,
                offset: UInt32(truncatingIfNeeded: plane.m)),
            back: VirtioMedia.RespMMap.sizeBytes)
        try context.expectOK(mapped, "MMAP to succeed")
        return (plane.length, try context.decode(from: mapped))
    }

    /// Nothing where the transport shows no region to map in: not every front-end can.
    private static func mmapSubject(_ context: inout ConformanceContext) throws -> MediaSubject? {
        guard context.transport.sharedMemory(VirtioMedia.mmapRegion) != nil else { return nil }
        let subject = try MediaSubject(&context)
        return try subject.request(.mmap, &context) == nil ? nil : subject
    }

    static let mappedLength = ConformanceCase(
        id: "media/mmap/MED-D-008",
        clause: "len of MMAP's response is the length of the buffer.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        guard let subject = try mmapSubject(&context) else {
            return .unimplemented(feature: "MMAP")
        }
        for index: UInt32 in 0..<2 {
            let (length, mapping) = try map(index, subject, &context)
            guard mapping.len == UInt64(length) else {
                throw context.finding("len \(length), as VIDIOC_QUERYBUF says")
            }
        }
        return .pass
    }

    static let mappingStays = ConformanceCase(
        id: "media/mmap/MED-D-009",
        clause: "A mapping stays until MUNMAP, also when its buffers or the session are gone.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        guard let subject = try mmapSubject(&context) else {
            return .unimplemented(feature: "MMAP")
        }
        let (_, mapping) = try map(0, subject, &context)
        let region = context.transport.sharedMemory(VirtioMedia.mmapRegion)
        let view = region?.view(offset: mapping.driverAddr, count: 4)
        view?.memory.write([1, 2, 3, 4])
        _ = try subject.request(.mmap, &context, count: 0)
        guard try subject.request(.mmap, &context) != nil else {
            throw context.finding("buffers again")
        }
        for index: UInt32 in 0..<2 {
            guard try map(index, subject, &context).mapping.driverAddr != mapping.driverAddr else {
                throw context.finding("a place that no live mapping has")
            }
        }
        try MediaSessionCases.close(&context, subject.session)
        if let region {
            let again = region.view(offset: mapping.driverAddr, count: 4)
            guard again?.memory.bytes() == [1, 2, 3, 4] else {
                throw context.finding("the bytes that were written", received: "others")
            }
        }
        let unmap = VirtioMedia.CmdMUnmap(driverAddr: mapping.driverAddr)
        let answer = try context.mediaCommand(unmap, back: 8)
        try context.expectOK(answer, "MUNMAP to succeed after the session was closed")
        let twice = try context.mediaCommand(unmap, back: 8)
        guard try context.status(of: twice) != .ok else {
            throw context.finding("an error for a second MUNMAP")
        }
        return .pass
    }

    static let mappings = ConformanceCase(
        id: "media/mmap/MED-I-004",
        clause: "Mappings lie in shared memory region 0, apart; the flag RW lets the driver write.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let subject = try mmapSubject(&context) else {
            return .unimplemented(feature: "MMAP")
        }
        let first = try map(0, subject, &context).mapping
        let second = try map(1, subject, &context, flags: []).mapping
        let (a, b) = (first.driverAddr, second.driverAddr)
        guard a &+ first.len <= b || b &+ second.len <= a else {
            throw context.finding("ranges that do not overlap", received: "\(first), \(second)")
        }
        guard let region = context.transport.sharedMemory(VirtioMedia.mmapRegion) else {
            return .informational("the transport does not show its shared memory")
        }
        guard let count = Int(exactly: first.len),
            let writable = region.view(offset: a, count: count),
            let readable = region.view(offset: b, count: count)
        else { throw context.finding("both ranges inside the region") }
        guard writable.access == .readWrite, readable.access == .read else {
            throw context.finding("write access with RW only")
        }
        return .pass
    }

    // MARK: VIRTIO_OBJECT

    private static func export(
        _ index: UInt32, _ subject: MediaSubject, _ context: inout ConformanceContext
    ) throws -> [UInt8] {
        try context.mediaIoctl(
            .expbuf,
            MediaBytes.of(
                V4L2.ExportBuffer(type: subject.outputType, index: index, fd: 0x1234_5678))
                + [UInt8](repeating: 0, count: 16), subject.session, back: 80)
    }

    static let exports = ConformanceCase(
        id: "media/object/MED-I-007",
        clause: "VIDIOC_EXPBUF names a plane of an MMAP buffer by a UUID of its own.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let subject = try mmapSubject(&context) else {
            return .unimplemented(feature: "MMAP")
        }
        var uuids: [ResourceUUID] = []
        for index: UInt32 in 0..<2 {
            let answer = try export(index, subject, &context)
            if try context.status(of: answer) == .enotty {
                return .unimplemented(feature: "VIDIOC_EXPBUF")
            }
            try context.expect(answer, byteCount: 8 + 64 + 16, "VIDIOC_EXPBUF")
            uuids.append(try context.decode(from: answer, at: 72))
        }
        guard uuids[0] != .zero, uuids[0] != uuids[1] else {
            throw context.finding("two UUIDs", received: "\(uuids)")
        }
        return .pass
    }

    /// Queues an exported buffer of one session in another one; nil where that is not implemented.
    private static func queueExported(_ context: inout ConformanceContext) throws
        -> (subject: MediaSubject, uuid: [UInt8], answer: [UInt8], exported: [UInt8])?
    {
        guard let subject = try mmapSubject(&context) else { return nil }
        let exported = try export(0, subject, &context)
        guard try context.status(of: exported) == .ok else { return nil }
        let uuid = Array(exported.suffix(16))
        guard let other = try MediaSessionCases.open(&context) else { return nil }
        let asked = V4L2.RequestBuffers(
            count: 1, type: subject.outputType, memory: .virtioObject)
        let given = try context.mediaIoctl(.reqbufs, asked, other, back: 20)
        guard try context.status(of: given) == .ok else { return nil }
        let answer = try context.mediaIoctl(
            .qbuf, subject.buffer(0, .virtioObject, bytesused: 64, m: 0x1234_5678) + uuid, other,
            back: subject.bufferBytes + 32)
        return (subject, uuid, answer, exported)
    }

    static let uuids = ConformanceCase(
        id: "media/object/MED-I-006",
        clause: "UUIDs stand behind the last plane, in both parts.",
        level: .practice, device: VirtioMedia.deviceID
    ) { context in
        guard let queued = try queueExported(&context) else {
            return .unimplemented(feature: "VIRTIO_OBJECT and VIDIOC_EXPBUF")
        }
        try context.expect(
            queued.answer, byteCount: 8 + queued.subject.bufferBytes + 16, "VIDIOC_QBUF by UUID")
        guard Array(queued.answer.suffix(16)) == queued.uuid else {
            throw context.finding("the UUID behind the buffer")
        }
        return .pass
    }

    static let placeholder = ConformanceCase(
        id: "media/object/MED-D-011",
        clause: "The placeholder of a descriptor stays as the driver gave it.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        guard let queued = try queueExported(&context) else {
            return .unimplemented(feature: "VIRTIO_OBJECT and VIDIOC_EXPBUF")
        }
        let exported: V4L2.ExportBuffer = try context.payload(of: queued.exported)
        try context.expectOK(queued.answer, "VIDIOC_QBUF by UUID to succeed")
        let plane = try queued.subject.plane(of: queued.answer, context)
        guard exported.fd == 0x1234_5678, plane.m & 0xffff_ffff == 0x1234_5678 else {
            throw context.finding("fd 0x12345678 as it was given")
        }
        return .pass
    }
}
