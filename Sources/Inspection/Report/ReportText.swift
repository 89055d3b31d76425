// A report as a tree for people: offsets in front, names indented, values in one column.

import Foundation

extension MessageReport {
    /// Several lines, the first one the title, the last ones what is wrong.
    public var tree: String {
        var lines = [heading]
        if !needs.isEmpty { lines.append("  needs    " + needs.joined(separator: ", ")) }
        if !answers.isEmpty { lines.append("  answers  " + answers.joined(separator: ", ")) }
        if !errors.isEmpty { lines.append("  errors   " + errors.joined(separator: ", ")) }
        let rows = fields.flatMap { Row.rows($0, depth: 0) }
        let width = min(48, rows.map(\.name.count).max() ?? 0)
        let digits = max(4, String(size).count)
        for row in rows {
            let name = row.name.padding(
                toLength: max(width, row.name.count), withPad: " ", startingAt: 0)
            let offset = String(row.offset)
            let place = String(repeating: " ", count: max(0, digits - offset.count)) + offset
            lines.append((place + "  " + name + "  " + row.text).trimmed)
        }
        lines += findings.map(\.line)
        return lines.joined(separator: "\n")
    }

    private var heading: String {
        var text = title + ", \(size) byte" + (size == 1 ? "" : "s")
        if let descriptors {
            text += ", \(descriptors) descriptor" + (descriptors == 1 ? "" : "s")
        }
        if let label { text = label + ": " + text }
        if !clauses.isEmpty { text += "  [" + clauses.joined(separator: ", ") + "]" }
        return text
    }
}

extension Finding {
    /// The finding in one line.
    public var line: String {
        let place = kind == .error ? "invalid at byte \(offset): " : "note at byte \(offset): "
        return place + text + (clauses.isEmpty ? "" : " [" + clauses.joined(separator: ", ") + "]")
    }
}

private struct Row {
    var offset: Int
    var name: String
    var text: String

    static func rows(_ field: Field, depth: Int) -> [Row] {
        let name = String(repeating: "  ", count: depth) + field.name
        let text = field.text.isEmpty ? field.type : field.text
        let own = Row(offset: field.offset, name: name, text: text)
        var rows = [own] + field.fields.flatMap { Self.rows($0, depth: depth + 1) }
        if field.omitted > 0 && !field.fields.isEmpty {
            let end = field.fields.last.map { $0.offset + $0.size } ?? field.offset
            let indent = String(repeating: "  ", count: depth + 1)
            rows.append(Row(offset: end, name: indent + "…", text: "\(field.omitted) more"))
        }
        return rows
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
