// Generated from Spec/gpu.md, "Scanouts": `make generate` writes it anew.

extension VirtioGPU {
    /// How four bytes make a pixel (`enum virtio_gpu_formats`).
    public struct Format: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// DRM's ARGB8888, `AR24`.
        @inlinable public static var b8g8r8a8Unorm: Self { Self(1) }
        /// DRM's XRGB8888, `XR24`.
        @inlinable public static var b8g8r8x8Unorm: Self { Self(2) }
        /// DRM's BGRA8888, `BA24`.
        @inlinable public static var a8r8g8b8Unorm: Self { Self(3) }
        /// DRM's BGRX8888, `BX24`.
        @inlinable public static var x8r8g8b8Unorm: Self { Self(4) }
        /// DRM's ABGR8888, `AB24`.
        @inlinable public static var r8g8b8a8Unorm: Self { Self(67) }
        /// DRM's RGBX8888, `RX24`.
        @inlinable public static var x8b8g8r8Unorm: Self { Self(68) }
        /// DRM's RGBA8888, `RA24`.
        @inlinable public static var a8b8g8r8Unorm: Self { Self(121) }
        /// DRM's XBGR8888, `XB24`.
        @inlinable public static var r8g8b8x8Unorm: Self { Self(134) }
    }

    /// Makes an image in host memory (`VIRTIO_GPU_CMD_RESOURCE_CREATE_2D`,
    /// `struct virtio_gpu_resource_create_2d`).
    public struct ResourceCreate2D: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        public var header: ControlHeader
        public var resourceID: ResourceID
        public var format: Format
        public var width: UInt32
        public var height: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .resourceCreate2D), resourceID: ResourceID,
            format: Format, width: UInt32, height: UInt32
        ) {
            self.header = header
            self.resourceID = resourceID
            self.format = format
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
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
            format = Format(bytes.u32(at: offset + 28))
            width = bytes.u32(at: offset + 32)
            height = bytes.u32(at: offset + 36)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(u32: format.rawValue)
            out.append(u32: width)
            out.append(u32: height)
        }
    }

    /// Says what a scanout shows (`VIRTIO_GPU_CMD_SET_SCANOUT`, `struct virtio_gpu_set_scanout`).
    public struct SetScanout: WireMessage {
        @inlinable public static var sizeBytes: Int { 48 }

        public var header: ControlHeader
        /// The part of the resource that is shown.
        public var r: Rect
        public var scanoutID: UInt32
        /// 0 turns the scanout off.
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .setScanout), r: Rect, scanoutID: UInt32,
            resourceID: ResourceID
        ) {
            self.header = header
            self.r = r
            self.scanoutID = scanoutID
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
            r = Rect(guarded: bytes, at: offset + 24)
            scanoutID = bytes.u32(at: offset + 40)
            resourceID = ResourceID(bytes.u32(at: offset + 44))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(r)
            out.append(u32: scanoutID)
            out.append(u32: resourceID.rawValue)
        }
    }

    /// Shows what has changed (`VIRTIO_GPU_CMD_RESOURCE_FLUSH`,
    /// `struct virtio_gpu_resource_flush`).
    public struct ResourceFlush: WireMessage {
        @inlinable public static var sizeBytes: Int { 48 }

        public var header: ControlHeader
        /// In the coordinates of the resource.
        public var r: Rect
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .resourceFlush), r: Rect,
            resourceID: ResourceID
        ) {
            self.header = header
            self.r = r
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
            r = Rect(guarded: bytes, at: offset + 24)
            resourceID = ResourceID(bytes.u32(at: offset + 40))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(r)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Copies from the backing into an image (`VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D`,
    /// `struct virtio_gpu_transfer_to_host_2d`).
    public struct TransferToHost2D: WireMessage {
        @inlinable public static var sizeBytes: Int { 56 }

        public var header: ControlHeader
        /// In the coordinates of the resource.
        public var r: Rect
        /// The backing's byte where the rectangle's first pixel lies.
        public var offset: UInt64
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .transferToHost2D), r: Rect,
            offset: UInt64 = 0, resourceID: ResourceID
        ) {
            self.header = header
            self.r = r
            self.offset = offset
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
            r = Rect(guarded: bytes, at: offset + 24)
            self.offset = bytes.u64(at: offset + 40)
            resourceID = ResourceID(bytes.u32(at: offset + 48))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(r)
            out.append(u64: offset)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Says what a scanout shows of a blob, which has no width, height or format of its own
    /// (`VIRTIO_GPU_CMD_SET_SCANOUT_BLOB`, `struct virtio_gpu_set_scanout_blob`).
    public struct SetScanoutBlob: WireMessage {
        @inlinable public static var sizeBytes: Int { 96 }

        public var header: ControlHeader
        /// The part of the framebuffer that is shown.
        public var r: Rect
        public var scanoutID: UInt32
        /// 0 turns the scanout off.
        public var resourceID: ResourceID
        /// Of the framebuffer in the blob.
        public var width: UInt32
        /// Of the framebuffer in the blob.
        public var height: UInt32
        public var format: Format
        /// Bytes from row to row, for each of four planes.
        public var strides: PlaneValues
        /// Where each plane begins in the blob.
        public var offsets: PlaneValues

        public init(
            header: ControlHeader = ControlHeader(type: .setScanoutBlob), r: Rect,
            scanoutID: UInt32, resourceID: ResourceID, width: UInt32, height: UInt32,
            format: Format, strides: PlaneValues, offsets: PlaneValues = []
        ) {
            self.header = header
            self.r = r
            self.scanoutID = scanoutID
            self.resourceID = resourceID
            self.width = width
            self.height = height
            self.format = format
            self.strides = strides
            self.offsets = offsets
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            header = ControlHeader(guarded: bytes, at: offset)
            r = Rect(guarded: bytes, at: offset + 24)
            scanoutID = bytes.u32(at: offset + 40)
            resourceID = ResourceID(bytes.u32(at: offset + 44))
            width = bytes.u32(at: offset + 48)
            height = bytes.u32(at: offset + 52)
            format = Format(bytes.u32(at: offset + 56))
            strides = try PlaneValues(bytes.extracting(droppingFirst: offset + 64))
            offsets = try PlaneValues(bytes.extracting(droppingFirst: offset + 80))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(r)
            out.append(u32: scanoutID)
            out.append(u32: resourceID.rawValue)
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: format.rawValue)
            out.append(zeros: 4)
            out.append(strides)
            out.append(offsets)
        }
    }
}
