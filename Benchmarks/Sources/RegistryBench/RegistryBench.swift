// The registry beside GLib's hash table under one mutex, in one run.

import CGLibTable
import LinuxSystem
import ResourceRegistry
import VirtioWire

@main struct RegistryBench {
    static let rounds = 5
    static let operations = 400_000

    static func main() throws {
        print("millions of operations a second; best of \(rounds) rounds")
        print(row(["objects", "operation", "threads", "registry", "GLib", "ratio"]))
        for count in [1, 1000, 100_000, 1_000_000] { try measure(count) }
    }

    static func row(_ cells: [String]) -> String {
        zip(cells, [9, 17, 8, 10, 10, 7]).map { cell, width in
            String(repeating: " ", count: max(0, width - cell.count)) + cell
        }.joined()
    }

    static func figure(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100)." + (rest < 10 ? "0" : "") + "\(rest)"
    }

    /// Millions a second of `count` operations on each of `threads`.
    static func rate(
        threads: Int, count: Int, _ body: @escaping @Sendable (Int) -> Void
    ) throws -> Double {
        var best = 0.0
        for _ in 0..<rounds {
            let start = MonotonicClock.nowNanos
            if threads == 1 {
                body(0)
            } else {
                let workers = try (0..<threads).map { index in
                    try WorkerThread(name: "bench") { body(index) }
                }
                for worker in workers { worker.join() }
            }
            let nanos = MonotonicClock.nowNanos - start
            best = max(best, Double(count * threads) * 1000 / Double(nanos))
        }
        return best
    }

    static func measure(_ count: Int) throws {
        var limits = RegistryLimits()
        limits.objectsMax = .max
        limits.bytesMax = .max
        limits.attachmentsMax = .max
        limits.leasesMax = .max
        let registry = ResourceRegistry(limits: limits)
        let device = registry.join(name: "device")
        let memory = try SharedMemory(name: "bytes", sizeBytes: 4096)
        let range = memory.range

        let before = heap_bytes()
        var objects: [SharedObject] = []
        objects.reserveCapacity(count)
        let reserved = heap_bytes() - before
        for _ in 0..<count {
            objects.append(
                try registry.export(by: device, sizeBytes: 4096, memory: range, onUnused: { _ in }))
        }
        let ours = Double(heap_bytes() - before - reserved) / Double(count)

        let glibBefore = heap_bytes()
        nonisolated(unsafe) let table = glib_table_create()!
        for (index, object) in objects.enumerated() {
            _ = glib_table_add(table, object.uuid.high, object.uuid.low, index + 1)
        }
        let theirs = Double(heap_bytes() - glibBefore) / Double(count)

        let uuids = objects.map(\.uuid)
        let words = uuids.flatMap { [$0.high, $0.low] }
        var seed: UInt64 = 88_172_645_463_325_252
        let orders = (0..<2).map { _ in
            (0..<operations).map { _ in
                seed ^= seed << 13
                seed ^= seed >> 7
                seed ^= seed << 17
                return UInt32(truncatingIfNeeded: seed % UInt64(count))
            }
        }
        // QEMU's lookup gives a value; the registry's gives the object, or a value.
        for threads in [1, 2] {
            let mine = try rate(threads: threads, count: operations) { thread in
                for index in orders[thread] {
                    _ = try? registry.object(named: uuids[Int(index)], for: device)
                }
            }
            show(count, "lookup (object)", threads, mine, nil)
        }
        for threads in [1, 2] {
            let mine = try rate(threads: threads, count: operations) { thread in
                var sum: UInt64 = 0
                for index in orders[thread] {
                    sum &+= (try? registry.sizeBytes(of: uuids[Int(index)], for: device)) ?? 0
                }
                precondition(sum == 4096 * UInt64(operations))
            }
            let glib = try rate(threads: threads, count: operations) { thread in
                _ = glib_table_lookup_all(table, words, orders[thread], operations)
            }
            show(count, "lookup", threads, mine, glib)
        }
        for threads in [1, 2] {
            let some = operations / 4
            let mine = try rate(threads: threads, count: some) { _ in
                for _ in 0..<some {
                    guard
                        let object = try? registry.export(
                            by: device, sizeBytes: 4096, memory: range, onUnused: { _ in })
                    else { continue }
                    try? registry.remove(object, by: device)
                }
            }
            let glib = try rate(threads: threads, count: some) { thread in
                for index in 0..<UInt64(some) {
                    let high = (index &+ UInt64(thread) << 32) &* 0x9e37_79b9_7f4a_7c15
                    _ = glib_table_add(table, high, index, 1)
                    _ = glib_table_remove(table, high, index)
                }
            }
            show(count, "publish+remove", threads, mine, glib)
        }
        for threads in [1, 2] {
            let some = operations / 4
            let attach = try rate(threads: threads, count: some) { thread in
                for index in orders[thread][..<some] {
                    try? registry.attach(uuids[Int(index)], by: device, direction: .read).detach()
                }
            }
            show(count, "attach+detach", threads, attach, nil)
            let held = try (0..<threads).map { thread in
                try (0..<64).map { index in
                    try registry.attach(
                        uuids[(thread * 64 + index) % count], by: device, direction: .read)
                }
            }
            let lease = try rate(threads: threads, count: some) { thread in
                for index in 0..<some {
                    try? held[thread][index & 63].requestLease(.read).end()
                }
            }
            show(count, "lease+end", threads, lease, nil)
        }
        if count > 1 {
            print(row(["\(count)", "bytes an object", "", figure(ours), figure(theirs), ""]))
        }
        glib_table_destroy(table)
    }

    static func show(
        _ count: Int, _ name: String, _ threads: Int, _ mine: Double, _ glib: Double?
    ) {
        print(
            row([
                "\(count)", name, "\(threads)", figure(mine), glib.map { figure($0) } ?? "-",
                glib.map { figure(mine / $0) } ?? "-",
            ]))
    }
}
