// Objects of the guest's other back-ends, asked for at the front-end that has them all in its table.
// Invariant: what a front-end gives is memory that cannot harm us, or is not taken; a name stands in
// the domain only while somebody here uses the object, since nobody tells when it is removed.

internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioDevices
internal import VirtioWire

/// What a device asks for objects that its own domain does not have. Owned by the device's thread;
/// it outlives connections. [VU-096]
final class FrontEndObjects: ForeignObjects {
    /// Of the connection at hand, once it has one.
    var channel: BackEndChannel?
    private let domain: ResourceRegistry
    private let link: (any ForeignObjects)?
    /// Stands for all other back-ends: the protocol does not tell them apart.
    private let exporter: Participant
    private var adopted: [Adopted] = []

    private struct Adopted {
        let object: SharedObject
        let users: Monitor<Int>
    }

    private static let objectsMax = 1024
    private static let bytesMax: UInt64 = 4 << 30

    /// - Parameter link: asked first, where there is one.
    init(for domain: ResourceRegistry, link: (any ForeignObjects)?) throws(RegistryError) {
        self.domain = domain
        self.link = link
        var limits = DeviceLimits()
        limits.objectsMax = Self.objectsMax
        limits.bytesMax = Self.bytesMax
        exporter = try domain.join(
            name: "front-end",
            capabilities: DeviceCapabilities(exports: .sharedMemory, imports: []), limits: limits)
    }

    deinit { domain.depart(exporter) }

    /// The connection has ended, and with it what came over it.
    func end() {
        channel = nil
        adopted = []
        domain.reset(exporter)
    }

    func find(_ uuid: ResourceUUID) throws(RegistryError) {
        if let link {
            do throws(RegistryError) { return try link.find(uuid) } catch {
                guard error == .unknownObject else { throw error }
            }
        }
        forgetUnused()
        guard let file = try ask(uuid) else { throw .unknownObject }
        let mapping: ForeignMapping
        do throws(Errno) { mapping = try ForeignMapping(file, sizeMax: Self.bytesMax) } catch {
            throw .notMappable
        }
        adopted.append(try adopt(uuid, mapping))
    }

    private func ask(_ uuid: ResourceUUID) throws(RegistryError) -> OwnedDescriptor? {
        guard let channel else { return nil }
        do throws(VhostUserError) { return try channel.lookUp(uuid) } catch {
            // Out of step: nothing more can be asked on it.
            self.channel = nil
            return nil
        }
    }

    private func adopt(_ uuid: ResourceUUID, _ mapping: ForeignMapping) throws(RegistryError)
        -> Adopted
    {
        let users = Monitor(0)
        let sizeBytes = UInt64(mapping.range.sizeBytes)
        var description = ObjectDescription(
            sizeBytes: sizeBytes,
            backing: .sharedMemory(
                FileRange(descriptor: mapping.descriptor, offset: 0, sizeBytes: sizeBytes)),
            memory: mapping.range)
        description.hooks.map = { _, _ in
            guard !mapping.isLost else { return nil }
            users.withLock { $0 += 1 }
            return .memory(mapping.range)
        }
        description.hooks.unmap = { [weak domain, exporter] object, _, _ in
            let isLast = users.withLock { users in
                users -= 1
                return users == 0
            }
            if isLast { try? domain?.remove(object, by: exporter) }
        }
        let object = try domain.adopt(uuid, description, by: exporter) { _ in
            withExtendedLifetime(mapping) {}
        }
        return Adopted(object: object, users: users)
    }

    /// What was found and then could not be used has its name still.
    private func forgetUnused() {
        for one in adopted where one.users.withLock({ $0 == 0 }) {
            try? domain.remove(one.object, by: exporter)
        }
        adopted.removeAll { one in one.users.withLock { $0 == 0 } }
    }
}
