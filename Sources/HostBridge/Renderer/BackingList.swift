internal import CVirglRenderer
public import LinuxSystem

/// Guest memory behind a resource: ranges that count as one, in order.
///
/// Also the array of iovec that virglrenderer borrows: it must stay where it is until detached.
@safe public final class BackingList: @unchecked Sendable {
    public let ranges: [MemoryRange]
    public let byteCount: UInt64
    let pointer: UnsafeMutablePointer<iovec>
    /// How many bytes come before each range.
    private let starts: [UInt64]
    /// Keeps the ranges mapped.
    private let owner: (any AnyObject & Sendable)?
    var count: Int { ranges.count }

    /// - Parameter owner: what keeps the ranges mapped; nil when the caller sees to that itself.
    public init(_ ranges: [MemoryRange], owner: (any AnyObject & Sendable)? = nil) {
        self.ranges = ranges
        self.owner = owner
        var starts: [UInt64] = []
        starts.reserveCapacity(ranges.count)
        var total: UInt64 = 0
        // SAFETY: one iovec for each range, freed in deinit.
        unsafe pointer = .allocate(capacity: max(1, ranges.count))
        for (index, range) in ranges.enumerated() {
            starts.append(total)
            // Ranges are mapped memory: a list of guest size would not reach 2^64.
            total &+= UInt64(range.sizeBytes)
            unsafe (pointer + index).initialize(
                to: iovec(iov_base: range.baseAddress, iov_len: range.sizeBytes))
        }
        self.starts = starts
        byteCount = total
    }

    deinit { unsafe pointer.deallocate() }

    /// Rows of a picture in the backing.
    public struct Rows: Equatable, Sendable {
        /// The first row's first byte.
        public var offset: UInt64
        /// Bytes from one row's beginning to the next one's.
        public var strideBytes: UInt64
        public var rowBytes: Int
        public var count: Int

        public init(offset: UInt64, strideBytes: UInt64, rowBytes: Int, count: Int) {
            self.offset = offset
            self.strideBytes = strideBytes
            self.rowBytes = rowBytes
            self.count = count
        }

        /// The first byte behind the last row; nil when no number can say it. The last row ends
        /// with its last pixel.
        public var end: UInt64? {
            guard count > 0, rowBytes >= 0 else { return offset }
            let (skipped, skipOverflow) = strideBytes.multipliedReportingOverflow(
                by: UInt64(count - 1))
            let (start, startOverflow) = offset.addingReportingOverflow(skipped)
            let (end, endOverflow) = start.addingReportingOverflow(UInt64(rowBytes))
            return skipOverflow || startOverflow || endOverflow ? nil : end
        }
    }

    public func holds(_ rows: Rows) -> Bool { rows.end.map { $0 <= byteCount } ?? false }

    /// Copies rows out of the backing, to `memory`, row by row `memoryStride` bytes apart. Returns
    /// false, and copies nothing, where either side does not hold them.
    public func read(_ rows: Rows, into memory: MemoryRange, memoryStride: Int) -> Bool {
        copy(rows, memory, memoryStride) { piece, mine in mine.copyBytes(from: piece) }
    }

    /// Copies rows into the backing; see ``read(_:into:memoryStride:)``.
    public func write(_ rows: Rows, from memory: MemoryRange, memoryStride: Int) -> Bool {
        copy(rows, memory, memoryStride) { piece, mine in piece.copyBytes(from: mine) }
    }

    /// The bytes of the rows where they lie in one piece.
    public func range(of rows: Rows) -> MemoryRange? {
        guard let end = rows.end, end <= byteCount, end > rows.offset else { return nil }
        let index = self.index(of: rows.offset)
        guard let offset = Int(exactly: rows.offset - starts[index]),
            let count = Int(exactly: end - rows.offset)
        else { return nil }
        return ranges[index].slice(offset: offset, count: count)
    }

    @inline(__always)
    private func copy(
        _ rows: Rows, _ memory: MemoryRange, _ memoryStride: Int,
        _ body: (_ piece: MemoryRange, _ mine: MemoryRange) -> Void
    ) -> Bool {
        guard rows.count > 0, rows.rowBytes > 0 else { return true }
        let inMemory = Rows(
            offset: 0, strideBytes: UInt64(max(0, memoryStride)), rowBytes: rows.rowBytes,
            count: rows.count)
        guard holds(rows), let memoryEnd = inMemory.end, memoryEnd <= UInt64(memory.sizeBytes)
        else { return false }
        // From here on all numbers are inside what both sides hold.
        var at = index(of: rows.offset)
        // Tight rows on both sides are one long row.
        let isTight =
            rows.strideBytes == UInt64(rows.rowBytes) && memoryStride == rows.rowBytes
        let (rowCount, rowBytes) =
            isTight ? (1, rows.rowBytes * rows.count) : (rows.count, rows.rowBytes)
        for row in 0..<rowCount {
            var offset = rows.offset + rows.strideBytes * UInt64(row)
            var mine = memoryStride * row
            var left = rowBytes
            while left > 0 {
                while offset - starts[at] >= UInt64(ranges[at].sizeBytes) { at += 1 }
                let inRange = Int(offset - starts[at])
                let take = min(left, ranges[at].sizeBytes - inRange)
                guard let piece = ranges[at].slice(offset: inRange, count: take),
                    let part = memory.slice(offset: mine, count: take)
                else { return false }
                body(piece, part)
                offset += UInt64(take)
                mine += take
                left -= take
            }
            // Rows may overlap where the stride is shorter than a row.
            if rows.strideBytes < UInt64(rowBytes) { at = index(of: rows.offset) }
        }
        return true
    }

    /// The range that holds the byte; the list is not empty.
    private func index(of offset: UInt64) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
