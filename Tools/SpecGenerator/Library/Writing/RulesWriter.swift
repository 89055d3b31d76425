// The rules of a table of messages in Swift: sizes, descriptors, answers and gates by request.

struct RulesWriter {
    let specification: Specification

    /// Paths below the folder of generated codecs, and texts.
    func files() -> [(path: String, text: String)] {
        specification.documents.compactMap { document in
            let tables = document.enums.filter(\.isMessageTable)
            guard let swift = tables.first?.swift,
                let namespace = swift.split(separator: ".").first
            else { return nil }
            let head =
                "// Generated from \(document.path), the tables of messages: `make generate` writes it "
                + "anew.\n"
            let text = tables.map(extensionText).joined()
            return ("\(namespace)/\(namespace)Rules.swift", head + text)
        }
    }

    private func extensionText(_ table: EnumDefinition) -> String {
        var lines = ["", "extension \(table.swift ?? "") {"]
        lines.append(
            "    /// What the request and its reply carry; nil for a number that is no request.")
        lines.append("    public var rule: MessageRule? {")
        lines.append("        switch rawValue {")
        for (value, row) in zip(table.values, table.messages) {
            lines.append("        // \(value.name)")
            lines.append("        case \(value.literal):")
            lines.append("            MessageRule(")
            lines += arguments(row).map { "                " + $0 }
        }
        lines += ["        default: nil", "        }", "    }", "}", ""]
        return lines.joined(separator: "\n")
    }

    private func arguments(_ row: MessageRow) -> [String] {
        let request = content(row.payload, isOptional: false, descriptors: row.descriptors)
        let isAcknowledged = row.answer == "ack"
        let reply =
            isAcknowledged
            ? ".init(sizeBytes: 8)"
            : content(
                row.reply, isOptional: row.isReplyOptional, descriptors: row.replyDescriptors)
        let answer = isAcknowledged ? ".acknowledgement" : ".\(row.answer)"
        var arguments: [String] = []
        if let request { arguments.append("request: \(request)") }
        if let reply { arguments.append("reply: \(reply)") }
        arguments.append("answer: \(answer)")
        let mask = protocolFeature(row.gate)
        if mask != 0 { arguments.append("protocolFeature: 0x\(String(mask, radix: 16))") }
        return arguments.dropLast().map { $0 + "," } + [(arguments.last ?? "") + ")"]
    }

    private func content(
        _ type: FieldType?, isOptional: Bool, descriptors: ClosedRange<Int>
    ) -> String? {
        var arguments: [String] = []
        if let type {
            // `u8[]`: any number of bytes.
            let isAnything = type.count == 0
            let size = isAnything ? 0 : specification.elementSize(type) ?? 0
            arguments.append("sizeBytes: \(size)")
            let trailing = specification.structs[type.name]?.trailing ?? []
            if isAnything || type.kind == .structure && !trailing.isEmpty {
                arguments.append("isExtended: true")
            }
            if isOptional { arguments.append("isOptional: true") }
        }
        if descriptors != 0...0 {
            arguments.append("descriptors: \(descriptors.lowerBound)...\(descriptors.upperBound)")
        }
        return arguments.isEmpty ? nil : ".init(\(arguments.joined(separator: ", ")))"
    }

    /// The mask of a gate that is a protocol feature.
    private func protocolFeature(_ gate: [String]) -> UInt64 {
        specification.documents.flatMap(\.enums)
            .filter { $0.isFlags && $0.name.hasSuffix("_PROTOCOL_F") && $0.name.hasPrefix("VHOST") }
            .flatMap(\.values).filter { gate.contains($0.name) }
            .reduce(0) { $0 | $1.value }
    }
}
