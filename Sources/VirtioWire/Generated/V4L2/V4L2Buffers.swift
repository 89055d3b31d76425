// Generated from Spec/v4l2.md, "Buffers": `make generate` writes it anew.

extension V4L2 {
    /// Which queue a buffer belongs to (`enum v4l2_buf_type`).
    public struct BufType: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Frames.
        @inlinable public static var videoCapture: Self { Self(1) }
        /// Coded data.
        @inlinable public static var videoOutput: Self { Self(2) }
        /// Frames, multi-planar.
        @inlinable public static var videoCaptureMPlane: Self { Self(9) }
        /// Coded data, multi-planar.
        @inlinable public static var videoOutputMPlane: Self { Self(10) }
    }

    /// What a queue can do, in answers to REQBUFS and CREATE_BUFS (`V4L2_BUF_CAP_SUPPORTS_…`).
    public struct BufCapabilities: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// MMAP buffers.
        @inlinable public static var mmap: Self { Self(rawValue: 0x0000_0001) }
        /// Shared pages.
        @inlinable public static var userptr: Self { Self(rawValue: 0x0000_0002) }
        /// Virtio objects.
        @inlinable public static var dmabuf: Self { Self(rawValue: 0x0000_0004) }
        /// Requests.
        @inlinable public static var requests: Self { Self(rawValue: 0x0000_0008) }
        /// Buffers can be freed while they are mapped.
        @inlinable public static var orphanedBufs: Self { Self(rawValue: 0x0000_0010) }
        /// A frame can wait for more slices.
        @inlinable public static var m2mHoldCaptureBuf: Self { Self(rawValue: 0x0000_0020) }
        /// Cache hints are heeded.
        @inlinable public static var mmapCacheHints: Self { Self(rawValue: 0x0000_0040) }
        /// CREATE_BUFS tells the most that there can be.
        @inlinable public static var maxNumBuffers: Self { Self(rawValue: 0x0000_0080) }
        /// REMOVE_BUFS works.
        @inlinable public static var removeBufs: Self { Self(rawValue: 0x0000_0100) }
    }

    /// Allocates or frees a queue's buffers (VIDIOC_REQBUFS) (`VIDIOC_REQBUFS`,
    /// `struct v4l2_requestbuffers`).
    public struct RequestBuffers: WireMessage {
        @inlinable public static var sizeBytes: Int { 20 }

        /// How many.
        public var count: UInt32
        /// Of which queue.
        public var type: BufType
        /// Whose memory.
        public var memory: Memory
        /// Told by the device.
        public var capabilities: BufCapabilities

        public init(
            count: UInt32, type: BufType, memory: Memory, capabilities: BufCapabilities = []
        ) {
            self.count = count
            self.type = type
            self.memory = memory
            self.capabilities = capabilities
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            count = bytes.u32(at: offset)
            type = BufType(bytes.u32(at: offset + 4))
            memory = Memory(bytes.u32(at: offset + 8))
            capabilities = BufCapabilities(rawValue: bytes.u32(at: offset + 12))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: count)
            out.append(u32: type.rawValue)
            out.append(u32: memory.rawValue)
            out.append(u32: capabilities.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Allocates more buffers (VIDIOC_CREATE_BUFS) (`VIDIOC_CREATE_BUFS`,
    /// `struct v4l2_create_buffers`).
    public struct CreateBuffers: WireMessage {
        @inlinable public static var sizeBytes: Int { 256 }

        /// Told by the device: the first new buffer.
        public var index: UInt32
        /// How many more.
        public var count: UInt32
        /// Whose memory.
        public var memory: Memory
        /// For frames of which format.
        public var format: Format
        /// Told by the device.
        public var capabilities: BufCapabilities
        /// Hints, `V4L2_MEMORY_FLAG_…`.
        public var flags: UInt32
        /// Told by the device where it says MAX_NUM_BUFFERS.
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

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) {
            index = bytes.u32(at: offset)
            count = bytes.u32(at: offset + 4)
            memory = Memory(bytes.u32(at: offset + 8))
            format = Format(guarded: bytes, at: offset + 16)
            capabilities = BufCapabilities(rawValue: bytes.u32(at: offset + 224))
            flags = bytes.u32(at: offset + 228)
            maxNumBuffers = bytes.u32(at: offset + 232)
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

    /// The same with a multi-planar format (`struct v4l2_create_buffers_mplane`).
    public struct CreateBuffersMPlane: WireMessage {
        @inlinable public static var sizeBytes: Int { 256 }

        /// Told by the device: the first new buffer.
        public var index: UInt32
        /// How many more.
        public var count: UInt32
        /// Whose memory.
        public var memory: Memory
        /// For frames of which format.
        public var format: FormatMPlane
        /// Told by the device.
        public var capabilities: BufCapabilities
        /// Hints, `V4L2_MEMORY_FLAG_…`.
        public var flags: UInt32
        /// Told by the device where it says MAX_NUM_BUFFERS.
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
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            index = bytes.u32(at: offset)
            count = bytes.u32(at: offset + 4)
            memory = Memory(bytes.u32(at: offset + 8))
            format = try FormatMPlane(guarded: bytes, at: offset + 16)
            capabilities = BufCapabilities(rawValue: bytes.u32(at: offset + 224))
            flags = bytes.u32(at: offset + 228)
            maxNumBuffers = bytes.u32(at: offset + 232)
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

    /// Frees some buffers (VIDIOC_REMOVE_BUFS) (`VIDIOC_REMOVE_BUFS`,
    /// `struct v4l2_remove_buffers`).
    public struct RemoveBuffers: WireMessage {
        @inlinable public static var sizeBytes: Int { 64 }

        /// The first one.
        public var index: UInt32
        /// How many.
        public var count: UInt32
        /// Of which queue.
        public var type: BufType

        public init(index: UInt32, count: UInt32, type: BufType) {
            self.index = index
            self.count = count
            self.type = type
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            index = bytes.u32(at: offset)
            count = bytes.u32(at: offset + 4)
            type = BufType(bytes.u32(at: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: count)
            out.append(u32: type.rawValue)
            out.append(zeros: 52)
        }
    }

    /// The state and content of a buffer (`V4L2_BUF_FLAG_…`).
    public struct BufferFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// It is mapped.
        @inlinable public static var mapped: Self { Self(rawValue: 0x0000_0001) }
        /// The device has it.
        @inlinable public static var queued: Self { Self(rawValue: 0x0000_0002) }
        /// The device is done with it.
        @inlinable public static var done: Self { Self(rawValue: 0x0000_0004) }
        /// A frame that stands alone.
        @inlinable public static var keyframe: Self { Self(rawValue: 0x0000_0008) }
        /// Made from earlier frames.
        @inlinable public static var pframe: Self { Self(rawValue: 0x0000_0010) }
        /// Made from frames on both sides.
        @inlinable public static var bframe: Self { Self(rawValue: 0x0000_0020) }
        /// Its content is damaged.
        @inlinable public static var error: Self { Self(rawValue: 0x0000_0040) }
        /// Part of a request; never set by us.
        @inlinable public static var inRequest: Self { Self(rawValue: 0x0000_0080) }
        /// The time code is valid; never set by us.
        @inlinable public static var timecode: Self { Self(rawValue: 0x0000_0100) }
        /// More slices of the frame follow.
        @inlinable public static var m2mHoldCaptureBuf: Self { Self(rawValue: 0x0000_0200) }
        /// PREPARE_BUF has seen it.
        @inlinable public static var prepared: Self { Self(rawValue: 0x0000_0400) }
        /// A hint.
        @inlinable public static var noCacheInvalidate: Self { Self(rawValue: 0x0000_0800) }
        /// A hint.
        @inlinable public static var noCacheClean: Self { Self(rawValue: 0x0000_1000) }
        /// The timestamp is the monotonic clock's.
        @inlinable public static var timestampMonotonic: Self { Self(rawValue: 0x0000_2000) }
        /// The timestamp is the one of the coded buffer.
        @inlinable public static var timestampCopy: Self { Self(rawValue: 0x0000_4000) }
        /// Taken at the start of exposure.
        @inlinable public static var timestampSourceSOE: Self { Self(rawValue: 0x0001_0000) }
        /// No frame follows until the decoder is started again.
        @inlinable public static var last: Self { Self(rawValue: 0x0010_0000) }
        /// `request_fd` is valid; never set by us.
        @inlinable public static var requestFD: Self { Self(rawValue: 0x0080_0000) }
    }

    /// A buffer's time (`struct timeval`).
    public struct Timeval: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// Seconds, of any sign.
        public var sec: Int64
        /// Microseconds, of any value.
        public var usec: Int64

        public init(sec: Int64, usec: Int64) {
            self.sec = sec
            self.usec = usec
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            sec = bytes.i64(at: offset)
            usec = bytes.i64(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(i64: sec)
            out.append(i64: usec)
        }
    }

    /// One buffer of a queue (VIDIOC_QUERYBUF, QBUF, PREPARE_BUF and the DQBUF event), without time
    /// code and request (`struct v4l2_buffer`).
    public struct Buffer: WireMessage {
        @inlinable public static var sizeBytes: Int { 88 }

        /// Which one.
        public var index: UInt32
        /// Of which queue.
        public var type: BufType
        /// Bytes with content; of a multi-planar buffer the planes tell.
        public var bytesused: UInt32
        /// State and content.
        public var flags: BufferFlags
        /// How fields make the picture.
        public var field: Field
        /// Copied from coded buffers to frames.
        public var timestamp: Timeval
        /// Counts a queue's buffers since STREAMON.
        public var sequence: UInt32
        /// Whose memory.
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

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) {
            index = bytes.u32(at: offset)
            type = BufType(bytes.u32(at: offset + 4))
            bytesused = bytes.u32(at: offset + 8)
            flags = BufferFlags(rawValue: bytes.u32(at: offset + 12))
            field = Field(bytes.u32(at: offset + 16))
            timestamp = Timeval(guarded: bytes, at: offset + 24)
            sequence = bytes.u32(at: offset + 56)
            memory = Memory(bytes.u32(at: offset + 60))
            m = bytes.u64(at: offset + 64)
            length = bytes.u32(at: offset + 72)
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
        @inlinable public static var sizeBytes: Int { 64 }

        /// Bytes with content, `data_offset` included.
        public var bytesused: UInt32
        /// Bytes of the plane's buffer.
        public var length: UInt32
        /// The union, as in `Buffer`.
        public var m: UInt64
        /// Where the content begins.
        public var dataOffset: UInt32

        public init(bytesused: UInt32 = 0, length: UInt32, m: UInt64 = 0, dataOffset: UInt32 = 0) {
            self.bytesused = bytesused
            self.length = length
            self.m = m
            self.dataOffset = dataOffset
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            bytesused = bytes.u32(at: offset)
            length = bytes.u32(at: offset + 4)
            m = bytes.u64(at: offset + 8)
            dataOffset = bytes.u32(at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: bytesused)
            out.append(u32: length)
            out.append(u64: m)
            out.append(u32: dataOffset)
            out.append(zeros: 44)
        }
    }

    /// Gives an MMAP buffer's plane a UUID (VIDIOC_EXPBUF), which follows in both directions
    /// (`VIDIOC_EXPBUF`, `struct v4l2_exportbuffer`).
    public struct ExportBuffer: WireMessage {
        @inlinable public static var sizeBytes: Int { 64 }

        /// Of which queue.
        public var type: BufType
        /// Which buffer.
        public var index: UInt32
        /// Which plane.
        public var plane: UInt32
        /// `O_CLOEXEC` and access mode of a descriptor that does not travel.
        public var flags: UInt32
        /// A placeholder.
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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            type = BufType(bytes.u32(at: offset))
            index = bytes.u32(at: offset + 4)
            plane = bytes.u32(at: offset + 8)
            flags = bytes.u32(at: offset + 12)
            fd = bytes.i32(at: offset + 16)
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
