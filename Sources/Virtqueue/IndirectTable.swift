// Tables of descriptors outside the ring (virtio 1.4, 2.7.5.3 and 2.8.7). A table lies anywhere,
// may cross regions and may be rewritten while we walk it: each descriptor is copied once and only
// the copy is used.

internal import LinuxSystem
internal import VirtioWire

/// The entries of a table whose length has been checked.
struct IndirectTable {
    let start: GuestAddress
    let count: Int

    /// Nil when the length is no multiple of 16, nothing, or past the limit.
    @inline(__always) init?(_ start: GuestAddress, len: UInt32, queueSize: UInt16) {
        let count = Int(len / 16)
        guard len % 16 == 0, count > 0,
            count <= max(ChainLimits.indirectCountMax, Int(queueSize)),
            start.advanced(by: UInt64(len)) != nil
        else { return nil }
        self.start = start
        self.count = count
    }

    /// The two halves of an entry; nil when some byte of it is not mapped. `index < count`.
    @inline(__always)
    func entry(_ index: Int, _ table: RegionTable) -> (low: UInt64, high: UInt64)? {
        let at = start.rawValue &+ UInt64(truncatingIfNeeded: index) &* 16
        if let (base, left) = unsafe table.find(at), left >= 16 {
            // SAFETY: the region holds the 16 bytes.
            return unsafe (
                UInt64(littleEndian: base.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return entryAcrossRegions(at, table)
    }

    @inline(never)
    private func entryAcrossRegions(_ at: UInt64, _ table: RegionTable) -> (UInt64, UInt64)? {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in UInt64(0)..<16 {
            guard let (base, _) = unsafe table.find(at &+ index) else { return nil }
            let byte = UInt64(unsafe base.load(as: UInt8.self))
            if index < 8 { low |= byte << (8 * index) } else { high |= byte << (8 * (index - 8)) }
        }
        return (low, high)
    }
}
