// From a document's text to its definitions: finds headings, paragraphs, definition lines, tables.

/// Reads one document, collecting every error on the way.
struct DocumentReader {
    private let path: String
    private let lines: [Substring]
    private var index = 0
    private var section = ""
    private var paragraph = ""
    private var document: Document
    private(set) var errors: [SpecError] = []

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        document = Document(path: path, proto: "")
        document.proto = document.stem.replacing("-", with: "_")
    }

    static func read(path: String, text: String) -> (Document, [SpecError]) {
        var reader = DocumentReader(path: path, text: text)
        reader.readAll()
        return (reader.document, reader.errors)
    }

    private mutating func readAll() {
        var isCode = false
        var isTable = false
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix("```") { isCode.toggle() }
            if !isCode {
                if line.hasPrefix("# ") {
                    document.title = String(line.dropFirst(2))
                } else if line.hasPrefix("## ") {
                    section = String(line.dropFirst(3))
                }
                readClauses(at: index)
                if line.hasPrefix("|") && !isTable { refuseStrayTable(line) }
                if !readDocumentLine(line) && !readDefinition(line) { readProse(line) }
            }
            isTable = line.hasPrefix("|")
            index += 1
        }
    }

    private mutating func fail(_ message: String, line: Int? = nil) {
        errors.append(SpecError(path: path, line: line ?? index + 1, message: message))
    }

    // MARK: Prose

    private mutating func readProse(_ line: Substring) {
        let isText = !line.isEmpty && !line.hasPrefix("#") && !line.hasPrefix("|")
        if isText {
            let starts = index == 0 || lines[index - 1].isEmpty || lines[index - 1].hasPrefix("#")
            paragraph = starts ? String(line) : paragraph + " " + line
        } else if line.hasPrefix("#") || line.hasPrefix("|") {
            paragraph = ""
        }
    }

    /// In brackets, in the first cell of a table, or in a definition's own sentence.
    private mutating func readClauses(at index: Int) {
        let line = lines[index]
        let lists = line.matches(of: /\[[A-Z0-9, -]+\]|^\| *[A-Z0-9-]+ *\||Clauses? [A-Z0-9, -]+\./)
        for id in lists.flatMap({ $0.output.matches(of: /(?:[A-Z][A-Z0-9]*-)+[0-9]+/) }) {
            let place = ClausePlace(id: String(id.output), line: index + 1, section: section)
            if !document.clauses.contains(place) { document.clauses.append(place) }
        }
    }

    /// A table with the header of a definition but without one is a mistake in the line above it.
    private mutating func refuseStrayTable(_ line: Substring) {
        let header = Table.cells(of: line)
        if TableKind.allCases.contains(where: { $0.header == header }) {
            fail("a table of this shape needs a definition line above it")
        }
    }

    private mutating func readDocumentLine(_ line: Substring) -> Bool {
        if line == "Byte order: host." {
            document.isHostByteOrder = true
        } else if let match = line.wholeMatch(of: /C headers?: (.+)\./) {
            document.cHeaders = match.output.1.matches(of: /`<([^>]+)>`/).map {
                String($0.output.1)
            }
            if document.cHeaders.isEmpty { fail("no header is named: `<linux/…>`") }
        } else if let match = line.wholeMatch(of: /Dissector: `([a-z0-9_]+)`\./) {
            document.proto = String(match.output.1)
        } else {
            return false
        }
        return true
    }

    // MARK: Definitions

    private mutating func readDefinition(_ line: Substring) -> Bool {
        guard let opening = DefinitionLine.opening(of: line) else { return false }
        let place = Place(line: index + 1, section: section, summary: Text.firstSentence(paragraph))
        do throws(Malformed) {
            let definition = try DefinitionLine(line, opening: opening)
            try add(definition, at: place)
        } catch {
            fail(error.message, line: place.line)
            skipTable()
        }
        paragraph = ""
        return true
    }

    /// Passes the table of a definition that is none, so that it is not refused as well.
    private mutating func skipTable() {
        var next = max(index, 0) + 1
        while next < lines.count, lines[next].isEmpty { next += 1 }
        while next < lines.count, lines[next].hasPrefix("|") {
            index = next
            next += 1
        }
    }

    private mutating func add(_ definition: DefinitionLine, at place: Place) throws(Malformed) {
        switch definition.opening {
        case .structure(let name, let size):
            var type = StructDefinition(
                name: name, swift: definition.swift, size: size, place: place,
                sentences: definition.sentences)
            for row in try readTable(.structure) { add(row, to: &type) }
            document.structs.append(type)
        case .enumeration(let name, let base, let kind):
            var type = EnumDefinition(
                isFlags: kind == .flags, name: name, swift: definition.swift, base: base,
                place: place, sentences: definition.sentences)
            for row in try readTable(kind) { add(row, of: kind, to: &type) }
            document.enums.append(type)
        case .constants(let swift):
            var constants = ConstantsDefinition(
                swift: swift, place: place, sentences: definition.sentences)
            for row in try readTable(.values) {
                if let value = attempt(row, { row throws(Malformed) in try row.constant() }) {
                    constants.values.append(value)
                }
            }
            document.constants.append(constants)
        case .messages(let role, let swift):
            document.unions.append(CommandsDefinition(role: role, swift: swift, place: place))
        }
    }

    private mutating func add(_ row: Table.Row, to type: inout StructDefinition) {
        let size = type.size
        let read = attempt(row) { row throws(Malformed) in try row.member(structSize: size) }
        switch read {
        case .field(let field)?: type.fields.append(field)
        case .trailing(let array)?: type.trailing.append(array)
        case nil: break
        }
    }

    private mutating func add(_ row: Table.Row, of kind: TableKind, to type: inout EnumDefinition) {
        let value = attempt(row) { row throws(Malformed) in try row.namedValue(kind) }
        guard let value else { return }
        type.values.append(value)
        switch kind {
        case .messages:
            let message = attempt(row) { row throws(Malformed) in try row.message() }
            if let message { type.messages.append(message) }
        case .ioctls:
            let ioctl = attempt(row) { row throws(Malformed) in try row.ioctl() }
            if let ioctl { type.ioctls.append(ioctl) }
        case .structure, .values, .flags: break
        }
    }

    private mutating func attempt<T>(
        _ row: Table.Row, _ body: (Table.Row) throws(Malformed) -> T
    ) -> T? {
        do throws(Malformed) { return try body(row) } catch {
            fail(error.message, line: row.line)
            return nil
        }
    }

    /// The rows of the table that follows; leaves `index` on its last line.
    private mutating func readTable(_ kind: TableKind) throws(Malformed) -> [Table.Row] {
        var next = index + 1
        while next < lines.count, lines[next].isEmpty, next <= index + 1 { next += 1 }
        guard next + 1 < lines.count, lines[next].hasPrefix("|") else {
            throw Malformed("a table has to follow: | \(kind.header.joined(separator: " | ")) |")
        }
        guard Table.cells(of: lines[next]) == kind.header else {
            index = next
            throw Malformed(
                "the table below has to have the columns \(kind.header.joined(separator: ", "))")
        }
        var rows: [Table.Row] = []
        next += 2
        while next < lines.count, lines[next].hasPrefix("|") {
            readClauses(at: next)
            let cells = Table.cells(of: lines[next])
            if cells.count == kind.header.count {
                rows.append(Table.Row(line: next + 1, cells: cells))
            } else {
                fail("\(cells.count) cells where \(kind.header.count) are needed", line: next + 1)
            }
            next += 1
        }
        index = next - 1
        return rows
    }
}

/// What is wrong with a line, which its reader knows.
struct Malformed: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

enum TableKind: CaseIterable {
    case structure, values, flags, messages, ioctls

    init(word: some StringProtocol) {
        switch word {
        case "flags": self = .flags
        case "messages": self = .messages
        case "ioctls": self = .ioctls
        default: self = .values
        }
    }

    var header: [String] {
        switch self {
        case .structure: ["offset", "size", "field", "type", "Swift", "meaning"]
        case .values, .flags: ["value", "name", "Swift", "meaning"]
        case .messages:
            [
                "value", "name", "Swift", "payload", "descriptors", "reply", "reply descriptors",
                "answer", "gate", "clauses", "meaning",
            ]
        case .ioctls:
            ["value", "name", "Swift", "direction", "payload", "bytes", "decoder", "meaning"]
        }
    }
}
