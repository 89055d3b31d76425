// Holding an object, and what happens to it: the clauses ATT, LIFE and QUOTA.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@Suite("An attachment")
struct AttachmentTests {
    @Test("maps the object's bytes when it is made [ATT-1] [CAP-5]")
    func memory() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        #expect(attachment.memory == domain.shared.range)
        attachment.memory.fill(0x5a)
        #expect(domain.shared.range.bytes() == Array(repeating: 0x5a, count: 0x1000))
    }

    @Test("is refused for an object without a CPU view [CPU-1]")
    func notMappable() throws {
        let domain = try Domain()
        let object = try domain.registry.export(
            by: domain.exporter, sizeBytes: 1, memory: nil, onUnused: { _ in })
        #expect(throws: RegistryError.notMappable) { try domain.attach(object) }
        #expect(domain.registry.counters.attachments == 0)
    }

    @Test(
        "gives the leases of its direction and no others [ATT-2]",
        arguments: [
            (Direction.read, Lease.Access.read, true), (.read, .write, false),
            (.write, .write, true), (.write, .read, true),
            (.readWrite, .read, true), (.readWrite, .write, true),
        ])
    func directions(direction: Direction, access: Lease.Access, isAllowed: Bool) throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export(), direction)
        if isAllowed {
            #expect(try attachment.requestLease(access).isGranted)
        } else {
            #expect(throws: RegistryError.directionConflict) {
                try attachment.requestLease(access)
            }
        }
        #expect(domain.registry.counters.leases == 0)
    }

    @Test("ends by detach, once, or with its last reference")
    func detach() throws {
        let domain = try Domain()
        let object = try domain.export()
        let attachment = try domain.attach(object)
        #expect(domain.registry.counters.attachments == 1)
        attachment.detach()
        #expect(domain.registry.counters.attachments == 0)
        attachment.detach()
        #expect(domain.registry.counters.attachments == 0)
        var second: Attachment? = try domain.attach(object)
        #expect(second?.object === object)
        #expect(domain.registry.counters.attachments == 1)
        second = nil
        #expect(domain.registry.counters.attachments == 0)
        #expect(domain.registry.counters.attaches == 2)
    }

    @Test("keeps the memory after removal: it is unused with the last detach, once [LIFE-1]")
    func life() throws {
        let domain = try Domain()
        let (unused, revoked) = (Count(), Count())
        let object = try domain.export(unused: unused)
        let first = try domain.attach(object, revoked: revoked)
        let second = try domain.attach(object, revoked: revoked)
        try domain.registry.remove(object, by: domain.exporter)
        #expect(throws: RegistryError.unknownObject) { try domain.attach(object) }
        #expect(revoked.now == 2)
        #expect(unused.now == 0)
        first.detach()
        #expect(unused.now == 0)
        #expect(domain.registry.counters.aliveBytes == 0x1000)
        second.detach()
        #expect(unused.now == 1)
        second.detach()
        #expect(unused.now == 1)
        #expect(domain.registry.counters.aliveBytes == 0)
        #expect(domain.registry.counters.objects == 0)
    }

    @Test("that nobody made leaves the object unused as soon as it is removed [LIFE-1]")
    func unusedAtOnce() throws {
        let domain = try Domain()
        let unused = Count()
        let object = try domain.export(unused: unused)
        try domain.attach(object).detach()
        #expect(unused.now == 0)
        try domain.registry.remove(object, by: domain.exporter)
        #expect(unused.now == 1)
    }

    @Test("is told of the revocation once, however it comes [LIFE-3]")
    func revokedOnce() throws {
        let domain = try Domain()
        let revoked = Count()
        let attachment = try domain.attach(domain.export(), revoked: revoked)
        domain.registry.reset(domain.exporter)
        #expect(revoked.now == 1)
        domain.registry.reset(domain.exporter)
        #expect(revoked.now == 1)
        #expect(domain.registry.counters.revocations == 1)
        // The memory stays valid until the importer lets go.
        attachment.memory.fill(1)
        attachment.detach()
        #expect(revoked.now == 1)
    }

    @Test("learns why it was revoked, and knows it from then on [LIFE-3]")
    func revocation() throws {
        let domain = try Domain()
        let reasons = Monitor<[Revocation]>([])
        func attach(_ object: SharedObject) throws -> Attachment {
            try domain.registry.attach(
                object.uuid, by: domain.importer, direction: .read,
                onRevoked: { reason in reasons.withLock { $0.append(reason) } })
        }
        let (removed, reset) = (try domain.export(), try domain.export())
        let (first, second) = (try attach(removed), try attach(reset))
        #expect(!first.isRevoked)
        try domain.registry.remove(removed, by: domain.exporter)
        #expect(reasons.withLock { $0 } == [.removed])
        #expect(first.isRevoked)
        #expect(!second.isRevoked)
        domain.registry.reset(domain.exporter)
        #expect(reasons.withLock { $0 } == [.removed, .exporterReset])
        #expect(second.isRevoked)
    }

    @Test("that is gone is told of nothing")
    func notRevoked() throws {
        let domain = try Domain()
        let (revoked, unused) = (Count(), Count())
        let object = try domain.export(unused: unused)
        try domain.attach(object, revoked: revoked).detach()
        try domain.registry.remove(object, by: domain.exporter)
        #expect(revoked.now == 0)
        #expect(unused.now == 1)
    }

    @Test("may call the registry from its callbacks: no lock is held there [ATT-5]")
    func callbacks() throws {
        let domain = try Domain()
        let registry = domain.registry
        let calls = Count()
        let object = try registry.export(
            by: domain.exporter, sizeBytes: 1, memory: domain.shared.range,
            onUnused: { [exporter = domain.exporter] _ in
                _ = registry.counters
                registry.reset(exporter)
                calls.add()
            })
        let held = Monitor<Attachment?>(nil)
        let attachment = try registry.attach(
            object.uuid, by: domain.importer, direction: .read,
            onRevoked: { _ in
                let attachment = held.withLock { held in
                    defer { held = nil }
                    return held
                }
                attachment?.detach()
                calls.add()
            })
        held.withLock { $0 = attachment }
        try registry.remove(object, by: domain.exporter)
        #expect(calls.now == 2)
        #expect(registry.counters.aliveBytes == 0)
    }
}

@Suite("Removal")
struct RemovalTests {
    @Test("is the exporter's alone [LIFE-4]")
    func exporterOnly() throws {
        let domain = try Domain()
        let object = try domain.export()
        #expect(throws: RegistryError.notExporter) {
            try domain.registry.remove(object, by: domain.importer)
        }
        #expect(try domain.attach(object).object === object)
        try domain.registry.remove(object, by: domain.exporter)
        #expect(throws: RegistryError.unknownObject) {
            try domain.registry.remove(object, by: domain.exporter)
        }
    }

    @Test("of an attached object a second time is refused too")
    func twiceAttached() throws {
        let domain = try Domain()
        let unused = Count()
        let object = try domain.export(unused: unused)
        let attachment = try domain.attach(object)
        try domain.registry.remove(object, by: domain.exporter)
        #expect(throws: RegistryError.unknownObject) {
            try domain.registry.remove(object, by: domain.exporter)
        }
        attachment.detach()
        #expect(unused.now == 1)
    }

    @Test("by a reset takes the exporter's objects and nobody else's [LIFE-2]")
    func reset() throws {
        let domain = try Domain()
        let (mine, theirs) = (Count(), Count())
        _ = try domain.export(unused: mine)
        _ = try domain.export(unused: mine)
        let other = try domain.registry.export(
            by: domain.importer, sizeBytes: 7, memory: domain.shared.range,
            onUnused: { _ in theirs.add() })
        domain.registry.reset(domain.exporter)
        #expect(mine.now == 2)
        #expect(theirs.now == 0)
        #expect(domain.registry.counters.aliveBytes == 7)
        let back = try domain.registry.attach(
            other.uuid, by: domain.exporter, direction: .read)
        #expect(back.object === other)
        // The participant stays joined.
        #expect(try domain.export().sizeBytes == 0x1000)
    }

    @Test("can wait, with a bound, until importers have let go [LIFE-2]")
    func waitUntilUnused() throws {
        let domain = try Domain()
        let registry = domain.registry
        let attachment = try domain.attach(domain.export())
        registry.reset(domain.exporter)
        #expect(
            !registry.waitUntilUnused(exporter: domain.exporter, untilNanos: deadline(millis: 5)))
        let thread = try WorkerThread(name: "importer") { attachment.detach() }
        #expect(
            registry.waitUntilUnused(
                exporter: domain.exporter, untilNanos: deadline(millis: 10_000)))
        thread.join()
        #expect(
            registry.waitUntilUnused(exporter: domain.exporter, untilNanos: deadline(millis: 1)))
    }
}

@Suite("A domain's limits")
struct QuotaTests {
    @Test("of objects: the next one is refused and changes nothing [QUOTA-1]")
    func objects() throws {
        var limits = RegistryLimits()
        limits.objectsMax = 2
        let domain = try Domain(limits: limits)
        let unused = Count()
        let first = try domain.export(unused: unused)
        _ = try domain.export(unused: unused)
        let before = domain.registry.counters
        #expect(throws: RegistryError.outOfQuota) { try domain.export(unused: unused) }
        #expect(domain.registry.counters == before)
        #expect(unused.now == 0)
        // A removed object counts as long as somebody holds it.
        let attachment = try domain.attach(first)
        try domain.registry.remove(first, by: domain.exporter)
        #expect(throws: RegistryError.outOfQuota) { try domain.export() }
        attachment.detach()
        #expect(try domain.export().sizeBytes == 0x1000)
    }

    @Test(
        "of bytes: all objects together, no sum overflows [QUOTA-1]",
        arguments: [UInt64(1), 0x1001, UInt64.max, UInt64.max - 0xfff])
    func bytes(excess: UInt64) throws {
        var limits = RegistryLimits()
        limits.bytesMax = 0x2000
        let domain = try Domain(limits: limits)
        _ = try domain.export()
        _ = try domain.registry.export(
            by: domain.exporter, sizeBytes: 0x1000, memory: nil, onUnused: { _ in })
        let before = domain.registry.counters
        #expect(throws: RegistryError.outOfQuota) {
            try domain.registry.export(
                by: domain.exporter, sizeBytes: excess, memory: nil, onUnused: { _ in })
        }
        #expect(domain.registry.counters == before)
        #expect(
            try domain.registry.export(
                by: domain.exporter, sizeBytes: 0, memory: nil, onUnused: { _ in }
            ).sizeBytes == 0)
    }

    @Test("of attachments: of the whole domain [QUOTA-1]")
    func attachments() throws {
        var limits = RegistryLimits()
        limits.attachmentsMax = 2
        let domain = try Domain(limits: limits)
        let (a, b) = (try domain.export(), try domain.export())
        let first = try domain.attach(a)
        let second = try domain.attach(b)
        let before = domain.registry.counters
        #expect(throws: RegistryError.outOfQuota) { try domain.attach(a) }
        #expect(domain.registry.counters == before)
        first.detach()
        #expect(try domain.attach(a).object === a)
        second.detach()
    }

    @Test("of leases: of each object, granted or not [QUOTA-1]")
    func leases() throws {
        var limits = RegistryLimits()
        limits.leasesPerObjectMax = 2
        let domain = try Domain(limits: limits)
        let (a, b) = (try domain.export(), try domain.export())
        let (onA, onB) = (try domain.attach(a), try domain.attach(b))
        let first = try onA.requestLease(.write)
        let second = try onA.requestLease(.write)
        let before = domain.registry.counters
        #expect(throws: RegistryError.outOfQuota) { try onA.requestLease(.read) }
        #expect(throws: RegistryError.outOfQuota) {
            try domain.registry.beginOpaqueRead(of: a)
        }
        #expect(domain.registry.counters == before)
        #expect(try onB.requestLease(.write).isGranted)
        first.end()
        #expect(second.isGranted)
        #expect(try !onA.requestLease(.read).isGranted)
    }

    @Test("leave counters that add up: alive = exported - freed [OBS-1]")
    func counters() throws {
        let domain = try Domain()
        // All zero.
        var counters = domain.registry.counters
        let a = try domain.export()
        let b = try domain.export()
        let attachment = try domain.attach(a)
        let lease = try attachment.requestLease(.read)
        counters.objects = 2
        counters.attachments = 1
        counters.leases = 1
        counters.aliveBytes = 0x2000
        counters.exportedBytes = 0x2000
        counters.exports = 2
        counters.attaches = 1
        #expect(domain.registry.counters == counters)
        try domain.registry.remove(a, by: domain.exporter)
        try domain.registry.remove(b, by: domain.exporter)
        counters.objects = 1
        counters.aliveBytes = 0x1000
        counters.freedBytes = 0x1000
        counters.revocations = 1
        #expect(domain.registry.counters == counters)
        attachment.detach()
        counters.objects = 0
        counters.attachments = 0
        counters.leases = 0
        counters.aliveBytes = 0
        counters.freedBytes = 0x2000
        #expect(domain.registry.counters == counters)
        lease.end()
        #expect(domain.registry.counters == counters)
    }
}
