internal import CVirglRenderer
internal import LinuxSystem

/// An array of iovec as virglrenderer borrows it: it must stay where it is until detached.
@safe final class BackingList {
    let ranges: [MemoryRange]
    let pointer: UnsafeMutablePointer<iovec>
    let byteCount: UInt64
    var count: Int { ranges.count }

    init(_ ranges: [MemoryRange]) {
        self.ranges = ranges
        byteCount = ranges.reduce(0) { $0 + UInt64($1.sizeBytes) }
        // SAFETY: one iovec for each range, freed in deinit.
        unsafe pointer = .allocate(capacity: max(1, ranges.count))
        for (index, range) in ranges.enumerated() {
            unsafe (pointer + index).initialize(
                to: iovec(iov_base: range.baseAddress, iov_len: range.sizeBytes))
        }
    }

    deinit { unsafe pointer.deallocate() }
}
