// What stands behind a registry: shards, accounts and the ways to take things away.
//
// Lock order: none. A shard's lock, the UUID source's, a fence's, the subscribers' and the
// participants' are each held alone, and for a bounded number of steps; no callback runs under
// any of them. [ATT-5]

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

typealias Calls = [@Sendable () -> Void]

@safe final class DomainCore: @unchecked Sendable {
    /// What has happened, as sums.
    struct Statistics: ~Copyable, Sendable {
        let exportedBytes = Atomic<UInt64>(0)
        let freedBytes = Atomic<UInt64>(0)
        let chargedBytes = Atomic<UInt64>(0)
        let references = Atomic<Int>(0)
        let exports = Atomic<UInt64>(0)
        let attaches = Atomic<UInt64>(0)
        let refusedLookups = Atomic<UInt64>(0)
        let revocations = Atomic<UInt64>(0)
        let probes = Atomic<UInt64>(0)
        let moves = Atomic<UInt64>(0)
        let movedBytes = Atomic<UInt64>(0)
        let copies = Atomic<UInt64>(0)
        let copiedBytes = Atomic<UInt64>(0)
    }

    private static let lastNumber = Atomic<UInt64>(0)

    /// Tells this domain's participants from others'.
    let number: UInt64
    let limits: RegistryLimits
    let shards: [Shard]
    /// The same without counting: for lookups, which threads should not meet in.
    private let uncounted: [Unmanaged<Shard>]
    let uuids = UUIDSource()
    /// Of the whole domain.
    let account: Account
    let statistics = Statistics()
    let subscribers = Subscribers()
    let participants = Monitor<[ParticipantRecord]>([])
    /// Where those wait who wait for more than one object.
    private let gate = Lock()
    private let gateWaiters = Atomic<Int>(0)

    init(limits: RegistryLimits) {
        number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        self.limits = limits
        let shards = (0..<Shard.count).map { _ in Shard() }
        self.shards = shards
        unsafe uncounted = shards.map { unsafe Unmanaged.passUnretained($0) }
        var domain = DeviceLimits()
        domain.objectsMax = limits.objectsMax
        domain.bytesMax = limits.bytesMax
        domain.attachmentsMax = limits.attachmentsMax
        domain.leasesMax = limits.leasesMax
        account = Account(domain)
    }

    @inline(__always) func shard(of uuid: ResourceUUID) -> Shard {
        shards[Int(truncatingIfNeeded: uuid.low & UInt64(Shard.count - 1))]
    }

    /// Looks a name up with as little as can be: one lock, and what `body` does.
    @inline(__always) func lookUp<R>(_ uuid: ResourceUUID, _ body: (borrowing NameTable) -> R?)
        throws(RegistryError) -> R
    {
        let index = Int(truncatingIfNeeded: uuid.low & UInt64(Shard.count - 1))
        // SAFETY: `shards`, a constant of ours, keeps each as long as we are.
        let result = unsafe uncounted[index]._withUnsafeGuaranteedRef { shard in
            shard.lock.lock()
            defer { shard.lock.unlock() }
            return body(shard.names)
        }
        guard let result else {
            statistics.refusedLookups.add(1, ordering: .relaxed)
            throw .unknownObject
        }
        return result
    }

    @inline(__always) func require(_ participant: ParticipantRecord) throws(RegistryError) {
        guard participant.domain == number, participant.isJoined else {
            throw .unknownParticipant
        }
    }

    /// Looks a name up. The shard's lock is held by the caller. [ID-5]
    @inline(__always) func find(_ uuid: ResourceUUID, in shard: Shard) throws(RegistryError)
        -> SharedObject
    {
        guard let object = shard.names[uuid] else {
            statistics.refusedLookups.add(1, ordering: .relaxed)
            throw .unknownObject
        }
        return object
    }

    // MARK: Waiting for several objects

    func wait(untilNanos deadline: UInt64, for body: () -> Bool) -> Bool {
        gateWaiters.add(1, ordering: .sequentiallyConsistent)
        gate.lock()
        defer {
            gate.unlock()
            gateWaiters.subtract(1, ordering: .relaxed)
        }
        while !body() {
            if !gate.wait(untilNanos: deadline) { return body() }
        }
        return true
    }

    /// Something was given back.
    private func pulse() {
        guard gateWaiters.load(ordering: .sequentiallyConsistent) > 0 else { return }
        gate.lock()
        gate.wakeAll()
        gate.unlock()
    }

    // MARK: Holds

    /// Adds a hold. The shard's lock is held.
    func add(_ hold: Hold, to object: SharedObject) {
        object.holds.append(hold)
        object.exporter.lent.add(1, ordering: .relaxed)
    }

    /// Ends a hold; one that is gone already is left alone. Where a device still works under one
    /// of its leases, it ends when that work does. [SYNC-2]
    func release(_ hold: Hold, of object: SharedObject, mappings: [Mapping] = []) {
        let shard = shard(of: object.uuid)
        var calls: Calls = []
        shard.lock.lock()
        let isBusy = object.leases.tickets.contains { $0.hold === hold && $0.fence != nil }
        if isBusy {
            hold.isDraining = true
            hold.mappings += mappings
            calls = refund(object.leases.removeAll { $0.hold === hold && $0.fence == nil })
            calls += object.leases.grantWaiting()
            shard.wakeWaiters()
        } else {
            calls = drop(hold, of: object, in: shard)
        }
        shard.lock.unlock()
        if !isBusy { unmap(mappings, of: object) }
        finish(calls)
    }

    /// Takes a hold and its leases away. The shard's lock is held.
    func drop(_ hold: Hold, of object: SharedObject, in shard: Shard) -> Calls {
        guard let index = object.holds.firstIndex(where: { $0 === hold }) else { return [] }
        object.holds.remove(at: index)
        var calls: Calls = []
        if object.leases.count > 0 {
            calls += refund(object.leases.removeAll { $0.hold === hold })
            calls += object.leases.grantWaiting()
        }
        if !hold.mappings.isEmpty {
            let mappings = hold.mappings
            hold.mappings = []
            calls.append { self.unmap(mappings, of: object) }
        }
        switch hold.kind {
        case .attachment, .reference:
            hold.importer.account.attachments.subtract(1, ordering: .relaxed)
            account.attachments.subtract(1, ordering: .relaxed)
            if hold.kind == .reference {
                statistics.references.subtract(1, ordering: .relaxed)
            }
        case .cpu: break
        }
        object.exporter.lent.subtract(1, ordering: .sequentiallyConsistent)
        shard.wakeWaiters()
        if subscribers.isNeeded {
            calls.append { self.emit(.detach, hold.importer, object) }
        }
        return calls + freeIfUnused(object, in: shard)
    }

    /// Gives back what the tickets were charged, and keeps them until no lock is held: what their
    /// callbacks hold could be a lease.
    func refund(_ tickets: [LeaseQueue.Ticket]) -> Calls {
        guard !tickets.isEmpty else { return [] }
        for ticket in tickets {
            ticket.holder.account.leases.subtract(1, ordering: .relaxed)
            account.leases.subtract(1, ordering: .relaxed)
        }
        return [{ withExtendedLifetime(tickets) {} }]
    }

    func unmap(_ mappings: [Mapping], of object: SharedObject) {
        guard let unmap = object.hooks?.unmap else { return }
        for mapping in mappings { unmap(object, mapping.direction, mapping.address) }
    }

    // MARK: Taking back

    /// Takes the name away; the object goes with its last hold. The shard's lock is held.
    func unname(_ object: SharedObject, _ reason: Revocation, in shard: Shard) -> Calls {
        guard object.isNamed else { return [] }
        object.isNamed = false
        shard.names.remove(object.uuid)
        if !object.holds.isEmpty || object.isMoving {
            shard.nameless[ObjectIdentifier(object)] = object
        }
        var calls: Calls = []
        for hold in object.holds where hold.state == .live {
            hold.set(reason.holdState)
            guard hold.kind == .attachment else { continue }
            statistics.revocations.add(1, ordering: .relaxed)
            calls.append { hold.onRevoked(reason) }
        }
        if reason != .removed, object.leases.count > 0 {
            // Nobody starts on what is going.
            calls += refund(object.leases.removeAll { !$0.isGiven && $0.hold != nil })
            calls += object.leases.grantWaiting()
        }
        if subscribers.isNeeded {
            calls.append { self.emit(.revoke(reason), object.exporter, object) }
        }
        shard.wakeWaiters()
        return calls + freeIfUnused(object, in: shard)
    }

    /// The shard's lock is held.
    func freeIfUnused(_ object: SharedObject, in shard: Shard) -> Calls {
        guard !object.isNamed, object.holds.isEmpty, !object.isMoving, !object.isFreed else {
            return []
        }
        object.isFreed = true
        object.writeFence = nil
        if !shard.nameless.isEmpty { shard.nameless[ObjectIdentifier(object)] = nil }
        let tickets =
            object.leases.count > 0 ? refund(object.leases.removeAll { _ in true }) : []
        let owner = object.exporter.account
        owner.objects.subtract(1, ordering: .relaxed)
        owner.bytes.subtract(object.sizeBytes, ordering: .relaxed)
        account.objects.subtract(1, ordering: .relaxed)
        account.bytes.subtract(object.sizeBytes, ordering: .relaxed)
        statistics.freedBytes.add(object.sizeBytes, ordering: .relaxed)
        shard.wakeWaiters()
        return tickets + [
            {
                object.onUnused(object)
                self.emit(.free, object.exporter, object)
            }
        ]
    }

    /// Ends what a participant has of an object. The shard's lock is held.
    ///
    /// - Parameter isGone: nobody is left who could touch the memory; otherwise what is under a
    ///   granted lease stays until that ends.
    func dropImports(
        of participant: ParticipantRecord, on object: SharedObject, isGone: Bool, in shard: Shard
    ) -> Calls {
        let gone = object.leases.removeAll {
            $0.holder === participant && (isGone || !$0.isGiven)
        }
        var calls = refund(gone) + object.leases.grantWaiting()
        let holds = object.holds.filter { $0.importer === participant }
        guard !holds.isEmpty else {
            shard.wakeWaiters()
            return calls
        }
        calls.append { withExtendedLifetime(holds) {} }
        for hold in holds {
            if hold.state != .lost { hold.set(.revoked) }
            if !isGone,
                hold.kind == .cpu || object.leases.tickets.contains(where: { $0.hold === hold })
            {
                hold.isDraining = true
            } else {
                calls += drop(hold, of: object, in: shard)
            }
        }
        shard.wakeWaiters()
        return calls
    }

    /// Runs what was collected under a lock, outside it.
    func finish(_ calls: Calls) {
        guard !calls.isEmpty || gateWaiters.load(ordering: .sequentiallyConsistent) > 0 else {
            return
        }
        for call in calls { call() }
        pulse()
    }

    /// The facade is gone: so are all names. What is attached stays until it is detached.
    func close() {
        for shard in shards {
            shard.lock.lock()
            var calls: Calls = []
            for object in shard.all() { calls += unname(object, .exporterReset, in: shard) }
            shard.lock.unlock()
            finish(calls)
        }
    }
}

/// Why an attached object was taken back.
public enum Revocation: String, Sendable {
    /// The exporter removed it; it waits for nobody, and the memory stays as long as it is attached.
    case removed
    /// The exporter is being reset or has died; it waits, for a bounded time, for all to detach.
    case exporterReset
    /// The bytes go now, guest pages for one: the memory is not to be touched once the leases
    /// that are granted have ended. The exporter waits for those.
    case withdrawn
    /// The bytes died with their process. [LIFE-7]
    case lost

    var holdState: Hold.State {
        switch self {
        case .removed: .removed
        case .exporterReset, .withdrawn: .revoked
        case .lost: .lost
        }
    }
}
