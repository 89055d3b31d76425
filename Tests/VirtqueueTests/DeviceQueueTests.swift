// What a device makes of the chains of a driver that keeps to no rule (virtio 1.4, 2.7).

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("A device's queue")
struct DeviceQueueTests {
    @Test("holds nothing while the indices are equal, however often it is asked [VQ-D-020]")
    func empty() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        for _ in 0..<3 { #expect(try queue.pop() == nil) }
        #expect(try ring.usedIndex == 0)
    }

    @Test("gives the segments of a chain in its order, wherever its descriptors lie [VQ-D-011]")
    func chain() throws {
        let ring = try RawRing(size: 8)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(5, addr: 0x100, len: 10, flags: [.next], next: 2)
        try ring.setDescriptor(2, addr: 0x50, len: 20, flags: [.next], next: 7)
        try ring.setDescriptor(7, addr: 0x900, len: 30, flags: [.next, .write], next: 0)
        try ring.setDescriptor(0, addr: 0x200, len: 40, flags: [.write], next: 5)
        try ring.setHead(5, at: 0)
        try ring.setAvailIndex(1)
        let chain = try #require(try queue.pop())
        #expect(chain.head.index == 5)
        #expect(segments(chain.readable) == [segment(0x100, 10), segment(0x50, 20)])
        #expect(segments(chain.writable) == [segment(0x900, 30), segment(0x200, 40)])
        #expect(try queue.pop() == nil)
        queue.push(chain.head, written: 33)
        #expect(try ring.usedIndex == 1)
        #expect(try ring.used(0) == SplitRing.UsedElement(id: 5, len: 33))
    }

    @Test("takes chains of one direction only")
    func oneDirection() throws {
        let ring = try RawRing(size: 2)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: 0x100, len: 1)
        try ring.setDescriptor(1, addr: 0x200, len: 2, flags: [.write])
        try ring.setHead(0, at: 0)
        try ring.setHead(1, at: 1)
        try ring.setAvailIndex(2)
        let first = try #require(try queue.pop())
        #expect(segments(first.readable) == [segment(0x100, 1)])
        #expect(first.writable.count == 0)
        let second = try #require(try queue.pop())
        #expect(second.readable.count == 0)
        #expect(segments(second.writable) == [segment(0x200, 2)])
    }

    @Test("takes descriptors of no length")
    func zeroLength() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: .max, len: 0, flags: [.next], next: 1)
        try ring.setDescriptor(1, addr: 0x100, len: 4, flags: [.next], next: 2)
        try ring.setDescriptor(2, addr: 0, len: 0, flags: [.write])
        try ring.setHead(0, at: 0)
        try ring.setAvailIndex(1)
        let chain = try #require(try queue.pop())
        #expect(chain.readable.byteCount == 4)
        #expect(chain.writable.count == 1)
        #expect(chain.writable.byteCount == 0)
    }

    @Test("ignores descriptor flags that the standard does not know, and next without NEXT")
    func unknownFlags() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(
            3, addr: 0x100, len: 4, flags: SplitRing.DescriptorFlags(rawValue: 0xfff8), next: 0xffff
        )
        try ring.setHead(3, at: 0)
        try ring.setAvailIndex(1)
        let chain = try #require(try queue.pop())
        #expect(segments(chain.readable) == [segment(0x100, 4)])
    }

    /// Ways in which descriptors 0 and 1 do not make a chain, in a ring of 4.
    enum BadChain: String, CaseIterable {
        case loop, selfLoop, nextOutOfRange, nextIsSize, readableAfterWritable, indirect,
            indirectLast, tooManyBytes

        func write(to ring: RawRing) throws {
            switch self {
            case .loop:
                try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.next], next: 1)
                try ring.setDescriptor(1, addr: 0x100, len: 1, flags: [.next], next: 0)
            case .selfLoop:
                try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.next, .write], next: 0)
            case .nextOutOfRange:
                try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.next], next: 0xffff)
            case .nextIsSize:
                try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.next], next: 4)
            case .readableAfterWritable:
                try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.next, .write], next: 1)
                try ring.setDescriptor(1, addr: 0x100, len: 1)
            case .indirect:
                try ring.setDescriptor(0, addr: 0x100, len: 16, flags: [.indirect])
            case .indirectLast:
                try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.next], next: 1)
                try ring.setDescriptor(1, addr: 0x100, len: 16, flags: [.indirect, .write])
            case .tooManyBytes:
                try ring.setDescriptor(0, addr: 0x100, len: 1 << 28, flags: [.next], next: 1)
                try ring.setDescriptor(1, addr: 0x100, len: 1, flags: [.write])
            }
        }
    }

    @Test(
        "gives a bad chain back unused and serves the next good one", arguments: BadChain.allCases)
    func badChain(bad: BadChain) throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try bad.write(to: ring)
        try ring.setDescriptor(2, addr: 0x300, len: 3)
        try ring.setHead(0, at: 0)
        try ring.setHead(2, at: 1)
        try ring.setAvailIndex(2)
        let chain = try #require(try queue.pop())
        #expect(chain.head.index == 2)
        #expect(segments(chain.readable) == [segment(0x300, 3)])
        #expect(try ring.usedIndex == 1)
        #expect(try ring.used(0) == SplitRing.UsedElement(id: 0, len: 0))
        #expect(queue.badChains == 1)
        #expect(!queue.isBroken)
    }

    @Test("takes a chain of 2^28 bytes, its limit [VQ-O-004]")
    func byteLimit() throws {
        let ring = try RawRing(size: 2)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: 0x100, len: (1 << 28) - 1, flags: [.next], next: 1)
        try ring.setDescriptor(1, addr: 0x100, len: 1, flags: [.write])
        try ring.setHead(0, at: 0)
        try ring.setAvailIndex(1)
        let chain = try #require(try queue.pop())
        #expect(chain.readable.byteCount + chain.writable.byteCount == ChainLimits.byteCountMax)
    }

    @Test("takes a chain of as many descriptors as the queue is long [VQ-D-023]")
    func longestChain() throws {
        let ring = try RawRing(size: 16)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        for index in UInt16(0)..<15 {
            try ring.setDescriptor(index, addr: 0x100, len: 1, flags: [.next], next: index + 1)
        }
        try ring.setDescriptor(15, addr: 0x100, len: 1)
        try ring.setHead(0, at: 0)
        try ring.setAvailIndex(1)
        #expect(try queue.pop()?.readable.count == 16)
    }

    @Test("serves no more bad chains in one go than the queue is long, then goes on")
    func onlyBadChains() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: 0, len: 16, flags: [.indirect])
        for position in UInt16(0)..<4 { try ring.setHead(0, at: position) }
        try ring.setAvailIndex(4)
        #expect(try queue.pop() == nil)
        #expect(try ring.usedIndex == 4)
        #expect(queue.badChains == 4)
        // The driver may be waiting for them. [VQ-D-016]
        #expect(queue.hasUntold)
        #expect(queue.needsInterrupt())
        #expect(!queue.hasUntold)
        try ring.setDescriptor(1, addr: 0x100, len: 1)
        try ring.setHead(1, at: 4)
        try ring.setAvailIndex(5)
        #expect(try queue.pop()?.head.index == 1)
    }

    @Test("has more while the driver's index is ahead, unless it is paused or broken")
    func hasMore() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        #expect(!queue.hasMore)
        try ring.setDescriptor(0, addr: 0x100, len: 1)
        try ring.setHead(0, at: 0)
        try ring.setAvailIndex(1)
        #expect(queue.hasMore)
        queue.isPaused = true
        #expect(!queue.hasMore)
        queue.isPaused = false
        #expect(try queue.pop() != nil)
        #expect(!queue.hasMore)
        try ring.setAvailIndex(7)
        #expect(queue.hasMore)
        #expect(throws: QueueError.indexJump) { try queue.pop() }
        #expect(!queue.hasMore)
    }

    @Test("gives the same head twice when the driver lists it twice")
    func duplicateHead() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(3, addr: 0x100, len: 1)
        try ring.setHead(3, at: 0)
        try ring.setHead(3, at: 1)
        try ring.setAvailIndex(2)
        let first = try #require(try queue.pop())
        let second = try #require(try queue.pop())
        #expect(first.head.index == 3)
        #expect(second.head.index == 3)
        queue.push(first.head, written: 0)
        queue.push(second.head, written: 0)
        #expect(try ring.usedIndex == 2)
    }

    @Test("is broken by a head past the table, for good", arguments: [4, 5, 0x8000, 0xffff])
    func badHead(head: UInt16) throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: 0x100, len: 1)
        try ring.setHead(0, at: 0)
        try ring.setHead(head, at: 1)
        try ring.setAvailIndex(2)
        let good = try #require(try queue.pop())
        #expect(throws: QueueError.badHead) { try queue.pop() }
        #expect(queue.isBroken)
        try ring.setHead(0, at: 1)
        #expect(throws: QueueError.broken) { try queue.pop() }
        queue.push(good.head, written: 1)
        #expect(try ring.usedIndex == 0)
    }

    @Test(
        "is broken by an index that jumps further than the queue is long, or back",
        arguments: [5, 6, 0x8000, 0xffff])
    func indexJump(index: UInt16) throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setAvailIndex(index)
        #expect(throws: QueueError.indexJump) { try queue.pop() }
        #expect(throws: QueueError.broken) { try queue.pop() }
    }

    @Test("neither writes the descriptor table nor the available ring [VQ-D-013]")
    func readOnlyAreas() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: 0x100, len: 1, flags: [.write])
        try ring.setHead(0, at: 0)
        try ring.setAvailIndex(1)
        let count = Int(ring.layout.usedRing.rawValue - RawRing.start)
        let before = try ring.bytes(at: RawRing.start, count: count).bytes()
        queue.push(try #require(try queue.pop()).head, written: 1)
        #expect(try ring.bytes(at: RawRing.start, count: count).bytes() == before)
    }

    @Test("wants an interrupt unless NO_INTERRUPT is set [VQ-D-016]")
    func noInterrupt() throws {
        let ring = try RawRing(size: 4)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        #expect(queue.needsInterrupt())
        try ring.setAvailFlags(1)
        #expect(!queue.needsInterrupt())
        try ring.setAvailFlags(0xfffe)
        #expect(queue.needsInterrupt())
    }

    @Test("leaves the used ring's flags 0 [VQ-D-019]")
    func usedFlags() throws {
        let ring = try RawRing(size: 1)
        let queue = try DeviceQueue(ring.layout, memory: ring.memory)
        try ring.setDescriptor(0, addr: 0x100, len: 1)
        for index in UInt16(1)...3 {
            try ring.setHead(0, at: index - 1)
            try ring.setAvailIndex(index)
            queue.push(try #require(try queue.pop()).head, written: 0)
        }
        #expect(try ring.bytes(at: ring.layout.usedRing.rawValue, count: 2).bytes() == [0, 0])
        #expect(try ring.usedIndex == 3)
    }
}
