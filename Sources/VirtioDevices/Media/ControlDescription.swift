internal import HostBridge
internal import VirtioWire

/// A control that sessions have.
struct ControlDescription {
    let id: V4L2.ControlID
    let type: V4L2.ControlType
    let name: String
    var minimum: Int64 = 0
    var maximum: Int64 = 0
    var step: UInt64 = 0
    var defaultValue: Int64 = 0
    var flags: V4L2.ControlFlags = []
    /// The choices of a menu; numbers between them that are missing cannot be chosen.
    var menu: [Int64: String] = [:]

    /// Sorted by id.
    static func all(for decoders: [DecoderDescription]) -> [ControlDescription] {
        let profiles = decoders.compactMap { profile(of: $0.fourcc) }
        var all = [
            ControlDescription(
                id: .userClass, type: .ctrlClass, name: "User Controls",
                flags: [.readOnly, .writeOnly]),
            ControlDescription(
                id: .minBuffersForCapture, type: .integer, name: "Min Number of Capture Buffers",
                minimum: 1, maximum: Int64(MediaLimits.buffersMax), step: 1, defaultValue: 1,
                flags: [.readOnly, .volatile]),
            ControlDescription(
                id: .minBuffersForOutput, type: .integer, name: "Min Number of Output Buffers",
                minimum: 1, maximum: 1, step: 1, defaultValue: 1, flags: .readOnly),
        ]
        let hasDelay = decoders.contains { $0.makeUndelayed != nil }
        if hasDelay || !profiles.isEmpty {
            all.append(
                ControlDescription(
                    id: .codecClass, type: .ctrlClass, name: "Codec Controls",
                    flags: [.readOnly, .writeOnly]))
        }
        if hasDelay {
            all.append(
                ControlDescription(
                    id: .decDisplayDelay, type: .integer, name: "Display Delay", step: 1))
            all.append(
                ControlDescription(
                    id: .decDisplayDelayEnable, type: .boolean, name: "Display Delay Enable",
                    maximum: 1, step: 1))
        }
        return (all + profiles).sorted { $0.id.rawValue < $1.id.rawValue }
    }

    /// The profiles that decode to what CAPTURE can carry: 4:2:0 of 8 bit, and of 10.
    private static func profile(of fourcc: V4L2.FourCC) -> ControlDescription? {
        switch fourcc {
        case .h264:
            menu(
                .h264Profile, "H264 Profile", 4,
                [
                    0: "Baseline", 1: "Constrained Baseline", 2: "Main", 3: "Extended", 4: "High",
                    5: "High 10",
                ])
        case .hevc:
            menu(
                .hevcProfile, "HEVC Profile", 0, [0: "Main", 1: "Main Still Picture", 2: "Main 10"])
        case .vp8: menu(.vp8Profile, "VP8 Profile", 0, [0: "0", 1: "1", 2: "2", 3: "3"])
        case .vp9: menu(.vp9Profile, "VP9 Profile", 0, [0: "0", 2: "2"])
        case .mpeg2: menu(.mpeg2Profile, "MPEG2 Profile", 1, [0: "Simple", 1: "Main"])
        case .av1: menu(.av1Profile, "AV1 Profile", 0, [0: "Main"])
        default: nil
        }
    }

    private static func menu(
        _ id: V4L2.ControlID, _ name: String, _ defaultValue: Int64, _ items: [Int64: String]
    ) -> ControlDescription {
        ControlDescription(
            id: id, type: .menu, name: name, maximum: items.keys.max() ?? 0, step: 1,
            defaultValue: defaultValue, flags: .readOnly, menu: items)
    }
}
