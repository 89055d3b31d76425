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
    private var snapshot: RegistrySnapshot

    init(_ memory: MemoryRange) throws {
        participants = [registry.join(name: "device 0"), registry.join(name: "device 1")]
        snapshot = registry.snapshot()
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
        snapshot = registry.snapshot()
        let counters = snapshot.counters
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
            if let difference = snapshotDifference(from: object, o) { return difference }
            for (ticket, lease) in zip(object.tickets, leases[o]) {
                // The deadline is past: nobody waits for anything that is decided.
                var refusal: RegistryError?
                do throws(RegistryError) { try lease.lease.wait(untilNanos: 1) } catch {
                    refusal = error
                }
                let expected: RegistryError? =
                    ticket.isGranted ? nil : ticket.isDropped ? .revoked : .timedOut
                if refusal != expected { return "wait \(o)" }
            }
            for d in 0..<2 {
                let isRevoked = object.holds[d].map { $0.state != .live } ?? false
                if (attachments[o][d]?.isRevoked ?? false) != isRevoked { return "revoked" }
            }
        }
        return nil
    }

    /// All that the registry keeps of an object, beside all that the model does.
    private func snapshotDifference(from object: ReferenceModel.Object, _ o: Int) -> String? {
        guard let entry = snapshot.objects.first(where: { $0.uuid == objects[o].uuid }) else {
            return object.isFreed ? nil : "no object \(o)"
        }
        if object.isFreed { return "object \(o)" }
        if entry.state != (object.isNamed ? .live : .removed) { return "state \(o)" }
        let holders = (0..<2).filter { object.holds[$0].map { !$0.isGone } ?? false }
        if entry.holders.map(\.name).sorted() != holders.map({ "device \($0)" }) {
            return "holders \(o)"
        }
        let line = object.tickets.filter { !$0.isDropped }
        let isSame = zip(entry.leases, line).allSatisfy { lease, ticket in
            lease.holder == "device \(ticket.device)" && lease.isWrite == ticket.isWrite
                && lease.isGranted == ticket.isGranted && !lease.waitsForFence
        }
        return isSame && entry.leases.count == line.count ? nil : "line \(o)"
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

    private func run(_ steps: [Step]) throws -> (World, ReferenceModel) {
        let world = try World(try #require(Self.shared).range)
        var model = ReferenceModel()
        for step in steps {
            _ = world.make(step)
            _ = model.make(step)
        }
        return (world, model)
    }

    /// Makes `step` for real and in the model; what they end with must agree, and all that is seen.
    private func make(
        _ step: Step, _ world: World, _ model: inout ReferenceModel, after path: [Step]
    ) throws {
        let (real, expected) = (world.make(step), model.make(step))
        let difference = world.difference(from: model)
        try #require(
            real == expected && difference == nil,
            "\(path), \(step): \(difference ?? "\(String(describing: real))")")
    }

    // Which orders need not be tried, and why nothing is missed:
    // - Two orders that lead to one state of the model are gone on from once. What the registry
    //   keeps of objects, holds and leases is compared with the model after each step, so they have
    //   led to one state of the registry, too. Among them are all that differ only by steps that do
    //   not touch each other, on two objects or by two readers.
    // - Of a state and its mirror image one is gone on from. Nothing in the registry depends on a
    //   device's or an object's name, but on which is whose: the mirror image of a run is a run.
    // - A step that changes nothing is not gone on from; several of them are made in one world.
    @Test(
        "all orders of steps of two devices on two objects agree [SYNC-1] [LIFE-1] [LIFE-2] [LIFE-3]"
    )
    func exhaustive() throws {
        let depth = Self.setting("SHARING_DEPTH", default: 5)
        let start = MonotonicClock.nowNanos
        var seen: Set<ReferenceModel> = [ReferenceModel()]
        var level: [(model: ReferenceModel, path: [Step])] = [(ReferenceModel(), [])]
        var steps = 0
        for _ in 0..<depth {
            var next: [(model: ReferenceModel, path: [Step])] = []
            for (model, path) in level {
                let still = try run(path).0
                for step in Step.all where model.allows(step) {
                    steps += 1
                    var after = model
                    _ = after.make(step)
                    if after == model {
                        try make(step, still, &after, after: path)
                        continue
                    }
                    var (world, again) = try run(path)
                    try make(step, world, &again, after: path)
                    try #require(world.isEmptyAfterDeath(), "left over after \(path), \(step)")
                    guard !seen.contains(after.mirrored), seen.insert(after).inserted else {
                        continue
                    }
                    next.append((after, path + [step]))
                }
                try #require(still.isEmptyAfterDeath(), "left over after \(path)")
            }
            level = next
        }
        let millis = (MonotonicClock.nowNanos - start) / 1_000_000
        print("depth \(depth): \(seen.count) states, \(steps) steps, \(millis) ms")
        // What the model has, without its mirror images: fewer would mean that steps are missing.
        let counts = [1, 5, 27, 113, 435, 1555, 5499, 19527]
        if counts.indices.contains(depth) { #expect(seen.count == counts[depth]) }
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
                    let (world, end) = try run(steps)
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
        var made = 0
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
                try make(step, world, &model, after: steps)
                steps.append(step)
                made += 1
            }
            try #require(world.isEmptyAfterDeath(), "seed \(first): left over after \(steps)")
        }
        print("\(made) random steps")
    }
}
