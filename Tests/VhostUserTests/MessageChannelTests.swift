import LinuxSystem
import SystemPackage
import Testing
import VirtioWire

@testable import VhostUser

@Suite("A channel of messages")
struct MessageChannelTests {
    /// A channel and the socket of its peer.
    private func pair(_ role: MessageChannel.Role = .requests) throws -> (
        MessageChannel, RawSocket
    ) {
        var other: OwnedDescriptor?
        let channel = try MessageChannel(try UnixSocket.pair(with: &other), peerSends: role)
        return (channel, RawSocket(try UnixSocket(try present(other.take()))))
    }

    private func message(
        request: UInt32 = 1, flags: UInt32 = 1, size: UInt32? = nil, payload: [UInt8] = []
    ) -> [UInt8] {
        var out = WireBuffer(capacity: 12 + payload.count)
        out.append(u32: request)
        out.append(u32: flags)
        out.append(u32: size ?? UInt32(payload.count))
        out.append(contentsOf: payload)
        return out.array()
    }

    @Test("puts messages together from single bytes [VU-001]")
    func bytes() throws {
        let (channel, peer) = try pair()
        let payload = [UInt8](0..<40)
        let stream = message(request: 5, payload: payload) + message(request: 6)
        var got: [(UInt32, [UInt8])] = []
        for byte in stream {
            try peer.send([byte])
            while try channel.receive() {
                got.append((try #require(channel.header).request, channel.payload.array()))
                channel.finish()
            }
        }
        try #require(got.count == 2)
        #expect(got[0] == (5, payload))
        #expect(got[1] == (6, []))
    }

    @Test("keeps messages that arrive together apart")
    func together() throws {
        let (channel, peer) = try pair()
        try peer.send((0..<20).flatMap { message(request: $0, payload: [UInt8($0)]) })
        for number in 0..<20 as Range<UInt32> {
            try #require(try channel.receive())
            #expect(channel.header?.request == number)
            #expect(channel.payload.array() == [UInt8(number)])
            channel.finish()
        }
        #expect(try !channel.receive())
    }

    @Test(
        "ends on headers that are not the protocol's [VU-003] [VU-005]",
        arguments: [
            (0 as UInt32, 0 as UInt32), (2, 0), (3, 0), (5, 0), (13, 0),
            (1, 2057), (1, 0x8000_0000), (1, .max),
        ])
    func malformed(flags: UInt32, size: UInt32) throws {
        let (channel, peer) = try pair()
        try peer.send(message(flags: flags, size: size))
        #expect(throws: VhostUserError.malformed) { try channel.receive() }
    }

    @Test("wants replies where replies are due [VU-003]")
    func replies() throws {
        let (channel, peer) = try pair(.replies)
        try peer.send(message(flags: 5, payload: [1]))
        #expect(try channel.receive())
        channel.finish()
        try peer.send(message(flags: 1))
        #expect(throws: VhostUserError.malformed) { try channel.receive() }
    }

    @Test("tells the end of the peer, also in the middle of a message")
    func end() throws {
        for count in [0, 1, 11, 12, 15] {
            let (channel, peer) = try pair()
            try peer.send(Array(message(payload: [1, 2, 3, 4]).prefix(count)))
            peer.close()
            #expect(throws: VhostUserError.peerGone) { try channel.receive() }
        }
    }

    @Test("closes descriptors that nobody took [VU-006]")
    func descriptors() throws {
        let name = "channel test untaken"
        let (channel, peer) = try pair()
        let file = try SharedMemory(name: name, sizeBytes: 4096)
        #expect(try Held.descriptors(named: name) == 1)
        try peer.send(message(), Array(repeating: file.descriptor, count: 8))
        try #require(try channel.receive())
        #expect(channel.descriptorCount == 8)
        #expect(try Held.descriptors(named: name) == 9)
        do {
            let taken = try present(channel.takeDescriptor())
            #expect(try taken.descriptor.regularFileBytes() == 4096)
            channel.finish()
            #expect(try Held.descriptors(named: name) == 2)
        }
        #expect(try Held.descriptors(named: name) == 1)
    }

    @Test("ends on more descriptors than any message has, and keeps none")
    func tooMany() throws {
        let name = "channel test surplus"
        let file = try SharedMemory(name: name, sizeBytes: 4096)
        do {
            let (channel, peer) = try pair()
            try peer.send(message(), Array(repeating: file.descriptor, count: 9))
            #expect(throws: VhostUserError.malformed) { try channel.receive() }
        }
        do {
            // One with each byte of a header.
            let (channel, peer) = try pair()
            for byte in message() { try peer.send([byte], [file.descriptor]) }
            #expect(throws: VhostUserError.malformed) { try channel.receive() }
        }
        #expect(try Held.descriptors(named: name) == 1)
    }

    @Test("gives up on a peer that does not read")
    func neverReads() throws {
        let (channel, peer) = try pair()
        #expect(throws: VhostUserError.timedOut) {
            while true {
                try channel.send(1, flags: .version1) { $0.append(zeros: 2000) }
            }
        }
        peer.close()
        #expect(throws: VhostUserError.peerGone) { try channel.send(1, flags: .version1) }
    }
}

/// A socket from which anything can be sent.
final class RawSocket {
    private var socket: UnixSocket?

    init(_ socket: consuming UnixSocket) { self.socket = consume socket }

    func send(_ bytes: [UInt8], _ descriptors: [FileDescriptor] = []) throws {
        try #require(trySend(bytes, descriptors))
    }

    /// Whether all of it went: there is room, and somebody at the other end.
    func trySend(_ bytes: [UInt8], _ descriptors: [FileDescriptor] = []) -> Bool {
        let sent = try? unsafe bytes.withUnsafeBytes { bytes in
            try unsafe socket?.send(bytes, descriptors: descriptors)
        }
        return sent == bytes.count
    }

    func close() { socket = nil }
}
