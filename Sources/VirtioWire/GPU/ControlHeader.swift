// The header of every request and response; virtio 1.4, 5.7.6 (request header).

extension VirtioGPU {
    /// The flags of a control header, `VIRTIO_GPU_FLAG_…`.
    public struct HeaderFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The response comes when the command is complete, and carries the fence ID.
        public static let fence = Self(rawValue: 1 << 0)
        /// `ringIdx` is valid: the fence is on a timeline of its context.
        public static let infoRingIdx = Self(rawValue: 1 << 1)
    }

    /// What every request and response begins with (`struct virtio_gpu_ctrl_hdr`).
    public struct ControlHeader: WireMessage {
        public static let sizeBytes = 24

        public var type: MessageType
        public var flags: HeaderFlags
        public var fenceID: UInt64
        public var ctxID: ContextID
        public var ringIdx: UInt8

        public init(
            type: MessageType, flags: HeaderFlags = [], fenceID: UInt64 = 0,
            ctxID: ContextID = ContextID(0), ringIdx: UInt8 = 0
        ) {
            self.type = type
            self.flags = flags
            self.fenceID = fenceID
            self.ctxID = ctxID
            self.ringIdx = ringIdx
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = MessageType(bytes.u32(at: 0))
            flags = HeaderFlags(rawValue: bytes.u32(at: 4))
            fenceID = bytes.u64(at: 8)
            ctxID = ContextID(bytes.u32(at: 16))
            ringIdx = bytes.u8(at: 20)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(u32: flags.rawValue)
            out.append(u64: fenceID)
            out.append(u32: ctxID.rawValue)
            out.append(u8: ringIdx)
            out.append(zeros: 3)
        }
    }
}
