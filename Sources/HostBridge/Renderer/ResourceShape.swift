/// virgl's texture targets, of which this bridge uses two.
public enum TextureTarget {
    public static let buffer: UInt32 = 0
    public static let texture2D: UInt32 = 2
}

/// The geometry of a resource, after the rules of creation.
///
/// virglrenderer itself accepts sizes that leave GL errors pending, or take gigabytes; what it would
/// make of them is charged to whoever is current. So: 2D textures and buffers within the limits.
public struct ResourceShape: Equatable, Sendable {
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
    /// Depth-stencil to shader-buffer, cursor, staging and linear: what the library has names for.
    private static let knownBinds: UInt32 = 0x80_0000 - 1

    public var isBuffer: Bool { target == TextureTarget.buffer }
    var isMappable: Bool { isBuffer && flags & Self.mapPersistent != 0 }

    /// The bytes of storage that virglrenderer will take; throws where the rules refuse.
    func checkedSizeBytes(_ limits: RendererLimits) throws(RendererError) -> UInt64 {
        guard let texel = TexelFormat(format), bind & ~Self.knownBinds == 0, width > 0, height > 0,
            depth == 1, arraySize == 1, sampleCount <= 1
        else { throw .badParameter }
        if isBuffer {
            // One byte an element: others read past the mapping (virglrenderer 0.10.4).
            guard texel.sizeBytes == 1, height == 1, lastLevel == 0,
                flags & ~(Self.mapPersistent | Self.mapCoherent) == 0, flags != Self.mapCoherent
            else { throw .badParameter }
            guard UInt64(width) <= limits.bytesMax else { throw .outOfMemory }
            return UInt64(width)
        }
        guard target == TextureTarget.texture2D, bind != 0, flags & ~Self.yZeroTop == 0,
            lastLevel <= 31 - UInt32(max(width, height).leadingZeroBitCount)
        else { throw .badParameter }
        guard width <= limits.textureSideMax, height <= limits.textureSideMax else {
            throw .outOfMemory
        }
        // Sides are at most 2^13, texels at most 2^4: no sum of levels reaches 2^32.
        var bytes: UInt64 = 0
        for level in 0...lastLevel {
            bytes +=
                UInt64(max(1, width >> level)) * UInt64(max(1, height >> level))
                * texel.sizeBytes
        }
        return bytes
    }
}
