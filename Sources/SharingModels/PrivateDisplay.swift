// A display with private memory only, as bochs and qxl are: it cannot scan out anything else, and
// says so instead of failing. [CAP-1] [CAP-4]

public import LinuxSystem
public import ResourceRegistry
public import VirtioWire

public final class PrivateDisplay: Sendable {
    public enum Shown: Equatable, Sendable {
        /// Its own buffer: nothing was copied.
        case own
        case copied(bytes: UInt64)
        case refused
    }

    public let participant: Participant
    private let registry: ResourceRegistry
    private let videoMemory: SharedMemory

    public init(_ name: String, in registry: ResourceRegistry) throws {
        var capabilities = DeviceCapabilities(exports: .deviceMemory, imports: [])
        capabilities.takesCopies = true
        capabilities.formats = [PixelFormat(Self.fourcc)]
        capabilities.alignment.strideBytes = 256
        participant = try registry.join(name: name, capabilities: capabilities)
        self.registry = registry
        videoMemory = try SharedMemory(name: "vram", sizeBytes: 1 << 20)
    }

    public static let fourcc = V4L2.FourCC("XR24") ?? .nv12

    /// What is on the screen.
    public var screen: MemoryRange { videoMemory.range }

    /// A framebuffer in the display's own memory, in the layout that it wants.
    public func makeFramebuffer(width: UInt32, height: UInt32) throws(RegistryError)
        -> SharedObject
    {
        let agreement = registry.agreeOnLayout(
            width: width, height: height, formats: [PixelFormat(Self.fourcc)],
            allocator: participant, devices: [])
        guard case .agreed(let layout, let size, _) = agreement, size <= videoMemory.sizeBytes
        else { throw .badLayout }
        var description = ObjectDescription(
            sizeBytes: size, backing: .deviceMemory, layout: layout)
        description.hooks.mapForCPU = { [videoMemory] _, _ in videoMemory.range }
        return try registry.export(description, by: participant)
    }

    /// Puts a picture on the screen: its own framebuffer as it is, anything else by a copy that
    /// it asks for.
    public func show(_ uuid: ResourceUUID, framebuffer: SharedObject) throws(RegistryError)
        -> Shown
    {
        switch try registry.probe(uuid, by: participant) {
        case .direct: return .own
        case .needsCopy:
            let bytes = try registry.copy(
                from: uuid, to: framebuffer.uuid, by: participant,
                untilNanos: MonotonicClock.nowNanos &+ 1_000_000_000)
            return .copied(bytes: bytes)
        case .needsMove, .unsupported: return .refused
        }
    }
}
