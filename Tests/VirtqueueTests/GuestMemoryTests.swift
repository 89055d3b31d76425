// Guest memory: what is mapped is reached, what is not is refused, whatever the numbers.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("Guest memory")
struct GuestMemoryTests {
    /// One mapping of four pages whose bytes count up from 0, wrapping.
    private let shared: SharedMemory

    init() throws {
        shared = try SharedMemory(name: "guest", sizeBytes: 0x4000)
        shared.range.write((0..<0x4000).map { UInt8(truncatingIfNeeded: $0) })
    }

    private func part(_ offset: Int, _ count: Int) throws -> MemoryRange {
        try #require(shared.range.slice(offset: offset, count: count))
    }

    private func region(_ start: UInt64, _ memory: MemoryRange) -> GuestRegion {
        GuestRegion(start: GuestAddress(start), memory: memory, owner: shared)
    }

    @Test("without regions maps nothing")
    func noRegion() throws {
        let memory = try GuestMemory([])
        #expect(throws: GuestMemoryError.unmapped) {
            try memory.range(GuestAddress(0), count: 1)
        }
    }

    @Test("refuses regions that are empty, overlap or run over the end of the address space")
    func badRegions() throws {
        let page = try part(0, 0x1000)
        #expect(throws: GuestMemoryError.badRegion) {
            try GuestMemory([region(0x1000, part(0, 0))])
        }
        #expect(throws: GuestMemoryError.badRegion) {
            try GuestMemory([region(0x1000, page), region(0x1000, page)])
        }
        #expect(throws: GuestMemoryError.badRegion) {
            try GuestMemory([region(0x2000, page), region(0x1001, page)])
        }
        #expect(throws: GuestMemoryError.badRegion) {
            try GuestMemory([region(UInt64.max - 0xffe, page)])
        }
        #expect(throws: GuestMemoryError.badRegion) {
            try GuestMemory([region(UInt64.max, page)])
        }
    }

    @Test("sorts its regions, and lets them adjoin and lie at the very end")
    func goodRegions() throws {
        let page = try part(0, 0x1000)
        let last = UInt64.max - 0xfff
        let memory = try GuestMemory([
            region(last, part(0, 0xfff)), region(0x2000, page), region(0x1000, page),
        ])
        #expect(memory.regions.map(\.start.rawValue) == [0x1000, 0x2000, last])
        #expect(try memory.range(GuestAddress(last), count: 0xfff).sizeBytes == 0xfff)
    }

    @Test(
        "gives a stretch up to its region's last byte and no further",
        arguments: [
            (0x1000, 0x1000, true), (0x1fff, 1, true), (0x1000, 0, true), (0x1fff, 0, true),
            (0x1fff, 2, false), (0x1000, 0x1001, false), (0x0fff, 1, false), (0x0fff, 2, false),
            (0x2000, 1, false), (0x1000, 0x8000_0000_0000_0000, false),
        ] as [(UInt64, UInt64, Bool)])
    func regionEnd(start: UInt64, count: UInt64, isMapped: Bool) throws {
        let memory = try GuestMemory([region(0x1000, part(0, 0x1000))])
        if isMapped {
            let range = try memory.range(GuestAddress(start), count: count)
            #expect(range == shared.range.slice(offset: Int(start - 0x1000), count: Int(count)))
        } else {
            #expect(throws: GuestMemoryError.unmapped) {
                try memory.range(GuestAddress(start), count: count)
            }
        }
    }

    @Test(
        "refuses a stretch that wraps around the address space",
        arguments: [
            (UInt64.max, 1), (UInt64.max, UInt64.max), (0x1000, UInt64.max),
            (UInt64.max - 1, 2), (1, UInt64.max),
        ] as [(UInt64, UInt64)])
    func wrap(start: UInt64, count: UInt64) throws {
        let memory = try GuestMemory([region(0x1000, part(0, 0x1000))])
        #expect(throws: GuestMemoryError.overflow) {
            try memory.range(GuestAddress(start), count: count)
        }
        var pieces: [MemoryRange] = []
        #expect(throws: GuestMemoryError.overflow) {
            try memory.ranges(GuestAddress(start), count: count, into: &pieces)
        }
        #expect(pieces.isEmpty)
    }

    @Test("merges the pieces of adjoining regions where they adjoin here too")
    func mergedPieces() throws {
        let memory = try GuestMemory([
            region(0x1000, part(0, 0x1000)), region(0x2000, part(0x1000, 0x1000)),
        ])
        var pieces: [MemoryRange] = []
        try memory.ranges(GuestAddress(0x1800), count: 0x1000, into: &pieces)
        #expect(try pieces == [part(0x800, 0x1000)])
        // One region holds a ring's area whole; a stretch over two is for pieces only.
        #expect(throws: GuestMemoryError.unmapped) {
            try memory.range(GuestAddress(0x1800), count: 0x1000)
        }
    }

    @Test("keeps the pieces of adjoining regions apart where they do not adjoin here")
    func separatePieces() throws {
        let memory = try GuestMemory([
            region(0x1000, part(0x1000, 0x1000)), region(0x2000, part(0, 0x1000)),
        ])
        var pieces: [MemoryRange] = []
        try memory.ranges(GuestAddress(0x1800), count: 0x1000, into: &pieces)
        #expect(try pieces == [part(0x1800, 0x800), part(0, 0x800)])
    }

    @Test("merges pieces over several calls, and leaves out empty ones")
    func mergedCalls() throws {
        let memory = try GuestMemory([region(0x1000, part(0, 0x4000))])
        var pieces: [MemoryRange] = []
        try memory.ranges(GuestAddress(0x1000), count: 0x10, into: &pieces)
        try memory.ranges(GuestAddress(0x1010), count: 0, into: &pieces)
        try memory.ranges(GuestAddress(0x1010), count: 0x20, into: &pieces)
        try memory.ranges(GuestAddress(0x1040), count: 0x10, into: &pieces)
        #expect(try pieces == [part(0, 0x30), part(0x40, 0x10)])
    }

    @Test("reports a hole in the middle of a stretch")
    func hole() throws {
        let memory = try GuestMemory([
            region(0x1000, part(0, 0x1000)), region(0x3000, part(0x1000, 0x1000)),
        ])
        var pieces: [MemoryRange] = []
        #expect(throws: GuestMemoryError.unmapped) {
            try memory.ranges(GuestAddress(0x1800), count: 0x2000, into: &pieces)
        }
        #expect(throws: GuestMemoryError.unmapped) {
            try memory.ranges(GuestAddress(0x2000), count: 1, into: &pieces)
        }
    }

    @Test("keeps the mapping of its regions alive")
    func ownership() throws {
        func make() throws -> GuestMemory {
            let shared = try SharedMemory(name: "owned", sizeBytes: 0x1000)
            shared.range.fill(0x5a)
            return try GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)])
        }
        let memory = try make()
        #expect(try memory.range(GuestAddress(0xfff), count: 1).bytes() == [0x5a])
    }
}
