public import VirtioWire

/// Where the samples of a picture lie in its buffer, by V4L2's rules: the fourcc, `bytesperline` and
/// `height` of G_FMT, and the visible rectangle of G_SELECTION.
public struct VideoLayout: Equatable, Sendable {
    public struct Plane: Equatable, Sendable {
        /// Byte of the plane's first row and column.
        public let offset: Int
        public let stride: Int
        /// Bytes of a texel: 1, 2 (16 bit, or two of 8 bit) or 4 (two of 16 bit).
        public let texelBytes: Int
        /// Luma columns and rows that one texel covers.
        public let subsampling: Int
    }

    public let fourcc: V4L2.FourCC
    public let sizeBytes: Int
    public let planes: [Plane]
    public let visible: V4L2.Rect
    public let encoding: V4L2.YCbCrEncoding
    public let isFullRange: Bool

    public var width: Int { Int(visible.width) }
    public var height: Int { Int(visible.height) }
    public var isTenBit: Bool { fourcc == .p010 }

    /// Neither side may be longer; keeps all arithmetic below far from its limits.
    private static let sideMax: UInt32 = 32768

    /// Nil for formats that this guest cannot draw, and for numbers that do not fit together.
    public init?(_ format: V4L2.PixFormat, visible: V4L2.Rect) {
        let sides = [format.width, format.height, visible.width, visible.height]
        guard sides.allSatisfy({ (1...Self.sideMax).contains($0) }),
            (0...Int32(Self.sideMax)).contains(visible.left),
            (0...Int32(Self.sideMax)).contains(visible.top),
            UInt32(visible.left) + visible.width <= format.width,
            UInt32(visible.top) + visible.height <= format.height,
            format.bytesperline <= 8 * Self.sideMax
        else { return nil }
        let stride = Int(format.bytesperline)
        let luma = stride * Int(format.height)
        switch format.pixelformat {
        case .yuv420:
            planes = [
                Plane(offset: 0, stride: stride, texelBytes: 1, subsampling: 1),
                Plane(offset: luma, stride: stride / 2, texelBytes: 1, subsampling: 2),
                Plane(offset: luma + luma / 4, stride: stride / 2, texelBytes: 1, subsampling: 2),
            ]
        case .nv12:
            planes = [
                Plane(offset: 0, stride: stride, texelBytes: 1, subsampling: 1),
                Plane(offset: luma, stride: stride, texelBytes: 2, subsampling: 2),
            ]
        case .p010:
            planes = [
                Plane(offset: 0, stride: stride, texelBytes: 2, subsampling: 1),
                Plane(offset: luma, stride: stride, texelBytes: 4, subsampling: 2),
            ]
        default: return nil
        }
        fourcc = format.pixelformat
        sizeBytes = Int(format.sizeimage)
        self.visible = visible
        encoding = format.ycbcrEnc
        isFullRange = format.quantization == .fullRange
        guard luma * 3 / 2 <= sizeBytes else { return nil }
    }

    /// Texels of a plane that cover the visible rectangle, from the first one that it touches.
    public func texels(of plane: Plane) -> (x: Int, y: Int, width: Int, height: Int) {
        let (left, top) = (Int(visible.left), Int(visible.top))
        let step = plane.subsampling
        let (x, y) = (left / step, top / step)
        return (
            x, y, (left + width + step - 1) / step - x, (top + height + step - 1) / step - y
        )
    }
}

extension VideoLayout {
    /// Bytes of the visible samples: what one copy of the picture moves.
    public var sampleBytes: Int {
        planes.reduce(0) { sum, plane in
            let texels = texels(of: plane)
            return sum + texels.width * texels.height * plane.texelBytes
        }
    }
}
