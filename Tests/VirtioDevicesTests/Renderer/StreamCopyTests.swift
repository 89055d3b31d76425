// Copies that a command stream asks for: from the bytes of a blob into a texture.

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

extension WithRenderer {
    @Suite("Copies inside command streams")
    struct StreamCopies {
        private let context = ContextID(1)
        private let blob = ResourceID(0x16)
        private let texture = ResourceID(0x1e)
        private let pages: SharedMemory

        init() throws { pages = try SharedMemory(name: "pages", sizeBytes: 4096) }

        /// A blob of 4096 bytes and an R8 texture of 33 x 17 with backing, both attached.
        private func setUp(_ renderer: VirglRenderer) throws -> MemoryRange {
            try renderer.createContext(context, capset: .virgl2, name: "")
            var words = VirglStream.createBuffer(blobID: 1, sizeBytes: 4096)
            try renderer.submit(&words, to: context)
            try renderer.createBlob(
                blob, context: context, blobID: 1, flags: [.useMappable], sizeBytes: 4096)
            try renderer.attach(blob, to: context)
            try renderer.createResource(
                texture, ResourceShape(target: 2, format: 64, bind: 8, width: 33, height: 17))
            try renderer.attach(texture, to: context)
            try renderer.attachBacking(texture, [pages.range])
            return try #require(renderer.memory(of: blob))
        }

        @Test("take the blob's bytes as they are, at any offset and stride [GPU-I-026]")
        func copy() throws {
            try WithRenderer.renderer { renderer, _ in
                let memory = try setUp(renderer)
                var random = SeededGenerator(seed: 6)
                for (stride, offset) in [(64, 0), (33, 1088), (100, 13), (0, 4096 - 33 * 17)] {
                    let bytes = random.bytes(count: 4096)
                    memory.write(bytes)
                    let before = renderer.uploadedBytes
                    var words = VirglStream.copy(
                        to: 0x1e, width: 33, height: 17, stride: UInt32(stride), from: 0x16,
                        offset: UInt32(offset))
                    try renderer.submit(&words, to: context)
                    // The copy is done when submit returns.
                    memory.fill(0)
                    try renderer.transfer(
                        texture, context: context, Transfer(box: TexelBox(width: 33, height: 17)),
                        .fromHost)
                    let row = stride == 0 ? 33 : stride
                    let expected = (0..<17).flatMap { y in
                        bytes[(offset + y * row)..<(offset + y * row + 33)]
                    }
                    #expect(firstDifference(pages.range.bytes().prefix(33 * 17), expected) == nil)
                    #expect(renderer.uploadedBytes == before + 33 * 17)
                }
            }
        }

        @Test("between a texture and its own backing work in both directions")
        func transfer() throws {
            try WithRenderer.renderer { renderer, _ in
                _ = try setUp(renderer)
                let bytes = (0..<33 * 17).map { UInt8(truncatingIfNeeded: $0 * 7) }
                pages.range.write(bytes)
                var up = VirglStream.transfer(
                    0x1e, width: 33, height: 17, stride: 33, offset: 0, toHost: true)
                try renderer.submit(&up, to: context)
                #expect(renderer.uploadedBytes == 33 * 17)
                pages.range.fill(0)
                var down = VirglStream.transfer(
                    0x1e, width: 33, height: 17, stride: 33, offset: 1000, toHost: false)
                try renderer.submit(&down, to: context)
                #expect(renderer.uploadedBytes == 33 * 17)
                #expect(
                    firstDifference(pages.range.bytes().dropFirst(1000).prefix(33 * 17), bytes)
                        == nil)
            }
        }

        @Test("past an end, of a wrapping stride, or with bit 1 set are refused, harmlessly")
        func hostile() throws {
            try WithRenderer.renderer { renderer, _ in
                let memory = try setUp(renderer)
                memory.fill(0x33)
                let hostile = [
                    VirglStream.copy(
                        to: 0x1e, width: 33, height: 5, stride: 1 << 30, from: 0x16, offset: 0),
                    VirglStream.copy(
                        to: 0x1e, width: 33, height: 17, stride: 0x1000_0000, from: 0x16,
                        offset: 0),
                    VirglStream.copy(
                        to: 0x1e, width: 33, height: 17, stride: 64, from: 0x16, offset: 3040),
                    VirglStream.copy(
                        to: 0x1e, width: 33, height: 17, stride: 64, from: 0x16, offset: .max),
                    VirglStream.copy(
                        to: 0x1e, width: 34, height: 17, stride: 64, from: 0x16, offset: 0),
                    VirglStream.copy(
                        to: 0x1e, width: 33, height: 17, stride: 64, from: 0x16, offset: 0,
                        flags: 2),
                    VirglStream.copy(
                        to: 0x1e, width: 33, height: 17, stride: 64, from: 0x16, offset: 0,
                        flags: 3),
                    VirglStream.transfer(
                        0x1e, width: 33, height: 5, stride: 1 << 30, offset: 0, toHost: true),
                    VirglStream.transfer(
                        0x1e, width: 33, height: 5, stride: 1 << 30, offset: 0, toHost: false),
                ]
                for stream in hostile {
                    var words = stream
                    #expect(throws: RendererError.badParameter, "\(stream)") {
                        try renderer.submit(&words, to: context)
                    }
                }
                #expect(!renderer.isDead(context))
                #expect(memory.bytes().allSatisfy { $0 == 0x33 })
                #expect(renderer.uploadedBytes == 0)
            }
        }

        @Test("of resources that are unknown, unattached or the blob itself are refused")
        func unattached() throws {
            try WithRenderer.renderer { renderer, _ in
                _ = try setUp(renderer)
                func refused(_ error: RendererError, to: UInt32, from: UInt32) {
                    var words = VirglStream.copy(
                        to: to, width: 1, height: 1, stride: 0, from: from, offset: 0)
                    #expect(throws: error, "\(from) to \(to)") {
                        try renderer.submit(&words, to: context)
                    }
                }
                refused(.unknownResource, to: 0x1e, from: 0x99)
                refused(.unknownResource, to: 0x99, from: 0x16)
                refused(.unknownResource, to: 0, from: 0x16)
                refused(.notPossible, to: 0x16, from: 0x16)
                try renderer.detach(blob, from: context)
                refused(.unknownResource, to: 0x1e, from: 0x16)
                #expect(!renderer.isDead(context))
            }
        }

        @Test("by RESOURCE_INLINE_WRITE are refused when their stride wraps: no crash")
        func inlineWrite() async {
            await #expect(processExitsWith: .success) {
                try WithRenderer.renderer { renderer, _ in
                    let context = ContextID(1)
                    try renderer.createContext(context, capset: .virgl2, name: "")
                    try renderer.createResource(
                        ResourceID(2),
                        ResourceShape(target: 2, format: 64, bind: 8, width: 33, height: 17))
                    try renderer.attach(ResourceID(2), to: context)
                    var words = VirglStream.inlineWrite(
                        2, width: 33, height: 5, stride: 1 << 30,
                        data: Array(repeating: 0, count: 64))
                    #expect(throws: RendererError.badParameter) {
                        try renderer.submit(&words, to: context)
                    }
                }
            }
        }

        @Test("by RESOURCE_INLINE_WRITE write what they carry")
        func goodInlineWrite() throws {
            try WithRenderer.renderer { renderer, _ in
                _ = try setUp(renderer)
                var words = VirglStream.inlineWrite(
                    0x1e, width: 4, height: 2, stride: 4, data: [0x0403_0201, 0x0807_0605])
                try renderer.submit(&words, to: context)
                try renderer.transfer(
                    texture, context: context,
                    Transfer(box: TexelBox(width: 4, height: 2), stride: 4),
                    .fromHost)
                #expect(Array(pages.range.bytes().prefix(8)) == [1, 2, 3, 4, 5, 6, 7, 8])
                #expect(renderer.uploadedBytes == 8)
            }
        }
    }
}
