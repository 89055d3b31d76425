// The last request and its answer, for the report of a failure.

internal import VirtioWire

/// A request as it was sent and what came back.
struct Exchange {
    let device: UInt32
    let sent: [UInt8]
    /// nil while no answer is there.
    var received: [UInt8]?

    /// Longer requests and answers are cut in reports.
    private static let bytesShown = 64

    var sentDescription: String { "\(requestName), \(Self.hex(sent))" }

    var receivedDescription: String {
        guard let received else { return "no answer" }
        return "\(answerName(received)), \(Self.hex(received))"
    }

    private var requestName: String {
        guard let first = Self.word(sent, at: 0) else { return "a request without a type" }
        if device == VirtioGPU.deviceID { return "\(VirtioGPU.MessageType(first))" }
        switch VirtioMedia.Command(first) {
        case .open: return "VIRTIO_MEDIA_CMD_OPEN"
        case .close: return "VIRTIO_MEDIA_CMD_CLOSE"
        case .ioctl:
            let code = Self.word(sent, at: 12).map { "\(V4L2.IoctlCode($0))" } ?? "without a code"
            return "VIRTIO_MEDIA_CMD_IOCTL \(code)"
        case let other: return "command \(other.rawValue)"
        }
    }

    private func answerName(_ bytes: [UInt8]) -> String {
        guard let first = Self.word(bytes, at: 0) else { return "an answer without a type" }
        return device == VirtioGPU.deviceID
            ? "\(VirtioGPU.MessageType(first))" : "status \(VirtioMedia.Status(first))"
    }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt32? {
        guard bytes.count >= offset + 4 else { return nil }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(bytesShown).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let more = bytes.count > bytesShown ? " …" : ""
        return "\(bytes.count) bytes: \(shown.joined(separator: " "))\(more)"
    }
}
