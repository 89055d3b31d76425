// From the documents' texts to the texts of all files that follow from them.

/// Everything that is generated.
public struct Generator: Sendable {
    public let specification: Specification

    public init(documents: [(path: String, text: String)]) throws(SpecErrors) {
        specification = try Specification(documents)
    }

    /// The folders that hold generated files only: a file there that is not written is stale.
    public static let ownFolders = [
        "Sources/VirtioWire/Generated", "Sources/Inspection/Generated", "Spec/dissector",
    ]

    /// Paths from the project's root, and texts.
    public func outputs() -> [(path: String, text: String)] {
        let swift =
            SwiftWriter(specification: specification).files()
            + RulesWriter(specification: specification).files()
        let index = IndexWriter(specification: specification)
        return swift.map { ("Sources/VirtioWire/Generated/\($0.path)", $0.text) }
            + LuaWriter(specification: specification).files().map {
                ("Spec/dissector/\($0.path)", $0.text)
            }
            + [
                (
                    "Tests/CSpecOracle/SpecOracle.c",
                    OracleWriter(specification: specification).text()
                ),
                ("Spec/index.json", index.text()),
                ("Sources/Inspection/Generated/SpecJSON.swift", index.embedded()),
            ]
    }

    /// What was understood, one definition a line.
    public func list() -> [String] {
        specification.documents.flatMap { document in
            document.structs.map { type in
                "\(document.path):\(type.place.line): struct \(type.name), \(type.size) bytes, "
                    + "\(type.fields.count) fields"
            }
                + document.enums.map { type in
                    "\(document.path):\(type.place.line): \(type.isFlags ? "flags" : "enum") "
                        + "\(type.name), \(type.values.count) values"
                }
        }
    }
}
