public import SystemPackage

/// Why a connection, or a request on it, came to nothing.
public enum VhostUserError: Error, Equatable, Sendable {
    /// The peer closed its end.
    case peerGone
    /// Bytes that are no message of the protocol, or too many descriptors. [VU-003] [VU-005]
    case malformed
    /// The peer said no, or was told no and did not ask to hear it.
    case refused
    /// The peer neither reads nor answers.
    case timedOut
    /// A file behind guest memory was cut short.
    case memoryLost
    case system(Errno)
}

extension VhostUserError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .peerGone: "the peer closed the connection"
        case .malformed: "the peer sent what is no message"
        case .refused: "a request was refused"
        case .timedOut: "the peer did not read or answer in time"
        case .memoryLost: "a file behind guest memory was cut short"
        case .system(let error): "\(error)"
        }
    }
}
