internal import LinuxSystem

/// A part of the domain's names, and the lock of the objects that bear them.
///
/// An object's shard follows from its UUID. No thread ever holds two shards' locks.
final class Shard: @unchecked Sendable {
    static let countLog2 = 6
    static let count = 1 << countLog2

    let lock = Lock()
    // Guarded by the lock.
    // The lock excludes what the run-time's exclusivity checks look for, at a tenth of a lookup.
    @safe @exclusivity(unchecked) var names = NameTable()
    /// Objects without a name that somebody still holds.
    @safe @exclusivity(unchecked) var nameless: [ObjectIdentifier: SharedObject] = [:]
    /// Threads that wait on the lock for a change.
    @safe @exclusivity(unchecked) var waiters = 0

    func wakeWaiters() {
        if waiters > 0 { lock.wakeAll() }
    }

    /// Waits, with the lock held, until `body` says so; false past the deadline.
    func wait(untilNanos deadline: UInt64, for body: () -> Bool) -> Bool {
        waiters += 1
        defer { waiters -= 1 }
        while !body() {
            if !lock.wait(untilNanos: deadline) { return body() }
        }
        return true
    }

    /// Every object of this shard, named or not. The caller holds the lock.
    func all() -> [SharedObject] { names.objects + nameless.values }
}
