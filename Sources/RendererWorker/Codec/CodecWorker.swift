// The worker's process of one decoding session: a codec, shut in. It trusts the process that started
// it; what a stream makes of it is its own end, and its session's.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

enum CodecWorker {
    /// Serves until the process that started this one is gone.
    static func run(_ hello: CodecHello, _ socket: PacketSocket) -> WorkerExit {
        let link = CodecLink(socket)
        let client = LinkClient(link)
        let description = hello.recipe.decoders.first { $0.fourcc == hello.fourcc }
        guard let description else { return .noLibrary }
        let make = hello.isUndelayed ? description.makeUndelayed : nil
        guard let decoder = try? (make ?? description.make)(client) else { return .noLibrary }
        do throws(Errno) {
            try ChildSelf.limitMemory(hello.addressSpaceBytes)
            try ChildSelf.enterCodecSandbox()
        } catch { return .noSandbox }
        link.tell(CodecMessage(.ready))
        while let command = link.command() {
            var done = CodecMessage(.done)
            do throws(DecoderError) { try carryOut(command, decoder, link) } catch {
                done.value = CodecStatus.code(error)
            }
            link.tell(done)
        }
        return .done
    }

    private static func carryOut(
        _ command: CodecMessage, _ decoder: any VideoDecoder, _ link: CodecLink
    ) throws(DecoderError) {
        switch command.kind {
        case .decode:
            guard let bytes = link.unit(command) else { throw .failed }
            try decoder.decode(CodedUnit(bytes: bytes, token: command.token))
        case .drain: try decoder.drain()
        case .flush: decoder.flush()
        default: decoder.settle()
        }
    }
}

/// What the decoder asks for is asked of the other process.
final class LinkClient: DecoderClient {
    private let link: CodecLink

    init(_ link: CodecLink) { self.link = link }

    func surface(for format: PictureFormat, minimumCount: Int) -> SurfaceOffer {
        var question = CodecMessage(.wantSurface)
        question.layout = CodecLayout(format)
        question.count = UInt32(clamping: minimumCount)
        let answer = link.ask(question)
        switch CodecOffer(rawValue: answer.message.value) {
        case .surface?: return .surface(Surface(answer))
        case .nothing?: return .ownMemory
        case .stop?, nil: return .stop
        }
    }

    func ownMemory(for format: PictureFormat) -> Surface? {
        ownMemory(for: format, .otherLayout)
    }

    private func ownMemory(for format: PictureFormat, _ reason: CodecOwnReason) -> Surface? {
        var question = CodecMessage(.wantMemory)
        question.layout = CodecLayout(format)
        question.value = reason.rawValue
        let answer = link.ask(question)
        guard answer.message.value == CodecOffer.surface.rawValue else { return nil }
        return Surface(answer)
    }

    func codecReleased(_ surface: Surface) {
        var message = CodecMessage(.released)
        message.surface = UInt64(surface.index)
        link.tell(message)
    }

    func output(_ picture: DecodedPicture) throws(DecoderError) {
        switch picture.samples {
        case .surface(let surface): try output(picture, in: surface, flags: 0)
        case .codec(let planes, let reason):
            // The codec keeps its pictures to itself: they are brought where others can see them.
            guard
                let own = ownMemory(
                    for: picture.format, CodecOwnReason(reason) ?? .noDirectRendering),
                let memory = own.memory
            else { throw .failed }
            defer { codecReleased(own) }
            planes.copyRows(into: picture.format.planarPlanes(in: memory), of: picture.format)
            try output(picture, in: own, flags: CodecOutputFlags.copied)
        }
    }

    private func output(_ picture: DecodedPicture, in surface: Surface, flags: UInt32)
        throws(DecoderError)
    {
        var message = CodecMessage(.output)
        message.surface = UInt64(surface.index)
        message.token = picture.token
        message.value =
            flags | (picture.isDamaged ? CodecOutputFlags.damaged : 0)
            | (picture.isKeyFrame ? CodecOutputFlags.keyFrame : 0)
        message.count =
            switch picture.field {
            case .interlacedTB: 1
            case .interlacedBT: 2
            default: 0
            }
        try check(link.ask(message))
    }

    func pause(untilNanos deadline: UInt64) -> Bool {
        var message = CodecMessage(.pause)
        message.token = Int64(clamping: deadline)
        return link.ask(message).message.value == CodecStatus.done
    }

    private func check(_ answer: CodecLink.Answer) throws(DecoderError) {
        if let error = CodecStatus.error(answer.message.value) ?? .failed { throw error }
    }
}

extension Surface {
    /// Memory that was lent under the answer's number.
    fileprivate convenience init(_ answer: CodecLink.Answer) {
        self.init(
            index: UInt32(clamping: answer.message.surface),
            target: .lent(answer.memories.map(\.range)), leases: [], owners: answer.memories)
    }
}
