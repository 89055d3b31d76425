// Generated from Spec/media.md, "Configuration": `make generate` writes it anew.

extension VirtioMedia {
    /// The configuration space, in the place of QUERYCAP (`struct virtio_media_config`).
    public struct Config: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

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
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            deviceCaps = bytes.u32(at: offset)
            deviceType = bytes.u32(at: offset + 4)
            card = bytes.textToNUL(in: offset + 8..<offset + 40)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: deviceCaps)
            out.append(u32: deviceType)
            out.append(text: card, sizeBytes: 32)
        }
    }
}
