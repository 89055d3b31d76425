// What a device's thread waits for, and what it does then.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioDevices
internal import VirtioWire
internal import Virtqueue

/// What is readable; smaller numbers are kicks of rings.
private enum Token {
    static let wake = UInt64.max
    static let host = UInt64.max - 1
    static let listener = UInt64.max - 2
    static let channel = UInt64.max - 3
}

/// The event loop of one service. Owned by the device's thread.
final class BackEndLoop<Device: VirtioDevice> {
    let device: Device
    private let endpoint: BackEndEndpoint
    private let limits: BackEndLimits
    private let onEvent: @Sendable (BackEndEvent) -> Void
    private let onRequest: (@Sendable (UInt32) -> Void)?
    private let display: DisplayChannel?
    private let exporting: ExportingDevice?
    private let news: ExportNews?
    private let foreign: FrontEndObjects?
    private let loop: EventLoop
    private let regions: [ChannelMemoryRegion]
    private let wake: EventDescriptor
    private var session: BackEndSession<Device>?
    private var spinning: RingSpinning
    private var isListening = false
    /// The device could not be reset yet: nobody is let in before it is.
    private var isResetDue = false
    /// Why the last connection ended, until it has been said.
    private var ended: VhostUserError?
    /// The one connection of a service without a listener has ended.
    private var isOver = false
    private var connections: UInt64 = 0
    private var messages: UInt64 = 0

    init(
        device: Device, endpoint: BackEndEndpoint, wake: EventDescriptor, limits: BackEndLimits,
        display: DisplayChannel?, exporting: ExportingDevice?,
        _ onEvent: @escaping @Sendable (BackEndEvent) -> Void,
        _ onRequest: (@Sendable (UInt32) -> Void)?
    ) throws {
        self.device = device
        self.endpoint = endpoint
        self.limits = limits
        self.wake = wake
        spinning = RingSpinning(micros: limits.spinMicros)
        self.onEvent = onEvent
        self.onRequest = onRequest
        self.display = display
        self.exporting = exporting
        news = try exporting.map { try ExportNews(of: $0, wake: wake) }
        loop = try EventLoop()
        regions = device.sharedMemoryWindows.map { ChannelMemoryRegion($0) }
        device.attach(sharedMemory: regions)
        foreign = try exporting.map { try FrontEndObjects(for: $0.domain, link: $0.link) }
        if let foreign { device.attach(foreign: foreign) }
        try loop.add(wake.descriptor, token: Token.wake)
        try loop.add(device.hostEvent, token: Token.host)
        switch endpoint {
        case .listener: listen()
        case .connected(let descriptor): begin(OwnedDescriptor(taking: descriptor))
        }
    }

    /// Waits for something and serves it. False when there will be nothing more.
    func turn() -> Bool {
        guard !isOver else { return false }
        let hasFound = spin()
        guard let tokens = try? loop.wait(timeoutMillis: hasFound ? 0 : timeoutMillis) else {
            return true
        }
        for token in tokens {
            switch token {
            case Token.wake: wake.take()
            case Token.host: serveHost()
            case Token.listener: accept()
            case Token.channel:
                onSession { session throws(VhostUserError) in try session.serveMessages() }
            default:
                spinning.kicked()
                onSession { session throws(VhostUserError) in
                    try session.serve(ringAt: Int(clamping: token))
                }
                spinning.served()
            }
        }
        if session?.hasMessageWaiting == true {
            onSession { session throws(VhostUserError) in try session.serveMessages() }
        }
        if session?.hasPolledRing == true {
            onSession { session throws(VhostUserError) in try session.servePolled() }
        }
        if let items = news?.take(), !items.isEmpty { session?.tell(items) }
        finishDrop()
        if session == nil, !isListening { recover() }
        return !isOver
    }

    /// Whether a driver has made something available before this thread had to sleep for it.
    private func spin() -> Bool {
        guard spinning.pays, session != nil, timeoutMillis < 0 else { return false }
        var hasFound = false
        let nanos = spinning.limitNanos
        onSession { session throws(VhostUserError) in hasFound = try session.spin(nanos: nanos) }
        guard hasFound else {
            spinning.gaveUp()
            return false
        }
        spinning.found()
        spinning.served()
        return true
    }

    private var timeoutMillis: Int32 {
        if let session {
            // What was read already makes no descriptor readable.
            if session.hasMessageWaiting { return 0 }
            return session.hasPolledRing ? limits.pollMillis : -1
        }
        return isListening || isOver ? -1 : limits.retryMillis
    }

    /// The program has done something with the device: the guest may have to hear of it.
    func settle() {
        onSession { session throws(VhostUserError) in try session.settleHost() }
        finishDrop()
    }

    private func serveHost() {
        guard session == nil else {
            return onSession { session throws(VhostUserError) in try session.serveHost() }
        }
        // What is left of the last connection: fences that retire, objects that others let go.
        do throws(QueueError) { try device.serveHost() } catch { isResetDue = true }
    }

    // MARK: Connections

    private func listen() {
        guard case .listener(let listener) = endpoint else { return }
        isListening = (try? loop.add(listener.descriptor, token: Token.listener)) != nil
    }

    private func accept() {
        guard case .listener(let listener) = endpoint, session == nil else { return }
        do throws(Errno) {
            guard let owned = try listener.accept() else { return }
            stopListening(listener)
            begin(owned)
        } catch {
            // Out of descriptors, say: the listener stays readable, so it is left alone a while.
            onEvent(.cannotAccept(error))
            stopListening(listener)
        }
    }

    private func stopListening(_ listener: UnixListener) {
        try? loop.remove(listener.descriptor)
        isListening = false
    }

    private func begin(_ owned: consuming OwnedDescriptor) {
        do throws(VhostUserError) {
            let made = try BackEndSession(
                device: device, owned, loop: loop, regions: regions, limits: limits)
            do throws(Errno) { try loop.add(made.channel.descriptor, token: Token.channel) } catch {
                throw .system(error)
            }
            made.onRequest = onRequest
            made.display = display
            made.exporting = exporting
            made.objects = foreign
            display?.begin()
            news?.onOwn { [weak made] in made?.tell([$0]) }
            session = made
            connections += 1
            onEvent(.connected)
        } catch {
            onEvent(.disconnected(error))
            if case .connected = endpoint { isOver = true }
        }
    }

    private func onSession(
        _ body: (BackEndSession<Device>) throws(VhostUserError) -> Void
    ) {
        guard let session else { return }
        do throws(VhostUserError) { try body(session) } catch { drop(session, error) }
    }

    private func drop(_ session: BackEndSession<Device>, _ error: VhostUserError) {
        try? loop.remove(session.channel.descriptor)
        isResetDue = !session.end()
        self.session = nil
        messages &+= session.messages
        ended = error
    }

    /// Asks the front-end for another back-end's object.
    func lookUp(_ uuid: ResourceUUID) -> FileDescriptor? {
        var found: FileDescriptor?
        onSession { session throws(VhostUserError) in
            found = try session.backEndChannel?.lookUp(uuid)?.release()
        }
        finishDrop()
        return found
    }

    var report: BackEndReport {
        var report = session?.report ?? BackEndReport()
        report.connections = connections
        report.messages &+= messages
        return report
    }

    /// Once nobody has the session any more: its memory and descriptors are gone.
    private func finishDrop() {
        guard let error = ended else { return }
        ended = nil
        onEvent(.disconnected(error))
        guard case .listener = endpoint else {
            isOver = true
            return
        }
        if isResetDue { onEvent(.cannotReset) } else { listen() }
    }

    /// Nobody is connected and nobody can connect: tries to change that.
    private func recover() {
        if isResetDue { isResetDue = !device.reset() }
        if !isResetDue { listen() }
    }

    /// Ends the connection at hand.
    func end() {
        guard let session else { return }
        try? loop.remove(session.channel.descriptor)
        _ = session.end()
        self.session = nil
    }
}
