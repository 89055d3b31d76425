// Framebuffers in host memory and what displays show of them; virtio 1.4, 5.7.6 (controlq).

extension VirtioGPU {
    /// How four bytes make a pixel, `VIRTIO_GPU_FORMAT_…`. Names list the components from the lowest
    /// address on; X is a byte without meaning.
    public struct Format: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let b8g8r8a8Unorm = Self(1)
        public static let b8g8r8x8Unorm = Self(2)
        public static let a8r8g8b8Unorm = Self(3)
        public static let x8r8g8b8Unorm = Self(4)
        public static let r8g8b8a8Unorm = Self(67)
        public static let x8b8g8r8Unorm = Self(68)
        public static let a8b8g8r8Unorm = Self(121)
        public static let r8g8b8x8Unorm = Self(134)
    }

    /// Makes an image in host memory (`VIRTIO_GPU_CMD_RESOURCE_CREATE_2D`,
    /// `struct virtio_gpu_resource_create_2d`).
    public struct ResourceCreate2D: WireMessage {
        public static let sizeBytes = 40

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

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            resourceID = ResourceID(bytes.u32(at: 24))
            format = Format(bytes.u32(at: 28))
            width = bytes.u32(at: 32)
            height = bytes.u32(at: 36)
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
        public static let sizeBytes = 48

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

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            r = try Rect(bytes.extracting(droppingFirst: 24))
            scanoutID = bytes.u32(at: 40)
            resourceID = ResourceID(bytes.u32(at: 44))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(r)
            out.append(u32: scanoutID)
            out.append(u32: resourceID.rawValue)
        }
    }

    /// Shows what has changed (`VIRTIO_GPU_CMD_RESOURCE_FLUSH`, `struct virtio_gpu_resource_flush`).
    public struct ResourceFlush: WireMessage {
        public static let sizeBytes = 48

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

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            r = try Rect(bytes.extracting(droppingFirst: 24))
            resourceID = ResourceID(bytes.u32(at: 40))
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
        public static let sizeBytes = 56

        public var header: ControlHeader
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

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            r = try Rect(bytes.extracting(droppingFirst: 24))
            offset = bytes.u64(at: 40)
            resourceID = ResourceID(bytes.u32(at: 48))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(r)
            out.append(u64: offset)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Says what a scanout shows of a blob (`VIRTIO_GPU_CMD_SET_SCANOUT_BLOB`,
    /// `struct virtio_gpu_set_scanout_blob`).
    public struct SetScanoutBlob: WireMessage {
        public static let sizeBytes = 96

        public var header: ControlHeader
        /// The part of the framebuffer that is shown.
        public var r: Rect
        public var scanoutID: UInt32
        /// 0 turns the scanout off.
        public var resourceID: ResourceID
        /// Of the framebuffer in the blob.
        public var width: UInt32
        public var height: UInt32
        public var format: Format
        /// Bytes from row to row, for each of four planes.
        public var strides: [UInt32]
        /// Where each plane begins in the blob.
        public var offsets: [UInt32]

        public init(
            header: ControlHeader = ControlHeader(type: .setScanoutBlob), r: Rect,
            scanoutID: UInt32, resourceID: ResourceID, width: UInt32, height: UInt32,
            format: Format, strides: [UInt32], offsets: [UInt32] = []
        ) {
            self.header = header
            self.r = r
            self.scanoutID = scanoutID
            self.resourceID = resourceID
            self.width = width
            self.height = height
            self.format = format
            self.strides = strides.padded(to: 4, with: 0)
            self.offsets = offsets.padded(to: 4, with: 0)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            r = try Rect(bytes.extracting(droppingFirst: 24))
            scanoutID = bytes.u32(at: 40)
            resourceID = ResourceID(bytes.u32(at: 44))
            width = bytes.u32(at: 48)
            height = bytes.u32(at: 52)
            format = Format(bytes.u32(at: 56))
            strides = (0..<4).map { bytes.u32(at: 64 + 4 * $0) }
            offsets = (0..<4).map { bytes.u32(at: 80 + 4 * $0) }
        }

        public func encode(to out: inout WireBuffer) {
            precondition(strides.count == 4, "a framebuffer has four planes")
            precondition(offsets.count == 4, "a framebuffer has four planes")
            out.append(header)
            out.append(r)
            out.append(u32: scanoutID)
            out.append(u32: resourceID.rawValue)
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: format.rawValue)
            out.append(zeros: 4)
            for value in strides { out.append(u32: value) }
            for value in offsets { out.append(u32: value) }
        }
    }
}
