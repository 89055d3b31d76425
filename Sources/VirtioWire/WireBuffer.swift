// Where messages are encoded: an owned block of bytes that never grows.
// Invariant: count <= capacity, and the first `count` bytes are initialised.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The owner of a fixed capacity of bytes, filled from the front.
///
/// Appending never allocates. Appending past the capacity is our bug, not a guest's: whoever
/// makes the buffer knows the largest message that goes into it.
@safe
public struct WireBuffer: ~Copyable, @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer
    public let capacity: Int
    @usableFromInline var filled = 0
    @inlinable public var count: Int { filled }

    public init(capacity: Int) {
        precondition(capacity >= 0, "a buffer cannot have a negative capacity")
        // SAFETY: malloc gives `capacity` bytes that only this owner knows, until deinit.
        guard let base = unsafe malloc(max(capacity, 1)) else {
            preconditionFailure("no memory for a wire buffer")
        }
        unsafe self.base = base
        self.capacity = capacity
    }

    deinit {
        // SAFETY: `base` came from malloc and no span outlives its owner.
        unsafe free(base)
    }

    public var isEmpty: Bool { count == 0 }

    /// The bytes appended so far.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: the first `count` bytes are initialised, and live and still while borrowed.
            unsafe _overrideLifetime(
                RawSpan(_unsafeStart: base, byteCount: count), borrowing: self)
        }
    }

    @inlinable public mutating func removeAll() {
        filled = 0
    }

    /// Drops what comes after the first `newCount` bytes.
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "a buffer cannot be cut to more bytes")
        filled = newCount
    }

    public mutating func append(u8 value: UInt8) { append(integer: value) }
    public mutating func append(u16 value: UInt16) { append(integer: value) }
    public mutating func append(u32 value: UInt32) { append(integer: value) }
    public mutating func append(u64 value: UInt64) { append(integer: value) }
    public mutating func append(i32 value: Int32) { append(integer: value) }
    public mutating func append(i64 value: Int64) { append(integer: value) }

    public mutating func append(zeros zeroCount: Int) {
        unsafe withUnsafeAppend(count: zeroCount) { free in
            // SAFETY: `free` is writable for its whole length.
            unsafe free.initializeMemory(as: UInt8.self, repeating: 0).count
        }
    }

    public mutating func append(_ bytes: RawSpan) {
        unsafe withUnsafeAppend(count: bytes.byteCount) { free in
            // SAFETY: both sides are `bytes.byteCount` long, and `free` is ours alone.
            unsafe bytes.withUnsafeBytes { source in unsafe free.copyMemory(from: source) }
            return bytes.byteCount
        }
    }

    public mutating func append(contentsOf bytes: [UInt8]) {
        // SAFETY: a span over an array's bytes is valid while the array is borrowed.
        append(unsafe bytes.span.bytes)
    }

    public mutating func append<M: WireMessage>(_ message: M) {
        let start = count
        message.encode(to: &self)
        assert(count - start == M.sizeBytes, "a message's encoder writes its size in bytes")
    }

    /// Replaces four bytes that were appended before.
    public mutating func store(u32 value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset <= count - 4, "only appended bytes can be replaced")
        // SAFETY: the precondition keeps the store inside the initialised bytes.
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Appends what `body` writes: it gets `count` free bytes, fills a prefix of them and returns
    /// that prefix's length.
    ///
    /// Unsafe because `body` must initialise the prefix that it reports and keep no pointer.
    @unsafe
    public mutating func withUnsafeAppend(
        count freeCount: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) {
        precondition(
            freeCount >= 0 && freeCount <= capacity - count,
            "a wire buffer is made as large as what goes into it")
        // SAFETY: the precondition keeps the free bytes inside the block.
        let filled = unsafe body(
            UnsafeMutableRawBufferPointer(start: base + count, count: freeCount))
        precondition(filled >= 0 && filled <= freeCount, "no more bytes are filled than are free")
        self.filled += filled
    }

    /// Appends `freeCount` bytes from `source`, which must be readable for that long.
    @unsafe @inlinable @inline(__always)
    public mutating func append(from source: UnsafeRawPointer, count freeCount: Int) {
        precondition(
            freeCount >= 0 && freeCount <= capacity &- filled,
            "a wire buffer is made as large as what goes into it")
        // SAFETY: the precondition keeps the copy inside the block.
        unsafe (base + filled).copyShort(from: source, count: freeCount)
        filled &+= freeCount
    }

    private mutating func append<T: FixedWidthInteger & BitwiseCopyable>(integer value: T) {
        precondition(
            MemoryLayout<T>.size <= capacity - count,
            "a wire buffer is made as large as what goes into it")
        // SAFETY: the precondition keeps the store inside the block; no alignment is needed.
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: count, as: T.self)
        filled += MemoryLayout<T>.size
    }
}
