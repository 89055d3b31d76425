internal import Synchronization

/// The right to read or write an object's bytes between two points in time.
///
/// Letting go of the last reference ends the lease.
public final class Lease: Sendable {
    public enum Access: Sendable { case read, write }

    /// What the registry keeps of a lease: it may outlive the lease by the length of a call.
    final class Grant: Sendable {
        private let flag = Atomic<Bool>(false)
        var isGiven: Bool { flag.load(ordering: .acquiring) }
        func give() { flag.store(true, ordering: .releasing) }
    }

    private let registry: ResourceRegistry
    private let object: SharedObject
    private let grant: Grant

    init(registry: ResourceRegistry, object: SharedObject, grant: Grant) {
        self.registry = registry
        self.object = object
        self.grant = grant
    }

    deinit { end() }

    /// Takes no lock.
    public var isGranted: Bool { grant.isGiven }

    /// Waits until granted; `timedOut` past the deadline (monotonic nanoseconds). [SYNC-3]
    public func wait(untilNanos deadline: UInt64) throws(RegistryError) {
        guard isGranted || registry.waitUntilGranted(grant, untilNanos: deadline) else {
            throw .timedOut
        }
    }

    /// Turns a write lease into a read lease without letting anyone in between. [SYNC-5]
    public func downgradeToRead() { registry.downgrade(grant, on: object) }

    /// Gives the right back, granted or not; a second call does nothing.
    public func end() { registry.end(grant, on: object) }
}
