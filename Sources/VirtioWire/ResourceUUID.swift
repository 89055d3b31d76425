// The name by which other virtio devices know a resource, `uuid[16]`;
// virtio 1.4, 2 (Exporting Objects) and 5.7.6 (controlq).
// Invariant: the first byte on the wire is the first one printed (RFC 4122 order).

/// The UUID of an exported object.
///
/// It is an identifier to be looked up, never an address or a handle: nothing can be computed
/// from it, hence there are no numbers to make it from besides its two halves.
public struct ResourceUUID: Hashable, Sendable {
    /// Bytes 0 to 7, the first one in the highest byte.
    public var high: UInt64
    /// Bytes 8 to 15, the first one in the highest byte.
    public var low: UInt64

    /// RFC 4122's nil UUID.
    public static let zero = ResourceUUID(high: 0, low: 0)
    /// RFC 9562's max UUID.
    public static let allOnes = ResourceUUID(high: .max, low: .max)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The high half of byte 6: 4 for a random UUID.
    public var version: Int { Int(high >> 12 & 0xf) }

    /// Whether the two top bits of byte 8 are those of RFC 4122.
    public var isRFC4122Variant: Bool { low >> 62 == 0b10 }
}

extension ResourceUUID: WireMessage {
    public static let sizeBytes = 16

    public init(_ bytes: RawSpan) throws(WireError) {
        try bytes.require(byteCount: Self.sizeBytes)
        high = bytes.u64(at: 0).byteSwapped
        low = bytes.u64(at: 8).byteSwapped
    }

    public func encode(to out: inout WireBuffer) {
        out.append(u64: high.byteSwapped)
        out.append(u64: low.byteSwapped)
    }
}

extension ResourceUUID: LosslessStringConvertible {
    private static let groupLengths = [8, 4, 4, 4, 12]

    /// Reads the canonical form, 8-4-4-4-12 hexadecimal digits of either case.
    public init?(_ string: String) {
        let groups = string.utf8.split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == Self.groupLengths else { return nil }
        var value: UInt128 = 0
        for digit in groups.joined() {
            guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | UInt128(nibble)
        }
        self.init(high: UInt64(value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// The canonical form in lower case.
    public var description: String {
        let digits = String(UInt128(high) << 64 | UInt128(low), radix: 16)
        var rest = (String(repeating: "0", count: 32 - digits.count) + digits)[...]
        return Self.groupLengths.map { length in
            defer { rest = rest.dropFirst(length) }
            return String(rest.prefix(length))
        }.joined(separator: "-")
    }
}
