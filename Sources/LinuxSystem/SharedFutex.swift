internal import CLinux

/// Sleeping and waking on a word of memory that processes share.
package enum SharedFutex {
    /// Sleeps while the word is `seen`, for `nanos` at the most; may return early.
    ///
    /// - Precondition: `word` is mapped and aligned to four bytes.
    @unsafe package static func wait(
        _ word: UnsafeRawPointer, while seen: UInt32, nanos: UInt64
    ) {
        unsafe cl_shared_futex_wait(word.assumingMemoryBound(to: UInt32.self), seen, nanos)
    }

    @unsafe package static func wake(_ word: UnsafeRawPointer) {
        unsafe cl_shared_futex_wake(word.assumingMemoryBound(to: UInt32.self))
    }
}
