// Commands, responses and events of virtio-media. An ioctl's payload and what its pointers point at
// follow the command and the response; Spec/media.md, "What follows an ioctl".

struct MediaReader {
    let spec: Spec
    let detail: Detail
    let packet: Packet

    func report(_ kind: PacketKind) -> MessageReport {
        var reader = StructReader(spec: spec, detail: detail, bytes: packet.bytes)
        var report = MessageReport(packet, title: "virtio-media message", proto: kind)
        switch kind {
        case .mediaResponse: response(&reader, &report)
        case .mediaEvent: whole("event", "virtio_media_event", &reader, &report)
        default: command(&reader, &report)
        }
        report.finish(with: reader)
        return report
    }

    /// A message whose first word tells all of it.
    private func whole(
        _ role: String, _ names: String, _ reader: inout StructReader,
        _ report: inout MessageReport
    ) {
        guard reader.require(4, at: 0, for: "\(role) word") else { return }
        let code = reader.number(at: 0, size: 4)
        guard let found = spec.message(code, role: role, of: PacketKind.mediaCommand.proto) else {
            report.title = "virtio-media \(role) \(code)"
            reader.error(at: 0, "\(code) is no \(role) of virtio-media", ["MED-O-001"])
            return
        }
        report.title = spec.value(code, in: names)?.name ?? found.structure.name
        report.describe(found.structure)
        report.fields += reader.fields(of: found.structure, at: 0)
    }

    private func command(_ reader: inout StructReader, _ report: inout MessageReport) {
        whole("command", "virtio_media_cmd", &reader, &report)
        guard let code = report["hdr.cmd"]?.number else { return }
        guard code == Spec.ioctlCommand, let ioctl = report["code"]?.number, !reader.isCut else {
            return
        }
        guard let rule = spec.ioctl(ioctl) else {
            report.title += ", ioctl \(ioctl)"
            reader.note(
                at: 12, "\(ioctl) is no ioctl's number: the answer is ENOTTY",
                ["MED-I-016", "MED-D-007"])
            return
        }
        report.title = rule.name + ", command"
        guard rule.isToDevice else { return }
        payload(of: rule, at: 16, isCommand: true, &reader, &report)
    }

    private func response(_ reader: inout StructReader, _ report: inout MessageReport) {
        report.title = "virtio-media response"
        guard let type = spec.structure("virtio_media_resp_header"),
            reader.require(8, at: 0, for: "struct virtio_media_resp_header")
        else { return }
        let isFailure = reader.number(at: 0, size: 4) != 0
        let isBare = packet.bytes.count == 8
        guard let request = packet.request else {
            report.fields = reader.fields(of: type, at: 0)
            if !isBare {
                reader.error(
                    at: 8,
                    "\(packet.bytes.count - 8) bytes follow the header: what they are "
                        + "depends on the request, which is not known")
            }
            return
        }
        report.title = "\(request), response"
        if let found = spec.ioctl(named: request) {
            report.title = "\(found.name), response"
            let header = spec.structure("virtio_media_resp_ioctl") ?? type
            report.describe(header)
            report.fields = reader.fields(of: header, at: 0)
            guard found.isFromDevice, !(isFailure && isBare) else { return }
            payload(of: found, at: 8, isCommand: false, &reader, &report)
            return
        }
        guard let command = spec.command(named: request),
            let code = command.bytes.first.map(UInt64.init)
        else {
            report.fields = reader.fields(of: type, at: 0)
            reader.error(at: 0, "\(request) is no command and no ioctl of virtio-media")
            return
        }
        report.title = "\(command.name), response"
        let found = spec.message(code, role: "response", of: PacketKind.mediaCommand.proto)
        let structure = isFailure && isBare ? type : found?.structure ?? type
        report.describe(structure)
        report.fields = reader.fields(of: structure, at: 0)
    }

    // MARK: Payloads

    private func payload(
        of rule: SpecIndex.Ioctl, at offset: Int, isCommand: Bool, _ reader: inout StructReader,
        _ report: inout MessageReport
    ) {
        guard let name = rule.payload?.name else { return }
        guard
            reader.require(
                rule.size, at: offset, for: "\(name) of \(rule.name)",
                clauses: ["MED-R-002", "MED-I-017"])
        else { return }
        guard let type = spec.structure(name) else {
            report.fields.append(
                plain(name, of: rule, at: offset, &reader))
            return
        }
        report.clauses += type.clauses
        let fields = reader.fields(of: type, at: offset)
        let own = Field(
            "payload", type: "struct \(name)", offset: offset, size: reader.furthest - offset,
            fields: fields)
        guard !reader.isCut else {
            report.fields.append(own)
            return
        }
        report.fields.append(own)
        var next = own.offset + own.size
        switch name {
        case "v4l2_buffer":
            buffer(own, isCommand: isCommand, at: &next, &reader, &report)
        case "v4l2_exportbuffer":
            uuids(1, at: &next, &reader, &report)
        case "v4l2_ext_controls" where isCommand:
            for control in own["elements"]?.fields ?? [] {
                let size = control["size"]?.number ?? 0
                entries(size, of: "control " + control.name, at: &next, &reader, &report)
            }
        default: break
        }
    }

    /// A payload without a table: an integer, or a structure that no decoder has.
    private func plain(
        _ name: String, of rule: SpecIndex.Ioctl, at offset: Int, _ reader: inout StructReader
    ) -> Field {
        let isInteger = ["i32", "u32", "u64"].contains(name)
        guard isInteger else {
            return reader.data(
                "payload", type: "u8[\(rule.size)]", swift: nil, at: offset, size: rule.size)
        }
        let isStream = ["VIDIOC_STREAMON", "VIDIOC_STREAMOFF"].contains(rule.name)
        let type = SpecIndex.TypeName(
            kind: isStream ? .enumeration : .integer, name: isStream ? "v4l2_buf_type" : name)
        return reader.value(
            "payload", type: type, swift: nil, at: offset, size: rule.size,
            isBigEndian: false)
    }

    /// What follows a buffer: planes, then pieces of memory or names.
    private func buffer(
        _ buffer: Field, isCommand: Bool, at next: inout Int, _ reader: inout StructReader,
        _ report: inout MessageReport
    ) {
        let isMultiPlanar = [9, 10].contains(buffer["type"]?.number ?? 0)
        let length = buffer["length"]?.number ?? 0
        var planes: [Field] = []
        if isMultiPlanar {
            guard length <= UInt64(InspectionLimits.planesMax) else {
                reader.error(
                    at: buffer.offset + 72,
                    "length is \(length), a buffer has at most "
                        + "\(InspectionLimits.planesMax) planes", ["MED-O-003"])
                return
            }
            guard let plane = spec.structure("v4l2_plane") else { return }
            for index in 0..<Int(length) {
                let what = "plane \(index)"
                guard
                    reader.require(plane.size, at: next, for: what, clauses: ["MED-I-001"])
                else { return }
                planes.append(
                    Field(
                        "planes[\(index)]", type: "struct v4l2_plane", offset: next,
                        size: plane.size, fields: reader.fields(of: plane, at: next)))
                next += plane.size
            }
            report.fields += planes
        }
        switch buffer["memory"]?.number {
        case 2 where isCommand:
            let areas =
                isMultiPlanar
                ? planes.map { ($0.name, $0["length"]) } : [("the buffer", buffer["length"])]
            for (name, length) in areas {
                entries(length?.number ?? 0, of: name, at: &next, &reader, &report)
            }
        case 4:
            uuids(isMultiPlanar ? planes.count : 1, at: &next, &reader, &report)
        default: break
        }
    }

    private func uuids(
        _ count: Int, at next: inout Int, _ reader: inout StructReader,
        _ report: inout MessageReport
    ) {
        for index in 0..<count {
            let clauses = ["MED-I-006", "MED-I-007"]
            guard reader.require(16, at: next, for: "UUID \(index)", clauses: clauses) else {
                return
            }
            report.fields.append(
                reader.data(
                    count == 1 ? "uuid" : "uuid[\(index)]", type: "u8[16]", swift: "ResourceUUID",
                    at: next, size: 16))
            next += 16
        }
    }

    /// Pieces of guest memory until they cover `length` bytes.
    private func entries(
        _ length: UInt64, of what: String, at next: inout Int, _ reader: inout StructReader,
        _ report: inout MessageReport
    ) {
        guard let type = spec.structure("virtio_media_sg_entry") else { return }
        var covered: UInt64 = 0
        var shown: [Field] = []
        let start = next
        var count = 0
        while covered < length {
            guard
                reader.require(
                    type.size, at: next,
                    for: "entry \(count) of \(what), \(covered) of \(length) bytes covered,",
                    clauses: ["MED-I-002", "MED-I-003"])
            else { break }
            let fields = reader.fields(of: type, at: next)
            if count < detail.elementsMax {
                shown.append(
                    Field(
                        "[\(count)]", type: "struct virtio_media_sg_entry", offset: next,
                        size: type.size, fields: fields))
            }
            covered =
                covered.addingReportingOverflow(reader.number(at: next + 8, size: 4)).partialValue
            next += type.size
            count += 1
        }
        guard count > 0 else { return }
        report.fields.append(
            Field(
                "entries of \(what)", type: "struct virtio_media_sg_entry[\(count)]",
                offset: start, size: next - start, text: "\(covered) bytes in \(count)",
                fields: shown, omitted: count - shown.count))
    }
}
