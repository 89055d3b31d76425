// Generated from Spec/v4l2.md, "Events": `make generate` writes it anew.

extension V4L2 {
    /// What happened (`V4L2_EVENT_…`).
    public struct EventType: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Every type; for unsubscribing only.
        @inlinable public static var all: Self { Self(0) }
        /// A picture begins.
        @inlinable public static var vsync: Self { Self(1) }
        /// The stream has ended; LAST tells the same.
        @inlinable public static var eos: Self { Self(2) }
        /// A control has changed.
        @inlinable public static var ctrl: Self { Self(3) }
        /// A frame begins.
        @inlinable public static var frameSync: Self { Self(4) }
        /// The stream is another one.
        @inlinable public static var sourceChange: Self { Self(5) }
        /// Something moved.
        @inlinable public static var motionDet: Self { Self(6) }
    }

    /// How events are delivered (`V4L2_EVENT_SUB_FL_…`).
    public struct EventSubscriptionFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Send one event with the state of now.
        @inlinable public static var sendInitial: Self { Self(rawValue: 0x0000_0001) }
        /// Also what this session caused.
        @inlinable public static var allowFeedback: Self { Self(rawValue: 0x0000_0002) }
    }

    /// Which events a session wants (VIDIOC_SUBSCRIBE_EVENT, UNSUBSCRIBE_EVENT)
    /// (`VIDIOC_SUBSCRIBE_EVENT`, `VIDIOC_UNSUBSCRIBE_EVENT`, `struct v4l2_event_subscription`).
    public struct EventSubscription: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        /// Which type.
        public var type: EventType
        /// Of a control event, the control.
        public var id: UInt32
        /// How.
        public var flags: EventSubscriptionFlags

        public init(type: EventType, id: UInt32 = 0, flags: EventSubscriptionFlags = []) {
            self.type = type
            self.id = id
            self.flags = flags
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            type = EventType(bytes.u32(at: offset))
            id = bytes.u32(at: offset + 4)
            flags = EventSubscriptionFlags(rawValue: bytes.u32(at: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(u32: id)
            out.append(u32: flags.rawValue)
            out.append(zeros: 20)
        }
    }

    /// What changed in a coded stream (`V4L2_EVENT_SRC_CH_…`).
    public struct SourceChanges: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Size, visible rectangle, depth or number of buffers.
        @inlinable public static var resolution: Self { Self(rawValue: 0x0000_0001) }
    }

    /// What changed of a control (`V4L2_EVENT_CTRL_CH_…`).
    public struct ControlChanges: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Its value.
        @inlinable public static var value: Self { Self(rawValue: 0x0000_0001) }
        /// Its flags.
        @inlinable public static var flags: Self { Self(rawValue: 0x0000_0002) }
        /// Its range.
        @inlinable public static var range: Self { Self(rawValue: 0x0000_0004) }
        /// Its dimensions.
        @inlinable public static var dimensions: Self { Self(rawValue: 0x0000_0008) }
    }

    /// A changed stream (`struct v4l2_event_src_change`).
    public struct EventSrcChange: WireMessage {
        @inlinable public static var sizeBytes: Int { 4 }

        /// What changed.
        public var changes: SourceChanges

        public init(changes: SourceChanges) {
            self.changes = changes
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            changes = SourceChanges(rawValue: bytes.u32(at: offset))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: changes.rawValue)
        }
    }

    /// A changed control (`struct v4l2_event_ctrl`).
    public struct EventCtrl: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        /// What changed.
        public var changes: ControlChanges
        /// What kind of value.
        public var type: ControlType
        /// The value; the low half of a 32-bit one.
        public var value64: Int64
        /// What is true of it.
        public var flags: ControlFlags
        /// The least.
        public var minimum: Int32
        /// The most.
        public var maximum: Int32
        /// From one to the next.
        public var step: Int32
        /// What it is at first.
        public var defaultValue: Int32

        public init(
            changes: ControlChanges, type: ControlType, value64: Int64, flags: ControlFlags = [],
            minimum: Int32 = 0, maximum: Int32 = 0, step: Int32 = 0, defaultValue: Int32 = 0
        ) {
            self.changes = changes
            self.type = type
            self.value64 = value64
            self.flags = flags
            self.minimum = minimum
            self.maximum = maximum
            self.step = step
            self.defaultValue = defaultValue
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            changes = ControlChanges(rawValue: bytes.u32(at: offset))
            type = ControlType(bytes.u32(at: offset + 4))
            value64 = bytes.i64(at: offset + 8)
            flags = ControlFlags(rawValue: bytes.u32(at: offset + 16))
            minimum = bytes.i32(at: offset + 20)
            maximum = bytes.i32(at: offset + 24)
            step = bytes.i32(at: offset + 28)
            defaultValue = bytes.i32(at: offset + 32)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: changes.rawValue)
            out.append(u32: type.rawValue)
            out.append(i64: value64)
            out.append(u32: flags.rawValue)
            out.append(i32: minimum)
            out.append(i32: maximum)
            out.append(i32: step)
            out.append(i32: defaultValue)
            out.append(zeros: 4)
        }
    }
}
