// Generated from Spec/vhost-user.md, "Memory": `make generate` writes it anew.

extension VhostUser {
    /// One piece of guest memory (`struct vhost_user_mem_region`).
    public struct MemRegion: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        /// Where the guest has it.
        public var guestAddress: GuestAddress
        /// How long it is.
        public var size: UInt64
        /// Where the front-end has it.
        public var userAddress: UserAddress
        /// Where it begins in its descriptor.
        public var mmapOffset: UInt64

        public init(
            guestAddress: GuestAddress, size: UInt64, userAddress: UserAddress, mmapOffset: UInt64
        ) {
            self.guestAddress = guestAddress
            self.size = size
            self.userAddress = userAddress
            self.mmapOffset = mmapOffset
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            guestAddress = GuestAddress(bytes.u64(at: offset))
            size = bytes.u64(at: offset + 8)
            userAddress = UserAddress(bytes.u64(at: offset + 16))
            mmapOffset = bytes.u64(at: offset + 24)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: guestAddress.rawValue)
            out.append(u64: size)
            out.append(u64: userAddress.rawValue)
            out.append(u64: mmapOffset)
        }
    }

    /// All regions of a guest's memory (`struct vhost_user_mem_table`).
    public struct MemTable: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// How many regions follow, at most 8.
        public var numRegions: UInt32

        public init(numRegions: UInt32) {
            self.numRegions = numRegions
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            numRegions = bytes.u32(at: offset)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: numRegions)
            out.append(zeros: 4)
        }
    }

    /// One region, to be added or removed (`struct vhost_user_mem_reg_msg`).
    public struct MemRegMsg: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        public var region: MemRegion

        public init(region: MemRegion) {
            self.region = region
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            region = MemRegion(guarded: bytes, at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(zeros: 8)
            out.append(region)
        }
    }

    /// Where the log of dirty pages is in its descriptor (`struct vhost_user_log`).
    public struct Log: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        public var logSize: UInt64
        public var logOffset: UInt64

        public init(logSize: UInt64, logOffset: UInt64) {
            self.logSize = logSize
            self.logOffset = logOffset
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            logSize = bytes.u64(at: offset)
            logOffset = bytes.u64(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: logSize)
            out.append(u64: logOffset)
        }
    }

    /// A translation of an I/O address, or the lack of one (`struct vhost_user_iotlb`).
    public struct IOTLB: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        /// The address that the ring holds.
        public var iova: UInt64
        public var size: UInt64
        /// Where the front-end has it.
        public var userAddress: UserAddress
        public var permissions: IOTLBPermissions
        public var type: IOTLBType

        public init(
            iova: UInt64, size: UInt64, userAddress: UserAddress, permissions: IOTLBPermissions,
            type: IOTLBType
        ) {
            self.iova = iova
            self.size = size
            self.userAddress = userAddress
            self.permissions = permissions
            self.type = type
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            iova = bytes.u64(at: offset)
            size = bytes.u64(at: offset + 8)
            userAddress = UserAddress(bytes.u64(at: offset + 16))
            permissions = IOTLBPermissions(rawValue: bytes.u8(at: offset + 24))
            type = IOTLBType(bytes.u8(at: offset + 25))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: iova)
            out.append(u64: size)
            out.append(u64: userAddress.rawValue)
            out.append(u8: permissions.rawValue)
            out.append(u8: type.rawValue)
            out.append(zeros: 6)
        }
    }

    /// What a translation allows (`VHOST_ACCESS_…`).
    public struct IOTLBPermissions: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

        @inlinable public static var read: Self { Self(rawValue: 1) }
        @inlinable public static var write: Self { Self(rawValue: 2) }
    }

    /// What a translation message says (`enum vhost_iotlb_type`).
    public struct IOTLBType: WireNumber {
        public let rawValue: UInt8
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The back-end has no translation.
        @inlinable public static var miss: Self { Self(1) }
        /// Here is one.
        @inlinable public static var update: Self { Self(2) }
        /// This one is gone.
        @inlinable public static var invalidate: Self { Self(3) }
        /// The access is not allowed.
        @inlinable public static var accessFail: Self { Self(4) }
    }

    /// A transfer of the device's state (`struct vhost_user_device_state`).
    public struct DeviceState: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        public var direction: TransferDirection
        public var phase: TransferPhase

        public init(direction: TransferDirection, phase: TransferPhase) {
            self.direction = direction
            self.phase = phase
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            direction = TransferDirection(bytes.u32(at: offset))
            phase = TransferPhase(bytes.u32(at: offset + 4))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: direction.rawValue)
            out.append(u32: phase.rawValue)
        }
    }

    /// Which way the state goes (`enum vhost_transfer_state_direction`).
    public struct TransferDirection: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Out of the back-end.
        @inlinable public static var save: Self { Self(0) }
        /// Into it.
        @inlinable public static var load: Self { Self(1) }
    }

    /// When the state is transferred (`enum vhost_transfer_state_phase`).
    public struct TransferPhase: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// All rings are stopped.
        @inlinable public static var stopped: Self { Self(0) }
    }
}

extension VhostUser.IOTLBType: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .miss: "VHOST_IOTLB_MISS"
        case .update: "VHOST_IOTLB_UPDATE"
        case .invalidate: "VHOST_IOTLB_INVALIDATE"
        case .accessFail: "VHOST_IOTLB_ACCESS_FAIL"
        default: String(rawValue)
        }
    }
}

extension VhostUser.TransferDirection: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .save: "VHOST_TRANSFER_STATE_DIRECTION_SAVE"
        case .load: "VHOST_TRANSFER_STATE_DIRECTION_LOAD"
        default: String(rawValue)
        }
    }
}

extension VhostUser.TransferPhase: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .stopped: "VHOST_TRANSFER_STATE_PHASE_STOPPED"
        default: String(rawValue)
        }
    }
}
