// A message with a distinct number in every member, and the bytes that these numbers make.

import Testing
import VirtioWire

/// A member's bytes: an integer in little-endian, a text padded with NUL, or the bytes themselves.
struct Bytes: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    var bytes: [UInt8]

    init(integerLiteral value: UInt64) {
        bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    init(stringLiteral text: String) { bytes = Array(text.utf8) }
    init(arrayLiteral elements: UInt8...) { bytes = elements }
    /// Messages one after the other, each of which is a golden of its own.
    init(_ messages: [any WireMessage]) { bytes = messages.flatMap { encoded($0) } }

    /// The bytes in a member of that size; what does not fit must be zero.
    func filling(_ sizeBytes: Int) throws -> [UInt8] {
        try #require(bytes.dropFirst(sizeBytes).allSatisfy { $0 == 0 })
        return Array((bytes + Array(repeating: 0, count: sizeBytes)).prefix(sizeBytes))
    }
}

struct Golden: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: any WireMessage
    let bytes: [UInt8]
    /// The offsets that belong to no member.
    let padding: [Int]

    init(
        _ type: String, _ message: any WireMessage, layout: Layout, fields: [String: Bytes]
    ) throws {
        try #require(fields.keys.sorted() == layout.fields.keys.sorted(), "\(type) is complete")
        var bytes = [UInt8](repeating: 0, count: layout.sizeBytes)
        var padding = Set(bytes.indices)
        for (name, value) in fields {
            let place = try #require(layout.fields[name])
            bytes.replaceSubrange(place.range, with: try value.filling(place.sizeBytes))
            padding.subtract(place.range)
        }
        testDescription = type
        self.message = message
        self.bytes = bytes
        self.padding = padding.sorted()
    }

    /// A message whose layout is in the kernel's headers.
    static func kernel(
        _ type: String, _ message: any WireMessage, _ fields: [String: Bytes]
    ) throws -> Golden {
        let layout = try #require(Kernel.layouts[type], "the oracle has no \(type)")
        return try Golden(type, message, layout: layout, fields: fields)
    }

    /// A message that begins with `header` as below, in a member that C calls `hdr`.
    static func gpu(
        _ type: String, _ message: any WireMessage, _ fields: [String: Bytes]
    ) throws -> Golden {
        let header: [String: Bytes] = [
            "hdr.type": 0xa1a2_a3a4, "hdr.flags": 0xb1b2_b3b4,
            "hdr.fence_id": 0xc1c2_c3c4_c5c6_c7c8,
            "hdr.ctx_id": 0xd1d2_d3d4, "hdr.ring_idx": 0xe1,
        ]
        return try kernel(type, message, fields.merging(header) { field, _ in field })
    }

    static let header = VirtioGPU.ControlHeader(
        type: .init(0xa1a2_a3a4), flags: .init(rawValue: 0xb1b2_b3b4),
        fenceID: 0xc1c2_c3c4_c5c6_c7c8, ctxID: ContextID(0xd1d2_d3d4), ringIdx: 0xe1)

    static func all() throws -> [Golden] {
        try gpu() + media() + v4l2() + ring() + [uuid()]
    }

    /// RFC 4122: a string of 16 bytes, printed from the first to the last.
    private static func uuid() throws -> Golden {
        let layout = Layout(sizeBytes: 16, fields: ["uuid": Place(offset: 0, sizeBytes: 16)])
        return try Golden(
            "uuid", ResourceUUID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10),
            layout: layout,
            fields: ["uuid": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]])
    }
}

/// A buffer that holds `bytes` and has room for as many more as a message can have.
func buffer(_ bytes: [UInt8] = []) -> WireBuffer {
    var buffer = WireBuffer(capacity: bytes.count + 2048)
    buffer.append(contentsOf: bytes)
    return buffer
}

/// All bytes of a span.
func array(_ bytes: RawSpan) -> [UInt8] {
    (0..<bytes.byteCount).map { bytes.u8(at: $0) }
}

/// The bytes that a message makes.
func encoded<M: WireMessage>(_ message: M) -> [UInt8] {
    var out = WireBuffer(capacity: M.sizeBytes)
    out.append(message)
    return array(out.bytes)
}

/// The message that bytes make, of the type of `model`.
func decoded<M: WireMessage>(_ bytes: some Sequence<UInt8>, as model: M) throws(WireError) -> M {
    let buffer = buffer(Array(bytes))
    return try M(buffer.bytes)
}
