// Both sides on one ring: what the driver adds the device takes, and the other way round.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("A driver's and a device's queue")
struct QueuePairTests {
    @Test("pass a chain to and fro at every size", arguments: (0...15).map { UInt16(1) << $0 })
    func everySize(size: UInt16) throws {
        let ring = try RawRing(size: size)
        let device = try DeviceQueue(ring.layout, memory: ring.memory)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        // More rounds than slots, so each slot is used and wrapped.
        for round in 0..<(2 * UInt32(size) + 3) {
            let head = try driver.add(
                readable: [segment(ring.data + UInt64(round & 0xff), 7)], writable: [])
            let chain = try #require(try device.pop())
            try #require(chain.head.index == head)
            try #require(segments(chain.readable) == [segment(ring.data + UInt64(round & 0xff), 7)])
            device.push(chain.head, written: round)
            let used = try #require(try driver.takeUsed())
            try #require(used == SplitRing.UsedElement(id: UInt32(head), len: round))
        }
        #expect(driver.freeCount == Int(size))
        #expect(try device.pop() == nil)
    }

    @Test("go on past 65,536 chains, where the indices wrap")
    func indexWrap() throws {
        let ring = try RawRing(size: 4)
        let device = try DeviceQueue(ring.layout, memory: ring.memory)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        for round in UInt32(0)..<70_000 {
            let head = try driver.add(
                readable: [segment(ring.data, 1)], writable: [segment(ring.data + 8, 2)])
            let chain = try #require(try device.pop())
            guard chain.head.index == head else {
                Issue.record("head \(chain.head.index) instead of \(head) in round \(round)")
                return
            }
            device.push(chain.head, written: round)
            guard try driver.takeUsed()?.len == round else {
                Issue.record("the used element of round \(round) is wrong")
                return
            }
        }
        #expect(try ring.usedIndex == UInt16(70_000 - 65_536))
        #expect(driver.freeCount == 4)
    }

    @Test("fill the longest ring and empty it again")
    func fullRing() throws {
        let ring = try RawRing(size: 32768)
        let device = try DeviceQueue(ring.layout, memory: ring.memory)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        for index in UInt64(0)..<32768 {
            try driver.add(readable: [segment(index, 1)], writable: [])
        }
        #expect(driver.freeCount == 0)
        #expect(throws: DriverQueueError.full) {
            try driver.add(readable: [segment(0, 1)], writable: [])
        }
        for index in UInt64(0)..<32768 {
            let chain = try #require(try device.pop())
            try #require(segments(chain.readable) == [segment(index, 1)])
            device.push(chain.head, written: 0)
        }
        #expect(try device.pop() == nil)
        for _ in 0..<32768 { try #require(try driver.takeUsed() != nil) }
        #expect(driver.freeCount == 32768)
    }

    @Test("let a chain be held while later ones are completed first [VQ-D-021]")
    func outOfOrder() throws {
        let ring = try RawRing(size: 8)
        let device = try DeviceQueue(ring.layout, memory: ring.memory)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        let heads = try (0..<3).map { index in
            try driver.add(
                readable: [segment(ring.data, 1), segment(ring.data, 2)],
                writable: index == 1 ? [segment(ring.data, 3)] : [])
        }
        let held = try #require(try device.pop())
        let second = try #require(try device.pop())
        let third = try #require(try device.pop())
        device.push(third.head, written: 30)
        device.push(second.head, written: 20)
        #expect(try driver.takeUsed() == SplitRing.UsedElement(id: UInt32(heads[2]), len: 30))
        #expect(try driver.takeUsed() == SplitRing.UsedElement(id: UInt32(heads[1]), len: 20))
        #expect(try driver.takeUsed() == nil)
        #expect(driver.freeCount == 6)
        // The ring goes round several times under the held chain.
        for round in UInt32(0)..<40 {
            try driver.add(readable: [segment(ring.data, 1)], writable: [])
            device.push(try #require(try device.pop()).head, written: round)
            #expect(try driver.takeUsed()?.len == round)
        }
        device.push(held.head, written: 10)
        #expect(try driver.takeUsed() == SplitRing.UsedElement(id: UInt32(heads[0]), len: 10))
        #expect(driver.freeCount == 8)
    }

    @Test("refuse a chain without segments, and one longer than what is free")
    func addErrors() throws {
        let ring = try RawRing(size: 4)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        #expect(throws: DriverQueueError.empty) { try driver.add(readable: [], writable: []) }
        let three = Array(repeating: segment(ring.data, 1), count: 3)
        #expect(throws: DriverQueueError.full) { try driver.add(readable: three, writable: three) }
        #expect(driver.freeCount == 4)
        try driver.add(readable: three, writable: [])
        #expect(throws: DriverQueueError.full) {
            try driver.add(readable: three, writable: [])
        }
        #expect(driver.freeCount == 1)
    }

    @Test(
        "do not let a device give back what was not in flight",
        arguments: [1, 3, 4, 0xffff, 0x1_0000, 0xffff_ffff] as [UInt32])
    func badUsedElement(id: UInt32) throws {
        let ring = try RawRing(size: 4)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        let head = try driver.add(
            readable: [segment(ring.data, 1), segment(ring.data, 1)], writable: [])
        try #require(head == 0)
        var element = WireBuffer(capacity: 8)
        element.append(SplitRing.UsedElement(id: id, len: 0))
        try ring.bytes(at: ring.layout.usedRing.rawValue + 4, count: 8).write(element.array())
        try ring.bytes(at: ring.layout.usedRing.rawValue + 2, count: 2).write([1, 0])
        #expect(throws: DriverQueueError.badUsedElement) { try driver.takeUsed() }
        #expect(driver.freeCount == 2)
    }

    @Test("notify unless the device says NO_NOTIFY")
    func noNotify() throws {
        let ring = try RawRing(size: 4)
        let driver = try DriverQueue(ring.layout, memory: ring.memory)
        #expect(driver.wantsNotification)
        try ring.write(1, at: ring.layout.usedRing, offset: 0)
        #expect(!driver.wantsNotification)
    }
}
