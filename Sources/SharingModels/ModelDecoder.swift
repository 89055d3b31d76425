// A decoder that renders into whatever buffer it is given the UUID of. [ID-3]

internal import LinuxSystem
public import ResourceRegistry
public import VirtioWire

public final class ModelDecoder: Sendable {
    public let participant: Participant
    private let registry: ResourceRegistry

    public init(
        _ name: String, in registry: ResourceRegistry,
        alignment: LayoutAlignment = LayoutAlignment(strideBytes: 64, rows: 16)
    ) throws(RegistryError) {
        var capabilities = DeviceCapabilities(exports: [], imports: .cpuVisible)
        capabilities.alignment = alignment
        capabilities.formats = [PixelFormat(.yuv420), PixelFormat(.nv12)]
        participant = try registry.join(name: name, capabilities: capabilities)
        self.registry = registry
    }

    /// Decodes a frame of one colour. `halfWay` runs when half of it is written.
    public func decode(
        into uuid: ResourceUUID, colour: UInt8, fence: Fence? = nil, halfWay: () -> Void = {},
        untilNanos deadline: UInt64
    ) throws(RegistryError) {
        let imported = try registry.import(uuid, by: participant, directions: .write)
        guard case .attachment(let attachment) = imported,
            let memory = try attachment.mapping(.write).memory
        else { throw .notMappable }
        let lease = try attachment.requestLease(.write)
        try lease.wait(untilNanos: deadline)
        let half = memory.sizeBytes / 2
        memory.slice(offset: 0, count: half)?.fill(colour)
        halfWay()
        memory.slice(offset: half, count: memory.sizeBytes - half)?.fill(colour)
        // With a fence the attachment, too, ends when the device's work does.
        if let fence { lease.end(after: fence) } else { lease.end() }
    }
}
