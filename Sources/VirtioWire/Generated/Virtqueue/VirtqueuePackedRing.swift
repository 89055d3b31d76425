// Generated from Spec/virtqueue.md, "The packed ring": `make generate` writes it anew.

extension PackedRing {
    /// What a packed descriptor is (`PVIRTQ_DESC_F_…`).
    public struct DescriptorFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The chain goes on in the next slot.
        @inlinable public static var next: Self { Self(rawValue: 0x0001) }
        /// The buffer is for the device to write; in a used descriptor, it has written.
        @inlinable public static var write: Self { Self(rawValue: 0x0002) }
        /// The buffer is a table of descriptors.
        @inlinable public static var indirect: Self { Self(rawValue: 0x0004) }
        /// Equals the driver's wrap counter in an available descriptor.
        @inlinable public static var avail: Self { Self(rawValue: 0x0080) }
        /// Differs from AVAIL in an available descriptor, equals it in a used one.
        @inlinable public static var used: Self { Self(rawValue: 0x8000) }
    }

    /// One buffer of a chain, or a chain given back (`struct pvirtq_desc`).
    public struct Descriptor: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// The buffer's first byte; meaningless in a used one.
        public var addr: GuestAddress
        /// Its bytes; in a used one, those that were written.
        public var len: UInt32
        /// The chain's name, echoed by the device; that of its last descriptor.
        public var id: UInt16
        /// What it is, and whose.
        public var flags: DescriptorFlags

        public init(addr: GuestAddress, len: UInt32, id: UInt16, flags: DescriptorFlags = []) {
            self.addr = addr
            self.len = len
            self.id = id
            self.flags = flags
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
            id = bytes.u16(at: offset + 12)
            flags = DescriptorFlags(rawValue: bytes.u16(at: offset + 14))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: addr.rawValue)
            out.append(u32: len)
            out.append(u16: id)
            out.append(u16: flags.rawValue)
        }
    }
}
