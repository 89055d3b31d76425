internal import LinuxSystem
public import SystemPackage

/// How a renderer's worker process is started, and what it may take.
public struct RendererWorkerOptions: Sendable {
    /// The program to start: this very one, by default, also when its file has been replaced.
    public var executable: String
    /// It has to call `RendererWorker.main()` when it is started with these.
    public var arguments = ["worker", "--fd", "3"]
    /// Who starts it in this process's place; nil for this process. With a launcher it is the program
    /// that this was made for.
    public var launcher: RendererWorkerLauncher?
    /// A worker that has work and makes no progress for so long is killed.
    public var stallNanos: UInt64 = 4_000_000_000
    /// A worker that does not serve after so long is killed.
    public var startNanos: UInt64 = 10_000_000_000
    /// Address space, guest memory left out.
    public var addressSpaceBytes: UInt64 = 6 << 30
    /// Whether a second worker stands by, started and idle: it takes over at once, and takes the
    /// memory of a renderer without resources (some 70 MiB with a software renderer).
    public var keepsSpare = false
    /// How many workers may die within ``deathWindowNanos``; after one more there is no renderer
    /// until the window has passed.
    public var deathsMax = 64
    public var deathWindowNanos: UInt64 = 60_000_000_000

    public init(executable: String = Self.thisOne) {
        self.executable = executable
    }

    /// The file that this process runs, whatever has become of its name.
    public static var thisOne: String { ChildProgram.thisOne }
    /// Its name.
    public static var thisProgram: String { ChildProgram.thisProgram }

    /// What the library reads of its surroundings.
    private static let variables = [
        "LD_LIBRARY_PATH=", "PATH=", "MESA_", "GALLIUM_", "LP_", "LIBGL_", "EGL_", "__EGL_",
        "VIRGL_",
    ]
    /// Its caches are files, which it cannot open once it serves; and its end is told by its status,
    /// not by a program that it would start.
    private static let environment = [
        "MESA_SHADER_CACHE_DISABLE=true", "MESA_GLSL_CACHE_DISABLE=true",
        "SWIFT_BACKTRACE=enable=no",
    ]

    var program: ChildProgram {
        ChildProgram(
            path: executable, arguments: arguments,
            environment: Self.environment + ChildProgram.environment(Self.variables))
    }
}

/// Starts workers for a program that gives up starting processes: a process of its own, which can do
/// this and nothing else for it. A program that confines itself makes one before.
public final class RendererWorkerLauncher: Sendable {
    let processes: ProcessLauncher

    /// To be called while there is one thread: a process is forked.
    ///
    /// - Parameter options: which program, and its arguments.
    public init(_ options: RendererWorkerOptions = RendererWorkerOptions()) throws(Errno) {
        processes = try ProcessLauncher(options.program)
    }
}
