// Buffers added to a queue, and buffers given to others; <linux/videodev2.h>.

extension V4L2 {
    /// Adds buffers to a queue (`struct v4l2_create_buffers`), with a single-planar format.
    public struct CreateBuffers: WireMessage {
        public static let sizeBytes = 256

        /// In the answer: the first new buffer's.
        public var index: UInt32
        public var count: UInt32
        public var memory: Memory
        public var format: Format
        public var capabilities: BufCapabilities
        public var flags: UInt32
        public var maxNumBuffers: UInt32

        public init(
            index: UInt32 = 0, count: UInt32, memory: Memory, format: Format,
            capabilities: BufCapabilities = [], flags: UInt32 = 0, maxNumBuffers: UInt32 = 0
        ) {
            self.index = index
            self.count = count
            self.memory = memory
            self.format = format
            self.capabilities = capabilities
            self.flags = flags
            self.maxNumBuffers = maxNumBuffers
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            index = bytes.u32(at: 0)
            count = bytes.u32(at: 4)
            memory = Memory(bytes.u32(at: 8))
            format = try Format(bytes.extracting(droppingFirst: 16))
            capabilities = BufCapabilities(rawValue: bytes.u32(at: 224))
            flags = bytes.u32(at: 228)
            maxNumBuffers = bytes.u32(at: 232)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: count)
            out.append(u32: memory.rawValue)
            out.append(zeros: 4)
            out.append(format)
            out.append(u32: capabilities.rawValue)
            out.append(u32: flags)
            out.append(u32: maxNumBuffers)
            out.append(zeros: 20)
        }
    }

    /// Adds buffers to a queue (`struct v4l2_create_buffers`), with a multi-planar format.
    public struct CreateBuffersMPlane: WireMessage {
        public static let sizeBytes = 256

        /// In the answer: the first new buffer's.
        public var index: UInt32
        public var count: UInt32
        public var memory: Memory
        public var format: FormatMPlane
        public var capabilities: BufCapabilities
        public var flags: UInt32
        public var maxNumBuffers: UInt32

        public init(
            index: UInt32 = 0, count: UInt32, memory: Memory, format: FormatMPlane,
            capabilities: BufCapabilities = [], flags: UInt32 = 0, maxNumBuffers: UInt32 = 0
        ) {
            self.index = index
            self.count = count
            self.memory = memory
            self.format = format
            self.capabilities = capabilities
            self.flags = flags
            self.maxNumBuffers = maxNumBuffers
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            index = bytes.u32(at: 0)
            count = bytes.u32(at: 4)
            memory = Memory(bytes.u32(at: 8))
            format = try FormatMPlane(bytes.extracting(droppingFirst: 16))
            capabilities = BufCapabilities(rawValue: bytes.u32(at: 224))
            flags = bytes.u32(at: 228)
            maxNumBuffers = bytes.u32(at: 232)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: count)
            out.append(u32: memory.rawValue)
            out.append(zeros: 4)
            out.append(format)
            out.append(u32: capabilities.rawValue)
            out.append(u32: flags)
            out.append(u32: maxNumBuffers)
            out.append(zeros: 20)
        }
    }

    /// Names one plane of a buffer for others (`struct v4l2_exportbuffer`); the media device's answer
    /// has the UUID behind it.
    public struct ExportBuffer: WireMessage {
        public static let sizeBytes = 64

        public var type: BufType
        public var index: UInt32
        public var plane: UInt32
        public var flags: UInt32
        /// Not ours: it goes back as it came.
        public var fd: Int32

        public init(
            type: BufType, index: UInt32, plane: UInt32 = 0, flags: UInt32 = 0, fd: Int32 = 0
        ) {
            self.type = type
            self.index = index
            self.plane = plane
            self.flags = flags
            self.fd = fd
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = BufType(bytes.u32(at: 0))
            index = bytes.u32(at: 4)
            plane = bytes.u32(at: 8)
            flags = bytes.u32(at: 12)
            fd = bytes.i32(at: 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(u32: index)
            out.append(u32: plane)
            out.append(u32: flags)
            out.append(i32: fd)
            out.append(zeros: 44)
        }
    }
}
