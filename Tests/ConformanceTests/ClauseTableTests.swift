import Conformance
import Foundation
import MutantList
import Testing

@Suite("Clauses and their cases")
struct ClauseTableTests {
    private static let spec = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Spec")

    private static func text(_ file: String) throws -> String {
        try String(contentsOf: spec.appendingPathComponent(file), encoding: .utf8)
    }

    @Test("Spec/conformance.md is what the cases make it: conform --clauses Spec")
    func upToDate() throws {
        let made = try ClauseTable().document { try Self.text($0.file) }
        #expect(try Self.text("conformance.md") == made)
    }

    @Test("Every clause has a case, or a reason why there is none")
    func complete() throws {
        for source in ClauseTable.sources {
            let clauses = ClauseTable.clauses(in: try Self.text(source.file), of: source)
            #expect(!clauses.isEmpty, "\(source.file)")
            #expect(ClauseTable().unexplained(clauses) == [], "\(source.file)")
        }
    }

    @Test("What cases name are clauses of the documents, and cases that are named are there")
    func known() throws {
        var clauses: Set<String> = []
        var mentioned: Set<String> = []
        for source in ClauseTable.sources {
            let own = ClauseTable.clauses(in: try Self.text(source.file), of: source)
            clauses.formUnion(own)
            for clause in own { mentioned.formUnion(ClauseTable().row(clause).cases) }
        }
        for test in [ConformanceCase].every {
            if let clause = test.clauseID { #expect(clauses.contains(clause), "\(test.id)") }
        }
        let ids = Set([ConformanceCase].every.map(\.id))
        #expect(mentioned.subtracting(ids) == [])
        #expect(clauses.count >= 300)
    }

    @Test("All that was found in documents is what they say")
    func found() {
        let text = "Clauses VQ-D-001, VQ-O-002. [VQ-D-001] VQ-X-1 (MVQ-D-009) VQ-D-003"
        let source = ClauseTable.sources[0]
        #expect(
            ClauseTable.clauses(in: text, of: source) == ["VQ-D-001", "VQ-D-003", "VQ-O-002"])
    }
}

@Suite("The list of mutants")
struct MutantListTests {
    @Test("Forty wrong devices at least, each told by a case that there is")
    func counted() throws {
        var rows: [String] = []
        for section in [
            "Queues", "The GPU", "The media device", "The socket", "Devices behind a proxy",
        ] {
            let own = try MutantList.rows(of: section)
            #expect(!own.isEmpty, "\(section)")
            rows += own
        }
        #expect(rows.count >= 40)
        let ids = [ConformanceCase].every.map(\.id)
        for row in rows {
            let pattern = row.split(separator: "`").dropFirst().first.map(String.init) ?? ""
            #expect(ids.contains { CaseFilter(pattern).matches($0) }, "\(row)")
        }
    }
}
