internal import CLinux
public import SystemPackage

/// An eventfd(2): one side signals, the other waits or polls.
public final class EventDescriptor: Sendable {
    public let descriptor: FileDescriptor

    public init() throws(Errno) {
        let fd = cl_eventfd()
        guard fd >= 0 else { throw Errno.current }
        descriptor = FileDescriptor(rawValue: fd)
    }

    /// Of somebody else's making: an eventfd, or whatever else 8 bytes can be written to.
    public init(_ owned: consuming OwnedDescriptor) { descriptor = owned.release() }

    deinit { try? descriptor.close() }

    /// Makes the descriptor readable. Signals that nobody has taken yet merge into one.
    public func signal() {
        var one: UInt64 = 1
        // The write fails only when 2^64 - 2 signals are pending: the reader is told all the same.
        _ = try? unsafe withUnsafeBytes(of: &one) { unsafe try descriptor.write($0) }
    }

    /// Takes all pending signals; false when there was none.
    @discardableResult public func take() -> Bool {
        var count: UInt64 = 0
        let read = try? unsafe withUnsafeMutableBytes(of: &count) {
            unsafe try descriptor.read(into: $0)
        }
        return read == 8
    }

    /// Waits for a signal and takes it; false when `timeoutMillis` went by without one.
    public func wait(timeoutMillis: Int32) -> Bool {
        if take() { return true }
        guard cl_wait_readable(descriptor.rawValue, timeoutMillis) > 0 else { return false }
        return take()
    }
}

extension Errno {
    /// The calling thread's errno.
    static var current: Errno { Errno(rawValue: currentErrno()) }
}
