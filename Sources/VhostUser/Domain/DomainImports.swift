// What this process has of the other one's objects. [DOM-004] [DOM-005]
// Invariant: no callback of the registry's runs under the lock here, and none is made under it.

internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioWire

/// The importing side of one connection. Any thread may ask; the link's thread brings the answers.
final class DomainImports: Sendable {
    private struct State {
        var lastNumber: UInt64 = 0
        /// Look-ups that are under way.
        var queries: [UInt64: Query] = [:]
        var adopted: [UInt64: SharedObject] = [:]
        /// What to call when a lease is granted.
        var asked: [UInt64: @Sendable () -> Void] = [:]
        var isOver = false
    }

    private struct Query {
        let uuid: ResourceUUID
        /// Once it has come.
        var answer: Result<Void, RegistryError>?
    }

    private let state = Monitor(State())
    private let domain: ResourceRegistry
    /// Stands for the other process.
    private let peer: Participant
    private let post: @Sendable (DomainMessage) -> Void

    static let bytesMax: UInt64 = 4 << 30

    init(
        _ domain: ResourceRegistry, peer: Participant,
        post: @escaping @Sendable (DomainMessage) -> Void
    ) {
        self.domain = domain
        self.peer = peer
        self.post = post
    }

    // MARK: Any thread

    /// Asks for an object and waits until the domain has it; false when no answer came in time.
    func find(_ uuid: ResourceUUID, untilNanos deadline: UInt64) throws(RegistryError) -> Bool {
        let number = state.withLock { state -> UInt64? in
            guard !state.isOver else { return nil }
            state.lastNumber += 1
            state.queries[state.lastNumber] = Query(uuid: uuid)
            return state.lastNumber
        }
        guard let number else { throw .unknownObject }
        post(DomainMessage(.lookUp, number: number, uuid: uuid))
        let answer = state.wait(untilNanos: deadline) { state -> Result<Void, RegistryError>? in
            if let answer = state.queries[number]?.answer { return answer }
            return state.isOver ? .failure(.unknownObject) : nil
        }
        state.withLock { _ = $0.queries.removeValue(forKey: number) }
        guard let answer else { return false }
        try answer.get()
        return true
    }

    /// A lease's turn has come here: now it is the exporter's.
    private func ask(
        _ handle: UInt64, _ access: Lease.Access, _ onGranted: @escaping @Sendable () -> Void
    ) -> Right? {
        let number = state.withLock { state -> UInt64? in
            guard !state.isOver else { return nil }
            state.lastNumber += 1
            state.asked[state.lastNumber] = onGranted
            return state.lastNumber
        }
        guard let number else { return nil }
        post(
            DomainMessage(.ask, number: number, value: access == .write ? 1 : 0, extra: handle))
        return Right(number, self)
    }

    private func end(_ number: UInt64) {
        let call = state.withLock { $0.asked.removeValue(forKey: number) }
        post(DomainMessage(.end, number: number))
        withExtendedLifetime(call) {}
    }

    /// Goes back with its last reference.
    private final class Right: ForeignRight {
        private let number: UInt64
        private let imports: DomainImports

        init(_ number: UInt64, _ imports: DomainImports) {
            self.number = number
            self.imports = imports
        }

        deinit { imports.end(number) }

        func downgradeToRead() { imports.post(DomainMessage(.downgrade, number: number)) }
    }

    // MARK: The link's thread

    /// - Throws: `malformed` for an answer to what was not asked. [DOM-002]
    func take(_ found: DomainMessage, _ file: consuming OwnedDescriptor?) throws(VhostUserError) {
        let query = state.withLock { $0.queries[found.number] }
        guard let query, query.uuid == found.uuid, query.answer == nil,
            let outcome = DomainMessage.Outcome(rawValue: found.value)
        else { throw .malformed }
        let result: Result<Void, RegistryError>
        switch outcome {
        case .unknown: result = .failure(.unknownObject)
        case .needsCopy: result = .failure(.needsCopy)
        case .found:
            guard let file else { throw .malformed }
            do throws(RegistryError) {
                try adopt(found, file)
                result = .success(())
            } catch {
                result = .failure(error)
                post(DomainMessage(.drop, number: found.number))
            }
        }
        state.update { $0.queries[found.number]?.answer = result }
    }

    private func adopt(_ found: DomainMessage, _ file: consuming OwnedDescriptor)
        throws(RegistryError)
    {
        let mapping: ForeignMapping
        do throws(Errno) {
            mapping = try ForeignMapping(file, sizeBytes: found.extra, sizeMax: Self.bytesMax)
        } catch { throw .notMappable }
        var description = ObjectDescription(
            sizeBytes: found.extra,
            backing: .sharedMemory(
                FileRange(descriptor: mapping.descriptor, offset: 0, sizeBytes: found.extra)),
            memory: mapping.range)
        description.hooks.map = { _, _ in mapping.isLost ? nil : .memory(mapping.range) }
        let number = found.number
        description.hooks.askRight = { [weak self] _, access, onGranted in
            self?.ask(number, access, onGranted)
        }
        let object: SharedObject
        do throws(RegistryError) {
            object = try domain.adopt(found.uuid, description, by: peer) { [post] _ in
                withExtendedLifetime(mapping) { post(DomainMessage(.drop, number: number)) }
            }
        } catch {
            // Somebody else of this process has asked for it meanwhile.
            guard error == .nameTaken else { throw error }
            return post(DomainMessage(.drop, number: number))
        }
        state.withLock { $0.adopted[number] = object }
    }

    func grant(_ number: UInt64) {
        state.withLock { $0.asked.removeValue(forKey: number) }?()
    }

    /// [DOM-006]
    func revoke(_ handle: UInt64, _ reason: DomainMessage.Reason) {
        guard let object = state.withLock({ $0.adopted.removeValue(forKey: handle) }) else {
            return
        }
        switch reason {
        case .removed: try? domain.remove(object, by: peer)
        case .lost: try? domain.markLost(object, by: peer)
        // A codec that has it is told, and ends by itself: the memory stays as long as it does.
        case .takenBack: try? domain.withdraw(object, by: peer, untilNanos: 0)
        }
    }

    /// The other process has gone. Who waits for it waits no more; what it exported is taken back by
    /// the peer's departure. [DOM-007]
    func end() {
        let asked = state.update { state in
            state.isOver = true
            defer {
                state.asked = [:]
                state.adopted = [:]
            }
            return (state.asked, state.adopted)
        }
        withExtendedLifetime(asked) {}
    }
}

extension DomainMessage {
    /// Why an exporter takes an object back.
    enum Reason: UInt64 {
        case removed = 0
        case takenBack = 1
        case lost = 2

        init(_ revocation: Revocation) {
            switch revocation {
            case .removed: self = .removed
            case .exporterReset, .withdrawn: self = .takenBack
            case .lost: self = .lost
            }
        }
    }
}
