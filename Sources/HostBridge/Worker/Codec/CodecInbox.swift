// A codec with threads of its own asks for surfaces and lets go of them between calls, too: it is
// listened to at all times, and its wait for a surface keeps nobody else waiting.

internal import LinuxSystem
internal import SystemPackage

/// Two threads: one takes what the worker says, the other waits for the surfaces that it wants.
final class CodecInbox: Sendable {
    private struct State {
        /// For who calls the decoder.
        var messages: [CodecMessage] = []
        /// For the thread that lends.
        var wanted: [CodecMessage] = []
        /// When the lender began to serve; nil while it does not.
        var lendingSince: UInt64?
        var lentNanos: UInt64 = 0
        /// Messages since the last call.
        var messagesSince = 0
        var isEnded = false
    }

    private final class Shared: Sendable {
        let state = Monitor(State())
    }

    private let shared: Shared
    private let reader: WorkerThread
    private let lender: WorkerThread
    private let process: CodecProcess

    /// Messages that nobody has looked at yet; an honest worker waits for the answer to most.
    private static let waitingMax = 256
    /// The time is no bound here: the worker's end is seen at once.
    private static let tickMillis: Int32 = 10_000

    init(_ process: CodecProcess, _ desk: CodecDesk) throws(Errno) {
        let shared = Shared()
        self.shared = shared
        self.process = process
        lender = try WorkerThread(name: "codec lender") { Self.lend(shared, process, desk) }
        do throws(Errno) {
            reader = try WorkerThread(name: "codec reader") {
                Self.read(shared, process, desk)
                shared.state.update { $0.isEnded = true }
            }
        } catch {
            shared.state.update { $0.isEnded = true }
            lender.join()
            throw error
        }
    }

    /// After the worker's end.
    func join() {
        reader.join()
        lender.join()
    }

    /// How long workers have waited for surfaces so far.
    var lentNanos: UInt64 {
        shared.state.withLock { state in
            let current = state.lendingSince.map { MonotonicClock.nowNanos &- $0 }
            return state.lentNanos &+ (current ?? 0)
        }
    }

    /// A call begins: so many messages may come again.
    func beginCall() { shared.state.withLock { $0.messagesSince = 0 } }

    /// The next message; nil when none has come in time.
    func next(untilNanos deadline: UInt64) throws(DecoderError) -> CodecMessage? {
        let next = shared.state.wait(untilNanos: deadline) { state -> CodecMessage?? in
            if !state.messages.isEmpty { return .some(state.messages.removeFirst()) }
            return state.isEnded ? .some(nil) : nil
        }
        guard let next else { return nil }
        guard let next else { throw process.cause }
        return next
    }

    private static func read(_ shared: Shared, _ process: CodecProcess, _ desk: CodecDesk) {
        while true {
            let message: CodecMessage?
            do throws(DecoderError) {
                message = try process.receive(timeoutMillis: tickMillis)
                if let message, message.kind == .released {
                    try desk.takeBack(message)
                    continue
                }
            } catch { return }
            guard let message else { continue }
            let isBounded = shared.state.update { state in
                state.messagesSince += 1
                if message.kind == .wantSurface || message.kind == .wantMemory {
                    state.wanted.append(message)
                } else {
                    state.messages.append(message)
                }
                return state.wanted.count + state.messages.count <= waitingMax
                    && state.messagesSince <= RemoteDecoder.messagesMax
            }
            guard isBounded else { return process.kill() }
        }
    }

    private static func lend(_ shared: Shared, _ process: CodecProcess, _ desk: CodecDesk) {
        while true {
            let wanted = shared.state.wait { state -> CodecMessage?? in
                if let since = state.lendingSince {
                    state.lentNanos &+= MonotonicClock.nowNanos &- since
                    state.lendingSince = nil
                }
                if state.isEnded { return .some(nil) }
                guard !state.wanted.isEmpty else { return nil }
                state.lendingSince = MonotonicClock.nowNanos
                return .some(state.wanted.removeFirst())
            }
            guard case .some(.some(let message)) = wanted else { return }
            do throws(DecoderError) {
                if message.kind == .wantSurface {
                    try desk.lend(message)
                } else {
                    try desk.lendOwn(message)
                }
            } catch { return }
        }
    }
}
