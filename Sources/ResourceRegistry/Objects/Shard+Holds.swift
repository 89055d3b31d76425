// What keeps an object: attachments, references, a CPU's access.

internal import LinuxSystem
internal import Synchronization

extension Shard {
    /// Ends a hold; one that is gone already is left alone. Where a device still works under one
    /// of its leases, it ends when that work does. [SYNC-2]
    func release(_ hold: Hold, of object: SharedObject, mappings: [Mapping] = []) {
        var aftermath = Aftermath()
        lock.lock()
        let isBusy =
            object.leaseCount > 0
            && object.tickets.contains { $0.hold === hold && $0.fence != nil }
        if isBusy {
            hold.isDraining = true
            hold.mappings += mappings
            aftermath += core.refund(
                object.used.leases.removeAll { $0.hold === hold && $0.fence == nil })
            object.used.leases.grantWaiting(&aftermath.calls)
            wakeWaiters()
        } else {
            drop(hold, of: object, &aftermath)
        }
        lock.unlock()
        if !isBusy { core.unmap(mappings, of: object) }
        core.finish(aftermath)
    }

    // MARK: Under the lock

    /// So that a departure sees either the hold or its own mark.
    func charge(_ hold: Hold) throws(RegistryError) {
        try core.require(hold.importer)
        let (mine, domain) = (hold.importer.account, core.account)
        guard
            Account.take(
                mine.attachments, max: mine.limits.attachmentsMax, domain.attachments,
                domainMax: domain.limits.attachmentsMax)
        else { throw .outOfQuota }
    }

    func add(_ hold: Hold, to object: SharedObject) {
        object.used.holds.append(hold)
        object.exporter.account.lent.wrappingAdd(1, ordering: .relaxed)
    }

    /// Takes a hold and its leases away. The caller has a reference to it.
    func drop(_ hold: Hold, of object: SharedObject, _ aftermath: inout Aftermath) {
        let usage = object.used
        guard let index = usage.holds.firstIndex(where: { $0 === hold }) else { return }
        usage.holds.remove(at: index)
        if usage.leases.count > 0 {
            aftermath += core.refund(object.used.leases.removeAll { $0.hold === hold })
            object.used.leases.grantWaiting(&aftermath.calls)
        }
        if !hold.mappings.isEmpty {
            let mappings = hold.mappings
            hold.mappings = []
            aftermath.calls.append { [core] in core.unmap(mappings, of: object) }
        }
        switch hold.kind {
        case .attachment, .reference:
            hold.importer.account.attachments.wrappingSubtract(
                1, ordering: .sequentiallyConsistent)
            core.account.attachments.wrappingSubtract(1, ordering: .relaxed)
            if hold.kind == .reference {
                core.statistics.references.wrappingSubtract(1, ordering: .relaxed)
            }
        case .cpu: break
        }
        object.exporter.account.lent.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        wakeWaiters()
        if core.subscribers.isNeeded {
            aftermath.calls.append { [core] in core.emit(.detach, hold.importer, object) }
        }
        freeIfUnused(object, &aftermath)
    }

    /// Ends what a participant has of an object.
    ///
    /// - Parameter isGone: nobody is left who could touch the memory; otherwise what is under a
    ///   granted lease stays until that ends.
    func dropImports(
        of participant: ParticipantRecord, on object: SharedObject, isGone: Bool,
        _ aftermath: inout Aftermath
    ) {
        guard object.usage != nil else { return }
        if object.leaseCount > 0 {
            aftermath += core.refund(
                object.used.leases.removeAll {
                    $0.holder === participant && (isGone || !$0.isGiven)
                })
            object.used.leases.grantWaiting(&aftermath.calls)
        }
        let holds = object.holds.filter { $0.importer === participant }
        if !holds.isEmpty { aftermath.calls.append { withExtendedLifetime(holds) {} } }
        for hold in holds {
            if hold.state != .lost { hold.set(.revoked) }
            if !isGone,
                hold.kind == .cpu || object.tickets.contains(where: { $0.hold === hold })
            {
                hold.isDraining = true
            } else {
                drop(hold, of: object, &aftermath)
            }
        }
        wakeWaiters()
    }
}
