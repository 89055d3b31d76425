public import LinuxSystem
public import VirtioWire

/// What an exporter says of an object.
public struct ObjectDescription: Sendable {
    public var sizeBytes: UInt64
    public var backing: Backing
    public var layout: PixelLayout?
    /// The bytes in this process; valid until `onUnused` was called. nil where no CPU reaches them.
    public var memory: MemoryRange?
    public var isContiguous = true
    /// Whether the exporter can move the bytes while others have them attached.
    public var isDynamic = false
    /// What a device of the same driver is given instead of a description. [CAP-3]
    public var resource: (any AnyObject & Sendable)?
    public var hooks = ExporterHooks()

    public init(
        sizeBytes: UInt64, backing: Backing, layout: PixelLayout? = nil, memory: MemoryRange? = nil
    ) {
        self.sizeBytes = sizeBytes
        self.backing = backing
        self.layout = layout
        self.memory = memory
    }
}

/// Calls that an exporter answers. None runs under a lock of the registry's. [ATT-5]
public struct ExporterHooks: Sendable {
    /// Where the bytes are after a move.
    public struct Placement: Sendable {
        public var backing: Backing
        public var memory: MemoryRange?

        public init(backing: Backing, memory: MemoryRange?) {
            self.backing = backing
            self.memory = memory
        }
    }

    /// Maps an object for an importer; nil refuses. Without it the object's memory serves.
    public var map: (@Sendable (SharedObject, Direction) -> Mapping.Address?)?
    /// Once for each address that `map` gave, when nobody uses it any more.
    public var unmap: (@Sendable (SharedObject, Direction, Mapping.Address) -> Void)?
    /// The bytes for a CPU; nil refuses. Without it the object's memory serves. [CPU-1]
    public var mapForCPU: (@Sendable (SharedObject, Direction) -> MemoryRange?)?
    /// Makes what devices wrote visible to the CPU, and the other way round. [CPU-2]
    public var beginCPU: (@Sendable (SharedObject, Direction) -> Void)?
    public var endCPU: (@Sendable (SharedObject, Direction) -> Void)?
    /// Asks the process that exports the object for a right whose turn has come here; the lease is
    /// granted when `onGranted` is called. nil when nobody can be asked any more: the lease waits
    /// until the object is revoked.
    public var askRight:
        (
            @Sendable (SharedObject, Lease.Access, _ onGranted: @escaping @Sendable () -> Void) ->
                (any ForeignRight)?
        )?
    /// Moves the bytes; nil when that failed and they are where they were. [ATT-4]
    public var move: (@Sendable (SharedObject, BackingKinds) -> Placement?)?

    public init() {}
}

/// One exported resource: its name and what belongs to it. The bytes are reached by an
/// ``Attachment``.
///
/// Most objects have no layout and nobody who uses them: that is apart, and costs those nothing.
@safe public final class SharedObject: @unchecked Sendable {
    final class Details: Sendable {
        let layout: PixelLayout?
        let isContiguous: Bool
        let isDynamic: Bool
        let resource: (any AnyObject & Sendable)?
        let hooks: ExporterHooks
        /// Where the bytes were when the object was exported: a scatter list or a descriptor is
        /// its owner's, and must last as long as the object.
        let backing: Backing
        /// Exported by another process.
        let isForeign: Bool

        init(_ description: ObjectDescription, isForeign: Bool = false) {
            self.isForeign = isForeign
            layout = description.layout
            isContiguous = description.isContiguous
            isDynamic = description.isDynamic
            resource = description.resource
            hooks = description.hooks
            backing = description.backing
        }
    }

    /// Who holds an object, and in what order they come at its bytes.
    final class Usage: @unchecked Sendable {
        // Guarded by the shard's lock.
        @safe @exclusivity(unchecked) var holds: [Hold] = []
        @safe @exclusivity(unchecked) var leases = LeaseQueue()
        /// Of the last writer that handed its work to a device. [SYNC-2]
        @safe @exclusivity(unchecked) var writeFence: Fence?
    }

    /// Given once, before anybody else sees the object.
    @safe @exclusivity(unchecked) public internal(set) var uuid: ResourceUUID
    public let sizeBytes: UInt64
    /// Of the exporter's core: it lasts as long as that. Not counted, as `shard` is on each use.
    let home: Unmanaged<Shard>
    let exporter: ParticipantRecord
    let details: Details?
    let onUnused: @Sendable (SharedObject) -> Void
    /// By the coarse clock.
    let exportedAtNanos: UInt64

    // Guarded by the shard's lock.
    @safe @exclusivity(unchecked) var memory: MemoryRange?
    /// Where the bytes are.
    @safe @exclusivity(unchecked) var kind: BackingKinds
    @safe @exclusivity(unchecked) var isNamed = true
    @safe @exclusivity(unchecked) var isMoving = false
    @safe @exclusivity(unchecked) var isFreed = false
    /// nil until somebody holds the object or asks for a lease.
    @safe @exclusivity(unchecked) private(set) var usage: Usage?

    init(
        shard: Unmanaged<Shard>, exporter: ParticipantRecord, sizeBytes: UInt64, kind: BackingKinds,
        memory: MemoryRange?, details: Details?,
        onUnused: @escaping @Sendable (SharedObject) -> Void
    ) {
        uuid = ResourceUUID(high: 0, low: 0)
        unsafe home = shard
        self.exporter = exporter
        self.sizeBytes = sizeBytes
        self.kind = kind
        self.memory = memory
        self.details = details
        self.onUnused = onUnused
        exportedAtNanos = MonotonicClock.coarseNanos
    }

    // SAFETY: see `home`.
    var shard: Shard { unsafe home.takeUnretainedValue() }
    /// How the bytes make a picture, if they do.
    public var layout: PixelLayout? { details?.layout }
    var hooks: ExporterHooks? { details?.hooks }
    var isDynamic: Bool { details?.isDynamic ?? false }
    /// Whether leases are also another process's to grant.
    var isAskedElsewhere: Bool { details?.hooks.askRight != nil }

    // MARK: Under the shard's lock

    var holds: [Hold] { usage?.holds ?? [] }
    var tickets: [LeaseQueue.Ticket] { usage?.leases.tickets ?? [] }
    var leaseCount: Int { usage?.leases.count ?? 0 }
    var isHeld: Bool { usage.map { !$0.holds.isEmpty } ?? false }

    /// To be changed.
    var used: Usage {
        if let usage { return usage }
        let new = Usage()
        usage = new
        return new
    }
}
