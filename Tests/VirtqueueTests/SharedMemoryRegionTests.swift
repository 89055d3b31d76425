// Shared memory regions between a device and a driver of one process (virtio 1.4, 2.10).

import LinuxSystem
import SystemPackage
import Testing
import Virtqueue

@Suite("A shared memory region")
struct SharedMemoryRegionTests {
    private let region = LocalMemoryRegion(SharedMemoryWindow(id: 3, sizeBytes: 0x4000))

    private func file(_ sizeBytes: Int) throws -> SharedMemory {
        let file = try SharedMemory(name: "source", sizeBytes: sizeBytes)
        for page in 0..<sizeBytes / 4096 {
            file.range.slice(offset: page * 4096, count: 4096)?.fill(UInt8(page + 1))
        }
        return file
    }

    @Test("shows a file's pages where the device puts them, 2.10")
    func showsFile() throws {
        let file = try file(0x3000)
        try region.map(
            .file(file.descriptor, offset: 0x1000), at: 0x2000, sizeBytes: 0x2000,
            access: .readWrite)
        let view = try #require(region.view(offset: 0x2000, count: 0x2000))
        #expect(view.access == .readWrite)
        #expect(
            view.memory.bytes() == [UInt8](repeating: 2, count: 4096)
                + .init(repeating: 3, count: 4096))
        // One memory, not a copy.
        view.memory.write([99])
        #expect(file.range.slice(offset: 0x1000, count: 1)?.bytes() == [99])
        #expect(try #require(region.view(offset: 0x2fff, count: 2)).memory.bytes() == [2, 3])
    }

    @Test("shows nothing outside of mappings")
    func showsNothingElse() throws {
        #expect(region.view(offset: 0, count: 1) == nil)
        let file = try file(0x1000)
        try region.map(
            .file(file.descriptor, offset: 0), at: 0x1000, sizeBytes: 0x1000, access: .read)
        #expect(region.view(offset: 0xfff, count: 1) == nil)
        #expect(region.view(offset: 0x1000, count: 0x1001) == nil)
        #expect(region.view(offset: 0x2000, count: 1) == nil)
        #expect(region.view(offset: .max, count: 1) == nil)
        #expect(region.view(offset: 0x1000, count: .max) == nil)
        #expect(region.view(offset: 0x1000, count: 0x1000)?.access == .read)
    }

    @Test("takes whole pages inside of itself, once")
    func refuses() throws {
        let file = try file(0x4000)
        func map(_ offset: UInt64, _ size: UInt64, from: UInt64 = 0) throws {
            try region.map(
                .file(file.descriptor, offset: from), at: offset, sizeBytes: size, access: .read)
        }
        let bad: [(UInt64, UInt64)] = [
            (0, 0), (1, 0x1000), (0, 0x1001), (0x4000, 0x1000), (0x3000, 0x2000), (0, .max),
            (0, UInt64(Int64.max) + 1), (.max - 0xfff, 0x1000), (.max, .max),
        ]
        for (offset, size) in bad {
            #expect(throws: SharedMemoryError.outOfRange) { try map(offset, size) }
        }
        #expect(throws: SharedMemoryError.outOfRange) { try map(0, 0x1000, from: 1) }
        #expect(throws: SharedMemoryError.outOfRange) { try map(0, 0x1000, from: .max) }
        try map(0x1000, 0x2000)
        for (offset, size) in [(0x1000, 0x2000), (0, 0x2000), (0x2000, 0x2000), (0, 0x4000)] {
            #expect(throws: SharedMemoryError.overlap) { try map(UInt64(offset), UInt64(size)) }
        }
        try map(0, 0x1000)
        try map(0x3000, 0x1000)
        #expect(region.mappingCount == 3)
    }

    @Test("bounds its mappings")
    func bound() throws {
        let region = LocalMemoryRegion(
            SharedMemoryWindow(id: 0, sizeBytes: 0x4000), mappingsMax: 2)
        let file = try file(0x1000)
        for index in 0..<2 {
            try region.map(
                .file(file.descriptor, offset: 0), at: UInt64(index) * 0x1000, sizeBytes: 0x1000,
                access: .read)
        }
        #expect(throws: SharedMemoryError.tooMany) {
            try region.map(
                .file(file.descriptor, offset: 0), at: 0x3000, sizeBytes: 0x1000, access: .read)
        }
    }

    @Test("unmaps whole mappings, by where they begin")
    func unmap() throws {
        let file = try file(0x2000)
        try region.map(
            .file(file.descriptor, offset: 0), at: 0x1000, sizeBytes: 0x2000, access: .read)
        #expect(throws: SharedMemoryError.notMapped) { try region.unmap(at: 0x2000) }
        let held = try #require(region.view(offset: 0x1000, count: 1))
        try region.unmap(at: 0x1000)
        #expect(throws: SharedMemoryError.notMapped) { try region.unmap(at: 0x1000) }
        #expect(region.view(offset: 0x1000, count: 1) == nil)
        // Who still looks sees what there was, and does not fault.
        #expect(held.memory.bytes() == [1])
    }

    private final class Owner: Sendable {
        let memory: SharedMemory
        let onEnd: @Sendable () -> Void
        init(_ memory: SharedMemory, onEnd: @escaping @Sendable () -> Void) {
            self.memory = memory
            self.onEnd = onEnd
        }
        deinit { onEnd() }
    }

    @Test("keeps memory without a descriptor until it is unmapped and nobody looks")
    func ownedMemory() throws {
        let ended = Monitor(false)
        var owner: Owner? = Owner(try file(0x1000)) { ended.update { $0 = true } }
        let memory = try #require(owner?.memory.range.slice(offset: 0, count: 100))
        try region.map(
            .memory(memory, owner: try #require(owner)), at: 0, sizeBytes: 0x1000,
            access: .readWrite)
        owner = nil
        var view = region.view(offset: 0, count: 100)
        // Of the page there are 100 bytes.
        #expect(view?.memory == memory)
        #expect(region.view(offset: 0, count: 101) == nil)
        region.unmapAll()
        #expect(ended.withLock { !$0 })
        #expect(view?.memory.bytes() == [UInt8](repeating: 1, count: 100))
        view = nil
        #expect(ended.withLock { $0 })
    }

    @Test("refuses memory that is longer than its place, and a descriptor that cannot be mapped")
    func badSources() throws {
        let file = try file(0x2000)
        #expect(throws: SharedMemoryError.outOfRange) {
            try region.map(
                .memory(file.range, owner: file), at: 0, sizeBytes: 0x1000, access: .read)
        }
        #expect(throws: SharedMemoryError.system(.badFileDescriptor)) {
            try region.map(
                .file(FileDescriptor(rawValue: -1), offset: 0), at: 0, sizeBytes: 0x1000,
                access: .read)
        }
        #expect(region.mappingCount == 0)
    }

    private static let sizes: [(UInt64, UInt64?)] = [
        (0, 0), (1, 4096), (4096, 4096), (4097, 8192),
        (0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_f000),
        (0xffff_ffff_ffff_f001, nil), (.max, nil),
    ]

    @Test("counts sizes in whole pages", arguments: sizes)
    func pages(sizeBytes: UInt64, whole: UInt64?) {
        #expect(SharedMemoryWindow.wholePages(sizeBytes) == whole)
    }
}
