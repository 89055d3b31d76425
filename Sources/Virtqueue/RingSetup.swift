// What the rings of both kinds and of both sides are set up from.

internal import Synchronization
internal import VirtioWire

/// The three areas of a ring, checked (virtio 1.4, 2.7 and 2.8) and pinned.
struct RingAreas {
    let descriptors: RingArea
    /// A split ring's available ring, a packed ring's driver event.
    let driver: RingArea
    /// A split ring's used ring, a packed ring's device event.
    let device: RingArea
    private let pins: [GuestPin]

    init(_ layout: QueueLayout, features: TransportFeatures, in memory: GuestMemory)
        throws(QueueError)
    {
        let isPacked = features.contains(.ringPacked)
        let size = layout.size
        guard size > 0, size <= QueueLayout.sizeMax, isPacked || size & (size - 1) == 0 else {
            throw .badSize
        }
        let sizes = QueueLayout.areaSizesBytes(size: size, features: features)
        var pins: [GuestPin] = []
        descriptors = try RingArea(
            layout.descriptorTable, count: sizes.descriptors,
            alignment: SplitRing.descriptorTableAlignment, in: memory, pins: &pins)
        driver = try RingArea(
            layout.availRing, count: sizes.driver,
            alignment: isPacked ? PackedRing.eventAlignment : SplitRing.availRingAlignment,
            in: memory, pins: &pins)
        device = try RingArea(
            layout.usedRing, count: sizes.device,
            alignment: isPacked ? PackedRing.eventAlignment : SplitRing.usedRingAlignment,
            in: memory, pins: &pins)
        self.pins = pins
    }
}

/// What a device's ring of either kind works with, besides its own places in the ring.
struct DeviceRingSetup {
    let areas: RingAreas
    let view: MemoryView
    let size: UInt16
    /// The queue's number, never the same twice while 2^32 queues come and go; see ``ChainHead``.
    let queue: ChainHead.Queue
    let hasIndirect: Bool
    let hasEventIndex: Bool

    private static let next = Atomic<UInt32>(0)

    init(
        _ layout: QueueLayout, features: TransportFeatures, memory: GuestMemory, view: MemoryView
    ) throws(QueueError) {
        areas = try RingAreas(layout, features: features, in: memory)
        self.view = view
        size = layout.size
        queue = ChainHead.Queue(Self.next.add(1, ordering: .relaxed).newValue)
        hasIndirect = features.contains(.indirectDesc)
        hasEventIndex = features.contains(.eventIndex)
    }
}

/// What a driver's ring of either kind works with.
struct DriverRingSetup {
    let areas: RingAreas
    let size: UInt16
    let hasEventIndex: Bool
    /// One table for each head or buffer id; nil for direct descriptors only.
    let tables: DriverTables?

    init(
        _ layout: QueueLayout, features: TransportFeatures, memory: GuestMemory,
        tables: IndirectTables?
    ) throws(QueueError) {
        areas = try RingAreas(layout, features: features, in: memory)
        size = layout.size
        hasEventIndex = features.contains(.eventIndex)
        self.tables =
            try features.contains(.indirectDesc)
            ? tables.map { tables throws(QueueError) in
                try DriverTables(tables, queueSize: layout.size, in: memory)
            } : nil
    }
}

/// A driver's indirect tables, in place.
struct DriverTables {
    private let area: RingArea
    private let start: GuestAddress
    private let entriesEach: Int
    private let pins: [GuestPin]

    init(_ tables: IndirectTables, queueSize: UInt16, in memory: GuestMemory)
        throws(QueueError)
    {
        var pins: [GuestPin] = []
        area = try RingArea(
            tables.start, count: tables.sizeBytes(queueSize: queueSize), alignment: 1, in: memory,
            pins: &pins)
        self.pins = pins
        start = tables.start
        entriesEach = Int(tables.entriesEach)
    }

    /// Whether a chain of `count` segments goes through a table.
    func takes(_ count: Int) -> Bool { count > 1 && count <= entriesEach }

    /// Where the table of `number` lies.
    func address(_ number: UInt16) -> GuestAddress {
        GuestAddress(start.rawValue &+ UInt64(Int(number) &* entriesEach &* 16))
    }

    /// Writes an entry: its last two words differ between the kinds of ring.
    func set(
        _ segment: GuestSegment, _ word12: UInt16, _ word14: UInt16, at index: Int,
        of number: UInt16
    ) {
        let at = (Int(number) &* entriesEach &+ index) &* 16
        area.setWord(segment.start.rawValue, at)
        area.setWord(segment.count, at &+ 8)
        area.setWord(word12, at &+ 12)
        area.setWord(word14, at &+ 14)
    }
}
