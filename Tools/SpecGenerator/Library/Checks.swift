// What has to hold of tables, one function for each kind of definition.

struct Checks {
    private let specification: Specification
    private var errors: [SpecError] = []

    init(_ specification: Specification) { self.specification = specification }

    func run() -> [SpecError] {
        var checks = self
        var names: [String: String] = [:]
        var swiftNames: [String: String] = [:]
        for document in specification.documents {
            for type in document.structs {
                checks.unique(type.name, type.place.line, in: document, among: &names)
                checks.unique(type.swift, type.place.line, in: document, among: &swiftNames)
                checks.check(type, in: document)
            }
            for type in document.enums {
                checks.unique(type.name, type.place.line, in: document, among: &names)
                checks.unique(type.swift, type.place.line, in: document, among: &swiftNames)
                checks.check(type, in: document)
            }
            for constants in document.constants {
                checks.checkUniqueNames(constants.values, in: document)
            }
            checks.checkMessages(of: document)
        }
        return checks.errors
    }

    private mutating func fail(_ message: String, _ line: Int, in document: Document) {
        errors.append(SpecError(path: document.path, line: line, message: message))
    }

    private mutating func unique(
        _ name: String?, _ line: Int, in document: Document, among names: inout [String: String]
    ) {
        guard let name else { return }
        if let first = names[name] { fail("'\(name)' is defined at \(first)", line, in: document) }
        names[name] = names[name] ?? "\(document.path):\(line)"
    }

    // MARK: Structs

    private mutating func check(_ type: StructDefinition, in document: Document) {
        checkOffsets(type, in: document)
        var names: Set<String> = []
        var members: Set<String> = []
        for field in type.fields {
            if let name = field.name, !names.insert(name).inserted {
                fail("field '\(name)' stands twice", field.line, in: document)
            }
            if let member = field.swift, !members.insert(member.name).inserted {
                fail("member '\(member.name)' stands twice", field.line, in: document)
            }
            check(field, of: type, in: document)
        }
        for array in type.trailing { check(array, of: type, in: document) }
        check(type.sentences, line: type.place.line, in: document)
        checkSummary(type.place, in: document)
    }

    private mutating func checkSummary(_ place: Place, in document: Document) {
        if place.summary.isEmpty {
            fail("a paragraph above has to say what this is", place.line, in: document)
        }
    }

    /// Rows cover the struct from 0 to its size; where they overlap, each has a condition.
    private mutating func checkOffsets(_ type: StructDefinition, in document: Document) {
        var end = 0
        var members = 0
        var last: Field?
        for field in type.fields {
            let name = field.name ?? "—"
            if field.offset < (last?.offset ?? 0) {
                fail("offsets descend: '\(name)' at \(field.offset)", field.line, in: document)
            } else if field.offset > end {
                fail(
                    "a gap from \(end) to \(field.offset), before '\(name)'", field.line,
                    in: document)
            } else if field.offset < end && (field.condition == nil || last?.condition == nil) {
                fail(
                    "fields overlap: '\(name)' begins at \(field.offset), before \(end); "
                        + "in a union each row begins 'When …:'", field.line, in: document)
            }
            if field.swift != nil || field.constant != nil {
                if field.offset < members && !type.sentences.isHandwritten && type.swift != nil {
                    fail(
                        "two members of a union: leave one, or say 'Handwritten.'", field.line,
                        in: document)
                }
                members = max(members, field.end)
            }
            end = max(end, field.end)
            last = field
        }
        if end != type.size {
            fail(
                "the fields end at \(end), the struct at \(type.size)", type.place.line,
                in: document)
        }
    }

    private mutating func check(
        _ field: Field, of type: StructDefinition, in document: Document
    ) {
        guard let element = specification.elementSize(field.type), isKnown(field.type) else {
            return fail("no document defines '\(field.type.name)'", field.line, in: document)
        }
        let size = element * (field.type.count ?? 1)
        if size != field.size {
            fail("the type has \(size) bytes, the row \(field.size)", field.line, in: document)
        }
        check(field.condition, of: type, line: field.line, in: document)
        if let constant = field.constant, specification.constantValue(of: field) == nil {
            fail("'\(constant)' is no value of '\(field.type.name)'", field.line, in: document)
        }
        if let member = field.swift, type.sentences.isHandwritten == false, type.swift != nil {
            checkSwiftType(member, field, of: type, in: document)
        }
    }

    /// Whether the table's kind is the definition's.
    private func isKnown(_ type: FieldType) -> Bool {
        switch type.kind {
        case .integer, .structure: true
        case .enumeration: specification.enums[type.name]?.isFlags == false
        case .flags: specification.enums[type.name]?.isFlags == true
        }
    }

    private mutating func check(
        _ condition: Condition?, of type: StructDefinition, line: Int, in document: Document
    ) {
        guard let name = condition?.field else { return }
        if !type.fields.contains(where: { $0.name == name }) {
            fail("the condition names '\(name)', which is no field here", line, in: document)
        }
    }

    private mutating func checkSwiftType(
        _ member: SwiftMember, _ field: Field, of type: StructDefinition, in document: Document
    ) {
        let isArray = member.type.hasPrefix("[")
        let element = isArray ? String(member.type.dropFirst().dropLast()) : member.type
        if field.type.count == nil && (isArray || element == "String") {
            fail("'\(member.type)' is for an array", field.line, in: document)
        } else if field.type.count != nil && Integers.swift.values.contains(member.type) {
            fail("an array of numbers is a member of type [T]", field.line, in: document)
        }
        if let base = specification.base(field.type), let integer = Integers.swift[base],
            Integers.swift.values.contains(element), element != integer
        {
            fail("'\(base)' is \(integer) in Swift, not \(element)", field.line, in: document)
        }
        guard field.type.kind == .structure, let inner = specification.structs[field.type.name]
        else { return }
        let namespace = type.swift?.split(separator: ".").dropLast().joined(separator: ".") ?? ""
        if inner.swift != element && inner.swift != namespace + "." + element {
            fail(
                "'struct \(field.type.name)' is '\(inner.swift ?? "layout only")', not '\(element)'",
                field.line, in: document)
        }
    }

    private mutating func check(
        _ array: TrailingArray, of type: StructDefinition, in document: Document
    ) {
        guard let element = specification.elementSize(array.type) else {
            return fail("no document defines '\(array.type.name)'", array.line, in: document)
        }
        if let field = array.countField {
            let counted = type.fields.first { $0.name == field }
            if counted == nil || counted?.type.count != nil
                || counted.flatMap({ specification.base($0.type) }) == nil
            {
                fail("'\(field)' is no integer field of this struct", array.line, in: document)
            }
        }
        if array.countField != nil && element != array.elementSize {
            fail(
                "an element has \(element) bytes, the row says \(array.elementSize)", array.line,
                in: document)
        }
    }

    private mutating func check(_ sentences: Sentences, line: Int, in document: Document) {
        let features = Set(
            specification.enums.values.filter(\.isFlags).flatMap(\.values).map(\.name))
        for need in sentences.needs where !features.contains(need) {
            fail("no flags table has '\(need)'", line, in: document)
        }
        let names = Set(document.enums.flatMap(\.values).map(\.name) + document.structs.map(\.name))
        let codes = Set(document.enums.flatMap(\.values).map(\.value))
        for answer in sentences.answers + sentences.errors {
            let isKnown = Text.number(answer).map(codes.contains) ?? names.contains(answer)
            if !isKnown { fail("no enum here has '\(answer)'", line, in: document) }
        }
    }

    // MARK: Values

    private mutating func check(_ type: EnumDefinition, in document: Document) {
        let bits = 8 * (Integers.size(of: type.base) ?? 0)
        var lines: [UInt64: Int] = [:]
        var seen: UInt64 = 0
        for value in type.values {
            if bits < 64 && value.value >> bits != 0 {
                fail("\(value.literal) does not fit \(type.base)", value.line, in: document)
            }
            if let first = lines[value.value] {
                fail("\(value.literal) stands at line \(first) too", value.line, in: document)
            } else if type.isFlags && value.value & seen != 0 && value.value.nonzeroBitCount == 1 {
                fail("the bit \(value.literal) is part of another flag", value.line, in: document)
            }
            lines[value.value] = value.line
            seen |= value.value.nonzeroBitCount == 1 ? value.value : 0
        }
        for (value, row) in zip(type.values, type.messages) {
            check(row, line: value.line, in: document)
        }
        for (value, row) in zip(type.values, type.ioctls) {
            check(row, line: value.line, in: document)
        }
        if let header = type.sentences.header, specification.structs[header] == nil {
            fail("no document defines '\(header)'", type.place.line, in: document)
        }
        if type.values.isEmpty { fail("the table has no rows", type.place.line, in: document) }
        checkUniqueNames(type.values, in: document)
        checkSummary(type.place, in: document)
    }

    private mutating func check(_ row: MessageRow, line: Int, in document: Document) {
        for type in [row.payload, row.reply].compactMap({ $0 }) {
            if specification.elementSize(type) == nil || !isKnown(type) {
                fail("no document defines '\(type.name)'", line, in: document)
            }
        }
        let features = Set(
            specification.enums.values.filter(\.isFlags).flatMap(\.values).map(\.name))
        for gate in row.gate where !features.contains(gate) {
            fail("no flags table has '\(gate)'", line, in: document)
        }
        if row.answer == "never" && row.reply != nil {
            fail("a request that is never answered has no reply", line, in: document)
        }
    }

    /// Payloads that no decoder has are only named.
    private mutating func check(_ row: IoctlRow, line: Int, in document: Document) {
        guard let payload = row.payload, let element = specification.elementSize(payload) else {
            return
        }
        let size = element * (payload.count ?? 1)
        if size != row.size {
            fail("the payload has \(size) bytes, the row \(row.size)", line, in: document)
        }
    }

    private mutating func checkUniqueNames(_ values: [NamedValue], in document: Document) {
        var names: Set<String> = []
        var swiftNames: Set<String> = []
        for value in values {
            if !names.insert(value.name).inserted {
                fail("'\(value.name)' stands twice", value.line, in: document)
            }
            if let swift = value.swift, !swiftNames.insert(swift).inserted {
                fail("the Swift name '\(swift)' stands twice", value.line, in: document)
            }
            if let integer = Integers.swift.first(where: { $0.value == value.type })?.key,
                let size = Integers.size(of: integer), size < 8, value.value >> (8 * size) != 0
            {
                fail("\(value.literal) does not fit \(integer)", value.line, in: document)
            }
        }
    }

    // MARK: Messages

    /// Each code belongs to one struct, and an enum of the document names it.
    private mutating func checkMessages(of document: Document) {
        for role in Role.allCases {
            var owners: [UInt64: Int] = [:]
            let isNamed = document.enums.contains { $0.sentences.codesOf.contains(role) }
            for type in document.structs {
                let line = type.place.line
                for message in type.sentences.messages where message.role == role {
                    if let first = owners[message.code] {
                        fail(
                            "\(role.word) \(message.code) is the struct at line \(first) already",
                            line, in: document)
                    }
                    owners[message.code] = line
                    if !isNamed {
                        fail("no enum says 'Codes of \(role.plural).'", line, in: document)
                    } else if specification.name(of: message.code, role: role, in: document) == nil
                    {
                        fail(
                            "no enum names \(role.word) 0x\(String(message.code, radix: 16))", line,
                            in: document)
                    }
                }
            }
        }
    }
}
