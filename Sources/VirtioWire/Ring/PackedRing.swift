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

    /// One buffer of a list, or a list given back (`struct pvirtq_desc`).
    public struct Descriptor: WireMessage {
        public static let sizeBytes = 16

        public var addr: GuestAddress
        public var len: UInt32
        /// The buffer's name, echoed by the device; of a list, that of its last descriptor.
        public var id: UInt16
        public var flags: DescriptorFlags

        public init(addr: GuestAddress, len: UInt32, id: UInt16, flags: DescriptorFlags = []) {
            self.addr = addr
            self.len = len
            self.id = id
            self.flags = flags
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            addr = GuestAddress(bytes.u64(at: 0))
            len = bytes.u32(at: 8)
            id = bytes.u16(at: 12)
            flags = DescriptorFlags(rawValue: bytes.u16(at: 14))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: addr.rawValue)
            out.append(u32: len)
            out.append(u16: id)
            out.append(u16: flags.rawValue)
        }
    }

    /// When a side wants to be told, `RING_EVENT_FLAGS_…`; 3 is reserved.
    public enum EventFlags {
        public static let enable: UInt16 = 0
        public static let disable: UInt16 = 1
        /// At one descriptor only; with EVENT_IDX.
        public static let descriptor: UInt16 = 2
    }
}
