// The CAPTURE buffers between the device's thread and the codec's: who has a surface, and who waits.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import HostBridge

@Suite("The pool of surfaces")
struct SurfacePoolTests {
    private let buffers = Buffers()
    private let pool = SurfacePool()
    private let format: PictureFormat
    private let otherFormat: PictureFormat

    init() throws {
        let make = { (side: Int) in
            try #require(
                PictureFormat(
                    fourcc: .yuv420, alignedWidth: side, alignedHeight: side,
                    visible: PixelRect(width: side, height: side),
                    colour: ColourDescription(matrix: .bt601, isFullRange: false)))
        }
        format = try make(16)
        otherFormat = try make(32)
    }

    /// A surface over an object of its own.
    private func newSurface(_ index: UInt32) throws -> Surface {
        try buffers.surface(index, try buffers.attach(sizeBytes: format.sizeBytes))
    }

    private func acquire(minimumCount: Int = 8) throws -> Elsewhere<SurfaceOffer> {
        try Elsewhere { [pool, format] in pool.acquire(format, minimumCount: minimumCount) }
    }

    @Test("that is not streaming offers the codec its own memory, at once")
    func stopped() {
        #expect(pool.acquire(format, minimumCount: 8).isOwnMemory)
    }

    @Test("laid out for other pictures offers the codec its own memory, at once")
    func otherLayout() throws {
        pool.start(otherFormat, isDirect: true)
        pool.queue(try newSurface(0))
        #expect(pool.acquire(format, minimumCount: 8).isOwnMemory)
        #expect(pool.state.withLock { $0.waiting.count } == 1)
    }

    @Test("that the codec is not let at offers it its own memory, at once")
    func indirect() throws {
        pool.start(format, isDirect: false)
        pool.queue(try newSurface(0))
        #expect(pool.acquire(format, minimumCount: 8).isOwnMemory)
        #expect(pool.state.withLock { $0.waiting.count } == 1)
    }

    @Test("offers surfaces in the order of queueing")
    func order() throws {
        pool.start(format, isDirect: true)
        for index: UInt32 in [3, 1, 2] { pool.queue(try newSurface(index)) }
        let offered = (0..<3).map { _ in pool.acquire(format, minimumCount: 8).surface?.index }
        #expect(offered == [3, 1, 2])
    }

    @Test("lets the codec wait for a surface to be queued")
    func waits() throws {
        pool.start(format, isDirect: true)
        let offer = try acquire()
        #expect(offer.value(withinMillis: 20) == nil)
        let surface = try newSurface(0)
        pool.queue(surface)
        #expect(offer.value(withinMillis: 5000)?.surface === surface)
        #expect(pool.state.withLock { $0.waitNanos } > 10_000_000)
    }

    @Test("passes over a surface that somebody still reads, and offers it when they end [SYNC-1]")
    func waitsForLease() throws {
        pool.start(format, isDirect: true)
        let attachment = try buffers.attach(sizeBytes: format.sizeBytes)
        let reader = try attachment.requestLease(.read)
        let pool = self.pool
        let held = try buffers.surface(0, attachment, onGranted: { pool.leaseGranted() })
        pool.queue(held)
        pool.queue(try newSurface(1))
        #expect(pool.acquire(format, minimumCount: 8).surface?.index == 1)
        let offer = try acquire()
        #expect(offer.value(withinMillis: 20) == nil)
        reader.end()
        #expect(offer.value(withinMillis: 5000)?.surface === held)
    }

    @Test("ends every wait when it is interrupted, and new ones until that is over")
    func interrupt() throws {
        pool.start(format, isDirect: true)
        let offer = try acquire()
        pool.setInterrupted(true)
        #expect(offer.value(withinMillis: 5000)?.isStop == true)
        pool.queue(try newSurface(0))
        #expect(pool.acquire(format, minimumCount: 8).isStop)
        #expect(pool.withBuffer(while: { _ in true }, fill: { _, _ in 1 })?.result == nil)
        #expect(!pool.waitUntilStreaming(format))
        pool.setInterrupted(false)
        #expect(pool.acquire(format, minimumCount: 8).surface?.index == 0)
    }

    @Test("offers own memory to a codec that holds all that it said it needs, after a while")
    func pastThePromise() throws {
        pool.start(format, isDirect: true)
        for index: UInt32 in 0..<2 { pool.queue(try newSurface(index)) }
        let first = try #require(pool.acquire(format, minimumCount: 2).surface)
        let second = try #require(pool.acquire(format, minimumCount: 2).surface)
        // A reference counts as held.
        #expect(pool.output(second) == 0)
        #expect(try acquire(minimumCount: 2).value(withinMillis: 5000)?.isOwnMemory == true)
        // One more than it holds was promised: it waits for that one.
        let third = try acquire(minimumCount: 3)
        #expect(third.value(withinMillis: 2 * SurfacePool.patienceNanos / 1_000_000) == nil)
        pool.codecReleased(first)
        #expect(third.value(withinMillis: 5000)?.surface === first)
    }

    @Test("takes a picture out once; the codec's write lease becomes a read lease [SYNC-5]")
    func outputOnce() throws {
        pool.start(format, isDirect: true)
        let attachment = try buffers.attach(sizeBytes: format.sizeBytes)
        let surface = try buffers.surface(0, attachment)
        pool.queue(surface)
        let reader = try attachment.requestLease(.read)
        let writer = try attachment.requestLease(.write)
        #expect(pool.acquire(format, minimumCount: 8).surface === surface)
        #expect(!reader.isGranted)
        #expect(pool.output(surface) == 0)
        #expect(reader.isGranted)
        #expect(pool.output(surface) == nil)
        reader.end()
        // The codec still refers to the picture.
        #expect(!writer.isGranted)
        pool.codecReleased(surface)
        #expect(writer.isGranted)
    }

    @Test("lends a picture that was never shown again, before the others")
    func hidden() throws {
        pool.start(format, isDirect: true)
        for index: UInt32 in 0..<2 { pool.queue(try newSurface(index)) }
        let hidden = try #require(pool.acquire(format, minimumCount: 8).surface)
        pool.codecReleased(hidden)
        #expect(buffers.registry.counters.leases == 2)
        #expect(pool.acquire(format, minimumCount: 8).surface === hidden)
        #expect(pool.acquire(format, minimumCount: 8).surface?.index == 1)
    }

    @Test("that is stopped while the codec holds a surface does not take its picture")
    func stopWhileHeld() throws {
        pool.start(format, isDirect: true)
        for index: UInt32 in 0..<3 { pool.queue(try newSurface(index)) }
        let held = try #require(pool.acquire(format, minimumCount: 8).surface)
        let shown = try #require(pool.acquire(format, minimumCount: 8).surface)
        #expect(pool.output(shown) == 0)
        pool.stop()
        // The one that waited is nobody's, the codec keeps the other two as they were.
        #expect(buffers.registry.counters.leases == 2)
        #expect(pool.output(held) == nil)
        pool.codecReleased(held)
        #expect(buffers.registry.counters.leases == 1)
        pool.codecReleased(shown)
        #expect(buffers.registry.counters.leases == 0)
        pool.start(format, isDirect: true)
        #expect(try acquire().value(withinMillis: 20) == nil)
        pool.setInterrupted(true)
    }

    @Test("stops only when nothing is being copied into guest pages")
    func stopWaitsForCopy() throws {
        pool.start(format, isDirect: false)
        pool.queue(try newSurface(0))
        let steps = Monitor((isCopying: false, mayEnd: false))
        let copy = try Elsewhere { [pool] in
            pool.withBuffer(
                while: { _ in true },
                fill: { surface, _ in
                    steps.update { $0.isCopying = true }
                    _ = steps.wait { $0.mayEnd ? true : nil }
                    return surface.index
                })?.result
        }
        #expect(steps.wait(untilNanos: soon(5000)) { $0.isCopying ? true : nil } == true)
        let stop = try Elsewhere { [pool] in pool.stop().era }
        #expect(stop.value(withinMillis: 20) == nil)
        steps.update { $0.mayEnd = true }
        #expect(stop.value(withinMillis: 5000) == 1)
        #expect(copy.value(withinMillis: 5000) == .some(0))
        #expect(buffers.registry.counters.leases == 0)
    }

    @Test("gives up a copy for a layout that is no longer wanted")
    func copyNotWanted() throws {
        let copy = try Elsewhere { [pool, format] in
            pool.withBuffer(
                while: { $0.format?.holds(format) ?? true }, fill: { surface, _ in surface.index }
            )?.result
        }
        #expect(copy.value(withinMillis: 20) == nil)
        pool.start(otherFormat, isDirect: true)
        #expect(copy.value(withinMillis: 5000) == .some(nil))
    }

    @Test("is streaming for a layout from its start on, whatever colours")
    func waitUntilStreaming() throws {
        let wait = try Elsewhere { [pool, format] in pool.waitUntilStreaming(format) }
        pool.start(otherFormat, isDirect: true)
        #expect(wait.value(withinMillis: 20) == nil)
        pool.start(format, isDirect: false)
        #expect(wait.value(withinMillis: 5000) == true)
    }

    @Test("leaves nothing attached behind, whoever ends last")
    func nothingLeft() throws {
        pool.start(format, isDirect: true)
        for index: UInt32 in 0..<4 { pool.queue(try newSurface(index)) }
        do {
            let held = try #require(pool.acquire(format, minimumCount: 8).surface)
            let shown = try #require(pool.acquire(format, minimumCount: 8).surface)
            #expect(pool.output(shown) == 0)
            pool.stop()
            pool.codecReleased(shown)
            pool.codecReleased(held)
        }
        try buffers.removeAll()
        let counters = buffers.registry.counters
        #expect(counters.leases == 0)
        #expect(counters.attachments == 0)
        #expect(counters.objects == 0)
        #expect(counters.aliveBytes == 0)
    }
}

/// A moment `millis` from now on the monotonic clock.
func soon(_ millis: UInt64) -> UInt64 { MonotonicClock.nowNanos + millis * 1_000_000 }

extension SurfaceOffer {
    var surface: Surface? {
        if case .surface(let surface) = self { surface } else { nil }
    }
    var isOwnMemory: Bool {
        if case .ownMemory = self { true } else { false }
    }
    var isStop: Bool {
        if case .stop = self { true } else { false }
    }
}
