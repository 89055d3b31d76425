// Generated from Spec/v4l2.md, "Controls": `make generate` writes it anew.

extension V4L2 {
    /// The controls of a decoder (`V4L2_CID_…`).
    public struct ControlID: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The heading of the user class.
        @inlinable public static var userClass: Self { Self(0x0098_0001) }
        /// The heading of the codec class.
        @inlinable public static var codecClass: Self { Self(0x0099_0001) }
        /// Frames that the driver must allocate; EACCES before the headers are known.
        @inlinable public static var minBuffersForCapture: Self { Self(0x0098_0927) }
        /// Coded buffers that it must allocate.
        @inlinable public static var minBuffersForOutput: Self { Self(0x0098_0928) }
        /// The highest level of H.264.
        @inlinable public static var h264Level: Self { Self(0x0099_0a67) }
        /// The profiles of H.264.
        @inlinable public static var h264Profile: Self { Self(0x0099_0a6b) }
        /// The profiles of VP8.
        @inlinable public static var vp8Profile: Self { Self(0x0099_0aff) }
        /// The profiles of VP9.
        @inlinable public static var vp9Profile: Self { Self(0x0099_0b00) }
        /// The profiles of MPEG-2.
        @inlinable public static var mpeg2Profile: Self { Self(0x0099_0a0f) }
        /// The profiles of H.265.
        @inlinable public static var hevcProfile: Self { Self(0x0099_0b67) }
        /// The highest level of H.265.
        @inlinable public static var hevcLevel: Self { Self(0x0099_0b68) }
        /// The profiles of AV1.
        @inlinable public static var av1Profile: Self { Self(0x0099_0b8f) }
        /// After how many frames the first one is shown.
        @inlinable public static var decDisplayDelay: Self { Self(0x0099_0b8d) }
        /// Whether that is heeded.
        @inlinable public static var decDisplayDelayEnable: Self { Self(0x0099_0b8e) }
    }
}

extension V4L2.ControlID {
    /// In a query: the next plain control behind this one (`V4L2_CTRL_FLAG_NEXT_CTRL`).
    @inlinable public static var nextCtrl: UInt32 { 0x8000_0000 }
    /// In a query: the next compound one (`V4L2_CTRL_FLAG_NEXT_COMPOUND`).
    @inlinable public static var nextCompound: UInt32 { 0x4000_0000 }
}

extension V4L2 {
    /// What kind of value a control has (`enum v4l2_ctrl_type`).
    public struct ControlType: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// 32 bits with a sign.
        @inlinable public static var integer: Self { Self(1) }
        /// 0 or 1.
        @inlinable public static var boolean: Self { Self(2) }
        /// An entry of a menu of names.
        @inlinable public static var menu: Self { Self(3) }
        /// An action.
        @inlinable public static var button: Self { Self(4) }
        /// 64 bits with a sign.
        @inlinable public static var integer64: Self { Self(5) }
        /// The heading of a class.
        @inlinable public static var ctrlClass: Self { Self(6) }
        /// Text.
        @inlinable public static var string: Self { Self(7) }
        /// 32 bits.
        @inlinable public static var bitmask: Self { Self(8) }
        /// An entry of a menu of numbers.
        @inlinable public static var integerMenu: Self { Self(9) }
    }

    /// What is true of a control; in queries, how to go on (`V4L2_CTRL_FLAG_…`).
    public struct ControlFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Not available at all.
        @inlinable public static var disabled: Self { Self(rawValue: 0x0000_0001) }
        /// Not to be set now.
        @inlinable public static var grabbed: Self { Self(rawValue: 0x0000_0002) }
        /// Never to be set.
        @inlinable public static var readOnly: Self { Self(rawValue: 0x0000_0004) }
        /// Setting it changes others.
        @inlinable public static var update: Self { Self(rawValue: 0x0000_0008) }
        /// Without effect now.
        @inlinable public static var inactive: Self { Self(rawValue: 0x0000_0010) }
        /// For a slider.
        @inlinable public static var slider: Self { Self(rawValue: 0x0000_0020) }
        /// Never to be read.
        @inlinable public static var writeOnly: Self { Self(rawValue: 0x0000_0040) }
        /// Changes by itself.
        @inlinable public static var volatile: Self { Self(rawValue: 0x0000_0080) }
        /// The value is behind a pointer.
        @inlinable public static var hasPayload: Self { Self(rawValue: 0x0000_0100) }
        /// Setting the same value has an effect.
        @inlinable public static var executeOnWrite: Self { Self(rawValue: 0x0000_0200) }
        /// Setting it changes a buffer's layout.
        @inlinable public static var modifyLayout: Self { Self(rawValue: 0x0000_0400) }
        /// An array of any length.
        @inlinable public static var dynamicArray: Self { Self(rawValue: 0x0000_0800) }
        /// In `id`: the next compound control.
        @inlinable public static var nextCompound: Self { Self(rawValue: 0x4000_0000) }
        /// In `id`: the next plain control.
        @inlinable public static var nextCtrl: Self { Self(rawValue: 0x8000_0000) }
    }

    /// A control's value (VIDIOC_G_CTRL, S_CTRL) (`VIDIOC_G_CTRL`, `VIDIOC_S_CTRL`,
    /// `struct v4l2_control`).
    public struct Control: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// Which one.
        public var id: ControlID
        /// Its value.
        public var value: Int32

        public init(id: ControlID, value: Int32 = 0) {
            self.id = id
            self.value = value
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            id = ControlID(bytes.u32(at: offset))
            value = bytes.i32(at: offset + 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(i32: value)
        }
    }

    /// Of which class, or which kind of value, a list of controls is (`V4L2_CTRL_WHICH_…`).
    public struct ControlWhich: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Values as they are.
        @inlinable public static var curVal: Self { Self(0) }
        /// Default values.
        @inlinable public static var defVal: Self { Self(0x0f00_0000) }
        /// Values in a request; EINVAL here.
        @inlinable public static var requestVal: Self { Self(0x0f01_0000) }
    }

    /// Several controls (VIDIOC_G_EXT_CTRLS, S_EXT_CTRLS, TRY_EXT_CTRLS); `count` of them follow
    /// (`VIDIOC_G_EXT_CTRLS`, `VIDIOC_S_EXT_CTRLS`, `VIDIOC_TRY_EXT_CTRLS`,
    /// `struct v4l2_ext_controls`).
    public struct ExtControls: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        /// A class or a kind of value.
        public var which: ControlWhich
        /// How many follow.
        public var count: UInt32
        /// Told by the device: the one that failed.
        public var errorIdx: UInt32
        /// A placeholder.
        public var requestFD: Int32
        /// A pointer, returned as it came.
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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            which = ControlWhich(bytes.u32(at: offset))
            count = bytes.u32(at: offset + 4)
            errorIdx = bytes.u32(at: offset + 8)
            requestFD = bytes.i32(at: offset + 12)
            controls = bytes.u64(at: offset + 24)
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

    /// One control of several (`struct v4l2_ext_control`).
    public struct ExtControl: WireMessage {
        @inlinable public static var sizeBytes: Int { 20 }

        /// Which one.
        public var id: ControlID
        /// Bytes behind the pointer; 0: no pointer.
        public var size: UInt32
        /// The union.
        public var value64: Int64

        public init(id: ControlID, size: UInt32 = 0, value64: Int64 = 0) {
            self.id = id
            self.size = size
            self.value64 = value64
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            id = ControlID(bytes.u32(at: offset))
            size = bytes.u32(at: offset + 4)
            value64 = bytes.i64(at: offset + 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: size)
            out.append(zeros: 4)
            out.append(i64: value64)
        }
    }

    /// A control's name and range in 32 bits (VIDIOC_QUERYCTRL) (`VIDIOC_QUERYCTRL`,
    /// `struct v4l2_queryctrl`).
    public struct QueryCtrl: WireMessage {
        @inlinable public static var sizeBytes: Int { 68 }

        /// Which one.
        public var id: ControlID
        /// What kind of value.
        public var type: ControlType
        /// Its name for people.
        public var name: String
        /// The least.
        public var minimum: Int32
        /// The most; of a menu, the last entry.
        public var maximum: Int32
        /// From one to the next.
        public var step: Int32
        /// What it is at first.
        public var defaultValue: Int32
        /// What is true of it.
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
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            id = ControlID(bytes.u32(at: offset))
            type = ControlType(bytes.u32(at: offset + 4))
            name = bytes.textToNUL(in: offset + 8..<offset + 40)
            minimum = bytes.i32(at: offset + 40)
            maximum = bytes.i32(at: offset + 44)
            step = bytes.i32(at: offset + 48)
            defaultValue = bytes.i32(at: offset + 52)
            flags = ControlFlags(rawValue: bytes.u32(at: offset + 56))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: type.rawValue)
            out.append(text: name, sizeBytes: 32)
            out.append(i32: minimum)
            out.append(i32: maximum)
            out.append(i32: step)
            out.append(i32: defaultValue)
            out.append(u32: flags.rawValue)
            out.append(zeros: 8)
        }
    }

    /// A control's name and range in 64 bits (VIDIOC_QUERY_EXT_CTRL) (`VIDIOC_QUERY_EXT_CTRL`,
    /// `struct v4l2_query_ext_ctrl`).
    public struct QueryExtCtrl: WireMessage {
        @inlinable public static var sizeBytes: Int { 232 }

        /// Which one.
        public var id: ControlID
        /// What kind of value.
        public var type: ControlType
        /// Its name for people.
        public var name: String
        /// The least.
        public var minimum: Int64
        /// The most; of a menu, the last entry.
        public var maximum: Int64
        /// From one to the next.
        public var step: UInt64
        /// What it is at first.
        public var defaultValue: Int64
        /// What is true of it.
        public var flags: ControlFlags
        /// Bytes of one element.
        public var elemSize: UInt32
        /// How many elements.
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
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            id = ControlID(bytes.u32(at: offset))
            type = ControlType(bytes.u32(at: offset + 4))
            name = bytes.textToNUL(in: offset + 8..<offset + 40)
            minimum = bytes.i64(at: offset + 40)
            maximum = bytes.i64(at: offset + 48)
            step = bytes.u64(at: offset + 56)
            defaultValue = bytes.i64(at: offset + 64)
            flags = ControlFlags(rawValue: bytes.u32(at: offset + 72))
            elemSize = bytes.u32(at: offset + 76)
            elems = bytes.u32(at: offset + 80)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: type.rawValue)
            out.append(text: name, sizeBytes: 32)
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

    /// One entry of a menu control (VIDIOC_QUERYMENU) (`VIDIOC_QUERYMENU`,
    /// `struct v4l2_querymenu`).
    public struct QueryMenu: WireMessage {
        @inlinable public static var sizeBytes: Int { 44 }

        /// Which control.
        public var id: ControlID
        /// Which entry.
        public var index: UInt32
        /// The entry's name; of an integer menu, the number in the first eight bytes.
        public var name: String

        public init(id: ControlID, index: UInt32, name: String = "") {
            self.id = id
            self.index = index
            self.name = name
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            id = ControlID(bytes.u32(at: offset))
            index = bytes.u32(at: offset + 4)
            name = bytes.textToNUL(in: offset + 8..<offset + 40)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: id.rawValue)
            out.append(u32: index)
            out.append(text: name, sizeBytes: 32)
            out.append(zeros: 4)
        }
    }
}
