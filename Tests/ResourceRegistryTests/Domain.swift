// One domain with an exporter and an importer, and counters of what was called back.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

/// Counts calls from any thread.
final class Count: Sendable {
    private let value = Monitor(0)
    func add() { value.withLock { $0 += 1 } }
    var now: Int { value.withLock { $0 } }
}

struct Domain {
    let registry: ResourceRegistry
    let exporter: Participant
    let importer: Participant
    /// Backs every object: its bytes are of no interest to the registry.
    let shared: SharedMemory

    init(limits: RegistryLimits = RegistryLimits()) throws {
        registry = ResourceRegistry(limits: limits)
        exporter = registry.join(name: "exporter")
        importer = registry.join(name: "importer")
        shared = try SharedMemory(name: "object", sizeBytes: 0x1000)
    }

    /// An object of one page; `unused` counts the calls of onUnused.
    func export(unused: Count = Count()) throws(RegistryError) -> SharedObject {
        try registry.export(
            by: exporter, sizeBytes: 0x1000, memory: shared.range, onUnused: { _ in unused.add() })
    }

    func attach(
        _ object: SharedObject, _ direction: Direction = .readWrite, revoked: Count = Count()
    ) throws(RegistryError) -> Attachment {
        try registry.attach(
            object.uuid, by: importer, direction: direction, onRevoked: { _ in revoked.add() })
    }
}

/// A moment `millis` from now on the monotonic clock.
func deadline(millis: UInt64) -> UInt64 {
    MonotonicClock.nowNanos + millis * 1_000_000
}
