// Generated from Spec/media.md, "Commands": `make generate` writes it anew.

extension VirtioMedia {
    /// The command word (`enum virtio_media_cmd`).
    public struct Command: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Opens a session.
        @inlinable public static var open: Self { Self(1) }
        /// Closes one.
        @inlinable public static var close: Self { Self(2) }
        /// Runs an ioctl in one.
        @inlinable public static var ioctl: Self { Self(3) }
        /// Maps a buffer into region 0.
        @inlinable public static var mmap: Self { Self(4) }
        /// Takes a mapping away.
        @inlinable public static var munmap: Self { Self(5) }
    }

    /// What every command begins with (`struct virtio_media_cmd_header`).
    public struct CmdHeader: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// Which command.
        public var cmd: Command

        public init(cmd: Command) {
            self.cmd = cmd
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            cmd = Command(bytes.u32(at: offset))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: cmd.rawValue)
            out.append(zeros: 4)
        }
    }

    /// How a command ended: 0, or a Linux errno as a positive number (`enum linux_errno`).
    public struct Status: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// It worked; C has no name for it.
        @inlinable public static var ok: Self { Self(0) }
        /// Not allowed.
        @inlinable public static var eperm: Self { Self(1) }
        /// No such thing.
        @inlinable public static var enoent: Self { Self(2) }
        /// The session has failed.
        @inlinable public static var eio: Self { Self(5) }
        /// A file descriptor that is none.
        @inlinable public static var ebadf: Self { Self(9) }
        /// Not now.
        @inlinable public static var eagain: Self { Self(11) }
        /// No memory, or a limit of ours is reached.
        @inlinable public static var enomem: Self { Self(12) }
        /// The value cannot be read yet, or never written.
        @inlinable public static var eacces: Self { Self(13) }
        /// Guest memory that is none.
        @inlinable public static var efault: Self { Self(14) }
        /// The state of the queue or session forbids it.
        @inlinable public static var ebusy: Self { Self(16) }
        /// The device is gone.
        @inlinable public static var enodev: Self { Self(19) }
        /// The request makes no sense here.
        @inlinable public static var einval: Self { Self(22) }
        /// No such ioctl, or no such command.
        @inlinable public static var enotty: Self { Self(25) }
        /// A control's area is too small; its size comes back.
        @inlinable public static var enospc: Self { Self(28) }
        /// Nothing follows the last buffer.
        @inlinable public static var epipe: Self { Self(32) }
        /// A control's value is out of its range.
        @inlinable public static var erange: Self { Self(34) }
        /// There is no such data in this input.
        @inlinable public static var enodata: Self { Self(61) }
        /// A number does not fit.
        @inlinable public static var eoverflow: Self { Self(75) }
        /// Not supported.
        @inlinable public static var eopnotsupp: Self { Self(95) }
        /// No buffers left.
        @inlinable public static var enobufs: Self { Self(105) }
        /// It took too long.
        @inlinable public static var etimedout: Self { Self(110) }
        /// Given up.
        @inlinable public static var ecanceled: Self { Self(125) }
    }

    /// What every response begins with, and all there is of an ioctl's, a MUNMAP's, a CLOSE's and
    /// every failed one (`struct virtio_media_resp_header`).
    public struct RespHeader: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// 0 or an errno.
        public var status: Status

        public init(status: Status) {
            self.status = status
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            status = Status(bytes.u32(at: offset))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: status.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Opens a session, as a program opens the node: it begins with no formats chosen, no buffers
    /// and no subscriptions (`VIRTIO_MEDIA_CMD_OPEN`, `struct virtio_media_cmd_open`).
    public struct CmdOpen: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        public init() {}

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Command.open.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Command.open.rawValue)
            out.append(zeros: 4)
        }
    }

    /// The session that was opened (`VIRTIO_MEDIA_CMD_OPEN`, `struct virtio_media_resp_open`).
    public struct RespOpen: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// How it ended.
        public var header: RespHeader
        /// The new session.
        public var sessionID: SessionID

        public init(header: RespHeader = RespHeader(status: .ok), sessionID: SessionID) {
            self.header = header
            self.sessionID = sessionID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = RespHeader(guarded: bytes, at: offset)
            sessionID = SessionID(bytes.u32(at: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: sessionID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Closes a session and frees what it holds: its buffers, imports, subscriptions and events
    /// that wait, but not its live mappings (`VIRTIO_MEDIA_CMD_CLOSE`,
    /// `struct virtio_media_cmd_close`).
    public struct CmdClose: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// The session, failed or not.
        public var sessionID: SessionID

        public init(sessionID: SessionID) {
            self.sessionID = sessionID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Command.close.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            sessionID = SessionID(bytes.u32(at: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Command.close.rawValue)
            out.append(zeros: 4)
            out.append(u32: sessionID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Runs an ioctl, whose payload follows (`VIRTIO_MEDIA_CMD_IOCTL`,
    /// `struct virtio_media_cmd_ioctl`).
    public struct CmdIoctl: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// In which session.
        public var sessionID: SessionID
        /// The ioctl's number.
        public var code: V4L2.IoctlCode

        public init(sessionID: SessionID, code: V4L2.IoctlCode) {
            self.sessionID = sessionID
            self.code = code
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Command.ioctl.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            sessionID = SessionID(bytes.u32(at: offset + 8))
            code = V4L2.IoctlCode(bytes.u32(at: offset + 12))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Command.ioctl.rawValue)
            out.append(zeros: 4)
            out.append(u32: sessionID.rawValue)
            out.append(u32: code.rawValue)
        }
    }

    /// Maps a buffer or plane of the device's own memory into shared memory region 0
    /// (`VIRTIO_MEDIA_CMD_MMAP`, `struct virtio_media_cmd_mmap`).
    public struct CmdMMap: WireMessage {
        @inlinable public static var sizeBytes: Int { 20 }

        /// Whose buffer.
        public var sessionID: SessionID
        /// How it is mapped.
        public var flags: MMapFlags
        /// QUERYBUF's cookie.
        public var offset: UInt32

        public init(sessionID: SessionID, flags: MMapFlags = [], offset: UInt32) {
            self.sessionID = sessionID
            self.flags = flags
            self.offset = offset
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Command.mmap.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            sessionID = SessionID(bytes.u32(at: offset + 8))
            flags = MMapFlags(rawValue: bytes.u32(at: offset + 12))
            self.offset = bytes.u32(at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Command.mmap.rawValue)
            out.append(zeros: 4)
            out.append(u32: sessionID.rawValue)
            out.append(u32: flags.rawValue)
            out.append(u32: offset)
        }
    }

    /// How a buffer is mapped (`enum virtio_media_mmap_flags`).
    public struct MMapFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The guest may write.
        @inlinable public static var rw: Self { Self(rawValue: 0x0000_0001) }
    }

    /// Where the mapping lies (`VIRTIO_MEDIA_CMD_MMAP`, `struct virtio_media_resp_mmap`).
    public struct RespMMap: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        /// How it ended.
        public var header: RespHeader
        /// The first byte's offset in region 0, not a guest address.
        public var driverAddr: UInt64
        /// The length of the buffer or plane.
        public var len: UInt64

        public init(header: RespHeader = RespHeader(status: .ok), driverAddr: UInt64, len: UInt64) {
            self.header = header
            self.driverAddr = driverAddr
            self.len = len
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = RespHeader(guarded: bytes, at: offset)
            driverAddr = bytes.u64(at: offset + 8)
            len = bytes.u64(at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u64: driverAddr)
            out.append(u64: len)
        }
    }

    /// Takes a mapping away (`VIRTIO_MEDIA_CMD_MUNMAP`, `struct virtio_media_cmd_munmap`).
    public struct CmdMUnmap: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// Where a mapping begins, as MMAP answered.
        public var driverAddr: UInt64

        public init(driverAddr: UInt64) {
            self.driverAddr = driverAddr
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Command.munmap.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            driverAddr = bytes.u64(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Command.munmap.rawValue)
            out.append(zeros: 4)
            out.append(u64: driverAddr)
        }
    }
}

extension VirtioMedia.Status: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .ok: "OK"
        case .eperm: "EPERM"
        case .enoent: "ENOENT"
        case .eio: "EIO"
        case .ebadf: "EBADF"
        case .eagain: "EAGAIN"
        case .enomem: "ENOMEM"
        case .eacces: "EACCES"
        case .efault: "EFAULT"
        case .ebusy: "EBUSY"
        case .enodev: "ENODEV"
        case .einval: "EINVAL"
        case .enotty: "ENOTTY"
        case .enospc: "ENOSPC"
        case .epipe: "EPIPE"
        case .erange: "ERANGE"
        case .enodata: "ENODATA"
        case .eoverflow: "EOVERFLOW"
        case .eopnotsupp: "EOPNOTSUPP"
        case .enobufs: "ENOBUFS"
        case .etimedout: "ETIMEDOUT"
        case .ecanceled: "ECANCELED"
        default: String(rawValue)
        }
    }
}
