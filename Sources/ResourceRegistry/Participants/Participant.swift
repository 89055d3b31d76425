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
    // Far from the reference count, which exports change: every lookup reads the last two.
    let name: String
    let capabilities: DeviceCapabilities
    let account: Account
    let isUnrestricted: Bool
    /// Its domain, as long as the participant or an object of its is in use.
    let core: DomainCore
    private let joined = Atomic<Bool>(true)

    init(
        core: DomainCore, name: String, capabilities: DeviceCapabilities, limits: DeviceLimits
    ) {
        self.core = core
        self.name = name
        self.capabilities = capabilities
        isUnrestricted = capabilities.isUnrestricted
        account = Account(limits)
    }

    var isJoined: Bool { joined.load(ordering: .acquiring) }
    func leave() { joined.store(false, ordering: .releasing) }
}
