// Messages, answers and acknowledgements (Spec/vhost-user.md, messages; features and the beginning).

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

enum SocketMessageCases {
    static let all = [
        pieces, order, headers, replies, sizes, descriptors, acknowledgement, silence, once,
        unknown, otherDevices, reconnect, owner, resetOwner, queueNumber, status,
    ]

    static let pieces = SocketCase.make(
        "message/VU-001",
        "A message may come in pieces; its descriptors come with the first byte.", level: .practice
    ) { context in
        let ring = try SocketRing(context)
        let payload = SocketRing.table([ring.region])
        let header = VhostUser.Header(
            request: VhostUser.FrontEndRequest.setMemTable.rawValue,
            flags: [.version1, .needReply], size: UInt32(payload.count))
        let bytes = [UInt8](header) + payload
        // The header whole, as every peer sends it; the payload in three.
        for (index, range) in [0..<12, 12..<20, 20..<33, 33..<bytes.count].enumerated() {
            _ = try context.sendBytes(
                Array(bytes[range]), index == 0 ? [ring.file.descriptor] : [])
        }
        guard case .message(let message) = context.receive(), message.payload.u64 == 0 else {
            return context.deviates("a table that comes in four pieces to be taken")
        }
    }

    static let order = SocketCase.raw(
        "vhost-user/message/VU-002",
        "Messages are handled, and answered, in the order in which they come."
    ) { context in
        try context.open()
        var bytes: [UInt8] = []
        let requests: [VhostUser.FrontEndRequest] = [
            .getFeatures, .getProtocolFeatures, .getFeatures, .getProtocolFeatures, .getFeatures,
        ]
        for request in requests {
            bytes += [UInt8](
                VhostUser.Header(request: request.rawValue, flags: .version1, size: 0))
        }
        _ = try context.sendBytes(bytes)
        for request in requests { _ = try context.reply(to: request) }
        // As many as a back-end may take in one turn, and one more.
        for count in [9, 17, 33, 65, 129] {
            let header = VhostUser.Header(
                request: VhostUser.FrontEndRequest.getFeatures.rawValue, flags: .version1, size: 0)
            _ = try context.sendBytes(
                Array(repeating: [UInt8](header), count: count).flatMap { $0 })
            for _ in 0..<count { _ = try context.reply(to: .getFeatures) }
        }
    }

    static let headers = SocketCase.raw(
        "vhost-user/message/VU-003",
        "A header of another version, or a reply where a request is due, ends the connection.",
        level: .practice
    ) { context in
        for flags: UInt32 in [0, 2, 3, 5] {
            try context.open()
            let header = VhostUser.Header(
                request: VhostUser.FrontEndRequest.getFeatures.rawValue,
                flags: VhostUser.HeaderFlags(rawValue: flags), size: 0)
            _ = try context.sendBytes([UInt8](header))
            if case .message = context.receive() {
                context.deviates("the end of the connection for flags \(flags)")
            }
        }
    }

    static let replies = SocketCase.make(
        "message/VU-004",
        "A reply repeats the request's number; its flags are VERSION_1 and REPLY and no others.",
        needs: .mq
    ) { context in
        let requests: [VhostUser.FrontEndRequest] = [
            .getFeatures, .getProtocolFeatures, .getQueueNum,
        ]
        for request in requests {
            let message = try context.ask(request)
            guard message.header.flags == [.version1, .reply], message.header.size == 8 else {
                throw context.finding("flags 5 and a size of 8")
            }
        }
        for request in requests {
            try context.send(request, flags: [.version1, .needReply])
            let message = try context.reply(to: request)
            if message.header.flags != [.version1, .reply] {
                context.deviates("flags 5, not an echo of NEED_REPLY")
            }
        }
    }

    static let sizes = SocketCase.make(
        "message/VU-005",
        "`size` is what the request has; anything else is not taken.", level: .practice
    ) { context in
        let wrong: [(VhostUser.FrontEndRequest, Int)] = [
            (.setFeatures, 0), (.setFeatures, 4), (.setFeatures, 16), (.setVringNum, 4),
            (.setVringNum, 12), (.setVringAddr, 32), (.setVringAddr, 48), (.setOwner, 8),
        ]
        for (request, count) in wrong {
            try context.begin()
            // Bytes that would be taken where the size is not looked at.
            let bytes = [UInt8](u64: SocketContext.version1 | SocketContext.protocolBit)
            let payload = (0..<count).map { request == .setFeatures ? bytes[$0 % 8] : 0 }
            if try context.acknowledge(request, payload) == .success {
                context.deviates("\(count) bytes for \(request) not to be taken")
            }
        }
    }

    static let descriptors = SocketCase.make(
        "message/VU-006",
        "Too few descriptors fail a request; what is not taken is closed."
    ) { context in
        let canaries = try (0..<3).map { _ throws(Errno) in try Canary() }
        try context.expectSuccess(
            .setOwner, [], [canaries[0].descriptor], for: "a descriptor that nobody asked for")
        guard canaries[0].isClosed(withinMillis: context.patienceMillis) else {
            throw context.finding("a surplus descriptor to be closed", received: "it is open")
        }
        let word = [UInt8](u64: 0)
        let two = canaries[1...].map(\.descriptor)
        if try context.acknowledge(.setVringCall, word, two) == .success {
            let isOpen = canaries[1...].map { !$0.isClosed(withinMillis: 200) }
            guard isOpen.count(where: { $0 }) <= 1 else {
                throw context.finding("one of two descriptors at most kept", received: "both are")
            }
        } else {
            try context.begin()
        }
        try context.expectFailure(.setVringCall, word, for: "no descriptor and no bit that says so")
        guard context.protocolFeatures.contains(.backEndReq) else { return }
        try context.expectFailure(.setBackEndReqFD, for: "SET_BACKEND_REQ_FD without a descriptor")
    }

    static let acknowledgement = SocketCase.make(
        "ack/VU-007",
        "With REPLY_ACK a request with NEED_REPLY is acknowledged by a u64, 0 for success."
    ) { context in
        try context.expectSuccess(.setOwner, for: "SET_OWNER")
        let bits = SocketContext.version1 | SocketContext.protocolBit
        try context.expectSuccess(.setFeatures, [UInt8](u64: bits), for: "VERSION_1 alone")
        let ring = try SocketRing(context)
        try ring.giveMemory(&context)
        for step in [SocketRing.Step.number, .base, .call] { try ring.tell(step, &context) }
    }

    static let silence = SocketCase.make(
        "ack/VU-008", "Without REPLY_ACK or without NEED_REPLY there is no acknowledgement."
    ) { context in
        try context.send(.setOwner)
        try context.send(.setVringNum, SocketRing.state(16))
        _ = try context.ask(.getFeatures)
        // Before anything was agreed on the bit means nothing.
        try context.open()
        try context.send(.setOwner, flags: [.version1, .needReply])
        try context.send(.getFeatures)
        guard case .message(let message) = context.receive(),
            message.header.request == VhostUser.FrontEndRequest.getFeatures.rawValue
        else { return context.deviates("no acknowledgement before REPLY_ACK is agreed on") }
    }

    static let once = SocketCase.make(
        "ack/VU-009", "NEED_REPLY on a request that has its own reply changes nothing."
    ) { context in
        for request in [VhostUser.FrontEndRequest.getFeatures, .getProtocolFeatures] {
            try context.send(request, flags: [.version1, .needReply])
            _ = try context.reply(to: request)
        }
        // An acknowledgement besides would come here.
        _ = try context.ask(.getProtocolFeatures)
    }

    static let unknown = SocketCase.make(
        "ack/VU-010",
        "A request that is unknown, or was not agreed on, fails; without NEED_REPLY it is ignored.",
        level: .practice
    ) { context in
        for number: UInt32 in [77, 1000, .max] {
            try context.expectFailure(VhostUser.FrontEndRequest(number), for: "request \(number)")
        }
        try context.send(VhostUser.FrontEndRequest(78))
        try context.send(.getFeatures)
        if case .message = context.receive() {
        } else {
            context.deviates("an unknown request to be ignored")
        }
        try context.begin(without: [.status, .resetDevice])
        try context.expectFailure(
            .setStatus, [UInt8](u64: 1), for: "SET_STATUS without its feature")
    }

    static let otherDevices = SocketCase.make(
        "ack/VU-012", "Requests of network and crypto devices are unknown to these.",
        level: .practice
    ) { context in
        try context.expectFailure(.netSetMTU, [UInt8](u64: 1500), for: "NET_SET_MTU")
        try context.expectFailure(.sendRARP, [UInt8](u64: 0), for: "SEND_RARP")
        try context.expectFailure(.closeCryptoSession, [UInt8](u64: 0), for: "CLOSE_CRYPTO_SESSION")
    }

    static let reconnect = SocketCase.make(
        "session/VU-011", "A front-end may come back; nothing of the old connection holds."
    ) { context in
        let first = try SocketRing(context)
        try first.start(&context)
        try first.exchange(context, "on a first connection")
        let features = context.offeredFeatures
        for _ in 0..<2 {
            try context.begin()
            guard context.offeredFeatures == features else {
                throw context.finding("the same features again")
            }
            let second = try SocketRing(context)
            try second.giveMemory(&context)
            let base = try second.stop(&context)
            guard base == 0 else { throw context.finding("a ring that stands at 0") }
            if context.protocolFeatures.contains(.status) {
                guard try context.number(.getStatus) == 0 else {
                    throw context.finding("a status of 0 on a new connection")
                }
            }
            try second.start(&context)
            try second.exchange(context, "on the next connection")
        }
    }

    static let owner = SocketCase.make(
        "session/VU-024", "SET_OWNER carries nothing and changes nothing."
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        for _ in 0..<2 { try context.expectSuccess(.setOwner, for: "SET_OWNER") }
        try ring.exchange(context, "after SET_OWNER")
    }

    static let resetOwner = SocketCase.make(
        "session/VU-025", "RESET_OWNER disables all rings, and no more.", level: .practice
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before RESET_OWNER")
        try context.expectSuccess(.resetOwner, for: "RESET_OWNER")
        try ring.post()
        ring.kick.signal()
        try ring.expectNotServed(context, "on a ring that RESET_OWNER disabled")
        try ring.enable(true, &context)
        ring.kick.signal()
        try ring.expectServed(context, "on a ring that is enabled again")
    }

    static let queueNumber = SocketCase.make(
        "session/VU-026", "GET_QUEUE_NUM tells how many queues there can be.", needs: .mq
    ) { context in
        let count = try context.number(.getQueueNum)
        guard (2...256).contains(count) else { throw context.finding("2 queues or more") }
    }

    static let status = SocketCase.make(
        "session/VU-027",
        "SET_STATUS passes the status on, GET_STATUS reads it back; FEATURES_OK goes where the "
            + "features were refused.", needs: .status
    ) { context in
        guard try context.number(.getStatus) == 0 else { throw context.finding("0 at first") }
        try context.expectSuccess(.setStatus, [UInt8](u64: 3), for: "ACKNOWLEDGE and DRIVER")
        guard try context.number(.getStatus) == 3 else { throw context.finding("3, read back") }
        try context.expectFailure(
            .setFeatures, [UInt8](u64: SocketContext.version1 | 1 << 47), for: "bit 47")
        _ = try context.acknowledge(.setStatus, [UInt8](u64: 11))
        guard try context.number(.getStatus) & 8 == 0 else {
            throw context.finding("FEATURES_OK cleared")
        }
        let bits = SocketContext.version1 | SocketContext.protocolBit
        try context.expectSuccess(.setFeatures, [UInt8](u64: bits), for: "VERSION_1 alone")
        try context.expectSuccess(.setStatus, [UInt8](u64: 11), for: "FEATURES_OK")
        guard try context.number(.getStatus) == 11 else { throw context.finding("11, read back") }
        try context.expectSuccess(.setStatus, [UInt8](u64: 0), for: "a reset")
        guard try context.number(.getStatus) == 0 else { throw context.finding("0 after a reset") }
    }
}
