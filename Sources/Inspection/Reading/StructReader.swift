// Reads structures by their tables, as far as the bytes go, and notes what is wrong on the way.
// Invariant: no offset past `end` is read; every count is compared with the bytes present first.

import VirtioWire

/// A reader of one message's bytes.
struct StructReader {
    let spec: Spec
    let detail: Detail
    let bytes: [UInt8]
    /// Where the message ends.
    let end: Int
    var findings: [Finding] = []
    /// The message ended too early: nothing behind that place is read.
    private(set) var isCut = false
    /// Where what was read so far ends, padding included.
    private(set) var furthest = 0

    init(spec: Spec, detail: Detail, bytes: [UInt8]) {
        self.spec = spec
        self.detail = detail
        self.bytes = bytes
        end = bytes.count
    }

    mutating func error(at offset: Int, _ text: String, _ clauses: [String] = []) {
        findings.append(Finding(kind: .error, offset: offset, text: text, clauses: clauses))
    }

    mutating func note(at offset: Int, _ text: String, _ clauses: [String] = []) {
        guard findings.count < InspectionLimits.findingsMax else { return }
        findings.append(Finding(kind: .note, offset: offset, text: text, clauses: clauses))
    }

    /// The message says itself that it ends here: what is wrong is the place that says so.
    mutating func blame(_ offset: Int, _ text: String, _ clauses: [String]) {
        guard isCut, let last = findings.lastIndex(where: { $0.kind == .error }) else { return }
        findings[last].text = text + ": " + findings[last].text
        findings[last].offset = offset
        findings[last].clauses = clauses
    }

    /// Whether `count` bytes are there; if not, says what they were to be.
    mutating func require(
        _ count: Int, at offset: Int, for what: String, clauses: [String] = []
    ) -> Bool {
        guard !isCut else { return false }
        guard offset <= end, count <= end - offset else {
            isCut = true
            error(
                at: end,
                "\(what) needs \(count) byte\(count == 1 ? "" : "s") at \(offset), "
                    + "the message ends after \(end)", clauses)
            return false
        }
        furthest = max(furthest, offset + count)
        return true
    }

    /// `size` bytes as a number; at most 8.
    func number(at offset: Int, size: Int, isBigEndian: Bool = false) -> UInt64 {
        guard offset >= 0, size > 0, offset <= end, size <= end - offset else { return 0 }
        let slice = bytes[offset..<offset + size]
        let digits = isBigEndian ? Array(slice) : slice.reversed()
        return digits.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether this program's numbers have the highest byte first.
    static var hostIsBigEndian: Bool { UInt16(1).bigEndian == 1 }

    // MARK: Structures

    /// The fields of a structure at `offset`, with what trails it.
    mutating func fields(
        of type: Spec.Struct, at offset: Int, outer: [Field] = [], withTrailing: Bool = true
    ) -> [Field] {
        var fields: [Field] = []
        for entry in type.fields {
            guard isChosen(entry, in: type, by: fields + outer) else { continue }
            let what = "\(entry.name ?? "padding") of struct \(type.name)"
            guard
                require(entry.size, at: offset + entry.offset, for: what, clauses: type.clauses)
            else { return fields }
            if let field = field(entry, of: type, at: offset + entry.offset, outer: fields + outer)
            {
                fields.append(field)
            }
            if isCut { return fields }
        }
        guard require(type.size, at: offset, for: "struct \(type.name)", clauses: type.clauses)
        else { return fields }
        guard withTrailing else { return fields }
        var next = offset + type.size
        for array in type.trailing {
            guard let condition = array.condition else {
                append(array, of: type, at: &next, to: &fields)
                continue
            }
            if holds(condition, by: fields + outer) {
                append(array, of: type, at: &next, to: &fields)
            }
        }
        return fields
    }

    private func holds(_ condition: SpecIndex.Condition, by fields: [Field]) -> Bool {
        guard let name = condition.field, let field = fields.first(where: { $0.name == name }),
            let value = field.number
        else { return false }
        return condition.values.contains(value)
    }

    /// Whether a row of the table counts: outside of unions always.
    private func isChosen(
        _ field: SpecIndex.Field, in type: Spec.Struct, by fields: [Field]
    ) -> Bool {
        guard let condition = field.condition else { return true }
        if condition.field != nil { return holds(condition, by: fields) }
        let rivals = type.fields.filter {
            $0.condition?.field != nil && $0.offset < field.offset + field.size
                && field.offset < $0.offset + $0.size
        }
        return !rivals.contains { $0.condition.map { holds($0, by: fields) } ?? false }
    }

    /// One field; nil for padding, which is only looked at.
    private mutating func field(
        _ entry: SpecIndex.Field, of type: Spec.Struct, at offset: Int, outer: [Field]
    ) -> Field? {
        let isBigEndian = spec.isHostOrdered(type.name) && Self.hostIsBigEndian
        guard let name = entry.name, !Self.isReserved(name) else {
            if bytes[offset..<offset + entry.size].contains(where: { $0 != 0 }) {
                note(at: offset, "reserved bytes of struct \(type.name) are not zero")
            }
            return nil
        }
        let shown = value(
            name, type: entry.type, swift: entry.swift?.type, at: offset, size: entry.size,
            outer: outer, isBigEndian: isBigEndian)
        if let constant = entry.constant, shown.number != constant {
            error(
                at: offset, "\(name) is \(shown.text), expected \(constant)", type.clauses)
        }
        return shown
    }

    static func isReserved(_ name: String) -> Bool {
        ["padding", "reserved", "hole"].contains { name.contains($0) }
    }

    /// A value of any type of a table.
    mutating func value(
        _ name: String, type: SpecIndex.TypeName, swift: String?, at offset: Int, size: Int,
        outer: [Field] = [], isBigEndian: Bool
    ) -> Field {
        let isOne = type.count == nil
        let typeText = type.text
        if isOne, type.kind == .structure, let inner = spec.structure(type.name) {
            let fields = fields(of: inner, at: offset, outer: outer, withTrailing: false)
            return Field(name, type: typeText, offset: offset, size: size, fields: fields)
        }
        if isOne, type.kind != .structure {
            return number(
                name, type: type, swift: swift, at: offset, size: size, isBigEndian: isBigEndian)
        }
        if type.name == "u8" {
            return data(name, type: typeText, swift: swift, at: offset, size: size)
        }
        let count = type.count ?? 1
        guard count > 0, size % count == 0 else {
            return data(name, type: typeText, swift: nil, at: offset, size: size)
        }
        var element = type
        element.count = nil
        return array(
            name, type: typeText, element: element, swift: swift, at: offset,
            elementSize: size / count, count: count, isBigEndian: isBigEndian)
    }

    private mutating func number(
        _ name: String, type: SpecIndex.TypeName, swift: String?, at offset: Int, size: Int,
        isBigEndian: Bool
    ) -> Field {
        let value = number(at: offset, size: min(size, 8), isBigEndian: isBigEndian)
        let isFourCC = swift?.hasSuffix("FourCC") == true || Self.fourCCFields.contains(name)
        let shown: NumberText
        if type.kind == .enumeration, let names = spec.enumeration(type.name) {
            shown = NumberText(value, of: names, isFourCC: isFourCC)
        } else if type.kind == .flags, let names = spec.flagSet(type.name) {
            shown = NumberText(flags: value, of: names)
        } else if isFourCC {
            let code = V4L2.FourCC(UInt32(truncatingIfNeeded: value))
            return Field(
                name, type: type.text, offset: offset, size: size, value: .unsigned(value),
                text: "'\(code)' (\(NumberText.hex(value)))")
        } else if type.name.hasPrefix("i") {
            let shift = UInt64(64 - size * 8)
            let signed = Int64(bitPattern: value << shift) >> Int64(shift)
            return Field(
                name, type: type.text, offset: offset, size: size, value: .signed(signed),
                text: "\(signed)")
        } else {
            let isAddress = swift?.hasSuffix("Address") == true || Self.addressFields.contains(name)
            return Field(
                name, type: type.text, offset: offset, size: size, value: .unsigned(value),
                text: NumberText.plain(value, isAddress: isAddress))
        }
        if let unknown = shown.unknown { note(at: offset, "\(name): \(unknown)") }
        return Field(
            name, type: type.text, offset: offset, size: size, value: .unsigned(value),
            text: shown.text)
    }

    private static let fourCCFields: Set = ["pixelformat", "pixel_format", "fd_drm_fourcc"]
    private static let addressFields: Set = [
        "addr", "start", "guest_address", "user_address", "iova", "uaddr", "descriptor", "used",
        "available", "log", "modifier", "desc", "driver", "device",
    ]

    /// Bytes that are a name, a text, or nobody's business.
    func data(
        _ name: String, type: String, swift: String?, at offset: Int, size: Int
    ) -> Field {
        let slice = bytes[offset..<offset + size]
        if size == 16, swift == "ResourceUUID" || name == "uuid" {
            let high = number(at: offset, size: 8, isBigEndian: true)
            let low = number(at: offset + 8, size: 8, isBigEndian: true)
            let uuid = ResourceUUID(high: high, low: low).description
            return Field(
                name, type: type, offset: offset, size: size, value: .text(uuid), text: uuid)
        }
        if swift == "String" {
            let text = String(decoding: slice.prefix { $0 != 0 }, as: UTF8.self)
            return Field(
                name, type: type, offset: offset, size: size, value: .text(text),
                text: text.debugDescription)
        }
        let shown = slice.prefix(detail.dataSizeMax)
        let hex = shown.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
            .joined(separator: " ")
        let more = size - shown.count
        let isZero = !slice.contains { $0 != 0 }
        let text =
            size == 0
            ? "no bytes"
            : isZero && size > 16
                ? "\(size) zero bytes"
                : more > 0 ? "\(hex) … \(more) more" : hex
        return Field(
            name, type: type, offset: offset, size: size, value: .text(hex), text: text,
            omitted: more)
    }

    /// `count` elements, which are there.
    mutating func array(
        _ name: String, type: String, element: SpecIndex.TypeName, swift: String?, at offset: Int,
        elementSize: Int, count: Int, isBigEndian: Bool
    ) -> Field {
        let size = elementSize * count
        // Elements after the last one that is not zero say nothing.
        let slice = bytes[offset..<offset + size]
        let used = slice.lastIndex { $0 != 0 }.map { ($0 - offset) / elementSize + 1 } ?? 0
        let shown = min(max(used, 1), count, detail.elementsMax)
        var fields: [Field] = []
        for index in 0..<shown {
            fields.append(
                value(
                    "[\(index)]", type: element, swift: swift.map(Self.elementType),
                    at: offset + index * elementSize, size: elementSize, isBigEndian: isBigEndian))
        }
        let zeros = count - max(used, 1)
        let tail =
            zeros > 0 && used <= detail.elementsMax ? ", the last \(zeros) all zero" : ""
        if used == 0 && count > 1 {
            return Field(
                name, type: type, offset: offset, size: size, text: "\(type), all zero",
                omitted: count)
        }
        return Field(
            name, type: type, offset: offset, size: size, text: type + tail, fields: fields,
            omitted: count - shown - (tail.isEmpty ? 0 : zeros))
    }

    private static func elementType(_ swift: String) -> String {
        swift.hasPrefix("[") && swift.hasSuffix("]") ? String(swift.dropFirst().dropLast()) : swift
    }

    // MARK: What follows a structure

    private mutating func append(
        _ array: SpecIndex.Trailing, of type: Spec.Struct, at next: inout Int,
        to fields: inout [Field]
    ) {
        guard !isCut else { return }
        let size = max(array.elementSize, 1)
        var count = (end - next) / size
        if let counter = array.countField {
            let wanted = fields.first { $0.name == counter }?.number ?? 0
            guard wanted <= UInt64(count) else {
                isCut = true
                let place = type.fields.first { $0.name == counter }?.offset ?? 0
                let needed = wanted.multipliedReportingOverflow(by: UInt64(size))
                let bytesText = needed.overflow ? "" : " (\(needed.partialValue) bytes)"
                error(
                    at: end,
                    "\(counter) at \(next - type.size + place) promises \(wanted) "
                        + "\(array.name)\(bytesText), \(end - next) bytes follow", type.clauses)
                return
            }
            count = Int(wanted)
        }
        let isBigEndian = spec.isHostOrdered(type.name) && Self.hostIsBigEndian
        if array.type.name == "u8" {
            fields.append(
                data(
                    array.name, type: "u8[\(count * size)]", swift: nil, at: next,
                    size: count * size))
        } else {
            let text = "\(array.type.text)[\(count)]"
            fields.append(
                count == 0
                    ? Field(array.name, type: text, offset: next, size: 0, text: "none")
                    : self.array(
                        array.name, type: text, element: array.type, swift: nil, at: next,
                        elementSize: size, count: count, isBigEndian: isBigEndian))
        }
        next += count * size
        furthest = max(furthest, next)
    }
}

extension SpecIndex.TypeName {
    /// As the documents write it.
    var text: String {
        let base = kind == .integer ? name : "\(kind.rawValue) \(name)"
        return count.map { "\(base)[\($0)]" } ?? base
    }
}
