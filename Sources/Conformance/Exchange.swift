// The last request and its answer, for the report of a failure.

internal import Inspection
internal import VirtioWire

/// What was sent last, shared by all that a case sends with.
final class ExchangeRecord {
    private enum Entry {
        case nothing
        case text(String)
        case exchange(Exchange)
    }

    private var entry = Entry.nothing

    func note(_ text: String) { entry = .text(text) }
    func note(_ exchange: Exchange) { entry = .exchange(exchange) }

    /// The answer to the exchange that was noted.
    func received(_ answer: [UInt8]) {
        guard case .exchange(var exchange) = entry else { return }
        exchange.received = answer
        entry = .exchange(exchange)
    }

    var sent: String {
        switch entry {
        case .nothing: "nothing"
        case .text(let text): text
        case .exchange(let exchange): exchange.sentDescription
        }
    }

    var received: String {
        if case .exchange(let exchange) = entry { return exchange.receivedDescription }
        return "nothing"
    }
}

/// A request as it was sent and what came back.
struct Exchange {
    let device: UInt32
    let sent: [UInt8]
    /// nil while no answer is there.
    var received: [UInt8]?

    var sentDescription: String {
        let fields =
            switch device {
            case VirtioGPU.deviceID: Described.fields(sent, kind: .gpu)
            case VirtioMedia.deviceID: Described.fields(sent, kind: .mediaCommand)
            default: ""
            }
        return "\(requestName), \(Described.hex(sent))\(fields)"
    }

    var receivedDescription: String {
        guard let received else { return "no answer" }
        return "\(answerName(received)), \(Described.hex(received))"
    }

    private var requestName: String {
        guard let first = Self.word(sent, at: 0) else { return "a request without a type" }
        if device == VirtioGPU.deviceID { return "\(VirtioGPU.MessageType(first))" }
        guard device == VirtioMedia.deviceID else { return "a request" }
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
}
