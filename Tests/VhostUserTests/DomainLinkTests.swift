// One domain over two processes: here two registries of one process, linked as they would be.

import Foundation
import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@testable import VhostUser

/// One side of a domain.
private final class Side {
    let registry = ResourceRegistry()
    let device: Participant
    private(set) var link: DomainLink?
    let events = Monitor<[DomainLinkEvent]>([])

    init(_ name: String, at place: DomainPlace) throws {
        device = registry.join(name: name)
        let events = events
        link = try DomainLink(registry, at: place) { event in events.update { $0.append(event) } }
    }

    func find(_ uuid: ResourceUUID) -> RegistryError? {
        do throws(RegistryError) { try link?.find(uuid) } catch { return error }
        return nil
    }

    func leave() { link = nil }

    func attach(_ uuid: ResourceUUID, revoked: Monitor<Revocation?> = Monitor(nil))
        throws(RegistryError) -> Attachment
    {
        try registry.attach(uuid, by: device, direction: .readWrite) { reason in
            revoked.update { $0 = reason }
        }
    }

    /// Waits, bounded, until so much is so.
    func wait(_ body: (RegistryCounters) -> Bool) -> Bool {
        let deadline = RawFrontEnd.deadline()
        while !body(registry.counters) {
            guard MonotonicClock.nowNanos < deadline else { return false }
        }
        return true
    }
}

/// An object of a side's, with its memory.
private struct Exported {
    let memory: SharedMemory
    let object: SharedObject
    var uuid: ResourceUUID { object.uuid }

    init(_ side: Side, hasFile: Bool = true) throws {
        memory = try SharedMemory(name: "linked object", sizeBytes: 8192)
        let file = FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 8192)
        object = try side.registry.export(
            ObjectDescription(
                sizeBytes: 8000, backing: hasFile ? .sharedMemory(file) : .hostMemory,
                memory: memory.range), by: side.device)
    }
}

/// Sockets of domains in a folder of their own.
private final class DomainFolder {
    let path: String
    var socket: String { path + "/domain" }

    init(mode: Int = 0o700) throws {
        path = NSTemporaryDirectory() + "domain." + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func linked() throws -> (Side, Side) {
    var other: OwnedDescriptor?
    let one = try UnixSocket.pair(with: &other)
    let first = try Side("one", at: .connected(one.release()))
    let second = try Side("two", at: .connected(try present(other.take()).release()))
    for side in [first, second] {
        #expect(side.link?.wait(joined: true, untilNanos: RawFrontEnd.deadline()) == true)
    }
    return (first, second)
}

@Suite("A domain of two processes", .serialized)
struct DomainLinkTests {
    @Test("finds the other one's object by its name, and it is the same memory [DOM-003]")
    func find() throws {
        let (gpu, media) = try linked()
        let exported = try Exported(gpu)
        #expect(throws: RegistryError.unknownObject) { _ = try media.attach(exported.uuid) }
        #expect(media.find(exported.uuid) == nil)
        let attachment = try media.attach(exported.uuid)
        #expect(attachment.object.sizeBytes == 8000 && attachment.object.uuid == exported.uuid)
        attachment.memory.write([4, 5, 6])
        #expect(exported.memory.range.slice(offset: 0, count: 3)?.bytes() == [4, 5, 6])
        // The exporter's process knows who has it.
        #expect(gpu.registry.counters.attachments == 1)
        // Found already: the same object.
        #expect(media.find(exported.uuid) == nil)
        #expect(try media.attach(exported.uuid).object === attachment.object)
        #expect(gpu.wait { $0.attachments == 1 })
        // In both directions.
        let back = try Exported(media)
        #expect(gpu.find(back.uuid) == nil)
    }

    @Test("does not find what is unknown, is removed, has no descriptor, or came from here [ID-5]")
    func notFound() throws {
        let (gpu, media) = try linked()
        #expect(media.find(ResourceUUID(high: 5, low: 6)) == .unknownObject)
        #expect(media.find(.zero) == .unknownObject)
        let without = try Exported(gpu, hasFile: false)
        #expect(media.find(without.uuid) == .needsCopy)
        let removed = try Exported(gpu)
        try gpu.registry.remove(removed.object, by: gpu.device)
        #expect(media.find(removed.uuid) == .unknownObject)
        let own = try Exported(media)
        #expect(gpu.find(own.uuid) == nil)
        // The one that exports it is not told of it by the one that imported it.
        let folder = try DomainFolder()
        let third = try Side("three", at: .path(folder.socket))
        #expect(third.find(own.uuid) == .unknownObject)
        #expect(gpu.registry.counters.attachments == 0)
    }

    @Test("writes when the readers in the exporter's process are done [DOM-005] [SYNC-5]")
    func leases() throws {
        let (gpu, media) = try linked()
        let exported = try Exported(gpu)
        #expect(media.find(exported.uuid) == nil)
        let attachment = try media.attach(exported.uuid)
        let drawing = try gpu.registry.beginOpaqueRead(of: exported.object)
        let writer = try attachment.requestLease(.write)
        // Asked there, and behind the drawing.
        #expect(gpu.wait { $0.leases == 2 })
        #expect(!writer.isGranted)
        drawing.end()
        try writer.wait(untilNanos: RawFrontEnd.deadline())
        // A reader there waits for the writer here.
        let local = try gpu.attach(exported.uuid)
        let reader = try local.requestLease(.read)
        #expect(!reader.isGranted)
        writer.downgradeToRead()
        try reader.wait(untilNanos: RawFrontEnd.deadline())
        writer.end()
        #expect(gpu.wait { $0.leases == 1 })
        // One that waits is given up.
        let second = try attachment.requestLease(.write)
        #expect(gpu.wait { $0.leases == 2 })
        second.end()
        #expect(gpu.wait { $0.leases == 1 })
    }

    @Test("is told of an object's end, as any importer is [DOM-006] [LIFE-1] [LIFE-2] [LIFE-7]")
    func revocation() throws {
        let (gpu, media) = try linked()
        let ends: [(Revocation, (Exported) throws -> Void)] = [
            (.removed, { try gpu.registry.remove($0.object, by: gpu.device) }),
            (.lost, { try gpu.registry.markLost($0.object, by: gpu.device) }),
            (.withdrawn, { _ in gpu.registry.reset(gpu.device) }),
        ]
        for (reason, end) in ends {
            let exported = try Exported(gpu)
            #expect(media.find(exported.uuid) == nil)
            let revoked = Monitor<Revocation?>(nil)
            let attachment = try media.attach(exported.uuid, revoked: revoked)
            let writer = try attachment.requestLease(.write)
            try writer.wait(untilNanos: RawFrontEnd.deadline())
            try end(exported)
            #expect(revoked.wait(untilNanos: RawFrontEnd.deadline()) { $0 } == reason)
            #expect(throws: RegistryError.unknownObject) { _ = try media.attach(exported.uuid) }
            // The exporter waits for nobody: what is mapped there stays there.
            #expect(gpu.wait { $0.objects == 0 && $0.attachments == 0 && $0.leases == 0 })
            exported.memory.range.write([9])
            #expect(attachment.memory.slice(offset: 0, count: 1)?.bytes() == [9])
            writer.end()
            attachment.detach()
            #expect(media.wait { $0.objects == 0 && $0.leases == 0 })
        }
    }

    @Test("outlives the importer: its leases end, and the exporter's object is free [DOM-007]")
    func importerDies() throws {
        let (gpu, media) = try linked()
        let exported = try Exported(gpu)
        #expect(media.find(exported.uuid) == nil)
        let writer = try media.attach(exported.uuid).requestLease(.write)
        try writer.wait(untilNanos: RawFrontEnd.deadline())
        let reader = try gpu.attach(exported.uuid).requestLease(.read)
        #expect(!reader.isGranted)
        media.leave()
        try reader.wait(untilNanos: RawFrontEnd.deadline())
        #expect(gpu.wait { $0.attachments == 1 })
        #expect(gpu.link?.wait(joined: false, untilNanos: RawFrontEnd.deadline()) == true)
        #expect(gpu.find(ResourceUUID(high: 7, low: 7)) == .unknownObject)
    }

    @Test("outlives the exporter: who uses its objects is told and keeps the memory [LIFE-3]")
    func exporterDies() throws {
        let (gpu, media) = try linked()
        let exported = try Exported(gpu)
        #expect(media.find(exported.uuid) == nil)
        let revoked = Monitor<Revocation?>(nil)
        let attachment = try media.attach(exported.uuid, revoked: revoked)
        let held = try gpu.registry.beginOpaqueRead(of: exported.object)
        let waiting = try attachment.requestLease(.write)
        gpu.leave()
        #expect(revoked.wait(untilNanos: RawFrontEnd.deadline()) { $0 } == .exporterReset)
        #expect(throws: RegistryError.revoked) {
            try waiting.wait(untilNanos: RawFrontEnd.deadline())
        }
        #expect(throws: RegistryError.revoked) { _ = try attachment.requestLease(.write) }
        attachment.memory.write([2])
        #expect(media.find(exported.uuid) == .unknownObject)
        waiting.end()
        attachment.detach()
        #expect(media.wait { $0.objects == 0 && $0.attachments == 0 && $0.leases == 0 })
        held.end()
    }

    @Test("meets at a path, whoever comes first, and again when one has gone [DOM-001]")
    func meeting() throws {
        let folder = try DomainFolder()
        let first = try Side("first", at: .path(folder.socket))
        let exported = try Exported(first)
        for _ in 0..<3 {
            let second = try Side("second", at: .path(folder.socket))
            #expect(second.link?.wait(joined: true, untilNanos: RawFrontEnd.deadline()) == true)
            #expect(second.find(exported.uuid) == nil)
            second.leave()
            #expect(first.link?.wait(joined: false, untilNanos: RawFrontEnd.deadline()) == true)
        }
        // The one that listens goes, and its successor finds the one that is left.
        let second = try Side("second", at: .path(folder.socket))
        #expect(second.link?.wait(joined: true, untilNanos: RawFrontEnd.deadline()) == true)
        first.leave()
        #expect(second.link?.wait(joined: false, untilNanos: RawFrontEnd.deadline()) == true)
        let third = try Side("third", at: .path(folder.socket))
        #expect(third.link?.wait(joined: true, untilNanos: RawFrontEnd.deadline()) == true)
        let other = try Exported(third)
        #expect(second.link?.wait(joined: true, untilNanos: RawFrontEnd.deadline()) == true)
        #expect(second.find(other.uuid) == nil)
    }

    @Test("is not met where others reach the socket [DOM-001]", arguments: [0o755, 0o710, 0o707])
    func reachable(mode: Int) throws {
        let folder = try DomainFolder(mode: mode)
        #expect(throws: DomainLinkError.folderNotPrivate(folder.path)) {
            _ = try Side("first", at: .path(folder.socket))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.socket))
    }
}
