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

    /// One buffer of a chain (`struct virtq_desc`).
    public struct Descriptor: WireMessage {
        public static let sizeBytes = 16

        public var addr: GuestAddress
        public var len: UInt32
        public var flags: DescriptorFlags
        public var next: UInt16

        public init(
            addr: GuestAddress, len: UInt32, flags: DescriptorFlags = [], next: UInt16 = 0
        ) {
            self.addr = addr
            self.len = len
            self.flags = flags
            self.next = next
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            addr = GuestAddress(bytes.u64(at: 0))
            len = bytes.u32(at: 8)
            flags = DescriptorFlags(rawValue: bytes.u16(at: 12))
            next = bytes.u16(at: 14)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: addr.rawValue)
            out.append(u32: len)
            out.append(u16: flags.rawValue)
            out.append(u16: next)
        }
    }

    /// A chain given back (`struct virtq_used_elem`).
    public struct UsedElement: WireMessage {
        public static let sizeBytes = 8

        /// The index of the chain's first descriptor.
        public var id: UInt32
        /// Bytes that the device wrote.
        public var len: UInt32

        public init(id: UInt32, len: UInt32) {
            self.id = id
            self.len = len
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = bytes.u32(at: 0)
            len = bytes.u32(at: 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id)
            out.append(u32: len)
        }
    }
}
