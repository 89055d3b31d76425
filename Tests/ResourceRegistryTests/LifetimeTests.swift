// Taking back, dying and what is left: the clauses LIFE, QUOTA per device, OBS.

import Glibc
import LinuxSystem
import ResourceRegistry
import SharingModels
import SystemPackage
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@Suite("Taking back")
struct TakingBackTests {
    @Test("guest pages ends every attachment, and waits for the leases first [LIFE-1]")
    func withdraw() throws {
        let registry = ResourceRegistry()
        let unused = Count()
        let guest = try GuestPages("guest", in: registry, onUnused: { unused.add() })
        let device = registry.join(name: "device")
        let reasons = Monitor<[Revocation]>([])
        let attachment = try registry.attach(
            guest.object.uuid, by: device, direction: .write,
            onRevoked: { reason in reasons.withLock { $0.append(reason) } })
        let lease = try attachment.requestLease(.write)
        let waiting = try attachment.requestLease(.write)
        let thread = try WorkerThread(name: "dma") {
            while reasons.withLock({ $0.isEmpty }) { sched_yield() }
            lease.end()
        }
        try guest.unref(untilNanos: soon())
        thread.join()
        #expect(unused.now == 1)
        #expect(reasons.withLock { $0 } == [.withdrawn])
        #expect(throws: RegistryError.revoked) { try waiting.wait(untilNanos: soon()) }
        #expect(throws: RegistryError.revoked) { try attachment.mapping(.write) }
        #expect(throws: RegistryError.revoked) { try attachment.requestLease(.read) }
        attachment.detach()
        #expect(registry.counters.attachments == 0)
        #expect(registry.counters.leases == 0)
    }

    @Test("by reset ends what the device imported; a granted lease is waited for [LIFE-2]")
    func resetImports() throws {
        let domain = try Domain()
        let registry = domain.registry
        let object = try domain.export()
        let idle = try domain.attach(object)
        let busy = try domain.attach(object)
        let lease = try busy.requestLease(.write)
        let waiting = try idle.requestLease(.write)
        registry.reset(domain.importer)
        #expect(registry.counters.attachments == 1)
        #expect(!registry.waitUntilIdle(domain.importer, untilNanos: deadline(millis: 2)))
        #expect(throws: RegistryError.revoked) { try waiting.wait(untilNanos: soon()) }
        let thread = try WorkerThread(name: "worker") { lease.end() }
        #expect(registry.waitUntilIdle(domain.importer, untilNanos: soon()))
        thread.join()
        // The object is the exporter's: it has not changed.
        #expect(try domain.attach(object).object === object)
    }

    @Test("from a dead exporter leaves importers valid memory and an error [LIFE-3]")
    func exporterDies() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let importer = registry.join(name: "importer")
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        let heard = Monitor<[Revocation]>([])
        let attachment = try registry.attach(
            object.uuid, by: importer, direction: .read,
            onRevoked: { reason in heard.withLock { $0.append(reason) } })
        registry.depart(gpu.participant)
        #expect(heard.withLock { $0 } == [.exporterReset])
        #expect(throws: RegistryError.revoked) { try attachment.requestLease(.read) }
        #expect(attachment.memory.bytes().count == 4096)
        #expect(throws: RegistryError.unknownParticipant) {
            try gpu.allocate(sizeBytes: 1, in: .sharedMemory)
        }
        attachment.detach()
        #expect(registry.counters.objects == 0)
        withExtendedLifetime(buffer) {}
    }

    @Test("is the exporter's, a UUID is not published twice [LIFE-4]")
    func exporterOnly() throws {
        let domain = try Domain()
        let object = try domain.export()
        #expect(throws: RegistryError.notExporter) {
            try domain.registry.withdraw(object, by: domain.importer, untilNanos: soon())
        }
        #expect(throws: RegistryError.notExporter) {
            try domain.registry.markLost(object, by: domain.importer)
        }
        #expect(
            try domain.registry.object(named: object.uuid, for: domain.importer) === object)
    }

    @Test("a domain frees everything: descriptors, mappings, bytes [LIFE-5]")
    func wholeDomain() throws {
        let name = "life-5-object"
        for _ in 0..<20 {
            let unused = Count()
            var attachment: Attachment?
            do {
                let registry = ResourceRegistry()
                let exporter = registry.join(name: "exporter")
                let importer = registry.join(name: "importer")
                for index in 0..<8 {
                    let memory = try SharedMemory(name: name, sizeBytes: 4096)
                    let object = try registry.export(
                        by: exporter, sizeBytes: 4096, memory: memory.range,
                        onUnused: { _ in
                            withExtendedLifetime(memory) {}
                            unused.add()
                        })
                    let held = try registry.attach(
                        object.uuid, by: importer, direction: .readWrite)
                    if index == 0 {
                        attachment = held
                        // A fence that never passes does not keep it either.
                        try held.requestLease(.write).end(after: Fence())
                    }
                }
                #expect(try ProcessCounts.mappings(named: name) == 8)
                #expect(ProcessCounts.descriptors(named: name) == 8)
                registry.depart(importer)
            }
            #expect(unused.now == 8)
            attachment = nil
            #expect(try ProcessCounts.mappings(named: name) == 0)
            #expect(ProcessCounts.descriptors(named: name) == 0)
            withExtendedLifetime(attachment) {}
        }
    }

    @Test("and giving out: a new object reads as zero [LIFE-6]")
    func zeroed() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        for _ in 0..<16 {
            let (object, buffer) = try gpu.allocate(sizeBytes: 8192, in: .sharedMemory)
            #expect(buffer.memory.range.bytes().allSatisfy { $0 == 0 })
            buffer.memory.range.fill(0xee)
            try registry.remove(object, by: gpu.participant)
        }
    }

    @Test("what died with its process is lost: unknown, and its users are told [LIFE-7]")
    func lost() throws {
        let registry = ResourceRegistry()
        let exporter = registry.join(name: "worker")
        let importer = registry.join(name: "importer")
        let memory = try SharedMemory(name: "object", sizeBytes: 4096)
        func make() throws -> SharedObject {
            try registry.export(
                by: exporter, sizeBytes: 4096, memory: memory.range, onUnused: { _ in })
        }
        let (one, other) = (try make(), try make())
        let heard = Monitor<[Revocation]>([])
        let attachments = try [one, other].map { object in
            try registry.attach(
                object.uuid, by: importer, direction: .read,
                onRevoked: { reason in heard.withLock { $0.append(reason) } })
        }
        try registry.markLost(one, by: exporter)
        #expect(throws: RegistryError.lost) { try attachments[0].mapping(.read) }
        #expect(!attachments[1].isRevoked)
        registry.depart(exporter)
        #expect(heard.withLock { $0 } == [.lost, .lost])
        for attachment in attachments {
            #expect(throws: RegistryError.lost) { try attachment.requestLease(.read) }
        }
        #expect(throws: RegistryError.unknownObject) {
            try registry.attach(other.uuid, by: importer, direction: .read)
        }
    }
}

@Suite("A device's limits")
struct DeviceLimitTests {
    @Test("stand beside the domain's: past one nothing is half-made [QUOTA-1]")
    func perDevice() throws {
        let registry = ResourceRegistry()
        var limits = DeviceLimits()
        limits.objectsMax = 2
        limits.bytesMax = 0x3000
        limits.attachmentsMax = 1
        limits.leasesMax = 1
        let tight = try registry.join(name: "tight", capabilities: .cpu, limits: limits)
        let free = registry.join(name: "free")
        let memory = try SharedMemory(name: "object", sizeBytes: 0x1000)
        func export(_ size: UInt64, by device: Participant) throws(RegistryError) -> SharedObject {
            try registry.export(
                by: device, sizeBytes: size, memory: memory.range, onUnused: { _ in })
        }
        func refused(_ body: () throws -> Void) {
            let before = registry.counters
            #expect(throws: RegistryError.outOfQuota) { try body() }
            #expect(registry.counters == before)
        }
        let first = try export(0x1000, by: tight)
        refused { _ = try export(0x2001, by: tight) }
        try registry.charge(0x1000, to: tight)
        refused { try registry.charge(0x1001, to: tight) }
        refused { _ = try export(0x1001, by: tight) }
        registry.refund(0x1000, to: tight)
        let second = try export(0x2000, by: tight)
        refused { _ = try export(0, by: tight) }
        let theirs = try export(0x1000, by: free)
        let held = try registry.attach(theirs.uuid, by: tight, direction: .readWrite)
        refused { _ = try registry.attach(theirs.uuid, by: tight, direction: .read) }
        let lease = try held.requestLease(.read)
        refused { _ = try held.requestLease(.read) }
        lease.end()
        #expect(try held.requestLease(.read).isGranted)
        withExtendedLifetime((first, second)) {}
    }

    @Test("hold for listeners and devices, too [QUOTA-1]")
    func others() throws {
        var limits = RegistryLimits()
        limits.subscriptionsMax = 1
        limits.participantsMax = 1
        let registry = ResourceRegistry(limits: limits)
        var first: Subscription? = try registry.subscribe { _ in }
        #expect(throws: RegistryError.outOfQuota) { try registry.subscribe { _ in } }
        withExtendedLifetime(first) {}
        first = nil
        _ = try registry.subscribe { _ in }
        _ = try registry.join(name: "one", capabilities: .cpu)
        #expect(throws: RegistryError.outOfQuota) {
            try registry.join(name: "two", capabilities: .cpu)
        }
    }

    @Test("hold before anything is computed: a layout must lie inside its object [QUOTA-2]")
    func layouts() throws {
        let registry = ResourceRegistry()
        let device = registry.join(name: "device")
        func export(_ planes: [PixelLayout.Plane]) throws(RegistryError) {
            let layout = PixelLayout(
                format: PixelFormat(.nv12), width: 1, height: 1, planes: planes)
            _ = try registry.export(
                ObjectDescription(sizeBytes: 100, backing: .deviceMemory, layout: layout),
                by: device)
        }
        try export([.init(offsetBytes: 10, strideBytes: 9, rows: 10)])
        for (offset, stride, rows) in [
            (UInt64(11), UInt64(9), UInt64(10)), (0, .max, 2), (.max, 1, 1), (.max, .max, .max),
        ] {
            #expect(throws: RegistryError.badLayout) {
                try export([.init(offsetBytes: offset, strideBytes: stride, rows: rows)])
            }
        }
        #expect(throws: RegistryError.badLayout) {
            try export(
                Array(repeating: .init(offsetBytes: 0, strideBytes: 1, rows: 1), count: 9))
        }
    }
}

@Suite("What can be seen")
struct ObservationTests {
    @Test("each thing that happens is an event, and the sums agree [OBS-1]")
    func events() throws {
        let registry = ResourceRegistry()
        let events = Monitor<[RegistryEvent]>([])
        let subscription = try registry.subscribe { event in
            _ = registry.counters  // No lock is held here.
            events.withLock { $0.append(event) }
        }
        let gpu = try ModelGPU("gpu", in: registry)
        let other = try ModelGPU("other", in: registry)
        let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .deviceMemory)
        let attachment = try registry.import(
            object.uuid, by: other.participant, directions: .read, untilNanos: soon()
        ).attachment
        try attachment?.requestLease(.read).end()
        try registry.remove(object, by: gpu.participant)
        attachment?.detach()
        let seen = events.withLock { $0 }
        #expect(
            seen.map(\.kind) == [
                .join, .join, .export, .lease(.write), .leaseEnd(.write),
                .move(from: .deviceMemory, to: .sharedMemory), .attach, .lease(.read),
                .leaseEnd(.read), .revoke(.removed), .detach, .free,
            ])
        #expect(seen.map(\.sequence) == seen.map(\.sequence).sorted())
        #expect(seen.map(\.timeNanos) == seen.map(\.timeNanos).sorted())
        #expect(seen.dropFirst(2).allSatisfy { $0.object == object.uuid && $0.bytes == 4096 })
        let counters = registry.counters
        #expect(counters.aliveBytes == counters.exportedBytes - counters.freedBytes)
        withExtendedLifetime(subscription) {}
    }

    @Test("a snapshot names every object, its layout, holders and leases [OBS-2]")
    func snapshot() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu \"0\"\n", in: registry)
        let other = try ModelGPU("other", in: registry)
        let layout = PixelLayout(
            format: PixelFormat(.nv12, modifier: 0x0100_0000_0000_0002), width: 64, height: 32,
            planes: [
                .init(offsetBytes: 0, strideBytes: 64, rows: 32),
                .init(offsetBytes: 2048, strideBytes: 64, rows: 16),
            ], colour: .init(space: .rec709, encoding: .e709, range: .limRange))
        let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory, layout: layout)
        let attachment = try #require(
            try registry.import(object.uuid, by: other.participant, directions: .readWrite)
                .attachment)
        let writer = try attachment.requestLease(.write)
        let reader = try attachment.requestLease(.read)
        let text = registry.report(.text)
        #expect(text.contains(object.uuid.description))
        #expect(text.contains("NV12:0x100000000000002 64x32"))
        #expect(text.contains("other (rw, dynamic)"))
        #expect(text.contains("other write granted, other read waits"))
        #expect(text.contains("1 objects, 4096 bytes alive = 4096 exported - 0 freed"))
        let json = registry.report(.json)
        #expect(
            json.hasPrefix(#"{"objects":[{"uuid":"\#(object.uuid)","exporter":"gpu \"0\"\u000a""#))
        #expect(json.contains(#""fourcc":"NV12","modifier":"0x100000000000002","width":64"#))
        #expect(json.contains(#""planes":[{"offset":0,"stride":64,"rows":32},{"#))
        #expect(
            json.contains(
                #"{"holder":"other","access":"read","granted":false,"waitsForFence":false}"#))
        try registry.remove(object, by: gpu.participant)
        #expect(registry.snapshot().objects.map(\.state) == [.removed])
        // The importer needs nothing but the UUID: the layout comes with it.
        #expect(attachment.object.layout == layout)
        withExtendedLifetime((writer, reader)) {}
    }
}
