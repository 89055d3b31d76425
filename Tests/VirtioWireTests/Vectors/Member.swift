// A decoded message's members as bytes: what a field of the documents became in Swift.

import VirtioWire

enum Member {
    /// The bytes of the member `name`, nil when there is none or its type has no bytes here.
    static func bytes(of message: any WireMessage, name: String) -> [UInt8]? {
        Mirror(reflecting: message).descendant(name).flatMap { bytes(of: $0) }
    }

    /// Integers, numbers with a type, messages, texts and arrays of these.
    private static func bytes(of value: Any) -> [UInt8]? {
        switch value {
        case let message as any WireMessage: encoded(message)
        case let integer as any FixedWidthInteger: littleEndian(integer)
        case let text as String: Array(text.utf8)
        case let number as any RawRepresentable: rawBytes(number)
        case let list as [Any]: elements(list)
        default:
            // An optional's content.
            Mirror(reflecting: value).displayStyle == .optional
                ? Mirror(reflecting: value).children.first.flatMap { bytes(of: $0.value) } : nil
        }
    }

    private static func rawBytes(_ number: any RawRepresentable) -> [UInt8]? {
        func raw<N: RawRepresentable>(_ number: N) -> Any { number.rawValue }
        return bytes(of: raw(number))
    }

    private static func littleEndian(_ integer: some FixedWidthInteger) -> [UInt8] {
        (0..<integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: integer >> (8 * $0)) }
    }

    private static func elements(_ list: [Any]) -> [UInt8]? {
        var all: [UInt8] = []
        for element in list {
            guard let bytes = bytes(of: element) else { return nil }
            all += bytes
        }
        return all
    }
}

extension Vector.Value {
    /// The value in a field of that size.
    func bytes(sizeBytes: Int) -> [UInt8] {
        let bytes: [UInt8] =
            switch self {
            case .integer(let value):
                (0..<sizeBytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            case .text(let text): Array(text.utf8)
            case .bytes(let bytes): bytes
            }
        return bytes + Array(repeating: 0, count: max(0, sizeBytes - bytes.count))
    }
}
