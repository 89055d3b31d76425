/// virgl's texture targets.
public enum TextureTarget {
    public static let buffer: UInt32 = 0
    public static let texture1D: UInt32 = 1
    public static let texture2D: UInt32 = 2
    public static let texture3D: UInt32 = 3
    public static let cube: UInt32 = 4
    public static let rect: UInt32 = 5
    public static let texture1DArray: UInt32 = 6
    public static let texture2DArray: UInt32 = 7
    public static let cubeArray: UInt32 = 8
}

/// The geometry of a resource, after the rules of creation.
///
/// virglrenderer itself accepts sizes that leave GL errors pending, or take gigabytes; what it would
/// make of them is charged to whoever is current. So: what GL can hold, within the limits.
public struct ResourceShape: Hashable, Sendable {
    public var target: UInt32
    public var format: UInt32
    public var bind: UInt32
    public var width: UInt32
    public var height: UInt32
    public var depth: UInt32
    public var arraySize: UInt32
    public var lastLevel: UInt32
    public var sampleCount: UInt32
    public var flags: UInt32

    public init(
        target: UInt32, format: UInt32, bind: UInt32, width: UInt32, height: UInt32,
        depth: UInt32 = 1, arraySize: UInt32 = 1, lastLevel: UInt32 = 0, sampleCount: UInt32 = 0,
        flags: UInt32 = 0
    ) {
        self.target = target
        self.format = format
        self.bind = bind
        self.width = width
        self.height = height
        self.depth = depth
        self.arraySize = arraySize
        self.lastLevel = lastLevel
        self.sampleCount = sampleCount
        self.flags = flags
    }

    /// MAP_PERSISTENT and MAP_COHERENT: a buffer that the CPU can see while the GPU uses it.
    static let mapPersistent: UInt32 = 2
    static let mapCoherent: UInt32 = 4
    /// Of textures: the first row in memory is the upper one.
    public static let yZeroTop: UInt32 = 1
    /// Bits of `bind`.
    public static let renderTarget: UInt32 = 1 << 1
    public static let samplerView: UInt32 = 1 << 3
    private static let sideMax: UInt32 = 1 << 13
    /// Depth-stencil to shader-buffer, cursor, staging and linear: what the library has names for.
    private static let knownBinds: UInt32 = 0x80_0000 - 1

    public var isBuffer: Bool { target == TextureTarget.buffer }
    var isMappable: Bool { isBuffer && flags & Self.mapPersistent != 0 }

    /// One picture of width by height: what scanouts, cursors and copies are made from.
    public var isPicture: Bool {
        (target == TextureTarget.texture2D || target == TextureTarget.rect) && sampleCount <= 1
    }

    /// Layers, faces or, of a 3D texture, slices of a level.
    func layerCount(level: UInt32) -> UInt64 {
        target == TextureTarget.texture3D ? UInt64(max(1, depth >> level)) : UInt64(arraySize)
    }

    /// The bytes of storage that virglrenderer will take; throws where the rules refuse.
    func checkedSizeBytes(_ limits: RendererLimits) throws(RendererError) -> UInt64 {
        guard let texel = TexelFormat(format), bind & ~Self.knownBinds == 0, width > 0, height > 0,
            depth > 0, arraySize > 0
        else { throw .badParameter }
        guard !isBuffer else { return try checkedBufferBytes(limits) }
        guard bind != 0, isOneOfGL(texel), sampleCount.nonzeroBitCount <= 1,
            lastLevel <= 31 - UInt32(max(width, height, depth).leadingZeroBitCount)
        else { throw .badParameter }
        let isSolid = target == TextureTarget.texture3D
        let sideMax = min(isSolid ? limits.textureDepthMax : limits.textureSideMax, Self.sideMax)
        guard width <= sideMax, height <= sideMax, depth <= sideMax,
            arraySize <= min(limits.textureLayersMax, Self.sideMax)
        else { throw .outOfMemory }
        guard sampleCount <= max(1, min(limits.textureSamplesMax, 32)) else { throw .badParameter }
        // Sides are at most 2^13 by 2^13 by 2^13, texels 2^4, samples 2^5: below 2^48, and the
        // levels together less than twice the first one.
        var bytes: UInt64 = 0
        for level in 0...lastLevel {
            let texels = UInt64(max(1, width >> level)) * UInt64(max(1, height >> level))
            bytes += texels * layerCount(level: level) * texel.sizeBytes
        }
        return bytes * UInt64(max(1, sampleCount))
    }

    private func checkedBufferBytes(_ limits: RendererLimits) throws(RendererError) -> UInt64 {
        // One byte an element: of others the library reads past the mapping (0.10.4).
        guard TexelFormat(format)?.sizeBytes == 1, height == 1, depth == 1, arraySize == 1,
            lastLevel == 0, sampleCount <= 1,
            flags & ~(Self.mapPersistent | Self.mapCoherent) == 0, flags != Self.mapCoherent
        else { throw .badParameter }
        guard UInt64(width) <= limits.bytesMax else { throw .outOfMemory }
        return UInt64(width)
    }

    /// Whether GL has textures of these sides for the target.
    private func isOneOfGL(_ texel: TexelFormat) -> Bool {
        let isFlat = height == 1
        let isMultisampled = sampleCount > 1
        guard flags & ~Self.yZeroTop == 0, !isMultisampled || lastLevel == 0,
            !isMultisampled || texel.canBeMultisampled
        else { return false }
        guard target == TextureTarget.texture2D || target == TextureTarget.rect || flags == 0
        else { return false }
        switch target {
        case TextureTarget.texture1D:
            return isFlat && depth == 1 && arraySize == 1 && sampleCount == 0
        case TextureTarget.texture1DArray: return isFlat && depth == 1 && sampleCount == 0
        case TextureTarget.texture2D: return depth == 1 && arraySize == 1
        case TextureTarget.texture2DArray: return depth == 1
        case TextureTarget.rect:
            return depth == 1 && arraySize == 1 && lastLevel == 0 && sampleCount == 0
        case TextureTarget.texture3D: return arraySize == 1 && sampleCount == 0 && !texel.isDepth
        case TextureTarget.cube:
            return depth == 1 && arraySize == 6 && width == height && sampleCount == 0
        case TextureTarget.cubeArray:
            return depth == 1 && arraySize % 6 == 0 && width == height && sampleCount == 0
        default: return false
        }
    }
}
