// The root of every test that starts virglrenderer. The library has one state per process, so they
// run one after the other; each makes its renderer and closes it on one thread, that is within one
// synchronous function.

import HostBridge
import LinuxSystem
import SystemPackage
import Testing

@Suite("With virglrenderer", .serialized)
struct WithRenderer {
    /// Runs `body` with a renderer that is closed when it returns or throws.
    static func renderer(
        limits: RendererLimits = RendererLimits(),
        _ body: (VirglRenderer, EventDescriptor) throws -> Void
    ) throws {
        let wake = try EventDescriptor()
        let renderer = try VirglRenderer(limits: limits, wake: wake)
        defer { renderer.close() }
        try body(renderer, wake)
    }
}

/// A moment `millis` from now on the monotonic clock.
func deadline(millis: UInt64) -> UInt64 {
    MonotonicClock.nowNanos + millis * 1_000_000
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// The first index at which two arrays differ, nil when they are equal. `#expect(a == b)` would
/// work out a shortest edit of long arrays, which takes minutes.
func firstDifference<A: Collection, B: Collection>(_ a: A, _ b: B) -> Int?
where A.Element == UInt8, B.Element == UInt8 {
    if let index = zip(a, b).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
        return index
    }
    return a.count == b.count ? nil : min(a.count, b.count)
}

/// Pages of this process that are in memory now, in bytes.
func residentBytes() throws -> Int {
    let file = try FileDescriptor.open(FilePath("/proc/self/statm"), .readOnly)
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 128)
    // SAFETY: the kernel fills a prefix of the array's own bytes.
    let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
    let text = try #require(String(validating: bytes.prefix(count), as: UTF8.self))
    let fields = text.split(separator: " ")
    return try #require(Int(fields[1])) * 4096
}

/// By how many bytes the process's memory grows while `body` runs; the least of three runs, because
/// tests without a renderer run beside this one. What leaks in `body` leaks in each.
func leastGrowthBytes(_ body: () throws -> Void) throws -> Int {
    var least = Int.max
    for _ in 0..<3 {
        let before = try residentBytes()
        try body()
        least = min(least, try residentBytes() - before)
    }
    return least
}
