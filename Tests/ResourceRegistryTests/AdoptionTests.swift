// Objects of another process under their own names, whose leases that process grants too.

import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

/// The other process, which grants when it is told to.
private final class Elsewhere: Sendable {
    struct State {
        var asked: [(access: Lease.Access, grant: @Sendable () -> Void)] = []
        var downgrades = 0
        var ended = 0
        var isGone = false
    }
    private let state = Monitor(State())

    private final class Right: ForeignRight {
        private let elsewhere: Elsewhere
        init(_ elsewhere: Elsewhere) { self.elsewhere = elsewhere }
        deinit { elsewhere.state.withLock { $0.ended += 1 } }
        func downgradeToRead() { elsewhere.state.withLock { $0.downgrades += 1 } }
    }

    func ask(_ access: Lease.Access, _ grant: @escaping @Sendable () -> Void)
        -> (any ForeignRight)?
    {
        let isGone = state.withLock { state in
            if !state.isGone { state.asked.append((access, grant)) }
            return state.isGone
        }
        return isGone ? nil : Right(self)
    }

    var asked: [Lease.Access] { state.withLock { $0.asked.map(\.access) } }
    var ended: Int { state.withLock { $0.ended } }
    var downgrades: Int { state.withLock { $0.downgrades } }
    func grant(_ index: Int) { state.withLock { $0.asked[index].grant }() }
    func leave() { state.withLock { $0.isGone = true } }
}

@Suite("An adopted object")
struct AdoptionTests {
    private let registry = ResourceRegistry()
    private let peer: Participant
    private let importer: Participant
    private let memory: SharedMemory
    private let elsewhere = Elsewhere()
    private let uuid = ResourceUUID(high: 0x1234_5678_9abc_4def, low: 0x8000_0000_0000_0001)

    init() throws {
        peer = try registry.join(
            name: "peer", capabilities: DeviceCapabilities(exports: .sharedMemory, imports: []))
        importer = registry.join(name: "importer")
        memory = try SharedMemory(name: "adopted", sizeBytes: 0x1000)
    }

    private var description: ObjectDescription {
        var description = ObjectDescription(
            sizeBytes: 0x1000,
            backing: .sharedMemory(
                FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 0x1000)),
            memory: memory.range)
        let elsewhere = elsewhere
        description.hooks.askRight = { _, access, grant in elsewhere.ask(access, grant) }
        return description
    }

    private func adopt() throws -> SharedObject {
        try registry.adopt(uuid, description, by: peer)
    }

    private func attach(revoked: Count = Count()) throws -> Attachment {
        try registry.attach(
            uuid, by: importer, direction: .readWrite, onRevoked: { _ in revoked.add() })
    }

    @Test("has the name that it bears elsewhere, and nobody else gets that name")
    func name() throws {
        let object = try adopt()
        #expect(object.uuid == uuid && object.isForeign)
        #expect(try registry.object(named: uuid, for: importer) === object)
        #expect(throws: RegistryError.nameTaken) {
            _ = try registry.adopt(uuid, description, by: peer)
        }
        try registry.remove(object, by: peer)
        #expect(throws: RegistryError.unknownObject) { _ = try attach() }
        // The other process names it again.
        _ = try adopt()
        #expect(registry.counters.objects == 1)
    }

    @Test("has no name without random bits, and memory that has a descriptor")
    func refusals() throws {
        for name in [ResourceUUID.zero, .allOnes, ResourceUUID(high: 0, low: 1)] {
            #expect(throws: RegistryError.unknownObject) {
                _ = try registry.adopt(name, description, by: peer)
            }
        }
        let device = registry.join(name: "exports everything")
        var host = description
        host.backing = .hostMemory
        #expect(throws: RegistryError.unsupported) {
            _ = try registry.adopt(uuid, host, by: device)
        }
        #expect(registry.counters.objects == 0)
    }

    @Test("counts against what its exporter may have")
    func quota() throws {
        var limits = DeviceLimits()
        limits.bytesMax = 0x1fff
        let small = try registry.join(
            name: "small", capabilities: peer.capabilities, limits: limits)
        _ = try registry.adopt(uuid, description, by: small)
        var other = uuid
        other.low += 16
        #expect(throws: RegistryError.outOfQuota) {
            _ = try registry.adopt(other, description, by: small)
        }
        #expect(registry.counters.objects == 1)
    }

    @Test("is written when its turn has come here, and then when the other process says so")
    func lease() throws {
        _ = try adopt()
        let attachment = try attach()
        let granted = Count()
        let lease = try attachment.requestLease(.write) { granted.add() }
        #expect(!lease.isGranted)
        #expect(elsewhere.asked == [.write])
        elsewhere.grant(0)
        #expect(lease.isGranted && granted.now == 1)
        elsewhere.grant(0)
        #expect(granted.now == 1)
        lease.end()
        #expect(elsewhere.ended == 1)
    }

    @Test("is asked for elsewhere by one writer at a time: nobody waits for himself")
    func order() throws {
        _ = try adopt()
        let attachment = try attach()
        let first = try attachment.requestLease(.write)
        let second = try attachment.requestLease(.write)
        let readers = try (0..<2).map { _ in try attachment.requestLease(.read) }
        #expect(elsewhere.asked == [.write])
        elsewhere.grant(0)
        first.end()
        #expect(elsewhere.asked == [.write, .write])
        // One that waits elsewhere is given up: the next are asked for.
        second.end()
        #expect(elsewhere.asked == [.write, .write, .read, .read])
        #expect(elsewhere.ended == 2)
        elsewhere.grant(3)
        #expect(!readers[0].isGranted && readers[1].isGranted)
        elsewhere.grant(2)
        #expect(readers[0].isGranted)
    }

    @Test("becomes readable elsewhere before others read it here")
    func downgrade() throws {
        _ = try adopt()
        let attachment = try attach()
        let writer = try attachment.requestLease(.write)
        elsewhere.grant(0)
        let reader = try attachment.requestLease(.read)
        #expect(elsewhere.asked == [.write])
        writer.downgradeToRead()
        #expect(elsewhere.downgrades == 1)
        #expect(elsewhere.asked == [.write, .read])
        elsewhere.grant(1)
        #expect(reader.isGranted)
    }

    @Test("is a CPU's when the other process says so, and not past the bound")
    func cpu() throws {
        _ = try adopt()
        #expect(throws: RegistryError.timedOut) {
            _ = try registry.beginCPUAccess(
                uuid, by: importer, direction: .write, untilNanos: MonotonicClock.nowNanos)
        }
        #expect(elsewhere.asked == [.write])
        #expect(elsewhere.ended == 1)
        #expect(registry.counters.leases == 0)
    }

    @Test("is revoked when the other process goes: who waits waits no more, the memory stays")
    func departure() throws {
        let object = try adopt()
        let revoked = Count()
        let attachment = try attach(revoked: revoked)
        let waiting = try attachment.requestLease(.write)
        elsewhere.leave()
        registry.depart(peer)
        #expect(revoked.now == 1 && attachment.isRevoked)
        #expect(throws: RegistryError.revoked) {
            try waiting.wait(untilNanos: deadline(millis: 10_000))
        }
        #expect(throws: RegistryError.revoked) { _ = try attachment.requestLease(.read) }
        memory.range.write([5])
        #expect(attachment.memory.slice(offset: 0, count: 1)?.bytes() == [5])
        attachment.detach()
        #expect(registry.counters.objects == 0)
        #expect(elsewhere.ended == 1)
        withExtendedLifetime(object) {}
    }

    @Test("of which nobody can be asked any more is not granted")
    func nobodyToAsk() throws {
        _ = try adopt()
        let attachment = try attach()
        elsewhere.leave()
        let lease = try attachment.requestLease(.read)
        #expect(throws: RegistryError.timedOut) {
            try lease.wait(untilNanos: MonotonicClock.nowNanos)
        }
        lease.end()
        #expect(registry.counters.leases == 0)
    }

    @Test("has no descriptor to pass on: its own process is asked for that")
    func passingOn() throws {
        let object = try adopt()
        let hasFile = registry.duplicateFile(of: object) != nil
        let hasNamedFile = registry.duplicateFile(of: uuid, exportedBy: "peer") != nil
        #expect(!hasFile && !hasNamedFile)
    }
}
