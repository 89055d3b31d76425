internal import CLinux

/// The kernel's monotonic clock, in nanoseconds.
public enum MonotonicClock {
    public static var nowNanos: UInt64 { cl_monotonic_nanos() }

    /// The same as of the last tick of the kernel's timer, some milliseconds ago; a third of the
    /// cost.
    public static var coarseNanos: UInt64 { cl_monotonic_coarse_nanos() }
}

/// The kernel's random source (getrandom(2)).
public enum RandomSource {
    /// Two 64-bit words of randomness. The kernel's source does not fail once it is seeded; a
    /// machine where it does must not hand out identifiers, so that ends the process.
    public static func twoWords() -> (UInt64, UInt64) {
        var words: (UInt64, UInt64) = (0, 0)
        // SAFETY: the pointer covers the 16 bytes of the tuple for the length of the call.
        let status = unsafe withUnsafeMutableBytes(of: &words) { bytes in
            unsafe cl_getrandom(bytes.baseAddress, bytes.count)
        }
        precondition(status == 0, "getrandom(2) failed: identifiers need a random source")
        return words
    }
}
