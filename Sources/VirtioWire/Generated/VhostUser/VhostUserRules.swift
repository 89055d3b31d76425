// Generated from Spec/vhost-user.md, the tables of messages: `make generate` writes it anew.

extension VhostUser.FrontEndRequest {
    /// What the request and its reply carry; nil for a number that is no request.
    public var rule: MessageRule? {
        switch rawValue {
        // VHOST_USER_GET_FEATURES
        case 1:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always)
        // VHOST_USER_SET_FEATURES
        case 2:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_OWNER
        case 3:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_RESET_OWNER
        case 4:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_MEM_TABLE
        case 5:
            MessageRule(
                request: .init(sizeBytes: 8, isExtended: true, descriptors: 0...8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_LOG_BASE
        case 6:
            MessageRule(
                request: .init(sizeBytes: 16, descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x2)
        // VHOST_USER_SET_LOG_FD
        case 7:
            MessageRule(
                request: .init(descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_VRING_NUM
        case 8:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_VRING_ADDR
        case 9:
            MessageRule(
                request: .init(sizeBytes: 40),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_VRING_BASE
        case 10:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_GET_VRING_BASE
        case 11:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .always)
        // VHOST_USER_SET_VRING_KICK
        case 12:
            MessageRule(
                request: .init(sizeBytes: 8, descriptors: 0...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_VRING_CALL
        case 13:
            MessageRule(
                request: .init(sizeBytes: 8, descriptors: 0...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SET_VRING_ERR
        case 14:
            MessageRule(
                request: .init(sizeBytes: 8, descriptors: 0...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_GET_PROTOCOL_FEATURES
        case 15:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always)
        // VHOST_USER_SET_PROTOCOL_FEATURES
        case 16:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_GET_QUEUE_NUM
        case 17:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x1)
        // VHOST_USER_SET_VRING_ENABLE
        case 18:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_SEND_RARP
        case 19:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x4)
        // VHOST_USER_NET_SET_MTU
        case 20:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x10)
        // VHOST_USER_SET_BACKEND_REQ_FD
        case 21:
            MessageRule(
                request: .init(descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x20)
        // VHOST_USER_IOTLB_MSG
        case 22:
            MessageRule(
                request: .init(sizeBytes: 32),
                reply: .init(sizeBytes: 8),
                answer: .always)
        // VHOST_USER_SET_VRING_ENDIAN
        case 23:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x40)
        // VHOST_USER_GET_CONFIG
        case 24:
            MessageRule(
                request: .init(sizeBytes: 12, isExtended: true),
                reply: .init(sizeBytes: 12, isExtended: true, isOptional: true),
                answer: .always,
                protocolFeature: 0x200)
        // VHOST_USER_SET_CONFIG
        case 25:
            MessageRule(
                request: .init(sizeBytes: 12, isExtended: true),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x200)
        // VHOST_USER_CREATE_CRYPTO_SESSION
        case 26:
            MessageRule(
                request: .init(sizeBytes: 0, isExtended: true),
                reply: .init(sizeBytes: 0, isExtended: true),
                answer: .always,
                protocolFeature: 0x80)
        // VHOST_USER_CLOSE_CRYPTO_SESSION
        case 27:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x80)
        // VHOST_USER_POSTCOPY_ADVISE
        case 28:
            MessageRule(
                reply: .init(descriptors: 1...1),
                answer: .always,
                protocolFeature: 0x100)
        // VHOST_USER_POSTCOPY_LISTEN
        case 29:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x100)
        // VHOST_USER_POSTCOPY_END
        case 30:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x100)
        // VHOST_USER_GET_INFLIGHT_FD
        case 31:
            MessageRule(
                request: .init(sizeBytes: 24),
                reply: .init(sizeBytes: 24, descriptors: 0...1),
                answer: .always,
                protocolFeature: 0x1000)
        // VHOST_USER_SET_INFLIGHT_FD
        case 32:
            MessageRule(
                request: .init(sizeBytes: 24, descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x1000)
        // VHOST_USER_GPU_SET_SOCKET
        case 33:
            MessageRule(
                request: .init(descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_RESET_DEVICE
        case 34:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x2000)
        // VHOST_USER_VRING_KICK
        case 35:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x4000)
        // VHOST_USER_GET_MAX_MEM_SLOTS
        case 36:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x8000)
        // VHOST_USER_ADD_MEM_REG
        case 37:
            MessageRule(
                request: .init(sizeBytes: 40, descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x8000)
        // VHOST_USER_REM_MEM_REG
        case 38:
            MessageRule(
                request: .init(sizeBytes: 40, descriptors: 0...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x8000)
        // VHOST_USER_SET_STATUS
        case 39:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x10000)
        // VHOST_USER_GET_STATUS
        case 40:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x10000)
        // VHOST_USER_GET_SHARED_OBJECT
        case 41:
            MessageRule(
                request: .init(sizeBytes: 16),
                reply: .init(sizeBytes: 16, isOptional: true, descriptors: 0...1),
                answer: .always,
                protocolFeature: 0x40000)
        // VHOST_USER_SET_DEVICE_STATE_FD
        case 42:
            MessageRule(
                request: .init(sizeBytes: 8, descriptors: 1...1),
                reply: .init(sizeBytes: 8, descriptors: 0...1),
                answer: .always,
                protocolFeature: 0x80000)
        // VHOST_USER_CHECK_DEVICE_STATE
        case 43:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x80000)
        // VHOST_USER_GET_SHMEM_CONFIG
        case 44:
            MessageRule(
                reply: .init(sizeBytes: 2056),
                answer: .always,
                protocolFeature: 0x400000)
        // VHOST_USER_GET_VRING_BASE_SKIP_DRAIN
        case 45:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .always,
                protocolFeature: 0x800000)
        default: nil
        }
    }
}

extension VhostUser.BackEndRequest {
    /// What the request and its reply carry; nil for a number that is no request.
    public var rule: MessageRule? {
        switch rawValue {
        // VHOST_USER_BACKEND_IOTLB_MSG
        case 1:
            MessageRule(
                request: .init(sizeBytes: 32),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement)
        // VHOST_USER_BACKEND_CONFIG_CHANGE_MSG
        case 2:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x200)
        // VHOST_USER_BACKEND_VRING_HOST_NOTIFIER_MSG
        case 3:
            MessageRule(
                request: .init(sizeBytes: 24, descriptors: 0...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x800)
        // VHOST_USER_BACKEND_VRING_CALL
        case 4:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x4000)
        // VHOST_USER_BACKEND_VRING_ERR
        case 5:
            MessageRule(
                request: .init(sizeBytes: 8),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x4000)
        // VHOST_USER_BACKEND_SHARED_OBJECT_ADD
        case 6:
            MessageRule(
                request: .init(sizeBytes: 16),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x40000)
        // VHOST_USER_BACKEND_SHARED_OBJECT_REMOVE
        case 7:
            MessageRule(
                request: .init(sizeBytes: 16),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x40000)
        // VHOST_USER_BACKEND_SHARED_OBJECT_LOOKUP
        case 8:
            MessageRule(
                request: .init(sizeBytes: 16),
                reply: .init(sizeBytes: 8, descriptors: 0...1),
                answer: .always,
                protocolFeature: 0x40000)
        // VHOST_USER_BACKEND_SHMEM_MAP
        case 9:
            MessageRule(
                request: .init(sizeBytes: 40, descriptors: 1...1),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x400000)
        // VHOST_USER_BACKEND_SHMEM_UNMAP
        case 10:
            MessageRule(
                request: .init(sizeBytes: 40),
                reply: .init(sizeBytes: 8),
                answer: .acknowledgement,
                protocolFeature: 0x400000)
        default: nil
        }
    }
}
