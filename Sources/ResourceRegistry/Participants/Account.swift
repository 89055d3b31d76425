// What is counted against a limit, for one device or for the whole domain.
// Invariant: a count never passes its limit, not even for a moment.

internal import Synchronization

final class Account: Sendable {
    let limits: DeviceLimits
    let objects = Atomic<Int>(0)
    let bytes = Atomic<UInt64>(0)
    let attachments = Atomic<Int>(0)
    let leases = Atomic<Int>(0)

    init(_ limits: DeviceLimits) { self.limits = limits }

    /// Takes one of `counter`, in both accounts or in none.
    static func take(
        _ mine: borrowing Atomic<Int>, max: Int, _ domain: borrowing Atomic<Int>, domainMax: Int
    ) -> Bool {
        guard raise(mine, max: max) else { return false }
        guard raise(domain, max: domainMax) else {
            mine.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    private static func raise(_ counter: borrowing Atomic<Int>, max: Int) -> Bool {
        var now = counter.load(ordering: .relaxed)
        while now < max {
            let (isDone, seen) = counter.weakCompareExchange(
                expected: now, desired: now + 1, ordering: .relaxed)
            if isDone { return true }
            now = seen
        }
        return false
    }

    func takeBytes(_ count: UInt64) -> Bool {
        var now = bytes.load(ordering: .relaxed)
        while count <= limits.bytesMax, now <= limits.bytesMax - count {
            let (isDone, seen) = bytes.weakCompareExchange(
                expected: now, desired: now + count, ordering: .relaxed)
            if isDone { return true }
            now = seen
        }
        return false
    }
}
