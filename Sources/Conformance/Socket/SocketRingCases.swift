// The life of a ring (Spec/vhost-user.md, rings).

internal import GuestDriver
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

enum SocketRingCases {
    static let all = [
        indices, words, sizes, places, bases, atFirst, starts, stops, disabled, anyOrder, reset,
        suspended,
    ]

    static let indices = SocketCase.make(
        "ring/VU-060", "A request that names a ring the device does not have is refused."
    ) { context in
        let count = context.protocolFeatures.contains(.mq) ? try context.number(.getQueueNum) : 2
        for index in [UInt32(count), 200, 1 << 31, .max] {
            for request in [VhostUser.FrontEndRequest.setVringNum, .setVringBase, .setVringEnable] {
                try context.expectFailure(
                    request, SocketRing.state(1, ring: index), for: "\(request) of ring \(index)")
            }
            let address = VhostUser.VringAddr(
                index: index, descriptor: UserAddress(0), used: UserAddress(0),
                available: UserAddress(0))
            try context.expectFailure(
                .setVringAddr, [UInt8](address), for: "SET_VRING_ADDR of ring \(index)")
        }
        let event = try EventDescriptor()
        for request in [VhostUser.FrontEndRequest.setVringKick, .setVringCall, .setVringErr] {
            try context.expectFailure(
                request, [UInt8](u64: 200), [event.descriptor], for: "\(request) of ring 200")
        }
    }

    static let words = SocketCase.make(
        "ring/VU-061",
        "KICK, CALL and ERR bring a descriptor, or bit 8, which says that none comes."
    ) { context in
        let event = try EventDescriptor()
        for request in [VhostUser.FrontEndRequest.setVringCall, .setVringErr, .setVringKick] {
            try context.expectSuccess(
                request, [UInt8](u64: 1), [event.descriptor], for: "\(request) with a descriptor")
            try context.expectSuccess(request, [UInt8](u64: 0x101), for: "\(request) with bit 8")
            try context.expectFailure(
                request, [UInt8](u64: 1), for: "\(request) with neither descriptor nor bit 8")
        }
        let both = try context.acknowledge(
            .setVringCall, [UInt8](u64: 0x101), [event.descriptor])
        if both == .success { context.deviates("a descriptor and bit 8 together to be refused") }
    }

    static let sizes = SocketCase.make(
        "ring/VU-062",
        "A ring's size is from 1 to 32768, of a split ring a power of two, and stays while it runs."
    ) { context in
        for size: UInt32 in [0, 32769, 65536, 65536 + 16, .max] {
            let ring = try SocketRing(context)
            try ring.giveMemory(&context)
            try ring.giveFeatures(&context)
            try expectNoStart(
                ring, &context, "a ring of \(size)", .setVringNum, SocketRing.state(size))
            try context.begin()
        }
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before another size")
        try context.expectFailure(
            .setVringNum, SocketRing.state(8), for: "another size while the ring runs")
    }

    /// That a ring does not start with something wrong in it: some message of its set-up is refused.
    private static func expectNoStart(
        _ ring: SocketRing, _ context: inout SocketContext, _ what: String,
        _ request: VhostUser.FrontEndRequest, _ payload: [UInt8]
    ) throws {
        let word = [UInt8](u64: 0)
        let messages: [(VhostUser.FrontEndRequest, [UInt8], [FileDescriptor])] = [
            (.setVringNum, SocketRing.state(UInt32(SocketRing.size)), []),
            (.setVringBase, SocketRing.state(0), []), (.setVringAddr, [UInt8](ring.address), []),
            (.setVringCall, word, [ring.call.descriptor]),
            (.setVringKick, word, [ring.kick.descriptor]),
            (.setVringEnable, SocketRing.state(1), []),
        ]
        for message in messages {
            let isWrong = message.0 == request
            switch try context.acknowledge(
                message.0, isWrong ? payload : message.1, message.2)
            {
            case .success: continue
            case .failure: return
            case .closed: return context.deviates("failure as the acknowledgement for \(what)")
            }
        }
        throw context.finding("\(what) to be refused", received: "a ring that started")
    }

    static let places = SocketCase.make(
        "ring/VU-063", "A ring's parts lie in memory with their whole length when it starts."
    ) { context in
        let outside = UserAddress(0x1000)
        for part in 0..<4 {
            let ring = try SocketRing(context)
            try ring.giveMemory(&context)
            try ring.giveFeatures(&context)
            var address = ring.address
            switch part {
            case 0: address.descriptor = outside
            case 1: address.used = outside
            case 2: address.available = outside
            // The last bytes of memory: the beginning is there, the end is not.
            default:
                address.descriptor = UserAddress(
                    ring.region.userAddress.rawValue &+ ring.region.size &- 16)
            }
            try expectNoStart(
                ring, &context, "a ring outside of memory", .setVringAddr, [UInt8](address))
            try context.begin()
        }
    }

    static let bases = SocketCase.make(
        "ring/VU-064", "A split ring goes on at bits 0 to 15 of its base."
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        for _ in 0..<3 { try ring.exchange(context, "on a first run") }
        let base = try ring.stop(&context)
        guard base == 3 else { throw context.finding("a base of 3 after three requests") }
        for step in SocketRing.Step.allCases { try ring.tell(step, &context, base: base) }
        for _ in 0..<2 { try ring.exchange(context, "on a ring that goes on at its base") }
        guard try ring.stop(&context) == 5 else { throw context.finding("a base of 5") }
    }

    static let atFirst = SocketCase.make(
        "ring/VU-070", "A ring is stopped and disabled at first; it runs when it is neither."
    ) { context in
        for last in [SocketRing.Step.kick, .enable] {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.giveMemory(&context)
            try ring.giveFeatures(&context)
            try ring.post()
            for step in SocketRing.Step.allCases where step != last {
                try ring.tell(step, &context)
            }
            ring.kick.signal()
            try ring.expectNotServed(
                context, last == .kick ? "on a stopped ring" : "on a disabled ring")
            try ring.tell(last, &context)
            ring.kick.signal()
            try ring.expectServed(context, "on a ring that is started and enabled")
        }
    }

    static let starts = SocketCase.make(
        "ring/VU-071", "SET_VRING_KICK starts a ring by itself, without a kick.", level: .should
    ) { context in
        let ring = try SocketRing(context)
        try ring.post()
        try ring.start(&context)
        let millis = min(500, context.patienceMillis)
        guard try !ring.isServed(withinMillis: millis) else { return }
        context.deviates(
            "a request that was queued before the start to come back without a kick",
            received: "nothing")
        ring.kick.signal()
        try ring.expectServed(context, "after a kick")
    }

    static let stops = SocketCase.make(
        "ring/VU-072",
        "GET_VRING_BASE stops a ring and tells where it stands; nothing of it is touched then."
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before the stop")
        guard try ring.stop(&context) == 1 else { throw context.finding("a base of 1") }
        ring.call.take()
        try ring.post()
        ring.kick.signal()
        try ring.expectNotServed(context, "on a ring that GET_VRING_BASE stopped")
        guard !ring.call.take() else {
            throw context.finding("no notification after the stop", received: "one")
        }
        for step in SocketRing.Step.allCases { try ring.tell(step, &context, base: 1) }
        ring.kick.signal()
        try ring.expectServed(context, "on a ring that was started again")
    }

    static let disabled = SocketCase.make(
        "ring/VU-073", "A disabled ring keeps its place and is not processed."
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before the ring is disabled")
        try ring.enable(false, &context)
        try ring.post()
        ring.kick.signal()
        try ring.expectNotServed(context, "on a disabled ring")
        try ring.enable(true, &context)
        ring.kick.signal()
        try ring.expectServed(context, "on a ring that is enabled again")
        let answer = try context.acknowledge(.setVringEnable, SocketRing.state(2))
        if answer == .success { context.deviates("2 to be no way to enable a ring") }
    }

    static let anyOrder = SocketCase.make(
        "ring/VU-075",
        "What a ring is made of comes in any order before the start; CALL may be replaced later."
    ) { context in
        let orders: [[SocketRing.Step]] = [
            [.enable, .kick, .call, .error, .number, .base, .address],
            [.base, .address, .call, .enable, .number, .kick, .error],
        ]
        for order in orders {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.giveMemory(&context)
            try ring.giveFeatures(&context)
            for step in order { try ring.tell(step, &context) }
            try ring.exchange(context, "on a ring made in the order \(order)")
            let other = try EventDescriptor()
            try context.expectSuccess(
                .setVringCall, [UInt8](u64: 0), [other.descriptor], for: "another CALL")
            try ring.post()
            ring.kick.signal()
            guard other.wait(timeoutMillis: context.patienceMillis) else {
                throw context.finding("a notification at the new CALL", received: "none")
            }
            try ring.expectServed(context, "with another CALL")
        }
    }

    static let reset = SocketCase.make(
        "session/VU-076", "SET_STATUS 0, or RESET_DEVICE, drops all state of the device."
    ) { context in
        let features = context.protocolFeatures
        guard !features.isDisjoint(with: [.status, .resetDevice]) else {
            throw NotOffered(feature: "VHOST_USER_PROTOCOL_F_STATUS or RESET_DEVICE")
        }
        for byStatus in [true, false]
        where features.contains(byStatus ? .status : .resetDevice) {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.start(&context)
            try ring.exchange(context, "before the reset")
            if byStatus {
                try context.expectSuccess(.setStatus, [UInt8](u64: 0), for: "status 0")
            } else {
                try context.expectSuccess(.resetDevice, for: "RESET_DEVICE")
            }
            try ring.post()
            ring.kick.signal()
            try ring.expectNotServed(context, "on a ring of a device that was reset")
            // Made anew, from the start: another ring in the same memory.
            let next = try SocketRing(context)
            try next.start(&context)
            try next.exchange(context, "after the reset")
        }
    }

    static let suspended = SocketCase.make(
        "ring/VU-077", "While every ring is stopped the device is quiet, and answers all the same."
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before the stop")
        _ = try ring.stop(&context)
        ring.call.take()
        let before = ring.file.range.bytes()
        for _ in 0..<3 { ring.kick.signal() }
        _ = try context.number(.getFeatures)
        try ring.expectNotServed(context, "while every ring is stopped")
        guard ring.file.range.bytes() == before, !ring.call.take() else {
            throw context.finding("memory as it was and no notification", received: "others")
        }
        _ = try context.number(.getFeatures)
    }
}
