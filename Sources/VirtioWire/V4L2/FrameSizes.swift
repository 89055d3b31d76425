// Which sizes a format comes in, `VIDIOC_ENUM_FRAMESIZES`; <linux/videodev2.h>.

extension V4L2 {
    /// How sizes are told, `V4L2_FRMSIZE_TYPE_…`.
    public struct FrmSizeType: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let discrete = Self(1)
        public static let continuous = Self(2)
        public static let stepwise = Self(3)
    }

    /// A range of sizes (`struct v4l2_frmsize_stepwise`).
    public struct FrmSizeStepwise: WireMessage {
        public static let sizeBytes = 24

        public var minWidth: UInt32
        public var maxWidth: UInt32
        public var stepWidth: UInt32
        public var minHeight: UInt32
        public var maxHeight: UInt32
        public var stepHeight: UInt32

        public init(
            minWidth: UInt32 = 0, maxWidth: UInt32 = 0, stepWidth: UInt32 = 0,
            minHeight: UInt32 = 0, maxHeight: UInt32 = 0, stepHeight: UInt32 = 0
        ) {
            self.minWidth = minWidth
            self.maxWidth = maxWidth
            self.stepWidth = stepWidth
            self.minHeight = minHeight
            self.maxHeight = maxHeight
            self.stepHeight = stepHeight
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            minWidth = bytes.u32(at: 0)
            maxWidth = bytes.u32(at: 4)
            stepWidth = bytes.u32(at: 8)
            minHeight = bytes.u32(at: 12)
            maxHeight = bytes.u32(at: 16)
            stepHeight = bytes.u32(at: 20)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: minWidth)
            out.append(u32: maxWidth)
            out.append(u32: stepWidth)
            out.append(u32: minHeight)
            out.append(u32: maxHeight)
            out.append(u32: stepHeight)
        }
    }

    /// One size, or a range of them (`struct v4l2_frmsizeenum`). A discrete size's width and height
    /// are the first two words of `stepwise`.
    public struct FrmSizeEnum: WireMessage {
        public static let sizeBytes = 44

        public var index: UInt32
        public var pixelFormat: FourCC
        public var type: FrmSizeType
        public var stepwise: FrmSizeStepwise

        public init(
            index: UInt32, pixelFormat: FourCC, type: FrmSizeType = FrmSizeType(0),
            stepwise: FrmSizeStepwise = FrmSizeStepwise()
        ) {
            self.index = index
            self.pixelFormat = pixelFormat
            self.type = type
            self.stepwise = stepwise
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            index = bytes.u32(at: 0)
            pixelFormat = FourCC(bytes.u32(at: 4))
            type = FrmSizeType(bytes.u32(at: 8))
            stepwise = try FrmSizeStepwise(bytes.extracting(droppingFirst: 12))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: pixelFormat.rawValue)
            out.append(u32: type.rawValue)
            out.append(stepwise)
            out.append(zeros: 8)
        }
    }
}
