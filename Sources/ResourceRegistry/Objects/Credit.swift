// A shard's part of what the domain may still take, so that shards do not all meet in two counters.
// Invariant: what is used and what lies in credits is together at most the domain's limit.

internal import Synchronization

/// Taken from the domain's account and not used.
struct Credit {
    var objects = 0
    var bytes: UInt64 = 0
}

extension RegistryLimits {
    /// How much more than it needs a shard takes at a time, and how much it keeps. A small domain
    /// keeps none: each object is worth looking for then.
    var credit: Credit { Credit(objects: min(objectsMax / 1024, 64), bytes: bytesMax / 1024) }
}

/// The caller holds the lock.
extension Shard {
    /// Takes one object of `sizeBytes`, or nothing. False may mean that others have credit left:
    /// see ``surrenderCredit()``.
    @inline(__always) func take(_ sizeBytes: UInt64) -> Bool {
        guard credit.objects > 0 || raiseObjects() else { return false }
        guard credit.bytes >= sizeBytes || raiseBytes(by: sizeBytes - credit.bytes) else {
            return false
        }
        credit.objects -= 1
        credit.bytes -= sizeBytes
        return true
    }

    private func raiseObjects() -> Bool {
        let account = core.account
        let more = core.credit.objects
        // Near the limit nobody takes more than is used.
        let isScarce = account.objects.load(ordering: .relaxed) > account.limits.objectsMax / 2
        for count in isScarce || more == 0 ? [1] : [1 + more, 1]
        where Account.raise(account.objects, by: count, max: account.limits.objectsMax) {
            credit.objects += count
            return true
        }
        return false
    }

    private func raiseBytes(by missing: UInt64) -> Bool {
        let account = core.account
        let isScarce = account.bytes.load(ordering: .relaxed) > account.limits.bytesMax / 2
        let (more, overflows) = missing.addingReportingOverflow(core.credit.bytes)
        for count in isScarce || overflows ? [missing] : [more, missing]
        where account.takeBytes(count) {
            credit.bytes += count
            return true
        }
        return false
    }

    @inline(__always) func giveBack(_ sizeBytes: UInt64) {
        credit.objects += 1
        credit.bytes += sizeBytes
        // Written so that no sum overflows.
        if credit.objects / 2 >= core.credit.objects || credit.bytes / 2 >= core.credit.bytes {
            surrenderMore()
        }
    }

    private func surrenderMore() {
        let keep = core.credit
        if credit.objects > keep.objects {
            core.account.objects.wrappingSubtract(
                credit.objects - keep.objects, ordering: .relaxed)
            credit.objects = keep.objects
        }
        if credit.bytes > keep.bytes {
            core.account.bytes.wrappingSubtract(credit.bytes - keep.bytes, ordering: .relaxed)
            credit.bytes = keep.bytes
        }
    }

    /// Gives all of it back to the domain.
    func surrenderCredit() {
        core.account.objects.wrappingSubtract(credit.objects, ordering: .relaxed)
        core.account.bytes.wrappingSubtract(credit.bytes, ordering: .relaxed)
        credit = Credit()
    }
}
