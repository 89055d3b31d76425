// The index, ready to be asked: structures, names and messages by what a message tells.

import Foundation

/// The documents of `Spec/` for whoever reads bytes by them.
public struct Spec: Sendable {
    typealias Struct = SpecIndex.Struct

    /// A code of a protocol in a role.
    private struct Key: Hashable {
        var proto: String
        var role: String
        var code: UInt64
    }

    private var structs: [String: Struct] = [:]
    private var hostOrdered: Set<String> = []
    private var names: [String: SpecIndex.Names] = [:]
    private var flags: [String: SpecIndex.Names] = [:]
    private var requests: [String: [SpecIndex.Request]] = [:]
    private var ioctls: [SpecIndex.Ioctl] = []
    private var messages: [Key: (structure: String, name: String?)] = [:]

    /// What the documents said when this program was built.
    public static let current: Spec = {
        do { return try Spec(json: Data(SpecJSON.text.utf8)) } catch {
            preconditionFailure("the generated index does not decode: \(error)")
        }
    }()

    init(json: Data) throws {
        let index = try JSONDecoder().decode(SpecIndex.self, from: json)
        for document in index.documents {
            for structure in document.structs {
                structs[structure.name] = structure
                if document.isHostByteOrder { hostOrdered.insert(structure.name) }
                for message in structure.messages {
                    let key = Key(proto: document.proto, role: message.role, code: message.code)
                    messages[key] = (structure.name, message.name)
                }
            }
            for table in document.messageTables { requests[table.name] = table.values }
            ioctls += document.ioctlTables.flatMap(\.values)
            for entry in document.enums { names[entry.name] = entry }
            for entry in document.flags { flags[entry.name] = entry }
        }
    }

    /// The names of all structures, sorted.
    public var structNames: [String] { structs.keys.sorted() }

    /// The structure of that C or Swift name.
    func structure(_ name: String) -> Struct? {
        structs[name] ?? structs.values.first { $0.swift == name }
    }

    /// Whether the structure's numbers are in the host's byte order.
    func isHostOrdered(_ name: String) -> Bool { hostOrdered.contains(name) }

    /// The structure that is the message `code` in `role`.
    func message(_ code: UInt64, role: String, of proto: String) -> (
        structure: Struct, name: String?
    )? {
        guard let found = messages[Key(proto: proto, role: role, code: code)],
            let structure = structs[found.structure]
        else { return nil }
        return (structure, found.name)
    }

    func enumeration(_ name: String) -> SpecIndex.Names? { names[name] }
    func flagSet(_ name: String) -> SpecIndex.Names? { flags[name] }

    /// The request of that number in the table `name`.
    func request(_ number: UInt64, in name: String) -> SpecIndex.Request? {
        requests[name]?.first { $0.value == number }
    }

    func ioctl(_ number: UInt64) -> SpecIndex.Ioctl? { ioctls.first { $0.value == number } }

    /// The ioctl of that name, with or without `VIDIOC_`.
    func ioctl(named name: String) -> SpecIndex.Ioctl? {
        let upper = name.uppercased()
        return ioctls.first { $0.name == upper || $0.name == "VIDIOC_" + upper }
    }

    /// The entry of `value` in the enum `name`.
    func value(_ value: UInt64, in name: String) -> SpecIndex.Value? {
        names[name]?.values.first { $0.value == value }
    }
}
