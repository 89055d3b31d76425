// The packed virtqueue's structures; virtio 1.4, 2.8 (Packed Virtqueues).

/// The layout of a packed virtqueue: one ring of descriptors that both sides write, and one event
/// suppression structure of each side.
public enum PackedRing {
    public static let descriptorRingAlignment = 16
    public static let eventAlignment = 4
    /// The length of an event suppression structure (`struct pvirtq_event_suppress`).
    public static let eventSizeBytes = 4

    /// The length of the descriptor ring.
    public static func descriptorRingSizeBytes(queueSize: UInt16) -> Int {
        Descriptor.sizeBytes * Int(queueSize)
    }

    /// What a descriptor is, `VIRTQ_DESC_F_…` and `VIRTQ_DESC_F_AVAIL`, `VIRTQ_DESC_F_USED`.
    public struct DescriptorFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The list goes on in the next slot.
        @inlinable public static var next: Self { Self(rawValue: 1 << 0) }
        /// The buffer is for the device to write; in a used descriptor, it has written.
        @inlinable public static var write: Self { Self(rawValue: 1 << 1) }
        /// The buffer is a table of descriptors.
        @inlinable public static var indirect: Self { Self(rawValue: 1 << 2) }
        /// Equals the driver's wrap counter in an available descriptor.
        @inlinable public static var avail: Self { Self(rawValue: 1 << 7) }
        /// Differs from `avail` in an available descriptor, equals it in a used one.
        @inlinable public static var used: Self { Self(rawValue: 1 << 15) }

        /// The two bits of a descriptor that is available under a wrap counter.
        @inlinable public static func available(wrap: Bool) -> Self { wrap ? .avail : .used }
        /// The two bits of a descriptor that is used under a wrap counter.
        @inlinable public static func used(wrap: Bool) -> Self { wrap ? [.avail, .used] : [] }
    }

    /// When a side wants to be told, `RING_EVENT_FLAGS_…`; 3 is reserved.
    public enum EventFlags {
        public static let enable: UInt16 = 0
        public static let disable: UInt16 = 1
        /// At one descriptor only; with EVENT_IDX.
        public static let descriptor: UInt16 = 2
    }
}
