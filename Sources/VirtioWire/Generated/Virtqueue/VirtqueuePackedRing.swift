// Generated from Spec/virtqueue.md, "The packed ring": `make generate` writes it anew.

extension PackedRing {
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

        @inlinable
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
}
