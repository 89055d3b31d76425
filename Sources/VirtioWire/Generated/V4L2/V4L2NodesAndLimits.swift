// Generated from Spec/v4l2.md, "Nodes and limits": `make generate` writes it anew.

extension V4L2 {
    /// What a node can do (`V4L2_CAP_…`).
    public struct DeviceCaps: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Single-planar capture.
        @inlinable public static var videoCapture: Self { Self(rawValue: 0x0000_0001) }
        /// Single-planar output.
        @inlinable public static var videoOutput: Self { Self(rawValue: 0x0000_0002) }
        /// Multi-planar capture.
        @inlinable public static var videoCaptureMPlane: Self { Self(rawValue: 0x0000_1000) }
        /// Multi-planar output.
        @inlinable public static var videoOutputMPlane: Self { Self(rawValue: 0x0000_2000) }
        /// Memory to memory, multi-planar.
        @inlinable public static var videoM2MMPlane: Self { Self(rawValue: 0x0000_4000) }
        /// Memory to memory, single-planar: codecs and scalers.
        @inlinable public static var videoM2M: Self { Self(rawValue: 0x0000_8000) }
        /// `flags` and what follows in a pixel format are known.
        @inlinable public static var extPixFormat: Self { Self(rawValue: 0x0020_0000) }
        /// Read() and write(), which no wire form has.
        @inlinable public static var readWrite: Self { Self(rawValue: 0x0100_0000) }
        /// Buffers are queued.
        @inlinable public static var streaming: Self { Self(rawValue: 0x0400_0000) }
        /// In QUERYCAP's other word only: there are capabilities of the node.
        @inlinable public static var deviceCaps: Self { Self(rawValue: 0x8000_0000) }
    }

    /// The planes in every DQBUF event (`VIDEO_MAX_PLANES`).
    @inlinable public static var maxPlanes: Int { 8 }
    /// The buffers of a queue that QUERYBUF can name in old kernels (`VIDEO_MAX_FRAME`).
    @inlinable public static var maxFrame: Int { 32 }
}

extension V4L2.PixFormat {
    /// The value of `priv` that vouches for `flags` to `xfer_func` (`V4L2_PIX_FMT_PRIV_MAGIC`).
    @inlinable public static var privMagic: UInt32 { 0xfeed_cafe }
}
