// The layout of a decoded picture: V4L2's rule for single-planar formats, with the room that codecs
// need around the picture.

import Testing
import VirtioWire

@testable import HostBridge

@Suite("A picture's layout")
struct PictureFormatTests {
    private static let colour = ColourDescription(matrix: .bt601, isFullRange: false)

    @Test("of YU12 has three planes one behind the other, and a tail")
    func yu12() throws {
        let format = try #require(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 176, alignedHeight: 144,
                visible: PixelRect(width: 176, height: 144), colour: Self.colour))
        #expect(format.codedWidth == 176)
        #expect(format.codedHeight == 146)
        #expect(format.bytesPerLine == 256)
        #expect(format.planeOffsets == [0, 37376, 46720])
        #expect(format.planeStrides == [256, 128, 128])
        #expect(format.sizeBytes == 56192)
        #expect(
            format.visiblePlanes == [
                .init(offset: 0, stride: 256, rowBytes: 176, rows: 144),
                .init(offset: 37376, stride: 128, rowBytes: 88, rows: 72),
                .init(offset: 46720, stride: 128, rowBytes: 88, rows: 72),
            ])
        #expect(format.visibleBytes == 176 * 144 * 3 / 2)
    }

    @Test("of P010 has 16-bit samples, and chroma interleaved in one plane")
    func p010() throws {
        let format = try #require(
            PictureFormat(
                fourcc: .p010, alignedWidth: 176, alignedHeight: 144,
                visible: PixelRect(width: 176, height: 144), colour: Self.colour))
        #expect(format.bytesPerLine == 384)
        #expect(format.planeOffsets == [0, 384 * 146])
        #expect(format.planeStrides == [384, 384])
        #expect(format.sizeBytes == 384 * 146 * 3 / 2 + 128)
        #expect(
            format.visiblePlanes == [
                .init(offset: 0, stride: 384, rowBytes: 352, rows: 144),
                .init(offset: 384 * 146, stride: 384, rowBytes: 352, rows: 72),
            ])
    }

    @Test("follows from bytesperline and height alone, as V4L2 has it, at any size")
    func followsFromLineAndHeight() throws {
        for width in [1, 2, 15, 16, 17, 127, 128, 129, 171, 1280, 1920, 4095, 16384] {
            for height in [1, 2, 3, 96, 97, 98, 720, 1081, 16384] {
                for fourcc in [V4L2.FourCC.yuv420, .p010] {
                    let format = try #require(
                        PictureFormat(
                            fourcc: fourcc, alignedWidth: width, alignedHeight: height,
                            visible: PixelRect(width: width, height: height), colour: Self.colour))
                    let (line, rows) = (format.bytesPerLine, format.codedHeight)
                    #expect(line % 128 == 0 && line >= width * (fourcc == .p010 ? 2 : 1))
                    #expect(rows % 2 == 0 && rows >= height)
                    let chroma = line / 2 * (rows / 2)
                    #expect(
                        format.planeOffsets
                            == (fourcc == .p010
                                ? [0, line * rows] : [0, line * rows, line * rows + chroma]))
                    #expect(format.sizeBytes > line * rows + 2 * chroma)
                    for plane in format.visiblePlanes {
                        let end = plane.offset + (plane.rows - 1) * plane.stride + plane.rowBytes
                        #expect(end <= format.sizeBytes)
                        #expect(plane.rowBytes <= plane.stride)
                    }
                }
            }
        }
    }

    @Test("of an odd size covers the chroma samples that are half visible")
    func oddSize() throws {
        let format = try #require(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 192, alignedHeight: 104,
                visible: PixelRect(width: 171, height: 97), colour: Self.colour))
        #expect(format.visiblePlanes.map(\.rowBytes) == [171, 86, 86])
        #expect(format.visiblePlanes.map(\.rows) == [97, 49, 49])
        #expect(format.visibleBytes == 171 * 97 + 2 * 86 * 49)
    }

    @Test("of a picture cropped at odd pixels starts at the chroma sample that these lie in")
    func oddCrop() throws {
        let visible = PixelRect(x: 3, y: 5, width: 4, height: 2)
        let yu12 = try #require(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 16, alignedHeight: 16, visible: visible,
                colour: Self.colour))
        let chroma = 128 * 18
        #expect(
            yu12.visiblePlanes == [
                .init(offset: 5 * 128 + 3, stride: 128, rowBytes: 4, rows: 2),
                .init(offset: chroma + 2 * 64 + 1, stride: 64, rowBytes: 3, rows: 2),
                .init(offset: chroma + chroma / 4 + 2 * 64 + 1, stride: 64, rowBytes: 3, rows: 2),
            ])
        let p010 = try #require(
            PictureFormat(
                fourcc: .p010, alignedWidth: 16, alignedHeight: 16, visible: visible,
                colour: Self.colour))
        #expect(
            p010.visiblePlanes == [
                .init(offset: 5 * 128 + 6, stride: 128, rowBytes: 8, rows: 2),
                .init(offset: chroma + 2 * 128 + 4, stride: 128, rowBytes: 12, rows: 2),
            ])
    }

    @Test(
        "is refused for sides that are no sides",
        arguments: [0, -1, Int.min, PictureFormat.sideMax + 1, Int.max])
    func badSides(side: Int) {
        let visible = PixelRect(width: 1, height: 1)
        #expect(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: side, alignedHeight: 16, visible: visible,
                colour: Self.colour) == nil)
        #expect(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 16, alignedHeight: side, visible: visible,
                colour: Self.colour) == nil)
    }

    @Test(
        "is refused for a visible part that is empty or reaches out",
        arguments: [
            PixelRect(width: 0, height: 1), PixelRect(width: 1, height: 0),
            PixelRect(width: -1, height: 1), PixelRect(x: -1, width: 1, height: 1),
            PixelRect(y: -1, width: 1, height: 1), PixelRect(width: 17, height: 1),
            PixelRect(width: 1, height: 17), PixelRect(x: 1, width: 16, height: 16),
            PixelRect(y: 1, width: 16, height: 16), PixelRect(x: 16, width: 1, height: 1),
            PixelRect(x: .max, width: 1, height: 1), PixelRect(y: .max, width: 1, height: 1),
            PixelRect(x: 1, width: .max, height: 1), PixelRect(y: 1, width: 1, height: .max),
        ])
    func badVisible(visible: PixelRect) {
        #expect(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 16, alignedHeight: 16, visible: visible,
                colour: Self.colour) == nil)
    }

    @Test(
        "is refused for every other fourcc",
        arguments: [
            V4L2.FourCC.h264, V4L2.FourCC(0), V4L2.FourCC(0x3132_564e), V4L2.FourCC(.max),
        ])
    func badFourCC(fourcc: V4L2.FourCC) {
        #expect(
            PictureFormat(
                fourcc: fourcc, alignedWidth: 16, alignedHeight: 16,
                visible: PixelRect(width: 16, height: 16), colour: Self.colour) == nil)
    }

    @Test(
        "has the same picture in other orders: buffers, strides and the first visible samples",
        arguments: [
            (.yuv420, [41600], [256, 128, 128], [0, 0, 0], [1028, 27906, 34818]),
            (.yuv420M, [27776, 7040, 7040], [256, 128, 128], [0, 1, 2], [1028, 258, 258]),
            (.nv12, [41600], [256, 256], [0, 0], [1028, 28164]),
            (.nv12M, [27776, 13952], [256, 256], [0, 1], [1028, 516]),
        ] as [(V4L2.FourCC, [Int], [Int], [Int], [Int])])
    func orders(
        fourcc: V4L2.FourCC, sizes: [Int], strides: [Int], buffers: [Int], offsets: [Int]
    ) throws {
        let native = try #require(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 192, alignedHeight: 106,
                visible: PixelRect(x: 4, y: 4, width: 182, height: 98), colour: Self.colour))
        let format = try #require(native.converted(to: fourcc))
        #expect(format.fourcc == fourcc)
        #expect(format.bufferSizes == sizes)
        #expect(format.planeStrides == strides)
        #expect(format.visiblePlanes.map(\.buffer) == buffers)
        #expect(format.visiblePlanes.map(\.offset) == offsets)
        #expect(format.visibleBytes == native.visibleBytes)
        #expect(format.holds(native) && native.holds(format))
        #expect(format.converted(to: .yuv420) == native)
        #expect(format.converted(to: .p010) == nil)
        // Every plane ends inside its buffer.
        for plane in format.visiblePlanes {
            let end = plane.offset + (plane.rows - 1) * plane.stride + plane.rowBytes
            #expect(end <= format.bufferSizes[plane.buffer])
        }
    }

    @Test("holds pictures of other colours, but of no other size, visible part or format")
    func holds() throws {
        let make = { (fourcc: V4L2.FourCC, width: Int, height: Int, visible: PixelRect) in
            try #require(
                PictureFormat(
                    fourcc: fourcc, alignedWidth: width, alignedHeight: height, visible: visible,
                    colour: ColourDescription(matrix: .bt2020, isFullRange: true)))
        }
        let whole = PixelRect(width: 32, height: 32)
        let format = try #require(
            PictureFormat(
                fourcc: .yuv420, alignedWidth: 32, alignedHeight: 32, visible: whole,
                colour: Self.colour))
        #expect(format.holds(try make(.yuv420, 32, 32, whole)))
        #expect(!format.holds(try make(.p010, 32, 32, whole)))
        #expect(!format.holds(try make(.yuv420, 48, 32, whole)))
        #expect(!format.holds(try make(.yuv420, 32, 48, whole)))
        #expect(!format.holds(try make(.yuv420, 32, 32, PixelRect(width: 31, height: 32))))
        #expect(!format.holds(try make(.yuv420, 32, 32, PixelRect(x: 1, width: 31, height: 32))))
    }

    @Test("without a colour description is 709 from 720 rows up, else 601")
    func unspecifiedMatrix() {
        #expect(ColourDescription.unspecifiedMatrix(rows: 719) == .bt601)
        #expect(ColourDescription.unspecifiedMatrix(rows: 720) == .bt709)
    }
}
