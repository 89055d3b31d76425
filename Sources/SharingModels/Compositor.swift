// A compositor with several devices: it tries them all without side effects, takes the one that
// reaches the buffer where it is, and falls back to its primary. [MOVE-3]

public import ResourceRegistry
public import VirtioWire

public struct Compositor: Sendable {
    public struct Choice: Sendable {
        public let device: Participant
        public let answers: [ProbeAnswer]
        public let imported: Import
    }

    private let registry: ResourceRegistry
    /// The primary one first.
    public let devices: [Participant]

    public init(in registry: ResourceRegistry, devices: [Participant]) {
        self.registry = registry
        self.devices = devices
    }

    public func take(_ uuid: ResourceUUID, untilNanos deadline: UInt64) throws(RegistryError)
        -> Choice
    {
        var answers: [ProbeAnswer] = []
        for device in devices { answers.append(try registry.probe(uuid, by: device)) }
        if let index = answers.firstIndex(of: .direct) {
            let imported = try registry.import(
                uuid, by: devices[index], directions: .read, flags: .noMove)
            return Choice(device: devices[index], answers: answers, imported: imported)
        }
        guard let primary = devices.first else { throw .unsupported }
        let imported = try registry.import(
            uuid, by: primary, directions: .read, untilNanos: deadline)
        return Choice(device: primary, answers: answers, imported: imported)
    }
}
