// The device rules of both kinds of ring, by their ids.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("A device's ring")
struct RingRuleTests {
    typealias Desc = ForgedRing.Desc
    static let kinds: [TransportFeatures] = [[.indirectDesc], [.indirectDesc, .ringPacked]]

    @Test("a chain of a queue before its reset is not given back to the one after [VQ-D-007]")
    func stale() throws {
        let ring = try ForgedRing(size: 4, features: [])
        let before = try ring.device()
        ring.offer([Desc()])
        let held = try #require(try before.pop())
        let after = try ring.device()
        after.push(held.head, written: 1)
        #expect(ring.forge.usedIndex == 0)
    }

    @Test("a request may be cut anywhere, into single bytes too [VQ-D-011]", arguments: kinds)
    func singleBytes(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 64, features: features)
        let queue = try ring.device()
        ring.forge.write(Array(0..<56), at: GuestAddress(ForgedRing.data))
        ring.offer(
            (0..<56).map { Desc(addr: ForgedRing.data + UInt64($0), len: 1, next: $0 < 55) })
        var chain = try #require(try queue.pop())
        var buffer = WireBuffer(capacity: 56)
        #expect(try queue.read(&chain, limit: 56, into: &buffer) == 56)
        #expect(buffer.array() == Array(0..<56))
    }

    @Test("readable buffers stay as they are [VQ-D-012]", arguments: kinds)
    func readableUntouched(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.forge.write([1, 2, 3, 4, 5, 6, 7, 8], at: GuestAddress(ForgedRing.data))
        ring.offer([Desc(next: true), Desc(addr: ForgedRing.data + 8, write: true)])
        var chain = try #require(try queue.pop())
        var answer = WireBuffer(capacity: 16)
        answer.append(zeros: 16)
        #expect(try queue.write(answer, to: &chain) == 8)
        #expect(
            ring.forge.read(8, at: GuestAddress(ForgedRing.data)) == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test(
        "WRITE on the descriptor that refers to a table means nothing [VQ-D-014]", arguments: kinds)
    func indirectWrite(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.setEntry(0, Desc(len: 5, next: true), next: 1)
        ring.setEntry(1, Desc(len: 6, write: true))
        ring.offer([
            Desc(addr: ForgedRing.table.rawValue, len: 32, write: true, indirect: true)
        ])
        let chain = try #require(try queue.pop())
        #expect(segments(chain.readable) == [segment(ForgedRing.data, 5)])
        #expect(segments(chain.writable) == [segment(ForgedRing.data, 6)])
    }

    @Test("direct descriptors may stand before a table in a split ring [VQ-D-015]")
    func directThenIndirect() throws {
        let ring = try ForgedRing(size: 4, features: [.indirectDesc])
        let queue = try ring.device()
        ring.setEntry(0, Desc(len: 6, write: true))
        ring.offer([
            Desc(len: 5, next: true),
            Desc(addr: ForgedRing.table.rawValue, len: 16, indirect: true),
        ])
        let chain = try #require(try queue.pop())
        #expect(chain.readable.byteCount == 5)
        #expect(chain.writable.byteCount == 6)
    }

    @Test("with EVENT_IDX the flag means nothing and the index decides [VQ-D-017] [VQ-D-019]")
    func eventIndex() throws {
        let ring = try ForgedRing(size: 4, features: [.eventIndex])
        let queue = try ring.device()
        ring.forge.set(availFlags: 1)
        ring.forge.set(usedEvent: 1)
        ring.offer([Desc()])
        queue.suppressNotifications()
        queue.push(try #require(try queue.pop()).head, written: 0)
        #expect(!queue.needsInterrupt())
        ring.forge.set(availIndex: 2)
        queue.push(try #require(try queue.pop()).head, written: 0)
        #expect(queue.needsInterrupt())
        #expect(!queue.needsInterrupt())
        #expect(ring.forge.usedFlags == 0)
        // An empty ring asks for the next chain.
        #expect(try queue.pop() == nil)
        #expect(ring.forge.availEvent == 2)
    }

    @Test("packed: an event at a slot, over the wrap too [VQ-D-017]")
    func packedEvent() throws {
        let ring = try ForgedRing(size: 3, features: [.eventIndex, .ringPacked])
        let device = try ring.device()
        let driver = try ring.driver()
        for round in 0..<30 {
            // The driver asks for the slot behind the next one.
            let event = UInt16((round + 1) % 3) | ((round + 1) / 3 % 2 == 0 ? 0x8000 : 0)
            ring.forge.set(driverEvent: event, flags: 2)
            try driver.add(readable: [segment(ForgedRing.data, 1)], writable: [])
            device.push(try #require(try device.pop()).head, written: 0)
            #expect(!device.needsInterrupt())
            let next = UInt16(round % 3) | (round / 3 % 2 == 0 ? 0x8000 : 0)
            ring.forge.set(driverEvent: next, flags: 2)
            #expect(try driver.takeUsed() != nil)
        }
    }

    @Test(
        "without EVENT_IDX a busy device asks for silence, an idle one does not [VQ-D-019]",
        arguments: kinds)
    func silence(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        let driver = try ring.driver()
        queue.suppressNotifications()
        #expect(!driver.needsNotification())
        #expect(try queue.pop() == nil)
        #expect(driver.needsNotification())
    }

    @Test(
        "a device that polls is not notified, and asks for it again by the first look after that",
        arguments: [[], .ringPacked] as [TransportFeatures])
    func polled(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        let driver = try ring.driver()
        #expect(driver.needsNotification())
        queue.isPolled = true
        for _ in 0..<6 {
            #expect(!queue.hasMore)
            #expect(try queue.pop() == nil)
            #expect(!driver.needsNotification())
            try driver.add(readable: [segment(ForgedRing.data, 1)], writable: [])
            #expect(!driver.needsNotification())
            #expect(queue.hasMore)
            queue.push(try #require(try queue.pop()).head, written: 0)
            _ = try driver.takeUsed()
        }
        queue.isPolled = false
        #expect(try queue.pop() == nil)
        #expect(driver.needsNotification())
    }

    @Test("packed: used descriptors stand in the order of completion [VQ-D-021] [VQ-D-022]")
    func packedOrder() throws {
        let ring = try ForgedRing(size: 5, features: [.ringPacked])
        let device = try ring.device()
        let driver = try ring.driver()
        for round in UInt32(0)..<200 {
            let ids = try (0..<2).map { _ in
                try driver.add(
                    readable: [segment(ForgedRing.data, 1)],
                    writable: [segment(ForgedRing.data + 8, 9)])
            }
            let first = try #require(try device.pop())
            let second = try #require(try device.pop())
            device.push(second.head, written: round)
            device.push(first.head, written: 1)
            #expect(
                try driver.takeUsed() == SplitRing.UsedElement(id: UInt32(ids[1]), len: round))
            #expect(try driver.takeUsed() == SplitRing.UsedElement(id: UInt32(ids[0]), len: 1))
            #expect(driver.freeCount == 5)
        }
    }

    @Test("a device goes on where another has stopped, at any place", arguments: kinds)
    func recovery(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let driver = try ring.driver()
        var device = try ring.device()
        for round in UInt32(0)..<70_000 {
            try driver.add(readable: [segment(ForgedRing.data, 1)], writable: [])
            device.push(try #require(try device.pop()).head, written: round)
            guard try driver.takeUsed() != nil else {
                Issue.record("round \(round) is lost")
                return
            }
            if round % 4097 == 0 { device = try ring.device(position: device.position) }
        }
        #expect(device.badChains == 0)
    }

    @Test("a start position that the ring does not have is refused")
    func badPosition() throws {
        let packed = try ForgedRing(size: 4, features: [.ringPacked])
        for raw in [4, 0x7fff, 0x0004_0000] as [UInt32] {
            #expect(throws: QueueError.badPosition) {
                try packed.device(position: QueuePosition(rawValue: raw))
            }
        }
        let split = try ForgedRing(size: 4, features: [])
        #expect(throws: QueueError.badPosition) {
            try split.device(position: QueuePosition(rawValue: 0x1_0000))
        }
    }

    @Test(
        "a chain held is completed from another thread through the device's loop", arguments: kinds)
    func mailbox(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([Desc(write: true)])
        let chain = try #require(try queue.pop())
        let wake = try EventDescriptor()
        let mailbox = ChainMailbox<UInt32>(wake: wake)
        let worker = try WorkerThread(name: "worker") { mailbox.post(chain, 5) }
        try #require(wake.wait(timeoutMillis: 10_000))
        worker.join()
        for letter in mailbox.takeAll() {
            queue.push(letter.chain.head, written: letter.response)
        }
        #expect(ring.firstUsed?.len == 5)
        #expect(queue.chainsHeld == 0)
    }
}
