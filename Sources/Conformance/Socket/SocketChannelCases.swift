// The configuration space, the back-end's own channel, shared objects and shared memory
// (Spec/vhost-user.md).

internal import GuestDriver
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

enum SocketChannelCases {
    static let all = [
        channel, display, config, configRange, writing, unknownObject, exports, sharedMemory,
    ]

    static let channel = SocketCase.make(
        "channel/VU-080",
        "SET_BACKEND_REQ_FD brings the back-end's channel; a second one replaces it, and the first "
            + "is closed.", needs: .backEndReq
    ) { context in
        let first = try Canary()
        let second = try Canary()
        try context.expectSuccess(.setBackEndReqFD, [], [first.descriptor], for: "a channel")
        try context.expectSuccess(.setBackEndReqFD, [], [second.descriptor], for: "another channel")
        guard first.isClosed(withinMillis: context.patienceMillis) else {
            throw context.finding("the first channel to be closed", received: "it is open")
        }
    }

    static let display = SocketCase.make(
        "channel/VU-081",
        "A GPU takes a display socket, and serves a guest without one.",
        device: VirtioGPU.deviceID
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "without a display")
        try context.begin()
        let stand = try Canary()
        switch try context.acknowledge(.gpuSetSocket, [], [stand.descriptor]) {
        case .success: break
        case .failure, .closed: throw context.finding("a display socket to be taken")
        }
    }

    // MARK: Configuration

    private static func get(
        _ context: inout SocketContext, _ offset: UInt32, _ size: UInt32, filler: Int? = nil
    ) throws -> SocketPeer.Message {
        let asked = VhostUser.Config(offset: offset, size: size)
        let zeros = [UInt8](repeating: 0, count: filler ?? Int(size))
        return try context.ask(.getConfig, [UInt8](asked) + zeros)
    }

    static let config = SocketCase.make(
        "config/VU-090", "A part of the configuration space is read as it is in the whole.",
        needs: .config
    ) { context in
        // A GPU's 16 bytes are what every version of it has.
        let whole = try get(&context, 0, 16)
        guard whole.payload.count == 28 else { throw context.finding("12 and 16 bytes") }
        let bytes = Array(whole.payload[12...])
        for (offset, size) in [(0, 4), (0, 8), (4, 8), (8, 8), (12, 4)] as [(Int, Int)] {
            let part = try get(&context, UInt32(offset), UInt32(size))
            if part.payload.isEmpty, offset > 0 {
                context.deviates("a part that begins at \(offset)")
                continue
            }
            guard part.payload.count == 12 + size else {
                throw context.finding("12 and \(size) bytes")
            }
            if Array(part.payload[12...]) != Array(bytes[offset..<offset + size]) {
                context.deviates("bytes \(offset) to \(offset + size - 1) of \(bytes)")
            }
        }
    }

    static let configRange = SocketCase.make(
        "config/VU-091",
        "GET_CONFIG's answer has the size that was asked for, or none at all for an error.",
        needs: .config
    ) { context in
        for size: UInt32 in [12, 16] {
            guard try get(&context, 0, size).payload.count == 12 + Int(size) else {
                throw context.finding("12 and \(size) bytes")
            }
        }
        let wrong: [(UInt32, UInt32, Int)] = [
            (0, 257, 256), (256, 4, 4), (252, 8, 8), (.max, 4, 4), (.max - 3, 8, 8), (0, .max, 4),
        ]
        for (offset, size, filler) in wrong {
            try context.begin(needs: .config)
            let asked = VhostUser.Config(offset: offset, size: size)
            let zeros = [UInt8](repeating: 0, count: filler)
            try context.send(.getConfig, [UInt8](asked) + zeros)
            switch context.receive() {
            case .silence: throw context.finding("an answer without bytes")
            case .closed: context.deviates("an answer without bytes")
            case .message(let message):
                guard message.payload.isEmpty else {
                    throw context.finding("an answer without bytes")
                }
            }
        }
    }

    static let writing = SocketCase.make(
        "config/VU-092",
        "SET_CONFIG of the whole space applies what is writable, and does not fail for the rest.",
        level: .practice, needs: .config
    ) { context in
        let before = try get(&context, 0, 16).payload
        guard before.count == 28 else { throw context.finding("12 and 16 bytes") }
        let written = [UInt8](VhostUser.Config(offset: 0, size: 16)) + before[12...]
        if try context.acknowledge(.setConfig, written) != .success {
            return context.deviates("what was read, written back")
        }
        guard try get(&context, 0, 16).payload == before else {
            throw context.finding("the same bytes again")
        }
    }

    // MARK: Objects and memory

    static let unknownObject = SocketCase.make(
        "shared/VU-095",
        "GET_SHARED_OBJECT of what is not there is answered without a descriptor.",
        needs: .sharedObject
    ) { context in
        for uuid in [
            ResourceUUID(high: 0, low: 0), ResourceUUID(high: .max, low: .max),
            ResourceUUID(high: 0x1234_5678_9abc_4def, low: 0x8123_4567_89ab_cdef),
        ] {
            let reply = try context.ask(.getSharedObject, [UInt8](VhostUser.Shared(uuid: uuid)))
            guard reply.descriptorCount == 0 else {
                throw context.finding("no descriptor for an object that is not there")
            }
            guard reply.payload.isEmpty || reply.payload.count == 16 else {
                throw context.finding("16 bytes, or none")
            }
        }
    }

    static let exports = SocketCase.make(
        "shared/VU-094",
        "An export is told with SHARED_OBJECT_ADD, its end with SHARED_OBJECT_REMOVE, by the UUID.",
        device: VirtioGPU.deviceID, needs: [.sharedObject, .backEndReq]
    ) { context in
        var theirs: OwnedDescriptor?
        let channel = try SocketPeer(try UnixSocket.pair(with: &theirs))
        guard let given = theirs.take() else { throw context.finding("a socket pair") }
        try context.expectSuccess(.setBackEndReqFD, [], [given.descriptor], for: "a channel")
        let ring = try SocketRing(context)
        let bits = VirtioGPU.Features.resourceUUID.rawValue
        guard context.offeredFeatures & bits != 0 else {
            throw NotOffered(feature: "VIRTIO_GPU_F_RESOURCE_UUID")
        }
        try ring.giveMemory(&context)
        let features = SocketContext.version1 | SocketContext.protocolBit | bits
        try context.expectSuccess(.setFeatures, [UInt8](u64: features), for: "RESOURCE_UUID")
        for step in SocketRing.Step.allCases { try ring.tell(step, &context) }
        let made = [UInt8](GPURequest.create2D(1))
        _ = try ring.exchange(made, room: 24, context)
        let assign = [UInt8](VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(1)))
        // A back-end may wait for the acknowledgement before it answers the guest.
        var told: ResourceUUID?
        let answer = try ring.exchange(assign, room: 40, context) {
            told = try hear(.sharedObjectAdd, on: channel, context)
        }
        guard let response: VirtioGPU.RespResourceUUID = answer.message(),
            response.header.type == .okResourceUUID
        else { throw context.finding("a UUID", received: Described.hex(answer)) }
        guard told == response.uuid else {
            throw context.finding(
                "SHARED_OBJECT_ADD of \(response.uuid)",
                received: told.map { "that of \($0)" } ?? "nothing")
        }
        let unref = [UInt8](VirtioGPU.ResourceUnref(resourceID: ResourceID(1)))
        _ = try ring.exchange(unref, room: 24, context)
        guard try hear(.sharedObjectRemove, on: channel, context) == response.uuid else {
            throw context.finding("SHARED_OBJECT_REMOVE of \(response.uuid)")
        }
    }

    /// The object of the next message on the back-end's channel, which is acknowledged.
    private static func hear(
        _ request: VhostUser.BackEndRequest, on channel: SocketPeer, _ context: SocketContext
    ) throws -> ResourceUUID {
        let what = "\(request) on the back-end's channel"
        guard case .message(let message) = channel.receive(withinMillis: context.patienceMillis)
        else { throw context.finding(what, received: "nothing") }
        let shared: VhostUser.Shared? = message.payload.message()
        guard message.header.request == request.rawValue, let shared else {
            throw context.finding(
                what,
                received: "\(VhostUser.BackEndRequest(message.header.request)), "
                    + Described.hex(message.payload))
        }
        if message.header.flags.contains(.needReply) {
            let header = VhostUser.Header(
                request: message.header.request, flags: [.version1, .reply], size: 8)
            _ = channel.send(
                [UInt8](header) + [UInt8](u64: 0), withinMillis: context.patienceMillis)
        }
        return shared.uuid
    }

    static let sharedMemory = SocketCase.make(
        "shared/VU-100",
        "GET_SHMEM_CONFIG tells the sizes of the regions, whole pages, and the same each time.",
        needs: .shmem
    ) { context in
        let reply = try context.ask(.getShmemConfig)
        guard let config: VhostUser.ShmemConfig = reply.payload.message(),
            reply.payload.count == VhostUser.ShmemConfig.sizeBytes
        else { throw context.finding("\(VhostUser.ShmemConfig.sizeBytes) bytes") }
        let regions = config.memorySizes.filter { $0 > 0 }
        guard config.nregions == UInt32(regions.count) else {
            throw context.finding("\(regions.count) regions, as there are sizes")
        }
        guard regions.allSatisfy({ $0 % 4096 == 0 }) else {
            throw context.finding("sizes that are multiples of a page")
        }
        guard try context.ask(.getShmemConfig).payload == reply.payload else {
            throw context.finding("the same sizes again")
        }
    }
}
