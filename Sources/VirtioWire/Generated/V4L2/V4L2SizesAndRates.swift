// Generated from Spec/v4l2.md, "Sizes and rates": `make generate` writes it anew.

extension V4L2 {
    /// How a list of sizes is told (`enum v4l2_frmsizetypes`).
    public struct FrmSizeType: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// One by one.
        @inlinable public static var discrete: Self { Self(1) }
        /// Every size between two.
        @inlinable public static var continuous: Self { Self(2) }
        /// In steps between two.
        @inlinable public static var stepwise: Self { Self(3) }
    }

    /// Sizes between two, in steps; steps of 1 where all are possible
    /// (`struct v4l2_frmsize_stepwise`).
    public struct FrmSizeStepwise: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        /// The narrowest.
        public var minWidth: UInt32
        /// The widest.
        public var maxWidth: UInt32
        /// Pixels from one to the next.
        public var stepWidth: UInt32
        /// The lowest.
        public var minHeight: UInt32
        /// The highest.
        public var maxHeight: UInt32
        /// Rows from one to the next.
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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            minWidth = bytes.u32(at: offset)
            maxWidth = bytes.u32(at: offset + 4)
            stepWidth = bytes.u32(at: offset + 8)
            minHeight = bytes.u32(at: offset + 12)
            maxHeight = bytes.u32(at: offset + 16)
            stepHeight = bytes.u32(at: offset + 20)
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

    /// The sizes of a format (VIDIOC_ENUM_FRAMESIZES) (`VIDIOC_ENUM_FRAMESIZES`,
    /// `struct v4l2_frmsizeenum`).
    public struct FrmSizeEnum: WireMessage {
        @inlinable public static var sizeBytes: Int { 44 }

        /// Which entry.
        public var index: UInt32
        /// Of which format.
        public var pixelFormat: FourCC
        /// What the union holds.
        public var type: FrmSizeType
        /// The sizes.
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

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) {
            index = bytes.u32(at: offset)
            pixelFormat = FourCC(bytes.u32(at: offset + 4))
            type = FrmSizeType(bytes.u32(at: offset + 8))
            stepwise = FrmSizeStepwise(guarded: bytes, at: offset + 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: pixelFormat.rawValue)
            out.append(u32: type.rawValue)
            out.append(stepwise)
            out.append(zeros: 8)
        }
    }

    /// How a list of frame intervals is told (`enum v4l2_frmivaltypes`).
    public struct FrmIvalType: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// One by one.
        @inlinable public static var discrete: Self { Self(1) }
        /// Every interval between two.
        @inlinable public static var continuous: Self { Self(2) }
        /// In steps between two.
        @inlinable public static var stepwise: Self { Self(3) }
    }

    /// A fraction, of seconds where it tells time (`struct v4l2_fract`).
    public struct Fract: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// Above the line.
        public var numerator: UInt32
        /// Below the line.
        public var denominator: UInt32

        public init(numerator: UInt32 = 0, denominator: UInt32 = 0) {
            self.numerator = numerator
            self.denominator = denominator
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            numerator = bytes.u32(at: offset)
            denominator = bytes.u32(at: offset + 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: numerator)
            out.append(u32: denominator)
        }
    }

    /// Intervals between two, in steps (`struct v4l2_frmival_stepwise`).
    public struct FrmIvalStepwise: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        /// The shortest.
        public var min: Fract
        /// The longest.
        public var max: Fract
        /// From one to the next.
        public var step: Fract

        public init(min: Fract = Fract(), max: Fract = Fract(), step: Fract = Fract()) {
            self.min = min
            self.max = max
            self.step = step
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            min = Fract(guarded: bytes, at: offset)
            max = Fract(guarded: bytes, at: offset + 8)
            step = Fract(guarded: bytes, at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(min)
            out.append(max)
            out.append(step)
        }
    }

    /// The frame intervals of a size (VIDIOC_ENUM_FRAMEINTERVALS) (`VIDIOC_ENUM_FRAMEINTERVALS`,
    /// `struct v4l2_frmivalenum`).
    public struct FrmIvalEnum: WireMessage {
        @inlinable public static var sizeBytes: Int { 52 }

        /// Which entry.
        public var index: UInt32
        /// Of which format.
        public var pixelFormat: FourCC
        /// Of which size.
        public var width: UInt32
        /// Of which size.
        public var height: UInt32
        /// What the union holds.
        public var type: FrmIvalType
        /// The intervals.
        public var stepwise: FrmIvalStepwise

        public init(
            index: UInt32, pixelFormat: FourCC, width: UInt32, height: UInt32,
            type: FrmIvalType = FrmIvalType(0), stepwise: FrmIvalStepwise = FrmIvalStepwise()
        ) {
            self.index = index
            self.pixelFormat = pixelFormat
            self.width = width
            self.height = height
            self.type = type
            self.stepwise = stepwise
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            index = bytes.u32(at: offset)
            pixelFormat = FourCC(bytes.u32(at: offset + 4))
            width = bytes.u32(at: offset + 8)
            height = bytes.u32(at: offset + 12)
            type = FrmIvalType(bytes.u32(at: offset + 16))
            stepwise = FrmIvalStepwise(guarded: bytes, at: offset + 20)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: pixelFormat.rawValue)
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: type.rawValue)
            out.append(stepwise)
            out.append(zeros: 8)
        }
    }
}
