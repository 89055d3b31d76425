// The virgl (Gallium) formats whose texels this bridge can measure.
// Invariant: a format stands here only where virglrenderer 0.10.4 gives a box of any level back as it
// was written; two depth formats, of which it writes more than the box, are never transferred.
// The capsets tell guests of these formats and no others.

/// A format number and the bytes of one texel.
struct TexelFormat: Hashable, Sendable {
    let rawValue: UInt32
    let sizeBytes: UInt64

    init?(_ rawValue: UInt32) {
        guard let index = Int(exactly: rawValue), Self.sizes.indices.contains(index),
            Self.sizes[index] > 0
        else { return nil }
        self.rawValue = rawValue
        sizeBytes = UInt64(Self.sizes[index])
    }

    /// Depth or stencil: no 3D textures of these.
    var isDepth: Bool { Self.depth.contains(rawValue) }

    /// Whether textures of it may have several samples: others leave a GL error pending.
    var canBeMultisampled: Bool { isDepth || Self.multisampled.contains(rawValue) }

    /// Whether transfers may move it.
    var isMovable: Bool { rawValue != 21 && rawValue != 126 }

    private static let depth: Set<UInt32> = [16, 17, 18, 20, 21, 126]
    private static let multisampled: Set<UInt32> = [1, 2, 8, 28, 31, 64, 65, 67, 94, 134]

    private static let numbers: [UInt8: [Int]] = [
        1: [9, 10, 64, 74, 139, 148, 177, 181, 201, 203, 205, 207],
        2: [
            5, 6, 7, 13, 16, 48, 56, 65, 75, 91, 122, 135, 141, 152, 155, 156, 178, 182, 185, 189,
            209, 211, 213, 215, 311,
        ],
        4: [
            1, 2, 3, 4, 8, 17, 18, 20, 21, 28, 49, 57, 67, 77, 92, 100, 101, 104, 121, 124, 131,
            134, 159, 160, 180, 184, 186, 190, 193, 197, 217, 219, 221, 223, 225, 229, 230, 231,
            232, 233, 253, 308,
        ],
        8: [29, 51, 59, 94, 126, 188, 192, 194, 198, 234, 235, 236, 237, 238],
        12: [30, 195, 199],
        16: [31, 196, 200],
    ]

    /// By number; 0 for what is not let through.
    private static let sizes: [UInt8] = {
        var sizes = [UInt8](repeating: 0, count: 322)
        for (size, formats) in numbers { for format in formats { sizes[format] = size } }
        return sizes
    }()

    /// One bit for each format, as capsets have it.
    static let mask: [UInt32] = {
        var words = [UInt32](repeating: 0, count: 16)
        for (number, size) in sizes.enumerated() where size > 0 {
            words[number / 32] |= 1 << UInt32(number % 32)
        }
        return words
    }()
}
