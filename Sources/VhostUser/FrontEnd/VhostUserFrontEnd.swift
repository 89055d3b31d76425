// A vhost-user front-end as a transport: what a VMM does between its guest's driver and a back-end,
// for drivers of ours. The guest's memory is given to the back-end when the connection is made.

public import LinuxSystem
internal import SystemPackage
public import VirtioWire
public import Virtqueue

/// A stretch of guest memory that a back-end can map.
public struct GuestMemoryFile: Sendable {
    public let start: GuestAddress
    public let memory: SharedMemory

    public init(start: GuestAddress, memory: SharedMemory) {
        self.start = start
        self.memory = memory
    }

    /// As a back-end hears of it; user addresses are those of this process.
    var region: VhostUser.MemRegion {
        // SAFETY: the address is only a number here.
        let user = unsafe UInt64(UInt(bitPattern: memory.baseAddress))
        return VhostUser.MemRegion(
            guestAddress: start, size: UInt64(memory.sizeBytes), userAddress: UserAddress(user),
            mmapOffset: 0)
    }
}

/// How a front-end behaves: they differ.
public struct FrontEndHabits: Sendable {
    /// Protocol features that it accepts where they are offered.
    public var protocolFeatures: UInt64
    /// The longest ring that its drivers make.
    public var queueSizeMax: UInt16 = 256
    /// How long the back-end may take to answer.
    public var answerMillis: Int32 = 20_000

    /// One that knows all that this module does.
    public static let all = FrontEndHabits(protocolFeatures: .max)
    /// The three that User-Mode Linux 6.1 takes. [REPLY_ACK, BACKEND_REQ, CONFIG]
    public static let userModeLinux = FrontEndHabits(protocolFeatures: 1 << 3 | 1 << 5 | 1 << 9)

    public init(protocolFeatures: UInt64) { self.protocolFeatures = protocolFeatures }
}

/// The driver's end of a device that a back-end serves on a socket. Owned by the guest's one thread.
public final class VhostUserFrontEnd: VirtioTransport {
    public let deviceID: UInt32
    public let deviceFeatures: UInt64
    public let interrupt: EventDescriptor
    private let connection: FrontEndConnection
    private let habits: FrontEndHabits
    private let memory: [GuestMemoryFile]
    private let kicks: [EventDescriptor]
    private let regions: [LocalMemoryRegion]
    private let requests: BackEndRequests?
    private let protocolFeatures: VhostUser.ProtocolFeatures
    /// Of a GPU: what the driver reads in place of the back-end's num_scanouts. QEMU knows better
    /// than its own back-end, which says 0.
    public var scanoutCount: UInt32?
    private var accepted: UInt64 = 0
    private var written: DeviceStatus = []
    private var layouts: [Int: QueueLayout] = [:]
    private var started: Set<Int> = []

    private static var protocolBit: UInt64 { VhostUser.SocketFeatures.protocolFeatures.rawValue }
    /// The sockets' own bits: they are no features of a device. [VHOST_F_LOG_ALL]
    private static var socketBits: UInt64 { protocolBit | 1 << 26 }
    private static var known: VhostUser.ProtocolFeatures {
        [
            .mq, .replyAck, .backEndReq, .config, .backEndSendFD, .resetDevice, .configureMemSlots,
            .status, .sharedObject, .shmem,
        ]
    }

    /// Connects to a back-end.
    ///
    /// - Parameters:
    ///   - deviceID: which device it is; the protocol does not tell.
    ///   - objects: the guest's table of exported objects, for all its devices.
    public convenience init(
        path: String, deviceID: UInt32, memory: [GuestMemoryFile], habits: FrontEndHabits = .all,
        objects: SharedObjectTable = SharedObjectTable()
    ) throws(VhostUserError) {
        let socket: OwnedDescriptor
        do throws(Errno) { socket = try UnixSocket.connect(to: path) } catch {
            throw .system(error)
        }
        try self.init(
            socket, deviceID: deviceID, memory: memory, habits: habits, objects: objects)
    }

    /// Goes on with a connected socket.
    public init(
        _ socket: consuming OwnedDescriptor, deviceID: UInt32, memory: [GuestMemoryFile],
        habits: FrontEndHabits = .all, objects: SharedObjectTable = SharedObjectTable()
    ) throws(VhostUserError) {
        self.deviceID = deviceID
        self.memory = memory
        self.habits = habits
        let connection = try FrontEndConnection(socket, answerMillis: habits.answerMillis)
        self.connection = connection
        let u64 = { (bytes: borrowing WireBuffer) in bytes.count == 8 ? bytes.u64(at: 0) : nil }
        let offered: UInt64 = try connection.ask(.getFeatures, u64)
        deviceFeatures = offered & ~Self.socketBits
        var agreed: VhostUser.ProtocolFeatures = []
        if offered & Self.protocolBit != 0 {
            let theirs: UInt64 = try connection.ask(.getProtocolFeatures, u64)
            agreed = Self.known.intersection(
                VhostUser.ProtocolFeatures(rawValue: theirs & habits.protocolFeatures))
            try connection.tell(.setProtocolFeatures) { $0.append(u64: agreed.rawValue) }
            connection.protocolFeatures = agreed
        }
        protocolFeatures = agreed
        try connection.tell(.setOwner)
        let count: UInt64 = agreed.contains(.mq) ? try connection.ask(.getQueueNum, u64) : 2
        guard count <= 64 else { throw .malformed }
        do throws(Errno) {
            interrupt = try EventDescriptor()
            var kicks: [EventDescriptor] = []
            for _ in 0..<count { kicks.append(try EventDescriptor()) }
            self.kicks = kicks
        } catch { throw .system(error) }
        regions = agreed.contains(.shmem) ? try Self.regions(connection) : []
        requests = try Self.makeRequests(agreed, regions, objects, connection, interrupt)
        try sendMemory()
    }

    private static func regions(_ connection: FrontEndConnection) throws(VhostUserError)
        -> [LocalMemoryRegion]
    {
        let config = try connection.ask(.getShmemConfig) {
            try? $0.decode(VhostUser.ShmemConfig.self)
        }
        return config.memorySizes.enumerated().filter { $0.element > 0 }.map { id, size in
            LocalMemoryRegion(SharedMemoryWindow(id: UInt8(id), sizeBytes: size))
        }
    }

    private static func makeRequests(
        _ agreed: VhostUser.ProtocolFeatures, _ regions: [LocalMemoryRegion],
        _ objects: SharedObjectTable, _ connection: FrontEndConnection,
        _ interrupt: EventDescriptor
    ) throws(VhostUserError) -> BackEndRequests? {
        guard agreed.contains(.backEndReq) else { return nil }
        var theirs: OwnedDescriptor?
        let ours: OwnedDescriptor
        do throws(Errno) { ours = try UnixSocket.pair(with: &theirs) } catch {
            throw .system(error)
        }
        let requests = try BackEndRequests(
            ours, features: agreed, regions: regions, objects: objects,
            main: connection, interrupt: interrupt)
        guard let theirs = theirs.take() else { return nil }
        try connection.tell(.setBackEndReqFD, [theirs.descriptor])
        return requests
    }

    /// One message for all, or one for each where the back-end can do that.
    private func sendMemory() throws(VhostUserError) {
        guard protocolFeatures.contains(.configureMemSlots) else {
            return try connection.tell(.setMemTable, memory.map(\.memory.descriptor)) { out in
                out.append(VhostUser.MemTable(numRegions: UInt32(memory.count)))
                for file in memory { out.append(file.region) }
            }
        }
        for file in memory {
            try connection.tell(.addMemReg, [file.memory.descriptor]) {
                $0.append(VhostUser.MemRegMsg(region: file.region))
            }
        }
    }

    /// What ended the connection, if something has. Every call is without effect then, and the
    /// status says that the device needs a reset.
    public var failure: VhostUserError? { connection.failed }

    /// Brings the device a display; what it shows is in what is returned. [VU-081]
    ///
    /// - Parameter modes: what its guest is told of the displays.
    public func attachDisplay(modes: [(width: UInt32, height: UInt32)] = [(1280, 720)])
        throws(VhostUserError) -> DisplayReceiver
    {
        var theirs: OwnedDescriptor?
        let ours: OwnedDescriptor
        do throws(Errno) { ours = try UnixSocket.pair(with: &theirs) } catch {
            throw .system(error)
        }
        let receiver = try DisplayReceiver(ours, modes: modes)
        guard let theirs = theirs.take() else { throw .system(.badFileDescriptor) }
        try connection.tell(.gpuSetSocket, [theirs.descriptor])
        return receiver
    }

    // MARK: Status and features

    public func acceptFeatures(_ features: UInt64) { accepted = features }

    public var status: DeviceStatus {
        guard connection.failed == nil else { return written.union(.needsReset) }
        guard protocolFeatures.contains(.status) else { return written }
        let read: UInt64? = try? connection.ask(.getStatus) {
            $0.count == 8 ? $0.u64(at: 0) : nil
        }
        let theirs = DeviceStatus(rawValue: UInt8(truncatingIfNeeded: read ?? 0))
        guard connection.failed == nil else { return written.union(.needsReset) }
        return written.union(theirs.intersection(.needsReset))
    }

    public func writeStatus(_ status: DeviceStatus) {
        guard !status.isEmpty else { return reset() }
        guard status.isSuperset(of: written.subtracting(.needsReset)) else { return }
        // The register is ours: bits of features that no back-end is asked for, such as SUSPEND,
        // do not stick. [VQ-D-031]
        var status = status.intersection([
            .acknowledge, .driver, .featuresOK, .driverOK, .failed,
        ])
        let isNew = { (bit: DeviceStatus) in status.contains(bit) && !self.written.contains(bit) }
        do throws(VhostUserError) {
            if isNew(.featuresOK) {
                do throws(VhostUserError) {
                    try connection.tell(.setFeatures) { $0.append(u64: accepted | bit30) }
                } catch {
                    guard error == .refused else { throw error }
                    status.subtract([.featuresOK, .driverOK])
                }
            }
            if isNew(.driverOK) {
                guard status.contains(.featuresOK) else { return }
                for (index, layout) in layouts.sorted(by: { $0.key < $1.key }) {
                    try start(index, layout)
                }
            }
            try tell(status)
            written = status
        } catch {
            written = status.subtracting(.driverOK).union(.needsReset)
        }
    }

    private var bit30: UInt64 { protocolFeatures.isEmpty ? 0 : Self.protocolBit }

    private func tell(_ status: DeviceStatus) throws(VhostUserError) {
        guard protocolFeatures.contains(.status) else { return }
        try connection.tell(.setStatus) { $0.append(u64: UInt64(status.rawValue)) }
    }

    private func reset() {
        for index in started.sorted() { _ = try? stop(index) }
        started = []
        layouts = [:]
        written = []
        do throws(VhostUserError) {
            try tell([])
            if protocolFeatures.isDisjoint(with: .status), protocolFeatures.contains(.resetDevice) {
                try connection.tell(.resetDevice)
            }
        } catch { written = .needsReset }
        // All mappings go at a reset, without a message. [VU-104]
        for region in regions { region.unmapAll() }
    }

    // MARK: Rings

    private func start(_ index: Int, _ layout: QueueLayout) throws(VhostUserError) {
        let ring = UInt32(index)
        let isPacked = TransportFeatures(rawValue: accepted).contains(.ringPacked)
        let base = isPacked ? QueuePosition.packedStart : .splitStart
        try tellRing(.setVringNum, ring, UInt32(layout.size))
        try tellRing(.setVringBase, ring, base.rawValue)
        let address = VhostUser.VringAddr(
            index: ring, descriptor: userAddress(layout.descriptorTable),
            used: userAddress(layout.usedRing), available: userAddress(layout.availRing))
        try connection.tell(.setVringAddr) { $0.append(address) }
        let word = { (out: inout WireBuffer) in out.append(u64: UInt64(ring)) }
        try connection.tell(.setVringErr, [interrupt.descriptor], payload: word)
        try connection.tell(.setVringCall, [interrupt.descriptor], payload: word)
        started.insert(index)
        try connection.tell(.setVringKick, [kicks[index].descriptor], payload: word)
        if bit30 != 0 { try tellRing(.setVringEnable, ring, 1) }
    }

    /// Disables and stops a ring; where it stands.
    @discardableResult func stop(_ index: Int) throws(VhostUserError) -> UInt32 {
        let ring = UInt32(index)
        if bit30 != 0 { try tellRing(.setVringEnable, ring, 0) }
        let state = try connection.ask(
            .getVringBase, payload: { $0.append(VhostUser.VringState(index: ring, num: 0)) },
            { try? $0.decode(VhostUser.VringState.self) })
        guard state.index == ring else { throw .malformed }
        return state.num
    }

    private func tellRing(_ request: VhostUser.FrontEndRequest, _ index: UInt32, _ number: UInt32)
        throws(VhostUserError)
    {
        try connection.tell(request) { $0.append(VhostUser.VringState(index: index, num: number)) }
    }

    /// What this process has at a guest address; an address of nothing where it is no memory.
    private func userAddress(_ address: GuestAddress) -> UserAddress {
        for file in memory {
            let offset = address.rawValue &- file.start.rawValue
            guard offset < UInt64(file.memory.sizeBytes) else { continue }
            return UserAddress(file.region.userAddress.rawValue &+ offset)
        }
        return UserAddress(0)
    }

    public func queueSizeMax(_ index: Int) -> UInt16 {
        kicks.indices.contains(index) ? habits.queueSizeMax : 0
    }

    public func setQueue(_ index: Int, layout: QueueLayout) {
        guard kicks.indices.contains(index), !written.contains(.driverOK) else { return }
        layouts[index] = layout
    }

    public func notify(queue index: Int) {
        guard kicks.indices.contains(index) else { return }
        kicks[index].signal()
    }

    // MARK: Configuration and shared memory

    public func readConfig(offset: Int, count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        let nothing = [UInt8](repeating: 0, count: count)
        guard protocolFeatures.contains(.config), let start = UInt32(exactly: offset),
            offset < VhostUser.configBytesMax
        else { return nothing }
        let size = UInt32(min(count, VhostUser.configBytesMax - offset))
        let header = VhostUser.Config(offset: start, size: size)
        let read: [UInt8]? = try? connection.ask(
            .getConfig,
            payload: {
                $0.append(header)
                $0.append(zeros: Int(size))
            },
            { bytes in
                bytes.isEmpty || bytes.count == VhostUser.Config.sizeBytes + Int(size)
                    ? Array(bytes.array().dropFirst(VhostUser.Config.sizeBytes)) : nil
            })
        var bytes = read ?? []
        bytes += nothing.dropFirst(bytes.count)
        if deviceID == VirtioGPU.deviceID, let scanoutCount {
            for index in 0..<4 where bytes.indices.contains(8 + index - offset) {
                bytes[8 + index - offset] = UInt8(truncatingIfNeeded: scanoutCount >> (8 * index))
            }
        }
        return bytes
    }

    public func writeConfig(offset: Int, bytes: [UInt8]) {
        guard protocolFeatures.contains(.config), let start = UInt32(exactly: offset),
            bytes.count <= VhostUser.configBytesMax
        else { return }
        try? connection.tell(.setConfig) {
            $0.append(VhostUser.Config(offset: start, size: UInt32(bytes.count)))
            $0.append(contentsOf: bytes)
        }
    }

    public func sharedMemory(_ id: UInt8) -> LocalMemoryRegion? {
        regions.first { $0.window.id == id }
    }
}
