// Generated from Spec/vhost-user.md, "Features and the beginning": `make generate` writes it anew.

extension VhostUser {
    /// Feature bits that exist on the socket and never in a guest (`VHOST_USER_F_…`).
    public struct SocketFeatures: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// Writes to guest memory are logged.
        @inlinable public static var logAll: Self { Self(rawValue: 1 << 26) }
        /// There are protocol features.
        @inlinable public static var protocolFeatures: Self { Self(rawValue: 1 << 30) }
    }

    /// Extensions of the socket's protocol, agreed on before anything else
    /// (`VHOST_USER_PROTOCOL_F_…`).
    public struct ProtocolFeatures: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// GET_QUEUE_NUM.
        @inlinable public static var mq: Self { Self(rawValue: 1 << 0) }
        /// The log of dirty pages is shared memory.
        @inlinable public static var logShmFD: Self { Self(rawValue: 1 << 1) }
        /// Network devices.
        @inlinable public static var rarp: Self { Self(rawValue: 1 << 2) }
        /// NEED_REPLY means something.
        @inlinable public static var replyAck: Self { Self(rawValue: 1 << 3) }
        /// Network devices.
        @inlinable public static var mtu: Self { Self(rawValue: 1 << 4) }
        /// The back-end has a channel for requests of its own.
        @inlinable public static var backEndReq: Self { Self(rawValue: 1 << 5) }
        /// Legacy devices.
        @inlinable public static var crossEndian: Self { Self(rawValue: 1 << 6) }
        /// Crypto devices.
        @inlinable public static var cryptoSession: Self { Self(rawValue: 1 << 7) }
        /// Postcopy migration.
        @inlinable public static var pageFault: Self { Self(rawValue: 1 << 8) }
        /// The back-end serves the configuration space.
        @inlinable public static var config: Self { Self(rawValue: 1 << 9) }
        /// Requests of the back-end may carry descriptors.
        @inlinable public static var backEndSendFD: Self { Self(rawValue: 1 << 10) }
        /// Doorbells of real hardware.
        @inlinable public static var hostNotifier: Self { Self(rawValue: 1 << 11) }
        /// Requests in flight survive the back-end.
        @inlinable public static var inflightShmFD: Self { Self(rawValue: 1 << 12) }
        /// RESET_DEVICE.
        @inlinable public static var resetDevice: Self { Self(rawValue: 1 << 13) }
        /// Notifications are messages: no kick and call descriptors.
        @inlinable public static var inbandNotifications: Self { Self(rawValue: 1 << 14) }
        /// Memory regions come and go one by one.
        @inlinable public static var configureMemSlots: Self { Self(rawValue: 1 << 15) }
        /// The device status byte is passed on.
        @inlinable public static var status: Self { Self(rawValue: 1 << 16) }
        /// Xen's way to map.
        @inlinable public static var xenMmap: Self { Self(rawValue: 1 << 17) }
        /// Exported objects are found across back-ends.
        @inlinable public static var sharedObject: Self { Self(rawValue: 1 << 18) }
        /// The device's own state migrates.
        @inlinable public static var deviceState: Self { Self(rawValue: 1 << 19) }
        /// Requests in flight are reported at a stop.
        @inlinable public static var getVringBaseInflight: Self { Self(rawValue: 1 << 20) }
        /// Ring addresses are guest-physical.
        @inlinable public static var gpaAddresses: Self { Self(rawValue: 1 << 21) }
        /// The device has shared memory regions.
        @inlinable public static var shmem: Self { Self(rawValue: 1 << 22) }
        /// A ring can be stopped without waiting; needs bits 12 and 20.
        @inlinable public static var getVringBaseSkipDrain: Self { Self(rawValue: 1 << 23) }
    }
}
