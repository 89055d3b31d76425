// Vectors as Spec/vectors has them: paragraphs of key and value, bytes, what is expected.

/// One vector: bytes, what they are, and what they say.
public struct Vector: Equatable, Sendable {
    public var id: String
    public var proto = ""
    public var message: String?
    public var role: String?
    public var direction = ""
    public var descriptors: Int?
    public var structure: String?
    public var bytes: [UInt8] = []
    /// Fields with their values as written, and where their bytes begin.
    public var expected: [Expected] = []
    /// What a reader must say of a bad one.
    public var error: String?

    public struct Expected: Equatable, Sendable {
        public var name: String
        public var value: String
        public var offset: Int?
    }

    /// The packet that the bytes are; a structure where they are no message.
    public var packet: Packet {
        Packet(
            bytes: bytes, kind: kind, structure: kind == nil ? structure : nil,
            request: kind == .mediaResponse ? message : nil, isReply: isReply,
            descriptors: descriptors, label: id)
    }

    /// What the bytes are, if they are a message.
    public var kind: PacketKind? {
        guard let role else { return nil }
        switch (proto, role) {
        case ("virtio_gpu", _): return .gpu
        case ("virtio_media", "response"): return .mediaResponse
        case ("virtio_media", "event"): return .mediaEvent
        case ("virtio_media", "ioctl") where direction.hasPrefix("device"): return .mediaResponse
        case ("virtio_media", _): return .mediaCommand
        case ("vhost_user", "request"), ("vhost_user", "reply"): return .vhostUser
        case ("vhost_user", _): return .vhostUserBackEnd
        case ("vhost_user_gpu", _): return .vhostUserGPU
        default: return nil
        }
    }

    private var isReply: Bool? {
        guard proto.hasPrefix("vhost_user"), let role else { return nil }
        return role.hasSuffix("reply")
    }
}

/// A file of vectors.
public struct VectorFile: Sendable {
    public private(set) var vectors: [Vector] = []

    /// Whether the text is a file of vectors: its first line that is no comment begins with one.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        for line in TextLines(bytes) {
            let text = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
            return text.starts(with: "vector ".utf8)
        }
        return false
    }

    public init(_ bytes: [UInt8]) throws(InputError) {
        enum Part { case head, bytes, expected }
        var part = Part.head
        var hex = HexText()
        var places: [String: Int] = [:]
        var number = 0
        for lineBytes in TextLines(bytes) {
            let line = Substring(decoding: lineBytes, as: UTF8.self)
            number += 1
            let isInner = line.first == " " || line.first == "\t"
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.isEmpty || trimmed.first == "#" { continue }
            if isInner {
                switch part {
                case .bytes:
                    if let name = Self.comment(of: line) { places[name] = hex.bytes.count }
                    try hex.append(lineBytes, line: number)
                case .expected: expect(trimmed, at: places)
                case .head: throw .notHex(line: number, column: 1, text: String(trimmed.prefix(16)))
                }
                continue
            }
            if part == .bytes { finish(&hex) }
            part = .head
            let words = trimmed.split(separator: " ", maxSplits: 1)
            let value = words.count > 1 ? String(words[1]) : ""
            switch words[0] {
            case "vector":
                guard vectors.count < InspectionLimits.packetsMax else { throw .tooManyPackets }
                vectors.append(Vector(id: value))
                places = [:]
            case "bytes": part = .bytes
            case "expect": part = .expected
            default: set(String(words[0]), value)
            }
        }
        if part == .bytes { finish(&hex) }
    }

    private mutating func finish(_ hex: inout HexText) {
        guard !vectors.isEmpty else { return }
        vectors[vectors.count - 1].bytes = hex.bytes
        hex = HexText()
    }

    /// The field's name behind its bytes.
    private static func comment(of line: Substring) -> String? {
        guard let hash = line.lastIndex(of: "#") else { return nil }
        return line[hash...].dropFirst().filter { $0 != " " }
    }

    private mutating func expect(_ line: Substring, at places: [String: Int]) {
        guard !vectors.isEmpty, let equals = line.range(of: " = ") else { return }
        let name = line[..<equals.lowerBound].filter { $0 != " " }
        vectors[vectors.count - 1].expected.append(
            Vector.Expected(
                name: name, value: String(line[equals.upperBound...]), offset: places[name]))
    }

    private mutating func set(_ key: String, _ value: String) {
        guard !vectors.isEmpty else { return }
        let last = vectors.count - 1
        switch key {
        case "protocol": vectors[last].proto = value
        case "message": vectors[last].message = value
        case "role": vectors[last].role = value
        case "direction": vectors[last].direction = value
        case "descriptors": vectors[last].descriptors = Int(value)
        case "struct": vectors[last].structure = value
        case "error": vectors[last].error = value
        default: break
        }
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? { self.firstRange(of: text) }
}
