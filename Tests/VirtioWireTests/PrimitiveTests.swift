// Loads, the buffer and the identifiers: what all messages are made of.
// `== true` below: swift-testing of Swift 6.3.1 takes no noncopyable value apart by itself.

import Testing
import VirtioWire

@Suite("Loads")
struct LoadTests {
    @Test("are little-endian at any alignment")
    func unaligned() {
        let buffer = buffer([0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8])
        #expect(buffer.bytes.u8(at: 1) == 0xf1)
        #expect(buffer.bytes.u16(at: 1) == 0xf2f1)
        #expect(buffer.bytes.u32(at: 1) == 0xf4f3_f2f1)
        #expect(buffer.bytes.u64(at: 1) == 0xf8f7_f6f5_f4f3_f2f1)
        #expect(buffer.bytes.i32(at: 1) == Int32(bitPattern: 0xf4f3_f2f1))
        #expect(buffer.bytes.i64(at: 1) == Int64(bitPattern: 0xf8f7_f6f5_f4f3_f2f1))
    }

    @Test("past the end or before the start stop the program")
    func bounds() async {
        await #expect(processExitsWith: .failure) { _ = buffer([1, 2, 3]).bytes.u32(at: 0) }
        await #expect(processExitsWith: .failure) { _ = buffer([1, 2, 3, 4]).bytes.u32(at: 1) }
        await #expect(processExitsWith: .failure) { _ = buffer([1, 2, 3, 4]).bytes.u8(at: -1) }
        await #expect(processExitsWith: .failure) { _ = buffer([1]).bytes.u8(at: .max) }
    }
}

@Suite("A wire buffer")
struct WireBufferTests {
    @Test("appends little-endian integers, bytes and zeros")
    func append() {
        var buffer = WireBuffer(capacity: 64)
        #expect(buffer.isEmpty == true)
        #expect(buffer.capacity == 64)
        buffer.append(u8: 0x01)
        buffer.append(u16: 0x0302)
        buffer.append(u32: 0x0706_0504)
        buffer.append(u64: 0x0f0e_0d0c_0b0a_0908)
        buffer.append(i32: -2)
        buffer.append(i64: -3)
        buffer.append(zeros: 2)
        buffer.append(contentsOf: [7, 8])
        let tail = WireBufferTests.buffer(of: [9, 10])
        buffer.append(tail.bytes)
        let integers = Array(UInt8(1)...15) + [0xfe, 0xff, 0xff, 0xff, 0xfd]
        #expect(
            array(buffer.bytes)
                == integers + Array(repeating: 0xff, count: 7) + [0, 0, 7, 8, 9, 10])
        #expect(buffer.count == 33)
        #expect(buffer.isEmpty == false)
    }

    private static func buffer(of bytes: [UInt8]) -> WireBuffer {
        var buffer = WireBuffer(capacity: bytes.count)
        buffer.append(contentsOf: bytes)
        return buffer
    }

    @Test("can be cut, emptied and filled again")
    func cut() {
        var buffer = Self.buffer(of: [1, 2, 3, 4])
        buffer.truncate(to: 3)
        #expect(array(buffer.bytes) == [1, 2, 3])
        buffer.append(u8: 5)
        #expect(array(buffer.bytes) == [1, 2, 3, 5])
        buffer.removeAll()
        #expect(buffer.isEmpty == true)
        buffer.append(zeros: 4)
        #expect(array(buffer.bytes) == [0, 0, 0, 0])
    }

    @Test("lets appended bytes be replaced")
    func store() {
        var buffer = Self.buffer(of: [1, 2, 3, 4, 5, 6])
        buffer.store(u32: 0xa4a3_a2a1, at: 1)
        #expect(array(buffer.bytes) == [1, 0xa1, 0xa2, 0xa3, 0xa4, 6])
    }

    @Test("takes the prefix that a body fills")
    func withUnsafeAppend() {
        var buffer = WireBuffer(capacity: 4)
        // SAFETY: the body fills the two bytes that it reports.
        unsafe buffer.withUnsafeAppend(count: 4) { free in
            unsafe free.storeBytes(of: UInt16(0x0201).littleEndian, as: UInt16.self)
            return free.count - 2
        }
        #expect(array(buffer.bytes) == [1, 2])
    }

    @Test("can be empty")
    func empty() {
        var buffer = WireBuffer(capacity: 0)
        buffer.append(zeros: 0)
        buffer.append(contentsOf: [])
        #expect(buffer.isEmpty == true)
        #expect(buffer.bytes.byteCount == 0)
    }

    @Test("stops the program rather than leave its bounds")
    func bounds() async {
        await #expect(processExitsWith: .failure) { _ = WireBuffer(capacity: -1) }
        await #expect(processExitsWith: .failure) {
            var buffer = WireBuffer(capacity: 3)
            buffer.append(u32: 0)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = WireBuffer(capacity: 3)
            buffer.append(zeros: 4)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = WireBuffer(capacity: 3)
            buffer.append(contentsOf: [1, 2, 3, 4])
        }
        await #expect(processExitsWith: .failure) {
            var buffer = WireBuffer(capacity: 8)
            buffer.append(zeros: 3)
            buffer.store(u32: 0, at: 0)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = WireBuffer(capacity: 8)
            buffer.truncate(to: 1)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = WireBuffer(capacity: 8)
            // SAFETY: never reached past the precondition on the count.
            unsafe buffer.withUnsafeAppend(count: 4) { _ in 5 }
        }
    }
}

@Suite("Records of a table")
struct WireRecordsTests {
    @Test("come one after the other, and a shorter rest is none", arguments: 0..<50)
    func wholeOnes(byteCount: Int) {
        var table = WireBuffer(capacity: byteCount)
        for index in 0..<byteCount { table.append(u8: UInt8(index)) }
        var records = table.bytes.records(sizeBytes: 16)
        var firsts: [UInt8] = []
        while let record = records.next() {
            #expect(record.byteCount == 16)
            firsts.append(record.u8(at: 0))
        }
        #expect(firsts == (0..<byteCount / 16).map { UInt8($0 * 16) })
    }
}

@Suite("Identifiers")
struct IdentifierTests {
    @Test("print as plain numbers, addresses in hexadecimal")
    func descriptions() {
        #expect(ResourceID(7).description == "7")
        #expect(ContextID(rawValue: 8).description == "8")
        #expect(SessionID(0).description == "0")
        #expect(GuestAddress(0xfee0_0000).description == "0xfee00000")
    }

    @Test("of guest memory advance up to the last address and no further")
    func advanced() {
        #expect(GuestAddress(0x1000).advanced(by: 0x234) == GuestAddress(0x1234))
        #expect(GuestAddress(1).advanced(by: .max - 1) == GuestAddress(.max))
        #expect(GuestAddress(1).advanced(by: .max) == nil)
        #expect(GuestAddress(.max).advanced(by: 0) == GuestAddress(.max))
        #expect(GuestAddress(.max).advanced(by: 1) == nil)
    }
}

@Suite("A resource's UUID")
struct ResourceUUIDTests {
    private let uuid = ResourceUUID(high: 0x0011_2233_4455_4677, low: 0x8899_aabb_ccdd_eeff)

    @Test("prints its bytes from the first to the last, and reads what it prints")
    func text() {
        #expect(uuid.description == "00112233-4455-4677-8899-aabbccddeeff")
        #expect(ResourceUUID("00112233-4455-4677-8899-aabbccddeeff") == uuid)
        #expect(ResourceUUID("00112233-4455-4677-8899-AABBCCDDEEFF") == uuid)
        #expect(ResourceUUID.zero.description == "00000000-0000-0000-0000-000000000000")
        #expect(ResourceUUID.allOnes.description == "ffffffff-ffff-ffff-ffff-ffffffffffff")
        #expect(ResourceUUID(ResourceUUID.allOnes.description) == .allOnes)
    }

    @Test(
        "is not read from anything but its canonical form",
        arguments: [
            "", "00112233445546778899aabbccddeeff", "00112233-4455-4677-8899-aabbccddeef",
            "00112233-4455-4677-8899-aabbccddeefff", "00112233-4455-4677-8899-aabbccddeefg",
            "+0112233-4455-4677-8899-aabbccddeeff", "{0112233-4455-4677-8899-aabbccddeeff",
            "0011223-34455-4677-8899-aabbccddeeff", "00112233-4455-4677-8899-aabbccddeeff-",
            "00112233-4455-4677-8899-aabbccddee\u{ff11}",
        ])
    func malformed(text: String) {
        #expect(ResourceUUID(text) == nil)
    }

    @Test("knows RFC 4122's version and variant")
    func version() {
        #expect(uuid.version == 4)
        #expect(uuid.isRFC4122Variant)
        #expect(ResourceUUID.zero.version == 0)
        #expect(!ResourceUUID.zero.isRFC4122Variant)
        #expect(ResourceUUID.allOnes.version == 15)
        #expect(!ResourceUUID.allOnes.isRFC4122Variant)
    }
}
