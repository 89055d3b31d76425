// Memory that outlives the id of its resource: an importer may go on using what a guest has
// unreferenced. [LIFE-1]

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

extension WithRenderer {
    @Suite("Memory of an unreferenced blob")
    struct KeptMemory {
        private let context = ContextID(1)
        private let blob = ResourceID(22)

        private func makeBlob(
            _ renderer: VirglRenderer, _ id: ResourceID, blobID: UInt32, sizeBytes: UInt32
        ) throws -> MemoryRange {
            var words = VirglStream.createBuffer(blobID: blobID, sizeBytes: sizeBytes)
            try renderer.submit(&words, to: context)
            try renderer.createBlob(
                id, context: context, blobID: UInt64(blobID), flags: [.useMappable],
                sizeBytes: UInt64(sizeBytes))
            return try #require(renderer.memory(of: id))
        }

        @Test("stays readable and writable and keeps its bytes, whatever the guest does next")
        func keeps() throws {
            let size = 1 << 18
            try WithRenderer.renderer { renderer, _ in
                var random = SeededGenerator(seed: 7)
                try renderer.createContext(context, capset: .virgl2, name: "guest")
                let old = try makeBlob(renderer, blob, blobID: 1, sizeBytes: UInt32(size))
                try renderer.attach(blob, to: context)
                var bytes = random.bytes(count: size)
                old.write(bytes)
                let keeper = try renderer.unrefKeepingMemory(blob)
                #expect(!renderer.exists(blob))
                #expect(renderer.memory(of: blob) == nil)
                #expect(renderer.attachedResources(of: context) == [])
                #expect(renderer.bytesInUse == UInt64(size))
                #expect(firstDifference(old.bytes(), bytes) == nil)

                // The same id again, with other bytes.
                let new = try makeBlob(renderer, blob, blobID: 2, sizeBytes: UInt32(size))
                #expect(new != old)
                #expect(new.bytes().allSatisfy { $0 == 0 })
                #expect(firstDifference(old.bytes(), bytes) == nil)
                new.fill(0xee)
                #expect(firstDifference(old.bytes(), bytes) == nil)
                bytes = random.bytes(count: size)
                old.write(bytes)
                #expect(new.bytes().allSatisfy { $0 == 0xee })
                #expect(renderer.bytesInUse == 2 * UInt64(size))

                // Many more, so that freed memory would be taken.
                for id: UInt32 in 100..<140 {
                    try makeBlob(
                        renderer, ResourceID(id), blobID: id, sizeBytes: UInt32(size)
                    ).fill(0xdd)
                }
                #expect(firstDifference(old.bytes(), bytes) == nil)

                try renderer.destroyContext(context)
                #expect(firstDifference(old.bytes(), bytes) == nil)
                for id: UInt32 in 100..<140 { try renderer.unref(ResourceID(id)) }
                try renderer.unref(blob)
                #expect(firstDifference(old.bytes(), bytes) == nil)
                bytes = random.bytes(count: size)
                old.write(bytes)

                // A new context of the guest that allocates, draws and is fenced.
                try renderer.createContext(context, capset: .virgl2, name: "guest")
                let texture = ResourceID(20)
                try renderer.createResource(
                    texture, ResourceShape(target: 2, format: 67, bind: 0xa, width: 64, height: 64))
                try renderer.attach(texture, to: context)
                var words = VirglStream.clear(
                    resource: 20, format: 67, red: 1, green: 1, blue: 1, alpha: 1)
                try renderer.submit(&words, to: context)
                try makeBlob(renderer, blob, blobID: 1, sizeBytes: UInt32(size)).fill(0xcc)
                #expect(firstDifference(old.bytes(), bytes) == nil)

                renderer.release(keeper)
                #expect(renderer.bytesInUse == UInt64(size) + 64 * 64 * 4)
                renderer.release(keeper)
                #expect(renderer.bytesInUse == UInt64(size) + 64 * 64 * 4)
            }
        }

        @Test("of several blobs is kept apart and let go in any order")
        func several() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                let kept = try (UInt8(0)..<8).map { number in
                    let memory = try makeBlob(
                        renderer, blob, blobID: UInt32(number), sizeBytes: 4096)
                    memory.fill(number)
                    return (memory, try renderer.unrefKeepingMemory(blob))
                }
                #expect(renderer.bytesInUse == 8 * 4096)
                for index in [3, 0, 7, 1, 6] { renderer.release(kept[index].1) }
                #expect(renderer.bytesInUse == 3 * 4096)
                for index in [2, 4, 5] {
                    #expect(kept[index].0.bytes().allSatisfy { $0 == UInt8(index) })
                    renderer.release(kept[index].1)
                }
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test("is not kept of what does not exist")
        func unknown() throws {
            try WithRenderer.renderer { renderer, _ in
                #expect(throws: RendererError.unknownResource) {
                    try renderer.unrefKeepingMemory(blob)
                }
            }
        }

        @Test("is freed by release: fifty blobs of 4 MiB leave nothing in memory")
        func release() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                func cycle(_ round: UInt32) throws {
                    let memory = try makeBlob(
                        renderer, blob, blobID: round, sizeBytes: 4 << 20)
                    memory.fill(UInt8(truncatingIfNeeded: round))
                    let keeper = try renderer.unrefKeepingMemory(blob)
                    memory.fill(0xff)
                    #expect(renderer.bytesInUse == 4 << 20)
                    renderer.release(keeper)
                    #expect(renderer.bytesInUse == 0)
                }
                // The first rounds fill the allocator's caches.
                for round: UInt32 in 0..<3 { try cycle(round) }
                let growth = try leastGrowthBytes {
                    for round: UInt32 in 3..<53 { try cycle(round) }
                }
                #expect(growth < 6 << 20, "\(growth >> 10) KiB more than before")
            }
        }
    }
}
