package import LinuxSystem
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

/// A decoded picture in its buffer, or in one buffer for each plane: the layout that V4L2 gives a
/// format by its fourcc, `bytesperline` and `height`.
///
/// 8 bit: YU12 (planes Y, Cb, Cr in one buffer), YM12 (three buffers), NV12 (planes Y and CbCr) and
/// NM12 (two buffers). 10 bit: P010 (in the high bits of 16, planes Y and CbCr).
public struct PictureFormat: Hashable, Sendable {
    public let fourcc: V4L2.FourCC
    /// Samples of a row that memory holds.
    public let codedWidth: Int
    /// Rows of the luma plane that memory holds; even.
    public let codedHeight: Int
    /// Bytes between luma rows; chroma rows of their own are half as far apart.
    public let bytesPerLine: Int
    public let visible: PixelRect
    public let colour: ColourDescription
    private let alignedWidth: Int

    /// Codecs read up to this many bytes past the last row of a picture.
    private static let tailBytes = 128
    /// Rows that codecs touch below the coded picture.
    private static let extraRows = 2
    /// Luma rows start this far apart at least, so that halved chroma rows suit any codec.
    private static let lineAlignment = 128
    /// Neither side of a picture may be longer.
    public static let sideMax = 16384
    /// Samples of a picture: one of 7680 x 4320 fits. More are refused before memory is asked for.
    public static let samplesMax = 8192 * 4352

    /// A plane: its first visible sample's offset, rows and bytes of a visible row.
    public struct Plane: Equatable, Sendable {
        public var offset: Int
        public var stride: Int
        public var rowBytes: Int
        public var rows: Int
        /// Which of the picture's buffers holds it.
        public var buffer = 0
    }

    /// Lays a picture out for a codec that needs `alignedWidth` x `alignedHeight` samples.
    ///
    /// Nil when a side is zero, too long, or the visible part does not fit.
    public init?(
        fourcc: V4L2.FourCC, alignedWidth: Int, alignedHeight: Int, visible: PixelRect,
        colour: ColourDescription
    ) {
        guard Self.known.contains(fourcc),
            (1...Self.sideMax).contains(alignedWidth), (1...Self.sideMax).contains(alignedHeight),
            visible.width > 0, visible.height > 0, visible.x >= 0, visible.y >= 0,
            visible.width <= alignedWidth - visible.x, visible.height <= alignedHeight - visible.y
        else { return nil }
        let codedHeight = (alignedHeight + Self.extraRows + 1) & ~1
        self.init(fourcc, alignedWidth, codedHeight, visible, colour)
    }

    private init(
        _ fourcc: V4L2.FourCC, _ alignedWidth: Int, _ codedHeight: Int, _ visible: PixelRect,
        _ colour: ColourDescription
    ) {
        self.fourcc = fourcc
        self.visible = visible
        self.colour = colour
        self.alignedWidth = alignedWidth
        self.codedHeight = codedHeight
        codedWidth = alignedWidth
        let sample = fourcc == .p010 ? 2 : 1
        bytesPerLine =
            (alignedWidth * sample + Self.lineAlignment - 1) & ~(Self.lineAlignment - 1)
    }

    private static let known: Set<V4L2.FourCC> = [.yuv420, .yuv420M, .nv12, .nv12M, .p010]

    /// The formats that pictures of this one's depth can be put into, the one without a copy first.
    ///
    /// - Parameter isMultiPlanar: whether planes may be buffers of their own.
    public static func choices(isTenBit: Bool, isMultiPlanar: Bool) -> [V4L2.FourCC] {
        if isTenBit { return [.p010] }
        return isMultiPlanar ? [.yuv420M, .yuv420, .nv12M, .nv12] : [.yuv420, .nv12]
    }

    /// The same picture in another format; nil where the depth differs.
    public func converted(to other: V4L2.FourCC) -> PictureFormat? {
        guard Self.known.contains(other), (other == .p010) == isTenBit else { return nil }
        return PictureFormat(other, alignedWidth, codedHeight, visible, colour)
    }

    public var isTenBit: Bool { fourcc == .p010 }
    /// Cb and Cr lie in one plane, in turn.
    public var isInterleaved: Bool { fourcc == .p010 || fourcc == .nv12 || fourcc == .nv12M }

    /// V4L2's planes: how many buffers hold a picture.
    public var bufferCount: Int { fourcc == .yuv420M ? 3 : fourcc == .nv12M ? 2 : 1 }

    /// Bytes of each buffer: its planes, and what a decoder may read behind the last one.
    public var bufferSizes: [Int] {
        // Sides are at most 2^14: no product here reaches 2^32.
        let luma = bytesPerLine * codedHeight
        switch fourcc {
        case .yuv420M:
            return [luma, luma / 4, luma / 4].map { $0 + Self.tailBytes }
        case .nv12M: return [luma, luma / 2].map { $0 + Self.tailBytes }
        default: return [luma * 3 / 2 + Self.tailBytes]
        }
    }

    /// Bytes of all buffers.
    public var sizeBytes: Int { bufferSizes.reduce(0, +) }

    /// Bytes of the picture as codecs have it, three planes in one buffer, whatever the format.
    public var planarBytes: Int {
        bytesPerLine * codedHeight * 3 / 2 + Self.tailBytes * (isTenBit ? 2 : 1)
    }

    var planarOffsets: [Int] {
        let luma = bytesPerLine * codedHeight
        return [0, luma, luma + luma / 4]
    }

    var planarStrides: [Int] { [bytesPerLine, bytesPerLine / 2, bytesPerLine / 2] }

    /// The visible samples of a picture whose planes lie so.
    package func planarPlanes(in memory: MemoryRange) -> CodecPlanes {
        let sample = isTenBit ? 2 : 1
        let planes = (0..<3).compactMap { index -> CodecPlanes.Plane? in
            let (x, y) = index == 0 ? (visible.x, visible.y) : (visible.x / 2, visible.y / 2)
            let stride = planarStrides[index]
            let start = planarOffsets[index] + y * stride + x * sample
            return memory.slice(offset: start, count: memory.sizeBytes - start).map {
                CodecPlanes.Plane(memory: $0, stride: stride)
            }
        }
        return CodecPlanes(samples: isTenBit ? .bits10 : .bits8, planes: planes)
    }

    /// Where each plane lies in its buffer, whole rows from the top left corner.
    public var planeOffsets: [Int] {
        let luma = bytesPerLine * codedHeight
        if bufferCount > 1 { return Array(repeating: 0, count: bufferCount) }
        return isInterleaved ? [0, luma] : [0, luma, luma + luma / 4]
    }

    public var planeStrides: [Int] {
        isInterleaved
            ? [bytesPerLine, bytesPerLine] : [bytesPerLine, bytesPerLine / 2, bytesPerLine / 2]
    }

    /// The visible part of each plane. Chroma covers a column or row that is only half visible.
    public var visiblePlanes: [Plane] { visiblePlanes(at: planeOffsets, strides: planeStrides) }

    /// The same where planes begin elsewhere.
    public func visiblePlanes(at offsets: [Int], strides: [Int]) -> [Plane] {
        let sample = isTenBit ? 2 : 1
        let (chromaX, chromaY) = (visible.x / 2, visible.y / 2)
        let chromaWidth = (visible.x + visible.width + 1) / 2 - chromaX
        let chromaHeight = (visible.y + visible.height + 1) / 2 - chromaY
        let chromaBytes = isInterleaved ? 2 * sample : sample
        return zip(offsets, strides).enumerated().map { index, place in
            let (offset, stride) = place
            let buffer = bufferCount > 1 ? index : 0
            if index == 0 {
                return Plane(
                    offset: offset + visible.y * stride + visible.x * sample, stride: stride,
                    rowBytes: visible.width * sample, rows: visible.height)
            }
            return Plane(
                offset: offset + chromaY * stride + chromaX * chromaBytes, stride: stride,
                rowBytes: chromaWidth * chromaBytes, rows: chromaHeight, buffer: buffer)
        }
    }

    /// Bytes of the visible samples: what one copy of the picture moves.
    public var visibleBytes: Int { visiblePlanes.reduce(0) { $0 + $1.rowBytes * $1.rows } }
}
