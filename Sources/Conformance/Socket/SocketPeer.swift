// A front-end's end of a connection: it sends whatever a case wants, and tells what comes back
// without an idea of what ought to. It shares no code with the back-end's reader of messages.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// One connection. Owned by the thread that runs the case; closed when it goes.
final class SocketPeer {
    /// A message of the back-end's.
    struct Message {
        let header: VhostUser.Header
        let payload: [UInt8]
        let descriptorCount: Int
    }

    enum Incoming {
        case message(Message)
        case closed
        case silence
    }

    private let socket: UnixSocket
    private var bytes: [UInt8] = []
    private var descriptors = DescriptorList()
    private var isClosed = false

    /// No message of the protocol has more.
    private static let payloadBytesMax: UInt32 = 1 << 16

    init(_ owned: consuming OwnedDescriptor) throws(Errno) { socket = try UnixSocket(owned) }

    /// False when the back-end has closed its end, or does not read.
    func send(_ bytes: [UInt8], _ descriptors: [FileDescriptor] = [], withinMillis millis: Int32)
        -> Bool
    {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { rest in
                // SAFETY: the bytes are read during the call only.
                try? unsafe socket.send(rest, descriptors: sent == 0 ? descriptors : [])
            }
            guard let count else { return false }
            sent += count
            guard count > 0 || socket.waitUntilWritable(timeoutMillis: millis) else { return false }
        }
        return true
    }

    /// The next message, with all descriptors that came so far.
    func receive(withinMillis millis: Int32) -> Incoming {
        let deadline = MonotonicClock.nowNanos &+ UInt64(max(0, millis)) * 1_000_000
        while true {
            if let message = takeMessage() { return .message(message) }
            guard !isClosed else { return .closed }
            let now = MonotonicClock.nowNanos
            guard now < deadline,
                socket.waitUntilReadable(
                    timeoutMillis: Int32(clamping: (deadline - now) / 1_000_000 + 1))
            else { return .silence }
            read()
        }
    }

    private func read() {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let received = unsafe chunk.withUnsafeMutableBytes { free in
            // SAFETY: `receive` writes into the buffer only, during the call.
            try? unsafe socket.receive(into: free, &descriptors)
        }
        if case .bytes(let count)? = received {
            bytes += chunk.prefix(count)
        } else if received != .nothing {
            isClosed = true
        }
    }

    private func takeMessage() -> Message? {
        let headBytes = VhostUser.Header.sizeBytes
        guard let header: VhostUser.Header = bytes.message() else { return nil }
        guard header.size <= Self.payloadBytesMax else {
            isClosed = true
            return nil
        }
        let end = headBytes + Int(header.size)
        guard bytes.count >= end else { return nil }
        defer {
            bytes.removeFirst(end)
            descriptors.removeAll()
        }
        return Message(
            header: header, payload: Array(bytes[headBytes..<end]),
            descriptorCount: descriptors.count)
    }
}

extension [UInt8] {
    /// The message at the front; nil when there are too few bytes.
    func message<M: WireMessage>(_ type: M.Type = M.self, at offset: Int = 0) -> M? {
        guard offset <= count else { return nil }
        var buffer = WireBuffer(capacity: count - offset)
        buffer.append(contentsOf: Array(self[offset...]))
        return try? buffer.decode()
    }

    /// The little number at the front; nil when there are fewer than 8 bytes.
    var u64: UInt64? {
        guard count >= 8 else { return nil }
        return (0..<8).reduce(0) { $0 | UInt64(self[$1]) << (8 * UInt64($1)) }
    }

    /// A number as the messages have it.
    init(u64 value: UInt64) { self = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    init(_ message: some WireMessage) {
        var buffer = WireBuffer(capacity: type(of: message).sizeBytes)
        buffer.append(message)
        self = buffer.array()
    }
}
