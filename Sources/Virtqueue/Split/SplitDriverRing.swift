// The driver's side of a split ring (virtio 1.4, 2.7).

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

final class SplitDriverRing {
    private let setup: DriverRingSetup
    private var areas: RingAreas { setup.areas }
    private var size: UInt16 { setup.size }
    private var hasEventIndex: Bool { setup.hasEventIndex }

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

    init(_ setup: DriverRingSetup) {
        self.setup = setup
        free = NumberStack(count: setup.size)
        following = Array(repeating: 0, count: Int(setup.size))
        lengths = Array(repeating: 0, count: Int(setup.size))
    }

    var freeCount: Int { free.count }

    func add(_ readable: borrowing SegmentList, _ writable: borrowing SegmentList)
        throws(DriverQueueError) -> UInt16
    {
        let count = readable.count + writable.count
        let tables = setup.tables.flatMap { $0.takes(count) ? $0 : nil }
        guard free.count >= (tables == nil ? count : 1) else { throw .full }
        let head = free.take()
        if let tables {
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
        areas.driver.setWord(head, 4 + 2 * Int(nextAvail & (size - 1)))
        nextAvail &+= 1
        added &+= 1
        areas.driver.release(nextAvail, SplitRing.indexOffset)
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
        _ tables: DriverTables
    ) {
        let count = readable.count + writable.count
        for position in 0..<count {
            let next = position + 1 < count ? UInt16(position + 1) : 0
            let entry = descriptor(readable, writable, position, next: next)
            tables.set(
                GuestSegment(start: entry.addr, count: entry.len), entry.flags.rawValue,
                entry.next, at: position, of: head)
        }
        areas.descriptors.set(
            SplitRing.Descriptor(
                addr: tables.address(head), len: UInt32(count * 16), flags: [.indirect]), head)
    }

    func takeUsed() throws(DriverQueueError) -> SplitRing.UsedElement? {
        if areas.device.acquire(SplitRing.indexOffset) == nextUsed {
            guard hasEventIndex ? armed != nextUsed : isSuppressed else { return nil }
            armed = nextUsed
            isSuppressed = false
            if hasEventIndex {
                areas.driver.setRelaxed(nextUsed, SplitRing.usedEventOffset(size))
            } else {
                areas.driver.setRelaxed(0, SplitRing.flagsOffset)
            }
            // The device publishes and then looks whether to interrupt; we ask and look again.
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            if areas.device.acquire(SplitRing.indexOffset) == nextUsed { return nil }
        }
        let at = 4 + 8 * Int(nextUsed & (size - 1))
        let element = SplitRing.UsedElement(
            id: areas.device.word(at), len: areas.device.word(at + 4))
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
        guard hasEventIndex else { return areas.device.relaxed(SplitRing.flagsOffset) & 1 == 0 }
        let event = areas.device.relaxed(SplitRing.availEventOffset(size))
        return UInt32(nextAvail &- event &- 1) < added
    }

    func suppressInterrupts() {
        guard !hasEventIndex else { return }
        isSuppressed = true
        areas.driver.setRelaxed(1, SplitRing.flagsOffset)
    }
}
