// What is read of headers before a codec is given a unit, against what the clips are known to be,
// and bytes that are none.

import Testing
import VirtioWire

@testable import HostBridge

@Suite("A sequence header")
struct SequenceHeaderTests {
    #if LibAV
        private static let known: [(String, SequenceHeader)] = [
            (
                "h264-annexb.h264",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, references: 4, reordering: 2)
            ),
            (
                "h264-refs16.mp4",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, references: 16, reordering: 2)
            ),
            (
                "h264-crop.mp4",
                SequenceHeader(
                    codedWidth: 192, codedHeight: 112, references: 4, reordering: 2)
            ),
            (
                "h264-10bit.mp4",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, bitDepth: 10, references: 4, reordering: 2)
            ),
            (
                "h264-resolution-change.h264",
                SequenceHeader(
                    codedWidth: 320, codedHeight: 240, references: 4, reordering: 2)
            ),
            (
                "hevc.mp4",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, references: 5, reordering: 2)
            ),
            (
                "hevc-10bit.mkv",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, bitDepth: 10, references: 5, reordering: 2)
            ),
            (
                "vp8.webm",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, references: 3, reordering: 0)
            ),
            (
                "mpeg2.mpg",
                SequenceHeader(
                    codedWidth: 176, codedHeight: 144, references: 2, reordering: 1)
            ),
        ]

        @Test("tells each clip's size, depth and buffering", arguments: known)
        func clips(file: String, header: SequenceHeader) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let found = units.compactMap { SequenceHeader.find(fourcc, in: $0.bytes) }
            #expect(found.first == header)
        }

        @Test("tells the new size in the unit that begins it")
        func change() throws {
            let (fourcc, units) = try Clip(file: "h264-resolution-change.h264").units()
            let sizes = units.map { SequenceHeader.find(fourcc, in: $0.bytes)?.codedWidth }
            #expect(sizes[0] == 320)
            #expect(sizes[12] == 176)
            #expect(sizes.compactMap { $0 } == [320, 176])
        }

        @Test("cut anywhere, or with any byte changed, is read without a trap", arguments: known)
        func damaged(file: String, header: SequenceHeader) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let unit = Array(units[0].bytes.prefix(200))
            for count in unit.indices {
                _ = SequenceHeader.find(fourcc, in: Array(unit.prefix(count)))
            }
            for index in unit.indices {
                for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                    var changed = unit
                    changed[index] = value
                    guard let found = SequenceHeader.find(fourcc, in: changed) else { continue }
                    // VP8 has 14 bits of each side, MPEG-2 14, the others are bounded.
                    #expect((0...32768).contains(found.codedWidth))
                    #expect((0...32768).contains(found.codedHeight))
                    #expect((0...16).contains(found.references ?? 0))
                    #expect((0...16).contains(found.reordering ?? 0))
                }
            }
        }
    #endif

    @Test("of a codec that is not looked at, and of no bytes, is none")
    func none() {
        for fourcc in [V4L2.FourCC.h264, .hevc, .vp8, .vp9, .av1, .mpeg2, .mjpeg] {
            for bytes in [
                [], [0], [0, 0, 1], [0, 0, 1, 0x67], [0, 0, 1, 0xb3], [0, 0, 1, 0x42, 1],
            ] {
                #expect(SequenceHeader.find(fourcc, in: bytes.map { UInt8($0) }) == nil)
            }
        }
    }

    @Test("of MPEG-2 takes the extension's bits: larger sides, and fields")
    func mpeg2() {
        let head: [UInt8] = [0, 0, 1, 0xb3, 0x10, 0x02, 0x20, 0x12]
        let plain = SequenceHeader.find(.mpeg2, in: head)
        #expect(plain?.codedWidth == 0x100)
        #expect(plain?.codedHeight == 0x220)
        #expect(plain?.mayHaveFields == false)
        // Extension 1, profile 0x48, not progressive, 4:2:0, one more bit of each side.
        let bits: [UInt8] = [0x14, 0x82, 0xb8, 0, 0, 0]
        let both = SequenceHeader.find(.mpeg2, in: head + [0, 0, 1, 0xb5] + bits)
        #expect(both?.codedWidth == 0x1100)
        #expect(both?.codedHeight == 0x1220)
        #expect(both?.mayHaveFields == true)
    }

    @Test("of MPEG-2 is the last one before the picture, and none behind it")
    func repeated() throws {
        func header(_ width: UInt8) -> [UInt8] { [0, 0, 1, 0xb3, width, 0, 0x10, 0x13] }
        let picture: [UInt8] = [0, 0, 1, 0, 0, 0x0f, 0xff, 0xf8]
        let twice = header(2) + header(1) + picture
        #expect(SequenceHeader.find(.mpeg2, in: twice)?.codedWidth == 16)
        let behind = header(2) + picture + header(1)
        #expect(SequenceHeader.find(.mpeg2, in: behind)?.codedWidth == 32)
        #expect(SequenceHeader.find(.mpeg2, in: picture + header(1)) == nil)
    }

    @Test("asks for a drain before another size, another depth, or more pictures kept")
    func comparison() {
        let base = SequenceHeader(codedWidth: 16, codedHeight: 16, references: 4, reordering: 1)
        #expect(!base.hasOtherPictures(than: base))
        var other = base
        other.references = 3
        other.reordering = 0
        #expect(!base.hasOtherPictures(than: other))
        for change: (inout SequenceHeader) -> Void in [
            { $0.codedWidth = 32 }, { $0.codedHeight = 8 }, { $0.bitDepth = 10 },
            { $0.references = 5 }, { $0.reordering = 2 },
        ] {
            var other = base
            change(&other)
            #expect(base.hasOtherPictures(than: other))
        }
    }

    @Test("is read bit by bit: numbers of every length, escapes left out, zeros past the end")
    func bits() {
        var bits = BitReader([0b1010_0110, 0b0001_0011])
        #expect([bits.golomb(), bits.golomb(), bits.golomb()] == [0, 1, 2])
        #expect(bits.bits(8) == 0b0000_1001)
        #expect(bits.bits(1) == 1)
        #expect(!bits.isPastEnd)
        #expect(bits.bits(1) == 0)
        #expect(bits.isPastEnd)
        var escaped = BitReader(unescaping: [0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3])
        #expect(escaped.bits(32) == 0x0000_0100)
        #expect(escaped.bits(32) == 0x0000_0000 | 0x0003)
        var long = BitReader([0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])
        #expect(long.golomb() == UInt32.max - 1)
        var endless = BitReader([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
        #expect(endless.golomb() == 0)
        #expect(endless.isPastEnd)
        var signed = BitReader([0b0100_1100, 0b1000_0101])
        #expect([signed.signedGolomb(), signed.signedGolomb()] == [1, -1])
        #expect(signed.signedGolomb() == 2)
    }
}
