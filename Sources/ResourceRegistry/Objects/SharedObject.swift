public import LinuxSystem
public import VirtioWire

typealias AttachmentID = UInt64

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
    /// Moves the bytes; nil when that failed and they are where they were. [ATT-4]
    public var move: (@Sendable (SharedObject, BackingKinds) -> Placement?)?

    public init() {}
}

/// One exported resource: its name and what belongs to it. The bytes are reached by an
/// ``Attachment``.
public final class SharedObject: @unchecked Sendable {
    /// What most objects have no use for: apart, so that it costs them nothing.
    final class Details: Sendable {
        let layout: PixelLayout?
        let isContiguous: Bool
        let resource: (any AnyObject & Sendable)?
        let hooks: ExporterHooks

        init(_ description: ObjectDescription) {
            layout = description.layout
            isContiguous = description.isContiguous
            resource = description.resource
            hooks = description.hooks
        }
    }

    public let uuid: ResourceUUID
    public let sizeBytes: UInt64
    let core: DomainCore
    let exporter: ParticipantRecord
    let details: Details?
    let onUnused: @Sendable (SharedObject) -> Void
    let exportedAtNanos: UInt64
    let isDynamic: Bool

    // Guarded by the shard's lock.
    @safe @exclusivity(unchecked) var isNamed = true
    @safe @exclusivity(unchecked) var isMoving = false
    @safe @exclusivity(unchecked) var isFreed = false
    @safe @exclusivity(unchecked) var holds: [Hold] = []
    @safe @exclusivity(unchecked) var leases = LeaseQueue()
    @safe @exclusivity(unchecked) var backing: Backing
    @safe @exclusivity(unchecked) var memory: MemoryRange?
    /// Of the last writer that handed its work to a device. [SYNC-2]
    @safe @exclusivity(unchecked) var writeFence: Fence?

    init(
        uuid: ResourceUUID, core: DomainCore, exporter: ParticipantRecord,
        description: ObjectDescription, isPlain: Bool, atNanos: UInt64,
        onUnused: @escaping @Sendable (SharedObject) -> Void
    ) {
        self.uuid = uuid
        self.core = core
        self.exporter = exporter
        sizeBytes = description.sizeBytes
        details = isPlain ? nil : Details(description)
        isDynamic = description.isDynamic
        exportedAtNanos = atNanos
        backing = description.backing
        memory = description.memory
        self.onUnused = onUnused
    }

    /// How the bytes make a picture, if they do.
    public var layout: PixelLayout? { details?.layout }
    var hooks: ExporterHooks? { details?.hooks }
}
