// One struct's codec: one length guard, then constant offsets; reserved bytes zero on write.

struct StructWriter {
    let specification: Specification
    let type: StructDefinition

    private var members: [(field: Field, member: SwiftMember)] {
        type.fields.compactMap { field in field.swift.map { (field, $0) } }
    }

    private var isInlinable: Bool { isInlinable(type) }

    /// A decoder that allocates nothing, nor any inside it, can be taken apart by other modules.
    private func isInlinable(_ type: StructDefinition) -> Bool {
        type.fields.allSatisfy { field in
            guard let member = field.swift else { return true }
            if member.type.hasPrefix("[") || member.type == "String" { return false }
            return guarded(field.type).map(isInlinable) ?? true
        }
    }

    func write(to out: inout SwiftText) {
        out.comment(summary)
        let name = type.swift?.split(separator: ".").last ?? ""
        out.block("public struct \(name): WireMessage") { out in
            out.line("@inlinable public static var sizeBytes: Int { \(type.size) }")
            out.line()
            for (field, member) in members {
                if !field.meaning.isEmpty { out.comment(SwiftText.sentence(field.meaning)) }
                out.line("public var \(member.name): \(member.type)")
            }
            if !members.isEmpty { out.line() }
            writeInit(to: &out)
            out.line()
            writeDecoder(to: &out)
            out.line()
            writeEncoder(to: &out)
        }
    }

    private var summary: String {
        let names = type.sentences.messages.compactMap { message in
            specification.documents.lazy
                .filter { $0.structs.contains { $0.name == type.name } }
                .compactMap { specification.name(of: message.code, role: message.role, in: $0) }
                .first?.name
        }
        let shown = (names.count > 3 ? [] : names) + ["struct \(type.name)"]
        let list = shown.map { "`\($0)`" }.joined(separator: ", ")
        return "\(SwiftText.prose(type.place.summary)) (\(list))."
    }

    // MARK: Memberwise

    private func writeInit(to out: inout SwiftText) {
        if members.isEmpty { return out.line("public init() {}") }
        let filled = members.filter { $0.member.type.hasPrefix("[") }.map { "`\($0.member.name)`" }
        if !filled.isEmpty {
            out.comment("Fills \(filled.joined(separator: " and ")) up with zeros.")
        }
        let arguments = members.map { field, member in
            let value = member.defaultValue ?? headerDefault(field, member)
            return "\(member.name): \(member.type)" + (value.map { " = " + $0 } ?? "")
        }
        out.call("public init", arguments) { out in
            for (field, member) in members {
                out.line("self.\(member.name) = \(stored(member, field, to: &out))")
            }
        }
    }

    /// The argument; of an array, filled up.
    private func stored(_ member: SwiftMember, _ field: Field, to out: inout SwiftText) -> String {
        guard member.type.hasPrefix("["), let count = field.type.count else { return member.name }
        var filler = zero(of: field.type)
        if field.type.kind == .structure {
            out.line(
                "let no\(member.name.prefix(1).uppercased() + member.name.dropFirst()) = \(filler)")
            filler = "no\(member.name.prefix(1).uppercased() + member.name.dropFirst())"
        }
        return "\(member.name).padded(to: \(count), with: \(filler))"
    }

    /// A type's name as this struct's namespace sees it.
    private func local(_ name: String?) -> String {
        let namespace = type.swift?.split(separator: ".").dropLast().joined(separator: ".") ?? ""
        let name = name ?? ""
        return name.hasPrefix(namespace + ".") ? String(name.dropFirst(namespace.count + 1)) : name
    }

    /// A struct of one code gets that code's header.
    private func headerDefault(_ field: Field, _ member: SwiftMember) -> String? {
        guard field.offset == 0, field.type.kind == .structure,
            type.sentences.messages.count == 1, let message = type.sentences.messages.first,
            let header = specification.structs[field.type.name],
            let code = header.fields.first, let label = code.swift?.name,
            let name = specification.enums[code.type.name]?.values
                .first(where: { $0.value == message.code })?.swift
        else { return nil }
        return "\(member.type)(\(label): .\(name))"
    }

    /// An element of which every byte is zero.
    private func zero(of type: FieldType) -> String {
        switch type.kind {
        case .integer: return "0"
        case .flags: return "[]"
        case .enumeration: return "\(local(specification.enums[type.name]?.swift))(0)"
        case .structure:
            guard let inner = specification.structs[type.name] else { return "" }
            let arguments = inner.fields.compactMap { field -> String? in
                guard let member = field.swift else { return nil }
                if member.defaultValue == "0" || member.defaultValue == "[]" { return nil }
                let isPlain = Integers.swift.values.contains(member.type)
                let isNumber = field.type.kind == .integer && !isPlain
                let value = isNumber ? "\(member.type)(0)" : zero(of: field.type)
                return "\(member.name): \(value)"
            }
            return "\(local(inner.swift))(\(arguments.joined(separator: ", ")))"
        }
    }

    // MARK: Decoder

    private func writeDecoder(to out: inout SwiftText) {
        if let inlining { out.line(inlining) }
        out.block("public init(_ bytes: RawSpan) throws(WireError)") { out in
            out.line("try bytes.require(byteCount: Self.sizeBytes)")
            for field in type.fields where field.constant != nil {
                let word = "bytes.\(specification.base(field.type) ?? "")(at: \(field.offset))"
                out.block("guard \(word) == \(constant(field)) else") { out in
                    out.line("throw WireError(kind: .wrongType, offset: \(field.offset))")
                }
            }
            if !members.isEmpty {
                out.line("\(isThrowing(type) ? "try " : "")self.init(guarded: bytes, at: 0)")
            }
        }
        if members.isEmpty { return }
        out.line()
        out.comment("Reads behind a guard of the caller's.")
        if let inlining { out.line(inlining) }
        let effect = isThrowing(type) ? " throws(WireError)" : ""
        out.block("init(guarded bytes: RawSpan, at offset: Int)\(effect)") { out in
            for (field, member) in members {
                let isHidden = member.name == "offset" || member.name == "bytes"
                out.line("\(isHidden ? "self." : "")\(member.name) = \(decoded(field, member))")
            }
        }
    }

    /// What stands before a decoder. One that is a few loads is worth them in its place, but no
    /// call: a header is a part of each command, and tables are read message by message.
    private var inlining: String? {
        if !isInlinable { return nil }
        return isFewLoads(type) ? "@inlinable @inline(__always)" : "@inlinable"
    }

    private func isFewLoads(_ type: StructDefinition) -> Bool {
        type.size <= 72
            && type.fields.allSatisfy { field in
                if field.type.count != nil { return field.swift == nil }
                return field.type.kind != .structure
                    || guarded(field.type).map(isFewLoads) ?? false
            }
    }

    /// Whether a struct's guarded decoder can throw: one of its members is decoded by hand, or
    /// checks a constant.
    private func isThrowing(_ type: StructDefinition) -> Bool {
        type.fields.contains { field in
            guard let member = field.swift else { return false }
            if field.type.count != nil {
                let isBytes = field.type.kind != .structure
                return !(isBytes && (member.type.hasPrefix("[") || member.type == "String"))
            }
            return field.type.kind == .structure && guarded(field.type).map(isThrowing) ?? true
        }
    }

    /// The struct behind a type, when its decoder can be called behind our guard.
    private func guarded(_ type: FieldType) -> StructDefinition? {
        guard type.kind == .structure, let inner = specification.structs[type.name],
            !inner.sentences.isHandwritten, !inner.fields.contains(where: { $0.constant != nil }),
            inner.fields.contains(where: { $0.swift != nil })
        else { return nil }
        return inner
    }

    private func place(_ offset: Int) -> String { offset == 0 ? "offset" : "offset + \(offset)" }

    private func integer(_ field: Field) -> String {
        "bytes.\(specification.base(field.type) ?? "")(at: \(place(field.offset)))"
    }

    private func constant(_ field: Field) -> String {
        guard let constant = field.constant, constant.hasPrefix("."),
            let swift = specification.enums[field.type.name]?.swift
        else { return SwiftText.literal(field.constant ?? "") }
        return "\(swift)\(constant).rawValue"
    }

    private func decoded(_ field: Field, _ member: SwiftMember) -> String {
        let tail = "bytes.extracting(droppingFirst: \(place(field.offset)))"
        if let count = field.type.count {
            let range = "\(place(field.offset))..<\(place(field.end))"
            if member.type == "String" { return "bytes.textToNUL(in: \(range))" }
            if member.type == "[UInt8]" { return "(\(range)).map { bytes.u8(at: $0) }" }
            if field.type.kind == .structure && member.type.hasPrefix("[") {
                return "try bytes.array(at: \(place(field.offset)), count: \(count))"
            }
            if member.type.hasPrefix("["), let base = specification.base(field.type) {
                let stride = field.size / count
                return
                    "(0..<\(count)).map { bytes.\(base)(at: \(place(field.offset)) + $0 * \(stride)) }"
            }
            return "try \(member.type)(\(tail))"
        }
        switch field.type.kind {
        case .structure:
            guard let inner = guarded(field.type) else { return "try \(member.type)(\(tail))" }
            let effect = isThrowing(inner) ? "try " : ""
            return "\(effect)\(member.type)(guarded: bytes, at: \(place(field.offset)))"
        case .integer, .enumeration, .flags:
            if Integers.swift.values.contains(member.type) { return integer(field) }
            let label = field.type.kind == .flags ? "rawValue: " : ""
            return "\(member.type)(\(label)\(integer(field)))"
        }
    }

    // MARK: Encoder

    private func writeEncoder(to out: inout SwiftText) {
        out.block("public func encode(to out: inout WireBuffer)") { out in
            for (field, member) in members where member.type.hasPrefix("[") {
                out.line(
                    "precondition(\(member.name).count == \(field.type.count ?? 0), "
                        + "\"all elements are on the wire\")")
            }
            var end = 0
            for field in type.fields where field.swift != nil || field.constant != nil {
                writeZeros(from: end, to: field.offset, to: &out)
                if let member = field.swift {
                    encode(field, member, to: &out)
                } else {
                    let base = specification.base(field.type) ?? ""
                    out.line("out.append(\(base): \(constant(field)))")
                }
                end = field.end
            }
            writeZeros(from: end, to: type.size, to: &out)
        }
    }

    private func writeZeros(from start: Int, to end: Int, to out: inout SwiftText) {
        if end > start { out.line("out.append(zeros: \(end - start))") }
    }

    private func encode(_ field: Field, _ member: SwiftMember, to out: inout SwiftText) {
        let name = member.name
        let base = specification.base(field.type)
        if let count = field.type.count {
            if member.type == "String" {
                out.line("out.append(text: \(name), sizeBytes: \(count))")
            } else if member.type == "[UInt8]" {
                out.line("out.append(contentsOf: \(name))")
            } else if member.type.hasPrefix("[") {
                let label = field.type.kind == .structure ? "" : "\(base ?? ""): "
                out.line("for element in \(name) { out.append(\(label)element) }")
            } else {
                out.line("out.append(\(name))")
            }
            return
        }
        guard let base else { return out.line("out.append(\(name))") }
        let raw = Integers.swift.values.contains(member.type) ? "" : ".rawValue"
        out.line("out.append(\(base): \(name)\(raw))")
    }
}
