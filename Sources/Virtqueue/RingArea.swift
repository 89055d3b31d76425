// One area of a ring as bytes of this process. It is checked and pinned once, when the queue is set
// up; after that offsets come from our own counters, bounded by the queue size. Words that the two
// sides use to order each other are atomics, everything else plain bytes ordered by them.

internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

@safe struct RingArea {
    private let base: UnsafeMutableRawPointer

    init(
        _ start: GuestAddress, count: Int, alignment: Int, in memory: GuestMemory,
        pins: inout [GuestPin]
    ) throws(QueueError) {
        guard start.rawValue % UInt64(alignment) == 0,
            let (range, pin) = try? memory.pinWhole(start, count: count),
            unsafe Int(bitPattern: range.baseAddress) % alignment == 0
        else { throw .badAddress }
        pins.append(pin)
        unsafe base = range.baseAddress
    }

    @inline(__always) private func atomic(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt16>> {
        // SAFETY: offsets are even and inside the area; Atomic<UInt16> has the layout of UInt16.
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt16>.self)
    }

    @inline(__always) func relaxed(_ offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: atomic(offset).pointee.load(ordering: .relaxed))
    }

    @inline(__always) func acquire(_ offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: atomic(offset).pointee.load(ordering: .acquiring))
    }

    @inline(__always) func setRelaxed(_ value: UInt16, _ offset: Int) {
        unsafe atomic(offset).pointee.store(value.littleEndian, ordering: .relaxed)
    }

    @inline(__always) func release(_ value: UInt16, _ offset: Int) {
        unsafe atomic(offset).pointee.store(value.littleEndian, ordering: .releasing)
    }

    @inline(__always) func word<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> T {
        // SAFETY: callers bound their index, so the word lies inside the checked area.
        unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    @inline(__always)
    func setWord<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, _ offset: Int) {
        // SAFETY: as in word.
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
}

extension RingArea {
    /// The two halves of the descriptor in a slot, each read once.
    @inline(__always) func halves(_ slot: UInt16) -> (UInt64, UInt64) {
        let at = Int(slot) &* 16
        return (word(at), word(at &+ 8))
    }

    /// A split ring's descriptor; each field is read once.
    @inline(__always) func splitDescriptor(_ index: UInt16) -> SplitRing.Descriptor {
        let (addr, rest) = halves(index)
        return SplitRing.Descriptor(addr, rest)
    }

    func set(_ descriptor: SplitRing.Descriptor, _ index: UInt16) {
        let at = Int(index) * SplitRing.Descriptor.sizeBytes
        setWord(descriptor.addr.rawValue, at)
        setWord(descriptor.len, at + 8)
        setWord(descriptor.flags.rawValue, at + 12)
        setWord(descriptor.next, at + 14)
    }

    /// Where the flags of a packed ring's slot lie.
    @inline(__always) static func flagsOffset(_ slot: UInt16) -> Int { Int(slot) &* 16 &+ 14 }
}

extension SplitRing {
    /// Where the parts of the available and the used ring lie.
    static let flagsOffset = 0
    static let indexOffset = 2
    static func usedEventOffset(_ size: UInt16) -> Int { 4 + 2 * Int(size) }
    static func availEventOffset(_ size: UInt16) -> Int { 4 + 8 * Int(size) }
}

extension SplitRing.Descriptor {
    /// From the two halves of a descriptor.
    @inline(__always) init(_ addr: UInt64, _ rest: UInt64) {
        self.init(
            addr: GuestAddress(addr), len: UInt32(truncatingIfNeeded: rest),
            flags: SplitRing.DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: rest >> 32)),
            next: UInt16(truncatingIfNeeded: rest >> 48))
    }

    @inline(__always) var segment: GuestSegment { GuestSegment(start: addr, count: len) }
}

extension SplitRing.DescriptorFlags {
    /// What says how a chain goes on.
    @inline(__always) var kind: Self { intersection([.next, .write, .indirect]) }
    /// A table that ends its chain; WRITE means nothing. [VQ-D-014]
    @inline(__always) var isTable: Bool { intersection([.next, .indirect]) == .indirect }
}

extension GuestSegment {
    /// From the two halves of a descriptor of either ring.
    @inline(__always) init(_ addr: UInt64, _ rest: UInt64) {
        self.init(start: GuestAddress(addr), count: UInt32(truncatingIfNeeded: rest))
    }
}
