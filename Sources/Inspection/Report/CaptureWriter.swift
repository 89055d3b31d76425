// Writes packets as a pcapng capture that Wireshark opens with the dissectors of Spec/dissector.
// Link type 252: the name of the dissector stands in front of each packet's bytes.

/// A pcapng file in memory.
public struct CaptureWriter {
    public private(set) var bytes: [UInt8] = []
    private let spec: Spec
    private var count: UInt64 = 0
    /// What a media response that comes next answers.
    private var request: String?

    /// Begins with a section and one interface.
    public init(spec: Spec = .current) {
        self.spec = spec
        block(0x0a0d_0d0a) { out in
            out.append(u32: 0x1a2b_3c4d)
            out.append(u16: 1)
            out.append(u16: 0)
            // The section's length is not told.
            out.append(u64: .max)
        }
        block(1) { out in
            out.append(u16: UInt16(Capture.linkType))
            out.append(u16: 0)
            out.append(u32: 0)
        }
    }

    /// Adds a packet, whose kind must be known; the label becomes its comment.
    ///
    /// A media response is read by the command before it. One that answers another command gets that
    /// command's header in front, with a comment that says so.
    public mutating func append(_ packet: Packet, kind: PacketKind) {
        if kind == .mediaCommand { request = spec.request(ofCommand: packet.bytes) }
        if kind == .mediaResponse, let name = packet.request,
            let command = spec.command(named: name), command.name != request
        {
            let comment = "not in the input: what the next response answers"
            write(Packet(bytes: command.bytes, label: comment), kind: .mediaCommand)
            request = command.name
        }
        write(packet, kind: kind)
    }

    private mutating func write(_ packet: Packet, kind: PacketKind) {
        let name = Array(kind.rawValue.utf8)
        let padded = (name.count + 3) / 4 * 4
        var data: [UInt8] = []
        data.append(big16: UInt16(Capture.dissectorTag))
        data.append(big16: UInt16(padded))
        data += name + [UInt8](repeating: 0, count: padded - name.count)
        data += [0, 0, 0, 0]
        data += packet.bytes
        let time = count
        count += 1
        block(6) { out in
            out.append(u32: 0)
            // Microseconds; packets are one apart.
            out.append(u32: UInt32(truncatingIfNeeded: time >> 32))
            out.append(u32: UInt32(truncatingIfNeeded: time))
            out.append(u32: UInt32(data.count))
            out.append(u32: UInt32(data.count))
            out += data
            out.pad()
            guard let label = packet.label else { return }
            let text = Array(label.utf8.prefix(1 << 15))
            out.append(u16: 1)
            out.append(u16: UInt16(text.count))
            out += text
            out.pad()
            out += [0, 0, 0, 0]
        }
    }

    private mutating func block(_ type: UInt32, _ body: (inout [UInt8]) -> Void) {
        var content: [UInt8] = []
        body(&content)
        let size = UInt32(content.count + 12)
        bytes.append(u32: type)
        bytes.append(u32: size)
        bytes += content
        bytes.append(u32: size)
    }
}

extension [UInt8] {
    fileprivate mutating func append(u16 value: UInt16) {
        self += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    fileprivate mutating func append(u32 value: UInt32) {
        append(u16: UInt16(truncatingIfNeeded: value))
        append(u16: UInt16(truncatingIfNeeded: value >> 16))
    }

    fileprivate mutating func append(u64 value: UInt64) {
        append(u32: UInt32(truncatingIfNeeded: value))
        append(u32: UInt32(truncatingIfNeeded: value >> 32))
    }

    fileprivate mutating func append(big16 value: UInt16) {
        self += [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    fileprivate mutating func pad() {
        while count % 4 != 0 { append(0) }
    }
}
