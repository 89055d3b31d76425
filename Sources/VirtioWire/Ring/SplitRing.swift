// The split virtqueue; virtio 1.4, 2.7 (Split Virtqueues). Its structures stand in Spec/virtqueue.md,
// from which Generated/Virtqueue is made.

/// The layout of a split virtqueue: three areas, each contiguous in guest memory.
public enum SplitRing {
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
}
