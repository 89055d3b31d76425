// A codec's worker that dies, stalls or lies: its session ends with a cause, everything that it was
// lent comes back, and no other session notices.

import Foundation
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A codec's worker")
struct CodecWorkerTests {
    /// What the simulated decoder makes in this process.
    private static func expected() throws -> [[UInt8]] {
        let run = try WorkerRun(nil)
        try #require(try run.play())
        return run.pictures
    }

    /// Options whose worker's process id is told.
    private static func told(_ options: CodecWorkerOptions) -> (CodecWorkerOptions, Monitor<Int32>)
    {
        let id = Monitor<Int32>(0)
        var options = options
        options.onStart = { started in id.update { $0 = started } }
        return (options, id)
    }

    @Test("makes the same pictures as the decoder in this process, and copies none")
    func same() throws {
        let run = try WorkerRun(CodecPrograms.worker)
        #expect(try run.play())
        #expect(run.pictures.count == WorkerRun.units.count)
        #expect(run.pictures == (try Self.expected()))
        #expect(run.session.statistics.copiedPictures == [:])
        #expect(try run.closesCleanly())
    }

    @Test("killed at the Nth message ends its session with a cause; others go on, nothing leaks")
    func everyMessage() throws {
        let expected = try Self.expected()
        var descriptors: [Int] = []
        var survived = false
        for message in 1...200 where !survived {
            var options = CodecPrograms.worker
            options.killsAtMessage = message
            let other = try WorkerRun(CodecPrograms.worker)
            let run = try WorkerRun(options)
            #expect(try run.play(), "message \(message)")
            if run.isDrained {
                survived = true
                #expect(run.pictures == expected)
            } else {
                #expect(run.failures == [.failed], "message \(message)")
                #expect(expected.starts(with: run.pictures), "message \(message)")
            }
            #expect(try run.closesCleanly(), "message \(message)")
            #expect(try other.play(), "message \(message)")
            #expect(other.pictures == expected, "message \(message)")
            #expect(try other.closesCleanly())
            descriptors.append(try codecDescriptorCount())
        }
        #expect(survived)
        #expect(descriptors.count > 20)
        // Other tests start workers meanwhile: the fewest of each half.
        let half = descriptors.count / 2
        #expect(descriptors.suffix(half).min()! <= descriptors.prefix(half).min()! + 8)
    }

    @Test("killed while it has nothing to do ends its session at once")
    func idle() throws {
        let (options, id) = Self.told(CodecPrograms.worker)
        let run = try WorkerRun(options)
        run.session.decode(WorkerRun.units[0])
        #expect(try run.run { $0.consumed.count == 1 })
        kill(id.withLock { $0 }, SIGKILL)
        #expect(try run.run { !$0.failures.isEmpty })
        #expect(run.failures == [.failed])
        #expect(try run.closesCleanly())
    }

    @Test("stopped in its tracks is killed when a unit's time is over, and that is the cause")
    func stopped() throws {
        var base = CodecPrograms.worker
        base.unitNanos = 300_000_000
        let (options, id) = Self.told(base)
        let run = try WorkerRun(options)
        run.session.decode(WorkerRun.units[0])
        #expect(try run.run { $0.consumed.count == 1 })
        kill(id.withLock { $0 }, SIGSTOP)
        run.session.decode(WorkerRun.units[1])
        #expect(try run.run { !$0.failures.isEmpty })
        #expect(run.failures == [.stalled])
        #expect(try run.closesCleanly())
        // It was reaped: no such process.
        #expect(kill(id.withLock { $0 }, 0) == -1)
        let next = try WorkerRun(CodecPrograms.worker)
        #expect(try next.play())
        #expect(next.pictures == (try Self.expected()))
    }

    @Test("stopped in its tracks holds up neither a close nor who waits for a buffer")
    func stoppedAndClosed() throws {
        let (options, id) = Self.told(CodecPrograms.worker)
        let run = try WorkerRun(options)
        run.session.decode(WorkerRun.units[0])
        #expect(try run.run { $0.consumed.count == 1 })
        kill(id.withLock { $0 }, SIGSTOP)
        for unit in WorkerRun.units.dropFirst() { run.session.decode(unit) }
        let end = try Elsewhere { [session = run.session] in session.close() }
        #expect(end.value(withinMillis: 10_000) != nil)
        #expect(run.buffers.registry.counters.leases == 0)
    }

    @Test("that waits for a buffer is not stalled, and is freed by a flush")
    func waits() throws {
        var options = CodecPrograms.worker
        options.unitNanos = 200_000_000
        var behaviour = SimulatedBehaviour()
        behaviour.stallsAt = 1
        let run = try WorkerRun(options, behaviour)
        for unit in WorkerRun.units { run.session.decode(unit) }
        #expect(try run.run { $0.consumed.count == 1 })
        // Longer than a unit's time: nothing comes.
        #expect(try !run.run(withinMillis: 600) { !$0.failures.isEmpty })
        run.session.flush()
        run.session.decode(WorkerRun.units[2])
        #expect(try run.run { $0.consumed.count == 2 || !$0.failures.isEmpty })
        #expect(run.failures == [])
        #expect(try run.closesCleanly())
    }

    @Test("behaves as it was told to: late, out of order, damaged, of other sizes, giving up")
    func behaviour() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.latencyNanos = 1_000_000
        behaviour.reordering = 2
        behaviour.damagedUnits = [1]
        behaviour.badUnits = [2]
        behaviour.failsAt = 5
        behaviour.resizes = [4: PixelRect(width: 32, height: 16)]
        let (here, there) = (
            try WorkerRun(nil, behaviour), try WorkerRun(CodecPrograms.worker, behaviour)
        )
        for run in [here, there] {
            for unit in WorkerRun.units { run.session.decode(unit) }
            // The unit that it gives up at comes back before or after the news of that.
            #expect(try run.run { !$0.failures.isEmpty && $0.consumed.count == 6 })
        }
        #expect(here.failures == there.failures)
        #expect(here.pictures == there.pictures)
        #expect(here.consumed == there.consumed)
        #expect(here.session.statistics.failedUnits == there.session.statistics.failedUnits)
        #expect(
            here.session.statistics.damagedPictures == there.session.statistics.damagedPictures)
    }

    @Test(
        "that lies is killed, and its session ends with a cause",
        arguments: [
            "dies", "done-bad", "kind", "back", "waits", "giant", "giant-own", "outside", "count",
            "ten-bit", "reason", "releases", "outputs", "releases-twice", "flags", "hoards",
            "hoards-surfaces", "grows", "descriptors", "short", "long", "random", "ready-bad",
            "absent",
        ], [false, true])
    func lies(mode: String, worksOn: Bool) throws {
        let run = try HostileRun(CodecPrograms.fake(mode), worksOn: worksOn)
        #expect(try run.failure() == .failed)
        #expect(run.closesCleanly())
    }

    @Test(
        "that says nothing is killed when its time is over",
        arguments: ["mute", "stalls"], [false, true])
    func silent(mode: String, worksOn: Bool) throws {
        let run = try HostileRun(CodecPrograms.fake(mode, millis: 300), worksOn: worksOn)
        #expect(try run.failure() == .stalled)
        #expect(run.closesCleanly())
    }

    @Test("that is no program, or another one, is no decoder")
    func noProgram() throws {
        for path in ["/nonexistent", "/bin/true", "/etc/passwd", ""] {
            let run = try HostileRun(CodecWorkerOptions(executable: path), worksOn: false)
            #expect(try run.failure() == .failed)
        }
    }

    @Test("in its sandbox opens nothing, starts nothing, and makes no page that can be executed")
    func sandbox() throws {
        let hello = CodecHello(
            fourcc: .h264, recipe: .libAV(threadCount: 1), isUndelayed: false,
            addressSpaceBytes: 1 << 30)
        let process = try CodecProcess(
            CodecPrograms.fake("codec-probe"), hello: try #require(hello.bytes)
        ) { _ in }
        defer { process.close() }
        let worked = try #require(try process.receive(timeoutMillis: 20_000)).value
        #expect(worked == 1 << 30, "\(String(worked, radix: 2))")
    }
}

/// A session with a worker that is not ours.
private final class HostileRun {
    private let buffers = Buffers()
    private let session: DecodeSession
    private let wake: EventDescriptor

    init(_ options: CodecWorkerOptions, worksOn: Bool) throws {
        wake = try EventDescriptor()
        let description = DecoderDescription(
            fourcc: .h264, name: "hostile", worksOn: worksOn, recipe: .libAV(threadCount: 1),
            makeUndelayed: nil, make: { _ throws(DecoderError) in throw .failed })
        session = try DecodeSession(description.placed(.isolated(options)), wake: wake)
    }

    deinit { session.close() }

    /// Gives it a unit, and buffers when it asks; what the session ends with.
    func failure() throws -> DecoderError? {
        session.decode(CodedUnit(bytes: [0, 0, 1, 9], token: 1))
        while true {
            for event in session.takeEvents() {
                switch event {
                case .failed(let error): return error
                case .sourceChange(let format, _):
                    guard format.sizeBytes < 8 << 20 else { continue }
                    for index: UInt32 in 0..<4 {
                        let attachment = try buffers.attach(sizeBytes: format.sizeBytes)
                        session.queue(
                            try buffers.surface(index, attachment) { [weak session] in
                                session?.leaseGranted()
                            })
                    }
                    session.startCapture(format, isDirect: true)
                case .consumed, .picture, .last: break
                }
            }
            guard wake.wait(timeoutMillis: 30_000) else { return nil }
        }
    }

    func closesCleanly() -> Bool {
        session.close()
        return buffers.registry.counters.leases == 0
    }
}
