// The device's side of a packed ring (virtio 1.4, 2.8). Chains are taken in ring order and given
// back in the order of completion, each as one descriptor at our own cursor.

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

/// Lives at one address, which its queue owns: a class would count references and check accesses.
struct PackedDeviceRing: ~Copyable {
    private let setup: DeviceRingSetup
    private var descriptors: RingArea { @inline(__always) get { setup.areas.descriptors } }
    private var driverEvent: RingArea { @inline(__always) get { setup.areas.driver } }
    private var deviceEvent: RingArea { @inline(__always) get { setup.areas.device } }
    private var size: UInt16 { @inline(__always) get { setup.size } }

    private var avail: RingCursor
    private var used: RingCursor
    private(set) var held = 0
    /// Slots of the chains that we hold.
    private var slotsHeld: UInt16 = 0
    /// Slots given back since the driver's wish for an interrupt was last looked up.
    private(set) var pushed: UInt32 = 0
    private var armed: RingCursor?
    private var isSuppressed = false
    /// As in a split ring.
    var isPolled = false
    private(set) var badChains: UInt64 = 0
    private(set) var isBroken = false

    init(_ setup: DeviceRingSetup, _ position: QueuePosition) throws(QueueError) {
        avail = RingCursor(word: UInt16(truncatingIfNeeded: position.rawValue))
        used = RingCursor(word: UInt16(truncatingIfNeeded: position.rawValue >> 16))
        guard avail.slot < setup.size, used.slot < setup.size else { throw .badPosition }
        self.setup = setup
    }

    var position: QueuePosition {
        QueuePosition(rawValue: UInt32(avail.word) | UInt32(used.word) << 16)
    }

    /// Static, so that the queue's own `pop` is a jump.
    @unsafe @inline(never)
    static func pop(_ ring: UnsafeMutablePointer<Self>, into chain: inout DescriptorChain)
        throws(QueueError) -> Bool
    {
        switch try unsafe ring.pointee.take(&chain) {
        case .none: false
        case .good: true
        case .bad: try unsafe ring.pointee.popPastBad(&chain)
        }
    }

    /// As in a split ring: bounded, however many bad chains there are.
    @inline(never)
    private mutating func popPastBad(_ chain: inout DescriptorChain) throws(QueueError) -> Bool {
        refuse(chain.head)
        for _ in 1..<size {
            switch try take(&chain) {
            case .none: return false
            case .good: return true
            case .bad: refuse(chain.head)
            }
        }
        return false
    }

    private mutating func refuse(_ head: ChainHead) {
        badChains &+= 1
        push(head, written: 0)
    }

    @inline(__always)
    private mutating func take(_ chain: inout DescriptorChain) throws(QueueError) -> Taken {
        guard !isBroken, !setup.view.hasLostFile else { throw whyBroken() }
        // Slots that we hold are not the driver's to offer; walk tells.
        var flags = flags(at: avail)
        if !avail.finds(flags) {
            guard let late = findMore() else { return .none }
            flags = late
        }
        return try walk(&chain, firstFlags: flags) ? .good : .bad
    }

    var hasMore: Bool { !isBroken && !setup.view.hasLostFile && avail.finds(flags(at: avail)) }

    /// The rest of the descriptor is read after its flags.
    @inline(__always)
    private func flags(at cursor: RingCursor) -> PackedRing.DescriptorFlags {
        PackedRing.DescriptorFlags(
            rawValue: descriptors.acquire(RingArea.flagsOffset(cursor.slot)))
    }

    @inline(never)
    private mutating func findMore() -> PackedRing.DescriptorFlags? {
        guard setup.hasEventIndex ? armed != avail : isSuppressed, !isPolled else { return nil }
        armed = avail
        isSuppressed = false
        if setup.hasEventIndex {
            deviceEvent.setRelaxed(avail.word, 0)
            deviceEvent.release(PackedRing.EventFlags.descriptor, 2)
        } else {
            deviceEvent.release(PackedRing.EventFlags.enable, 2)
        }
        // As in a split ring: ask, then look again.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let flags = flags(at: avail)
        return avail.finds(flags) ? flags : nil
    }

    /// Reads the list at the cursor and moves behind it; false when it is malformed, but its end
    /// and with it its buffer id are known.
    @inline(__always)
    private mutating func walk(
        _ chain: inout DescriptorChain, firstFlags: PackedRing.DescriptorFlags
    ) throws(QueueError) -> Bool {
        let (addr, rest) = descriptors.halves(avail.slot)
        let first = GuestSegment(addr, rest)
        if firstFlags.kind == .next, size &- slotsHeld >= 2 {
            var cursor = avail
            cursor.advance(1, size: size)
            let flags = flags(at: cursor)
            if cursor.finds(flags), flags.kind == .write {
                let (addr, rest) = descriptors.halves(cursor.slot)
                cursor.advance(1, size: size)
                hold(&chain, id: rest, slots: 2, until: cursor)
                return chain.set(first, GuestSegment(addr, rest))
            }
        } else if firstFlags.isTable, setup.hasIndirect, size != slotsHeld,
            first.count == IndirectTable.pairBytes
        {
            let regions = setup.view.enter()
            defer { setup.view.leave() }
            if let (first, second) = IndirectTable.packedPair(first.start, regions) {
                var cursor = avail
                cursor.advance(1, size: size)
                hold(&chain, id: rest, slots: 1, until: cursor)
                return chain.set(first, second)
            }
        }
        return try walkAll(&chain, firstFlags: firstFlags)
    }

    /// Takes a list whose last descriptor has been read: its second half names the buffer.
    @inline(__always)
    private mutating func hold(
        _ chain: inout DescriptorChain, id rest: UInt64, slots: UInt16, until cursor: RingCursor
    ) {
        let id = UInt16(truncatingIfNeeded: rest >> 32)
        chain.head = ChainHead(index: id, slots: slots, queue: setup.queue)
        avail = cursor
        slotsHeld &+= slots
        held &+= 1
    }

    /// Any list. It starts over, with copies of its own: what was read before is not used, but for
    /// the first flags.
    @inline(never)
    private mutating func walkAll(
        _ chain: inout DescriptorChain, firstFlags: PackedRing.DescriptorFlags
    ) throws(QueueError) -> Bool {
        chain.begin()
        var cursor = avail
        var flags = firstFlags
        var isGood = true
        var slots: UInt16 = 0
        while true {
            slots &+= 1
            guard slots &+ slotsHeld <= size else {
                throw breakQueue(slots > size ? .badList : .overrun)
            }
            let (addr, rest) = descriptors.halves(cursor.slot)
            let segment = GuestSegment(addr, rest)
            if isGood {
                if flags.contains(.indirect) {
                    // A list is direct or one table, not both (2.8.7).
                    isGood =
                        setup.hasIndirect && slots == 1 && !flags.contains(.next)
                        && walkTable(segment, &chain)
                } else {
                    isGood = chain.append(segment, isWritable: flags.contains(.write))
                }
            }
            cursor.advance(1, size: size)
            guard flags.contains(.next) else {
                hold(&chain, id: rest, slots: slots, until: cursor)
                return isGood
            }
            // The driver makes a list's first descriptor available last. [VQ-D-022]
            flags = self.flags(at: cursor)
            guard slots < size, cursor.finds(flags) else {
                throw breakQueue(.badList)
            }
        }
    }

    /// Entries in their order; only WRITE is looked at.
    private mutating func walkTable(_ place: GuestSegment, _ chain: inout DescriptorChain) -> Bool {
        let regions = setup.view.enter()
        defer { setup.view.leave() }
        guard let table = IndirectTable(place, queueSize: size, regions) else { return false }
        var index = 0
        repeat {
            guard let (addr, rest) = table.entry(index) else { return false }
            let flags = PackedRing.DescriptorFlags(
                rawValue: UInt16(truncatingIfNeeded: rest >> 48))
            guard
                chain.append(GuestSegment(addr, rest), isWritable: flags.contains(.write))
            else { return false }
            index &+= 1
        } while index < table.count
        return true
    }

    @inline(never)
    private mutating func whyBroken() -> QueueError { isBroken ? .broken : breakQueue(.fileLost) }

    private mutating func breakQueue(_ error: QueueError) -> QueueError {
        isBroken = true
        return error
    }

    @inline(__always)
    mutating func push(_ head: ChainHead, written: UInt32) {
        guard !isBroken, !setup.view.hasLostFile, head.queue == setup.queue else { return }
        precondition(slotsHeld >= head.slots, "a device gives each chain back once")
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

    mutating func needsInterrupt() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer { pushed = 0 }
        // The place is written before the flags that make it count.
        switch driverEvent.acquire(2) & 3 {
        case PackedRing.EventFlags.disable: return false
        case PackedRing.EventFlags.descriptor where setup.hasEventIndex:
            let event = RingCursor(word: driverEvent.relaxed(0))
            return used.hasPassed(event, in: pushed, size: size)
        default: return true
        }
    }

    mutating func suppressNotifications() {
        guard !setup.hasEventIndex, !isSuppressed, !isBroken else { return }
        isSuppressed = true
        deviceEvent.release(PackedRing.EventFlags.disable, 2)
    }
}

extension PackedRing.DescriptorFlags {
    /// What says how a list goes on.
    @inline(__always) var kind: Self { intersection([.next, .write, .indirect]) }
    /// A table that ends its list; WRITE means nothing. [VQ-D-014]
    @inline(__always) var isTable: Bool { intersection([.next, .indirect]) == .indirect }
}
