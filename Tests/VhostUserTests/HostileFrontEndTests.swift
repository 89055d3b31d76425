// Front-ends that mean harm, or die: the service lives and serves the next one.

import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

@Suite("Hostile front-ends")
struct HostileFrontEndTests {
    @Test("may die after the Nth message, or in the middle of it")
    func diesAtMessage() throws {
        let name = "vhost dies"
        let service = try EchoService()
        let guest = try TestGuest(name: name)
        let event = try EventDescriptor()
        let messages = ScriptedSession.messages(guest, event)
        for last in 0...messages.count {
            for cut in [0, 5, 12, 15] {
                do {
                    let socket = RawSocket(try UnixSocket(try UnixSocket.connect(to: service.path)))
                    for message in messages.prefix(last) {
                        try socket.send(message.bytes, message.files)
                    }
                    if cut > 0, last < messages.count {
                        let message = messages[last]
                        try socket.send(Array(message.bytes.prefix(cut)), message.files)
                    }
                    socket.close()
                }
                // The next one is served only when the last one is gone.
                let next = try RawFrontEnd(path: service.path)
                #expect(try next.number(.getFeatures) & 1 == 1)
                #expect(try Held.descriptors(named: name) == 1, "\(last) \(cut)")
                #expect(try Held.mappings(named: name) == 1, "\(last) \(cut)")
            }
        }
        try service.expectEcho(try service.connect(guest), guest)
    }

    @Test("may send anything")
    func random() throws {
        let service = try EchoService()
        let guest = try TestGuest()
        let event = try EventDescriptor()
        let messages = ScriptedSession.messages(guest, event)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let socket = RawSocket(try UnixSocket(try UnixSocket.connect(to: service.path)))
            for message in messages {
                var bytes = message.bytes
                if Int.random(in: 0..<6, using: &generator) == 0 {
                    let at = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[at] = UInt8.random(in: 0...255, using: &generator)
                }
                let some = Int.random(in: 0..<8, using: &generator) == 0 ? [] : message.files
                guard socket.trySend(bytes, some) else { break }
            }
        }
        try service.expectEcho(try service.connect(guest), guest)
    }

    @Test("cannot hold the thread by descriptors that are no eventfds")
    func strangeDescriptors() throws {
        let service = try EchoService()
        let front = try RawFrontEnd(path: service.path)
        try front.negotiate()
        // A socket that is always readable, one whose buffer is full, one whose peer is gone.
        var peer: OwnedDescriptor?
        let readable = try UnixSocket(try UnixSocket.pair(with: &peer))
        let other = RawSocket(try UnixSocket(try present(peer.take())))
        try other.send([1, 2, 3])
        var gone: OwnedDescriptor?
        let broken = try UnixSocket.pair(with: &gone)
        gone = nil
        let guest = try TestGuest()
        let ring = try HandRing(front, guest)
        for part in HandRing.Part.allCases where part != .call { #expect(try ring.tell(part)) }
        for descriptor in [readable.descriptor, broken.descriptor] {
            #expect(try front.acknowledged(.setVringKick, [descriptor]) { $0.append(u64: 0) })
            #expect(try front.acknowledged(.setVringCall, [descriptor]) { $0.append(u64: 0) })
            try ring.post(EchoDevice.echo)
            #expect(try ring.tell(.kick))
            ring.kick.signal()
            #expect(try front.number(.getStatus) == 0)
        }
        // An eventfd that can take no signal.
        let full = try EventDescriptor()
        var value = UInt64.max - 1
        _ = try unsafe withUnsafeBytes(of: &value) { try unsafe full.descriptor.write($0) }
        #expect(try front.acknowledged(.setVringCall, [full.descriptor]) { $0.append(u64: 0) })
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try ring.tell(.call))
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try ring.used() >= 1)
    }

    @Test("cannot make it wait for answers that nobody reads")
    func flood() throws {
        let service = try EchoService()
        let socket = RawSocket(try UnixSocket(try UnixSocket.connect(to: service.path)))
        let message = ScriptedSession.encoded(.getFeatures, [])
        let deadline = RawFrontEnd.deadline()
        while service.log.count < 2, MonotonicClock.nowNanos < deadline {
            _ = socket.trySend(message)
        }
        #expect(service.log.wait(for: 2).last == .disconnected(.timedOut))
        let guest = try TestGuest()
        try service.expectEcho(try service.connect(guest), guest)
    }

    @Test("is not waited for on the back-end's own channel")
    func silentChannel() throws {
        var limits = BackEndLimits()
        limits.answerMillis = 20
        let service = try EchoService(limits: limits)
        let front = try RawFrontEnd(path: service.path)
        try front.negotiate()
        var theirs: OwnedDescriptor?
        let ours = try UnixSocket.pair(with: &theirs)
        let given = try present(theirs.take())
        #expect(try front.acknowledged(.setBackEndReqFD, [given.descriptor]))
        let ring = try HandRing(front, try TestGuest())
        for part in HandRing.Part.allCases { #expect(try ring.tell(part)) }
        try ring.post(EchoDevice.map)
        ring.kick.signal()
        #expect(ring.call.wait(timeoutMillis: 10_000))
        #expect(try ring.queue.takeUsed()?.len == 1)
        #expect(try front.number(.getQueueNum) == 2)
        withExtendedLifetime(ours.descriptor) {}
    }
}
