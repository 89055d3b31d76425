internal import LinuxSystem
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
    /// Where its next object goes: random bits that no name has shown yet. It changes with each
    /// export, as the reference count beside it does; far away from what every lookup reads.
    let nextShard = Atomic<UInt64>(RandomSource.twoWords().0 & Shard.mask)
    let name: String
    let capabilities: DeviceCapabilities
    let account: Account
    let isUnrestricted: Bool
    /// Whether there is a limit that objects and their bytes are to be counted for.
    let isCounted: Bool
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
        isCounted = limits.objectsMax != .max || limits.bytesMax != .max
    }

    var isJoined: Bool { joined.load(ordering: .acquiring) }
    func leave() { joined.store(false, ordering: .releasing) }
}
