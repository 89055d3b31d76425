// Directions, static and dynamic mappings, CPU access: the clauses ATT and CPU; ID-2 and ID-3.

import Glibc
import LinuxSystem
import ResourceRegistry
import SharingModels
import SystemPackage
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

/// An exporter that maps each direction apart, from a memfd, and counts.
private struct Mapper {
    let registry = ResourceRegistry()
    let memory: SharedMemory
    let exporter: Participant
    let importer: Participant
    let object: SharedObject
    let mapped = Monitor<[Direction]>([])
    let unmapped = Monitor<[Direction]>([])
    private let kept = Monitor<[FileMapping]>([])

    init() throws {
        memory = try SharedMemory(name: "object", sizeBytes: 8192)
        exporter = registry.join(name: "exporter")
        importer = registry.join(name: "importer")
        let range = FileRange(descriptor: memory.descriptor, offset: 100, sizeBytes: 4096)
        var description = ObjectDescription(
            sizeBytes: 4096, backing: .sharedMemory(range),
            memory: memory.range.slice(offset: 100, count: 4096))
        description.hooks.map = { [mapped, kept] _, direction in
            let mapping = try? FileMapping(
                range.descriptor, offset: Int(range.offset), sizeBytes: Int(range.sizeBytes),
                protection: direction == .read ? .read : .readWrite)
            guard let mapping else { return nil }
            mapped.withLock { $0.append(direction) }
            kept.withLock { $0.append(mapping) }
            return .memory(mapping.range)
        }
        description.hooks.unmap = { [unmapped, kept] _, direction, address in
            unmapped.withLock { $0.append(direction) }
            kept.withLock { kept in kept.removeAll { .memory($0.range) == address } }
        }
        object = try registry.export(description, by: exporter)
    }

    func attach(_ directions: Directions) throws -> Attachment {
        let imported = try registry.import(object.uuid, by: importer, directions: directions)
        return try #require(imported.attachment)
    }
}

@Suite("A mapping")
struct MappingTests {
    @Test("is made once for each direction, and kept until detach [ATT-1]")
    func oncePerDirection() throws {
        let mapper = try Mapper()
        let attachment = try mapper.attach([.read, .write])
        #expect(mapper.mapped.withLock { $0 } == [.read, .write])
        let (read, write) = (try attachment.mapping(.read), try attachment.mapping(.write))
        #expect(read != write)
        #expect(try attachment.mapping(.read) == read)
        #expect(try attachment.mapping(.write) == write)
        #expect(mapper.mapped.withLock { $0.count } == 2)
        write.memory?.write([1, 2, 3])
        #expect(read.memory?.slice(offset: 0, count: 3)?.bytes() == [1, 2, 3])
        #expect(mapper.unmapped.withLock { $0 } == [])
        attachment.detach()
        #expect(mapper.unmapped.withLock { $0 } == [.read, .write])
    }

    @Test("of a direction that was not asked for is refused; readWrite serves both [ATT-2]")
    func conflict() throws {
        let mapper = try Mapper()
        let reader = try mapper.attach(.read)
        for direction in [Direction.write, .readWrite] {
            #expect(throws: RegistryError.directionConflict) { try reader.mapping(direction) }
        }
        let writer = try mapper.attach(.write)
        #expect(throws: RegistryError.directionConflict) { try writer.mapping(.read) }
        let both = try mapper.attach(.readWrite)
        let one = try both.mapping(.readWrite)
        #expect(try both.mapping(.read) == one)
        #expect(try both.mapping(.write) == one)
        // Two directions apart are not the one for both.
        let apart = try mapper.attach([.read, .write])
        #expect(throws: RegistryError.directionConflict) { try apart.mapping(.readWrite) }
        #expect(throws: RegistryError.directionConflict) { try mapper.attach([]) }
    }

    @Test("is dynamic only if both sides are: else the attachment pins [ATT-3]")
    func dynamicBoth() throws {
        for (exporterIs, importerIs) in [
            (true, true), (true, false), (false, true), (false, false),
        ] {
            let registry = ResourceRegistry()
            let gpu = try ModelGPU("gpu", in: registry, isDynamic: exporterIs)
            let other = try ModelGPU("other", in: registry, isDynamic: importerIs)
            let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
            let attachment = try #require(
                try registry.import(object.uuid, by: other.participant, directions: .read)
                    .attachment)
            #expect(attachment.isDynamic == (exporterIs && importerIs))
            if !attachment.isDynamic {
                #expect(throws: RegistryError.pinned) {
                    try registry.move(
                        object, to: .deviceMemory, by: gpu.participant, untilNanos: soon())
                }
            }
        }
    }

    @Test("goes before a move, after the leases; the next has the same bytes [ATT-4]")
    func move() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let other = try ModelGPU("other", in: registry)
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        buffer.memory.range.fill(0x42)
        let lease = Monitor<Lease?>(nil)
        let heard = Count()
        let kinds = Monitor<[BackingKinds]>([])
        // Kept mapped: the moved bytes cannot come to the same address.
        let old = buffer.memory
        let attachment = try #require(
            try registry.import(
                object.uuid, by: other.participant, directions: .read,
                willMove: {
                    heard.add()
                    // The bytes are where they were, and the mapping is good.
                    kinds.withLock { $0.append(buffer.kind) }
                    // Its own work ends before it lets the bytes go.
                    lease.withLock { $0 }?.end()
                }
            ).attachment)
        let first = try attachment.mapping(.read)
        #expect(try attachment.mapping(.read) == first)
        let held = try attachment.requestLease(.read)
        lease.withLock { $0 = held }
        try registry.move(object, to: .deviceMemory, by: gpu.participant, untilNanos: soon())
        try registry.move(object, to: .sharedMemory, by: gpu.participant, untilNanos: soon())
        #expect(heard.now == 2)
        #expect(kinds.withLock { $0 } == [.sharedMemory, .deviceMemory])
        #expect(old.range.bytes() == Array(repeating: 0x42, count: 4096))
        let again = try attachment.mapping(.read)
        #expect(again != first)
        #expect(again.memory?.bytes() == Array(repeating: 0x42, count: 4096))
        // A lease that does not end in time stops the move, and nothing has changed.
        let stubborn = try attachment.requestLease(.read)
        lease.withLock { $0 = nil }
        #expect(throws: RegistryError.timedOut) {
            try registry.move(
                object, to: .deviceMemory, by: gpu.participant,
                untilNanos: deadline(millis: 5))
        }
        #expect(try attachment.mapping(.read) == again)
        stubborn.end()
        #expect(registry.counters.leases == 0)
    }

    @Test("is asked of the exporter, and refused with nothing left over [ATT-1] [CPU-1]")
    func refusedMapping() throws {
        let registry = ResourceRegistry()
        let (exporter, importer) = (registry.join(name: "a"), registry.join(name: "b"))
        var description = ObjectDescription(sizeBytes: 1, backing: .hostMemory)
        let unmapped = Count()
        description.hooks.map = { _, direction in direction == .read ? .token(5) : nil }
        description.hooks.unmap = { _, _, _ in unmapped.add() }
        let object = try registry.export(description, by: exporter)
        #expect(throws: RegistryError.notMappable) {
            try registry.import(object.uuid, by: importer, directions: [.read, .write])
        }
        #expect(unmapped.now == 1)
        #expect(registry.counters.attachments == 0)
        let token = try registry.import(object.uuid, by: importer, directions: .read).attachment
        #expect(try token?.mapping(.read).address == .token(5))
    }

    @Test("of guest pages leaves the scatter list alone: it holds guest addresses [ID-2] [ID-3]")
    func scatterList() throws {
        let registry = ResourceRegistry()
        let guest = try GuestPages("guest", in: registry)
        let decoder = try ModelDecoder("decoder", in: registry, alignment: LayoutAlignment())
        try decoder.decode(into: guest.object.uuid, colour: 3, untilNanos: soon())
        #expect(guest.memory.range.bytes().allSatisfy { $0 == 3 })
        #expect(
            guest.ranges.map(\.start) == [GuestAddress(0x7000_0000), GuestAddress(0x1234_5000)])
        #expect(registry.snapshot().objects.map(\.backing) == [.guestPages])
    }
}

@Suite("A CPU's access")
struct CPUTests {
    @Test("gets its mapping from the exporter, or is refused at once [CPU-1]")
    func exportersMapping() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let other = registry.join(name: "other")
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .deviceMemory)
        let access = try registry.beginCPUAccess(
            object.uuid, by: other, direction: .write, untilNanos: soon())
        #expect(access.memory == buffer.memory.range)
        access.end()
        var description = ObjectDescription(sizeBytes: 4096, backing: .deviceMemory)
        let silent = try registry.export(description, by: gpu.participant)
        description.hooks.mapForCPU = { _, _ in nil }
        let refusing = try registry.export(description, by: gpu.participant)
        for object in [silent, refusing] {
            let before = registry.counters
            #expect(throws: RegistryError.notMappable) {
                try registry.beginCPUAccess(
                    object.uuid, by: other, direction: .read, untilNanos: soon())
            }
            #expect(registry.counters == before)
        }
    }

    @Test("waits for the leases it conflicts with, and devices wait for its end [CPU-2]")
    func brackets() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let other = try ModelGPU("other", in: registry)
        let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        let attachment = try #require(
            try registry.import(object.uuid, by: other.participant, directions: .readWrite)
                .attachment)
        let writer = try attachment.requestLease(.write)
        #expect(throws: RegistryError.timedOut) {
            try registry.beginCPUAccess(
                object.uuid, by: other.participant, direction: .read, untilNanos: 1)
        }
        #expect(gpu.brackets.withLock { $0 } == [])
        #expect(registry.counters.leases == 1)
        writer.end()
        let access = try registry.beginCPUAccess(
            object.uuid, by: other.participant, direction: .read, untilNanos: soon())
        #expect(gpu.brackets.withLock { $0 } == ["begin"])
        let reader = try attachment.requestLease(.read)
        let next = try attachment.requestLease(.write)
        #expect(reader.isGranted)
        reader.end()
        #expect(!next.isGranted)
        access.end()
        access.end()
        #expect(gpu.brackets.withLock { $0 } == ["begin", "end"])
        #expect(next.isGranted)
    }

    @Test("needs no open descriptor: a mapping outlives it [CPU-3]")
    func withoutDescriptor() throws {
        let memory = try SharedMemory(name: "object", sizeBytes: 8192)
        let copy = FileDescriptor(rawValue: dup(memory.descriptor.rawValue))
        let mapping = try FileMapping(copy, offset: 5000, sizeBytes: 64, protection: .readWrite)
        try copy.close()
        let registry = ResourceRegistry()
        let (exporter, importer) = (registry.join(name: "a"), registry.join(name: "b"))
        let object = try registry.export(
            by: exporter, sizeBytes: 64, memory: mapping.range, onUnused: { _ in })
        let attachment = try registry.attach(object.uuid, by: importer, direction: .write)
        attachment.memory.fill(8)
        #expect(memory.range.slice(offset: 5000, count: 64)?.bytes().allSatisfy { $0 == 8 } == true)
        withExtendedLifetime(mapping) {}
    }
}
