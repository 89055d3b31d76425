// Whether a coded unit ends its stream by itself: the stateful decoder then drains as if the driver
// had asked for it.

internal import VirtioWire

/// The mark of a stream's end, which is a unit's last NAL unit.
enum EndMark {
    /// End of stream (H.264, 7.3.2.6) and end of bitstream (HEVC, 7.3.2.7). MPEG-2's sequence_end
    /// ends a sequence, behind which a stream may go on: it is none.
    private static let h264: [UInt8] = [0, 0, 1, 0x0b]
    private static let hevc: [UInt8] = [0, 0, 1, 0x4a, 1]

    static func ends(_ unit: CodedUnit, of fourcc: V4L2.FourCC) -> Bool {
        let mark: [UInt8]
        switch fourcc {
        case .h264: mark = h264
        case .hevc: mark = hevc
        case SimulatedUnit.fourcc: return SimulatedUnit.isEnd(unit.bytes)
        default: return false
        }
        // Zeros may follow any NAL unit.
        guard let last = unit.bytes.lastIndex(where: { $0 != 0 }) else { return false }
        return unit.bytes[...last].suffix(mark.count).elementsEqual(mark)
    }
}
