// A worker that is not ours any more: whatever it writes, this process lives and nobody waits for
// ever.

import LinuxSystem
import SystemPackage
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A hostile worker", .serialized)
struct HostileWorkerTests {
    @Test(
        "that does not come to serve is no renderer",
        arguments: [
            "mute", "dies", "facts", "facts-long",
        ])
    func neverServes(mode: String) throws {
        #expect(throws: RendererError.unavailable) {
            try IsolatedRenderer.run(.fake(mode)) { _, _ in }
        }
    }

    @Test("that is no program, or another one, is no renderer")
    func noProgram() throws {
        for path in ["/nonexistent", "/bin/true", "/etc/passwd", ""] {
            var options = RendererWorkerOptions.fake("")
            options.executable = path
            #expect(throws: RendererError.unavailable) {
                try IsolatedRenderer.run(options) { _, _ in }
            }
        }
    }

    /// Asks for everything, and takes whatever answer comes.
    private func ask(_ renderer: IsolatedRenderer) {
        let context = ContextID(1)
        try? renderer.createContext(context, capset: .virgl2, name: "hostile")
        try? renderer.createResource(ResourceID(1), .texture(8, 8))
        try? renderer.createResource(ResourceID(2), .buffer(64))
        try? renderer.attach(ResourceID(1), to: context)
        var words = Stream.createBuffer(3, 4096)
        try? renderer.submit(&words, to: context)
        try? renderer.createBlob(
            ResourceID(3), context: context, blobID: 3, flags: .useMappable, sizeBytes: 4096)
        if let memory = HostMemory(sizeBytes: 256) {
            try? renderer.copy(
                ResourceID(1), ImageRect(width: 8, height: 8), memory.range, strideBytes: 32,
                .fromHost)
        }
        words = [0]
        _ = try? renderer.startStream(&words, on: context, fenced: true)
        _ = try? renderer.createFence(on: context)
        var ended: [EndedWork] = []
        renderer.takeEnded(into: &ended)
        try? renderer.destroyContext(context)
        for id: UInt32 in 1...3 { try? renderer.unref(ResourceID(id)) }
    }

    @Test(
        "that answers nonsense is killed, and all that was charged comes back",
        arguments: [
            "idle", "refuses", "status", "numbers", "twice", "early", "head", "tail", "progress",
            "garbage",
        ])
    func nonsense(mode: String) throws {
        try IsolatedRenderer.run(.fake(mode, stallMillis: 150)) { renderer, _ in
            for _ in 0..<3 { ask(renderer) }
            #expect(renderer.bytesInUse == 0)
            #expect(renderer.contexts.isEmpty)
            #expect(renderer.resources.isEmpty)
        }
    }

    @Test("that takes no descriptors is killed when no more can be sent")
    func deaf() throws {
        try IsolatedRenderer.run(.fake("deaf", stallMillis: 100)) { renderer, _ in
            for _ in 0..<5000 where renderer.workerGeneration == 1 { ask(renderer) }
            #expect(renderer.workerGeneration > 1)
            #expect(renderer.bytesInUse == 0)
        }
    }

    @Test("that obeys, but draws nothing, is served like any other")
    func obeys() throws {
        try IsolatedRenderer.run(.fake("obeys", stallMillis: 20_000)) { renderer, wake in
            for _ in 0..<200 { ask(renderer) }
            try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
            let fence = try renderer.createFence(on: ContextID(1))
            #expect(try renderer.wait(for: fence, wake).error == nil)
            #expect(renderer.workerGeneration == 1)
        }
    }

    @Test("in the sandbox opens nothing, starts nothing, and reaches nobody")
    func sandbox() throws {
        let wake = try EventDescriptor()
        let worker = try WorkerProcess(.fake("probe", stallMillis: 20_000), wake: wake)
        defer { worker.close() }
        let deadline = MonotonicClock.nowNanos + 20_000_000_000
        while worker.channel.flag(ChannelLayout.isReady) == 0, !worker.isDead,
            MonotonicClock.nowNanos < deadline
        {
            _ = wake.wait(timeoutMillis: 100)
        }
        #expect(!worker.isDead)
        // Memory that can be executed is the one thing that a shader compiler must have.
        let worked = worker.channel.bytes(ChannelLayout.facts, 4).word32(at: 0)
        #expect(worked == 1 << 31, "\(String(worked, radix: 2))")
    }

    @Test("Facts cut at any byte, or of absurd sizes, are no facts")
    func facts() throws {
        let good = RendererFacts(
            placesMemory: true,
            caps: [
                .init(id: 2, version: 2, bytes: [1, 2, 3]), .init(id: 1, version: 1, bytes: []),
            ])
        var buffer = WireBuffer(capacity: 256)
        good.encode(to: &buffer)
        let bytes = buffer.array()
        #expect(unsafe RendererFacts(bytes.span.bytes) == good)
        for count in bytes.indices {
            let cut = Array(bytes.prefix(count))
            #expect(unsafe RendererFacts(cut.span.bytes) == nil)
        }
        for (offset, value): (Int, UInt8) in [(0, 2), (4, 17), (7, 1), (16, 255), (19, 255)] {
            var bad = bytes
            bad[offset] = value
            #expect(unsafe RendererFacts(bad.span.bytes) == nil)
        }
    }
}
