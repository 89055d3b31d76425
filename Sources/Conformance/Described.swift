// Messages in words, for the report of a failure: name, size, first bytes, fields.

internal import Inspection
internal import VirtioWire

enum Described {
    /// Longer messages are cut in reports.
    private static let bytesShown = 64
    /// More fields than these say less.
    private static let fieldsShown = 24

    /// The bytes in hexadecimal, as far as they are shown.
    static func hex(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(bytesShown).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let more = bytes.count > bytesShown ? " …" : ""
        return "\(bytes.count) bytes: \(shown.joined(separator: " "))\(more)"
    }

    /// What the fields of a message hold that are not 0; empty for what is no message.
    static func fields(_ bytes: [UInt8], kind: PacketKind, request: String? = nil) -> String {
        var inspector = Inspector()
        let packet = Packet(bytes: bytes, kind: kind, request: request)
        guard let report = try? inspector.reports(packet).first else { return "" }
        var leaves: [String] = []
        for field in report.fields { collect(field, "", into: &leaves) }
        guard !leaves.isEmpty else { return "" }
        let more = leaves.count > fieldsShown ? ", …" : ""
        return " {" + leaves.prefix(fieldsShown).joined(separator: ", ") + more + "}"
    }

    private static func collect(_ field: Field, _ prefix: String, into leaves: inout [String]) {
        let name = prefix.isEmpty ? field.name : "\(prefix).\(field.name)"
        guard field.fields.isEmpty else {
            // The header's fields need no prefix: every message has them.
            for inner in field.fields {
                collect(inner, field.name == "hdr" ? "" : name, into: &leaves)
            }
            return
        }
        if let number = field.number, number == 0 { return }
        guard !field.text.isEmpty else { return }
        leaves.append("\(name) \(field.text)")
    }

    // MARK: The socket's

    static func request(_ bytes: [UInt8], descriptorCount: Int) -> String {
        let descriptors =
            switch descriptorCount {
            case 0: ""
            case 1: ", with a descriptor"
            default: ", with \(descriptorCount) descriptors"
            }
        guard let header: VhostUser.Header = bytes.message() else {
            return "\(hex(bytes))\(descriptors)"
        }
        let name = "\(VhostUser.FrontEndRequest(header.request))"
        return "\(name), \(hex(bytes))\(descriptors)" + fields(bytes, kind: .vhostUser)
    }

    static func reply(_ incoming: SocketPeer.Incoming) -> String {
        let message: SocketPeer.Message
        switch incoming {
        case .message(let other): message = other
        case .closed: return "the end of the connection"
        case .silence: return "no answer"
        }
        let name = "\(VhostUser.FrontEndRequest(message.header.request))"
        let flags = String(message.header.flags.rawValue, radix: 16)
        let descriptors =
            message.descriptorCount == 0 ? "" : ", \(message.descriptorCount) descriptors"
        return "\(name) with flags 0x\(flags), \(hex(message.payload))\(descriptors)"
    }
}
