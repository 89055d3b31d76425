internal import LinuxSystem
internal import VirtioWire

/// Version 4 UUIDs from the kernel's random source (RFC 4122, 4.4), fetched some at a time. [ID-1]
final class UUIDSource: @unchecked Sendable {
    private static let wordsPerFetch = 256

    private let lock = Lock()
    // Guarded by the lock.
    private var words: [UInt64] = []
    private var next = wordsPerFetch

    func make() -> ResourceUUID {
        lock.lock()
        defer { lock.unlock() }
        if next == Self.wordsPerFetch {
            if words.isEmpty { words = Array(repeating: 0, count: Self.wordsPerFetch) }
            RandomSource.fill(&words)
            next = 0
        }
        let (high, low) = (words[next], words[next + 1])
        // What was given out is not kept.
        words[next] = 0
        words[next + 1] = 0
        next += 2
        return ResourceUUID(
            high: (high & ~0xf000) | 0x4000, low: (low & ~(0b11 << 62)) | (0b10 << 62))
    }
}
