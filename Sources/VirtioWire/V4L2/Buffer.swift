// Buffers: what is asked for, queued and given back; <linux/videodev2.h>.

extension V4L2 {
    /// Which queue a buffer belongs to, `V4L2_BUF_TYPE_…`.
    public struct BufType: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let videoCapture = Self(1)
        public static let videoOutput = Self(2)
        public static let videoCaptureMPlane = Self(9)
        public static let videoOutputMPlane = Self(10)
    }

    /// Who owns a buffer's memory, `V4L2_MEMORY_…`.
    ///
    /// The media device calls the three MMAP, SHARED_PAGES and VIRTIO_OBJECT; virtio 1.4, 5.22.6.1.
    public struct Memory: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The device's.
        public static let mmap = Self(1)
        /// The driver's pages.
        public static let userptr = Self(2)
        /// Another virtio device's exported object.
        public static let dmabuf = Self(4)

        /// `userptr` as the media device calls it.
        public static let sharedPages = userptr
        /// `dmabuf` as the media device calls it.
        public static let virtioObject = dmabuf
    }

    /// The state and content of a buffer, `V4L2_BUF_FLAG_…`.
    public struct BufferFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let mapped = Self(rawValue: 0x0000_0001)
        public static let queued = Self(rawValue: 0x0000_0002)
        public static let done = Self(rawValue: 0x0000_0004)
        public static let keyframe = Self(rawValue: 0x0000_0008)
        public static let pframe = Self(rawValue: 0x0000_0010)
        public static let bframe = Self(rawValue: 0x0000_0020)
        public static let error = Self(rawValue: 0x0000_0040)
        public static let inRequest = Self(rawValue: 0x0000_0080)
        public static let timecode = Self(rawValue: 0x0000_0100)
        public static let prepared = Self(rawValue: 0x0000_0400)
        /// The timestamp is the one of the coded buffer.
        public static let timestampCopy = Self(rawValue: 0x0000_4000)
        /// `request_fd` names a request.
        public static let requestFD = Self(rawValue: 0x0080_0000)
        /// No frame follows until the decoder is started again.
        public static let last = Self(rawValue: 0x0010_0000)
    }

    /// What a queue can do, `V4L2_BUF_CAP_SUPPORTS_…`.
    public struct BufCapabilities: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let mmap = Self(rawValue: 1 << 0)
        public static let userptr = Self(rawValue: 1 << 1)
        public static let dmabuf = Self(rawValue: 1 << 2)
        public static let requests = Self(rawValue: 1 << 3)
        public static let orphanedBufs = Self(rawValue: 1 << 4)
        public static let m2mHoldCaptureBuf = Self(rawValue: 1 << 5)
        public static let mmapCacheHints = Self(rawValue: 1 << 6)
        public static let maxNumBuffers = Self(rawValue: 1 << 7)
        public static let removeBufs = Self(rawValue: 1 << 8)
    }

    /// Allocates or frees a queue's buffers (`struct v4l2_requestbuffers`).
    public struct RequestBuffers: WireMessage {
        public static let sizeBytes = 20

        public var count: UInt32
        public var type: BufType
        public var memory: Memory
        public var capabilities: BufCapabilities

        public init(
            count: UInt32, type: BufType, memory: Memory, capabilities: BufCapabilities = []
        ) {
            self.count = count
            self.type = type
            self.memory = memory
            self.capabilities = capabilities
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            count = bytes.u32(at: 0)
            type = BufType(bytes.u32(at: 4))
            memory = Memory(bytes.u32(at: 8))
            capabilities = BufCapabilities(rawValue: bytes.u32(at: 12))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: count)
            out.append(u32: type.rawValue)
            out.append(u32: memory.rawValue)
            out.append(u32: capabilities.rawValue)
            out.append(zeros: 4)
        }
    }

    /// A buffer's time (`struct timeval` of a 64-bit Linux); opaque, copied from queue to queue.
    public struct Timeval: WireMessage {
        public static let sizeBytes = 16

        public var sec: Int64
        public var usec: Int64

        public init(sec: Int64, usec: Int64) {
            self.sec = sec
            self.usec = usec
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            sec = bytes.i64(at: 0)
            usec = bytes.i64(at: 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(i64: sec)
            out.append(i64: usec)
        }
    }

    /// One buffer of a queue (`struct v4l2_buffer`), without time code and request.
    public struct Buffer: WireMessage {
        public static let sizeBytes = 88

        public var index: UInt32
        public var type: BufType
        public var bytesused: UInt32
        public var flags: BufferFlags
        public var field: Field
        public var timestamp: Timeval
        public var sequence: UInt32
        public var memory: Memory
        /// The union: an offset or descriptor in the low half, or a pointer, which is not ours to
        /// follow.
        public var m: UInt64
        /// Bytes, or the number of planes of a multi-planar buffer.
        public var length: UInt32

        public init(
            index: UInt32, type: BufType, bytesused: UInt32 = 0, flags: BufferFlags = [],
            field: Field = .any, timestamp: Timeval = Timeval(sec: 0, usec: 0),
            sequence: UInt32 = 0, memory: Memory, m: UInt64 = 0, length: UInt32 = 0
        ) {
            self.index = index
            self.type = type
            self.bytesused = bytesused
            self.flags = flags
            self.field = field
            self.timestamp = timestamp
            self.sequence = sequence
            self.memory = memory
            self.m = m
            self.length = length
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            index = bytes.u32(at: 0)
            type = BufType(bytes.u32(at: 4))
            bytesused = bytes.u32(at: 8)
            flags = BufferFlags(rawValue: bytes.u32(at: 12))
            field = Field(bytes.u32(at: 16))
            timestamp = try Timeval(bytes.extracting(droppingFirst: 24))
            sequence = bytes.u32(at: 56)
            memory = Memory(bytes.u32(at: 60))
            m = bytes.u64(at: 64)
            length = bytes.u32(at: 72)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: type.rawValue)
            out.append(u32: bytesused)
            out.append(u32: flags.rawValue)
            out.append(u32: field.rawValue)
            out.append(zeros: 4)
            out.append(timestamp)
            out.append(zeros: 16)
            out.append(u32: sequence)
            out.append(u32: memory.rawValue)
            out.append(u64: m)
            out.append(u32: length)
            out.append(zeros: 12)
        }
    }

    /// One plane of a multi-planar buffer (`struct v4l2_plane`).
    public struct Plane: WireMessage {
        public static let sizeBytes = 64

        public var bytesused: UInt32
        public var length: UInt32
        /// The union, as in `Buffer`.
        public var m: UInt64
        public var dataOffset: UInt32

        public init(bytesused: UInt32 = 0, length: UInt32, m: UInt64 = 0, dataOffset: UInt32 = 0) {
            self.bytesused = bytesused
            self.length = length
            self.m = m
            self.dataOffset = dataOffset
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            bytesused = bytes.u32(at: 0)
            length = bytes.u32(at: 4)
            m = bytes.u64(at: 8)
            dataOffset = bytes.u32(at: 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: bytesused)
            out.append(u32: length)
            out.append(u64: m)
            out.append(u32: dataOffset)
            out.append(zeros: 44)
        }
    }
}
