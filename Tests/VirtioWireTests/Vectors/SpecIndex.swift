// Spec/index.json as far as tests need it: where the documents say that each field lies.

import Foundation

struct SpecIndex: Decodable, Sendable {
    struct Document: Decodable, Sendable {
        var path: String
        var structs: [Structure]
        var messageTables: [MessageTable]
        var ioctlTables: [IoctlTable]
        var enums: [Names]
    }

    struct Structure: Decodable, Sendable {
        var name: String
        var swift: String?
        var size: Int
        var codec: String
        var messages: [Message]
        var fields: [Field]
        var trailing: [Trailing]
    }

    struct Message: Decodable, Sendable {
        var role: String
        var code: UInt64
        var name: String?
    }

    struct FieldType: Decodable, Sendable {
        var kind: String
        var name: String
        var count: Int?
    }

    struct Field: Decodable, Sendable {
        struct Member: Decodable, Sendable {
            var name: String
            var type: String
        }
        struct Condition: Decodable, Sendable { var text: String }
        var name: String?
        var offset: Int
        var size: Int
        var type: FieldType
        var swift: Member?
        var constant: UInt64?
        var condition: Condition?

        var range: Range<Int> { offset..<offset + size }
    }

    struct Trailing: Decodable, Sendable {
        var name: String
        var type: FieldType
        var elementSize: Int
        var countField: String?
    }

    struct Names: Decodable, Sendable {
        struct Value: Decodable, Sendable {
            var value: UInt64
            var name: String
        }
        var name: String
        var base: String
        var values: [Value]
    }

    struct Range3: Decodable, Sendable {
        var min: Int
        var max: Int
    }

    struct MessageTable: Decodable, Sendable {
        struct Value: Decodable, Sendable {
            var value: UInt64
            var name: String
            var payload: FieldType?
            var descriptors: Range3
            var reply: FieldType?
            var replyOptional: Bool
            var replyDescriptors: Range3
            var answer: String
        }
        var name: String
        var header: String
        var values: [Value]
    }

    struct IoctlTable: Decodable, Sendable {
        struct Value: Decodable, Sendable {
            var value: UInt64
            var name: String
            var direction: String
            var payload: FieldType?
            var decoder: String?
        }
        var values: [Value]
    }

    var documents: [Document]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Spec")

    static let current: SpecIndex = {
        do {
            let data = try Data(contentsOf: folder.appending(path: "index.json"))
            return try JSONDecoder().decode(SpecIndex.self, from: data)
        } catch { fatalError("Spec/index.json cannot be read: \(error)") }
    }()

    static let structs: [String: Structure] = Dictionary(
        current.documents.flatMap(\.structs).map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
}

// MARK: Places

extension SpecIndex {
    /// Where `path`, as a vector writes it, lies in a structure.
    static func place(of path: Substring, in name: String) -> Place? {
        guard let structure = structs[name] else { return nil }
        for field in structure.candidates(for: path) {
            let rest = path.dropFirst(field.name?.utf8.count ?? 0)
            if let inner = inner(rest, of: field) {
                return Place(offset: field.offset + inner.offset, sizeBytes: inner.sizeBytes)
            }
        }
        return nil
    }

    /// What is left of a path behind a field's name: nothing, `[2]`, `.x`, or both.
    private static func inner(_ path: Substring, of field: Field) -> Place? {
        if path.isEmpty { return Place(offset: 0, sizeBytes: field.size) }
        var rest = path
        var start = 0
        var size = field.size
        if rest.first == "[" {
            guard let count = field.type.count, let end = rest.firstIndex(of: "]"),
                let index = Int(rest[rest.index(after: rest.startIndex)..<end]), index < count
            else { return nil }
            size = field.size / count
            start = index * size
            rest = rest[rest.index(after: end)...]
        }
        if rest.isEmpty { return Place(offset: start, sizeBytes: size) }
        guard rest.first == ".", let inner = place(of: rest.dropFirst(), in: field.type.name)
        else { return nil }
        return Place(offset: start + inner.offset, sizeBytes: inner.sizeBytes)
    }
}

extension SpecIndex.Structure {
    /// The rows whose name the path begins with, the longest name first.
    func candidates(for path: Substring) -> [SpecIndex.Field] {
        fields.filter { field in
            guard let name = field.name, path.hasPrefix(name) else { return false }
            let rest = path.dropFirst(name.utf8.count)
            return rest.isEmpty || rest.first == "." || rest.first == "["
        }.sorted { ($0.name?.utf8.count ?? 0) > ($1.name?.utf8.count ?? 0) }
    }

    /// Whether each byte belongs to a Swift member or a constant.
    var carried: [Bool] {
        var carried = Array(repeating: false, count: size)
        for field in fields {
            let inner = field.type.kind == "struct" ? SpecIndex.structs[field.type.name] : nil
            if field.swift != nil, let inner {
                let pattern = inner.carried
                for index in 0..<field.size {
                    carried[field.offset + index] = pattern[index % inner.size]
                }
            } else if field.swift != nil || field.constant != nil
                || field.name == "timestamp.tv_nsec"  // A part of `timestampNanos`.
            {
                for index in field.range { carried[index] = true }
            }
        }
        return carried
    }
}
