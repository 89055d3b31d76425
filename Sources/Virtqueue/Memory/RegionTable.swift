// The regions of a guest as a copy sees them: one flat block, sorted by address, never changed once
// it is published. Translation touches nothing else and allocates nothing.

internal import LinuxSystem
internal import VirtioWire

/// A published table, valid inside one section of its guest memory's readers.
@safe struct RegionTable {
    private typealias Pointer = UnsafeMutablePointer<Entry>

    /// The first entry of a block holds the count of the table in `start`. The second is the region
    /// that is looked at first: the largest, where most addresses lie; one of no bytes when there
    /// is none. Behind them stands the table.
    @safe private struct Entry {
        let start: UInt64
        let size: UInt64
        let base: UnsafeMutableRawPointer
    }

    private static let headCount = 2
    private let block: Pointer

    /// - Parameter address: what ``make(_:)`` returned.
    @unsafe @inline(__always) init(at address: UInt) {
        // SAFETY: an allocated block is not at 0; who publishes it frees it after the last reader.
        unsafe block = Pointer(bitPattern: address).unsafelyUnwrapped
    }

    /// The address of a new block, as it is published.
    static func make(_ sorted: [HeldRegion]) -> UInt {
        let block = Pointer.allocate(capacity: sorted.count + headCount)
        let nothing = unsafe Entry(start: 0, size: 0, base: UnsafeMutableRawPointer(block))
        unsafe block.initialize(
            to: Entry(start: UInt64(sorted.count), size: 0, base: nothing.base))
        var largest = nothing
        for (index, held) in sorted.enumerated() {
            let entry = unsafe Entry(
                start: held.region.start.rawValue, size: UInt64(held.region.memory.sizeBytes),
                base: held.region.memory.baseAddress)
            if entry.size > largest.size { largest = entry }
            unsafe (block + headCount + index).initialize(to: entry)
        }
        unsafe (block + 1).initialize(to: largest)
        return UInt(bitPattern: block)
    }

    @unsafe static func free(_ address: UInt) {
        unsafe Pointer(bitPattern: address).unsafelyUnwrapped.deallocate()
    }

    /// Where `count` bytes from `address` on lie, when they lie in the largest region; nil says
    /// nothing of the others.
    @inline(__always)
    func findInLargest(_ address: UInt64, count: UInt64) -> UnsafeMutableRawPointer? {
        let offset = unsafe address &- block[1].start
        guard unsafe offset < block[1].size, unsafe count <= block[1].size &- offset else {
            return nil
        }
        // The offset is below the region's size, which is an Int.
        return unsafe block[1].base + Int(truncatingIfNeeded: offset)
    }

    /// The host address of `address` and how many bytes from there on its region holds, at least
    /// one; nil when no region does.
    func find(_ address: UInt64) -> (base: UnsafeMutableRawPointer, left: UInt64)? {
        var low = 0
        var high = unsafe Int(truncatingIfNeeded: block.pointee.start)
        while low < high {
            let middle = (low &+ high) >> 1
            // SAFETY: middle < count.
            let entry = unsafe block[middle &+ Self.headCount]
            if address < entry.start {
                high = middle
            } else if address &- entry.start >= entry.size {
                low = middle &+ 1
            } else {
                let offset = Int(truncatingIfNeeded: address &- entry.start)
                return unsafe (entry.base + offset, entry.size &- (address &- entry.start))
            }
        }
        return nil
    }

    /// Where `count` bytes from `address` on lie, when one region holds them all.
    func find(_ address: UInt64, count: UInt64) -> UnsafeMutableRawPointer? {
        if let base = unsafe findInLargest(address, count: count) { return unsafe base }
        guard let (base, left) = unsafe find(address), count <= left else { return nil }
        return unsafe base
    }

    func range(_ start: UInt64, count: UInt64) throws(GuestMemoryError) -> MemoryRange {
        guard !start.addingReportingOverflow(count).overflow else { throw .overflow }
        guard let (base, left) = unsafe find(start), count <= left else { throw .unmapped }
        // SAFETY: the region holds the bytes; count <= left, which is an Int.
        return unsafe MemoryRange(baseAddress: base, sizeBytes: Int(truncatingIfNeeded: count))
    }

    /// Calls `body` for each mapped piece of the stretch, in order; throws on reaching an unmapped
    /// byte, after the calls for those before it.
    @inline(__always)
    func forEachPiece(_ start: UInt64, count: UInt64, _ body: (MemoryRange) -> Void)
        throws(GuestMemoryError)
    {
        guard !start.addingReportingOverflow(count).overflow else { throw .overflow }
        var at = start
        var rest = count
        while rest > 0 {
            guard let (base, left) = unsafe find(at) else { throw .unmapped }
            let take = min(rest, left)
            // SAFETY: the region holds `take` bytes from here; a region's size is an Int.
            body(unsafe MemoryRange(baseAddress: base, sizeBytes: Int(truncatingIfNeeded: take)))
            at &+= take
            rest &-= take
        }
    }
}
