import Glibc

/// What this process has used of its processors: unlike the clock on the wall, it does not depend on
/// what else the machine does.
enum ProcessorTime {
    static var nanos: UInt64 {
        var time = timespec()
        // SAFETY: the pointer is to a value of ours that is filled within the call.
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(clamping: time.tv_sec) * 1_000_000_000 + UInt64(clamping: time.tv_nsec)
    }
}
