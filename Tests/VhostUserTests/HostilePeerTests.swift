// A process that has joined a domain and keeps to no rule: it is dropped, what it held is free, and
// the next one is served.

import Foundation
import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VirtioWire

@testable import VhostUser

@Suite("A hostile process in the domain", .serialized)
final class HostilePeerTests {
    private let registry = ResourceRegistry()
    private let device: Participant
    private let folder: String
    private let link: DomainLink
    private let memory: SharedMemory
    private let object: SharedObject

    init() throws {
        folder = NSTemporaryDirectory() + "hostile." + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        device = registry.join(name: "virtio-gpu")
        link = try DomainLink(registry, at: .path(folder + "/domain"))
        memory = try SharedMemory(name: "hostile peer", sizeBytes: 4096)
        object = try registry.export(
            ObjectDescription(
                sizeBytes: 4096,
                backing: .sharedMemory(
                    FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 4096)),
                memory: memory.range), by: device)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The peer's end, message by message.
    private final class Peer {
        let channel: MessageChannel

        /// - Parameter hello: what it says first; nil for nothing.
        init(_ folder: String, hello: DomainMessage? = DomainMessage(.hello, value: 1)) throws {
            channel = try MessageChannel(
                try UnixSocket.connect(to: folder + "/domain"), peerSends: .requests)
            if let hello { try send(hello) }
        }

        func send(_ message: DomainMessage, _ files: [FileDescriptor] = []) throws {
            try channel.send(
                message.kind.rawValue, flags: .version1, descriptors: files,
                payload: message.encode)
        }

        /// The next message, hello aside; nil when none comes.
        func next() throws -> DomainMessage? {
            while try channel.receive(untilNanos: RawFrontEnd.deadline()) {
                defer { channel.finish() }
                let header = try #require(channel.header)
                guard let message = DomainMessage(request: header.request, channel.payload) else {
                    throw VhostUserError.malformed
                }
                if message.kind != .hello { return message }
            }
            return nil
        }

        /// Whether the other side has dropped us, reading over what it still says.
        func isDropped() -> Bool {
            do {
                while try next() != nil {}
                return false
            } catch {
                return (error as? VhostUserError) == .peerGone
                    || (error as? VhostUserError) == .system(.connectionReset)
            }
        }
    }

    /// Whether an honest process is served now, and nothing is left of the last one.
    private func servesTheNext() throws {
        #expect(link.wait(joined: false, untilNanos: RawFrontEnd.deadline()))
        let peer = try Peer(folder)
        try peer.send(DomainMessage(.lookUp, number: 1, uuid: object.uuid))
        let found = try #require(try peer.next())
        #expect(found.kind == .found && found.value == 0 && found.extra == 4096)
        #expect(registry.counters.attachments == 1)
        #expect(registry.counters.leases == 0)
        #expect(registry.counters.objects == 1)
    }

    @Test(
        "is dropped for what is no message, or not in its turn [DOM-002]",
        arguments: [
            // Nothing was asked of it.
            DomainMessage(.found, number: 1), DomainMessage(.found, number: .max, value: 9),
            // Hello is said once.
            DomainMessage(.hello, value: 1),
            // Numbers go upwards from 1.
            DomainMessage(.lookUp, number: 0), DomainMessage(.ask, number: 0),
            DomainMessage(.ask, number: 3, value: 2), DomainMessage(.revoked, number: 1, value: 3),
        ])
    func badMessage(message: DomainMessage) throws {
        let peer = try Peer(folder)
        try peer.send(message)
        #expect(peer.isDropped())
        try servesTheNext()
    }

    @Test("is dropped for numbers that it has used, and unknown kinds and sizes [DOM-002]")
    func bytes() throws {
        let again = try Peer(folder)
        for _ in 0..<2 { try again.send(DomainMessage(.lookUp, number: 4, uuid: object.uuid)) }
        #expect(again.isDropped())
        for (kind, size) in [(UInt32(0), 40), (10, 40), (.max, 40), (2, 39), (2, 41), (2, 0)] {
            let peer = try Peer(folder)
            try peer.channel.send(kind, flags: .version1) { $0.append(zeros: size) }
            #expect(peer.isDropped(), "\(kind) \(size)")
        }
        try servesTheNext()
    }

    @Test(
        "is let in by its first message only [DOM-001]",
        arguments: [
            DomainMessage(.hello, value: 2), DomainMessage(.hello),
            DomainMessage(.lookUp, number: 1),
        ])
    func hello(message: DomainMessage) throws {
        let peer = try Peer(folder, hello: message)
        #expect(peer.isDropped())
        try servesTheNext()
    }

    @Test("may ask for what it has not, and hears nothing")
    func ignored() throws {
        let peer = try Peer(folder)
        for kind in [DomainMessage.Kind.drop, .granted, .end, .downgrade] {
            try peer.send(DomainMessage(kind, number: 77))
        }
        try peer.send(DomainMessage(.ask, number: 1, extra: 55))
        try peer.send(DomainMessage(.revoked, number: 77))
        try peer.send(DomainMessage(.lookUp, number: 2, uuid: object.uuid))
        #expect(try peer.next()?.kind == .found)
    }

    @Test("holds an object for itself only until it is taken back, whatever it does [DOM-006]")
    func holdsOn() throws {
        let peer = try Peer(folder)
        try peer.send(DomainMessage(.lookUp, number: 1, uuid: object.uuid))
        try peer.send(DomainMessage(.ask, number: 2, value: 1, extra: 1))
        #expect(try peer.next()?.kind == .found)
        #expect(try peer.next() == DomainMessage(.granted, number: 2))
        registry.reset(device)
        #expect(registry.waitUntilUnused(exporter: device, untilNanos: RawFrontEnd.deadline()))
        #expect(try peer.next() == DomainMessage(.revoked, number: 1, value: 1))
        #expect(registry.counters.objects == 0 && registry.counters.leases == 0)
    }

    @Test("cannot have more leases than there are, nor objects")
    func floods() throws {
        let peer = try Peer(folder)
        for number in 1...UInt64(DomainExports.attachmentsMax + 1) {
            try peer.send(DomainMessage(.lookUp, number: number, uuid: object.uuid))
            let found = try #require(try peer.next())
            let outcome: UInt64 = number > UInt64(DomainExports.attachmentsMax) ? 1 : 0
            #expect(found.value == outcome)
        }
        var number = UInt64(DomainExports.attachmentsMax + 1)
        // One object has its own limit of leases: there the peer loses the object.
        for round in 0...1024 {
            number += 1
            try peer.send(DomainMessage(.ask, number: number, value: 0, extra: 1))
            #expect(try peer.next()?.kind == (round < 1024 ? .granted : .revoked))
        }
        #expect(registry.counters.leases == 0)
    }

    @Test("that does not read is dropped, and holds up nobody")
    func neverReads() throws {
        let peer = try Peer(folder)
        var number: UInt64 = 0
        do {
            while number < 1_000_000 {
                number += 1
                try peer.send(
                    DomainMessage(.lookUp, number: number, uuid: ResourceUUID(high: 1, low: 1)))
            }
        } catch {}
        // Either side has given up.
        #expect(number < 1_000_000)
        try servesTheNext()
    }

    /// What the link finds at a peer that answers a look-up with this.
    private func found(
        _ value: UInt64, size: UInt64 = 4096, uuid: ResourceUUID? = nil, _ files: [FileDescriptor]
    ) throws -> RegistryError? {
        #expect(link.wait(joined: false, untilNanos: RawFrontEnd.deadline()))
        let peer = try Peer(folder)
        #expect(link.wait(joined: true, untilNanos: RawFrontEnd.deadline()))
        let asked = ResourceUUID(high: 0x99, low: 0x77)
        let outcome = Monitor<RegistryError??>(nil)
        let link = link
        let thread = try WorkerThread(name: "finder") {
            var error: RegistryError?
            do throws(RegistryError) { try link.find(asked) } catch let caught { error = caught }
            outcome.update { $0 = .some(error) }
        }
        let message = try #require(try peer.next())
        #expect(message.kind == .lookUp && message.uuid == asked)
        try? peer.send(
            DomainMessage(
                .found, number: message.number, uuid: uuid ?? asked, value: value, extra: size),
            files)
        thread.join()
        withExtendedLifetime(peer) {}
        return try #require(outcome.withLock { $0 })
    }

    @Test("that answers with what is no memory is not believed [DOM-004]")
    func badAnswers() throws {
        let event = try EventDescriptor()
        let small = try SharedMemory(name: "hostile peer", sizeBytes: 4096)
        #expect(try found(0, [event.descriptor]) == .notMappable)
        #expect(try found(0, size: 0, [small.descriptor]) == .notMappable)
        #expect(try found(0, size: 8192, [small.descriptor]) == .notMappable)
        #expect(try found(0, size: .max, [small.descriptor]) == .notMappable)
        #expect(try found(1, [small.descriptor]) == .unknownObject)
        #expect(try found(2, []) == .needsCopy)
        // These break a rule.
        #expect(try found(0, []) == .unknownObject)
        #expect(try found(3, [small.descriptor]) == .unknownObject)
        #expect(
            try found(0, uuid: object.uuid, [small.descriptor]) == .unknownObject,
            "a name of our own is not taken over")
        #expect(registry.counters.objects == 1)
        #expect(try found(0, [small.descriptor]) == nil)
        try servesTheNext()
    }
}
