// Swift source as `swift format` would leave it: 100 columns, 4 spaces.

/// Lines of Swift at an indentation.
struct SwiftText {
    private(set) var lines: [String] = []
    private var depth = 0

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func line(_ text: String = "") {
        lines.append(text.isEmpty ? "" : String(repeating: "    ", count: depth) + text)
    }

    /// `head {`, what `body` writes, `}`.
    mutating func block(_ head: String, _ body: (inout SwiftText) -> Void) {
        line(head + " {")
        depth += 1
        body(&self)
        depth -= 1
        line("}")
    }

    /// A documentation comment, wrapped.
    mutating func comment(_ text: String, marker: String = "///") {
        let width = 100 - 4 * depth - marker.count - 1
        var current = ""
        for word in Self.words(text) {
            if !current.isEmpty && current.count + 1 + word.count > width {
                line("\(marker) \(current)")
                current = ""
            }
            current += current.isEmpty ? String(word) : " " + word
        }
        if !current.isEmpty { line("\(marker) \(current)") }
    }

    /// What no line break may divide: code in backticks is one word.
    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").reduce(into: []) { words, word in
            if let last = words.last, !last.count(where: { $0 == "`" }).isMultiple(of: 2) {
                words[words.count - 1] = last + " " + word
            } else {
                words.append(String(word))
            }
        }
    }

    /// `label: statement`, on two lines when one is too long.
    mutating func arm(_ label: String, _ statement: String) {
        if 4 * depth + label.count + 2 + statement.count <= 100 {
            return line("\(label): \(statement)")
        }
        line(label + ":")
        line("    " + statement)
    }

    /// `head(arguments)tail {`: on one line, or with as many arguments on a line as fit.
    mutating func call(
        _ head: String, _ arguments: [String], tail: String = "", _ body: (inout SwiftText) -> Void
    ) {
        let whole = "\(head)(\(arguments.joined(separator: ", ")))\(tail)"
        if 4 * depth + whole.count + 2 <= 100 { return block(whole, body) }
        line(head + "(")
        depth += 1
        for packed in Self.pack(arguments, width: 100 - 4 * depth) { line(packed) }
        depth -= 1
        block(")" + tail, body)
    }

    private static func pack(_ arguments: [String], width: Int) -> [String] {
        var lines: [String] = []
        for (index, argument) in arguments.enumerated() {
            let item = argument + (index == arguments.count - 1 ? "" : ",")
            if let last = lines.last, last.count + 1 + item.count <= width {
                lines[lines.count - 1] = last + " " + item
            } else {
                lines.append(item)
            }
        }
        return lines
    }

    // MARK: Words

    private static let keywords: Set<String> = [
        "default", "repeat", "continue", "switch", "case", "return", "operator", "import", "public",
        "private", "protocol", "func", "let", "var", "enum", "struct", "class", "extension", "for",
        "while", "if", "else", "true", "false", "nil", "try", "throw", "where", "as", "is", "in",
        "do", "break", "defer", "guard", "inout", "internal", "static", "super", "self",
        "subscript", "typealias", "init",
    ]

    /// A declared name, in backticks when it is a keyword.
    static func name(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

    /// A literal with its digits in groups.
    static func literal(_ text: String) -> String {
        if text.hasPrefix("0x") {
            let digits = String(text.dropFirst(2))
            return "0x" + (digits.count < 8 ? digits : grouped(digits, by: 4))
        }
        return text.allSatisfy(\.isNumber) && text.count >= 7 ? grouped(text, by: 3) : text
    }

    private static func grouped(_ digits: String, by size: Int) -> String {
        var groups: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            groups.append(rest.suffix(size))
            rest = rest.dropLast(size)
        }
        return groups.reversed().joined(separator: "_")
    }

    /// Prose without what is for the document only: clause ids and links.
    static func prose(_ text: String) -> String {
        text.replacing(/\ ?\[[A-Z0-9, -]+\]/, with: "")
            .replacing(/\[([^\]]+)\]\([^)]+\)/) { String($0.output.1) }
    }

    static func sentence(_ text: String) -> String {
        let text = prose(text)
        return text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }
}
