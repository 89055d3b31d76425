// Reset: the device forgets everything, and waits, with a bound, for those who use its memory.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device's reset")
    struct GPUReset {
        @Test("Contexts, resources, names, fences and features are gone [LIFE-2] [VQ-D-007]")
        func forgets() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 4, height: 4)
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let uuid = try machine.uuid(of: 22)
                // Fenced and not answered yet.
                let submit = VirtioGPU.CmdSubmit(
                    header: .init(
                        type: .submit3D, flags: .fence, fenceID: 1, ctxID: ContextID(1)), size: 0)
                try machine.bytes(at: GPUMachine.requests, count: 32).write(encoded(submit))
                try machine.control.add(
                    readable: [segment(GPUMachine.requests, 32)],
                    writable: [segment(GPUMachine.responses, 24)])
                machine.host.serve(queue: 0)
                machine.host.write(status: [])
                #expect(machine.host.status == [])
                #expect(machine.device.rendererBytesInUse == 0)
                #expect(throws: RegistryError.unknownObject) {
                    try machine.registry.attach(uuid, by: machine.importer, direction: .read)
                }
                #expect(machine.registry.counters.aliveBytes == 0)
                // Nothing touches the old rings any more.
                let rings = try machine.bytes(at: GPUMachine.start, count: 0x8000)
                rings.fill(0x5a)
                machine.host.serveHost()
                machine.host.serve(queue: 0)
                #expect(rings.bytes().allSatisfy { $0 == 0x5a })

                try machine.start(features: [.virgl])
                #expect(try machine.unref(20).type == .errInvalidResourceID)
                #expect(try machine.unref(22).type == .errInvalidResourceID)
                #expect(try machine.submit([0]).type == .errInvalidContextID)
                #expect(try machine.assignUUID(22).type == .errUnspec)
                try machine.createContext()
                try machine.createTexture(20, width: 4, height: 4)
            }
        }

        @Test("The same features can be negotiated again and again [VQ-D-006]")
        func repeated() throws {
            try GPUMachine.run { machine in
                for _ in 1...5 {
                    machine.host.write(status: [])
                    try machine.start(features: GPUMachine.allFeatures)
                    try machine.createContext()
                    try machine.createBlob(22, blobID: 1, sizeBytes: 64)
                }
            }
        }

        @Test("An importer that lets go when it is told lets the reset go through [LIFE-3]")
        func importerLetsGo() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let held = Monitor<(@Sendable () -> Void)?>(nil)
                let reasons = Monitor<[Revocation]>([])
                let attachment = try machine.registry.attach(
                    machine.uuid(of: 22), by: machine.importer, direction: .readWrite,
                    onRevoked: { reason in
                        reasons.withLock { $0.append(reason) }
                        held.withLock { $0 }?()
                    })
                held.withLock { $0 = { attachment.detach() } }
                machine.host.write(status: [])
                #expect(machine.host.status == [])
                #expect(reasons.withLock { $0 } == [.exporterReset])
                #expect(machine.device.rendererBytesInUse == 0)
            }
        }

        @Test("An importer that does not let go keeps its memory; the device is out of service")
        func importerHolds() throws {
            var configuration = GPUConfiguration()
            configuration.resetBoundNanos = 20_000_000
            try GPUMachine.run(configuration) { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let attachment = try machine.registry.attach(
                    machine.uuid(of: 22), by: machine.importer, direction: .readWrite)
                attachment.memory.fill(0x42)
                machine.host.write(status: [])
                #expect(machine.host.status == [.needsReset])
                #expect(attachment.isRevoked)
                attachment.memory.fill(0x43)
                #expect(attachment.memory.bytes().allSatisfy { $0 == 0x43 })
                machine.host.write(status: [.acknowledge])
                #expect(machine.host.status.contains(.needsReset))
                attachment.detach()
                machine.host.write(status: [])
                #expect(machine.host.status == [])
                try machine.start(features: GPUMachine.allFeatures)
                try machine.createContext()
                #expect(machine.device.rendererBytesInUse == 0)
            }
        }

        @Test("Memory kept for an importer after UNREF is waited for too [LIFE-1] [LIFE-2]")
        func keptMemory() throws {
            var configuration = GPUConfiguration()
            configuration.resetBoundNanos = 20_000_000
            try GPUMachine.run(configuration) { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let attachment = try machine.registry.attach(
                    machine.uuid(of: 22), by: machine.importer, direction: .readWrite)
                #expect(try machine.unref(22).type == .okNoData)
                attachment.memory.fill(0x42)
                machine.host.write(status: [])
                #expect(machine.host.status == [.needsReset])
                #expect(attachment.memory.bytes().allSatisfy { $0 == 0x42 })
                attachment.detach()
                machine.host.write(status: [])
                #expect(machine.host.status == [])
                #expect(machine.registry.counters.aliveBytes == 0)
            }
        }
    }
}
