// The split virtqueue's structures; virtio 1.4, 2.7 (Split Virtqueues).

/// The layout of a split virtqueue: three areas, each contiguous in guest memory.
public enum SplitRing {
    public static let descriptorTableAlignment = 16
    public static let availRingAlignment = 2
    public static let usedRingAlignment = 4

    /// The length of the descriptor table, which the driver writes.
    public static func descriptorTableSizeBytes(queueSize: UInt16) -> Int {
        Descriptor.sizeBytes * Int(queueSize)
    }

    /// The length of the available ring, which the driver writes, `used_event` included.
    public static func availRingSizeBytes(queueSize: UInt16) -> Int {
        6 + 2 * Int(queueSize)
    }

    /// The length of the used ring, which the device writes, `avail_event` included.
    public static func usedRingSizeBytes(queueSize: UInt16) -> Int {
        6 + UsedElement.sizeBytes * Int(queueSize)
    }

    /// What a descriptor is, `VIRTQ_DESC_F_…`.
    public struct DescriptorFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The chain goes on at `next`.
        @inlinable public static var next: Self { Self(rawValue: 1 << 0) }
        /// The buffer is for the device to write.
        @inlinable public static var write: Self { Self(rawValue: 1 << 1) }
        /// The buffer is a table of descriptors.
        @inlinable public static var indirect: Self { Self(rawValue: 1 << 2) }
    }
}
