/// Where a device did something else than the clause says. Cases throw it to fail.
public struct Finding: Error, Equatable, Sendable {
    /// The request before, by name and bytes.
    public let sent: String
    public let expected: String
    public let received: String

    public init(sent: String, expected: String, received: String) {
        self.sent = sent
        self.expected = expected
        self.received = received
    }
}

extension Finding: CustomStringConvertible {
    public var description: String {
        "expected \(expected); received \(received); last sent: \(sent)"
    }
}
