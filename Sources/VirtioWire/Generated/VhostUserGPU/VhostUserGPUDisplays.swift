// Generated from Spec/vhost-user-gpu.md, "Displays": `make generate` writes it anew.

extension VhostUserGPU {
    /// Asks for the EDID of a scanout (`struct vhost_user_gpu_edid_request`).
    public struct EDIDRequest: WireMessage {
        @inlinable public static var sizeBytes: Int { 4 }

        public var scanoutID: UInt32

        public init(scanoutID: UInt32) {
            self.scanoutID = scanoutID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            scanoutID = bytes.u32(at: offset)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: scanoutID)
        }
    }
}
