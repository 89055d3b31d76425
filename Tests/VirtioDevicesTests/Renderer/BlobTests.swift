// Buffers that a command stream makes, that become blobs, and that the CPU sees.

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

extension WithRenderer {
    @Suite("Blobs")
    struct Blobs {
        private let context = ContextID(1)
        private let blob = ResourceID(22)
        private let flags: VirtioGPU.BlobFlags = [.useMappable, .useCrossDevice]

        @Test("are mapped, zeroed, as large as they were claimed [GPU-D-012] [LIFE-6]")
        func create() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 5, sizeBytes: 5000)
                try renderer.submit(&words, to: context)
                #expect(renderer.bytesInUse == 5000)
                #expect(renderer.memory(of: blob) == nil)
                try renderer.createBlob(
                    blob, context: context, blobID: 5, flags: flags, sizeBytes: 5000)
                let memory = try #require(renderer.memory(of: blob))
                #expect(firstDifference(memory.bytes(), Array(repeating: 0, count: 5000)) == nil)
                #expect(renderer.bytesInUse == 5000)
                memory.fill(0x5a)
                #expect(firstDifference(memory.bytes(), Array(repeating: 0x5a, count: 5000)) == nil)
                try renderer.unref(blob)
                #expect(renderer.memory(of: blob) == nil)
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test("never show what was written to the one before [LIFE-6]")
        func zeroed() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                for round: UInt32 in 0..<20 {
                    var words = VirglStream.createBuffer(blobID: round, sizeBytes: 1 << 16)
                    try renderer.submit(&words, to: context)
                    try renderer.createBlob(
                        blob, context: context, blobID: UInt64(round), flags: flags,
                        sizeBytes: 1 << 16)
                    let memory = try #require(renderer.memory(of: blob))
                    try #require(memory.bytes().allSatisfy { $0 == 0 }, "round \(round)")
                    memory.fill(0xff)
                    try renderer.unref(blob)
                }
            }
        }

        @Test("claimed larger than their buffer are refused, and can be claimed right after")
        func largerClaim() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 4096)
                try renderer.submit(&words, to: context)
                for size: UInt64 in [0, 4097, 8192, 1 << 32, (1 << 32) + 1, .max] {
                    #expect(throws: RendererError.badParameter, "\(size) bytes") {
                        try renderer.createBlob(
                            blob, context: context, blobID: 1, flags: flags, sizeBytes: size)
                    }
                    #expect(!renderer.exists(blob))
                }
                #expect(renderer.bytesInUse == 4096)
                try renderer.createBlob(
                    blob, context: context, blobID: 1, flags: flags, sizeBytes: 100)
                #expect(renderer.memory(of: blob)?.sizeBytes == 100)
                // The whole buffer is charged, whatever part of it was claimed.
                #expect(renderer.bytesInUse == 4096)
                try renderer.unref(blob)
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test("come from a buffer of their own context, once")
        func claims() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                try renderer.createContext(ContextID(2), capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 64)
                try renderer.submit(&words, to: context)
                func claim(_ id: UInt32, _ context: ContextID, _ blobID: UInt64)
                    throws(RendererError)
                {
                    try renderer.createBlob(
                        ResourceID(id), context: context, blobID: blobID, flags: flags,
                        sizeBytes: 64)
                }
                #expect(throws: RendererError.badID) { try claim(0, context, 1) }
                #expect(throws: RendererError.unknownContext) { try claim(1, ContextID(0), 1) }
                #expect(throws: RendererError.unknownContext) { try claim(1, ContextID(3), 1) }
                #expect(throws: RendererError.badParameter) { try claim(1, ContextID(2), 1) }
                #expect(throws: RendererError.badParameter) { try claim(1, context, 2) }
                #expect(throws: RendererError.badParameter) { try claim(1, context, 1 << 32 | 1) }
                try claim(1, context, 1)
                #expect(throws: RendererError.badID) { try claim(1, context, 1) }
                #expect(throws: RendererError.badParameter) { try claim(2, context, 1) }
                // The name may be used for another buffer now.
                try renderer.submit(&words, to: context)
                try claim(2, context, 1)
                #expect(renderer.bytesInUse == 128)
            }
        }

        @Test("two under one blob id are refused before the library sees them")
        func duplicateBlobID() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                let one = VirglStream.createBuffer(blobID: 1, sizeBytes: 64)
                var both = one + one
                #expect(throws: RendererError.badParameter) {
                    try renderer.submit(&both, to: context)
                }
                #expect(renderer.bytesInUse == 0)
                var first = one
                try renderer.submit(&first, to: context)
                #expect(throws: RendererError.badParameter) {
                    try renderer.submit(&first, to: context)
                }
                #expect(renderer.bytesInUse == 64)
                #expect(!renderer.isDead(context))
            }
        }

        @Test("of buffers without a CPU's view have none, and are no larger than these [QUOTA-1]")
        func notMappable() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 64, flags: 0)
                try renderer.submit(&words, to: context)
                #expect(throws: RendererError.badParameter) {
                    try renderer.createBlob(
                        blob, context: context, blobID: 1, flags: flags, sizeBytes: 65)
                }
                try renderer.createBlob(
                    blob, context: context, blobID: 1, flags: flags, sizeBytes: 64)
                #expect(renderer.memory(of: blob) == nil)
                #expect(renderer.bytesInUse == 64)
                try renderer.unref(blob)
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test(
            "with guest memory beside them move bytes both ways [GPU-R-019]", arguments: [0, 6])
        func shadowed(flags bufferFlags: UInt32) throws {
            let pages = try SharedMemory(name: "pages", sizeBytes: 4096)
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(
                    blobID: 1, sizeBytes: 256, flags: bufferFlags)
                try renderer.submit(&words, to: context)
                try renderer.createBlob(
                    blob, memory: .host3DGuest, context: context, blobID: 1, flags: flags,
                    sizeBytes: 256)
                try renderer.attach(blob, to: context)
                let whole = Transfer(box: TexelBox(width: 256, height: 1))
                #expect(throws: RendererError.notPossible) {
                    try renderer.transfer(blob, context: context, whole, .toHost)
                }
                // Two pieces that do not adjoin.
                let parts = try [0, 1000].map {
                    try #require(pages.range.slice(offset: $0, count: 128))
                }
                try renderer.attachBacking(blob, parts)
                #expect(throws: RendererError.notPossible) {
                    try renderer.attachBacking(blob, parts)
                }
                let bytes = (0..<256).map { UInt8($0) }
                parts[0].write(Array(bytes[..<128]))
                parts[1].write(Array(bytes[128...]))
                #expect(try renderer.transfer(blob, context: context, whole, .toHost) == 256)
                if let memory = renderer.memory(of: blob) { #expect(memory.bytes() == bytes) }
                #expect((renderer.memory(of: blob) != nil) == (bufferFlags != 0))
                for part in parts { part.fill(0xee) }
                // From byte 100 on, to byte 120 of the guest's: over the seam.
                let part = Transfer(box: TexelBox(x: 100, width: 50, height: 1), offset: 120)
                try renderer.transfer(blob, context: ContextID(0), part, .fromHost)
                let seen = parts[0].bytes() + parts[1].bytes()
                #expect(Array(seen[120..<170]) == Array(bytes[100..<150]))
                #expect(seen[..<120].allSatisfy { $0 == 0xee })
                #expect(seen[170...].allSatisfy { $0 == 0xee })
                for bad in [
                    Transfer(box: TexelBox(x: 1, width: 256, height: 1)),
                    Transfer(box: TexelBox(width: 256, height: 1), offset: 1),
                    Transfer(box: TexelBox(width: .max, height: 1)),
                ] {
                    #expect(throws: RendererError.badParameter) {
                        try renderer.transfer(blob, context: context, bad, .fromHost)
                    }
                }
                try renderer.detachBacking(blob)
                #expect(throws: RendererError.notPossible) { try renderer.detachBacking(blob) }
                #expect(!renderer.isDead(context))
            }
        }

        @Test(
            "that the library does not map are refused and leave nothing behind [QUOTA-1]",
            arguments: [1 << 17, 1 << 19] as [UInt32])
        func mapRefused(bind: UInt32) throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 4096, bind: bind)
                try renderer.submit(&words, to: context)
                #expect(throws: RendererError.notPossible) {
                    try renderer.createBlob(
                        blob, context: context, blobID: 1, flags: flags, sizeBytes: 4096)
                }
                #expect(!renderer.exists(blob))
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test("are charged when the stream makes them, and no stream passes the limit [QUOTA-1]")
        func quota() throws {
            var limits = RendererLimits()
            limits.bytesMax = 10_000
            try WithRenderer.renderer(limits: limits) { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 6000)
                try renderer.submit(&words, to: context)
                #expect(renderer.bytesInUse == 6000)
                for sizes: [UInt32] in [[4001], [2000, 2001], [0xffff_ffff], [4000, 1]] {
                    var stream = sizes.enumerated().flatMap { index, size in
                        VirglStream.createBuffer(blobID: UInt32(index) + 2, sizeBytes: size)
                    }
                    #expect(throws: RendererError.outOfMemory, "\(sizes)") {
                        try renderer.submit(&stream, to: context)
                    }
                    #expect(renderer.bytesInUse == 6000)
                }
                words = VirglStream.createBuffer(blobID: 2, sizeBytes: 4000)
                try renderer.submit(&words, to: context)
                #expect(renderer.bytesInUse == 10_000)
            }
        }

        @Test("unclaimed are given back with their context [QUOTA-1]")
        func unclaimed() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 6000)
                try renderer.submit(&words, to: context)
                try renderer.destroyContext(context)
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test(
            "unclaimed are freed with their context: twenty of 8 MiB leave nothing in memory",
            arguments: [false, true])
        func unclaimedFreed(isStreamFailing: Bool) throws {
            try WithRenderer.renderer { renderer, _ in
                func cycle() throws {
                    try renderer.createContext(context, capset: .virgl2, name: "")
                    var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 8 << 20)
                    if isStreamFailing {
                        words += VirglStream.unknownSurface
                        #expect(throws: RendererError.rejected) {
                            try renderer.submit(&words, to: context)
                        }
                    } else {
                        try renderer.submit(&words, to: context)
                    }
                    try renderer.destroyContext(context)
                }
                // The first rounds fill the allocator's caches.
                for _ in 0..<2 { try cycle() }
                let growth = try leastGrowthBytes { for _ in 0..<20 { try cycle() } }
                #expect(growth < 20 << 20, "\(growth >> 10) KiB more than before")
            }
        }

        @Test("unclaimed are freed by close: ten of 8 MiB leave nothing in memory")
        func unclaimedClosed() throws {
            func cycle() throws {
                try WithRenderer.renderer { renderer, _ in
                    try renderer.createContext(context, capset: .virgl2, name: "")
                    var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 8 << 20)
                    try renderer.submit(&words, to: context)
                }
            }
            for _ in 0..<2 { try cycle() }
            let growth = try leastGrowthBytes { for _ in 0..<10 { try cycle() } }
            #expect(growth < 20 << 20, "\(growth >> 10) KiB more than before")
        }

        @Test("of a stream that fails later are charged all the same [QUOTA-1]")
        func failedStream() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                // The library makes the buffer, then meets a resource that is not there.
                var words =
                    VirglStream.createBuffer(blobID: 1, sizeBytes: 6000)
                    + VirglStream.unknownSurface
                #expect(throws: RendererError.rejected) { try renderer.submit(&words, to: context) }
                #expect(renderer.isDead(context))
                #expect(renderer.bytesInUse == 6000)
                try renderer.destroyContext(context)
                #expect(renderer.bytesInUse == 0)
            }
        }

        @Test("outlive their context, which may come again and attach them")
        func contextDestroyed() throws {
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 8192)
                try renderer.submit(&words, to: context)
                try renderer.createBlob(
                    blob, context: context, blobID: 1, flags: flags, sizeBytes: 8192)
                try renderer.attach(blob, to: context)
                let memory = try #require(renderer.memory(of: blob))
                memory.fill(0x11)
                try renderer.destroyContext(context)
                #expect(memory.bytes().allSatisfy { $0 == 0x11 })
                try renderer.createContext(context, capset: .virgl2, name: "")
                try renderer.attach(blob, to: context)
                memory.fill(0x22)
                #expect(renderer.memory(of: blob) == memory)
                #expect(memory.bytes().allSatisfy { $0 == 0x22 })
            }
        }

        @Test("keep their backing, and are no target of transfers")
        func backing() throws {
            let pages = try SharedMemory(name: "pages", sizeBytes: 4096)
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "")
                var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 4096)
                try renderer.submit(&words, to: context)
                try renderer.createBlob(
                    blob, context: context, blobID: 1, flags: flags, sizeBytes: 4096)
                try renderer.attach(blob, to: context)
                #expect(throws: RendererError.notPossible) {
                    try renderer.attachBacking(blob, [pages.range])
                }
                #expect(throws: RendererError.notPossible) { try renderer.detachBacking(blob) }
                let bytes = Transfer(box: TexelBox(width: 4096, height: 1))
                for direction in [TransferDirection.toHost, .fromHost] {
                    #expect(throws: RendererError.notPossible) {
                        try renderer.transfer(blob, context: ContextID(0), bytes, direction)
                    }
                }
                for toHost in [true, false] {
                    var stream = VirglStream.transfer(
                        22, width: 4096, height: 1, stride: 0, offset: 0, toHost: toHost)
                    #expect(throws: RendererError.notPossible) {
                        try renderer.submit(&stream, to: context)
                    }
                }
                #expect(!renderer.isDead(context))
            }
        }
    }
}
