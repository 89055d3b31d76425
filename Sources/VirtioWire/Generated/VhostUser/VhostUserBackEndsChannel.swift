// Generated from Spec/vhost-user.md, "The back-end's channel": `make generate` writes it anew.

extension VhostUser {
    /// What a back-end asks of a front-end (`enum vhost_user_backend_request`).
    public struct BackEndRequest: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// A translation is missing, or an access failed.
        @inlinable public static var iotlbMsg: Self { Self(1) }
        /// The configuration changed.
        @inlinable public static var configChangeMsg: Self { Self(2) }
        /// A doorbell for a ring.
        @inlinable public static var vringHostNotifierMsg: Self { Self(3) }
        /// A notification as a message.
        @inlinable public static var vringCall: Self { Self(4) }
        /// A ring's error as a message.
        @inlinable public static var vringErr: Self { Self(5) }
        /// The back-end exports an object.
        @inlinable public static var sharedObjectAdd: Self { Self(6) }
        /// It no longer does.
        @inlinable public static var sharedObjectRemove: Self { Self(7) }
        /// Asks for another back-end's object.
        @inlinable public static var sharedObjectLookup: Self { Self(8) }
        /// Shows memory to the guest.
        @inlinable public static var shmemMap: Self { Self(9) }
        /// Takes it away.
        @inlinable public static var shmemUnmap: Self { Self(10) }
    }

    /// Where a ring's doorbell is (`struct vhost_user_vring_area`).
    public struct VringArea: WireMessage {
        @inlinable public static var sizeBytes: Int { 24 }

        /// The ring, and whether a descriptor comes.
        public var vring: VringWord
        public var size: UInt64
        public var offset: UInt64

        public init(vring: VringWord, size: UInt64, offset: UInt64) {
            self.vring = vring
            self.size = size
            self.offset = offset
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            vring = VringWord(rawValue: bytes.u64(at: offset))
            size = bytes.u64(at: offset + 8)
            self.offset = bytes.u64(at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: vring.rawValue)
            out.append(u64: size)
            out.append(u64: offset)
        }
    }
}

extension VhostUser.BackEndRequest: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .iotlbMsg: "VHOST_USER_BACKEND_IOTLB_MSG"
        case .configChangeMsg: "VHOST_USER_BACKEND_CONFIG_CHANGE_MSG"
        case .vringHostNotifierMsg: "VHOST_USER_BACKEND_VRING_HOST_NOTIFIER_MSG"
        case .vringCall: "VHOST_USER_BACKEND_VRING_CALL"
        case .vringErr: "VHOST_USER_BACKEND_VRING_ERR"
        case .sharedObjectAdd: "VHOST_USER_BACKEND_SHARED_OBJECT_ADD"
        case .sharedObjectRemove: "VHOST_USER_BACKEND_SHARED_OBJECT_REMOVE"
        case .sharedObjectLookup: "VHOST_USER_BACKEND_SHARED_OBJECT_LOOKUP"
        case .shmemMap: "VHOST_USER_BACKEND_SHMEM_MAP"
        case .shmemUnmap: "VHOST_USER_BACKEND_SHMEM_UNMAP"
        default: String(rawValue)
        }
    }
}
