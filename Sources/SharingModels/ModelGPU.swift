// A GPU with memory of two kinds, the exporter of most stories.

public import LinuxSystem
public import ResourceRegistry
internal import SystemPackage

/// Allocates, exports and moves buffers. Video memory is memory here too, but no CPU of another
/// device is let at it.
public final class ModelGPU: Sendable {
    /// A buffer's memory, wherever it is at the moment: what a device of the same driver is given.
    public final class Buffer: Sendable {
        let place: Monitor<(kind: BackingKinds, memory: SharedMemory)>

        init(_ kind: BackingKinds, _ memory: SharedMemory) { place = Monitor((kind, memory)) }

        public var memory: SharedMemory { place.withLock { $0.memory } }
        public var kind: BackingKinds { place.withLock { $0.kind } }
    }

    public let participant: Participant
    private let registry: ResourceRegistry
    private let isDynamic: Bool
    /// Times that bytes were really moved.
    public let moves = Monitor(0)
    /// CPU brackets, in order: `begin` and `end`.
    public let brackets = Monitor<[String]>([])

    public init(
        _ name: String, driver: String? = nil, in registry: ResourceRegistry,
        isDynamic: Bool = true, isPeerToPeer: Bool = false,
        imports: BackingKinds = [.sharedMemory, .dmaBuf], tellsPlacement: Bool = true
    ) throws(RegistryError) {
        var capabilities = DeviceCapabilities(
            exports: [.sharedMemory, .deviceMemory], imports: imports, driver: driver)
        capabilities.isDynamic = isDynamic
        capabilities.isPeerToPeer = isPeerToPeer
        capabilities.migratesTo = [.sharedMemory, .deviceMemory]
        capabilities.tellsPlacement = tellsPlacement
        participant = try registry.join(name: name, capabilities: capabilities)
        self.registry = registry
        self.isDynamic = isDynamic
    }

    /// A new buffer, zeroed. [LIFE-6]
    public func allocate(
        sizeBytes: Int, in kind: BackingKinds, layout: PixelLayout? = nil,
        onUnused: @escaping @Sendable () -> Void = {}
    ) throws -> (SharedObject, Buffer) {
        let memory = try SharedMemory(name: "buffer", sizeBytes: sizeBytes)
        let buffer = Buffer(kind, memory)
        let placement = Self.placement(of: memory, as: kind)
        var description = ObjectDescription(
            sizeBytes: UInt64(sizeBytes), backing: placement.backing, layout: layout,
            memory: placement.memory)
        description.isDynamic = isDynamic
        description.resource = buffer
        description.hooks.mapForCPU = { _, _ in buffer.memory.range }
        description.hooks.beginCPU = { [brackets] _, _ in brackets.withLock { $0.append("begin") } }
        description.hooks.endCPU = { [brackets] _, _ in brackets.withLock { $0.append("end") } }
        description.hooks.move = { [moves] _, kind in
            guard let target = try? SharedMemory(name: "moved", sizeBytes: sizeBytes) else {
                return nil
            }
            target.range.copyBytes(from: buffer.memory.range)
            buffer.place.withLock { $0 = (kind, target) }
            moves.withLock { $0 += 1 }
            return Self.placement(of: target, as: kind)
        }
        let object = try registry.export(description, by: participant) { _ in onUnused() }
        return (object, buffer)
    }

    private static func placement(of memory: SharedMemory, as kind: BackingKinds)
        -> ExporterHooks.Placement
    {
        guard kind == .sharedMemory else {
            return ExporterHooks.Placement(backing: .deviceMemory, memory: nil)
        }
        let range = FileRange(
            descriptor: memory.descriptor, offset: 0, sizeBytes: UInt64(memory.sizeBytes))
        return ExporterHooks.Placement(backing: .sharedMemory(range), memory: memory.range)
    }
}
