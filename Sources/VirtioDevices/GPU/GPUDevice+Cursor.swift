// The cursor queue (virtio 1.4, 5.7.6). Linux gives these chains no room for a response.

internal import HostBridge
internal import LinuxSystem
internal import VirtioWire

extension GPUDevice {
    func dispatchCursor(_ header: VirtioGPU.ControlHeader) throws(GPUFault) {
        switch header.type {
        case .updateCursor: try updateCursor()
        case .moveCursor: try moveCursor()
        default: throw .notServed
        }
        respondNoData()
    }

    /// [GPU-I-035]
    private func updateCursor() throws(GPUFault) {
        let command: VirtioGPU.UpdateCursor = try decode()
        let index = try scanoutIndex(command.pos.scanoutID)
        let position = CursorPosition(command.pos)
        guard command.resourceID.rawValue != 0 else {
            sink?.setCursor(index, nil, at: position)
            return
        }
        let resource = try find(command.resourceID)
        let image = try cursorImage(resource, hotX: command.hotX, hotY: command.hotY)
        sink?.setCursor(index, image, at: position)
    }

    /// Everything but the position counts for nothing. [GPU-I-036]
    private func moveCursor() throws(GPUFault) {
        let command: VirtioGPU.UpdateCursor = try decode()
        let index = try scanoutIndex(command.pos.scanoutID)
        sink?.moveCursor(index, to: CursorPosition(command.pos))
    }

    func hideCursor(_ index: Int) {
        sink?.setCursor(index, nil, at: CursorPosition(x: 0, y: 0))
    }

    private func cursorImage(_ resource: GPUResource, hotX: UInt32, hotY: UInt32)
        throws(GPUFault) -> CursorImage
    {
        let side = VirtioGPU.cursorSide
        let stride = side * UInt32(VirtioGPU.Format.pixelBytes)
        let rect = ImageRect(width: side, height: side)
        var format = VirtioGPU.Format.b8g8r8a8Unorm
        switch resource.kind {
        case .image(let image):
            // [GPU-R-009]
            guard image.width == side, image.height == side else { throw .invalidParameter }
            format = image.format
            try readMirror(resource, image)
        case .rendered:
            guard let shape = renderer?.shape(of: resource.id), shape.isPicture,
                shape.width == side, shape.height == side, VirtioGPU.Format(shape.format).isKnown
            else { throw .invalidParameter }
            format = VirtioGPU.Format(shape.format)
        case .hostBlob(_, let sizeBytes), .guestBlob(let sizeBytes):
            // A blob says nothing of its format: it is Linux' cursor format.
            guard sizeBytes >= UInt64(stride) * UInt64(side) else { throw .invalidParameter }
        }
        let framebuffer = Framebuffer(
            format: format, width: side, height: side, offset: 0, strideBytes: stride)
        let (pixels, _) = try self.pixels(of: resource, framebuffer, rect)
        return CursorImage(format: format, pixels: pixels.bytes(), hotX: hotX, hotY: hotY)
    }
}

extension CursorPosition {
    init(_ position: VirtioGPU.CursorPos) {
        self.init(x: Int32(bitPattern: position.x), y: Int32(bitPattern: position.y))
    }
}
