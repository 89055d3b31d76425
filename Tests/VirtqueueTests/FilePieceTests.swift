// Guest memory told as stretches of files, for who maps it in another process.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("Files behind guest memory")
struct FilePieceTests {
    @Test("A pin tells the files behind its ranges, each region's part by itself")
    func pieces() throws {
        let first = try SharedMemory(name: "first", sizeBytes: 0x2000)
        let second = try SharedMemory(name: "second", sizeBytes: 0x1000)
        let memory = try GuestMemory([
            GuestRegion(start: GuestAddress(0x1000), memory: first),
            GuestRegion(start: GuestAddress(0x3000), memory: second),
        ])
        let pin = try memory.pin([
            GuestSegment(start: GuestAddress(0x2ff0), count: 0x20),
            GuestSegment(start: GuestAddress(0x1010), count: 4),
        ])
        var pieces: [FilePiece] = []
        for range in pin.ranges { pieces += try #require(pin.pieces(of: range)) }
        #expect(pieces.map(\.offset) == [0x1ff0, 0, 0x10])
        #expect(pieces.map(\.count) == [0x10, 0x10, 4])
        #expect(pieces[0].file.descriptor == first.descriptor)
        #expect(pieces[1].file.descriptor == second.descriptor)
    }

    @Test("Memory of one file that two regions show in turn is merged, and told apart again")
    func merged() throws {
        let shared = try SharedMemory(name: "both", sizeBytes: 0x2000)
        let part = { (offset: Int) throws -> GuestRegion in
            let range = try #require(shared.range.slice(offset: offset, count: 0x1000))
            let file = MappedFile(
                shared.descriptor, offset: UInt64(offset), range: range, owner: shared)
            return GuestRegion(
                start: GuestAddress(0x1000 + UInt64(offset)), memory: range, file: file,
                owner: shared)
        }
        let memory = try GuestMemory([try part(0), try part(0x1000)])
        let pin = try memory.pin(GuestAddress(0x1800), count: 0x1000)
        #expect(pin.ranges.count == 1)
        let pieces = try #require(pin.pieces(of: pin.ranges[0]))
        #expect(pieces.map(\.offset) == [0x800, 0])
        #expect(pieces.map(\.count) == [0x800, 0x800])
        #expect(pieces.map(\.file.offset) == [0, 0x1000])
    }

    @Test("Memory that no file stands behind has no pieces")
    func none() throws {
        let shared = try SharedMemory(name: "anonymous", sizeBytes: 0x1000)
        let memory = try GuestMemory([
            GuestRegion(start: GuestAddress(0), memory: shared.range, owner: shared)
        ])
        let pin = try memory.pin(GuestAddress(0), count: 16)
        #expect(pin.pieces(of: pin.ranges[0]) == nil)
    }
}
