// V4L2 as the media device speaks it; virtio 1.4, 5.22.6.1 (V4L2 ioctls), and <linux/videodev2.h>.
// Invariant: every layout is that of a 64-bit little-endian Linux, whatever guest and host are.

/// The structures and numbers of V4L2 that are ioctl payloads and events of the media device.
public enum V4L2 {
    /// `VIDEO_MAX_PLANES` and `VIRTIO_MEDIA_MAX_PLANES`: the planes in every dequeue event.
    public static let maxPlanes = 8

    /// What a node can do, `V4L2_CAP_…`.
    public struct DeviceCaps: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let videoCapture = Self(rawValue: 0x0000_0001)
        public static let videoOutput = Self(rawValue: 0x0000_0002)
        public static let videoCaptureMPlane = Self(rawValue: 0x0000_1000)
        public static let videoOutputMPlane = Self(rawValue: 0x0000_2000)
        public static let videoM2MMPlane = Self(rawValue: 0x0000_4000)
        public static let videoM2M = Self(rawValue: 0x0000_8000)
        public static let extPixFormat = Self(rawValue: 0x0020_0000)
        public static let readWrite = Self(rawValue: 0x0100_0000)
        public static let streaming = Self(rawValue: 0x0400_0000)
        public static let deviceCaps = Self(rawValue: 0x8000_0000)
    }
}
