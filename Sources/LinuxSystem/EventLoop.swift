internal import CLinux
internal import Glibc
public import SystemPackage

/// An epoll(7) set, level-triggered.
public final class EventLoop: Sendable {
    private let descriptor: FileDescriptor
    /// How many tokens one wait returns at the most.
    public static let tokensMax = 16

    public init() throws(Errno) {
        let fd = cl_epoll_create()
        guard fd >= 0 else { throw Errno.current }
        descriptor = FileDescriptor(rawValue: fd)
    }

    deinit { try? descriptor.close() }

    /// Watches `watched` for reading; `token` comes back from ``wait(timeoutMillis:)``.
    public func add(_ watched: FileDescriptor, token: UInt64) throws(Errno) {
        guard cl_epoll_add(descriptor.rawValue, watched.rawValue, token) == 0 else {
            throw Errno.current
        }
    }

    /// Watches a descriptor that somebody else made: each time that it becomes readable is told once,
    /// and it is never read. Whatever it is and however often it is written to, the owner of the loop
    /// neither blocks in it nor spins on it.
    public func addForeign(_ watched: FileDescriptor, token: UInt64) throws(Errno) {
        guard cl_epoll_add_edge(descriptor.rawValue, watched.rawValue, token) == 0 else {
            throw Errno.current
        }
    }

    public func remove(_ watched: FileDescriptor) throws(Errno) {
        guard cl_epoll_remove(descriptor.rawValue, watched.rawValue) == 0 else {
            throw Errno.current
        }
    }

    /// Which descriptors are readable.
    public struct Tokens: Sequence, IteratorProtocol, Sendable {
        fileprivate var tokens = InlineArray<16, UInt64>(repeating: 0)
        fileprivate var end = 0
        private var at = 0

        /// None.
        public init() {}

        public var isEmpty: Bool { at == end }

        public mutating func next() -> UInt64? {
            guard at < end else { return nil }
            defer { at += 1 }
            return tokens[at]
        }
    }

    /// The tokens of the descriptors that are readable; none after `timeoutMillis` (-1 waits).
    public func wait(timeoutMillis: Int32 = -1) throws(Errno) -> Tokens {
        var ready = Tokens()
        var span = ready.tokens.mutableSpan
        let count = unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe cl_epoll_wait(
                descriptor.rawValue, buffer.baseAddress, Int32(Self.tokensMax), timeoutMillis)
        }
        guard count >= 0 else { throw Errno.current }
        ready.end = Int(count)
        return ready
    }
}

func currentErrno() -> CInt { errno }
