// Tables of descriptors outside the ring (virtio 1.4, 2.7.5.3 and 2.8.7). A table lies anywhere,
// may cross regions and may be rewritten while we walk it: each descriptor is copied once and only
// the copy is used.

internal import LinuxSystem
internal import VirtioWire

/// The entries of a table whose length has been checked; valid inside one section of the regions.
@safe struct IndirectTable {
    let count: Int
    private let start: GuestAddress
    private let regions: RegionTable
    /// Where the whole table lies, when one region holds it.
    private let base: UnsafeMutableRawPointer?

    /// Nil when the length is no multiple of 16, nothing, or past the limit.
    @inline(__always)
    init?(_ place: GuestSegment, queueSize: UInt16, _ regions: RegionTable) {
        let len = UInt64(place.count)
        count = Int(truncatingIfNeeded: len / 16)
        guard len % 16 == 0, count > 0,
            count <= max(ChainLimits.indirectCountMax, Int(queueSize)),
            place.start.advanced(by: len) != nil
        else { return nil }
        start = place.start
        self.regions = regions
        unsafe base = regions.find(start.rawValue, count: len)
    }

    /// The two halves of an entry; nil when some byte of it is not mapped. `index < count`.
    @inline(__always)
    func entry(_ index: Int) -> (low: UInt64, high: UInt64)? {
        guard let base = unsafe base else { return entryByBytes(index) }
        // SAFETY: the region holds `count` entries.
        return unsafe (
            UInt64(
                littleEndian: base.loadUnaligned(fromByteOffset: index &* 16, as: UInt64.self)),
            UInt64(
                littleEndian: base.loadUnaligned(
                    fromByteOffset: index &* 16 &+ 8, as: UInt64.self))
        )
    }

    /// Of a table that lies in several regions.
    @inline(never)
    private func entryByBytes(_ index: Int) -> (low: UInt64, high: UInt64)? {
        let at = start.rawValue &+ UInt64(truncatingIfNeeded: index &* 16)
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in UInt64(0)..<16 {
            guard let (base, _) = unsafe regions.find(at &+ index) else { return nil }
            let byte = UInt64(unsafe base.load(as: UInt8.self))
            if index < 8 { low |= byte << (8 * index) } else { high |= byte << (8 * (index - 8)) }
        }
        return (low, high)
    }

    // MARK: Two entries

    /// Most requests are one readable and one writable buffer; their tables are read in line. Nil
    /// for every other table, good or bad.
    static let pairBytes: UInt32 = 32

    @inline(__always)
    static func splitPair(_ start: GuestAddress, _ regions: RegionTable)
        -> (GuestSegment, GuestSegment)?
    {
        guard let (a, b, c, d) = pair(start, regions) else { return nil }
        let first = SplitRing.Descriptor(a, b)
        let second = SplitRing.Descriptor(c, d)
        guard first.flags.kind == .next, first.next == 1, second.flags.kind == .write else {
            return nil
        }
        return (first.segment, second.segment)
    }

    @inline(__always)
    static func packedPair(_ start: GuestAddress, _ regions: RegionTable)
        -> (GuestSegment, GuestSegment)?
    {
        guard let (a, b, c, d) = pair(start, regions) else { return nil }
        let first = PackedRing.DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: b >> 48))
        let second = PackedRing.DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: d >> 48))
        guard !first.contains(.write), second.contains(.write) else { return nil }
        return (GuestSegment(a, b), GuestSegment(c, d))
    }

    @inline(__always)
    private static func pair(_ start: GuestAddress, _ regions: RegionTable)
        -> (UInt64, UInt64, UInt64, UInt64)?
    {
        guard let base = unsafe regions.findInLargest(start.rawValue, count: UInt64(pairBytes))
        else { return nil }
        // SAFETY: the region holds the 32 bytes.
        return unsafe (
            UInt64(littleEndian: base.loadUnaligned(as: UInt64.self)),
            UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        )
    }
}
