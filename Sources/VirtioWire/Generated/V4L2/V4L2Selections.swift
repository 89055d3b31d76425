// Generated from Spec/v4l2.md, "Selections": `make generate` writes it anew.

extension V4L2 {
    /// Which rectangle is meant (`V4L2_SEL_TGT_…`).
    public struct SelectionTarget: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// What is taken.
        @inlinable public static var crop: Self { Self(0) }
        /// The visible rectangle of the stream.
        @inlinable public static var cropDefault: Self { Self(1) }
        /// The coded size.
        @inlinable public static var cropBounds: Self { Self(2) }
        /// As CROP_BOUNDS.
        @inlinable public static var nativeSize: Self { Self(3) }
        /// Where it is put.
        @inlinable public static var compose: Self { Self(256) }
        /// As CROP.
        @inlinable public static var composeDefault: Self { Self(257) }
        /// As CROP where nothing scales.
        @inlinable public static var composeBounds: Self { Self(258) }
        /// What is written, padding included.
        @inlinable public static var composePadded: Self { Self(259) }
    }

    /// How exact a rectangle must be (`V4L2_SEL_FLAG_…`).
    public struct SelectionFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Not smaller.
        @inlinable public static var ge: Self { Self(rawValue: 0x0000_0001) }
        /// Not larger.
        @inlinable public static var le: Self { Self(rawValue: 0x0000_0002) }
        /// Leave the other rectangles alone.
        @inlinable public static var keepConfig: Self { Self(rawValue: 0x0000_0004) }
    }

    /// A rectangle in pixels (`struct v4l2_rect`).
    public struct Rect: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// Columns left of it, of any sign.
        public var left: Int32
        /// Rows above it, of any sign.
        public var top: Int32
        /// Its columns.
        public var width: UInt32
        /// Its rows.
        public var height: UInt32

        public init(left: Int32 = 0, top: Int32 = 0, width: UInt32, height: UInt32) {
            self.left = left
            self.top = top
            self.width = width
            self.height = height
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            left = bytes.i32(at: offset)
            top = bytes.i32(at: offset + 4)
            width = bytes.u32(at: offset + 8)
            height = bytes.u32(at: offset + 12)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(i32: left)
            out.append(i32: top)
            out.append(u32: width)
            out.append(u32: height)
        }
    }

    /// A rectangle of a queue (VIDIOC_G_SELECTION, S_SELECTION) (`VIDIOC_G_SELECTION`,
    /// `VIDIOC_S_SELECTION`, `struct v4l2_selection`).
    public struct Selection: WireMessage {
        @inlinable public static var sizeBytes: Int { 64 }

        /// Of which queue.
        public var type: BufType
        /// Which one.
        public var target: SelectionTarget
        /// `V4L2_SEL_FLAG_…`.
        public var flags: UInt32
        /// The rectangle.
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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            type = BufType(bytes.u32(at: offset))
            target = SelectionTarget(bytes.u32(at: offset + 4))
            flags = bytes.u32(at: offset + 8)
            r = Rect(guarded: bytes, at: offset + 12)
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
