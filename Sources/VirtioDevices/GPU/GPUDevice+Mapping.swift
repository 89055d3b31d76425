// Blobs in the host-visible region (virtio 1.4, 5.7.6, RESOURCE_MAP_BLOB and RESOURCE_UNMAP_BLOB).
// Invariant: what the region shows is memory that stays where it is until the region, and whoever
// of this process looks at it, has let go.

internal import HostBridge
internal import VirtioWire
internal import Virtqueue

extension GPUDevice {
    /// [GPU-D-004] [GPU-I-033]
    func mapBlob() throws(GPUFault) {
        try require(.resourceBlob)
        guard let region else { throw .notServed }
        let command: VirtioGPU.ResourceMapBlob = try decode()
        let resource = try find(command.resourceID)
        guard case .hostBlob(let flags, let sizeBytes) = resource.kind,
            flags.contains(.useMappable), resource.mappedAt == nil,
            command.offset % alignment == 0,
            let whole = SharedMemoryWindow.wholePages(sizeBytes)
        else { throw .invalidParameter }
        guard let memory = renderer?.memory(of: resource.id) else { throw .notPossible }
        let (_, end) = beginHold(on: resource)
        // Where the region does not take it the window goes at once, and the hold with it.
        let window = RegionWindow(windows, onGone: end)
        do throws(SharedMemoryError) {
            try region.map(
                .memory(memory, owner: window), at: command.offset, sizeBytes: whole,
                access: .readWrite)
        } catch {
            // A driver of another process can be shown a file, and keeps it by itself.
            guard error == .unreachable, let file = renderer?.file(of: resource.id) else {
                throw .region(error)
            }
            do throws(SharedMemoryError) {
                try region.map(
                    .file(file, offset: 0), at: command.offset, sizeBytes: whole,
                    access: .readWrite)
            } catch { throw .region(error) }
        }
        resource.mappedAt = command.offset
        response.append(VirtioGPU.RespMapInfo(mapInfo: .cached))
    }

    /// [GPU-R-024]
    private var alignment: UInt64 {
        negotiated.contains(.blobAlignment)
            ? UInt64(configuration.blobAlignment) : SharedMemoryWindow.pageBytes
    }

    /// [GPU-I-034]
    func unmapBlob() throws(GPUFault) {
        try require(.resourceBlob)
        guard region != nil else { throw .notServed }
        let command: VirtioGPU.ResourceUnmapBlob = try decode()
        let resource = try find(command.resourceID)
        guard resource.mappedAt != nil else { throw .invalidParameter }
        unmapRegion(of: resource)
        respondNoData()
    }

    func unmapRegion(of resource: GPUResource) {
        guard let offset = resource.mappedAt else { return }
        resource.mappedAt = nil
        try? region?.unmap(at: offset)
        takeEndedHolds()
    }
}
