// Events and their subscription, `VIDIOC_SUBSCRIBE_EVENT`; <linux/videodev2.h>.

extension V4L2 {
    /// What happened, `V4L2_EVENT_…`.
    public struct EventType: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Every type; for unsubscribing only.
        public static let all = Self(0)
        public static let vsync = Self(1)
        public static let eos = Self(2)
        public static let ctrl = Self(3)
        public static let frameSync = Self(4)
        public static let sourceChange = Self(5)
        public static let motionDet = Self(6)
    }

    /// What changed in a coded stream, `V4L2_EVENT_SRC_CH_…`.
    public struct SourceChanges: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let resolution = Self(rawValue: 1 << 0)
    }

    /// How events are delivered, `V4L2_EVENT_SUB_FL_…`.
    public struct EventSubscriptionFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let sendInitial = Self(rawValue: 1 << 0)
        public static let allowFeedback = Self(rawValue: 1 << 1)
    }

    /// Which events a session wants (`struct v4l2_event_subscription`).
    public struct EventSubscription: WireMessage {
        public static let sizeBytes = 32

        public var type: EventType
        public var id: UInt32
        public var flags: EventSubscriptionFlags

        public init(type: EventType, id: UInt32 = 0, flags: EventSubscriptionFlags = []) {
            self.type = type
            self.id = id
            self.flags = flags
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = EventType(bytes.u32(at: 0))
            id = bytes.u32(at: 4)
            flags = EventSubscriptionFlags(rawValue: bytes.u32(at: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(u32: id)
            out.append(u32: flags.rawValue)
            out.append(zeros: 20)
        }
    }

    /// What of a control changed, `V4L2_EVENT_CTRL_CH_…`.
    public struct ControlChanges: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let value = Self(rawValue: 1 << 0)
        public static let flags = Self(rawValue: 1 << 1)
        public static let range = Self(rawValue: 1 << 2)
    }

    /// A control that changed (`struct v4l2_event_ctrl`).
    public struct EventCtrl: WireMessage {
        public static let sizeBytes = 40

        public var changes: ControlChanges
        public var type: ControlType
        /// The union: a 32-bit value lies in the low half.
        public var value64: Int64
        public var flags: ControlFlags
        public var minimum: Int32
        public var maximum: Int32
        public var step: Int32
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

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            changes = ControlChanges(rawValue: bytes.u32(at: 0))
            type = ControlType(bytes.u32(at: 4))
            value64 = bytes.i64(at: 8)
            flags = ControlFlags(rawValue: bytes.u32(at: 16))
            minimum = bytes.i32(at: 20)
            maximum = bytes.i32(at: 24)
            step = bytes.i32(at: 28)
            defaultValue = bytes.i32(at: 32)
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

    /// A V4L2 event (`struct v4l2_event`). Of its union a control's change is known here, and the
    /// first word of what other types have there.
    public struct Event: WireMessage {
        public static let sizeBytes = 136

        public var type: EventType
        /// `SourceChanges` when the type is `sourceChange`.
        public var changes: UInt32
        /// How many more events wait.
        public var pending: UInt32
        public var sequence: UInt32
        /// The device's clock: `tv_sec` and `tv_nsec` in one, held at its ends where they overflow
        /// it.
        public var timestampNanos: Int64
        public var id: UInt32
        /// The union of a `ctrl` event; of others nil. `changes` is its first word.
        public private(set) var ctrl: EventCtrl?

        public init(
            type: EventType, changes: UInt32 = 0, pending: UInt32 = 0, sequence: UInt32 = 0,
            timestampNanos: Int64 = 0, id: UInt32 = 0
        ) {
            self.type = type
            self.changes = changes
            if type == .ctrl {
                ctrl = EventCtrl(
                    changes: ControlChanges(rawValue: changes), type: ControlType(0), value64: 0)
            }
            self.pending = pending
            self.sequence = sequence
            self.timestampNanos = timestampNanos
            self.id = id
        }

        /// A control's change.
        public init(
            ctrl: EventCtrl, of id: ControlID, sequence: UInt32 = 0, timestampNanos: Int64 = 0
        ) {
            self.init(
                type: .ctrl, changes: ctrl.changes.rawValue, sequence: sequence,
                timestampNanos: timestampNanos, id: id.rawValue)
            self.ctrl = ctrl
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = EventType(bytes.u32(at: 0))
            changes = bytes.u32(at: 8)
            if type == .ctrl { ctrl = try EventCtrl(bytes.extracting(droppingFirst: 8)) }
            pending = bytes.u32(at: 72)
            sequence = bytes.u32(at: 76)
            let nanos = Int128(bytes.i64(at: 80)) * 1_000_000_000 + Int128(bytes.i64(at: 88))
            timestampNanos = Int64(clamping: nanos)
            id = bytes.u32(at: 96)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(zeros: 4)
            if type == .ctrl, let ctrl {
                out.append(ctrl)
                out.append(zeros: 24)
            } else {
                out.append(u32: changes)
                out.append(zeros: 60)
            }
            out.append(u32: pending)
            out.append(u32: sequence)
            out.append(i64: timestampNanos / 1_000_000_000)
            out.append(i64: timestampNanos % 1_000_000_000)
            out.append(u32: id)
            out.append(zeros: 36)
        }
    }
}
