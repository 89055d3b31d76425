// Generated from Spec/vhost-user.md, "Rings": `make generate` writes it anew.

extension VhostUser {
    /// A ring's number and one number about it: size, base, or whether it is enabled
    /// (`struct vhost_user_vring_state`).
    public struct VringState: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// Which ring.
        public var index: UInt32
        /// Its meaning is the request's.
        public var num: UInt32

        public init(index: UInt32, num: UInt32) {
            self.index = index
            self.num = num
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
            num = bytes.u32(at: offset + 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: num)
        }
    }

    /// Where the parts of a ring are (`struct vhost_user_vring_addr`).
    public struct VringAddr: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        /// Which ring.
        public var index: UInt32
        public var flags: VringFlags
        /// The descriptor table; of a packed ring the ring.
        public var descriptor: UserAddress
        /// The used ring; of a packed ring the device's event suppression.
        public var used: UserAddress
        /// The available ring; of a packed ring the driver's event suppression.
        public var available: UserAddress
        /// Where writes to the used ring are logged; without logging no address at all.
        public var log: UInt64

        public init(
            index: UInt32, flags: VringFlags = [], descriptor: UserAddress, used: UserAddress,
            available: UserAddress, log: UInt64 = .max
        ) {
            self.index = index
            self.flags = flags
            self.descriptor = descriptor
            self.used = used
            self.available = available
            self.log = log
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
            flags = VringFlags(rawValue: bytes.u32(at: offset + 4))
            descriptor = UserAddress(bytes.u64(at: offset + 8))
            used = UserAddress(bytes.u64(at: offset + 16))
            available = UserAddress(bytes.u64(at: offset + 24))
            log = bytes.u64(at: offset + 32)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: flags.rawValue)
            out.append(u64: descriptor.rawValue)
            out.append(u64: used.rawValue)
            out.append(u64: available.rawValue)
            out.append(u64: log)
        }
    }

    /// What else is said of a ring's addresses (`VHOST_VRING_F_…`).
    public struct VringFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Writes to the used ring are logged.
        @inlinable public static var log: Self { Self(rawValue: 1 << 0) }
    }

    /// The word that names a ring beside a descriptor (`VHOST_USER_VRING_…`).
    public struct VringWord: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// The ring's index.
        @inlinable public static var indexMask: Self { Self(rawValue: 0xff) }
        /// No descriptor comes with the message.
        @inlinable public static var noFD: Self { Self(rawValue: 1 << 8) }
    }
}
