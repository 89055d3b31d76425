// A device on a thread of its own, served to one front-end after the other.
// Invariant: whatever a front-end does, the thread comes back to its loop within the limits.

public import LinuxSystem
public import SystemPackage
public import VirtioDevices
public import VirtioWire
internal import Virtqueue

/// Where front-ends come from.
public enum BackEndEndpoint: Sendable {
    /// One after the other; while one is served the others wait.
    case listener(UnixListener)
    /// This one and no other: the service ends with it. The descriptor is the service's to close.
    case connected(FileDescriptor)
}

/// What happens on a service's socket, for a log.
public enum BackEndEvent: Equatable, Sendable {
    case connected
    /// `peerGone` when the front-end closed it. All that it had given is gone.
    case disconnected(VhostUserError)
    /// Something was lacking for a connection; it is tried again.
    case cannotAccept(Errno)
    /// The device could not be reset, as long as others hold what it exported.
    case cannotReset
}

/// Serves a device on a socket until this object goes.
public final class BackEndService<Device: VirtioDevice>: Sendable {
    private let shared: Shared
    private let thread: WorkerThread

    private final class Shared: Sendable {
        let wake: EventDescriptor
        let state = Monitor(State())
        init() throws(Errno) { wake = try EventDescriptor() }
    }

    private struct State {
        var isEnding = false
        var hasEnded = false
        var jobs: [@Sendable (BackEndLoop<Device>) -> Void] = []
    }

    /// Makes the device on its own thread and serves it there.
    ///
    /// - Parameters:
    ///   - display: gets the display socket of a GPU's front-end; nil serves it headless.
    ///   - exporting: whose exports the front-end is told of. [VU-095]
    ///   - make: runs on the device's thread. What it throws, `init` throws.
    ///   - close: runs on the device's thread, last.
    ///   - onEvent: called on the device's thread.
    ///   - onRequest: called on the device's thread with the number of each request.
    public init(
        name: String, endpoint: BackEndEndpoint, limits: BackEndLimits = BackEndLimits(),
        display: DisplayChannel? = nil, exporting: ExportingDevice? = nil,
        make: @escaping @Sendable () throws -> Device,
        close: @escaping @Sendable (Device) -> Void = { _ in },
        onEvent: @escaping @Sendable (BackEndEvent) -> Void = { _ in },
        onRequest: (@Sendable (UInt32) -> Void)? = nil
    ) throws {
        let shared = try Shared()
        let outcome = Monitor<Result<Void, any Error>?>(nil)
        thread = try WorkerThread(name: name) {
            Signals.blockBrokenPipe()
            defer { shared.state.update { $0.hasEnded = true } }
            let server: BackEndLoop<Device>
            do {
                if !MemoryFaults.isInstalled { try MemoryFaults.install() }
                let device = try make()
                server = try BackEndLoop(
                    device: device, endpoint: endpoint, wake: shared.wake, limits: limits,
                    display: display, exporting: exporting, onEvent, onRequest)
                outcome.update { $0 = .success(()) }
            } catch {
                outcome.update { $0 = .failure(error) }
                return
            }
            while true {
                let (isEnding, jobs) = shared.state.withLock { state in
                    defer { state.jobs = [] }
                    return (state.isEnding, state.jobs)
                }
                for job in jobs { job(server) }
                if !jobs.isEmpty {
                    shared.state.update { _ in }
                    server.settle()
                }
                guard !isEnding, server.turn() else { break }
            }
            server.end()
            close(server.device)
        }
        self.shared = shared
        do {
            try outcome.wait { $0 }?.get()
        } catch {
            thread.join()
            throw error
        }
        isJoined = Monitor(false)
    }

    private let isJoined: Monitor<Bool>

    deinit { stop() }

    /// Ends the connection at hand and the device's thread; returns when both are gone.
    public func stop() {
        beginStop()
        let isFirst = isJoined.withLock { joined in
            defer { joined = true }
            return !joined
        }
        if isFirst { thread.join() }
    }

    /// Asks the thread to end, without waiting for it.
    public func beginStop() {
        shared.state.update { $0.isEnding = true }
        shared.wake.signal()
    }

    /// Waits until the service has ended: by ``beginStop()``, or with its only connection; false
    /// past the deadline (monotonic; 0 waits without bound).
    public func waitUntilEnded(untilNanos deadline: UInt64 = 0) -> Bool {
        shared.state.wait(untilNanos: deadline) { $0.hasEnded ? true : nil } ?? false
    }

    /// Runs `body` on the device's thread and waits for its answer; nil when the service has ended.
    public func onDeviceThread<R: Sendable>(_ body: @escaping @Sendable (Device) -> R) -> R? {
        onLoop(untilNanos: 0) { body($0.device) }
    }

    /// What the service has and has done; nil when it has ended, or is busy past the deadline
    /// (monotonic).
    public func report(untilNanos deadline: UInt64) -> BackEndReport? {
        onLoop(untilNanos: deadline) { $0.report }
    }

    /// The descriptor of an object that another back-end exports to the same front-end, which is
    /// asked for it; the caller's to close. nil when there is none, or nobody to ask. [VU-096]
    public func lookUp(_ uuid: ResourceUUID) -> FileDescriptor? {
        onLoop(untilNanos: 0) { $0.lookUp(uuid) } ?? nil
    }

    private func onLoop<R: Sendable>(
        untilNanos deadline: UInt64, _ body: @escaping @Sendable (BackEndLoop<Device>) -> R
    ) -> R? {
        let answer = Monitor<R?>(nil)
        shared.state.withLock { state in
            state.jobs.append { loop in
                let result = body(loop)
                answer.update { $0 = result }
            }
        }
        shared.wake.signal()
        return shared.state.wait(untilNanos: deadline) { state in
            if let result = answer.withLock({ $0 }) { return .some(.some(result)) }
            return state.hasEnded ? .some(nil) : nil
        } ?? nil
    }
}
