// What tests of 2D begin with.

import Testing
import VirtioWire

extension GPUMachine {
    func create2D(
        _ id: UInt32, width: UInt32, height: UInt32, format: VirtioGPU.Format = .b8g8r8x8Unorm
    ) throws -> Reply {
        try send(
            VirtioGPU.ResourceCreate2D(
                resourceID: ResourceID(id), format: format, width: width, height: height))
    }

    func attach(_ id: UInt32, _ entries: [(UInt64, UInt32)]) throws -> Reply {
        try send(
            VirtioGPU.ResourceAttachBacking(
                resourceID: ResourceID(id), nrEntries: UInt32(entries.count)),
            tail: entries.flatMap {
                encoded(VirtioGPU.MemEntry(addr: GuestAddress($0.0), length: $0.1))
            })
    }

    func detach(_ id: UInt32) throws -> Reply {
        try send(VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(id)))
    }

    func transfer2D(_ id: UInt32, _ rect: VirtioGPU.Rect, offset: UInt64 = 0) throws -> Reply {
        try send(
            VirtioGPU.TransferToHost2D(r: rect, offset: offset, resourceID: ResourceID(id)))
    }

    func setScanout(_ scanout: UInt32, _ id: UInt32, _ rect: VirtioGPU.Rect) throws -> Reply {
        try send(
            VirtioGPU.SetScanout(r: rect, scanoutID: scanout, resourceID: ResourceID(id)))
    }

    func flush(_ id: UInt32, _ rect: VirtioGPU.Rect) throws -> Reply {
        try send(VirtioGPU.ResourceFlush(r: rect, resourceID: ResourceID(id)))
    }

    /// A blob of guest memory.
    func createGuestBlob(
        _ id: UInt32, sizeBytes: UInt64, _ entries: [(UInt64, UInt32)],
        flags: VirtioGPU.BlobFlags = [.useMappable]
    ) throws -> Reply {
        try send(
            VirtioGPU.ResourceCreateBlob(
                resourceID: ResourceID(id), blobMem: .guest, blobFlags: flags,
                nrEntries: UInt32(entries.count), blobID: 0, size: sizeBytes),
            tail: entries.flatMap {
                encoded(VirtioGPU.MemEntry(addr: GuestAddress($0.0), length: $0.1))
            })
    }

    func updateCursor(
        _ id: UInt32, scanout: UInt32 = 0, x: Int32 = 0, y: Int32 = 0, hotX: UInt32 = 0,
        hotY: UInt32 = 0, type: VirtioGPU.MessageType = .updateCursor
    ) throws -> Reply {
        try sendCursor(
            bytes: encoded(
                VirtioGPU.UpdateCursor(
                    header: VirtioGPU.ControlHeader(type: type),
                    pos: VirtioGPU.CursorPos(
                        scanoutID: scanout, x: UInt32(bitPattern: x), y: UInt32(bitPattern: y)),
                    resourceID: ResourceID(id), hotX: hotX, hotY: hotY)))
    }
}
