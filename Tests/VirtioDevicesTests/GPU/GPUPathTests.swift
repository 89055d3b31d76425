// Every command of the sharing path, answered right.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device's commands")
    struct GPUPath {
        @Test("GET_DISPLAY_INFO tells of one display [GPU-I-012]")
        func displayInfo() throws {
            var configuration = GPUConfiguration()
            configuration.displays = [DisplayMode(width: 853, height: 479)]
            try GPUMachine.run(configuration) { machine in
                let reply = try machine.send(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                #expect(reply.bytes.count == 408)
                let info = try reply.decode(as: VirtioGPU.RespDisplayInfo.self)
                #expect(info.header == VirtioGPU.ControlHeader(type: .okDisplayInfo))
                #expect(info.pmodes[0].r == VirtioGPU.Rect(width: 853, height: 479))
                #expect(info.pmodes[0].enabled == 1)
                let off = VirtioGPU.DisplayOne(r: VirtioGPU.Rect(width: 0, height: 0), enabled: 0)
                #expect(info.pmodes.dropFirst().allSatisfy { $0 == off })
            }
        }

        @Test("GET_EDID gives the display's mode, for scanout 0 only [GPU-I-013]")
        func edid() throws {
            try GPUMachine.run { machine in
                let reply = try machine.send(VirtioGPU.GetEDID(scanout: 0))
                #expect(reply.bytes.count == 1056)
                let edid = try reply.decode(as: VirtioGPU.RespEDID.self)
                #expect(edid.header == VirtioGPU.ControlHeader(type: .okEDID))
                #expect(edid.size == 128)
                #expect(edid.edid[54...58].map { Int($0) }[2] == 1280 & 0xff)
                #expect(edid.edid.prefix(128).reduce(0) { ($0 + Int($1)) % 256 } == 0)
                #expect(edid.edid.dropFirst(128).allSatisfy { $0 == 0 })
                for scanout: UInt32 in [1, 15, 16, .max] {
                    let refused = try machine.send(VirtioGPU.GetEDID(scanout: scanout))
                    #expect(refused.type == .errInvalidScanoutID)
                    #expect(refused.bytes.count == 24)
                }
            }
        }

        @Test("The configuration space counts one scanout and two capsets [GPU-I-004] [GPU-I-005]")
        func config() throws {
            try GPUMachine.run { machine in
                var buffer = WireBuffer(capacity: 16)
                buffer.append(contentsOf: machine.host.readConfig(offset: 0, count: 16))
                let config: VirtioGPU.Config = try buffer.decode()
                #expect(config == VirtioGPU.Config(numScanouts: 1, numCapsets: 2))
                // events_read is read-only. [GPU-R-001]
                machine.host.writeConfig(offset: 0, bytes: Array(repeating: 0xff, count: 16))
                #expect(machine.host.readConfig(offset: 0, count: 16) == buffer.array())
                // [GPU-I-006]
                #expect(machine.host.readConfig(offset: 16, count: 8) == [0, 16, 0, 0, 0, 0, 0, 0])
            }
        }

        @Test("The device offers the features that the path needs, and none without its base")
        func features() throws {
            try GPUMachine.run { machine in
                let rings: UInt64 = 1 << 28 | 1 << 29 | 1 << 34
                #expect(machine.host.features == 0b111111 | 1 << 32 | rings)
                #expect(machine.device.accepts(features: 0))
                #expect(machine.device.accepts(features: 0b10001))
                #expect(machine.device.accepts(features: 0b101000))
                // [GPU-I-001] [GPU-I-002]
                #expect(!machine.device.accepts(features: 0b10000))
                #expect(!machine.device.accepts(features: 0b100000))
                #expect(machine.device.queueSizesMax == [256, 16])
            }
        }

        @Test("GET_CAPSET_INFO and GET_CAPSET agree, for every index [GPU-I-023] [GPU-I-024]")
        func capsets() throws {
            try GPUMachine.run { machine in
                for (index, id): (UInt32, UInt32) in [(0, 1), (1, 2)] {
                    let reply = try machine.send(VirtioGPU.GetCapsetInfo(capsetIndex: index))
                    #expect(reply.bytes.count == 40)
                    let info = try reply.decode(as: VirtioGPU.RespCapsetInfo.self)
                    #expect(info.header == VirtioGPU.ControlHeader(type: .okCapsetInfo))
                    #expect(info.capsetID.rawValue == id)
                    for version in 0...info.capsetMaxVersion {
                        let capset = try machine.send(
                            VirtioGPU.GetCapset(capsetID: info.capsetID, capsetVersion: version))
                        #expect(capset.type == .okCapset)
                        #expect(capset.bytes.count == 24 + Int(info.capsetMaxSize))
                    }
                    let newer = try machine.send(
                        VirtioGPU.GetCapset(
                            capsetID: info.capsetID, capsetVersion: info.capsetMaxVersion + 1))
                    #expect(newer.type == .errInvalidParameter)
                    #expect(newer.bytes.count == 24)
                }
                // [GPU-R-012]
                for index: UInt32 in [2, 3, .max] {
                    let reply = try machine.send(VirtioGPU.GetCapsetInfo(capsetIndex: index))
                    #expect(reply.type == .errInvalidParameter)
                }
                for id: UInt32 in [0, 3, 4, 6, .max] {
                    let reply = try machine.send(
                        VirtioGPU.GetCapset(capsetID: .init(id), capsetVersion: 0))
                    #expect(reply.type == .errInvalidParameter)
                }
            }
        }

        @Test("A picture is cleared by a stream and read back into guest pages [GPU-D-006]")
        func picture() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 64, height: 32)
                #expect(try machine.context(.ctxAttachResource, resource: 20).type == .okNoData)
                // Two entries that do not adjoin, cut inside a texel.
                let entries = [
                    VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages + 0x4000), length: 4097),
                    VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages), length: 4095),
                ]
                let attached = try machine.send(
                    VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(20), nrEntries: 2),
                    tail: entries.flatMap { encoded($0) })
                #expect(attached.type == .okNoData)
                let cleared = try machine.submit(
                    VirglStream.clear(
                        resource: 20, format: 67, red: 0, green: 1, blue: 0.2, alpha: 1),
                    fence: 7)
                #expect(cleared.type == .okNoData)
                let read = try machine.send(
                    VirtioGPU.TransferHost3D(
                        header: .init(type: .transferFromHost3D, ctxID: ContextID(1)),
                        box: VirtioGPU.Box(w: 64, h: 32), resourceID: ResourceID(20)))
                #expect(read.type == .okNoData)
                let picture =
                    try machine.bytes(at: GPUMachine.pages + 0x4000, count: 4097).bytes()
                    + machine.bytes(at: GPUMachine.pages, count: 4095).bytes()
                let expected = (0..<64 * 32).flatMap { _ -> [UInt8] in [0, 255, 51, 255] }
                #expect(firstDifference(picture, expected) == nil)
            }
        }

        @Test("Guest pages go into a texture and out again by both transfers [GPU-R-019]")
        func transfers() throws {
            try GPUMachine.run { machine in
                try machine.createTexture(20, width: 16, height: 8)
                let entry = VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages), length: 4096)
                let attached = try machine.send(
                    VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(20), nrEntries: 1),
                    tail: encoded(entry))
                #expect(attached.type == .okNoData)
                let pages = try machine.bytes(at: GPUMachine.pages, count: 4096)
                let bytes = (0..<512).map { UInt8(truncatingIfNeeded: $0 * 11) }
                pages.write(bytes)
                func transfer(_ type: VirtioGPU.MessageType, offset: UInt64) throws -> Reply {
                    try machine.send(
                        VirtioGPU.TransferHost3D(
                            header: .init(type: type), box: VirtioGPU.Box(w: 16, h: 8),
                            offset: offset, resourceID: ResourceID(20)))
                }
                #expect(try transfer(.transferToHost3D, offset: 0).type == .okNoData)
                pages.fill(0)
                #expect(try transfer(.transferFromHost3D, offset: 100).type == .okNoData)
                #expect(firstDifference(pages.bytes().dropFirst(100).prefix(512), bytes) == nil)
                // Without its pages there is nothing to transfer. [GPU-I-022] [GPU-R-008]
                let detached = try machine.send(
                    VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(20)))
                #expect(detached.type == .okNoData)
                #expect(try transfer(.transferFromHost3D, offset: 0).type?.isError == true)
            }
        }

        @Test("What an importer writes is in the picture without a copy by the guest [GPU-I-038]")
        func sharing() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let uuid = try machine.uuid(of: 22)
                let attachment = try machine.registry.attach(
                    uuid, by: machine.importer, direction: .write)
                #expect(attachment.memory.sizeBytes == 4096)
                let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 * 13) }
                let lease = try attachment.requestLease(.write)
                #expect(lease.isGranted)
                attachment.memory.write(bytes)
                lease.end()
                try machine.createTexture(30, width: 33, height: 17, format: 64)
                for id: UInt32 in [22, 30] {
                    #expect(try machine.context(.ctxAttachResource, resource: id).type == .okNoData)
                }
                let entry = VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages), length: 4096)
                _ = try machine.send(
                    VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(30), nrEntries: 1),
                    tail: encoded(entry))
                let copied = try machine.submit(
                    VirglStream.copy(
                        to: 30, width: 33, height: 17, stride: 64, from: 22, offset: 100),
                    fence: 1)
                #expect(copied.type == .okNoData)
                let read = try machine.send(
                    VirtioGPU.TransferHost3D(
                        header: .init(type: .transferFromHost3D, ctxID: ContextID(1)),
                        box: VirtioGPU.Box(w: 33, h: 17), resourceID: ResourceID(30)))
                #expect(read.type == .okNoData)
                let expected = (0..<17).flatMap { bytes[(100 + $0 * 64)..<(133 + $0 * 64)] }
                let picture = try machine.bytes(at: GPUMachine.pages, count: 33 * 17).bytes()
                #expect(firstDifference(picture, expected) == nil)
                #expect(machine.device.uploadedBytes == 33 * 17)
                attachment.detach()
            }
        }

        @Test("CTX_CREATE leaves the choice of capset to the device when it is 0 [GPU-I-032]")
        func contextInit() throws {
            try GPUMachine.run { machine in
                for (id, contextInit): (UInt32, UInt32) in [(1, 0), (2, 1), (3, 2)] {
                    let reply = try machine.send(
                        VirtioGPU.CtxCreate(
                            header: .init(type: .ctxCreate, ctxID: ContextID(id)),
                            contextInit: contextInit))
                    #expect(reply.type == .okNoData)
                    #expect(reply.bytes.count == 24)
                    #expect(try machine.submit([0], context: id).type == .okNoData)
                }
                // [GPU-R-022]
                for contextInit: UInt32 in [3, 4, 0xff, 0x100, 0x102, .max] {
                    let reply = try machine.send(
                        VirtioGPU.CtxCreate(
                            header: .init(type: .ctxCreate, ctxID: ContextID(4)),
                            contextInit: contextInit))
                    #expect(reply.type == .errInvalidParameter, "\(contextInit)")
                }
            }
        }

        @Test(
            "A request may be cut into descriptors anywhere [VQ-D-011]", arguments: [1, 3, 25, 31])
        func cutRequest(pieceBytes: Int) throws {
            try GPUMachine.run { machine in
                let request = encoded(
                    VirtioGPU.CtxCreate(
                        header: .init(type: .ctxCreate, ctxID: ContextID(5)), debugName: "cut"))
                // Pieces lie apart, in reverse order; between them one of no length.
                let pieces = stride(from: 0, to: request.count, by: pieceBytes).map { start in
                    (
                        GPUMachine.requests + UInt64(0x2000 - start * 4),
                        Array(request[start..<min(start + pieceBytes, request.count)])
                    )
                }
                for (address, bytes) in pieces {
                    try machine.bytes(at: address, count: bytes.count).write(bytes)
                }
                var readable = pieces.map { segment($0.0, $0.1.count) }
                readable.insert(segment(0, 0), at: 1)
                let writable = (0..<24).map { segment(GPUMachine.responses + UInt64($0) * 8, 1) }
                try machine.control.add(readable: readable, writable: writable)
                machine.host.serve(queue: 0)
                let used = try #require(try machine.waitUntilUsed())
                #expect(used.len == 24)
                let response = try (0..<24).map {
                    try machine.bytes(at: GPUMachine.responses + UInt64($0) * 8, count: 1).bytes()[
                        0]
                }
                #expect(response == encoded(VirtioGPU.ControlHeader(type: .okNoData)))
            }
        }

        @Test("Chains that lay in the queue before DRIVER_OK are served then [VQ-D-001]")
        func earlyChains() throws {
            try GPUMachine.run { machine in
                machine.host.write(status: [])
                try machine.bytes(at: GPUMachine.start, count: 0x8000).fill(0)
                let header = encoded(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                try machine.bytes(at: GPUMachine.requests, count: 24).write(header)
                let layout = QueueLayout(
                    size: 256, descriptorTable: GuestAddress(GPUMachine.start),
                    availRing: GuestAddress(GPUMachine.start + 0x1000),
                    usedRing: GuestAddress(GPUMachine.start + 0x2000))
                let queue = try DriverQueue(layout, memory: machine.memory)
                try queue.add(
                    readable: [segment(GPUMachine.requests, 24)],
                    writable: [segment(GPUMachine.responses, 408)])
                machine.host.setQueue(0, layout: layout)
                machine.host.serve(queue: 0)
                #expect(try queue.takeUsed() == nil)
                machine.host.write(status: [.acknowledge, .driver])
                machine.host.accept(features: 1 << 32)
                machine.host.write(status: [.acknowledge, .driver, .featuresOK])
                machine.host.serve(queue: 0)
                #expect(try queue.takeUsed() == nil)
                machine.host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
                #expect(try queue.takeUsed()?.len == 408)
            }
        }
    }
}
