// What a front-end has said of one ring, and the queue that serves it while it runs.

internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

/// One ring: stopped or started, and apart from that disabled or enabled. [VU-070]
final class Ring {
    let index: Int
    var size: UInt32 = 0
    var address: VhostUser.VringAddr?
    /// Where to go on; nil for a fresh ring.
    var base: UInt32?
    var isEnabled = false
    /// SET_VRING_KICK came: the ring starts as soon as the rest is known. [VU-071]
    var isKicked = false
    /// Nil while kicked: the front-end wants polling. [VU-061]
    var kick: OwnedDescriptor?
    var call: EventDescriptor? { didSet { queue?.interrupt = call } }
    var error: OwnedDescriptor?
    /// While the ring is started.
    var queue: DeviceQueue? { didSet { queue?.interrupt = call } }
    /// What GET_VRING_BASE answered last, until the device is reset.
    var stoppedAt: UInt32?

    init(index: Int) { self.index = index }

    /// The position from which a queue of these features goes on.
    func position(isPacked: Bool) -> QueuePosition {
        let start = isPacked ? QueuePosition.packedStart : .splitStart
        guard let base else { return start }
        guard isPacked else { return QueuePosition(rawValue: base & 0xffff) }
        // A fresh ring has both wrap counters at 1; User-Mode Linux writes 0 all the same.
        return base == 0 && stoppedAt != 0 ? start : QueuePosition(rawValue: base)
    }

    /// Whether the queue may be served.
    var isRunning: Bool { queue != nil && isEnabled }
}
