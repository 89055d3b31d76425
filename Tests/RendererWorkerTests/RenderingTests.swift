// A renderer in a worker does what one in this process does.

import Foundation
import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A renderer in a worker")
struct RenderingTests {
    private let context = ContextID(1)
    private let texture = ResourceID(2)

    @Test("clears a texture and reads it back into guest memory")
    func clear() throws {
        try IsolatedRenderer.run { renderer, wake in
            let guest = try Guest()
            try renderer.createContext(context, capset: .virgl2, name: "clear")
            try renderer.createResource(texture, .texture(33, 17))
            try renderer.attachBacking(texture, guest.list([(0, 33 * 17 * 4)]))
            try renderer.attach(texture, to: context)
            var words = Stream.clear(texture.rawValue, [1, 0, 1, 1])
            try renderer.submit(&words, to: context)
            let all = Transfer(box: TexelBox(width: 33, height: 17))
            #expect(
                try renderer.transfer(texture, context: context, all, .fromHost) == 33 * 17 * 4)
            let seen = try guest.bytes(0, 33 * 17 * 4).bytes()
            #expect(seen == Array(repeating: [255, 0, 255, 255], count: 33 * 17).flatMap { $0 })
        }
    }

    @Test("uploads scattered guest memory, and reads it back scattered otherwise")
    func scattered() throws {
        try IsolatedRenderer.run { renderer, _ in
            let guest = try Guest()
            let count = 64 * 8 * 4
            for index in 0..<4 {
                try guest.bytes(index * 8192 + 5, count / 4)
                    .write((0..<count / 4).map { UInt8(truncatingIfNeeded: $0 &* 7 + index) })
            }
            try renderer.createResource(texture, .texture(64, 8))
            try renderer.attachBacking(
                texture, guest.list((0..<4).map { ($0 * 8192 + 5, count / 4) }))
            let all = Transfer(box: TexelBox(width: 64, height: 8))
            _ = try renderer.transfer(texture, context: ContextID(0), all, .toHost)
            #expect(renderer.uploadedBytes == UInt64(count))
            try renderer.detachBacking(texture)
            try renderer.attachBacking(
                texture, guest.list([(500_001, 1000), (600_003, count - 1000)]))
            _ = try renderer.transfer(texture, context: ContextID(0), all, .fromHost)
            var sent: [UInt8] = []
            for index in 0..<4 {
                sent += (0..<count / 4).map { UInt8(truncatingIfNeeded: $0 &* 7 + index) }
            }
            let seen =
                try guest.bytes(500_001, 1000).bytes()
                + guest.bytes(600_003, count - 1000).bytes()
            #expect(seen == sent)
        }
    }

    @Test("copies rows of memory that has no descriptor, and leaves what is between them")
    func rows() throws {
        try IsolatedRenderer.run { renderer, _ in
            try renderer.createResource(texture, .texture(16, 4))
            let memory = try #require(HostMemory(sizeBytes: 100 * 4))
            memory.range.write((0..<400).map { UInt8(truncatingIfNeeded: $0) })
            let all = ImageRect(width: 16, height: 4)
            try renderer.copy(texture, all, memory.range, strideBytes: 100, .toHost)
            memory.range.fill(0xee)
            let part = ImageRect(x: 1, y: 1, width: 3, height: 2)
            let rest = try #require(memory.range.slice(offset: 0, count: 100 + 12))
            try renderer.copy(texture, part, rest, strideBytes: 100, .fromHost)
            var expected = [UInt8](repeating: 0xee, count: 400)
            for row in 0..<2 {
                for byte in 0..<12 {
                    expected[row * 100 + byte] = UInt8(
                        truncatingIfNeeded: (row + 1) * 100 + 4 + byte)
                }
            }
            #expect(memory.range.bytes() == expected)
        }
    }

    @Test(
        "shares a mapped buffer's bytes both ways, by a memfd in its place",
        arguments: [
            UInt32(4096), 12288, 5000, 1,
        ])
    func mapped(sizeBytes: UInt32) throws {
        try IsolatedRenderer.run { renderer, wake in
            try renderer.createContext(context, capset: .virgl2, name: "")
            var words = Stream.createBuffer(7, sizeBytes)
            try renderer.submit(&words, to: context)
            let blob = ResourceID(5)
            try renderer.createBlob(
                blob, context: context, blobID: 7, flags: .useMappable,
                sizeBytes: UInt64(sizeBytes))
            let memory = try #require(renderer.memory(of: blob))
            #expect(memory.sizeBytes == Int(sizeBytes))
            #expect(renderer.file(of: blob) != nil)
            #expect(memory.bytes().allSatisfy { $0 == 0 })
            let plain = ResourceID(6)
            let guest = try Guest()
            try renderer.createResource(plain, .buffer(sizeBytes))
            try renderer.attachBacking(plain, guest.list([(0, Int(sizeBytes))]))
            for id in [blob, plain] { try renderer.attach(id, to: context) }
            memory.fill(0x5a)
            words = Stream.copy(5, to: 6, count: sizeBytes)
            try renderer.submit(&words, to: context)
            let all = Transfer(box: TexelBox(width: sizeBytes, height: 1))
            _ = try renderer.transfer(plain, context: context, all, .fromHost)
            #expect(try guest.bytes(0, Int(sizeBytes)).bytes().allSatisfy { $0 == 0x5a })
            try guest.bytes(0, Int(sizeBytes)).fill(0x17)
            _ = try renderer.transfer(plain, context: context, all, .toHost)
            words = Stream.copy(6, to: 5, count: sizeBytes)
            guard
                case .running(let number) = try renderer.startStream(
                    &words, on: context, fenced: true)
            else { return #expect(Bool(false), "a worker works beside us") }
            #expect(try renderer.wait(for: number, wake).error == nil)
            #expect(memory.bytes().allSatisfy { $0 == 0x17 })
        }
    }

    @Test("keeps the memory of a buffer that is gone as long as somebody wants it [LIFE-1]")
    func keeper() throws {
        try IsolatedRenderer.run { renderer, _ in
            try renderer.createContext(context, capset: .virgl2, name: "")
            var words = Stream.createBuffer(7, 8192)
            try renderer.submit(&words, to: context)
            let blob = ResourceID(5)
            try renderer.createBlob(
                blob, context: context, blobID: 7, flags: .useMappable, sizeBytes: 8192)
            let memory = try #require(renderer.memory(of: blob))
            memory.fill(0x42)
            let keeper = try renderer.unrefKeepingMemory(blob)
            #expect(!renderer.exists(blob))
            words = Stream.createBuffer(8, 8192)
            try renderer.submit(&words, to: context)
            try renderer.createBlob(
                blob, context: context, blobID: 8, flags: .useMappable, sizeBytes: 8192)
            #expect(renderer.memory(of: blob)?.bytes().allSatisfy { $0 == 0 } == true)
            renderer.signalWorker(SIGKILL)
            try renderer.waitForDeath()
            try renderer.createContext(context, capset: .virgl2, name: "")
            #expect(memory.bytes().allSatisfy { $0 == 0x42 })
            #expect(renderer.bytesInUse == 16384)
            renderer.release(keeper)
            #expect(renderer.bytesInUse == 8192)
        }
    }

    @Test("answers as the one in this process does: refused streams, dead contexts, capsets")
    func answers() throws {
        try IsolatedRenderer.run { renderer, wake in
            try renderer.createContext(context, capset: .virgl2, name: "")
            var bytes = WireBuffer(capacity: Int(renderer.capsetLimits(.virgl2).maxSize))
            try renderer.fillCapset(.virgl2, version: 2, into: &bytes)
            #expect(bytes.count == 1376 || bytes.count == 1408)
            #expect(bytes.bytes.u32(at: 688) & 2 == 0)
            var words: [UInt32] = [0x0005_0801, 1, 0x7777, 67, 0, 0]
            #expect(throws: RendererError.rejected) { try renderer.submit(&words, to: context) }
            #expect(throws: RendererError.contextDead) {
                try renderer.submit(&words, to: context)
            }
            // The same, told later and with its fence.
            let other = ContextID(2)
            try renderer.createContext(other, capset: .virgl2, name: "")
            guard
                case .running(let number) = try renderer.startStream(
                    &words, on: other, fenced: true)
            else { return #expect(Bool(false), "a worker works beside us") }
            #expect(try renderer.wait(for: number, wake).error == .rejected)
            #expect(renderer.isDead(other))
            // A bind that the library knows for buffers only.
            #expect(throws: RendererError.rejected) {
                try renderer.createResource(
                    ResourceID(9),
                    ResourceShape(target: 2, format: 67, bind: 1 << 18, width: 4, height: 4))
            }
            #expect(renderer.bytesInUse == 0)
        }
    }

    @Test("lets go of guest memory whose region is gone")
    func regions() throws {
        try IsolatedRenderer.run { renderer, _ in
            let maps = { () throws -> String in
                try String(
                    contentsOfFile: "/proc/\(renderer.workerProcessID)/maps", encoding: .utf8)
            }
            try renderer.createResource(texture, .texture(4, 4))
            try renderer.createResource(ResourceID(3), .texture(4, 4))
            do {
                let guest = try Guest()
                try renderer.attachBacking(texture, guest.list([(0, 64)]))
                let all = Transfer(box: TexelBox(width: 4, height: 4))
                _ = try renderer.transfer(texture, context: ContextID(0), all, .fromHost)
                #expect(try maps().contains("memfd:guest"))
                try renderer.unref(texture)
            }
            let other = try SharedMemory(name: "next", sizeBytes: 4096)
            let memory = MappedFile(other)
            final class Owner: FileBacked {
                let file: MappedFile
                init(_ file: MappedFile) { self.file = file }
                func pieces(of range: MemoryRange) -> [FilePiece]? {
                    [FilePiece(file: file, offset: 0, count: range.sizeBytes)]
                }
            }
            try renderer.attachBacking(
                ResourceID(3), BackingList([other.range], owner: Owner(memory)))
            let all = Transfer(box: TexelBox(width: 4, height: 4))
            _ = try renderer.transfer(ResourceID(3), context: ContextID(0), all, .fromHost)
            #expect(try !maps().contains("memfd:guest"))
            #expect(throws: RendererError.notPossible) {
                try renderer.createResource(ResourceID(4), .texture(4, 4))
                // No file stands behind it, so the worker cannot reach it.
                try renderer.attachBacking(ResourceID(4), BackingList([other.range]))
            }
        }
    }
}
