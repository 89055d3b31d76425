public import VirtioWire

extension VirtioGPU.Format {
    /// The eight formats of 2D resources and scanouts, four bytes a pixel each.
    public static let all: [VirtioGPU.Format] = [
        .b8g8r8a8Unorm, .b8g8r8x8Unorm, .a8r8g8b8Unorm, .x8r8g8b8Unorm, .r8g8b8a8Unorm,
        .x8b8g8r8Unorm, .a8b8g8r8Unorm, .r8g8b8x8Unorm,
    ]
    public static let pixelBytes = 4

    /// DRM's name; nil for a number that is none of the eight.
    public var fourCC: V4L2.FourCC? {
        let name: String? =
            switch self {
            case .b8g8r8a8Unorm: "AR24"
            case .b8g8r8x8Unorm: "XR24"
            case .a8r8g8b8Unorm: "BA24"
            case .x8r8g8b8Unorm: "BX24"
            case .r8g8b8a8Unorm: "AB24"
            case .x8b8g8r8Unorm: "RX24"
            case .a8b8g8r8Unorm: "RA24"
            case .r8g8b8x8Unorm: "XB24"
            default: nil
            }
        return name.flatMap { V4L2.FourCC($0) }
    }

    public var isKnown: Bool { fourCC != nil }

    /// Whether the fourth component means something.
    public var hasAlpha: Bool {
        switch self {
        case .b8g8r8a8Unorm, .a8r8g8b8Unorm, .r8g8b8a8Unorm, .a8b8g8r8Unorm: true
        default: false
        }
    }
}
