internal import LinuxSystem
internal import Synchronization

extension Shard {
    func requestLease(
        _ access: Lease.Access, through attachment: Attachment,
        _ onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) -> Lease {
        let (hold, object) = (attachment.hold, attachment.object)
        let lease: Lease
        do {
            lock.lock()
            defer { lock.unlock() }
            try hold.requireUsable()
            guard !object.isFreed, !hold.isDraining, !attachment.isEnded else { throw .revoked }
            lease = try ask(
                access, holder: hold.importer, hold: hold, on: object, through: attachment,
                onGranted)
        }
        if object.isAskedElsewhere { advance(object) }
        if core.subscribers.isNeeded { core.emit(.lease(access), hold.importer, object) }
        return lease
    }

    /// The caller holds the lock.
    func ask(
        _ access: Lease.Access, holder: ParticipantRecord, hold: Hold?, on object: SharedObject,
        through attachment: Attachment?, _ onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) -> Lease {
        try chargeLease(to: holder, on: object)
        let isElsewhere = object.isAskedElsewhere
        let isFree = !isElsewhere && object.used.leases.isFree(access)
        let grant = isFree ? nil : Grant(onGranted: onGranted)
        let number = object.used.leases.append(
            access, isGiven: isFree, holder: holder, hold: hold, grant: grant,
            atNanos: isFree ? 0 : MonotonicClock.nowNanos,
            ask: isElsewhere
                ? { number in { [self] in askRight(number, on: object) } } : nil)
        return Lease(object: object, attachment: attachment, number: number, grant: grant)
    }

    // MARK: Objects of other processes

    /// Asks for those whose turn it is. No lock is held.
    func advance(_ object: SharedObject) {
        var calls: Calls = []
        lock.lock()
        object.used.leases.grantWaiting(&calls)
        lock.unlock()
        for call in calls { call() }
    }

    /// The turn of a ticket has come here: now it is the other process's word. No lock is held.
    private func askRight(_ number: UInt64, on object: SharedObject) {
        guard let access = access(of: number, on: object),
            let right = object.hooks?.askRight?(
                object, access, { [self] in clear(number, on: object) })
        else { return }
        lock.lock()
        let isHeld = object.used.leases.setRight(right, of: number)
        let index = isHeld ? object.used.leases.index(of: number) : nil
        let isDowngraded =
            access == .write && index.map { object.tickets[$0].access == .read } ?? false
        lock.unlock()
        if isDowngraded { right.downgradeToRead() }
    }

    private func access(of number: UInt64, on object: SharedObject) -> Lease.Access? {
        lock.lock()
        defer { lock.unlock() }
        return object.used.leases.index(of: number).map { object.tickets[$0].access }
    }

    private func clear(_ number: UInt64, on object: SharedObject) {
        var aftermath = Aftermath()
        lock.lock()
        object.used.leases.clear(number)
        object.used.leases.grantWaiting(&aftermath.calls)
        wakeWaiters()
        lock.unlock()
        core.finish(aftermath)
    }

    private func chargeLease(to holder: ParticipantRecord, on object: SharedObject)
        throws(RegistryError)
    {
        guard object.leaseCount < core.limits.leasesPerObjectMax,
            Account.take(
                holder.account.leases, max: holder.account.limits.leasesMax, core.account.leases,
                domainMax: core.account.limits.leasesMax)
        else { throw .outOfQuota }
    }

    func beginOpaqueRead(of object: SharedObject) throws(RegistryError) -> Lease {
        let number: UInt64
        do {
            lock.lock()
            defer { lock.unlock() }
            guard !object.isFreed else { throw .revoked }
            guard !object.isMoving else { throw .moving }
            try chargeLease(to: object.exporter, on: object)
            number = object.used.leases.append(
                .read, isGiven: true, holder: object.exporter, hold: nil, grant: nil, atNanos: 0)
        }
        if core.subscribers.isNeeded { core.emit(.lease(.read), object.exporter, object) }
        return Lease(object: object, attachment: nil, number: number, grant: nil)
    }

    func endLease(_ number: UInt64, on object: SharedObject) {
        var aftermath = Aftermath()
        lock.lock()
        guard let ticket = object.used.leases.remove(number) else {
            lock.unlock()
            return
        }
        core.refund(ticket)
        if object.leaseCount > 0 { object.used.leases.grantWaiting(&aftermath.calls) }
        if let hold = ticket.hold, hold.isDraining,
            !object.tickets.contains(where: { $0.hold === hold })
        {
            drop(hold, of: object, &aftermath)
        }
        wakeWaiters()
        lock.unlock()
        if core.subscribers.isNeeded {
            core.emit(.leaseEnd(ticket.access), ticket.holder, object)
        }
        core.finish(aftermath)
        // What its callback holds must not go under the lock: that could be a lease.
        withExtendedLifetime(ticket) {}
    }

    func endLease(_ number: UInt64, on object: SharedObject, after fence: Fence) {
        lock.lock()
        let isHeld = object.used.leases.setFence(fence, of: number)
        if isHeld, let index = object.used.leases.index(of: number),
            object.used.leases.tickets[index].access == .write
        {
            object.used.writeFence = fence
        }
        lock.unlock()
        guard isHeld else { return }
        fence.whenSignalled { self.endLease(number, on: object) }
    }

    func downgrade(_ number: UInt64, on object: SharedObject) {
        var aftermath = Aftermath()
        lock.lock()
        let right = object.used.leases.downgrade(number)
        object.used.leases.grantWaiting(&aftermath.calls)
        wakeWaiters()
        lock.unlock()
        // There first: whoever is granted here asks there next.
        right?.downgradeToRead()
        core.finish(aftermath)
    }

    func wait(for grant: Grant, _ deadline: UInt64) {
        lock.lock()
        _ = wait(untilNanos: deadline) { grant.state != .waiting }
        lock.unlock()
    }
}
