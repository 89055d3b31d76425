// Stopping, closing and taking back at every moment: a defined answer, nothing left, no byte written
// late.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device stopped")
struct MediaStopTests {
    /// A decoder that holds pictures back, changes the size and damages one on the way.
    private static func busyDecoder() -> DecoderDescription {
        var behaviour = SimulatedBehaviour()
        behaviour.reordering = 1
        behaviour.damagedUnits = [2]
        behaviour.badUnits = [4]
        return SimulatedDecoder.describe(behaviour)
    }

    private static let canary: UInt8 = 0xc7
    private static let buffersCount: UInt32 = 6

    /// A stream that is being decoded into MMAP buffers of the device's.
    private func start(_ machine: MediaMachine) throws -> SessionID {
        try machine.postEvents(60)
        let session = try machine.openStreaming(codedBuffers: 8)
        for index: UInt32 in 0..<8 {
            try machine.queueCoded(index, MediaMachine.unit(index), session)
        }
        try #require(try machine.step(untilEvents: 1).count == 1)
        try machine.requestBuffers(Self.buffersCount, .videoCapture, .mmap, session)
        return session
    }

    private func run(_ machine: MediaMachine, _ session: SessionID, events count: Int) throws {
        for index in 0..<Self.buffersCount { try machine.queueMapped(index, session) }
        try machine.stream(.streamon, .videoCapture, session)
        // As many events as can come; fewer is the end of the stream's.
        _ = try machine.step(untilEvents: count, withinMillis: 200)
    }

    private func expectNothingLeft(
        _ machine: MediaMachine, at location: SourceLocation = #_sourceLocation
    ) {
        let counters = machine.registry.counters
        #expect(counters.objects == 0, sourceLocation: location)
        #expect(counters.attachments == 0, sourceLocation: location)
        #expect(counters.leases == 0, sourceLocation: location)
        #expect(counters.aliveBytes == 0, sourceLocation: location)
        #expect(counters.chargedBytes == 0, sourceLocation: location)
    }

    @Test(
        "by STREAMOFF on CAPTURE after the Nth event writes nothing more, and goes on when it streams again",
        arguments: 0..<14)
    func captureOff(count: Int) throws {
        let machine = try MediaMachine(decoders: [Self.busyDecoder()])
        let session = try start(machine)
        let mappings = try (0..<Self.buffersCount).map {
            try machine.mapped($0, .videoCapture, session)
        }
        try run(machine, session, events: count)
        try machine.stream(.streamoff, .videoCapture, session)
        // All memory is ours again.
        for (_, view) in mappings { view.memory.fill(Self.canary) }
        machine.host.serveHost()
        _ = try machine.takeEvents()
        for index in 0..<Self.buffersCount {
            #expect(
                try machine.query(index, .videoCapture, session).flags
                    == [.mapped, .timestampCopy])
        }
        _ = try machine.step(untilEvents: 1, withinMillis: 20)
        for (_, view) in mappings {
            #expect(view.memory.bytes().allSatisfy { $0 == Self.canary })
        }
        // What is left of the stream comes with new buffers, and then what is queued anew.
        try machine.postEvents(40)
        try run(machine, session, events: 0)
        #expect(try machine.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: .stop), session).status == .ok)
        var isDrained = false
        for _ in 0..<40 where !isDrained {
            for event in try machine.step(untilEvents: 1, withinMillis: 500) {
                let line = try MediaEventLine(event)
                if line.text.hasSuffix("last") { isDrained = true }
                if let buffer = line.buffer, buffer.type == .videoCapture, !isDrained {
                    try machine.queueMapped(buffer.index, session)
                }
            }
        }
        #expect(isDrained)
        for (address, _) in mappings { #expect(try machine.unmap(address).status == .ok) }
        #expect(try machine.close(session).status == .ok)
        expectNothingLeft(machine)
    }

    @Test(
        "by STREAMOFF on OUTPUT after the Nth event tells of no unit, and decodes what comes later",
        arguments: 0..<14)
    func outputOff(count: Int) throws {
        let machine = try MediaMachine(decoders: [Self.busyDecoder()])
        let session = try start(machine)
        try run(machine, session, events: count)
        try machine.stream(.streamoff, .videoOutput, session)
        machine.host.serveHost()
        _ = try machine.takeEvents()
        let late = try machine.step(untilEvents: 1, withinMillis: 20)
        #expect(try late.map { try MediaEventLine($0).text }.allSatisfy { !$0.hasPrefix("coded") })
        try machine.stream(.streamon, .videoOutput, session)
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.postEvents(40)
        for index: UInt32 in 0..<3 {
            try machine.queueCoded(index, MediaMachine.unit(50 + index), session)
        }
        for index in 0..<Self.buffersCount { try machine.queueMapped(index, session) }
        try machine.stream(.streamon, .videoCapture, session)
        #expect(try machine.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: .stop), session).status == .ok)
        var lines: [String] = []
        while lines.last != "end of stream" {
            let events = try machine.step(untilEvents: 1, withinMillis: 2000)
            try #require(!events.isEmpty)
            lines += try events.map { try MediaEventLine($0).text }
        }
        #expect(lines.count { $0.hasPrefix("coded") } == 3)
        #expect(try machine.close(session).status == .ok)
        expectNothingLeft(machine)
    }

    @Test("by CLOSE after the Nth event leaves nothing behind, and frees the id", arguments: 0..<14)
    func close(count: Int) throws {
        let machine = try MediaMachine(decoders: [Self.busyDecoder()], sessionsMax: 1)
        let session = try start(machine)
        try run(machine, session, events: count)
        #expect(try machine.close(session).status == .ok)
        machine.host.serveHost()
        _ = try machine.takeEvents()
        #expect(try machine.step(untilEvents: 1, withinMillis: 10) == [])
        expectNothingLeft(machine)
        _ = try machine.open()
    }

    @Test("by a reset after the Nth event leaves nothing behind", arguments: 0..<14)
    func reset(count: Int) throws {
        let machine = try MediaMachine(decoders: [Self.busyDecoder()])
        let session = try start(machine)
        let mapping = try machine.mapped(0, .videoCapture, session)
        try run(machine, session, events: count)
        try machine.restart()
        expectNothingLeft(machine)
        mapping.view.memory.fill(Self.canary)
        try machine.postEvents(10)
        _ = try machine.openWithHeaders()
        #expect(mapping.view.memory.bytes().allSatisfy { $0 == Self.canary })
    }

    @Test(
        "by REQBUFS of none while buffers are mapped keeps the mapping and frees the rest [MED-D-009]"
    )
    func freedWhileMapped() throws {
        let machine = try MediaMachine(decoders: [Self.busyDecoder()])
        let session = try start(machine)
        let mappings = try (0..<Self.buffersCount).map {
            try machine.mapped($0, .videoCapture, session)
        }
        try run(machine, session, events: 6)
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.requestBuffers(0, .videoCapture, .mmap, session)
        for (_, view) in mappings { view.memory.fill(Self.canary) }
        try machine.requestBuffers(Self.buffersCount, .videoCapture, .mmap, session)
        try machine.postEvents(40)
        try run(machine, session, events: 8)
        for (_, view) in mappings {
            #expect(view.memory.bytes().allSatisfy { $0 == Self.canary })
        }
        for (address, _) in mappings { #expect(try machine.unmap(address).status == .ok) }
        #expect(try machine.close(session).status == .ok)
        expectNothingLeft(machine)
    }

    @Test(
        "by its object's withdrawal: the session ends with a cause, and nothing is written after that [LIFE-1] [MED-I-008]",
        arguments: 0..<8)
    func withdrawn(count: Int) throws {
        let machine = try MediaMachine(decoders: [Self.busyDecoder()])
        try machine.postEvents(60)
        let session = try machine.openStreaming(codedBuffers: 8)
        for index: UInt32 in 0..<8 {
            try machine.queueCoded(index, MediaMachine.unit(index), session)
        }
        try #require(try machine.step(untilEvents: 1).count == 1)
        let objects = try machine.startCapture(3, session)
        _ = try machine.step(untilEvents: count, withinMillis: 50)
        // The exporter waits on a thread of its own, as a GPU's would.
        let done = Monitor<Bool?>(nil)
        let (registry, exporter) = (machine.registry, machine.exporter)
        let object = objects[2].object
        let thread = try WorkerThread(name: "exporter") {
            do throws(RegistryError) {
                try registry.withdraw(object, by: exporter, untilNanos: deadline(millis: 5000))
                done.update { $0 = true }
            } catch { done.update { $0 = false } }
        }
        let limit = deadline(millis: 5000)
        while done.withLock({ $0 }) == nil, MonotonicClock.nowNanos < limit {
            _ = try machine.step(untilEvents: 1, withinMillis: 5)
        }
        thread.join()
        #expect(done.withLock { $0 } == true)
        objects[2].memory.range.fill(Self.canary)
        _ = try machine.step(untilEvents: 1, withinMillis: 20)
        #expect(objects[2].memory.range.bytes().allSatisfy { $0 == Self.canary })
        #expect(try machine.close(session).status == .ok)
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
    }

    // MARK: Codecs that take their time

    private func slowDecoder(nanos: UInt64) -> DecoderDescription {
        var behaviour = SimulatedBehaviour()
        behaviour.latencyNanos = nanos
        return SimulatedDecoder.describe(behaviour)
    }

    @Test(
        "while it writes a picture: STREAMOFF is answered when that is done, and others meanwhile")
    func parked() throws {
        let steps = Monitor((isWriting: false, mayEnd: false))
        let decoder = SimulatedDecoder.describe(onHalfWritten: { number in
            guard number == 0 else { return }
            steps.update { $0.isWriting = true }
            _ = steps.wait(untilNanos: deadline(millis: 10_000)) { $0.mayEnd ? true : nil }
        })
        let machine = try MediaMachine(decoders: [decoder])
        try machine.postEvents(40)
        let session = try machine.openWithHeaders()
        let other = try machine.open()
        try machine.requestBuffers(2, .videoCapture, .mmap, session)
        for index: UInt32 in 0..<2 { try machine.queueMapped(index, session) }
        try machine.stream(.streamon, .videoCapture, session)
        #expect(
            steps.wait(untilNanos: deadline(millis: 5000)) { $0.isWriting ? true : nil } == true)
        let type = V4L2.BufType.videoCapture.rawValue
        let stop =
            MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: .streamoff))
            + MediaMachine.word(type)
        let ask =
            MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: .gFmt))
            + MediaMachine.bytes(V4L2.Format(type: .videoOutput))
        let stopped = try machine.post(stop, slot: 1)
        let asked = try machine.post(ask, slot: 2)
        #expect(try machine.takeUsed() == nil)
        // Another session is served.
        let format =
            MediaMachine.bytes(VirtioMedia.CmdIoctl(sessionID: other, code: .gFmt))
            + MediaMachine.bytes(V4L2.Format(type: .videoOutput))
        let served = try machine.post(format, slot: 3)
        #expect(try machine.takeUsed()?.id == UInt32(served))
        #expect(try machine.takeUsed() == nil)
        steps.update { $0.mayEnd = true }
        var order: [UInt32] = []
        let limit = deadline(millis: 5000)
        while order.count < 2, MonotonicClock.nowNanos < limit {
            _ = try machine.step(untilEvents: 1, withinMillis: 5)
            while let used = try machine.takeUsed() { order.append(used.id) }
        }
        // In the order that they came.
        #expect(order == [UInt32(stopped), UInt32(asked)])
    }

    @Test("while it stands still: STREAMOFF, CLOSE and a reset do not wait for it")
    func stalled() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.stallsAt = 1
        let machine = try MediaMachine(decoders: [SimulatedDecoder.describe(behaviour)])
        for way in 0..<4 {
            try machine.postEvents(20)
            let session = try machine.openWithHeaders()
            _ = try machine.startCapture(2, session)
            try machine.queueCoded(1, MediaMachine.unit(1), session)
            #expect(try machine.step(untilEvents: 2).count == 2)
            switch way {
            case 0: try machine.stream(.streamoff, .videoCapture, session)
            case 1: try machine.stream(.streamoff, .videoOutput, session)
            case 2: #expect(try machine.close(session).status == .ok)
            default: break
            }
            try machine.restart()
            #expect(machine.registry.counters.attachments == 0)
        }
    }

    @Test("one by one: a session that takes long does not hold up the others")
    func fairness() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.stallsAt = 0
        let slow = SimulatedDecoder.describe(behaviour)
        let machine = try MediaMachine(decoders: [
            SimulatedDecoder.description,
            DecoderDescription(fourcc: .mjpeg, name: "Slow", make: slow.make),
        ])
        try machine.postEvents(100)
        let stuck = try machine.open()
        let format = V4L2.Format(
            type: .videoOutput,
            pix: V4L2.PixFormat(width: 0, height: 0, pixelformat: .mjpeg))
        #expect(try machine.ioctl(.sFmt, format, stuck).status == .ok)
        try machine.requestBuffers(4, .videoOutput, .sharedPages, stuck)
        try machine.stream(.streamon, .videoOutput, stuck)
        for index: UInt32 in 0..<4 { try machine.queueCoded(index, MediaMachine.unit(0), stuck) }
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(2, session)
        for number: UInt32 in 1..<20 {
            #expect(try machine.step(untilEvents: 2).count == 2)
            try machine.postEvents(2)
            let index = (number - 1) % 2
            try machine.queueObject(index, objects[Int(index)].object.uuid, session)
            try machine.queueCoded(0, MediaMachine.unit(number), session)
        }
        #expect(try machine.close(stuck).status == .ok)
        #expect(try machine.close(session).status == .ok)
    }

    @Test("by a decoder that gives up: EVT_ERROR with a cause, and the buffers' holds end")
    func givesUp() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.failsAt = 2
        let machine = try MediaMachine(decoders: [SimulatedDecoder.describe(behaviour)])
        try machine.postEvents(20)
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(4, session)
        for index: UInt32 in 1..<3 {
            try machine.queueCoded(index, MediaMachine.unit(index), session)
        }
        let lines = try machine.step(untilEvents: 5).map { try MediaEventLine($0).text }
        #expect(lines == ["picture 0", "coded 0", "picture 1", "coded 1", "error EIO"])
        #expect(try machine.map(0, session).bytes == [5, 0, 0, 0, 0, 0, 0, 0])
        #expect(try machine.close(session).status == .ok)
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
    }
}
