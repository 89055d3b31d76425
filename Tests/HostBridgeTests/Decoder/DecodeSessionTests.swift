// A decoder on its own thread: what it tells, in which order, and that nothing holds it up for ever.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A decoding session")
struct DecodeSessionTests {
    private let buffers = Buffers()

    /// Bytes of a 16x16 YU12 picture's buffer.
    private static let smallBytes = 128 * 18 * 3 / 2 + 128
    /// Bytes of a 32x32 one's.
    private static let largeBytes = 128 * 34 * 3 / 2 + 128

    private func newSurface(_ index: UInt32, sizeBytes: Int = smallBytes) throws -> Surface {
        try buffers.surface(index, try buffers.attach(sizeBytes: sizeBytes))
    }

    @Test("tells the layout, then pictures and units as they are done")
    func order() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        for token: Int64 in 1...3 { observed.session.decode(simulatedUnit(token)) }
        #expect(observed.take(upTo: 1))
        #expect(observed.lines == ["layout 16x16, at least 1"])
        let format = try #require(observed.format)
        #expect(format == (try layout(16, 16)))
        for index: UInt32 in 0..<3 { observed.session.queue(try newSurface(index)) }
        observed.session.startCapture(format, isDirect: true)
        #expect(observed.take(upTo: 7))
        #expect(
            observed.lines == [
                "layout 16x16, at least 1",
                "picture 1 in 0, 3584 bytes", "consumed 1",
                "picture 2 in 1, 3584 bytes", "consumed 2",
                "picture 3 in 2, 3584 bytes", "consumed 3",
            ])
        let statistics = observed.session.statistics
        #expect(statistics.pictures == 3)
        #expect(statistics.copiedPictures == [:])
        #expect(statistics.copiedBytes == 0)
    }

    @Test("decodes into the very memory of the surface")
    func inPlace() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        let attachment = try buffers.attach(sizeBytes: Self.smallBytes)
        observed.session.queue(try buffers.surface(0, attachment))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        observed.session.decode(simulatedUnit(7))
        #expect(observed.take(until: "consumed 7"))
        let plane = try #require(try layout(16, 16).visiblePlanes.first)
        for y in 0..<16 {
            let row = try #require(
                attachment.memory.slice(offset: plane.offset + y * plane.stride, count: 16))
            let right = (0..<16).map {
                SimulatedPattern.luma(x: $0, y: y, width: 16, height: 16, number: 7)
            }
            #expect(row.bytes() == right)
        }
    }

    @Test("copies into guest pages, counts the bytes and says why")
    func guestPages() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        let pages = try SharedMemory(name: "pages", sizeBytes: Self.smallBytes)
        let direct = try buffers.attach(sizeBytes: Self.smallBytes)
        let cut = try #require(pages.range.slice(offset: 0, count: 100))
        let rest = try #require(
            pages.range.slice(offset: 100, count: Self.smallBytes - 100))
        observed.session.queue(Surface(index: 0, target: .pages([cut, rest]), lease: nil))
        observed.session.startCapture(try layout(16, 16), isDirect: false)
        observed.session.decode(simulatedUnit(1))
        #expect(observed.take(until: "consumed 1"))
        observed.session.stopCapture()
        observed.session.queue(try buffers.surface(0, direct))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        observed.session.decode(simulatedUnit(1))
        #expect(observed.take(upTo: 5))
        #expect(pages.range.bytes() == direct.memory.bytes())
        let statistics = observed.session.statistics
        #expect(statistics.copiedPictures == [.guestPages: 1])
        #expect(statistics.copiedBytes == 16 * 16 * 3 / 2)
    }

    @Test("flags a damaged picture, and counts it")
    func damaged() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        observed.session.decode(simulatedUnit(1, isDamaged: true))
        #expect(observed.take(until: "consumed 1"))
        #expect(observed.lines.contains("picture 1 in 0, 3584 bytes, damaged"))
        #expect(observed.session.statistics.damagedPictures == 1)
    }

    @Test("forgets at a flush what was queued, and goes on with what comes after")
    func flush() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        for token: Int64 in 1...3 { observed.session.decode(simulatedUnit(token)) }
        // The codec waits for CAPTURE with the first of them.
        #expect(observed.take(upTo: 1))
        observed.session.flush()
        observed.take()
        #expect(observed.lines == ["layout 16x16, at least 1"])
        for index: UInt32 in 0..<3 { observed.session.queue(try newSurface(index)) }
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        observed.session.decode(simulatedUnit(4))
        #expect(observed.take(until: "consumed 4"))
        #expect(
            observed.lines == [
                "layout 16x16, at least 1", "picture 4 in 0, 3584 bytes", "consumed 4",
            ])
    }

    @Test("keeps the pictures that were out before a flush, but tells of no unit after it")
    func flushKeepsPictures() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        let ended = try buffers.attach(sizeBytes: Self.smallBytes)
        observed.session.decode(simulatedUnit(1))
        // The second finds no buffer: by then the first is consumed.
        observed.session.decode(simulatedUnit(2))
        #expect(observed.session.waitsForPictures(1))
        observed.session.flush()
        observed.take()
        #expect(observed.lines == ["layout 16x16, at least 1", "picture 1 in 0, 3584 bytes"])
        observed.session.queue(try buffers.surface(1, ended))
        observed.session.decode(simulatedUnit(3))
        #expect(observed.take(until: "consumed 3"))
        #expect(observed.lines.contains("picture 3 in 1, 3584 bytes"))
        #expect(!observed.lines.contains("consumed 2"))
    }

    @Test("closes while the codec waits for CAPTURE to be set up")
    func closeBeforeCapture() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.decode(simulatedUnit(1))
        #expect(observed.take(upTo: 1))
        try expectClose(of: observed.session)
    }

    @Test("closes while the codec waits for a buffer to decode into")
    func closeWithoutBuffer() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        observed.session.decode(simulatedUnit(1))
        observed.session.decode(simulatedUnit(2))
        #expect(observed.take(until: "consumed 1"))
        try expectClose(of: observed.session)
        #expect(buffers.registry.counters.leases == 0)
    }

    @Test("closes while the codec waits for a buffer to copy into, and for one to end with")
    func closeWithoutTarget() throws {
        let copying = try ObservedSession(SimulatedDecoder.description)
        copying.session.startCapture(try layout(16, 16), isDirect: false)
        copying.session.decode(simulatedUnit(1))
        #expect(copying.take(upTo: 1))
        try expectClose(of: copying.session)
        let draining = try ObservedSession(SimulatedDecoder.description)
        draining.session.queue(try newSurface(0))
        draining.session.startCapture(try layout(16, 16), isDirect: true)
        draining.session.decode(simulatedUnit(1))
        draining.session.drain()
        #expect(draining.take(until: "consumed 1"))
        try expectClose(of: draining.session)
    }

    @Test("closes twice, and with work that nobody took")
    func closeTwice() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        for token: Int64 in 1...100 { observed.session.decode(simulatedUnit(token)) }
        try expectClose(of: observed.session)
        try expectClose(of: observed.session)
        // A flush of a session that has ended returns.
        let session = observed.session
        #expect(try Elsewhere { session.flush() }.value(withinMillis: 5000) != nil)
    }

    private func expectClose(
        of session: DecodeSession, at location: SourceLocation = #_sourceLocation
    ) throws {
        let end = try Elsewhere { session.close() }
        #expect(end.value(withinMillis: 5000) != nil, sourceLocation: location)
    }

    @Test("ends a drain with LAST in an empty buffer, for which it waits")
    func drain() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        observed.session.decode(simulatedUnit(1))
        observed.session.drain()
        #expect(observed.take(until: "consumed 1"))
        observed.session.queue(try newSurface(5))
        #expect(observed.take(upTo: 4))
        #expect(
            observed.lines == [
                "layout 16x16, at least 1", "picture 1 in 0, 3584 bytes", "consumed 1",
                "last in 5, drained",
            ])
        #expect(buffers.registry.counters.leases == 0)
    }

    @Test("outputs at a drain what the decoder held back, before LAST")
    func drainOutputs() throws {
        let format = try layout(16, 16)
        let held = Monitor<[(Surface, Int64)]>([])
        let decoder = ScriptedDecoder.describe(
            decode: { client, unit in
                guard case .surface(let surface) = client.surface(for: format, minimumCount: 4)
                else { return }
                held.withLock { $0.append((surface, unit.token)) }
            },
            drain: { client throws(DecoderError) in
                // In another order than they came.
                for (surface, token) in held.withLock({ $0.reversed() }) {
                    try client.output(.inSurface(surface, format, token: token))
                    client.codecReleased(surface)
                }
            })
        let observed = try ObservedSession(decoder)
        for index: UInt32 in 0..<3 { observed.session.queue(try newSurface(index)) }
        observed.session.startCapture(format, isDirect: true)
        for token: Int64 in 1...2 {
            observed.session.decode(CodedUnit(bytes: [], token: token))
        }
        observed.session.drain()
        #expect(observed.take(upTo: 6))
        #expect(
            observed.lines == [
                "layout 16x16, at least 4", "consumed 1", "consumed 2",
                "picture 2 in 1, 3584 bytes", "picture 1 in 0, 3584 bytes", "last in 2, drained",
            ])
    }

    @Test("at a new layout: SOURCE_CHANGE, LAST of the old buffers, then the new pictures")
    func resolutionChange() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.decode(simulatedUnit(1))
        observed.session.decode(simulatedUnit(2, width: 32, height: 32))
        observed.session.decode(simulatedUnit(3, width: 32, height: 32))
        for index: UInt32 in 0..<2 { observed.session.queue(try newSurface(index)) }
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        #expect(observed.take(until: "last in 1"))
        #expect(
            observed.lines == [
                "layout 16x16, at least 1", "picture 1 in 0, 3584 bytes", "consumed 1",
                "layout 32x32, at least 1", "last in 1",
            ])
        observed.session.stopCapture()
        for index: UInt32 in 0..<2 {
            observed.session.queue(try newSurface(index, sizeBytes: Self.largeBytes))
        }
        observed.session.startCapture(try #require(observed.format), isDirect: true)
        #expect(observed.take(until: "consumed 3"))
        #expect(
            observed.lines.dropFirst(5) == [
                "picture 2 in 0, 6656 bytes", "consumed 2", "picture 3 in 1, 6656 bytes",
                "consumed 3",
            ])
        // The codec asks for the large picture's memory when the small ones are out.
        #expect(observed.session.statistics.copiedPictures == [:])
    }

    @Test("at a new layout gives no LAST when CAPTURE is stopped first")
    func resolutionChangeStopped() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.decode(simulatedUnit(1))
        observed.session.decode(simulatedUnit(2, width: 32, height: 32))
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(try layout(16, 16), isDirect: true)
        #expect(observed.take(until: "layout 32x32, at least 1"))
        observed.session.stopCapture()
        observed.session.queue(try newSurface(0, sizeBytes: Self.largeBytes))
        observed.session.startCapture(try layout(32, 32), isDirect: true)
        #expect(observed.take(until: "consumed 2"))
        #expect(
            observed.lines.dropFirst(4) == ["picture 2 in 0, 6656 bytes", "consumed 2"])
    }
}

extension DecodeSession {
    /// Waits, not for long, until so many pictures are out.
    func waitsForPictures(_ count: UInt64) -> Bool {
        let deadline = soon(5000)
        while statistics.pictures < count, MonotonicClock.nowNanos < deadline {}
        return statistics.pictures >= count
    }
}

extension DecodedPicture {
    /// A whole key picture where the decoder was told to put it.
    static func inSurface(_ surface: Surface, _ format: PictureFormat, token: Int64)
        -> DecodedPicture
    {
        DecodedPicture(
            samples: .surface(surface), format: format, token: token, isDamaged: false,
            isKeyFrame: true)
    }
}
