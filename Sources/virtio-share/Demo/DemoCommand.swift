import ArgumentParser
import Foundation
import GuestDriver
import HostBridge
import VirtioDevices

/// How the shader gets at shared samples.
enum SharedPath: String, ExpressibleByArgument, CaseIterable {
    case buffer, texture

    var samplingPath: SamplingPath {
        switch self {
        case .buffer: .buffer
        case .texture: .texture
        }
    }
}

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Decode a clip into buffers that the GPU samples, shared by UUID.",
        discussion: """
            A simulated guest drives a virtio-media decoder and a virtio-gpu through virtqueues. \
            The decoder writes into the GPU's own buffers; a UUID is all that connects the two. \
            Every drawn pixel is compared with a plain decode of the same clip.
            """)

    @Argument(help: "A video file. Default: the clip that ships with the project.")
    var file: String?

    @Option(help: ArgumentHelp("The folder for the pictures.", valueName: "dir"))
    var output: String

    @Option(help: "Stop after this many frames.")
    var frames = 300

    @Option(help: "How the shader gets at the samples: the shared buffer, or three textures.")
    var path = SharedPath.buffer

    @Flag(help: "Do without sharing: decode into guest pages, then upload.")
    var noSharing = false

    @Option(help: "Threads of the codec.")
    var threads = 1

    @Flag(help: "Use the simulated codec, which needs no library, in place of a file.")
    var simulated = false

    @Option(help: ArgumentHelp("Use the GPU that `serve` has at this socket.", valueName: "path"))
    var gpuSocket: String?

    @Option(
        help: ArgumentHelp(
            "Use the media device that `serve` has at this socket.", valueName: "path"))
    var mediaSocket: String?

    @Flag(help: "Run virglrenderer in a process of its own, and the codec in another.")
    var isolated = false

    @Flag(help: "Print one JSON object in place of the table.")
    var json = false

    func validate() throws {
        guard frames > 0 else { throw ValidationError("--frames must be at least 1.") }
        guard (1...16).contains(threads) else {
            throw ValidationError("--threads must be from 1 to 16.")
        }
        guard !simulated || file == nil else {
            throw ValidationError("--simulated plays no file.")
        }
        guard (gpuSocket == nil) == (mediaSocket == nil) else {
            throw ValidationError("--gpu-socket and --media-socket go together.")
        }
        guard !isolated || gpuSocket == nil else {
            throw ValidationError("--isolated is for devices of this program; tell `serve`.")
        }
    }

    func run() throws {
        let choice =
            try simulated
            ? .simulated() : StreamChoice.open(file, threadCount: threads)
        let folder = try OutputFolder(output)
        var demo = Demo(
            choice: choice, folder: folder, path: noSharing ? .pages : path.samplingPath,
            framesMax: frames,
            threadCount: threads, progress: Progress(isQuiet: json))
        if let gpuSocket, let mediaSocket {
            demo.sockets = DeviceSockets(gpu: gpuSocket, media: mediaSocket)
        }
        if isolated {
            demo.rendering = .isolated(RendererWorkerOptions())
            demo.codecs = .isolated(CodecWorkerOptions())
        }
        let report = try demo.run()
        print(json ? report.json() : report.table())
        if !json {
            print("\nPictures and contact-sheet.\(PictureFile.fileExtension) are in \(output).")
        }
    }
}
