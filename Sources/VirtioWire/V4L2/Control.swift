// Single values: controls, selections and decoder commands; <linux/videodev2.h>.

extension V4L2 {
    /// A control, `V4L2_CID_…`.
    public struct ControlID: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let minBuffersForCapture = Self(0x0098_0927)
        public static let minBuffersForOutput = Self(0x0098_0928)
        public static let userClass = Self(0x0098_0001)
        public static let codecClass = Self(0x0099_0001)
        public static let h264Level = Self(0x0099_0a67)
        public static let h264Profile = Self(0x0099_0a6b)
        public static let vp8Profile = Self(0x0099_0aff)
        public static let vp9Profile = Self(0x0099_0b00)
        public static let mpeg2Profile = Self(0x0099_0a0f)
        public static let hevcProfile = Self(0x0099_0b67)
        public static let hevcLevel = Self(0x0099_0b68)
        public static let av1Profile = Self(0x0099_0b8f)
        public static let decDisplayDelay = Self(0x0099_0b8d)
        public static let decDisplayDelayEnable = Self(0x0099_0b8e)

        /// `V4L2_CTRL_FLAG_NEXT_CTRL`, in a query: the next plain control behind this one.
        public static let nextCtrl: UInt32 = 0x8000_0000
        /// `V4L2_CTRL_FLAG_NEXT_COMPOUND`, in a query: the next compound one.
        public static let nextCompound: UInt32 = 0x4000_0000
    }

    /// A control's value (`struct v4l2_control`).
    public struct Control: WireMessage {
        public static let sizeBytes = 8

        public var id: ControlID
        public var value: Int32

        public init(id: ControlID, value: Int32 = 0) {
            self.id = id
            self.value = value
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = ControlID(bytes.u32(at: 0))
            value = bytes.i32(at: 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(i32: value)
        }
    }

    /// What a decoder is told, `V4L2_DEC_CMD_…`.
    public struct DecoderCommand: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let start = Self(0)
        public static let stop = Self(1)
        public static let pause = Self(2)
        public static let resume = Self(3)
        public static let flush = Self(4)
    }

    /// A decoder command (`struct v4l2_decoder_cmd`); of its union only `stop.pts` is known here.
    public struct DecoderCmd: WireMessage {
        public static let sizeBytes = 72

        public var cmd: DecoderCommand
        public var flags: UInt32
        public var stopPTS: UInt64

        public init(cmd: DecoderCommand, flags: UInt32 = 0, stopPTS: UInt64 = 0) {
            self.cmd = cmd
            self.flags = flags
            self.stopPTS = stopPTS
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            cmd = DecoderCommand(bytes.u32(at: 0))
            flags = bytes.u32(at: 4)
            stopPTS = bytes.u64(at: 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: cmd.rawValue)
            out.append(u32: flags)
            out.append(u64: stopPTS)
            out.append(zeros: 56)
        }
    }

    /// Which rectangle is meant, `V4L2_SEL_TGT_…`.
    public struct SelectionTarget: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let crop = Self(0x0000)
        public static let cropDefault = Self(0x0001)
        public static let cropBounds = Self(0x0002)
        public static let nativeSize = Self(0x0003)
        public static let compose = Self(0x0100)
        public static let composeDefault = Self(0x0101)
        public static let composeBounds = Self(0x0102)
        public static let composePadded = Self(0x0103)
    }

    /// How a rectangle may be adjusted, `V4L2_SEL_FLAG_…`.
    public struct SelectionFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// At least as big as asked for.
        public static let ge = Self(rawValue: 1 << 0)
        /// At most as big.
        public static let le = Self(rawValue: 1 << 1)
        public static let keepConfig = Self(rawValue: 1 << 2)
    }

    /// A rectangle in pixels (`struct v4l2_rect`).
    public struct Rect: WireMessage {
        public static let sizeBytes = 16

        public var left: Int32
        public var top: Int32
        public var width: UInt32
        public var height: UInt32

        public init(left: Int32 = 0, top: Int32 = 0, width: UInt32, height: UInt32) {
            self.left = left
            self.top = top
            self.width = width
            self.height = height
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            left = bytes.i32(at: 0)
            top = bytes.i32(at: 4)
            width = bytes.u32(at: 8)
            height = bytes.u32(at: 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(i32: left)
            out.append(i32: top)
            out.append(u32: width)
            out.append(u32: height)
        }
    }

    /// A rectangle of a queue (`struct v4l2_selection`).
    public struct Selection: WireMessage {
        public static let sizeBytes = 64

        public var type: BufType
        public var target: SelectionTarget
        public var flags: UInt32
        public var r: Rect

        public init(
            type: BufType, target: SelectionTarget, flags: UInt32 = 0,
            r: Rect = Rect(width: 0, height: 0)
        ) {
            self.type = type
            self.target = target
            self.flags = flags
            self.r = r
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = BufType(bytes.u32(at: 0))
            target = SelectionTarget(bytes.u32(at: 4))
            flags = bytes.u32(at: 8)
            r = try Rect(bytes.extracting(droppingFirst: 12))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(u32: target.rawValue)
            out.append(u32: flags)
            out.append(r)
            out.append(zeros: 36)
        }
    }
}
