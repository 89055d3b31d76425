/// What a case says of a device.
public enum Verdict: Equatable, Sendable {
    case pass
    /// The device breaks the clause.
    case fail(Finding)
    /// The device works, but not as it is asked to.
    case nonStrict(Finding)
    /// Nothing to judge here; the text says what was seen.
    case informational(String)
    /// The device does not offer what the clause is about.
    case unimplemented(feature: String)
    /// The case did not run.
    case skipped(reason: String)
}

extension Verdict {
    /// The verdict's name, without what it says.
    public var kind: Kind {
        switch self {
        case .pass: .pass
        case .fail: .fail
        case .nonStrict: .nonStrict
        case .informational: .informational
        case .unimplemented: .unimplemented
        case .skipped: .skipped
        }
    }

    public enum Kind: String, CaseIterable, Sendable, Codable {
        case pass, fail, informational, unimplemented, skipped
        case nonStrict = "non-strict"
    }

    /// A failure of a device that was gone when the case ended.
    func after(_ loss: String, _ finding: Finding) -> Verdict {
        guard case .fail(let first) = self else { return .fail(finding) }
        return .fail(
            Finding(
                sent: first.sent, expected: first.expected,
                received: "\(first.received); then \(loss)"))
    }
}

extension Verdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .pass: "pass"
        case .fail(let finding): "fail: \(finding)"
        case .nonStrict(let finding): "non-strict: \(finding)"
        case .informational(let text): "informational: \(text)"
        case .unimplemented(let feature): "unimplemented: \(feature)"
        case .skipped(let reason): "skipped: \(reason)"
        }
    }
}
