internal import LinuxSystem

/// Keeps a blob's memory in place while a region, or a driver of this process, shows it.
final class RegionWindow: Sendable {
    /// How many there are, for who must wait until there are none.
    typealias Count = Monitor<Int>

    private let count: Count
    private let onGone: @Sendable () -> Void

    init(_ count: Count, onGone: @escaping @Sendable () -> Void) {
        self.count = count
        self.onGone = onGone
        count.withLock { $0 += 1 }
    }

    deinit {
        onGone()
        count.update { $0 -= 1 }
    }
}
