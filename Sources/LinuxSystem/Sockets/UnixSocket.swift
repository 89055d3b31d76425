// Stream sockets between processes of one machine, whose bytes carry descriptors beside them.
// Invariant: a descriptor that arrives has an owner before anything else can fail.

internal import CLinux
internal import Glibc
public import SystemPackage

/// A connected Unix stream socket. No call of it waits.
public struct UnixSocket: ~Copyable, Sendable {
    private let owned: OwnedDescriptor

    /// - Parameter owned: a connected stream socket.
    public init(_ owned: consuming OwnedDescriptor) throws(Errno) {
        try owned.setNonBlocking()
        self.owned = owned
    }

    /// Valid while the socket lives.
    public var descriptor: FileDescriptor { owned.descriptor }

    /// A stream socket connected to the listener at `path`.
    public static func connect(to path: String) throws(Errno) -> OwnedDescriptor {
        let fd = unsafe path.withCString { unsafe cl_unix_connect($0) }
        guard fd >= 0 else { throw Errno.current }
        return OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
    }

    /// Two stream sockets connected to each other: one is returned, the other put into `other`. Each
    /// waits for room until a ``UnixSocket`` is made of it: a program that is given one may count on
    /// that, as QEMU's does, which does not send the rest of a message again.
    public static func pair(with other: inout OwnedDescriptor?) throws(Errno) -> OwnedDescriptor {
        var ends: (CInt, CInt) = (-1, -1)
        // SAFETY: the tuple has the layout of int[2].
        let status = unsafe withUnsafeMutablePointer(to: &ends) { pointer in
            unsafe pointer.withMemoryRebound(to: CInt.self, capacity: 2) { unsafe cl_unix_pair($0) }
        }
        guard status == 0 else { throw Errno.current }
        other = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.1))
        return OwnedDescriptor(taking: FileDescriptor(rawValue: ends.0))
    }

    /// What came of a look at the socket.
    public enum Received: Equatable, Sendable {
        case bytes(Int)
        /// Nothing is here now.
        case nothing
        /// The peer has closed its end.
        case end
        /// There were more descriptors than ``DescriptorList/capacity``; what does not fit is
        /// closed.
        case tooManyDescriptors
    }

    /// Reads into `buffer`, and descriptors that come with the bytes into `descriptors`.
    @unsafe public func receive(
        into buffer: UnsafeMutableRawBufferPointer, _ descriptors: inout DescriptorList
    ) throws(Errno) -> Received {
        var numbers = InlineArray<8, CInt>(repeating: -1)
        var count: CInt = 0
        var truncated: CInt = 0
        var span = numbers.mutableSpan
        let got = unsafe span.withUnsafeMutableBufferPointer { numbers in
            unsafe cl_receive(
                descriptor.rawValue, buffer.baseAddress, buffer.count, numbers.baseAddress,
                CInt(DescriptorList.capacity), &count, &truncated)
        }
        let error = got < 0 ? Errno.current : Errno(rawValue: 0)
        var isFull = truncated != 0
        for index in 0..<Int(count) where !descriptors.append(numbers[index]) { isFull = true }
        guard got >= 0 else {
            if error == .wouldBlock || error == .resourceTemporarilyUnavailable { return .nothing }
            if error == .connectionReset { return .end }
            throw error
        }
        if isFull { return .tooManyDescriptors }
        return got == 0 ? .end : .bytes(got)
    }

    /// Sends `bytes`, and `descriptors` with the first of them.
    ///
    /// - Returns: how many bytes went; fewer, or 0, when the peer does not read.
    @unsafe public func send(
        _ bytes: UnsafeRawBufferPointer, descriptors: [FileDescriptor] = []
    ) throws(Errno) -> Int {
        let numbers = descriptors.map(\.rawValue)
        let sent = unsafe numbers.withUnsafeBufferPointer { numbers in
            unsafe cl_send(
                descriptor.rawValue, bytes.baseAddress, bytes.count, numbers.baseAddress,
                CInt(numbers.count))
        }
        guard sent >= 0 else {
            let error = Errno.current
            if error == .wouldBlock || error == .resourceTemporarilyUnavailable { return 0 }
            throw error
        }
        return sent
    }

    /// Waits until there is room to send; false after the time-out.
    public func waitUntilWritable(timeoutMillis: Int32) -> Bool {
        cl_wait_writable(descriptor.rawValue, timeoutMillis) > 0
    }

    /// Waits until something can be received, or the end; false after the time-out.
    public func waitUntilReadable(timeoutMillis: Int32) -> Bool {
        cl_wait_readable(descriptor.rawValue, timeoutMillis) > 0
    }

    /// Waits for this one or the other; which of them have something.
    public func waitUntilReadable(or other: FileDescriptor, timeoutMillis: Int32) -> (
        this: Bool, other: Bool
    ) {
        let bits = cl_wait_either(descriptor.rawValue, other.rawValue, timeoutMillis)
        return bits > 0 ? (bits & 1 != 0, bits & 2 != 0) : (false, false)
    }
}

/// A socket at a path, on which programs connect. The path goes with it.
public final class UnixListener: Sendable {
    private let owned: OwnedDescriptor
    public let path: String

    /// Listens at `path`; a socket that was left there and that nobody listens on is replaced.
    public init(path: String) throws(Errno) {
        let fd = unsafe path.withCString { unsafe cl_unix_listen($0) }
        guard fd >= 0 else { throw Errno.current }
        owned = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        self.path = path
    }

    deinit { removePath() }

    /// Takes the path away before the listener goes.
    public func removePath() { unsafe _ = path.withCString { unsafe unlink($0) } }

    /// Valid while the listener lives; readable when somebody waits.
    public var descriptor: FileDescriptor { owned.descriptor }

    /// The next connection; nil when nobody waits.
    public func accept() throws(Errno) -> OwnedDescriptor? {
        let fd = cl_unix_accept(owned.descriptor.rawValue)
        guard fd >= 0 else {
            let error = Errno.current
            if error == .wouldBlock || error == .connectionAbort { return nil }
            throw error
        }
        return OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
    }
}
