internal import LinuxSystem
internal import Synchronization

extension DomainCore {
    func requestLease(
        _ access: Lease.Access, through attachment: Attachment,
        _ onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) -> Lease {
        let (hold, object) = (attachment.hold, attachment.object)
        let shard = shard(of: object.uuid)
        let lease: Lease
        do {
            shard.lock.lock()
            defer { shard.lock.unlock() }
            try hold.requireUsable()
            guard !object.isFreed, !hold.isDraining, !attachment.isEnded else { throw .revoked }
            lease = try ask(
                access, holder: hold.importer, hold: hold, on: object, through: attachment,
                onGranted)
        }
        if subscribers.isNeeded { emit(.lease(access), hold.importer, object) }
        return lease
    }

    /// The shard's lock is held.
    func ask(
        _ access: Lease.Access, holder: ParticipantRecord, hold: Hold?, on object: SharedObject,
        through attachment: Attachment?, _ onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) -> Lease {
        try chargeLease(to: holder, on: object)
        let isFree = object.leases.isFree(access)
        let grant = isFree ? nil : Grant(onGranted: onGranted)
        let number = object.leases.append(
            access, isGiven: isFree, holder: holder, hold: hold, grant: grant,
            atNanos: isFree ? 0 : MonotonicClock.nowNanos)
        return Lease(object: object, attachment: attachment, number: number, grant: grant)
    }

    private func chargeLease(to holder: ParticipantRecord, on object: SharedObject)
        throws(RegistryError)
    {
        guard object.leases.count < limits.leasesPerObjectMax,
            Account.take(
                holder.account.leases, max: holder.account.limits.leasesMax, account.leases,
                domainMax: account.limits.leasesMax)
        else { throw .outOfQuota }
    }

    func beginOpaqueRead(of object: SharedObject) throws(RegistryError) -> Lease {
        let shard = shard(of: object.uuid)
        let number: UInt64
        do {
            shard.lock.lock()
            defer { shard.lock.unlock() }
            guard !object.isFreed else { throw .revoked }
            guard !object.isMoving else { throw .moving }
            try chargeLease(to: object.exporter, on: object)
            number = object.leases.append(
                .read, isGiven: true, holder: object.exporter, hold: nil, grant: nil, atNanos: 0)
        }
        if subscribers.isNeeded { emit(.lease(.read), object.exporter, object) }
        return Lease(object: object, attachment: nil, number: number, grant: nil)
    }

    func endLease(_ number: UInt64, on object: SharedObject) {
        let shard = shard(of: object.uuid)
        shard.lock.lock()
        guard let ticket = object.leases.remove(number) else {
            shard.lock.unlock()
            return
        }
        var calls: Calls = []
        ticket.holder.account.leases.subtract(1, ordering: .relaxed)
        account.leases.subtract(1, ordering: .relaxed)
        if object.leases.count > 0 { calls = object.leases.grantWaiting() }
        if let hold = ticket.hold, hold.isDraining,
            !object.leases.tickets.contains(where: { $0.hold === hold })
        {
            calls += drop(hold, of: object, in: shard)
        }
        shard.wakeWaiters()
        shard.lock.unlock()
        if subscribers.isNeeded { emit(.leaseEnd(ticket.access), ticket.holder, object) }
        finish(calls)
        // What its callback holds must not go under the lock: that could be a lease.
        withExtendedLifetime(ticket) {}
    }

    func endLease(_ number: UInt64, on object: SharedObject, after fence: Fence) {
        let shard = shard(of: object.uuid)
        shard.lock.lock()
        let isHeld = object.leases.setFence(fence, of: number)
        if isHeld, let index = object.leases.index(of: number),
            object.leases.tickets[index].access == .write
        {
            object.writeFence = fence
        }
        shard.lock.unlock()
        guard isHeld else { return }
        fence.whenSignalled { self.endLease(number, on: object) }
    }

    func downgrade(_ number: UInt64, on object: SharedObject) {
        let shard = shard(of: object.uuid)
        shard.lock.lock()
        object.leases.downgrade(number)
        let calls = object.leases.grantWaiting()
        shard.wakeWaiters()
        shard.lock.unlock()
        finish(calls)
    }

    func wait(for grant: Grant, on object: SharedObject, _ deadline: UInt64) {
        let shard = shard(of: object.uuid)
        shard.lock.lock()
        _ = shard.wait(untilNanos: deadline) { grant.state != .waiting }
        shard.lock.unlock()
    }
}
