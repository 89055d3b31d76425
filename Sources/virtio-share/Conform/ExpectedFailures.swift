import Conformance
import Foundation

/// Cases that are known to fail: an id a line, `#` begins a comment. A list only shrinks, for a
/// case on it that passes is told like a failure; but not where `?` before the id says that the
/// back-end fails at times, by a race of its own.
struct ExpectedFailures {
    private(set) var ids: Set<String> = []
    private(set) var atTimes: Set<String> = []

    init() {}

    init(contentsOf path: String) throws {
        self.init(text: try String(contentsOfFile: path, encoding: .utf8))
    }

    init(text: String) {
        for line in text.split(separator: "\n") {
            let id = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard let first = id.first else { continue }
            if first == "?" {
                atTimes.insert(id.dropFirst().trimmingCharacters(in: .whitespaces))
            } else {
                ids.insert(id)
            }
        }
    }

    /// Ids that name no case: a list that lags behind.
    func unknown(_ cases: [ConformanceCase]) -> [String] {
        ids.union(atTimes).subtracting(cases.map(\.id)).sorted()
    }
}

/// What a result means for the exit status.
enum Judgement: String, Codable {
    case good, bad
    case knownFailure = "known failure"
    case unexpectedPass = "unexpected pass"

    init(_ result: ConformanceResult, expected: ExpectedFailures, isStrict: Bool) {
        let isFailure =
            switch result.verdict.kind {
            case .fail: true
            case .nonStrict: isStrict
            case .pass, .informational, .unimplemented, .skipped: false
            }
        if expected.atTimes.contains(result.id) {
            self = isFailure ? .knownFailure : .good
            return
        }
        switch (isFailure, expected.ids.contains(result.id)) {
        case (true, true): self = .knownFailure
        case (true, false): self = .bad
        // A case that did not run proves nothing.
        case (false, true): self = result.verdict.kind == .pass ? .unexpectedPass : .good
        case (false, false): self = .good
        }
    }

    var isBad: Bool { self == .bad || self == .unexpectedPass }
}
