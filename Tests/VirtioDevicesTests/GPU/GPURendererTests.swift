// The device over a renderer that is not virglrenderer: mapped blobs, and fences on many timelines
// that pass in any order.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import VirtioDevices
@testable import Virtqueue

@Suite("The GPU device over another renderer")
struct GPURendererTests {
    private func run(
        features: VirtioGPU.Features = GPUMachine.allFeatures,
        _ body: (GPUMachine, ScriptedRenderer) throws -> Void
    ) throws {
        var configuration = GPUConfiguration()
        configuration.hostVisibleBytes = 1 << 16
        configuration.limits.bytesMax = 1 << 20
        configuration.rendering = .custom { limits, wake, budget in
            ScriptedRenderer(limits, wake, budget)
        }
        try GPUMachine.run(configuration, features: features) { machine in
            let renderer = try #require(machine.device.renderer as? ScriptedRenderer)
            try machine.createContext()
            try body(machine, renderer)
        }
    }

    private func createBlob(
        _ machine: GPUMachine, _ id: UInt32, sizeBytes: UInt64 = 4096,
        flags: VirtioGPU.BlobFlags = .useMappable
    ) throws {
        let reply = try machine.send(
            VirtioGPU.ResourceCreateBlob(
                header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                resourceID: ResourceID(id), blobMem: .host3D, blobFlags: flags, blobID: 1,
                size: sizeBytes))
        try #require(reply.type == .okNoData)
    }

    private func map(_ machine: GPUMachine, _ id: UInt32, at offset: UInt64) throws -> Reply {
        try machine.send(
            VirtioGPU.ResourceMapBlob(resourceID: ResourceID(id), offset: offset))
    }

    private func unmap(_ machine: GPUMachine, _ id: UInt32) throws -> Reply {
        try machine.send(VirtioGPU.ResourceUnmapBlob(resourceID: ResourceID(id)))
    }

    // MARK: Mapped blobs

    @Test(
        "MAP_BLOB shows the blob where it is asked to, UNMAP_BLOB no more [GPU-D-004] [GPU-I-039]")
    func mapping() throws {
        try run { machine, renderer in
            let region = try #require(machine.regions.first)
            #expect(region.window.id == 1)
            try createBlob(machine, 5)
            try createBlob(machine, 6, sizeBytes: 5000)
            let reply = try map(machine, 5, at: 0)
            #expect(reply.bytes.count == 32)
            let info: VirtioGPU.RespMapInfo = try reply.decode()
            #expect(info.header.type == .okMapInfo)
            #expect(info.mapInfo == .cached)
            #expect(try map(machine, 6, at: 8192).type == .okMapInfo)
            renderer.memory(of: ResourceID(5))?.fill(0x55)
            renderer.memory(of: ResourceID(6))?.fill(0x66)
            #expect(
                region.view(offset: 0, count: 4096)?.memory.bytes()
                    == Array(repeating: 0x55, count: 4096))
            #expect(
                region.view(offset: 8192 + 1000, count: 4000)?.memory.bytes()
                    == Array(repeating: 0x66, count: 4000))
            // Behind the blob's last byte there is nothing of the host's to see.
            #expect(region.view(offset: 8192, count: 5001) == nil)
            region.view(offset: 100, count: 1)?.memory.fill(1)
            #expect(renderer.memory(of: ResourceID(5))?.bytes()[100] == 1)
            #expect(try unmap(machine, 5).type == .okNoData)
            #expect(region.view(offset: 0, count: 1) == nil)
            #expect(try unmap(machine, 5).type == .errInvalidParameter)
            // The range can show another one. [GPU-I-034]
            #expect(try unmap(machine, 6).type == .okNoData)
            #expect(try map(machine, 6, at: 0).type == .okMapInfo)
            #expect(region.view(offset: 0, count: 1)?.memory.bytes() == [0x66])
        }
    }

    @Test("MAP_BLOB refuses what overlaps, sticks out, is mapped, or may not be [GPU-I-033]")
    func refused() throws {
        try run { machine, _ in
            try createBlob(machine, 5)
            try createBlob(machine, 6, sizeBytes: 8192)
            try createBlob(machine, 7, flags: .useCrossDevice)
            _ = try machine.createGuestBlob(8, sizeBytes: 64, [(GPUMachine.pages, 64)])
            _ = try machine.create2D(9, width: 64, height: 64)
            #expect(try map(machine, 5, at: 4096).type == .okMapInfo)
            // [GPU-R-023]
            #expect(try map(machine, 5, at: 16384).type == .errInvalidParameter)
            for offset: UInt64 in [
                0, 4096, 1, 100, 0xf000, 1 << 16, 1 << 32, .max, .max - 4095,
            ] {
                #expect(try map(machine, 6, at: offset).type == .errInvalidParameter)
            }
            for id: UInt32 in [7, 8, 9] {
                #expect(try map(machine, id, at: 16384).type == .errInvalidParameter)
            }
            #expect(try map(machine, 99, at: 16384).type == .errInvalidResourceID)
            #expect(try unmap(machine, 99).type == .errInvalidResourceID)
            #expect(try unmap(machine, 6).type == .errInvalidParameter)
            #expect(machine.regions[0].mappingCount == 1)
            #expect(try map(machine, 6, at: 8192).type == .okMapInfo)
        }
        try run(features: [.virgl, .contextInit, .resourceUUID]) { machine, _ in
            let reply = try map(machine, 5, at: 0)
            #expect(reply.type == .errUnspec)
        }
    }

    @Test("With BLOB_ALIGNMENT offsets and sizes are whole alignments [GPU-R-021] [GPU-R-024]")
    func alignment() throws {
        var configuration = GPUConfiguration()
        configuration.blobAlignment = 16384
        configuration.hostVisibleBytes = 1 << 16
        configuration.rendering = .custom { limits, wake, budget in
            ScriptedRenderer(limits, wake, budget)
        }
        let features = GPUMachine.allFeatures.union(.blobAlignment)
        try GPUMachine.run(configuration, features: features) { machine in
            try machine.createContext()
            #expect(machine.host.readConfig(offset: 16, count: 4) == [0, 0x40, 0, 0])
            try createBlob(machine, 5, sizeBytes: 16384)
            let odd = VirtioGPU.ResourceCreateBlob(
                header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                resourceID: ResourceID(6), blobMem: .host3D, blobFlags: .useMappable, blobID: 1,
                size: 4096)
            #expect(try machine.send(odd).type == .errInvalidParameter)
            #expect(try map(machine, 5, at: 4096).type == .errInvalidParameter)
            #expect(try map(machine, 5, at: 32768).type == .okMapInfo)
        }
    }

    @Test("UNREF unmaps first; who still looks keeps the bytes, and so does an importer [LIFE-1]")
    func unrefMapped() throws {
        try run { machine, _ in
            let region = try #require(machine.regions.first)
            try createBlob(machine, 5)
            let attachment = try machine.registry.attach(
                machine.uuid(of: 5), by: machine.importer, direction: .readWrite)
            _ = try map(machine, 5, at: 0)
            do {
                let view = try #require(region.view(offset: 0, count: 4096))
                view.memory.fill(0x42)
                #expect(try machine.unref(5).type == .okNoData)
                #expect(region.mappingCount == 0)
                attachment.detach()
                machine.host.serveHost()
                // The view is the last one who holds the memory: nobody has freed it.
                #expect(view.memory.bytes().allSatisfy { $0 == 0x42 })
                #expect(machine.device.rendererBytesInUse == 4096)
            }
            machine.host.serveHost()
            #expect(machine.device.rendererBytesInUse == 0)
            #expect(machine.registry.counters.chargedBytes == 0)
            try createBlob(machine, 5)
            _ = try map(machine, 5, at: 0)
            machine.host.write(status: [])
            #expect(region.mappingCount == 0)
            #expect(machine.device.rendererBytesInUse == 0)
        }
    }

    @Test("A blob past the limit of bytes is out of memory, whatever holds them [QUOTA-1]")
    func quota() throws {
        try run { machine, _ in
            _ = try machine.create2D(1, width: 256, height: 512)
            let large = VirtioGPU.ResourceCreateBlob(
                header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                resourceID: ResourceID(5), blobMem: .host3D, blobFlags: .useMappable, blobID: 1,
                size: (1 << 19) + 1)
            #expect(try machine.send(large).type == .errOutOfMemory)
            try createBlob(machine, 5, sizeBytes: 1 << 19)
            #expect(try machine.create2D(2, width: 1, height: 1).type == .errOutOfMemory)
            #expect(machine.device.rendererBytesInUse == 1 << 20)
        }
    }

    @Test("What the domain has no room for is refused too [QUOTA-1]")
    func domainQuota() throws {
        var limits = RegistryLimits()
        limits.bytesMax = 4096
        var configuration = GPUConfiguration()
        configuration.rendering = .none
        try GPUMachine.run(configuration, features: GPUMachine.features2D, limits: limits) {
            machine in
            let first = try machine.create2D(1, width: 16, height: 32)
            #expect(first.type == .okNoData)
            #expect(try machine.create2D(2, width: 16, height: 33).type == .errOutOfMemory)
            #expect(machine.registry.counters.chargedBytes == 2048)
            #expect(try machine.create2D(2, width: 16, height: 32).type == .okNoData)
            // Exporting does not count them twice.
            #expect(try machine.assignUUID(1).type == .okResourceUUID)
        }
    }

    // MARK: Fences

    /// Queues fenced empty submits; returns where each response will be.
    private func enqueue(
        _ machine: GPUMachine, _ submits: [(context: UInt32, ring: UInt8?, words: [UInt32])]
    ) throws -> [UInt64] {
        var places: [UInt64] = []
        for (index, submit) in submits.enumerated() {
            let slot = UInt64(index) * 0x100
            let request = VirtioGPU.CmdSubmit(
                header: .init(
                    type: .submit3D, flags: submit.ring == nil ? .fence : [.fence, .infoRingIdx],
                    fenceID: UInt64(100 + index), ctxID: ContextID(submit.context),
                    ringIdx: submit.ring ?? 0),
                size: UInt32(submit.words.count * 4))
            let bytes = encoded(request) + littleEndian(submit.words)
            try machine.bytes(at: GPUMachine.requests + slot, count: bytes.count).write(bytes)
            try machine.bytes(at: GPUMachine.responses + slot, count: 24).fill(0)
            try machine.control.add(
                readable: [segment(GPUMachine.requests + slot, bytes.count)],
                writable: [segment(GPUMachine.responses + slot, 24)])
            places.append(GPUMachine.responses + slot)
        }
        machine.host.serve(queue: 0)
        return places
    }

    /// The indices of those that have been answered.
    private func answered(_ machine: GPUMachine, _ places: [UInt64]) throws -> Set<Int> {
        machine.host.serveHost()
        while try machine.control.takeUsed() != nil {}
        var indices: Set<Int> = []
        for (index, place) in places.enumerated() {
            let reply = Reply(bytes: try machine.bytes(at: place, count: 24).bytes())
            guard reply.type?.rawValue != 0 else { continue }
            #expect(try reply.header.fenceID == UInt64(100 + index))
            indices.insert(index)
        }
        return indices
    }

    @Test("Timelines are independent: global, contexts, and rings 0 to 63 [GPU-D-010] [GPU-R-011]")
    func timelines() throws {
        try run { machine, renderer in
            try machine.createContext(2)
            let places = try enqueue(
                machine,
                [
                    (1, nil, []), (1, 0, []), (1, 63, []), (2, 63, []), (1, 63, []), (2, nil, []),
                ])
            #expect(try answered(machine, places) == [])
            // The later one of ring 63 waits for the earlier one, and for no other timeline.
            renderer.pass([5])
            #expect(try answered(machine, places) == [])
            renderer.pass([4])
            #expect(try answered(machine, places) == [3])
            renderer.pass([3])
            #expect(try answered(machine, places) == [2, 3, 4])
            // The global timeline is one, whatever the context.
            renderer.pass([6])
            #expect(try answered(machine, places) == [2, 3, 4])
            renderer.pass([1])
            #expect(try answered(machine, places) == [0, 2, 3, 4, 5])
            renderer.pass([2])
            #expect(try answered(machine, places) == [0, 1, 2, 3, 4, 5])
        }
    }

    @Test("An error waits its turn on its timeline and carries its fence [GPU-D-007] [GPU-D-010]")
    func errorsInOrder() throws {
        try run { machine, renderer in
            let places = try enqueue(
                machine, [(1, 7, []), (1, 7, [62]), (1, 8, [62]), (9, 7, [])])
            // Ring 8 of context 1 and any ring of a context that is not there wait for nothing.
            #expect(try answered(machine, places) == [2, 3])
            renderer.pass([1])
            #expect(try answered(machine, places) == [0, 1, 2, 3])
            let failed = Reply(bytes: try machine.bytes(at: places[1], count: 24).bytes())
            #expect(failed.type == .errUnspec)
            #expect(try failed.header.flags == [.fence, .infoRingIdx])
            #expect(try failed.header.ringIdx == 7)
        }
    }

    @Test("CTX_DESTROY completes the fences of all rings of its context, and of no other")
    func destroy() throws {
        try run { machine, renderer in
            try machine.createContext(2)
            let places = try enqueue(machine, [(1, 1, []), (1, 63, []), (2, 1, []), (1, nil, [])])
            let destroy = VirtioGPU.ControlHeader(type: .ctxDestroy, ctxID: ContextID(1))
            let request = encoded(destroy)
            try machine.bytes(at: GPUMachine.requests + 0x800, count: 24).write(request)
            try machine.control.add(
                readable: [segment(GPUMachine.requests + 0x800, 24)],
                writable: [segment(GPUMachine.responses + 0x800, 24)])
            machine.host.serve(queue: 0)
            #expect(try answered(machine, places) == [0, 1, 3])
            renderer.pass([3])
            #expect(try answered(machine, places) == [0, 1, 2, 3])
        }
    }

    @Test("A reset writes none of the responses that waited")
    func reset() throws {
        try run { machine, renderer in
            let places = try enqueue(machine, [(1, nil, []), (1, 3, [])])
            machine.host.write(status: [])
            renderer.pass([1, 2])
            #expect(try answered(machine, places) == [])
        }
    }
}
