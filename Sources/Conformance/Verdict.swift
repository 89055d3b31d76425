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
}

extension Verdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .pass: "pass"
        case .fail(let finding): "fail: \(finding)"
        case .nonStrict(let finding): "non-strict: \(finding)"
        case .informational(let text): "informational: \(text)"
        case .unimplemented(let feature): "unimplemented: \(feature)"
        }
    }
}
