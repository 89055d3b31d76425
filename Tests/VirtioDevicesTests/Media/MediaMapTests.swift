// MMAP buffers: memory of the device's, seen in shared memory region 0, and by UUID elsewhere.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension MediaMachine {
    /// What QUERYBUF tells of a buffer of the device's own memory.
    func query(_ index: UInt32, _ type: V4L2.BufType, _ session: SessionID) throws -> V4L2.Buffer {
        let asked = V4L2.Buffer(index: index, type: type, memory: .mmap)
        let reply = try ioctl(.querybuf, asked, session)
        try #require(reply.status == .ok)
        return try reply.decode(at: 8)
    }

    func map(_ offset: UInt32, _ session: SessionID, flags: VirtioMedia.MMapFlags = .rw) throws
        -> MediaReply
    {
        try send(
            Self.bytes(VirtioMedia.CmdMMap(sessionID: session, flags: flags, offset: offset)))
    }

    func unmap(_ address: UInt64) throws -> MediaReply {
        try send(Self.bytes(VirtioMedia.CmdMUnmap(driverAddr: address)))
    }

    /// Maps a buffer's only plane; its address and its bytes.
    func mapped(
        _ index: UInt32, _ type: V4L2.BufType, _ session: SessionID,
        flags: VirtioMedia.MMapFlags = .rw
    ) throws -> (address: UInt64, view: SharedMemoryView) {
        let buffer = try query(index, type, session)
        let reply = try map(UInt32(buffer.m), session, flags: flags)
        try #require(reply.status == .ok)
        let answer: VirtioMedia.RespMMap = try reply.decode()
        let view = try #require(
            region.view(offset: answer.driverAddr, count: Int(answer.len)))
        return (answer.driverAddr, view)
    }

    func export(_ index: UInt32, _ type: V4L2.BufType, plane: UInt32 = 0, _ session: SessionID)
        throws -> MediaReply
    {
        try ioctl(
            .expbuf, V4L2.ExportBuffer(type: type, index: index, plane: plane, fd: 0x1234_5678),
            session, trailing: [UInt8](repeating: 0xee, count: 16))
    }

    func exported(_ index: UInt32, _ type: V4L2.BufType, _ session: SessionID) throws
        -> ResourceUUID
    {
        let reply = try export(index, type, session)
        try #require(reply.status == .ok)
        return try reply.decode(at: 8 + 64)
    }

    /// Queues a buffer of the device's own memory.
    func queueMapped(_ index: UInt32, _ session: SessionID, bytesused: UInt32? = nil) throws {
        let buffer = V4L2.Buffer(
            index: index, type: bytesused == nil ? .videoCapture : .videoOutput,
            bytesused: bytesused ?? 0, timestamp: V4L2.Timeval(sec: 100 + Int64(index), usec: 7),
            memory: .mmap)
        try #require(try ioctl(.qbuf, buffer, session).status == .ok)
    }
}

@Suite("The media device's own buffers")
struct MediaMapTests {
    private static let invalid: [UInt8] = [22, 0, 0, 0, 0, 0, 0, 0]

    /// A session with headers, whose CAPTURE is of two MMAP buffers that stream.
    private func started(_ machine: MediaMachine) throws -> SessionID {
        try machine.postEvents(40)
        let session = try machine.openWithHeaders()
        try machine.requestBuffers(2, .videoCapture, .mmap, session)
        for index: UInt32 in 0..<2 { try machine.queueMapped(index, session) }
        try machine.stream(.streamon, .videoCapture, session)
        return session
    }

    @Test(
        "MMAP shows a plane in region 0: inside, apart, and of the plane's length [MED-D-008] [MED-I-004]"
    )
    func ranges() throws {
        let machine = try MediaMachine()
        try machine.postEvents(10)
        let session = try machine.openWithHeaders()
        try machine.requestBuffers(3, .videoCapture, .mmap, session)
        try machine.stream(.streamoff, .videoOutput, session)
        try machine.requestBuffers(2, .videoOutput, .mmap, session)
        var ranges: [Range<UInt64>] = []
        var cookies = Set<UInt64>()
        for (type, count) in [(V4L2.BufType.videoCapture, UInt32(3)), (.videoOutput, 2)] {
            for index in 0..<count {
                let buffer = try machine.query(index, type, session)
                #expect(buffer.length == (type == .videoCapture ? 3584 : 1 << 20))
                #expect(cookies.insert(buffer.m).inserted)
                let reply = try machine.map(UInt32(buffer.m), session)
                #expect(reply.bytes.count == 24)
                let answer: VirtioMedia.RespMMap = try reply.decode()
                #expect(answer.len == UInt64(buffer.length))
                ranges.append(answer.driverAddr..<(answer.driverAddr + answer.len))
            }
        }
        for (index, range) in ranges.enumerated() {
            #expect(range.upperBound <= machine.device.sharedMemoryWindows[0].sizeBytes)
            for other in ranges[(index + 1)...] {
                // Not even in one page.
                #expect(range.lowerBound / 4096 != other.lowerBound / 4096)
                #expect(!range.overlaps(other))
            }
        }
    }

    @Test("Without the flag RW a mapping is for reading, with it for both [MED-I-004]")
    func access() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .mmap, session)
        #expect(try machine.mapped(0, .videoOutput, session, flags: []).view.access == .read)
        #expect(try machine.mapped(0, .videoOutput, session).view.access == .readWrite)
        let cookie = UInt32(try machine.query(0, .videoOutput, session).m)
        let unknown = VirtioMedia.MMapFlags(rawValue: 2)
        #expect(try machine.map(cookie, session, flags: unknown).bytes == Self.invalid)
    }

    @Test(
        "What is written through a mapping is what is decoded, and pictures are seen through one [MED-I-004]"
    )
    func decode() throws {
        let machine = try MediaMachine()
        try machine.postEvents(40)
        let session = try machine.open()
        try machine.subscribe(.sourceChange, session)
        try machine.requestBuffers(2, .videoOutput, .mmap, session)
        try machine.stream(.streamon, .videoOutput, session)
        for index: UInt32 in 0..<2 {
            let coded = try machine.mapped(index, .videoOutput, session).view.memory
            coded.write(MediaMachine.unit(index + 7))
            try machine.queueMapped(index, session, bytesused: 24)
            // The unit is the device's from QBUF on.
            coded.fill(0xff)
        }
        #expect(try machine.step(untilEvents: 1).count == 1)
        try machine.requestBuffers(2, .videoCapture, .mmap, session)
        let views = try (0..<2).map { index in
            try machine.mapped(UInt32(index), .videoCapture, session, flags: []).view
        }
        #expect(views.allSatisfy { $0.memory.bytes().allSatisfy { $0 == 0 } })
        for index: UInt32 in 0..<2 { try machine.queueMapped(index, session) }
        try machine.stream(.streamon, .videoCapture, session)
        let events = try machine.step(untilEvents: 4).map { try MediaEventLine($0) }
        #expect(events.map(\.text) == ["picture 0", "coded 0", "picture 1", "coded 1"])
        let pictures = events.compactMap(\.buffer).filter { $0.type == .videoCapture }
        #expect(pictures.map(\.timestamp.sec) == [100, 101])
        #expect(pictures.map(\.memory) == [.mmap, .mmap])
        for (index, view) in views.enumerated() {
            let row = view.memory.slice(offset: 15 * 128, count: 16)?.bytes()
            #expect(row == MediaMachine.firstRow(ofPicture: index + 7))
        }
        #expect(machine.device.statistics.copiedBytes == 0)
    }

    @Test("QUERYBUF says where a plane is, and whether it is mapped and queued")
    func query() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(2, .videoOutput, .mmap, session)
        #expect(try machine.query(0, .videoOutput, session).flags == .timestampCopy)
        let (address, view) = try machine.mapped(0, .videoOutput, session)
        #expect(try machine.query(0, .videoOutput, session).flags == [.mapped, .timestampCopy])
        view.memory.write(MediaMachine.unit(1))
        try machine.queueMapped(0, session, bytesused: 24)
        #expect(
            try machine.query(0, .videoOutput, session).flags
                == [.mapped, .queued, .timestampCopy])
        #expect(try machine.unmap(address).status == .ok)
        #expect(
            try machine.query(0, .videoOutput, session).flags == [.queued, .timestampCopy])
    }

    @Test(
        "A mapping stays when its buffers are freed and the session is closed, until MUNMAP [MED-D-009]"
    )
    func outlives() throws {
        let machine = try MediaMachine()
        let session = try started(machine)
        let (address, view) = try machine.mapped(0, .videoCapture, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.requestBuffers(0, .videoCapture, .mmap, session)
        let row = view.memory.slice(offset: 15 * 128, count: 16)
        #expect(row?.bytes() == MediaMachine.firstRow(ofPicture: 0))
        // Nothing takes its place meanwhile.
        try machine.requestBuffers(4, .videoCapture, .mmap, session)
        for index: UInt32 in 0..<4 {
            #expect(try machine.mapped(index, .videoCapture, session).address != address)
        }
        #expect(try machine.close(session).status == .ok)
        let again = try #require(machine.region.view(offset: address, count: 3584))
        #expect(
            again.memory.slice(offset: 15 * 128, count: 16)?.bytes()
                == MediaMachine.firstRow(ofPicture: 0))
        #expect(machine.registry.counters.objects == 0)
        #expect(machine.registry.counters.chargedBytes == 5 * 4096)
        #expect(try machine.unmap(address).bytes == [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(try machine.unmap(address).bytes == Self.invalid)
        #expect(machine.region.view(offset: address, count: 1) == nil)
        #expect(machine.region.mappingCount == 4)
    }

    @Test("A reset ends all mappings and gives everything back")
    func reset() throws {
        let machine = try MediaMachine()
        let session = try started(machine)
        _ = try machine.mapped(0, .videoCapture, session)
        _ = try machine.mapped(1, .videoCapture, session)
        #expect(machine.region.mappingCount == 2)
        try machine.restart()
        #expect(machine.region.mappingCount == 0)
        let counters = machine.registry.counters
        #expect(counters.objects == 0)
        #expect(counters.attachments == 0)
        #expect(counters.leases == 0)
        #expect(counters.aliveBytes == 0)
        #expect(counters.chargedBytes == 0)
    }

    @Test(
        "MMAP of an offset that QUERYBUF has not given, and MUNMAP of an address that MMAP has not, are EINVAL"
    )
    func badOffsets() throws {
        let machine = try MediaMachine()
        let (session, other) = (try machine.open(), try machine.open())
        try machine.requestBuffers(1, .videoOutput, .mmap, session)
        let cookie = UInt32(try machine.query(0, .videoOutput, session).m)
        for offset in [0, cookie + 1, cookie + 0x1000, .max] {
            #expect(try machine.map(offset, session).bytes == Self.invalid)
        }
        #expect(try machine.map(cookie, other).bytes == Self.invalid)
        #expect(try machine.map(cookie, SessionID(99)).bytes == Self.invalid)
        let (address, _) = try machine.mapped(0, .videoOutput, session)
        for bad in [address + 1, address + 4096, UInt64.max, 1 << 40] {
            #expect(try machine.unmap(bad).bytes == Self.invalid)
        }
        try machine.requestBuffers(0, .videoOutput, .mmap, session)
        #expect(try machine.map(cookie, session).bytes == Self.invalid)
        #expect(try machine.unmap(address).status == .ok)
    }

    @Test("Without a region there is no MMAP: REQBUFS says so, and MMAP and MUNMAP are EINVAL")
    func noRegion() throws {
        let machine = try MediaMachine(hasRegion: false)
        let session = try machine.open()
        let asked = V4L2.RequestBuffers(count: 1, type: .videoOutput, memory: .mmap)
        #expect(try machine.ioctl(.reqbufs, asked, session).bytes == Self.invalid)
        let pages = V4L2.RequestBuffers(count: 1, type: .videoOutput, memory: .sharedPages)
        let answer: V4L2.RequestBuffers = try machine.ioctl(.reqbufs, pages, session).decode(at: 8)
        #expect(!answer.capabilities.contains(.mmap))
        #expect(try machine.map(0, session).bytes == Self.invalid)
        #expect(try machine.unmap(0).bytes == Self.invalid)
    }

    @Test("More mappings, planes or bytes than there may be are ENOMEM, and what there was stays")
    func limits() throws {
        let machine = try MediaMachine {
            $0.mmapPlanesMax = 3
            $0.mappingsMax = 2
            $0.mmapRegionBytes = 3 << 20
        }
        let noMemory: [UInt8] = [12, 0, 0, 0, 0, 0, 0, 0]
        let session = try machine.open()
        let asked = V4L2.RequestBuffers(count: 8, type: .videoOutput, memory: .mmap)
        // As many as can be had.
        let reply = try machine.ioctl(.reqbufs, asked, session)
        #expect(try reply.decode(at: 8, as: V4L2.RequestBuffers.self).count == 3)
        let other = try machine.open()
        #expect(try machine.ioctl(.reqbufs, asked, other).bytes == noMemory)
        let first = try machine.mapped(0, .videoOutput, session)
        _ = try machine.mapped(1, .videoOutput, session)
        let cookie = UInt32(try machine.query(2, .videoOutput, session).m)
        #expect(try machine.map(cookie, session).bytes == noMemory)
        #expect(try machine.unmap(first.address).status == .ok)
        #expect(try machine.map(cookie, session).status == .ok)
        try machine.requestBuffers(0, .videoOutput, .mmap, session)
        #expect(try machine.ioctl(.reqbufs, asked, other).status == .ok)
        let small = try MediaMachine { $0.memoryBytesMax = 5 << 19 }
        let only = try small.open()
        let some = try small.ioctl(.reqbufs, asked, only)
        #expect(try some.decode(at: 8, as: V4L2.RequestBuffers.self).count == 2)
        // What is mapped counts as well.
        let two = UInt32(try small.query(0, .videoOutput, only).m)
        #expect(try small.map(two, only).bytes == noMemory)
    }

    // MARK: EXPBUF

    @Test(
        "EXPBUF gives a UUID that the domain knows, each time the same, and keeps the placeholder [MED-D-011] [MED-I-007] [ID-4]"
    )
    func export() throws {
        let machine = try MediaMachine()
        let session = try started(machine)
        let reply = try machine.export(0, .videoCapture, session)
        #expect(reply.bytes.count == 8 + 64 + 16)
        #expect(try reply.decode(at: 8, as: V4L2.ExportBuffer.self).fd == 0x1234_5678)
        let uuid: ResourceUUID = try reply.decode(at: 72)
        #expect(try machine.exported(0, .videoCapture, session) == uuid)
        #expect(try machine.exported(1, .videoCapture, session) != uuid)
        let object = try machine.registry.object(named: uuid, for: machine.exporter)
        #expect(object.sizeBytes == 3584)
        #expect(object.layout?.format.fourcc == .yuv420)
        #expect(object.layout?.planes.map(\.strideBytes) == [128, 64, 64])
        #expect(try machine.step(untilEvents: 2).count == 2)
        let attachment = try machine.registry.attach(
            uuid, by: machine.exporter, direction: .read)
        let row = attachment.memory.slice(offset: 15 * 128, count: 16)?.bytes()
        #expect(row == MediaMachine.firstRow(ofPicture: 0))
    }

    @Test("EXPBUF of what is no plane of an MMAP buffer is EINVAL")
    func badExport() throws {
        let machine = try MediaMachine()
        let session = try started(machine)
        #expect(try machine.export(2, .videoCapture, session).bytes == Self.invalid)
        #expect(try machine.export(0, .videoCapture, plane: 1, session).bytes == Self.invalid)
        #expect(try machine.export(0, .videoOutput, session).bytes == Self.invalid)
        #expect(try machine.export(0, .videoCaptureMPlane, session).bytes == Self.invalid)
        let flags = V4L2.ExportBuffer(type: .videoCapture, index: 0, flags: 0x1000)
        #expect(try machine.ioctl(.expbuf, flags, session).bytes == Self.invalid)
    }

    @Test("An exported buffer is decoded into by another session, as an object [MED-I-007]")
    func otherSession() throws {
        let machine = try MediaMachine()
        let owner = try started(machine)
        #expect(try machine.step(untilEvents: 2).count == 2)
        let uuid = try machine.exported(0, .videoCapture, owner)
        let view = try machine.mapped(0, .videoCapture, owner, flags: []).view
        let session = try machine.openWithHeaders(firstNumber: 33)
        try machine.requestBuffers(1, .videoCapture, .virtioObject, session)
        try machine.queueObject(0, uuid, session)
        try machine.stream(.streamon, .videoCapture, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        let row = view.memory.slice(offset: 15 * 128, count: 16)
        #expect(row?.bytes() == MediaMachine.firstRow(ofPicture: 33))
        // The owner's buffers go; the other's hold keeps the bytes.
        try machine.stream(.streamoff, .videoCapture, owner)
        try machine.requestBuffers(0, .videoCapture, .mmap, owner)
        #expect(throws: RegistryError.unknownObject) {
            try machine.registry.object(named: uuid, for: machine.exporter)
        }
        #expect(machine.registry.counters.objects == 1)
        #expect(try machine.close(session).status == .ok)
        #expect(machine.registry.counters.objects == 0)
    }

    @Test("A buffer that another device reads is not written before it is done [SYNC-1]")
    func leases() throws {
        let machine = try MediaMachine()
        let session = try started(machine)
        #expect(try machine.step(untilEvents: 2).count == 2)
        let uuid = try machine.exported(0, .videoCapture, session)
        let object = try machine.registry.object(named: uuid, for: machine.exporter)
        let lease = try machine.registry.beginOpaqueRead(of: object)
        try machine.queueMapped(0, session)
        for number: UInt32 in 1...2 {
            try machine.queueCoded(number, MediaMachine.unit(number), session)
        }
        let events = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(events == ["picture 1", "coded 1"])
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
        lease.end()
        let later = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(later == ["picture 0", "coded 2"])
    }

    // MARK: CREATE_BUFS

    @Test("CREATE_BUFS adds buffers of at least the format's size, and tells the first one's index")
    func create() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let format = V4L2.Format(
            type: .videoOutput,
            pix: V4L2.PixFormat(
                width: 0, height: 0, pixelformat: SimulatedUnit.fourcc, sizeimage: 2 << 20))
        let create = { (count: UInt32, memory: V4L2.Memory, format: V4L2.Format) in
            try machine.ioctl(
                .createBufs, V4L2.CreateBuffers(count: count, memory: memory, format: format),
                session)
        }
        let question: V4L2.CreateBuffers = try create(0, .mmap, format).decode(at: 8)
        #expect([question.index, question.count, question.maxNumBuffers] == [0, 0, 32])
        #expect(question.capabilities.contains([.mmap, .maxNumBuffers]))
        try machine.requestBuffers(2, .videoOutput, .mmap, session)
        let reply = try create(3, .mmap, format)
        #expect(reply.bytes.count == 8 + 256)
        let answer: V4L2.CreateBuffers = try reply.decode(at: 8)
        #expect([answer.index, answer.count] == [2, 3])
        #expect(answer.format == format)
        #expect(try machine.query(1, .videoOutput, session).length == 1 << 20)
        #expect(try machine.query(2, .videoOutput, session).length == 2 << 20)
        // While it streams, too.
        try machine.stream(.streamon, .videoOutput, session)
        let more: V4L2.CreateBuffers = try create(100, .mmap, format).decode(at: 8)
        #expect([more.index, more.count] == [5, 27])
        #expect(try create(1, .mmap, format).bytes == [105, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("CREATE_BUFS of other memory, too small a size or another format is EINVAL")
    func badCreate() throws {
        let machine = try MediaMachine()
        try machine.postEvents(10)
        let session = try machine.openWithHeaders()
        let create = {
            (memory: V4L2.Memory, type: V4L2.BufType, fourcc: V4L2.FourCC, size: UInt32) in
            let pix = V4L2.PixFormat(
                width: 16, height: 18, pixelformat: fourcc, sizeimage: size)
            return try machine.ioctl(
                .createBufs,
                V4L2.CreateBuffers(
                    count: 1, memory: memory, format: V4L2.Format(type: type, pix: pix)),
                session
            ).status
        }
        #expect(try create(.mmap, .videoOutput, SimulatedUnit.fourcc, 2 << 20) == .einval)
        #expect(try create(.sharedPages, .videoOutput, SimulatedUnit.fourcc, 100) == .einval)
        #expect(try create(.sharedPages, .videoOutput, .h264, 2 << 20) == .einval)
        #expect(try create(.mmap, .videoCapture, .yuv420, 3583) == .einval)
        #expect(try create(.mmap, .videoCapture, .nv12, 3584) == .einval)
        #expect(try create(.mmap, .videoCaptureMPlane, .yuv420, 3584) == .einval)
        #expect(try create(V4L2.Memory(3), .videoCapture, .yuv420, 3584) == .einval)
        #expect(try create(.mmap, .videoCapture, .yuv420, .max) == .einval)
        #expect(try create(.mmap, .videoCapture, .yuv420, 3584) == .ok)
        #expect(try create(.sharedPages, .videoOutput, SimulatedUnit.fourcc, 2 << 20) == .ok)
        let early = try machine.open()
        let pix = V4L2.PixFormat(width: 16, height: 18, pixelformat: .yuv420, sizeimage: 3584)
        let asked = V4L2.CreateBuffers(
            count: 1, memory: .mmap, format: V4L2.Format(type: .videoCapture, pix: pix))
        #expect(try machine.ioctl(.createBufs, asked, early).status == .einval)
    }
}
