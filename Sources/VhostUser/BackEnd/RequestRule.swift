// Which requests a back-end of ours serves: their payload, descriptors, gate and answer.

internal import VirtioWire

/// What holds of a request before it is looked into.
struct RequestRule {
    /// Bytes of payload; what a field of it counts is checked by the handler.
    let payload: ClosedRange<Int>
    /// At least so many descriptors; surplus ones are closed. [VU-006]
    var descriptors = 0
    /// Whether it has a reply of its own. [VU-007]
    var isAnswered = false
    /// Not served without these. [VU-010]
    var gate: VhostUser.ProtocolFeatures = []

    private init(
        _ payload: Int, descriptors: Int = 0, isAnswered: Bool = false,
        gate: VhostUser.ProtocolFeatures = []
    ) {
        self.init(payload...payload, descriptors, isAnswered, gate)
    }

    private init(
        _ payload: ClosedRange<Int>, _ descriptors: Int, _ isAnswered: Bool,
        _ gate: VhostUser.ProtocolFeatures
    ) {
        self.payload = payload
        self.descriptors = descriptors
        self.isAnswered = isAnswered
        self.gate = gate
    }

    private static let u64 = 8

    /// nil for what is not served.
    init?(_ request: VhostUser.FrontEndRequest) {
        switch request {
        case .getFeatures, .getProtocolFeatures: self.init(0, isAnswered: true)
        case .setOwner, .resetOwner: self.init(0)
        case .setFeatures, .setProtocolFeatures: self.init(Self.u64)
        case .getQueueNum: self.init(0, isAnswered: true, gate: .mq)
        case .setVringKick, .setVringCall, .setVringErr: self.init(Self.u64)
        case .setVringNum, .setVringBase, .setVringEnable:
            self.init(VhostUser.VringState.sizeBytes)
        case .getVringBase: self.init(VhostUser.VringState.sizeBytes, isAnswered: true)
        case .setVringAddr: self.init(VhostUser.VringAddr.sizeBytes)
        case .setBackEndReqFD: self.init(0, descriptors: 1, gate: .backEndReq)
        case .gpuSetSocket: self.init(0, descriptors: 1)
        case .resetDevice: self.init(0, gate: .resetDevice)
        case .setStatus: self.init(Self.u64, gate: .status)
        case .getStatus: self.init(0, isAnswered: true, gate: .status)
        case .getSharedObject:
            self.init(VhostUser.Shared.sizeBytes, isAnswered: true, gate: .sharedObject)
        case .getShmemConfig: self.init(0, isAnswered: true, gate: .shmem)
        default: self.init(memoryOrConfig: request)
        }
    }

    private init?(memoryOrConfig request: VhostUser.FrontEndRequest) {
        let region = VhostUser.MemRegion.sizeBytes
        let table = VhostUser.MemTable.sizeBytes
        let config = VhostUser.Config.sizeBytes
        switch request {
        case .setMemTable:
            self.init(table...(table + region * VhostUser.memTableRegionsMax), 0, false, [])
        case .getMaxMemSlots: self.init(0, isAnswered: true, gate: .configureMemSlots)
        case .addMemReg:
            self.init(VhostUser.MemRegMsg.sizeBytes, descriptors: 1, gate: .configureMemSlots)
        case .remMemReg: self.init(VhostUser.MemRegMsg.sizeBytes, gate: .configureMemSlots)
        case .getConfig: self.init(config...(config + VhostUser.configBytesMax), 0, true, .config)
        case .setConfig: self.init(config...(config + VhostUser.configBytesMax), 0, false, .config)
        default: return nil
        }
    }
}
