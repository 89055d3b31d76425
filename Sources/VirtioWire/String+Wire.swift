// Text in byte arrays of a fixed length: `card`, `description`, `debug_name`.

extension String {
    /// The longest prefix of whole characters whose UTF-8 fits in `limit` bytes.
    func utf8Prefix(_ limit: Int) -> Substring {
        if utf8.count <= limit { return self[...] }
        var end = utf8.index(startIndex, offsetBy: limit)
        while Index(end, within: self) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }
}

extension RawSpan {
    /// The text in `range`, bytes that are no UTF-8 replaced.
    func text(in range: Range<Int>) -> String {
        String(decoding: range.map { u8(at: $0) }, as: UTF8.self)
    }

    /// The text in `range` up to its first NUL, if there is one.
    func textToNUL(in range: Range<Int>) -> String {
        text(in: range.lowerBound..<(range.first { u8(at: $0) == 0 } ?? range.upperBound))
    }
}

extension WireBuffer {
    /// Appends `text` in an array of `sizeBytes` bytes: cut at a character, then padded with NUL.
    mutating func append(text: String, sizeBytes: Int) {
        let fitting = text.utf8Prefix(sizeBytes)
        for byte in fitting.utf8 { append(u8: byte) }
        append(zeros: sizeBytes - fitting.utf8.count)
    }
}
