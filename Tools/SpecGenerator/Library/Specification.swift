// All documents together, checked: what the writers start from.

/// The documents of `Spec/`, whose tables hold together.
public struct Specification: Sendable {
    public var documents: [Document]
    let structs: [String: StructDefinition]
    let enums: [String: EnumDefinition]

    /// Reads and checks documents; throws every error that there is.
    public init(_ texts: [(path: String, text: String)]) throws(SpecErrors) {
        var errors: [SpecError] = []
        documents = []
        for (path, text) in texts {
            let (document, wrong) = DocumentReader.read(path: path, text: text)
            errors += wrong
            if document.hasDefinitions || !wrong.isEmpty { documents.append(document) }
        }
        let structs = documents.flatMap(\.structs)
        let enums = documents.flatMap(\.enums)
        self.structs = Dictionary(structs.map { ($0.name, $0) }) { first, _ in first }
        self.enums = Dictionary(enums.map { ($0.name, $0) }) { first, _ in first }
        errors += Checks(self).run()
        if !errors.isEmpty { throw SpecErrors(errors: errors.sorted(by: Self.inReadingOrder)) }
    }

    private static func inReadingOrder(_ a: SpecError, _ b: SpecError) -> Bool {
        (a.path, a.line, a.message) < (b.path, b.line, b.message)
    }

    /// The size of one element of a type.
    func elementSize(_ type: FieldType) -> Int? {
        switch type.kind {
        case .integer: Integers.size(of: type.name)
        case .structure: structs[type.name]?.size
        case .enumeration, .flags: enums[type.name].flatMap { Integers.size(of: $0.base) }
        }
    }

    /// The integer on the wire, of an enum or flags as well.
    func base(_ type: FieldType) -> String? {
        type.kind == .integer ? type.name : enums[type.name]?.base
    }

    /// The number behind a row's constant, `.open` or a number.
    func constantValue(of field: Field) -> UInt64? {
        guard let constant = field.constant else { return nil }
        let values = enums[field.type.name]?.values ?? []
        return Text.number(constant)
            ?? values.first { $0.swift.map { "." + $0 } == constant }?.value
    }

    /// The value that a document's enum gives to a message of that role.
    func name(of code: UInt64, role: Role, in document: Document) -> NamedValue? {
        document.enums.filter { $0.sentences.codesOf.contains(role) }
            .lazy.flatMap(\.values).first { $0.value == code }
    }
}

extension Document {
    var hasDefinitions: Bool { !(structs.isEmpty && enums.isEmpty && constants.isEmpty) }
}
