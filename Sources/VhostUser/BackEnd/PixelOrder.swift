internal import VirtioWire

/// Where a format has its bytes; formats are named in the order of their bytes.
struct PixelOrder {
    private let blue: Int
    private let green: Int
    private let red: Int
    private let other: Int

    init(_ format: VirtioGPU.Format) {
        switch format {
        case .a8r8g8b8Unorm, .x8r8g8b8Unorm: (blue, green, red, other) = (3, 2, 1, 0)
        case .r8g8b8a8Unorm, .r8g8b8x8Unorm: (blue, green, red, other) = (2, 1, 0, 3)
        case .x8b8g8r8Unorm, .a8b8g8r8Unorm: (blue, green, red, other) = (1, 2, 3, 0)
        // The format of the display itself.
        default: (blue, green, red, other) = (0, 1, 2, 3)
        }
    }

    /// Whether the pixels are native x8r8g8b8 words already, which is what a display takes.
    var isNative: Bool { blue == 0 }

    /// The pixels as native x8r8g8b8 words.
    func nativeXRGB(_ bytes: [UInt8]) -> [UInt8] {
        guard !isNative else { return bytes }
        var out = bytes
        for at in stride(from: 0, to: bytes.count - 3, by: 4) {
            out[at] = bytes[at + blue]
            out[at + 1] = bytes[at + green]
            out[at + 2] = bytes[at + red]
            out[at + 3] = bytes[at + other]
        }
        return out
    }
}
