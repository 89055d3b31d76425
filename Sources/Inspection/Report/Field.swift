// One line of a report: a field with what its bytes say.

/// A field of a message, read.
public struct Field: Equatable, Sendable {
    /// What the bytes say, for programs.
    public enum Value: Equatable, Sendable {
        case unsigned(UInt64)
        case signed(Int64)
        case text(String)
        /// A structure or an array: its fields say it.
        case none
    }

    public var name: String
    /// As the documents write it: `u32`, `struct virtio_gpu_rect`.
    public var type: String
    /// From the message's first byte.
    public var offset: Int
    public var size: Int
    public var value: Value
    /// For people: names, addresses in hexadecimal.
    public var text: String
    public var fields: [Field]
    /// Elements or bytes that were left out.
    public var omitted: Int

    init(
        _ name: String, type: String, offset: Int, size: Int, value: Value = .none,
        text: String = "", fields: [Field] = [], omitted: Int = 0
    ) {
        self.name = name
        self.type = type
        self.offset = offset
        self.size = size
        self.value = value
        self.text = text
        self.fields = fields
        self.omitted = omitted
    }

    /// The field of that name right below this one.
    public subscript(name: String) -> Field? { fields.first { $0.name == name } }

    /// The number that this field holds.
    public var number: UInt64? {
        switch value {
        case .unsigned(let number): number
        case .signed(let number): UInt64(bitPattern: number)
        case .text, .none: nil
        }
    }
}

extension Field: Encodable {
    enum CodingKeys: String, CodingKey {
        case name, type, offset, size, value, text, fields, omitted
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(type, forKey: .type)
        try values.encode(offset, forKey: .offset)
        try values.encode(size, forKey: .size)
        switch value {
        case .unsigned(let number): try values.encode(number, forKey: .value)
        case .signed(let number): try values.encode(number, forKey: .value)
        case .text(let text): try values.encode(text, forKey: .value)
        case .none: break
        }
        if !text.isEmpty { try values.encode(text, forKey: .text) }
        if !fields.isEmpty { try values.encode(fields, forKey: .fields) }
        if omitted > 0 { try values.encode(omitted, forKey: .omitted) }
    }
}
