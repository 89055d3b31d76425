// One worker process, from its start to its end, and the thread that watches over it.
// Invariant: once `isDead` is true the process has been reaped and touches nothing any more.

internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// The device's process's side of a worker. `close()` ends it.
final class WorkerProcess: Sendable {
    let channel: ChannelMemory
    let socket: PacketSocket
    private let doorbell: EventDescriptor
    private let process: ChildProcess
    private let stop: EventDescriptor
    private let shared: Shared
    private let watch: WorkerThread

    /// What the device's thread and the watching thread tell each other.
    private final class Shared: Sendable {
        let isDead = Atomic(false)
        /// How many answers are to come.
        let expected = Atomic<Int>(0)
        /// Whether the watching thread sleeps until it is called.
        let isWatching = Atomic(true)
        let posted = Atomic<UInt64>(0)
        let diedAt = Atomic<UInt64>(0)
        let isClosed = Atomic(false)
    }

    private enum Token {
        static let end: UInt64 = 1
        static let stop: UInt64 = 2
    }

    /// - Parameter wake: signalled when completions come and nobody waits, and when the worker dies.
    init(_ options: RendererWorkerOptions, wake: EventDescriptor) throws(Errno) {
        let memory = try SharedMemory(
            name: "renderer channel", sizeBytes: ChannelLayout.sizeBytes)
        try memory.seal()
        guard let channel = ChannelMemory(memory.range, owner: memory) else { throw .noMemory }
        self.channel = channel
        doorbell = try EventDescriptor()
        stop = try EventDescriptor()
        let (mine, theirs) = try PacketSocket.pair()
        socket = mine
        try mine.send(
            WorkerHello.bytes, [memory.descriptor, doorbell.descriptor, wake.descriptor])
        process = try ChildProcess(
            options.program, by: options.launcher?.processes, socket: theirs.descriptor)
        shared = Shared()
        do throws(Errno) {
            let loop = try EventLoop()
            try loop.add(process.end, token: Token.end)
            try loop.add(stop.descriptor, token: Token.stop)
            try process.limitMemory(options.addressSpaceBytes)
            let (process, shared, stop) = (self.process, self.shared, self.stop)
            watch = try WorkerThread(name: "renderer watch") {
                var watcher = Watcher(
                    options: options, channel: channel, process: process, shared: shared)
                watcher.run(loop, stop)
                channel.wakeDevice()
                wake.signal()
            }
        } catch {
            process.kill()
            process.reap()
            throw error
        }
    }

    var isDead: Bool { shared.isDead.load(ordering: .acquiring) }
    /// When it was seen to be dead, for measuring.
    var diedAtNanos: UInt64 { shared.diedAt.load(ordering: .relaxed) }
    var processID: Int32 { process.id }

    /// Kills it: it has broken the rules, or has had its time.
    func kill() { process.kill() }

    /// Ends it; when this returns it touches nothing any more.
    func close() {
        guard !shared.isClosed.exchange(true, ordering: .relaxed) else { return }
        process.kill()
        watch.join()
    }

    func limitMemory(_ bytes: UInt64) { try? process.limitMemory(bytes) }

    /// Tells the worker, and who watches over it, that the ring has been written up to `head`, and
    /// how many answers are to come.
    func publish(_ head: UInt64, expected: Int) {
        shared.expected.store(expected, ordering: .relaxed)
        shared.posted.store(head, ordering: .sequentiallyConsistent)
        channel.publish(head, ChannelLayout.commandHead)
        if channel.takeFlag(ChannelLayout.workerSleeps) { doorbell.signal() }
        guard !shared.isWatching.load(ordering: .sequentiallyConsistent) else { return }
        if !shared.isWatching.exchange(true, ordering: .sequentiallyConsistent) { stop.signal() }
    }

    func setExpected(_ count: Int) { shared.expected.store(count, ordering: .relaxed) }

    // MARK: The watch

    private struct Watcher {
        let options: RendererWorkerOptions
        let channel: ChannelMemory
        let process: ChildProcess
        let shared: Shared
        private var lastTail: UInt64 = 0
        private var lastCompletions: UInt64 = 0
        private var progressAt = MonotonicClock.nowNanos

        init(
            options: RendererWorkerOptions, channel: ChannelMemory, process: ChildProcess,
            shared: Shared
        ) {
            self.options = options
            self.channel = channel
            self.process = process
            self.shared = shared
        }

        mutating func run(_ loop: EventLoop, _ stop: EventDescriptor) {
            let tickMillis = Int32(clamping: max(1, options.stallNanos / 4_000_000))
            while true {
                let isBusy = self.isBusy
                if !isBusy {
                    shared.isWatching.store(false, ordering: .sequentiallyConsistent)
                    // What was begun just before is not overlooked.
                    if self.isBusy {
                        shared.isWatching.store(true, ordering: .sequentiallyConsistent)
                        continue
                    }
                }
                let tokens = (try? loop.wait(timeoutMillis: isBusy ? tickMillis : -1)) ?? .init()
                if tokens.contains(Token.end) { break }
                if stop.take() { progressAt = MonotonicClock.nowNanos }
                look()
            }
            process.reap()
            shared.diedAt.store(MonotonicClock.nowNanos, ordering: .relaxed)
            shared.isDead.store(true, ordering: .releasing)
        }

        /// Whether the worker has something to do, starting included.
        private var isBusy: Bool {
            !isReady || shared.expected.load(ordering: .relaxed) > 0
                || channel.load(ChannelLayout.commandTail)
                    != shared.posted.load(ordering: .sequentiallyConsistent)
        }

        private var isReady: Bool { channel.flag(ChannelLayout.isReady) != 0 }

        /// Progress goes forward, and not farther than what was asked: so no worker can claim it for
        /// ever.
        private mutating func look() {
            let now = MonotonicClock.nowNanos
            let tail = channel.load(ChannelLayout.commandTail)
            let completions = channel.load(ChannelLayout.completionHead)
            let posted = shared.posted.load(ordering: .relaxed)
            if tail > lastTail, tail <= posted {
                lastTail = tail
                progressAt = now
            }
            if completions > lastCompletions, completions <= posted {
                lastCompletions = completions
                progressAt = now
            }
            if !isBusy { progressAt = now }
            let bound = isReady ? options.stallNanos : options.startNanos
            if now &- progressAt > bound { process.kill() }
        }
    }
}
