// The one copy of a picture that could not be decoded in place: into one buffer, and into pieces.

import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

@Suite("The copy of a picture")
struct PictureCopyTests {
    private static let colour = ColourDescription(matrix: .bt601, isFullRange: false)
    private static let untouched: UInt8 = 0xa5

    /// Three planes in one memory, rows `strides` apart, their visible bytes at the start of rows.
    private struct Source {
        let memory: SharedMemory
        let planes: CodecPlanes

        init(_ samples: CodecPlanes.Samples, _ rows: [[[UInt8]]], strides: [Int]) throws {
            let sizes = zip(rows, strides).map { $0.count * $1 }
            let memory = try SharedMemory(name: "codec", sizeBytes: max(1, sizes.reduce(0, +)))
            memory.range.fill(0xee)
            var planes: [CodecPlanes.Plane] = []
            var start = 0
            for (plane, stride) in zip(rows, strides) {
                for (index, row) in plane.enumerated() {
                    memory.range.slice(offset: start + index * stride, count: row.count)?.write(row)
                }
                let size = (plane.count - 1) * stride + (plane.last?.count ?? 0)
                let range = try #require(memory.range.slice(offset: start, count: size))
                planes.append(CodecPlanes.Plane(memory: range, stride: stride))
                start += plane.count * stride
            }
            self.memory = memory
            self.planes = CodecPlanes(samples: samples, planes: planes)
        }
    }

    /// 5x3 samples and 3x2 of chroma, every byte another.
    private static let small: [[[UInt8]]] = [
        [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]],
        [[21, 22, 23], [24, 25, 26]], [[31, 32, 33], [34, 35, 36]],
    ]

    private func smallFormat(_ fourcc: V4L2.FourCC, x: Int = 0, y: Int = 0) throws -> PictureFormat
    {
        try #require(
            PictureFormat(
                fourcc: fourcc, alignedWidth: 16, alignedHeight: 8,
                visible: PixelRect(x: x, y: y, width: 5, height: 3), colour: Self.colour))
    }

    /// The bytes of `format`'s buffer when its visible rows hold `rows` and nothing else was
    /// touched.
    private func expected(_ format: PictureFormat, _ rows: [[[UInt8]]]) -> [UInt8] {
        var bytes = [UInt8](repeating: Self.untouched, count: format.sizeBytes)
        for (plane, rows) in zip(format.visiblePlanes, rows) {
            for (index, row) in rows.enumerated() {
                let at = plane.offset + index * plane.stride
                bytes.replaceSubrange(at..<at + row.count, with: row)
            }
        }
        return bytes
    }

    @Test("of 8-bit planes writes the visible samples and nothing beside them")
    func eightBit() throws {
        let source = try Source(.bits8, Self.small, strides: [8, 4, 16])
        let format = try smallFormat(.yuv420)
        let target = try SharedMemory(name: "target", sizeBytes: format.sizeBytes)
        target.range.fill(Self.untouched)
        let written = source.planes.copy(to: [target.range], as: format)
        #expect(written == format.visibleBytes)
        #expect(written == 15 + 6 + 6)
        #expect(target.range.bytes() == expected(format, Self.small))
    }

    @Test("goes where the visible part lies in the buffer")
    func cropped() throws {
        let source = try Source(.bits8, Self.small, strides: [5, 3, 3])
        let format = try smallFormat(.yuv420, x: 4, y: 2)
        let target = try SharedMemory(name: "target", sizeBytes: format.sizeBytes)
        target.range.fill(Self.untouched)
        #expect(source.planes.copy(to: [target.range], as: format) == 27)
        #expect(target.range.bytes() == expected(format, Self.small))
    }

    @Test("of 10-bit planes writes P010: ten high bits, Cb and Cr in turn")
    func tenBit() throws {
        let words: [[[UInt16]]] = [
            [[0, 1, 2, 1023, 512], [3, 4, 5, 6, 7], [8, 9, 10, 11, 12]],
            [[100, 101, 102], [103, 104, 105]], [[200, 201, 202], [203, 204, 205]],
        ]
        let bytes = words.map { $0.map { $0.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } } }
        let source = try Source(.bits10, bytes, strides: [16, 8, 6])
        let format = try smallFormat(.p010)
        let target = try SharedMemory(name: "target", sizeBytes: format.sizeBytes)
        target.range.fill(Self.untouched)
        let high = { (word: UInt16) in [UInt8((word << 6) & 0xff), UInt8((word << 6) >> 8)] }
        let luma = words[0].map { $0.flatMap(high) }
        let chroma = zip(words[1], words[2]).map { blue, red in
            zip(blue, red).flatMap { high($0) + high($1) }
        }
        #expect(source.planes.copy(to: [target.range], as: format) == format.visibleBytes)
        #expect(target.range.bytes() == expected(format, [luma, chroma]))
    }

    @Test("into pieces cut anywhere is the copy into one", arguments: [V4L2.FourCC.yuv420, .p010])
    func everyCut(fourcc: V4L2.FourCC) throws {
        let isTenBit = fourcc == .p010
        let rows = isTenBit ? Self.small.map { $0.map { $0.flatMap { [$0, 1] } } } : Self.small
        let source = try Source(isTenBit ? .bits10 : .bits8, rows, strides: [16, 16, 16])
        let format = try smallFormat(fourcc)
        let whole = try SharedMemory(name: "whole", sizeBytes: format.sizeBytes)
        whole.range.fill(Self.untouched)
        #expect(source.planes.copy(to: [whole.range], as: format) == format.visibleBytes)
        let right = whole.range.bytes()
        let target = try SharedMemory(name: "cut", sizeBytes: format.sizeBytes)
        for cut in 0...format.sizeBytes {
            target.range.fill(Self.untouched)
            let pieces = [
                try #require(target.range.slice(offset: 0, count: cut)),
                try #require(target.range.slice(offset: cut, count: format.sizeBytes - cut)),
            ]
            #expect(source.planes.copy(to: pieces, as: format) == format.visibleBytes)
            guard target.range.bytes() == right else {
                Issue.record("differs when cut at \(cut)")
                return
            }
        }
    }

    @Test("into many small and empty pieces is the copy into one")
    func manyPieces() throws {
        let source = try Source(.bits8, Self.small, strides: [5, 3, 3])
        let format = try smallFormat(.yuv420)
        let target = try SharedMemory(name: "cut", sizeBytes: format.sizeBytes)
        for size in [1, 2, 3, 7, 64, 127] {
            target.range.fill(Self.untouched)
            var pieces: [MemoryRange] = []
            for start in stride(from: 0, to: format.sizeBytes, by: size) {
                let count = min(size, format.sizeBytes - start)
                pieces.append(try #require(target.range.slice(offset: start, count: count)))
                pieces.append(try #require(target.range.slice(offset: start, count: 0)))
            }
            #expect(source.planes.copy(to: pieces, as: format) == format.visibleBytes)
            #expect(target.range.bytes() == expected(format, Self.small))
        }
    }

    @Test("into less memory than the layout needs stops at its end")
    func tooSmall() throws {
        let source = try Source(.bits8, Self.small, strides: [5, 3, 3])
        let format = try smallFormat(.yuv420)
        let target = try SharedMemory(name: "short", sizeBytes: format.sizeBytes)
        for size in [0, 1, 130, format.planeOffsets[1] + 1, format.planeOffsets[2] + 66] {
            target.range.fill(Self.untouched)
            let piece = try #require(target.range.slice(offset: 0, count: size))
            let written = source.planes.copy(to: [piece], as: format)
            let right = expected(format, Self.small).prefix(size)
            #expect(written == right.count { $0 != Self.untouched })
            #expect(piece.bytes() == Array(right))
            let rest = try #require(
                target.range.slice(offset: size, count: target.sizeBytes - size))
            #expect(rest.bytes().allSatisfy { $0 == Self.untouched })
        }
        #expect(source.planes.copy(to: [], as: format) == 0)
    }

    @Test("of fewer planes, or of planes shorter than the layout, leaves the rest alone")
    func missingSource() throws {
        let format = try smallFormat(.yuv420)
        let target = try SharedMemory(name: "target", sizeBytes: format.sizeBytes)
        let luma = try Source(.bits8, [Self.small[0]], strides: [5])
        target.range.fill(Self.untouched)
        #expect(luma.planes.copy(to: [target.range], as: format) == 15)
        #expect(target.range.bytes() == expected(format, [Self.small[0]]))
        let short = try Source(.bits8, [Array(Self.small[0].prefix(2))], strides: [5])
        target.range.fill(Self.untouched)
        #expect(short.planes.copy(to: [target.range], as: format) == 10)
    }

    @Test("of 10-bit planes into an 8-bit layout writes nothing")
    func wrongLayout() throws {
        let source = try Source(.bits10, Self.small, strides: [16, 16, 16])
        let format = try smallFormat(.yuv420)
        let target = try SharedMemory(name: "target", sizeBytes: format.sizeBytes)
        target.range.fill(Self.untouched)
        #expect(source.planes.copy(to: [target.range], as: format) == 0)
        #expect(target.range.bytes().allSatisfy { $0 == Self.untouched })
    }

    @Test("reads a picture's own planes out of a buffer that has its layout")
    func planesOfBuffer() throws {
        let format = try smallFormat(.yuv420, x: 2, y: 2)
        let buffer = try SharedMemory(name: "buffer", sizeBytes: format.sizeBytes)
        buffer.range.write(expected(format, Self.small))
        let target = try SharedMemory(name: "target", sizeBytes: format.sizeBytes)
        target.range.fill(Self.untouched)
        #expect(format.planes(in: buffer.range).copy(to: [target.range], as: format) == 27)
        #expect(target.range.bytes() == expected(format, Self.small))
    }
}
