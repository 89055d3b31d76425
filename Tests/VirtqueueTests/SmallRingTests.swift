// Small rings, every one of them: all lists of up to three descriptors with any flags and any next,
// and all indices, against walks over plain arrays.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

/// A ring at the start of its memory whose words are stored one by one: a forge that goes through
/// the copies of guest memory would take most of the time.
@safe private struct BareRing {
    static let availRing = 0x1000
    static let usedRing = 0x2000
    static let table: UInt64 = 0x3000
    let shared: SharedMemory
    let memory: GuestMemory
    let size: Int
    let features: TransportFeatures

    init(size: Int, features: TransportFeatures) throws {
        shared = try SharedMemory(name: "small", sizeBytes: 0x4000)
        memory = try GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)])
        self.size = size
        self.features = features
        // An indirect table of one writable entry, of either kind of ring.
        let flags: UInt64 = features.contains(.ringPacked) ? 2 << 48 : 2 << 32
        set(flags | 1, at: Int(Self.table) + 8)
    }

    func device(position: QueuePosition? = nil) throws -> DeviceQueue {
        let layout = QueueLayout(
            size: UInt16(size), descriptorTable: GuestAddress(0),
            availRing: GuestAddress(UInt64(Self.availRing)),
            usedRing: GuestAddress(UInt64(Self.usedRing)))
        return try DeviceQueue(layout, memory: memory, features: features, position: position)
    }

    func set<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<T>.size <= shared.sizeBytes)
        // SAFETY: the precondition keeps the store inside the mapping.
        unsafe shared.baseAddress.storeBytes(
            of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    func word(at offset: Int) -> UInt16 {
        precondition(offset >= 0 && offset + 2 <= shared.sizeBytes)
        // SAFETY: as above.
        return unsafe UInt16(
            littleEndian: shared.baseAddress.loadUnaligned(
                fromByteOffset: offset, as: UInt16.self))
    }

    /// A descriptor of 16 bytes at the table; its last two words differ between the kinds.
    func setDescriptor(_ slot: Int, _ word12: UInt16, _ word14: UInt16) {
        set(Self.table, at: slot * 16)
        set(16 | UInt64(word12) << 32 | UInt64(word14) << 48, at: slot * 16 + 8)
    }
}

@Suite("Small rings")
struct SmallRingTests {
    private static let next = 1
    private static let write = 2
    private static let indirect = 4

    /// How many readable and writable parts a well-formed chain has, as one number.
    private static func shape(_ readable: Int, _ writable: Int) -> Int { readable * 16 + writable }
    private static let malformed = -1

    // MARK: Split

    /// What a chain is: descriptors behind the third are one readable part each.
    private static func split(
        _ flags: borrowing InlineArray<4, Int>, _ nexts: borrowing InlineArray<4, Int>,
        head: Int, size: Int
    ) -> Int {
        var readable = 0
        var writable = 0
        var at = head
        for _ in 0..<size {
            let flag = flags[at]
            if flag & indirect != 0 {
                return flag & next != 0 ? malformed : shape(readable, writable + 1)
            }
            if flag & write != 0 {
                writable += 1
            } else {
                if writable > 0 { return malformed }
                readable += 1
            }
            if flag & next == 0 { return shape(readable, writable) }
            if nexts[at] >= size { return malformed }
            at = nexts[at]
        }
        return malformed
    }

    // From each head of one and two descriptors. In the ring of four it is head 0 alone: the graphs
    // over descriptors 0, 1 and 2 are all there are, so renaming these three turns each graph seen
    // from another of them into one that is seen from 0; descriptor 3 is a chain of its own.
    @Test(
        "split: every graph of up to three descriptors is what a plain walk says",
        arguments: [1, 2, 4])
    func splitGraphs(size: Int) throws {
        let ring = try BareRing(size: size, features: [.indirectDesc])
        let queue = try ring.device()
        let count = min(size, 3)
        let choices = 8 * (size + 1)
        var flags = InlineArray<4, Int>(repeating: 0)
        var nexts = InlineArray<4, Int>(repeating: 0)
        var chain = DescriptorChain()
        var index: UInt16 = 0
        var total = 1
        for slot in 0..<count {
            ring.setDescriptor(slot, 0, 0)
            total *= choices
        }
        var seen = 0
        for code in 0..<total {
            // The lowest digit changes each time, the ones above when those below are 0.
            var rest = code
            for slot in 0..<count {
                let digit = rest % choices
                rest /= choices
                flags[slot] = digit % 8
                nexts[slot] = digit / 8
                ring.setDescriptor(slot, UInt16(flags[slot]), UInt16(nexts[slot]))
                if digit != 0 { break }
            }
            for head in 0..<(size == 4 ? 1 : size) {
                ring.set(
                    UInt16(head), at: BareRing.availRing + 4 + 2 * (Int(index) & (size - 1)))
                index &+= 1
                ring.set(index, at: BareRing.availRing + 2)
                let isGood = try queue.pop(into: &chain)
                let found =
                    isGood
                    ? Self.shape(chain.readable.count, chain.writable.count) : Self.malformed
                let expected = Self.split(flags, nexts, head: head, size: size)
                guard found == expected, queue.chainsHeld == (isGood ? 1 : 0) else {
                    Issue.record("graph \(code) from \(head): \(found) instead of \(expected)")
                    return
                }
                if isGood { queue.push(chain.head, written: 0) }
                guard ring.word(at: BareRing.usedRing + 2) == index else {
                    Issue.record("graph \(code) from \(head) does not come back")
                    return
                }
                seen += 1
            }
        }
        #expect(seen == [1: 16, 2: 1152, 4: 64_000][size])
    }

    @Test("`avail.idx`: each that jumps past the size breaks the queue, no other does [VQ-O-001]")
    func splitIndices() throws {
        for size in [1, 2, 4] {
            let ring = try BareRing(size: size, features: [])
            ring.setDescriptor(0, 0, 0)
            var chain = DescriptorChain()
            var queue = try ring.device()
            for index in UInt16.min...UInt16.max {
                ring.set(index, at: BareRing.availRing + 2)
                var taken = 0
                var error: QueueError?
                // No #expect here: it would take longer than all the rest.
                do throws(QueueError) {
                    while try queue.pop(into: &chain) { taken += 1 }
                } catch let thrown { error = thrown }
                guard error == (index > size ? .indexJump : nil),
                    taken == (index > size ? 0 : Int(index)), queue.isBroken == (index > size)
                else {
                    Issue.record("index \(index) in a ring of \(size): \(taken) taken")
                    return
                }
                queue = try ring.device()
            }
        }
    }

    // MARK: Packed

    /// What one look at a ring comes to.
    private struct Look: Equatable {
        enum End { case nothing, chain, broken }
        var end = End.nothing
        /// Lists that came back unused before.
        var bad = 0
        var readable = 0
        var writable = 0
        /// Where the device stands afterwards.
        var place = QueuePosition(rawValue: 0)
    }

    /// A device in a plain array: `marks` has AVAIL in bit 0 and USED in bit 1 of each slot.
    private static func packed(
        _ flags: borrowing InlineArray<4, Int>, _ given: borrowing InlineArray<4, Int>,
        size: Int, slot: Int, wrap: Bool
    ) -> Look {
        var look = Look()
        var marks = InlineArray<4, Int>(repeating: 0)
        for index in 0..<4 { marks[index] = given[index] }
        var (slot, wrap) = (slot, wrap)
        // It does not go on for ever with bad lists.
        for _ in 0..<size {
            var isGood = true
            var step = 0
            var (at, counter) = (slot, wrap)
            look.readable = 0
            look.writable = 0
            while true {
                guard marks[at] == (counter ? 1 : 2) else {
                    look.end = step == 0 ? .nothing : .broken
                    look.place = Self.place(slot, wrap)
                    return look
                }
                let flag = flags[at]
                step += 1
                at += 1
                if at == size { (at, counter) = (0, !counter) }
                if flag & indirect != 0 {
                    isGood = isGood && step == 1 && flag & next == 0
                    look.writable += 1
                } else if flag & write != 0 {
                    look.writable += 1
                } else {
                    isGood = isGood && look.writable == 0
                    look.readable += 1
                }
                if flag & next == 0 { break }
                if step == size {
                    look.end = .broken
                    return look
                }
            }
            if !isGood { marks[slot] = wrap ? 3 : 0 }
            (slot, wrap) = (at, counter)
            look.place = Self.place(slot, wrap)
            if isGood {
                look.end = .chain
                return look
            }
            look.bad += 1
        }
        return look
    }

    private static func place(_ slot: Int, _ wrap: Bool) -> QueuePosition {
        let word = UInt32(slot) | (wrap ? 0x8000 : 0)
        return QueuePosition(rawValue: word | word << 16)
    }

    @Test(
        "packed: every list of up to three descriptors, at every place, is what a plain walk says",
        arguments: [1, 2, 3])
    func packedLists(size: Int) throws {
        let ring = try BareRing(size: size, features: [.indirectDesc, .ringPacked])
        var total = 1
        for _ in 0..<size { total *= 32 }
        var flags = InlineArray<4, Int>(repeating: 0)
        var marks = InlineArray<4, Int>(repeating: 0)
        var chain = DescriptorChain()
        for place in 0..<(2 * size) {
            let (start, wrap) = (place % size, place < size)
            var queue = try ring.device(position: Self.place(start, wrap))
            for code in 0..<total {
                var rest = code
                for slot in 0..<size {
                    flags[slot] = rest % 8
                    marks[slot] = rest / 8 % 4
                    rest /= 32
                    let word = flags[slot] | (marks[slot] & 1) << 7 | (marks[slot] >> 1) << 15
                    ring.setDescriptor(slot, UInt16(slot), UInt16(word))
                }
                let expected = Self.packed(flags, marks, size: size, slot: start, wrap: wrap)
                let found = Self.take(queue, &chain)
                guard found == expected || found.end == .broken && expected.end == .broken else {
                    Issue.record("list \(code) at \(place): \(found), not \(expected)")
                    return
                }
                if queue.isBroken || queue.position != Self.place(start, wrap) {
                    queue = try ring.device(position: Self.place(start, wrap))
                }
            }
        }
    }

    private static func take(_ queue: DeviceQueue, _ chain: inout DescriptorChain) -> Look {
        var look = Look()
        let bad = queue.badChains
        do throws(QueueError) {
            if try queue.pop(into: &chain) {
                look.end = .chain
                look.readable = chain.readable.count
                look.writable = chain.writable.count
                queue.push(chain.head, written: 0)
            }
        } catch { look.end = .broken }
        look.bad = Int(queue.badChains - bad)
        look.place = queue.position
        return look
    }
}
