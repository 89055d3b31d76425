// The identifier channel: UUIDs for host resources, one registry per guest (a "domain").
// virtio 1.4 (2.13, exporting objects) names an object by UUID and stops there; what holds beyond
// that is written in docs/ARCHITECTURE.md and, by clause id, beside the code.
//
// One lock guards a domain. No callback runs under it: what is to be called is collected and
// called after it is released.

public import LinuxSystem
public import VirtioWire

/// A device that has joined a domain.
public struct Participant: Hashable, Sendable {
    let id: UInt64
}

/// From the importing device's side.
public enum Direction: Sendable {
    case read, write, readWrite

    func allows(_ access: Lease.Access) -> Bool {
        switch (self, access) {
        case (.readWrite, _), (.read, .read), (.write, .write): true
        // A decoder reads back the reference frames that it wrote.
        case (.write, .read): true
        case (.read, .write): false
        }
    }
}

/// Why an attached object lost its name.
public enum Revocation: Sendable {
    /// The exporter removed it; it waits for nobody, and the memory stays as long as it is attached.
    case removed
    /// The exporter is being reset or has died; it waits, for a bounded time, for all to detach.
    case exporterReset
}

/// The objects of one domain, by UUID. Every method may be called from any thread.
public final class ResourceRegistry: Sendable {
    let state: Monitor<RegistryState>

    public init(limits: RegistryLimits = RegistryLimits()) {
        state = Monitor(RegistryState(limits: limits))
    }

    public var counters: RegistryCounters { state.withLock { $0.counters } }

    // MARK: Participants

    /// Adds a device to the domain.
    public func join(name: String) -> Participant {
        state.withLock { $0.join(name: name) }
    }

    /// Takes back all that the participant exported and ends all that it imported; it stays joined.
    ///
    /// Names are gone when this returns. Memory that others still have attached stays theirs: see
    /// ``waitUntilUnused(exporter:untilNanos:)``. [LIFE-2] [LIFE-3]
    public func reset(_ participant: Participant) {
        finish(state.update { $0.reset(participant) })
    }

    /// Waits until nobody has memory of this exporter attached; false past the deadline. [LIFE-2]
    public func waitUntilUnused(exporter: Participant, untilNanos deadline: UInt64) -> Bool {
        state.wait(untilNanos: deadline) { $0.isUnused(exporter) ? true : nil } ?? false
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
        try state.withLock { state throws(RegistryError) in
            try state.export(
                by: exporter, sizeBytes: sizeBytes, memory: memory, onUnused: onUnused)
        }
    }

    /// Removes the name of an object: later lookups fail, attachments stay. [LIFE-1] [LIFE-4]
    public func remove(_ object: SharedObject, by exporter: Participant) throws(RegistryError) {
        finish(
            try state.update { state throws(RegistryError) in
                try state.remove(object, by: exporter)
            })
    }

    // MARK: Attachments

    /// Attaches the object named `uuid`. The mapping is made here and kept until detach. [ATT-1]
    ///
    /// - Parameter onRevoked: called once, on any thread, when the exporter takes the object back
    ///   while it is attached. The memory stays valid until detach. [LIFE-3]
    public func attach(
        _ uuid: ResourceUUID, by importer: Participant, direction: Direction,
        onRevoked: @escaping @Sendable (Revocation) -> Void = { _ in }
    ) throws(RegistryError) -> Attachment {
        let name = Attachment.Name()
        let attached = try state.withLock { state throws(RegistryError) in
            try state.attach(uuid, by: importer) { reason in
                name.revoke()
                onRevoked(reason)
            }
        }
        return Attachment(
            registry: self, id: attached.id, object: attached.object, memory: attached.memory,
            direction: direction, name: name)
    }

    func detach(_ id: AttachmentID, from object: SharedObject) {
        finish(state.update { $0.detach(id, from: object.id) })
    }

    // MARK: Leases

    /// Asks for a lease in turn: it is granted when the conflicting ones asked for before it have
    /// ended, ones asked for later notwithstanding. [SYNC-1]
    ///
    /// - Parameter onGranted: called once, on any thread, unless the lease was granted at once.
    func requestLease(
        _ access: Lease.Access, on object: SharedObject, onGranted: @escaping @Sendable () -> Void
    ) throws(RegistryError) -> Lease {
        let grant = Lease.Grant()
        try state.withLock { state throws(RegistryError) in
            try state.request(grant, access, on: object.id, onGranted: onGranted)
        }
        return Lease(registry: self, object: object, grant: grant)
    }

    /// A read lease for an opaque stream of commands. It is granted at once: the guest orders
    /// writers before it, and it only holds later writers back. [SYNC-5]
    public func beginOpaqueRead(of object: SharedObject) throws(RegistryError) -> Lease {
        let grant = Lease.Grant()
        try state.withLock { state throws(RegistryError) in
            try state.beginOpaqueRead(grant, of: object.id)
        }
        return Lease(registry: self, object: object, grant: grant)
    }

    func end(_ grant: Lease.Grant, on object: SharedObject) {
        finish(state.update { $0.end(grant, on: object.id) })
    }

    func downgrade(_ grant: Lease.Grant, on object: SharedObject) {
        finish(state.update { $0.downgrade(grant, on: object.id) })
    }

    func waitUntilGranted(_ grant: Lease.Grant, untilNanos deadline: UInt64) -> Bool {
        state.wait(untilNanos: deadline) { _ in grant.isGiven ? true : nil } ?? false
    }

    /// Runs what the state asked to be called, outside the lock.
    private func finish(_ calls: [@Sendable () -> Void]) {
        for call in calls { call() }
    }
}
