// What a domain holds at a moment, for people and for tools. [OBS-2]

internal import LinuxSystem
public import VirtioWire

public struct RegistrySnapshot: Equatable, Sendable {
    public struct Holder: Equatable, Sendable {
        public enum Kind: String, Sendable { case attachment, dynamicAttachment, reference, cpu }
        public let name: String
        public let kind: Kind
        public let directions: String
    }

    public struct LeaseEntry: Equatable, Sendable {
        public let holder: String
        public let isWrite: Bool
        public let isGranted: Bool
        /// Its holder is done; it ends with a fence.
        public let waitsForFence: Bool
    }

    public enum State: String, Sendable { case live, moving, removed }

    public struct Entry: Equatable, Sendable {
        public let uuid: ResourceUUID
        public let exporter: String
        public let sizeBytes: UInt64
        public let backing: BackingKinds
        public let layout: PixelLayout?
        public let state: State
        public let holders: [Holder]
        public let leases: [LeaseEntry]
        public let ageNanos: UInt64
    }

    /// The oldest first. Each is as it was at one moment; two of them need not be of the same.
    public let objects: [Entry]
    public let counters: RegistryCounters
}

extension ResourceRegistry {
    public enum ReportStyle: Sendable { case text, json }

    /// Everything that the domain holds.
    public func snapshot() -> RegistrySnapshot {
        let now = MonotonicClock.coarseNanos
        var entries: [RegistrySnapshot.Entry] = []
        for shard in core.shards {
            shard.lock.lock()
            entries += shard.all().map { RegistrySnapshot.Entry($0, nowNanos: now) }
            shard.lock.unlock()
        }
        entries.sort { ($1.ageNanos, $0.uuid.high) < ($0.ageNanos, $1.uuid.high) }
        return RegistrySnapshot(objects: entries, counters: counters)
    }

    /// A table for people, or JSON for tools: what `virtio-share resources` prints. [OBS-2]
    public func report(_ style: ReportStyle = .text) -> String {
        let snapshot = snapshot()
        return switch style {
        case .text: snapshot.text
        case .json: snapshot.json
        }
    }
}

extension RegistrySnapshot.Entry {
    /// The shard's lock is held.
    init(_ object: SharedObject, nowNanos: UInt64) {
        uuid = object.uuid
        exporter = object.exporter.name
        sizeBytes = object.sizeBytes
        backing = object.kind
        layout = object.layout
        state = object.isMoving ? .moving : object.isNamed ? .live : .removed
        holders = object.holds.map { RegistrySnapshot.Holder($0) }
        leases = object.tickets.map { ticket in
            RegistrySnapshot.LeaseEntry(
                holder: ticket.holder.name, isWrite: ticket.access == .write,
                isGranted: ticket.isGiven, waitsForFence: ticket.fence != nil)
        }
        ageNanos = nowNanos > object.exportedAtNanos ? nowNanos - object.exportedAtNanos : 0
    }
}

extension RegistrySnapshot.Holder {
    init(_ hold: Hold) {
        name = hold.importer.name
        kind =
            switch hold.kind {
            case .attachment: hold.isDynamic ? .dynamicAttachment : .attachment
            case .reference: .reference
            case .cpu: .cpu
            }
        directions =
            hold.directions.contains(.readWrite)
            ? "rw"
            : (hold.directions.contains(.read) ? "r" : "")
                + (hold.directions.contains(.write) ? "w" : "")
    }
}
