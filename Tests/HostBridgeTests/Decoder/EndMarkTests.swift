// The end of a stream, as the stream says it.

import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

@Suite("The end of a stream")
struct EndMarkTests {
    private func ends(_ bytes: [UInt8], _ fourcc: V4L2.FourCC) -> Bool {
        EndMark.ends(CodedUnit(bytes: bytes, token: 0), of: fourcc)
    }

    @Test("is the last NAL unit of a unit: 11 in H.264, 37 in HEVC, with zeros behind it or none")
    func marks() {
        let h264: [UInt8] = [0, 0, 1, 0x0b]
        let hevc: [UInt8] = [0, 0, 1, 0x4a, 1]
        for tail in 0..<3 {
            let zeros = [UInt8](repeating: 0, count: tail)
            #expect(ends([0, 0, 1, 0x65, 0x88] + h264 + zeros, .h264))
            #expect(ends(h264 + zeros, .h264))
            #expect(ends([0, 0, 1, 0x26, 1, 0x80] + hevc + zeros, .hevc))
        }
        #expect(!ends(h264 + [0, 0, 1, 0x65], .h264))
        #expect(!ends(h264, .hevc))
        #expect(!ends(hevc, .h264))
        // The end of a sequence: a stream may go on behind it.
        #expect(!ends([0, 0, 1, 0x0a], .h264))
        #expect(!ends([0, 0, 1, 0x48, 1], .hevc))
        #expect(!ends([0, 0, 1, 0xb7], .mpeg2))
    }

    @Test("is none in bytes that are too few, and none in zeros")
    func short() {
        for count in 0..<4 {
            #expect(!ends(Array([0, 0, 1, 0x0b].suffix(count)), .h264))
            #expect(!ends([UInt8](repeating: 0, count: count), .hevc))
        }
        #expect(!ends([], SimulatedUnit.fourcc))
    }
}
