// A worker that dies or stalls, at any moment: defined answers, and the next one serves.

import Foundation
import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A worker that dies", .serialized)
struct DeathTests {
    private static let context = ContextID(1)
    private static let texture = ResourceID(2)
    private static let blob = ResourceID(5)
    private static let blobBytes: UInt64 = 8192

    /// Everything that a guest does, one step after the other; what no step before has made, a step
    /// is refused for.
    private static let steps:
        [@Sendable (IsolatedRenderer, Guest, EventDescriptor) throws -> Void] = [
            { renderer, _, _ in try renderer.createContext(context, capset: .virgl2, name: "") },
            { renderer, _, _ in try renderer.createResource(texture, .texture(64, 64)) },
            { renderer, guest, _ in
                try renderer.attachBacking(texture, guest.list([(0, 8192), (65536, 8192)]))
            },
            { renderer, _, _ in try renderer.attach(texture, to: context) },
            { renderer, _, _ in
                _ = try renderer.transfer(
                    texture, context: context, Transfer(box: TexelBox(width: 64, height: 64)),
                    .toHost)
            },
            { renderer, _, _ in
                var words = Stream.clear(texture.rawValue, [0, 1, 0, 1])
                try renderer.submit(&words, to: context)
            },
            { renderer, _, _ in
                var words = Stream.createBuffer(7, UInt32(blobBytes))
                try renderer.submit(&words, to: context)
            },
            { renderer, _, _ in
                try renderer.createBlob(
                    blob, context: context, blobID: 7, flags: .useMappable, sizeBytes: blobBytes)
            },
            { renderer, _, _ in renderer.memory(of: blob)?.fill(0x33) },
            { renderer, _, _ in try renderer.attach(blob, to: context) },
            { renderer, _, wake in
                var words = Stream.clear(texture.rawValue, [0, 0, 1, 1], handle: 2)
                let work = try renderer.startStream(&words, on: context, fenced: true)
                if case .running(let number) = work {
                    if let error = try renderer.wait(for: number, wake).error { throw error }
                }
            },
            { renderer, _, wake in
                let fence = try renderer.createFence(on: context)
                if let error = try renderer.wait(for: fence, wake).error { throw error }
            },
            { renderer, _, _ in
                _ = try renderer.transfer(
                    texture, context: ContextID(0), Transfer(box: TexelBox(width: 64, height: 64)),
                    .fromHost)
            },
            { renderer, _, _ in try renderer.detach(texture, from: context) },
            { renderer, _, _ in try renderer.detachBacking(texture) },
            { renderer, _, _ in try renderer.destroyContext(context) },
            { renderer, _, _ in try renderer.unref(texture) },
            { renderer, _, _ in try renderer.unref(blob) },
        ]

    /// What a step may be refused with after a death.
    private static let refusals: Set<RendererError> = [
        .unknownContext, .unknownResource, .unavailable, .badParameter, .notPossible, .badID,
    ]

    /// Runs all steps; none may fail unless a worker has died.
    private func run(
        _ renderer: IsolatedRenderer, _ guest: Guest, _ wake: EventDescriptor,
        before: (Int) throws -> Void, mayFail: Bool
    ) throws {
        for (index, step) in Self.steps.enumerated() {
            try before(index)
            do {
                try step(renderer, guest, wake)
            } catch let error as RendererError {
                #expect(
                    mayFail && Self.refusals.contains(error), "step \(index): \(error)")
            }
        }
    }

    private func clean(_ renderer: IsolatedRenderer) {
        try? renderer.destroyContext(Self.context)
        for id in [Self.texture, Self.blob] where renderer.exists(id) { try? renderer.unref(id) }
        #expect(renderer.bytesInUse == 0)
    }

    @Test("before the Nth command gives defined answers, and the next one serves; nothing leaks")
    func everyStep() throws {
        try IsolatedRenderer.run { renderer, wake in
            let guest = try Guest()
            var descriptors: [Int] = []
            for n in Self.steps.indices {
                try run(
                    renderer, guest, wake,
                    before: { index in
                        guard index == n else { return }
                        renderer.signalWorker(SIGKILL)
                        // Seen at once in one half of the cases, in the other by the command.
                        if n % 2 == 0 { try renderer.waitForDeath() }
                    }, mayFail: true)
                // Nothing may have been asked since that waits for an answer.
                if renderer.workerGeneration < UInt64(n) + 2 { try renderer.waitForDeath() }
                clean(renderer)
                try run(renderer, guest, wake, before: { _ in }, mayFail: false)
                clean(renderer)
                #expect(renderer.workerGeneration == UInt64(n) + 2)
                descriptors.append(try descriptorCount())
            }
            // Other tests open and close descriptors meanwhile: the fewest of each half. What each
            // death left open would add up.
            let half = descriptors.count / 2
            let early = descriptors.prefix(half).min() ?? 0
            let late = descriptors.suffix(half).min() ?? 0
            #expect(late < early + half)
        }
    }

    @Test("ends the fences under way, forgets contexts, and keeps ids, which read as zero [LIFE-7]")
    func survivors() throws {
        try IsolatedRenderer.run { renderer, wake in
            let guest = try Guest()
            for step in Self.steps.prefix(11) { try step(renderer, guest, wake) }
            try guest.bytes(0, 8192).fill(0xaa)
            try guest.bytes(65536, 8192).fill(0xaa)
            var words = Stream.clear(Self.texture.rawValue, [1, 1, 1, 1], handle: 3)
            renderer.signalWorker(SIGSTOP)
            guard
                case .running(let number) = try renderer.startStream(
                    &words, on: Self.context, fenced: true)
            else { return #expect(Bool(false), "a worker works beside us") }
            renderer.signalWorker(SIGKILL)
            #expect(try renderer.wait(for: number, wake).error == .unknownContext)
            #expect(throws: RendererError.unknownContext) {
                try renderer.submit(&words, to: Self.context)
            }
            #expect(throws: RendererError.unknownContext) {
                try renderer.requireContext(Self.context)
            }
            // The texture's id is there, without its texels; its backing is still attached.
            #expect(renderer.exists(Self.texture))
            _ = try renderer.transfer(
                Self.texture, context: ContextID(0),
                Transfer(box: TexelBox(width: 64, height: 64)), .fromHost)
            #expect(try guest.bytes(0, 8192).bytes().allSatisfy { $0 == 0 })
            #expect(try guest.bytes(65536, 8192).bytes().allSatisfy { $0 == 0 })
            // The buffer's bytes are a memfd's, and a new context can use them.
            let memory = try #require(renderer.memory(of: Self.blob))
            #expect(memory.bytes().allSatisfy { $0 == 0x33 })
            var lost: [ResourceID] = []
            renderer.takeLost(into: &lost)
            #expect(lost.isEmpty)
            try renderer.createContext(Self.context, capset: .virgl2, name: "")
            let plain = ResourceID(6)
            try renderer.createResource(plain, .buffer(8192))
            try renderer.attachBacking(plain, guest.list([(0, 8192)]))
            for id in [Self.blob, plain] { try renderer.attach(id, to: Self.context) }
            words = Stream.copy(Self.blob.rawValue, to: 6, count: 8192)
            try renderer.submit(&words, to: Self.context)
            _ = try renderer.transfer(
                plain, context: Self.context,
                Transfer(box: TexelBox(width: 8192, height: 1)), .fromHost)
            #expect(try guest.bytes(0, 8192).bytes().allSatisfy { $0 == 0x33 })
        }
    }

    @Test(
        "is followed by one that serves; how soon is measured, not asserted",
        arguments: [
            false, true,
        ])
    func restartTime(keepsSpare: Bool) throws {
        var options = RendererWorkerOptions.test
        options.keepsSpare = keepsSpare
        try IsolatedRenderer.run(options) { renderer, _ in
            var millis: [Double] = []
            for _ in 0..<5 {
                renderer.signalWorker(SIGKILL)
                try renderer.waitForDeath()
                let died = renderer.library.worker.diedAtNanos
                try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
                var words: [UInt32] = [0]
                try renderer.submit(&words, to: ContextID(1))
                millis.append(Double(MonotonicClock.nowNanos - died) / 1_000_000)
            }
            millis.sort()
            print(
                String(
                    format: "a %@ worker served %.0f ms after the old one's death (%.0f to %.0f)",
                    keepsSpare ? "spare" : "new", millis[2], millis[0], millis[4]))
            #expect(renderer.workerGeneration == 6)
        }
    }

    @Test("by stalling is killed by the watch: what waits gets an answer, and the next one serves")
    func stalled() throws {
        var options = RendererWorkerOptions.test
        options.stallNanos = 400_000_000
        try IsolatedRenderer.run(options) { renderer, wake in
            let guest = try Guest()
            try renderer.createContext(Self.context, capset: .virgl2, name: "")
            try renderer.createResource(Self.texture, .texture(8, 8))
            try renderer.attachBacking(Self.texture, guest.list([(0, 256)]))
            // Nobody waits.
            renderer.signalWorker(SIGSTOP)
            let fence = try renderer.createFence(on: Self.context)
            #expect(try renderer.wait(for: fence, wake).error == .unknownContext)
            #expect(renderer.workerGeneration == 2)
            // The device's thread waits.
            try renderer.createContext(Self.context, capset: .virgl2, name: "")
            renderer.signalWorker(SIGSTOP)
            let all = Transfer(box: TexelBox(width: 8, height: 8))
            #expect(throws: RendererError.unavailable) {
                try renderer.transfer(Self.texture, context: ContextID(0), all, .fromHost)
            }
            _ = try renderer.transfer(Self.texture, context: ContextID(0), all, .fromHost)
            #expect(renderer.workerGeneration == 3)
        }
    }

    @Test("and cannot be started again leaves no renderer, and what it had is lost [LIFE-7]")
    func noSuccessor() throws {
        let link = "/tmp/virtio-share-worker-\(ProcessInfo.processInfo.processIdentifier)"
        try? FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: Programs.worker)
        var options = RendererWorkerOptions.test
        options.executable = link
        try IsolatedRenderer.run(options) { renderer, wake in
            let guest = try Guest()
            for step in Self.steps.prefix(9) { try step(renderer, guest, wake) }
            try FileManager.default.removeItem(atPath: link)
            renderer.signalWorker(SIGKILL)
            try renderer.waitForDeath()
            #expect(throws: RendererError.unavailable) {
                try renderer.createContext(ContextID(9), capset: .virgl2, name: "")
            }
            var lost: [ResourceID] = []
            renderer.takeLost(into: &lost)
            #expect(lost == [Self.blob])
            clean(renderer)
        }
    }

    @Test("too often is not started again within the window [QUOTA-1]")
    func tooOften() throws {
        var options = RendererWorkerOptions.test
        options.deathsMax = 2
        try IsolatedRenderer.run(options) { renderer, _ in
            for death in 1...3 {
                renderer.signalWorker(SIGKILL)
                try renderer.waitForDeath()
                if death < 3 {
                    try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
                }
            }
            #expect(throws: RendererError.unavailable) {
                try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
            }
        }
    }
}
