public import LinuxSystem
internal import Synchronization

/// One importer's hold on an object. The memory is valid until ``detach()``, whatever the exporter
/// does meanwhile; letting go of the last reference detaches too.
///
/// Guest pages and objects that are `lost` are the exceptions: there the revocation says so.
public final class Attachment: Sendable {
    public let object: SharedObject
    let hold: Hold
    /// Of a static attachment, made with it: one for each direction. [ATT-1]
    private let mappings: [Mapping]
    private let isDetached = Atomic<Bool>(false)

    init(object: SharedObject, hold: Hold, mappings: [Mapping]) {
        self.object = object
        self.hold = hold
        self.mappings = mappings
    }

    deinit { detach() }

    var isEnded: Bool { isDetached.load(ordering: .acquiring) }

    /// The widest direction that it was made for.
    public var direction: Direction { hold.directions.widest }
    /// Whether the bytes may move while it stands: both sides must be able to. [ATT-3]
    public var isDynamic: Bool { hold.isDynamic }
    /// The exporter has taken the object back.
    public var isRevoked: Bool { hold.state != .live }

    /// The object's bytes; asking takes no lock. Empty where no CPU of this process reaches them,
    /// and for a dynamic attachment: see ``mapping(_:)``. [ATT-1]
    public var memory: MemoryRange { mappings.first?.memory ?? .nothing }

    /// The addresses for one direction: made once, the same each time.
    ///
    /// A static attachment gives them without a lock. A dynamic one maps anew after each move; its
    /// addresses hold as long as a lease of its own does. [ATT-1] [ATT-2] [ATT-4]
    public func mapping(_ direction: Direction) throws(RegistryError) -> Mapping {
        guard let served = hold.directions.serving(direction) else { throw .directionConflict }
        try hold.requireUsable()
        if let mapping = mappings.first(where: { $0.direction == served }) { return mapping }
        return try object.shard.dynamicMapping(served, of: hold, on: object)
    }

    /// Ends the hold and the leases asked for through it, those aside that a device works under
    /// until a fence: then the hold ends with the last of them. A second call does nothing. The caller
    /// no longer touches the memory.
    public func detach() {
        guard !isDetached.exchange(true, ordering: .acquiringAndReleasing) else { return }
        object.shard.release(hold, of: object, mappings: mappings)
    }

    /// Asks for a lease on the object: it is granted when the conflicting ones asked for before it
    /// have ended, ones asked for later notwithstanding. [SYNC-1] [ATT-2]
    ///
    /// - Parameter onGranted: called once, on any thread, unless the lease was granted at once.
    public func requestLease(
        _ access: Lease.Access, onGranted: @escaping @Sendable () -> Void = {}
    ) throws(RegistryError) -> Lease {
        guard hold.directions.allows(access) else { throw .directionConflict }
        return try object.shard.requestLease(access, through: self, onGranted)
    }
}

/// The resource itself, for its own device or one of the same driver: no attachment and no
/// mapping. [CAP-2] [CAP-3]
public final class ResourceReference: Sendable {
    public let object: SharedObject
    private let hold: Hold

    init(object: SharedObject, hold: Hold) {
        self.object = object
        self.hold = hold
    }

    deinit { object.shard.release(hold, of: object) }

    /// What the exporter gave, for its kin to cast.
    public var resource: (any AnyObject & Sendable)? { object.details?.resource }
    public var isRevoked: Bool { hold.state != .live }
}

/// What an import gives.
public enum Import: Sendable {
    case attachment(Attachment)
    case resource(ResourceReference)
}

extension MemoryRange {
    /// No bytes.
    static var nothing: MemoryRange {
        // SAFETY: an empty range is never accessed; the address is only not nil.
        unsafe MemoryRange(baseAddress: UnsafeMutableRawPointer(bitPattern: 64)!, sizeBytes: 0)
    }
}
