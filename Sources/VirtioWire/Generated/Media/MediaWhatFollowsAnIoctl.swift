// Generated from Spec/media.md, "What follows an ioctl": `make generate` writes it anew.

extension VirtioMedia {
    /// One piece of a shared-pages buffer, of any alignment, in guest-physical addresses
    /// (`struct virtio_media_sg_entry`).
    public struct SGEntry: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// The piece's first byte.
        public var start: GuestAddress
        /// Its bytes.
        public var len: UInt32

        public init(start: GuestAddress, len: UInt32) {
            self.start = start
            self.len = len
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            start = GuestAddress(bytes.u64(at: 0))
            len = bytes.u32(at: 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: start.rawValue)
            out.append(u32: len)
            out.append(zeros: 4)
        }
    }
}
