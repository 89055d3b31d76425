// Which cases each clause of the documents has: Spec/conformance.md, as text.

/// The clauses of the documents and the cases that hold a device to them.
public struct ClauseTable: Sendable {
    /// A document of `Spec` whose clauses are listed.
    public struct Source: Sendable {
        /// "gpu.md".
        public let file: String
        public let title: String
        /// What its clauses' ids begin with.
        let prefixes: [String]
    }

    public static let sources = [
        Source(file: "virtqueue.md", title: "Virtqueues", prefixes: ["VQ-D-", "VQ-O-"]),
        Source(file: "gpu.md", title: "virtio-gpu", prefixes: ["GPU-D-", "GPU-R-", "GPU-I-"]),
        Source(
            file: "media.md", title: "virtio-media",
            prefixes: ["MED-D-", "MED-R-", "MED-I-", "MED-O-"]),
        Source(file: "v4l2.md", title: "V4L2 payloads", prefixes: ["MED-D-006"]),
        Source(
            file: "sharing.md", title: "Sharing",
            prefixes: [
                "ID-", "CAP-", "MOVE-", "ATT-", "CPU-", "SYNC-", "LIFE-", "QUOTA-", "OBS-",
            ]),
        Source(file: "vhost-user.md", title: "vhost-user", prefixes: ["VU-"]),
        Source(file: "vhost-user-gpu.md", title: "The display socket", prefixes: ["VUG-"]),
    ]

    /// One clause and what holds a device to it.
    public struct Row: Equatable, Sendable {
        public let clause: String
        public let cases: [String]
        /// Why there is no case, or what a case cannot see; empty where there is nothing to say.
        public let remark: String
    }

    private let cases: [ConformanceCase]

    public init(_ cases: [ConformanceCase] = .every) { self.cases = cases }

    /// The clauses that a document names, in order.
    public static func clauses(in text: String, of source: Source) -> [String] {
        var found: Set<String> = []
        for word in text.split(whereSeparator: {
            !($0.isASCII && ($0.isLetter || $0.isNumber)) && $0 != "-"
        }
        ) {
            for prefix in source.prefixes where word.hasPrefix(prefix) {
                let number = word.dropFirst(prefix.count)
                let isWhole = prefix.last?.isNumber == true
                if isWhole ? number.isEmpty : !number.isEmpty && number.allSatisfy(\.isNumber) {
                    found.insert(String(word))
                }
            }
        }
        let order = { (clause: String) in
            (source.prefixes.firstIndex { clause.hasPrefix($0) } ?? 0, clause)
        }
        return found.sorted { order($0) < order($1) }
    }

    public func row(_ clause: String) -> Row {
        let own = cases.filter { $0.clauseID == clause }.map(\.id)
        let seen = ClauseReasons.seenBy[clause] ?? []
        return Row(
            clause: clause, cases: own + seen, remark: ClauseReasons.reasons[clause] ?? "")
    }

    /// Clauses with neither a case nor a reason; there are none.
    public func unexplained(_ clauses: [String]) -> [String] {
        clauses.filter { clause in
            let row = row(clause)
            return row.cases.isEmpty && row.remark.isEmpty
        }
    }

    /// The whole document.
    ///
    /// - Parameter text: the text of a document of `Spec`.
    public func document(_ text: (Source) throws -> String) rethrows -> String {
        var lines = [
            "# Clauses and their cases", "",
            "Written by `virtio-share conform --clauses Spec`; a test compares. Each clause of the",
            "documents has cases by which `virtio-share conform` holds a back-end to it, or the reason",
            "why nobody can from outside. `conform --filter '*ID'` runs one of them.", "",
        ]
        var (count, covered) = (0, 0)
        var body: [String] = []
        for source in Self.sources {
            let rows = Self.clauses(in: try text(source), of: source).map(row)
            count += rows.count
            covered += rows.count { !$0.cases.isEmpty }
            body += ["## \(source.title)", "", "From [\(source.file)](\(source.file)).", ""]
            body += ["| clause | cases | what they ask, or why there is none |", "|---|---|---|"]
            for row in rows { body.append(line(row)) }
            body.append("")
        }
        lines += ["\(covered) of \(count) clauses have a case.", ""]
        lines += body
        lines += rest
        return lines.joined(separator: "\n")
    }

    private func line(_ row: Row) -> String {
        let own = cases.filter { row.cases.contains($0.id) }
        let asked = own.map { "\($0.clause) (\($0.level.rawValue))" }
        let remark = row.remark.isEmpty ? [] : [row.remark]
        let ids = row.cases.map { "`\($0)`" }.joined(separator: "<br>")
        return "| \(row.clause) | \(ids.isEmpty ? "—" : ids) | "
            + (asked + remark).joined(separator: "<br>") + " |"
    }

    /// Cases about no clause in particular.
    private var rest: [String] {
        var lines = [
            "## Cases without a clause", "",
            "What virgl's own tests ask of a renderer, and attacks (`--hostile`).", "",
            "| case | what it asks |", "|---|---|",
        ]
        for test in cases where test.clauseID == nil {
            lines.append("| `\(test.id)` | \(test.clause) |")
        }
        return lines + [""]
    }
}

extension ConformanceCase {
    /// The clause that the id ends with; nil for a case about none.
    public var clauseID: String? {
        guard let last = id.split(separator: "/").last, let digit = last.last, digit.isNumber else {
            return nil
        }
        let clause = String(last)
        return ClauseTable.sources.contains { source in
            source.prefixes.contains { clause.hasPrefix($0) }
        } ? clause : nil
    }
}
