// What a device offers and accepts (virtio 1.4, 2.2 and 6).

internal import VirtioWire
internal import Virtqueue

enum QueueFeatureCases {
    static let all = [
        prerequisites, subsets, undefined, again, inOrder, suspend, version1, virtualFunctions,
    ]

    private static func offers(_ context: ConformanceContext, bit: Int) -> Bool {
        context.transport.deviceFeatures & 1 << UInt64(bit) != 0
    }

    static let prerequisites = ConformanceCase(
        id: "queue/features/VQ-D-003",
        clause: "A feature is not offered without those that it needs.", level: .must, device: nil
    ) { context in
        // Without VERSION_1 a driver sees bits 0 to 31 only.
        let high = context.transport.deviceFeatures >> 33
        guard high == 0 || context.offered.contains(.version1) else {
            throw context.finding(
                "VIRTIO_F_VERSION_1 with features above bit 32", received: "it is not offered")
        }
        if context.transport.deviceID == VirtioGPU.deviceID {
            guard !offers(context, bit: 5) || offers(context, bit: 3) else {
                throw context.finding(
                    "RESOURCE_BLOB with BLOB_ALIGNMENT", received: "it is not offered")
            }
        }
        return .pass
    }

    static let subsets = ConformanceCase(
        id: "queue/features/VQ-D-004",
        clause: "A valid subset is accepted; with any other set FEATURES_OK does not stick.",
        level: .must, device: nil
    ) { context in
        // Bit 47 is reserved; no device offers it.
        guard !sticks(context, TransportFeatures(rawValue: 1 << 47).union(.version1)) else {
            throw context.finding(
                "FEATURES_OK not to stick for bit 47", received: "FEATURES_OK")
        }
        for feature in [TransportFeatures.indirectDesc, .eventIndex, .ringPacked]
        where context.offered.contains(feature) {
            guard sticks(context, feature.union(.version1)) else {
                return .nonStrict(
                    context.finding(
                        "FEATURES_OK for \(feature) with VERSION_1", received: "it did not stick"))
            }
        }
        return .pass
    }

    static let undefined = ConformanceCase(
        id: "queue/features/VQ-D-005", clause: "No undefined and no reserved bit is offered.",
        level: .must, device: nil
    ) { context in
        let reserved = [24, 25, 26, 27, 30, 31, 42] + Array(44...63)
        for bit in reserved where offers(context, bit: bit) {
            throw context.finding("bit \(bit) not to be offered", received: "it is")
        }
        return .pass
    }

    static let again = ConformanceCase(
        id: "queue/features/VQ-D-006",
        clause: "What was accepted once is accepted again after a reset.", level: .should,
        device: nil
    ) { context in
        let wanted = context.offered.intersection(.rings).union(.version1)
        guard sticks(context, wanted) else {
            return .informational("the set of all ring features is not accepted")
        }
        for _ in 0..<2 where !sticks(context, wanted) {
            return .nonStrict(
                context.finding("FEATURES_OK again", received: "it did not stick"))
        }
        return .pass
    }

    static let inOrder = ConformanceCase(
        id: "queue/features/VQ-D-033",
        clause: "With IN_ORDER chains come back in the order in which they were made available.",
        level: .must, device: nil
    ) { context in
        guard offers(context, bit: 35) else {
            return .unimplemented(feature: "VIRTIO_F_IN_ORDER")
        }
        let guest = try RingGuest(&context, TransportFeatures(rawValue: 1 << 35))
        guest.start()
        var heads: [UInt32] = []
        for _ in 0..<min(4, guest.size / 2) {
            heads.append(
                UInt32(
                    try guest.add(
                        readable: [guest.readable()], writable: [guest.writable()])))
        }
        guest.notify()
        // The last of a batch may stand for all of it. [VQ-D-024]
        let first = try guest.takeUsed(context)
        guard first.id == heads.first || heads.contains(first.id) && guest.usedCount == 1 else {
            throw context.finding("head \(heads[0]) first", received: "head \(first.id)")
        }
        return .pass
    }

    static let suspend = ConformanceCase(
        id: "queue/features/VQ-D-031",
        clause: "The SUSPEND status bit is ignored before the device is up.", level: .must,
        device: nil
    ) { context in
        let suspend = DeviceStatus(rawValue: 16)
        context.beginRing()
        context.transport.writeStatus([.acknowledge, .driver])
        context.transport.writeStatus([.acknowledge, .driver, suspend])
        guard !context.transport.status.contains(suspend) else {
            throw context.finding("SUSPEND to be ignored", received: "it stands in the status")
        }
        context.beginRing()
        return .pass
    }

    static let version1 = ConformanceCase(
        id: "queue/features/VQ-D-032", clause: "VERSION_1 is offered.", level: .must, device: nil
    ) { context in
        guard context.offered.contains(.version1) else {
            throw context.finding("VIRTIO_F_VERSION_1", received: "it is not offered")
        }
        return .pass
    }

    static let virtualFunctions = ConformanceCase(
        id: "queue/features/VQ-D-034",
        clause: "SR_IOV is offered by PCI devices with that capability only.", level: .must,
        device: nil
    ) { context in
        guard offers(context, bit: 37) else { return .pass }
        return .informational("SR_IOV is offered: whether there is a capability is for PCI to say")
    }

    /// Whether FEATURES_OK stands for a set, from a reset on.
    private static func sticks(_ context: ConformanceContext, _ features: TransportFeatures)
        -> Bool
    {
        let transport = context.transport
        context.record.note("features 0x\(String(features.rawValue, radix: 16)) and FEATURES_OK")
        transport.writeStatus([])
        transport.writeStatus(.acknowledge)
        transport.writeStatus([.acknowledge, .driver])
        transport.acceptFeatures(features.rawValue)
        transport.writeStatus([.acknowledge, .driver, .featuresOK])
        return transport.status.contains(.featuresOK)
    }
}
