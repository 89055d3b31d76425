// A mutex with a condition, for classes that guard their own fields. ``Monitor`` is the better
// choice where no call is counted in nanoseconds: it cannot be forgotten.

internal import CLinux

/// A lock that stands alone on its cache lines, and that threads can wait on.
@safe public final class Lock: @unchecked Sendable {
    private let handle: OpaquePointer

    public init() {
        // SAFETY: created here, destroyed in deinit only.
        unsafe handle = cl_monitor_create()
    }

    deinit { unsafe cl_monitor_destroy(handle) }

    public func lock() { unsafe cl_monitor_lock(handle) }
    public func unlock() { unsafe cl_monitor_unlock(handle) }

    /// Gives the lock away until ``wakeAll()`` or the deadline (monotonic; 0 waits without bound);
    /// false past the deadline. The caller holds the lock, and looks again at what it waits for.
    public func wait(untilNanos deadline: UInt64) -> Bool {
        unsafe cl_monitor_wait(handle, deadline) == 0
    }

    /// Wakes those that wait, to look again. The caller holds the lock.
    public func wakeAll() { unsafe cl_monitor_broadcast(handle) }
}
