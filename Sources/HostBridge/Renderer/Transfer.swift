// The rule that every transfer must pass before virglrenderer sees it: the library computes in 32
// bits and has crashed on what this refuses.

/// A box of texels (`struct virtio_gpu_box`).
public struct TexelBox: Equatable, Sendable {
    public var x, y, z, width, height, depth: UInt32

    public init(
        x: UInt32 = 0, y: UInt32 = 0, z: UInt32 = 0, width: UInt32, height: UInt32,
        depth: UInt32 = 1
    ) {
        self.x = x
        self.y = y
        self.z = z
        self.width = width
        self.height = height
        self.depth = depth
    }

    var isEmpty: Bool { width == 0 || height == 0 || depth == 0 }
}

/// A copy between a resource and its backing, as a guest asks for it.
public struct Transfer: Equatable, Sendable {
    public var box: TexelBox
    public var level: UInt32
    /// Bytes between rows of the backing; 0 means tight rows of the level.
    public var stride: UInt32
    public var layerStride: UInt32
    /// Byte of the backing where the box's first texel lies.
    public var offset: UInt64

    public init(
        box: TexelBox, level: UInt32 = 0, stride: UInt32 = 0, layerStride: UInt32 = 0,
        offset: UInt64 = 0
    ) {
        self.box = box
        self.level = level
        self.stride = stride
        self.layerStride = layerStride
        self.offset = offset
    }

    /// Sums that virglrenderer keeps in 32 signed bits stay below this.
    private static let bytesMax = UInt64(Int32.max)

    /// The texel bytes that the copy moves. Throws where the box leaves the level or the backing.
    func checkedByteCount(of shape: ResourceShape, backingBytes: UInt64) throws(RendererError)
        -> UInt64
    {
        guard let texel = TexelFormat(shape.format)?.sizeBytes, shape.sampleCount <= 1,
            level <= shape.lastLevel
        else { throw .badParameter }
        // All fields are 32 bits wide: sums and products of two fit 64.
        let levelWidth = UInt64(max(1, shape.width >> level))
        let levelHeight = UInt64(max(1, shape.height >> level))
        let (w, h) = (UInt64(box.width), UInt64(box.height))
        guard !box.isEmpty, box.depth == 1, box.z == 0, UInt64(box.x) + w <= levelWidth,
            UInt64(box.y) + h <= levelHeight
        else { throw .badParameter }
        let rowBytes = w * texel
        let rowStride = stride == 0 ? levelWidth * texel : UInt64(stride)
        guard rowStride >= rowBytes, rowStride % texel == 0,
            layerStride == 0 || UInt64(layerStride) >= rowStride * h
        else { throw .badParameter }
        let needed = (h - 1) * rowStride + rowBytes
        guard backingBytes <= Self.bytesMax, needed <= Self.bytesMax, offset <= backingBytes,
            needed <= backingBytes - offset
        else { throw .badParameter }
        return rowBytes * h
    }
}
