// Names of one shard: an open table with linear probing. A UUID is random, so its own bits are
// the hash, and nobody can choose them. [ID-1]
//
// Readers that want a value and no reference take no lock. A writer, who has the shard's lock,
// makes `version` odd, changes slots, and makes it even again; a reader that saw one even version
// before and after has seen no change in between. Each word is atomic, stores release and loads
// acquire: so a reader that saw a word of a change sees its odd version, too. A table that was
// outgrown is kept as long as the domain, for readers may be in it; all of them together are
// smaller than the one in use.
// Invariant: at most half of the slots are taken, and no probe passes a free one.

internal import Synchronization
internal import VirtioWire

@safe struct NameTable: ~Copyable, Sendable {
    /// A free one has no high half.
    struct Slot: ~Copyable {
        let high = Atomic<UInt64>(0)
        let low = Atomic<UInt64>(0)
        /// Beside the name, so that asking for it does not touch the object.
        let sizeBytes = Atomic<UInt64>(0)
        /// A reference that counts.
        let object = Atomic<UInt>(0)
    }

    /// What stands before the slots of a table, as long as two of them.
    private struct Head: ~Copyable {
        /// The table that it took the place of.
        var outgrown: Root
        static let sizeBytes = 64
    }

    /// Where a table is and how many slots it has: one word, so that nobody sees half of it.
    private struct Root {
        var bits: UInt
        @inline(__always) var mask: Int { (1 << Int(truncatingIfNeeded: bits & 63)) - 1 }
        // SAFETY: made in `grow` only, from an address aligned to 64 that stays valid as long as
        // the table of names.
        @inline(__always) var slots: UnsafeMutablePointer<Slot> {
            unsafe UnsafeMutablePointer(bitPattern: bits & ~63).unsafelyUnwrapped
        }
        @inline(__always) var isNothing: Bool { bits == 0 }
    }

    enum Answer {
        case sizeBytes(UInt64)
        case unknown
        /// A writer was at it.
        case disturbed
    }

    private static let slotsMinLog2 = 4

    private let version = Atomic<UInt64>(0)
    private let root = Atomic<UInt>(0)
    private let count = Atomic<Int>(0)

    deinit {
        var root = Root(bits: root.load(ordering: .acquiring))
        while !root.isNothing {
            // SAFETY: nobody else has the table of names, and so none of its tables.
            unsafe root.slots.deinitialize(count: root.mask + 1)
            let start = unsafe UnsafeMutableRawPointer(root.slots) - Head.sizeBytes
            let head = unsafe start.assumingMemoryBound(to: Head.self)
            root = unsafe head.pointee.outgrown
            unsafe head.deinitialize(count: 1)
            unsafe start.deallocate()
        }
    }

    /// Low bits choose the shard; the slot comes from the ones above.
    @inline(__always) private static func home(_ low: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: low >> UInt64(Shard.countLog2)) & mask
    }

    /// The slot that has the name. A reader without the lock may get any answer while a writer is
    /// at it, but gets one after at most as many steps as there are slots.
    @inline(__always) private func find(_ uuid: ResourceUUID, _ root: Root) -> Int? {
        let (mask, slots) = unsafe (root.mask, root.slots)
        var index = Self.home(uuid.low, mask)
        for _ in 0...mask {
            // SAFETY: the mask keeps the index inside the table.
            let high = unsafe slots[index].high.load(ordering: .acquiring)
            // A version 4 UUID is never zero in its high half: that marks a free slot.
            if high == 0 { return nil }
            if high == uuid.high, unsafe slots[index].low.load(ordering: .acquiring) == uuid.low {
                return index
            }
            index = (index + 1) & mask
        }
        return nil
    }

    // MARK: Without the lock

    @inline(__always) func sizeBytes(of uuid: ResourceUUID) -> Answer {
        let before = version.load(ordering: .acquiring)
        guard before & 1 == 0 else { return .disturbed }
        let root = Root(bits: root.load(ordering: .acquiring))
        var answer = Answer.unknown
        if !root.isNothing, let index = find(uuid, root) {
            // SAFETY: `find` gives an index inside the table.
            answer = .sizeBytes(unsafe root.slots[index].sizeBytes.load(ordering: .acquiring))
        }
        return version.load(ordering: .relaxed) == before ? answer : .disturbed
    }

    // MARK: Under the lock

    private var current: Root { Root(bits: root.load(ordering: .relaxed)) }

    @inline(__always) subscript(_ uuid: ResourceUUID) -> SharedObject? {
        let root = current
        guard !root.isNothing, let index = find(uuid, root) else { return nil }
        // SAFETY: as in `sizeBytes`; a taken slot has a reference.
        return unsafe Self.object(root.slots[index].object.load(ordering: .relaxed))
            .takeUnretainedValue()
    }

    /// - Parameter bits: of a taken slot.
    @inline(__always) private static func object(_ bits: UInt) -> Unmanaged<SharedObject> {
        // SAFETY: a slot is given its object's address by `insert`, and no other.
        unsafe .fromOpaque(UnsafeRawPointer(bitPattern: bits).unsafelyUnwrapped)
    }

    /// False when the name is taken.
    @inline(__always) func insert(_ object: SharedObject, as uuid: ResourceUUID) -> Bool {
        var root = current
        let taken = count.load(ordering: .relaxed) + 1
        if root.isNothing || taken * 2 > root.mask + 1 { root = grow(root) }
        let (mask, slots) = unsafe (root.mask, root.slots)
        var index = Self.home(uuid.low, mask)
        while true {
            // SAFETY: the mask keeps the index inside the table, and every other slot is free.
            let high = unsafe slots[index].high.load(ordering: .relaxed)
            if high == 0 { break }
            if high == uuid.high, unsafe slots[index].low.load(ordering: .relaxed) == uuid.low {
                return false
            }
            index = (index + 1) & mask
        }
        count.store(taken, ordering: .relaxed)
        let reference = UInt(bitPattern: unsafe Unmanaged.passRetained(object).toOpaque())
        let since = beginChange()
        unsafe Self.set(slots[index], uuid.high, uuid.low, object.sizeBytes, reference)
        endChange(since)
        return true
    }

    @inline(__always) private func beginChange() -> UInt64 {
        let since = version.load(ordering: .relaxed)
        version.store(since &+ 1, ordering: .relaxed)
        return since
    }

    @inline(__always) private func endChange(_ since: UInt64) {
        version.store(since &+ 2, ordering: .releasing)
    }

    private static func place(
        _ high: UInt64, _ low: UInt64, _ sizeBytes: UInt64, _ object: UInt, in root: Root
    ) {
        let (mask, slots) = unsafe (root.mask, root.slots)
        var index = home(low, mask)
        // SAFETY: the mask keeps the index inside the table, and every other slot is free.
        while unsafe slots[index].high.load(ordering: .relaxed) != 0 { index = (index + 1) & mask }
        unsafe set(slots[index], high, low, sizeBytes, object)
    }

    @inline(__always) private static func set(
        _ slot: borrowing Slot, _ high: UInt64, _ low: UInt64, _ sizeBytes: UInt64, _ object: UInt
    ) {
        slot.object.store(object, ordering: .releasing)
        slot.sizeBytes.store(sizeBytes, ordering: .releasing)
        slot.low.store(low, ordering: .releasing)
        slot.high.store(high, ordering: .releasing)
    }

    /// A table of twice as many slots; readers see it when it is complete.
    private func grow(_ old: Root) -> Root {
        let log2 = old.isNothing ? Self.slotsMinLog2 : Int(old.bits & 63) + 1
        let slotCount = 1 << log2
        // SAFETY: as long as all that is initialized here; freed in deinit.
        let start = UnsafeMutableRawPointer.allocate(
            byteCount: Head.sizeBytes + slotCount * MemoryLayout<Slot>.stride, alignment: 64)
        unsafe start.initializeMemory(as: Head.self, to: Head(outgrown: old))
        let slots = unsafe (start + Head.sizeBytes).bindMemory(to: Slot.self, capacity: slotCount)
        for index in 0..<slotCount { unsafe (slots + index).initialize(to: Slot()) }
        let new = Root(bits: UInt(bitPattern: slots) | UInt(log2))
        forEachSlot(of: old) { slot in
            Self.place(
                slot.high.load(ordering: .relaxed), slot.low.load(ordering: .relaxed),
                slot.sizeBytes.load(ordering: .relaxed), slot.object.load(ordering: .relaxed),
                in: new)
        }
        let since = beginChange()
        root.store(new.bits, ordering: .releasing)
        endChange(since)
        return new
    }

    private func forEachSlot(of root: Root, _ body: (borrowing Slot) -> Void) {
        guard !root.isNothing else { return }
        for index in 0...root.mask {
            // SAFETY: inside the table.
            if unsafe root.slots[index].high.load(ordering: .relaxed) != 0 {
                unsafe body(root.slots[index])
            }
        }
    }

    /// Takes a name out and closes the gap: there are no marks of the dead to probe past.
    ///
    /// The caller has a reference to the object.
    @inline(__always) func remove(_ uuid: ResourceUUID) {
        let root = current
        guard !root.isNothing, var gap = find(uuid, root) else { return }
        let (mask, slots) = unsafe (root.mask, root.slots)
        count.store(count.load(ordering: .relaxed) - 1, ordering: .relaxed)
        let since = beginChange()
        // SAFETY: each index is inside the table.
        let object = unsafe slots[gap].object.load(ordering: .relaxed)
        var index = gap
        while true {
            index = (index + 1) & mask
            let high = unsafe slots[index].high.load(ordering: .relaxed)
            if high == 0 { break }
            let low = unsafe slots[index].low.load(ordering: .relaxed)
            // A name moves back when its home does not lie between the gap and itself.
            if (index - Self.home(low, mask)) & mask >= (index - gap) & mask {
                unsafe Self.set(
                    slots[gap], high, low, slots[index].sizeBytes.load(ordering: .relaxed),
                    slots[index].object.load(ordering: .relaxed))
                gap = index
            }
        }
        unsafe slots[gap].high.store(0, ordering: .releasing)
        endChange(since)
        unsafe Self.object(object).release()
    }

    var objects: [SharedObject] {
        var all: [SharedObject] = []
        forEachSlot(of: current) { slot in
            let bits = slot.object.load(ordering: .relaxed)
            unsafe all.append(Self.object(bits).takeUnretainedValue())
        }
        return all
    }
}
