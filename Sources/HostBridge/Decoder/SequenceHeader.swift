// What the headers in a coded unit say before a codec is given it: the size, and how many pictures
// the stream keeps. A bitstream is hostile: nothing here is believed beyond what is compared, and no
// number from it sizes an allocation.

internal import VirtioWire

/// A stream's parameters as one unit tells them.
struct SequenceHeader: Equatable {
    var codedWidth: Int
    var codedHeight: Int
    var bitDepth = 8
    /// Reference pictures kept at once; nil where the header does not tell.
    var references: Int?
    /// Pictures that wait for their turn to be shown.
    var reordering: Int?
    /// Pictures may come as two fields.
    var mayHaveFields = false

    /// Whether pictures of `other` need other buffers, or more of them.
    func hasOtherPictures(than other: SequenceHeader) -> Bool {
        codedWidth != other.codedWidth || codedHeight != other.codedHeight
            || bitDepth != other.bitDepth || (references ?? 0) < (other.references ?? 0)
            || (reordering ?? 0) < (other.reordering ?? 0)
    }

    /// The headers of an access unit; nil when it has none that is known.
    static func find(_ fourcc: V4L2.FourCC, in unit: [UInt8]) -> SequenceHeader? {
        switch fourcc {
        case .h264:
            // Headers stand before the first slice: 1 to 5.
            return ByteStream.firstUnit(in: unit) { $0 & 0x1f == 7 || 1...5 ~= $0 & 0x1f }
                .flatMap { range in
                    guard unit[range.lowerBound] & 0x1f == 7 else { return nil }
                    return h264(BitReader(unescaping: unit[range].dropFirst()))
                }
        case .hevc:
            return ByteStream.firstUnit(in: unit) { $0 >> 1 & 0x3f == 33 || $0 >> 1 & 0x3f < 32 }
                .flatMap { range in
                    guard unit[range.lowerBound] >> 1 & 0x3f == 33 else { return nil }
                    return hevc(BitReader(unescaping: unit[range].dropFirst(2)))
                }
        case .mpeg2: return mpeg2(unit)
        case .vp8: return vp8(unit)
        default: return nil
        }
    }

    /// A key frame's first ten bytes (RFC 6386, 9.1).
    private static func vp8(_ unit: [UInt8]) -> SequenceHeader? {
        guard unit.count >= 10, unit[0] & 1 == 0, unit[3] == 0x9d, unit[4] == 1, unit[5] == 0x2a
        else { return nil }
        let width = Int(unit[6]) | Int(unit[7] & 0x3f) << 8
        let height = Int(unit[8]) | Int(unit[9] & 0x3f) << 8
        return SequenceHeader(codedWidth: width, codedHeight: height, references: 3, reordering: 0)
    }

    /// The last sequence header before the picture: players repeat one that they know in front of
    /// the stream's own.
    private static func mpeg2(_ unit: [UInt8]) -> SequenceHeader? {
        var last: SequenceHeader?
        var at = 0
        while let range = ByteStream.firstUnit(
            in: unit, from: at, where: { $0 == 0xb3 || $0 == 0 }), unit[range.lowerBound] == 0xb3
        {
            last = mpeg2(unit, at: range) ?? last
            at = range.upperBound
        }
        return last
    }

    /// The sequence header and its extension (ISO/IEC 13818-2, 6.2.2).
    private static func mpeg2(_ unit: [UInt8], at range: Range<Int>) -> SequenceHeader? {
        guard range.count >= 4 else { return nil }
        let body = unit[range].dropFirst()
        let bytes = body.prefix(3).map { Int($0) }
        guard bytes.count == 3 else { return nil }
        var header = SequenceHeader(
            codedWidth: bytes[0] << 4 | bytes[1] >> 4,
            codedHeight: (bytes[1] & 0xf) << 8 | bytes[2],
            references: 2, reordering: 1, mayHaveFields: false)
        let found = ByteStream.firstUnit(in: unit, from: range.upperBound, where: { _ in true })
        if let found, unit[found.lowerBound] == 0xb5 {
            var bits = BitReader(Array(unit[found].dropFirst()))
            guard bits.bits(4) == 1 else { return header }
            _ = bits.bits(8)
            header.mayHaveFields = bits.bits(1) == 0
            _ = bits.bits(2)
            header.codedWidth |= Int(bits.bits(2)) << 12
            header.codedHeight |= Int(bits.bits(2)) << 12
        }
        return header
    }
}

/// Annex B: units behind 00 00 01.
enum ByteStream {
    /// The bytes of the first unit whose first byte is wanted, start code not included.
    static func firstUnit(
        in bytes: [UInt8], from first: Int = 0, where isWanted: (UInt8) -> Bool
    ) -> Range<Int>? {
        var start: Int?
        var at = first
        while at + 3 < bytes.count {
            guard bytes[at] == 0, bytes[at + 1] == 0, bytes[at + 2] == 1 else {
                at += 1
                continue
            }
            if let start { return start..<at }
            if isWanted(bytes[at + 3]) { start = at + 3 }
            at += 3
        }
        return start.map { $0..<bytes.count }
    }
}

/// Bits from the highest of each byte down. Past the end there are zeros, and ``isPastEnd``.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var isPastEnd = false

    /// Headers are short: what lies further in is not looked at.
    private static let bytesMax = 4096

    init(_ bytes: [UInt8]) { self.bytes = Array(bytes.prefix(Self.bytesMax)) }

    /// Without the 03 of 00 00 03.
    init(unescaping unit: some Sequence<UInt8>) {
        var bytes: [UInt8] = []
        var zeros = 0
        for byte in unit.prefix(Self.bytesMax) {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            zeros = byte == 0 ? zeros + 1 : 0
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// Up to 32 bits.
    mutating func bits(_ count: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count { value = value << 1 | bit() }
        return value
    }

    private mutating func bit() -> UInt32 {
        guard position >> 3 < bytes.count else {
            isPastEnd = true
            return 0
        }
        defer { position += 1 }
        return UInt32(bytes[position >> 3] >> UInt8(7 - position & 7) & 1)
    }

    mutating func flag() -> Bool { bits(1) == 1 }

    mutating func skip(_ count: Int) { for _ in 0..<count { _ = bit() } }

    /// ue(v): at most 31 leading zeros.
    mutating func golomb() -> UInt32 {
        var zeros = 0
        while bit() == 0 {
            zeros += 1
            guard zeros < 32, !isPastEnd else {
                isPastEnd = true
                return 0
            }
        }
        return zeros == 0 ? 0 : (1 << UInt32(zeros) - 1) + bits(zeros)
    }

    /// se(v).
    mutating func signedGolomb() -> Int64 {
        let code = Int64(golomb())
        return code & 1 == 1 ? (code + 1) / 2 : -(code / 2)
    }
}
