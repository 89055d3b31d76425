// Generated from Spec/virtqueue.md, "The split ring": `make generate` writes it anew.

extension SplitRing {
    /// `VRING_DESC_ALIGN_SIZE`.
    @inlinable public static var descriptorTableAlignment: Int { 16 }
    /// `VRING_AVAIL_ALIGN_SIZE`.
    @inlinable public static var availRingAlignment: Int { 2 }
    /// `VRING_USED_ALIGN_SIZE`.
    @inlinable public static var usedRingAlignment: Int { 4 }

    /// What a split descriptor is (`VIRTQ_DESC_F_…`).
    public struct DescriptorFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The chain goes on at `next`.
        @inlinable public static var next: Self { Self(rawValue: 0x0001) }
        /// The buffer is for the device to write.
        @inlinable public static var write: Self { Self(rawValue: 0x0002) }
        /// The buffer is a table of descriptors.
        @inlinable public static var indirect: Self { Self(rawValue: 0x0004) }
    }

    /// One buffer of a chain (`struct virtq_desc`).
    public struct Descriptor: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// The buffer's first byte.
        public var addr: GuestAddress
        /// Its bytes; 0 is legal and adds none.
        public var len: UInt32
        /// What it is.
        public var flags: DescriptorFlags
        /// Where the chain goes on, with NEXT.
        public var next: UInt16

        public init(
            addr: GuestAddress, len: UInt32, flags: DescriptorFlags = [], next: UInt16 = 0
        ) {
            self.addr = addr
            self.len = len
            self.flags = flags
            self.next = next
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            addr = GuestAddress(bytes.u64(at: offset))
            len = bytes.u32(at: offset + 8)
            flags = DescriptorFlags(rawValue: bytes.u16(at: offset + 12))
            next = bytes.u16(at: offset + 14)
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
        @inlinable public static var sizeBytes: Int { 8 }

        /// The index of the chain's first descriptor.
        public var id: UInt32
        /// Bytes that the device wrote, from the first writable one on.
        public var len: UInt32

        public init(id: UInt32, len: UInt32) {
            self.id = id
            self.len = len
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            id = bytes.u32(at: offset)
            len = bytes.u32(at: offset + 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id)
            out.append(u32: len)
        }
    }
}
