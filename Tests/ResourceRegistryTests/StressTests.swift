// Many threads on one domain: no lease is ever shared by a writer, and nothing is left over.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@Suite("Eight threads on one domain", .timeLimit(.minutes(1)))
struct StressTests {
    private struct Holders {
        var readers = 0
        var writers = 0
        var violations = 0
    }

    @Test("share objects by leases, and leave every counter at zero [SYNC-1] [LIFE-5]")
    func leases() throws {
        let domain = try Domain()
        let objects = try (0..<4).map { _ in try domain.export() }
        let holders = objects.map { _ in Monitor(Holders()) }
        let failures = Count()
        let threads = try (0..<8).map { number in
            let importer = domain.registry.join(name: "importer \(number)")
            return try WorkerThread(name: "importer \(number)") { [registry = domain.registry] in
                for round in 0..<400 {
                    let index = (round + number) % objects.count
                    let isWriter = (round * 7 + number) % 3 == 0
                    do {
                        let attachment = try registry.attach(
                            objects[index].uuid, by: importer, direction: .readWrite)
                        let lease = try attachment.requestLease(isWriter ? .write : .read)
                        try lease.wait(untilNanos: deadline(millis: 30_000))
                        holders[index].withLock { holders in
                            if isWriter { holders.writers += 1 } else { holders.readers += 1 }
                            if holders.writers > 1 || (holders.writers == 1 && holders.readers > 0)
                            {
                                holders.violations += 1
                            }
                        }
                        holders[index].withLock { holders in
                            if isWriter { holders.writers -= 1 } else { holders.readers -= 1 }
                        }
                        if round % 2 == 0 { lease.end() }
                        if round % 5 == 0 { attachment.detach() }
                    } catch {
                        failures.add()
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.now == 0)
        #expect(holders.map { $0.withLock { $0.violations } } == [0, 0, 0, 0])
        domain.registry.reset(domain.exporter)
        let counters = domain.registry.counters
        #expect(counters.objects == 0)
        #expect(counters.attachments == 0)
        #expect(counters.leases == 0)
        #expect(counters.aliveBytes == 0)
        #expect(counters.exportedBytes == counters.freedBytes)
        #expect(counters.attaches == 8 * 400)
    }

    @Test("export, attach, remove and reset at will: each object is unused exactly once [LIFE-1]")
    func churn() throws {
        let domain = try Domain()
        let registry = domain.registry
        let unused = Monitor<[ResourceUUID: Int]>([:])
        let named = Monitor<[ResourceUUID]>([])
        let exported = Count()
        let failures = Count()
        let threads = try (0..<8).map { number in
            let participant = registry.join(name: "device \(number)")
            return try WorkerThread(name: "device \(number)") { [shared = domain.shared] in
                var own: [SharedObject] = []
                var held: [Attachment] = []
                for round in 0..<500 {
                    let object = try? registry.export(
                        by: participant, sizeBytes: 64, memory: shared.range,
                        onUnused: { object in
                            unused.withLock { $0[object.uuid, default: 0] += 1 }
                        })
                    guard let object else {
                        failures.add()
                        continue
                    }
                    exported.add()
                    own.append(object)
                    named.withLock { $0.append(object.uuid) }
                    let other = named.withLock { $0[(round * 31 + number * 7) % $0.count] }
                    if let attachment = try? registry.attach(
                        other, by: participant, direction: .read)
                    {
                        held.append(attachment)
                    }
                    if round % 3 == 0, let first = own.first {
                        own.removeFirst()
                        if (try? registry.remove(first, by: participant)) == nil { failures.add() }
                    }
                    if round % 4 == 0, !held.isEmpty { held.removeFirst() }
                    if round % 100 == 99 {
                        registry.reset(participant)
                        own = []
                        held = []
                    }
                }
                registry.reset(participant)
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.now == 0)
        #expect(exported.now == 8 * 500)
        #expect(unused.withLock { $0.count } == 8 * 500)
        #expect(unused.withLock { $0.values.allSatisfy { $0 == 1 } })
        let counters = registry.counters
        #expect(counters.objects == 0)
        #expect(counters.attachments == 0)
        #expect(counters.leases == 0)
        #expect(counters.aliveBytes == 0)
        #expect(counters.exportedBytes == 8 * 500 * 64)
        #expect(counters.freedBytes == 8 * 500 * 64)
    }

    @Test("look names up while tables change and grow: no name is missed, none is made up [ID-5]")
    func lookups() throws {
        let domain = try Domain()
        let registry = domain.registry
        let kept = try (0..<64).map { _ in try domain.export().uuid }
        let gone = try (0..<16).map { _ in
            let object = try domain.export()
            try registry.remove(object, by: domain.exporter)
            return object.uuid
        }
        let wrong = Count()
        let threads = try (0..<8).map { number in
            let participant = registry.join(name: "device \(number)")
            return try WorkerThread(name: "device \(number)") {
                for round in 0..<300 {
                    if number % 2 == 0 {
                        let objects = (0..<8).compactMap { _ in
                            try? registry.export(
                                by: participant, sizeBytes: 1, memory: nil, onUnused: { _ in })
                        }
                        // Some stay: the tables grow.
                        for object in objects.dropLast(round % 4 == 0 ? 1 : 0) {
                            if (try? registry.remove(object, by: participant)) == nil {
                                wrong.add()
                            }
                        }
                    } else {
                        for uuid in kept
                        where (try? registry.sizeBytes(of: uuid, for: participant)) != 0x1000 {
                            wrong.add()
                        }
                        for uuid in gone
                        where (try? registry.sizeBytes(of: uuid, for: participant)) != nil {
                            wrong.add()
                        }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(wrong.now == 0)
        #expect(registry.counters.objects == 64 + 4 * 75)
    }
}
