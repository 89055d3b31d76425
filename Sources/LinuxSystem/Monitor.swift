// A value behind a lock, with a condition to wait on. It stands on pthreads because
// Synchronization.Mutex of Swift 6.3.1 reports false races under the thread sanitizer.

internal import CLinux

/// A value that only one thread at a time may see or change, and that threads can wait on.
@safe public final class Monitor<Value>: @unchecked Sendable {
    private let handle: OpaquePointer
    private var value: Value

    public init(_ value: Value) {
        // SAFETY: created here, destroyed in deinit only.
        unsafe handle = cl_monitor_create()
        self.value = value
    }

    deinit { unsafe cl_monitor_destroy(handle) }

    /// Runs `body` with the value while no other thread has it.
    public func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        unsafe cl_monitor_lock(handle)
        defer { unsafe cl_monitor_unlock(handle) }
        return try body(&value)
    }

    /// Changes the value and wakes all waiters, to look again.
    public func update<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        unsafe cl_monitor_lock(handle)
        defer {
            unsafe cl_monitor_broadcast(handle)
            unsafe cl_monitor_unlock(handle)
        }
        return try body(&value)
    }

    /// Waits until `body` gives a result; it runs under the lock, at once and after each update.
    ///
    /// - Parameter deadlineNanos: monotonic time after which `body`'s last answer is returned,
    ///   `nil` included; 0 waits without bound.
    public func wait<R>(untilNanos deadlineNanos: UInt64 = 0, for body: (inout Value) -> R?) -> R? {
        unsafe cl_monitor_lock(handle)
        defer { unsafe cl_monitor_unlock(handle) }
        while true {
            if let result = body(&value) { return result }
            if unsafe cl_monitor_wait(handle, deadlineNanos) != 0 { return body(&value) }
        }
    }
}
