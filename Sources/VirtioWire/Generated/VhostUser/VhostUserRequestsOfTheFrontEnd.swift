// Generated from Spec/vhost-user.md, "Requests of the front-end": `make generate` writes it anew.

extension VhostUser {
    /// What a front-end asks of a back-end (`enum vhost_user_frontend_request`).
    public struct FrontEndRequest: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Which virtio features the device offers.
        @inlinable public static var getFeatures: Self { Self(1) }
        /// Which of them the driver took.
        @inlinable public static var setFeatures: Self { Self(2) }
        /// The connection begins.
        @inlinable public static var setOwner: Self { Self(3) }
        /// Deprecated: disables all rings.
        @inlinable public static var resetOwner: Self { Self(4) }
        /// Replaces the guest's whole memory.
        @inlinable public static var setMemTable: Self { Self(5) }
        /// Where to log written pages.
        @inlinable public static var setLogBase: Self { Self(6) }
        /// An eventfd for the log.
        @inlinable public static var setLogFD: Self { Self(7) }
        /// A ring's size.
        @inlinable public static var setVringNum: Self { Self(8) }
        /// Where a ring's parts are.
        @inlinable public static var setVringAddr: Self { Self(9) }
        /// Where in the ring to begin.
        @inlinable public static var setVringBase: Self { Self(10) }
        /// Stops a ring; tells where it stands.
        @inlinable public static var getVringBase: Self { Self(11) }
        /// The driver's notifications; starts the ring.
        @inlinable public static var setVringKick: Self { Self(12) }
        /// The device's notifications.
        @inlinable public static var setVringCall: Self { Self(13) }
        /// Where a ring's errors are told.
        @inlinable public static var setVringErr: Self { Self(14) }
        /// Which protocol features the back-end offers.
        @inlinable public static var getProtocolFeatures: Self { Self(15) }
        /// Which of them the front-end took.
        @inlinable public static var setProtocolFeatures: Self { Self(16) }
        /// How many queues the device can have.
        @inlinable public static var getQueueNum: Self { Self(17) }
        /// Enables or disables a ring.
        @inlinable public static var setVringEnable: Self { Self(18) }
        /// Network devices only.
        @inlinable public static var sendRARP: Self { Self(19) }
        /// Network devices only.
        @inlinable public static var netSetMTU: Self { Self(20) }
        /// The channel for the back-end's requests.
        @inlinable public static var setBackEndReqFD: Self { Self(21) }
        /// Updates or invalidates a translation.
        @inlinable public static var iotlbMsg: Self { Self(22) }
        /// Legacy devices only.
        @inlinable public static var setVringEndian: Self { Self(23) }
        /// Reads the configuration space.
        @inlinable public static var getConfig: Self { Self(24) }
        /// Writes the configuration space.
        @inlinable public static var setConfig: Self { Self(25) }
        /// Crypto devices only.
        @inlinable public static var createCryptoSession: Self { Self(26) }
        /// Crypto devices only.
        @inlinable public static var closeCryptoSession: Self { Self(27) }
        /// Asks for a userfaultfd.
        @inlinable public static var postcopyAdvise: Self { Self(28) }
        /// Memory will come page by page.
        @inlinable public static var postcopyListen: Self { Self(29) }
        /// All pages have come.
        @inlinable public static var postcopyEnd: Self { Self(30) }
        /// Asks for a buffer that outlives the back-end.
        @inlinable public static var getInflightFD: Self { Self(31) }
        /// Gives that buffer back.
        @inlinable public static var setInflightFD: Self { Self(32) }
        /// The display socket of a GPU.
        @inlinable public static var gpuSetSocket: Self { Self(33) }
        /// Drops all of the device's state.
        @inlinable public static var resetDevice: Self { Self(34) }
        /// A notification as a message.
        @inlinable public static var vringKick: Self { Self(35) }
        /// How many regions can be present at once.
        @inlinable public static var getMaxMemSlots: Self { Self(36) }
        /// Adds a region.
        @inlinable public static var addMemReg: Self { Self(37) }
        /// Removes a region.
        @inlinable public static var remMemReg: Self { Self(38) }
        /// The virtio device status byte.
        @inlinable public static var setStatus: Self { Self(39) }
        /// Reads it back.
        @inlinable public static var getStatus: Self { Self(40) }
        /// Asks an exporter for an object's dma-buf.
        @inlinable public static var getSharedObject: Self { Self(41) }
        /// A pipe for the device's state in a migration.
        @inlinable public static var setDeviceStateFD: Self { Self(42) }
        /// Whether that went well.
        @inlinable public static var checkDeviceState: Self { Self(43) }
        /// The device's shared memory regions.
        @inlinable public static var getShmemConfig: Self { Self(44) }
        /// As GET_VRING_BASE, without waiting for requests.
        @inlinable public static var getVringBaseSkipDrain: Self { Self(45) }
    }
}

extension VhostUser.FrontEndRequest: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .getFeatures: "VHOST_USER_GET_FEATURES"
        case .setFeatures: "VHOST_USER_SET_FEATURES"
        case .setOwner: "VHOST_USER_SET_OWNER"
        case .resetOwner: "VHOST_USER_RESET_OWNER"
        case .setMemTable: "VHOST_USER_SET_MEM_TABLE"
        case .setLogBase: "VHOST_USER_SET_LOG_BASE"
        case .setLogFD: "VHOST_USER_SET_LOG_FD"
        case .setVringNum: "VHOST_USER_SET_VRING_NUM"
        case .setVringAddr: "VHOST_USER_SET_VRING_ADDR"
        case .setVringBase: "VHOST_USER_SET_VRING_BASE"
        case .getVringBase: "VHOST_USER_GET_VRING_BASE"
        case .setVringKick: "VHOST_USER_SET_VRING_KICK"
        case .setVringCall: "VHOST_USER_SET_VRING_CALL"
        case .setVringErr: "VHOST_USER_SET_VRING_ERR"
        case .getProtocolFeatures: "VHOST_USER_GET_PROTOCOL_FEATURES"
        case .setProtocolFeatures: "VHOST_USER_SET_PROTOCOL_FEATURES"
        case .getQueueNum: "VHOST_USER_GET_QUEUE_NUM"
        case .setVringEnable: "VHOST_USER_SET_VRING_ENABLE"
        case .sendRARP: "VHOST_USER_SEND_RARP"
        case .netSetMTU: "VHOST_USER_NET_SET_MTU"
        case .setBackEndReqFD: "VHOST_USER_SET_BACKEND_REQ_FD"
        case .iotlbMsg: "VHOST_USER_IOTLB_MSG"
        case .setVringEndian: "VHOST_USER_SET_VRING_ENDIAN"
        case .getConfig: "VHOST_USER_GET_CONFIG"
        case .setConfig: "VHOST_USER_SET_CONFIG"
        case .createCryptoSession: "VHOST_USER_CREATE_CRYPTO_SESSION"
        case .closeCryptoSession: "VHOST_USER_CLOSE_CRYPTO_SESSION"
        case .postcopyAdvise: "VHOST_USER_POSTCOPY_ADVISE"
        case .postcopyListen: "VHOST_USER_POSTCOPY_LISTEN"
        case .postcopyEnd: "VHOST_USER_POSTCOPY_END"
        case .getInflightFD: "VHOST_USER_GET_INFLIGHT_FD"
        case .setInflightFD: "VHOST_USER_SET_INFLIGHT_FD"
        case .gpuSetSocket: "VHOST_USER_GPU_SET_SOCKET"
        case .resetDevice: "VHOST_USER_RESET_DEVICE"
        case .vringKick: "VHOST_USER_VRING_KICK"
        case .getMaxMemSlots: "VHOST_USER_GET_MAX_MEM_SLOTS"
        case .addMemReg: "VHOST_USER_ADD_MEM_REG"
        case .remMemReg: "VHOST_USER_REM_MEM_REG"
        case .setStatus: "VHOST_USER_SET_STATUS"
        case .getStatus: "VHOST_USER_GET_STATUS"
        case .getSharedObject: "VHOST_USER_GET_SHARED_OBJECT"
        case .setDeviceStateFD: "VHOST_USER_SET_DEVICE_STATE_FD"
        case .checkDeviceState: "VHOST_USER_CHECK_DEVICE_STATE"
        case .getShmemConfig: "VHOST_USER_GET_SHMEM_CONFIG"
        case .getVringBaseSkipDrain: "VHOST_USER_GET_VRING_BASE_SKIP_DRAIN"
        default: String(rawValue)
        }
    }
}
