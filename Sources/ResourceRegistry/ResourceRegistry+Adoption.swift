// Objects of another process, under the name that they bear there: what a link between two
// processes of one domain makes of a descriptor.

public import LinuxSystem
public import VirtioWire

/// The right to an object's bytes in the process that exports it. It is given back with its last
/// reference.
public protocol ForeignRight: AnyObject, Sendable {
    func downgradeToRead()
}

extension ResourceRegistry {
    /// Makes an object of another process known under the name that it bears there. `exporter`
    /// stands for that process, and only it removes the object. [ID-4] [LIFE-4]
    ///
    /// - Parameter onUnused: see ``export(_:by:onUnused:)``.
    /// - Throws: `nameTaken` where the domain has an object of that name.
    public func adopt(
        _ uuid: ResourceUUID, _ description: ObjectDescription, by exporter: Participant,
        onUnused: @escaping @Sendable (SharedObject) -> Void = { _ in }
    ) throws(RegistryError) -> SharedObject {
        try core.require(exporter.record)
        // Names without random bits are nobody's. [ID-1]
        guard uuid.high != 0, uuid.high != .max || uuid.low != .max else { throw .unknownObject }
        let kind = description.backing.kind
        guard exporter.capabilities.exports.contains(kind), kind.hasDescriptor else {
            throw .unsupported
        }
        let object = unsafe SharedObject(
            shard: shard(uuid.low), exporter: exporter.record, sizeBytes: description.sizeBytes,
            kind: kind, memory: description.memory,
            details: SharedObject.Details(description, isForeign: true), onUnused: onUnused)
        var placing = object.shard.place(object, by: exporter.record, as: uuid)
        if placing == .domainIsFull {
            gatherCredit()
            placing = object.shard.place(object, by: exporter.record, as: uuid)
        }
        switch placing {
        case .placed: break
        case .nameIsTaken: throw .nameTaken
        case .exporterIsGone: throw .unknownParticipant
        case .deviceIsFull, .domainIsFull: throw .outOfQuota
        }
        if core.subscribers.isNeeded { core.emit(.export, exporter.record, object) }
        return object
    }

    /// Another descriptor of the file that an object's bytes are, from its first on. nil where there
    /// is none, and of what another process exports: that is asked for there.
    ///
    /// The caller has the object attached, or its name is known to live.
    public func duplicateFile(of object: SharedObject) -> OwnedDescriptor? {
        guard object.shard.core === core, let details = object.details, !details.isForeign,
            details.backing.kind == object.kind
        else { return nil }
        switch details.backing {
        case .sharedMemory(let file), .dmaBuf(let file):
            guard file.offset == 0 else { return nil }
            return try? OwnedDescriptor(duplicating: file.descriptor)
        case .guestPages, .hostMemory, .deviceMemory: return nil
        }
    }
}

extension SharedObject {
    /// Whether another process exports it.
    public var isForeign: Bool { details?.isForeign ?? false }
}
