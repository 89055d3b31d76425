internal import Synchronization

/// A device that has joined a domain.
public struct Participant: Hashable, Sendable {
    let record: ParticipantRecord

    /// What it called itself.
    public var name: String { record.name }
    public var capabilities: DeviceCapabilities { record.capabilities }

    public static func == (a: Participant, b: Participant) -> Bool { a.record === b.record }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(record)) }
}

/// What the registry knows of a participant.
final class ParticipantRecord: Sendable {
    let domain: UInt64
    let id: UInt64
    let name: String
    let capabilities: DeviceCapabilities
    let account: Account
    let isUnrestricted: Bool
    private let joined = Atomic<Bool>(true)
    /// Attachments and references that anybody has on its objects.
    let lent = Atomic<Int>(0)

    init(
        domain: UInt64, id: UInt64, name: String, capabilities: DeviceCapabilities,
        limits: DeviceLimits
    ) {
        self.domain = domain
        self.id = id
        self.name = name
        self.capabilities = capabilities
        isUnrestricted = capabilities.isUnrestricted
        account = Account(limits)
    }

    var isJoined: Bool { joined.load(ordering: .acquiring) }
    func leave() { joined.store(false, ordering: .releasing) }
}
