// How numbers are shown: by the names that the documents have for them.

import VirtioWire

/// A number's text, and whether all of it has a name.
struct NumberText {
    var text: String
    /// Nil when everything is named.
    var unknown: String?

    static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

    /// Addresses in hexadecimal, other numbers in decimal, large ones in both.
    static func plain(_ value: UInt64, isAddress: Bool) -> String {
        if isAddress { return hex(value) }
        return value > 0xffff ? "\(value) (\(hex(value)))" : "\(value)"
    }

    /// A value of an enum.
    init(_ value: UInt64, of names: SpecIndex.Names, isFourCC: Bool) {
        let shown =
            isFourCC
            ? "'\(V4L2.FourCC(UInt32(truncatingIfNeeded: value)))'"
            : value > 0xff ? Self.hex(value) : "\(value)"
        if let named = names.values.first(where: { $0.value == value }) {
            text = "\(named.name) (\(shown))"
        } else {
            text = shown
            unknown = "\(shown) is no value of \(names.name)"
        }
    }

    /// A set of flags: single bits by name, fields of several bits with their number.
    init(flags value: UInt64, of names: SpecIndex.Names) {
        var rest = value
        var parts: [String] = []
        for flag in names.values where flag.value != 0 && rest & flag.value == flag.value {
            parts.append(flag.name)
            rest &= ~flag.value
        }
        for flag in names.values where flag.value.nonzeroBitCount > 1 && rest & flag.value != 0 {
            let field = (rest & flag.value) >> UInt64(flag.value.trailingZeroBitCount)
            parts.append("\(flag.name) = \(field)")
            rest &= ~flag.value
        }
        if rest != 0 {
            parts.append(Self.hex(rest))
            unknown = "bits \(Self.hex(rest)) have no name in \(names.name)"
        }
        text = parts.isEmpty ? "0" : parts.joined(separator: " | ") + " (\(Self.hex(value)))"
    }
}
