// Spec/index.json as Swift: what the documents define, by the names that they give it.
// Tools/SpecGenerator/FORMAT.md has its shape; keys that nobody reads here are left out.

import Foundation

/// Everything that the documents of `Spec/` define.
struct SpecIndex: Decodable, Sendable {
    struct Document: Decodable, Sendable {
        var path: String
        var proto: String
        var isHostByteOrder: Bool
        var structs: [Struct]
        var enums: [Names]
        var flags: [Names]
        var messageTables: [MessageTable]
        var ioctlTables: [IoctlTable]

        enum CodingKeys: String, CodingKey {
            case path, structs, enums, flags, messageTables, ioctlTables
            case proto = "protocol"
            case byteOrder
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            path = try values.decode(String.self, forKey: .path)
            proto = try values.decode(String.self, forKey: .proto)
            isHostByteOrder = try values.decode(String.self, forKey: .byteOrder) == "host"
            structs = try values.decode([Struct].self, forKey: .structs)
            enums = try values.decode([Names].self, forKey: .enums)
            flags = try values.decode([Names].self, forKey: .flags)
            messageTables = try values.decode([MessageTable].self, forKey: .messageTables)
            ioctlTables = try values.decode([IoctlTable].self, forKey: .ioctlTables)
        }
    }

    /// A structure of the standard.
    struct Struct: Decodable, Sendable {
        var name: String
        var swift: String?
        var size: Int
        var messages: [Message]
        var needs: [String]
        var answers: [Code]
        var errors: [Code]
        var clauses: [String]
        var fields: [Field]
        var trailing: [Trailing]
    }

    /// A role in which a structure is a message.
    struct Message: Decodable, Sendable {
        var role: String
        var code: UInt64
        var name: String?
    }

    struct Code: Decodable, Sendable {
        var name: String?
        var code: UInt64?
    }

    struct Field: Decodable, Sendable {
        /// Nil for a hole.
        var name: String?
        var offset: Int
        var size: Int
        var type: TypeName
        var swift: Member?
        var constant: UInt64?
        var condition: Condition?
    }

    struct Member: Decodable, Sendable {
        var type: String
    }

    struct TypeName: Decodable, Sendable, Equatable {
        enum Kind: String, Decodable, Sendable {
            case integer
            case structure = "struct"
            case enumeration = "enum"
            case flags
        }
        var kind: Kind
        var name: String
        var count: Int?
    }

    struct Condition: Decodable, Sendable {
        var text: String
        var field: String?
        var values: [UInt64]
    }

    /// An array behind a structure.
    struct Trailing: Decodable, Sendable {
        var name: String
        var type: TypeName
        var elementSize: Int
        /// Nil: it fills the rest of the message.
        var countField: String?
        var condition: Condition?
    }

    /// Names of values or, in flags, of masks.
    struct Names: Decodable, Sendable {
        var name: String
        var base: String
        var values: [Value]
    }

    struct Value: Decodable, Sendable {
        var value: UInt64
        var name: String
    }

    /// What the requests of a channel and their replies carry.
    struct MessageTable: Decodable, Sendable {
        var name: String
        var values: [Request]
    }

    struct Request: Decodable, Sendable {
        enum Answer: String, Decodable, Sendable { case always, ack, never }
        var value: UInt64
        var name: String
        var payload: TypeName?
        var descriptors: Range
        var reply: TypeName?
        /// A reply without any payload is good as well.
        var replyOptional: Bool
        var replyDescriptors: Range
        var answer: Answer
        var gate: [String]
        var clauses: [String]
    }

    struct Range: Decodable, Sendable {
        var min: Int
        var max: Int
        var closed: ClosedRange<Int> { min...Swift.max(min, max) }
    }

    struct IoctlTable: Decodable, Sendable {
        var values: [Ioctl]
    }

    /// An ioctl: what travels, and in which directions.
    struct Ioctl: Decodable, Sendable, Equatable {
        var value: UInt64
        var name: String
        /// W: to the device, R: from it, WR: both.
        var direction: String
        var payload: TypeName?
        var size: Int

        var isToDevice: Bool { direction.contains("W") }
        var isFromDevice: Bool { direction.contains("R") }
    }

    var documents: [Document]
}
