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

// The lists are inout to be passed as they lie; nothing is changed in them.
extension RegionTable {
    @inline(__always)
    func gather(
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
                skip -= size
                continue
            }
            guard let start = segment.start.advanced(by: skip) else { throw .overflow }
            let take = min(left, size - skip)
            skip = 0
            try forEachPiece(start.rawValue, count: take) { piece in
                // SAFETY: the body fills the whole of what it is given, from mapped bytes.
                unsafe buffer.withUnsafeAppend(count: piece.sizeBytes) { target in
                    unsafe target.copyMemory(
                        from: UnsafeRawBufferPointer(
                            start: piece.baseAddress, count: piece.sizeBytes))
                    return piece.sizeBytes
                }
                copied += piece.sizeBytes
            }
            left -= take
        }
        return copied
    }

    @inline(__always)
    func scatter(_ bytes: RawSpan, to segments: inout SegmentList) throws(GuestMemoryError)
        -> UInt32
    {
        var written = 0
        var index = 0
        while index < segments.count, written < bytes.byteCount {
            let segment = segments[index]
            index &+= 1
            let take = min(Int(segment.count), bytes.byteCount - written)
            try forEachPiece(segment.start.rawValue, count: UInt64(take)) { piece in
                let at = written
                unsafe bytes.withUnsafeBytes { source in
                    guard let start = source.baseAddress else { return }
                    // SAFETY: written + the piece's size is at most byteCount, by `take`.
                    unsafe piece.baseAddress.copyMemory(
                        from: start + at, byteCount: piece.sizeBytes)
                }
                written += piece.sizeBytes
            }
        }
        return UInt32(written)
    }
}
