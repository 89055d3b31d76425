// The Swift codecs: one file for each section of a document that defines something.

struct SwiftWriter {
    let specification: Specification

    private enum Definition {
        case structure(StructDefinition)
        case enumeration(EnumDefinition)
        case constants(ConstantsDefinition)
        case messages(CommandsDefinition)

        var place: Place {
            switch self {
            case .structure(let type): type.place
            case .enumeration(let type): type.place
            case .constants(let constants): constants.place
            case .messages(let messages): messages.place
            }
        }

        /// What encloses the declaration.
        var namespace: String {
            switch self {
            case .structure(let type): Self.enclosing(type.swift ?? "")
            case .enumeration(let type): Self.enclosing(type.swift ?? "")
            case .constants(let constants): constants.swift
            case .messages(let messages): Self.enclosing(messages.swift)
            }
        }

        private static func enclosing(_ name: String) -> String {
            name.split(separator: ".").dropLast().joined(separator: ".")
        }
    }

    /// Paths below `Sources/VirtioWire/Generated`, and texts.
    func files() -> [(path: String, text: String)] {
        specification.documents.flatMap { document in
            let definitions = definitions(of: document)
            let sections = definitions.reduce(into: [String]()) { sections, definition in
                let section = definition.place.section
                if !sections.contains(section) { sections.append(section) }
            }
            return sections.map { section in
                let own = definitions.filter { $0.place.section == section }
                let folder = Self.camel(document.stem)
                return (
                    "\(folder)/\(folder)\(Self.camel(section)).swift",
                    text(own, section: section, of: document)
                )
            }
        }
    }

    private func definitions(of document: Document) -> [Definition] {
        let structs = document.structs
            .filter { $0.swift != nil && !$0.sentences.isHandwritten }.map(Definition.structure)
        let enums = document.enums
            .filter { $0.swift != nil && !$0.sentences.isHandwritten }.map(Definition.enumeration)
        let constants = document.constants
            .filter { !$0.sentences.isHandwritten && !$0.sentences.isLayoutOnly }
            .map(Definition.constants)
        let messages = document.unions.map(Definition.messages)
        return (structs + enums + constants + messages).sorted { $0.place.line < $1.place.line }
    }

    /// `vhost-user-gpu` → `VhostUserGPU`, `The back-end's channel` → `BackEndsChannel`.
    private static func camel(_ text: String) -> String {
        let acronyms = [
            "gpu": "GPU", "edid": "EDID", "v4l2": "V4L2", "uuid": "UUID", "uuids": "UUIDs",
        ]
        let words = text.replacing("'", with: "").split { !$0.isLetter && !$0.isNumber }
            .drop { $0 == "The" }
        return words.map { word in
            acronyms[word.lowercased()] ?? word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
    }

    private func text(_ definitions: [Definition], section: String, of document: Document)
        -> String
    {
        var out = SwiftText()
        out.line(
            "// Generated from \(document.path), \"\(section)\": `make generate` writes it anew.")
        var rest = definitions[...]
        while let first = rest.first {
            let run = rest.prefix { $0.namespace == first.namespace }
            rest = rest.dropFirst(run.count)
            out.line()
            if first.namespace.isEmpty {
                write(run, to: &out)
            } else {
                out.block("extension \(first.namespace)") { write(run, to: &$0) }
            }
        }
        for case .enumeration(let type) in definitions where type.sentences.isDescribed {
            out.line()
            writeDescription(of: type, to: &out)
        }
        return out.text
    }

    private func write(_ definitions: ArraySlice<Definition>, to out: inout SwiftText) {
        for (index, definition) in definitions.enumerated() {
            if index > 0 { out.line() }
            switch definition {
            case .structure(let type):
                StructWriter(specification: specification, type: type).write(to: &out)
            case .enumeration(let type): write(type, to: &out)
            case .constants(let constants): write(constants, to: &out)
            case .messages(let messages):
                MessagesWriter(specification: specification, messages: messages).write(to: &out)
            }
        }
    }

    // MARK: Values

    private func write(_ type: EnumDefinition, to out: inout SwiftText) {
        let base = Integers.swift[type.base] ?? ""
        let shown = type.name == type.name.lowercased() ? "enum \(type.name)" : type.name + "_…"
        out.comment("\(SwiftText.prose(type.place.summary)) (`\(shown)`).")
        let name = type.swift?.split(separator: ".").last ?? ""
        let conformances = type.isFlags ? "OptionSet, Hashable, Sendable" : "WireNumber"
        out.block("public struct \(name): \(conformances)") { out in
            out.line("public let rawValue: \(base)")
            out.line("@inlinable public init(rawValue: \(base)) { self.rawValue = rawValue }")
            let named = type.values.filter { $0.swift != nil }
            if !named.isEmpty { out.line() }
            for value in named {
                if !value.meaning.isEmpty { out.comment(SwiftText.sentence(value.meaning)) }
                let literal = SwiftText.literal(value.literal)
                let made = type.isFlags ? "Self(rawValue: \(literal))" : "Self(\(literal))"
                let swift = SwiftText.name(value.swift ?? "")
                out.line("@inlinable public static var \(swift): Self { \(made) }")
            }
        }
    }

    private func writeDescription(of type: EnumDefinition, to out: inout SwiftText) {
        let named = type.values.filter { $0.swift != nil }
        let isHex = type.values.contains { $0.literal.hasPrefix("0x") }
        let number = isHex ? "\"0x\" + String(rawValue, radix: 16)" : "String(rawValue)"
        out.block("extension \(type.swift ?? ""): CustomStringConvertible") { out in
            out.comment("The C name, or the number when there is none here.")
            out.block("public var description: String") { out in
                out.line("switch self {")
                for value in named {
                    out.line("case .\(value.swift ?? ""): \"\(value.name)\"")
                }
                out.line("default: \(number)")
                out.line("}")
            }
        }
    }

    private func write(_ constants: ConstantsDefinition, to out: inout SwiftText) {
        for value in constants.values {
            guard let swift = value.swift else { continue }
            let shown = value.name == swift ? "" : "`\(value.name)`"
            let parts = [SwiftText.prose(value.meaning), shown].filter { !$0.isEmpty }
            let text = parts.count == 2 ? "\(parts[0].trimmingStop) (\(shown))" : parts.first ?? ""
            if !text.isEmpty { out.comment(SwiftText.sentence(text)) }
            let literal = SwiftText.literal(value.literal)
            out.line(
                "@inlinable public static var \(SwiftText.name(swift)): \(value.type ?? "Int") { "
                    + "\(literal) }")
        }
    }
}

extension String {
    fileprivate var trimmingStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
