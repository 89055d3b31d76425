// The media device's numbers and its configuration space; virtio 1.4, 5.22.1 to 5.22.4.

/// The structures and numbers of the media device, named as the standard names them.
public enum VirtioMedia {
    /// The virtio device ID.
    public static let deviceID: UInt32 = 48
    public static let commandQueue = 0
    public static let eventQueue = 1
    /// The shared memory region that MMAP buffers are mapped into; 5.22.6.1.
    public static let mmapRegion: UInt8 = 0

    /// The configuration space (`struct virtio_media_config`); 5.22.4.
    public struct Config: WireMessage {
        public static let sizeBytes = 40
        private static let cardSizeBytes = 32

        /// The node's `V4L2.DeviceCaps`.
        public var deviceCaps: UInt32
        /// Linux' `enum vfl_devnode_type`: 0 is a video node.
        public var deviceType: UInt32
        /// The device's name, cut after the last character that ends within 32 bytes of UTF-8.
        public var card: String

        public init(deviceCaps: UInt32, deviceType: UInt32 = 0, card: String) {
            self.deviceCaps = deviceCaps
            self.deviceType = deviceType
            self.card = card
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            deviceCaps = bytes.u32(at: 0)
            deviceType = bytes.u32(at: 4)
            card = bytes.textToNUL(in: 8..<Self.sizeBytes)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: deviceCaps)
            out.append(u32: deviceType)
            out.append(text: card, sizeBytes: Self.cardSizeBytes)
        }
    }
}
