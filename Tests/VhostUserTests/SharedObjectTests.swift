// Objects that one back-end exports and another one asks for, through a front-end of ours.

import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VirtioWire

@testable import VhostUser

@Suite("Shared objects")
struct SharedObjectTests {
    private let domain = ResourceRegistry()
    private let exporter: Participant
    private let service: EchoService
    private let memory: SharedMemory

    init() throws {
        exporter = try domain.join(
            name: "virtio-echo",
            capabilities: DeviceCapabilities(exports: .cpuVisible, imports: []))
        service = try EchoService(
            exporting: ExportingDevice(domain: domain, name: "virtio-echo"))
        memory = try SharedMemory(name: "shared object", sizeBytes: 8192)
    }

    private func export(_ backing: Backing) throws -> SharedObject {
        try domain.export(
            ObjectDescription(sizeBytes: 8192, backing: backing, memory: memory.range),
            by: exporter)
    }

    private var file: Backing {
        .sharedMemory(FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: 8192))
    }

    /// Waits, bounded, until the front-end knows the object, or does not.
    private func waitUntil(_ table: SharedObjectTable, has uuid: ResourceUUID, _ wanted: Bool)
        -> Bool
    {
        let deadline = RawFrontEnd.deadline()
        while table.uuids.contains(uuid) != wanted {
            guard MonotonicClock.nowNanos < deadline else { return false }
        }
        return true
    }

    @Test(
        "go by descriptor from one back-end to another, while they live [VU-094] [VU-095] [VU-096]")
    func lookUp() throws {
        let table = SharedObjectTable()
        let guest = try TestGuest()
        let importer = try EchoService()
        let front = try service.connect(guest, objects: table)
        let other = try importer.connect(guest, objects: table)
        let object = try export(file)
        #expect(waitUntil(table, has: object.uuid, true))
        let found = try #require(importer.service.lookUp(object.uuid))
        defer { try? found.close() }
        // The same memory, not a copy of it.
        memory.range.write([1, 2, 3])
        let mapping = try FileMapping(found, offset: 0, sizeBytes: 8192, protection: .readWrite)
        #expect(mapping.range.slice(offset: 0, count: 3)?.bytes() == [1, 2, 3])
        try domain.remove(object, by: exporter)
        #expect(waitUntil(table, has: object.uuid, false))
        #expect(importer.service.lookUp(object.uuid) == nil)
        #expect(front.failure == nil && other.failure == nil)
    }

    @Test("have no descriptor where their memory has none [VU-095]")
    func noDescriptor() throws {
        let table = SharedObjectTable()
        let guest = try TestGuest()
        let importer = try EchoService()
        let front = try service.connect(guest, objects: table)
        let other = try importer.connect(guest, objects: table)
        let object = try export(.hostMemory)
        #expect(waitUntil(table, has: object.uuid, true))
        #expect(importer.service.lookUp(object.uuid) == nil)
        // Both go on.
        #expect(front.readConfig(offset: 0, count: 2) == [1, 2])
        #expect(other.readConfig(offset: 0, count: 2) == [1, 2])
    }

    @Test("of a back-end that went are gone, and another's stay [VU-095]")
    func exporterGoes() throws {
        let table = SharedObjectTable()
        let guest = try TestGuest()
        let object = try export(file)
        do {
            let front = try service.connect(guest, objects: table)
            let second = try export(file)
            #expect(waitUntil(table, has: second.uuid, true))
            withExtendedLifetime(front) {}
        }
        #expect(table.uuids.isEmpty)
        withExtendedLifetime(object) {}
    }

    @Test("asked for without a front-end are none")
    func nobodyToAsk() throws {
        let object = try export(file)
        #expect(service.service.lookUp(object.uuid) == nil)
    }
}
