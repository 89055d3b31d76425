// Generated from Spec/vhost-user.md, "Requests in flight": `make generate` writes it anew.

extension VhostUser {
    /// A buffer in which a back-end keeps what is in flight (`struct vhost_user_inflight`).
    public struct Inflight: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        public var mmapSize: UInt64
        public var mmapOffset: UInt64
        public var numQueues: UInt16
        public var queueSize: UInt16

        public init(mmapSize: UInt64, mmapOffset: UInt64, numQueues: UInt16, queueSize: UInt16) {
            self.mmapSize = mmapSize
            self.mmapOffset = mmapOffset
            self.numQueues = numQueues
            self.queueSize = queueSize
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            mmapSize = bytes.u64(at: offset)
            mmapOffset = bytes.u64(at: offset + 8)
            numQueues = bytes.u16(at: offset + 16)
            queueSize = bytes.u16(at: offset + 18)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: mmapSize)
            out.append(u64: mmapOffset)
            out.append(u16: numQueues)
            out.append(u16: queueSize)
            out.append(zeros: 4)
        }
    }
}
