// The EDID that the device makes for its display.

import Testing

@testable import VirtioDevices

@Suite("An EDID")
struct EDIDTests {
    private static let modes: [(UInt32, UInt32)] = [
        (1280, 720), (1920, 1080), (640, 360), (853, 479), (1, 1), (3840, 2160), (4095, 4095),
        (255, 256), (256, 255), (4095, 1), (1, 4095),
    ]

    @Test("has the magic, the version and a sum of 0 [GPU-I-013]", arguments: modes)
    func header(width: UInt32, height: UInt32) {
        let block = EDID.block(width: width, height: height)
        #expect(block.count == 128)
        #expect(Array(block.prefix(8)) == [0, 255, 255, 255, 255, 255, 255, 0])
        #expect(block[18] == 1)
        #expect(block[19] == 4)
        // No extension follows.
        #expect(block[126] == 0)
        #expect(block.reduce(0) { ($0 + Int($1)) % 256 } == 0)
    }

    @Test("prefers the mode: the first timing has its size at 60 Hz [GPU-I-013]", arguments: modes)
    func timing(width: UInt32, height: UInt32) {
        let block = EDID.block(width: width, height: height).map { UInt32($0) }
        #expect(block[56] | (block[58] >> 4) << 8 == width)
        #expect(block[59] | (block[61] >> 4) << 8 == height)
        let totalWidth = width + (block[57] | (block[58] & 15) << 8)
        let totalHeight = height + (block[60] | (block[61] & 15) << 8)
        let clock = (block[54] | block[55] << 8) * 10_000
        // A pixel clock takes 16 bits: above 655.35 MHz it is cut.
        if totalWidth * totalHeight * 60 <= 655_350_000 {
            #expect((59...60).contains(clock / (totalWidth * totalHeight)))
        } else {
            #expect(clock == 655_350_000)
        }
        // Byte 24, bit 1: the first timing is the preferred one.
        #expect(block[24] & 2 == 2)
    }

    @Test("clamps a mode that the format cannot say")
    func clamped() {
        let (least, most) = (EDID.block(width: 0, height: 0), EDID.block(width: .max, height: 4096))
        #expect(least == EDID.block(width: 1, height: 1))
        #expect(most == EDID.block(width: 4095, height: 4095))
    }

    @Test("names the display, in descriptors of 18 bytes")
    func name() {
        let block = EDID.block(width: 1280, height: 720)
        #expect(Array(block[72..<77]) == [0, 0, 0, 0xfc, 0])
        #expect(Array(block[77..<90]) == Array("virtio-share\n".utf8))
        for start in [90, 108] {
            #expect(
                Array(block[start..<(start + 18)]) == [0, 0, 0, 0x10, 0]
                    + Array(repeating: 0, count: 13))
        }
        // Manufacturer: three letters of five bits.
        let maker = Int(block[8]) << 8 | Int(block[9])
        #expect([maker >> 10, maker >> 5 & 31, maker & 31] == [22, 19, 8])
    }
}
