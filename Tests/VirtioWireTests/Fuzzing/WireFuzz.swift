// What a fuzzer does with its bytes. Fuzz/Wire runs it for minutes, ordinary tests with the vectors and
// with every crash that was ever found.

public import VirtioWire

/// A protocol's decoders, driven by bytes that nobody meant.
///
/// The first byte chooses a decoder, the rest is its input. Whatever the input is, the decoder returns; what
/// it has read is written in `sizeBytes` bytes, and reading those changes nothing any more.
public enum WireFuzz: String, CaseIterable, Sendable {
    case gpu = "FuzzGPU"
    case media = "FuzzMedia"
    case vhostUser = "FuzzVhostUser"
    case vhostUserGPU = "FuzzVhostUserGPU"
    case rings = "FuzzRings"

    private var codecs: [any WireMessage.Type] {
        switch self {
        case .gpu: Self.gpuCodecs
        case .media: Self.mediaCodecs
        case .vhostUser: Self.vhostUserCodecs
        case .vhostUserGPU: Self.vhostUserGPUCodecs
        case .rings: Self.ringCodecs
        }
    }

    private static let gpuCodecs = Array(Codecs.gpu.sorted { $0.key < $1.key }.map(\.value))
    private static let mediaCodecs =
        Array(Codecs.media.sorted { $0.key < $1.key }.map(\.value))
        + Array(Codecs.v4l2.sorted { $0.key < $1.key }.map(\.value))
    private static let vhostUserCodecs =
        Array(Codecs.vhostUser.sorted { $0.key < $1.key }.map(\.value))
    private static let vhostUserGPUCodecs =
        Array(Codecs.vhostUserGPU.sorted { $0.key < $1.key }.map(\.value))
    private static let ringCodecs = Array(Codecs.virtqueue.sorted { $0.key < $1.key }.map(\.value))

    /// First bytes that choose something of their own.
    public var choices: [UInt8] {
        (0..<codecs.count).map { UInt8($0) } + (self == .gpu ? [0xf0, 0xf8] : [])
    }

    /// One run; it stops the program where something does not hold.
    public func run(_ input: borrowing WireBuffer) {
        let bytes = input.bytes
        guard bytes.byteCount > 0 else { return }
        let choice = Int(bytes.u8(at: 0))
        let rest = bytes.extracting(droppingFirst: 1)
        let codecs = codecs
        if self == .gpu, choice >= 0xf0 {
            return Self.runGPUMessage(rest, isCommand: choice < 0xf8)
        }
        let type = codecs[choice % codecs.count]
        Self.roundTrip(type, rest)
        Self.runNumbers(rest)
    }

    private static func roundTrip<M: WireMessage>(_ type: M.Type, _ bytes: RawSpan) {
        let message: M
        do throws(WireError) { message = try M(bytes) } catch {
            precondition(
                error.kind == .truncated
                    ? error.offset == bytes.byteCount && bytes.byteCount < M.sizeBytes
                    : bytes.byteCount >= M.sizeBytes && error.offset < M.sizeBytes,
                "an error that is not so")
            return
        }
        precondition(bytes.byteCount >= M.sizeBytes, "a message that is not there")
        var first = WireBuffer(capacity: M.sizeBytes)
        first.append(message)
        precondition(first.count == M.sizeBytes, "a message of another size")
        guard let again = try? M(first.bytes) else {
            preconditionFailure("written, but not readable")
        }
        var second = WireBuffer(capacity: M.sizeBytes)
        second.append(again)
        precondition(isEqual(first.bytes, second.bytes), "the second round changes something")
    }

    private static func isEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        for offset in 0..<left.byteCount where left.u8(at: offset) != right.u8(at: offset) {
            return false
        }
        return true
    }

    /// A whole command or response of the GPU: the type word decides.
    private static func runGPUMessage(_ bytes: RawSpan, isCommand: Bool) {
        do throws(WireError) {
            let header = try VirtioGPU.ControlHeader(bytes)
            if isCommand {
                let command = try VirtioGPU.Command(bytes)
                if case .unknown(let kept) = command {
                    precondition(kept == header, "an unknown command keeps its header")
                }
            } else {
                _ = try VirtioGPU.Response(bytes)
            }
        } catch {
            precondition(error == WireError(kind: .truncated, offset: bytes.byteCount))
        }
    }

    /// What prints a foreign number must be able to print any.
    private static func runNumbers(_ bytes: RawSpan) {
        guard bytes.byteCount >= 8 else { return }
        let word = bytes.u32(at: 0)
        let texts = [
            VirtioGPU.MessageType(word).description, V4L2.IoctlCode(word).description,
            V4L2.FourCC(word).description, VirtioMedia.Status(word).description,
            VhostUser.FrontEndRequest(word).description, VhostUserGPU.Request(word).description,
            GuestAddress(bytes.u64(at: 0)).description,
        ]
        precondition(texts.allSatisfy { !$0.isEmpty }, "a number without a text")
        _ = GuestAddress(bytes.u64(at: 0)).advanced(by: UInt64(word))
    }
}
