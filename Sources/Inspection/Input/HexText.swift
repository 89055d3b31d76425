// Reads bytes out of text: plain digits, dumps of xxd and hexdump -C, C arrays.
// Invariant: a byte is two digits of one word; nothing is guessed.

/// Hexadecimal text, one line after the other.
struct HexText {
    private(set) var bytes: [UInt8] = []
    /// A line began with an offset, as dumps have it.
    private var isDump = false

    /// Takes the bytes of one line, which is the `line`th.
    mutating func append(_ text: ArraySlice<UInt8>, line: Int) throws(InputError) {
        var rest = Self.withoutComment(text)
        guard let first = rest.firstIndex(where: { !Self.isSpace($0) }) else { return }
        if rest[first] == UInt8(ascii: "*"), isDump { throw .dumpWithGap(line: line) }
        var index = rest.startIndex
        if let after = offsetColumn(rest, from: first) {
            isDump = true
            // Only dumps with a colon have text without a bar in front.
            if after > first, rest[after - 1] == UInt8(ascii: ":") {
                rest = Self.withoutText(rest, from: after)
            }
            index = after
        }
        while index < rest.endIndex {
            let byte = rest[index]
            if Self.isSeparator(byte) {
                index += 1
                continue
            }
            var end = index
            while end < rest.endIndex, !Self.isSeparator(rest[end]) { end += 1 }
            try append(word: rest[index..<end], line: line, column: index + 1)
            index = end
        }
    }

    private mutating func append(
        word: ArraySlice<UInt8>, line: Int, column: Int
    ) throws(InputError) {
        var digits = word
        for prefix in ["0x", "0X", "\\x"] where digits.starts(with: prefix.utf8) {
            digits = digits.dropFirst(2)
            break
        }
        // `00*16` in the vectors: the byte sixteen times.
        if let star = digits.firstIndex(of: UInt8(ascii: "*")), star == digits.startIndex + 2,
            let byte = Self.byte(digits[digits.startIndex], digits[digits.startIndex + 1]),
            let count = Int(String(decoding: digits[(star + 1)...], as: UTF8.self)),
            (1...InspectionLimits.inputSizeMax).contains(count),
            bytes.count + count <= InspectionLimits.inputSizeMax
        {
            bytes += [UInt8](repeating: byte, count: count)
            return
        }
        let shown = { String(decoding: word.prefix(16), as: UTF8.self) }
        guard digits.allSatisfy({ Self.digit($0) != nil }), !digits.isEmpty else {
            throw .notHex(line: line, column: column, text: shown())
        }
        guard digits.count % 2 == 0 else {
            throw .oddDigits(line: line, column: column, digits: shown())
        }
        var index = digits.startIndex
        while index < digits.endIndex {
            guard let byte = Self.byte(digits[index], digits[index + 1]) else { return }
            bytes.append(byte)
            index += 2
        }
    }

    /// Where the bytes begin behind `00000010:` or, in dumps without a colon, behind the offset.
    private func offsetColumn(_ line: [UInt8], from first: Int) -> Int? {
        var end = first
        while end < line.endIndex, Self.digit(line[end]) != nil { end += 1 }
        guard end > first, end - first <= 16 else { return nil }
        let isColon = end < line.endIndex && line[end] == UInt8(ascii: ":")
        let value = UInt64(String(decoding: line[first..<end], as: UTF8.self), radix: 16)
        if isColon {
            // `00:11:22` is bytes: an offset has a space behind its colon, and four digits or more.
            let next = end + 1
            let isOffset = next == line.endIndex || Self.isSpace(line[next])
            return isOffset && end - first >= 4 ? next : nil
        }
        guard end - first >= 7, value == UInt64(bytes.count) else { return nil }
        // hexdump -C: two spaces, then single bytes; the last line is an offset alone.
        if line[end...].allSatisfy(Self.isSpace) { return isDump ? line.endIndex : nil }
        guard end + 2 < line.endIndex, Self.isSpace(line[end]), Self.isSpace(line[end + 1]) else {
            return nil
        }
        return end
    }

    /// A line of xxd's up to its text, which begins behind the first two spaces after a byte.
    private static func withoutText(_ line: [UInt8], from start: Int) -> [UInt8] {
        var index = start
        while index < line.endIndex, isSpace(line[index]) { index += 1 }
        while index + 1 < line.endIndex {
            if isSpace(line[index]), isSpace(line[index + 1]) { return Array(line[..<index]) }
            index += 1
        }
        return line
    }

    /// What stands before `#`, `;`, `//` or, in dumps, the bar.
    private static func withoutComment(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let line = Array(text)
        var end = line.startIndex
        while end < line.endIndex {
            let byte = line[end]
            let isSlash =
                byte == UInt8(ascii: "/") && end + 1 < line.endIndex && line[end + 1] == byte
            if isSlash || [UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "|")].contains(byte) {
                break
            }
            end += 1
        }
        return Array(line[..<end])
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0d
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        isSpace(byte) || [UInt8](",:{}[]()\"'".utf8).contains(byte)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func byte(_ high: UInt8, _ low: UInt8) -> UInt8? {
        guard let high = digit(high), let low = digit(low) else { return nil }
        return high << 4 | low
    }
}
