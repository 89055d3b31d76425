public import LinuxSystem
internal import Synchronization

/// One importer's hold on an object. The memory is valid until ``detach()``, whatever the exporter
/// does meanwhile; letting go of the last reference detaches too.
public final class Attachment: Sendable {
    /// Whether the object's name still stands; the registry takes it away.
    final class Name: Sendable {
        private let flag = Atomic<Bool>(false)
        var isRevoked: Bool { flag.load(ordering: .acquiring) }
        func revoke() { flag.store(true, ordering: .releasing) }
    }

    private let registry: ResourceRegistry
    private let id: AttachmentID
    private let name: Name
    public let object: SharedObject
    /// The object's bytes; asking takes no lock. [ATT-1]
    public let memory: MemoryRange
    public let direction: Direction
    private let isDetached = Atomic<Bool>(false)

    init(
        registry: ResourceRegistry, id: AttachmentID, object: SharedObject, memory: MemoryRange,
        direction: Direction, name: Name
    ) {
        self.name = name
        self.registry = registry
        self.id = id
        self.object = object
        self.memory = memory
        self.direction = direction
    }

    deinit { detach() }

    /// The exporter has taken the object back: the memory is still there, the name is not.
    public var isRevoked: Bool { name.isRevoked }

    /// Ends the hold; a second call does nothing. The caller no longer touches the memory.
    public func detach() {
        guard !isDetached.exchange(true, ordering: .acquiringAndReleasing) else { return }
        registry.detach(id, from: object)
    }

    /// Asks for a lease on the object, in turn. [SYNC-1] [ATT-2]
    public func requestLease(
        _ access: Lease.Access, onGranted: @escaping @Sendable () -> Void = {}
    ) throws(RegistryError) -> Lease {
        guard direction.allows(access) else { throw .directionConflict }
        return try registry.requestLease(access, on: object, onGranted: onGranted)
    }
}
