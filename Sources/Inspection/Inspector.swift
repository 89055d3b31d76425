// From packets to reports: chooses the reader, and remembers what a response needs to know.

/// Reads packets one after the other.
///
/// Media responses carry no word that says what they answer: the newest command before them does.
public struct Inspector: Sendable {
    private let spec: Spec
    private let detail: Detail
    private var request: String?

    public init(spec: Spec = .current, detail: Detail = .overview) {
        self.spec = spec
        self.detail = detail
    }

    /// Reads all messages of a packet, in order.
    public mutating func read(_ packet: Packet, _ report: (MessageReport) throws -> Void) throws {
        if let name = packet.structure {
            try report(try structure(name, packet))
            return
        }
        let kind = try packet.kind ?? recognize(packet)
        switch kind {
        case .gpu:
            try report(GPUReader(spec: spec, detail: detail, packet: packet).report())
        case .mediaCommand, .mediaResponse, .mediaEvent:
            var packet = packet
            if kind == .mediaResponse, packet.request == nil { packet.request = request }
            let reader = MediaReader(spec: spec, detail: detail, packet: packet)
            if kind == .mediaCommand { request = spec.request(ofCommand: packet.bytes) }
            try report(reader.report(kind))
        case .vhostUser, .vhostUserBackEnd, .vhostUserGPU:
            let reader = SocketReader(spec: spec, detail: detail, packet: packet, kind: kind)
            var next = 0
            repeat {
                let (result, end) = reader.report(from: next)
                try report(result)
                next = end
            } while next < packet.bytes.count
        }
    }

    /// The reports of a packet's messages.
    public mutating func reports(_ packet: Packet) throws -> [MessageReport] {
        var reports: [MessageReport] = []
        try read(packet) { reports.append($0) }
        return reports
    }

    private func structure(_ name: String, _ packet: Packet) throws(InputError) -> MessageReport {
        let plain = name.hasPrefix("struct ") ? String(name.dropFirst(7)) : name
        guard let type = spec.structure(plain) else { throw .unknownStructure(plain) }
        var reader = StructReader(spec: spec, detail: detail, bytes: packet.bytes)
        var report = MessageReport(packet, title: "struct \(type.name)", proto: nil)
        report.describe(type)
        report.fields = reader.fields(of: type, at: 0)
        report.finish(with: reader)
        return report
    }

    /// What a packet of unknown kind is: the one kind by which it is valid.
    public func recognize(_ packet: Packet) throws(InputError) -> PacketKind {
        // The back-end's channel has the numbers of the front-end's: only a name tells it.
        let kinds: [PacketKind] = [.gpu, .vhostUser, .vhostUserGPU, .mediaCommand]
        let fitting = kinds.filter { kind in
            guard isPlausible(packet, kind) else { return false }
            var probe = Inspector(spec: spec)
            var packet = packet
            packet.kind = kind
            return (try? probe.reports(packet).allSatisfy(\.isValid)) ?? false
        }
        if fitting.count == 1 { return fitting[0] }
        if fitting.count > 1 { throw .ambiguous(fitting.map(\.rawValue)) }
        let plausible = kinds.filter { isPlausible(packet, $0) }
        if plausible.count == 1 { return plausible[0] }
        throw .unrecognized
    }

    /// Whether the first bytes could be this protocol's, so that what is wrong is worth saying.
    private func isPlausible(_ packet: Packet, _ kind: PacketKind) -> Bool {
        let reader = StructReader(spec: spec, detail: detail, bytes: packet.bytes)
        guard packet.bytes.count >= 8 else { return false }
        let first = reader.number(at: 0, size: 4)
        let second = reader.number(at: 4, size: 4)
        switch kind {
        case .gpu: return spec.value(first, in: "virtio_gpu_ctrl_type") != nil && first != 0
        case .vhostUser:
            return second & 3 == 1 && second < 16
                && spec.value(first, in: "vhost_user_frontend_request") != nil
        case .vhostUserGPU:
            return (second == 0 || second == 4) && packet.bytes.count >= 12
                && reader.number(at: 8, size: 4) <= UInt64(packet.bytes.count - 12)
                && spec.value(first, in: "vhost_user_gpu_request") != nil
        default:
            return second == 0 && spec.value(first, in: "virtio_media_cmd") != nil
        }
    }
}
