public import HostBridge
public import LinuxSystem
public import Logging

/// What an embedding program may choose.
public struct GPUConfiguration: Sendable {
    public var limits = RendererLimits()
    /// One for each scanout, at most ``displaysMax``; at least one.
    public var displays = [DisplayMode(width: 1280, height: 720)]
    public var rendering = Rendering.virgl
    /// The window into which blobs can be mapped, whole pages; 0 for none.
    public var hostVisibleBytes: UInt64 = 1 << 30
    /// What a blob's size and place in the window are multiples of, where the driver has
    /// negotiated it: a power of two, at least a page.
    public var blobAlignment: UInt32 = 4096
    /// Requests longer than this are refused.
    public var commandBytesMax = 4 << 20
    /// How long a reset waits for other devices to let go of exported memory.
    public var resetBoundNanos: UInt64 = 5_000_000_000
    /// How long a command that takes guest pages away from another device waits for it. [LIFE-1]
    public var withdrawBoundNanos: UInt64 = 1_000_000_000

    /// Where faults of the guest are told; by default nowhere.
    public var logger = Logger(label: "virtio-share.gpu") { _ in SwiftLogNoOpLogHandler() }
    /// Lines about faults in ten seconds; the others are counted.
    public var faultLinesMax = 10

    public static let displaysMax = 16

    public init() {}

    /// Who draws.
    public enum Rendering: Sendable {
        /// 2D only: no VIRGL, no capsets, and no GL library is touched.
        case none
        /// virglrenderer in this process: one device only.
        case virgl
        /// virglrenderer in a worker process, one for each device: a guest's command stream can take
        /// down nothing but that, and another one is started.
        case isolated(RendererWorkerOptions)
        /// A renderer of the program's own, made and used on the device's thread.
        case custom(
            @Sendable (RendererLimits, EventDescriptor, MemoryBudget) throws(RendererError) ->
                any Renderer3D)

        func make(_ limits: RendererLimits, _ wake: EventDescriptor, _ budget: MemoryBudget)
            throws(RendererError) -> (any Renderer3D)?
        {
            switch self {
            case .none: nil
            case .virgl: try VirglRenderer(limits: limits, wake: wake, budget: budget)
            case .isolated(let options):
                try IsolatedRenderer(limits: limits, wake: wake, budget: budget, options: options)
            case .custom(let make): try make(limits, wake, budget)
            }
        }
    }
}

/// What the user's display is like: the mode that the guest is asked for.
public struct DisplayMode: Equatable, Sendable {
    public var width: UInt32
    public var height: UInt32
    /// The place on the user's desktop.
    public var x: UInt32
    public var y: UInt32
    public var isEnabled: Bool

    public init(
        width: UInt32, height: UInt32, x: UInt32 = 0, y: UInt32 = 0, isEnabled: Bool = true
    ) {
        self.width = width
        self.height = height
        self.x = x
        self.y = y
        self.isEnabled = isEnabled
    }
}
