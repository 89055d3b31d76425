import HostBridge

/// How far a drawn picture is from the simulated one, by plain arithmetic (BT.601 limited to RGB):
/// the largest difference of any red, green or blue; 255 when the sizes differ.
func largestError(rgba: [UInt8], width: Int, height: Int, number: Int) -> Int {
    guard rgba.count == width * height * 4 else { return 255 }
    var worst = 0
    for (pixel, at) in stride(from: 0, to: rgba.count, by: 4).enumerated() {
        let (x, y) = (pixel % width, pixel / width)
        let luma = SimulatedPattern.luma(x: x, y: y, width: width, height: height, number: number)
        let chroma = SimulatedPattern.chroma(
            x: x / 2, y: y / 2, width: width, height: height, number: number)
        let light = (Double(luma) - 16) / 219
        let (cb, cr) = ((Double(chroma.cb) - 128) / 224, (Double(chroma.cr) - 128) / 224)
        let rgb = [light + 1.402 * cr, light - 0.344136 * cb - 0.714136 * cr, light + 1.772 * cb]
        for channel in 0..<3 {
            let wanted = Int(min(max(rgb[channel], 0), 1) * 255 + 0.5)
            worst = max(worst, abs(wanted - Int(rgba[at + channel])))
        }
    }
    return worst
}
