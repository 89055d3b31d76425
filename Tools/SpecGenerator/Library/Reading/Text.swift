// Small readers of prose and numbers.

enum Text {
    /// The first sentence, without its full stop; a stop inside backticks or a number ends none.
    static func firstSentence(_ paragraph: String) -> String {
        String(sentences(paragraph).first ?? "")
    }

    /// The sentences of a line, without their full stops.
    static func sentences(_ text: some StringProtocol) -> [Substring] {
        let text = Substring(text)
        var sentences: [Substring] = []
        var isCode = false
        var start = text.startIndex
        for index in text.indices {
            if text[index] == "`" { isCode.toggle() }
            guard text[index] == ".", !isCode else { continue }
            let after = text.index(after: index)
            guard after == text.endIndex || text[after] == " " else { continue }
            sentences.append(trimmed(text[start..<index]))
            start = after
        }
        let rest = trimmed(text[start...])
        if !rest.isEmpty { sentences.append(rest) }
        return sentences
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// What stands in backticks.
    static func codes(in text: some StringProtocol) -> [String] {
        Substring(text).matches(of: /`([^`]+)`/).map { String($0.output.1) }
    }

    /// Decimal, hexadecimal, or a shift: `1 << 3`.
    static func number(_ text: some StringProtocol) -> UInt64? {
        let text = Substring(text)
        if let match = text.wholeMatch(of: /([0-9]+) << ([0-9]+)/) {
            guard let one = UInt64(match.output.1), let shift = UInt64(match.output.2), shift < 64,
                (one << shift) >> shift == one
            else { return nil }
            return one << shift
        }
        if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
        return text.allSatisfy(\.isNumber) ? UInt64(text) : nil
    }

    /// `7`, or `0...8` with both ends.
    static func range(_ text: some StringProtocol) -> ClosedRange<UInt64>? {
        let ends = text.split(separator: "...").map { number($0) }
        guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low <= high
        else { return nil }
        return low...high
    }

    /// How many file descriptors a message carries.
    static func descriptors(_ text: some StringProtocol) -> ClosedRange<Int>? {
        range(text).flatMap { range in
            guard let low = Int(exactly: range.lowerBound),
                let high = Int(exactly: range.upperBound)
            else { return nil }
            return low...high
        }
    }
}
