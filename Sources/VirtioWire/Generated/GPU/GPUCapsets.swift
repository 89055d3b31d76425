// Generated from Spec/gpu.md, "Capsets": `make generate` writes it anew.

extension VirtioGPU {
    /// A capability set, a language that a 3D context can speak (`VIRTIO_GPU_CAPSET_…`).
    public struct CapsetID: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        @inlinable public static var virgl: Self { Self(1) }
        @inlinable public static var virgl2: Self { Self(2) }
        /// Linux' header says GFXSTREAM_VULKAN.
        @inlinable public static var gfxstream: Self { Self(3) }
        @inlinable public static var venus: Self { Self(4) }
        @inlinable public static var crossDomain: Self { Self(5) }
        /// Native contexts; in Linux' header, not in the standard.
        @inlinable public static var drm: Self { Self(6) }
    }

    /// Asks about the capset at an index (`VIRTIO_GPU_CMD_GET_CAPSET_INFO`,
    /// `struct virtio_gpu_get_capset_info`).
    public struct GetCapsetInfo: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        /// Below `numCapsets`.
        public var capsetIndex: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .getCapsetInfo), capsetIndex: UInt32
        ) {
            self.header = header
            self.capsetIndex = capsetIndex
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
            capsetIndex = bytes.u32(at: offset + 24)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: capsetIndex)
            out.append(zeros: 4)
        }
    }

    /// Which capset has that index, the newest version and the most bytes of it
    /// (`VIRTIO_GPU_RESP_OK_CAPSET_INFO`, `struct virtio_gpu_resp_capset_info`).
    public struct RespCapsetInfo: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            capsetID = CapsetID(bytes.u32(at: offset + 24))
            capsetMaxVersion = bytes.u32(at: offset + 28)
            capsetMaxSize = bytes.u32(at: offset + 32)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: capsetID.rawValue)
            out.append(u32: capsetMaxVersion)
            out.append(u32: capsetMaxSize)
            out.append(zeros: 4)
        }
    }

    /// Asks for a capset's bytes (`VIRTIO_GPU_CMD_GET_CAPSET`, `struct virtio_gpu_get_capset`).
    public struct GetCapset: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            capsetID = CapsetID(bytes.u32(at: offset + 24))
            capsetVersion = bytes.u32(at: offset + 28)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: capsetID.rawValue)
            out.append(u32: capsetVersion)
        }
    }

    /// A capset's bytes, which follow the header; their language is the capset's
    /// (`VIRTIO_GPU_RESP_OK_CAPSET`, `struct virtio_gpu_resp_capset`).
    public struct RespCapset: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        public var header: ControlHeader

        public init(header: ControlHeader = ControlHeader(type: .okCapset)) {
            self.header = header
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
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
        }
    }
}
