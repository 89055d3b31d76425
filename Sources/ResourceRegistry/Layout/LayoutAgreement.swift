// Requirements flow to whoever allocates: devices agree on a layout before there is an object.
// [CAP-7]

internal import VirtioWire

/// What several devices can all use, or why there is nothing.
public enum LayoutAgreement: Equatable, Sendable {
    /// What two devices, or all of them together, do not have in common.
    public enum Obstacle: String, Sendable { case format, alignment, placement }

    /// The smallest common layout, the object's size, and where it may live.
    case agreed(PixelLayout, sizeBytes: UInt64, placement: BackingKinds)
    /// The first two devices that cannot agree, in the order of asking.
    case conflict(Participant, Participant, Obstacle)
    /// Any two could, all of them cannot.
    case groupConflict(Obstacle)
    /// Nobody can compute such a picture: no known format, or a side of nothing or too much.
    case impossible
}

extension ResourceRegistry {
    /// Finds the smallest layout that all `devices` can use without a copy.
    ///
    /// - Parameters:
    ///   - formats: what the caller can make, the best first; of layouts of one size the earlier
    ///     format is taken.
    ///   - allocator: who will export the object; its exports count, and its imports do not.
    public func agreeOnLayout(
        width: UInt32, height: UInt32, formats: [PixelFormat], allocator: Participant,
        devices: [Participant]
    ) -> LayoutAgreement {
        let known = formats.filter { FormatGeometry($0.fourcc) != nil }
        guard !known.isEmpty, (1...FormatGeometry.sideMax).contains(width),
            (1...FormatGeometry.sideMax).contains(height)
        else { return .impossible }
        let others = devices.filter { $0 != allocator }
        let all = [allocator] + others
        for (index, first) in all.enumerated() {
            for second in all[(index + 1)...] {
                if let obstacle = Negotiation(known, allocator, [first, second]).obstacle {
                    return .conflict(first, second, obstacle)
                }
            }
        }
        let negotiation = Negotiation(known, allocator, all)
        if let obstacle = negotiation.obstacle { return .groupConflict(obstacle) }
        return negotiation.smallest(width: width, height: height)
    }
}

/// What some devices have in common.
private struct Negotiation {
    var formats: [PixelFormat]
    var alignment: LayoutAlignment? = LayoutAlignment()
    var placement: BackingKinds

    init(_ formats: [PixelFormat], _ allocator: Participant, _ devices: [Participant]) {
        self.formats = formats
        placement = [.cpuVisible, .deviceMemory]
        for device in devices {
            let wants = device.capabilities
            if !wants.formats.isEmpty {
                self.formats.removeAll { !wants.formats.contains($0) }
            }
            alignment = alignment?.joined(with: wants.alignment)
            if device == allocator {
                placement.formIntersection(wants.exports)
                continue
            }
            guard !Self.isKin(device, allocator) else { continue }
            placement.formIntersection(wants.imports)
            if !wants.isPeerToPeer || !allocator.capabilities.isPeerToPeer {
                placement.remove(.deviceMemory)
            }
        }
    }

    private static func isKin(_ a: Participant, _ b: Participant) -> Bool {
        guard let driver = a.capabilities.driver else { return false }
        return driver == b.capabilities.driver
    }

    var obstacle: LayoutAgreement.Obstacle? {
        if formats.isEmpty { return .format }
        if alignment == nil { return .alignment }
        return placement.isEmpty ? .placement : nil
    }

    func smallest(width: UInt32, height: UInt32) -> LayoutAgreement {
        var best: (layout: PixelLayout, sizeBytes: UInt64)?
        for format in formats {
            guard let alignment, let geometry = FormatGeometry(format.fourcc),
                let layout = geometry.layout(format, width: width, height: height, alignment)
            else { continue }
            if best.map({ layout.sizeBytes < $0.sizeBytes }) ?? true { best = layout }
        }
        guard let best else { return .impossible }
        return .agreed(best.layout, sizeBytes: best.sizeBytes, placement: placement)
    }
}
