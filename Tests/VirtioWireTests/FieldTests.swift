// Members that are more than a number: texts, arrays of a fixed length, times; and ring sizes.

import Testing
import VirtioWire

@Suite("Texts")
struct TextTests {
    /// What comes back from a configuration space with that card.
    private func card(_ text: String) throws -> String {
        let config = VirtioMedia.Config(deviceCaps: 0, card: text)
        return try decoded(encoded(config), as: config).card
    }

    @Test("fill their array without a NUL, and are cut after a whole character")
    func cut() throws {
        let a31 = String(repeating: "a", count: 31)
        #expect(try card("") == "")
        #expect(try card(a31 + "b") == a31 + "b")
        #expect(try card(a31 + "bc") == a31 + "b")
        #expect(try card(a31 + "é") == a31)
        #expect(try card(a31 + "e\u{301}") == a31)
        #expect(try card("👩‍👩‍👧‍👦👩‍👩‍👧‍👦") == "👩‍👩‍👧‍👦")
    }

    @Test("end at their first NUL")
    func nul() throws {
        let config = VirtioMedia.Config(deviceCaps: 0, card: "")
        let bytes = [UInt8](repeating: 0, count: 8) + Array("ab\0cd".utf8)
        let padding = [UInt8](repeating: 0xff, count: 40 - bytes.count)
        #expect(try decoded(bytes + padding, as: config).card == "ab")
    }

    @Test("that are no UTF-8 are mended, and never grow out of their array")
    func malformed() throws {
        let config = VirtioMedia.Config(deviceCaps: 0, card: "")
        let bytes = [UInt8](repeating: 0, count: 8) + [UInt8](repeating: 0x80, count: 32)
        let read = try decoded(bytes, as: config)
        #expect(read.card == String(repeating: "\u{fffd}", count: 32))
        #expect(try card(read.card) == String(repeating: "\u{fffd}", count: 10))
    }

    @Test("of formats are cut at 32 bytes")
    func description() throws {
        let text = String(repeating: "a", count: 40)
        let format = V4L2.FmtDesc(index: 0, type: .videoOutput, description: text)
        #expect(encoded(format).count == 64)
        #expect(try decoded(encoded(format), as: format).description == text.prefix(32))
    }

    @Test(
        "of contexts keep the length that the driver gave",
        arguments: [
            (0, 0), (63, 63), (64, 64), (65, 64), (UInt32.max, 64),
        ])
    func debugName(nlen: UInt32, count: Int) throws {
        let name = VirtioGPU.CtxCreate(debugName: String(repeating: "n", count: 70))
        #expect(name.nlen == 64)
        var buffer = buffer(encoded(name))
        buffer.store(u32: nlen, at: 24)
        let read = try VirtioGPU.CtxCreate(buffer.bytes)
        #expect(read.nlen == nlen)
        #expect(read.debugName.utf8.count == count)
        #expect(encoded(read).count == VirtioGPU.CtxCreate.sizeBytes)
    }

    @Test("of contexts that are no UTF-8 are mended to be read, and encoded as they came")
    func malformedDebugName() throws {
        let context = VirtioGPU.CtxCreate()
        var bytes = encoded(context)
        bytes.replaceSubrange(24..<28, with: [64, 0, 0, 0])
        bytes.replaceSubrange(32..<96, with: Array(repeating: 0x80, count: 64))
        let read = try decoded(bytes, as: context)
        #expect(read.debugName == String(repeating: "\u{fffd}", count: 21))
        #expect(encoded(read) == bytes)
    }
}

@Suite("Arrays of a fixed length")
struct ArrayTests {
    @Test("are filled up when a message is made")
    func filled() {
        let mode = VirtioGPU.DisplayOne(r: .init(width: 640, height: 480), enabled: 1)
        let info = VirtioGPU.RespDisplayInfo(pmodes: [mode])
        #expect(info.pmodes.count == 16)
        #expect(info.pmodes[0] == mode)
        #expect(info.pmodes[15] == .init(r: .init(width: 0, height: 0), enabled: 0))
        #expect(
            VirtioGPU.RespEDID(size: 128, edid: [1]).edid == [1] + .init(repeating: 0, count: 1023))
        let buffer = V4L2.Buffer(index: 0, type: .videoCapture, memory: .mmap)
        let event = VirtioMedia.EventDQBuf(sessionID: SessionID(1), buffer: buffer)
        #expect(event.planes == .init(repeating: V4L2.Plane(length: 0), count: 8))
    }

    @Test("stop the program when they are longer")
    func tooLong() async {
        await #expect(processExitsWith: .failure) {
            _ = VirtioGPU.RespEDID(size: 0, edid: Array(repeating: 0, count: 1025))
        }
        await #expect(processExitsWith: .failure) {
            var info = VirtioGPU.RespDisplayInfo(pmodes: [])
            info.pmodes.removeLast()
            _ = encoded(info)
        }
    }
}

@Suite("An event's time")
struct EventTimeTests {
    @Test("survives a round trip at its edges", arguments: [0, 1, -1, 999_999_999, .min, .max])
    func roundTrip(nanos: Int64) throws {
        let event = V4L2.Event(type: .eos, timestampNanos: nanos)
        #expect(try decoded(encoded(event), as: event) == event)
    }

    @Test(
        "is held at its ends where seconds and nanoseconds overflow it",
        arguments: [
            (Int64.max, Int64.max, Int64.max), (.min, .min, .min), (9_223_372_037, 0, .max),
            (9_223_372_036, 854_775_807, .max), (9_223_372_036, 854_775_806, .max - 1),
        ])
    func overflow(sec: Int64, nsec: Int64, nanos: Int64) throws {
        var buffer = WireBuffer(capacity: 136)
        buffer.append(zeros: 80)
        buffer.append(i64: sec)
        buffer.append(i64: nsec)
        buffer.append(zeros: 40)
        #expect(try V4L2.Event(buffer.bytes).timestampNanos == nanos)
    }
}

@Suite("A control's event")
struct ControlEventTests {
    @Test("carries the control's change in its union, at byte 8")
    func union() throws {
        let event = V4L2.Event(
            ctrl: Golden.eventCtrl, of: .minBuffersForCapture, sequence: 3, timestampNanos: 4)
        let bytes = encoded(event)
        #expect(Array(bytes[0..<4]) == [3, 0, 0, 0])
        #expect(Array(bytes[8..<48]) == encoded(Golden.eventCtrl))
        #expect(Array(bytes[96..<100]) == [0x27, 0x09, 0x98, 0])
        let read = try decoded(bytes, as: event)
        #expect(read == event)
        #expect(read.ctrl == Golden.eventCtrl)
        #expect(read.changes == 0x1011_1213)
    }

    @Test("of another type has none")
    func otherTypes() throws {
        let event = V4L2.Event(type: .sourceChange, changes: 1)
        #expect(event.ctrl == nil)
        #expect(try decoded(encoded(event), as: event).ctrl == nil)
        let bare = V4L2.Event(type: .ctrl, changes: 1)
        #expect(try decoded(encoded(bare), as: bare) == bare)
    }
}

@Suite("A split ring")
struct SplitRingTests {
    @Test(
        "has areas of the standard's sizes, 2.7",
        arguments: [
            (1, 16, 8, 14), (256, 4096, 518, 2054), (32768, 524_288, 65542, 262_150),
        ])
    func sizes(queueSize: UInt16, table: Int, avail: Int, used: Int) {
        #expect(SplitRing.descriptorTableSizeBytes(queueSize: queueSize) == table)
        #expect(SplitRing.availRingSizeBytes(queueSize: queueSize) == avail)
        #expect(SplitRing.usedRingSizeBytes(queueSize: queueSize) == used)
    }

    @Test("has areas of the standard's alignments, 2.7")
    func alignments() {
        #expect(SplitRing.descriptorTableAlignment == 16)
        #expect(SplitRing.availRingAlignment == 2)
        #expect(SplitRing.usedRingAlignment == 4)
    }
}
