// One direction's requests and the other's replies on one socket: whole messages out of a stream of
// bytes and descriptors. Nothing here waits for bytes to come.
// Invariant: a descriptor that came with a message is taken by its handler, or closed with it.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// A socket that messages come from and go to. Owned by one thread.
final class MessageChannel {
    /// What the peer sends on this channel.
    enum Role { case requests, replies }

    private let socket: UnixSocket
    private let role: Role
    private var head = WireBuffer(capacity: VhostUser.Header.sizeBytes)
    /// The message at hand, once its header is here.
    private(set) var header: VhostUser.Header?
    /// The payload of the message at hand.
    private(set) var payload = WireBuffer(capacity: VhostUser.payloadBytesMax)
    private var descriptors = DescriptorList()
    private var out = WireBuffer(
        capacity: VhostUser.Header.sizeBytes + VhostUser.payloadBytesMax)

    /// How long a peer that does not read is waited for.
    static let sendMillis: Int32 = 1000

    init(_ owned: consuming OwnedDescriptor, peerSends role: Role) throws(VhostUserError) {
        do throws(Errno) { socket = try UnixSocket(owned) } catch { throw .system(error) }
        self.role = role
    }

    /// Valid while the channel lives.
    var descriptor: FileDescriptor { socket.descriptor }

    // MARK: Receiving

    /// Whether a whole message is at hand, after reading what there is of it. It stays until
    /// ``finish()``.
    func receive() throws(VhostUserError) -> Bool {
        while header == nil {
            guard try fill(&head, to: VhostUser.Header.sizeBytes) else { return false }
            header = try checkedHeader()
        }
        return try fill(&payload, to: Int(header?.size ?? 0))
    }

    /// Done with the message: what was not taken of its descriptors is closed. [VU-006]
    func finish() {
        header = nil
        head.removeAll()
        payload.removeAll()
        descriptors.removeAll()
    }

    /// How many descriptors are left of those that the message brought.
    var descriptorCount: Int { descriptors.count }

    func takeDescriptor() -> OwnedDescriptor? { descriptors.take() }

    private func checkedHeader() throws(VhostUserError) -> VhostUser.Header {
        guard let header = try? head.decode(VhostUser.Header.self),
            header.flags.rawValue & 3 == VhostUser.HeaderFlags.version1.rawValue,
            header.flags.contains(.reply) == (role == .replies),
            header.size <= UInt32(VhostUser.payloadBytesMax)
        else { throw .malformed }
        return header
    }

    /// Reads until `buffer` has `count` bytes; false when they are not all here yet.
    private func fill(_ buffer: inout WireBuffer, to count: Int) throws(VhostUserError) -> Bool {
        while buffer.count < count {
            var outcome = Result<UnixSocket.Received, Errno>.success(.nothing)
            unsafe buffer.withUnsafeAppend(count: count - buffer.count) { free in
                // SAFETY: `receive` writes the bytes that it counts.
                outcome = Result { () throws(Errno) in
                    try unsafe socket.receive(into: free, &descriptors)
                }
                if case .success(.bytes(let got)) = outcome { return got }
                return 0
            }
            switch outcome {
            case .success(.bytes): break
            case .success(.nothing): return false
            case .success(.end): throw .peerGone
            case .success(.tooManyDescriptors): throw .malformed
            case .failure(let error): throw .system(error)
            }
        }
        return true
    }

    // MARK: Sending

    /// Sends a message of which `fill` appends the payload.
    func send(
        _ request: UInt32, flags: VhostUser.HeaderFlags, descriptors: [FileDescriptor] = [],
        payload fill: (inout WireBuffer) -> Void = { _ in }
    ) throws(VhostUserError) {
        out.removeAll()
        out.append(VhostUser.Header(request: request, flags: flags, size: 0))
        fill(&out)
        out.store(u32: UInt32(out.count - VhostUser.Header.sizeBytes), at: 8)
        var sent = 0
        while sent < out.count {
            let count = try Self.send(out, from: sent, sent == 0 ? descriptors : [], on: socket)
            sent += count
            guard count > 0 || socket.waitUntilWritable(timeoutMillis: Self.sendMillis) else {
                throw .timedOut
            }
        }
    }

    private static func send(
        _ out: borrowing WireBuffer, from offset: Int, _ descriptors: [FileDescriptor],
        on socket: borrowing UnixSocket
    ) throws(VhostUserError) -> Int {
        let outcome = unsafe out.bytes.extracting(droppingFirst: offset).withUnsafeBytes { bytes in
            // SAFETY: the bytes are read during the call only.
            Result { () throws(Errno) in try unsafe socket.send(bytes, descriptors: descriptors) }
        }
        switch outcome {
        case .success(let count): return count
        case .failure(.brokenPipe), .failure(.connectionReset): throw .peerGone
        case .failure(let error): throw .system(error)
        }
    }

    /// Answers the message at hand. [VU-004]
    func reply(
        descriptors: [FileDescriptor] = [], payload fill: (inout WireBuffer) -> Void = { _ in }
    ) throws(VhostUserError) {
        guard let header else { return }
        // Whoever is answered finds nothing open any more that nobody has taken.
        self.descriptors.removeAll()
        try send(
            header.request, flags: [.version1, .reply], descriptors: descriptors, payload: fill)
    }

    // MARK: Waiting

    /// Waits for a whole message; false past the deadline.
    func receive(untilNanos deadline: UInt64) throws(VhostUserError) -> Bool {
        while try !receive() {
            guard let left = Self.millis(until: deadline),
                socket.waitUntilReadable(timeoutMillis: left)
            else { return false }
        }
        return true
    }

    /// As ``receive(untilNanos:)``; meanwhile `serve` is called when `other` has something, until
    /// it answers false.
    ///
    /// - Parameter givesUp: then this answers false too, for the other one's sake.
    func receive(
        untilNanos deadline: UInt64, serving other: FileDescriptor, givesUp: Bool = false,
        _ serve: () -> Bool
    ) throws(VhostUserError) -> Bool {
        var serves = true
        while try !receive() {
            guard serves else { return givesUp ? false : try receive(untilNanos: deadline) }
            guard let left = Self.millis(until: deadline) else { return false }
            let ready = socket.waitUntilReadable(or: other, timeoutMillis: left)
            if ready.other { serves = serve() }
        }
        return true
    }

    /// Waits until something has come, or `other` is readable; true for the latter.
    func wait(or other: FileDescriptor) -> Bool {
        socket.waitUntilReadable(or: other, timeoutMillis: -1).other
    }

    private static func millis(until deadline: UInt64) -> Int32? {
        let now = MonotonicClock.nowNanos
        guard now < deadline else { return nil }
        return Int32(clamping: (deadline - now) / 1_000_000 + 1)
    }
}

extension WireBuffer {
    /// The message that begins at `offset`.
    borrowing func decode<M: WireMessage>(_ type: M.Type = M.self, at offset: Int)
        throws(WireError) -> M
    {
        guard offset <= count else { throw WireError(kind: .truncated, offset: count) }
        return try M(bytes.extracting(droppingFirst: offset))
    }
}
