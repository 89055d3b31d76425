// Probing, importing, moving, copying: the clauses CAP, MOVE and ATT.

internal import Synchronization
public import VirtioWire

/// How an import may come about. Bits that are not named here are refused. [MOVE-5]
public struct ImportFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Fails where bytes would have to move.
    public static let noMove = ImportFlags(rawValue: 1)
    static let known: ImportFlags = [.noMove]
}

extension ResourceRegistry {
    /// What an import by `importer` would do. It changes nothing: no pin, no move, no reference,
    /// no event but its own. [MOVE-1] [MOVE-3]
    public func probe(_ uuid: ResourceUUID, by importer: Participant) throws(RegistryError)
        -> ProbeAnswer
    {
        try core.require(importer.record)
        let (object, situation) = try shard(of: uuid).situation(of: uuid)
        let answer = Reach.answer(importer.record, object, situation)
        core.statistics.probes.add(1, ordering: .relaxed)
        if core.subscribers.isNeeded { core.emit(.probe(answer.word), importer.record, object) }
        return answer
    }

    /// Attaches the object named `uuid` to the CPU of this process. The mapping is made here and
    /// kept until detach; nothing moves. [ATT-1] [CAP-5]
    ///
    /// - Parameter onRevoked: called once, on any thread, when the exporter takes the object back
    ///   while it is attached. The memory stays valid until detach. [LIFE-3]
    public func attach(
        _ uuid: ResourceUUID, by importer: Participant, direction: Direction,
        onRevoked: @escaping @Sendable (Revocation) -> Void = { _ in }
    ) throws(RegistryError) -> Attachment {
        try core.require(importer.record)
        if !importer.record.isUnrestricted {
            let (object, situation) = try shard(of: uuid).situation(of: uuid)
            guard importer.record === object.exporter || situation.hasMemory else {
                throw .notMappable
            }
            try Reach.answer(importer.record, object, situation).requireDirect()
        }
        let hold = Hold(
            kind: .attachment, importer: importer.record, directions: Directions(direction),
            isDynamic: false, onRevoked: onRevoked, willMove: {})
        return try shard(of: uuid).attach(uuid, hold, allowed: nil)
    }

    /// Imports an object the way that suits both devices: the resource itself for its own device
    /// and that device's kin, an attachment for others. [CAP-2] [CAP-3] [MOVE-2] [ATT-3]
    ///
    /// - Parameters:
    ///   - directions: each gets a mapping of its own.
    ///   - deadline: how long a move waits for leases.
    ///   - willMove: called, on the mover's thread, before the bytes of a dynamic attachment move.
    public func `import`(
        _ uuid: ResourceUUID, by importer: Participant, directions: Directions,
        flags: ImportFlags = [], untilNanos deadline: UInt64 = .max,
        onRevoked: @escaping @Sendable (Revocation) -> Void = { _ in },
        willMove: @escaping @Sendable () -> Void = {}
    ) throws(RegistryError) -> Import {
        guard flags.isSubset(of: .known) else { throw .unknownFlags }
        guard !directions.isEmpty, directions.isSubset(of: .all) else { throw .directionConflict }
        try core.require(importer.record)
        let (object, situation) = try shard(of: uuid).situation(of: uuid)
        if Reach.isKin(importer.record, object) {
            return .resource(try shard(of: uuid).reference(uuid, importer.record, onRevoked))
        }
        switch Reach.answer(importer.record, object, situation) {
        case .direct: break
        case .needsMove(let from, let to, _):
            guard !flags.contains(.noMove) else { throw .wouldMove }
            if from != to {
                try object.shard.move(object, to: to, for: importer.record, untilNanos: deadline)
            }
        case .needsCopy: throw .needsCopy
        case .unsupported: throw .unsupported
        }
        let hold = Hold(
            kind: .attachment, importer: importer.record, directions: directions,
            isDynamic: object.isDynamic && importer.capabilities.isDynamic,
            onRevoked: onRevoked, willMove: willMove)
        return .attachment(
            try shard(of: uuid).attach(uuid, hold, allowed: importer.capabilities.imports))
    }

    /// Moves an object's bytes, as its exporter may at any time: when memory runs short, say.
    /// [ATT-4] [MOVE-4]
    public func move(
        _ object: SharedObject, to kind: BackingKinds, by exporter: Participant,
        untilNanos deadline: UInt64
    ) throws(RegistryError) {
        guard exporter.record === object.exporter else { throw .notExporter }
        guard exporter.capabilities.migratesTo.contains(kind), object.hooks?.move != nil else {
            throw .unsupported
        }
        try object.shard.move(object, to: kind, for: exporter.record, untilNanos: deadline)
    }

    /// A CPU's access to an object that `importer` may import: the mapping is the exporter's.
    /// It waits for the leases that it conflicts with, then makes their bytes visible. [CPU-1]
    /// [CPU-2]
    public func beginCPUAccess(
        _ uuid: ResourceUUID, by importer: Participant, direction: Direction,
        untilNanos deadline: UInt64
    ) throws(RegistryError) -> CPUAccess {
        try core.require(importer.record)
        return try cpuAccess(uuid, importer.record, direction, deadline)
    }

    private func cpuAccess(
        _ uuid: ResourceUUID, _ importer: ParticipantRecord, _ direction: Direction,
        _ deadline: UInt64
    ) throws(RegistryError) -> CPUAccess {
        try shard(of: uuid).beginCPUAccess(uuid, importer, direction, deadline)
    }

    /// Copies bytes between two objects, plane by plane where both have a layout of one format:
    /// the one way to bytes that cannot be shared. [CAP-4]
    ///
    /// - Returns: how many bytes were copied.
    @discardableResult public func copy(
        from source: ResourceUUID, to target: ResourceUUID, by importer: Participant,
        untilNanos deadline: UInt64
    ) throws(RegistryError) -> UInt64 {
        guard source != target else { throw .unsupported }
        try core.require(importer.record)
        let read = try cpuAccess(source, importer.record, .read, deadline)
        let write = try cpuAccess(target, importer.record, .write, deadline)
        let bytes = try PlaneCopy.copy(read, write)
        write.end()
        read.end()
        core.statistics.copies.add(1, ordering: .relaxed)
        core.statistics.copiedBytes.add(bytes, ordering: .relaxed)
        core.emit(.copy, importer.record, target, bytes: bytes)
        return bytes
    }
}

extension ProbeAnswer {
    func requireDirect() throws(RegistryError) {
        switch self {
        case .direct: return
        case .needsMove: throw .wouldMove
        case .needsCopy: throw .needsCopy
        case .unsupported: throw .unsupported
        }
    }
}
