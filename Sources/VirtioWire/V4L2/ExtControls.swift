// Controls in numbers, and what they are; <linux/videodev2.h>.

extension V4L2 {
    /// A control's kind, `V4L2_CTRL_TYPE_…`.
    public struct ControlType: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let integer = Self(1)
        public static let boolean = Self(2)
        public static let menu = Self(3)
        public static let button = Self(4)
        public static let integer64 = Self(5)
        public static let ctrlClass = Self(6)
        public static let string = Self(7)
        public static let bitmask = Self(8)
        public static let integerMenu = Self(9)
    }

    /// What may be done with a control, `V4L2_CTRL_FLAG_…`.
    public struct ControlFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let disabled = Self(rawValue: 0x0001)
        public static let grabbed = Self(rawValue: 0x0002)
        public static let readOnly = Self(rawValue: 0x0004)
        public static let update = Self(rawValue: 0x0008)
        public static let inactive = Self(rawValue: 0x0010)
        public static let slider = Self(rawValue: 0x0020)
        public static let writeOnly = Self(rawValue: 0x0040)
        public static let volatile = Self(rawValue: 0x0080)
        public static let hasPayload = Self(rawValue: 0x0100)
        public static let executeOnWrite = Self(rawValue: 0x0200)
        public static let modifyLayout = Self(rawValue: 0x0400)
        public static let dynamicArray = Self(rawValue: 0x0800)
    }

    /// Which value of controls is meant, `V4L2_CTRL_WHICH_…`, or a class of them.
    public struct ControlWhich: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let curVal = Self(0)
        public static let defVal = Self(0x0f00_0000)
        public static let requestVal = Self(0x0f01_0000)
    }

    /// Several controls at once (`struct v4l2_ext_controls`); they follow it.
    public struct ExtControls: WireMessage {
        public static let sizeBytes = 32

        public var which: ControlWhich
        public var count: UInt32
        public var errorIdx: UInt32
        public var requestFD: Int32
        /// The pointer, which is not ours to follow: it goes back as it came.
        public var controls: UInt64

        public init(
            which: ControlWhich = .curVal, count: UInt32, errorIdx: UInt32 = 0,
            requestFD: Int32 = 0, controls: UInt64 = 0
        ) {
            self.which = which
            self.count = count
            self.errorIdx = errorIdx
            self.requestFD = requestFD
            self.controls = controls
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            which = ControlWhich(bytes.u32(at: 0))
            count = bytes.u32(at: 4)
            errorIdx = bytes.u32(at: 8)
            requestFD = bytes.i32(at: 12)
            controls = bytes.u64(at: 24)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: which.rawValue)
            out.append(u32: count)
            out.append(u32: errorIdx)
            out.append(i32: requestFD)
            out.append(zeros: 8)
            out.append(u64: controls)
        }
    }

    /// One of several controls (`struct v4l2_ext_control`, packed).
    public struct ExtControl: WireMessage {
        public static let sizeBytes = 20

        public var id: ControlID
        /// Bytes of the control's data elsewhere; 0 for a plain number.
        public var size: UInt32
        /// The union: a 32-bit value lies in the low half.
        public var value64: Int64

        public init(id: ControlID, size: UInt32 = 0, value64: Int64 = 0) {
            self.id = id
            self.size = size
            self.value64 = value64
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = ControlID(bytes.u32(at: 0))
            size = bytes.u32(at: 4)
            value64 = bytes.i64(at: 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: size)
            out.append(zeros: 4)
            out.append(i64: value64)
        }
    }
}
