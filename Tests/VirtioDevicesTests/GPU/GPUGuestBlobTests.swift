// Blobs of guest memory: the guest's pages are the resource.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("Blobs of guest memory")
struct GPUGuestBlobTests {
    private func show(
        _ machine: GPUMachine, _ id: UInt32,
        _ change: (inout VirtioGPU.SetScanoutBlob) -> Void = { _ in }
    ) throws -> Reply {
        var command = VirtioGPU.SetScanoutBlob(
            r: VirtioGPU.Rect(width: 4, height: 3), scanoutID: 0, resourceID: ResourceID(id),
            width: 4, height: 3, format: .b8g8r8x8Unorm, strides: [20], offsets: [8])
        change(&command)
        return try machine.send(command)
    }

    /// The pixels of the framebuffer above in memory that counts up.
    private let shown = (0..<3).flatMap { row in (0..<16).map { UInt8(8 + row * 20 + $0) } }

    @Test("are shown from where they lie, in one piece or in many [GPU-I-029] [GPU-I-030]")
    func scanout() throws {
        let screen = ScreenRecorder()
        try GPUMachine.run2D(display: screen) { machine in
            let pages = try machine.bytes(at: GPUMachine.pages, count: 256)
            pages.write((0..<256).map { UInt8($0) })
            #expect(
                try machine.createGuestBlob(1, sizeBytes: 64, [(GPUMachine.pages, 64)]).type
                    == .okNoData)
            // The same bytes, cut inside pixels, the last piece elsewhere.
            try machine.bytes(at: GPUMachine.pages + 0x1000, count: 34)
                .write((30..<64).map { UInt8($0) })
            let pieces: [(UInt64, UInt32)] = [
                (GPUMachine.pages, 13), (GPUMachine.pages + 13, 17),
                (GPUMachine.pages + 0x1000, 34),
            ]
            #expect(try machine.createGuestBlob(2, sizeBytes: 64, pieces).type == .okNoData)
            for id: UInt32 in [1, 2] {
                #expect(try show(machine, id).type == .okNoData)
                #expect(
                    try machine.flush(id, VirtioGPU.Rect(width: 4, height: 3)).type == .okNoData)
                #expect(screen.screens[0]?.pixels == shown)
            }
            // A transfer has nothing to copy. The next flush reads what is there now.
            pages.fill(0xaa)
            #expect(
                try machine.transfer2D(1, VirtioGPU.Rect(width: 4, height: 3)).type == .okNoData)
            _ = try show(machine, 1)
            _ = try machine.flush(1, VirtioGPU.Rect(x: 1, y: 1, width: .max, height: 1))
            var expected = shown
            expected.replaceSubrange(20..<32, with: Array(repeating: 0xaa, count: 12))
            #expect(screen.screens[0]?.pixels == expected)
            #expect(machine.registry.counters.chargedBytes <= 64)
        }
    }

    @Test("are not read once their pages are taken away [GPU-R-016] [GPU-R-017]")
    func detached() throws {
        let screen = ScreenRecorder()
        try GPUMachine.run2D(display: screen) { machine in
            let pages = try machine.bytes(at: GPUMachine.pages, count: 64)
            pages.write((0..<64).map { UInt8($0) })
            #expect(try machine.createGuestBlob(1, sizeBytes: 64, []).type == .okNoData)
            #expect(try show(machine, 1).type == .okNoData)
            let all = VirtioGPU.Rect(width: 4, height: 3)
            #expect(try machine.flush(1, all).type == .errUnspec)
            #expect(try machine.attach(1, [(GPUMachine.pages, 63)]).type == .errInvalidParameter)
            #expect(try machine.attach(1, [(GPUMachine.pages, 64)]).type == .okNoData)
            #expect(try machine.attach(1, [(GPUMachine.pages, 64)]).type == .errUnspec)
            #expect(try machine.flush(1, all).type == .okNoData)
            #expect(screen.screens[0]?.pixels == shown)
            #expect(try machine.detach(1).type == .okNoData)
            pages.fill(0xdd)
            #expect(try machine.flush(1, all).type == .errUnspec)
            #expect(screen.screens[0]?.pixels == shown)
            #expect(try machine.unref(1).type == .okNoData)
            #expect(screen.screens.isEmpty)
        }
    }

    @Test("are no larger than their pages, not empty, and of whole alignments where asked")
    func sizes() throws {
        try GPUMachine.run2D { machine in
            let entry = (GPUMachine.pages, UInt32(64))
            for size: UInt64 in [0, 65, 1 << 32, .max] {
                #expect(
                    try machine.createGuestBlob(1, sizeBytes: size, [entry]).type
                        == .errInvalidParameter)
            }
            #expect(
                try machine.createGuestBlob(1, sizeBytes: 129, [entry, entry]).type
                    == .errInvalidParameter)
            #expect(
                try machine.createGuestBlob(1, sizeBytes: 128, [entry, entry]).type == .okNoData)
            let cut = VirtioGPU.ResourceCreateBlob(
                resourceID: ResourceID(2), blobMem: .guest, nrEntries: .max, blobID: 0, size: 64)
            #expect(try machine.send(cut, tail: [0, 0]).type == .errInvalidParameter)
            #expect(
                try machine.createGuestBlob(2, sizeBytes: 4, [(0, 64)]).type
                    == .errInvalidParameter)
            for mem: UInt32 in [0, 2, 3, 4, .max] {
                let other = VirtioGPU.ResourceCreateBlob(
                    resourceID: ResourceID(2), blobMem: .init(mem), blobID: 1, size: 64)
                #expect(try machine.send(other).type == .errInvalidParameter)
            }
            let gone = try machine.unref(2)
            #expect(gone.type == .errInvalidResourceID)
        }
        try GPUMachine.run2D(features: [.resourceBlob, .blobAlignment]) { machine in
            let odd = try machine.createGuestBlob(1, sizeBytes: 4095, [])
            #expect(odd.type == .errInvalidParameter)
            #expect(try machine.createGuestBlob(1, sizeBytes: 8192, []).type == .okNoData)
        }
    }

    @Test("hold the framebuffer that they are said to [GPU-D-013] [GPU-I-030]")
    func framebuffers() throws {
        try GPUMachine.run2D { machine in
            _ = try machine.createGuestBlob(1, sizeBytes: 64, [(GPUMachine.pages, 64)])
            #expect(try show(machine, 1).type == .okNoData)
            let bad: [(inout VirtioGPU.SetScanoutBlob) -> Void] = [
                { $0.offsets[0] = 9 }, { $0.offsets[0] = .max }, { $0.strides[0] = 15 },
                { $0.strides[0] = 21 }, { $0.strides[0] = .max }, { $0.strides[0] = 0 },
                { $0.width = 3 }, { $0.height = 2 }, { $0.r.x = 1 }, { $0.r.y = .max },
                { $0.r.width = 0 }, { ($0.width, $0.strides[0]) = (.max, .max) },
                { $0.format = .init(0) }, { $0.format = .init(5) },
                { $0.format = .init(0x3432_5241) },
            ]
            for change in bad {
                #expect(try show(machine, 1, change).type == .errInvalidParameter)
            }
            for format in VirtioGPU.Format.all {
                #expect(try show(machine, 1) { $0.format = format }.type == .okNoData)
            }
            // What is beside the rectangle need not be there: the last row ends with it.
            #expect(
                try show(machine, 1) { ($0.height, $0.r.height) = (100, 1) }.type == .okNoData)
            #expect(try show(machine, 1) { $0.scanoutID = 1 }.type == .errInvalidScanoutID)
            #expect(try show(machine, 7).type == .errInvalidResourceID)
            #expect(try show(machine, 0) { $0.strides[0] = 0 }.type == .okNoData)
            _ = try machine.create2D(3, width: 4, height: 3)
            #expect(try show(machine, 3).type == .errInvalidParameter)
            // And an image's command is no blob's.
            #expect(
                try machine.setScanout(0, 1, VirtioGPU.Rect(width: 1, height: 1)).type
                    == .errInvalidParameter)
        }
    }

    @Test("are withdrawn from importers before UNREF and DETACH_BACKING answer [LIFE-1] [ID-3]")
    func withdrawn() throws {
        try GPUMachine.run2D { machine in
            let entry = (GPUMachine.pages, UInt32(64))
            _ = try machine.createGuestBlob(1, sizeBytes: 64, [entry])
            let first = try machine.uuid(of: 1)
            #expect(try machine.uuid(of: 1) == first)
            let attachment = try machine.registry.attach(
                first, by: machine.importer, direction: .readWrite)
            attachment.memory.fill(0x66)
            #expect(
                try machine.bytes(at: GPUMachine.pages, count: 64).bytes()
                    == Array(repeating: 0x66, count: 64))
            #expect(try machine.detach(1).type == .okNoData)
            #expect(attachment.isRevoked)
            #expect(machine.registry.counters.attachments == 0)
            // Without pages there is nothing to name; with pages there is a new name.
            #expect(try machine.assignUUID(1).type == .errUnspec)
            _ = try machine.attach(1, [entry])
            let second = try machine.uuid(of: 1)
            #expect(second != first)
            let again = try machine.registry.attach(
                second, by: machine.importer, direction: .read)
            #expect(try machine.unref(1).type == .okNoData)
            #expect(again.isRevoked)
            #expect(machine.registry.counters.objects == 0)
        }
    }

    @Test("say so when an importer does not let go in time [LIFE-1] [SYNC-3]")
    func notLetGo() throws {
        var configuration = GPUConfiguration()
        configuration.withdrawBoundNanos = 1_000_000
        try GPUMachine.run2D(configuration) { machine in
            _ = try machine.createGuestBlob(1, sizeBytes: 64, [(GPUMachine.pages, 64)])
            let attachment = try machine.registry.attach(
                machine.uuid(of: 1), by: machine.importer, direction: .readWrite)
            let lease = try attachment.requestLease(.write)
            #expect(lease.isGranted)
            #expect(try machine.unref(1).type == .errUnspec)
            // The memory is there until the lease ends, whatever becomes of the id.
            attachment.memory.fill(1)
            lease.end()
            #expect(try machine.createGuestBlob(1, sizeBytes: 64, []).type == .okNoData)
        }
    }
}
