// Blobs in the host-visible shared memory region; virtio 1.4, 5.7.6 (controlq (3d)).

extension VirtioGPU {
    /// `shmid` of the region (`VIRTIO_GPU_SHM_ID_HOST_VISIBLE`).
    public static let hostVisibleRegion: UInt8 = 1

    /// How a guest is to map a blob, `VIRTIO_GPU_MAP_CACHE_…`.
    public struct MapInfo: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let unspecified = Self(0)
        public static let cached = Self(1)
        public static let uncached = Self(2)
        public static let writeCombining = Self(3)
    }

    /// Shows a blob in the region (`VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB`,
    /// `struct virtio_gpu_resource_map_blob`).
    public struct ResourceMapBlob: WireMessage {
        public static let sizeBytes = 40

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

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            resourceID = ResourceID(bytes.u32(at: 24))
            offset = bytes.u64(at: 32)
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
        public static let sizeBytes = 32

        public var header: ControlHeader
        public var mapInfo: MapInfo

        public init(header: ControlHeader = ControlHeader(type: .okMapInfo), mapInfo: MapInfo) {
            self.header = header
            self.mapInfo = mapInfo
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            mapInfo = MapInfo(bytes.u32(at: 24))
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
        public static let sizeBytes = 32

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .resourceUnmapBlob), resourceID: ResourceID
        ) {
            self.header = header
            self.resourceID = resourceID
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            resourceID = ResourceID(bytes.u32(at: 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }
}
