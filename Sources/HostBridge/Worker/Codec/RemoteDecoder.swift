// A decoder whose codec runs in a worker process. To its client it is one like any other: what the
// worker asks for is asked of the client, on this process's threads, and answered.

internal import LinuxSystem
internal import Synchronization
internal import SystemPackage
internal import VirtioWire

final class RemoteDecoder: VideoDecoder {
    private let client: any DecoderClient
    private let options: CodecWorkerOptions
    private let canPause: Bool
    private let process: CodecProcess
    private let surfaces: LentSurfaces
    private let desk: CodecDesk
    /// Where a worker that works between calls is listened to; nil for one that does not.
    private let inbox: CodecInbox?
    private var units: SharedMemory?

    /// Messages of one call: more than pictures that any stream can hold back.
    static let messagesMax = 4096
    private static let unitBytesMin = 64 << 10
    /// How long a wait lasts before the clock is looked at.
    private static let tickMillis: Int32 = 50

    init(
        _ hello: CodecHello, client: any DecoderClient, options: CodecWorkerOptions, worksOn: Bool
    ) throws(DecoderError) {
        guard let bytes = hello.bytes else { throw .failed }
        self.client = client
        self.options = options
        if case .simulated = hello.recipe { canPause = true } else { canPause = false }
        let process: CodecProcess
        do throws(Errno) {
            process = try CodecProcess(options, hello: bytes) { [weak client] cause in
                client?.decoderEnded(cause)
            }
        } catch { throw .failed }
        self.process = process
        let surfaces = LentSurfaces(process, ownBytesMax: options.pictureBytesMax)
        self.surfaces = surfaces
        desk = CodecDesk(client, process, surfaces)
        do throws(Errno) {
            inbox = worksOn ? try CodecInbox(process, desk) : nil
        } catch {
            process.close()
            throw .failed
        }
        client.onSurfacesTaken { [weak process, weak surfaces] isClosing in
            if isClosing { process?.leave() } else { try? surfaces?.forget() }
        }
        // What is thrown from here on is followed by deinit.
        try wait(for: .ready, options.startNanos)
    }

    deinit { end() }

    /// When this returns the worker is dead, and everything that it had been lent is given back.
    private func end() {
        process.close()
        inbox?.join()
        for lent in surfaces.takeAll() {
            if case .surface(let surface) = lent.place { client.codecReleased(surface) }
        }
    }

    // MARK: VideoDecoder

    func decode(_ unit: CodedUnit) throws(DecoderError) {
        var message = CodecMessage(.decode)
        message.token = unit.token
        message.size = UInt64(unit.bytes.count)
        try place(unit.bytes)
        try call(message)
    }

    func drain() throws(DecoderError) { try call(CodecMessage(.drain)) }
    func flush() { try? call(CodecMessage(.flush)) }
    func settle() { try? call(CodecMessage(.settle)) }

    private func place(_ bytes: [UInt8]) throws(DecoderError) {
        if let units, units.sizeBytes >= bytes.count {
            units.range.write(bytes)
            return
        }
        let size = max(Self.unitBytesMin, bytes.count * 2)
        guard let memory = try? SharedMemory(name: "coded unit", sizeBytes: size),
            (try? memory.seal()) != nil
        else { throw .failed }
        memory.range.write(bytes)
        var message = CodecMessage(.unitMemory)
        message.size = UInt64(size)
        try process.send(message, memory.descriptor)
        units = memory
    }

    private func call(_ message: CodecMessage) throws(DecoderError) {
        guard !process.isDead else { throw process.cause }
        try surfaces.sweep()
        inbox?.beginCall()
        try process.send(message)
        try wait(for: .done, options.unitNanos)
    }

    // MARK: What the worker says

    /// Serves the worker until it has said `kind`, for so long as it may work by itself.
    private func wait(for kind: CodecMessageKind, _ nanos: UInt64) throws(DecoderError) {
        var left = nanos
        for _ in 0..<Self.messagesMax {
            let message = try next(&left)
            if message.kind == kind {
                guard let error = CodecStatus.error(message.value) else { break }
                if let error { throw error }
                return
            }
            switch message.kind {
            case .released: try desk.takeBack(message)
            case .wantSurface: try desk.lend(message)
            case .wantMemory: try desk.lendOwn(message)
            case .output: try desk.output(message)
            case .pause where canPause: try desk.pause(message)
            default:
                process.kill()
                throw process.cause
            }
        }
        process.kill()
        throw process.cause
    }

    /// The next message; the time that the worker takes for it goes from what it has left.
    private func next(_ left: inout UInt64) throws(DecoderError) -> CodecMessage {
        while true {
            let began = MonotonicClock.nowNanos
            let lentBefore = inbox?.lentNanos ?? 0
            let message: CodecMessage?
            if let inbox {
                message = try inbox.next(untilNanos: began &+ UInt64(Self.tickMillis) * 1_000_000)
            } else {
                message = try process.receive(timeoutMillis: Self.tickMillis)
            }
            let took = MonotonicClock.nowNanos &- began
            // While it waits for us on another thread the time is ours.
            let ours = (inbox?.lentNanos ?? 0) &- lentBefore
            left -= min(left, took > ours ? took - ours : 0)
            if let message { return message }
            if left == 0 {
                process.killStalled()
                throw process.cause
            }
        }
    }
}

/// Answers what a worker asks for. Calls come from any thread, and wait as the client does.
final class CodecDesk: Sendable {
    private let client: any DecoderClient
    private let process: CodecProcess
    private let surfaces: LentSurfaces
    /// More pictures than that no codec holds at once.
    private static let countMax = 64

    init(_ client: any DecoderClient, _ process: CodecProcess, _ surfaces: LentSurfaces) {
        self.client = client
        self.process = process
        self.surfaces = surfaces
    }

    private func breach() -> DecoderError {
        process.kill()
        return process.cause
    }

    func takeBack(_ message: CodecMessage) throws(DecoderError) {
        guard let lent = surfaces.takeBack(message.surface) else { throw breach() }
        if case .surface(let surface) = lent.place { client.codecReleased(surface) }
    }

    func lend(_ message: CodecMessage) throws(DecoderError) {
        guard let format = message.layout.format, format.fourcc == .yuv420,
            let count = Int(exactly: message.count), (1...Self.countMax).contains(count)
        else { throw breach() }
        switch client.surface(for: format, minimumCount: count) {
        case .stop: try answer(message, .stop)
        case .ownMemory: try lendOwn(format, .noBuffer, to: message)
        case .surface(let surface):
            if try surfaces.lend(surface, format, to: message.number) { return }
            // It takes the picture when that is finished.
            client.codecReleased(surface)
            try lendOwn(
                format, surface.files == nil ? .otherProcess : .noBuffer, to: message)
        }
    }

    func lendOwn(_ message: CodecMessage) throws(DecoderError) {
        guard let format = message.layout.format,
            let reason = CodecOwnReason(rawValue: message.value)
        else { throw breach() }
        try lendOwn(format, reason.copyReason, to: message)
    }

    private func lendOwn(_ format: PictureFormat, _ reason: CopyReason, to message: CodecMessage)
        throws(DecoderError)
    {
        guard try !surfaces.lendOwn(format, reason, to: message.number) else { return }
        try answer(message, .nothing)
    }

    private func answer(_ message: CodecMessage, _ offer: CodecOffer) throws(DecoderError) {
        var answer = CodecMessage(.offer)
        answer.number = message.number
        answer.value = offer.rawValue
        try process.send(answer)
    }

    func output(_ message: CodecMessage) throws(DecoderError) {
        let fields: [V4L2.Field] = [.none, .interlacedTB, .interlacedBT]
        guard let lent = surfaces.lent(message.surface), message.value & ~CodecOutputFlags.all == 0,
            let field = Int(exactly: message.count), fields.indices.contains(field)
        else { throw breach() }
        let samples: DecodedPicture.Samples
        switch lent.place {
        case .surface(let surface): samples = .surface(surface)
        case .own(let own, let reason):
            samples = .codec(lent.format.planarPlanes(in: own.memory.range), reason)
        }
        let isCopied = message.value & CodecOutputFlags.copied != 0
        let picture = DecodedPicture(
            samples: samples, format: lent.format, token: message.token,
            isDamaged: message.value & CodecOutputFlags.damaged != 0,
            isKeyFrame: message.value & CodecOutputFlags.keyFrame != 0, field: fields[field],
            copiedBytes: isCopied ? lent.format.visibleBytes : 0)
        var failure: DecoderError?
        do throws(DecoderError) { try client.output(picture) } catch { failure = error }
        try answer(message, failure)
    }

    func pause(_ message: CodecMessage) throws(DecoderError) {
        let isOver = client.pause(untilNanos: UInt64(clamping: message.token))
        try answer(message, isOver ? nil : .interrupted)
    }

    private func answer(_ message: CodecMessage, _ error: DecoderError?) throws(DecoderError) {
        var answer = CodecMessage(.taken)
        answer.number = message.number
        answer.value = CodecStatus.code(error)
        try process.send(answer)
    }
}
