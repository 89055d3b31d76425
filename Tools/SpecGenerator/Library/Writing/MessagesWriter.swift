// An enum over all structs in a role, one payload each: whole messages.

struct MessagesWriter {
    let specification: Specification
    let messages: CommandsDefinition

    private struct Case {
        var name: String
        var payload: String
    }

    private var document: Document? {
        specification.documents.first { $0.unions.contains(messages) }
    }

    /// The enum that names the codes.
    private var codes: EnumDefinition? {
        document?.enums.first { $0.sentences.codesOf.contains(messages.role) }
    }

    private var namespace: String {
        messages.swift.split(separator: ".").dropLast().joined(separator: ".") + "."
    }

    private func local(_ name: String?) -> String {
        let name = name ?? ""
        return name.hasPrefix(namespace) ? String(name.dropFirst(namespace.count)) : name
    }

    /// In the order of their codes.
    private var cases: [Case] {
        guard let codes, let document else { return [] }
        return codes.values.sorted { $0.value < $1.value }.compactMap { value in
            let owner = document.structs.first { type in
                type.sentences.messages.contains {
                    $0.role == messages.role && $0.code == value.value
                }
            }
            guard let owner, let swift = owner.swift, let name = value.swift else { return nil }
            return Case(name: name, payload: local(swift))
        }
    }

    /// What every message of the role begins with.
    private var header: String? {
        let types =
            document?.structs.filter { type in
                type.sentences.messages.contains { $0.role == messages.role }
            } ?? []
        let first = types.lazy.compactMap { type in
            type.fields.first.flatMap { $0.type.kind == .structure ? $0.type.name : nil }
        }.first
        return first.flatMap { specification.structs[$0]?.swift }.map { local($0) }
    }

    func write(to out: inout SwiftText) {
        guard let codes, let header else { return }
        out.comment(SwiftText.sentence(messages.place.summary))
        let name = messages.swift.split(separator: ".").last ?? ""
        out.block("public enum \(name): Equatable, Sendable") { out in
            for message in cases {
                out.line("case \(SwiftText.name(message.name))(\(message.payload))")
            }
            out.comment(
                "A type word that the standard does not give to a \(messages.role.rawValue).")
            out.line("case unknown(\(header))")
            out.line()
            writeDecoder(header: header, codes: local(codes.swift), base: codes.base, to: &out)
            out.line()
            writeHeader(header, to: &out)
            out.line()
            writeEncoder(to: &out)
        }
    }

    private func writeDecoder(
        header: String, codes: String, base: String, to out: inout SwiftText
    ) {
        out.comment("Reads the struct that the type word names; what follows it is left alone.")
        out.line("@inlinable")
        out.block("public init(_ bytes: RawSpan) throws(WireError)") { out in
            out.line("try bytes.require(byteCount: \(header).sizeBytes)")
            out.line("switch \(codes)(bytes.\(base)(at: 0)) {")
            for message in cases {
                out.arm(
                    "case .\(message.name)",
                    "self = .\(message.name)(try \(message.payload)(bytes))")
            }
            out.line("default: self = .unknown(try \(header)(bytes))")
            out.line("}")
        }
    }

    private func writeHeader(_ header: String, to out: inout SwiftText) {
        out.comment("What the message begins with.")
        out.block("public var header: \(header)") { out in
            out.line("switch self {")
            for message in cases where message.payload != header {
                out.line("case .\(message.name)(let message): message.header")
            }
            let bare = (cases.filter { $0.payload == header }.map(\.name) + ["unknown"])
                .map { ".\($0)(let header)" }
            out.line("case \(bare.joined(separator: ",\n                ")):")
            out.line("    header")
            out.line("}")
        }
    }

    private func writeEncoder(to out: inout SwiftText) {
        out.comment("Appends the message, of an unknown one the header.")
        out.block("public func encode(to out: inout WireBuffer)") { out in
            out.line("switch self {")
            for name in cases.map(\.name) + ["unknown"] {
                out.line("case .\(name)(let message): out.append(message)")
            }
            out.line("}")
        }
    }
}
