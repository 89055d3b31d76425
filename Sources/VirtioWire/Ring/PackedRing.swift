// The packed virtqueue; virtio 1.4, 2.8 (Packed Virtqueues). Its structures stand in
// Spec/virtqueue.md, from which Generated/Virtqueue is made.

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

    /// When a side wants to be told, `RING_EVENT_FLAGS_…`; 3 is reserved.
    public enum EventFlags {
        public static let enable: UInt16 = 0
        public static let disable: UInt16 = 1
        /// At one descriptor only; with EVENT_IDX.
        public static let descriptor: UInt16 = 2
    }
}

extension PackedRing.DescriptorFlags {
    /// The two bits of a descriptor that is available under a wrap counter.
    @inlinable public static func available(wrap: Bool) -> Self { wrap ? .avail : .used }
    /// The two bits of a descriptor that is used under a wrap counter.
    @inlinable public static func used(wrap: Bool) -> Self { wrap ? [.avail, .used] : [] }
}
