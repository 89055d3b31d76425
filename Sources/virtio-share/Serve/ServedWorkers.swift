// Where the renderer and the codecs of served devices run, and what they may take.

import HostBridge
import SystemPackage
import VirtioDevices

/// virglrenderer and codecs in worker processes, or in the serving one.
enum ServedWorkers: Sendable {
    /// The launcher outlives what this process gives up, and starts the next worker where one dies.
    case isolated(RendererWorkerLauncher)
    case inProcess

    /// To be called before there are threads, and before anything is given up.
    init(inProcess: Bool) throws(ServeError) {
        guard !inProcess else {
            self = .inProcess
            return
        }
        do throws(Errno) { self = .isolated(try RendererWorkerLauncher()) } catch {
            throw .noLauncher(error)
        }
    }

    func configuration(_ limits: ServeLimits, _ log: ServeLog) -> GPUConfiguration {
        var configuration = GPUConfiguration()
        configuration.limits.bytesMax = limits.gpuMemory << 20
        configuration.limits.resourcesMax = limits.gpuResources
        configuration.limits.contextsMax = limits.gpuContexts
        configuration.logger = log.logger("gpu")
        switch self {
        case .inProcess:
            // A front-end maps descriptors, and what virglrenderer maps in this process has none.
            configuration.hostVisibleBytes = 0
        case .isolated(let launcher):
            configuration.hostVisibleBytes = limits.gpuWindow << 20
            var options = RendererWorkerOptions()
            options.launcher = launcher
            options.stallNanos = UInt64(limits.stallMillis) * 1_000_000
            options.keepsSpare = limits.spareWorker
            // What the library takes for itself, and resources that it holds twice.
            options.addressSpaceBytes = Self.libraryBytes + 2 * configuration.limits.bytesMax
            configuration.rendering = .isolated(options)
        }
        return configuration
    }

    func configuration(_ limits: ServeLimits) -> MediaConfiguration {
        var configuration = MediaConfiguration(
            decoders: StreamChoice.decoders(threadCount: limits.threads))
        configuration.sessionsMax = limits.mediaSessions
        configuration.codedBytesMax = limits.codedBuffer << 20
        if case .isolated(let launcher) = self {
            var options = CodecWorkerOptions()
            options.launcher = launcher
            // Sooner than a reset gives a session up.
            options.unitNanos = UInt64(min(limits.stallMillis, 8000)) * 1_000_000
            configuration.codecs = .isolated(options)
        }
        return configuration
    }

    private static let libraryBytes: UInt64 = 4 << 30
}
