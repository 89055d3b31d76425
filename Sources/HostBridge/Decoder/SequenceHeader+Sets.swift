// Sequence parameter sets of H.264 and HEVC, as far as size and buffering go.

extension SequenceHeader {
    private static let sideMax = UInt32(PictureFormat.sideMax)

    /// ITU-T H.264, 7.3.2.1.1 and E.1.1.
    static func h264(_ reader: BitReader) -> SequenceHeader? {
        var bits = reader
        let profile = bits.bits(8)
        let constraints = bits.bits(8)
        let level = bits.bits(8)
        _ = bits.golomb()
        var depth: UInt32 = 8
        let withChroma: Set<UInt32> = [
            100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
        ]
        if withChroma.contains(profile) {
            let chroma = bits.golomb()
            if chroma == 3 { bits.skip(1) }
            depth = 8 + min(bits.golomb(), 8)
            _ = bits.golomb()
            bits.skip(1)
            if bits.flag() { skipScalingLists(&bits, count: chroma == 3 ? 12 : 8) }
        }
        _ = bits.golomb()
        skipOrderCount(&bits)
        let references = bits.golomb()
        bits.skip(1)
        let (columns, rows) = (bits.golomb(), bits.golomb())
        let isFrames = bits.flag()
        guard columns < sideMax / 16, rows < sideMax / 16, references <= 16, !bits.isPastEnd else {
            return nil
        }
        let units = (rows + 1) * (isFrames ? 1 : 2)
        if !isFrames { bits.skip(1) }
        bits.skip(1)
        if bits.flag() { for _ in 0..<4 { _ = bits.golomb() } }
        var header = SequenceHeader(
            codedWidth: Int(columns + 1) * 16, codedHeight: Int(units) * 16, bitDepth: Int(depth),
            references: Int(references), mayHaveFields: !isFrames)
        let isIntraOrBaseline = profile == 66 || (constraints & 0x10 != 0 && profile >= 100)
        header.reordering =
            h264Reordering(&bits)
            ?? (isIntraOrBaseline ? 0 : framesMax(level, macroblocks: (columns + 1) * units))
        return header
    }

    private static func skipOrderCount(_ bits: inout BitReader) {
        switch bits.golomb() {
        case 0: _ = bits.golomb()
        case 1:
            bits.skip(1)
            _ = bits.signedGolomb()
            _ = bits.signedGolomb()
            let count = min(bits.golomb(), 255)
            for _ in 0..<count { _ = bits.signedGolomb() }
        default: break
        }
    }

    private static func skipScalingLists(_ bits: inout BitReader, count: Int) {
        for index in 0..<count where bits.flag() {
            var (last, next): (Int64, Int64) = (8, 8)
            for _ in 0..<(index < 6 ? 16 : 64) {
                if next != 0 {
                    next = (last + bits.signedGolomb() + 256) & 0xff
                }
                if next != 0 { last = next }
            }
        }
    }

    /// `max_num_reorder_frames`, where the set has it.
    private static func h264Reordering(_ bits: inout BitReader) -> Int? {
        guard bits.flag() else { return nil }
        if bits.flag(), bits.bits(8) == 255 { bits.skip(32) }
        if bits.flag() { bits.skip(1) }
        if bits.flag() {
            bits.skip(4)
            if bits.flag() { bits.skip(24) }
        }
        if bits.flag() {
            _ = bits.golomb()
            _ = bits.golomb()
        }
        if bits.flag() { bits.skip(65) }
        let hasNAL = bits.flag()
        if hasNAL { skipHRD(&bits) }
        let hasVCL = bits.flag()
        if hasVCL { skipHRD(&bits) }
        if hasNAL || hasVCL { bits.skip(1) }
        bits.skip(1)
        guard bits.flag() else { return nil }
        bits.skip(1)
        for _ in 0..<4 { _ = bits.golomb() }
        let reordering = bits.golomb()
        return bits.isPastEnd || reordering > 16 ? nil : Int(reordering)
    }

    private static func skipHRD(_ bits: inout BitReader) {
        let count = min(bits.golomb(), 31) + 1
        bits.skip(8)
        for _ in 0..<count {
            _ = bits.golomb()
            _ = bits.golomb()
            bits.skip(1)
        }
        bits.skip(20)
    }

    /// MaxDpbFrames of a level (table A-1).
    private static func framesMax(_ level: UInt32, macroblocks: UInt32) -> Int {
        let table: [(UInt32, UInt32)] = [
            (10, 396), (11, 900), (13, 2376), (20, 2376), (21, 4752), (30, 8100), (31, 18000),
            (32, 20480), (41, 32768), (42, 34816), (50, 110_400), (52, 184_320), (62, 696_320),
        ]
        let size = table.first { level <= $0.0 }?.1 ?? 696_320
        return min(16, Int(size / max(1, macroblocks)))
    }

    /// ITU-T H.265, 7.3.2.2.
    static func hevc(_ reader: BitReader) -> SequenceHeader? {
        var bits = reader
        bits.skip(4)
        let layers = Int(bits.bits(3))
        bits.skip(1)
        // General profile, tier and level; then those of the sub-layers.
        bits.skip(96)
        let present = (0..<layers).map { _ in (bits.flag(), bits.flag()) }
        if layers > 0 { bits.skip(2 * (8 - layers)) }
        for (hasProfile, hasLevel) in present {
            if hasProfile { bits.skip(88) }
            if hasLevel { bits.skip(8) }
        }
        _ = bits.golomb()
        if bits.golomb() == 3 { bits.skip(1) }
        let (width, height) = (bits.golomb(), bits.golomb())
        guard (1...sideMax).contains(width), (1...sideMax).contains(height) else { return nil }
        if bits.flag() { for _ in 0..<4 { _ = bits.golomb() } }
        let depth = 8 + min(bits.golomb(), 8)
        _ = bits.golomb()
        _ = bits.golomb()
        let isForAll = bits.flag()
        var (held, reordering): (UInt32, UInt32) = (1, 0)
        for _ in (isForAll ? 0 : layers)...layers {
            held = max(held, bits.golomb().addingReportingOverflow(1).partialValue)
            reordering = max(reordering, bits.golomb())
            _ = bits.golomb()
        }
        guard held <= 16, reordering <= 16, !bits.isPastEnd else { return nil }
        return SequenceHeader(
            codedWidth: Int(width), codedHeight: Int(height), bitDepth: Int(depth),
            references: Int(held), reordering: Int(reordering))
    }
}
