internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

/// A part of the domain's names, the objects that bear them, and the lock of both.
///
/// An object's shard follows from its UUID. No thread ever holds two shards' locks.
@safe final class Shard: @unchecked Sendable {
    static let countLog2 = 4
    static let count = 1 << countLog2
    static let mask = UInt64(count - 1)

    /// What has happened to objects of this shard.
    struct Sums {
        /// Named, or nameless and held.
        var objects = 0
        var exports: UInt64 = 0
        var exportedBytes: UInt64 = 0
        var freedBytes: UInt64 = 0
        var attaches: UInt64 = 0
        var revocations: UInt64 = 0
    }

    /// The core has its shards, and whoever calls one has the core: through a registry, or through
    /// an object, whose exporter has it.
    @safe unowned(unsafe) let core: DomainCore
    let lock = InlineLock()
    /// Changed under the lock.
    let names = NameTable()
    // Guarded by the lock, which excludes what the run-time's exclusivity checks look for at a
    // tenth of a lookup's time.
    /// Threads that wait on the lock for a change.
    @safe @exclusivity(unchecked) private var waiters = 0
    @safe @exclusivity(unchecked) var credit = Credit()
    @safe @exclusivity(unchecked) var sums = Sums()
    /// Objects without a name that somebody still holds.
    @safe @exclusivity(unchecked) var nameless: [ObjectIdentifier: SharedObject] = [:]
    @safe @exclusivity(unchecked) var uuids = UUIDSource()

    init(core: DomainCore) { self.core = core }

    func wakeWaiters() {
        if waiters > 0 { lock.wakeAll() }
    }

    /// Waits, with the lock held, until `body` says so; false past the deadline.
    func wait(untilNanos deadline: UInt64, for body: () -> Bool) -> Bool {
        waiters += 1
        defer { waiters -= 1 }
        while !body() {
            if !lock.wait(untilNanos: deadline) { return body() }
        }
        return true
    }

    /// Every object of this shard, named or not. The caller holds the lock.
    func all() -> [SharedObject] { names.objects + nameless.values }

    /// Looks a name up, without the lock and without a reference.
    @inline(never) func sizeBytes(of uuid: ResourceUUID) -> NameTable.Answer {
        names.sizeBytes(of: uuid)
    }

    /// Looks a name up. The caller holds the lock. [ID-5]
    @inline(__always) func find(_ uuid: ResourceUUID) throws(RegistryError) -> SharedObject {
        guard let object = names[uuid] else {
            core.statistics.refusedLookups.add(1, ordering: .relaxed)
            throw .unknownObject
        }
        return object
    }
}
