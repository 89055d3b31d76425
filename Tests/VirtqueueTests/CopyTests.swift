// Copies between guest memory and private bytes, over every border that segments and regions have.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("Copying guest memory")
struct CopyTests {
    /// Guest 0x1000..<0x3000 and 0x5000..<0x6000: the first two pages are two regions that adjoin
    /// for the guest and lie the other way round here.
    private let shared: SharedMemory
    private let memory: GuestMemory

    init() throws {
        let shared = try SharedMemory(name: "copy", sizeBytes: 0x3000)
        self.shared = shared
        func part(_ offset: Int) throws -> MemoryRange {
            try #require(shared.range.slice(offset: offset, count: 0x1000))
        }
        memory = try GuestMemory([
            GuestRegion(start: GuestAddress(0x1000), memory: part(0x1000), owner: shared),
            GuestRegion(start: GuestAddress(0x2000), memory: part(0), owner: shared),
            GuestRegion(start: GuestAddress(0x5000), memory: part(0x2000), owner: shared),
        ])
    }

    /// Where a mapped guest address lies in the mapping.
    private func offset(_ address: UInt64) -> Int {
        switch address {
        case 0x1000..<0x2000: Int(address)
        case 0x2000..<0x3000: Int(address - 0x2000)
        default: Int(address - 0x5000 + 0x2000)
        }
    }

    private func gather(_ list: [GuestSegment], offset: UInt64 = 0, limit: Int, capacity: Int)
        throws -> (count: Int, bytes: [UInt8])
    {
        var buffer = WireBuffer(capacity: capacity)
        let count = try memory.gather(
            SegmentList(list), offset: offset, limit: limit, into: &buffer)
        return (count, buffer.array())
    }

    @Test("gathers over a border of two regions")
    func gatherBorder() throws {
        shared.range.fill(0)
        try memory.range(GuestAddress(0x1ffe), count: 2).write([1, 2])
        try memory.range(GuestAddress(0x2000), count: 2).write([3, 4])
        let result = try gather([segment(0x1ffe, 4)], limit: 100, capacity: 100)
        #expect(result.count == 4)
        #expect(result.bytes == [1, 2, 3, 4])
    }

    @Test("gathers no more than the limit, the buffer and the list allow")
    func gatherLimits() throws {
        try memory.range(GuestAddress(0x1000), count: 8).write([1, 2, 3, 4, 5, 6, 7, 8])
        let list = [segment(0x1000, 3), segment(0x1003, 5)]
        #expect(try gather(list, limit: 4, capacity: 100).bytes == [1, 2, 3, 4])
        #expect(try gather(list, limit: 100, capacity: 5).bytes == [1, 2, 3, 4, 5])
        #expect(try gather(list, limit: 100, capacity: 100).count == 8)
        #expect(try gather(list, limit: 0, capacity: 100).bytes == [])
        #expect(try gather(list, limit: -1, capacity: 100).bytes == [])
        #expect(try gather([], limit: 100, capacity: 100).bytes == [])
        #expect(try gather(list, offset: 2, limit: 3, capacity: 100).bytes == [3, 4, 5])
        #expect(try gather(list, offset: 3, limit: 9, capacity: 100).bytes == [4, 5, 6, 7, 8])
        #expect(try gather(list, offset: 8, limit: 9, capacity: 100).bytes == [])
        #expect(try gather(list, offset: .max, limit: 9, capacity: 100).bytes == [])
    }

    @Test("gathers to the end of what the buffer holds already")
    func gatherAppends() throws {
        try memory.range(GuestAddress(0x5000), count: 2).write([8, 9])
        var buffer = WireBuffer(capacity: 3)
        buffer.append(u8: 7)
        #expect(try memory.gather(SegmentList([segment(0x5000, 9)]), limit: 9, into: &buffer) == 2)
        #expect(buffer.array() == [7, 8, 9])
    }

    @Test("refuses to touch what is not mapped, and reads nothing behind the limit")
    func gatherUnmapped() throws {
        #expect(throws: GuestMemoryError.unmapped) {
            try gather([segment(0x2fff, 2)], limit: 9, capacity: 9)
        }
        #expect(throws: GuestMemoryError.unmapped) {
            try gather([segment(0, 1)], limit: 9, capacity: 9)
        }
        #expect(throws: GuestMemoryError.overflow) {
            try gather([segment(.max, 2)], limit: 9, capacity: 9)
        }
        #expect(throws: GuestMemoryError.overflow) {
            try gather([segment(.max, 2)], offset: 1, limit: 9, capacity: 9)
        }
        #expect(try gather([segment(0x2fff, 2)], limit: 1, capacity: 9).count == 1)
        // A segment of no length is never looked up.
        #expect(try gather([segment(0, 0), segment(0x1000, 1)], limit: 9, capacity: 9).count == 1)
    }

    private func scatter(_ bytes: [UInt8], _ list: [GuestSegment]) throws -> UInt32 {
        var buffer = WireBuffer(capacity: bytes.count)
        buffer.append(contentsOf: bytes)
        return try memory.scatter(buffer, to: SegmentList(list))
    }

    @Test("scatters over segments and regions, cut where the list ends [VQ-D-018]")
    func scatterBorders() throws {
        shared.range.fill(0xee)
        let list = [segment(0x1fff, 2), segment(0, 0), segment(0x5000, 1), segment(0x1000, 1)]
        #expect(try scatter([1, 2, 3, 4, 5, 6], list) == 4)
        #expect(try memory.range(GuestAddress(0x1ffe), count: 2).bytes() == [0xee, 1])
        #expect(try memory.range(GuestAddress(0x2000), count: 2).bytes() == [2, 0xee])
        #expect(try memory.range(GuestAddress(0x5000), count: 2).bytes() == [3, 0xee])
        #expect(try memory.range(GuestAddress(0x1000), count: 2).bytes() == [4, 0xee])
    }

    @Test("scatters fewer bytes than there is room for, and nothing at all")
    func scatterShort() throws {
        shared.range.fill(0)
        #expect(try scatter([1, 2], [segment(0x1000, 1), segment(0x1008, 100)]) == 2)
        #expect(try memory.range(GuestAddress(0x1008), count: 2).bytes() == [2, 0])
        #expect(try scatter([], [segment(0x1000, 4)]) == 0)
        #expect(try scatter([1], []) == 0)
        #expect(throws: GuestMemoryError.unmapped) { try scatter([1, 2], [segment(0x2fff, 2)]) }
        #expect(throws: GuestMemoryError.overflow) { try scatter([1, 2], [segment(.max, 2)]) }
    }

    @Test("agrees with a plain array over random segments")
    func random() throws {
        var random = SeededGenerator(seed: 2)
        var model = (0..<0x3000).map { _ in UInt8.random(in: 0...255, using: &random) }
        shared.range.write(model)
        for _ in 0..<2_000 {
            let list = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                let isHigh = Bool.random(using: &random)
                let count = UInt32.random(in: 0...300, using: &random)
                let (low, high): (UInt64, UInt64) = isHigh ? (0x5000, 0x6000) : (0x1000, 0x3000)
                return segment(
                    UInt64.random(in: low...(high - UInt64(count)), using: &random), count)
            }
            let addresses = list.flatMap { part in
                (0..<UInt64(part.count)).map { part.start.rawValue + $0 }
            }
            let skip = Int.random(in: 0...400, using: &random)
            let limit = Int.random(in: 0...900, using: &random)
            let read = try gather(list, offset: UInt64(skip), limit: limit, capacity: 900)
            let expected = addresses.dropFirst(skip).prefix(limit).map { model[offset($0)] }
            try #require(read.bytes == expected)
            try #require(read.count == expected.count)
            let bytes = (0..<Int.random(in: 0...900, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for (address, byte) in zip(addresses, bytes) { model[offset(address)] = byte }
            try #require(try scatter(bytes, list) == UInt32(min(bytes.count, addresses.count)))
            try #require(shared.range.bytes() == model)
        }
    }
}
