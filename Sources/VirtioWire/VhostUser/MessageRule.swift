// What a request of a socket and its reply carry. The rules themselves are generated from the tables of
// messages in Spec/vhost-user.md and Spec/vhost-user-gpu.md.

/// What a receiver may expect of a request before it looks at the payload.
public struct MessageRule: Equatable, Sendable {
    /// Whether a request is answered. [VU-007]
    public enum Answer: Equatable, Sendable {
        /// It has a reply of its own.
        case always
        /// A u64, when REPLY_ACK is negotiated and the request asks for it.
        case acknowledgement
        case never
    }

    /// One direction of the exchange.
    public struct Content: Equatable, Sendable {
        /// The payload's bytes, without what trails its structure.
        public var sizeBytes: Int
        /// Whether more bytes follow, as many as the structure's own count or the header says.
        public var isExtended: Bool
        /// Whether no payload at all is good as well.
        public var isOptional: Bool
        /// How many file descriptors come with it. [VU-006]
        public var descriptors: ClosedRange<Int>

        public init(
            sizeBytes: Int = 0, isExtended: Bool = false, isOptional: Bool = false,
            descriptors: ClosedRange<Int> = 0...0
        ) {
            self.sizeBytes = sizeBytes
            self.isExtended = isExtended
            self.isOptional = isOptional
            self.descriptors = descriptors
        }

        /// Whether a payload of `count` bytes can be one: exact, or at least where more may follow.
        /// [VU-005]
        public func allows(sizeBytes count: Int) -> Bool {
            if isOptional && count == 0 { return true }
            return isExtended ? count >= sizeBytes : count == sizeBytes
        }
    }

    public var request: Content
    /// The reply, or the acknowledgement.
    public var reply: Content
    public var answer: Answer
    /// The mask of the protocol feature that gates the request; 0 without one.
    public var protocolFeature: UInt64

    public init(
        request: Content = Content(), reply: Content = Content(), answer: Answer,
        protocolFeature: UInt64 = 0
    ) {
        self.request = request
        self.reply = reply
        self.answer = answer
        self.protocolFeature = protocolFeature
    }
}
