// Spec/index.json: everything that the tables say, for programs. FORMAT.md has its shape.

struct IndexWriter {
    let specification: Specification

    func text() -> String { json.text() + "\n" }

    /// The same as a Swift file, for a program that is to need no file beside it.
    func embedded() -> String {
        let quotes = String(repeating: "\"", count: 3)
        return """
            // swift-format-ignore-file
            // Spec/index.json in one line. Written by Tools/SpecGenerator: `make generate`.

            enum SpecJSON {
                static let text = #\(quotes)
                    \(json.compactText)
                    \(quotes)#
            }

            """
    }

    private var json: JSON {
        let documents = JSON.array(specification.documents.map(document))
        return JSON.object([("version", .number(1)), ("documents", documents)])
    }

    private func document(_ document: Document) -> JSON {
        .object([
            ("path", .string(document.path)), ("title", .string(document.title)),
            ("protocol", .string(document.proto)),
            ("byteOrder", .string(document.isHostByteOrder ? "host" : "little")),
            ("cHeaders", .strings(document.cHeaders)),
            ("structs", .array(document.structs.map { structure($0, in: document) })),
            ("enums", .array(document.enums.filter { !$0.isFlags }.map(enumeration))),
            ("flags", .array(document.enums.filter(\.isFlags).map(enumeration))),
            ("constants", .array(document.constants.map(constants))),
            ("messageTables", .array(document.enums.filter(\.isMessageTable).map(messages))),
            ("ioctlTables", .array(document.enums.filter(\.isIoctlTable).map(ioctls))),
            ("clauses", .array(document.clauses.map(clause))),
        ])
    }

    // MARK: Channels

    private func messages(_ table: EnumDefinition) -> JSON {
        let rows = zip(table.values, table.messages).map { value, row in
            JSON.object([
                ("value", .number(value.value)), ("name", .string(value.name)),
                ("swift", .optional(value.swift)),
                ("payload", row.payload.map(type) ?? .null),
                ("descriptors", Self.range(row.descriptors)),
                ("reply", row.reply.map(type) ?? .null),
                ("replyOptional", .bool(row.isReplyOptional)),
                ("replyDescriptors", Self.range(row.replyDescriptors)),
                ("answer", .string(row.answer)), ("gate", .strings(row.gate)),
                ("clauses", .strings(row.clauses)), ("meaning", .string(value.meaning)),
                ("line", .int(value.line)),
            ])
        }
        return .object([
            ("name", .string(table.name)), ("swift", .optional(table.swift)),
            ("base", .string(table.base)), ("line", .int(table.place.line)),
            ("header", .optional(table.sentences.header)),
            ("roles", .strings(table.sentences.codesOf.map(\.rawValue))), ("values", .array(rows)),
        ])
    }

    private func ioctls(_ table: EnumDefinition) -> JSON {
        let rows = zip(table.values, table.ioctls).map { value, row in
            JSON.object([
                ("value", .number(value.value)), ("name", .string(value.name)),
                ("swift", .optional(value.swift)), ("direction", .string(row.direction)),
                ("payload", row.payload.map(type) ?? .null), ("size", .int(row.size)),
                ("decoder", .string(row.decoder)), ("meaning", .string(value.meaning)),
                ("line", .int(value.line)),
            ])
        }
        return .object([
            ("name", .string(table.name)), ("swift", .optional(table.swift)),
            ("base", .string(table.base)), ("line", .int(table.place.line)),
            ("values", .array(rows)),
        ])
    }

    private static func range(_ range: ClosedRange<Int>) -> JSON {
        .object([("min", .int(range.lowerBound)), ("max", .int(range.upperBound))])
    }

    private func place(_ place: Place) -> [(String, JSON)] {
        [
            ("line", .int(place.line)), ("section", .string(place.section)),
            ("summary", .string(place.summary)),
        ]
    }

    // MARK: Structs

    private func structure(_ type: StructDefinition, in document: Document) -> JSON {
        let sentences = type.sentences
        let codec =
            type.swift == nil ? "none" : sentences.isHandwritten ? "handwritten" : "generated"
        let head: [(String, JSON)] = [
            ("name", .string(type.name)), ("swift", .optional(type.swift)),
            ("size", .int(type.size)),
        ]
        return .object(
            head + place(type.place) + [
                ("codec", .string(codec)),
                ("messages", .array(sentences.messages.map { message($0, in: document) })),
                ("needs", .strings(sentences.needs)),
                ("answers", .array(sentences.answers.map { code($0, in: document) })),
                ("errors", .array(sentences.errors.map { code($0, in: document) })),
                ("clauses", .strings(sentences.clauses)),
                ("fields", .array(type.fields.map { field($0) })),
                ("trailing", .array(type.trailing.map(trailing))),
            ])
    }

    private func message(_ message: MessageCode, in document: Document) -> JSON {
        let name = specification.name(of: message.code, role: message.role, in: document)
        return .object([
            ("role", .string(message.role.rawValue)), ("code", .number(message.code)),
            ("name", .optional(name?.name)),
            ("descriptors", Self.range(message.descriptors)),
        ])
    }

    /// A code by number or name, whichever the document gives.
    private func code(_ text: String, in document: Document) -> JSON {
        let values = document.enums.filter { !$0.isFlags }
            .sorted { !$0.sentences.codesOf.isEmpty && $1.sentences.codesOf.isEmpty }
            .flatMap(\.values)
        let number = Text.number(text)
        let found = values.first { number.map($0.value.isEqual) ?? ($0.name == text) }
        return .object([
            ("code", (number ?? found?.value).map { .number($0) } ?? .null),
            ("name", .optional(found?.name)),
        ])
    }

    private func type(_ type: FieldType) -> JSON {
        .object([
            ("kind", .string(type.kind.rawValue)), ("name", .string(type.name)),
            ("count", type.count.map { .int($0) } ?? .null),
        ])
    }

    private func field(_ field: Field) -> JSON {
        let swift = field.swift.map { member in
            JSON.object([
                ("name", .string(member.name)), ("type", .string(member.type)),
                ("default", .optional(member.defaultValue)),
            ])
        }
        let constant = specification.constantValue(of: field)
        return .object([
            ("name", .optional(field.name)), ("offset", .int(field.offset)),
            ("size", .int(field.size)), ("type", type(field.type)), ("swift", swift ?? .null),
            ("constant", constant.map { .number($0) } ?? .null),
            ("condition", condition(field.condition)), ("meaning", .string(field.meaning)),
            ("line", .int(field.line)),
        ])
    }

    private func trailing(_ array: TrailingArray) -> JSON {
        .object([
            ("name", .string(array.name)), ("type", type(array.type)),
            ("elementSize", .int(array.elementSize)), ("countField", .optional(array.countField)),
            ("condition", condition(array.condition)), ("meaning", .string(array.meaning)),
            ("line", .int(array.line)),
        ])
    }

    private func condition(_ condition: Condition?) -> JSON {
        guard let condition else { return .null }
        return .object([
            ("text", .string(condition.text)), ("field", .optional(condition.field)),
            ("values", .array(condition.values.map { .number($0) })),
        ])
    }

    // MARK: Values

    private func enumeration(_ type: EnumDefinition) -> JSON {
        let head: [(String, JSON)] = [
            ("name", .string(type.name)), ("swift", .optional(type.swift)),
            ("base", .string(type.base)),
        ]
        return .object(
            head + place(type.place) + [
                ("codesOf", .strings(type.sentences.codesOf.map(\.rawValue))),
                ("values", .array(type.values.map { value($0) })),
            ])
    }

    private func constants(_ constants: ConstantsDefinition) -> JSON {
        let values = constants.values.map { value($0, type: $0.type) }
        return .object(
            [("swift", .string(constants.swift))] + place(constants.place)
                + [("values", .array(values))])
    }

    private func value(_ value: NamedValue, type: String? = nil) -> JSON {
        let typed: [(String, JSON)] = type.map { [("type", .string($0))] } ?? []
        return .object(
            [
                ("value", .number(value.value)), ("name", .string(value.name)),
                ("swift", .optional(value.swift)),
            ] + typed + [("meaning", .string(value.meaning))])
    }

    private func clause(_ clause: ClausePlace) -> JSON {
        .object([
            ("id", .string(clause.id)), ("line", .int(clause.line)),
            ("section", .string(clause.section)),
        ])
    }
}

extension EnumDefinition {
    var isMessageTable: Bool { !messages.isEmpty }
    var isIoctlTable: Bool { !ioctls.isEmpty }
}

extension UInt64 {
    fileprivate func isEqual(_ other: UInt64) -> Bool { self == other }
}
