// A codec's worker process, from its start to its end, and the thread that waits for that.
// Invariant: once `isDead` is true the process has been reaped and touches nothing any more.

internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

final class CodecProcess: Sendable {
    private let socket: PacketSocket
    private let process: ChildProcess
    private let shared: Shared
    private let watch: WorkerThread
    private let killsAtMessage: Int?

    private final class Shared: Sendable {
        let isDead = Atomic(false)
        let isClosed = Atomic(false)
        /// It was killed for taking too long.
        let hasStalled = Atomic(false)
        let messages = Atomic(0)

        var cause: DecoderError {
            hasStalled.load(ordering: .relaxed) ? .stalled : .failed
        }
    }

    /// - Parameter onDeath: called on a thread of the process's own when it has ended by itself or was
    ///   killed for what it did.
    init(
        _ options: CodecWorkerOptions, hello: [UInt8],
        onDeath: @escaping @Sendable (DecoderError) -> Void
    ) throws(Errno) {
        killsAtMessage = options.killsAtMessage
        let (mine, theirs) = try PacketSocket.pair()
        socket = mine
        try mine.send(hello, [])
        let process = try ChildProcess(
            options.program, by: options.launcher?.processes, socket: theirs.descriptor)
        self.process = process
        options.onStart?(process.id)
        let shared = Shared()
        self.shared = shared
        do throws(Errno) {
            let loop = try EventLoop()
            try loop.add(process.end, token: 1)
            watch = try WorkerThread(name: "codec watch") {
                while ((try? loop.wait()) ?? .init()).isEmpty {}
                process.reap()
                shared.isDead.store(true, ordering: .releasing)
                if !shared.isClosed.load(ordering: .acquiring) { onDeath(shared.cause) }
            }
        } catch {
            process.kill()
            process.reap()
            throw error
        }
    }

    var processID: Int32 { process.id }
    var isDead: Bool { shared.isDead.load(ordering: .acquiring) }
    /// What a session with it ends with.
    var cause: DecoderError { shared.cause }

    /// Kills it: it has said what it may not, or is not wanted any more.
    func kill() { process.kill() }

    /// Kills it: it has taken too long.
    func killStalled() {
        shared.hasStalled.store(true, ordering: .relaxed)
        process.kill()
    }

    /// From here on its end is nothing to tell.
    func leave() {
        shared.isClosed.store(true, ordering: .releasing)
        process.kill()
    }

    /// Ends it; when this returns it touches nothing any more. Once.
    func close() {
        leave()
        watch.join()
    }

    // MARK: Messages

    /// Does not wait: a worker that does not take what it has asked for has broken the rules.
    func send(_ message: CodecMessage, _ descriptor: FileDescriptor? = nil) throws(DecoderError) {
        countMessage()
        do throws(Errno) {
            try socket.send(message.bytes, descriptor.map { [$0] } ?? [])
        } catch {
            kill()
            throw cause
        }
    }

    /// The next message; nil when none has come in time.
    func receive(timeoutMillis: Int32) throws(DecoderError) -> CodecMessage? {
        var bytes = [UInt8](repeating: 0, count: CodecMessage.sizeBytes)
        do throws(Errno) {
            guard try socket.take(&bytes, timeoutMillis: timeoutMillis) else { return nil }
        } catch {
            kill()
            throw cause
        }
        guard let message = CodecMessage(bytes) else {
            kill()
            throw cause
        }
        countMessage()
        return message
    }

    private func countMessage() {
        let count = shared.messages.add(1, ordering: .relaxed).newValue
        if count == killsAtMessage { kill() }
    }
}
