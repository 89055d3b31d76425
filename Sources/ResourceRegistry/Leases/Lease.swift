internal import Synchronization

/// The right to read or write an object's bytes between two points in time.
///
/// Letting go of the last reference ends the lease.
public final class Lease: Sendable {
    public enum Access: Sendable { case read, write }

    public let object: SharedObject
    /// What it was asked for through stays as long as this reference.
    private let attachment: Attachment?
    private let number: UInt64
    /// nil when it was granted at once.
    private let grant: Grant?
    private let isEnded = Atomic<Bool>(false)

    init(object: SharedObject, attachment: Attachment?, number: UInt64, grant: Grant?) {
        self.object = object
        self.attachment = attachment
        self.number = number
        self.grant = grant
    }

    deinit { end() }

    /// Takes no lock.
    public var isGranted: Bool { grant.map { $0.state == .given } ?? true }

    /// Waits until granted: `timedOut` past the deadline (monotonic nanoseconds), when the lease
    /// keeps its place; `revoked` as soon as it can be granted no more. [SYNC-3]
    public func wait(untilNanos deadline: UInt64) throws(RegistryError) {
        guard let grant else { return }
        if grant.state == .waiting { object.shard.wait(for: grant, deadline) }
        switch grant.state {
        case .given: return
        case .waiting: throw .timedOut
        case .dropped: throw .revoked
        }
    }

    /// Turns a write lease into a read lease without letting anyone in between. [SYNC-5]
    public func downgradeToRead() {
        guard !isEnded.load(ordering: .acquiring) else { return }
        object.shard.downgrade(number, on: object)
    }

    /// Gives the right back, granted or not; a second call does nothing.
    public func end() {
        guard !isEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        object.shard.endLease(number, on: object)
    }

    /// Hands the work to a device: the right is given back when `fence` passes, and the next
    /// holder starts after it. This reference is done with. [SYNC-2]
    public func end(after fence: Fence) {
        guard !isEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        object.shard.endLease(number, on: object, after: fence)
    }
}
