// The driver's side of a packed ring (virtio 1.4, 2.8).

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

final class PackedDriverRing {
    private let setup: DriverRingSetup
    private var areas: RingAreas { setup.areas }
    private var size: UInt16 { setup.size }
    private var hasEventIndex: Bool { setup.hasEventIndex }

    private var ids: NumberStack
    /// How many slots the list in flight under each id has; 0 when none is.
    private var lengths: [UInt16]
    private(set) var freeCount: Int
    private var avail = RingCursor.start
    private var used = RingCursor.start
    private var added: UInt32 = 0
    private var armed: RingCursor?
    private var isSuppressed = false

    init(_ setup: DriverRingSetup) {
        self.setup = setup
        ids = NumberStack(count: setup.size)
        lengths = Array(repeating: 0, count: Int(setup.size))
        freeCount = Int(setup.size)
    }

    func add(_ readable: borrowing SegmentList, _ writable: borrowing SegmentList)
        throws(DriverQueueError) -> UInt16
    {
        let count = readable.count + writable.count
        let tables = setup.tables.flatMap { $0.takes(count) ? $0 : nil }
        let slots = tables == nil ? count : 1
        guard freeCount >= slots else { throw .full }
        let id = ids.take()
        let first = avail
        var firstFlags = PackedRing.DescriptorFlags()
        if let tables {
            addTable(readable, writable, id, tables)
            firstFlags = [.indirect, .available(wrap: avail.wrap)]
            setDescriptor(
                addr: tables.address(id).rawValue, len: UInt32(count * 16), id: id)
            avail.advance(1, size: size)
        } else {
            for position in 0..<count {
                let isWritable = position >= readable.count
                let segment = isWritable ? writable[position - readable.count] : readable[position]
                var flags = PackedRing.DescriptorFlags.available(wrap: avail.wrap)
                if isWritable { flags.insert(.write) }
                if position + 1 < count { flags.insert(.next) }
                setDescriptor(addr: segment.start.rawValue, len: segment.count, id: id)
                if position == 0 {
                    firstFlags = flags
                } else {
                    areas.descriptors.setRelaxed(
                        flags.rawValue, RingArea.flagsOffset(avail.slot))
                }
                avail.advance(1, size: size)
            }
        }
        lengths[Int(id)] = UInt16(slots)
        freeCount -= slots
        added &+= UInt32(slots)
        // The first one last: it makes the whole list available.
        areas.descriptors.release(firstFlags.rawValue, RingArea.flagsOffset(first.slot))
        return id
    }

    /// All of the descriptor at the cursor but its flags.
    private func setDescriptor(addr: UInt64, len: UInt32, id: UInt16) {
        let at = Int(avail.slot) * 16
        areas.descriptors.setWord(addr, at)
        areas.descriptors.setWord(len, at + 8)
        areas.descriptors.setWord(id, at + 12)
    }

    private func addTable(
        _ readable: borrowing SegmentList, _ writable: borrowing SegmentList, _ id: UInt16,
        _ tables: DriverTables
    ) {
        for position in 0..<(readable.count + writable.count) {
            let isWritable = position >= readable.count
            let segment = isWritable ? writable[position - readable.count] : readable[position]
            let flags: PackedRing.DescriptorFlags = isWritable ? [.write] : []
            tables.set(segment, 0, flags.rawValue, at: position, of: id)
        }
    }

    private var usedFlags: PackedRing.DescriptorFlags? {
        let flags = PackedRing.DescriptorFlags(
            rawValue: areas.descriptors.acquire(RingArea.flagsOffset(used.slot)))
        return flags.intersection([.avail, .used]) == .used(wrap: used.wrap) ? flags : nil
    }

    func takeUsed() throws(DriverQueueError) -> SplitRing.UsedElement? {
        guard let flags = findUsed() else { return nil }
        let at = Int(used.slot) * 16
        let id: UInt16 = areas.descriptors.word(at + 12)
        let len: UInt32 = areas.descriptors.word(at + 8)
        guard id < size, lengths[Int(id)] > 0 else { throw .badUsedElement }
        let slots = lengths[Int(id)]
        used.advance(slots, size: size)
        lengths[Int(id)] = 0
        freeCount += Int(slots)
        ids.giveBack(id)
        return SplitRing.UsedElement(id: UInt32(id), len: flags.contains(.write) ? len : 0)
    }

    private func findUsed() -> PackedRing.DescriptorFlags? {
        if let flags = usedFlags { return flags }
        guard hasEventIndex ? armed != used : isSuppressed else { return nil }
        armed = used
        isSuppressed = false
        if hasEventIndex {
            areas.driver.setRelaxed(used.word, 0)
            areas.driver.release(PackedRing.EventFlags.descriptor, 2)
        } else {
            areas.driver.release(PackedRing.EventFlags.enable, 2)
        }
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return usedFlags
    }

    func needsNotification() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer { added = 0 }
        switch areas.device.acquire(2) & 3 {
        case PackedRing.EventFlags.disable: return false
        case PackedRing.EventFlags.descriptor where hasEventIndex:
            let event = RingCursor(word: areas.device.relaxed(0))
            return avail.hasPassed(event, in: added, size: size)
        default: return true
        }
    }

    func suppressInterrupts() {
        guard !hasEventIndex else { return }
        isSuppressed = true
        areas.driver.release(PackedRing.EventFlags.disable, 2)
    }
}
