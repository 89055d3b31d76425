// JSON with its keys in the order of writing.

indirect enum JSON {
    case null
    case bool(Bool)
    case number(UInt64)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    static func int(_ value: Int) -> JSON { .number(UInt64(value)) }
    static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

    /// Everything in one line, without spaces.
    var compactText: String {
        switch self {
        case .null, .bool, .number, .string: text()
        case .array(let items): "[" + items.map(\.compactText).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0)):\($1.compactText)" }.joined(separator: ",")
                + "}"
        }
    }

    /// Objects and arrays over several lines while they hold more of their kind.
    func text(indent: Int = 0) -> String {
        let inner = String(repeating: " ", count: indent + 1)
        switch self {
        case .null: return "null"
        case .bool(let value): return String(value)
        case .number(let value): return String(value)
        case .string(let text): return Self.quoted(text)
        case .array(let items) where items.isEmpty || isFlat:
            return "[" + items.map { $0.text() }.joined(separator: ", ") + "]"
        case .array(let items):
            let lines = items.map { inner + $0.text(indent: indent + 1) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + inner.dropLast() + "]"
        case .object(let members) where isFlat:
            let items = members.map { "\(Self.quoted($0)): \($1.text())" }
            return "{" + items.joined(separator: ", ") + "}"
        case .object(let members):
            let lines = members.map { inner + "\(Self.quoted($0)): \($1.text(indent: indent + 1))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + inner.dropLast() + "}"
        }
    }

    /// Whether a line holds it: no list of objects within.
    private var isFlat: Bool {
        switch self {
        case .array(let items): items.allSatisfy { $0.isScalar }
        case .object(let members): members.allSatisfy { $1.isScalar || $1.isFlat }
        default: true
        }
    }

    private var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
