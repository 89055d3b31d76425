// Generated from Spec/v4l2.md, "Decoder commands": `make generate` writes it anew.

extension V4L2 {
    /// What a decoder is told (`V4L2_DEC_CMD_…`).
    public struct DecoderCommand: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Goes on after a drain or a change of resolution.
        @inlinable public static var start: Self { Self(0) }
        /// Drains: every coded buffer so far, then LAST.
        @inlinable public static var stop: Self { Self(1) }
        /// Holds a player; no stateful codec has it.
        @inlinable public static var pause: Self { Self(2) }
        /// Goes on after PAUSE.
        @inlinable public static var resume: Self { Self(3) }
        /// Ends what stateless decoders hold back.
        @inlinable public static var flush: Self { Self(4) }
    }

    /// A decoder command (VIDIOC_DECODER_CMD, TRY_DECODER_CMD) (`VIDIOC_DECODER_CMD`,
    /// `VIDIOC_TRY_DECODER_CMD`, `struct v4l2_decoder_cmd`).
    public struct DecoderCmd: WireMessage {
        @inlinable public static var sizeBytes: Int { 72 }

        /// Which one.
        public var cmd: DecoderCommand
        /// `V4L2_DEC_CMD_…_TO_BLACK` and the like; 0 here.
        public var flags: UInt32
        /// Of STOP: at which time; 0: at once.
        public var stopPTS: UInt64

        public init(cmd: DecoderCommand, flags: UInt32 = 0, stopPTS: UInt64 = 0) {
            self.cmd = cmd
            self.flags = flags
            self.stopPTS = stopPTS
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            cmd = DecoderCommand(bytes.u32(at: offset))
            flags = bytes.u32(at: offset + 4)
            stopPTS = bytes.u64(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: cmd.rawValue)
            out.append(u32: flags)
            out.append(u64: stopPTS)
            out.append(zeros: 56)
        }
    }
}
