// What controls there are, `VIDIOC_QUERYCTRL` and its kin; <linux/videodev2.h>.

extension V4L2 {
    /// A control's description (`struct v4l2_queryctrl`).
    public struct QueryCtrl: WireMessage {
        public static let sizeBytes = 68
        private static let nameSizeBytes = 32

        /// With `ControlID.nextCtrl`: the control behind this one.
        public var id: ControlID
        public var type: ControlType
        /// For people, cut after the last character that ends within 32 bytes.
        public var name: String
        public var minimum: Int32
        public var maximum: Int32
        public var step: Int32
        public var defaultValue: Int32
        public var flags: ControlFlags

        public init(
            id: ControlID, type: ControlType = ControlType(0), name: String = "",
            minimum: Int32 = 0, maximum: Int32 = 0, step: Int32 = 0, defaultValue: Int32 = 0,
            flags: ControlFlags = []
        ) {
            self.id = id
            self.type = type
            self.name = name
            self.minimum = minimum
            self.maximum = maximum
            self.step = step
            self.defaultValue = defaultValue
            self.flags = flags
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = ControlID(bytes.u32(at: 0))
            type = ControlType(bytes.u32(at: 4))
            name = bytes.textToNUL(in: 8..<40)
            minimum = bytes.i32(at: 40)
            maximum = bytes.i32(at: 44)
            step = bytes.i32(at: 48)
            defaultValue = bytes.i32(at: 52)
            flags = ControlFlags(rawValue: bytes.u32(at: 56))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: type.rawValue)
            out.append(text: name, sizeBytes: Self.nameSizeBytes)
            out.append(i32: minimum)
            out.append(i32: maximum)
            out.append(i32: step)
            out.append(i32: defaultValue)
            out.append(u32: flags.rawValue)
            out.append(zeros: 8)
        }
    }

    /// A control's description in 64 bits (`struct v4l2_query_ext_ctrl`), without dimensions.
    public struct QueryExtCtrl: WireMessage {
        public static let sizeBytes = 232
        private static let nameSizeBytes = 32

        /// With `ControlID.nextCtrl`: the control behind this one.
        public var id: ControlID
        public var type: ControlType
        /// For people, cut after the last character that ends within 32 bytes.
        public var name: String
        public var minimum: Int64
        public var maximum: Int64
        public var step: UInt64
        public var defaultValue: Int64
        public var flags: ControlFlags
        public var elemSize: UInt32
        public var elems: UInt32

        public init(
            id: ControlID, type: ControlType = ControlType(0), name: String = "",
            minimum: Int64 = 0, maximum: Int64 = 0, step: UInt64 = 0, defaultValue: Int64 = 0,
            flags: ControlFlags = [], elemSize: UInt32 = 0, elems: UInt32 = 0
        ) {
            self.id = id
            self.type = type
            self.name = name
            self.minimum = minimum
            self.maximum = maximum
            self.step = step
            self.defaultValue = defaultValue
            self.flags = flags
            self.elemSize = elemSize
            self.elems = elems
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = ControlID(bytes.u32(at: 0))
            type = ControlType(bytes.u32(at: 4))
            name = bytes.textToNUL(in: 8..<40)
            minimum = bytes.i64(at: 40)
            maximum = bytes.i64(at: 48)
            step = bytes.u64(at: 56)
            defaultValue = bytes.i64(at: 64)
            flags = ControlFlags(rawValue: bytes.u32(at: 72))
            elemSize = bytes.u32(at: 76)
            elems = bytes.u32(at: 80)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: type.rawValue)
            out.append(text: name, sizeBytes: Self.nameSizeBytes)
            out.append(i64: minimum)
            out.append(i64: maximum)
            out.append(u64: step)
            out.append(i64: defaultValue)
            out.append(u32: flags.rawValue)
            out.append(u32: elemSize)
            out.append(u32: elems)
            out.append(zeros: 148)
        }
    }

    /// One choice of a menu (`struct v4l2_querymenu`), by its name.
    public struct QueryMenu: WireMessage {
        public static let sizeBytes = 44
        private static let nameSizeBytes = 32

        public var id: ControlID
        public var index: UInt32
        /// For people, cut after the last character that ends within 32 bytes.
        public var name: String

        public init(id: ControlID, index: UInt32, name: String = "") {
            self.id = id
            self.index = index
            self.name = name
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = ControlID(bytes.u32(at: 0))
            index = bytes.u32(at: 4)
            name = bytes.textToNUL(in: 8..<40)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: index)
            out.append(text: name, sizeBytes: Self.nameSizeBytes)
            out.append(zeros: 4)
        }
    }
}
