// Generated from Spec/gpu.md, "Blobs": `make generate` writes it anew.

extension VirtioGPU {
    /// Where a blob's memory is; 0 is invalid (`VIRTIO_GPU_BLOB_MEM_…`).
    public struct BlobMem: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Guest pages only.
        @inlinable public static var guest: Self { Self(1) }
        /// Host memory only; entries are refused.
        @inlinable public static var host3D: Self { Self(2) }
        /// Host memory, with guest pages as its shadow.
        @inlinable public static var host3DGuest: Self { Self(3) }
    }

    /// What the driver will do with a blob (`VIRTIO_GPU_BLOB_FLAG_…`).
    public struct BlobFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Map it.
        @inlinable public static var useMappable: Self { Self(rawValue: 1 << 0) }
        /// Share it between its own instances.
        @inlinable public static var useShareable: Self { Self(rawValue: 1 << 1) }
        /// Share it with other virtio devices.
        @inlinable public static var useCrossDevice: Self { Self(rawValue: 1 << 2) }
    }

    /// Makes a blob, bytes without width, height or format (`VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB`,
    /// `struct virtio_gpu_resource_create_blob`).
    public struct ResourceCreateBlob: WireMessage {
        @inlinable public static var sizeBytes: Int { 56 }

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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
            blobMem = BlobMem(bytes.u32(at: offset + 28))
            blobFlags = BlobFlags(rawValue: bytes.u32(at: offset + 32))
            nrEntries = bytes.u32(at: offset + 36)
            blobID = bytes.u64(at: offset + 40)
            size = bytes.u64(at: offset + 48)
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

    /// `shmid` of the region.
    @inlinable public static var hostVisibleRegion: UInt8 { 1 }

    /// How a guest is to map a blob (`VIRTIO_GPU_MAP_CACHE_…`).
    public struct MapInfo: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        @inlinable public static var unspecified: Self { Self(0) }
        @inlinable public static var cached: Self { Self(1) }
        @inlinable public static var uncached: Self { Self(2) }
        @inlinable public static var writeCombining: Self { Self(3) }
    }

    /// Shows a blob in the region, whole, from `offset` on (`VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB`,
    /// `struct virtio_gpu_resource_map_blob`).
    public struct ResourceMapBlob: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        public var header: ControlHeader
        public var resourceID: ResourceID
        /// Byte of the region where the blob begins.
        public var offset: UInt64

        public init(
            header: ControlHeader = ControlHeader(type: .resourceMapBlob), resourceID: ResourceID,
            offset: UInt64
        ) {
            self.header = header
            self.resourceID = resourceID
            self.offset = offset
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
            self.offset = bytes.u64(at: offset + 32)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
            out.append(u64: offset)
        }
    }

    /// The blob is there (`VIRTIO_GPU_RESP_OK_MAP_INFO`, `struct virtio_gpu_resp_map_info`).
    public struct RespMapInfo: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var mapInfo: MapInfo

        public init(header: ControlHeader = ControlHeader(type: .okMapInfo), mapInfo: MapInfo) {
            self.header = header
            self.mapInfo = mapInfo
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            mapInfo = MapInfo(bytes.u32(at: offset + 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: mapInfo.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Takes a blob out of the region (`VIRTIO_GPU_CMD_RESOURCE_UNMAP_BLOB`,
    /// `struct virtio_gpu_resource_unmap_blob`).
    public struct ResourceUnmapBlob: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .resourceUnmapBlob), resourceID: ResourceID
        ) {
            self.header = header
            self.resourceID = resourceID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }
}
