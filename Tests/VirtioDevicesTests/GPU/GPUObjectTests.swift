// Resources, their names, and what is left of them: ids, UUIDs, unref, reset, quota.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device's resources")
    struct GPUObjects {
        @Test("An id in use is refused, 0 too, and UNREF frees it [GPU-I-014] [GPU-I-015]")
        func ids() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 4, height: 4)
                #expect(
                    try machine.submit(
                        VirglStream.createBuffer(blobID: 1, sizeBytes: 64)
                    ).type == .okNoData)
                for id: UInt32 in [0, 20] {
                    let texture = try machine.send(
                        VirtioGPU.ResourceCreate3D(
                            resourceID: ResourceID(id), target: 2, format: 67, bind: 0xa, width: 4,
                            height: 4))
                    #expect(texture.type == .errInvalidResourceID)
                    let blob = try machine.send(
                        VirtioGPU.ResourceCreateBlob(
                            header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                            resourceID: ResourceID(id), blobMem: .host3D,
                            blobFlags: .useMappable, blobID: 1, size: 64))
                    #expect(blob.type == .errInvalidResourceID)
                }
                #expect(try machine.unref(20).type == .okNoData)
                #expect(try machine.unref(20).type == .errInvalidResourceID)
                #expect(try machine.unref(0).type == .errInvalidResourceID)
                try machine.createTexture(20, width: 4, height: 4)
            }
        }

        @Test("A context id in use is refused, 0 too; CTX_DESTROY frees it [GPU-D-014]")
        func contexts() throws {
            try GPUMachine.run { machine in
                try machine.createContext(1)
                for id: UInt32 in [0, 1, 0xffff_0000, .max] {
                    let reply = try machine.send(
                        VirtioGPU.CtxCreate(
                            header: .init(type: .ctxCreate, ctxID: ContextID(id)), contextInit: 2))
                    #expect(reply.type?.isError == true, "\(id)")
                }
                let destroy = VirtioGPU.ControlHeader(type: .ctxDestroy, ctxID: ContextID(1))
                #expect(try machine.send(destroy).type == .okNoData)
                #expect(try machine.send(destroy).type == .errInvalidContextID)
                #expect(try machine.submit([0]).type == .errInvalidContextID)
                #expect(
                    try machine.context(.ctxAttachResource, resource: 1).type
                        == .errInvalidContextID)
                try machine.createContext(1)
            }
        }

        @Test("A blob with parameters that are not right is refused, its id stays free [GPU-R-014]")
        func badBlobs() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                #expect(
                    try machine.submit(
                        VirglStream.createBuffer(blobID: 1, sizeBytes: 4096)
                    ).type == .okNoData)
                func create(
                    mem: UInt32 = 2, flags: UInt32 = 1, entries: UInt32 = 0, blobID: UInt64 = 1,
                    size: UInt64 = 4096, context: UInt32 = 1
                ) throws -> VirtioGPU.MessageType? {
                    try machine.send(
                        VirtioGPU.ResourceCreateBlob(
                            header: .init(
                                type: .resourceCreateBlob, ctxID: ContextID(context)),
                            resourceID: ResourceID(5), blobMem: .init(mem),
                            blobFlags: .init(rawValue: flags), nrEntries: entries, blobID: blobID,
                            size: size)
                    ).type
                }
                for mem: UInt32 in [0, 4, .max] {
                    #expect(try create(mem: mem) == .errInvalidParameter)
                }
                for flags: UInt32 in [8, 9, .max] {
                    #expect(try create(flags: flags) == .errInvalidParameter)
                }
                for size: UInt64 in [0, 4097, 1 << 32, .max] {
                    #expect(try create(size: size) == .errInvalidParameter)
                }
                for entries: UInt32 in [1, .max] {
                    #expect(try create(entries: entries) == .errInvalidParameter)
                }
                for blobID: UInt64 in [0, 2, 1 << 32 | 1] {
                    #expect(try create(blobID: blobID) == .errInvalidParameter)
                }
                for context: UInt32 in [0, 2] {
                    #expect(try create(context: context) == .errInvalidContextID)
                }
                // Nothing was made, so nothing can be published.
                #expect(try machine.assignUUID(5).type == .errInvalidResourceID)
                #expect(machine.registry.counters.exports == 0)
                #expect(try create() == .okNoData)
                #expect(try machine.assignUUID(5).type == .okResourceUUID)
            }
        }

        @Test("A resource is named once and its UUID is version 4 [ID-1] [ID-4] [GPU-D-017]")
        func assignTwice() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 64)
                let reply = try machine.assignUUID(22)
                #expect(reply.type == .okResourceUUID)
                #expect(reply.bytes.count == 40)
                let uuid = try machine.uuid(of: 22)
                #expect(uuid.version == 4)
                #expect(uuid.isRFC4122Variant)
                #expect(try machine.uuid(of: 22) == uuid)
                #expect(machine.registry.counters.exports == 1)
                try machine.createBlob(23, blobID: 2, sizeBytes: 64)
                #expect(try machine.uuid(of: 23) != uuid)
                #expect(try machine.assignUUID(0).type == .errInvalidResourceID)
                #expect(try machine.assignUUID(24).type == .errInvalidResourceID)
            }
        }

        @Test(
            "A new resource under an old id has a new UUID; the old one is unknown [ID-4] [LIFE-1]")
        func renamed() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                var seen: Set<ResourceUUID> = []
                for round: UInt32 in 1...5 {
                    try machine.createBlob(22, blobID: round, sizeBytes: 64)
                    let uuid = try machine.uuid(of: 22)
                    #expect(seen.insert(uuid).inserted)
                    #expect(
                        try machine.registry.attach(uuid, by: machine.importer, direction: .read)
                            .object.uuid == uuid)
                    #expect(try machine.unref(22).type == .okNoData)
                    #expect(throws: RegistryError.unknownObject) {
                        try machine.registry.attach(
                            uuid, by: machine.importer, direction: .read)
                    }
                }
            }
        }

        @Test("A texture has no CPU view, so it gets no UUID [CAP-1] [CPU-1]")
        func textureUUID() throws {
            try GPUMachine.run { machine in
                try machine.createTexture(20, width: 4, height: 4)
                #expect(try machine.assignUUID(20).type == .errUnspec)
                #expect(machine.registry.counters.exports == 0)
            }
        }

        @Test("UNREF leaves the importer its memory until it detaches [LIFE-1]")
        func unrefWhileAttached() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 8192)
                let revoked = Monitor<[Revocation]>([])
                let attachment = try machine.registry.attach(
                    machine.uuid(of: 22), by: machine.importer, direction: .readWrite,
                    onRevoked: { reason in revoked.withLock { $0.append(reason) } })
                attachment.memory.fill(0x42)
                #expect(try machine.unref(22).type == .okNoData)
                #expect(revoked.withLock { $0 } == [.removed])
                #expect(machine.device.rendererBytesInUse == 8192)
                // The guest goes on: same id, other bytes, then no context at all.
                try machine.createBlob(22, blobID: 1, sizeBytes: 8192)
                let second = try machine.registry.attach(
                    machine.uuid(of: 22), by: machine.importer, direction: .readWrite)
                second.memory.fill(0x99)
                #expect(attachment.memory.bytes().allSatisfy { $0 == 0x42 })
                let destroy = VirtioGPU.ControlHeader(type: .ctxDestroy, ctxID: ContextID(1))
                #expect(try machine.send(destroy).type == .okNoData)
                attachment.memory.fill(0x43)
                #expect(attachment.memory.bytes().allSatisfy { $0 == 0x43 })
                #expect(second.memory.bytes().allSatisfy { $0 == 0x99 })
                #expect(machine.device.rendererBytesInUse == 2 * 8192)
                attachment.detach()
                machine.host.serveHost()
                #expect(machine.device.rendererBytesInUse == 8192)
                second.detach()
                #expect(try machine.unref(22).type == .okNoData)
                machine.host.serveHost()
                #expect(machine.device.rendererBytesInUse == 0)
                #expect(machine.registry.counters.aliveBytes == 0)
            }
        }

        @Test("An importer on another thread may let go at any time [LIFE-1]")
        func detachOnOtherThread() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                for round: UInt32 in 1...50 {
                    try machine.createBlob(22, blobID: round, sizeBytes: 4096)
                    let attachment = try machine.registry.attach(
                        machine.uuid(of: 22), by: machine.importer, direction: .readWrite)
                    let thread = try WorkerThread(name: "importer") {
                        attachment.memory.fill(0x11)
                        attachment.detach()
                    }
                    #expect(try machine.unref(22).type == .okNoData)
                    thread.join()
                }
                machine.host.serveHost()
                #expect(machine.device.rendererBytesInUse == 0)
                #expect(machine.registry.counters.aliveBytes == 0)
                #expect(machine.registry.counters.attachments == 0)
            }
        }

        @Test(
            "Backing is refused for blobs, twice, and where its entries are not there [GPU-I-021]")
        func backing() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 4, height: 4)
                try machine.createBlob(22, blobID: 1, sizeBytes: 64)
                func attach(
                    _ id: UInt32, count: UInt32, _ entries: [(UInt64, UInt32)]
                ) throws -> VirtioGPU.MessageType? {
                    try machine.send(
                        VirtioGPU.ResourceAttachBacking(
                            resourceID: ResourceID(id), nrEntries: count),
                        tail: entries.flatMap {
                            encoded(VirtioGPU.MemEntry(addr: GuestAddress($0.0), length: $0.1))
                        }
                    ).type
                }
                let good = (GPUMachine.pages, UInt32(64))
                for count: UInt32 in [2, 3, 0x1000_0000, 0x1000_0001, .max] {
                    #expect(try attach(20, count: count, [good]) == .errInvalidParameter)
                }
                #expect(try attach(20, count: 0, []) == .errInvalidParameter)
                for bad: (UInt64, UInt32) in [
                    (0, 1), (.max, 1), (.max, 2), (0x90_0000 - 4, 8), (GPUMachine.pages, .max),
                ] {
                    #expect(try attach(20, count: 2, [good, bad]) == .errInvalidParameter)
                }
                #expect(try attach(99, count: 1, [good]) == .errInvalidResourceID)
                #expect(try attach(22, count: 1, [good]) == .errUnspec)
                // Entries of no length and of one byte are fine.
                let odd: [(UInt64, UInt32)] = [
                    (GPUMachine.pages, 0), (GPUMachine.pages + 5, 1), (GPUMachine.pages, 63),
                ]
                #expect(try attach(20, count: 3, odd) == .okNoData)
                #expect(try attach(20, count: 1, [good]) == .errUnspec)
                let detach = VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(22))
                #expect(try machine.send(detach).type == .errUnspec)
            }
        }

        @Test("Past the limits a request is out of memory and nothing is made [QUOTA-1]")
        func quota() throws {
            var configuration = GPUConfiguration()
            configuration.limits.bytesMax = 10_000
            configuration.limits.contextsMax = 1
            try GPUMachine.run(configuration) { machine in
                try machine.createContext()
                let context = VirtioGPU.CtxCreate(
                    header: .init(type: .ctxCreate, ctxID: ContextID(2)), contextInit: 2)
                #expect(try machine.send(context).type == .errOutOfMemory)
                let texture = VirtioGPU.ResourceCreate3D(
                    resourceID: ResourceID(20), target: 2, format: 67, bind: 0xa, width: 64,
                    height: 64)
                #expect(try machine.send(texture).type == .errOutOfMemory)
                #expect(try machine.unref(20).type == .errInvalidResourceID)
                let stream = VirglStream.createBuffer(blobID: 1, sizeBytes: 10_001)
                #expect(try machine.submit(stream, fence: 5).type == .errOutOfMemory)
                try machine.createBlob(22, blobID: 1, sizeBytes: 10_000)
                #expect(machine.device.rendererBytesInUse == 10_000)
                #expect(try machine.unref(22).type == .okNoData)
                #expect(machine.device.rendererBytesInUse == 0)
            }
        }
    }
}
