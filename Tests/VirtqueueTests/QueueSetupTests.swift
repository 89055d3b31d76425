// Where a ring may lie (virtio 1.4, 2.7): checked once, when the queue is set up.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("Setting up a queue")
struct QueueSetupTests {
    @Test("takes every power of two up to 32768", arguments: (0...15).map { UInt16(1) << $0 })
    func goodSizes(size: UInt16) throws {
        let ring = try RawRing(size: size)
        #expect(try DeviceQueue(ring.layout, memory: ring.memory).size == size)
        #expect(try DriverQueue(ring.layout, memory: ring.memory).freeCount == Int(size))
    }

    @Test("refuses every other size", arguments: [0, 3, 5, 6, 7, 255, 257, 32767, 32769, 65535])
    func badSizes(size: UInt16) throws {
        let ring = try RawRing(size: 8)
        var layout = ring.layout
        layout.size = size
        #expect(throws: QueueError.badSize) { try DeviceQueue(layout, memory: ring.memory) }
        #expect(throws: QueueError.badSize) { try DriverQueue(layout, memory: ring.memory) }
    }

    @Test("refuses a descriptor table that is not aligned to 16", arguments: UInt64(1)..<16)
    func unalignedTable(shift: UInt64) throws {
        let ring = try RawRing(size: 4)
        var layout = ring.layout
        layout.descriptorTable = GuestAddress(ring.data + shift)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }
    }

    @Test("refuses an available ring at an odd address, and takes one at any even address")
    func unalignedAvail() throws {
        let ring = try RawRing(size: 4)
        var layout = ring.layout
        layout.availRing = GuestAddress(ring.data + 1)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }
        layout.availRing = GuestAddress(ring.data + 2)
        #expect(try DeviceQueue(layout, memory: ring.memory).size == 4)
    }

    @Test("refuses a used ring that is not aligned to 4", arguments: UInt64(1)..<4)
    func unalignedUsed(shift: UInt64) throws {
        let ring = try RawRing(size: 4)
        var layout = ring.layout
        layout.usedRing = GuestAddress(ring.data + shift)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }
    }

    @Test("takes areas that end on the region's last byte, and none that ends behind it")
    func regionEnd() throws {
        let ring = try RawRing(size: 8, dataBytes: 0x1000)
        let end = ring.data + 0x1000
        var layout = ring.layout
        layout.descriptorTable = GuestAddress(end - 128)
        #expect(try DeviceQueue(layout, memory: ring.memory).size == 8)
        layout.descriptorTable = GuestAddress(end - 112)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }

        layout = ring.layout
        layout.availRing = GuestAddress(end - 22)
        #expect(try DeviceQueue(layout, memory: ring.memory).size == 8)
        layout.availRing = GuestAddress(end - 20)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }

        layout = ring.layout
        layout.usedRing = GuestAddress(end - 72)
        #expect(try DeviceQueue(layout, memory: ring.memory).size == 8)
        layout.usedRing = GuestAddress(end - 68)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }
    }

    @Test(
        "refuses areas that lie nowhere or wrap",
        arguments: [0, 0x1000, UInt64.max & ~15, UInt64.max & ~0xfff, 1 << 63])
    func nowhere(address: UInt64) throws {
        let ring = try RawRing(size: 256)
        for area in [\QueueLayout.descriptorTable, \.availRing, \.usedRing] {
            var layout = ring.layout
            layout[keyPath: area] = GuestAddress(address)
            #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: ring.memory) }
        }
    }

    @Test("refuses an area that two regions share")
    func twoRegions() throws {
        let shared = try SharedMemory(name: "two", sizeBytes: 0x3000)
        let first = try #require(shared.range.slice(offset: 0, count: 0x1000))
        let second = try #require(shared.range.slice(offset: 0x1000, count: 0x2000))
        let memory = try GuestMemory([
            GuestRegion(start: GuestAddress(0x1000), memory: first, owner: shared),
            GuestRegion(start: GuestAddress(0x2000), memory: second, owner: shared),
        ])
        let inside = QueueLayout(
            size: 8, descriptorTable: GuestAddress(0x1000), availRing: GuestAddress(0x2000),
            usedRing: GuestAddress(0x3000))
        #expect(try DeviceQueue(inside, memory: memory).size == 8)
        var layout = inside
        layout.descriptorTable = GuestAddress(0x1fc0)
        #expect(throws: QueueError.badAddress) { try DeviceQueue(layout, memory: memory) }
    }
}
