// Capsets, contexts and the process's one renderer.

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

extension WithRenderer {
    @Suite("Contexts")
    struct Contexts {
        @Test("Two capsets are offered, virgl and virgl2, with bytes [GPU-D-011] [GPU-I-023]")
        func capsets() throws {
            try WithRenderer.renderer { renderer, _ in
                #expect(VirglRenderer.capsets == [.virgl, .virgl2])
                for (id, minimum) in [(VirtioGPU.CapsetID.virgl, 308), (.virgl2, 696)] {
                    let (version, size) = VirglRenderer.capset(id)
                    #expect(version >= 1)
                    #expect(size >= UInt32(minimum))
                    var bytes = WireBuffer(capacity: Int(size))
                    try renderer.fillCapset(id, version: version, into: &bytes)
                    let filled = bytes.array()
                    #expect(filled.count == Int(size))
                    #expect(filled.contains { $0 != 0 })
                }
            }
        }

        @Test("virgl2 does not promise untyped resources, which need dma-buf")
        func untypedResource() throws {
            try WithRenderer.renderer { renderer, _ in
                var bytes = WireBuffer(capacity: Int(VirglRenderer.capset(.virgl2).maxSize))
                try renderer.fillCapset(.virgl2, version: 2, into: &bytes)
                let bits = bytes.u32(at: 688)
                #expect(bits & 2 == 0)
                #expect(bits != 0)
            }
        }

        @Test("An unknown capset or version gives no bytes [GPU-I-024]")
        func unknownCapset() throws {
            try WithRenderer.renderer { renderer, _ in
                for (id, version): (UInt32, UInt32) in [
                    (0, 0), (3, 0), (4, 0), (5, 0), (6, 0), (.max, 0), (1, 2), (2, 3), (2, .max),
                ] {
                    var bytes = WireBuffer(capacity: 4096)
                    #expect(throws: RendererError.badParameter, "capset \(id) \(version)") {
                        try renderer.fillCapset(
                            VirtioGPU.CapsetID(id), version: version, into: &bytes)
                    }
                    let count = bytes.count
                    #expect(count == 0)
                }
            }
        }

        @Test("There is one renderer in a process; after close there may be another")
        func inUse() throws {
            let wake = try EventDescriptor()
            try WithRenderer.renderer { _, _ in
                #expect(throws: RendererError.inUse) { try VirglRenderer(wake: wake) }
            }
            for _ in 0..<3 {
                try WithRenderer.renderer { renderer, _ in
                    try renderer.createContext(ContextID(1), capset: .virgl2, name: "again")
                }
            }
        }

        @Test("A renderer may be closed twice")
        func closeTwice() throws {
            try WithRenderer.renderer { renderer, _ in renderer.close() }
        }

        @Test("A context lives from create to destroy, and its id is free again [GPU-D-014]")
        func life() throws {
            try WithRenderer.renderer { renderer, _ in
                let id = ContextID(7)
                #expect(throws: RendererError.unknownContext) { try renderer.destroyContext(id) }
                for _ in 0..<3 {
                    try renderer.createContext(id, capset: .virgl2, name: "seven")
                    #expect(!renderer.isDead(id))
                    #expect(throws: RendererError.badID) {
                        try renderer.createContext(id, capset: .virgl2, name: "")
                    }
                    var nop: [UInt32] = [0]
                    try renderer.submit(&nop, to: id)
                    try renderer.destroyContext(id)
                    #expect(throws: RendererError.unknownContext) {
                        try renderer.submit(&nop, to: id)
                    }
                }
            }
        }

        @Test("Ids 0 and the bridge's own are refused, other capsets too")
        func badContexts() throws {
            try WithRenderer.renderer { renderer, _ in
                for id in [0, 0xffff_0000, 0xffff_ffff] {
                    #expect(throws: RendererError.badID) {
                        try renderer.createContext(
                            ContextID(UInt32(id)), capset: .virgl2, name: "")
                    }
                }
                for capset in [0, 3, 4, 5, 6, 255] {
                    #expect(throws: RendererError.badParameter) {
                        try renderer.createContext(
                            ContextID(1), capset: VirtioGPU.CapsetID(UInt32(capset)), name: "")
                    }
                }
                try renderer.createContext(ContextID(0xfffe_ffff), capset: .virgl, name: "")
                try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
            }
        }

        @Test("No more contexts are made than the limit [QUOTA-1]")
        func limit() throws {
            var limits = RendererLimits()
            limits.contextsMax = 2
            try WithRenderer.renderer(limits: limits) { renderer, _ in
                try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
                try renderer.createContext(ContextID(2), capset: .virgl2, name: "")
                #expect(throws: RendererError.outOfMemory) {
                    try renderer.createContext(ContextID(3), capset: .virgl2, name: "")
                }
                try renderer.destroyContext(ContextID(1))
                try renderer.createContext(ContextID(3), capset: .virgl2, name: "")
            }
        }

        @Test("A context that made an error is dead; its neighbour and its successor are not")
        func dead() throws {
            try WithRenderer.renderer { renderer, _ in
                let (bad, good) = (ContextID(1), ContextID(2))
                try renderer.createContext(bad, capset: .virgl2, name: "bad")
                try renderer.createContext(good, capset: .virgl2, name: "good")
                // A surface of a resource that is not there: the library says no.
                var error = VirglStream.unknownSurface
                #expect(throws: RendererError.rejected) { try renderer.submit(&error, to: bad) }
                #expect(renderer.isDead(bad))
                var nop: [UInt32] = [0]
                #expect(throws: RendererError.contextDead) { try renderer.submit(&nop, to: bad) }
                #expect(!renderer.isDead(good))
                try renderer.submit(&nop, to: good)
                try renderer.destroyContext(bad)
                try renderer.createContext(bad, capset: .virgl2, name: "new")
                try renderer.submit(&nop, to: bad)
                try renderer.submit(&nop, to: good)
            }
        }

        @Test("A stream that the walk refuses leaves its context alive")
        func refusedStream() throws {
            try WithRenderer.renderer { renderer, _ in
                let id = ContextID(1)
                try renderer.createContext(id, capset: .virgl2, name: "")
                for stream: [UInt32] in [[0x0001_0000], [62], [0x0001_0032, 1], [0x0001_0031, 1]] {
                    var words = stream
                    #expect(throws: RendererError.badParameter) {
                        try renderer.submit(&words, to: id)
                    }
                }
                var nop: [UInt32] = [0]
                try renderer.submit(&nop, to: id)
                #expect(!renderer.isDead(id))
            }
        }

        @Test("No stream is longer than the limit [QUOTA-2]")
        func streamLimit() throws {
            var limits = RendererLimits()
            limits.streamBytesMax = 64
            try WithRenderer.renderer(limits: limits) { renderer, _ in
                let id = ContextID(1)
                try renderer.createContext(id, capset: .virgl2, name: "")
                var words = [UInt32](repeating: 0, count: 16)
                try renderer.submit(&words, to: id)
                words.append(0)
                #expect(throws: RendererError.outOfMemory) { try renderer.submit(&words, to: id) }
                var empty: [UInt32] = []
                try renderer.submit(&empty, to: id)
            }
        }

        @Test("Attaching and detaching name a known context and a known resource")
        func attach() throws {
            try WithRenderer.renderer { renderer, _ in
                let (context, resource) = (ContextID(1), ResourceID(9))
                try renderer.createContext(context, capset: .virgl2, name: "")
                let shape = ResourceShape(target: 2, format: 67, bind: 0xa, width: 4, height: 4)
                try renderer.createResource(resource, shape)
                #expect(throws: RendererError.unknownContext) {
                    try renderer.attach(resource, to: ContextID(2))
                }
                #expect(throws: RendererError.unknownResource) {
                    try renderer.attach(ResourceID(8), to: context)
                }
                #expect(throws: RendererError.unknownContext) {
                    try renderer.detach(resource, from: ContextID(2))
                }
                #expect(throws: RendererError.unknownResource) {
                    try renderer.detach(ResourceID(8), from: context)
                }
                try renderer.attach(resource, to: context)
                try renderer.attach(resource, to: context)
                #expect(renderer.attachedResources(of: context) == [resource])
                try renderer.detach(resource, from: context)
                try renderer.detach(resource, from: context)
                #expect(renderer.attachedResources(of: context) == [])
                try renderer.attach(resource, to: context)
                try renderer.unref(resource)
                #expect(renderer.attachedResources(of: context) == [])
            }
        }
    }
}
