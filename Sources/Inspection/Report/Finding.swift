// What is to be said about bytes beyond their values.

/// Something wrong or unusual at one place of a message.
public struct Finding: Equatable, Sendable, Encodable {
    public enum Kind: String, Encodable, Sendable {
        /// The bytes are not a message.
        case error
        /// They are, and whoever reads them may want to know.
        case note
    }

    public var kind: Kind
    /// From the message's first byte.
    public var offset: Int
    /// What was expected and what is there.
    public var text: String
    public var clauses: [String]
}
