// A device dies between any two steps of a long story: the clauses LIFE-3, LIFE-5 and SYNC-3.

import LinuxSystem
import ResourceRegistry
import SharingModels
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

/// A GPU shares two buffers with a decoder, its kin and a reader, in all the ways that there are.
private final class Story: @unchecked Sendable {
    static let memfd = "death-story"
    static let devices = ["gpu", "kin", "decoder", "reader"]

    let registry = ResourceRegistry()
    let participants: [Participant]
    private var objects: [SharedObject] = []
    // By number: what was refused after a death is not there.
    private var attachments: [Int: Attachment] = [:]
    private var leases: [Int: Lease] = [:]
    private var references: [Any] = []
    private let fence = Fence(number: 1)
    let unused = Count()
    private(set) var exported = 0

    init() throws {
        var capabilities = DeviceCapabilities(
            exports: [.sharedMemory, .deviceMemory], imports: [.sharedMemory], driver: "gpu")
        capabilities.isDynamic = true
        capabilities.migratesTo = [.sharedMemory, .deviceMemory]
        participants = [
            try registry.join(name: "gpu", capabilities: capabilities),
            try registry.join(name: "kin", capabilities: capabilities),
            try registry.join(
                name: "decoder",
                capabilities: DeviceCapabilities(exports: [], imports: .cpuVisible)),
            registry.join(name: "reader"),
        ]
    }

    private var gpu: Participant { participants[0] }
    private var decoder: Participant { participants[2] }
    private var reader: Participant { participants[3] }

    /// A wait in here is shorter than what anybody would call stalled.
    private var bound: UInt64 { deadline(millis: 2) }

    private func export(_ kind: BackingKinds) throws {
        let memory = try SharedMemory(name: Self.memfd, sizeBytes: 4096)
        func placement(_ kind: BackingKinds) -> ExporterHooks.Placement {
            kind == .sharedMemory
                ? .init(
                    backing: .sharedMemory(
                        FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 4096)),
                    memory: memory.range)
                : .init(backing: .deviceMemory, memory: nil)
        }
        let place = placement(kind)
        var description = ObjectDescription(
            sizeBytes: 4096, backing: place.backing, memory: place.memory)
        description.isDynamic = true
        description.hooks.mapForCPU = { _, _ in memory.range }
        description.hooks.move = { _, kind in
            kind == .sharedMemory
                ? .init(
                    backing: .sharedMemory(
                        FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 4096)),
                    memory: memory.range)
                : .init(backing: .deviceMemory, memory: nil)
        }
        objects.append(
            try registry.export(description, by: gpu) { [unused] _ in
                withExtendedLifetime(memory) {}
                unused.add()
            })
        exported += 1
    }

    private func object(_ number: Int) throws -> SharedObject {
        guard objects.indices.contains(number) else { throw RegistryError.unknownObject }
        return objects[number]
    }

    private func take(
        _ number: Int, _ device: Int, _ directions: Directions, as place: Int = 0
    ) throws {
        let imported = try registry.import(
            object(number).uuid, by: participants[device], directions: directions,
            untilNanos: bound)
        switch imported {
        case .attachment(let attachment): attachments[place] = attachment
        case .resource(let reference): references.append(reference)
        }
    }

    private func lease(_ place: Int, _ access: Lease.Access) throws {
        leases[place] = try attachments[place]?.requestLease(access)
    }

    /// Each may be refused after a death, and none may take longer than its bound.
    static let steps: [@Sendable (Story) throws -> Void] = [
        { story in try story.export(.sharedMemory) },
        { story in try story.export(.deviceMemory) },
        { story in try story.take(0, 1, .read) },
        { story in try story.take(0, 2, .write) },
        { story in try story.lease(0, .write) },
        { story in try story.take(0, 3, .read, as: 1) },
        { story in try story.lease(1, .read) },
        { story in try story.leases[1]?.wait(untilNanos: story.bound) },
        { story in story.leases[0]?.downgradeToRead() },
        { story in try story.leases[1]?.wait(untilNanos: story.bound) },
        { story in try story.take(1, 2, [.read, .write], as: 2) },
        { story in try story.lease(2, .write) },
        { story in story.leases[2]?.end(after: story.fence) },
        { story in
            try story.registry.beginCPUAccess(
                story.object(1).uuid, by: story.reader, direction: .read, untilNanos: story.bound
            ).end()
        },
        { story in story.references.append(try story.registry.beginOpaqueRead(of: story.object(1)))
        },
        { story in
            try story.registry.move(
                story.object(1), to: .deviceMemory, by: story.gpu, untilNanos: story.bound)
        },
        { story in story.fence.signal() },
        { story in
            story.references.append(
                try story.registry.beginCPUAccess(
                    story.object(0).uuid, by: story.reader, direction: .read,
                    untilNanos: story.bound))
        },
        { story in story.attachments[0]?.detach() },
        { story in
            try story.registry.withdraw(story.object(0), by: story.gpu, untilNanos: story.bound)
        },
        { story in story.registry.reset(story.decoder) },
        { story in try story.registry.remove(story.object(1), by: story.gpu) },
        { story in story.registry.reset(story.gpu) },
    ]

    /// Makes a step, whatever comes of it.
    func tell(_ step: Int) {
        do { try Self.steps[step](self) } catch {}
    }

    var isEmpty: Bool {
        let counters = registry.counters
        return counters.objects == 0 && counters.attachments == 0 && counters.leases == 0
            && counters.aliveBytes == 0 && registry.snapshot().objects.isEmpty
            && unused.now == exported
    }
}

@Suite("A death", .serialized, .timeLimit(.minutes(10)))
struct DeathTests {
    @Test("between any two steps leaves nothing and stalls nobody [LIFE-3] [LIFE-5] [SYNC-3]")
    func betweenSteps() throws {
        let count = Story.steps.count
        let mappings = try ProcessCounts.mappings(named: Story.memfd)
        let descriptors = ProcessCounts.descriptors(named: Story.memfd)
        var longest: UInt64 = 0
        for victim in Story.devices.indices {
            for last in 0...count {
                let story = try Story()
                for step in 0..<last { story.tell(step) }
                story.registry.depart(story.participants[victim])
                // Nothing of the dead's stands in anybody's way.
                let before = story.registry.snapshot()
                for entry in before.objects {
                    try #require(!entry.holders.contains { $0.name == Story.devices[victim] })
                    try #require(!entry.leases.contains { $0.holder == Story.devices[victim] })
                }
                for step in last..<count {
                    let start = MonotonicClock.nowNanos
                    story.tell(step)
                    longest = max(longest, MonotonicClock.nowNanos - start)
                }
                for participant in story.participants { story.registry.depart(participant) }
                try #require(story.isEmpty, "\(Story.devices[victim]) after step \(last)")
            }
        }
        // Far more than a bound, far less than forever.
        #expect(longest < 5 * second)
        #expect(try ProcessCounts.mappings(named: Story.memfd) == mappings)
        #expect(ProcessCounts.descriptors(named: Story.memfd) == descriptors)
    }

    @Test("wakes who waits for the dead's lease: each step of taking it [LIFE-3] [SYNC-3]")
    func wakesWaiters() throws {
        for isFenced in [false, true] {
            let domain = try Domain()
            let dead = domain.registry.join(name: "dead")
            let object = try domain.export()
            let theirs = try domain.registry.attach(object.uuid, by: dead, direction: .write)
            let lease = try theirs.requestLease(.write)
            if isFenced { lease.end(after: Fence()) }
            let waiter = try domain.attach(object).requestLease(.read)
            #expect(!waiter.isGranted)
            let thread = try WorkerThread(name: "death") { [registry = domain.registry] in
                registry.depart(dead)
            }
            try waiter.wait(untilNanos: deadline(millis: 10_000))
            thread.join()
            withExtendedLifetime((theirs, lease)) {}
        }
    }
}
