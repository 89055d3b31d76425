// Generated from Spec/gpu.md, "Contexts": `make generate` writes it anew.

extension VirtioGPU {
    /// Lets the header's context use a resource, or no longer
    /// (`VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE`, `VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE`,
    /// `struct virtio_gpu_ctx_resource`).
    public struct CtxResource: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(header: ControlHeader, resourceID: ResourceID) {
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

    /// Makes a 3D resource, which belongs to no context (`VIRTIO_GPU_CMD_RESOURCE_CREATE_3D`,
    /// `struct virtio_gpu_resource_create_3d`).
    public struct ResourceCreate3D: WireMessage {
        @inlinable public static var sizeBytes: Int { 72 }

        public var header: ControlHeader
        public var resourceID: ResourceID
        public var target: UInt32
        public var format: UInt32
        public var bind: UInt32
        public var width: UInt32
        public var height: UInt32
        public var depth: UInt32
        public var arraySize: UInt32
        public var lastLevel: UInt32
        public var nrSamples: UInt32
        /// Bit 0: the first row in memory is the top one (`VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP`).
        public var flags: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .resourceCreate3D), resourceID: ResourceID,
            target: UInt32, format: UInt32, bind: UInt32, width: UInt32, height: UInt32,
            depth: UInt32 = 1, arraySize: UInt32 = 1, lastLevel: UInt32 = 0, nrSamples: UInt32 = 0,
            flags: UInt32 = 0
        ) {
            self.header = header
            self.resourceID = resourceID
            self.target = target
            self.format = format
            self.bind = bind
            self.width = width
            self.height = height
            self.depth = depth
            self.arraySize = arraySize
            self.lastLevel = lastLevel
            self.nrSamples = nrSamples
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
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
            target = bytes.u32(at: offset + 28)
            format = bytes.u32(at: offset + 32)
            bind = bytes.u32(at: offset + 36)
            width = bytes.u32(at: offset + 40)
            height = bytes.u32(at: offset + 44)
            depth = bytes.u32(at: offset + 48)
            arraySize = bytes.u32(at: offset + 52)
            lastLevel = bytes.u32(at: offset + 56)
            nrSamples = bytes.u32(at: offset + 60)
            flags = bytes.u32(at: offset + 64)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(u32: target)
            out.append(u32: format)
            out.append(u32: bind)
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: depth)
            out.append(u32: arraySize)
            out.append(u32: lastLevel)
            out.append(u32: nrSamples)
            out.append(u32: flags)
            out.append(zeros: 4)
        }
    }

    /// A box in texels (`struct virtio_gpu_box`).
    public struct Box: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        public var x: UInt32
        public var y: UInt32
        public var z: UInt32
        public var w: UInt32
        public var h: UInt32
        public var d: UInt32

        public init(
            x: UInt32 = 0, y: UInt32 = 0, z: UInt32 = 0, w: UInt32, h: UInt32, d: UInt32 = 1
        ) {
            self.x = x
            self.y = y
            self.z = z
            self.w = w
            self.h = h
            self.d = d
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
            z = bytes.u32(at: offset + 8)
            w = bytes.u32(at: offset + 12)
            h = bytes.u32(at: offset + 16)
            d = bytes.u32(at: offset + 20)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: x)
            out.append(u32: y)
            out.append(u32: z)
            out.append(u32: w)
            out.append(u32: h)
            out.append(u32: d)
        }
    }

    /// Copies a box between backing and resource (`VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D`,
    /// `VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D`, `struct virtio_gpu_transfer_host_3d`).
    public struct TransferHost3D: WireMessage {
        @inlinable public static var sizeBytes: Int { 72 }

        public var header: ControlHeader
        public var box: Box
        /// The backing's byte where the box's first texel lies.
        public var offset: UInt64
        public var resourceID: ResourceID
        public var level: UInt32
        /// Bytes from row to row, 0 for the level's natural stride.
        public var stride: UInt32
        /// Bytes from layer to layer, 0 for the natural ones.
        public var layerStride: UInt32

        public init(
            header: ControlHeader, box: Box, offset: UInt64 = 0, resourceID: ResourceID,
            level: UInt32 = 0, stride: UInt32 = 0, layerStride: UInt32 = 0
        ) {
            self.header = header
            self.box = box
            self.offset = offset
            self.resourceID = resourceID
            self.level = level
            self.stride = stride
            self.layerStride = layerStride
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
            box = Box(guarded: bytes, at: offset + 24)
            self.offset = bytes.u64(at: offset + 48)
            resourceID = ResourceID(bytes.u32(at: offset + 56))
            level = bytes.u32(at: offset + 60)
            stride = bytes.u32(at: offset + 64)
            layerStride = bytes.u32(at: offset + 68)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(box)
            out.append(u64: offset)
            out.append(u32: resourceID.rawValue)
            out.append(u32: level)
            out.append(u32: stride)
            out.append(u32: layerStride)
        }
    }

    /// Runs the command stream that follows, in the language of the header's context
    /// (`VIRTIO_GPU_CMD_SUBMIT_3D`, `struct virtio_gpu_cmd_submit`).
    public struct CmdSubmit: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        /// The stream's length in bytes.
        public var size: UInt32

        public init(header: ControlHeader = ControlHeader(type: .submit3D), size: UInt32) {
            self.header = header
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
            size = bytes.u32(at: offset + 24)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: size)
            out.append(zeros: 4)
        }
    }
}
