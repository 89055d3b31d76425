// A domain with so many objects, and a GLib table with the same names.

import CGLibTable
import LinuxSystem
import ResourceRegistry
import VirtioWire

final class Scene: @unchecked Sendable {
    private static let operations = 300_000

    private let count: Int
    private let registry: ResourceRegistry
    /// One for each thread, as everywhere in this project.
    private let devices: [Participant]
    private let memory: SharedMemory
    private let uuids: [ResourceUUID]
    private let words: [UInt64]
    /// Which object each lookup of each thread asks for.
    private let orders: [[UInt32]]
    private let objects: [SharedObject]
    private let table: OpaquePointer
    let ourBytes: Double
    let theirBytes: Double

    init(_ count: Int) throws {
        self.count = count
        var limits = RegistryLimits()
        limits.objectsMax = .max
        limits.bytesMax = .max
        limits.attachmentsMax = .max
        limits.leasesMax = .max
        registry = ResourceRegistry(limits: limits)
        devices = [registry.join(name: "device 0"), registry.join(name: "device 1")]
        memory = try SharedMemory(name: "bytes", sizeBytes: 4096)

        var objects: [SharedObject] = []
        objects.reserveCapacity(count)
        let before = heap_bytes()
        for _ in 0..<count {
            objects.append(
                try registry.export(
                    by: devices[0], sizeBytes: 4096, memory: memory.range, onUnused: { _ in }))
        }
        ourBytes = Double(heap_bytes() - before) / Double(count)
        let theirBefore = heap_bytes()
        table = glib_table_create()
        for (index, object) in objects.enumerated() {
            _ = glib_table_add(table, object.uuid.high, object.uuid.low, index + 1)
        }
        theirBytes = Double(heap_bytes() - theirBefore) / Double(count)

        self.objects = objects
        uuids = objects.map(\.uuid)
        words = uuids.flatMap { [$0.high, $0.low] }
        var seed: UInt64 = 88_172_645_463_325_252
        orders = (0..<2).map { _ in
            (0..<Self.operations).map { _ in
                seed ^= seed << 13
                seed ^= seed >> 7
                seed ^= seed << 17
                return UInt32(truncatingIfNeeded: seed % UInt64(count))
            }
        }
    }

    deinit { glib_table_destroy(table) }

    /// QEMU's lookup gives a value that the caller must not let go of; the registry's gives a
    /// value, or a reference that keeps the object.
    func lookups() throws {
        for threads in [1, 2] {
            let race = Race(objects: count, threads: threads, operations: Self.operations)
            let glib: Race.Body = { [self] thread in
                let sum = glib_table_lookup_all(table, words, orders[thread], Self.operations)
                precondition(sum > 0)
            }
            let value: Race.Body = { [self] thread in
                let device = devices[thread]
                var sum: UInt64 = 0
                for index in orders[thread] {
                    sum &+= (try? registry.sizeBytes(of: uuids[Int(index)], for: device)) ?? 0
                }
                precondition(sum == 4096 * UInt64(Self.operations))
            }
            try race.run("lookup of a value", mine: value, glib: glib)
            let reference: Race.Body = { [self] thread in
                let device = devices[thread]
                for index in orders[thread] {
                    _ = try? registry.object(named: uuids[Int(index)], for: device)
                }
            }
            try race.run("lookup of the object", mine: reference, glib: glib)
        }
    }

    /// A name, an object and its end. The registry draws names that cannot be guessed; GLib's side
    /// draws others, or is given them for nothing.
    func publishing() throws {
        let some = Self.operations / 4
        for threads in [1, 2] {
            let race = Race(objects: count, threads: threads, operations: some)
            let mine: Race.Body = { [self] thread in
                let (device, range) = (devices[thread], memory.range)
                for _ in 0..<some {
                    guard
                        let object = try? registry.export(
                            by: device, sizeBytes: 4096, memory: range, onUnused: { _ in })
                    else { preconditionFailure("no room") }
                    try? registry.remove(object, by: device)
                }
            }
            let given: Race.Body = { [self] thread in
                for index in 0..<UInt64(some) {
                    let high = (index &+ UInt64(thread) << 32) &* 0x9e37_79b9_7f4a_7c15
                    _ = glib_table_add(table, high, index, 1)
                    _ = glib_table_remove(table, high, index)
                }
            }
            let drawn: Race.Body = { [self] _ in
                for _ in 0..<some {
                    var (high, low): (UInt64, UInt64) = (0, 0)
                    glib_draw_name(&high, &low)
                    _ = glib_table_add(table, high, low, 1)
                    _ = glib_table_remove(table, high, low)
                }
            }
            try race.run("publish+remove", mine: mine, glib: drawn)
            try race.run("  beside given names", mine: mine, glib: given)
        }
    }

    func holds() throws {
        let some = Self.operations / 4
        for threads in [1, 2] {
            let race = Race(objects: count, threads: threads, operations: some)
            try race.run(
                "attach+detach",
                mine: { [self] thread in
                    for index in orders[thread][..<some] {
                        try? registry.attach(
                            uuids[Int(index)], by: devices[thread], direction: .read
                        ).detach()
                    }
                })
            let held = try (0..<threads).map { thread in
                try (0..<64).map { index in
                    try registry.attach(
                        uuids[(thread * 64 + index) % count], by: devices[thread],
                        direction: .read)
                }
            }
            try race.run(
                "lease+end",
                mine: { thread in
                    for index in 0..<some {
                        try? held[thread][index & 63].requestLease(.read).end()
                    }
                })
        }
    }
}
