// Copies of a few dozen bytes, which is what requests and responses are, without a call.

extension UnsafeMutableRawPointer {
    /// Copies `count` bytes that do not overlap; 16 to 64 of them in line, by two or four moves that
    /// may cover some bytes twice.
    @unsafe @inlinable @inline(__always)
    public func copyShort(from source: UnsafeRawPointer, count: Int) {
        typealias Part = SIMD16<UInt8>
        guard count >= 16, count <= 64 else {
            return unsafe copyMemory(from: source, byteCount: count)
        }
        // SAFETY: each part lies within the first `count` bytes, at any alignment.
        let first = unsafe source.loadUnaligned(as: Part.self)
        let last = unsafe source.loadUnaligned(fromByteOffset: count &- 16, as: Part.self)
        if count > 32 {
            let second = unsafe source.loadUnaligned(fromByteOffset: 16, as: Part.self)
            let third = unsafe source.loadUnaligned(fromByteOffset: count &- 32, as: Part.self)
            unsafe storeBytes(of: second, toByteOffset: 16, as: Part.self)
            unsafe storeBytes(of: third, toByteOffset: count &- 32, as: Part.self)
        }
        unsafe storeBytes(of: first, as: Part.self)
        unsafe storeBytes(of: last, toByteOffset: count &- 16, as: Part.self)
    }
}
