// The device's side of a packed ring (virtio 1.4, 2.8). Chains are taken in ring order and given
// back in the order of completion, each as one descriptor at our own cursor.

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

final class PackedDeviceRing {
    private let descriptors: RingArea
    private let driverEvent: RingArea
    private let deviceEvent: RingArea
    private let pins: [GuestPin]
    private let view: MemoryView
    private let size: UInt16
    private let number: UInt32
    private let hasIndirect: Bool
    private let hasEventIndex: Bool

    private var avail: RingCursor
    private var used: RingCursor
    private(set) var held = 0
    /// Slots of the chains that we hold.
    private var slotsHeld: UInt16 = 0
    /// Slots given back since the driver's wish for an interrupt was last looked up.
    private var pushed: UInt32 = 0
    private var armed: RingCursor?
    private var isSuppressed = false
    private(set) var badChains: UInt64 = 0
    private(set) var isBroken = false

    init(_ setup: DeviceRingSetup, _ position: QueuePosition) throws(QueueError) {
        let layout = setup.layout
        var pins: [GuestPin] = []
        let areas = try PackedAreas(layout, in: setup.memory, pins: &pins)
        descriptors = areas.descriptors
        driverEvent = areas.driverEvent
        deviceEvent = areas.deviceEvent
        self.pins = pins
        view = setup.view
        size = layout.size
        number = setup.number
        hasIndirect = setup.features.contains(.indirectDesc)
        hasEventIndex = setup.features.contains(.eventIndex)
        avail = RingCursor(word: UInt16(truncatingIfNeeded: position.rawValue))
        used = RingCursor(word: UInt16(truncatingIfNeeded: position.rawValue >> 16))
        guard avail.slot < size, used.slot < size else { throw .badPosition }
    }

    var position: QueuePosition {
        QueuePosition(rawValue: UInt32(avail.word) | UInt32(used.word) << 16)
    }

    func pop(into chain: inout DescriptorChain) throws(QueueError) -> Bool {
        guard !isBroken else { throw .broken }
        guard !view.hasLostFile else { throw breakQueue(.fileLost) }
        for _ in 0..<size {
            guard let flags = findMore() else { return false }
            chain.begin(ChainHead(index: 0, slots: 0, queue: number))
            if try walk(&chain, firstFlags: flags) { return true }
            badChains &+= 1
            push(chain.head, written: 0)
        }
        return false
    }

    /// The flags of the slot at `cursor` when the driver has made it available. The rest of the
    /// descriptor is read after them.
    @inline(__always)
    private func availableFlags(_ cursor: RingCursor) -> PackedRing.DescriptorFlags? {
        let flags = PackedRing.DescriptorFlags(
            rawValue: descriptors.acquire(RingArea.flagsOffset(cursor.slot)))
        return flags.intersection([.avail, .used]) == .available(wrap: cursor.wrap) ? flags : nil
    }

    private func findMore() -> PackedRing.DescriptorFlags? {
        // Slots that we hold are not the driver's to offer.
        if let flags = availableFlags(avail) { return flags }
        guard hasEventIndex ? armed != avail : isSuppressed else { return nil }
        armed = avail
        isSuppressed = false
        if hasEventIndex {
            deviceEvent.setRelaxed(avail.word, 0)
            deviceEvent.release(PackedRing.EventFlags.descriptor, 2)
        } else {
            deviceEvent.release(PackedRing.EventFlags.enable, 2)
        }
        // As in a split ring: ask, then look again.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return availableFlags(avail)
    }

    /// Reads the list at the cursor and moves behind it; false when it is malformed, but its end
    /// and with it its buffer id are known.
    @inline(__always)
    private func walk(
        _ chain: inout DescriptorChain, firstFlags: PackedRing.DescriptorFlags
    ) throws(QueueError) -> Bool {
        var cursor = avail
        var flags = firstFlags
        var isGood = true
        var slots: UInt16 = 0
        while true {
            slots &+= 1
            guard slots &+ slotsHeld <= size else {
                throw breakQueue(slots > size ? .badList : .overrun)
            }
            let at = Int(cursor.slot) &* 16
            let addr = GuestAddress(descriptors.word(at))
            let rest: UInt64 = descriptors.word(at &+ 8)
            let len = UInt32(truncatingIfNeeded: rest)
            let id = UInt16(truncatingIfNeeded: rest >> 32)
            if isGood {
                if flags.contains(.indirect) {
                    // A list is direct or one table, not both (2.8.7).
                    isGood =
                        hasIndirect && slots == 1 && !flags.contains(.next)
                        && walkTable(addr, len, &chain)
                } else {
                    isGood = chain.append(addr, len, isWritable: flags.contains(.write))
                }
            }
            cursor.advance(1, size: size)
            guard flags.contains(.next) else {
                chain.head = ChainHead(index: id, slots: slots, queue: number)
                break
            }
            // The driver makes a list's first descriptor available last. [VQ-D-022]
            guard slots < size, let next = availableFlags(cursor) else {
                throw breakQueue(.badList)
            }
            flags = next
        }
        avail = cursor
        slotsHeld &+= slots
        held &+= 1
        return isGood
    }

    /// Entries in their order; only WRITE is looked at.
    private func walkTable(_ start: GuestAddress, _ len: UInt32, _ chain: inout DescriptorChain)
        -> Bool
    {
        guard let table = IndirectTable(start, len: len, queueSize: size) else { return false }
        view.mark.enter()
        defer { view.mark.leave() }
        let regions = view.table
        var index = 0
        while index < table.count {
            guard let (addr, rest) = table.entry(index, regions) else { return false }
            let flags = PackedRing.DescriptorFlags(
                rawValue: UInt16(truncatingIfNeeded: rest >> 48))
            guard
                chain.append(
                    GuestAddress(addr), UInt32(truncatingIfNeeded: rest),
                    isWritable: flags.contains(.write))
            else { return false }
            index &+= 1
        }
        return true
    }

    private func breakQueue(_ error: QueueError) -> QueueError {
        isBroken = true
        return error
    }

    func push(_ head: ChainHead, written: UInt32) {
        guard !isBroken, head.queue == number else { return }
        precondition(held > 0 && slotsHeld >= head.slots, "a device gives each chain back once")
        held &-= 1
        slotsHeld &-= head.slots
        let at = Int(used.slot) &* 16
        descriptors.setWord(written, at &+ 8)
        descriptors.setWord(head.index, at &+ 12)
        var flags = PackedRing.DescriptorFlags.used(wrap: used.wrap)
        if written > 0 { flags.insert(.write) }
        descriptors.release(flags.rawValue, at &+ 14)
        used.advance(head.slots, size: size)
        pushed &+= UInt32(head.slots)
    }

    func needsInterrupt() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer { pushed = 0 }
        // The place is written before the flags that make it count.
        switch driverEvent.acquire(2) & 3 {
        case PackedRing.EventFlags.disable: return false
        case PackedRing.EventFlags.descriptor where hasEventIndex:
            let event = RingCursor(word: driverEvent.relaxed(0))
            return used.hasPassed(event, in: pushed, size: size)
        default: return true
        }
    }

    func suppressNotifications() {
        guard !hasEventIndex, !isSuppressed, !isBroken else { return }
        isSuppressed = true
        deviceEvent.release(PackedRing.EventFlags.disable, 2)
    }
}

/// The three areas of a packed ring, checked.
struct PackedAreas {
    let descriptors: RingArea
    let driverEvent: RingArea
    let deviceEvent: RingArea

    init(_ layout: QueueLayout, in memory: GuestMemory, pins: inout [GuestPin])
        throws(QueueError)
    {
        let size = layout.size
        guard size > 0, size <= QueueLayout.sizeMax else { throw .badSize }
        descriptors = try RingArea(
            layout.descriptorTable, count: PackedRing.descriptorRingSizeBytes(queueSize: size),
            alignment: PackedRing.descriptorRingAlignment, in: memory, pins: &pins)
        driverEvent = try RingArea(
            layout.availRing, count: PackedRing.eventSizeBytes,
            alignment: PackedRing.eventAlignment, in: memory, pins: &pins)
        deviceEvent = try RingArea(
            layout.usedRing, count: PackedRing.eventSizeBytes,
            alignment: PackedRing.eventAlignment, in: memory, pins: &pins)
    }
}
