// The device's side of a split ring (virtio 1.4, 2.7).

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

/// Lives at one address, which its queue owns: a class would count references and check accesses.
struct SplitDeviceRing: ~Copyable {
    private let setup: DeviceRingSetup
    private var descriptors: RingArea { @inline(__always) get { setup.areas.descriptors } }
    private var avail: RingArea { @inline(__always) get { setup.areas.driver } }
    private var used: RingArea { @inline(__always) get { setup.areas.device } }
    private var size: UInt16 { @inline(__always) get { setup.size } }

    private var nextAvail: UInt16
    /// The driver's index as last read: entries before it are ours to take.
    private var knownAvail: UInt16
    private var nextUsed: UInt16
    private(set) var held = 0
    /// Chains given back since the driver's wish for an interrupt was last looked up.
    private(set) var pushed: UInt32 = 0
    /// The index for which the driver was asked to notify us; nil before the first time.
    private var armed: UInt16?
    private var isSuppressed = false
    /// Somebody looks all the time: to find nothing asks for no notification.
    var isPolled = false
    private(set) var badChains: UInt64 = 0
    private(set) var isBroken = false

    init(_ setup: DeviceRingSetup, _ position: QueuePosition) throws(QueueError) {
        guard let start = UInt16(exactly: position.rawValue) else { throw .badPosition }
        self.setup = setup
        nextAvail = start
        knownAvail = start
        // A fresh ring has 0 here; one that was served before says how far that went.
        nextUsed = setup.areas.device.acquire(SplitRing.indexOffset)
    }

    var position: QueuePosition { QueuePosition(rawValue: UInt32(nextAvail)) }

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

    /// A driver that keeps refilling the ring with bad chains is not served for ever in one go.
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
        if knownAvail == nextAvail, try !findMore() { return .none }
        guard held < Int(size) else { throw breakQueue(.overrun) }
        let head: UInt16 = avail.word(4 &+ 2 &* Int(nextAvail & (size &- 1)))
        guard head < size else { throw breakQueue(.badHead) }
        nextAvail &+= 1
        held &+= 1
        chain.head = ChainHead(index: head, slots: 0, queue: setup.queue)
        return walk(&chain, head) ? .good : .bad
    }

    /// Looks at the driver's index; false when there is nothing, and the driver will then tell.
    @inline(never)
    private mutating func findMore() throws(QueueError) -> Bool {
        if try readIndex() { return true }
        guard setup.hasEventIndex ? armed != nextAvail : isSuppressed, !isPolled else {
            return false
        }
        armed = nextAvail
        isSuppressed = false
        if setup.hasEventIndex {
            used.setRelaxed(nextAvail, SplitRing.availEventOffset(size))
        } else {
            used.setRelaxed(0, SplitRing.flagsOffset)
        }
        // The driver publishes and then looks whether to notify; we ask to be notified and then
        // look again (2.7.7.2).
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return try readIndex()
    }

    var hasMore: Bool {
        !isBroken && !setup.view.hasLostFile && avail.acquire(SplitRing.indexOffset) != nextAvail
    }

    private mutating func readIndex() throws(QueueError) -> Bool {
        let index = avail.acquire(SplitRing.indexOffset)
        guard index &- nextAvail <= size else { throw breakQueue(.indexJump) }
        knownAvail = index
        return index != nextAvail
    }

    /// Reads the chain at its head; false when it loops, leaves the table, mixes directions or is
    /// too long.
    @inline(__always)
    private mutating func walk(_ chain: inout DescriptorChain, _ head: UInt16) -> Bool {
        let first = descriptors.splitDescriptor(head)
        if first.flags.kind == .next, first.next < size, first.next != head {
            let second = descriptors.splitDescriptor(first.next)
            if second.flags.kind == .write { return chain.set(first.segment, second.segment) }
        } else if setup.hasIndirect, first.flags.isTable, first.len == IndirectTable.pairBytes {
            let regions = setup.view.enter()
            defer { setup.view.leave() }
            if let (first, second) = IndirectTable.splitPair(first.addr, regions) {
                return chain.set(first, second)
            }
        }
        return walkAll(&chain, head)
    }

    /// Any chain. It starts over, with copies of its own: what was read before is not used.
    @inline(never)
    private mutating func walkAll(_ chain: inout DescriptorChain, _ head: UInt16) -> Bool {
        chain.begin()
        var index = head
        var left = size
        repeat {
            let descriptor = descriptors.splitDescriptor(index)
            guard !descriptor.flags.contains(.indirect) else {
                // The chain ends with its table (2.7.5.3.1).
                guard setup.hasIndirect, !descriptor.flags.contains(.next) else { return false }
                return walkTable(descriptor.segment, &chain)
            }
            guard
                chain.append(
                    descriptor.segment, isWritable: descriptor.flags.contains(.write))
            else { return false }
            guard descriptor.flags.contains(.next) else { return true }
            guard descriptor.next < size else { return false }
            index = descriptor.next
            left &-= 1
        } while left > 0
        return false
    }

    // WRITE on the referring descriptor means nothing. [VQ-D-014]
    private mutating func walkTable(_ place: GuestSegment, _ chain: inout DescriptorChain) -> Bool {
        let regions = setup.view.enter()
        defer { setup.view.leave() }
        guard let table = IndirectTable(place, queueSize: size, regions) else { return false }
        var index = 0
        var left = table.count
        repeat {
            guard let (addr, rest) = table.entry(index) else { return false }
            let entry = SplitRing.Descriptor(addr, rest)
            guard !entry.flags.contains(.indirect),
                chain.append(entry.segment, isWritable: entry.flags.contains(.write))
            else { return false }
            guard entry.flags.contains(.next) else { return true }
            index = Int(entry.next)
            left &-= 1
        } while left > 0 && index < table.count
        return false
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
        precondition(held > 0, "a device gives each chain back once")
        held &-= 1
        let at = 4 &+ 8 &* Int(nextUsed & (size &- 1))
        used.setWord(UInt64(head.index) | UInt64(written) << 32, at)
        nextUsed &+= 1
        used.release(nextUsed, SplitRing.indexOffset)
        pushed &+= 1
    }

    mutating func needsInterrupt() -> Bool {
        // The used index must be visible before the driver's wish is read (2.7.8.1).
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer { pushed = 0 }
        guard setup.hasEventIndex else { return avail.relaxed(SplitRing.flagsOffset) & 1 == 0 }
        let event = avail.relaxed(SplitRing.usedEventOffset(size))
        return UInt32(nextUsed &- event &- 1) < pushed
    }

    mutating func suppressNotifications() {
        // With EVENT_IDX an event index that is not moved on is all it takes. [VQ-D-019]
        guard !setup.hasEventIndex, !isSuppressed, !isBroken else { return }
        isSuppressed = true
        used.setRelaxed(1, SplitRing.flagsOffset)
    }
}
