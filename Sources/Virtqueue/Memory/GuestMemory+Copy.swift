// Copies between a chain's segments and private bytes. A copy sees one table of regions; a segment
// that leaves them fails the copy, never the process.

internal import LinuxSystem
public import VirtioWire

extension GuestMemory {
    /// Copies up to `limit` bytes of the segments, from `offset` on, to the end of `buffer`.
    /// Returns how many; less than asked for only where the list is shorter.
    ///
    /// A device's own thread does better with ``DeviceQueue/gather(_:offset:limit:into:)``.
    public func gather(
        _ segments: SegmentList, offset: UInt64 = 0, limit: Int, into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        let entered = grace.enter()
        defer { grace.leave(entered) }
        var segments = segments
        let count = try table.gather(
            &segments, offset: offset, limit: limit, into: &buffer)
        guard !faults.isSet else { throw .fileLost }
        return count
    }

    /// Copies `bytes` into the segments from their first byte on; what does not fit is cut.
    /// Returns how many bytes were written.
    public func scatter(_ bytes: RawSpan, to segments: SegmentList) throws(GuestMemoryError)
        -> UInt32
    {
        let entered = grace.enter()
        defer { grace.leave(entered) }
        var segments = segments
        let count = try table.scatter(bytes, to: &segments)
        guard !faults.isSet else { throw .fileLost }
        return count
    }

    /// Copies the buffer's bytes into the segments; see ``scatter(_:to:)-(RawSpan,_)``.
    public func scatter(_ buffer: borrowing WireBuffer, to segments: SegmentList)
        throws(GuestMemoryError) -> UInt32
    {
        try scatter(buffer.bytes, to: segments)
    }
}

// The lists are inout to be passed as they lie; nothing is changed in them. What most chains need,
// bytes of the first segment in the largest region, is done in line; a loop elsewhere does everything.
extension RegionTable {
    @inline(__always)
    func gather(
        _ segments: inout SegmentList, offset: UInt64, limit: Int,
        into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        // An empty list has no bytes, whatever stands in `first`.
        let first = segments.first
        let free = buffer.capacity &- buffer.count
        let take = min(limit, free, Int(truncatingIfNeeded: segments.byteCount))
        if offset == 0, take > 0, take <= Int(first.count),
            let base = unsafe findInLargest(
                first.start.rawValue, count: UInt64(truncatingIfNeeded: take))
        {
            // SAFETY: the region holds `take` bytes.
            unsafe buffer.append(from: base, count: take)
            return take
        }
        return try gatherAll(&segments, offset: offset, limit: limit, into: &buffer)
    }

    @inline(never)
    private func gatherAll(
        _ segments: inout SegmentList, offset: UInt64, limit: Int,
        into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        var skip = offset
        var left = UInt64(max(0, min(limit, buffer.capacity - buffer.count)))
        var copied = 0
        var index = 0
        while index < segments.count, left > 0 {
            let segment = segments[index]
            index &+= 1
            let size = UInt64(segment.count)
            guard skip < size else {
                skip &-= size
                continue
            }
            guard let start = segment.start.advanced(by: skip) else { throw .overflow }
            let take = min(left, size &- skip)
            skip = 0
            if let base = unsafe find(start.rawValue, count: take) {
                // SAFETY: the region holds `take` bytes, which is at most `left`.
                unsafe buffer.append(from: base, count: Int(truncatingIfNeeded: take))
            } else {
                try gatherPieces(start.rawValue, count: take, into: &buffer)
            }
            copied &+= Int(truncatingIfNeeded: take)
            left &-= take
        }
        return copied
    }

    @inline(never)
    private func gatherPieces(_ start: UInt64, count: UInt64, into buffer: inout WireBuffer)
        throws(GuestMemoryError)
    {
        try forEachPiece(start, count: count) { piece in
            // SAFETY: the piece is mapped for its length.
            unsafe buffer.append(from: piece.baseAddress, count: piece.sizeBytes)
        }
    }

    @inline(__always)
    func scatter(_ bytes: RawSpan, to segments: inout SegmentList) throws(GuestMemoryError)
        -> UInt32
    {
        // SAFETY: the pointer is used inside the call only, and never past byteCount.
        return try unsafe bytes.withUnsafeBytes { source throws(GuestMemoryError) in
            let first = segments.first
            let take = min(source.count, Int(truncatingIfNeeded: segments.byteCount))
            if take > 0, take <= Int(first.count), let bytes = source.baseAddress,
                let base = unsafe findInLargest(
                    first.start.rawValue, count: UInt64(truncatingIfNeeded: take))
            {
                // SAFETY: the region holds `take` bytes, and so does the span.
                unsafe base.copyShort(from: bytes, count: take)
                return UInt32(truncatingIfNeeded: take)
            }
            return try unsafe scatterAll(source, to: &segments)
        }
    }

    @unsafe @inline(never)
    private func scatterAll(_ source: UnsafeRawBufferPointer, to segments: inout SegmentList)
        throws(GuestMemoryError) -> UInt32
    {
        guard let bytes = source.baseAddress else { return 0 }
        let total = source.count
        var written = 0
        var index = 0
        while index < segments.count, written < total {
            let segment = segments[index]
            index &+= 1
            let take = min(Int(segment.count), total &- written)
            if let base = unsafe find(
                segment.start.rawValue, count: UInt64(truncatingIfNeeded: take))
            {
                // SAFETY: the region holds `take` bytes; written + take <= total.
                unsafe base.copyMemory(from: bytes + written, byteCount: take)
            } else if take > 0 {
                try unsafe scatterPieces(bytes + written, take, to: segment.start.rawValue)
            }
            written &+= take
        }
        return UInt32(truncatingIfNeeded: written)
    }

    @unsafe @inline(never)
    private func scatterPieces(_ bytes: UnsafeRawPointer, _ count: Int, to start: UInt64)
        throws(GuestMemoryError)
    {
        var at = 0
        try forEachPiece(start, count: UInt64(count)) { piece in
            // SAFETY: the pieces are `count` bytes together.
            unsafe piece.baseAddress.copyMemory(from: bytes + at, byteCount: piece.sizeBytes)
            at &+= piece.sizeBytes
        }
    }
}
