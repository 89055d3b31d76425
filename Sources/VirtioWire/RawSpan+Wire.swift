// Little-endian loads at any alignment: the one place where foreign bytes become numbers.
// Invariant: an offset outside the span is our bug and stops the program before the load.

extension RawSpan {
    @inlinable public func u8(at offset: Int) -> UInt8 { load(at: offset) }
    @inlinable public func u16(at offset: Int) -> UInt16 { load(at: offset) }
    @inlinable public func u32(at offset: Int) -> UInt32 { load(at: offset) }
    @inlinable public func u64(at offset: Int) -> UInt64 { load(at: offset) }
    @inlinable public func i32(at offset: Int) -> Int32 { load(at: offset) }
    @inlinable public func i64(at offset: Int) -> Int64 { load(at: offset) }

    /// The records of `sizeBytes` bytes that lie one after the other, without a shorter rest.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func records(sizeBytes: Int) -> WireRecords {
        WireRecords(self, sizeBytes: sizeBytes)
    }

    /// The length guard with which every decoder begins.
    @inlinable
    public func require(byteCount needed: Int) throws(WireError) {
        guard byteCount >= needed else {
            throw WireError(kind: .truncated, offset: byteCount)
        }
    }

    @inlinable @inline(__always)
    func load<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> T {
        precondition(
            offset >= 0 && offset <= byteCount - MemoryLayout<T>.size,
            "a decoder reads past the length that it has guarded")
        // SAFETY: the precondition keeps the load inside the span; every bit pattern is a T.
        return T(
            littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
    }
}
