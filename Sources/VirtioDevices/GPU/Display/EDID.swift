// A display's identity: one base block of VESA E-EDID, release A.2 (EDID 1.4), with the preferred
// mode as its first detailed timing.

/// Makes EDID blocks for modes that no real monitor has.
enum EDID {
    static let blockSizeBytes = 128
    /// Both sides of an active area take 12 bits.
    static let sideMax: UInt32 = 4095

    /// The 128 bytes for a display that prefers `width` x `height` at 60 Hz; sides are clamped to
    /// what the format can say.
    ///
    /// - Parameter serial: tells displays of one size apart.
    static func block(width: UInt32, height: UInt32, serial: UInt32 = 0) -> [UInt8] {
        let width = Int(min(max(width, 1), sideMax))
        let height = Int(min(max(height, 1), sideMax))
        var block = [UInt8](repeating: 0, count: blockSizeBytes)
        block.replaceSubrange(0..<8, with: [0, 255, 255, 255, 255, 255, 255, 0])
        // Manufacturer "VSH": three letters of five bits, big-endian.
        let maker = (22 << 10) | (19 << 5) | 8
        block[8] = UInt8(maker >> 8)
        block[9] = UInt8(maker & 0xff)
        block[10] = 1  // product code
        for index in 0..<4 { block[12 + index] = UInt8(truncatingIfNeeded: serial >> (8 * index)) }
        block[17] = 36  // year: 1990 + 36
        block[18] = 1
        block[19] = 4
        block[20] = 0b1010_0101  // digital, 8 bits a colour, DisplayPort
        // Physical size at 96 dots an inch, in centimetres.
        block[21] = UInt8(min(255, width * 254 / 9600))
        block[22] = UInt8(min(255, height * 254 / 9600))
        block[23] = 120  // gamma 2.2
        block[24] = 0b0000_0110  // sRGB, first timing is the native one
        // sRGB's primaries, as everyone writes them.
        block.replaceSubrange(
            25..<35, with: [0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54])
        for index in stride(from: 38, to: 54, by: 2) {
            block[index] = 1  // unused standard timing
            block[index + 1] = 1
        }
        block.replaceSubrange(54..<72, with: timing(width: width, height: height))
        block.replaceSubrange(72..<90, with: text(tag: 0xfc, "virtio-share"))
        block.replaceSubrange(90..<108, with: text(tag: 0x10, ""))
        block.replaceSubrange(108..<126, with: text(tag: 0x10, ""))
        let sum = block.reduce(0) { ($0 + Int($1)) & 0xff }
        block[127] = UInt8((256 - sum) & 0xff)
        return block
    }

    /// A detailed timing with reduced blanking.
    private static func timing(width: Int, height: Int) -> [UInt8] {
        // A clock below 10 MHz is none: a tiny picture has much around it.
        let (blankWidth, leastPixels) = (160, 10_000_000 / 60 + 1)
        let lines = (leastPixels + width + blankWidth - 1) / (width + blankWidth)
        let blankHeight = max(40, lines - height)
        // In units of 10 kHz; 16 bits.
        let clock = min(65535, (width + blankWidth) * (height + blankHeight) * 60 / 10000)
        let millimetres = (min(4095, width * 254 / 960), min(4095, height * 254 / 960))
        return [
            UInt8(clock & 0xff), UInt8(clock >> 8),
            UInt8(width & 0xff), UInt8(blankWidth), UInt8((width >> 8) << 4),
            UInt8(height & 0xff), UInt8(blankHeight & 0xff),
            UInt8((height >> 8) << 4 | blankHeight >> 8),
            48, 32, 0x36, 0,  // sync: 48 after the picture, 32 wide; 3 lines after, 6 high
            UInt8(millimetres.0 & 0xff), UInt8(millimetres.1 & 0xff),
            UInt8((millimetres.0 >> 8) << 4 | millimetres.1 >> 8), 0, 0, 0x1a,
        ]
    }

    /// A display descriptor of text, 13 bytes, ended by a line feed and padded by spaces.
    private static func text(tag: UInt8, _ text: String) -> [UInt8] {
        var bytes = Array(text.utf8.prefix(13))
        if tag == 0x10 { return [0, 0, 0, tag, 0] + [UInt8](repeating: 0, count: 13) }
        if bytes.count < 13 { bytes.append(0x0a) }
        bytes += [UInt8](repeating: 0x20, count: 13 - bytes.count)
        return [0, 0, 0, tag, 0] + bytes
    }
}
