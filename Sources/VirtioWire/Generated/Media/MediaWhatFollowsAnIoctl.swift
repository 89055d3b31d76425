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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            start = GuestAddress(bytes.u64(at: offset))
            len = bytes.u32(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: start.rawValue)
            out.append(u32: len)
            out.append(zeros: 4)
        }
    }
}
