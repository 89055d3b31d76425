// The media device over workers: what the guest sees when a codec dies or stands still.

import Foundation
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire
import Virtqueue

@testable import HostBridge
@testable import VirtioDevices

@Suite("The media device over codec workers", .serialized)
struct MediaIsolatedTests {
    /// A device each of whose sessions has a worker, and the workers' ids in the order of their start.
    private func machine(
        _ behaviour: SimulatedBehaviour = SimulatedBehaviour(), unitMillis: UInt64 = 20_000
    ) throws -> (MediaMachine, Monitor<[Int32]>) {
        let started = Monitor<[Int32]>([])
        var options = MediaMachine.worker
        options.unitNanos = unitMillis * 1_000_000
        options.onStart = { id in started.update { $0.append(id) } }
        let placement = CodecPlacement.isolated(options)
        let machine = try MediaMachine(decoders: [SimulatedDecoder.describe(behaviour)]) {
            $0.codecs = placement
        }
        return (machine, started)
    }

    private func lines(_ machine: MediaMachine, _ count: Int) throws -> [MediaEventLine] {
        try machine.step(untilEvents: count, withinMillis: 30_000).map { try MediaEventLine($0) }
    }

    @Test(
        "A worker's end is its session's: EVT_ERROR with a cause; others go on, a new one has a new worker [MED-I-008]",
        arguments: [(SIGKILL, "error EIO"), (SIGSTOP, "error ETIMEDOUT")])
    func death(signal: Int32, line: String) throws {
        let (machine, started) = try machine(unitMillis: 3000)
        try machine.postEvents(80)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(3, session)
        #expect(try lines(machine, 2).map(\.text) == ["picture 0", "coded 0"])
        let other = try machine.openWithHeaders()
        let others = try machine.startCapture(3, other)
        #expect(try lines(machine, 2).map(\.text) == ["picture 0", "coded 0"])
        let ids = started.withLock { $0 }
        #expect(ids.count == 2)
        kill(ids[0], signal)
        // One that was killed is noticed without being asked for anything.
        if signal == SIGSTOP { try machine.queueCoded(1, MediaMachine.unit(1), session) }
        let end = try #require(try lines(machine, 1).first)
        #expect(end.text == line)
        #expect(end.session == session)
        #expect(try machine.map(0, session).bytes == [5, 0, 0, 0, 0, 0, 0, 0])
        #expect(try machine.close(session).status == .ok)
        #expect(kill(ids[0], 0) == -1)
        // Nobody writes into its objects any more.
        for object in objects { object.memory.range.fill(0xc7) }
        try machine.queueCoded(1, MediaMachine.unit(1), other)
        #expect(try lines(machine, 2).map(\.text) == ["picture 1", "coded 1"])
        #expect(
            MediaMachine.firstRow(others[1].memory) == MediaMachine.firstRow(ofPicture: 1))
        let next = try machine.openWithHeaders()
        _ = try machine.startCapture(3, next)
        #expect(try lines(machine, 2).map(\.text) == ["picture 0", "coded 0"])
        #expect(started.withLock { $0.count } == 3)
        for object in objects {
            #expect(object.memory.range.bytes().allSatisfy { $0 == 0xc7 })
        }
        for open in [other, next] { #expect(try machine.close(open).status == .ok) }
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
        #expect(machine.registry.counters.chargedBytes == 0)
        #expect(machine.device.statistics.copiedPictures == [:])
    }

    @Test("A codec that waits for a buffer is freed by STREAMOFF, CLOSE and reset [SYNC-3]")
    func freed() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.reordering = 2
        let (machine, started) = try machine(behaviour)
        for way in 0..<4 {
            try machine.postEvents(40)
            let session = try machine.openWithHeaders()
            // One buffer for a codec that holds three.
            _ = try machine.startCapture(1, session)
            for index: UInt32 in 1..<4 {
                try machine.queueCoded(index, MediaMachine.unit(index), session)
            }
            _ = try machine.step(untilEvents: 1, withinMillis: 500)
            switch way {
            case 0: try machine.stream(.streamoff, .videoCapture, session)
            case 1: try machine.stream(.streamoff, .videoOutput, session)
            case 2: #expect(try machine.close(session).status == .ok)
            default: break
            }
            try machine.restart()
            #expect(machine.registry.counters.attachments == 0)
            #expect(machine.registry.counters.leases == 0)
        }
        // None of them is left.
        for id in started.withLock({ $0 }) { #expect(kill(id, 0) == -1) }
    }

    @Test("An object that is taken back is not written any more when its exporter goes on [LIFE-1]")
    func withdrawn() throws {
        let (machine, _) = try machine()
        try machine.postEvents(60)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(3, session)
        #expect(try lines(machine, 2).count == 2)
        let (registry, exporter, object) = (machine.registry, machine.exporter, objects[1].object)
        let done = Monitor<Bool?>(nil)
        let thread = try WorkerThread(name: "exporter") {
            let limit = MonotonicClock.nowNanos + 20_000_000_000
            let isDone = (try? registry.withdraw(object, by: exporter, untilNanos: limit)) != nil
            done.update { $0 = isDone }
        }
        let limit = MonotonicClock.nowNanos + 20_000_000_000
        while done.withLock({ $0 }) == nil, MonotonicClock.nowNanos < limit {
            _ = try machine.step(untilEvents: 1, withinMillis: 5)
        }
        thread.join()
        #expect(done.withLock { $0 } == true)
        #expect(try machine.close(session).status == .ok)
        #expect(machine.registry.counters.attachments == 0)
    }
}
