internal import LinuxSystem
public import VirtioWire

/// A stretch of guest-physical memory.
public struct GuestSegment: Hashable, Sendable {
    public var start: GuestAddress
    public var count: UInt32

    public init(start: GuestAddress, count: UInt32) {
        self.start = start
        self.count = count
    }
}

/// The segments of one direction of a chain, in order. Short lists, which is what drivers send,
/// allocate nothing.
public struct SegmentList: Sendable {
    private static let inlineCount = 4
    private var head: InlineArray<4, GuestSegment>
    private var tail: [GuestSegment] = []
    public private(set) var count = 0
    /// Sum of all segments.
    public private(set) var byteCount: UInt64 = 0

    public init() {
        head = InlineArray(repeating: GuestSegment(start: GuestAddress(0), count: 0))
    }

    public init(_ segments: [GuestSegment]) {
        self.init()
        for segment in segments { append(segment) }
    }

    public subscript(index: Int) -> GuestSegment {
        precondition(index < count, "index past the list")
        return index < Self.inlineCount ? head[index] : tail[index - Self.inlineCount]
    }

    public mutating func append(_ segment: GuestSegment) {
        if count < Self.inlineCount { head[count] = segment } else { tail.append(segment) }
        count += 1
        byteCount += UInt64(segment.count)
    }
}

extension GuestMemory {
    /// Copies up to `limit` bytes of the segments, from `offset` on, to the end of `buffer`.
    /// Returns how many; less than asked for only where the list is shorter.
    public func gather(
        _ segments: SegmentList, offset: UInt64 = 0, limit: Int, into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        var skip = offset
        var left = UInt64(max(0, min(limit, buffer.capacity - buffer.count)))
        var copied = 0
        for index in 0..<segments.count where left > 0 {
            let segment = segments[index]
            let size = UInt64(segment.count)
            guard skip < size else {
                skip -= size
                continue
            }
            guard let start = segment.start.advanced(by: skip) else { throw .overflow }
            let take = min(left, size - skip)
            skip = 0
            try forEachPiece(start, count: take) { piece in
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

    /// Copies `bytes` into the segments from their first byte on; what does not fit is cut.
    /// Returns how many bytes were written.
    public func scatter(_ bytes: RawSpan, to segments: SegmentList) throws(GuestMemoryError)
        -> UInt32
    {
        var written = 0
        for index in 0..<segments.count where written < bytes.byteCount {
            let segment = segments[index]
            let take = min(Int(segment.count), bytes.byteCount - written)
            try forEachPiece(segment.start, count: UInt64(take)) { piece in
                let part = bytes.extracting(written..<(written + piece.sizeBytes))
                unsafe part.withUnsafeBytes { source in
                    guard let start = source.baseAddress else { return }
                    // SAFETY: `part` is as long as the mapped piece.
                    unsafe piece.baseAddress.copyMemory(from: start, byteCount: source.count)
                }
                written += piece.sizeBytes
            }
        }
        return UInt32(written)
    }

    /// Copies the buffer's bytes into the segments; see ``scatter(_:to:)-(RawSpan,_)``.
    public func scatter(_ buffer: borrowing WireBuffer, to segments: SegmentList)
        throws(GuestMemoryError) -> UInt32
    {
        try scatter(buffer.bytes, to: segments)
    }
}
