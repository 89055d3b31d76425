// Fences of the renderer: every one that was made comes out again.

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

extension WithRenderer {
    @Suite("Fences")
    struct Fences {
        /// What retires until `count` fences have, or ten seconds are over.
        private func retired(_ renderer: VirglRenderer, _ wake: EventDescriptor, count: Int)
            -> [UInt64]
        {
            var fences: [UInt64] = []
            let end = deadline(millis: 10_000)
            while fences.count < count, MonotonicClock.nowNanos < end {
                _ = wake.wait(timeoutMillis: 100)
                fences += renderer.takeRetiredFences()
            }
            return fences
        }

        @Test("of one context retire in the order in which they were made [GPU-D-010]")
        func order() throws {
            try WithRenderer.renderer { renderer, wake in
                let id = ContextID(1)
                try renderer.createContext(id, capset: .virgl2, name: "")
                let made = try (0..<30).map { _ in
                    var nop: [UInt32] = [0]
                    try renderer.submit(&nop, to: id)
                    return try renderer.createFence(on: id)
                }
                #expect(retired(renderer, wake, count: 30) == made)
                #expect(Set(made).count == 30)
                #expect(renderer.takeRetiredFences() == [])
            }
        }

        @Test("of two contexts all retire")
        func twoContexts() throws {
            try WithRenderer.renderer { renderer, wake in
                for id: UInt32 in [1, 2] {
                    try renderer.createContext(ContextID(id), capset: .virgl2, name: "")
                }
                let made = try (UInt32(0)..<20).map {
                    try renderer.createFence(on: ContextID(1 + $0 % 2))
                }
                #expect(retired(renderer, wake, count: 20).sorted() == made)
            }
        }

        @Test("of a destroyed context retire too, once")
        func destroyedContext() throws {
            try WithRenderer.renderer { renderer, wake in
                let id = ContextID(1)
                try renderer.createContext(id, capset: .virgl2, name: "")
                let made = try (0..<5).map { _ in try renderer.createFence(on: id) }
                try renderer.destroyContext(id)
                #expect(retired(renderer, wake, count: 5).sorted() == made)
                // The library's own call may still come: it is not reported a second time.
                try renderer.createContext(id, capset: .virgl2, name: "")
                let next = try renderer.createFence(on: id)
                #expect(retired(renderer, wake, count: 1) == [next])
            }
        }

        @Test("of an unknown context are not made")
        func unknownContext() throws {
            try WithRenderer.renderer { renderer, _ in
                for id: UInt32 in [0, 1, .max] {
                    #expect(throws: RendererError.unknownContext) {
                        try renderer.createFence(on: ContextID(id))
                    }
                }
            }
        }

        @Test("in flight are limited [QUOTA-1]")
        func limit() throws {
            var limits = RendererLimits()
            limits.fencesMax = 2
            try WithRenderer.renderer(limits: limits) { renderer, wake in
                let id = ContextID(1)
                try renderer.createContext(id, capset: .virgl2, name: "")
                let made = try [renderer.createFence(on: id), renderer.createFence(on: id)]
                // Not taken yet: still in flight here, retired or not.
                #expect(throws: RendererError.outOfMemory) { try renderer.createFence(on: id) }
                #expect(retired(renderer, wake, count: 2) == made)
                let next = try renderer.createFence(on: id)
                #expect(retired(renderer, wake, count: 1) == [next])
            }
        }
    }
}
