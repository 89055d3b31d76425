// Every order of steps of a small system, and random orders of long ones, beside a plain model.

import Glibc
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

/// A real registry that makes the model's steps.
private final class World {
    let registry = ResourceRegistry()
    let participants: [Participant]
    var objects: [SharedObject] = []
    let unused = [Count(), Count()]
    var attachments: [[Attachment?]] = [[nil, nil], [nil, nil]]
    /// For each object, in the order of asking; ended ones leave.
    var leases: [[(device: Int, lease: Lease)]] = [[], []]

    init(_ memory: MemoryRange) throws {
        participants = [registry.join(name: "device 0"), registry.join(name: "device 1")]
        for index in 0..<2 {
            objects.append(
                try registry.export(
                    by: participants[index], sizeBytes: 4096, memory: memory,
                    onUnused: { [count = unused[index]] _ in count.add() }))
        }
    }

    func make(_ step: Step) -> RegistryError? {
        do throws(RegistryError) {
            switch step {
            case .attach(let d, let o):
                attachments[o][d] = try registry.attach(
                    objects[o].uuid, by: participants[d], direction: .readWrite)
            case .detach(let d, let o):
                attachments[o][d]?.detach()
                attachments[o][d] = nil
                leases[o].removeAll { $0.device == d }
            case .lease(let d, let o, let isWrite):
                guard let attachment = attachments[o][d] else { return nil }
                leases[o].append((d, try attachment.requestLease(isWrite ? .write : .read)))
            case .end(let d, let o):
                guard let index = leases[o].firstIndex(where: { $0.device == d }) else {
                    return nil
                }
                leases[o].remove(at: index).lease.end()
            case .downgrade(let d, let o):
                leases[o].first { $0.device == d }?.lease.downgradeToRead()
            case .remove(let o): try registry.remove(objects[o], by: participants[o])
            case .reset(let d): registry.reset(participants[d])
            case .depart(let d): registry.depart(participants[d])
            }
            return nil
        } catch { return error }
    }

    /// What differs from the model; nil when nothing does.
    func difference(from model: ReferenceModel) -> String? {
        let counters = registry.counters
        let freed = model.objects.count { $0.isFreed }
        if counters.attachments != model.attachments { return "attachments" }
        if counters.leases != model.leases { return "leases" }
        if counters.objects != 2 - freed { return "objects" }
        if counters.aliveBytes != UInt64(4096 * (2 - freed)) { return "bytes" }
        for o in 0..<2 {
            let object = model.objects[o]
            if unused[o].now != (object.isFreed ? 1 : 0) { return "unused \(o)" }
            if leases[o].map(\.lease.isGranted) != object.tickets.map(\.isGranted) {
                return "grants \(o)"
            }
            for d in 0..<2 {
                let isRevoked = object.holds[d].map { $0.state != .live } ?? false
                if (attachments[o][d]?.isRevoked ?? false) != isRevoked { return "revoked" }
            }
        }
        return nil
    }

    /// All devices die: nothing may be left.
    func isEmptyAfterDeath() -> Bool {
        for participant in participants { registry.depart(participant) }
        let counters = registry.counters
        return counters.objects == 0 && counters.attachments == 0 && counters.leases == 0
            && counters.aliveBytes == 0 && unused.map(\.now) == [1, 1]
    }
}

@Suite("Beside a plain model", .timeLimit(.minutes(10)))
struct InterleavingTests {
    private static let shared = try? SharedMemory(name: "object", sizeBytes: 4096)

    /// A longer search than tests wait for: the number of steps, or seconds of random ones.
    private static func setting(_ name: String, default value: Int) -> Int {
        guard let text = unsafe getenv(name) else { return value }
        return unsafe Int(String(cString: text)) ?? value
    }

    private func run(_ steps: [Step]) throws -> (
        World, ReferenceModel, RegistryError?, RegistryError?
    ) {
        let world = try World(try #require(Self.shared).range)
        var model = ReferenceModel()
        var (real, expected): (RegistryError?, RegistryError?)
        for step in steps {
            real = world.make(step)
            expected = model.make(step)
        }
        return (world, model, real, expected)
    }

    @Test(
        "all orders of steps of two devices on two objects agree [SYNC-1] [LIFE-1] [LIFE-2] [LIFE-3]"
    )
    func exhaustive() throws {
        // Each state of the model is gone on from once; each step out of it is made for real.
        let depth = Self.setting("SHARING_DEPTH", default: 4)
        var seen: Set<ReferenceModel> = [ReferenceModel()]
        var level: [(model: ReferenceModel, path: [Step])] = [(ReferenceModel(), [])]
        var runs = 0
        for _ in 0..<depth {
            var next: [(model: ReferenceModel, path: [Step])] = []
            for (model, path) in level {
                for step in Step.all where model.allows(step) {
                    let steps = path + [step]
                    let (world, after, real, expected) = try run(steps)
                    runs += 1
                    let difference = world.difference(from: after)
                    try #require(
                        real == expected && difference == nil, "\(steps): \(difference ?? "error")")
                    try #require(world.isEmptyAfterDeath(), "left over after \(steps)")
                    if seen.insert(after).inserted { next.append((after, steps)) }
                }
            }
            level = next
        }
        print("\(runs) orders, \(seen.count) states, depth \(depth)")
    }

    @Test("seven steps on one object: all orders of leases agree [SYNC-1] [SYNC-5]")
    func leases() throws {
        let alphabet: [Step] = Step.all.filter {
            switch $0 {
            case .lease(_, 0, _), .end(_, 0), .downgrade(_, 0): true
            default: false
            }
        }
        let start: [Step] = [.attach(0, 0), .attach(1, 0)]
        var seen: Set<ReferenceModel> = []
        var level = [start]
        for _ in 0..<7 {
            var next: [[Step]] = []
            for path in level {
                var model = ReferenceModel()
                for step in path { _ = model.make(step) }
                for step in alphabet where model.allows(step) {
                    let steps = path + [step]
                    var after = model
                    _ = after.make(step)
                    guard seen.insert(after).inserted else { continue }
                    let (world, end, _, _) = try run(steps)
                    let difference = world.difference(from: end)
                    try #require(difference == nil, "\(steps): \(difference ?? "")")
                    next.append(steps)
                }
            }
            level = next
        }
    }

    @Test("long random orders agree, and leave nothing [LIFE-5]")
    func random() throws {
        let bound =
            MonotonicClock.nowNanos
            + UInt64(Self.setting("SHARING_SECONDS", default: 2)) * second
        var seed: UInt64 = 0x9e37_79b9_7f4a_7c15
        while MonotonicClock.nowNanos < bound {
            let first = seed
            let world = try World(try #require(Self.shared).range)
            var model = ReferenceModel()
            var steps: [Step] = []
            for _ in 0..<60 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let step = Step.all[Int(seed >> 33) % Step.all.count]
                guard model.allows(step) else { continue }
                // Death and removal are rare, or little else would happen.
                if case .depart = step, seed >> 60 != 0 { continue }
                if case .remove = step, seed >> 61 != 0 { continue }
                steps.append(step)
                let (real, expected) = (world.make(step), model.make(step))
                let difference = world.difference(from: model)
                try #require(
                    real == expected && difference == nil,
                    "seed \(first), \(steps): \(difference ?? "\(String(describing: real))")")
            }
            try #require(world.isEmptyAfterDeath(), "seed \(first): left over after \(steps)")
        }
    }

    @Test("a device that dies after its Nth step stalls nobody [LIFE-3] [SYNC-3]", arguments: 0..<8)
    func failNth(count: Int) throws {
        let life: [Step] = [
            .attach(0, 1), .lease(0, 1, isWrite: true), .attach(1, 1),
            .lease(1, 1, isWrite: false), .lease(0, 1, isWrite: false), .downgrade(0, 1),
            .end(0, 1), .detach(0, 1),
        ]
        let (world, _, _, _) = try run(Array(life.prefix(count)))
        if count < 3 { _ = world.make(.attach(1, 1)) }
        if count < 4 { _ = world.make(.lease(1, 1, isWrite: false)) }
        world.registry.depart(world.participants[0])
        let waiter = try #require(world.leases[1].first { $0.device == 1 }?.lease)
        try waiter.wait(untilNanos: deadline(millis: 1000))
        #expect(world.isEmptyAfterDeath())
    }
}
