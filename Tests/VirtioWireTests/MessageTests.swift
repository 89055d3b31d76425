// What holds for every message; see Golden.

import Testing
import VirtioWire

@Suite("Every message")
struct MessageTests {
    @Test(
        "lies in memory as the C structure does, every other byte zero", arguments: try Golden.all()
    )
    func layout(golden: Golden) {
        #expect(type(of: golden.message).sizeBytes == golden.bytes.count)
        #expect(encoded(golden.message) == golden.bytes)
    }

    @Test(
        "survives a round trip, with the numbers that no standard knows",
        arguments: try Golden.all())
    func roundTrip(golden: Golden) throws {
        func check<M: WireMessage>(_ message: M) throws {
            #expect(try decoded(golden.bytes, as: message) == message)
        }
        try check(golden.message)
    }

    @Test("is truncated at every length below its size", arguments: try Golden.all())
    func truncation(golden: Golden) {
        func check<M: WireMessage>(_ message: M) {
            for length in golden.bytes.indices {
                #expect(throws: WireError(kind: .truncated, offset: length)) {
                    try decoded(golden.bytes.prefix(length), as: message)
                }
            }
        }
        check(golden.message)
    }

    @Test("leaves bytes that follow it alone", arguments: try Golden.all())
    func excess(golden: Golden) throws {
        func check<M: WireMessage>(_ message: M) throws {
            #expect(try decoded(golden.bytes + [0xff], as: message) == message)
        }
        try check(golden.message)
    }

    @Test("ignores padding on read and zeroes it on write", arguments: try Golden.all())
    func padding(golden: Golden) throws {
        func check<M: WireMessage>(_ message: M) throws {
            var bytes = golden.bytes
            for offset in golden.padding { bytes[offset] = 0xff }
            let read = try decoded(bytes, as: message)
            #expect(read == message)
            #expect(encoded(read) == golden.bytes)
        }
        try check(golden.message)
    }

    @Test(
        "of the media device refuses another command's or event's word",
        arguments: [
            VirtioMedia.CmdOpen(), VirtioMedia.CmdClose(sessionID: SessionID(7)),
            VirtioMedia.CmdIoctl(sessionID: SessionID(7), code: .qbuf),
            VirtioMedia.CmdMMap(sessionID: SessionID(7), offset: 0),
            VirtioMedia.CmdMUnmap(driverAddr: 0),
            VirtioMedia.EventError(sessionID: SessionID(7), errno: .eio),
            VirtioMedia.EventDQBuf(
                sessionID: SessionID(7),
                buffer: V4L2.Buffer(index: 0, type: .videoOutput, memory: .mmap)),
            VirtioMedia.EventEvent(sessionID: SessionID(7), event: V4L2.Event(type: .eos)),
        ] as [any WireMessage])
    func wrongType(message: any WireMessage) {
        func check<M: WireMessage>(_ message: M) {
            for word: UInt8 in 0...6 where word != encoded(message)[0] {
                var bytes = encoded(message)
                bytes[0] = word
                #expect(throws: WireError(kind: .wrongType, offset: 0)) {
                    try decoded(bytes, as: message)
                }
                #expect(throws: WireError(kind: .truncated, offset: bytes.count - 1)) {
                    try decoded(bytes.dropLast(), as: message)
                }
            }
        }
        check(message)
    }
}
