// Looking at rings for a moment before the thread sleeps: to be woken by a kick costs the driver a
// write, and both sides a switch.

internal import LinuxSystem
internal import Virtqueue

/// Whether it pays to look at rings before sleeping. It does while the last kick came sooner after
/// the rings were served than one looks. Where it was in vain (the driver shares this thread's
/// processor, say) the next time is put off, for twice as many kicks each time.
struct RingSpinning {
    let limitNanos: UInt64
    private(set) var pays = false
    private var servedNanos: UInt64 = 0
    /// Quick kicks for which one sleeps all the same: how many still, and how many after the next
    /// time in vain.
    private var skips: UInt32 = 0
    private var skipsNext: UInt32 = 1
    private static let skipsMax: UInt32 = 1024

    init(micros: Int32) { limitNanos = UInt64(max(0, micros)) * 1000 }

    /// Rings have been served.
    mutating func served() { if limitNanos > 0 { servedNanos = MonotonicClock.nowNanos } }

    /// A kick came.
    mutating func kicked() {
        guard limitNanos > 0 else { return }
        let isQuick = MonotonicClock.nowNanos &- servedNanos < limitNanos
        if isQuick, skips > 0 { skips -= 1 }
        pays = isQuick && skips == 0
    }

    /// Something came while one looked.
    mutating func found() { skipsNext = max(1, skipsNext / 2) }

    /// Nothing came.
    mutating func gaveUp() {
        pays = false
        skips = skipsNext
        skipsNext = min(skipsNext * 2, Self.skipsMax)
    }
}

extension BackEndSession {
    /// Looks at the rings for `nanos`, and serves what comes. Their drivers are asked not to kick
    /// meanwhile, and to kick again before this returns.
    ///
    /// - Returns: whether something came.
    func spin(nanos: UInt64) throws(VhostUserError) -> Bool {
        for ring in rings where ring.isRunning { ring.queue?.isPolled = true }
        let end = MonotonicClock.nowNanos &+ nanos
        var hasFound = false
        repeat {
            for ring in rings {
                guard let queue = ring.queue, queue.isPolled, queue.hasMore else { continue }
                let position = queue.position
                try serve(ring)
                // Chains that lie there until the device needs them are nothing to look for.
                if queue.position == position { queue.isPolled = false } else { hasFound = true }
            }
        } while MonotonicClock.nowNanos < end
        for ring in rings {
            guard let queue = ring.queue else { continue }
            queue.isPolled = false
            // To find nothing asks for kicks again. [VQ-D-019]
            try serve(ring)
        }
        return hasFound
    }
}
