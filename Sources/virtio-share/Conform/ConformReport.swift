import Conformance
import Foundation

/// The results of a run, as text, JSON and JUnit's XML.
struct ConformReport {
    struct Entry: Encodable {
        let id: String
        let clause: String
        let level: String
        let verdict: Verdict.Kind
        let judgement: Judgement
        var sent: String?
        var expected: String?
        var received: String?
        /// What an informational, unimplemented or skipped verdict says.
        var remark: String?

        var area: String { id.split(separator: "/").first.map(String.init) ?? id }
    }

    private(set) var entries: [Entry] = []

    mutating func add(_ result: ConformanceResult, _ judgement: Judgement) {
        var entry = Entry(
            id: result.id, clause: result.clause, level: result.level.rawValue,
            verdict: result.verdict.kind, judgement: judgement, sent: result.sent,
            expected: result.expected, received: result.received)
        switch result.verdict {
        case .informational(let text): entry.remark = text
        case .unimplemented(let feature): entry.remark = "\(feature) is not offered"
        case .skipped(let reason): entry.remark = reason
        case .pass, .fail, .nonStrict: break
        }
        entries.append(entry)
    }

    var isGood: Bool { !entries.contains { $0.judgement.isBad } }

    // MARK: Text

    /// One paragraph for each case that did not pass, then a table by area.
    func text() -> String {
        let told = entries.filter { $0.expected != nil || $0.judgement == .unexpectedPass }
        return told.map(Self.paragraph).joined(separator: "\n") + (told.isEmpty ? "" : "\n")
            + table()
    }

    private static func paragraph(_ entry: Entry) -> String {
        var lines = [
            "\(entry.id)  \(entry.judgement == .good ? "\(entry.verdict.rawValue)" : title(entry))"
        ]
        lines.append("  clause    \(entry.clause) (\(entry.level))")
        if let sent = entry.sent { lines.append("  sent      \(sent)") }
        if let received = entry.received { lines.append("  received  \(received)") }
        if let expected = entry.expected { lines.append("  expected  \(expected)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func title(_ entry: Entry) -> String {
        entry.judgement == .bad
            ? entry.verdict.rawValue : "\(entry.verdict.rawValue), \(entry.judgement.rawValue)"
    }

    private func table() -> String {
        let kinds = Verdict.Kind.allCases
        var areas: [String] = []
        for entry in entries where !areas.contains(entry.area) { areas.append(entry.area) }
        var rows = [["area"] + kinds.map(\.rawValue)]
        for area in areas + (areas.count > 1 ? ["all"] : []) {
            let own = entries.filter { area == "all" || $0.area == area }
            rows.append(
                [area] + kinds.map { kind in "\(own.count { $0.verdict == kind })" })
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                let width = rows.map { $0[index].count }.max() ?? 0
                let fill = String(repeating: " ", count: width - cell.count)
                return index == 0 ? cell + fill : fill + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    // MARK: For programs

    private struct Whole: Encodable {
        let backEnd: String
        let good: Bool
        let cases: [Entry]
    }

    func json(backEnd: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let whole = Whole(backEnd: backEnd, good: isGood, cases: entries)
        return String(decoding: try encoder.encode(whole), as: UTF8.self)
    }

    /// As Jenkins, GitLab and others read it.
    func junit(backEnd: String) -> String {
        let bad = entries.count { $0.judgement.isBad }
        let skipped = entries.count(where: Self.isLeftOut)
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuite name=\(Self.quoted(backEnd)) tests=\"\(entries.count)\" "
                + "failures=\"\(bad)\" skipped=\"\(skipped)\">",
        ]
        for entry in entries {
            let name =
                "  <testcase classname=\(Self.quoted(entry.area)) name=\(Self.quoted(entry.id))"
            let text = [
                "\(entry.clause) (\(entry.level))", entry.sent.map { "sent: \($0)" },
                entry.received.map { "received: \($0)" }, entry.expected.map { "expected: \($0)" },
            ].compactMap { $0 }.joined(separator: "\n")
            if entry.judgement.isBad {
                lines.append("\(name)>")
                lines.append(
                    "    <failure message=\(Self.quoted(Self.title(entry)))>\(Self.escaped(text))</failure>"
                )
                lines.append("  </testcase>")
            } else if Self.isLeftOut(entry) {
                lines.append(
                    "\(name)><skipped message=\(Self.quoted(entry.remark ?? entry.judgement.rawValue))/></testcase>"
                )
            } else {
                lines.append("\(name)/>")
            }
        }
        return (lines + ["</testsuite>", ""]).joined(separator: "\n")
    }

    private static func isLeftOut(_ entry: Entry) -> Bool {
        entry.verdict == .skipped || entry.verdict == .unimplemented
            || entry.judgement == .knownFailure
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// Characters that XML 1.0 has no way to write are left out.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\n", "\t": out += "&#\(scalar.value);"
            default:
                if scalar.value >= 0x20, scalar.value & 0xfffe != 0xfffe {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out
    }
}
