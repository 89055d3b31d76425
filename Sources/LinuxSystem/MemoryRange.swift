/// A stretch of this process's memory that somebody else (a guest, a GPU, a codec) may write while
/// we look: bytes are copied in and out, never viewed in place.
///
/// It does not keep the memory alive; whoever hands one out says how long it is valid.
@safe public struct MemoryRange: @unchecked Sendable, Equatable {
    /// First byte.
    @unsafe public let baseAddress: UnsafeMutableRawPointer
    public let sizeBytes: Int

    /// - Precondition: `sizeBytes` bytes from `baseAddress` stay mapped while the range is used.
    @unsafe public init(baseAddress: UnsafeMutableRawPointer, sizeBytes: Int) {
        unsafe self.baseAddress = baseAddress
        self.sizeBytes = sizeBytes
    }

    /// The part of `count` bytes from `offset`; nil when it does not lie inside.
    public func slice(offset: Int, count: Int) -> MemoryRange? {
        guard offset >= 0, count >= 0, offset <= sizeBytes, count <= sizeBytes - offset else {
            return nil
        }
        // SAFETY: the part lies inside this range.
        return unsafe MemoryRange(baseAddress: baseAddress + offset, sizeBytes: count)
    }

    /// Copies as many bytes as the shorter of the two holds; returns how many. The ranges may
    /// overlap.
    @discardableResult public func copyBytes(from source: MemoryRange) -> Int {
        let count = min(sizeBytes, source.sizeBytes)
        // SAFETY: both ranges hold `count` bytes.
        unsafe baseAddress.copyMemory(from: source.baseAddress, byteCount: count)
        return count
    }

    /// A private copy of the bytes.
    public func bytes() -> [UInt8] {
        // SAFETY: the whole range is mapped; [UInt8](buffer) copies.
        unsafe [UInt8](UnsafeRawBufferPointer(start: baseAddress, count: sizeBytes))
    }

    /// Overwrites the first bytes; what does not fit is left out. Returns how many were written.
    @discardableResult public func write(_ bytes: [UInt8]) -> Int {
        let count = min(sizeBytes, bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            // SAFETY: `count` bytes fit both.
            unsafe baseAddress.copyMemory(from: start, byteCount: count)
        }
        return count
    }

    /// Sets every byte.
    public func fill(_ byte: UInt8) {
        // SAFETY: the range is mapped for sizeBytes.
        unsafe baseAddress.initializeMemory(as: UInt8.self, repeating: byte, count: sizeBytes)
    }

    public static func == (a: MemoryRange, b: MemoryRange) -> Bool {
        unsafe a.baseAddress == b.baseAddress && a.sizeBytes == b.sizeBytes
    }
}
