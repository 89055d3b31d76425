// Queues whose planes are buffers of their own: three objects, three lists of pages, three mappings.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's multi-planar queues")
struct MediaPlaneTests {
    private static let invalid: [UInt8] = [22, 0, 0, 0, 0, 0, 0, 0]
    /// Bytes of the planes of a 16x16 picture.
    private static let planeBytes = [2304 + 128, 576 + 128, 576 + 128]

    private func newMachine() throws -> MediaMachine {
        let machine = try MediaMachine { $0.queueKind = .multiPlanar }
        try machine.postEvents(40)
        return machine
    }

    private func buffer(
        _ index: UInt32, _ type: V4L2.BufType, _ memory: V4L2.Memory, planes: [V4L2.Plane]
    ) -> [UInt8] {
        let buffer = V4L2.Buffer(
            index: index, type: type, timestamp: V4L2.Timeval(sec: 100 + Int64(index), usec: 7),
            memory: memory, m: 0xdead_beef, length: UInt32(planes.count))
        return MediaMachine.bytes(buffer) + planes.flatMap { MediaMachine.bytes($0) }
    }

    /// Queues a coded unit that begins 8 bytes into its plane.
    private func queueCoded(_ index: UInt32, _ session: SessionID, _ machine: MediaMachine) throws {
        let address = MediaMachine.pages + UInt64(index) * 0x1000
        try machine.range(address + 8, 24).write(MediaMachine.unit(index))
        let plane = V4L2.Plane(bytesused: 32, length: 64, m: address, dataOffset: 8)
        let list = MediaMachine.entries([
            GuestSegment(start: GuestAddress(address), count: 64)
        ])
        let reply = try machine.ioctl(
            .qbuf, buffer(index, .videoOutputMPlane, .sharedPages, planes: [plane]) + list, session)
        try #require(reply.status == .ok)
        #expect(reply.bytes.count == 8 + 88 + 64)
    }

    private func openWithHeaders(_ machine: MediaMachine) throws -> SessionID {
        let session = try machine.open()
        try machine.subscribe(.sourceChange, session)
        try machine.requestBuffers(4, .videoOutputMPlane, .sharedPages, session)
        try machine.stream(.streamon, .videoOutputMPlane, session)
        try queueCoded(0, session, machine)
        let events = try machine.step(untilEvents: 1).map { try MediaEventLine($0).text }
        try #require(events == ["source change"])
        return session
    }

    private func planes(_ event: [UInt8]) throws -> [V4L2.Plane] {
        try MediaReply(bytes: event).decode(as: VirtioMedia.EventDQBuf.self).planes
    }

    /// The first luma samples of row 15 of a picture.
    private func row(_ memory: MemoryRange) -> [UInt8] {
        memory.slice(offset: 15 * 128, count: 16)?.bytes() ?? []
    }

    @Test("The configuration says so, and single-planar types are EINVAL [MED-I-015]")
    func types() throws {
        let machine = try newMachine()
        let config: VirtioMedia.Config = try MediaReply(
            bytes: machine.host.readConfig(offset: 0, count: 40)
        ).decode()
        #expect(config.deviceCaps == 0x0400_4000)
        let session = try openWithHeaders(machine)
        for type in [V4L2.BufType.videoOutput, .videoCapture] {
            for code in [V4L2.IoctlCode.gFmt, .sFmt, .tryFmt] {
                #expect(
                    try machine.ioctl(code, V4L2.Format(type: type), session).bytes
                        == Self.invalid)
            }
            let asked = V4L2.RequestBuffers(count: 1, type: type, memory: .sharedPages)
            #expect(try machine.ioctl(.reqbufs, asked, session).bytes == Self.invalid)
        }
    }

    @Test("Formats tell each plane's size and stride; YM12 comes first")
    func formats() throws {
        let machine = try newMachine()
        let session = try openWithHeaders(machine)
        let names = try (0..<5).compactMap { index -> V4L2.FourCC? in
            let asked = V4L2.FmtDesc(index: UInt32(index), type: .videoCaptureMPlane)
            let reply = try machine.ioctl(.enumFmt, asked, session)
            guard reply.status == .ok else { return nil }
            return try reply.decode(at: 8, as: V4L2.FmtDesc.self).pixelformat
        }
        #expect(names == [.yuv420M, .yuv420, .nv12M, .nv12])
        let format = { (code: V4L2.IoctlCode, fourcc: V4L2.FourCC) in
            let asked = V4L2.FormatMPlane(
                type: .videoCaptureMPlane,
                pixMP: V4L2.PixFormatMPlane(width: 1, height: 1, pixelformat: fourcc))
            let reply = try machine.ioctl(code, asked, session)
            return try reply.decode(at: 8, as: V4L2.FormatMPlane.self).pixMP
        }
        let first = try format(.gFmt, V4L2.FourCC(0))
        #expect(first.pixelformat == .yuv420M)
        #expect([first.width, first.height] == [16, 18])
        #expect(first.numPlanes == 3)
        #expect(first.planeFmt.prefix(3).map { Int($0.sizeimage) } == Self.planeBytes)
        #expect(first.planeFmt.prefix(3).map(\.bytesperline) == [128, 64, 64])
        let tried = try format(.tryFmt, .nv12M)
        #expect(tried.numPlanes == 2)
        #expect(tried.planeFmt.prefix(3).map(\.bytesperline) == [128, 128, 0])
        #expect(try format(.gFmt, V4L2.FourCC(0)).pixelformat == .yuv420M)
        #expect(try format(.sFmt, .nv12).numPlanes == 1)
        #expect(try format(.gFmt, V4L2.FourCC(0)).pixelformat == .nv12)
        #expect(try format(.sFmt, .h264).pixelformat == .nv12)
    }

    @Test(
        "A picture is decoded into three objects, a UUID for each plane, in both parts [MED-D-005] [MED-I-001] [MED-I-006]"
    )
    func objects() throws {
        let machine = try newMachine()
        let session = try openWithHeaders(machine)
        try machine.requestBuffers(1, .videoCaptureMPlane, .virtioObject, session)
        let objects = try Self.planeBytes.map { try machine.export(sizeBytes: $0) }
        let uuids = objects.flatMap { MediaMachine.bytes($0.object.uuid) }
        let planes = (0..<3).map { V4L2.Plane(length: 0, m: 0x1000 + UInt64($0)) }
        let reply = try machine.ioctl(
            .qbuf, buffer(0, .videoCaptureMPlane, .virtioObject, planes: planes) + uuids, session)
        #expect(reply.bytes.count == 8 + 88 + 3 * 64 + 3 * 16)
        #expect(try reply.decode(at: 8, as: V4L2.Buffer.self).m == 0xdead_beef)
        for index in 0..<3 {
            let plane: V4L2.Plane = try reply.decode(at: 8 + 88 + index * 64)
            // The descriptor's placeholder stays.
            #expect(plane.m == 0x1000 + UInt64(index))
            #expect(plane.length == UInt32(Self.planeBytes[index]))
        }
        #expect(Array(reply.bytes.suffix(48)) == uuids)
        try machine.stream(.streamon, .videoCaptureMPlane, session)
        let events = try machine.step(untilEvents: 2)
        #expect(try events.map { try MediaEventLine($0).text } == ["picture 0", "coded 0"])
        let told = try self.planes(events[0])
        #expect(told.prefix(3).map { Int($0.bytesused) } == Self.planeBytes)
        #expect(told.dropFirst(3).allSatisfy { $0 == V4L2.Plane(length: 0) })
        #expect(told.allSatisfy { $0.m == 0 })
        #expect(row(objects[0].memory.range) == MediaMachine.firstRow(ofPicture: 0))
        for plane in 1..<3 {
            let right = (0..<8).map { x -> UInt8 in
                let both = SimulatedPattern.chroma(x: x, y: 3, width: 16, height: 16, number: 0)
                return plane == 1 ? both.cb : both.cr
            }
            #expect(
                objects[plane].memory.range.slice(offset: 3 * 64, count: 8)?.bytes() == right)
        }
        #expect(machine.device.statistics.copiedBytes == 0)
        #expect(machine.registry.counters.leases == 0)
    }

    @Test("Every plane is checked against its object's real size, and against the others")
    func badObjects() throws {
        let machine = try newMachine()
        let session = try openWithHeaders(machine)
        try machine.requestBuffers(1, .videoCaptureMPlane, .virtioObject, session)
        let objects = try Self.planeBytes.map { try machine.export(sizeBytes: $0).object.uuid }
        let short = try machine.export(sizeBytes: Self.planeBytes[1] - 1).object.uuid
        let big = try machine.export(sizeBytes: 1 << 16).object.uuid
        let send = { (uuids: [ResourceUUID], planes: [V4L2.Plane]) in
            try machine.ioctl(
                .qbuf,
                self.buffer(0, .videoCaptureMPlane, .virtioObject, planes: planes)
                    + uuids.flatMap { MediaMachine.bytes($0) }, session
            ).status
        }
        let whole = (0..<3).map { _ in V4L2.Plane(length: 0) }
        #expect(try send([objects[0], short, objects[2]], whole) == .einval)
        #expect(try send([objects[0], big, big], whole) == .einval)
        #expect(try send([objects[0], objects[1], .zero], whole) == .einval)
        // Lengths that the objects do not have, or that are too short for the picture.
        for length: UInt32 in [1, 703, 705, .max] {
            var planes = whole
            planes[2].length = length
            #expect(try send(objects, planes) == .einval, "length \(length)")
        }
        var moved = whole
        moved[1].dataOffset = 16
        #expect(try send(objects, moved) == .einval)
        // Too few planes, or too few UUIDs.
        #expect(try send(Array(objects.prefix(2)), Array(whole.prefix(2))) == .einval)
        #expect(try send(Array(objects.prefix(2)), whole) == .einval)
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
        #expect(try send(objects, whole) == .ok)
    }

    @Test("Plane counts of none, of too many and past the payload are EINVAL")
    func badCounts() throws {
        let machine = try newMachine()
        let session = try openWithHeaders(machine)
        for count: UInt32 in [0, 9, 64, .max] {
            for code in [V4L2.IoctlCode.qbuf, .querybuf] {
                let asked = V4L2.Buffer(
                    index: 1, type: .videoOutputMPlane, memory: .sharedPages, length: count)
                let payload = MediaMachine.bytes(asked) + [UInt8](repeating: 0, count: 1024)
                #expect(try machine.ioctl(code, payload, session).bytes == Self.invalid)
            }
        }
        let short = V4L2.Buffer(
            index: 1, type: .videoOutputMPlane, memory: .sharedPages, length: 2)
        for count in [0, 63, 64, 127] {
            let payload = MediaMachine.bytes(short) + [UInt8](repeating: 0, count: count)
            #expect(try machine.ioctl(.querybuf, payload, session).bytes == Self.invalid)
        }
    }

    @Test("A picture is copied into three lists of pages, plane after plane [MED-I-002]")
    func pages() throws {
        let machine = try newMachine()
        let session = try openWithHeaders(machine)
        try machine.requestBuffers(1, .videoCaptureMPlane, .sharedPages, session)
        let base = MediaMachine.pages + 0x10_0000
        var list: [GuestSegment] = []
        var planes: [V4L2.Plane] = []
        for (index, size) in Self.planeBytes.enumerated() {
            let start = base + UInt64(index) * 0x1_0000
            planes.append(V4L2.Plane(length: UInt32(size), m: start))
            list.append(GuestSegment(start: GuestAddress(start), count: 100))
            list.append(
                GuestSegment(start: GuestAddress(start + 0x4000), count: UInt32(size - 100)))
        }
        let payload =
            buffer(0, .videoCaptureMPlane, .sharedPages, planes: planes)
            + MediaMachine.entries(list)
        // An entry less is too little.
        #expect(
            try machine.ioctl(.qbuf, Array(payload.dropLast(16)), session).bytes == Self.invalid)
        #expect(try machine.ioctl(.qbuf, payload, session).status == .ok)
        try machine.stream(.streamon, .videoCaptureMPlane, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        let luma = try machine.range(base + 0x4000 + 15 * 128 - 100, 16).bytes()
        #expect(luma == MediaMachine.firstRow(ofPicture: 0))
        #expect(machine.device.statistics.copiedPictures == [.guestPages: 1])
    }

    @Test(
        "MMAP buffers have an offset, a mapping and a UUID for each plane [MED-D-008] [MED-I-007]")
    func mapped() throws {
        let machine = try newMachine()
        let session = try openWithHeaders(machine)
        try machine.requestBuffers(1, .videoCaptureMPlane, .mmap, session)
        let planes = (0..<3).map { _ in V4L2.Plane(length: 0) }
        let reply = try machine.ioctl(
            .querybuf, buffer(0, .videoCaptureMPlane, .mmap, planes: planes), session)
        #expect(reply.bytes.count == 8 + 88 + 3 * 64)
        var views: [SharedMemoryView] = []
        var uuids = Set<ResourceUUID>()
        for index in 0..<3 {
            let plane: V4L2.Plane = try reply.decode(at: 8 + 88 + index * 64)
            let mapping: VirtioMedia.RespMMap = try machine.map(UInt32(plane.m), session).decode()
            #expect(mapping.len == UInt64(Self.planeBytes[index]))
            views.append(
                try #require(
                    machine.region.view(offset: mapping.driverAddr, count: Int(mapping.len))))
            let named = try machine.export(
                0, .videoCaptureMPlane, plane: UInt32(index), session)
            uuids.insert(try named.decode(at: 72))
        }
        #expect(uuids.count == 3)
        #expect(
            try machine.export(0, .videoCaptureMPlane, plane: 3, session).bytes == Self.invalid)
        let queue = buffer(0, .videoCaptureMPlane, .mmap, planes: planes)
        #expect(try machine.ioctl(.qbuf, queue, session).status == .ok)
        try machine.stream(.streamon, .videoCaptureMPlane, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        #expect(row(views[0].memory) == MediaMachine.firstRow(ofPicture: 0))
    }
}
