// Regions that come and go under readers, pins, the other address space, and files that shrink.

import Glibc
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@Suite("Changing guest memory")
struct RegionTests {
    @Test("translates the giver's addresses, and only those [user address space]")
    func userAddresses() throws {
        let shared = try SharedMemory(name: "user", sizeBytes: 0x1000)
        let memory = try GuestMemory([
            GuestRegion(
                start: GuestAddress(0x1000), userStart: UserAddress(0x7f00_0000_0000),
                memory: shared)
        ])
        #expect(
            try memory.guestAddress(of: UserAddress(0x7f00_0000_0ff0), count: 16)
                == GuestAddress(0x1ff0))
        for (address, count) in [
            (0x7f00_0000_0ff0, 17), (0x7f00_0000_1000, 1), (0x1000, 1), (0x7eff_ffff_ffff, 2),
        ] as [(UInt64, UInt64)] {
            #expect(throws: GuestMemoryError.unmapped) {
                try memory.guestAddress(of: UserAddress(address), count: count)
            }
        }
        #expect(throws: GuestMemoryError.overflow) {
            try memory.guestAddress(of: UserAddress(.max), count: 2)
        }
    }

    @Test("refuses to add an overlap, also in the giver's address space, and to remove nothing")
    func badChanges() throws {
        let shared = try SharedMemory(name: "bad", sizeBytes: 0x1000)
        let memory = try GuestMemory([
            GuestRegion(start: GuestAddress(0x1000), userStart: UserAddress(0), memory: shared)
        ])
        #expect(throws: GuestMemoryError.badRegion) {
            try memory.add(GuestRegion(start: GuestAddress(0x1fff), memory: shared))
        }
        #expect(throws: GuestMemoryError.badRegion) {
            try memory.add(
                GuestRegion(
                    start: GuestAddress(0x5000), userStart: UserAddress(0xfff), memory: shared))
        }
        #expect(throws: GuestMemoryError.badRegion) { try memory.remove(GuestAddress(0x1001)) }
        #expect(memory.regions.count == 1)
    }

    @Test("keeps a removed region until its last pin is gone")
    func pins() throws {
        let shared = try SharedMemory(name: "pinned", sizeBytes: 0x1000)
        let memory = try GuestMemory([GuestRegion(start: GuestAddress(0x1000), memory: shared)])
        var pin: GuestPin? = try memory.pin(GuestAddress(0x1800), count: 0x800)
        #expect(pin?.ranges.first == shared.range.slice(offset: 0x800, count: 0x800))
        #expect(pin?.ranges.count == 1)
        let removal = try memory.remove(GuestAddress(0x1000))
        #expect(!removal.waitUntilUnused(untilNanos: 1))
        pin?.ranges.first?.fill(1)
        pin = nil
        #expect(removal.waitUntilUnused(untilNanos: 1))
        #expect(throws: GuestMemoryError.unmapped) {
            try memory.pin(GuestAddress(0x1800), count: 1)
        }
    }

    @Test("a queue pins the regions of its ring")
    func ringPins() throws {
        let ring = try ForgedRing(size: 4, features: [])
        var queue: DeviceQueue? = try ring.device()
        let removal = try ring.memory.remove(GuestAddress(0))
        #expect(!removal.waitUntilUnused(untilNanos: 1))
        #expect(try queue?.pop() == nil)
        queue = nil
        #expect(removal.waitUntilUnused(untilNanos: 1))
    }

    @Test("regions come and go while two threads copy: each copy is whole or refused")
    func churn() throws {
        let ring = try SharedMemory(name: "ring", sizeBytes: 0x10_0000)
        let memory = try GuestMemory([GuestRegion(start: GuestAddress(0), memory: ring)])
        let layout = QueueLayout(
            size: 4, descriptorTable: GuestAddress(0), availRing: GuestAddress(0x4_0000),
            usedRing: GuestAddress(0x6_0000))
        let isDone = Monitor(false)
        let bad = Monitor(0)
        let list = SegmentList([segment(0x20_0000, 0x1000)])
        let own = try WorkerThread(name: "own") {
            guard let queue = try? DeviceQueue(layout, memory: memory) else { return }
            var buffer = WireBuffer(capacity: 0x1000)
            while !isDone.withLock({ $0 }) {
                buffer.removeAll()
                if (try? queue.gather(list, limit: 0x1000, into: &buffer)) != nil,
                    buffer.u64(at: 0) != buffer.u64(at: 0xff8)
                {
                    bad.withLock { $0 += 1 }
                }
            }
        }
        let other = try WorkerThread(name: "other") {
            var buffer = WireBuffer(capacity: 0x1000)
            while !isDone.withLock({ $0 }) {
                buffer.removeAll()
                if (try? memory.gather(list, limit: 0x1000, into: &buffer)) != nil,
                    buffer.u64(at: 0) != buffer.u64(at: 0xff8)
                {
                    bad.withLock { $0 += 1 }
                }
            }
        }
        for round in 0..<200 {
            let shared = try SharedMemory(name: "churn", sizeBytes: 0x1000)
            shared.range.fill(UInt8(round & 0xff))
            try memory.add(GuestRegion(start: GuestAddress(0x20_0000), memory: shared))
            let removal = try memory.remove(GuestAddress(0x20_0000))
            try #require(removal.waitUntilUnused(untilNanos: 0))
        }
        isDone.withLock { $0 = true }
        own.join()
        other.join()
        #expect(bad.withLock { $0 } == 0)
    }

    // Exit tests: the handler belongs to a process.

    @Test("a file cut short fails copies and breaks the queue, and the process lives")
    func truncated() async {
        await #expect(processExitsWith: .success) {
            try MemoryFaults.install()
            let good = try ForgedRing(size: 4, features: [])
            let shared = try SharedMemory(name: "cut", sizeBytes: 0x10_0000)
            let memory = try GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)])
            let queue = try DeviceQueue(good.layout, memory: memory)
            try #require(try queue.pop() == nil)
            try shared.descriptor.resize(to: 0)
            var buffer = WireBuffer(capacity: 8)
            let list = SegmentList([segment(0x8_0000, 8)])
            #expect(throws: GuestMemoryError.fileLost) {
                try memory.gather(list, limit: 8, into: &buffer)
            }
            #expect(memory.hasLostFile)
            #expect(throws: QueueError.fileLost) { try queue.pop() }
            #expect(throws: QueueError.broken) { try queue.pop() }
            // The other guest's queue goes on.
            #expect(try good.device().pop() == nil)
            #expect(!good.memory.hasLostFile)
        }
    }

    @Test("a fault in nobody's region still ends the process")
    func foreignFault() async {
        await #expect(processExitsWith: .failure) {
            try MemoryFaults.install()
            let shared = try SharedMemory(name: "foreign", sizeBytes: 0x1000)
            try shared.descriptor.resize(to: 0)
            _ = shared.range.bytes()
        }
    }

    @Test("a fault in nobody's region reaches the handler that was there before")
    func chained() async {
        await #expect(processExitsWith: .exitCode(42)) {
            signal(SIGBUS) { _ in _exit(42) }
            try MemoryFaults.install()
            let shared = try SharedMemory(name: "foreign", sizeBytes: 0x1000)
            try shared.descriptor.resize(to: 0)
            _ = shared.range.bytes()
        }
    }
}
