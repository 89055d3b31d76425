// Wireshark dissectors: the tables as Lua, the engine, and what each kind of protocol adds.

struct LuaWriter {
    let specification: Specification

    /// Paths below `Spec/dissector`, and texts: one for each document that has messages.
    func files() -> [(path: String, text: String)] {
        specification.documents.compactMap { document in
            entry(of: document).map { ("\(document.proto).lua", text(of: document, entry: $0)) }
        }
    }

    private func text(of document: Document, entry: String) -> String {
        let structs = reachable(from: document)
        let used =
            structs.flatMap { $0.fields.map(\.type) + $0.trailing.map(\.type) }
            + document.enums.flatMap(\.messages).flatMap {
                [$0.payload, $0.reply].compactMap { $0 }
            }
        let names = Set(used.map(\.name)).union(document.enums.map(\.name))
        let enums = specification.documents.flatMap(\.enums).filter { names.contains($0.name) }
        var out = """
            -- Generated from \(document.path): `make generate` writes it anew.
            -- wireshark -X lua_script:\(document.proto).lua; FORMAT.md of the generator names the packets.

            local main = Proto("\(document.proto)", "\(document.title)")

            local enums, flags, structs = {}, {}, {}

            """
        for type in enums { out += "\n" + lua(type) }
        for type in structs { out += "\n" + lua(type) }
        return out + "\n" + LuaEngine.text + entry + "\nmain.fields = registered\n"
    }

    // MARK: What belongs to a protocol

    private var ioctlCodes: EnumDefinition? {
        specification.enums.values.first { $0.sentences.codesOf.contains(.ioctl) }
    }

    private func usesIoctls(_ document: Document) -> Bool {
        guard let codes = ioctlCodes else { return false }
        return document.structs.contains { $0.fields.contains { $0.type.name == codes.name } }
    }

    /// A document's structs, what ioctls carry when it runs them, and all that these are made of.
    private func reachable(from document: Document) -> [StructDefinition] {
        var names = document.structs.map(\.name)
        if usesIoctls(document) { names += roles(.ioctl, in: specification.documents).map(\.1) }
        let rows = document.enums.flatMap(\.messages)
        names += rows.flatMap { [$0.payload, $0.reply] }.compactMap { $0 }
            .filter { $0.kind == .structure }.map(\.name)
        var found: Set<String> = []
        while let name = names.popLast() {
            guard let type = specification.structs[name], found.insert(name).inserted else {
                continue
            }
            names += (type.fields.map(\.type) + type.trailing.map(\.type))
                .filter { $0.kind == .structure }.map(\.name)
        }
        return specification.documents.flatMap(\.structs).filter { found.contains($0.name) }
    }

    private func roles(_ role: Role, in documents: [Document]) -> [(UInt64, String)] {
        documents.flatMap(\.structs).flatMap { type in
            type.sentences.messages.filter { $0.role == role }.map { ($0.code, type.name) }
        }
    }

    // MARK: Tables

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Numbers of more than 32 bits are Wireshark's own.
    private static func number(_ value: UInt64) -> String {
        if value <= UInt64(UInt32.max) { return "0x" + String(value, radix: 16) }
        let (low, high) = (value & 0xffff_ffff, value >> 32)
        return "UInt64(0x\(String(low, radix: 16)), 0x\(String(high, radix: 16)))"
    }

    private func lua(_ type: EnumDefinition) -> String {
        if type.isFlags {
            var out = "flags.\(type.name) = { base = \"\(type.base)\", bits = {\n"
            for value in type.values {
                let name =
                    value.name.hasPrefix(type.name + "_")
                    ? String(value.name.dropFirst(type.name.count + 1)) : value.name
                let single = value.value.nonzeroBitCount == 1 ? ", single = true" : ""
                out += "    { \(Self.number(value.value)), \(Self.quoted(name))\(single) },\n"
            }
            return out + "} }\n"
        }
        let isHex = type.values.contains { $0.literal.hasPrefix("0x") }
        var out = "enums.\(type.name) = { base = \"\(type.base)\", hex = \(isHex), values = {\n"
        for value in type.values {
            out += "    [\(Self.number(value.value))] = \(Self.quoted(value.name)),\n"
        }
        return out + "} }\n"
    }

    private func lua(_ type: StructDefinition) -> String {
        var out = "structs.\(type.name) = { size = \(type.size), rows = {\n"
        for field in type.fields {
            guard let name = field.name else { continue }
            var row = "\"\(name)\", \(field.offset), " + lua(field.type)
            if let count = field.type.count { row += ", count = \(count), size = \(field.size)" }
            if field.swift?.type == "String" { row += ", text = true" }
            if let condition = field.condition {
                let values = condition.values.map { "[\($0)] = true" }.joined(separator: ", ")
                row +=
                    condition.field.map { ", on = { \"\($0)\", { \(values) } }" }
                    ?? ", otherwise = true"
            }
            out += "    { \(row) },\n"
        }
        out += "}, trailing = {\n"
        for array in type.trailing {
            var row = "\"\(array.name)\", 0, " + lua(array.type)
            row += array.countField.map { ", counted = \"\($0)\"" } ?? ", rest = true"
            out += "    { \(row), element = \(array.elementSize) },\n"
        }
        return out + "} }\n"
    }

    private func lua(_ type: FieldType) -> String {
        switch type.kind {
        case .integer: "\"\(type.name)\""
        case .structure, .enumeration, .flags: "\"\(type.kind.rawValue)\", \"\(type.name)\""
        }
    }

    // MARK: Messages

    private func entry(of document: Document) -> String? {
        let channels = document.enums.filter(\.isMessageTable)
        if !channels.isEmpty { return channelEntry(channels) }
        let commands = roles(.command, in: [document])
        let responses = roles(.response, in: [document])
        guard !commands.isEmpty, let codes = codes(of: .command, in: document) else { return nil }
        if responses.allSatisfy({ startsWith(codes, struct: $0.1) }) {
            return "local code_enum = \"\(codes.name)\"\n"
                + "local header = \"\(header(of: codes, in: document))\"\n"
                + table("messages", commands + responses) + LuaEngine.selfDescribing
        }
        return sessionEntry(document, codes: codes, commands: commands, responses: responses)
    }

    private func codes(of role: Role, in document: Document) -> EnumDefinition? {
        document.enums.first { $0.sentences.codesOf.contains(role) }
    }

    /// Whether a struct begins with a code of `codes`, itself or in its header.
    private func startsWith(_ codes: EnumDefinition, struct name: String) -> Bool {
        guard let first = specification.structs[name]?.fields.first else { return false }
        return first.type.kind == .structure
            ? startsWith(codes, struct: first.type.name) : first.type.name == codes.name
    }

    /// The smallest struct that begins with a code.
    private func header(of codes: EnumDefinition, in document: Document) -> String {
        let types = document.structs.filter { startsWith(codes, struct: $0.name) }
        return types.min { $0.size < $1.size }?.name ?? ""
    }

    private func table(_ name: String, _ rows: [(UInt64, String)]) -> String {
        let lines = rows.sorted { $0.0 < $1.0 }
            .map { "    [\(Self.number($0.0))] = \"\($0.1)\",\n" }
        return "local \(name) = {\n" + lines.joined() + "}\n"
    }

    private func sessionEntry(
        _ document: Document, codes: EnumDefinition, commands: [(UInt64, String)],
        responses: [(UInt64, String)]
    ) -> String {
        let events = self.codes(of: .event, in: document)
        let smallest = responses.compactMap { specification.structs[$0.1] }
            .flatMap { type in
                [type]
                    + type.fields.filter { $0.offset == 0 }
                    .compactMap { specification.structs[$0.type.name] }
            }
            .min { $0.size < $1.size }
        return "local command_enum = \"\(codes.name)\"\n"
            + "local command_header = \"\(header(of: codes, in: document))\"\n"
            + "local event_enum = \"\(events?.name ?? "")\"\n"
            + "local event_header = \"\(events.map { header(of: $0, in: document) } ?? "")\"\n"
            + "local response_header = \"\(smallest?.name ?? "")\"\n"
            + "local ioctl_enum = \"\(ioctlCodes?.name ?? "")\"\n"
            + table("commands", commands) + table("responses", responses)
            + table("events", roles(.event, in: [document]))
            + table("ioctls", roles(.ioctl, in: specification.documents))
            + table("ioctl_numbers", ioctlNumbers) + LuaEngine.ioctlPayloads
            + LuaEngine.commandsAndResponses
    }

    /// The ioctls whose payload is an integer, and which.
    private var ioctlNumbers: [(UInt64, String)] {
        guard let codes = ioctlCodes else { return [] }
        return zip(codes.values, codes.ioctls).compactMap { value, row in
            guard let payload = row.payload, payload.kind == .integer, payload.count == nil else {
                return nil
            }
            return (value.value, payload.name)
        }
    }

    private func channelEntry(_ channels: [EnumDefinition]) -> String {
        var out = "local acknowledgement = { \"acknowledgement\", 0, \"u64\" }\n"
        out += "make_field(acknowledgement, prefix .. \".acknowledgement\", \"acknowledgement\")\n"
        out += LuaEngine.channel
        for (index, table) in channels.enumerated() {
            let isBackEnd = table.sentences.codesOf.contains(.backEndRequest)
            var proto = "main"
            if index > 0 || isBackEnd {
                proto = "back_end"
                out += "local back_end = Proto(main.name:lower() .. \"_back_end\", "
                out += "main.description .. \", back-end's channel\")\n"
            }
            out += "\nchannel(\(proto), \"\(table.name)\", \"\(table.sentences.header ?? "")\", {\n"
            for (value, row) in zip(table.values, table.messages) {
                var parts = ["name = \"\(value.name)\""]
                if let payload = row.payload { parts.append("payload = \(lua(payload: payload))") }
                if let reply = row.reply { parts.append("reply = \(lua(payload: reply))") }
                if row.isReplyOptional { parts.append("optional = true") }
                out += "    [\(Self.number(value.value))] = { \(parts.joined(separator: ", ")) },\n"
            }
            out += "})\n"
        }
        return out
    }

    private func lua(payload type: FieldType) -> String {
        let tail = type.count == 0 ? ", rest = true" : ""
        return "{ \"payload\", 0, \(lua(type))\(tail) }"
    }
}
