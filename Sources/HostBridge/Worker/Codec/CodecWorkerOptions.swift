internal import LinuxSystem

/// How a codec's worker process is started, and what it may take. Each session has one.
public struct CodecWorkerOptions: Sendable {
    /// The program to start: this very one, by default, also when its file has been replaced.
    public var executable: String
    /// It has to call `RendererWorker.main()` when it is started with these.
    public var arguments = ["worker", "--fd", "3"]
    /// Who starts it in this process's place: the launcher that starts renderers' workers, too.
    public var launcher: RendererWorkerLauncher?
    /// A worker that works for so long on one unit, waits for buffers left out, is killed.
    public var unitNanos: UInt64 = 4_000_000_000
    /// A worker that does not serve after so long is killed.
    public var startNanos: UInt64 = 10_000_000_000
    /// Address space, pictures included.
    public var addressSpaceBytes: UInt64 = 8 << 30
    /// Bytes of pictures that lie in no buffer of the guest's: held by the codec for want of one, or
    /// to be copied.
    public var pictureBytesMax = 2 << 30

    // For tests.
    /// Hears of the process when it has been started.
    var onStart: (@Sendable (Int32) -> Void)?
    /// The message, to it or of it, with which the worker is killed; counted from 1.
    var killsAtMessage: Int?

    public init(executable: String = RendererWorkerOptions.thisOne) {
        self.executable = executable
    }

    /// Its end is told by its status, not by a program that it would start.
    var program: ChildProgram {
        ChildProgram(
            path: executable, arguments: arguments,
            environment: ["SWIFT_BACKTRACE=enable=no"]
                + ChildProgram.environment(["LD_LIBRARY_PATH="]))
    }
}

/// Where codecs run.
public enum CodecPlacement: Sendable {
    /// In this process: a hostile stream that a codec does not know can take it down.
    case inProcess
    /// In a process for each session, which a stream can take down without harm to anything else.
    case isolated(CodecWorkerOptions)
}

extension DecoderDescription {
    /// The same codec where it is wanted. One that the program has made itself stays in this process.
    public func placed(_ placement: CodecPlacement) -> DecoderDescription {
        guard case .isolated(let options) = placement, let recipe, !isIsolated else { return self }
        var placed = DecoderDescription(
            fourcc: fourcc, name: name, worksOn: worksOn, recipe: recipe,
            makeUndelayed: makeUndelayed == nil
                ? nil : remote(recipe, options, isUndelayed: true),
            make: remote(recipe, options, isUndelayed: false))
        placed.isIsolated = true
        return placed
    }

    private func remote(
        _ recipe: DecoderRecipe, _ options: CodecWorkerOptions, isUndelayed: Bool
    ) -> Make {
        let worksOn = self.worksOn
        let hello = CodecHello(
            fourcc: fourcc, recipe: recipe, isUndelayed: isUndelayed,
            addressSpaceBytes: options.addressSpaceBytes)
        return { (client: any DecoderClient) throws(DecoderError) -> any VideoDecoder in
            try RemoteDecoder(hello, client: client, options: options, worksOn: worksOn)
        }
    }
}
