// What all shards of a domain share: limits, sums, listeners, and those who wait for more than one
// object.
//
// Lock order: none. A shard's lock, a fence's, the subscribers', the participants' and the gate are
// each held alone, and for a bounded number of steps; no callback runs under any of them. [ATT-5]

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

@safe final class DomainCore: @unchecked Sendable {
    /// What has happened, as sums; what happens to an object is counted by its shard.
    struct Statistics: ~Copyable, Sendable {
        let chargedBytes = Atomic<UInt64>(0)
        let references = Atomic<Int>(0)
        let refusedLookups = Atomic<UInt64>(0)
        let probes = Atomic<UInt64>(0)
        let moves = Atomic<UInt64>(0)
        let movedBytes = Atomic<UInt64>(0)
        let copies = Atomic<UInt64>(0)
        let copiedBytes = Atomic<UInt64>(0)
    }

    let limits: RegistryLimits
    /// What a shard keeps.
    let credit: Credit
    /// Of the whole domain.
    let account: Account
    /// Set once, in `init`.
    private(set) var shards: [Shard]
    let statistics = Statistics()
    let subscribers = Subscribers()
    let participants = Monitor<[ParticipantRecord]>([])
    /// Where those wait who wait for more than one object.
    private let gate = Lock()
    private let gateWaiters = Atomic<Int>(0)

    init(limits: RegistryLimits) {
        self.limits = limits
        credit = limits.credit
        var domain = DeviceLimits()
        domain.objectsMax = limits.objectsMax
        domain.bytesMax = limits.bytesMax
        domain.attachmentsMax = limits.attachmentsMax
        domain.leasesMax = limits.leasesMax
        account = Account(domain)
        shards = []
        shards = (0..<Shard.count).map { _ in Shard(core: self) }
    }

    /// The facade is gone: so are all names. What is attached stays until it is detached. [LIFE-5]
    func close() {
        for shard in shards { shard.close() }
        // They have this core, too.
        participants.withLock { $0 = [] }
    }

    @inline(__always) func require(_ participant: ParticipantRecord) throws(RegistryError) {
        guard participant.core === self, participant.isJoined else { throw .unknownParticipant }
    }

    func join(name: String, _ capabilities: DeviceCapabilities, _ limits: DeviceLimits)
        -> ParticipantRecord
    {
        let record = participants.withLock { records in
            let record = ParticipantRecord(
                core: self, name: name, capabilities: capabilities, limits: limits)
            records.append(record)
            return record
        }
        emit(.join, record, nil)
        return record
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

    /// Something was given back. Who waits has said so before it looked.
    @inline(__always) func pulse() {
        guard gateWaiters.load(ordering: .sequentiallyConsistent) > 0 else { return }
        wakeGate()
    }

    private func wakeGate() {
        gate.lock()
        gate.wakeAll()
        gate.unlock()
    }

    // MARK: After a change

    /// Does what was collected under a lock. None is held.
    @inline(__always) func finish(_ aftermath: Aftermath) {
        for call in aftermath.calls { call() }
        if let object = aftermath.unused { free(object) }
        pulse()
    }

    func free(_ object: SharedObject) {
        object.onUnused(object)
        if subscribers.isNeeded { emit(.free, object.exporter, object) }
    }

    /// Gives back what the tickets were charged.
    func refund(_ tickets: [LeaseQueue.Ticket]) -> [LeaseQueue.Ticket] {
        for ticket in tickets { refund(ticket) }
        return tickets
    }

    func refund(_ ticket: borrowing LeaseQueue.Ticket) {
        ticket.holder.account.leases.wrappingSubtract(1, ordering: .relaxed)
        account.leases.wrappingSubtract(1, ordering: .relaxed)
    }

    /// - Parameter mappings: what a hold had; no lock is held.
    func unmap(_ mappings: [Mapping], of object: SharedObject) {
        guard let unmap = object.hooks?.unmap else { return }
        for mapping in mappings { unmap(object, mapping.direction, mapping.address) }
    }
}

typealias Calls = [@Sendable () -> Void]

/// What follows from a change: collected under a lock, done when none is held. [ATT-5]
struct Aftermath {
    var calls: Calls = []
    /// Nobody has it any more.
    var unused: SharedObject?
    /// Not to go under the lock: what their callbacks hold could be a lease or an attachment.
    var kept: [LeaseQueue.Ticket] = []

    mutating func add(unused object: SharedObject) {
        if unused == nil {
            unused = object
        } else {
            calls.append { object.shard.core.free(object) }
        }
    }

    static func += (sum: inout Aftermath, more: [LeaseQueue.Ticket]) {
        if !more.isEmpty { sum.kept += more }
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
