// Commands and responses of virtio-gpu: the first word says which.

struct GPUReader {
    let spec: Spec
    let detail: Detail
    let packet: Packet

    func report() -> MessageReport {
        var reader = StructReader(spec: spec, detail: detail, bytes: packet.bytes)
        var report = MessageReport(packet, title: "virtio-gpu message", proto: .gpu)
        guard reader.require(4, at: 0, for: "type of struct virtio_gpu_ctrl_hdr") else {
            report.findings = reader.findings
            return report
        }
        let code = reader.number(at: 0, size: 4)
        let entry = spec.value(code, in: "virtio_gpu_ctrl_type")
        let isResponse = code >= 0x1000
        let role = isResponse ? "response" : "command"
        report.title = entry?.name ?? "virtio-gpu \(role) \(NumberText.hex(code))"
        let found = spec.message(code, role: role, of: PacketKind.gpu.proto)
        guard let type = found?.structure ?? spec.structure("virtio_gpu_ctrl_hdr") else {
            return report
        }
        report.describe(type)
        let fields = reader.fields(of: type, at: 0)
        if entry == nil || code == 0 {
            reader.findings.removeAll { $0.offset == 0 }
            reader.error(
                at: 0, "\(NumberText.hex(code)) is no command and no response of virtio-gpu",
                report.clauses)
        }
        report.fields = fields
        report.finish(with: reader)
        return report
    }
}

extension MessageReport {
    init(_ packet: Packet, title: String, proto: PacketKind?) {
        self.init(
            proto: proto?.rawValue ?? "", title: title, label: packet.label,
            offset: packet.offset, size: packet.bytes.count, descriptors: packet.descriptors)
    }

    /// Takes over what the documents say about a structure that is a message.
    mutating func describe(_ type: Spec.Struct) {
        needs = type.needs
        answers = type.answers.map(\.label)
        errors = type.errors.map(\.label)
        clauses = type.clauses
    }

    /// Takes over the reader's findings, and says that bytes are left over.
    mutating func finish(with reader: StructReader) {
        var reader = reader
        let rest = reader.end - reader.furthest
        if rest > 0, !reader.findings.contains(where: { $0.kind == .error }) {
            reader.note(
                at: reader.furthest,
                "\(rest) byte\(rest == 1 ? "" : "s") behind what the tables have")
        }
        findings = reader.findings.sorted { $0.offset < $1.offset }
    }
}

extension SpecIndex.Code {
    fileprivate var label: String { name ?? code.map(NumberText.hex) ?? "?" }
}
