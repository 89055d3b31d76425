internal import LinuxSystem
public import VirtioWire

/// Who of a guest's back-ends exports which object: a front-end's side of SHARED_OBJECT. [VU-094]
public final class SharedObjectTable: Sendable {
    private let owners = Monitor<[ResourceUUID: FrontEndConnection]>([:])
    private static let objectsMax = 65_536

    public init() {}

    /// The objects that are known now.
    public var uuids: Set<ResourceUUID> { owners.withLock { Set($0.keys) } }

    func add(_ uuid: ResourceUUID, by owner: FrontEndConnection) -> Bool {
        owners.withLock { owners in
            guard owners[uuid] == nil, owners.count < Self.objectsMax else { return false }
            owners[uuid] = owner
            return true
        }
    }

    /// By anyone but its exporter a removal means nothing. [VU-095]
    func remove(_ uuid: ResourceUUID, by owner: FrontEndConnection) {
        owners.withLock { owners in
            if owners[uuid] === owner { owners[uuid] = nil }
        }
    }

    func removeAll(of owner: FrontEndConnection) {
        owners.withLock { owners in owners = owners.filter { $0.value !== owner } }
    }

    func lookUp(_ uuid: ResourceUUID) -> OwnedDescriptor? {
        guard let owner = owners.withLock({ $0[uuid] }) else { return nil }
        return (try? owner.getSharedObject(uuid)) ?? nil
    }
}
