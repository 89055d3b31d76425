// The rows of a definition's table.

enum Table {
    struct Row {
        var line: Int
        var cells: [String]
    }

    /// What a row of a struct's table is.
    enum Member {
        case field(Field)
        case trailing(TrailingArray)
    }

    /// The cells between the pipes; `\|` is a pipe inside a cell.
    static func cells(of line: some StringProtocol) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isEscaped = false
        for character in line.dropFirst() {
            if isEscaped {
                cell += character == "|" ? "|" : "\\" + String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "|" {
                cells.append(String(Text.trimmed(Substring(cell))))
                cell = ""
            } else {
                cell.append(character)
            }
        }
        return cells
    }
}

extension Table.Row {
    /// A cell without backticks.
    private func plain(_ column: Int) -> String { cells[column].replacing("`", with: "") }

    // MARK: Values

    func namedValue(_ kind: TableKind = .values) throws(Malformed) -> NamedValue {
        let literal = plain(0)
        guard let value = Text.number(literal) else { throw Malformed("'\(literal)' is no number") }
        guard plain(1).wholeMatch(of: /[A-Za-z0-9_]+/) != nil else {
            throw Malformed("'\(plain(1))' is no name")
        }
        let swift = plain(2)
        guard swift == "—" || swift.wholeMatch(of: /[a-z][A-Za-z0-9_]*/) != nil else {
            throw Malformed("'\(swift)' is no Swift name; none is —")
        }
        return NamedValue(
            value: value, literal: literal, name: plain(1), swift: swift == "—" ? nil : swift,
            type: nil, meaning: cells[kind.header.count - 1], line: line)
    }

    func constant() throws(Malformed) -> NamedValue {
        var row = self
        let parts = plain(2).split(separator: ": ", maxSplits: 1)
        guard let name = parts.first else { throw Malformed("a constant has a Swift name") }
        row.cells[2] = String(name)
        if row.plain(1) == "—" { row.cells[1] = String(name) }
        var value = try row.namedValue()
        value.type = parts.count == 2 ? String(parts[1]) : "Int"
        return value
    }

    // MARK: Messages

    func message() throws(Malformed) -> MessageRow {
        let reply = plain(5).split(separator: " or ")
        guard let descriptors = Text.descriptors(plain(4)), let back = Text.descriptors(plain(6))
        else { throw Malformed("descriptors read: 1 or 0...8") }
        guard ["always", "never", "ack"].contains(plain(7)) else {
            throw Malformed("'\(plain(7))' is none of always, never, ack")
        }
        return MessageRow(
            payload: try Self.payload(plain(3)), descriptors: descriptors,
            reply: try Self.payload(reply.first.map(String.init) ?? ""),
            isReplyOptional: reply.count > 1, replyDescriptors: back, answer: plain(7),
            gate: Text.codes(in: cells[8]),
            clauses: cells[9].split(separator: ", ").map(String.init).filter { $0 != "—" })
    }

    func ioctl() throws(Malformed) -> IoctlRow {
        let direction = plain(3) == "—" ? "" : plain(3)
        guard ["", "R", "W", "WR"].contains(direction) else {
            throw Malformed("'\(direction)' is none of R, W, WR, —")
        }
        guard let size = plain(5) == "—" ? 0 : Int(plain(5)) else {
            throw Malformed("'\(plain(5))' is no size")
        }
        return IoctlRow(
            direction: direction, payload: try Self.payload(plain(4)), size: size,
            decoder: plain(6) == "—" ? "" : plain(6))
    }

    /// A type, `u8[]` for bytes of any number, or nothing.
    private static func payload(_ text: String) throws(Malformed) -> FieldType? {
        if text == "—" { return nil }
        if text == "u8[]" { return FieldType(kind: .integer, name: "u8", count: 0) }
        return try fieldType(text)
    }

    // MARK: Members

    func member(structSize: Int) throws(Malformed) -> Table.Member {
        let (condition, meaning) = Self.condition(of: cells[5])
        if let trailing = try trailing(condition, meaning, structSize: structSize) {
            return .trailing(trailing)
        }
        guard let offset = Int(plain(0)) else { throw Malformed("'\(plain(0))' is no offset") }
        guard let size = Int(plain(1)), size > 0 else {
            throw Malformed("'\(plain(1))' is no size: a number, `16 × field`, or rest")
        }
        let name = plain(2)
        guard name == "—" || name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.]*/) != nil else {
            throw Malformed("'\(name)' is no field name; a hole is —")
        }
        let (swift, constant) = try Self.swiftMember(plain(4))
        return .field(
            Field(
                name: name == "—" ? nil : name, offset: offset, size: size,
                type: try Self.fieldType(plain(3)), swift: swift, constant: constant,
                condition: condition, meaning: meaning, line: line))
    }

    private func trailing(_ condition: Condition?, _ meaning: String, structSize: Int)
        throws(Malformed) -> TrailingArray?
    {
        let size = plain(1)
        let product = size.wholeMatch(of: /([0-9]+) × ([A-Za-z_][A-Za-z0-9_.]*)/)
        let bare = size.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.]*/)
        guard product != nil || bare != nil else { return nil }
        guard plain(0) == "—" || Int(plain(0)) == structSize else {
            throw Malformed("an array that trails begins at the struct's size, \(structSize)")
        }
        let shape = /((?:struct |enum |flags )?[A-Za-z0-9_]+)\[([A-Za-z0-9_.]*)\]/
        guard let match = plain(3).wholeMatch(of: shape) else {
            throw Malformed("a trailing array's type reads `struct NAME[field]` or `u8[]`")
        }
        let field = product.map { String($0.output.2) } ?? (size == "rest" ? nil : size)
        guard match.output.2 == field ?? "" else {
            throw Malformed("the size counts '\(field ?? "rest")', the type '\(match.output.2)'")
        }
        guard plain(4) == "—" else { throw Malformed("a trailing array is no Swift member: —") }
        return TrailingArray(
            name: plain(2), type: try Self.fieldType(String(match.output.1)),
            elementSize: product.flatMap { Int($0.output.1) } ?? 1, countField: field,
            condition: condition, meaning: meaning, line: line)
    }

    private static func fieldType(_ text: String) throws(Malformed) -> FieldType {
        let shape = /(?:(struct|enum|flags) )?([A-Za-z0-9_]+)(?:\[([0-9]+)\])?/
        guard let match = text.wholeMatch(of: shape) else {
            throw Malformed("'\(text)' is no type")
        }
        let name = String(match.output.2)
        let count = match.output.3.flatMap { Int($0) }
        guard let word = match.output.1 else {
            guard Integers.size(of: name) != nil else { throw Malformed("'\(name)' is no type") }
            return FieldType(kind: .integer, name: name, count: count)
        }
        let kind: FieldType.Kind =
            word == "struct" ? .structure : word == "enum" ? .enumeration : .flags
        return FieldType(kind: kind, name: name, count: count)
    }

    private static func swiftMember(_ text: String) throws(Malformed) -> (SwiftMember?, String?) {
        if text == "—" { return (nil, nil) }
        if text.hasPrefix("= ") { return (nil, String(text.dropFirst(2))) }
        let shape = /([a-z][A-Za-z0-9_]*): ([A-Za-z0-9_.<>\[\]]+)(?: = (.+))?/
        guard let match = text.wholeMatch(of: shape) else {
            throw Malformed(
                "a Swift member reads `name: Type` or `name: Type = default`; none is —")
        }
        let value = match.output.3.map(String.init)
        return (
            SwiftMember(
                name: String(match.output.1), type: String(match.output.2), defaultValue: value),
            nil
        )
    }

    /// Takes `When …:` off the front of a meaning.
    private static func condition(of meaning: String) -> (Condition?, String) {
        guard let match = meaning.prefixMatch(of: /When ([^:]+): ?/) else { return (nil, meaning) }
        let text = match.output.1.replacing("`", with: "")
        var condition = Condition(text: String(text))
        let shape = /([A-Za-z_][A-Za-z0-9_.]*) = ((?:0x)?[0-9a-f]+(?:(?:, | or )(?:0x)?[0-9a-f]+)*)/
        if let match = condition.text.prefixMatch(of: shape) {
            condition.field = String(match.output.1)
            let numbers = match.output.2.replacing(" or ", with: ", ").split(separator: ", ")
            condition.values = numbers.compactMap { Text.number($0) }
        }
        return (condition, String(meaning[match.range.upperBound...]))
    }
}

/// The integers of the tables.
enum Integers {
    static let swift = [
        "u8": "UInt8", "u16": "UInt16", "u32": "UInt32", "u64": "UInt64", "i32": "Int32",
        "i64": "Int64",
    ]

    static func size(of name: String) -> Int? {
        switch name {
        case "u8": 1
        case "u16": 2
        case "u32", "i32": 4
        case "u64", "i64": 8
        default: nil
        }
    }
}
