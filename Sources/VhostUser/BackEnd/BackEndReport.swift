internal import VirtioWire
internal import Virtqueue

/// What a service has of its front-end at a moment.
public struct BackEndReport: Equatable, Sendable {
    public struct Ring: Equatable, Sendable {
        public var size: UInt32
        public var isStarted: Bool
        public var isEnabled: Bool
        /// Chains taken and not given back.
        public var held = 0
        /// Where the device stands: what GET_VRING_BASE would answer.
        public var position: UInt32 = 0
        public var badChains: UInt64 = 0
        public var isBroken = false
    }

    public var isConnected = false
    /// Front-ends, and their messages, since the service began.
    public var connections: UInt64 = 0
    public var messages: UInt64 = 0
    /// What the driver has accepted; nil before.
    public var features: UInt64?
    public var protocolFeatures: UInt64 = 0
    public var memoryRegions = 0
    public var memoryBytes: UInt64 = 0
    public var hasDisplay = false
    public var needsReset = false
    public var rings: [Ring] = []

    public init() {}
}

extension BackEndSession {
    var report: BackEndReport {
        var report = BackEndReport()
        report.isConnected = true
        report.messages = messages
        report.features = accepted
        report.protocolFeatures = protocolFeatures.rawValue
        report.memoryRegions = memory.count
        report.memoryBytes = memory.sizeBytes
        report.hasDisplay = display?.isConnected ?? false
        report.needsReset = isBroken
        report.rings = rings.map { ring in
            var entry = BackEndReport.Ring(
                size: ring.size, isStarted: ring.queue != nil, isEnabled: ring.isEnabled)
            guard let queue = ring.queue else { return entry }
            entry.held = queue.chainsHeld
            entry.position = queue.position.rawValue
            entry.badChains = queue.badChains
            entry.isBroken = queue.isBroken
            return entry
        }
        return report
    }
}
