// Generated from Spec/vhost-user.md, "Messages": `make generate` writes it anew.

extension VhostUser {
    /// What every message of both channels begins with (`struct vhost_user_hdr`).
    public struct Header: WireMessage {
        @inlinable public static var sizeBytes: Int { 12 }

        /// What is asked for, or what is answered.
        public var request: UInt32
        public var flags: HeaderFlags
        /// How many bytes of payload follow.
        public var size: UInt32

        public init(request: UInt32, flags: HeaderFlags = .version1, size: UInt32) {
            self.request = request
            self.flags = flags
            self.size = size
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            request = bytes.u32(at: offset)
            flags = HeaderFlags(rawValue: bytes.u32(at: offset + 4))
            size = bytes.u32(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: request)
            out.append(u32: flags.rawValue)
            out.append(u32: size)
        }
    }

    /// The flags of a header (`VHOST_USER_FLAG_…`).
    public struct HeaderFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The protocol's version.
        @inlinable public static var version1: Self { Self(rawValue: 0x1) }
        /// This answers a request.
        @inlinable public static var reply: Self { Self(rawValue: 0x4) }
        /// The sender wants an acknowledgement.
        @inlinable public static var needReply: Self { Self(rawValue: 0x8) }
    }
}
