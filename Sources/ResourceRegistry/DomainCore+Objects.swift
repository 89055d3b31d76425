// Coming and going of participants and objects.

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

extension DomainCore {
    func join(name: String, _ capabilities: DeviceCapabilities, _ limits: DeviceLimits)
        -> ParticipantRecord
    {
        let record = participants.withLock { records in
            let record = ParticipantRecord(
                domain: number, id: UInt64(records.count) + 1, name: name,
                capabilities: capabilities, limits: limits)
            records.append(record)
            return record
        }
        emit(.join, record, nil)
        return record
    }

    func takeBack(_ participant: ParticipantRecord, isGone: Bool) {
        guard participant.domain == number else { return }
        for shard in shards {
            var calls: Calls = []
            shard.lock.lock()
            for object in shard.all() {
                if object.exporter === participant {
                    let isLost = isGone && !object.backing.kind.hasDescriptor
                    calls += unname(object, isLost ? .lost : .exporterReset, in: shard)
                }
                calls += dropImports(of: participant, on: object, isGone: isGone, in: shard)
            }
            shard.lock.unlock()
            finish(calls)
        }
        if isGone { participants.withLock { $0.removeAll { $0 === participant } } }
        emit(isGone ? .leave : .reset, participant, nil)
    }

    /// - Parameter isPlain: there is nothing in the description but size, memory and backing.
    func export(
        _ description: ObjectDescription, isPlain: Bool, as uuid: ResourceUUID,
        by exporter: ParticipantRecord, _ onUnused: @escaping @Sendable (SharedObject) -> Void
    ) throws(RegistryError) -> SharedObject {
        try require(exporter)
        let mine = exporter.account
        guard
            Account.take(
                mine.objects, max: mine.limits.objectsMax, account.objects,
                domainMax: account.limits.objectsMax)
        else { throw .outOfQuota }
        guard mine.takeBytes(description.sizeBytes) else {
            uncharge(exporter, bytes: nil)
            throw .outOfQuota
        }
        guard account.takeBytes(description.sizeBytes) else {
            mine.bytes.subtract(description.sizeBytes, ordering: .relaxed)
            uncharge(exporter, bytes: nil)
            throw .outOfQuota
        }
        let object = SharedObject(
            uuid: uuid, core: self, exporter: exporter, description: description,
            isPlain: isPlain, atNanos: MonotonicClock.nowNanos, onUnused: onUnused)
        let shard = shard(of: uuid)
        shard.lock.lock()
        // A departure that came first has left nothing behind, and neither do we.
        let isIn = exporter.isJoined && shard.names.insert(object)
        if isIn {
            statistics.exports.add(1, ordering: .relaxed)
            statistics.exportedBytes.add(object.sizeBytes, ordering: .relaxed)
        }
        shard.lock.unlock()
        guard isIn else {
            uncharge(exporter, bytes: description.sizeBytes)
            // 122 random bits do not meet twice; a name that exists is refused all the same.
            throw exporter.isJoined ? .outOfQuota : .unknownParticipant
        }
        if subscribers.isNeeded { emit(.export, exporter, object) }
        return object
    }

    private func uncharge(_ exporter: ParticipantRecord, bytes: UInt64?) {
        exporter.account.objects.subtract(1, ordering: .relaxed)
        account.objects.subtract(1, ordering: .relaxed)
        guard let bytes else { return }
        exporter.account.bytes.subtract(bytes, ordering: .relaxed)
        account.bytes.subtract(bytes, ordering: .relaxed)
    }

    func unname(_ object: SharedObject, _ reason: Revocation, by exporter: ParticipantRecord)
        throws(RegistryError)
    {
        let shard = shard(of: object.uuid)
        let calls: Calls
        do {
            shard.lock.lock()
            defer { shard.lock.unlock() }
            guard object.isNamed, object.core === self else { throw .unknownObject }
            guard object.exporter === exporter else { throw .notExporter }
            calls = unname(object, reason, in: shard)
        }
        finish(calls)
    }

    /// Waits until no lease and no CPU is at the bytes of a nameless object, and ends its holds.
    func drain(_ object: SharedObject, untilNanos deadline: UInt64) throws(RegistryError) {
        let shard = shard(of: object.uuid)
        shard.lock.lock()
        let isQuiet = shard.wait(untilNanos: deadline) {
            object.leases.count == 0 && !object.isMoving
                && !object.holds.contains { $0.kind == .cpu }
        }
        let holds = object.holds
        var calls: Calls = []
        for hold in holds {
            if isQuiet || !object.leases.tickets.contains(where: { $0.hold === hold }) {
                if hold.kind != .cpu { calls += drop(hold, of: object, in: shard) }
            } else {
                hold.isDraining = true
            }
        }
        shard.lock.unlock()
        finish(calls)
        withExtendedLifetime(holds) {}
        guard isQuiet else { throw .timedOut }
    }

    var counters: RegistryCounters {
        var counters = RegistryCounters()
        counters.objects = account.objects.load(ordering: .relaxed)
        counters.attachments =
            account.attachments.load(ordering: .relaxed)
            - statistics.references.load(ordering: .relaxed)
        counters.leases = account.leases.load(ordering: .relaxed)
        // Freed first: what is freed in between was exported before.
        counters.freedBytes = statistics.freedBytes.load(ordering: .acquiring)
        counters.exportedBytes = statistics.exportedBytes.load(ordering: .acquiring)
        counters.aliveBytes = counters.exportedBytes &- counters.freedBytes
        counters.chargedBytes = statistics.chargedBytes.load(ordering: .relaxed)
        counters.exports = statistics.exports.load(ordering: .relaxed)
        counters.attaches = statistics.attaches.load(ordering: .relaxed)
        counters.refusedLookups = statistics.refusedLookups.load(ordering: .relaxed)
        counters.revocations = statistics.revocations.load(ordering: .relaxed)
        counters.probes = statistics.probes.load(ordering: .relaxed)
        counters.moves = statistics.moves.load(ordering: .relaxed)
        counters.movedBytes = statistics.movedBytes.load(ordering: .relaxed)
        counters.copies = statistics.copies.load(ordering: .relaxed)
        counters.copiedBytes = statistics.copiedBytes.load(ordering: .relaxed)
        return counters
    }
}
