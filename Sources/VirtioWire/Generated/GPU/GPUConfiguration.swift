// Generated from Spec/gpu.md, "Configuration": `make generate` writes it anew.

extension VirtioGPU {
    /// The configuration space without `blob_alignment`, which is what every driver reads
    /// (`struct virtio_gpu_config`).
    public struct Config: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// Bit 0 announces a changed display (`VIRTIO_GPU_EVENT_DISPLAY`).
        public var eventsRead: UInt32
        /// Writing a 1 clears that bit of `eventsRead`.
        public var eventsClear: UInt32
        /// How many scanouts there are.
        public var numScanouts: UInt32
        /// How many capsets GET_CAPSET_INFO knows.
        public var numCapsets: UInt32

        public init(
            eventsRead: UInt32 = 0, eventsClear: UInt32 = 0, numScanouts: UInt32, numCapsets: UInt32
        ) {
            self.eventsRead = eventsRead
            self.eventsClear = eventsClear
            self.numScanouts = numScanouts
            self.numCapsets = numCapsets
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            eventsRead = bytes.u32(at: 0)
            eventsClear = bytes.u32(at: 4)
            numScanouts = bytes.u32(at: 8)
            numCapsets = bytes.u32(at: 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: eventsRead)
            out.append(u32: eventsClear)
            out.append(u32: numScanouts)
            out.append(u32: numCapsets)
        }
    }

    /// The configuration space of a device with BLOB_ALIGNMENT
    /// (`struct virtio_gpu_config_aligned`).
    public struct AlignedConfig: WireMessage {
        @inlinable public static var sizeBytes: Int { 20 }

        /// What every driver reads.
        public var config: Config
        /// What a blob's size and its place in the region are multiples of.
        public var blobAlignment: UInt32

        public init(config: Config, blobAlignment: UInt32) {
            self.config = config
            self.blobAlignment = blobAlignment
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            config = try Config(bytes)
            blobAlignment = bytes.u32(at: 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(config)
            out.append(u32: blobAlignment)
        }
    }
}
