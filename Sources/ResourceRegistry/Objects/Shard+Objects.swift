// Coming and going of objects.

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

extension Shard {
    enum Placing { case placed, nameIsTaken, exporterIsGone, deviceIsFull, domainIsFull }

    /// Gives a new object its name and its place.
    func place(_ object: SharedObject, by exporter: ParticipantRecord, low: UInt64) -> Placing {
        let sizeBytes = object.sizeBytes
        lock.lock()
        defer { lock.unlock() }
        // A departure that came first has left nothing behind, and neither do we.
        guard exporter.isJoined else { return .exporterIsGone }
        if exporter.isCounted {
            guard exporter.account.takeObject(sizeBytes) else { return .deviceIsFull }
        }
        guard take(sizeBytes) else {
            if exporter.isCounted { exporter.account.giveBackObject(sizeBytes) }
            return .domainIsFull
        }
        while true {
            let (uuid, spareBits) = uuids.make(low: low)
            object.uuid = uuid
            exporter.nextShard.store(spareBits, ordering: .relaxed)
            // 122 random bits do not meet twice; a name that exists is not given all the same.
            if names.insert(object, as: uuid) { break }
        }
        sums.objects += 1
        sums.exports &+= 1
        sums.exportedBytes &+= sizeBytes
        return .placed
    }

    /// Gives an object of another process its place, under the name that it has.
    func place(_ object: SharedObject, by exporter: ParticipantRecord, as uuid: ResourceUUID)
        -> Placing
    {
        let sizeBytes = object.sizeBytes
        lock.lock()
        defer { lock.unlock() }
        guard exporter.isJoined else { return .exporterIsGone }
        guard names[uuid] == nil else { return .nameIsTaken }
        if exporter.isCounted {
            guard exporter.account.takeObject(sizeBytes) else { return .deviceIsFull }
        }
        guard take(sizeBytes) else {
            if exporter.isCounted { exporter.account.giveBackObject(sizeBytes) }
            return .domainIsFull
        }
        object.uuid = uuid
        _ = names.insert(object, as: uuid)
        sums.objects += 1
        sums.exports &+= 1
        sums.exportedBytes &+= sizeBytes
        return .placed
    }

    /// - Parameter domain: which the caller thinks it is in.
    /// - Returns: why not.
    func unname(
        _ object: SharedObject, _ reason: Revocation, by exporter: ParticipantRecord,
        in domain: DomainCore
    ) -> RegistryError? {
        guard core === domain else { return .unknownObject }
        lock.lock()
        guard object.isNamed, object.exporter === exporter else {
            let isNamed = object.isNamed
            lock.unlock()
            return isNamed ? .notExporter : .unknownObject
        }
        if object.usage == nil, !object.isMoving, !domain.subscribers.isNeeded {
            // Nobody has it, and nobody looks on.
            object.isNamed = false
            object.isFreed = true
            names.remove(object.uuid)
            settle(object, of: exporter)
            wakeWaiters()
            lock.unlock()
            object.onUnused(object)
            domain.pulse()
            return nil
        }
        var aftermath = Aftermath()
        unname(object, reason, &aftermath)
        lock.unlock()
        domain.finish(aftermath)
        return nil
    }

    /// Waits until no lease and no CPU is at the bytes of a nameless object, and ends its holds.
    func drain(_ object: SharedObject, untilNanos deadline: UInt64) throws(RegistryError) {
        lock.lock()
        let isQuiet = wait(untilNanos: deadline) {
            object.leaseCount == 0 && !object.isMoving
                && !object.holds.contains { $0.kind == .cpu }
        }
        let holds = object.holds
        var aftermath = Aftermath()
        for hold in holds {
            if isQuiet || !object.tickets.contains(where: { $0.hold === hold }) {
                if hold.kind != .cpu { drop(hold, of: object, &aftermath) }
            } else {
                hold.isDraining = true
            }
        }
        lock.unlock()
        core.finish(aftermath)
        withExtendedLifetime(holds) {}
        guard isQuiet else { throw .timedOut }
    }

    /// Takes back what a participant exported, and ends what it imported.
    ///
    /// - Parameter isGone: nobody is left who could touch the memory.
    func takeBack(_ participant: ParticipantRecord, isGone: Bool) {
        var aftermath = Aftermath()
        lock.lock()
        let objects = all()
        for object in objects {
            if object.exporter === participant {
                let isLost = isGone && !object.kind.hasDescriptor
                unname(object, isLost ? .lost : .exporterReset, &aftermath)
            }
            dropImports(of: participant, on: object, isGone: isGone, &aftermath)
        }
        lock.unlock()
        core.finish(aftermath)
        withExtendedLifetime(objects) {}
    }

    /// All names go.
    func close() {
        var aftermath = Aftermath()
        lock.lock()
        let objects = names.objects
        for object in objects { unname(object, .exporterReset, &aftermath) }
        lock.unlock()
        core.finish(aftermath)
        withExtendedLifetime(objects) {}
    }

    // MARK: Under the lock

    /// Takes the name away; the object goes with its last hold. The caller has a reference.
    func unname(
        _ object: SharedObject, _ reason: Revocation, _ aftermath: inout Aftermath
    ) {
        guard object.isNamed else { return }
        object.isNamed = false
        names.remove(object.uuid)
        if object.isHeld || object.isMoving {
            nameless[ObjectIdentifier(object)] = object
            revoke(object, reason, &aftermath)
        }
        if reason != .removed, object.leaseCount > 0 {
            // Nobody starts on what is going.
            aftermath += core.refund(
                object.used.leases.removeAll { !$0.isGiven && $0.hold != nil })
            object.used.leases.grantWaiting(&aftermath.calls)
        }
        if core.subscribers.isNeeded {
            aftermath.calls.append { [core] in
                core.emit(.revoke(reason), object.exporter, object)
            }
        }
        wakeWaiters()
        freeIfUnused(object, &aftermath)
    }

    private func revoke(
        _ object: SharedObject, _ reason: Revocation, _ aftermath: inout Aftermath
    ) {
        for hold in object.holds where hold.state == .live {
            hold.set(reason.holdState)
            guard hold.kind == .attachment else { continue }
            sums.revocations &+= 1
            aftermath.calls.append { hold.onRevoked(reason) }
        }
    }

    func freeIfUnused(_ object: SharedObject, _ aftermath: inout Aftermath) {
        guard !object.isNamed, !object.isHeld, !object.isMoving, !object.isFreed else { return }
        object.isFreed = true
        if let usage = object.usage {
            usage.writeFence = nil
            aftermath += core.refund(usage.leases.removeAll { _ in true })
        }
        if !nameless.isEmpty { nameless[ObjectIdentifier(object)] = nil }
        settle(object, of: object.exporter)
        wakeWaiters()
        aftermath.add(unused: object)
    }

    /// What was taken for the object is free for others.
    private func settle(_ object: SharedObject, of exporter: ParticipantRecord) {
        if exporter.isCounted { exporter.account.giveBackObject(object.sizeBytes) }
        giveBack(object.sizeBytes)
        sums.objects -= 1
        sums.freedBytes &+= object.sizeBytes
    }
}
