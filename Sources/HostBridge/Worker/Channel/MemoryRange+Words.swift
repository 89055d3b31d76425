package import LinuxSystem

// Words in memory that another process may write meanwhile. Both processes are of one machine, and
// every machine that this runs on is little-endian.

extension MemoryRange {
    package func word64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= sizeBytes - 8, "a word lies in its memory")
        // SAFETY: inside the range; every bit pattern is a number.
        return unsafe baseAddress.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    package func word32(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset <= sizeBytes - 4, "a word lies in its memory")
        // SAFETY: as above.
        return unsafe baseAddress.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    package func store(_ value: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset <= sizeBytes - 8, "a word lies in its memory")
        // SAFETY: as above.
        unsafe baseAddress.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
    }

    package func store(_ value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset <= sizeBytes - 4, "a word lies in its memory")
        // SAFETY: as above.
        unsafe baseAddress.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
    }

    /// Appends a private copy of the words; what is left over of one stays out.
    package func appendWords(to words: inout [UInt32]) {
        // SAFETY: the range is mapped; what is appended is a copy.
        unsafe words.append(
            contentsOf: UnsafeRawBufferPointer(start: baseAddress, count: sizeBytes / 4 * 4)
                .assumingMemoryBound(to: UInt32.self))
    }

    package func write(words: ArraySlice<UInt32>) {
        unsafe words.withUnsafeBytes { source in
            precondition(source.count <= sizeBytes, "words fit the memory that they go to")
            guard let start = source.baseAddress else { return }
            // SAFETY: both hold that many bytes.
            unsafe baseAddress.copyMemory(from: start, byteCount: source.count)
        }
    }
}
