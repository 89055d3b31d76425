// What a case about the socket's protocol works with: connections to a back-end, and a record of
// the last message. Nothing is between the case and the bytes.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// A back-end that front-ends can connect to, one at a time. Owned by the thread that runs the case.
public struct SocketContext {
    public let deviceID: UInt32
    /// How long the back-end may take to answer.
    public let patienceMillis: Int32
    private let connect: () throws -> OwnedDescriptor
    private var peer: SocketPeer?
    private var sent: (bytes: [UInt8], descriptorCount: Int)?
    private var received: SocketPeer.Incoming?
    /// What a front-end can live with, though it is not as it should be.
    var deviation: Finding?
    /// What was agreed on by ``begin(needs:without:)``.
    private(set) var protocolFeatures: VhostUser.ProtocolFeatures = []
    private(set) var offeredFeatures: UInt64 = 0

    static let protocolBit = VhostUser.SocketFeatures.protocolFeatures.rawValue
    static let version1: UInt64 = 1 << 32

    init(deviceID: UInt32, patienceMillis: Int32, connect: @escaping () throws -> OwnedDescriptor) {
        self.deviceID = deviceID
        self.patienceMillis = patienceMillis
        self.connect = connect
    }

    func finding(_ expected: String, received: String? = nil) -> Finding {
        Finding(
            sent: sent.map { Described.request($0.bytes, descriptorCount: $0.descriptorCount) }
                ?? "nothing", expected: expected,
            received: received ?? self.received.map(Described.reply) ?? "nothing")
    }

    /// What the clause does not forbid, or many back-ends do.
    mutating func deviates(_ expected: String, received: String? = nil) {
        deviation = deviation ?? finding(expected, received: received)
    }

    // MARK: Connections

    /// A connection that nobody has used; the one before ends first.
    mutating func open() throws {
        let isFirst = sent == nil
        close()
        do { peer = try SocketPeer(try connect()) } catch let error
            as ConformanceStand.DeviceUnavailable
        {
            guard !isFirst else { throw error }
            throw finding("a back-end that takes another connection", received: error.reason)
        }
    }

    mutating func close() {
        peer = nil
        protocolFeatures = []
    }

    /// A connection on which features of the protocol were agreed on, REPLY_ACK among them.
    mutating func begin(
        needs: VhostUser.ProtocolFeatures = [], without left: VhostUser.ProtocolFeatures = []
    ) throws {
        try open()
        offeredFeatures = try number(.getFeatures)
        guard offeredFeatures & Self.protocolBit != 0 else {
            throw NotOffered(feature: "VHOST_USER_F_PROTOCOL_FEATURES")
        }
        let offered = VhostUser.ProtocolFeatures(rawValue: try number(.getProtocolFeatures))
        let missing = needs.union(.replyAck).subtracting(offered)
        guard missing.isEmpty else { throw NotOffered(feature: "\(missing)") }
        let agreed = offered.intersection(Self.known).subtracting(left)
        try send(.setProtocolFeatures, [UInt8](u64: agreed.rawValue))
        try send(.setOwner)
        protocolFeatures = agreed
    }

    private static let known: VhostUser.ProtocolFeatures = [
        .mq, .replyAck, .backEndReq, .config, .backEndSendFD, .resetDevice, .configureMemSlots,
        .status, .sharedObject, .shmem,
    ]

    // MARK: Messages

    /// Sends a request; a back-end that is gone, or does not read, is a finding.
    mutating func send(
        _ request: VhostUser.FrontEndRequest, _ payload: [UInt8] = [],
        _ descriptors: [FileDescriptor] = [], flags: VhostUser.HeaderFlags = .version1
    ) throws {
        let header = VhostUser.Header(
            request: request.rawValue, flags: flags, size: UInt32(payload.count))
        guard try sendBytes([UInt8](header) + payload, descriptors) else {
            throw finding("a back-end that reads", received: "the end of the connection")
        }
    }

    /// Sends bytes as they are; false when the back-end does not take them.
    mutating func sendBytes(_ bytes: [UInt8], _ descriptors: [FileDescriptor] = []) throws -> Bool {
        (sent, received) = ((bytes, descriptors.count), nil)
        return connected.send(bytes, descriptors, withinMillis: patienceMillis)
    }

    private var connected: SocketPeer {
        guard let peer else { preconditionFailure("a case connects before it talks") }
        return peer
    }

    /// The next message of the back-end's.
    mutating func receive(withinMillis millis: Int32? = nil) -> SocketPeer.Incoming {
        let incoming = connected.receive(withinMillis: millis ?? patienceMillis)
        received = incoming
        return incoming
    }

    /// The reply to the last request.
    mutating func reply(to request: VhostUser.FrontEndRequest) throws -> SocketPeer.Message {
        guard case .message(let message) = receive() else { throw finding("a reply to \(request)") }
        guard message.header.request == request.rawValue else {
            throw finding("a reply to \(request)")
        }
        return message
    }

    mutating func ask(_ request: VhostUser.FrontEndRequest, _ payload: [UInt8] = []) throws
        -> SocketPeer.Message
    {
        try send(request, payload)
        return try reply(to: request)
    }

    /// Asks for a u64.
    mutating func number(_ request: VhostUser.FrontEndRequest) throws -> UInt64 {
        let message = try ask(request)
        guard message.payload.count == 8, let value = message.payload.u64 else {
            throw finding("a u64 in reply to \(request)")
        }
        return value
    }

    enum Acknowledgement { case success, failure, closed }

    /// Sends a request that wants an acknowledgement.
    mutating func acknowledge(
        _ request: VhostUser.FrontEndRequest, _ payload: [UInt8] = [],
        _ descriptors: [FileDescriptor] = []
    ) throws -> Acknowledgement {
        let header = VhostUser.Header(
            request: request.rawValue, flags: [.version1, .needReply], size: UInt32(payload.count))
        guard try sendBytes([UInt8](header) + payload, descriptors) else { return .closed }
        switch receive() {
        case .closed: return .closed
        case .silence: throw finding("an acknowledgement")
        case .message(let message):
            guard message.header.request == request.rawValue, message.payload.count == 8 else {
                throw finding("a u64 as the acknowledgement of \(request)")
            }
            return message.payload.u64 == 0 ? .success : .failure
        }
    }

    mutating func expectSuccess(
        _ request: VhostUser.FrontEndRequest, _ payload: [UInt8] = [],
        _ descriptors: [FileDescriptor] = [], for what: String
    ) throws {
        guard try acknowledge(request, payload, descriptors) == .success else {
            throw finding("\(what) to be taken")
        }
    }

    /// That a request fails. A back-end that ends the connection instead can be lived with; a new
    /// one is begun then, on which nothing but features is agreed.
    mutating func expectFailure(
        _ request: VhostUser.FrontEndRequest, _ payload: [UInt8] = [],
        _ descriptors: [FileDescriptor] = [], for what: String
    ) throws {
        switch try acknowledge(request, payload, descriptors) {
        case .success: throw finding("\(what) to be refused")
        case .failure: break
        case .closed:
            deviates("failure as the acknowledgement, and a connection that stays, for \(what)")
            try begin()
        }
    }
}
