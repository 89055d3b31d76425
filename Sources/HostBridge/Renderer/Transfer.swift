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
        guard let format = TexelFormat(shape.format), format.isMovable, shape.sampleCount <= 1,
            level <= shape.lastLevel
        else { throw .badParameter }
        let texel = format.sizeBytes
        // All fields are 32 bits wide: sums and products of two fit 64.
        let levelWidth = UInt64(max(1, shape.width >> level))
        let levelHeight = UInt64(max(1, shape.height >> level))
        let (w, h, d) = (UInt64(box.width), UInt64(box.height), UInt64(box.depth))
        guard !box.isEmpty, UInt64(box.x) + w <= levelWidth, UInt64(box.y) + h <= levelHeight,
            UInt64(box.z) + d <= shape.layerCount(level: level)
        else { throw .badParameter }
        let rowBytes = w * texel
        let rowStride = stride == 0 ? levelWidth * texel : UInt64(stride)
        let layerStride = layerStrideBytes(of: shape)
        guard rowStride >= rowBytes, rowStride % texel == 0, layerStride >= rowStride * h,
            d == 1 || layerStride % rowStride == 0
        else { throw .badParameter }
        // Layers are at most 2^32, a layer's stride below 2^45: the product may not fit.
        let (skipped, overflow) = (d - 1).multipliedReportingOverflow(by: layerStride)
        guard !overflow, backingBytes <= Self.bytesMax, skipped <= Self.bytesMax else {
            throw .badParameter
        }
        let needed = skipped + (h - 1) * rowStride + rowBytes
        guard needed <= Self.bytesMax, offset <= backingBytes, needed <= backingBytes - offset
        else { throw .badParameter }
        return rowBytes * h * d
    }

    /// Bytes from one layer of the backing to the next one: those given, or whole layers of the
    /// level. The format is known.
    func layerStrideBytes(of shape: ResourceShape) -> UInt64 {
        guard layerStride == 0 else { return UInt64(layerStride) }
        let texel = TexelFormat(shape.format)?.sizeBytes ?? 1
        let tight = UInt64(max(1, shape.width >> min(level, 31))) * texel
        let rows = UInt64(max(1, shape.height >> min(level, 31)))
        return (stride == 0 ? tight : UInt64(stride)) * rows
    }
}
