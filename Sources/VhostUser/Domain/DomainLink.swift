// One sharing domain over two processes: `serve gpu` here and `serve media` there, say.
// Spec/domain.md has what holds between them.

internal import LinuxSystem
public import ResourceRegistry
public import SystemPackage
public import VirtioDevices
public import VirtioWire

/// Where the other process of a domain is met.
public enum DomainPlace: Sendable {
    /// A socket in a folder that nobody else reaches. Who comes first listens.
    case path(String)
    /// A connected socket, which is the link's to close. To have it is the right to join.
    case connected(FileDescriptor)
}

/// Why a link cannot be made.
public enum DomainLinkError: Error, Equatable, Sendable {
    /// Others could connect to a socket in that folder. [DOM-001]
    case folderNotPrivate(String)
    case system(Errno)
}

/// What happens on a link, for a log.
public enum DomainLinkEvent: Equatable, Sendable {
    case joined
    case left(VhostUserError)
}

/// Finds objects of the other process, and gives it this one's, until this object goes.
public final class DomainLink: ForeignObjects, Sendable {
    private let shared: Shared
    private let thread: WorkerThread
    /// Whether the link will have to connect again when its peer has gone.
    public let connectsAgain: Bool

    private final class Shared: Sendable {
        struct State {
            var connection: DomainConnection?
            var isEnding = false
        }

        let domain: ResourceRegistry
        let wake: EventDescriptor
        let state = Monitor(State())
        let onEvent: @Sendable (DomainLinkEvent) -> Void

        init(
            _ domain: ResourceRegistry, _ onEvent: @escaping @Sendable (DomainLinkEvent) -> Void
        ) throws(Errno) {
            self.domain = domain
            self.onEvent = onEvent
            wake = try EventDescriptor()
        }

        var isEnding: Bool { state.withLock { $0.isEnding } }
    }

    /// How the thread meets peers.
    private enum Meeting {
        case listener(UnixListener)
        case connector(String, FileDescriptor)
        case once(FileDescriptor)
    }

    private static let attemptsMax = 5
    private static let retryMillis: Int32 = 1000

    public init(
        _ domain: ResourceRegistry, at place: DomainPlace,
        onEvent: @escaping @Sendable (DomainLinkEvent) -> Void = { _ in }
    ) throws(DomainLinkError) {
        let meeting = try Self.meet(place)
        if case .connector = meeting { connectsAgain = true } else { connectsAgain = false }
        do throws(Errno) {
            if !MemoryFaults.isInstalled { try MemoryFaults.install() }
            let shared = try Shared(domain, onEvent)
            self.shared = shared
            thread = try WorkerThread(name: "domain") {
                Signals.blockBrokenPipe()
                Self.run(meeting, shared)
            }
        } catch { throw .system(error) }
    }

    deinit {
        shared.state.withLock { $0.isEnding = true }
        shared.wake.signal()
        thread.join()
    }

    /// Whether another process is in the domain.
    public var isJoined: Bool { shared.state.withLock { $0.connection != nil } }

    /// Waits until another process is in the domain, or none is; false past the deadline.
    public func wait(joined: Bool, untilNanos deadline: UInt64) -> Bool {
        shared.state.wait(untilNanos: deadline) {
            ($0.connection != nil) == joined ? true : nil
        } ?? false
    }

    /// From any thread.
    public func find(_ uuid: ResourceUUID) throws(RegistryError) {
        guard let connection = shared.state.withLock({ $0.connection }) else {
            throw .unknownObject
        }
        try connection.find(uuid)
    }

    // MARK: Meeting

    private static func meet(_ place: DomainPlace) throws(DomainLinkError) -> Meeting {
        switch place {
        case .connected(let descriptor):
            let owned = OwnedDescriptor(taking: descriptor)
            do throws(Errno) { try owned.setCloseOnExec() } catch { throw .system(error) }
            return .once(owned.release())
        case .path(let path):
            let folder = FilePath(path).removingLastComponent().string
            guard SocketFolder.isPrivate(folder.isEmpty ? "." : folder) else {
                throw .folderNotPrivate(folder)
            }
            var failure = Errno.connectionRefused
            // Two that start at once: one of them listens, the other finds it.
            for _ in 0..<attemptsMax {
                do throws(Errno) {
                    return .connector(path, try UnixSocket.connect(to: path).release())
                } catch { failure = error }
                guard failure == .noSuchFileOrDirectory || failure == .connectionRefused else {
                    break
                }
                do throws(Errno) { return .listener(try UnixListener(path: path)) } catch {
                    failure = error
                }
                guard failure == .addressInUse else { break }
            }
            throw .system(failure)
        }
    }

    private static func run(_ meeting: Meeting, _ shared: Shared) {
        switch meeting {
        case .once(let descriptor): serve(OwnedDescriptor(taking: descriptor), shared)
        case .listener(let listener):
            while !shared.isEnding {
                if let owned = try? listener.accept() {
                    serve(owned, shared, isForeign: true)
                } else {
                    waitForListener(listener, shared)
                }
            }
        case .connector(let path, let first):
            serve(OwnedDescriptor(taking: first), shared)
            while !shared.isEnding {
                if let owned = try? UnixSocket.connect(to: path) {
                    serve(owned, shared)
                } else {
                    _ = shared.wake.wait(timeoutMillis: retryMillis)
                }
            }
        }
    }

    private static func waitForListener(_ listener: UnixListener, _ shared: Shared) {
        guard let loop = try? EventLoop() else {
            _ = shared.wake.wait(timeoutMillis: retryMillis)
            return
        }
        try? loop.add(listener.descriptor, token: 0)
        try? loop.add(shared.wake.descriptor, token: 1)
        let tokens = (try? loop.wait()) ?? .init()
        if tokens.contains(1) { shared.wake.take() }
    }

    /// One peer, until it goes; others wait meanwhile.
    ///
    /// - Parameter isForeign: it has come to our listener, so that we do not know whose it is.
    private static func serve(
        _ owned: consuming OwnedDescriptor, _ shared: Shared, isForeign: Bool = false
    ) {
        if isForeign, !owned.isOfSameUser { return }
        guard let connection = try? DomainConnection(shared.domain, wake: shared.wake) else {
            return
        }
        let error = connection.run(
            owned, isEnding: { shared.isEnding },
            onJoin: {
                shared.state.update { $0.connection = connection }
                shared.onEvent(.joined)
            })
        let hadJoined = shared.state.update { state in
            defer { state.connection = nil }
            return state.connection != nil
        }
        if hadJoined { shared.onEvent(.left(error)) }
    }
}
