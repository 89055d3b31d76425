// The one structure of V4L2 whose members are not those of its table: a union by type, and a time in
// one number; <linux/videodev2.h>.

extension V4L2 {
    /// A V4L2 event (`struct v4l2_event`). Of its union a control's change is known here, and the
    /// first word of what other types have there.
    public struct Event: WireMessage {
        @inlinable public static var sizeBytes: Int { 136 }

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
