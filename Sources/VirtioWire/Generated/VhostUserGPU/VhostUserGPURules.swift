// Generated from Spec/vhost-user-gpu.md, the tables of messages: `make generate` writes it anew.

extension VhostUserGPU.Request {
    /// What the request and its reply carry; nil for a number that is no request.
    public var rule: MessageRule? {
        switch rawValue {
        // VHOST_USER_GPU_GET_PROTOCOL_FEATURES
        case 1:
            MessageRule(
                reply: .init(sizeBytes: 8),
                answer: .always)
        // VHOST_USER_GPU_SET_PROTOCOL_FEATURES
        case 2:
            MessageRule(
                request: .init(sizeBytes: 8),
                answer: .never)
        // VHOST_USER_GPU_GET_DISPLAY_INFO
        case 3:
            MessageRule(
                reply: .init(sizeBytes: 408),
                answer: .always)
        // VHOST_USER_GPU_CURSOR_POS
        case 4:
            MessageRule(
                request: .init(sizeBytes: 12),
                answer: .never)
        // VHOST_USER_GPU_CURSOR_POS_HIDE
        case 5:
            MessageRule(
                request: .init(sizeBytes: 12),
                answer: .never)
        // VHOST_USER_GPU_CURSOR_UPDATE
        case 6:
            MessageRule(
                request: .init(sizeBytes: 16404),
                answer: .never)
        // VHOST_USER_GPU_SCANOUT
        case 7:
            MessageRule(
                request: .init(sizeBytes: 12),
                answer: .never)
        // VHOST_USER_GPU_UPDATE
        case 8:
            MessageRule(
                request: .init(sizeBytes: 20, isExtended: true),
                answer: .never)
        // VHOST_USER_GPU_DMABUF_SCANOUT
        case 9:
            MessageRule(
                request: .init(sizeBytes: 40, descriptors: 0...1),
                answer: .never)
        // VHOST_USER_GPU_DMABUF_UPDATE
        case 10:
            MessageRule(
                request: .init(sizeBytes: 20, isExtended: true),
                answer: .always)
        // VHOST_USER_GPU_GET_EDID
        case 11:
            MessageRule(
                request: .init(sizeBytes: 4),
                reply: .init(sizeBytes: 1056),
                answer: .always,
                protocolFeature: 0x1)
        // VHOST_USER_GPU_DMABUF_SCANOUT2
        case 12:
            MessageRule(
                request: .init(sizeBytes: 48, descriptors: 1...1),
                answer: .never,
                protocolFeature: 0x2)
        default: nil
        }
    }
}
