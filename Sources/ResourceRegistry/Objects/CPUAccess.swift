public import LinuxSystem
internal import Synchronization

/// A CPU's turn at an object's bytes, between begin and end. [CPU-2]
///
/// Letting go of the last reference ends it.
public final class CPUAccess: Sendable {
    /// The exporter's mapping, valid until ``end()``. [CPU-1]
    public let memory: MemoryRange
    public let direction: Direction
    private let object: SharedObject
    private let hold: Hold
    private let lease: Lease
    private let isEnded = Atomic<Bool>(false)

    init(
        memory: MemoryRange, direction: Direction, object: SharedObject, hold: Hold, lease: Lease
    ) {
        self.memory = memory
        self.direction = direction
        self.object = object
        self.hold = hold
        self.lease = lease
    }

    deinit { end() }

    var layout: PixelLayout? { object.layout }

    /// Makes what was written visible to devices and lets them go on; a second call does nothing.
    public func end() {
        guard !isEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        object.hooks?.endCPU?(object, direction)
        object.shard.release(hold, of: object)
    }
}
