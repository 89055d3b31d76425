// Captures of Wireshark's: classic pcap and pcapng, of exported PDUs (link type 252).
// Invariant: every length of a block is compared with the bytes present before anything is read by it.

/// Reads packets out of a capture.
struct Capture {
    static let linkType: UInt32 = 252
    /// `EXP_PDU_TAG_DISSECTOR_NAME`: which dissector reads the bytes behind the tags.
    static let dissectorTag: UInt64 = 12

    private let bytes: [UInt8]
    private var isBigEndian = false
    private var linkTypes: [UInt32] = []
    private var number = 0
    private(set) var packets: [Packet] = []

    /// Whether the first bytes are a capture's.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        let magic = Array(bytes.prefix(4))
        return magic == [0x0a, 0x0d, 0x0d, 0x0a] || Self.pcapMagics.contains(magic)
    }

    private static let pcapMagics: [[UInt8]] = [
        [0xa1, 0xb2, 0xc3, 0xd4], [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d],
        [0x4d, 0x3c, 0xb2, 0xa1],
    ]

    init(_ bytes: [UInt8]) throws(InputError) {
        self.bytes = bytes
        if bytes.prefix(1) == [0x0a] { try readBlocks() } else { try readRecords() }
    }

    private func number(at offset: Int, size: Int = 4) throws(InputError) -> UInt64 {
        guard offset <= bytes.count, size <= bytes.count - offset else {
            throw .damagedCapture(offset: bytes.count, "it ends in the middle of a block")
        }
        let slice = bytes[offset..<offset + size]
        return (isBigEndian ? Array(slice) : slice.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: pcap

    private mutating func readRecords() throws(InputError) {
        isBigEndian = bytes[0] == 0xa1
        // The upper bits are flags of the frame check sequence.
        try check(UInt32(try number(at: 20) & 0x0fff_ffff))
        var offset = 24
        while offset < bytes.count {
            let size = try number(at: offset + 8)
            guard offset + 16 <= bytes.count, size <= UInt64(bytes.count - offset - 16) else {
                throw .damagedCapture(
                    offset: offset, "a record of \(size) bytes does not fit")
            }
            try add(offset + 16..<offset + 16 + Int(size), comment: nil)
            offset += 16 + Int(size)
        }
    }

    // MARK: pcapng

    private mutating func readBlocks() throws(InputError) {
        var offset = 0
        while offset < bytes.count {
            if try number(at: offset) == 0x0a0d_0d0a {
                isBigEndian = false
                let magic = try number(at: offset + 8)
                guard magic == 0x1a2b_3c4d || magic == 0x4d3c_2b1a else {
                    throw .damagedCapture(offset: offset + 8, "a section has no byte-order magic")
                }
                isBigEndian = magic == 0x4d3c_2b1a
                linkTypes = []
            }
            let type = try number(at: offset)
            let size = try number(at: offset + 4)
            guard size >= 12, size % 4 == 0, size <= UInt64(bytes.count - offset) else {
                throw .damagedCapture(offset: offset + 4, "a block of \(size) bytes does not fit")
            }
            let end = offset + Int(size)
            switch type {
            case 1: linkTypes.append(UInt32(try number(at: offset + 8, size: 2)))
            case 6: try enhancedPacket(offset, end: end)
            case 3:
                try check(linkTypes.first ?? 0)
                let length = min(try number(at: offset + 8), size - 16)
                guard size >= 16 else {
                    throw .damagedCapture(offset: offset, "a packet block is too short")
                }
                try add(offset + 12..<offset + 12 + Int(length), comment: nil)
            default: break
            }
            offset = end
        }
    }

    private mutating func enhancedPacket(_ offset: Int, end: Int) throws(InputError) {
        guard end - offset >= 32 else {
            throw .damagedCapture(offset: offset, "a packet block is too short")
        }
        let interface = try number(at: offset + 8)
        guard interface < UInt64(linkTypes.count) else {
            throw .damagedCapture(offset: offset + 8, "there is no interface \(interface)")
        }
        try check(linkTypes[Int(interface)])
        let length = try number(at: offset + 20)
        guard length <= UInt64(end - offset - 32) else {
            throw .damagedCapture(offset: offset + 20, "a packet of \(length) bytes does not fit")
        }
        let data = offset + 28..<offset + 28 + Int(length)
        var option = data.upperBound + (4 - Int(length) % 4) % 4
        var comment: String?
        while option + 4 <= end - 4 {
            let code = try number(at: option, size: 2)
            let size = Int(try number(at: option + 2, size: 2))
            guard code != 0, size <= end - 4 - option - 4 else { break }
            if code == 1 {
                comment = String(decoding: bytes[option + 4..<option + 4 + size], as: UTF8.self)
            }
            option += 4 + (size + 3) / 4 * 4
        }
        try add(data, comment: comment)
    }

    private func check(_ type: UInt32) throws(InputError) {
        guard type == Self.linkType else { throw .otherLinkType(type) }
    }

    // MARK: Exported PDUs

    /// Tags, each with its length in the network's byte order, then the message.
    private mutating func add(_ range: Range<Int>, comment: String?) throws(InputError) {
        number += 1
        guard number <= InspectionLimits.packetsMax else { throw .tooManyPackets }
        let swapped = isBigEndian
        defer { isBigEndian = swapped }
        isBigEndian = true
        var offset = range.lowerBound
        var dissector = ""
        while true {
            guard offset + 4 <= range.upperBound else {
                throw .damagedCapture(offset: offset, "packet \(number) has no end of tags")
            }
            let tag = try number(at: offset, size: 2)
            let size = Int(try number(at: offset + 2, size: 2))
            offset += 4
            guard size <= range.upperBound - offset else {
                throw .damagedCapture(
                    offset: offset, "packet \(number) has a tag that does not fit")
            }
            if tag == 0 { break }
            if tag == Self.dissectorTag {
                let name = bytes[offset..<offset + size].prefix { $0 != 0 }
                dissector = String(decoding: name, as: UTF8.self)
            }
            offset += size
        }
        guard let kind = PacketKind(rawValue: dissector) else {
            throw .otherDissector(packet: number, dissector)
        }
        packets.append(
            Packet(
                bytes: Array(bytes[offset..<range.upperBound]), kind: kind, label: comment,
                offset: offset))
    }
}
