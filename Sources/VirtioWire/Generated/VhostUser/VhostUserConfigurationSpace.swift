// Generated from Spec/vhost-user.md, "Configuration space": `make generate` writes it anew.

extension VhostUser {
    /// Reads and writes of a part of the device's configuration space, at most 256 bytes of it
    /// (`struct vhost_user_config_hdr`).
    public struct Config: WireMessage {
        @inlinable public static var sizeBytes: Int { 12 }

        /// From where.
        public var offset: UInt32
        /// How many bytes follow.
        public var size: UInt32
        public var flags: ConfigFlags

        public init(offset: UInt32, size: UInt32, flags: ConfigFlags = .frontEnd) {
            self.offset = offset
            self.size = size
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
            self.offset = bytes.u32(at: offset)
            size = bytes.u32(at: offset + 4)
            flags = ConfigFlags(bytes.u32(at: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: offset)
            out.append(u32: size)
            out.append(u32: flags.rawValue)
        }
    }

    /// Why the configuration is written (`enum vhost_set_config_type`).
    public struct ConfigFlags: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The guest wrote a writable field.
        @inlinable public static var frontEnd: Self { Self(0) }
        /// A migration restores all of it.
        @inlinable public static var migration: Self { Self(1) }
    }
}

extension VhostUser.ConfigFlags: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .frontEnd: "VHOST_SET_CONFIG_TYPE_FRONTEND"
        case .migration: "VHOST_SET_CONFIG_TYPE_MIGRATION"
        default: String(rawValue)
        }
    }
}
