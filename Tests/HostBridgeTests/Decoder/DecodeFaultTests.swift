// Decoders that fail, and races between what the device asks for and what the codec tells.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A decoding session with a decoder that")
struct DecodeFaultTests {
    private let buffers = Buffers()
    private let format: PictureFormat

    init() throws { format = try layout(16, 16) }

    private func newSurface(_ index: UInt32) throws -> Surface {
        try buffers.surface(index, try buffers.attach(sizeBytes: format.sizeBytes))
    }

    @Test(
        "throws tells it by the unit, and by a failure when it cannot go on",
        arguments: zip(
            [DecoderError.badData, .unsupportedFormat, .failed, .interrupted],
            [
                ["consumed 1, failed"], ["failed unsupportedFormat", "consumed 1, failed"],
                ["failed failed", "consumed 1, failed"], [],
            ]))
    func throwing(error: DecoderError, lines: [String]) throws {
        let decoder = ScriptedDecoder.describe(decode: { _, unit throws(DecoderError) in
            if unit.token == 1 { throw error }
        })
        let observed = try ObservedSession(decoder)
        observed.session.decode(CodedUnit(bytes: [1], token: 1))
        observed.session.decode(CodedUnit(bytes: [2], token: 2))
        #expect(observed.take(until: "consumed 2"))
        #expect(observed.lines == lines + ["consumed 2"])
        #expect(observed.session.statistics.failedUnits == (error == .badData ? 1 : 0))
    }

    @Test(
        "cannot go on when it is drained tells so",
        arguments: [DecoderError.unsupportedFormat, .failed])
    func throwingDrain(error: DecoderError) throws {
        let decoder = ScriptedDecoder.describe(
            decode: { _, _ in }, drain: { _ throws(DecoderError) in throw error })
        let observed = try ObservedSession(decoder)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(format, isDirect: true)
        observed.session.drain()
        #expect(observed.take(upTo: 1))
        #expect(observed.lines == ["failed \(error)"])
    }

    @Test("finds bad data when it is drained ends with LAST all the same")
    func badDataAtDrain() throws {
        let decoder = ScriptedDecoder.describe(
            decode: { _, _ in }, drain: { _ throws(DecoderError) in throw .badData })
        let observed = try ObservedSession(decoder)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(format, isDirect: true)
        observed.session.drain()
        #expect(observed.take(upTo: 1))
        #expect(observed.lines == ["last in 0, drained"])
    }

    @Test("cannot be made tells so, and neither a flush nor the close waits for it")
    func unmakable() throws {
        let decoder = DecoderDescription(fourcc: ScriptedDecoder.fourcc, name: "None") {
            _ throws(DecoderError) in throw .failed
        }
        let observed = try ObservedSession(decoder)
        observed.session.decode(CodedUnit(bytes: [], token: 1))
        #expect(observed.take(upTo: 1))
        #expect(observed.lines == ["failed failed"])
        let session = observed.session
        #expect(try Elsewhere { session.flush() }.value(withinMillis: 2000) != nil)
        #expect(try Elsewhere { session.close() }.value(withinMillis: 2000) != nil)
    }

    @Test("shows a picture once more has it copied: the guest has the buffer already")
    func shownAgain() throws {
        let format = self.format
        let decoder = ScriptedDecoder.describe(decode: { client, unit throws(DecoderError) in
            guard case .surface(let surface) = client.surface(for: format, minimumCount: 2) else {
                throw .failed
            }
            surface.memory?.fill(77)
            for _ in 0..<2 {
                try client.output(.inSurface(surface, format, token: unit.token))
            }
            client.codecReleased(surface)
        })
        let observed = try ObservedSession(decoder)
        let second = try buffers.attach(sizeBytes: format.sizeBytes)
        observed.session.queue(try newSurface(0))
        observed.session.queue(try buffers.surface(1, second))
        observed.session.startCapture(format, isDirect: true)
        observed.session.decode(CodedUnit(bytes: [], token: 1))
        #expect(observed.take(until: "consumed 1"))
        #expect(
            observed.lines.dropFirst() == [
                "picture 1 in 0, 3584 bytes", "picture 1 in 1, 3584 bytes", "consumed 1",
            ])
        #expect(second.memory.bytes().count { $0 == 77 } == 16 * 16 * 3 / 2)
        #expect(observed.session.statistics.copiedPictures == [.shownAgain: 1])
        #expect(observed.session.statistics.copiedBytes == 16 * 16 * 3 / 2)
    }

    @Test("refers to a picture keeps writers out of its buffer until it lets go [SYNC-5]")
    func reference() throws {
        let format = self.format
        let held = Monitor<Surface?>(nil)
        let decoder = ScriptedDecoder.describe(decode: { client, unit throws(DecoderError) in
            if let surface = held.withLock({ $0 }) { return client.codecReleased(surface) }
            guard case .surface(let surface) = client.surface(for: format, minimumCount: 2) else {
                throw .failed
            }
            held.withLock { $0 = surface }
            try client.output(.inSurface(surface, format, token: unit.token))
        })
        let observed = try ObservedSession(decoder)
        let attachment = try buffers.attach(sizeBytes: format.sizeBytes)
        observed.session.queue(try buffers.surface(0, attachment))
        observed.session.startCapture(format, isDirect: true)
        observed.session.decode(CodedUnit(bytes: [], token: 1))
        #expect(observed.take(until: "consumed 1"))
        let reader = try attachment.requestLease(.read)
        #expect(reader.isGranted)
        reader.end()
        let writer = try attachment.requestLease(.write)
        #expect(!writer.isGranted)
        observed.session.decode(CodedUnit(bytes: [], token: 2))
        #expect(observed.take(until: "consumed 2"))
        #expect(writer.isGranted)
    }

    @Test("is made anew for another layout still gets the buffers that it said it needs")
    func minimumAtResolutionChange() throws {
        let large = try layout(32, 32)
        let small = format
        let decoder = ScriptedDecoder.describe(decode: { client, unit throws(DecoderError) in
            let format = unit.token < 2 ? small : large
            switch client.surface(for: format, minimumCount: 9) {
            case .surface(let surface):
                try client.output(.inSurface(surface, format, token: unit.token))
                client.codecReleased(surface)
            case .ownMemory:
                guard let memory = try? SharedMemory(name: "own", sizeBytes: format.sizeBytes)
                else { throw .failed }
                try client.output(
                    DecodedPicture(
                        samples: .codec(format.planes(in: memory.range), .noBuffer),
                        format: format, token: unit.token, isDamaged: false, isKeyFrame: true))
            case .stop: throw .interrupted
            }
        })
        let observed = try ObservedSession(decoder)
        for index: UInt32 in 0..<2 { observed.session.queue(try newSurface(index)) }
        observed.session.startCapture(small, isDirect: true)
        for token: Int64 in 1...2 { observed.session.decode(CodedUnit(bytes: [], token: token)) }
        #expect(observed.take(until: "last in 1"))
        #expect(
            observed.lines == [
                "layout 16x16, at least 9", "picture 1 in 0, 3584 bytes", "consumed 1",
                "layout 32x32, at least 9", "last in 1",
            ])
    }

    @Test("outputs a picture while CAPTURE is stopped tells nothing of it afterwards")
    func stopDuringOutput() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        let attachment = try buffers.attach(sizeBytes: format.sizeBytes)
        observed.session.queue(try buffers.surface(0, attachment))
        // Granted on the codec's thread, in the middle of the picture's output.
        let session = observed.session
        let stopped = Monitor(false)
        let reader = try attachment.requestLease(.read) {
            session.stopCapture()
            stopped.update { $0 = true }
        }
        observed.session.startCapture(format, isDirect: true)
        observed.session.decode(simulatedUnit(1))
        #expect(stopped.wait(untilNanos: soon(5000)) { $0 ? true : nil } == true)
        reader.end()
        #expect(observed.take(until: "consumed 1"))
        #expect(observed.lines == ["layout 16x16, at least 1", "consumed 1"])
    }

    @Test("was drained before a flush keeps LAST: its buffer must not get lost")
    func flushAfterDrain() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        let attachment = try buffers.attach(sizeBytes: format.sizeBytes)
        observed.session.queue(try buffers.surface(0, attachment))
        observed.session.startCapture(format, isDirect: true)
        observed.session.drain()
        // The pool gives the buffer out and the lease ends just before LAST is told.
        let reader = try attachment.requestLease(.read)
        try reader.wait(untilNanos: soon(5000))
        observed.session.flush()
        observed.take()
        #expect(observed.lines == ["last in 0, drained"])
    }

    @Test("is drained across a change of the layout ends with LAST in the new buffers")
    func drainAcrossChange() throws {
        let observed = try ObservedSession(SimulatedDecoder.description)
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(format, isDirect: true)
        observed.session.decode(simulatedUnit(1))
        observed.session.decode(simulatedUnit(2, width: 32, height: 32))
        observed.session.drain()
        #expect(observed.take(until: "layout 32x32, at least 1"))
        #expect(observed.session.stopCapture())
        // Nothing streams: there is no drain to end.
        #expect(observed.session.stopCapture())
        let large = try layout(32, 32)
        for index: UInt32 in 0..<2 {
            observed.session.queue(
                try buffers.surface(index, try buffers.attach(sizeBytes: large.sizeBytes)))
        }
        observed.session.startCapture(large, isDirect: true)
        #expect(observed.take(until: "last in 1, drained"))
        #expect(
            observed.lines.dropFirst(4) == [
                "picture 2 in 0, 6656 bytes", "consumed 2", "last in 1, drained",
            ])
    }

    @Test("is being drained when CAPTURE stops owes no LAST to the buffers that come later")
    func stopDuringDrain() throws {
        let drained = Monitor(false)
        let decoder = ScriptedDecoder.describe(
            decode: { _, _ in }, drain: { _ in drained.update { $0 = true } })
        let observed = try ObservedSession(decoder)
        observed.session.startCapture(format, isDirect: true)
        observed.session.drain()
        #expect(drained.wait(untilNanos: soon(5000)) { $0 ? true : nil } == true)
        #expect(!observed.session.stopCapture())
        observed.session.queue(try newSurface(0))
        observed.session.startCapture(format, isDirect: true)
        observed.session.decode(CodedUnit(bytes: [], token: 1))
        #expect(observed.take(until: "consumed 1"))
        #expect(observed.lines == ["consumed 1"])
    }
}
