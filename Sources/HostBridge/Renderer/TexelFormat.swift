/// A virgl (Gallium) format number whose texels this bridge can measure.
///
/// Only formats that virglrenderer 0.10.4 creates and reads back bit-exactly stand here; the rest
/// of its list is refused, because a transfer cannot be checked without the size of a texel.
struct TexelFormat: Hashable, Sendable {
    let rawValue: UInt32
    let sizeBytes: UInt64

    init?(_ rawValue: UInt32) {
        guard let size = Self.size(of: rawValue) else { return nil }
        self.rawValue = rawValue
        sizeBytes = size
    }

    private static func size(of format: UInt32) -> UInt64? {
        switch format {
        case 64: 1  // R8
        case 65, 48, 91, 7: 2  // R8G8, R16, R16F, B5G6R5
        case 1, 2, 67, 134: 4  // B8G8R8A8, B8G8R8X8, R8G8B8A8, R8G8B8X8
        case 49, 28, 8, 131: 4  // R16G16, R32F, R10G10B10A2, B10G10R10A2
        case 29: 8  // R32G32F
        case 31: 16  // R32G32B32A32F
        default: nil
        }
    }
}
