// What the documents define, as the reader leaves it and the writers take it.

/// A document of `Spec/`.
public struct Document: Equatable, Sendable {
    public var path: String
    public var title = ""
    public var isHostByteOrder = false
    public var cHeaders: [String] = []
    /// The dissector's name.
    public var proto: String
    public var structs: [StructDefinition] = []
    public var enums: [EnumDefinition] = []
    public var constants: [ConstantsDefinition] = []
    public var unions: [CommandsDefinition] = []
    public var clauses: [ClausePlace] = []

    /// The file's name without folder and extension.
    public var stem: String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.prefix { $0 != "." })
    }
}

/// Where a definition stands and what its paragraph says.
public struct Place: Equatable, Sendable {
    public var line: Int
    /// The nearest heading of the second level.
    public var section: String
    /// The first sentence of the paragraph above, without its full stop.
    public var summary: String
}

/// In which role a struct is a message.
public enum Role: String, Equatable, Sendable, CaseIterable {
    case command, response, event, ioctl, request, reply
    case backEndRequest, backEndReply

    /// The word that begins its sentence.
    var word: String {
        switch self {
        case .backEndRequest: "Back-end request"
        case .backEndReply: "Back-end reply"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// How an enum's definition names several of them.
    var plural: String {
        let lower = word.prefix(1).lowercased() + word.dropFirst()
        return lower == "reply" || lower == "back-end reply"
            ? lower.dropLast() + "ies" : lower + "s"
    }
}

public struct MessageCode: Equatable, Sendable {
    public var role: Role
    public var code: UInt64
    public var descriptors: ClosedRange<Int>
}

/// The sentences behind a definition.
public struct Sentences: Equatable, Sendable {
    public var isHandwritten = false
    public var isLayoutOnly = false
    public var isDescribed = false
    public var isNotInC = false
    public var isBitNumberInC = false
    public var isIoctlNumberInC = false
    public var isMacroInC = false
    public var isLongerInC = false
    public var cName: String?
    public var messages: [MessageCode] = []
    public var codesOf: [Role] = []
    /// The struct that begins each message of a table of messages.
    public var header: String?
    public var needs: [String] = []
    /// Codes or names of codes, as written.
    public var answers: [String] = []
    public var errors: [String] = []
    public var clauses: [String] = []
}

public struct StructDefinition: Equatable, Sendable {
    public var name: String
    public var swift: String?
    public var size: Int
    public var place: Place
    public var sentences: Sentences
    public var fields: [Field] = []
    public var trailing: [TrailingArray] = []
}

/// An enum or, when its values are masks, flags.
public struct EnumDefinition: Equatable, Sendable {
    public var isFlags: Bool
    public var name: String
    public var swift: String?
    public var base: String
    public var place: Place
    public var sentences: Sentences
    public var values: [NamedValue] = []
    /// Of a table of messages or ioctls: what goes with each value, in the values' order.
    public var messages: [MessageRow] = []
    public var ioctls: [IoctlRow] = []
}

/// What a message of a channel carries.
public struct MessageRow: Equatable, Sendable {
    public var payload: FieldType?
    public var descriptors: ClosedRange<Int>
    public var reply: FieldType?
    public var isReplyOptional: Bool
    public var replyDescriptors: ClosedRange<Int>
    /// `always`, `never`, or `ack` on request.
    public var answer: String
    public var gate: [String]
    public var clauses: [String]
}

/// What an ioctl carries.
public struct IoctlRow: Equatable, Sendable {
    /// `R`, `W`, `WR`, or empty.
    public var direction: String
    public var payload: FieldType?
    public var size: Int
    /// What a decoder does with it.
    public var decoder: String
}

public struct ConstantsDefinition: Equatable, Sendable {
    public var swift: String
    public var place: Place
    public var sentences: Sentences
    public var values: [NamedValue] = []
}

/// An enum with one payload for each struct in a role.
public struct CommandsDefinition: Equatable, Sendable {
    public var role: Role
    public var swift: String
    public var place: Place
}

public struct NamedValue: Equatable, Sendable {
    public var value: UInt64
    /// As the document writes the value.
    public var literal: String
    public var name: String
    public var swift: String?
    /// A constant's Swift type.
    public var type: String?
    public var meaning: String
    public var line: Int
}

public struct FieldType: Equatable, Sendable {
    public enum Kind: String, Equatable, Sendable {
        case integer
        case structure = "struct"
        case enumeration = "enum"
        case flags
    }
    public var kind: Kind
    public var name: String
    public var count: Int?
}

public struct SwiftMember: Equatable, Sendable {
    public var name: String
    public var type: String
    public var defaultValue: String?
}

/// When a row of a union is the one that counts.
public struct Condition: Equatable, Sendable {
    public var text: String
    public var field: String?
    public var values: [UInt64] = []
}

public struct Field: Equatable, Sendable {
    /// Nil for a hole.
    public var name: String?
    public var offset: Int
    public var size: Int
    public var type: FieldType
    public var swift: SwiftMember?
    /// The constant's expression, `.open`.
    public var constant: String?
    public var condition: Condition?
    public var meaning: String
    public var line: Int

    var end: Int { offset + size }
}

public struct TrailingArray: Equatable, Sendable {
    public var name: String
    public var type: FieldType
    public var elementSize: Int
    /// The field that counts the elements; nil when they fill the rest of the message.
    public var countField: String?
    public var condition: Condition?
    public var meaning: String
    public var line: Int
}

public struct ClausePlace: Equatable, Sendable {
    public var id: String
    public var line: Int
    public var section: String
}
