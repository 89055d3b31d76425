internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// How cases about the socket's protocol are written.
enum SocketCase {
    /// A case on a connection on which the protocol's features were agreed on.
    ///
    /// - Parameter needs: without these the case is unimplemented.
    static func make(
        _ id: String, _ clause: String, level: ConformanceCase.Level = .must,
        device: UInt32? = nil, needs: VhostUser.ProtocolFeatures = [],
        body: @escaping @Sendable (inout SocketContext) throws -> Void
    ) -> ConformanceCase {
        raw("vhost-user/" + id, clause, level: level, device: device) { context in
            try context.begin(needs: needs)
            try body(&context)
        }
    }

    /// A case on a connection on which nothing was said.
    static func raw(
        _ id: String, _ clause: String, level: ConformanceCase.Level = .must,
        device: UInt32? = nil, body: @escaping @Sendable (inout SocketContext) throws -> Void
    ) -> ConformanceCase {
        ConformanceCase(id: id, clause: clause, level: level, device: device) {
            (context: inout SocketContext) in
            try body(&context)
            return context.deviation.map { .nonStrict($0) } ?? .pass
        }
    }
}

/// A pair of sockets of which a back-end gets one end: the other end tells when it is closed.
final class Canary {
    private let ours: UnixSocket
    private var theirs: OwnedDescriptor?

    init() throws(Errno) {
        var other: OwnedDescriptor?
        ours = try UnixSocket(try UnixSocket.pair(with: &other))
        theirs = other.take()
    }

    /// To be sent.
    var descriptor: FileDescriptor { theirs?.descriptor ?? FileDescriptor(rawValue: -1) }

    /// Whether nobody has the end that was sent any more.
    func isClosed(withinMillis millis: Int32) -> Bool {
        theirs = nil
        let deadline = MonotonicClock.nowNanos &+ UInt64(millis) * 1_000_000
        while MonotonicClock.nowNanos < deadline {
            guard ours.waitUntilReadable(timeoutMillis: 20) else { continue }
            var bytes = [UInt8](repeating: 0, count: 256)
            var descriptors = DescriptorList()
            let received = unsafe bytes.withUnsafeMutableBytes { free in
                // SAFETY: `receive` writes into the buffer only, during the call.
                try? unsafe ours.receive(into: free, &descriptors)
            }
            if received == .end || received == nil { return true }
        }
        return false
    }
}
