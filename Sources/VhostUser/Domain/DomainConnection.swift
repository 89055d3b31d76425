// One connection to the other process of a domain, from its first message to its end.
// Invariant: a peer that breaks a rule, or does not answer, is dropped; both sides' objects are then
// as if it had never been.

internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioWire

/// The link's thread runs it; any thread may find objects by it.
final class DomainConnection: Sendable {
    private let domain: ResourceRegistry
    /// Stands for the other process. [DOM-004]
    private let peer: Participant
    private let imports: DomainImports
    private let outbox: Outbox
    private let wake: EventDescriptor

    /// What waits to be sent, and whether the connection is to end.
    private final class Outbox: Sendable {
        struct State {
            var messages: [DomainMessage] = []
            var isBroken = false
        }

        let state = Monitor(State())
        private let wake: EventDescriptor
        /// More than any peer that reads lets stand.
        static let messagesMax = 16_384

        init(_ wake: EventDescriptor) { self.wake = wake }

        func post(_ message: DomainMessage) {
            state.withLock { state in
                guard state.messages.count < Self.messagesMax else {
                    state.isBroken = true
                    return
                }
                state.messages.append(message)
            }
            wake.signal()
        }

        func breakOff() {
            state.withLock { $0.isBroken = true }
            wake.signal()
        }
    }

    static let messagesPerTurn = 64
    /// How long the other process may take to say hello, or to answer. [DOM-001]
    static let answerNanos: UInt64 = 5_000_000_000

    init(_ domain: ResourceRegistry, wake: EventDescriptor) throws(RegistryError) {
        var capabilities = DeviceCapabilities(exports: .sharedMemory, imports: .sharedMemory)
        // What has no descriptor can be had by a copy only, and is said to be so. [CAP-4]
        capabilities.takesCopies = true
        var limits = DeviceLimits()
        limits.objectsMax = DomainExports.attachmentsMax
        limits.bytesMax = DomainImports.bytesMax
        limits.attachmentsMax = DomainExports.attachmentsMax
        limits.leasesMax = DomainExports.leasesMax
        let peer = try domain.join(name: "peer", capabilities: capabilities, limits: limits)
        let outbox = Outbox(wake)
        self.domain = domain
        self.peer = peer
        self.outbox = outbox
        self.wake = wake
        imports = DomainImports(domain, peer: peer) { outbox.post($0) }
    }

    /// From any thread. A process that does not answer is given up.
    func find(_ uuid: ResourceUUID) throws(RegistryError) {
        let deadline = MonotonicClock.nowNanos &+ Self.answerNanos
        guard try imports.find(uuid, untilNanos: deadline) else {
            outbox.breakOff()
            throw .unknownObject
        }
    }

    // MARK: The link's thread

    /// Serves the peer until it goes, breaks a rule, or `isEnding` says so.
    ///
    /// - Parameter onJoin: the peer has said hello; nothing is found before.
    func run(
        _ socket: consuming OwnedDescriptor, isEnding: () -> Bool, onJoin: () -> Void
    ) -> VhostUserError {
        defer { end() }
        do throws(VhostUserError) {
            let channel = try MessageChannel(socket, peerSends: .requests)
            try send(DomainMessage(.hello, value: DomainMessage.version), on: channel)
            try awaitHello(channel)
            onJoin()
            let exports = DomainExports(domain, peer: peer, wake: wake) { [outbox] in
                outbox.post($0)
            }
            while !isEnding() {
                exports.tellTakenBack()
                try flush(channel)
                if try serve(channel, exports) { continue }
                if channel.wait(or: wake.descriptor) { wake.take() }
            }
            return .peerGone
        } catch { return error }
    }

    private func awaitHello(_ channel: MessageChannel) throws(VhostUserError) {
        let deadline = MonotonicClock.nowNanos &+ Self.answerNanos
        guard try channel.receive(untilNanos: deadline) else { throw .timedOut }
        defer { channel.finish() }
        guard let hello = Self.message(channel), hello.kind == .hello,
            hello.value == DomainMessage.version
        else { throw .malformed }
    }

    private static func message(_ channel: MessageChannel) -> DomainMessage? {
        guard let header = channel.header else { return nil }
        return DomainMessage(request: header.request, channel.payload)
    }

    /// Serves what has come, one turn's worth at the most; false when there was nothing.
    private func serve(_ channel: MessageChannel, _ exports: DomainExports)
        throws(VhostUserError) -> Bool
    {
        for turn in 0..<Self.messagesPerTurn {
            guard try channel.receive() else { return turn > 0 }
            defer { channel.finish() }
            guard let message = Self.message(channel) else { throw .malformed }
            try serve(message, channel, exports)
        }
        return true
    }

    private func serve(
        _ message: DomainMessage, _ channel: MessageChannel, _ exports: DomainExports
    ) throws(VhostUserError) {
        switch message.kind {
        case .hello: throw .malformed
        case .lookUp:
            let answer = try exports.lookUp(message)
            // What was said before is heard before.
            try flush(channel)
            try send(answer.message, on: channel, answer.file?.descriptor)
        case .found: try imports.take(message, channel.takeDescriptor())
        case .drop: exports.drop(message.number)
        case .revoked:
            guard let reason = DomainMessage.Reason(rawValue: message.value) else {
                throw .malformed
            }
            imports.revoke(message.number, reason)
        case .ask: try exports.ask(message)
        case .granted: imports.grant(message.number)
        case .end: exports.end(message.number)
        case .downgrade: exports.downgrade(message.number)
        }
    }

    private func flush(_ channel: MessageChannel) throws(VhostUserError) {
        let (messages, isBroken) = outbox.state.withLock { state in
            defer { state.messages = [] }
            return (state.messages, state.isBroken)
        }
        guard !isBroken else { throw .timedOut }
        for message in messages { try send(message, on: channel) }
    }

    private func send(
        _ message: DomainMessage, on channel: MessageChannel, _ file: FileDescriptor? = nil
    ) throws(VhostUserError) {
        try channel.send(
            message.kind.rawValue, flags: .version1, descriptors: file.map { [$0] } ?? [],
            payload: message.encode)
    }

    /// Its objects are taken back here, what it held is free, and who waits for it waits no more.
    /// [DOM-007]
    private func end() {
        imports.end()
        domain.depart(peer)
        outbox.breakOff()
    }
}
