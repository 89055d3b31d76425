// What the registry's lock guards. Methods that release something return what is to be called
// once the lock is free.

internal import LinuxSystem
internal import VirtioWire

typealias Calls = [@Sendable () -> Void]

struct RegistryState {
    private struct AttachmentRecord {
        let importer: Participant
        let onRevoked: @Sendable (Revocation) -> Void
    }

    /// A lease in line. The object's list is in the order of asking.
    private struct LeaseRecord {
        let grant: Lease.Grant
        var access: Lease.Access
        let onGranted: @Sendable () -> Void
    }

    private struct ObjectRecord {
        let object: SharedObject
        let exporter: Participant
        let memory: MemoryRange?
        let onUnused: @Sendable (SharedObject) -> Void
        var isNamed = true
        var attachments: [AttachmentID: AttachmentRecord] = [:]
        var leases: [LeaseRecord] = []
    }

    private let limits: RegistryLimits
    private var nextID: UInt64 = 1
    private var participants: [Participant: String] = [:]
    private var objects: [ObjectID: ObjectRecord] = [:]
    private var names: [ResourceUUID: ObjectID] = [:]
    private(set) var counters = RegistryCounters()

    init(limits: RegistryLimits) { self.limits = limits }

    private mutating func freshID() -> UInt64 {
        defer { nextID += 1 }
        return nextID
    }

    mutating func join(name: String) -> Participant {
        let participant = Participant(id: freshID())
        participants[participant] = name
        return participant
    }

    // MARK: Objects

    mutating func export(
        by exporter: Participant, sizeBytes: UInt64, memory: MemoryRange?,
        onUnused: @escaping @Sendable (SharedObject) -> Void
    ) throws(RegistryError) -> SharedObject {
        guard participants[exporter] != nil else { throw .unknownParticipant }
        guard objects.count < limits.objectsMax,
            sizeBytes <= limits.bytesMax, counters.aliveBytes <= limits.bytesMax - sizeBytes
        else { throw .outOfQuota }
        var uuid = ResourceUUID.randomVersion4()
        while names[uuid] != nil { uuid = .randomVersion4() }
        let object = SharedObject(id: freshID(), uuid: uuid, sizeBytes: sizeBytes)
        objects[object.id] = ObjectRecord(
            object: object, exporter: exporter, memory: memory, onUnused: onUnused)
        names[uuid] = object.id
        counters.objects += 1
        counters.exports += 1
        counters.exportedBytes += sizeBytes
        counters.aliveBytes += sizeBytes
        return object
    }

    mutating func remove(_ object: SharedObject, by exporter: Participant) throws(RegistryError)
        -> Calls
    {
        guard let record = objects[object.id], record.isNamed else { throw .unknownObject }
        guard record.exporter == exporter else { throw .notExporter }
        return unname(object.id, .removed)
    }

    /// Takes the name away; the record goes with its last attachment.
    private mutating func unname(_ id: ObjectID, _ reason: Revocation) -> Calls {
        guard var record = objects[id], record.isNamed else { return [] }
        record.isNamed = false
        names[record.object.uuid] = nil
        objects[id] = record
        let revoked: Calls = record.attachments.values.map { attachment in
            { attachment.onRevoked(reason) }
        }
        counters.revocations += UInt64(revoked.count)
        return revoked + freeIfUnused(id)
    }

    private mutating func freeIfUnused(_ id: ObjectID) -> Calls {
        guard let record = objects[id], !record.isNamed, record.attachments.isEmpty else {
            return []
        }
        objects[id] = nil
        counters.leases -= record.leases.count
        counters.objects -= 1
        counters.freedBytes += record.object.sizeBytes
        counters.aliveBytes -= record.object.sizeBytes
        return [{ record.onUnused(record.object) }]
    }

    // MARK: Attachments

    mutating func attach(
        _ uuid: ResourceUUID, by importer: Participant,
        onRevoked: @escaping @Sendable (Revocation) -> Void
    ) throws(RegistryError) -> (id: AttachmentID, object: SharedObject, memory: MemoryRange) {
        guard participants[importer] != nil else { throw .unknownParticipant }
        guard let id = names[uuid], let record = objects[id] else {
            counters.refusedLookups += 1
            throw .unknownObject
        }
        guard let memory = record.memory else { throw .notMappable }
        guard counters.attachments < limits.attachmentsMax else { throw .outOfQuota }
        let attachment = freshID()
        objects[id]?.attachments[attachment] = AttachmentRecord(
            importer: importer, onRevoked: onRevoked)
        counters.attachments += 1
        counters.attaches += 1
        return (attachment, record.object, memory)
    }

    mutating func detach(_ attachment: AttachmentID, from id: ObjectID) -> Calls {
        guard objects[id]?.attachments.removeValue(forKey: attachment) != nil else { return [] }
        counters.attachments -= 1
        return freeIfUnused(id)
    }

    // MARK: Participants

    mutating func reset(_ participant: Participant) -> Calls {
        var calls: Calls = []
        // Attachments of the participant are its own to detach; a device does so before it resets.
        for (id, record) in objects where record.exporter == participant {
            calls += unname(id, .exporterReset)
        }
        return calls
    }

    func isUnused(_ exporter: Participant) -> Bool {
        !objects.values.contains { $0.exporter == exporter && !$0.attachments.isEmpty }
    }

    // MARK: Leases

    mutating func request(
        _ grant: Lease.Grant, _ access: Lease.Access, on id: ObjectID,
        onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) {
        try append(grant, access, on: id, onGranted)
        guard let leases = objects[id]?.leases, isFree(leases, leases.count - 1) else { return }
        grant.give()
    }

    mutating func beginOpaqueRead(_ grant: Lease.Grant, of id: ObjectID) throws(RegistryError) {
        try append(grant, .read, on: id, {})
        grant.give()
    }

    private mutating func append(
        _ grant: Lease.Grant, _ access: Lease.Access, on id: ObjectID,
        _ onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) {
        guard let count = objects[id]?.leases.count else { throw .revoked }
        guard count < limits.leasesPerObjectMax else { throw .outOfQuota }
        objects[id]?.leases.append(LeaseRecord(grant: grant, access: access, onGranted: onGranted))
        counters.leases += 1
    }

    /// Whether nothing before `index` stands in its way: many readers or one writer. [SYNC-1]
    private func isFree(_ leases: [LeaseRecord], _ index: Int) -> Bool {
        switch leases[index].access {
        case .write: index == 0
        case .read: !leases[..<index].contains { $0.access == .write }
        }
    }

    mutating func end(_ grant: Lease.Grant, on id: ObjectID) -> Calls {
        guard let index = objects[id]?.leases.firstIndex(where: { $0.grant === grant }) else {
            return []
        }
        objects[id]?.leases.remove(at: index)
        counters.leases -= 1
        return grantWaiting(id)
    }

    mutating func downgrade(_ grant: Lease.Grant, on id: ObjectID) -> Calls {
        guard let index = objects[id]?.leases.firstIndex(where: { $0.grant === grant }) else {
            return []
        }
        objects[id]?.leases[index].access = .read
        return grantWaiting(id)
    }

    private func grantWaiting(_ id: ObjectID) -> Calls {
        guard let leases = objects[id]?.leases else { return [] }
        var calls: Calls = []
        for (index, record) in leases.enumerated()
        where !record.grant.isGiven && isFree(leases, index) {
            record.grant.give()
            calls.append(record.onGranted)
        }
        return calls
    }
}

extension ResourceUUID {
    /// A version 4 UUID from the kernel's random source (RFC 4122, 4.4). [ID-1]
    static func randomVersion4() -> ResourceUUID {
        let (high, low) = RandomSource.twoWords()
        return ResourceUUID(
            high: (high & ~0xf000) | 0x4000,
            low: (low & ~(0b11 << 62)) | (0b10 << 62))
    }
}
