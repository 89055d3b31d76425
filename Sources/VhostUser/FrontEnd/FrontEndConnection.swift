// Requests of a front-end and their answers, one after the other.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// The channel to a back-end. Any thread may ask; one at a time is served.
final class FrontEndConnection: @unchecked Sendable {
    private let lock = Lock()
    private let channel: MessageChannel
    private let answerMillis: Int32
    private var features: VhostUser.ProtocolFeatures = []
    private var failure: VhostUserError?

    init(_ owned: consuming OwnedDescriptor, answerMillis: Int32) throws(VhostUserError) {
        channel = try MessageChannel(owned, peerSends: .replies)
        self.answerMillis = answerMillis
    }

    /// What was agreed on; it says whether requests are acknowledged.
    var protocolFeatures: VhostUser.ProtocolFeatures {
        get { locked { features } }
        set { locked { features = newValue } }
    }

    /// What ended the connection.
    var failed: VhostUserError? { locked { failure } }

    private func locked<R>(_ body: () -> R) -> R {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    /// Sends a request without a reply of its own; waits for the acknowledgement where there is one.
    func tell(
        _ request: VhostUser.FrontEndRequest, _ descriptors: [FileDescriptor] = [],
        payload fill: (inout WireBuffer) -> Void = { _ in }
    ) throws(VhostUserError) {
        lock.lock()
        defer { lock.unlock() }
        let isAcknowledged = features.contains(.replyAck)
        try exchange(request, descriptors, needsReply: isAcknowledged, fill)
        guard isAcknowledged else { return }
        defer { channel.finish() }
        guard channel.payload.count == 8 else { throw fail(.malformed) }
        guard channel.payload.u64(at: 0) == 0 else { throw .refused }
    }

    /// Sends a request that is answered, and reads the answer.
    func ask<R>(
        _ request: VhostUser.FrontEndRequest,
        payload fill: (inout WireBuffer) -> Void = { _ in },
        _ read: (borrowing WireBuffer) -> R?
    ) throws(VhostUserError) -> R {
        lock.lock()
        defer { lock.unlock() }
        try exchange(request, [], needsReply: true, fill)
        defer { channel.finish() }
        guard let result = read(channel.payload) else { throw fail(.malformed) }
        return result
    }

    /// The descriptor of an object that this back-end exports; nil when it has none.
    func getSharedObject(_ uuid: ResourceUUID) throws(VhostUserError) -> OwnedDescriptor? {
        lock.lock()
        defer { lock.unlock() }
        guard features.contains(.sharedObject) else { return nil }
        try exchange(.getSharedObject, [], needsReply: true) {
            $0.append(VhostUser.Shared(uuid: uuid))
        }
        defer { channel.finish() }
        return channel.takeDescriptor()
    }

    private func exchange(
        _ request: VhostUser.FrontEndRequest, _ descriptors: [FileDescriptor], needsReply: Bool,
        _ fill: (inout WireBuffer) -> Void
    ) throws(VhostUserError) {
        if let failure { throw failure }
        let isAcknowledged = features.contains(.replyAck)
        do throws(VhostUserError) {
            try channel.send(
                request.rawValue, flags: isAcknowledged ? [.version1, .needReply] : .version1,
                descriptors: descriptors, payload: fill)
            guard needsReply else { return }
            let deadline = MonotonicClock.nowNanos &+ UInt64(answerMillis) * 1_000_000
            guard try channel.receive(untilNanos: deadline) else { throw .timedOut }
            guard channel.header?.request == request.rawValue else { throw .malformed }
        } catch { throw fail(error) }
    }

    private func fail(_ error: VhostUserError) -> VhostUserError {
        failure = error
        return error
    }
}
