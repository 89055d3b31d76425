internal import LinuxSystem
internal import Synchronization
internal import VirtioWire

extension Shard {
    /// What a probe must know.
    func situation(of uuid: ResourceUUID) throws(RegistryError) -> (SharedObject, Reach.Situation) {
        lock.lock()
        defer { lock.unlock() }
        let object = try find(uuid)
        let hasMemory = object.memory != nil || object.hooks?.mapForCPU != nil
        return (object, Reach.Situation(kind: object.kind, hasMemory: hasMemory))
    }

    /// - Parameter allowed: where the importer reaches bytes; nil for a CPU of this process, which
    ///   needs the object's memory.
    func attach(_ uuid: ResourceUUID, _ hold: Hold, allowed: BackingKinds?) throws(RegistryError)
        -> Attachment
    {
        let object: SharedObject
        let memory: MemoryRange?
        do {
            lock.lock()
            defer { lock.unlock() }
            object = try find(uuid)
            guard !object.isMoving else { throw .moving }
            if let allowed {
                guard allowed.contains(object.kind) else { throw .wouldMove }
            } else if object.memory == nil {
                throw .notMappable
            }
            try charge(hold)
            add(hold, to: object)
            memory = object.memory
            sums.attaches &+= 1
        }
        if core.subscribers.isNeeded { core.emit(.attach, hold.importer, object) }
        guard !hold.isDynamic else { return Attachment(object: object, hold: hold, mappings: []) }
        var mappings: [Mapping] = []
        for direction in Direction.allCases where hold.directions.contains(Directions(direction)) {
            guard let mapping = map(object, direction, memory) else {
                release(hold, of: object)
                core.unmap(mappings, of: object)
                throw .notMappable
            }
            mappings.append(mapping)
        }
        return Attachment(object: object, hold: hold, mappings: mappings)
    }

    /// Asks the exporter for addresses. No lock is held.
    private func map(_ object: SharedObject, _ direction: Direction, _ memory: MemoryRange?)
        -> Mapping?
    {
        if let map = object.hooks?.map {
            return map(object, direction).map { Mapping(direction: direction, address: $0) }
        }
        // What no CPU reaches is known to devices by a token: they ask the exporter with it.
        let address: Mapping.Address = memory.map { .memory($0) } ?? .token(object.uuid.high)
        return Mapping(direction: direction, address: address)
    }

    /// The mapping of a dynamic attachment, made when it is first asked for after a move.
    func dynamicMapping(_ direction: Direction, of hold: Hold, on object: SharedObject)
        throws(RegistryError) -> Mapping
    {
        let memory: MemoryRange?
        do {
            lock.lock()
            defer { lock.unlock() }
            guard !object.isMoving else { throw .moving }
            if let mapping = hold.mappings.first(where: { $0.direction == direction }) {
                return mapping
            }
            memory = object.memory
        }
        guard let mapping = map(object, direction, memory) else { throw .notMappable }
        lock.lock()
        let isHeld = object.holds.contains { $0 === hold }
        let isCurrent = isHeld && !object.isMoving && object.memory == memory
        let known = hold.mappings.first { $0.direction == direction }
        if isCurrent, known == nil { hold.mappings.append(mapping) }
        lock.unlock()
        if let known {
            core.unmap([mapping], of: object)
            return known
        }
        guard isCurrent else {
            core.unmap([mapping], of: object)
            throw isHeld ? .moving : .revoked
        }
        return mapping
    }

    func reference(
        _ uuid: ResourceUUID, _ importer: ParticipantRecord,
        _ onRevoked: @escaping @Sendable (Revocation) -> Void
    ) throws(RegistryError) -> ResourceReference {
        let hold = Hold(
            kind: .reference, importer: importer, directions: [], isDynamic: true,
            onRevoked: onRevoked, willMove: {})
        let object: SharedObject
        do {
            lock.lock()
            defer { lock.unlock() }
            object = try find(uuid)
            try charge(hold)
            core.statistics.references.wrappingAdd(1, ordering: .relaxed)
            add(hold, to: object)
        }
        if core.subscribers.isNeeded { core.emit(.reference, importer, object) }
        return ResourceReference(object: object, hold: hold)
    }

    // MARK: CPU access

    func beginCPUAccess(
        _ uuid: ResourceUUID, _ importer: ParticipantRecord, _ direction: Direction,
        _ deadline: UInt64
    ) throws(RegistryError) -> CPUAccess {
        let hold = Hold(
            kind: .cpu, importer: importer, directions: Directions(direction), isDynamic: false,
            onRevoked: { _ in }, willMove: {})
        let object: SharedObject
        let lease: Lease
        let memory: MemoryRange?
        do {
            lock.lock()
            defer { lock.unlock() }
            object = try find(uuid)
            guard !object.isMoving else { throw .moving }
            guard object.memory != nil || object.hooks?.mapForCPU != nil else { throw .notMappable }
            try core.require(importer)
            lease = try ask(
                direction.access, holder: importer, hold: hold, on: object, through: nil,
                {})
            add(hold, to: object)
            memory = object.memory
        }
        if object.isAskedElsewhere { advance(object) }
        do throws(RegistryError) {
            guard
                let memory = object.hooks?.mapForCPU.map({ $0(object, direction) }) ?? memory
            else { throw .notMappable }
            try lease.wait(untilNanos: deadline)
            object.hooks?.beginCPU?(object, direction)
            if core.subscribers.isNeeded { core.emit(.cpuAccess(direction), importer, object) }
            return CPUAccess(
                memory: memory, direction: direction, object: object, hold: hold, lease: lease)
        } catch {
            release(hold, of: object)
            throw error
        }
    }

    // MARK: Moves

    /// Moves the bytes: a writer's turn in the line of leases, during which nobody maps. [ATT-4]
    func move(
        _ object: SharedObject, to kind: BackingKinds, for participant: ParticipantRecord,
        untilNanos deadline: UInt64
    ) throws(RegistryError) {
        guard let move = object.hooks?.move else { throw .unsupported }
        let turn: Lease
        let dynamic: [Hold]
        let from: BackingKinds
        do {
            lock.lock()
            defer { lock.unlock() }
            guard object.isNamed else { throw .unknownObject }
            guard !object.isMoving else { throw .moving }
            guard !object.holds.contains(where: \.pinsBytes) else { throw .pinned }
            from = object.kind
            if from == kind { return }
            turn = try ask(.write, holder: object.exporter, hold: nil, on: object, through: nil, {})
            object.isMoving = true
            dynamic = object.holds.filter { $0.kind == .attachment }
        }
        if core.subscribers.isNeeded { core.emit(.lease(.write), object.exporter, object) }
        for hold in dynamic { hold.willMove() }
        var failure: RegistryError?
        do throws(RegistryError) { try turn.wait(untilNanos: deadline) } catch { failure = error }
        if failure == nil { unmapForMove(dynamic, of: object) }
        let placement = failure == nil ? move(object, kind) : nil
        if failure == nil, placement == nil { failure = .moveFailed }
        var aftermath = Aftermath()
        lock.lock()
        if let placement {
            object.kind = placement.backing.kind
            object.memory = placement.memory
        }
        object.isMoving = false
        wakeWaiters()
        freeIfUnused(object, &aftermath)
        lock.unlock()
        turn.end()
        core.finish(aftermath)
        if let failure { throw failure }
        core.statistics.moves.add(1, ordering: .relaxed)
        core.statistics.movedBytes.add(object.sizeBytes, ordering: .relaxed)
        if core.subscribers.isNeeded { core.emit(.move(from: from, to: kind), participant, object) }
    }

    private func unmapForMove(_ holds: [Hold], of object: SharedObject) {
        var stale: [Mapping] = []
        lock.lock()
        for hold in holds {
            stale += hold.mappings
            hold.mappings = []
        }
        lock.unlock()
        core.unmap(stale, of: object)
    }
}
