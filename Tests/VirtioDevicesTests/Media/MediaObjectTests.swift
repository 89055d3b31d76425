// CAPTURE buffers that are other devices' objects: named by UUID, and nothing but a UUID.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's objects")
struct MediaObjectTests {
    private static let invalid: [UInt8] = [22, 0, 0, 0, 0, 0, 0, 0]

    /// A session with one CAPTURE buffer to queue, and that buffer.
    private func prepared(_ machine: MediaMachine) throws -> (SessionID, V4L2.Buffer) {
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        try machine.requestBuffers(1, .videoCapture, .virtioObject, session)
        return (session, V4L2.Buffer(index: 0, type: .videoCapture, memory: .virtioObject))
    }

    /// The session decodes the unit that it holds into a new object: it goes on.
    private func expectGoesOn(
        _ machine: MediaMachine, _ session: SessionID,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let (object, memory) = try machine.export(sizeBytes: MediaMachine.smallBytes)
        try machine.queueObject(0, object.uuid, session, at: location)
        try machine.stream(.streamon, .videoCapture, session, at: location)
        let events = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0"], sourceLocation: location)
        #expect(
            MediaMachine.firstRow(memory) == MediaMachine.firstRow(ofPicture: 0),
            sourceLocation: location)
    }

    @Test("QBUF gives the UUID and the placeholder back as they came [MED-D-011] [MED-I-006]")
    func placeholder() throws {
        let machine = try MediaMachine()
        var (session, buffer) = try prepared(machine)
        buffer.m = 0x1234_5678
        let uuid = try machine.export(sizeBytes: MediaMachine.smallBytes).object.uuid
        let reply = try machine.ioctl(
            .qbuf, buffer, session, trailing: MediaMachine.bytes(uuid))
        #expect(reply.bytes.count == 8 + 88 + 16)
        let answer = try reply.decode(at: 8, as: V4L2.Buffer.self)
        #expect(answer.m == 0x1234_5678)
        #expect(answer.flags == [.queued, .timestampCopy])
        #expect(answer.length == 3584)
        #expect(try reply.decode(at: 96, as: ResourceUUID.self) == uuid)
    }

    @Test("A UUID cut short is EINVAL, and the session goes on")
    func truncated() throws {
        let machine = try MediaMachine()
        let (session, buffer) = try prepared(machine)
        let uuid = MediaMachine.bytes(
            try machine.export(sizeBytes: MediaMachine.smallBytes).object.uuid)
        for count in 0..<16 {
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: Array(uuid.prefix(count)))
            #expect(reply.bytes == Self.invalid)
        }
        #expect(machine.registry.counters.attachments == 0)
        try expectGoesOn(machine, session)
    }

    @Test(
        "Nil, all ones, unknown, removed and foreign UUIDs are all EINVAL, and the session goes on [ID-1] [ID-5]"
    )
    func unknown() throws {
        let machine = try MediaMachine()
        let other = try MediaMachine()
        let (session, buffer) = try prepared(machine)
        let removed = try machine.export(sizeBytes: MediaMachine.smallBytes).object
        try machine.registry.remove(removed, by: machine.exporter)
        let foreign = try other.export(sizeBytes: MediaMachine.smallBytes).object
        let named = try machine.export(sizeBytes: MediaMachine.smallBytes).object.uuid
        let almost = ResourceUUID(high: named.high, low: named.low ^ 1)
        for uuid in [.zero, .allOnes, removed.uuid, foreign.uuid, almost] {
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.bytes(uuid))
            #expect(reply.bytes == Self.invalid)
        }
        #expect(machine.registry.counters.attachments == 0)
        #expect(other.registry.counters.attachments == 0)
        try expectGoesOn(machine, session)
    }

    @Test("An object smaller than the picture is EINVAL, by a byte too, and is not held")
    func tooSmall() throws {
        let machine = try MediaMachine()
        let (session, buffer) = try prepared(machine)
        for size in [1, 128, MediaMachine.smallBytes - 1] {
            let uuid = try machine.export(sizeBytes: size).object.uuid
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.bytes(uuid))
            #expect(reply.bytes == Self.invalid)
        }
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
        try expectGoesOn(machine, session)
    }

    @Test("An object that no CPU can reach is EINVAL [CPU-1]")
    func notMappable() throws {
        let machine = try MediaMachine()
        let (session, buffer) = try prepared(machine)
        let object = try machine.registry.export(
            by: machine.exporter, sizeBytes: 1 << 20, memory: nil, onUnused: { _ in })
        let reply = try machine.ioctl(
            .qbuf, buffer, session, trailing: MediaMachine.bytes(object.uuid))
        #expect(reply.bytes == Self.invalid)
        try expectGoesOn(machine, session)
    }

    @Test(
        "More attachments or leases than the domain allows are ENOMEM, with nothing half-made [QUOTA-1]"
    )
    func quota() throws {
        var limits = RegistryLimits()
        limits.attachmentsMax = 1
        limits.leasesPerObjectMax = 1
        let machine = try MediaMachine(limits: limits)
        let (session, buffer) = try prepared(machine)
        let (object, _) = try machine.export(sizeBytes: MediaMachine.smallBytes)
        let held = try machine.registry.attach(
            object.uuid, by: machine.exporter, direction: .read)
        let uuid = MediaMachine.bytes(object.uuid)
        let noMemory: [UInt8] = [12, 0, 0, 0, 0, 0, 0, 0]
        #expect(try machine.ioctl(.qbuf, buffer, session, trailing: uuid).bytes == noMemory)
        held.detach()
        let lease = try machine.registry.beginOpaqueRead(of: object)
        #expect(try machine.ioctl(.qbuf, buffer, session, trailing: uuid).bytes == noMemory)
        lease.end()
        #expect(machine.registry.counters.attachments == 0)
        #expect(try machine.ioctl(.qbuf, buffer, session, trailing: uuid).status == .ok)
        #expect(machine.registry.counters.leases == 1)
    }

    @Test("Queueing a buffer anew with the same UUID attaches nothing anew, with another one does")
    func attachments() throws {
        let machine = try MediaMachine()
        let (session, _) = try prepared(machine)
        try expectGoesOn(machine, session)
        #expect(machine.registry.counters.attaches == 1)
        let second = try machine.export(sizeBytes: MediaMachine.smallBytes)
        try machine.queueObject(0, second.object.uuid, session)
        #expect(machine.registry.counters.attaches == 2)
        // The first is let go: the codec has nothing of it any more.
        #expect(machine.registry.counters.attachments == 1)
        try machine.queueCoded(0, MediaMachine.unit(1), session)
        _ = try machine.step(untilEvents: 2)
        try machine.queueObject(0, second.object.uuid, session)
        #expect(machine.registry.counters.attaches == 2)
    }

    @Test("One object in two buffers is written by one after the other [SYNC-1]")
    func sameObjectTwice() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        let (object, memory) = try machine.export(sizeBytes: MediaMachine.smallBytes)
        try machine.requestBuffers(2, .videoCapture, .virtioObject, session)
        for index: UInt32 in 0..<2 { try machine.queueObject(index, object.uuid, session) }
        try machine.stream(.streamon, .videoCapture, session)
        try machine.queueCoded(1, MediaMachine.unit(1), session)
        let events = try machine.step(untilEvents: 4).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0", "picture 1", "coded 1"])
        #expect(MediaMachine.firstRow(memory) == MediaMachine.firstRow(ofPicture: 1))
    }

    @Test(
        "An object removed while it is queued still takes its picture, and is freed then [LIFE-1]")
    func removedWhileQueued() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        let (object, memory) = try machine.export(sizeBytes: MediaMachine.smallBytes)
        try machine.requestBuffers(1, .videoCapture, .virtioObject, session)
        try machine.queueObject(0, object.uuid, session)
        try machine.registry.remove(object, by: machine.exporter)
        machine.host.serveHost()
        #expect(machine.registry.counters.objects == 1)
        try machine.stream(.streamon, .videoCapture, session)
        let events = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0"])
        #expect(MediaMachine.firstRow(memory) == MediaMachine.firstRow(ofPicture: 0))
        // The codec has let go by now, and nothing else holds it.
        #expect(machine.registry.counters.objects == 0)
        #expect(machine.registry.counters.aliveBytes == 0)
        let buffer = V4L2.Buffer(index: 0, type: .videoCapture, memory: .virtioObject)
        let again = try machine.ioctl(
            .qbuf, buffer, session, trailing: MediaMachine.bytes(object.uuid))
        #expect(again.bytes == Self.invalid)
    }

    @Test(
        "A reset of the exporter ends the session with EVT_ERROR; only CLOSE works [MED-I-008] [LIFE-2] [LIFE-3]"
    )
    func exporterReset() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let other = try machine.open()
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(2, session)
        _ = try machine.step(untilEvents: 2)
        machine.registry.reset(machine.exporter)
        let events = try machine.step(untilEvents: 1).map { try MediaEventLine($0) }
        #expect(events.map(\.text) == ["error EIO"])
        #expect(events.map(\.session) == [session])
        #expect(
            machine.registry.waitUntilUnused(
                exporter: machine.exporter, untilNanos: deadline(millis: 5000)))
        #expect(machine.registry.counters.objects == 0)
        let format = V4L2.Format(type: .videoOutput)
        #expect(try machine.ioctl(.gFmt, format, session).bytes == [5, 0, 0, 0, 0, 0, 0, 0])
        #expect(try machine.ioctl(.gFmt, format, other).status == .ok)
        #expect(try machine.close(session).status == .ok)
        #expect(try machine.close(other).status == .ok)
    }

    @Test(
        "A reset of the exporter while the codec waits, or writes, is waited for, not for ever [LIFE-2]"
    )
    func exporterResetWhileDecoding() throws {
        let begun = Monitor(false)
        let decoder = SimulatedDecoder.describe(onHalfWritten: { _ in
            begun.update { $0 = true }
            _ = begun.wait(untilNanos: deadline(millis: 50)) { _ in nil as Bool? }
        })
        let machine = try MediaMachine(decoders: [decoder])
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(1, session)
        #expect(begun.wait(untilNanos: deadline(millis: 5000)) { $0 ? true : nil } == true)
        machine.registry.reset(machine.exporter)
        #expect(machine.registry.counters.objects == 1)
        machine.host.serveHost()
        #expect(
            machine.registry.waitUntilUnused(
                exporter: machine.exporter, untilNanos: deadline(millis: 5000)))
        #expect(machine.registry.counters.objects == 0)
        #expect(try machine.close(session).status == .ok)
    }

    @Test(
        "A buffer that is still read is passed over, and written when the reader ends [SYNC-1] [SYNC-3]"
    )
    func readerHoldsBuffer() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        let read = try machine.export(sizeBytes: MediaMachine.smallBytes)
        let free = try machine.export(sizeBytes: MediaMachine.smallBytes)
        let lease = try machine.registry.beginOpaqueRead(of: read.object)
        try machine.requestBuffers(2, .videoCapture, .virtioObject, session)
        try machine.queueObject(0, read.object.uuid, session)
        try machine.queueObject(1, free.object.uuid, session)
        try machine.stream(.streamon, .videoCapture, session)
        try machine.queueCoded(1, MediaMachine.unit(1), session)
        let first = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(first == ["picture 1", "coded 0"])
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
        #expect(read.memory.range.bytes().allSatisfy { $0 == 0 })
        lease.end()
        let second = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(second == ["picture 0", "coded 1"])
        #expect(MediaMachine.firstRow(read.memory) == MediaMachine.firstRow(ofPicture: 1))
    }
}
