// The identifier channel: UUIDs for host resources, one registry per guest (a "domain").
// virtio 1.4 (2.13, exporting objects) names an object by UUID and stops there; what holds beyond
// that is written in Spec/sharing.md, clause by clause.
//
// Invariant: no callback runs under a lock; what is to be called is collected and called after.

public import LinuxSystem
internal import Synchronization
public import VirtioWire

/// The objects of one domain, by UUID. Every method may be called from any thread.
@safe public final class ResourceRegistry: Sendable {
    let core: DomainCore
    /// The core's shards without counting references: threads would meet in the count.
    private let shards: InlineArray<16, Unmanaged<Shard>>

    public init(limits: RegistryLimits = RegistryLimits()) {
        let core = DomainCore(limits: limits)
        self.core = core
        unsafe shards = InlineArray { unsafe Unmanaged.passUnretained(core.shards[$0]) }
    }

    /// All names go, and what nobody holds. What is attached stays until it is detached. [LIFE-5]
    deinit { core.close() }

    /// Where a name is, if it is anywhere; it lasts as long as the registry.
    @inline(__always) func shard(_ bits: UInt64) -> Unmanaged<Shard> {
        unsafe shards[Int(truncatingIfNeeded: bits & Shard.mask)]
    }

    /// Where a name is, if it is anywhere.
    @inline(__always) func shard(of uuid: ResourceUUID) -> Shard {
        unsafe shard(uuid.low).takeUnretainedValue()
    }

    // MARK: Participants

    /// Adds a device to the domain, which is not to be refused.
    public func join(name: String) -> Participant {
        Participant(record: core.join(name: name, .cpu, DeviceLimits()))
    }

    /// Adds a device that says what it can do. [CAP-1] [QUOTA-1]
    public func join(
        name: String, capabilities: DeviceCapabilities, limits: DeviceLimits = DeviceLimits()
    ) throws(RegistryError) -> Participant {
        guard capabilities.alignment.isValid else { throw .badLayout }
        guard core.participants.withLock({ $0.count }) < core.limits.participantsMax else {
            throw .outOfQuota
        }
        return Participant(record: core.join(name: name, capabilities, limits))
    }

    /// Takes back all that the participant exported and ends all that it imported; it stays joined.
    ///
    /// Names are gone when this returns. Memory that others still have attached stays theirs: see
    /// ``waitUntilUnused(exporter:untilNanos:)``. What the participant holds under a granted lease
    /// is let go with that lease: see ``waitUntilIdle(_:untilNanos:)``. [LIFE-2] [LIFE-3]
    public func reset(_ participant: Participant) {
        takeBack(participant.record, isGone: false)
    }

    /// The participant's process has ended: a reset that waits for nobody, since nobody is left
    /// to end a lease. Objects of its whose bytes died with it are `lost`. [LIFE-3] [LIFE-7]
    public func depart(_ participant: Participant) {
        guard participant.record.core === core else { return }
        participant.record.leave()
        takeBack(participant.record, isGone: true)
        core.participants.withLock { $0.removeAll { $0 === participant.record } }
    }

    private func takeBack(_ participant: ParticipantRecord, isGone: Bool) {
        guard participant.core === core else { return }
        for shard in core.shards { shard.takeBack(participant, isGone: isGone) }
        core.emit(isGone ? .leave : .reset, participant, nil)
    }

    /// Waits until nobody has memory of this exporter attached; false past the deadline. [LIFE-2]
    public func waitUntilUnused(exporter: Participant, untilNanos deadline: UInt64) -> Bool {
        core.wait(untilNanos: deadline) {
            exporter.record.account.lent.load(ordering: .sequentiallyConsistent) == 0
        }
    }

    /// Waits until the participant holds nothing of others'; false past the deadline, when the
    /// worker that still does is to be killed and said to have departed. [LIFE-2]
    public func waitUntilIdle(_ participant: Participant, untilNanos deadline: UInt64) -> Bool {
        let account = participant.record.account
        return core.wait(untilNanos: deadline) {
            account.attachments.load(ordering: .sequentiallyConsistent) == 0
                && account.leases.load(ordering: .sequentiallyConsistent) == 0
        }
    }

    /// Counts memory that a device holds and has not exported against its quota and the domain's;
    /// 2D, 3D, blob and mapped memory are one sum. [QUOTA-1]
    public func charge(_ bytes: UInt64, to participant: Participant) throws(RegistryError) {
        try core.require(participant.record)
        guard participant.record.account.takeBytes(bytes) else { throw .outOfQuota }
        if !core.account.takeBytes(bytes) {
            gatherCredit()
            guard core.account.takeBytes(bytes) else {
                participant.record.account.bytes.wrappingSubtract(bytes, ordering: .relaxed)
                throw .outOfQuota
            }
        }
        core.statistics.chargedBytes.add(bytes, ordering: .relaxed)
    }

    /// Gives back what was charged.
    public func refund(_ bytes: UInt64, to participant: Participant) {
        participant.record.account.bytes.subtract(bytes, ordering: .relaxed)
        core.account.bytes.subtract(bytes, ordering: .relaxed)
        core.statistics.chargedBytes.subtract(bytes, ordering: .relaxed)
    }

    // MARK: Objects

    /// Makes `memory` known to the domain under a new UUID. [ID-1] [ID-4]
    ///
    /// - Parameters:
    ///   - memory: valid until `onUnused` was called; nil when no CPU here can reach the bytes.
    ///   - onUnused: called once, on any thread, when the object was removed and its last
    ///     attachment is gone: then, and not before, the memory may go. [LIFE-1]
    public func export(
        by exporter: Participant, sizeBytes: UInt64, memory: MemoryRange?,
        onUnused: @escaping @Sendable (SharedObject) -> Void
    ) throws(RegistryError) -> SharedObject {
        try export(
            sizeBytes, memory == nil ? .deviceMemory : .hostMemory, memory, nil,
            by: exporter.record,
            onUnused)
    }

    /// Makes an object known with all that an importer must know of it.
    public func export(
        _ description: ObjectDescription, by exporter: Participant,
        onUnused: @escaping @Sendable (SharedObject) -> Void = { _ in }
    ) throws(RegistryError) -> SharedObject {
        guard exporter.capabilities.exports.contains(description.backing.kind) else {
            throw .unsupported
        }
        if let layout = description.layout {
            guard let size = layout.sizeBytes, size <= description.sizeBytes else {
                throw .badLayout
            }
        }
        return try export(
            description.sizeBytes, description.backing.kind, description.memory,
            SharedObject.Details(description), by: exporter.record, onUnused)
    }

    private func export(
        _ sizeBytes: UInt64, _ kind: BackingKinds, _ memory: MemoryRange?,
        _ details: SharedObject.Details?, by exporter: ParticipantRecord,
        _ onUnused: @escaping @Sendable (SharedObject) -> Void
    ) throws(RegistryError) -> SharedObject {
        try core.require(exporter)
        let low = exporter.nextShard.load(ordering: .relaxed)
        let object = unsafe SharedObject(
            shard: shard(low), exporter: exporter, sizeBytes: sizeBytes, kind: kind, memory: memory,
            details: details, onUnused: onUnused)
        var placing = unsafe object.home._withUnsafeGuaranteedRef {
            $0.place(object, by: exporter, low: low)
        }
        if placing == .domainIsFull {
            gatherCredit()
            placing = object.shard.place(object, by: exporter, low: low)
        }
        switch placing {
        case .placed: break
        case .nameIsTaken: throw .nameTaken
        case .exporterIsGone: throw .unknownParticipant
        case .deviceIsFull, .domainIsFull: throw .outOfQuota
        }
        if core.subscribers.isNeeded { core.emit(.export, exporter, object) }
        return object
    }

    /// What shards have taken and do not use goes back to the domain.
    func gatherCredit() {
        for shard in core.shards {
            shard.lock.lock()
            shard.surrenderCredit()
            shard.lock.unlock()
        }
    }

    /// Removes the name of an object: later lookups fail, attachments stay. [LIFE-1] [LIFE-4]
    ///
    /// For guest pages see ``withdraw(_:by:untilNanos:)``: they do not stay.
    public func remove(_ object: SharedObject, by exporter: Participant) throws(RegistryError) {
        try unname(object, .removed, by: exporter)
    }

    /// Removes an object whose bytes go now: every attachment is revoked and ended when this
    /// returns, and no lease is open. [LIFE-1]
    ///
    /// - Throws: `timedOut` when a lease is still open past the deadline. The name is gone then,
    ///   and attachments end with their leases; the bytes are not to be reused before
    ///   `onUnused`.
    public func withdraw(
        _ object: SharedObject, by exporter: Participant, untilNanos deadline: UInt64
    ) throws(RegistryError) {
        try unname(object, .withdrawn, by: exporter)
        try object.shard.drain(object, untilNanos: deadline)
    }

    /// The bytes of an object died, without its exporter: a worker's memory without a descriptor.
    /// The UUID is unknown from now on, and who used it is told. [LIFE-7]
    public func markLost(_ object: SharedObject, by exporter: Participant) throws(RegistryError) {
        try unname(object, .lost, by: exporter)
    }

    private func unname(_ object: SharedObject, _ reason: Revocation, by exporter: Participant)
        throws(RegistryError)
    {
        let refusal = unsafe object.home._withUnsafeGuaranteedRef {
            $0.unname(object, reason, by: exporter.record, in: core)
        }
        if let refusal { throw refusal }
    }

    /// The object of that name; it may lose the name at any time. [ID-5]
    public func object(named uuid: ResourceUUID, for participant: Participant)
        throws(RegistryError) -> SharedObject
    {
        try core.require(participant.record)
        let object = unsafe shard(uuid.low)._withUnsafeGuaranteedRef { shard in
            shard.lock.lock()
            defer { shard.lock.unlock() }
            return shard.names[uuid]
        }
        guard let object else { throw refuse() }
        return object
    }

    /// The size of the object of that name, and so whether there is one: the cheapest question. It
    /// takes no lock and writes nothing.
    public func sizeBytes(of uuid: ResourceUUID, for participant: Participant)
        throws(RegistryError) -> UInt64
    {
        try core.require(participant.record)
        switch unsafe shard(uuid.low)._withUnsafeGuaranteedRef({ $0.sizeBytes(of: uuid) }) {
        case .sizeBytes(let size): return size
        case .unknown: throw refuse()
        case .disturbed: return try sizeBytesUnderLock(of: uuid, for: participant)
        }
    }

    /// Where somebody publishes or removes in the same shard at this moment.
    @inline(never) private func sizeBytesUnderLock(
        of uuid: ResourceUUID, for participant: Participant
    ) throws(RegistryError) -> UInt64 {
        try object(named: uuid, for: participant).sizeBytes
    }

    @inline(never) private func refuse() -> RegistryError {
        core.statistics.refusedLookups.wrappingAdd(1, ordering: .relaxed)
        return .unknownObject
    }

    // MARK: Leases

    /// A read lease for an opaque stream of commands. It is granted at once: the guest orders
    /// writers before it, and it only holds later writers back. [SYNC-5]
    public func beginOpaqueRead(of object: SharedObject) throws(RegistryError) -> Lease {
        guard object.shard.core === core else { throw .unknownObject }
        return try object.shard.beginOpaqueRead(of: object)
    }

    /// The fence after which the last writer's work is in the bytes; nil when it is already. An
    /// importer that starts work on its device by itself starts it after this. [SYNC-2]
    public func pendingFence(of object: SharedObject) -> Fence? {
        let shard = object.shard
        shard.lock.lock()
        let fence = object.usage?.writeFence
        shard.lock.unlock()
        guard let fence, !fence.isSignalled else { return nil }
        return fence
    }

    // MARK: Looking on

    /// Calls `handler` for each event from now on, on the thread that caused it, until the
    /// subscription goes. [OBS-1]
    public func subscribe(_ handler: @escaping @Sendable (RegistryEvent) -> Void)
        throws(RegistryError) -> Subscription
    {
        try core.subscribers.add(handler, max: core.limits.subscriptionsMax)
    }

    public var counters: RegistryCounters {
        var sums = Shard.Sums()
        for shard in core.shards {
            shard.lock.lock()
            sums += shard.sums
            shard.lock.unlock()
        }
        return RegistryCounters(sums, core)
    }
}
