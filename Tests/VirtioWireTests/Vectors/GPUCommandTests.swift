// The GPU's messages as one value each, by the vectors that name them.

import Testing
import VirtioWire

@Suite("A GPU message")
struct GPUCommandTests {
    @Test(
        "is the structure that its type word names",
        arguments: Vector.good.filter { $0.proto == "virtio_gpu" && $0.message != nil })
    func payload(vector: Vector) throws {
        let buffer = buffer(vector.bytes)
        let type = try #require(Codecs.all[vector.type])
        let decoded: any WireMessage = try decode(type, vector.bytes)
        let expected = encoded(decoded)
        let value: Any =
            vector.role == "command"
            ? try VirtioGPU.Command(buffer.bytes) : try VirtioGPU.Response(buffer.bytes)
        let payload = try #require(Mirror(reflecting: value).children.first?.value)
        let message = try #require(payload as? any WireMessage)
        #expect(encoded(message) == expected)
        #expect(Mirror(reflecting: value).children.first?.label != "unknown")
    }

    @Test(
        "that is cut short is an error, whichever it is",
        arguments: Vector.bad.filter {
            $0.proto == "virtio_gpu" && $0.role != nil && $0.name.hasSuffix("/short")
                && $0.parts.isEmpty
        })
    func truncated(vector: Vector) throws {
        let buffer = buffer(vector.bytes)
        let offset = vector.bytes.count
        #expect(throws: WireError(kind: .truncated, offset: offset)) {
            if vector.role == "command" {
                _ = try VirtioGPU.Command(buffer.bytes)
            } else {
                _ = try VirtioGPU.Response(buffer.bytes)
            }
        }
    }

    @Test("with a type word that nobody gave away keeps its header", arguments: [0, 0xdead, .max])
    func unknown(word: UInt32) throws {
        let header = VirtioGPU.ControlHeader(type: .init(word), fenceID: 7)
        let buffer = buffer(encoded(header))
        #expect(try VirtioGPU.Command(buffer.bytes) == .unknown(header))
        #expect(try VirtioGPU.Response(buffer.bytes) == .unknown(header))
    }
}
