import ArgumentParser
import Foundation
import LinuxSystem
import ResourceRegistry
import SystemPackage
import VhostUser

/// The device types that can be served.
enum ServedDevice: String, ExpressibleByArgument, CaseIterable {
    case gpu, media
}

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the devices on vhost-user sockets, to QEMU, User-Mode Linux and others.",
        discussion: """
            Both devices of one guest, which share by UUID:
              virtio-share serve --gpu-socket /run/gpu.sock --media-socket /run/media.sock
            One device, as management programs start back-ends:
              virtio-share serve gpu --socket-path=/run/gpu.sock
              virtio-share serve gpu --fd=3

            The program stays in the foreground, prints one line when it is ready, serves one \
            front-end after the other, and ends on SIGTERM. With --fd it ends with its front-end. \
            It gives up what it does not need before it is ready: new files, programs and \
            connections, privileges, core files. virglrenderer and the codec of each media session \
            run in processes of their own, which have given up still more; what a guest brings \
            down there is started again, or its session ends.
            """)

    @Argument(help: "Serve this device alone: gpu or media.")
    var device: ServedDevice?

    @Option(help: ArgumentHelp("Listen here for the GPU's front-end.", valueName: "path"))
    var gpuSocket: String?

    @Option(help: ArgumentHelp("Listen here for the media device's front-end.", valueName: "path"))
    var mediaSocket: String?

    @Option(help: ArgumentHelp("Listen here for the one device's front-end.", valueName: "path"))
    var socketPath: String?

    @Option(help: ArgumentHelp("Serve the front-end on this connected socket.", valueName: "n"))
    var fd: Int32?

    @Option(
        help: ArgumentHelp(
            "Show scanouts at this display socket while the front-end brings none.",
            valueName: "path"))
    var display: String?

    @Option(
        help: ArgumentHelp(
            """
            Share with the process that serves the guest's other device and says the same: a socket \
            in a folder of mode 0700.
            """, valueName: "path"))
    var domain: String?

    @Option(
        help: ArgumentHelp(
            "The same on this connected socket, whose other end that process has.",
            valueName: "n"))
    var domainFd: Int32?

    @Flag(help: "Print what the device can do, as JSON, and end.")
    var printCapabilities = false

    @Flag(help: "Accepted for management programs: the GPU has 3D by virgl anyway.")
    var virgl = false

    @Flag(
        help: """
            virglrenderer and the codecs in this process: no isolation, and no window for mapped \
            blobs. For measuring.
            """)
    var inProcess = false

    @Option(help: "What is told on standard error: \(LogLevel.names).")
    var logLevel = LogLevel.info

    @Option(help: "Whether the process gives up what it does not need: \(SandboxChoice.names).")
    var sandbox = SandboxChoice.on

    @OptionGroup(title: "Limits")
    var limits: ServeLimits

    /// Which devices are served where.
    var endpoints: [ServedEndpoint] {
        if let device {
            if let fd { return [ServedEndpoint(device: device, place: .descriptor(fd))] }
            return socketPath.map { [ServedEndpoint(device: device, place: .path($0))] } ?? []
        }
        let gpu = gpuSocket.map { ServedEndpoint(device: .gpu, place: .path($0)) }
        let media = mediaSocket.map { ServedEndpoint(device: .media, place: .path($0)) }
        return [gpu, media].compactMap { $0 }
    }

    private var domainPlace: DomainPlace? {
        if let domainFd { return .connected(FileDescriptor(rawValue: domainFd)) }
        return domain.map { .path($0) }
    }

    func validate() throws {
        guard printCapabilities || !endpoints.isEmpty else {
            throw ValidationError(
                "Say where to serve: --gpu-socket or --media-socket, or a device with "
                    + "--socket-path or --fd.")
        }
        guard socketPath == nil || fd == nil else {
            throw ValidationError("--socket-path and --fd exclude each other.")
        }
        guard device == nil || (gpuSocket == nil && mediaSocket == nil) else {
            throw ValidationError("A device alone is served at --socket-path or --fd.")
        }
        guard device != nil || (socketPath == nil && fd == nil) else {
            throw ValidationError("--socket-path and --fd go with a device: gpu or media.")
        }
        guard gpuSocket == nil || gpuSocket != mediaSocket else {
            throw ValidationError("The two devices need a socket each.")
        }
        guard domain == nil || domainFd == nil else {
            throw ValidationError("--domain and --domain-fd exclude each other.")
        }
        guard domainFd.map({ $0 > 2 && $0 != fd }) ?? true else {
            throw ValidationError("--domain-fd is a connected socket's number, above 2.")
        }
        guard fd.map({ $0 > 2 }) ?? true else {
            throw ValidationError("--fd is a connected socket's number, above 2.")
        }
    }

    func run() throws {
        guard !printCapabilities else { return print(Capabilities(device ?? .gpu).json()) }
        let log = ServeLog(level: logLevel)
        let workers = try ServedWorkers(inProcess: inProcess)
        if sandbox == .on { try confineFiles(log) }
        // Before any thread: all of them leave the signals to this one.
        let termination = try Signals.termination()
        let ended = try EventDescriptor()
        let server = try DeviceServer(
            endpoints, limits, workers: workers, display: display, domain: domainPlace, log: log,
            ended: ended)
        if sandbox == .on { try confineCalls(connects: display != nil || server.connectsAgain) }
        ServeLog.announce("virtio-share: ready, " + endpoints.map(\.text).joined(separator: ", "))
        let loop = try EventLoop()
        try loop.add(termination.descriptor, token: 0)
        try loop.add(ended.descriptor, token: 1)
        _ = try loop.wait()
        log.info("ending")
        guard server.stop() else {
            log.error("a device did not end in time")
            server.removeSockets()
            throw ExitCode.failure
        }
    }
}

enum SandboxChoice: String, ExpressibleByArgument, CaseIterable {
    case on, off

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ServeCommand {
    /// More than two devices, their rings and a guest's regions need.
    private static var descriptorsMax: UInt { 4096 }

    /// Before there are threads, which would keep what they have.
    private func confineFiles(_ log: ServeLog) throws {
        let paths = endpoints.compactMap { endpoint -> String? in
            guard case .path(let path) = endpoint.place else { return nil }
            return path
        }
        let folders = (paths + [domain].compactMap { $0 }).map { path in
            let folder = FilePath(path).removingLastComponent().string
            return folder.isEmpty ? "." : folder
        }
        do throws(Errno) {
            if try !Sandbox.restrictFiles(socketFolders: folders) {
                log.info("this kernel has no Landlock: files stay in reach")
            }
        } catch { throw ServeError.cannotConfine(error) }
    }

    /// Once everything is open.
    private func confineCalls(connects: Bool) throws {
        do throws(Errno) {
            try Sandbox.restrictResources(descriptorsMax: Self.descriptorsMax)
            try Sandbox.restrictCalls(canConnect: connects)
        } catch { throw ServeError.cannotConfine(error) }
    }
}

/// What one guest may make the program spend.
struct ServeLimits: ParsableArguments {
    @Option(help: "MiB of all memory that both devices hold for the guest.")
    var memory: UInt64 = 8192

    @Option(help: "MiB of all resources of the GPU together.")
    var gpuMemory: UInt64 = 2048

    @Option(help: "Resources of the GPU.")
    var gpuResources = 16384

    @Option(help: "3D contexts.")
    var gpuContexts = 64

    @Option(help: "MiB of the window in which the guest sees mapped blobs; 0 for none.")
    var gpuWindow: UInt64 = 1024

    @Option(
        help: "Milliseconds without progress after which a worker process is ended.")
    var stallMillis: UInt32 = 4000

    @Flag(help: "Keep a second renderer's process ready, which takes over at once.")
    var spareWorker = false

    @Option(help: "Open sessions of the media device.")
    var mediaSessions = 16

    @Option(help: "MiB of one coded buffer.")
    var codedBuffer: UInt32 = 16

    @Option(help: "Threads of each codec.")
    var threads = 1

    @Option(help: "Milliseconds that a stopping queue waits for what is in flight.")
    var drainMillis: Int32 = 5000

    @Option(
        help: """
            Microseconds that a device looks at its queues before it sleeps, while its driver is as \
            quick as that; 0 for none.
            """)
    var spinMicros: Int32 = 50

    var registry: RegistryLimits {
        var registry = RegistryLimits()
        registry.bytesMax = memory << 20
        return registry
    }

    func validate() throws {
        guard (1...1_048_576).contains(memory), (1...1_048_576).contains(gpuMemory),
            (1...1_048_576).contains(gpuResources), gpuWindow <= 1_048_576,
            (10...600_000).contains(stallMillis),
            (1...65_536).contains(gpuContexts), (1...4096).contains(mediaSessions),
            (1...1024).contains(codedBuffer), (1...16).contains(threads),
            (0...600_000).contains(drainMillis), (0...10_000).contains(spinMicros)
        else { throw ValidationError("A limit is out of range.") }
    }
}

/// What `--print-capabilities` tells a management program.
struct Capabilities: Codable, Equatable {
    let type: String
    let features: [String]

    init(_ device: ServedDevice) {
        type = device.rawValue
        features = device == .gpu ? ["virgl"] : []
    }

    func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
