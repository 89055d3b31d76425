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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            eventsRead = bytes.u32(at: offset)
            eventsClear = bytes.u32(at: offset + 4)
            numScanouts = bytes.u32(at: offset + 8)
            numCapsets = bytes.u32(at: offset + 12)
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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            config = Config(guarded: bytes, at: offset)
            blobAlignment = bytes.u32(at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(config)
            out.append(u32: blobAlignment)
        }
    }
}
