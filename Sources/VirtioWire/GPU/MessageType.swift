// The codes of all commands and responses, `enum virtio_gpu_ctrl_type`;
// virtio 1.4, 5.7.6 (request header).

extension VirtioGPU {
    /// What a control header announces: a command or a response.
    public struct MessageType: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let getDisplayInfo = Self(0x0100)
        public static let resourceCreate2D = Self(0x0101)
        public static let resourceUnref = Self(0x0102)
        public static let setScanout = Self(0x0103)
        public static let resourceFlush = Self(0x0104)
        public static let transferToHost2D = Self(0x0105)
        public static let resourceAttachBacking = Self(0x0106)
        public static let resourceDetachBacking = Self(0x0107)
        public static let getCapsetInfo = Self(0x0108)
        public static let getCapset = Self(0x0109)
        public static let getEDID = Self(0x010a)
        public static let resourceAssignUUID = Self(0x010b)
        public static let resourceCreateBlob = Self(0x010c)
        public static let setScanoutBlob = Self(0x010d)

        public static let ctxCreate = Self(0x0200)
        public static let ctxDestroy = Self(0x0201)
        public static let ctxAttachResource = Self(0x0202)
        public static let ctxDetachResource = Self(0x0203)
        public static let resourceCreate3D = Self(0x0204)
        public static let transferToHost3D = Self(0x0205)
        public static let transferFromHost3D = Self(0x0206)
        public static let submit3D = Self(0x0207)
        public static let resourceMapBlob = Self(0x0208)
        public static let resourceUnmapBlob = Self(0x0209)

        public static let updateCursor = Self(0x0300)
        public static let moveCursor = Self(0x0301)

        public static let okNoData = Self(0x1100)
        public static let okDisplayInfo = Self(0x1101)
        public static let okCapsetInfo = Self(0x1102)
        public static let okCapset = Self(0x1103)
        public static let okEDID = Self(0x1104)
        public static let okResourceUUID = Self(0x1105)
        public static let okMapInfo = Self(0x1106)

        public static let errUnspec = Self(0x1200)
        public static let errOutOfMemory = Self(0x1201)
        public static let errInvalidScanoutID = Self(0x1202)
        public static let errInvalidResourceID = Self(0x1203)
        public static let errInvalidContextID = Self(0x1204)
        public static let errInvalidParameter = Self(0x1205)

        /// Whether this is one of the error responses, those still to be defined included.
        public var isError: Bool { rawValue >> 8 == 0x12 }
    }
}

extension VirtioGPU.MessageType: CustomStringConvertible {
    /// The C name, or the number in hexadecimal when the standard does not know it.
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
