// The regions of a guest as a copy sees them: one flat block, sorted by address, never changed once
// it is published. Translation touches nothing else and allocates nothing.

internal import LinuxSystem
internal import VirtioWire

/// A published table, valid inside one section of its guest memory's readers.
@safe struct RegionTable {
    typealias Pointer = UnsafeMutablePointer<Entry>

    /// The first entry of a block holds the count of those behind it in `start`.
    @safe struct Entry {
        let start: UInt64
        let size: UInt64
        let base: UnsafeMutableRawPointer?
    }

    private let entries: Pointer
    private let count: Int

    @unsafe @inline(__always) init(_ pointer: Pointer) {
        // SAFETY: `make` wrote the block; who publishes it frees it after the last reader.
        unsafe entries = pointer + 1
        count = unsafe Int(truncatingIfNeeded: pointer.pointee.start)
    }

    static func make(_ sorted: [HeldRegion]) -> Pointer {
        let block = Pointer.allocate(capacity: sorted.count + 1)
        unsafe block.initialize(to: Entry(start: UInt64(sorted.count), size: 0, base: nil))
        for (index, held) in sorted.enumerated() {
            let start = held.region.start.rawValue
            unsafe (block + 1 + index).initialize(
                to: Entry(
                    start: start, size: UInt64(held.region.memory.sizeBytes),
                    base: held.region.memory.baseAddress))
        }
        return unsafe block
    }

    static func free(_ block: Pointer) { unsafe block.deallocate() }

    /// The host address of `address` and how many bytes from there on its region holds; nil when
    /// no region does.
    @inline(__always)
    func find(_ address: UInt64) -> (base: UnsafeMutableRawPointer, left: UInt64)? {
        // Most guests have one region with nearly all of their memory: no search for the first.
        if count > 0, case let entry = unsafe entries[0], address &- entry.start < entry.size,
            let base = unsafe entry.base
        {
            let offset = address &- entry.start
            return unsafe (base + Int(truncatingIfNeeded: offset), entry.size &- offset)
        }
        return unsafe search(address)
    }

    @inline(never)
    private func search(_ address: UInt64) -> (base: UnsafeMutableRawPointer, left: UInt64)? {
        var low = 1
        var high = count
        while low < high {
            let middle = (low &+ high) >> 1
            // SAFETY: middle < count.
            let entry = unsafe entries[middle]
            if address < entry.start {
                high = middle
            } else if address &- entry.start >= entry.size {
                low = middle &+ 1
            } else {
                guard let base = unsafe entry.base else { return nil }
                // The offset is below the region's size, which is an Int.
                let offset = Int(truncatingIfNeeded: address &- entry.start)
                return unsafe (base + offset, entry.size &- (address &- entry.start))
            }
        }
        return nil
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
