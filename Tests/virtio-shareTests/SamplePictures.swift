// Pictures whose every pixel is known.

@testable import virtio_share

extension Picture {
    /// Every pixel differs from its neighbours, in alpha too, and little of it compresses.
    static func noise(width: Int, height: Int) -> Picture {
        var state: UInt32 = 0x2545_f491
        let rgba = (0..<width * height * 4).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return Picture(width: width, height: height, rgba: rgba)
    }

    var opaque: Picture {
        var copy = self
        for at in stride(from: 3, to: rgba.count, by: 4) { copy.rgba[at] = 255 }
        return copy
    }
}
