// What is counted against a limit, for one device or for the whole domain.
// Invariant: a count never passes its limit, not even for a moment.

internal import Synchronization

final class Account: Sendable {
    let limits: DeviceLimits
    let objects = Atomic<Int>(0)
    let bytes = Atomic<UInt64>(0)
    let attachments = Atomic<Int>(0)
    let leases = Atomic<Int>(0)
    /// Attachments and references that anybody has on this device's objects.
    let lent = Atomic<Int>(0)

    init(_ limits: DeviceLimits) { self.limits = limits }

    /// Takes one of `counter`, in both accounts or in none.
    static func take(
        _ mine: borrowing Atomic<Int>, max: Int, _ domain: borrowing Atomic<Int>, domainMax: Int
    ) -> Bool {
        guard raise(mine, by: 1, max: max) else { return false }
        guard raise(domain, by: 1, max: domainMax) else {
            mine.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Raises by `count`, or not at all.
    static func raise(_ counter: borrowing Atomic<Int>, by count: Int, max: Int) -> Bool {
        if max == .max {
            counter.wrappingAdd(count, ordering: .relaxed)
            return true
        }
        var now = counter.load(ordering: .relaxed)
        while count <= max, now <= max - count {
            let (isDone, seen) = counter.weakCompareExchange(
                expected: now, desired: now + count, ordering: .relaxed)
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

    /// Takes one object, or nothing.
    func takeObject(_ sizeBytes: UInt64) -> Bool {
        guard Self.raise(objects, by: 1, max: limits.objectsMax) else { return false }
        if limits.bytesMax == .max {
            // Compared with nothing: it may wrap until the domain has refused.
            bytes.wrappingAdd(sizeBytes, ordering: .relaxed)
            return true
        }
        guard takeBytes(sizeBytes) else {
            objects.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    func giveBackObject(_ sizeBytes: UInt64) {
        objects.wrappingSubtract(1, ordering: .relaxed)
        bytes.wrappingSubtract(sizeBytes, ordering: .relaxed)
    }
}
