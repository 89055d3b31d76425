/// How one case went.
public struct ConformanceResult: Equatable, Sendable {
    public let id: String
    public let clause: String
    public let level: ConformanceCase.Level
    public let verdict: Verdict

    /// What the clause asked for, where the device did something else.
    public var expected: String? { finding?.expected }
    /// What the device did instead.
    public var received: String? { finding?.received }

    /// The last request before.
    public var sent: String? { finding?.sent }

    private var finding: Finding? {
        switch verdict {
        case .fail(let finding), .nonStrict(let finding): finding
        case .pass, .informational, .unimplemented, .skipped: nil
        }
    }
}

extension ConformanceResult: CustomStringConvertible {
    public var description: String { "\(id) (\(level.rawValue)): \(verdict)" }
}
