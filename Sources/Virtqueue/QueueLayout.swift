public import VirtioWire

/// Where a ring lies in guest memory. Both kinds of ring have three areas.
public struct QueueLayout: Hashable, Sendable {
    /// At most ``sizeMax``; for a split ring a power of two.
    public var size: UInt16
    /// The descriptor table of a split ring, the descriptor ring of a packed one.
    public var descriptorTable: GuestAddress
    /// The driver's area: the available ring, or the driver's event suppression structure.
    public var availRing: GuestAddress
    /// The device's area: the used ring, or the device's event suppression structure.
    public var usedRing: GuestAddress
    public static let sizeMax: UInt16 = 32768

    public init(
        size: UInt16, descriptorTable: GuestAddress, availRing: GuestAddress,
        usedRing: GuestAddress
    ) {
        self.size = size
        self.descriptorTable = descriptorTable
        self.availRing = availRing
        self.usedRing = usedRing
    }

    /// How long the three areas are.
    public static func areaSizesBytes(size: UInt16, features: TransportFeatures) -> (
        descriptors: Int, driver: Int, device: Int
    ) {
        if features.contains(.ringPacked) {
            (
                PackedRing.descriptorRingSizeBytes(queueSize: size), PackedRing.eventSizeBytes,
                PackedRing.eventSizeBytes
            )
        } else {
            (
                SplitRing.descriptorTableSizeBytes(queueSize: size),
                SplitRing.availRingSizeBytes(queueSize: size),
                SplitRing.usedRingSizeBytes(queueSize: size)
            )
        }
    }
}

/// How far a device has come in a ring: what a vhost-user front-end sets before a ring starts
/// (SET_VRING_BASE) and gets when it has stopped (GET_VRING_BASE).
public struct QueuePosition: Hashable, Sendable {
    /// Split: the next index in the available ring. Packed: bits 0 to 14 the next slot to take,
    /// bit 15 its wrap counter, bits 16 to 30 the next slot to give back, bit 31 its wrap counter.
    public var rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let splitStart = QueuePosition(rawValue: 0)
    public static let packedStart = QueuePosition(rawValue: 0x8000_8000)
}

public enum QueueError: Error, Equatable, Sendable {
    /// Size 0, above the maximum, or not a power of two.
    case badSize
    /// A ring area is unaligned or not wholly inside one region of guest memory.
    case badAddress
    /// A start position names a slot that the ring does not have.
    case badPosition
    /// The driver's index ran further ahead than the queue is long.
    case indexJump
    /// A head in the available ring names no descriptor.
    case badHead
    /// A packed list goes on in a slot that the driver has not made available, or without end.
    case badList
    /// More chains or slots than the queue is long were made available without being given back.
    case overrun
    /// A region's file was cut short under the queue.
    case fileLost
    /// The queue met one of the errors above and serves nothing until reset.
    case broken
}
