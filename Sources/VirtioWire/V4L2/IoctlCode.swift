// Which ioctl a command runs; virtio 1.4, 5.22.6.1 (V4L2 ioctls), and <linux/videodev2.h>.

extension V4L2 {
    /// An ioctl's number: the second argument of its `_IOWR` macro, not the macro's value.
    public struct IoctlCode: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let querycap = Self(0)
        public static let enumFmt = Self(2)
        public static let gFmt = Self(4)
        public static let sFmt = Self(5)
        public static let reqbufs = Self(8)
        public static let querybuf = Self(9)
        public static let qbuf = Self(15)
        public static let expbuf = Self(16)
        public static let dqbuf = Self(17)
        public static let streamon = Self(18)
        public static let streamoff = Self(19)
        public static let gCtrl = Self(27)
        public static let sCtrl = Self(28)
        public static let queryctrl = Self(36)
        public static let querymenu = Self(37)
        public static let tryFmt = Self(64)
        public static let logStatus = Self(70)
        public static let gExtCtrls = Self(71)
        public static let sExtCtrls = Self(72)
        public static let tryExtCtrls = Self(73)
        public static let enumFramesizes = Self(74)
        public static let dqevent = Self(89)
        public static let subscribeEvent = Self(90)
        public static let unsubscribeEvent = Self(91)
        public static let createBufs = Self(92)
        public static let prepareBuf = Self(93)
        public static let gSelection = Self(94)
        public static let sSelection = Self(95)
        public static let decoderCmd = Self(96)
        public static let tryDecoderCmd = Self(97)
        public static let queryExtCtrl = Self(103)
    }
}

extension V4L2.IoctlCode: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .querycap: "VIDIOC_QUERYCAP"
        case .enumFmt: "VIDIOC_ENUM_FMT"
        case .gFmt: "VIDIOC_G_FMT"
        case .sFmt: "VIDIOC_S_FMT"
        case .reqbufs: "VIDIOC_REQBUFS"
        case .querybuf: "VIDIOC_QUERYBUF"
        case .qbuf: "VIDIOC_QBUF"
        case .expbuf: "VIDIOC_EXPBUF"
        case .dqbuf: "VIDIOC_DQBUF"
        case .streamon: "VIDIOC_STREAMON"
        case .streamoff: "VIDIOC_STREAMOFF"
        case .gCtrl: "VIDIOC_G_CTRL"
        case .sCtrl: "VIDIOC_S_CTRL"
        case .queryctrl: "VIDIOC_QUERYCTRL"
        case .querymenu: "VIDIOC_QUERYMENU"
        case .tryFmt: "VIDIOC_TRY_FMT"
        case .logStatus: "VIDIOC_LOG_STATUS"
        case .gExtCtrls: "VIDIOC_G_EXT_CTRLS"
        case .sExtCtrls: "VIDIOC_S_EXT_CTRLS"
        case .tryExtCtrls: "VIDIOC_TRY_EXT_CTRLS"
        case .enumFramesizes: "VIDIOC_ENUM_FRAMESIZES"
        case .dqevent: "VIDIOC_DQEVENT"
        case .subscribeEvent: "VIDIOC_SUBSCRIBE_EVENT"
        case .unsubscribeEvent: "VIDIOC_UNSUBSCRIBE_EVENT"
        case .createBufs: "VIDIOC_CREATE_BUFS"
        case .prepareBuf: "VIDIOC_PREPARE_BUF"
        case .gSelection: "VIDIOC_G_SELECTION"
        case .sSelection: "VIDIOC_S_SELECTION"
        case .decoderCmd: "VIDIOC_DECODER_CMD"
        case .tryDecoderCmd: "VIDIOC_TRY_DECODER_CMD"
        case .queryExtCtrl: "VIDIOC_QUERY_EXT_CTRL"
        default: String(rawValue)
        }
    }
}
