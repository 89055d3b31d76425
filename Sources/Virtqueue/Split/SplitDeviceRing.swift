// The device's side of a split ring (virtio 1.4, 2.7).

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

final class SplitDeviceRing {
    private let descriptors: RingArea
    private let avail: RingArea
    private let used: RingArea
    private let pins: [GuestPin]
    private let view: MemoryView
    private let size: UInt16
    private let number: UInt32
    private let hasIndirect: Bool
    private let hasEventIndex: Bool

    private var nextAvail: UInt16
    /// The driver's index as last read: entries before it are ours to take.
    private var knownAvail: UInt16
    private var nextUsed: UInt16
    private(set) var held = 0
    /// Chains given back since the driver's wish for an interrupt was last looked up.
    private var pushed: UInt32 = 0
    /// The index for which the driver was asked to notify us; nil before the first time.
    private var armed: UInt16?
    private var isSuppressed = false
    private(set) var badChains: UInt64 = 0
    private(set) var isBroken = false

    init(_ setup: DeviceRingSetup, _ position: QueuePosition) throws(QueueError) {
        let layout = setup.layout
        var pins: [GuestPin] = []
        let areas = try SplitAreas(layout, in: setup.memory, pins: &pins)
        descriptors = areas.descriptors
        avail = areas.avail
        used = areas.used
        self.pins = pins
        view = setup.view
        size = layout.size
        number = setup.number
        hasIndirect = setup.features.contains(.indirectDesc)
        hasEventIndex = setup.features.contains(.eventIndex)
        guard let start = UInt16(exactly: position.rawValue) else { throw .badPosition }
        nextAvail = start
        knownAvail = start
        // A fresh ring has 0 here; one that was served before says how far that went.
        nextUsed = areas.used.acquire(SplitRing.indexOffset)
    }

    var position: QueuePosition { QueuePosition(rawValue: UInt32(nextAvail)) }

    func pop(into chain: inout DescriptorChain) throws(QueueError) -> Bool {
        guard !isBroken else { throw .broken }
        guard !view.hasLostFile else { throw breakQueue(.fileLost) }
        // A driver that keeps refilling the ring with bad chains is not served for ever in one go.
        for _ in 0..<size {
            if knownAvail == nextAvail, try !findMore() { return false }
            guard held < Int(size) else { throw breakQueue(.overrun) }
            let head: UInt16 = avail.word(4 &+ 2 &* Int(nextAvail & (size &- 1)))
            guard head < size else { throw breakQueue(.badHead) }
            nextAvail &+= 1
            held &+= 1
            chain.begin(ChainHead(index: head, slots: 0, queue: number))
            if walk(&chain) { return true }
            badChains &+= 1
            push(chain.head, written: 0)
        }
        return false
    }

    /// Looks at the driver's index; false when there is nothing, and the driver will then tell.
    private func findMore() throws(QueueError) -> Bool {
        if try readIndex() { return true }
        guard hasEventIndex ? armed != nextAvail : isSuppressed else { return false }
        armed = nextAvail
        isSuppressed = false
        if hasEventIndex {
            used.setRelaxed(nextAvail, SplitRing.availEventOffset(size))
        } else {
            used.setRelaxed(0, SplitRing.flagsOffset)
        }
        // The driver publishes and then looks whether to notify; we ask to be notified and then
        // look again (2.7.7.2).
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return try readIndex()
    }

    private func readIndex() throws(QueueError) -> Bool {
        let index = avail.acquire(SplitRing.indexOffset)
        guard index &- nextAvail <= size else { throw breakQueue(.indexJump) }
        knownAvail = index
        return index != nextAvail
    }

    /// Reads the chain at its head; false when it loops, leaves the table, mixes directions or is
    /// too long.
    @inline(__always)
    private func walk(_ chain: inout DescriptorChain) -> Bool {
        var index = chain.head.index
        for _ in 0..<size {
            let descriptor = descriptors.splitDescriptor(index)
            guard !descriptor.flags.contains(.indirect) else {
                // The chain ends with its table (2.7.5.3.1).
                guard hasIndirect, !descriptor.flags.contains(.next) else { return false }
                return walkTable(descriptor.addr, descriptor.len, &chain)
            }
            guard
                chain.append(
                    descriptor.addr, descriptor.len,
                    isWritable: descriptor.flags.contains(.write))
            else { return false }
            guard descriptor.flags.contains(.next) else { return true }
            guard descriptor.next < size else { return false }
            index = descriptor.next
        }
        return false
    }

    // WRITE on the referring descriptor means nothing. [VQ-D-014]
    private func walkTable(_ start: GuestAddress, _ len: UInt32, _ chain: inout DescriptorChain)
        -> Bool
    {
        guard let table = IndirectTable(start, len: len, queueSize: size) else { return false }
        view.mark.enter()
        defer { view.mark.leave() }
        let regions = view.table
        var index = 0
        for _ in 0..<table.count {
            guard let (addr, rest) = table.entry(index, regions) else { return false }
            let flags = SplitRing.DescriptorFlags(
                rawValue: UInt16(truncatingIfNeeded: rest >> 32))
            guard !flags.contains(.indirect),
                chain.append(
                    GuestAddress(addr), UInt32(truncatingIfNeeded: rest),
                    isWritable: flags.contains(.write))
            else { return false }
            guard flags.contains(.next) else { return true }
            index = Int(rest >> 48)
            guard index < table.count else { return false }
        }
        return false
    }

    private func breakQueue(_ error: QueueError) -> QueueError {
        isBroken = true
        return error
    }

    func push(_ head: ChainHead, written: UInt32) {
        guard !isBroken, head.queue == number else { return }
        precondition(held > 0, "a device gives each chain back once")
        held &-= 1
        let at = 4 &+ 8 &* Int(nextUsed & (size &- 1))
        used.setWord(UInt32(head.index), at)
        used.setWord(written, at &+ 4)
        nextUsed &+= 1
        used.release(nextUsed, SplitRing.indexOffset)
        pushed &+= 1
    }

    func needsInterrupt() -> Bool {
        // The used index must be visible before the driver's wish is read (2.7.8.1).
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer { pushed = 0 }
        guard hasEventIndex else { return avail.relaxed(SplitRing.flagsOffset) & 1 == 0 }
        let event = avail.relaxed(SplitRing.usedEventOffset(size))
        return UInt32(nextUsed &- event &- 1) < pushed
    }

    func suppressNotifications() {
        // With EVENT_IDX an event index that is not moved on is all it takes. [VQ-D-019]
        guard !hasEventIndex, !isSuppressed, !isBroken else { return }
        isSuppressed = true
        used.setRelaxed(1, SplitRing.flagsOffset)
    }
}

/// The three areas of a split ring, checked.
struct SplitAreas {
    let descriptors: RingArea
    let avail: RingArea
    let used: RingArea

    init(_ layout: QueueLayout, in memory: GuestMemory, pins: inout [GuestPin])
        throws(QueueError)
    {
        let size = layout.size
        guard size > 0, size <= QueueLayout.sizeMax, size & (size - 1) == 0 else { throw .badSize }
        descriptors = try RingArea(
            layout.descriptorTable, count: SplitRing.descriptorTableSizeBytes(queueSize: size),
            alignment: SplitRing.descriptorTableAlignment, in: memory, pins: &pins)
        avail = try RingArea(
            layout.availRing, count: SplitRing.availRingSizeBytes(queueSize: size),
            alignment: SplitRing.availRingAlignment, in: memory, pins: &pins)
        used = try RingArea(
            layout.usedRing, count: SplitRing.usedRingSizeBytes(queueSize: size),
            alignment: SplitRing.usedRingAlignment, in: memory, pins: &pins)
    }
}
