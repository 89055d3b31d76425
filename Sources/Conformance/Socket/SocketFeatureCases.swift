// Features of the device and of the protocol (Spec/vhost-user.md, features and the beginning).

internal import LinuxSystem
internal import VirtioWire

enum SocketFeatureCases {
    static let all = [
        features, subset, whileRunning, withoutBit30, early, offered, unoffered, sharedMemory,
    ]

    static let features = SocketCase.make(
        "features/VU-020", "GET_FEATURES has the device's features and bit 30."
    ) { context in
        let first = try context.number(.getFeatures)
        guard first & SocketContext.version1 != 0 else { throw context.finding("VERSION_1") }
        guard first & SocketContext.protocolBit != 0 else { throw context.finding("bit 30") }
        guard try context.number(.getFeatures) == first else {
            throw context.finding("the same features again")
        }
    }

    static let subset = SocketCase.make(
        "features/VU-021",
        "SET_FEATURES takes a subset of what was offered; RING_RESET, which is set unasked, is "
            + "ignored."
    ) { context in
        let bits = SocketContext.version1 | SocketContext.protocolBit
        try context.expectSuccess(.setFeatures, [UInt8](u64: bits), for: "VERSION_1 alone")
        try context.expectSuccess(
            .setFeatures, [UInt8](u64: bits | 1 << 40), for: "RING_RESET besides")
        for bit: UInt64 in [47, 60, 22] where context.offeredFeatures & 1 << bit == 0 {
            try context.expectFailure(
                .setFeatures, [UInt8](u64: bits | 1 << bit), for: "bit \(bit), which is not offered"
            )
        }
    }

    static let whileRunning = SocketCase.make(
        "features/VU-022", "What a ring reads at its start does not change while it runs.",
        level: .practice
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before another SET_FEATURES")
        let bits = SocketContext.version1 | SocketContext.protocolBit
        let packed = bits | 1 << 34
        guard context.offeredFeatures & 1 << 34 != 0 else {
            throw NotOffered(feature: "VIRTIO_F_RING_PACKED")
        }
        try context.expectFailure(
            .setFeatures, [UInt8](u64: packed), for: "RING_PACKED while a split ring runs")
        guard context.deviation == nil else { return }
        try context.expectSuccess(.setFeatures, [UInt8](u64: bits), for: "the same features again")
        try ring.exchange(context, "after another SET_FEATURES")
    }

    static let withoutBit30 = SocketCase.make(
        "features/VU-023",
        "SET_FEATURES without bit 30 enables all rings: such a front-end knows no ENABLE."
    ) { context in
        let ring = try SocketRing(context)
        try ring.giveMemory(&context)
        try ring.giveFeatures(&context, knowsEnable: false)
        for step in SocketRing.Step.allCases where step != .enable {
            try ring.tell(step, &context)
        }
        try ring.exchange(context, "on a ring that bit 30 enabled by its absence")
    }

    static let early = SocketCase.raw(
        "vhost-user/features/VU-030",
        "GET_ and SET_PROTOCOL_FEATURES may come before SET_FEATURES."
    ) { context in
        try context.begin()
        _ = try context.number(.getProtocolFeatures)
        try context.expectSuccess(
            .setProtocolFeatures, [UInt8](u64: context.protocolFeatures.rawValue),
            for: "the protocol's features before the device's")
    }

    static let offered = SocketCase.make(
        "features/VU-031", "A back-end offers only what it serves.", level: .should
    ) { context in
        let served: [(VhostUser.ProtocolFeatures, VhostUser.FrontEndRequest, ClosedRange<Int>)] = [
            (.mq, .getQueueNum, 8...8), (.status, .getStatus, 8...8),
            (.configureMemSlots, .getMaxMemSlots, 8...8), (.shmem, .getShmemConfig, 2056...2056),
        ]
        for (feature, request, bytes) in served where context.protocolFeatures.contains(feature) {
            let reply = try context.ask(request)
            guard bytes.contains(reply.payload.count) else {
                throw context.finding("\(bytes.lowerBound) bytes for \(request)")
            }
        }
        if context.protocolFeatures.contains(.config) {
            let asked = [UInt8](VhostUser.Config(offset: 0, size: 8)) + [UInt8](u64: 0)
            guard try context.ask(.getConfig, asked).payload.count == asked.count else {
                throw context.finding("\(asked.count) bytes for GET_CONFIG")
            }
        }
        if context.protocolFeatures.contains(.resetDevice) {
            try context.expectSuccess(.resetDevice, for: "RESET_DEVICE")
        }
    }

    static let unoffered = SocketCase.make(
        "features/VU-032", "A bit that was not offered fails SET_PROTOCOL_FEATURES.",
        level: .practice
    ) { context in
        let offered = try context.number(.getProtocolFeatures)
        for bit: UInt64 in [17, 40, 63] where offered & 1 << bit == 0 {
            let wanted = context.protocolFeatures.rawValue | 1 << bit
            try context.expectFailure(.setProtocolFeatures, [UInt8](u64: wanted), for: "bit \(bit)")
        }
    }

    static let sharedMemory = SocketCase.raw(
        "vhost-user/features/VU-033",
        "SHMEM is bit 22; one who has it at 20 or 21 claims something else.", level: .practice
    ) { context in
        try context.begin()
        let offered = VhostUser.ProtocolFeatures(
            rawValue: try context.number(.getProtocolFeatures))
        if offered.contains(.getVringBaseInflight), !offered.contains(.inflightShmFD) {
            context.deviates("GET_VRING_BASE_INFLIGHT (20) with INFLIGHT_SHMFD only")
        }
        guard offered.contains(.gpaAddresses), !offered.contains(.shmem) else { return }
        // An old SHMEM answers this request, and one that means GPA_ADDRESSES does not.
        try context.send(.getShmemConfig)
        try context.send(.getFeatures)
        guard case .message(let message) = context.receive(),
            message.header.request != VhostUser.FrontEndRequest.getShmemConfig.rawValue
        else { return context.deviates("SHMEM at bit 22, where it is served") }
    }
}
