// Tables: structures of one size, one after the other, such as the entries behind ATTACH_BACKING.
// Invariant: 0 <= offset <= byteCount, so that the one comparison cannot overflow.

/// Records of one size that lie one after the other, read at one comparison each: as fast as by a
/// cast in C.
public struct WireRecords: ~Escapable {
    @usableFromInline let bytes: RawSpan
    @usableFromInline let sizeBytes: Int
    /// Where the next record begins.
    @usableFromInline var offset = 0

    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, sizeBytes: Int) {
        precondition(sizeBytes > 0, "a record has a size")
        self.bytes = bytes
        self.sizeBytes = sizeBytes
    }

    /// The next record, or nil when fewer than `sizeBytes` bytes are left.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public mutating func next() -> RawSpan? {
        guard bytes.byteCount &- offset >= sizeBytes else { return nil }
        let start = offset
        offset &+= sizeBytes
        // SAFETY: the guard keeps the record inside the span.
        return unsafe bytes.extracting(unchecked: start..<offset)
    }
}
