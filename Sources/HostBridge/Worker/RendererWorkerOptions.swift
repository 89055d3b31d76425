internal import LinuxSystem

/// How a renderer's worker process is started, and what it may take.
public struct RendererWorkerOptions: Sendable {
    /// The program to start: this very one, by default.
    public var executable: String
    /// It has to call `RendererWorker.main()` when it is started with these.
    public var arguments = ["worker", "--fd", "3"]
    /// A worker that has work and makes no progress for so long is killed.
    public var stallNanos: UInt64 = 4_000_000_000
    /// A worker that does not serve after so long is killed.
    public var startNanos: UInt64 = 10_000_000_000
    /// Address space, guest memory and what resources take left out.
    public var addressSpaceBytes: UInt64 = 6 << 30
    /// Whether a second worker stands by, started and idle: it takes over at once, and takes the
    /// memory of a renderer without resources (some 70 MiB with a software renderer).
    public var keepsSpare = false
    /// How many workers may die within ``deathWindowNanos``; after one more there is no renderer
    /// until the window has passed.
    public var deathsMax = 64
    public var deathWindowNanos: UInt64 = 60_000_000_000

    public init(executable: String = Self.thisProgram) {
        self.executable = executable
    }

    public static var thisProgram: String { ChildProcess.thisProgram }
}
