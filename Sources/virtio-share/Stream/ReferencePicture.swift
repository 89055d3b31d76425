// A picture as plain decoding gives it, and plain arithmetic on it: what every drawn pixel is
// compared with. Chroma is taken from the nearest sample, as the shaders do.

import HostBridge

/// Visible samples of a 4:2:0 picture, 8 or 10 bits.
struct ReferencePicture: Sendable {
    let width: Int
    let height: Int
    let isTenBit: Bool
    let colour: ColourDescription
    let timeMicros: Int64
    /// Tight rows of Y, Cb and Cr.
    let planes: [[UInt16]]

    var chromaWidth: Int { (width + 1) / 2 }

    /// The largest difference of any red, green or blue of any pixel from `rgba`; 255 when the
    /// sizes differ.
    func maxChannelError(against rgba: [UInt8]) -> Int {
        guard rgba.count == width * height * 4 else { return 255 }
        let tables = ChannelTables(colour, isTenBit: isTenBit)
        var worst = 0
        for y in 0..<height {
            let chromaRow = y / 2 * chromaWidth
            for x in 0..<width {
                let at = (y * width + x) * 4
                let pixel = tables.rgb(
                    Int(planes[0][y * width + x]), Int(planes[1][chromaRow + x / 2]),
                    Int(planes[2][chromaRow + x / 2]))
                worst = max(
                    worst, abs(pixel.r - Int(rgba[at])), abs(pixel.g - Int(rgba[at + 1])),
                    abs(pixel.b - Int(rgba[at + 2])))
            }
        }
        return worst
    }
}

/// What each sample value adds to each channel, by the definition of the matrices (ITU-R BT.601,
/// BT.709, BT.2020).
private struct ChannelTables {
    private let luma: [Double]
    private let redOfCr: [Double]
    private let greenOfCb: [Double]
    private let greenOfCr: [Double]
    private let blueOfCb: [Double]

    init(_ colour: ColourDescription, isTenBit: Bool) {
        let (kr, kb): (Double, Double) =
            switch colour.matrix {
            case .bt601: (0.299, 0.114)
            case .bt709: (0.2126, 0.0722)
            case .bt2020: (0.2627, 0.0593)
            }
        let kg = 1 - kr - kb
        let scale = isTenBit ? 4.0 : 1.0
        let top = isTenBit ? 1023.0 : 255.0
        let black = colour.isFullRange ? 0 : 16 * scale
        let lumaRange = colour.isFullRange ? top : 219 * scale
        let chromaRange = colour.isFullRange ? top : 224 * scale
        let values = 0...Int(top)
        let chroma = values.map { (Double($0) - 128 * scale) / chromaRange * 255 }
        luma = values.map { (Double($0) - black) / lumaRange * 255 }
        redOfCr = chroma.map { $0 * 2 * (1 - kr) }
        blueOfCb = chroma.map { $0 * 2 * (1 - kb) }
        greenOfCb = chroma.map { -$0 * 2 * (1 - kb) * kb / kg }
        greenOfCr = chroma.map { -$0 * 2 * (1 - kr) * kr / kg }
    }

    @inline(__always)
    func rgb(_ y: Int, _ cb: Int, _ cr: Int) -> (r: Int, g: Int, b: Int) {
        (
            channel(luma[y] + redOfCr[cr]), channel(luma[y] + greenOfCb[cb] + greenOfCr[cr]),
            channel(luma[y] + blueOfCb[cb])
        )
    }

    @inline(__always)
    private func channel(_ value: Double) -> Int { Int(min(max(value, 0), 255) + 0.5) }
}
