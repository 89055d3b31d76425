// The GPU device's numbers and its configuration space; virtio 1.4, 5.7.1 to 5.7.4.

/// The structures and numbers of the GPU device, named as the standard names them.
public enum VirtioGPU {
    /// The virtio device ID (`VIRTIO_ID_GPU`).
    public static let deviceID: UInt32 = 16
    public static let controlQueue = 0
    public static let cursorQueue = 1
    /// `VIRTIO_GPU_MAX_SCANOUTS`, also the length of every display-info response.
    public static let maxScanouts = 16
    /// The length of `edid` in `struct virtio_gpu_resp_edid`, whatever its `size` says.
    public static let edidSizeBytes = 1024

    /// The feature bits, `VIRTIO_GPU_F_…`; 5.7.3.
    public struct Features: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        public static let virgl = Self(rawValue: 1 << 0)
        public static let edid = Self(rawValue: 1 << 1)
        public static let resourceUUID = Self(rawValue: 1 << 2)
        public static let resourceBlob = Self(rawValue: 1 << 3)
        /// Needs `virgl`.
        public static let contextInit = Self(rawValue: 1 << 4)
        /// Needs `resourceBlob`.
        public static let blobAlignment = Self(rawValue: 1 << 5)
    }

    /// The configuration space without `blob_alignment` (`struct virtio_gpu_config`); 5.7.4.
    public struct Config: WireMessage {
        public static let sizeBytes = 16

        /// Bit 0 announces a changed display (`VIRTIO_GPU_EVENT_DISPLAY`).
        public var eventsRead: UInt32
        /// Writing a 1 clears that bit of `eventsRead`.
        public var eventsClear: UInt32
        public var numScanouts: UInt32
        public var numCapsets: UInt32

        public init(
            eventsRead: UInt32 = 0, eventsClear: UInt32 = 0, numScanouts: UInt32, numCapsets: UInt32
        ) {
            self.eventsRead = eventsRead
            self.eventsClear = eventsClear
            self.numScanouts = numScanouts
            self.numCapsets = numCapsets
        }

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
}
