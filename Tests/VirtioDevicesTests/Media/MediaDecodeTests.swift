// Decoding by bytes: what is told, in which order, and what is not.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device decodes")
struct MediaDecodeTests {
    @Test(
        "into the objects that it was lent, and tells of each buffer once [MED-I-009] [MED-I-010]")
    func path() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders(firstNumber: 5)
        let objects = try machine.startCapture(3, session)
        try machine.queueCoded(1, MediaMachine.unit(6), session)
        let events = try machine.step(untilEvents: 4).map { try MediaEventLine($0) }
        #expect(events.allSatisfy { $0.session == session })
        #expect(events.map(\.text) == ["picture 0", "coded 0", "picture 1", "coded 1"])
        let pictures = events.compactMap(\.buffer).filter { $0.type == .videoCapture }
        #expect(pictures.map(\.sequence) == [0, 1])
        #expect(pictures.map(\.timestamp.sec) == [100, 101])
        #expect(pictures.map(\.timestamp.usec) == [7, 7])
        #expect(pictures.map(\.bytesused) == [3584, 3584])
        #expect(pictures.map(\.length) == [3584, 3584])
        #expect(pictures.map(\.memory) == [.virtioObject, .virtioObject])
        // Pointers and descriptors are zero. [MED-D-013]
        #expect(events.compactMap(\.buffer).map(\.m) == [0, 0, 0, 0])
        for (flags, known) in zip(
            pictures.map(\.flags),
            repeatElement([.done, .timestampCopy, .keyframe] as V4L2.BufferFlags, count: 2))
        { #expect(flags == known) }
        for (number, object) in zip([5, 6], objects) {
            #expect(
                MediaMachine.firstRow(object.memory)
                    == MediaMachine.firstRow(ofPicture: number))
        }
        #expect(objects[2].memory.range.bytes().allSatisfy { $0 == 0 })
        #expect(machine.device.statistics.copiedBytes == 0)
    }

    @Test("into guest pages by one copy, however they are cut [MED-I-002] [MED-I-005]")
    func pages() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders(firstNumber: 9)
        try machine.requestBuffers(2, .videoCapture, .sharedPages, session)
        let base = MediaMachine.pages + 0x10_0000
        let cuts: [[UInt32]] = [[3584], [1, 0, 1023, 2000, 999]]
        for (index, cut) in cuts.enumerated() {
            var at = base + UInt64(index) * 0x1_0000
            let list = cut.map { count in
                defer { at += UInt64(count) }
                return GuestSegment(start: GuestAddress(at), count: count)
            }
            let buffer = V4L2.Buffer(
                index: UInt32(index), type: .videoCapture, memory: .sharedPages, m: 0xfeed,
                length: 0x1_0000)
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.entries(list))
            #expect(reply.bytes.count == 8 + 88)
            let answer = try reply.decode(at: 8, as: V4L2.Buffer.self)
            #expect(answer.m == 0xfeed)
            #expect(answer.length == 3584)
        }
        try machine.stream(.streamon, .videoCapture, session)
        try machine.queueCoded(1, MediaMachine.unit(9), session)
        let events = try machine.step(untilEvents: 4).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0", "picture 1", "coded 1"])
        let first = try machine.range(base, 3584).bytes()
        #expect(try machine.range(base + 0x1_0000, 3584).bytes() == first)
        #expect(
            Array(first[15 * 128..<15 * 128 + 16]) == MediaMachine.firstRow(ofPicture: 9))
        #expect(machine.device.statistics.copiedPictures == [.guestPages: 2])
        #expect(machine.device.statistics.copiedBytes == 2 * 16 * 16 * 3 / 2)
    }

    @Test("guest pages shorter than the picture are EINVAL, and the session goes on")
    func shortPages() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        try machine.requestBuffers(1, .videoCapture, .sharedPages, session)
        let queue = { (length: UInt32, covered: UInt32) in
            try machine.ioctl(
                .qbuf,
                V4L2.Buffer(index: 0, type: .videoCapture, memory: .sharedPages, length: length),
                session,
                trailing: MediaMachine.entries([
                    GuestSegment(start: GuestAddress(MediaMachine.pages), count: covered)
                ])
            ).status
        }
        #expect(try queue(3583, 3584) == .einval)
        #expect(try queue(3584, 3583) == .einval)
        #expect(try queue(0, 3584) == .einval)
        #expect(try queue(3584, 3584) == .ok)
    }

    @Test("a unit out of pages cut anywhere, empty pieces too [MED-I-002]")
    func codedPieces() throws {
        let machine = try MediaMachine()
        try machine.postEvents(100)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(1, session)
        _ = try machine.step(untilEvents: 2)
        let cuts: [[UInt32]] =
            (1..<24).map { [$0, 24 - $0] } + [
                Array(repeating: 1, count: 24), [0, 24], [12, 0, 0, 12], [7, 11, 5, 200],
            ]
        let base = MediaMachine.pages + 0x1_0000
        for (number, cut) in cuts.enumerated() {
            let unit = MediaMachine.unit(UInt32(number + 1))
            // Every piece in a page of its own, at an odd address.
            var (done, list): (Int, [GuestSegment]) = (0, [])
            for (index, count) in cut.enumerated() {
                let address = base + UInt64(index) * 0x1000 + 13
                let part = Array(unit[done..<min(24, done + Int(count))])
                try machine.range(address, part.count).write(part)
                done += part.count
                list.append(GuestSegment(start: GuestAddress(address), count: count))
            }
            try machine.queueObject(0, objects[0].object.uuid, session)
            let buffer = V4L2.Buffer(
                index: 1, type: .videoOutput, bytesused: 24, memory: .sharedPages, length: 24)
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.entries(list))
            #expect(reply.status == .ok)
            try machine.postEvents(2)
            #expect(try machine.step(untilEvents: 2).count == 2)
            #expect(
                MediaMachine.firstRow(objects[0].memory)
                    == MediaMachine.firstRow(ofPicture: number + 1), "\(cut)")
        }
    }

    @Test("bad data: the coded buffer comes back with ERROR, and decoding goes on")
    func badData() throws {
        let machine = try MediaMachine()
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(2, session)
        try machine.queueCoded(1, [1, 2, 3], session)
        try machine.queueCoded(2, MediaMachine.unit(2), session)
        let events = try machine.step(untilEvents: 5).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0", "coded 1 error", "picture 1", "coded 2"])
    }

    @Test("with event buffers that come late: nothing is lost, and the order is kept [MED-I-009]")
    func lateEvents() throws {
        let machine = try MediaMachine()
        let session = try machine.openStreaming(codedBuffers: 8)
        for index: UInt32 in 0..<8 {
            try machine.queueCoded(index, MediaMachine.unit(index), session)
        }
        try machine.postEvents(1)
        #expect(try machine.step(untilEvents: 1).count == 1)
        _ = try machine.startCapture(8, session)
        let right = (0..<8).flatMap { ["picture \($0)", "coded \($0)"] }
        for line in right {
            try machine.postEvents(1)
            let events = try machine.step(untilEvents: 1).map { try MediaEventLine($0).text }
            #expect(events == [line])
        }
        try machine.postEvents(1)
        machine.host.serveHost()
        #expect(try machine.takeEvents() == [])
    }

    @Test("with event buffers that are too short: they go back unused, and no event is cut")
    func shortEvents() throws {
        let machine = try MediaMachine()
        let session = try machine.openStreaming()
        for size: UInt32 in [1, 16, 144, 607] { try machine.postEvents(1, sizeBytes: size) }
        try machine.postEvents(1)
        try machine.queueCoded(0, MediaMachine.unit(0), session)
        let events = try machine.step(untilEvents: 5)
        #expect(events.map(\.count) == [0, 0, 0, 0, 144])
        _ = try machine.startCapture(1, session)
        try machine.postEvents(1, sizeBytes: 607)
        try machine.postEvents(2, sizeBytes: 609)
        #expect(try machine.step(untilEvents: 3).map(\.count) == [0, 608, 608])
    }

    @Test("STREAMOFF announces nothing of its queue afterwards, and gives all buffers back")
    func streamOff() throws {
        let machine = try MediaMachine()
        try machine.postEvents(1)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(2, session)
        try machine.queueCoded(1, MediaMachine.unit(1), session)
        // Both are done, but there is no buffer to tell it in.
        while machine.device.statistics.pictures < 2 {
            #expect(try machine.waitForHostEvent())
            machine.host.serveHost()
        }
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.stream(.streamoff, .videoOutput, session)
        try machine.postEvents(8)
        machine.host.serveHost()
        #expect(try machine.takeEvents() == [])
        for index: UInt32 in 0..<2 {
            let asked = V4L2.Buffer(index: index, type: .videoCapture, memory: .virtioObject)
            let answer = try machine.ioctl(.querybuf, asked, session)
            #expect(
                try answer.decode(at: 8, as: V4L2.Buffer.self).flags == .timestampCopy)
        }
        // Once more, from sequence 0 on.
        try machine.stream(.streamon, .videoOutput, session)
        for index: UInt32 in 0..<2 {
            try machine.queueObject(index, objects[Int(index)].object.uuid, session)
        }
        try machine.stream(.streamon, .videoCapture, session)
        try machine.queueCoded(3, MediaMachine.unit(3), session)
        let events = try machine.step(untilEvents: 2).map { try MediaEventLine($0) }
        #expect(events.map(\.text) == ["picture 0", "coded 3"])
        #expect(events.compactMap { $0.buffer?.sequence } == [0, 0])
    }

    @Test("many sessions at once, each its own stream")
    func manySessions() throws {
        let machine = try MediaMachine()
        try machine.postEvents(100)
        let sessions = try (0..<16).map { _ in try machine.openStreaming(codedBuffers: 1) }
        for (number, session) in sessions.enumerated() {
            let address = MediaMachine.pages + UInt64(number) * 0x1000
            try machine.range(address, 24).write(MediaMachine.unit(UInt32(number)))
            let buffer = V4L2.Buffer(
                index: 0, type: .videoOutput, bytesused: 24, memory: .sharedPages, length: 24)
            let list = MediaMachine.entries([
                GuestSegment(start: GuestAddress(address), count: 24)
            ])
            #expect(
                try machine.ioctl(.qbuf, buffer, session, trailing: list).status == .ok)
        }
        let changes = try machine.step(untilEvents: 16).map { try MediaEventLine($0) }
        #expect(Set(changes.map(\.session)) == Set(sessions))
        #expect(Set(changes.map(\.text)) == ["source change"])
        let objects = try sessions.map { try machine.startCapture(1, $0)[0] }
        let events = try machine.step(untilEvents: 32).map { try MediaEventLine($0) }
        for (number, session) in sessions.enumerated() {
            #expect(
                events.filter { $0.session == session }.map(\.text) == ["picture 0", "coded 0"])
            #expect(
                MediaMachine.firstRow(objects[number].memory)
                    == MediaMachine.firstRow(ofPicture: number))
        }
        for session in sessions { #expect(try machine.close(session).status == .ok) }
        #expect(machine.device.statistics.pictures == 16)
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
    }

    @Test("and is reset in the middle of a picture: everything is given back, and it starts anew")
    func resetWhileDecoding() throws {
        let begun = Monitor(false)
        let decoder = SimulatedDecoder.describe(onHalfWritten: { _ in
            begun.update { $0 = true }
            // Long enough that the reset finds the codec at work.
            _ = begun.wait(untilNanos: deadline(millis: 50)) { _ in nil as Bool? }
        })
        let machine = try MediaMachine(decoders: [decoder])
        for _ in 0..<3 {
            begun.withLock { $0 = false }
            try machine.postEvents(8)
            let session = try machine.openWithHeaders()
            let objects = try machine.startCapture(2, session)
            #expect(begun.wait(untilNanos: deadline(millis: 5000)) { $0 ? true : nil } == true)
            try machine.restart()
            #expect(machine.registry.counters.attachments == 0)
            #expect(machine.registry.counters.leases == 0)
            for object in objects {
                try machine.registry.remove(object.object, by: machine.exporter)
            }
            let late = V4L2.Format(type: .videoOutput)
            #expect(try machine.ioctl(.gFmt, late, session).status == .einval)
        }
        #expect(machine.registry.counters.objects == 0)
        #expect(machine.registry.counters.aliveBytes == 0)
    }
}
