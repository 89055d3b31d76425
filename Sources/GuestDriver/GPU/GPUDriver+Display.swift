// Pictures on displays, cursors and mapped blobs (virtio 1.4, 5.7.6): the driver's side.

public import VirtioWire
public import Virtqueue

extension GPUDriver {
    // MARK: Images

    public func createResource2D(
        _ id: ResourceID, format: VirtioGPU.Format, width: UInt32, height: UInt32
    ) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceCreate2D(
                resourceID: id, format: format, width: width, height: height))
    }

    /// A blob whose memory is the guest's own; with no segments they are attached later.
    public func createGuestBlob(
        _ id: ResourceID, sizeBytes: UInt64, _ segments: [GuestSegment],
        flags: VirtioGPU.BlobFlags = .useMappable
    ) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceCreateBlob(
                resourceID: id, blobMem: .guest, blobFlags: flags,
                nrEntries: UInt32(segments.count), blobID: 0, size: sizeBytes),
            trailing: Self.entries(segments))
    }

    /// Fenced: the guest may write to its pages again when this returns. [GPU-D-006]
    ///
    /// - Parameter offset: the backing's byte where the rectangle's first pixel lies.
    public func transferToHost2D(_ id: ResourceID, _ rect: VirtioGPU.Rect, offset: UInt64)
        throws(DriverError)
    {
        _ = try exchange(
            VirtioGPU.TransferToHost2D(
                header: header(.transferToHost2D, fence: newFence()), r: rect, offset: offset,
                resourceID: id))
    }

    // MARK: Displays

    /// - Parameter id: nil turns the scanout off.
    public func setScanout(_ scanout: UInt32, _ id: ResourceID?, _ rect: VirtioGPU.Rect)
        throws(DriverError)
    {
        _ = try exchange(
            VirtioGPU.SetScanout(
                r: rect, scanoutID: scanout, resourceID: id ?? ResourceID(0)))
    }

    /// Shows a part of a framebuffer that lies in a blob.
    public func setScanoutBlob(_ command: VirtioGPU.SetScanoutBlob) throws(DriverError) {
        _ = try exchange(command)
    }

    /// Fenced: the display has the picture when this returns.
    public func flush(_ id: ResourceID, _ rect: VirtioGPU.Rect) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceFlush(
                header: header(.resourceFlush, fence: newFence()), r: rect, resourceID: id))
    }

    /// Whether the displays have changed; if so asks for them anew and clears the event, in the
    /// order in which no change is lost. [GPU-R-002]
    public func takeDisplayEvent() throws(DriverError) -> VirtioGPU.RespDisplayInfo? {
        let bytes = device.transport.readConfig(offset: 0, count: VirtioGPU.Config.sizeBytes)
        let config: VirtioGPU.Config = try bytes.decode()
        guard config.eventsRead & VirtioGPU.eventDisplay != 0 else { return nil }
        let info = try displayInfo()
        let clearOffset = 4
        device.transport.writeConfig(
            offset: clearOffset, bytes: [UInt8(VirtioGPU.eventDisplay), 0, 0, 0])
        return info
    }

    // MARK: Cursors

    /// Loads a cursor, or hides it where `id` is nil. As Linux does it: without room for an answer.
    public func updateCursor(
        _ id: ResourceID?, at position: VirtioGPU.CursorPos, hotX: UInt32 = 0, hotY: UInt32 = 0
    ) throws(DriverError) {
        try sendCursor(
            VirtioGPU.UpdateCursor(
                pos: position, resourceID: id ?? ResourceID(0), hotX: hotX, hotY: hotY))
    }

    public func moveCursor(to position: VirtioGPU.CursorPos) throws(DriverError) {
        try sendCursor(VirtioGPU.UpdateCursor(header: header(.moveCursor), pos: position))
    }

    private func sendCursor(_ command: VirtioGPU.UpdateCursor) throws(DriverError) {
        var request = WireBuffer(capacity: VirtioGPU.UpdateCursor.sizeBytes)
        request.append(command)
        _ = try device.roundTrip(request, responseBytes: 0, queue: VirtioGPU.cursorQueue)
    }

    // MARK: Mapped blobs

    /// Shows a host blob in the host-visible region.
    public func mapBlob(_ id: ResourceID, at offset: UInt64) throws(DriverError)
        -> VirtioGPU.MapInfo
    {
        let answer: VirtioGPU.RespMapInfo = try exchange(
            VirtioGPU.ResourceMapBlob(resourceID: id, offset: offset),
            responseBytes: VirtioGPU.RespMapInfo.sizeBytes, expecting: .okMapInfo
        ).decode()
        return answer.mapInfo
    }

    public func unmapBlob(_ id: ResourceID) throws(DriverError) {
        _ = try exchange(VirtioGPU.ResourceUnmapBlob(resourceID: id))
    }

    /// What the region shows from `offset` on; nil where this transport has no region, or nothing is
    /// mapped there.
    public func mapped(at offset: UInt64, count: Int) -> SharedMemoryView? {
        device.transport.sharedMemory(VirtioGPU.hostVisibleRegion)?
            .view(offset: offset, count: count)
    }
}
