// Reading what was appended, for owners that keep a buffer in a class: a span of it could not leave
// the access.

extension WireBuffer {
    /// The message at the front of the buffer.
    public borrowing func decode<M: WireMessage>(_ type: M.Type = M.self) throws(WireError) -> M {
        try M(bytes)
    }

    public borrowing func u32(at offset: Int) -> UInt32 { bytes.u32(at: offset) }
    public borrowing func u64(at offset: Int) -> UInt64 { bytes.u64(at: offset) }

    /// A copy of everything appended so far.
    public borrowing func array() -> [UInt8] {
        let bytes = self.bytes
        return (0..<bytes.byteCount).map { bytes.u8(at: $0) }
    }
}
