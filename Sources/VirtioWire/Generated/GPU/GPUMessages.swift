// Generated from Spec/gpu.md, "Messages": `make generate` writes it anew.

extension VirtioGPU {
    /// The codes of all commands and responses (`enum virtio_gpu_ctrl_type`).
    public struct MessageType: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        @inlinable public static var getDisplayInfo: Self { Self(0x0100) }
        @inlinable public static var resourceCreate2D: Self { Self(0x0101) }
        @inlinable public static var resourceUnref: Self { Self(0x0102) }
        @inlinable public static var setScanout: Self { Self(0x0103) }
        @inlinable public static var resourceFlush: Self { Self(0x0104) }
        @inlinable public static var transferToHost2D: Self { Self(0x0105) }
        @inlinable public static var resourceAttachBacking: Self { Self(0x0106) }
        @inlinable public static var resourceDetachBacking: Self { Self(0x0107) }
        @inlinable public static var getCapsetInfo: Self { Self(0x0108) }
        @inlinable public static var getCapset: Self { Self(0x0109) }
        @inlinable public static var getEDID: Self { Self(0x010a) }
        @inlinable public static var resourceAssignUUID: Self { Self(0x010b) }
        @inlinable public static var resourceCreateBlob: Self { Self(0x010c) }
        @inlinable public static var setScanoutBlob: Self { Self(0x010d) }
        @inlinable public static var ctxCreate: Self { Self(0x0200) }
        @inlinable public static var ctxDestroy: Self { Self(0x0201) }
        @inlinable public static var ctxAttachResource: Self { Self(0x0202) }
        @inlinable public static var ctxDetachResource: Self { Self(0x0203) }
        @inlinable public static var resourceCreate3D: Self { Self(0x0204) }
        @inlinable public static var transferToHost3D: Self { Self(0x0205) }
        @inlinable public static var transferFromHost3D: Self { Self(0x0206) }
        @inlinable public static var submit3D: Self { Self(0x0207) }
        @inlinable public static var resourceMapBlob: Self { Self(0x0208) }
        @inlinable public static var resourceUnmapBlob: Self { Self(0x0209) }
        @inlinable public static var updateCursor: Self { Self(0x0300) }
        @inlinable public static var moveCursor: Self { Self(0x0301) }
        /// Done; a bare header.
        @inlinable public static var okNoData: Self { Self(0x1100) }
        @inlinable public static var okDisplayInfo: Self { Self(0x1101) }
        @inlinable public static var okCapsetInfo: Self { Self(0x1102) }
        @inlinable public static var okCapset: Self { Self(0x1103) }
        @inlinable public static var okEDID: Self { Self(0x1104) }
        @inlinable public static var okResourceUUID: Self { Self(0x1105) }
        @inlinable public static var okMapInfo: Self { Self(0x1106) }
        /// Anything that has no error of its own, an unknown or short command among them.
        @inlinable public static var errUnspec: Self { Self(0x1200) }
        /// The host has no more, or a limit is reached.
        @inlinable public static var errOutOfMemory: Self { Self(0x1201) }
        @inlinable public static var errInvalidScanoutID: Self { Self(0x1202) }
        /// Unknown, 0, or in use already.
        @inlinable public static var errInvalidResourceID: Self { Self(0x1203) }
        /// Unknown, 0, or in use already.
        @inlinable public static var errInvalidContextID: Self { Self(0x1204) }
        @inlinable public static var errInvalidParameter: Self { Self(0x1205) }
    }

    /// What a driver asks of a header (`VIRTIO_GPU_FLAG_…`).
    public struct HeaderFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The response comes when the command is complete, and carries the fence ID.
        @inlinable public static var fence: Self { Self(rawValue: 1 << 0) }
        /// `ringIdx` is valid: the fence is on a timeline of its context.
        @inlinable public static var infoRingIdx: Self { Self(rawValue: 1 << 1) }
    }

    /// What every request and response begins with (`struct virtio_gpu_ctrl_hdr`).
    public struct ControlHeader: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        /// Which command or response this is.
        public var type: MessageType
        public var flags: HeaderFlags
        /// The driver's number of the fence.
        public var fenceID: UInt64
        /// The context of a 3D command, or of the fence's timeline.
        public var ctxID: ContextID
        /// The timeline, 0 to 63.
        public var ringIdx: UInt8

        public init(
            type: MessageType, flags: HeaderFlags = [], fenceID: UInt64 = 0,
            ctxID: ContextID = ContextID(0), ringIdx: UInt8 = 0
        ) {
            self.type = type
            self.flags = flags
            self.fenceID = fenceID
            self.ctxID = ctxID
            self.ringIdx = ringIdx
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            type = MessageType(bytes.u32(at: offset))
            flags = HeaderFlags(rawValue: bytes.u32(at: offset + 4))
            fenceID = bytes.u64(at: offset + 8)
            ctxID = ContextID(bytes.u32(at: offset + 16))
            ringIdx = bytes.u8(at: offset + 20)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(u32: flags.rawValue)
            out.append(u64: fenceID)
            out.append(u32: ctxID.rawValue)
            out.append(u8: ringIdx)
            out.append(zeros: 3)
        }
    }

    /// Every command of both queues, read by its type word.
    public enum Command: Equatable, Sendable {
        case getDisplayInfo(ControlHeader)
        case resourceCreate2D(ResourceCreate2D)
        case resourceUnref(ResourceUnref)
        case setScanout(SetScanout)
        case resourceFlush(ResourceFlush)
        case transferToHost2D(TransferToHost2D)
        case resourceAttachBacking(ResourceAttachBacking)
        case resourceDetachBacking(ResourceDetachBacking)
        case getCapsetInfo(GetCapsetInfo)
        case getCapset(GetCapset)
        case getEDID(GetEDID)
        case resourceAssignUUID(ResourceAssignUUID)
        case resourceCreateBlob(ResourceCreateBlob)
        case setScanoutBlob(SetScanoutBlob)
        case ctxCreate(CtxCreate)
        case ctxDestroy(ControlHeader)
        case ctxAttachResource(CtxResource)
        case ctxDetachResource(CtxResource)
        case resourceCreate3D(ResourceCreate3D)
        case transferToHost3D(TransferHost3D)
        case transferFromHost3D(TransferHost3D)
        case submit3D(CmdSubmit)
        case resourceMapBlob(ResourceMapBlob)
        case resourceUnmapBlob(ResourceUnmapBlob)
        case updateCursor(UpdateCursor)
        case moveCursor(UpdateCursor)
        /// A type word that the standard does not give to a command.
        case unknown(ControlHeader)

        /// Reads the struct that the type word names; what follows it is left alone.
        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: ControlHeader.sizeBytes)
            switch MessageType(bytes.u32(at: 0)) {
            case .getDisplayInfo: self = .getDisplayInfo(try ControlHeader(bytes))
            case .resourceCreate2D: self = .resourceCreate2D(try ResourceCreate2D(bytes))
            case .resourceUnref: self = .resourceUnref(try ResourceUnref(bytes))
            case .setScanout: self = .setScanout(try SetScanout(bytes))
            case .resourceFlush: self = .resourceFlush(try ResourceFlush(bytes))
            case .transferToHost2D: self = .transferToHost2D(try TransferToHost2D(bytes))
            case .resourceAttachBacking:
                self = .resourceAttachBacking(try ResourceAttachBacking(bytes))
            case .resourceDetachBacking:
                self = .resourceDetachBacking(try ResourceDetachBacking(bytes))
            case .getCapsetInfo: self = .getCapsetInfo(try GetCapsetInfo(bytes))
            case .getCapset: self = .getCapset(try GetCapset(bytes))
            case .getEDID: self = .getEDID(try GetEDID(bytes))
            case .resourceAssignUUID: self = .resourceAssignUUID(try ResourceAssignUUID(bytes))
            case .resourceCreateBlob: self = .resourceCreateBlob(try ResourceCreateBlob(bytes))
            case .setScanoutBlob: self = .setScanoutBlob(try SetScanoutBlob(bytes))
            case .ctxCreate: self = .ctxCreate(try CtxCreate(bytes))
            case .ctxDestroy: self = .ctxDestroy(try ControlHeader(bytes))
            case .ctxAttachResource: self = .ctxAttachResource(try CtxResource(bytes))
            case .ctxDetachResource: self = .ctxDetachResource(try CtxResource(bytes))
            case .resourceCreate3D: self = .resourceCreate3D(try ResourceCreate3D(bytes))
            case .transferToHost3D: self = .transferToHost3D(try TransferHost3D(bytes))
            case .transferFromHost3D: self = .transferFromHost3D(try TransferHost3D(bytes))
            case .submit3D: self = .submit3D(try CmdSubmit(bytes))
            case .resourceMapBlob: self = .resourceMapBlob(try ResourceMapBlob(bytes))
            case .resourceUnmapBlob: self = .resourceUnmapBlob(try ResourceUnmapBlob(bytes))
            case .updateCursor: self = .updateCursor(try UpdateCursor(bytes))
            case .moveCursor: self = .moveCursor(try UpdateCursor(bytes))
            default: self = .unknown(try ControlHeader(bytes))
            }
        }

        /// What the message begins with.
        public var header: ControlHeader {
            switch self {
            case .resourceCreate2D(let message): message.header
            case .resourceUnref(let message): message.header
            case .setScanout(let message): message.header
            case .resourceFlush(let message): message.header
            case .transferToHost2D(let message): message.header
            case .resourceAttachBacking(let message): message.header
            case .resourceDetachBacking(let message): message.header
            case .getCapsetInfo(let message): message.header
            case .getCapset(let message): message.header
            case .getEDID(let message): message.header
            case .resourceAssignUUID(let message): message.header
            case .resourceCreateBlob(let message): message.header
            case .setScanoutBlob(let message): message.header
            case .ctxCreate(let message): message.header
            case .ctxAttachResource(let message): message.header
            case .ctxDetachResource(let message): message.header
            case .resourceCreate3D(let message): message.header
            case .transferToHost3D(let message): message.header
            case .transferFromHost3D(let message): message.header
            case .submit3D(let message): message.header
            case .resourceMapBlob(let message): message.header
            case .resourceUnmapBlob(let message): message.header
            case .updateCursor(let message): message.header
            case .moveCursor(let message): message.header
            case .getDisplayInfo(let header),
                .ctxDestroy(let header),
                .unknown(let header):
                header
            }
        }

        /// Appends the message, of an unknown one the header.
        public func encode(to out: inout WireBuffer) {
            switch self {
            case .getDisplayInfo(let message): out.append(message)
            case .resourceCreate2D(let message): out.append(message)
            case .resourceUnref(let message): out.append(message)
            case .setScanout(let message): out.append(message)
            case .resourceFlush(let message): out.append(message)
            case .transferToHost2D(let message): out.append(message)
            case .resourceAttachBacking(let message): out.append(message)
            case .resourceDetachBacking(let message): out.append(message)
            case .getCapsetInfo(let message): out.append(message)
            case .getCapset(let message): out.append(message)
            case .getEDID(let message): out.append(message)
            case .resourceAssignUUID(let message): out.append(message)
            case .resourceCreateBlob(let message): out.append(message)
            case .setScanoutBlob(let message): out.append(message)
            case .ctxCreate(let message): out.append(message)
            case .ctxDestroy(let message): out.append(message)
            case .ctxAttachResource(let message): out.append(message)
            case .ctxDetachResource(let message): out.append(message)
            case .resourceCreate3D(let message): out.append(message)
            case .transferToHost3D(let message): out.append(message)
            case .transferFromHost3D(let message): out.append(message)
            case .submit3D(let message): out.append(message)
            case .resourceMapBlob(let message): out.append(message)
            case .resourceUnmapBlob(let message): out.append(message)
            case .updateCursor(let message): out.append(message)
            case .moveCursor(let message): out.append(message)
            case .unknown(let message): out.append(message)
            }
        }
    }

    /// Every response, read by its type word.
    public enum Response: Equatable, Sendable {
        case okNoData(ControlHeader)
        case okDisplayInfo(RespDisplayInfo)
        case okCapsetInfo(RespCapsetInfo)
        case okCapset(RespCapset)
        case okEDID(RespEDID)
        case okResourceUUID(RespResourceUUID)
        case okMapInfo(RespMapInfo)
        case errUnspec(ControlHeader)
        case errOutOfMemory(ControlHeader)
        case errInvalidScanoutID(ControlHeader)
        case errInvalidResourceID(ControlHeader)
        case errInvalidContextID(ControlHeader)
        case errInvalidParameter(ControlHeader)
        /// A type word that the standard does not give to a response.
        case unknown(ControlHeader)

        /// Reads the struct that the type word names; what follows it is left alone.
        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: ControlHeader.sizeBytes)
            switch MessageType(bytes.u32(at: 0)) {
            case .okNoData: self = .okNoData(try ControlHeader(bytes))
            case .okDisplayInfo: self = .okDisplayInfo(try RespDisplayInfo(bytes))
            case .okCapsetInfo: self = .okCapsetInfo(try RespCapsetInfo(bytes))
            case .okCapset: self = .okCapset(try RespCapset(bytes))
            case .okEDID: self = .okEDID(try RespEDID(bytes))
            case .okResourceUUID: self = .okResourceUUID(try RespResourceUUID(bytes))
            case .okMapInfo: self = .okMapInfo(try RespMapInfo(bytes))
            case .errUnspec: self = .errUnspec(try ControlHeader(bytes))
            case .errOutOfMemory: self = .errOutOfMemory(try ControlHeader(bytes))
            case .errInvalidScanoutID: self = .errInvalidScanoutID(try ControlHeader(bytes))
            case .errInvalidResourceID: self = .errInvalidResourceID(try ControlHeader(bytes))
            case .errInvalidContextID: self = .errInvalidContextID(try ControlHeader(bytes))
            case .errInvalidParameter: self = .errInvalidParameter(try ControlHeader(bytes))
            default: self = .unknown(try ControlHeader(bytes))
            }
        }

        /// What the message begins with.
        public var header: ControlHeader {
            switch self {
            case .okDisplayInfo(let message): message.header
            case .okCapsetInfo(let message): message.header
            case .okCapset(let message): message.header
            case .okEDID(let message): message.header
            case .okResourceUUID(let message): message.header
            case .okMapInfo(let message): message.header
            case .okNoData(let header),
                .errUnspec(let header),
                .errOutOfMemory(let header),
                .errInvalidScanoutID(let header),
                .errInvalidResourceID(let header),
                .errInvalidContextID(let header),
                .errInvalidParameter(let header),
                .unknown(let header):
                header
            }
        }

        /// Appends the message, of an unknown one the header.
        public func encode(to out: inout WireBuffer) {
            switch self {
            case .okNoData(let message): out.append(message)
            case .okDisplayInfo(let message): out.append(message)
            case .okCapsetInfo(let message): out.append(message)
            case .okCapset(let message): out.append(message)
            case .okEDID(let message): out.append(message)
            case .okResourceUUID(let message): out.append(message)
            case .okMapInfo(let message): out.append(message)
            case .errUnspec(let message): out.append(message)
            case .errOutOfMemory(let message): out.append(message)
            case .errInvalidScanoutID(let message): out.append(message)
            case .errInvalidResourceID(let message): out.append(message)
            case .errInvalidContextID(let message): out.append(message)
            case .errInvalidParameter(let message): out.append(message)
            case .unknown(let message): out.append(message)
            }
        }
    }
}

extension VirtioGPU.MessageType: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .getDisplayInfo: "VIRTIO_GPU_CMD_GET_DISPLAY_INFO"
        case .resourceCreate2D: "VIRTIO_GPU_CMD_RESOURCE_CREATE_2D"
        case .resourceUnref: "VIRTIO_GPU_CMD_RESOURCE_UNREF"
        case .setScanout: "VIRTIO_GPU_CMD_SET_SCANOUT"
        case .resourceFlush: "VIRTIO_GPU_CMD_RESOURCE_FLUSH"
        case .transferToHost2D: "VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D"
        case .resourceAttachBacking: "VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING"
        case .resourceDetachBacking: "VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING"
        case .getCapsetInfo: "VIRTIO_GPU_CMD_GET_CAPSET_INFO"
        case .getCapset: "VIRTIO_GPU_CMD_GET_CAPSET"
        case .getEDID: "VIRTIO_GPU_CMD_GET_EDID"
        case .resourceAssignUUID: "VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID"
        case .resourceCreateBlob: "VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB"
        case .setScanoutBlob: "VIRTIO_GPU_CMD_SET_SCANOUT_BLOB"
        case .ctxCreate: "VIRTIO_GPU_CMD_CTX_CREATE"
        case .ctxDestroy: "VIRTIO_GPU_CMD_CTX_DESTROY"
        case .ctxAttachResource: "VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE"
        case .ctxDetachResource: "VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE"
        case .resourceCreate3D: "VIRTIO_GPU_CMD_RESOURCE_CREATE_3D"
        case .transferToHost3D: "VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D"
        case .transferFromHost3D: "VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D"
        case .submit3D: "VIRTIO_GPU_CMD_SUBMIT_3D"
        case .resourceMapBlob: "VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB"
        case .resourceUnmapBlob: "VIRTIO_GPU_CMD_RESOURCE_UNMAP_BLOB"
        case .updateCursor: "VIRTIO_GPU_CMD_UPDATE_CURSOR"
        case .moveCursor: "VIRTIO_GPU_CMD_MOVE_CURSOR"
        case .okNoData: "VIRTIO_GPU_RESP_OK_NODATA"
        case .okDisplayInfo: "VIRTIO_GPU_RESP_OK_DISPLAY_INFO"
        case .okCapsetInfo: "VIRTIO_GPU_RESP_OK_CAPSET_INFO"
        case .okCapset: "VIRTIO_GPU_RESP_OK_CAPSET"
        case .okEDID: "VIRTIO_GPU_RESP_OK_EDID"
        case .okResourceUUID: "VIRTIO_GPU_RESP_OK_RESOURCE_UUID"
        case .okMapInfo: "VIRTIO_GPU_RESP_OK_MAP_INFO"
        case .errUnspec: "VIRTIO_GPU_RESP_ERR_UNSPEC"
        case .errOutOfMemory: "VIRTIO_GPU_RESP_ERR_OUT_OF_MEMORY"
        case .errInvalidScanoutID: "VIRTIO_GPU_RESP_ERR_INVALID_SCANOUT_ID"
        case .errInvalidResourceID: "VIRTIO_GPU_RESP_ERR_INVALID_RESOURCE_ID"
        case .errInvalidContextID: "VIRTIO_GPU_RESP_ERR_INVALID_CONTEXT_ID"
        case .errInvalidParameter: "VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER"
        default: "0x" + String(rawValue, radix: 16)
        }
    }
}
