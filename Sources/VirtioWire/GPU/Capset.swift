// Capability sets: what a 3D context can speak; virtio 1.4, 5.7.6 (controlq).

extension VirtioGPU {
    /// A capability set, `VIRTIO_GPU_CAPSET_…`.
    public struct CapsetID: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let virgl = Self(1)
        public static let virgl2 = Self(2)
        public static let gfxstream = Self(3)
        public static let venus = Self(4)
        public static let crossDomain = Self(5)
        /// Native contexts; in Linux' header, not in the standard.
        public static let drm = Self(6)
    }

    /// Asks about the capset at an index (`VIRTIO_GPU_CMD_GET_CAPSET_INFO`,
    /// `struct virtio_gpu_get_capset_info`).
    public struct GetCapsetInfo: WireMessage {
        public static let sizeBytes = 32

        public var header: ControlHeader
        /// Below `numCapsets`.
        public var capsetIndex: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .getCapsetInfo), capsetIndex: UInt32
        ) {
            self.header = header
            self.capsetIndex = capsetIndex
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            capsetIndex = bytes.u32(at: 24)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: capsetIndex)
            out.append(zeros: 4)
        }
    }

    /// Which capset has that index (`VIRTIO_GPU_RESP_OK_CAPSET_INFO`,
    /// `struct virtio_gpu_resp_capset_info`).
    public struct RespCapsetInfo: WireMessage {
        public static let sizeBytes = 40

        public var header: ControlHeader
        public var capsetID: CapsetID
        public var capsetMaxVersion: UInt32
        public var capsetMaxSize: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .okCapsetInfo), capsetID: CapsetID,
            capsetMaxVersion: UInt32, capsetMaxSize: UInt32
        ) {
            self.header = header
            self.capsetID = capsetID
            self.capsetMaxVersion = capsetMaxVersion
            self.capsetMaxSize = capsetMaxSize
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            capsetID = CapsetID(bytes.u32(at: 24))
            capsetMaxVersion = bytes.u32(at: 28)
            capsetMaxSize = bytes.u32(at: 32)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: capsetID.rawValue)
            out.append(u32: capsetMaxVersion)
            out.append(u32: capsetMaxSize)
            out.append(zeros: 4)
        }
    }

    /// Asks for a capset's bytes, which follow a bare header in the response
    /// (`VIRTIO_GPU_CMD_GET_CAPSET`, `struct virtio_gpu_get_capset`).
    public struct GetCapset: WireMessage {
        public static let sizeBytes = 32

        public var header: ControlHeader
        public var capsetID: CapsetID
        public var capsetVersion: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .getCapset), capsetID: CapsetID,
            capsetVersion: UInt32
        ) {
            self.header = header
            self.capsetID = capsetID
            self.capsetVersion = capsetVersion
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            capsetID = CapsetID(bytes.u32(at: 24))
            capsetVersion = bytes.u32(at: 28)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: capsetID.rawValue)
            out.append(u32: capsetVersion)
        }
    }
}
