internal import LinuxSystem
internal import Synchronization

/// What the registry keeps of anything that keeps an object: an attachment, a reference to the
/// resource itself, or a CPU's access.
final class Hold: @unchecked Sendable {
    enum Kind { case attachment, reference, cpu }

    enum State: UInt8, AtomicRepresentable {
        case live
        /// The name is gone; the memory is this holder's as a file descriptor's would be.
        case removed
        case revoked
        case lost
    }

    let kind: Kind
    let importer: ParticipantRecord
    let directions: Directions
    /// Lets the bytes move; the others keep them in place. [ATT-3]
    let isDynamic: Bool
    let onRevoked: @Sendable (Revocation) -> Void
    let willMove: @Sendable () -> Void
    private let value = Atomic<State>(.live)

    // Guarded by the shard's lock.
    /// Goes with its last lease.
    var isDraining = false
    /// Of a dynamic attachment: what it has mapped since the last move.
    var mappings: [Mapping] = []

    init(
        kind: Kind, importer: ParticipantRecord, directions: Directions, isDynamic: Bool,
        onRevoked: @escaping @Sendable (Revocation) -> Void,
        willMove: @escaping @Sendable () -> Void
    ) {
        self.kind = kind
        self.importer = importer
        self.directions = directions
        self.isDynamic = isDynamic
        self.onRevoked = onRevoked
        self.willMove = willMove
    }

    var state: State { value.load(ordering: .acquiring) }
    func set(_ state: State) { value.store(state, ordering: .releasing) }
    var pinsBytes: Bool { kind == .cpu || (kind == .attachment && !isDynamic) }

    func requireUsable() throws(RegistryError) {
        switch state {
        case .live, .removed: return
        case .revoked: throw .revoked
        case .lost: throw .lost
        }
    }
}
