public import LinuxSystem

#if canImport(Glibc)
    internal import Glibc
#endif

/// The owner of some zeroed memory of this process.
@safe public final class HostMemory: @unchecked Sendable {
    /// Valid while this object lives.
    public let range: MemoryRange
    public var sizeBytes: Int { range.sizeBytes }

    /// nil when the host has no such memory.
    public init?(sizeBytes: Int) {
        // SAFETY: calloc's bytes are zero and this object's until deinit frees them. Large ones are
        // pages that the kernel gives as they are touched.
        guard sizeBytes >= 0, let base = unsafe calloc(max(1, sizeBytes), 1) else { return nil }
        range = unsafe MemoryRange(baseAddress: base, sizeBytes: sizeBytes)
    }

    deinit { unsafe free(range.baseAddress) }
}
