// Messages of the three sockets: a header, then a payload that the table of requests names.
// They follow each other without a gap: a packet may hold several.

struct SocketReader {
    let spec: Spec
    let detail: Detail
    let packet: Packet
    let kind: PacketKind

    private static let headerSize = 12
    private var names: String {
        switch kind {
        case .vhostUserBackEnd: "vhost_user_backend_request"
        case .vhostUserGPU: "vhost_user_gpu_request"
        default: "vhost_user_frontend_request"
        }
    }
    private var header: String {
        kind == .vhostUserGPU ? "vhost_user_gpu_hdr" : "vhost_user_hdr"
    }
    /// The clauses of exact sizes and of descriptors.
    private var sizeClause: String { kind == .vhostUserGPU ? "VUG-005" : "VU-005" }
    private var descriptorClause: String { kind == .vhostUserGPU ? "VUG-002" : "VU-006" }

    /// The message that begins at `start`, and where the next one does.
    func report(from start: Int) -> (MessageReport, next: Int) {
        let present = packet.bytes.count - start
        var size = present
        if present >= Self.headerSize {
            let probe = StructReader(spec: spec, detail: detail, bytes: packet.bytes)
            let payload = probe.number(
                at: start + 8, size: 4, isBigEndian: StructReader.hostIsBigEndian)
            size = Int(min(UInt64(present), UInt64(Self.headerSize) + payload))
        }
        var own = packet
        own.bytes = Array(packet.bytes[start..<start + size])
        own.offset = packet.offset + start
        var reader = StructReader(spec: spec, detail: detail, bytes: own.bytes)
        var report = MessageReport(own, title: "\(kind.rawValue) message", proto: kind)
        read(&reader, &report)
        report.finish(with: reader)
        // Behind a wrong size nobody knows where the next message begins.
        return (report, report.isValid ? start + size : packet.bytes.count)
    }

    private func read(_ reader: inout StructReader, _ report: inout MessageReport) {
        guard let type = spec.structure(header) else { return }
        report.fields = reader.fields(of: type, at: 0)
        guard !reader.isCut, let request = report["request"]?.number,
            let flags = report["flags"]?.number, let size = report["size"]?.number
        else { return }
        let entry = spec.request(request, in: names)
        let isReply = flags & 4 != 0
        if let entry {
            report.title = entry.name + (isReply ? ", reply" : "")
            report.fields[0].text = "\(entry.name) (\(request))"
        } else {
            reader.error(at: 0, "\(request) is no request of this channel", [unknownClause])
        }
        if kind != .vhostUserGPU, flags & 3 != 1 {
            reader.error(at: 4, "the version is \(flags & 3), expected 1", ["VU-003"])
        }
        if kind != .vhostUserGPU, isReply, flags & 8 != 0 {
            reader.error(at: 4, "a reply has the flag NEED_REPLY, expected 0x5", ["VU-004"])
        }
        guard let carried = entry else { return }
        report.needs = carried.gate
        report.clauses = carried.clauses
        if let expected = packet.isReply, expected != isReply {
            let text =
                expected ? "a request, where a reply is due" : "a reply, where a request is due"
            reader.error(at: 4, text, [kind == .vhostUserGPU ? "VUG-004" : "VU-003"])
            return
        }
        let isAck = isReply && carried.answer == .ack
        if isReply, carried.answer == .never {
            reader.error(
                at: 4, "this request has no reply", [kind == .vhostUserGPU ? "VUG-004" : "VU-008"])
            return
        }
        let before = report.fields.count
        let content = isAck ? .acknowledgement : isReply ? carried.reply : carried.payload
        payload(content, isOptional: isReply && carried.replyOptional, &reader, &report)
        let isOpen = content.map(hasRest) ?? false
        checkSize(size, isOpen: isOpen, &reader)
        let allowed =
            isAck ? 0...0 : isReply ? carried.replyDescriptors.closed : carried.descriptors.closed
        if let count = packet.descriptors, !allowed.contains(count) {
            reader.error(
                at: 0, "\(count) descriptors, expected \(allowed.text)", [descriptorClause])
        }
        guard !reader.isCut else { return }
        SocketRules(
            kind: kind, request: carried.name, descriptors: packet.descriptors, size: size
        ).check(Array(report.fields[before...]), isReply: isReply, &reader)
    }

    /// Whether a payload takes whatever bytes there are.
    private func hasRest(_ type: SpecIndex.TypeName) -> Bool {
        if type.kind != .structure { return type.count == 0 }
        return spec.structure(type.name)?.trailing.contains { $0.countField == nil } ?? false
    }

    /// The header's size is what the payload takes; then all of it is there.
    private func checkSize(_ size: UInt64, isOpen: Bool, _ reader: inout StructReader) {
        let there = UInt64(reader.end - Self.headerSize)
        if reader.isCut {
            if size <= there { reader.blame(8, "size is \(size)", [sizeClause]) }
            return
        }
        let taken = UInt64(max(reader.furthest - Self.headerSize, 0))
        if size > taken, !isOpen {
            reader.error(at: 8, "size is \(size), expected \(taken)", [sizeClause])
        } else if size > there {
            reader.error(
                at: reader.end, "size is \(size), \(there) bytes of payload are there",
                [sizeClause])
        }
    }

    private var unknownClause: String { kind == .vhostUserGPU ? "VUG-005" : "VU-010" }

    private func payload(
        _ type: SpecIndex.TypeName?, isOptional: Bool, _ reader: inout StructReader,
        _ report: inout MessageReport
    ) {
        let start = Self.headerSize
        guard let type else { return }
        let there = reader.end - start
        if isOptional && there == 0 { return }
        // `u8[]`
        if type.count == 0 {
            guard reader.require(there, at: start, for: "payload") else { return }
            report.fields.append(
                reader.data("payload", type: "u8[\(there)]", swift: nil, at: start, size: there))
            return
        }
        if type.kind == .structure {
            guard let structure = spec.structure(type.name) else { return }
            let fields = reader.fields(of: structure, at: start)
            report.fields.append(
                Field(
                    "payload", type: type.text, offset: start, size: reader.furthest - start,
                    fields: fields))
            return
        }
        let base =
            type.kind == .flags
            ? spec.flagSet(type.name)?.base : spec.enumeration(type.name)?.base
        let width = SpecIndex.integerSize(base ?? type.name)
        guard reader.require(width, at: start, for: type.name, clauses: [sizeClause]) else {
            return
        }
        report.fields.append(
            reader.value(
                "payload", type: type, swift: nil, at: start, size: width,
                isBigEndian: StructReader.hostIsBigEndian))
    }
}

extension SpecIndex.TypeName {
    /// The u64 that says whether a request went well.
    static let acknowledgement = Self(kind: .integer, name: "u64", count: nil)
}

extension SpecIndex {
    /// The bytes of `u32` and its like.
    static func integerSize(_ name: String) -> Int {
        (Int(name.dropFirst()) ?? 8) / 8
    }
}

extension ClosedRange<Int> {
    fileprivate var text: String {
        lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
    }
}
