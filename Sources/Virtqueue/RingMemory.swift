// The three areas of a split ring as the device and the driver touch them (virtio 1.4, 2.7).
// Areas are checked once, when the queue is set up; after that offsets come from our own counters,
// masked by the queue size.

internal import LinuxSystem
internal import Synchronization
public import VirtioWire

/// Where a split ring lies in guest memory.
public struct QueueLayout: Hashable, Sendable {
    /// A power of two, at most ``sizeMax``.
    public var size: UInt16
    public var descriptorTable: GuestAddress
    public var availRing: GuestAddress
    public var usedRing: GuestAddress
    public static let sizeMax: UInt16 = 32768

    public init(
        size: UInt16, descriptorTable: GuestAddress, availRing: GuestAddress,
        usedRing: GuestAddress
    ) {
        self.size = size
        self.descriptorTable = descriptorTable
        self.availRing = availRing
        self.usedRing = usedRing
    }
}

public enum QueueError: Error, Equatable, Sendable {
    /// Size 0, above the maximum, or not a power of two.
    case badSize
    /// A ring area is unaligned or not wholly inside one region of guest memory.
    case badAddress
    /// The driver's index ran further ahead than the queue is long.
    case indexJump
    /// A head in the available ring names no descriptor.
    case badHead
    /// The queue met one of the errors above and serves nothing until reset.
    case broken
}

/// Host views of the ring areas, checked.
struct RingMemory {
    let memory: GuestMemory
    let size: UInt16
    private let descriptors: MemoryRange
    private let avail: MemoryRange
    private let used: MemoryRange

    init(_ layout: QueueLayout, in memory: GuestMemory) throws(QueueError) {
        let size = layout.size
        guard size > 0, size <= QueueLayout.sizeMax, size & (size - 1) == 0 else { throw .badSize }
        self.memory = memory
        self.size = size
        descriptors = try Self.area(
            layout.descriptorTable, count: SplitRing.descriptorTableSizeBytes(queueSize: size),
            alignment: SplitRing.descriptorTableAlignment, in: memory)
        avail = try Self.area(
            layout.availRing, count: SplitRing.availRingSizeBytes(queueSize: size),
            alignment: SplitRing.availRingAlignment, in: memory)
        used = try Self.area(
            layout.usedRing, count: SplitRing.usedRingSizeBytes(queueSize: size),
            alignment: SplitRing.usedRingAlignment, in: memory)
    }

    private static func area(
        _ start: GuestAddress, count: Int, alignment: Int, in memory: GuestMemory
    ) throws(QueueError) -> MemoryRange {
        guard start.rawValue % UInt64(alignment) == 0,
            let range = try? memory.range(start, count: UInt64(count)),
            unsafe Int(bitPattern: range.baseAddress) % alignment == 0
        else { throw .badAddress }
        return range
    }

    // MARK: Words that both sides write

    private static func atomic(_ area: MemoryRange, _ offset: Int) -> UnsafeMutablePointer<
        Atomic<UInt16>
    > {
        // SAFETY: offsets are 0 or 2 into an area of at least 6 bytes, aligned to 2; Atomic<UInt16>
        // has the size and alignment of UInt16.
        unsafe (area.baseAddress + offset).assumingMemoryBound(to: Atomic<UInt16>.self)
    }

    private func load(_ area: MemoryRange, _ offset: Int, _ order: AtomicLoadOrder) -> UInt16 {
        switch order {
        case .acquiring:
            unsafe UInt16(
                littleEndian: Self.atomic(area, offset).pointee.load(ordering: .acquiring))
        case .relaxed:
            unsafe UInt16(
                littleEndian: Self.atomic(area, offset).pointee.load(ordering: .relaxed))
        }
    }

    private enum AtomicLoadOrder { case acquiring, relaxed }

    private func store(_ value: UInt16, _ area: MemoryRange, _ offset: Int) {
        unsafe Self.atomic(area, offset).pointee.store(value.littleEndian, ordering: .releasing)
    }

    var availFlags: UInt16 { load(avail, 0, .relaxed) }
    var availIndex: UInt16 { load(avail, 2, .acquiring) }
    var usedFlags: UInt16 { load(used, 0, .relaxed) }
    var usedIndex: UInt16 { load(used, 2, .acquiring) }
    func publish(availIndex: UInt16) { store(availIndex, avail, 2) }
    func publish(usedIndex: UInt16) { store(usedIndex, used, 2) }

    // MARK: Entries, plain bytes ordered by the indices above. Each field is read once.

    func descriptor(_ index: UInt16) -> SplitRing.Descriptor {
        precondition(index < size, "descriptor index is masked or checked by the caller")
        let at = Int(index) * SplitRing.Descriptor.sizeBytes
        return SplitRing.Descriptor(
            addr: GuestAddress(word(descriptors, at)), len: word(descriptors, at + 8),
            flags: SplitRing.DescriptorFlags(rawValue: word(descriptors, at + 12)),
            next: word(descriptors, at + 14))
    }

    func write(_ descriptor: SplitRing.Descriptor, at index: UInt16) {
        precondition(index < size, "descriptor index comes from the driver's free list")
        let at = Int(index) * SplitRing.Descriptor.sizeBytes
        setWord(descriptor.addr.rawValue, descriptors, at)
        setWord(descriptor.len, descriptors, at + 8)
        setWord(descriptor.flags.rawValue, descriptors, at + 12)
        setWord(descriptor.next, descriptors, at + 14)
    }

    func availHead(_ position: UInt16) -> UInt16 { word(avail, 4 + 2 * slot(position)) }

    func write(availHead head: UInt16, at position: UInt16) {
        setWord(head, avail, 4 + 2 * slot(position))
    }

    func used(_ position: UInt16) -> SplitRing.UsedElement {
        let at = 4 + SplitRing.UsedElement.sizeBytes * slot(position)
        return SplitRing.UsedElement(id: word(used, at), len: word(used, at + 4))
    }

    func write(_ element: SplitRing.UsedElement, at position: UInt16) {
        let at = 4 + SplitRing.UsedElement.sizeBytes * slot(position)
        setWord(element.id, used, at)
        setWord(element.len, used, at + 4)
    }

    private func slot(_ position: UInt16) -> Int { Int(position & (size - 1)) }

    private func word<T: FixedWidthInteger & BitwiseCopyable>(_ area: MemoryRange, _ offset: Int)
        -> T
    {
        // SAFETY: callers mask their index, so the entry lies inside the checked area.
        unsafe T(littleEndian: area.baseAddress.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    private func setWord<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T, _ area: MemoryRange, _ offset: Int
    ) {
        // SAFETY: as in word.
        unsafe area.baseAddress.storeBytes(
            of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
}
