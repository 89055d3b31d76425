// The channel on which a back-end asks (SET_BACKEND_REQ_FD).
// Invariant: while an answer is waited for, the front-end's own requests that need no device are
// served; otherwise two back-ends that ask for each other's objects wait for ever. [VU-097]

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// Requests of the back-end. Owned by the device's thread.
final class BackEndChannel {
    private let channel: MessageChannel
    private let features: VhostUser.ProtocolFeatures
    private let answerMillis: Int32
    /// The front-end's channel, and what serves it while we wait; false when it can do no more.
    private let other: FileDescriptor
    private let serveOther: () -> Bool
    /// Acknowledgements that nobody waits for any more, in the order of the channel.
    private var acknowledgementsDue = 0

    init(
        _ owned: consuming OwnedDescriptor, features: VhostUser.ProtocolFeatures,
        answerMillis: Int32, serving other: FileDescriptor, _ serveOther: @escaping () -> Bool
    ) throws(VhostUserError) {
        channel = try MessageChannel(owned, peerSends: .replies)
        self.features = features
        self.answerMillis = answerMillis
        self.other = other
        self.serveOther = serveOther
    }

    /// Tells something that needs no answer.
    func tell(
        _ request: VhostUser.BackEndRequest, payload fill: (inout WireBuffer) -> Void = { _ in }
    ) throws(VhostUserError) {
        try channel.send(request.rawValue, flags: .version1, payload: fill)
    }

    /// Tells of an export, and waits until the front-end has heard it: whoever reads the UUID next may
    /// look it up at once. The wait ends when the front-end wants something of the device meanwhile.
    /// [VU-094]
    func announce(_ uuid: ResourceUUID) throws(VhostUserError) {
        let request = VhostUser.BackEndRequest.sharedObjectAdd
        guard features.contains(.replyAck) else {
            return try tell(request) { $0.append(VhostUser.Shared(uuid: uuid)) }
        }
        try channel.send(request.rawValue, flags: [.version1, .needReply]) {
            $0.append(VhostUser.Shared(uuid: uuid))
        }
        acknowledgementsDue += 1
        let deadline = MonotonicClock.nowNanos &+ UInt64(answerMillis) * 1_000_000
        while acknowledgementsDue > 0 {
            guard
                try channel.receive(
                    untilNanos: deadline, serving: other, givesUp: true, serveOther)
            else {
                guard MonotonicClock.nowNanos < deadline else { throw .timedOut }
                return
            }
            defer { channel.finish() }
            guard try isAcknowledgement() else { throw .malformed }
        }
    }

    /// Whether the reply at hand is one that was due, which it is no more then.
    private func isAcknowledgement() throws(VhostUserError) -> Bool {
        guard acknowledgementsDue > 0,
            channel.header?.request == VhostUser.BackEndRequest.sharedObjectAdd.rawValue
        else { return false }
        guard channel.payload.count == 8 else { throw .malformed }
        acknowledgementsDue -= 1
        return true
    }

    /// Asks for something and waits until it is done. [VU-103]
    func ask(
        _ request: VhostUser.BackEndRequest, _ message: VhostUser.MMap, _ file: FileDescriptor?
    ) throws(VhostUserError) {
        // Without an acknowledgement nobody knows when it is done.
        guard features.isSuperset(of: [.replyAck, .shmem]),
            file == nil || features.contains(.backEndSendFD)
        else { throw .refused }
        try channel.send(
            request.rawValue, flags: [.version1, .needReply], descriptors: file.map { [$0] } ?? []
        ) { $0.append(message) }
        defer { channel.finish() }
        try awaitReply(to: request)
        guard channel.payload.u64(at: 0) == 0 else { throw .refused }
    }

    /// The descriptor of another back-end's object; nil when there is none. [VU-096]
    func lookUp(_ uuid: ResourceUUID) throws(VhostUserError) -> OwnedDescriptor? {
        guard features.contains(.sharedObject) else { return nil }
        try channel.send(
            VhostUser.BackEndRequest.sharedObjectLookup.rawValue, flags: .version1
        ) { $0.append(VhostUser.Shared(uuid: uuid)) }
        defer { channel.finish() }
        try awaitReply(to: .sharedObjectLookup)
        guard channel.payload.u64(at: 0) == 0 else { return nil }
        return channel.takeDescriptor()
    }

    /// Every reply on this channel is a u64.
    private func awaitReply(to request: VhostUser.BackEndRequest) throws(VhostUserError) {
        let deadline = MonotonicClock.nowNanos &+ UInt64(answerMillis) * 1_000_000
        repeat {
            guard try channel.receive(untilNanos: deadline, serving: other, serveOther) else {
                throw .timedOut
            }
            guard try isAcknowledgement() else { break }
            channel.finish()
        } while true
        guard channel.header?.request == request.rawValue, channel.payload.count == 8 else {
            throw .malformed
        }
    }
}
