// The driver's side of a split ring (virtio 1.4, 2.7).

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

final class SplitDriverRing {
    private let areas: SplitAreas
    private let tables: RingArea?
    private let tableStart: GuestAddress
    private let tableEntries: Int
    private let pins: [GuestPin]
    private let size: UInt16
    private let hasEventIndex: Bool

    private var free: NumberStack
    /// The descriptor that follows in the same chain.
    private var following: [UInt16]
    /// How many descriptors the chain in flight at each head has; 0 when none is.
    private var lengths: [UInt16]
    private var nextAvail: UInt16 = 0
    private var nextUsed: UInt16 = 0
    private var added: UInt32 = 0
    private var armed: UInt16?
    private var isSuppressed = false

    init(
        _ layout: QueueLayout, _ memory: GuestMemory, _ features: TransportFeatures,
        _ tables: IndirectTables?
    ) throws(QueueError) {
        var pins: [GuestPin] = []
        areas = try SplitAreas(layout, in: memory, pins: &pins)
        self.tables = try tables.map { tables throws(QueueError) in
            try RingArea(
                tables.start, count: tables.sizeBytes(queueSize: layout.size), alignment: 1,
                in: memory, pins: &pins)
        }
        tableStart = tables?.start ?? GuestAddress(0)
        tableEntries = Int(tables?.entriesEach ?? 0)
        self.pins = pins
        size = layout.size
        hasEventIndex = features.contains(.eventIndex)
        free = NumberStack(count: layout.size)
        following = Array(repeating: 0, count: Int(layout.size))
        lengths = Array(repeating: 0, count: Int(layout.size))
    }

    var freeCount: Int { free.count }

    func add(_ readable: borrowing SegmentList, _ writable: borrowing SegmentList)
        throws(DriverQueueError) -> UInt16
    {
        let count = readable.count + writable.count
        let goesIndirect = count > 1 && count <= tableEntries
        guard free.count >= (goesIndirect ? 1 : count) else { throw .full }
        let head = free.take()
        if goesIndirect, let tables {
            addTable(readable, writable, head, tables)
            lengths[Int(head)] = 1
        } else {
            var index = head
            for position in 0..<count {
                let next = position + 1 < count ? free.take() : 0
                areas.descriptors.set(
                    descriptor(readable, writable, position, next: next), index)
                following[Int(index)] = next
                index = next
            }
            lengths[Int(head)] = UInt16(count)
        }
        areas.avail.setWord(head, 4 + 2 * Int(nextAvail & (size - 1)))
        nextAvail &+= 1
        added &+= 1
        areas.avail.release(nextAvail, SplitRing.indexOffset)
        return head
    }

    private func descriptor(
        _ readable: borrowing SegmentList, _ writable: borrowing SegmentList, _ position: Int,
        next: UInt16
    ) -> SplitRing.Descriptor {
        let isWritable = position >= readable.count
        let segment = isWritable ? writable[position - readable.count] : readable[position]
        var flags: SplitRing.DescriptorFlags = isWritable ? [.write] : []
        if position + 1 < readable.count + writable.count { flags.insert(.next) }
        return SplitRing.Descriptor(
            addr: segment.start, len: segment.count, flags: flags, next: next)
    }

    private func addTable(
        _ readable: borrowing SegmentList, _ writable: borrowing SegmentList, _ head: UInt16,
        _ tables: RingArea
    ) {
        let first = Int(head) * tableEntries
        let count = readable.count + writable.count
        for position in 0..<count {
            let next = position + 1 < count ? UInt16(position + 1) : 0
            let entry = descriptor(readable, writable, position, next: next)
            let at = (first + position) * 16
            tables.setWord(entry.addr.rawValue, at)
            tables.setWord(entry.len, at + 8)
            tables.setWord(entry.flags.rawValue, at + 12)
            tables.setWord(entry.next, at + 14)
        }
        areas.descriptors.set(
            SplitRing.Descriptor(
                addr: GuestAddress(tableStart.rawValue + UInt64(first * 16)),
                len: UInt32(count * 16), flags: [.indirect]), head)
    }

    func takeUsed() throws(DriverQueueError) -> SplitRing.UsedElement? {
        if areas.used.acquire(SplitRing.indexOffset) == nextUsed {
            guard hasEventIndex ? armed != nextUsed : isSuppressed else { return nil }
            armed = nextUsed
            isSuppressed = false
            if hasEventIndex {
                areas.avail.setRelaxed(nextUsed, SplitRing.usedEventOffset(size))
            } else {
                areas.avail.setRelaxed(0, SplitRing.flagsOffset)
            }
            // The device publishes and then looks whether to interrupt; we ask and look again.
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            if areas.used.acquire(SplitRing.indexOffset) == nextUsed { return nil }
        }
        let at = 4 + 8 * Int(nextUsed & (size - 1))
        let element = SplitRing.UsedElement(
            id: areas.used.word(at), len: areas.used.word(at + 4))
        guard let head = UInt16(exactly: element.id), head < size, lengths[Int(head)] > 0 else {
            throw .badUsedElement
        }
        nextUsed &+= 1
        var index = head
        for _ in 0..<lengths[Int(head)] {
            free.giveBack(index)
            index = following[Int(index)]
        }
        lengths[Int(head)] = 0
        return element
    }

    func needsNotification() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer { added = 0 }
        guard hasEventIndex else { return areas.used.relaxed(SplitRing.flagsOffset) & 1 == 0 }
        let event = areas.used.relaxed(SplitRing.availEventOffset(size))
        return UInt32(nextAvail &- event &- 1) < added
    }

    func suppressInterrupts() {
        guard !hasEventIndex else { return }
        isSuppressed = true
        areas.avail.setRelaxed(1, SplitRing.flagsOffset)
    }
}
