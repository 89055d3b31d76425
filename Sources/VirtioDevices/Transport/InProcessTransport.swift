// A device on a thread of its own, reached by a driver in the same process: kicks and interrupts
// are eventfds, registers are calls that the device's thread answers.

public import LinuxSystem
internal import SystemPackage
public import Virtqueue

/// The driver's end of a device that runs in this process.
public final class InProcessTransport<Device: VirtioDevice>: VirtioTransport, Sendable {
    private let shared: Shared
    private let thread: WorkerThread
    private let kicks: [EventDescriptor]
    private let regions: [LocalMemoryRegion]
    public let interrupt: EventDescriptor

    private typealias Job = @Sendable (DeviceHost<Device>) -> Void

    private final class Shared: Sendable {
        let jobs = Monitor<[Job]>([])
        let wake: EventDescriptor
        let isEnding = Monitor(false)
        init() throws(Errno) { wake = try EventDescriptor() }
    }

    private static var jobsToken: UInt64 { .max }
    private static var hostToken: UInt64 { .max - 1 }
    private static var lostFileToken: UInt64 { .max - 2 }

    /// Makes the device on its own thread and serves it there until this object goes.
    ///
    /// - Parameters:
    ///   - queueCount: how many queues the device type has.
    ///   - make: runs on the device's thread. What it throws, `init` throws.
    ///   - close: runs on the device's thread, last.
    public init(
        name: String, memory: GuestMemory, queueCount: Int,
        make: @escaping @Sendable () throws -> Device,
        close: @escaping @Sendable (Device) -> Void = { _ in }
    ) throws {
        let shared = try Shared()
        let interrupt = try EventDescriptor()
        let kicks = try (0..<queueCount).map { _ in try EventDescriptor() }
        let loop = try EventLoop()
        try loop.add(shared.wake.descriptor, token: Self.jobsToken)
        try loop.add(memory.lostFile.descriptor, token: Self.lostFileToken)
        for (index, kick) in kicks.enumerated() {
            try loop.add(kick.descriptor, token: UInt64(index))
        }
        let outcome = Monitor<Result<[LocalMemoryRegion], any Error>?>(nil)
        thread = try WorkerThread(name: name) {
            let host: DeviceHost<Device>
            do {
                let device = try make()
                try loop.add(device.hostEvent, token: Self.hostToken)
                let regions = device.sharedMemoryWindows.map { LocalMemoryRegion($0) }
                host = DeviceHost(
                    device: device, memory: memory, interrupt: interrupt, sharedMemory: regions)
                outcome.update { $0 = .success(regions) }
            } catch {
                outcome.update { $0 = .failure(error) }
                return
            }
            Self.run(host, loop, shared, kicks)
            host.write(status: [])
            close(host.device)
        }
        self.shared = shared
        self.interrupt = interrupt
        self.kicks = kicks
        let answer = outcome.wait { $0 }
        regions = (try? answer?.get()) ?? []
        do {
            _ = try answer?.get()
        } catch {
            shared.isEnding.withLock { $0 = true }
            throw error
        }
    }

    deinit {
        shared.isEnding.withLock { $0 = true }
        shared.wake.signal()
        thread.join()
    }

    private static func run(
        _ host: DeviceHost<Device>, _ loop: EventLoop, _ shared: Shared,
        _ kicks: [EventDescriptor]
    ) {
        while !shared.isEnding.withLock({ $0 }) {
            guard let tokens = try? loop.wait() else { continue }
            for token in tokens {
                switch token {
                case jobsToken:
                    shared.wake.take()
                    let jobs = shared.jobs.withLock { jobs in
                        defer { jobs.removeAll() }
                        return jobs
                    }
                    for job in jobs { job(host) }
                case hostToken:
                    host.serveHost()
                case lostFileToken:
                    host.stopIfMemoryIsLost()
                    // It stays readable.
                    try? loop.remove(host.memory.lostFile.descriptor)
                default:
                    let index = Int(token)
                    kicks[index].take()
                    host.serve(queue: index)
                }
            }
        }
    }

    /// Runs `body` on the device's thread and waits for its answer.
    public func onDeviceThread<R: Sendable>(
        _ body: @escaping @Sendable (DeviceHost<Device>) -> R
    ) -> R {
        let answer = Monitor<R?>(nil)
        shared.jobs.withLock { jobs in
            jobs.append { host in
                let result = body(host)
                answer.update { $0 = result }
            }
        }
        shared.wake.signal()
        guard let result = answer.wait(for: { $0 }) else {
            preconditionFailure("a wait without a deadline ends with a value")
        }
        return result
    }

    // MARK: VirtioTransport

    public var deviceID: UInt32 { Device.deviceID }
    public var deviceFeatures: UInt64 { onDeviceThread { $0.features } }
    public func acceptFeatures(_ features: UInt64) {
        onDeviceThread { $0.accept(features: features) }
    }
    public var status: DeviceStatus { onDeviceThread { $0.status } }
    public func writeStatus(_ status: DeviceStatus) { onDeviceThread { $0.write(status: status) } }
    public func readConfig(offset: Int, count: Int) -> [UInt8] {
        onDeviceThread { $0.readConfig(offset: offset, count: count) }
    }
    public func writeConfig(offset: Int, bytes: [UInt8]) {
        onDeviceThread { $0.writeConfig(offset: offset, bytes: bytes) }
    }
    public var configGeneration: UInt32 { onDeviceThread { $0.readConfigGeneration() } }
    public func queueSizeMax(_ index: Int) -> UInt16 { onDeviceThread { $0.queueSizeMax(index) } }
    public func setQueue(_ index: Int, layout: QueueLayout) {
        onDeviceThread { $0.setQueue(index, layout: layout) }
    }
    public func notify(queue index: Int) {
        guard kicks.indices.contains(index) else { return }
        kicks[index].signal()
    }
    public func sharedMemory(_ id: UInt8) -> LocalMemoryRegion? {
        regions.first { $0.window.id == id }
    }
}
