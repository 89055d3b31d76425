// What virglrenderer draws on displays, 2D resources that contexts use, and its buffers in the
// host-visible region.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device's displays of what is drawn")
    struct GPUScanout3D {
        private let whole = VirtioGPU.Rect(width: 8, height: 6)
        private let red: [UInt8] = [255, 0, 0, 255]

        private func clear(_ machine: GPUMachine, _ id: UInt32) throws -> Reply {
            try machine.submit(
                VirglStream.clear(resource: id, format: 67, red: 1, green: 0, blue: 0, alpha: 1),
                fence: 1)
        }

        @Test("A texture that was drawn to is shown, row by row [GPU-I-019]")
        func texture() throws {
            let screen = ScreenRecorder()
            try GPUMachine.run(display: screen) { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 8, height: 6)
                _ = try machine.context(.ctxAttachResource, resource: 20)
                #expect(try machine.setScanout(0, 20, whole).type == .okNoData)
                #expect(try clear(machine, 20).type == .okNoData)
                #expect(try machine.flush(20, whole).type == .okNoData)
                #expect(screen.screens[0]?.format == .r8g8b8a8Unorm)
                #expect(
                    screen.screens[0]?.pixels == Array(repeating: red, count: 48).flatMap { $0 })
                // A row from the guest, by the 2D command and by the 3D one.
                _ = try machine.attach(20, [(GPUMachine.pages, 100), (GPUMachine.pages + 200, 92)])
                try machine.bytes(at: GPUMachine.pages, count: 292)
                    .write((0..<292).map { UInt8(truncatingIfNeeded: $0) })
                let row = VirtioGPU.Rect(x: 2, y: 3, width: 4, height: 1)
                #expect(try machine.transfer2D(20, row, offset: 96).type == .okNoData)
                _ = try machine.flush(20, row)
                let expected = [96, 97, 98, 99] + (200..<212).map { UInt8($0) }
                let start = (3 * 8 + 2) * 4
                #expect(screen.screens[0].map { Array($0.pixels[start..<start + 16]) } == expected)
                #expect(screen.screens[0]?.pixels[start + 16] == 255)
                for bad in [
                    VirtioGPU.Rect(x: 5, y: 3, width: 4, height: 1),
                    VirtioGPU.Rect(width: .max, height: 1),
                ] {
                    #expect(try machine.transfer2D(20, bad).type == .errInvalidParameter)
                    #expect(try machine.flush(20, bad).type == .errInvalidParameter)
                }
                #expect(try machine.transfer2D(20, whole, offset: 1).type == .errInvalidParameter)
                #expect(try machine.submit([0]).type == .okNoData)
                #expect(try machine.unref(20).type == .okNoData)
                #expect(screen.screens.isEmpty)
            }
        }

        @Test("A buffer, or a texture of another format, is no scanout and no cursor")
        func noPicture() throws {
            try GPUMachine.run { machine in
                let buffer = VirtioGPU.ResourceCreate3D(
                    resourceID: ResourceID(20), target: 0, format: 64, bind: 0x10, width: 16384,
                    height: 1)
                #expect(try machine.send(buffer).type == .okNoData)
                try machine.createTexture(21, width: 64, height: 64, format: 64)
                let one = VirtioGPU.Rect(width: 1, height: 1)
                for id: UInt32 in [20, 21] {
                    #expect(try machine.setScanout(0, id, one).type == .errInvalidParameter)
                    #expect(try machine.updateCursor(id).type == .errInvalidParameter)
                    #expect(try machine.flush(id, one).type == .okNoData)
                }
            }
        }

        @Test("A cursor may be a texture")
        func cursor() throws {
            let screen = ScreenRecorder()
            try GPUMachine.run(display: screen) { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 64, height: 64)
                _ = try machine.context(.ctxAttachResource, resource: 20)
                _ = try clear(machine, 20)
                #expect(try machine.updateCursor(20, hotX: 3).type == .okNoData)
                #expect(
                    screen.cursors[0]?.image?.pixels
                        == Array(repeating: red, count: 4096).flatMap { $0 })
            }
        }

        @Test("A 2D resource that a context uses is one resource: drawn to, shown and read back")
        func mirror() throws {
            let screen = ScreenRecorder()
            try GPUMachine.run(display: screen) { machine in
                try machine.createContext()
                _ = try machine.create2D(20, width: 8, height: 6, format: .r8g8b8a8Unorm)
                _ = try machine.attach(20, [(GPUMachine.pages, 192)])
                let pages = try machine.bytes(at: GPUMachine.pages, count: 192)
                pages.write((0..<192).map { UInt8($0) })
                _ = try machine.transfer2D(20, whole)
                #expect(
                    try machine.context(.ctxAttachResource, resource: 20, context: 9).type
                        == .errInvalidContextID)
                #expect(machine.device.rendererBytesInUse == 192)
                #expect(try machine.context(.ctxAttachResource, resource: 20).type == .okNoData)
                // Its copy counts too.
                #expect(machine.device.rendererBytesInUse == 384)
                _ = try machine.setScanout(0, 20, whole)
                _ = try machine.flush(20, whole)
                #expect(screen.screens[0]?.pixels == (0..<192).map { UInt8($0) })
                _ = try clear(machine, 20)
                let row = VirtioGPU.Rect(x: 0, y: 5, width: 8, height: 1)
                #expect(try machine.transfer2D(20, row, offset: 0).type == .okNoData)
                _ = try machine.flush(20, whole)
                let reds = Array(repeating: red, count: 40).flatMap { $0 }
                #expect(screen.screens[0]?.pixels == reds + (0..<32).map { UInt8($0) })
                pages.fill(0)
                let back = VirtioGPU.TransferHost3D(
                    header: .init(type: .transferFromHost3D, ctxID: ContextID(1)),
                    box: VirtioGPU.Box(w: 8, h: 6), resourceID: ResourceID(20))
                #expect(try machine.send(back).type == .okNoData)
                #expect(pages.bytes() == reds + (0..<32).map { UInt8($0) })
                #expect(try machine.context(.ctxDetachResource, resource: 20).type == .okNoData)
                #expect(try machine.unref(20).type == .okNoData)
                #expect(machine.device.rendererBytesInUse == 0)
                // A format that the renderer has not.
                _ = try machine.create2D(21, width: 8, height: 6, format: .x8b8g8r8Unorm)
                #expect(
                    try machine.context(.ctxAttachResource, resource: 21).type?.isError == true)
                #expect(machine.device.rendererBytesInUse == 192)
                // A guest blob is attached, and no stream finds anything there.
                _ = try machine.createGuestBlob(22, sizeBytes: 64, [(GPUMachine.pages, 64)])
                #expect(try machine.context(.ctxAttachResource, resource: 22).type == .okNoData)
                #expect(try machine.submit([0]).type == .okNoData)
            }
        }

        @Test("virglrenderer's buffers are mapped, shown, and freed last [GPU-D-004] [LIFE-1]")
        func mapped() throws {
            let screen = ScreenRecorder()
            try GPUMachine.run(display: screen) { machine in
                let region = try #require(machine.regions.first)
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let map = VirtioGPU.ResourceMapBlob(resourceID: ResourceID(22), offset: 1 << 20)
                #expect(try machine.send(map).type == .okMapInfo)
                do {
                    let view = try #require(region.view(offset: 1 << 20, count: 4096))
                    view.memory.write((0..<192).map { UInt8($0) })
                    let show = VirtioGPU.SetScanoutBlob(
                        r: whole, scanoutID: 0, resourceID: ResourceID(22), width: 8, height: 6,
                        format: .b8g8r8x8Unorm, strides: [32])
                    #expect(try machine.send(show).type == .okNoData)
                    _ = try machine.flush(22, whole)
                    #expect(screen.screens[0]?.pixels == (0..<192).map { UInt8($0) })
                    #expect(try machine.unref(22).type == .okNoData)
                    try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                    view.memory.fill(0x42)
                    #expect(view.memory.bytes().allSatisfy { $0 == 0x42 })
                    #expect(machine.device.rendererBytesInUse == 8192)
                }
                machine.host.serveHost()
                #expect(machine.device.rendererBytesInUse == 4096)
            }
        }

        @Test(
            "A host blob with guest pages beside it moves bytes both ways [GPU-R-019] [GPU-I-026]")
        func shadowed() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                let made = try machine.submit(VirglStream.createBuffer(blobID: 1, sizeBytes: 256))
                #expect(made.type == .okNoData)
                let create = VirtioGPU.ResourceCreateBlob(
                    header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                    resourceID: ResourceID(22), blobMem: .host3DGuest,
                    blobFlags: [.useMappable, .useCrossDevice], nrEntries: 1, blobID: 1, size: 256)
                let short = VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages), length: 255)
                #expect(
                    try machine.send(create, tail: encoded(short)).type == .errInvalidParameter)
                let entry = VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages), length: 256)
                #expect(try machine.send(create, tail: encoded(entry)).type == .okNoData)
                _ = try machine.context(.ctxAttachResource, resource: 22)
                let pages = try machine.bytes(at: GPUMachine.pages, count: 256)
                pages.write((0..<256).map { UInt8($0) })
                func transfer(_ type: VirtioGPU.MessageType) throws -> Reply {
                    try machine.send(
                        VirtioGPU.TransferHost3D(
                            header: .init(type: type, ctxID: ContextID(1)),
                            box: VirtioGPU.Box(w: 256, h: 1), resourceID: ResourceID(22)))
                }
                #expect(try transfer(.transferToHost3D).type == .okNoData)
                let attachment = try machine.registry.attach(
                    machine.uuid(of: 22), by: machine.importer, direction: .readWrite)
                #expect(attachment.memory.bytes() == (0..<256).map { UInt8($0) })
                // What another device writes reaches the pages by a transfer only.
                attachment.memory.fill(0x77)
                #expect(pages.bytes() == (0..<256).map { UInt8($0) })
                #expect(try transfer(.transferFromHost3D).type == .okNoData)
                #expect(pages.bytes().allSatisfy { $0 == 0x77 })
                #expect(try machine.detach(22).type == .okNoData)
                #expect(try transfer(.transferFromHost3D).type == .errUnspec)
                attachment.detach()
            }
        }
    }
}
