internal import LinuxSystem
internal import Synchronization
public import VirtioWire

/// Something that happened in a domain: who, what, when, how much. [OBS-1]
public struct RegistryEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case export, attach, reference, detach, free
        /// A question, and its answer's first word.
        case probe(ProbeAnswer.Word)
        case move(from: BackingKinds, to: BackingKinds)
        case copy
        case lease(Lease.Access)
        case leaseEnd(Lease.Access)
        case cpuAccess(Direction)
        case revoke(Revocation)
        /// A participant came, was reset, or left.
        case join, reset, leave
    }

    /// Higher for later events of one object.
    public let sequence: UInt64
    /// Monotonic.
    public let timeNanos: UInt64
    public let participant: String
    public let kind: Kind
    /// nil for what concerns a participant as such.
    public let object: ResourceUUID?
    public let bytes: UInt64
}

extension RegistryEvent.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .export: "export"
        case .attach: "attach"
        case .reference: "reference"
        case .detach: "detach"
        case .free: "free"
        case .probe(let answer): "probe: \(answer.rawValue)"
        case .move(let from, let to): "move from \(from) to \(to)"
        case .copy: "copy"
        case .lease(let access): access == .write ? "lease to write" : "lease to read"
        case .leaseEnd(let access): access == .write ? "end of write lease" : "end of read lease"
        case .cpuAccess(let direction): direction == .read ? "CPU reads" : "CPU writes"
        case .revoke(let reason): "revoke: \(reason.rawValue)"
        case .join: "join"
        case .reset: "reset"
        case .leave: "leave"
        }
    }
}

/// Ends with its last reference.
public final class Subscription: Sendable {
    private let subscribers: Subscribers
    private let id: UInt64

    init(subscribers: Subscribers, id: UInt64) {
        self.subscribers = subscribers
        self.id = id
    }

    deinit { subscribers.remove(id) }
}

final class Subscribers: Sendable {
    typealias Handler = @Sendable (RegistryEvent) -> Void

    private let handlers = Monitor<[(id: UInt64, call: Handler)]>([])
    private let count = Atomic<Int>(0)
    private let lastNumber = Atomic<UInt64>(0)

    /// Whether anybody listens: nothing is made up for nobody.
    var isNeeded: Bool { count.load(ordering: .relaxed) > 0 }

    func add(_ handler: @escaping Handler, max: Int) throws(RegistryError) -> Subscription {
        let id = lastNumber.add(1, ordering: .relaxed).newValue
        try handlers.withLock { handlers throws(RegistryError) in
            guard handlers.count < max else { throw .outOfQuota }
            handlers.append((id, handler))
            count.store(handlers.count, ordering: .relaxed)
        }
        return Subscription(subscribers: self, id: id)
    }

    func remove(_ id: UInt64) {
        handlers.withLock { handlers in
            handlers.removeAll { $0.id == id }
            count.store(handlers.count, ordering: .relaxed)
        }
    }

    func emit(_ make: (UInt64) -> RegistryEvent) {
        let event = make(lastNumber.add(1, ordering: .relaxed).newValue)
        for handler in handlers.withLock({ $0 }) { handler.call(event) }
    }
}

extension DomainCore {
    /// Tells those who listen. No lock is held.
    func emit(_ kind: RegistryEvent.Kind, _ who: ParticipantRecord, _ object: SharedObject?) {
        emit(kind, who, object?.uuid, bytes: object?.sizeBytes ?? 0)
    }

    func emit(
        _ kind: RegistryEvent.Kind, _ who: ParticipantRecord, _ uuid: ResourceUUID?, bytes: UInt64
    ) {
        guard subscribers.isNeeded else { return }
        subscribers.emit { sequence in
            RegistryEvent(
                sequence: sequence, timeNanos: MonotonicClock.nowNanos, participant: who.name,
                kind: kind, object: uuid, bytes: bytes)
        }
    }
}
