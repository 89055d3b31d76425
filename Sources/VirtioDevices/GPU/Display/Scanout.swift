internal import HostBridge
internal import VirtioWire

/// What one scanout shows: a part of a framebuffer in a resource.
struct Scanout {
    let resource: ResourceID
    /// The part of the framebuffer that is shown.
    let rect: ImageRect
    let framebuffer: Framebuffer
}

/// Where a picture lies in a resource.
struct Framebuffer {
    let format: VirtioGPU.Format
    let width: UInt32
    let height: UInt32
    /// Of the first pixel; for images and textures 0 and tight rows.
    let offset: UInt64
    let strideBytes: UInt32

    /// The bytes of a rectangle that is not empty and lies in the framebuffer.
    func rows(_ rect: ImageRect) -> BackingList.Rows {
        let pixel = UInt64(VirtioGPU.Format.pixelBytes)
        // All factors are 32 bits wide: the sum fits 64, but for an offset near their end, which
        // no framebuffer has that lies in its resource.
        let start = offset + UInt64(strideBytes) * UInt64(rect.y) + pixel * UInt64(rect.x)
        return BackingList.Rows(
            offset: start, strideBytes: UInt64(strideBytes),
            rowBytes: Int(rect.width) * VirtioGPU.Format.pixelBytes, count: Int(rect.height))
    }
}
