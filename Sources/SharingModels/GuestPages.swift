// A buffer in guest pages: scattered, and named by their guest addresses for everybody. [ID-3]

public import LinuxSystem
public import ResourceRegistry
internal import VirtioWire

public final class GuestPages: Sendable {
    public let participant: Participant
    public let object: SharedObject
    public let ranges: [GuestRange]
    public let memory: SharedMemory
    private let registry: ResourceRegistry

    /// Two pages that do not lie beside each other in the guest.
    public init(
        _ name: String, in registry: ResourceRegistry,
        onUnused: @escaping @Sendable () -> Void = {}
    ) throws {
        participant = try registry.join(
            name: name, capabilities: DeviceCapabilities(exports: .guestPages, imports: []))
        memory = try SharedMemory(name: "guest", sizeBytes: 8192)
        ranges = [
            GuestRange(start: GuestAddress(0x7000_0000), sizeBytes: 4096),
            GuestRange(start: GuestAddress(0x1234_5000), sizeBytes: 4096),
        ]
        var description = ObjectDescription(
            sizeBytes: 8192, backing: .guestPages(ranges), memory: memory.range)
        description.isContiguous = false
        self.registry = registry
        object = try registry.export(description, by: participant) { _ in onUnused() }
    }

    /// The guest takes its pages back: nobody uses them when this returns. [LIFE-1]
    public func unref(untilNanos deadline: UInt64) throws(RegistryError) {
        try registry.withdraw(object, by: participant, untilNanos: deadline)
    }
}
