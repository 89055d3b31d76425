public import VirtioWire

/// How YCbCr samples become RGB.
public struct ColourDescription: Hashable, Sendable {
    public enum Matrix: String, Sendable { case bt601, bt709, bt2020 }

    public var matrix: Matrix
    /// Full range: luma 0 to 255; limited: 16 to 235.
    public var isFullRange: Bool

    public init(matrix: Matrix, isFullRange: Bool) {
        self.matrix = matrix
        self.isFullRange = isFullRange
    }

    /// What a stream that does not say means: 709 from 720 rows up, else 601.
    public static func unspecifiedMatrix(rows: Int) -> Matrix { rows >= 720 ? .bt709 : .bt601 }
}

/// Pixels from the top left corner.
public struct PixelRect: Hashable, Sendable {
    public var x, y, width, height: Int

    public init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// A decoded picture in one buffer: the layout that V4L2 gives a single-planar format by its
/// fourcc, `bytesperline` and `height`.
///
/// Two are used: YU12 (8 bit, planes Y, Cb, Cr) and P010 (10 bit in the high bits of 16, planes Y
/// and CbCr).
public struct PictureFormat: Hashable, Sendable {
    /// `.yuv420` or `.p010`.
    public let fourcc: V4L2.FourCC
    /// Samples of a row that memory holds.
    public let codedWidth: Int
    /// Rows of the luma plane that memory holds; even.
    public let codedHeight: Int
    /// Bytes between luma rows; YU12's chroma rows are half as far apart.
    public let bytesPerLine: Int
    /// All planes, and what the decoder may read behind the last one.
    public let sizeBytes: Int
    public let visible: PixelRect
    public let colour: ColourDescription

    /// Codecs read up to this many bytes past the last row of a picture.
    private static let tailBytes = 128
    /// Rows that codecs touch below the coded picture.
    private static let extraRows = 2
    /// Luma rows start this far apart at least, so that halved chroma rows suit any codec.
    private static let lineAlignment = 128
    /// Neither side of a picture may be longer.
    public static let sideMax = 16384

    /// A plane: its first visible sample's offset, rows and bytes of a visible row.
    public struct Plane: Equatable, Sendable {
        public let offset: Int
        public let stride: Int
        public let rowBytes: Int
        public let rows: Int
    }

    /// Lays a picture out for a codec that needs `alignedWidth` x `alignedHeight` samples.
    ///
    /// Nil when a side is zero, too long, or the visible part does not fit.
    public init?(
        fourcc: V4L2.FourCC, alignedWidth: Int, alignedHeight: Int, visible: PixelRect,
        colour: ColourDescription
    ) {
        guard fourcc == .yuv420 || fourcc == .p010,
            (1...Self.sideMax).contains(alignedWidth), (1...Self.sideMax).contains(alignedHeight),
            visible.width > 0, visible.height > 0, visible.x >= 0, visible.y >= 0,
            visible.width <= alignedWidth - visible.x, visible.height <= alignedHeight - visible.y
        else { return nil }
        self.fourcc = fourcc
        self.visible = visible
        self.colour = colour
        codedWidth = alignedWidth
        codedHeight = (alignedHeight + Self.extraRows + 1) & ~1
        let sample = fourcc == .p010 ? 2 : 1
        bytesPerLine =
            (alignedWidth * sample + Self.lineAlignment - 1) & ~(Self.lineAlignment - 1)
        // Sides are at most 2^14: no product here reaches 2^32.
        sizeBytes = bytesPerLine * codedHeight * 3 / 2 + Self.tailBytes
    }

    /// Where each plane lies, whole rows from the top left corner of memory.
    public var planeOffsets: [Int] {
        let luma = bytesPerLine * codedHeight
        return fourcc == .p010 ? [0, luma] : [0, luma, luma + luma / 4]
    }

    public var planeStrides: [Int] {
        fourcc == .p010
            ? [bytesPerLine, bytesPerLine] : [bytesPerLine, bytesPerLine / 2, bytesPerLine / 2]
    }

    /// The visible part of each plane. Chroma covers a column or row that is only half visible.
    public var visiblePlanes: [Plane] {
        let sample = fourcc == .p010 ? 2 : 1
        let (chromaX, chromaY) = (visible.x / 2, visible.y / 2)
        let chromaWidth = (visible.x + visible.width + 1) / 2 - chromaX
        let chromaHeight = (visible.y + visible.height + 1) / 2 - chromaY
        let chromaBytes = fourcc == .p010 ? 4 : 1
        var planes = [
            Plane(
                offset: visible.y * bytesPerLine + visible.x * sample, stride: bytesPerLine,
                rowBytes: visible.width * sample, rows: visible.height)
        ]
        for (offset, stride) in zip(planeOffsets, planeStrides).dropFirst() {
            planes.append(
                Plane(
                    offset: offset + chromaY * stride + chromaX * chromaBytes, stride: stride,
                    rowBytes: chromaWidth * chromaBytes, rows: chromaHeight))
        }
        return planes
    }

    /// Bytes of the visible samples: what one copy of the picture moves.
    public var visibleBytes: Int { visiblePlanes.reduce(0) { $0 + $1.rowBytes * $1.rows } }
}
