// The simulated decoder's knobs: each does what it says, and nothing else changes.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import HostBridge

@Suite("The simulated decoder")
struct SimulatedDecoderTests {
    private let buffers = Buffers()

    /// What a session tells of these numbers, with more buffers than it can hold, drained.
    private func lines(
        _ numbers: [Int64], _ change: (inout SimulatedBehaviour) -> Void
    ) throws -> [String] {
        var behaviour = SimulatedBehaviour()
        change(&behaviour)
        let observed = try ObservedSession(SimulatedDecoder.describe(behaviour))
        let format = try layout(16, 16)
        for index: UInt32 in 0..<10 {
            observed.session.queue(
                try buffers.surface(index, try buffers.attach(sizeBytes: format.sizeBytes)))
        }
        observed.session.startCapture(format, isDirect: true)
        for number in numbers { observed.session.decode(simulatedUnit(number)) }
        observed.session.drain()
        _ = observed.take(until: "last in \(numbers.count), drained", withinMillis: 2000)
        return observed.lines.filter {
            $0.hasPrefix("picture") || $0.hasPrefix("failed") || $0.contains("failed")
        }
        .map { $0.replacing(", 3584 bytes", with: "") }
    }

    @Test("takes as long for each picture as it is told to")
    func latency() throws {
        let began = MonotonicClock.nowNanos
        let lines = try lines([1, 2]) { $0.latencyNanos = 20_000_000 }
        #expect(lines == ["picture 1 in 0", "picture 2 in 1"])
        #expect(MonotonicClock.nowNanos - began >= 40_000_000)
    }

    @Test("puts out by number what it holds back")
    func reordering() throws {
        #expect(
            try lines([1, 4, 2, 3, 7, 5, 6]) { $0.reordering = 2 } == [
                "picture 1 in 0", "picture 2 in 2", "picture 3 in 3", "picture 4 in 1",
                "picture 5 in 5", "picture 6 in 6", "picture 7 in 4",
            ])
    }

    @Test("damages and refuses the units that it is told to, and goes on")
    func errors() throws {
        #expect(
            try lines([1, 2, 3, 4]) {
                $0.damagedUnits = [1]
                $0.badUnits = [2]
            } == [
                "picture 1 in 0", "picture 2 in 1, damaged", "consumed 3, failed",
                "picture 4 in 2",
            ])
    }

    @Test("gives up where it is told to")
    func failure() throws {
        let lines = try lines([1, 2, 3]) { $0.failsAt = 1 }
        #expect(lines.prefix(3) == ["picture 1 in 0", "failed failed", "consumed 2, failed"])
    }

    @Test("changes the size from a unit on, after all pictures before it")
    func resize() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.reordering = 1
        behaviour.resizes = [2: PixelRect(width: 32, height: 32)]
        let observed = try ObservedSession(SimulatedDecoder.describe(behaviour))
        let small = try layout(16, 16)
        for index: UInt32 in 0..<4 {
            observed.session.queue(
                try buffers.surface(index, try buffers.attach(sizeBytes: small.sizeBytes)))
        }
        observed.session.startCapture(small, isDirect: true)
        for number: Int64 in 1...3 { observed.session.decode(simulatedUnit(number)) }
        #expect(observed.take(until: "last in 2"))
        #expect(
            observed.lines == [
                "layout 16x16, at least 2", "consumed 1", "picture 1 in 0, 3584 bytes",
                "consumed 2", "picture 2 in 1, 3584 bytes", "layout 32x32, at least 2",
                "last in 2",
            ])
    }

    @Test("stands still where it is told to, until a flush or the end")
    func stall() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.stallsAt = 1
        let observed = try ObservedSession(SimulatedDecoder.describe(behaviour))
        let format = try layout(16, 16)
        for index: UInt32 in 0..<4 {
            observed.session.queue(
                try buffers.surface(index, try buffers.attach(sizeBytes: format.sizeBytes)))
        }
        observed.session.startCapture(format, isDirect: true)
        for number: Int64 in 1...3 { observed.session.decode(simulatedUnit(number)) }
        #expect(observed.take(until: "consumed 1"))
        #expect(!observed.take(upTo: 4, withinMillis: 30))
        // It writes nothing meanwhile: CAPTURE can be taken back at once.
        _ = observed.session.beginStopCapture()
        #expect(observed.session.isQuiet)
        let session = observed.session
        #expect(try Elsewhere { session.flush() }.value(withinMillis: 5000) != nil)
        observed.session.startCapture(format, isDirect: true)
        observed.session.queue(
            try buffers.surface(7, try buffers.attach(sizeBytes: format.sizeBytes)))
        observed.session.decode(simulatedUnit(9))
        #expect(observed.take(until: "consumed 9"))
        #expect(observed.lines.contains("picture 9 in 7, 3584 bytes"))
    }
}
