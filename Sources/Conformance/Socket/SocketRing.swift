// A ring as a front-end sets it up, message by message, with the driver's side of it in a case's
// hands.

internal import GuestDriver
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

/// Queue 0 of a device, in guest memory that a back-end can map. Owned by the thread of the case.
final class SocketRing {
    /// What a front-end says of a ring, each thing in a message of its own.
    enum Step: CaseIterable { case number, base, address, error, call, kick, enable }

    let file: SharedMemory
    let machine: GuestMachine
    let layout: QueueLayout
    let driver: DriverQueue
    let kick: EventDescriptor
    let call: EventDescriptor
    private let error: EventDescriptor
    private let probe: Probe
    private let request: GuestBlock
    private let response: GuestBlock

    static let size: UInt16 = 16
    private static let memoryBytes = 1 << 20
    private static let guestStart: UInt64 = 0x10_0000
    /// Not this process's: back-ends compare it with what SET_VRING_ADDR says, and no more. [VU-046]
    private static let userStart: UInt64 = 0x5e00_0000_0000
    /// Long enough for a device to do what it must not.
    static let quietMillis: Int32 = 30

    init(_ context: SocketContext) throws {
        file = try SharedMemory(name: "guest memory", sizeBytes: Self.memoryBytes)
        let start = GuestAddress(Self.guestStart)
        machine = GuestMachine(
            memory: try GuestMemory([GuestRegion(start: start, memory: file)]),
            usable: Self.guestStart..<(Self.guestStart + UInt64(Self.memoryBytes)))
        (kick, call, error) = (
            try EventDescriptor(), try EventDescriptor(), try EventDescriptor()
        )
        layout = QueueLayout(
            size: Self.size, descriptorTable: try machine.allocate(4096).start,
            availRing: try machine.allocate(4096).start,
            usedRing: try machine.allocate(4096).start)
        driver = try DriverQueue(layout, memory: machine.memory, features: .version1)
        probe = Probe(withoutDisplay: context.deviceID)
        request = try machine.allocate(probe.request.count)
        response = try machine.allocate(probe.responseBytes)
        machine.range(of: request).write(probe.request)
    }

    // MARK: Messages

    /// This guest's memory as the protocol names it.
    var region: VhostUser.MemRegion {
        VhostUser.MemRegion(
            guestAddress: GuestAddress(Self.guestStart), size: UInt64(Self.memoryBytes),
            userAddress: UserAddress(Self.userStart), mmapOffset: 0)
    }

    func user(_ address: GuestAddress) -> UserAddress {
        UserAddress(Self.userStart &+ (address.rawValue &- Self.guestStart))
    }

    var address: VhostUser.VringAddr {
        VhostUser.VringAddr(
            index: 0, descriptor: user(layout.descriptorTable), used: user(layout.usedRing),
            available: user(layout.availRing))
    }

    static func state(_ number: UInt32, ring: UInt32 = 0) -> [UInt8] {
        [UInt8](VhostUser.VringState(index: ring, num: number))
    }

    static func table(_ regions: [VhostUser.MemRegion], count: Int? = nil) -> [UInt8] {
        [UInt8](VhostUser.MemTable(numRegions: UInt32(count ?? regions.count)))
            + regions.flatMap { [UInt8]($0) }
    }

    func giveMemory(_ context: inout SocketContext) throws {
        try context.expectSuccess(
            .setMemTable, Self.table([region]), [file.descriptor], for: "a table of one region")
    }

    /// - Parameter enables: whether SET_FEATURES has the bit without which all rings are enabled.
    func giveFeatures(_ context: inout SocketContext, knowsEnable: Bool = true) throws {
        let bits = SocketContext.version1 | (knowsEnable ? SocketContext.protocolBit : 0)
        try context.expectSuccess(.setFeatures, [UInt8](u64: bits), for: "VERSION_1 alone")
    }

    func tell(_ step: Step, _ context: inout SocketContext, base: UInt32 = 0) throws {
        let word = [UInt8](u64: 0)
        switch step {
        case .number:
            try context.expectSuccess(
                .setVringNum, Self.state(UInt32(Self.size)), for: "a ring of 16")
        case .base: try context.expectSuccess(.setVringBase, Self.state(base), for: "base \(base)")
        case .address:
            try context.expectSuccess(.setVringAddr, [UInt8](address), for: "a ring's place")
        case .error:
            try context.expectSuccess(.setVringErr, word, [error.descriptor], for: "an eventfd")
        case .call:
            try context.expectSuccess(.setVringCall, word, [call.descriptor], for: "an eventfd")
        case .kick:
            try context.expectSuccess(.setVringKick, word, [kick.descriptor], for: "an eventfd")
        case .enable: try enable(true, &context)
        }
    }

    func enable(_ isEnabled: Bool, _ context: inout SocketContext) throws {
        try context.expectSuccess(
            .setVringEnable, Self.state(isEnabled ? 1 : 0),
            for: "a ring to be \(isEnabled ? "enabled" : "disabled")")
    }

    /// Memory, features and all that makes the ring run.
    func start(_ context: inout SocketContext, base: UInt32 = 0) throws {
        try giveMemory(&context)
        try giveFeatures(&context)
        for step in Step.allCases { try tell(step, &context, base: base) }
    }

    /// GET_VRING_BASE; where the ring stands.
    func stop(_ context: inout SocketContext) throws -> UInt32 {
        let reply = try context.ask(.getVringBase, Self.state(0))
        guard let state: VhostUser.VringState = reply.payload.message(),
            reply.payload.count == VhostUser.VringState.sizeBytes, state.index == 0
        else { throw context.finding("the index and the base of ring 0") }
        return state.num
    }

    // MARK: Requests

    /// Makes a request available without telling.
    func post() throws {
        try driver.add(
            readable: [GuestSegment(start: request.start, count: UInt32(probe.request.count))],
            writable: [
                GuestSegment(start: response.start, count: UInt32(probe.responseBytes))
            ])
    }

    /// Whether a request comes back in time.
    func isServed(withinMillis millis: Int32) throws -> Bool {
        let deadline = MonotonicClock.nowNanos &+ UInt64(millis) * 1_000_000
        while true {
            if try driver.takeUsed() != nil { return true }
            guard MonotonicClock.nowNanos < deadline else { return false }
            _ = call.wait(timeoutMillis: min(millis, 10))
        }
    }

    func expectServed(_ context: SocketContext, _ when: String) throws {
        guard try isServed(withinMillis: context.patienceMillis) else {
            throw context.finding("the request \(when) to come back", received: "nothing")
        }
    }

    func expectNotServed(_ context: SocketContext, _ when: String) throws {
        guard try !isServed(withinMillis: Self.quietMillis) else {
            throw context.finding("nothing \(when)", received: "a request that was served")
        }
    }

    /// A request, a kick and the request back.
    func exchange(_ context: SocketContext, _ when: String) throws {
        try post()
        kick.signal()
        try expectServed(context, when)
    }

    /// A request of the case's own and what the device wrote.
    ///
    /// - Parameter meanwhile: what the front-end does before it waits for the answer.
    func exchange(
        _ bytes: [UInt8], room: Int, _ context: SocketContext, meanwhile: () throws -> Void = {}
    ) throws -> [UInt8] {
        let out = try machine.allocate(bytes.count)
        let back = try machine.allocate(room)
        machine.range(of: out).write(bytes)
        try driver.add(
            readable: [GuestSegment(start: out.start, count: UInt32(bytes.count))],
            writable: [GuestSegment(start: back.start, count: UInt32(room))])
        kick.signal()
        try meanwhile()
        try expectServed(context, "of \(Described.hex(bytes))")
        return Array(machine.range(of: back).bytes().prefix(room))
    }
}
