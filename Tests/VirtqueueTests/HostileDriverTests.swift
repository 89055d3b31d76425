// Each row of the table of what a hostile driver can do, field by field, in both kinds of ring: no
// trap, no endless loop, and the driver is told by a used element or by a broken queue.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("A hostile driver")
struct HostileDriverTests {
    typealias Desc = ForgedRing.Desc
    static let kinds: [TransportFeatures] = [[.indirectDesc], [.indirectDesc, .ringPacked]]
    static let plain: [TransportFeatures] = [[], [.ringPacked]]

    @Test("area addresses: unaligned, nowhere and wrapping areas are refused", arguments: kinds)
    func queueAddress(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        for area in [\QueueLayout.descriptorTable, \.availRing, \.usedRing] {
            for address in [1, 0x10_0000, 0x8000_0000_0000_0000, UInt64.max - 3] {
                var layout = ring.layout
                layout[keyPath: area] = GuestAddress(address)
                #expect(throws: QueueError.badAddress) {
                    try DeviceQueue(layout, memory: ring.memory, features: features)
                }
            }
        }
    }

    @Test("queue size: 0 and above 32768 are refused; a packed ring takes any other")
    func queueSize() throws {
        let ring = try ForgedRing(size: 3, features: [.ringPacked])
        #expect(try ring.device().size == 3)
        var layout = ring.layout
        for size in [0, 32769, 65535] as [UInt16] {
            layout.size = size
            #expect(throws: QueueError.badSize) {
                try DeviceQueue(layout, memory: ring.memory, features: [.ringPacked])
            }
        }
    }

    @Test(
        "`avail.ring[i]`: a head listed again and again holds no more chains than the queue is long"
    )
    func duplicateHeads() throws {
        let ring = try ForgedRing(size: 4, features: [])
        let queue = try ring.device()
        ring.offer([Desc()])
        for count in UInt16(1)...4 {
            ring.forge.set(availIndex: count)
            #expect(try queue.pop() != nil)
        }
        ring.forge.set(availIndex: 5)
        #expect(throws: QueueError.overrun) { try queue.pop() }
        #expect(queue.isBroken)
    }

    @Test("`next`: a loop, and one past the table or the ring", arguments: kinds)
    func next(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer(Array(repeating: Desc(next: true), count: 4))
        if ring.isPacked {
            // No last descriptor, so no buffer id: the queue cannot go on.
            #expect(throws: QueueError.badList) { try queue.pop() }
            #expect(queue.isBroken)
        } else {
            #expect(try queue.pop() == nil)
            #expect(ring.firstUsed?.id == 0)
        }
    }

    @Test("`len`: sums past 2^32 are added in 64 bits and refused", arguments: kinds)
    func lengths(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([
            Desc(len: .max, next: true), Desc(len: .max, next: true), Desc(len: 3, write: true),
        ])
        #expect(try queue.pop() == nil)
        #expect(queue.badChains == 1)
        #expect(ring.firstUsed?.len == 0)
        #expect(ring.firstUsed?.id == (ring.isPacked ? 7 : 0))
    }

    @Test(
        "`addr`: what no region holds fails the copy and nothing else", arguments: kinds,
        [0x0f_fff9, 0x10_0000, UInt64.max - 7, UInt64.max, 1 << 63])
    func addresses(features: TransportFeatures, address: UInt64) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([Desc(addr: address, next: true), Desc(addr: address, write: true)])
        var chain = try #require(try queue.pop())
        var buffer = WireBuffer(capacity: 8)
        #expect(throws: GuestMemoryError.self) {
            try queue.read(&chain, limit: 8, into: &buffer)
        }
        var answer = WireBuffer(capacity: 8)
        answer.append(zeros: 8)
        #expect(throws: GuestMemoryError.self) { try queue.write(answer, to: &chain) }
        queue.push(chain.head, written: 0)
        #expect(ring.firstUsed?.len == 0)
        #expect(!queue.isBroken)
    }

    @Test("`flags`: readable after writable is given back unused", arguments: kinds)
    func order(features: TransportFeatures) throws {
        try expectRefused([Desc(next: true, write: true), Desc()], features)
    }

    @Test("`flags`: INDIRECT without the feature is given back unused", arguments: plain)
    func unexpectedIndirect(features: TransportFeatures) throws {
        try expectRefused([Desc(addr: 0x9_0000, len: 16, indirect: true)], features)
    }

    @Test("`flags`: INDIRECT with NEXT is given back unused", arguments: kinds)
    func indirectNext(features: TransportFeatures) throws {
        try expectRefused(
            [Desc(addr: 0x9_0000, len: 16, next: true, indirect: true), Desc()], features)
    }

    @Test("`flags`: a packed list that is direct and indirect is given back unused")
    func mixed() throws {
        try expectRefused(
            [Desc(next: true), Desc(addr: 0x9_0000, len: 16, indirect: true)],
            [.indirectDesc, .ringPacked])
    }

    @Test("`flags`: a table inside a table is given back unused")
    func nested() throws {
        let ring = try ForgedRing(size: 4, features: [.indirectDesc])
        ring.setEntry(0, Desc(addr: 0x9_0000, len: 16, indirect: true))
        try expectRefused(
            [Desc(addr: 0x9_0000, len: 16, indirect: true)], [.indirectDesc], ring)
    }

    @Test(
        "table `len`: nothing, no multiple of 16, and more than the limit [VQ-O-005]",
        arguments: kinds,
        [0, 1, 15, 17, 31, 16 * 1025, 0xffff_fff0, 0xffff_ffff] as [UInt32])
    func indirectLength(features: TransportFeatures, len: UInt32) throws {
        try expectRefused([Desc(addr: 0x9_0000, len: len, indirect: true)], features)
    }

    @Test(
        "table: one that that is not mapped, or not to its end", arguments: kinds,
        [0x0f_fff8, 0x10_0000, UInt64.max - 15, UInt64.max, 1 << 63])
    func indirectAddress(features: TransportFeatures, address: UInt64) throws {
        try expectRefused([Desc(addr: address, len: 16, indirect: true)], features)
    }

    @Test("`next`: a loop in a table, and one past it")
    func indirectLoop() throws {
        for next in [0, 1, 2, 0xffff] as [UInt16] {
            let ring = try ForgedRing(size: 4, features: [.indirectDesc])
            ring.setEntry(0, Desc(next: true), next: next == 1 ? 1 : 0)
            ring.setEntry(1, Desc(next: true), next: next)
            if next != 1 { ring.setEntry(0, Desc(next: true), next: next) }
            try expectRefused(
                [Desc(addr: 0x9_0000, len: 32, indirect: true)], [.indirectDesc], ring)
        }
    }

    /// The chain comes back with length 0 and the next good one is served.
    private func expectRefused(
        _ descs: [Desc], _ features: TransportFeatures, _ given: ForgedRing? = nil
    ) throws {
        let ring = try given ?? ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer(descs)
        #expect(try queue.pop() == nil)
        #expect(queue.badChains == 1)
        #expect(!queue.isBroken)
        #expect(ring.firstUsed?.len == 0)
        #expect(ring.firstUsed?.id == (ring.isPacked ? 7 : 0))
    }

    @Test("requests: a chain's descriptors are read once", arguments: kinds)
    func rewritten(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([Desc(len: 8)])
        let chain = try #require(try queue.pop())
        ring.offer([Desc(addr: 0xdead, len: .max, write: true)])
        #expect(segments(chain.readable) == [segment(ForgedRing.data, 8)])
        #expect(chain.writable.count == 0)
    }

    @Test("requests: a response over the ring itself hurts the guest only", arguments: kinds)
    func aliasing(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([Desc(addr: ring.layout.descriptorTable.rawValue, len: 64, write: true)])
        var chain = try #require(try queue.pop())
        var answer = WireBuffer(capacity: 64)
        for _ in 0..<64 { answer.append(u8: 0xff) }
        #expect(try queue.write(answer, to: &chain) == 64)
        queue.push(chain.head, written: 64)
        _ = try? queue.pop()
        #expect(ring.isPacked || ring.firstUsed?.len == 64)
    }

    @Test("writable part: a response is cut, never written past the chain", arguments: kinds)
    func shortWritable(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([Desc(next: true), Desc(addr: ForgedRing.data + 8, len: 3, write: true)])
        var chain = try #require(try queue.pop())
        var answer = WireBuffer(capacity: 8)
        for _ in 0..<8 { answer.append(u8: 0xff) }
        #expect(try queue.write(answer, to: &chain) == 3)
        #expect(
            ring.forge.read(5, at: GuestAddress(ForgedRing.data + 8)) == [255, 255, 255, 0, 0])
    }

    @Test("`used_event`, flags: any value only changes notifications", arguments: kinds)
    func events(features: TransportFeatures) throws {
        for event in [0, 1, 2, 3, 4, 5, 0x7fff, 0x8000, 0x8003, 0xffff] as [UInt16] {
            for flags in UInt16(0)...4 {
                let ring = try ForgedRing(size: 4, features: features.union(.eventIndex))
                let queue = try ring.device()
                ring.forge.set(usedEvent: event)
                if ring.isPacked { ring.forge.set(driverEvent: event, flags: flags) }
                ring.offer([Desc()])
                queue.push(try #require(try queue.pop()).head, written: 0)
                _ = queue.needsInterrupt()
                #expect(!queue.isBroken)
            }
        }
    }

    @Test("event flags: 3, which is reserved, asks for every interrupt [VQ-O-002]")
    func reservedEventFlags() throws {
        let ring = try ForgedRing(size: 4, features: [.eventIndex, .ringPacked])
        let queue = try ring.device()
        ring.forge.set(driverEvent: 0x7fff, flags: 3)
        ring.offer([Desc()])
        queue.push(try #require(try queue.pop()).head, written: 0)
        #expect(queue.needsInterrupt())
    }

    @Test("table: rewritten behind the walk, the chain is what was read", arguments: kinds)
    func rewrittenTable(features: TransportFeatures) throws {
        for count in [2, 3] {
            let ring = try ForgedRing(size: 4, features: features)
            let queue = try ring.device()
            for index in 0..<count {
                ring.setEntry(
                    index, Desc(len: 8, next: index + 1 < count, write: index + 1 == count),
                    next: UInt16(index + 1))
            }
            ring.offer([
                Desc(addr: ForgedRing.table.rawValue, len: UInt32(16 * count), indirect: true)
            ])
            let chain = try #require(try queue.pop())
            for index in 0..<count { ring.setEntry(index, Desc(addr: 0xdead, len: .max)) }
            #expect(chain.readable.byteCount == UInt64(8 * (count - 1)))
            #expect(segments(chain.writable) == [segment(ForgedRing.data, 8)])
        }
    }

    @Test("table `len`: 1024 entries are taken in the shortest queue [VQ-O-005]", arguments: kinds)
    func longTable(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 1, features: features)
        let queue = try ring.device()
        for index in 0..<1024 {
            ring.setEntry(index, Desc(len: 1, next: index < 1023), next: UInt16(index + 1))
        }
        ring.offer([
            Desc(addr: ForgedRing.table.rawValue, len: 16 * 1024, indirect: true)
        ])
        #expect(try queue.pop()?.readable.count == 1024)
    }

    @Test("readable part: shorter than what is asked for, the copy says so", arguments: kinds)
    func shortReadable(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let queue = try ring.device()
        ring.offer([Desc(len: 3, next: true), Desc(len: 0)])
        var chain = try #require(try queue.pop())
        var buffer = WireBuffer(capacity: 64)
        #expect(try queue.read(&chain, limit: 24, into: &buffer) == 3)
        #expect(try queue.read(&chain, offset: 3, limit: 24, into: &buffer) == 0)
        #expect(try queue.read(&chain, offset: .max, limit: 24, into: &buffer) == 0)
        #expect(buffer.count == 3)
    }

    @Test("packed `id`: any number is echoed, also twice", arguments: [0, 4, 0x8000, 0xffff])
    func packedID(id: UInt16) throws {
        let ring = try ForgedRing(size: 4, features: [.ringPacked])
        let queue = try ring.device()
        for slot in 0..<2 {
            ring.forge.set(
                PackedRing.Descriptor(
                    addr: GuestAddress(0), len: 1, id: id, flags: [.avail]), at: slot)
        }
        for _ in 0..<2 { queue.push(try #require(try queue.pop()).head, written: 0) }
        #expect(ring.forge.descriptor(0).id == id)
        #expect(ring.forge.descriptor(1).id == id)
        #expect(ring.forge.descriptor(1).flags.contains([.avail, .used]))
    }

    @Test("packed flags: a list that goes on where nothing is available breaks the queue")
    func packedGap() throws {
        let ring = try ForgedRing(size: 4, features: [.ringPacked])
        let queue = try ring.device()
        ring.offer([Desc(next: true)])
        #expect(throws: QueueError.badList) { try queue.pop() }
        #expect(throws: QueueError.broken) { try queue.pop() }
    }

    @Test("packed flags: slots offered again while we hold them break the queue")
    func packedOverrun() throws {
        let ring = try ForgedRing(size: 2, features: [.ringPacked])
        let queue = try ring.device()
        ring.offer([Desc(), Desc()])
        _ = try #require(try queue.pop())
        _ = try #require(try queue.pop())
        // The second lap, although nothing came back.
        ring.forge.set(
            PackedRing.Descriptor(addr: GuestAddress(0), len: 1, id: 0, flags: [.used]), at: 0)
        #expect(throws: QueueError.overrun) { try queue.pop() }
    }

    @Test(
        "memory: taken away under it, a held chain's copy fails, the ring goes on", arguments: kinds
    )
    func unplug(features: TransportFeatures) throws {
        let ring = try ForgedRing(size: 4, features: features)
        let extra = try SharedMemory(name: "extra", sizeBytes: 0x1000)
        try ring.memory.add(GuestRegion(start: GuestAddress(0x20_0000), memory: extra))
        let queue = try ring.device()
        ring.offer([Desc(addr: 0x20_0000, len: 8)])
        var chain = try #require(try queue.pop())
        var buffer = WireBuffer(capacity: 8)
        #expect(try queue.read(&chain, limit: 8, into: &buffer) == 8)
        let removal = try ring.memory.remove(GuestAddress(0x20_0000))
        #expect(removal.waitUntilUnused(untilNanos: 1))
        buffer.removeAll()
        #expect(throws: GuestMemoryError.unmapped) {
            try queue.read(&chain, limit: 8, into: &buffer)
        }
        queue.push(chain.head, written: 0)
        #expect(ring.firstUsed != nil)
    }
}
