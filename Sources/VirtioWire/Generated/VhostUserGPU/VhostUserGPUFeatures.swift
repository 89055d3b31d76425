// Generated from Spec/vhost-user-gpu.md, "Features": `make generate` writes it anew.

extension VhostUserGPU {
    /// Extensions of the display socket (`VHOST_USER_GPU_PROTOCOL_F_…`).
    public struct ProtocolFeatures: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// GET_EDID.
        @inlinable public static var edid: Self { Self(rawValue: 1 << 0) }
        /// DMABUF_SCANOUT2.
        @inlinable public static var dmabuf2: Self { Self(rawValue: 1 << 1) }
    }
}
