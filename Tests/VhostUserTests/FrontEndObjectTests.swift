// Objects of other back-ends that a front-end hands out, and front-ends that hand out something else.

import Foundation
import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VirtioDevices
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@testable import VhostUser

/// A back-end that looks for an object, in a domain of its own.
private struct Seeker {
    let domain = ResourceRegistry()
    let importer: Participant
    let service: EchoService

    init(limits: BackEndLimits = BackEndLimits()) throws {
        importer = domain.join(name: "importer")
        service = try EchoService(
            limits: limits, exporting: ExportingDevice(domain: domain, name: "virtio-seeker"))
    }

    /// As a device does that finds the name in no other way; what came of it.
    func find(_ uuid: ResourceUUID) throws -> RegistryError? {
        try service.device { device in
            do throws(RegistryError) { try device.foreign?.find(uuid) } catch { return error }
            return nil
        }
    }

    func attach(_ uuid: ResourceUUID) throws(RegistryError) -> Attachment {
        try domain.attach(uuid, by: importer, direction: .readWrite)
    }
}

/// A front-end whose answer to a look-up is the test's.
private final class LyingFrontEnd {
    let raw: RawFrontEnd
    private let requests: MessageChannel

    init(_ seeker: Seeker) throws {
        raw = try RawFrontEnd(path: seeker.service.path)
        try raw.negotiate()
        var theirs: OwnedDescriptor?
        requests = try MessageChannel(try UnixSocket.pair(with: &theirs), peerSends: .requests)
        let given = try present(theirs.take())
        #expect(try raw.acknowledged(.setBackEndReqFD, [given.descriptor]))
    }

    /// Answers the next look-up, with this many bytes of payload, on a thread of its own; `body` runs
    /// meanwhile.
    func answer<R: Sendable>(
        _ value: UInt64, _ files: [FileDescriptor], bytes: Int = 8, _ body: () throws -> R
    ) throws -> R {
        let channel = Unchecked(requests)
        let thread = try WorkerThread(name: "liar") {
            let channel = channel.value
            guard (try? channel.receive(untilNanos: RawFrontEnd.deadline())) == true else { return }
            try? channel.reply(descriptors: files) { out in
                for index in 0..<bytes { out.append(u8: index == 0 ? UInt8(value) : 0) }
            }
            channel.finish()
        }
        defer { thread.join() }
        return try body()
    }

    /// Used by one thread after the other.
    private struct Unchecked: @unchecked Sendable {
        let value: MessageChannel
        init(_ value: MessageChannel) { self.value = value }
    }
}

@Suite("Objects that a front-end hands out", .serialized)
struct FrontEndObjectTests {
    private let name = ResourceUUID(high: 0x1111_2222_3333_4444, low: 0x8555_6666_7777_8888)

    @Test("are found in another back-end's process, and are that one's memory [VU-096]")
    func found() throws {
        let exportingDomain = ResourceRegistry()
        let exporter = try exportingDomain.join(
            name: "virtio-echo",
            capabilities: DeviceCapabilities(exports: .sharedMemory, imports: []))
        let other = try EchoService(
            exporting: ExportingDevice(domain: exportingDomain, name: "virtio-echo"))
        let seeker = try Seeker()
        let (guest, table) = (try TestGuest(), SharedObjectTable())
        let fronts = [
            try other.connect(guest, objects: table),
            try seeker.service.connect(guest, objects: table),
        ]
        let memory = try SharedMemory(name: "handed out", sizeBytes: 8192)
        let object = try exportingDomain.export(
            ObjectDescription(
                sizeBytes: 8192,
                backing: .sharedMemory(
                    FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 8192)),
                memory: memory.range), by: exporter)
        let deadline = RawFrontEnd.deadline()
        while !table.uuids.contains(object.uuid) {
            try #require(MonotonicClock.nowNanos < deadline)
        }
        #expect(try seeker.find(object.uuid) == nil)
        let attachment = try seeker.attach(object.uuid)
        attachment.memory.write([7, 8, 9])
        #expect(memory.range.slice(offset: 0, count: 3)?.bytes() == [7, 8, 9])
        // Its name stands as long as somebody uses it: nobody would tell of its end.
        let second = try seeker.attach(object.uuid)
        attachment.detach()
        #expect(try seeker.domain.object(named: object.uuid, for: seeker.importer).isForeign)
        second.detach()
        #expect(throws: RegistryError.unknownObject) { _ = try seeker.attach(object.uuid) }
        #expect(seeker.domain.counters.objects == 0)
        // Removed there, it is not found here. [LIFE-1]
        try exportingDomain.remove(object, by: exporter)
        while table.uuids.contains(object.uuid) {
            try #require(MonotonicClock.nowNanos < deadline)
        }
        #expect(try seeker.find(object.uuid) == .unknownObject)
        for front in fronts { #expect(front.failure == nil) }
    }

    @Test("go with the front-end: who uses one is told, and keeps its memory [LIFE-3]")
    func frontEndGoes() throws {
        let seeker = try Seeker()
        let memory = try SharedMemory(name: "handed out", sizeBytes: 4096)
        let revoked = Monitor<Revocation?>(nil)
        let attachment: Attachment
        do {
            let liar = try LyingFrontEnd(seeker)
            #expect(try liar.answer(0, [memory.descriptor]) { try seeker.find(name) } == nil)
            attachment = try seeker.domain.attach(
                name, by: seeker.importer, direction: .read,
                onRevoked: { reason in revoked.update { $0 = reason } })
            withExtendedLifetime(liar) {}
        }
        let reason = revoked.wait(untilNanos: RawFrontEnd.deadline()) { $0 }
        #expect(reason == .exporterReset)
        memory.range.write([3])
        #expect(attachment.memory.slice(offset: 0, count: 1)?.bytes() == [3])
        attachment.detach()
        #expect(seeker.domain.counters.objects == 0)
    }

    @Test("are memory, or are not taken; no descriptor stays behind")
    func notMemory() throws {
        let seeker = try Seeker()
        let liar = try LyingFrontEnd(seeker)
        let path = FilePath(seeker.service.path + ".file")
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        defer {
            try? file.close()
            try? FileManager.default.removeItem(atPath: path.string)
        }
        try file.writeAll([UInt8](repeating: 1, count: 4096))
        let event = try EventDescriptor()
        let empty = try SharedMemory(name: "handed out", sizeBytes: 4096)
        try empty.descriptor.resize(to: 0)
        let huge = try SharedMemory(name: "handed out", sizeBytes: 4096)
        try huge.descriptor.resize(to: 1 << 40)
        let memory = try SharedMemory(name: "handed out", sizeBytes: 4096)
        let readOnly = try FileDescriptor.open(
            FilePath("/proc/self/fd/\(memory.descriptor.rawValue)"), .readOnly,
            options: .closeOnExec)
        defer { try? readOnly.close() }
        let before = try Held.entries("/proc/self/fd").count
        for bad in [file, event.descriptor, empty.descriptor, huge.descriptor, readOnly] {
            #expect(
                try liar.answer(0, [bad]) { try seeker.find(name) } == .notMappable)
        }
        // Said to be there, without a descriptor; said not to be there, with one.
        #expect(try liar.answer(0, []) { try seeker.find(name) } == .unknownObject)
        #expect(
            try liar.answer(1, [memory.descriptor]) { try seeker.find(name) } == .unknownObject)
        #expect(seeker.domain.counters.objects == 0)
        // More than one: the first counts.
        #expect(
            try liar.answer(0, [memory.descriptor, event.descriptor]) { try seeker.find(name) }
                == nil)
        let attachment = try seeker.attach(name)
        attachment.detach()
        #expect(seeker.domain.counters.objects == 0)
        #expect(try Held.entries("/proc/self/fd").count == before)
    }

    @Test("that are cut short are zeros of our own, and can be attached no more")
    func cutShort() throws {
        let seeker = try Seeker()
        let liar = try LyingFrontEnd(seeker)
        let memory = try SharedMemory(name: "handed out", sizeBytes: 4096)
        memory.range.fill(0xff)
        #expect(try liar.answer(0, [memory.descriptor]) { try seeker.find(name) } == nil)
        let attachment = try seeker.attach(name)
        try memory.descriptor.resize(to: 0)
        attachment.memory.write([1])
        #expect(attachment.memory.slice(offset: 0, count: 2)?.bytes() == [1, 0])
        #expect(throws: RegistryError.notMappable) { _ = try seeker.attach(name) }
        attachment.detach()
    }

    @Test("are asked for no more when an answer is none, or does not come")
    func noAnswer() throws {
        var limits = BackEndLimits()
        limits.answerMillis = 50
        let seeker = try Seeker(limits: limits)
        do {
            let liar = try LyingFrontEnd(seeker)
            #expect(
                try liar.answer(0, [], bytes: 16) { try seeker.find(name) } == .unknownObject)
            // Not even asked: nobody answers.
            #expect(try seeker.find(name) == .unknownObject)
            #expect(try liar.raw.number(.getProtocolFeatures) != 0)
        }
        let silent = try LyingFrontEnd(seeker)
        #expect(try seeker.find(name) == .unknownObject)
        #expect(try silent.raw.number(.getProtocolFeatures) != 0)
    }
}
