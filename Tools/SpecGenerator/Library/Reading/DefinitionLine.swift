// The line that says that a table is a definition.

struct DefinitionLine {
    enum Opening {
        case structure(name: String, size: Int)
        case enumeration(name: String, base: String, TableKind)
        case constants(swift: String)
        case messages(Role, swift: String)
    }

    var opening: Opening
    var swift: String?
    var sentences = Sentences()

    /// How a definition line begins; nil when the line is prose.
    static func opening(of line: Substring) -> Substring? {
        let shape =
            /`(?:struct|enum|flags|messages|ioctls) [^`]+` \(|`constants` are in |`[a-z]+` are `/
        return line.prefixMatch(of: shape)?.output
    }

    init(_ line: Substring, opening beginning: Substring) throws(Malformed) {
        let sentences = Text.sentences(line)
        guard let first = sentences.first, line.last == "." else {
            throw Malformed("a definition line ends in a full stop")
        }
        (opening, swift) = try Self.readOpening(first)
        for sentence in sentences.dropFirst() { try self.sentences.read(sentence) }
        try checkSwift()
    }

    private static func readOpening(_ text: Substring) throws(Malformed) -> (Opening, String?) {
        if let match = text.wholeMatch(of: /`constants` are in `([A-Za-z0-9.]+)`/) {
            return (.constants(swift: String(match.output.1)), nil)
        }
        if let match = text.wholeMatch(of: /`([a-z]+)` are `([A-Za-z0-9.]+)`/) {
            guard let role = Role.allCases.first(where: { $0.plural == match.output.1 }) else {
                throw Malformed("'\(match.output.1)' is no role of messages")
            }
            return (.messages(role, swift: String(match.output.2)), nil)
        }
        let shape =
            /`(struct|enum|flags|messages|ioctls) ([A-Za-z0-9_]+)` \(([^)]+)\)(?: is `([A-Za-z0-9.]+)`)?/
        guard let match = text.wholeMatch(of: shape) else {
            throw Malformed("a definition reads: `struct NAME` (32 bytes) is `Swift.Name`.")
        }
        let (name, measure) = (String(match.output.2), match.output.3)
        let swift = match.output.4.map(String.init)
        if match.output.1 == "struct" {
            guard let size = measure.wholeMatch(of: /([0-9]+) bytes?/).flatMap({ Int($0.output.1) })
            else { throw Malformed("a struct's size reads: (32 bytes)") }
            return (.structure(name: name, size: size), swift)
        }
        guard ["u8", "u16", "u32", "u64"].contains(measure) else {
            throw Malformed("'\(measure)' is none of u8, u16, u32, u64")
        }
        let kind = TableKind(word: match.output.1)
        return (.enumeration(name: name, base: String(measure), kind), swift)
    }

    private func checkSwift() throws(Malformed) {
        guard case .structure = opening else { return }
        if swift == nil && !sentences.isLayoutOnly {
            throw Malformed("a struct without a Swift type is 'Layout only.'")
        }
        if swift != nil && sentences.isLayoutOnly {
            throw Malformed("'Layout only.' is said of a struct without a Swift type")
        }
    }
}

extension Sentences {
    /// Reads one sentence of the closed set.
    mutating func read(_ sentence: Substring) throws(Malformed) {
        switch sentence {
        case "Handwritten": isHandwritten = true
        case "Layout only": isLayoutOnly = true
        case "Described": isDescribed = true
        case "Not in C": isNotInC = true
        case "Bit numbers in C": isBitNumberInC = true
        case "Macros in C": isMacroInC = true
        case "Longer in C": isLongerInC = true
        case "Ioctl numbers in C": isIoctlNumberInC = true
        default: try readList(sentence)
        }
    }

    private mutating func readList(_ sentence: Substring) throws(Malformed) {
        let codes = Text.codes(in: sentence)
        if sentence.hasPrefix("Needs ") {
            needs += codes
        } else if sentence.hasPrefix("Answers ") {
            answers += codes
        } else if sentence.hasPrefix("Errors ") {
            errors += codes
        } else if sentence.hasPrefix("C name ") {
            cName = codes.first
        } else if sentence.hasPrefix("Clauses ") || sentence.hasPrefix("Clause ") {
            clauses += sentence.split(separator: " ").dropFirst().map {
                String($0.filter { $0 != "," })
            }
        } else if sentence.hasPrefix("Codes of ") {
            codesOf += try Self.roles(sentence.dropFirst("Codes of ".count))
        } else if sentence.hasPrefix("Roles ") {
            codesOf += try Self.roles(sentence.dropFirst("Roles ".count), isPlural: false)
        } else if sentence.hasPrefix("Header ") {
            header = codes.first.map { String($0.trimmingPrefix("struct ")) }
        } else if let role = Role.allCases.first(where: { sentence.hasPrefix($0.word + " ") }) {
            messages += try Self.codes(of: role, sentence)
        } else {
            throw Malformed("no sentence of a definition begins like '\(sentence)'")
        }
        let needsCodes = ["Needs ", "Answers ", "Errors ", "C name "]
        if codes.isEmpty && needsCodes.contains(where: { sentence.hasPrefix($0) }) {
            throw Malformed("'\(sentence)' names nothing in backticks")
        }
    }

    private static func roles(
        _ text: Substring, isPlural: Bool = true
    ) throws(Malformed) -> [Role] {
        var roles: [Role] = []
        let words = text.replacing(" and ", with: ", ").split(separator: ", ")
        for word in words {
            let role = Role.allCases.first {
                isPlural ? $0.plural == word : $0.word.lowercased() == word
            }
            guard let role else { throw Malformed("'\(word)' is no role of messages") }
            roles.append(role)
        }
        return roles
    }

    private static func codes(of role: Role, _ sentence: Substring) throws(Malformed)
        -> [MessageCode]
    {
        let parts = sentence.split(separator: ", descriptor", maxSplits: 1)
        var descriptors = 0...0
        if parts.count == 2 {
            guard let range = Text.codes(in: parts[1]).first.flatMap(Text.descriptors) else {
                throw Malformed("descriptors read: `1` or `0...8`")
            }
            descriptors = range
        }
        var messages: [MessageCode] = []
        for code in Text.codes(in: parts[0]) {
            guard let range = Text.range(code), range.count <= 256 else {
                throw Malformed("'\(code)' is no message code")
            }
            messages += range.map { MessageCode(role: role, code: $0, descriptors: descriptors) }
        }
        if messages.isEmpty { throw Malformed("'\(sentence)' names no code in backticks") }
        return messages
    }
}
