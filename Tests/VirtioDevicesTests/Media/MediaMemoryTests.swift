// Objects with coded data, objects laid out otherwise, slow memory, formats by a copy.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's memory")
struct MediaMemoryTests {
    private static let invalid: [UInt8] = [22, 0, 0, 0, 0, 0, 0, 0]

    private func queueCoded(
        _ index: UInt32, _ uuid: ResourceUUID, bytesused: UInt32 = 24, length: UInt32 = 0,
        _ session: SessionID, _ machine: MediaMachine
    ) throws -> MediaReply {
        let buffer = V4L2.Buffer(
            index: index, type: .videoOutput, bytesused: bytesused,
            timestamp: V4L2.Timeval(sec: 100 + Int64(index), usec: 7), memory: .virtioObject,
            m: 0x1234_5678, length: length)
        return try machine.ioctl(.qbuf, buffer, session, trailing: MediaMachine.bytes(uuid))
    }

    private func openObjects(_ machine: MediaMachine) throws -> SessionID {
        try machine.postEvents(40)
        let session = try machine.open()
        try machine.subscribe(.sourceChange, session)
        try machine.requestBuffers(4, .videoOutput, .virtioObject, session)
        try machine.stream(.streamon, .videoOutput, session)
        return session
    }

    @Test(
        "Coded data is read out of an object, when nobody writes it any more [MED-D-011] [MED-I-006] [SYNC-1]"
    )
    func codedObject() throws {
        let machine = try MediaMachine()
        let session = try openObjects(machine)
        let first = try machine.export(sizeBytes: 4096)
        let second = try machine.export(sizeBytes: 24)
        second.memory.range.write(MediaMachine.unit(5))
        let writer = try machine.registry.attach(
            first.object.uuid, by: machine.exporter, direction: .write)
        let lease = try writer.requestLease(.write)
        let reply = try queueCoded(0, first.object.uuid, session, machine)
        #expect(reply.bytes.count == 8 + 88 + 16)
        #expect(try reply.decode(at: 8, as: V4L2.Buffer.self).m == 0x1234_5678)
        #expect(try queueCoded(1, second.object.uuid, session, machine).status == .ok)
        // Neither overtakes the one that is still written.
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
        first.memory.range.write(MediaMachine.unit(4))
        lease.end()
        let events = try machine.step(untilEvents: 1).map { try MediaEventLine($0).text }
        #expect(events == ["source change"])
        // They are ours by now: what is written later is not decoded.
        first.memory.range.fill(0xff)
        second.memory.range.fill(0xff)
        let objects = try machine.startCapture(2, session)
        let rest = try machine.step(untilEvents: 4).map { try MediaEventLine($0).text }
        #expect(rest == ["picture 0", "coded 0", "picture 1", "coded 1"])
        for (number, object) in zip([4, 5], objects) {
            #expect(
                MediaMachine.firstRow(object.memory) == MediaMachine.firstRow(ofPicture: number))
        }
        #expect(machine.registry.counters.leases == 0)
    }

    @Test("Coded data that does not lie inside its object is EINVAL")
    func codedBounds() throws {
        let machine = try MediaMachine()
        let session = try openObjects(machine)
        let uuid = try machine.export(sizeBytes: 100).object.uuid
        for (bytesused, length) in [
            (101, 0), (0, 0), (24, 101), (50, 49), (.max, 0), (24, .max), (.max, .max),
        ] as [(UInt32, UInt32)] {
            let reply = try queueCoded(
                0, uuid, bytesused: bytesused, length: length, session, machine)
            #expect(reply.bytes == Self.invalid, "\(bytesused) of \(length)")
        }
        #expect(try queueCoded(0, .zero, session, machine).bytes == Self.invalid)
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.chargedBytes == 0)
        #expect(
            try queueCoded(0, uuid, bytesused: 100, length: 100, session, machine).status == .ok)
    }

    @Test("The UUID of an index may change at every QBUF, for coded data too")
    func changingNames() throws {
        let machine = try MediaMachine()
        let session = try openObjects(machine)
        let first = try machine.export(sizeBytes: 24)
        first.memory.range.write(MediaMachine.unit(0))
        #expect(try queueCoded(0, first.object.uuid, session, machine).status == .ok)
        #expect(try machine.step(untilEvents: 1).count == 1)
        let pictures = try machine.startCapture(1, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        for number: UInt32 in 1..<5 {
            let other = try machine.export(sizeBytes: 24)
            other.memory.range.write(MediaMachine.unit(number))
            let picture = try machine.export(sizeBytes: MediaMachine.smallBytes)
            try machine.queueObject(0, picture.object.uuid, session)
            #expect(try queueCoded(0, other.object.uuid, session, machine).status == .ok)
            #expect(try machine.step(untilEvents: 2).count == 2)
            #expect(
                MediaMachine.firstRow(picture.memory)
                    == MediaMachine.firstRow(ofPicture: Int(number)))
            #expect(machine.registry.counters.attachments == 2)
        }
        #expect(
            MediaMachine.firstRow(pictures[0].memory) == MediaMachine.firstRow(ofPicture: 0))
    }

    /// An object of a 16x16 picture with rows `stride` apart and no padding.
    private func tight(
        _ machine: MediaMachine, stride: Int = 16, width: UInt32 = 16, rows: UInt64 = 16,
        fourcc: V4L2.FourCC = .yuv420
    ) throws -> (uuid: ResourceUUID, memory: SharedMemory) {
        let size = stride * Int(rows) * 3 / 2
        let memory = try SharedMemory(name: "tight", sizeBytes: size)
        let (luma, half) = (UInt64(stride) * rows, UInt64(stride / 2))
        let layout = PixelLayout(
            format: PixelFormat(fourcc), width: width, height: UInt32(rows),
            planes: [
                .init(offsetBytes: 0, strideBytes: UInt64(stride), rows: rows),
                .init(offsetBytes: luma, strideBytes: half, rows: rows / 2),
                .init(offsetBytes: luma + luma / 4, strideBytes: half, rows: rows / 2),
            ])
        var description = ObjectDescription(
            sizeBytes: UInt64(size), backing: .hostMemory, layout: layout, memory: memory.range)
        description.isContiguous = true
        let object = try machine.registry.export(
            description, by: machine.exporter, onUnused: { _ in withExtendedLifetime(memory) {} })
        return (object.uuid, memory)
    }

    @Test("An object that is laid out otherwise takes the picture by one counted copy [CAP-5]")
    func otherLayout() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders(firstNumber: 3)
        try machine.requestBuffers(1, .videoCapture, .virtioObject, session)
        let (uuid, memory) = try tight(machine)
        try machine.queueObject(0, uuid, session)
        try machine.stream(.streamon, .videoCapture, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        for y in 0..<16 {
            let right = (0..<16).map {
                SimulatedPattern.luma(x: $0, y: y, width: 16, height: 16, number: 3)
            }
            #expect(memory.range.slice(offset: y * 16, count: 16)?.bytes() == right)
        }
        #expect(machine.device.statistics.copiedPictures == [.bufferLayout: 1])
        #expect(machine.device.statistics.copiedBytes == 384)
    }

    @Test("An object whose layout cannot hold the picture is EINVAL")
    func badLayouts() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        try machine.requestBuffers(1, .videoCapture, .virtioObject, session)
        let bad = [
            try tight(machine, width: 15), try tight(machine, stride: 14),
            try tight(machine, rows: 14), try tight(machine, fourcc: .nv12),
            try tight(machine, fourcc: .h264),
        ]
        let buffer = V4L2.Buffer(index: 0, type: .videoCapture, memory: .virtioObject)
        for (uuid, _) in bad {
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.bytes(uuid))
            #expect(reply.bytes == Self.invalid)
        }
        #expect(machine.registry.counters.attachments == 0)
    }

    @Test("Memory that is slow to read is copied into, and that is told")
    func slow() throws {
        let machine = try MediaMachine { $0.isSlowToRead = { $0.sizeBytes == 4096 } }
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(1, session, sizeBytes: 4096)
        #expect(try machine.step(untilEvents: 2).count == 2)
        #expect(
            MediaMachine.firstRow(objects[0].memory) == MediaMachine.firstRow(ofPicture: 0))
        #expect(machine.device.statistics.copiedPictures == [.slowMemory: 1])
    }

    @Test(
        "NV12 is put into objects by one counted copy; the format is fixed while there are buffers")
    func interleaved() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders(firstNumber: 2)
        let format = V4L2.Format(
            type: .videoCapture,
            pix: V4L2.PixFormat(width: 0, height: 0, pixelformat: .nv12))
        let answer: V4L2.Format = try machine.ioctl(.sFmt, format, session).decode(at: 8)
        #expect(answer.pix.pixelformat == .nv12)
        #expect(answer.pix.sizeimage == UInt32(MediaMachine.smallBytes))
        let objects = try machine.startCapture(1, session)
        #expect(try machine.ioctl(.sFmt, format, session).status == .ebusy)
        #expect(try machine.step(untilEvents: 2).count == 2)
        let right = (0..<8).flatMap { x -> [UInt8] in
            let both = SimulatedPattern.chroma(x: x, y: 0, width: 16, height: 16, number: 2)
            return [both.cb, both.cr]
        }
        #expect(objects[0].memory.range.slice(offset: 18 * 128, count: 16)?.bytes() == right)
        #expect(machine.device.statistics.copiedPictures == [.otherLayout: 1])
    }

    @Test("Guest pages stay mapped while a picture may still be written into them")
    func pins() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        try machine.requestBuffers(1, .videoCapture, .sharedPages, session)
        let extra = try SharedMemory(name: "extra", sizeBytes: 0x1_0000)
        let start = GuestAddress(0x4000_0000)
        try machine.memory.add(GuestRegion(start: start, memory: extra))
        let buffer = V4L2.Buffer(
            index: 0, type: .videoCapture, memory: .sharedPages, length: 0x1_0000)
        let list = MediaMachine.entries([GuestSegment(start: start, count: 0x1_0000)])
        #expect(try machine.ioctl(.qbuf, buffer, session, trailing: list).status == .ok)
        let removal = try machine.memory.remove(start)
        #expect(!removal.waitUntilUnused(untilNanos: 1))
        try machine.stream(.streamon, .videoCapture, session)
        #expect(try machine.step(untilEvents: 2).count == 2)
        #expect(removal.waitUntilUnused(untilNanos: deadline(millis: 5000)))
        let row = extra.range.slice(offset: 15 * 128, count: 16)?.bytes()
        #expect(row == MediaMachine.firstRow(ofPicture: 0))
    }

    @Test("Coded data that waits is charged to the device, and refunded by every way out [QUOTA-1]")
    func charges() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(4, .videoOutput, .sharedPages, session)
        for index: UInt32 in 0..<3 {
            try machine.queueCoded(index, MediaMachine.unit(index), session)
        }
        #expect(machine.registry.counters.chargedBytes == 72)
        try machine.stream(.streamoff, .videoOutput, session)
        #expect(machine.registry.counters.chargedBytes == 0)
        try machine.queueCoded(0, MediaMachine.unit(0), session)
        try machine.requestBuffers(2, .videoOutput, .sharedPages, session)
        #expect(machine.registry.counters.chargedBytes == 0)
        try machine.queueCoded(0, MediaMachine.unit(0), session)
        #expect(try machine.close(session).status == .ok)
        #expect(machine.registry.counters.chargedBytes == 0)
        let small = try MediaMachine { $0.memoryBytesMax = 40 }
        let only = try small.open()
        try small.requestBuffers(4, .videoOutput, .sharedPages, only)
        try small.queueCoded(0, MediaMachine.unit(0), only)
        let list = MediaMachine.entries([
            GuestSegment(start: GuestAddress(MediaMachine.pages), count: 24)
        ])
        let buffer = V4L2.Buffer(
            index: 1, type: .videoOutput, bytesused: 24, memory: .sharedPages, length: 24)
        #expect(try small.ioctl(.qbuf, buffer, only, trailing: list).status == .enomem)
    }
}
