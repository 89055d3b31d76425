// Blob resources: bytes without width, height or format; virtio 1.4, 5.7.6 (controlq).

extension VirtioGPU {
    /// Where a blob's memory is, `VIRTIO_GPU_BLOB_MEM_…`; 0 is invalid.
    public struct BlobMem: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let guest = Self(1)
        public static let host3D = Self(2)
        public static let host3DGuest = Self(3)
    }

    /// What the driver will do with a blob, `VIRTIO_GPU_BLOB_FLAG_…`.
    public struct BlobFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let useMappable = Self(rawValue: 1 << 0)
        public static let useShareable = Self(rawValue: 1 << 1)
        public static let useCrossDevice = Self(rawValue: 1 << 2)
    }

    /// Makes a blob (`VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB`,
    /// `struct virtio_gpu_resource_create_blob`).
    public struct ResourceCreateBlob: WireMessage {
        public static let sizeBytes = 56

        public var header: ControlHeader
        public var resourceID: ResourceID
        public var blobMem: BlobMem
        public var blobFlags: BlobFlags
        /// How many `MemEntry` follow.
        public var nrEntries: UInt32
        /// The object of the header's context that the blob shows; 0 for guest memory.
        public var blobID: UInt64
        public var size: UInt64

        public init(
            header: ControlHeader = ControlHeader(type: .resourceCreateBlob),
            resourceID: ResourceID, blobMem: BlobMem, blobFlags: BlobFlags = [],
            nrEntries: UInt32 = 0, blobID: UInt64, size: UInt64
        ) {
            self.header = header
            self.resourceID = resourceID
            self.blobMem = blobMem
            self.blobFlags = blobFlags
            self.nrEntries = nrEntries
            self.blobID = blobID
            self.size = size
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            resourceID = ResourceID(bytes.u32(at: 24))
            blobMem = BlobMem(bytes.u32(at: 28))
            blobFlags = BlobFlags(rawValue: bytes.u32(at: 32))
            nrEntries = bytes.u32(at: 36)
            blobID = bytes.u64(at: 40)
            size = bytes.u64(at: 48)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(u32: blobMem.rawValue)
            out.append(u32: blobFlags.rawValue)
            out.append(u32: nrEntries)
            out.append(u64: blobID)
            out.append(u64: size)
        }
    }
}
