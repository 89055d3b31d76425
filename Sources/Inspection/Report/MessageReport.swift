// What an inspection says of one message.

/// A message, read field by field as far as its bytes go.
public struct MessageReport: Equatable, Sendable, Encodable {
    /// The name of the dissector that reads it too; empty for a bare structure.
    public var proto: String
    /// `VIRTIO_GPU_CMD_RESOURCE_UNREF`, `VHOST_USER_GET_CONFIG, reply`, a structure's name.
    public var title: String
    /// Where it came from, if the input says.
    public var label: String?
    /// From the first byte of the input's messages.
    public var offset: Int
    public var size: Int
    /// File descriptors that came with it, if the input says.
    public var descriptors: Int?
    public var fields: [Field] = []
    /// Features that gate it.
    public var needs: [String] = []
    public var answers: [String] = []
    public var errors: [String] = []
    public var clauses: [String] = []
    public var findings: [Finding] = []

    init(
        proto: String, title: String, label: String?, offset: Int, size: Int, descriptors: Int?
    ) {
        self.proto = proto
        self.title = title
        self.label = label
        self.offset = offset
        self.size = size
        self.descriptors = descriptors
    }

    enum CodingKeys: String, CodingKey {
        case title, label, offset, size, descriptors, fields, needs, answers, errors, clauses
        case findings, valid
        case proto = "protocol"
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        if !proto.isEmpty { try values.encode(proto, forKey: .proto) }
        try values.encode(title, forKey: .title)
        try values.encodeIfPresent(label, forKey: .label)
        try values.encode(offset, forKey: .offset)
        try values.encode(size, forKey: .size)
        try values.encodeIfPresent(descriptors, forKey: .descriptors)
        try values.encode(isValid, forKey: .valid)
        try values.encode(fields, forKey: .fields)
        try values.encode(needs, forKey: .needs)
        try values.encode(answers, forKey: .answers)
        try values.encode(errors, forKey: .errors)
        try values.encode(clauses, forKey: .clauses)
        try values.encode(findings, forKey: .findings)
    }

    public var isValid: Bool { !findings.contains { $0.kind == .error } }

    /// What the top-level field of that name holds.
    public subscript(name: String) -> Field? { fields.first { $0.name == name } }
}
