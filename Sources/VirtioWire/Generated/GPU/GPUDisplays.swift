// Generated from Spec/gpu.md, "Displays": `make generate` writes it anew.

extension VirtioGPU {
    /// A rectangle in pixels (`struct virtio_gpu_rect`).
    public struct Rect: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        public var x: UInt32
        public var y: UInt32
        public var width: UInt32
        public var height: UInt32

        public init(x: UInt32 = 0, y: UInt32 = 0, width: UInt32, height: UInt32) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            x = bytes.u32(at: offset)
            y = bytes.u32(at: offset + 4)
            width = bytes.u32(at: offset + 8)
            height = bytes.u32(at: offset + 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: x)
            out.append(u32: y)
            out.append(u32: width)
            out.append(u32: height)
        }
    }

    /// One scanout's preferred mode (`struct virtio_gpu_display_one`).
    public struct DisplayOne: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        /// Preferred size, and place on the desktop.
        public var r: Rect
        /// Not 0 while the user has the display on.
        public var enabled: UInt32
        public var flags: UInt32

        public init(r: Rect, enabled: UInt32, flags: UInt32 = 0) {
            self.r = r
            self.enabled = enabled
            self.flags = flags
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            r = Rect(guarded: bytes, at: offset)
            enabled = bytes.u32(at: offset + 16)
            flags = bytes.u32(at: offset + 20)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(r)
            out.append(u32: enabled)
            out.append(u32: flags)
        }
    }

    /// The preferred modes of all scanouts (`VIRTIO_GPU_RESP_OK_DISPLAY_INFO`,
    /// `struct virtio_gpu_resp_display_info`).
    public struct RespDisplayInfo: WireMessage {
        @inlinable public static var sizeBytes: Int { 408 }

        public var header: ControlHeader
        /// Always `maxScanouts` entries, those past `numScanouts` zero.
        public var pmodes: [DisplayOne]

        /// Fills `pmodes` up with zeros.
        public init(
            header: ControlHeader = ControlHeader(type: .okDisplayInfo), pmodes: [DisplayOne]
        ) {
            self.header = header
            let noPmodes = DisplayOne(r: Rect(width: 0, height: 0), enabled: 0)
            self.pmodes = pmodes.padded(to: 16, with: noPmodes)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            header = ControlHeader(guarded: bytes, at: offset)
            pmodes = try bytes.array(at: offset + 24, count: 16)
        }

        public func encode(to out: inout WireBuffer) {
            precondition(pmodes.count == 16, "all elements are on the wire")
            out.append(header)
            for element in pmodes { out.append(element) }
        }
    }

    /// Asks for the EDID of a scanout (`VIRTIO_GPU_CMD_GET_EDID`, `struct virtio_gpu_get_edid`).
    public struct GetEDID: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var scanout: UInt32

        public init(header: ControlHeader = ControlHeader(type: .getEDID), scanout: UInt32) {
            self.header = header
            self.scanout = scanout
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
            scanout = bytes.u32(at: offset + 24)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: scanout)
            out.append(zeros: 4)
        }
    }

    /// A scanout's EDID (`VIRTIO_GPU_RESP_OK_EDID`, `struct virtio_gpu_resp_edid`).
    public struct RespEDID: WireMessage {
        @inlinable public static var sizeBytes: Int { 1056 }

        public var header: ControlHeader
        /// How many bytes of `edid` count, a multiple of 128.
        public var size: UInt32
        /// Always `edidSizeBytes` bytes, in the order that VESA gives them.
        public var edid: [UInt8]

        /// Fills `edid` up with zeros.
        public init(
            header: ControlHeader = ControlHeader(type: .okEDID), size: UInt32, edid: [UInt8]
        ) {
            self.header = header
            self.size = size
            self.edid = edid.padded(to: 1024, with: 0)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            size = bytes.u32(at: offset + 24)
            edid = (offset + 32..<offset + 1056).map { bytes.u8(at: $0) }
        }

        public func encode(to out: inout WireBuffer) {
            precondition(edid.count == 1024, "all elements are on the wire")
            out.append(header)
            out.append(u32: size)
            out.append(zeros: 4)
            out.append(contentsOf: edid)
        }
    }
}
