// Generated from Spec/vhost-user-gpu.md, "Displays": `make generate` writes it anew.

extension VhostUserGPU {
    /// Asks for the EDID of a scanout (`struct vhost_user_gpu_edid_request`).
    public struct EDIDRequest: WireMessage {
        @inlinable public static var sizeBytes: Int { 4 }

        public var scanoutID: UInt32

        public init(scanoutID: UInt32) {
            self.scanoutID = scanoutID
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            scanoutID = bytes.u32(at: 0)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: scanoutID)
        }
    }
}
