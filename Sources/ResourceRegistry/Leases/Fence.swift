internal import LinuxSystem

/// A moment in a device's work: a GPU's fence, the end of a decode. It passes once. [SYNC-2]
public final class Fence: @unchecked Sendable {
    /// The device's number for it; of no meaning here.
    public let number: UInt64
    private let lock = Lock()
    // Guarded by the lock.
    private var hasPassed = false
    private var calls: Calls = []

    public init(number: UInt64 = 0) { self.number = number }

    public var isSignalled: Bool {
        lock.lock()
        defer { lock.unlock() }
        return hasPassed
    }

    /// Says that the work is done; a second call does nothing.
    public func signal() {
        lock.lock()
        hasPassed = true
        let due = calls
        calls = []
        lock.wakeAll()
        lock.unlock()
        for call in due { call() }
    }

    /// `timedOut` past the deadline (monotonic nanoseconds). [SYNC-3]
    public func wait(untilNanos deadline: UInt64) throws(RegistryError) {
        lock.lock()
        defer { lock.unlock() }
        while !hasPassed {
            guard lock.wait(untilNanos: deadline) || hasPassed else { throw .timedOut }
        }
    }

    /// Calls once the fence has passed: here and now if it has.
    func whenSignalled(_ call: @escaping @Sendable () -> Void) {
        lock.lock()
        let isDue = hasPassed
        if !isDue { calls.append(call) }
        lock.unlock()
        if isDue { call() }
    }
}
