// Textures: pictures that go in and come out, and the quota.

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

extension WithRenderer {
    @Suite("Textures")
    struct Textures {
        private let context = ContextID(1)
        private let texture = ResourceID(20)

        @Test("cleared by a command stream read back as that colour [GPU-D-006]")
        func clear() throws {
            let pages = try SharedMemory(name: "pages", sizeBytes: 33 * 17 * 4)
            let colour = (0..<33 * 17).flatMap { _ -> [UInt8] in [255, 0, 51, 255] }
            try WithRenderer.renderer { renderer, _ in
                try renderer.createContext(context, capset: .virgl2, name: "clear")
                try renderer.createResource(
                    texture, ResourceShape(target: 2, format: 67, bind: 0xa, width: 33, height: 17))
                try renderer.attach(texture, to: context)
                try renderer.attachBacking(texture, [pages.range])
                pages.range.fill(0x77)
                var words = VirglStream.clear(
                    resource: 20, format: 67, red: 1, green: 0, blue: 0.2, alpha: 1)
                try renderer.submit(&words, to: context)
                let all = Transfer(box: TexelBox(width: 33, height: 17))
                #expect(
                    try renderer.transfer(texture, context: context, all, .fromHost) == 33 * 17 * 4)
                #expect(firstDifference(pages.range.bytes(), colour) == nil)
                // Context 0 means no context.
                pages.range.fill(0)
                try renderer.transfer(texture, context: ContextID(0), all, .fromHost)
                #expect(firstDifference(pages.range.bytes(), colour) == nil)
            }
        }

        @Test("agree with a plain array over random boxes, strides, offsets and backings")
        func randomBoxes() throws {
            let (width, height) = (31, 19)
            let pages = try SharedMemory(name: "pages", sizeBytes: 0x10000)
            var random = SeededGenerator(seed: 5)
            try WithRenderer.renderer { renderer, _ in
                var model = [UInt8](repeating: 0, count: width * height * 4)
                try renderer.createResource(
                    texture,
                    ResourceShape(
                        target: 2, format: 67, bind: 0xa, width: UInt32(width),
                        height: UInt32(height)))
                // Three ranges in the wrong order: their concatenation is the backing.
                let cuts = [0x100, 0x233, 0x3000]
                let ranges = try [(0x8000, cuts[0]), (0x4001, cuts[1]), (0, cuts[2])].map {
                    try #require(pages.range.slice(offset: $0.0, count: $0.1))
                }
                try renderer.attachBacking(texture, ranges)
                func backing() -> [UInt8] { ranges.flatMap { $0.bytes() } }
                for round in 0..<200 {
                    let x = Int.random(in: 0..<width, using: &random)
                    let y = Int.random(in: 0..<height, using: &random)
                    let w = Int.random(in: 1...(width - x), using: &random)
                    let h = Int.random(in: 1...(height - y), using: &random)
                    let stride = 4 * Int.random(in: w...(width + 9), using: &random)
                    let offset = Int.random(in: 0...3000, using: &random)
                    let transfer = Transfer(
                        box: TexelBox(
                            x: UInt32(x), y: UInt32(y), width: UInt32(w), height: UInt32(h)),
                        stride: UInt32(stride), offset: UInt64(offset))
                    var bytes = backing()
                    if Bool.random(using: &random) {
                        bytes = random.bytes(count: bytes.count)
                        var rest = bytes[...]
                        for range in ranges {
                            range.write(Array(rest.prefix(range.sizeBytes)))
                            rest = rest.dropFirst(range.sizeBytes)
                        }
                        try renderer.transfer(texture, context: ContextID(0), transfer, .toHost)
                        for row in 0..<h {
                            for byte in 0..<4 * w {
                                model[((y + row) * width + x) * 4 + byte] =
                                    bytes[offset + row * stride + byte]
                            }
                        }
                    } else {
                        try renderer.transfer(texture, context: ContextID(0), transfer, .fromHost)
                        for row in 0..<h {
                            for byte in 0..<4 * w {
                                bytes[offset + row * stride + byte] =
                                    model[((y + row) * width + x) * 4 + byte]
                            }
                        }
                    }
                    try #require(
                        firstDifference(backing(), bytes) == nil, "round \(round): \(transfer)")
                }
            }
        }

        @Test("are not transferred without backing, unattached, or out of bounds")
        func refusedTransfers() throws {
            let pages = try SharedMemory(name: "pages", sizeBytes: 0x1000)
            try WithRenderer.renderer { renderer, _ in
                let all = Transfer(box: TexelBox(width: 4, height: 4))
                try renderer.createContext(context, capset: .virgl2, name: "")
                #expect(throws: RendererError.unknownResource) {
                    try renderer.transfer(texture, context: ContextID(0), all, .toHost)
                }
                try renderer.createResource(
                    texture, ResourceShape(target: 2, format: 67, bind: 8, width: 4, height: 4))
                #expect(throws: RendererError.notPossible) {
                    try renderer.transfer(texture, context: ContextID(0), all, .toHost)
                }
                #expect(throws: RendererError.badParameter) {
                    try renderer.attachBacking(texture, [])
                }
                try renderer.attachBacking(texture, [pages.range])
                #expect(throws: RendererError.notPossible) {
                    try renderer.attachBacking(texture, [pages.range])
                }
                #expect(throws: RendererError.unknownContext) {
                    try renderer.transfer(texture, context: ContextID(9), all, .toHost)
                }
                #expect(throws: RendererError.notPossible) {
                    try renderer.transfer(texture, context: context, all, .toHost)
                }
                #expect(throws: RendererError.badParameter) {
                    try renderer.transfer(
                        texture, context: ContextID(0),
                        Transfer(box: TexelBox(width: 4, height: 4), stride: 1 << 30), .toHost)
                }
                // None of that cost the context its life.
                try renderer.attach(texture, to: context)
                try renderer.transfer(texture, context: context, all, .toHost)
                try renderer.detachBacking(texture)
                #expect(throws: RendererError.notPossible) { try renderer.detachBacking(texture) }
                #expect(throws: RendererError.notPossible) {
                    try renderer.transfer(texture, context: context, all, .toHost)
                }
                try renderer.attachBacking(texture, [pages.range])
                try renderer.transfer(texture, context: context, all, .fromHost)
            }
        }

        @Test("have ids of their own: 0 and those in use are refused [GPU-I-014] [GPU-I-015]")
        func ids() throws {
            try WithRenderer.renderer { renderer, _ in
                let shape = ResourceShape(target: 2, format: 67, bind: 8, width: 4, height: 4)
                #expect(throws: RendererError.badID) {
                    try renderer.createResource(ResourceID(0), shape)
                }
                #expect(throws: RendererError.unknownResource) { try renderer.unref(texture) }
                try renderer.createResource(texture, shape)
                #expect(throws: RendererError.badID) {
                    try renderer.createResource(texture, shape)
                }
                #expect(renderer.bytesInUse == 64)
                try renderer.unref(texture)
                #expect(!renderer.exists(texture))
                #expect(renderer.bytesInUse == 0)
                try renderer.createResource(texture, shape)
                try renderer.createResource(ResourceID(.max), shape)
                #expect(renderer.bytesInUse == 128)
                // A buffer with a CPU's view comes from a command stream only.
                #expect(throws: RendererError.badParameter) {
                    try renderer.createResource(
                        ResourceID(3),
                        ResourceShape(
                            target: 0, format: 64, bind: 8, width: 64, height: 1, flags: 6))
                }
            }
        }

        @Test("past the limits are refused and leave nothing behind [QUOTA-1]")
        func quota() throws {
            var limits = RendererLimits()
            limits.bytesMax = 1000
            limits.resourcesMax = 3
            limits.backingRangesMax = 2
            let pages = try SharedMemory(name: "pages", sizeBytes: 0x1000)
            try WithRenderer.renderer(limits: limits) { renderer, _ in
                let shape = ResourceShape(target: 2, format: 67, bind: 8, width: 10, height: 10)
                for id: UInt32 in 1...2 { try renderer.createResource(ResourceID(id), shape) }
                #expect(renderer.bytesInUse == 800)
                #expect(throws: RendererError.outOfMemory) {
                    try renderer.createResource(ResourceID(3), shape)
                }
                #expect(renderer.bytesInUse == 800)
                #expect(!renderer.exists(ResourceID(3)))
                var small = shape
                (small.width, small.height) = (1, 1)
                try renderer.createResource(ResourceID(3), small)
                #expect(throws: RendererError.outOfMemory) {
                    try renderer.createResource(ResourceID(4), small)
                }
                #expect(throws: RendererError.badParameter) {
                    try renderer.attachBacking(
                        ResourceID(3), [pages.range, pages.range, pages.range])
                }
                try renderer.attachBacking(ResourceID(3), [pages.range, pages.range])
                for id: UInt32 in 1...3 { try renderer.unref(ResourceID(id)) }
                #expect(renderer.bytesInUse == 0)
            }
        }
    }
}
