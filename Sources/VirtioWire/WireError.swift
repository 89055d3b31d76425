// Why bytes from the other side are not a message.

/// What is wrong with foreign bytes, and where.
public struct WireError: Error, Equatable, Sendable {
    /// The ways in which bytes fail to be a message.
    public enum Kind: Equatable, Sendable {
        /// The bytes end before the message does; the offset is their count.
        case truncated
        /// The message's own type word names another message; the offset is that word's.
        case wrongType
    }

    public var kind: Kind
    /// Bytes from the start of the message.
    public var offset: Int

    public init(kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}
