internal import CLinux
internal import Glibc
public import SystemPackage

/// A descriptor that its holder closes, by going away.
public struct OwnedDescriptor: ~Copyable, Sendable {
    private let number: CInt

    /// - Parameter descriptor: open, and from now on nobody else's to close.
    public init(taking descriptor: FileDescriptor) { number = descriptor.rawValue }

    deinit { _ = Glibc.close(number) }

    /// Valid while the owner lives.
    public var descriptor: FileDescriptor { FileDescriptor(rawValue: number) }

    /// Gives the descriptor away: it is the caller's to close.
    public consuming func release() -> FileDescriptor {
        let descriptor = self.descriptor
        discard self
        return descriptor
    }

    /// Another descriptor of an open file that stays somebody else's.
    public init(duplicating descriptor: FileDescriptor) throws(Errno) {
        let copy = fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Errno.current }
        number = copy
    }

    /// Another descriptor of the same open file.
    public func duplicate() throws(Errno) -> OwnedDescriptor {
        try OwnedDescriptor(duplicating: descriptor)
    }

    /// Makes writes fail where they would wait. The flag belongs to the open file, hence to whoever
    /// else has it as well.
    public func setNonBlocking() throws(Errno) {
        guard cl_set_nonblocking(number) == 0 else { throw Errno.current }
    }

    /// Of a connected Unix socket: whether the process at the other end is of this one's user.
    public var isOfSameUser: Bool { cl_peer_is_same_user(number) != 0 }

    /// Keeps the descriptor from programs that this one starts.
    public func setCloseOnExec() throws(Errno) {
        guard cl_set_cloexec(number) == 0 else { throw Errno.current }
    }

    /// Signals an eventfd of somebody else's, or a pipe. What it cannot take now is dropped: it is
    /// readable then.
    public func signal() { cl_signal_eventfd(number) }
}

/// Descriptors that came with a message, until somebody takes them; the rest is closed.
public struct DescriptorList: ~Copyable, Sendable {
    /// More than any message of vhost-user has.
    public static let capacity = 8
    private var numbers = InlineArray<8, CInt>(repeating: -1)
    private var first = 0
    private var end = 0

    public init() {}

    deinit { for index in first..<end { _ = Glibc.close(numbers[index]) } }

    public var count: Int { end - first }

    /// The longest-waiting one.
    public mutating func take() -> OwnedDescriptor? {
        guard first < end else { return nil }
        defer { first += 1 }
        return OwnedDescriptor(taking: FileDescriptor(rawValue: numbers[first]))
    }

    /// Takes over an open descriptor; one too many is closed, and the answer false.
    mutating func append(_ number: CInt) -> Bool {
        if first == end { (first, end) = (0, 0) }
        guard end < Self.capacity else {
            _ = Glibc.close(number)
            return false
        }
        numbers[end] = number
        end += 1
        return true
    }

    /// Closes what is left.
    public mutating func removeAll() { self = DescriptorList() }
}

extension FileDescriptor {
    /// How long a regular file or memfd is; nil for what has no length of its own.
    public func regularFileBytes() throws(Errno) -> UInt64? {
        var size: UInt64 = 0
        var regular: CInt = 0
        guard unsafe cl_file_size(rawValue, &size, &regular) == 0 else { throw Errno.current }
        return regular != 0 ? size : nil
    }
}
