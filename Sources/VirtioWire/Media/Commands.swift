// The command queue's structures; virtio 1.4, 5.22.6.1.
// Invariant: a command writes its own `cmd` word, and reads only bytes that begin with it.

extension VirtioMedia {
    /// The command word, `VIRTIO_MEDIA_CMD_…`.
    public struct Command: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let open = Self(1)
        public static let close = Self(2)
        public static let ioctl = Self(3)
        public static let mmap = Self(4)
        public static let munmap = Self(5)
    }

    /// What every command begins with (`struct virtio_media_cmd_header`).
    public struct CmdHeader: WireMessage {
        public static let sizeBytes = 8

        public var cmd: Command

        public init(cmd: Command) {
            self.cmd = cmd
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            cmd = Command(bytes.u32(at: 0))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: cmd.rawValue)
            out.append(zeros: 4)
        }
    }

    /// What every response begins with, and all there is of an ioctl's
    /// (`struct virtio_media_resp_header`, `struct virtio_media_resp_ioctl`).
    public struct RespHeader: WireMessage {
        public static let sizeBytes = 8

        public var status: Status

        public init(status: Status) {
            self.status = status
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            status = Status(bytes.u32(at: 0))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: status.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Opens a session (`VIRTIO_MEDIA_CMD_OPEN`, `struct virtio_media_cmd_open`).
    public struct CmdOpen: WireMessage {
        public static let sizeBytes = 8

        public init() {}

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.open, byteCount: Self.sizeBytes)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(CmdHeader(cmd: .open))
        }
    }

    /// The session that was opened (`struct virtio_media_resp_open`).
    public struct RespOpen: WireMessage {
        public static let sizeBytes = 16

        public var header: RespHeader
        public var sessionID: SessionID

        public init(header: RespHeader = RespHeader(status: .ok), sessionID: SessionID) {
            self.header = header
            self.sessionID = sessionID
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try RespHeader(bytes)
            sessionID = SessionID(bytes.u32(at: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: sessionID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Closes a session; there is no response (`VIRTIO_MEDIA_CMD_CLOSE`,
    /// `struct virtio_media_cmd_close`).
    public struct CmdClose: WireMessage {
        public static let sizeBytes = 16

        public var sessionID: SessionID

        public init(sessionID: SessionID) {
            self.sessionID = sessionID
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.close, byteCount: Self.sizeBytes)
            sessionID = SessionID(bytes.u32(at: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(CmdHeader(cmd: .close))
            out.append(u32: sessionID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Runs an ioctl, whose payload follows (`VIRTIO_MEDIA_CMD_IOCTL`,
    /// `struct virtio_media_cmd_ioctl`).
    public struct CmdIoctl: WireMessage {
        public static let sizeBytes = 16

        public var sessionID: SessionID
        public var code: V4L2.IoctlCode

        public init(sessionID: SessionID, code: V4L2.IoctlCode) {
            self.sessionID = sessionID
            self.code = code
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.ioctl, byteCount: Self.sizeBytes)
            sessionID = SessionID(bytes.u32(at: 8))
            code = V4L2.IoctlCode(bytes.u32(at: 12))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(CmdHeader(cmd: .ioctl))
            out.append(u32: sessionID.rawValue)
            out.append(u32: code.rawValue)
        }
    }

    /// How a buffer is mapped, `VIRTIO_MEDIA_MMAP_FLAG_…`.
    public struct MMapFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The driver may write; otherwise it only reads.
        public static let rw = Self(rawValue: 1 << 0)
    }

    /// Maps a plane of a buffer into shared memory region 0 (`VIRTIO_MEDIA_CMD_MMAP`,
    /// `struct virtio_media_cmd_mmap`).
    public struct CmdMMap: WireMessage {
        public static let sizeBytes = 20

        public var sessionID: SessionID
        public var flags: MMapFlags
        /// What QUERYBUF gave for the plane.
        public var offset: UInt32

        public init(sessionID: SessionID, flags: MMapFlags = [], offset: UInt32) {
            self.sessionID = sessionID
            self.flags = flags
            self.offset = offset
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.mmap, byteCount: Self.sizeBytes)
            sessionID = SessionID(bytes.u32(at: 8))
            flags = MMapFlags(rawValue: bytes.u32(at: 12))
            offset = bytes.u32(at: 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(CmdHeader(cmd: .mmap))
            out.append(u32: sessionID.rawValue)
            out.append(u32: flags.rawValue)
            out.append(u32: offset)
        }
    }

    /// Where a plane was mapped (`struct virtio_media_resp_mmap`).
    public struct RespMMap: WireMessage {
        public static let sizeBytes = 24

        public var header: RespHeader
        /// Offset in the shared memory region.
        public var driverAddr: UInt64
        /// The plane's length.
        public var len: UInt64

        public init(header: RespHeader = RespHeader(status: .ok), driverAddr: UInt64, len: UInt64) {
            self.header = header
            self.driverAddr = driverAddr
            self.len = len
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try RespHeader(bytes)
            driverAddr = bytes.u64(at: 8)
            len = bytes.u64(at: 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u64: driverAddr)
            out.append(u64: len)
        }
    }

    /// Takes a mapping away; the response is a header (`VIRTIO_MEDIA_CMD_MUNMAP`,
    /// `struct virtio_media_cmd_munmap`).
    public struct CmdMUnmap: WireMessage {
        public static let sizeBytes = 16

        public var driverAddr: UInt64

        public init(driverAddr: UInt64) {
            self.driverAddr = driverAddr
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.munmap, byteCount: Self.sizeBytes)
            driverAddr = bytes.u64(at: 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(CmdHeader(cmd: .munmap))
            out.append(u64: driverAddr)
        }
    }

    /// One piece of a shared-pages buffer, of any alignment (`struct virtio_media_sg_entry`).
    public struct SGEntry: WireMessage {
        public static let sizeBytes = 16

        public var start: GuestAddress
        public var len: UInt32

        public init(start: GuestAddress, len: UInt32) {
            self.start = start
            self.len = len
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            start = GuestAddress(bytes.u64(at: 0))
            len = bytes.u32(at: 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: start.rawValue)
            out.append(u32: len)
            out.append(zeros: 4)
        }
    }
}

extension RawSpan {
    /// The guard of a command's decoder: first the length, then the command word.
    fileprivate func require(
        _ cmd: VirtioMedia.Command, byteCount needed: Int
    ) throws(WireError) {
        try require(byteCount: needed)
        guard u32(at: 0) == cmd.rawValue else { throw WireError(kind: .wrongType, offset: 0) }
    }
}
