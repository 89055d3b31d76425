// A GPU device and the driver of its queues on one thread: what the driver writes are bytes in
// guest memory, and nothing happens between two calls.

import Foundation
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

/// A response: the bytes that the device says it wrote.
struct Reply {
    let bytes: [UInt8]

    /// The first word; nil when it is not there.
    var type: VirtioGPU.MessageType? {
        guard bytes.count >= 4 else { return nil }
        return try? VirtioGPU.MessageType(decode(as: Word.self).value)
    }

    func decode<M: WireMessage>(as type: M.Type = M.self) throws -> M {
        var buffer = WireBuffer(capacity: bytes.count)
        buffer.append(contentsOf: bytes)
        return try buffer.decode()
    }

    var header: VirtioGPU.ControlHeader { get throws { try decode() } }

    private struct Word: WireMessage {
        static let sizeBytes = 4
        let value: UInt32
        init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: 4)
            value = bytes.u32(at: 0)
        }
        func encode(to out: inout WireBuffer) { out.append(u32: value) }
    }
}

final class GPUMachine {
    /// Guest memory begins here, and here lie what the tests give addresses of.
    static let start: UInt64 = 0x10_0000
    static let requests: UInt64 = 0x20_0000
    static let responses: UInt64 = 0x40_0000
    static let pages: UInt64 = 0x50_0000
    static let sizeBytes = 0x80_0000
    /// What writable memory is filled with before a request.
    static let poison: UInt8 = 0xa5

    static let allFeatures: VirtioGPU.Features = [
        .virgl, .edid, .resourceUUID, .resourceBlob, .contextInit,
    ]
    /// What a device without a renderer of 3D offers, but for BLOB_ALIGNMENT.
    static let features2D: VirtioGPU.Features = [.edid, .resourceUUID, .resourceBlob]

    let registry: ResourceRegistry
    let importer: Participant
    let shared: SharedMemory
    let memory: GuestMemory
    let device: GPUDevice
    let host: DeviceHost<GPUDevice>
    let interrupt: EventDescriptor
    let regions: [LocalMemoryRegion]
    private(set) var control: DriverQueue
    private(set) var cursor: DriverQueue

    /// Runs `body` with a device that has been started with `features`; closes it afterwards.
    static func run(
        _ configuration: GPUConfiguration = GPUConfiguration(),
        features: VirtioGPU.Features = allFeatures, display: (any DisplaySink)? = nil,
        limits: RegistryLimits = RegistryLimits(), _ body: (GPUMachine) throws -> Void
    ) throws {
        var configuration = configuration
        if case .virgl = configuration.rendering, isIsolated {
            configuration.rendering = .isolated(RendererWorkerOptions(executable: workerProgram))
        }
        let machine = try GPUMachine(configuration, display, limits)
        defer {
            machine.host.write(status: [])
            machine.device.close()
        }
        try machine.start(features: features)
        try body(machine)
    }

    /// VIRTIO_SHARE_RENDERER=isolated runs the same tests over a worker.
    private static let isIsolated =
        ProcessInfo.processInfo.environment["VIRTIO_SHARE_RENDERER"] == "isolated"
    /// The package's own program, which lies beside the one that runs the tests.
    static let workerProgram =
        (ProcessInfo.processInfo.environment["VIRTIO_SHARE_PROGRAMS"]
            ?? (RendererWorkerOptions.thisProgram as NSString).deletingLastPathComponent)
        + "/virtio-share"

    /// The same without a renderer of 3D.
    static func run2D(
        _ configuration: GPUConfiguration = GPUConfiguration(),
        features: VirtioGPU.Features = features2D, display: (any DisplaySink)? = nil,
        _ body: (GPUMachine) throws -> Void
    ) throws {
        var configuration = configuration
        configuration.rendering = .none
        try run(configuration, features: features, display: display, body)
    }

    private init(
        _ configuration: GPUConfiguration, _ display: (any DisplaySink)?, _ limits: RegistryLimits
    ) throws {
        registry = ResourceRegistry(limits: limits)
        importer = registry.join(name: "importer")
        shared = try SharedMemory(name: "guest", sizeBytes: Self.sizeBytes)
        memory = try GuestMemory([GuestRegion(start: GuestAddress(Self.start), memory: shared)])
        interrupt = try EventDescriptor()
        control = try DriverQueue(Self.controlLayout, memory: memory)
        cursor = try DriverQueue(Self.cursorLayout, memory: memory)
        device = try GPUDevice(configuration: configuration, domain: registry, display: display)
        regions = device.sharedMemoryWindows.map { LocalMemoryRegion($0) }
        host = DeviceHost(
            device: device, memory: memory, interrupt: interrupt, sharedMemory: regions)
    }

    private static let controlLayout = QueueLayout(
        size: 256, descriptorTable: GuestAddress(start), availRing: GuestAddress(start + 0x1000),
        usedRing: GuestAddress(start + 0x2000))
    private static let cursorLayout = QueueLayout(
        size: 16, descriptorTable: GuestAddress(start + 0x4000),
        availRing: GuestAddress(start + 0x5000), usedRing: GuestAddress(start + 0x6000))

    /// Brings the device from reset to DRIVER_OK, over zeroed rings.
    func start(features: VirtioGPU.Features) throws {
        try bytes(at: Self.start, count: 0x8000).fill(0)
        control = try DriverQueue(Self.controlLayout, memory: memory)
        cursor = try DriverQueue(Self.cursorLayout, memory: memory)
        host.write(status: [.acknowledge])
        host.write(status: [.acknowledge, .driver])
        host.accept(features: features.rawValue | TransportFeatures.version1.rawValue)
        host.write(status: [.acknowledge, .driver, .featuresOK])
        host.setQueue(0, layout: Self.controlLayout)
        host.setQueue(1, layout: Self.cursorLayout)
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        try #require(host.status == [.acknowledge, .driver, .featuresOK, .driverOK])
    }

    /// The mapped bytes at a guest address.
    func bytes(at address: UInt64, count: Int) throws -> MemoryRange {
        try #require(shared.range.slice(offset: Int(address - Self.start), count: count))
    }

    // MARK: One request at a time

    /// Sends a request of these bytes with `room` bytes for the response, and waits for it.
    func send(bytes request: [UInt8], room: Int = 2048) throws -> Reply {
        try bytes(at: Self.requests, count: request.count).write(request)
        try bytes(at: Self.responses, count: 4096).fill(Self.poison)
        try control.add(
            readable: request.isEmpty ? [] : [segment(Self.requests, request.count)],
            writable: room == 0 ? [] : [segment(Self.responses, room)])
        host.serve(queue: 0)
        let used = try #require(try waitUntilUsed())
        return Reply(bytes: try bytes(at: Self.responses, count: Int(used.len)).bytes())
    }

    func send(_ message: some WireMessage, tail: [UInt8] = [], room: Int = 2048) throws -> Reply {
        try send(bytes: encoded(message) + tail, room: room)
    }

    /// Sends a request on the cursor queue.
    func sendCursor(bytes request: [UInt8], room: Int = 24) throws -> Reply {
        try bytes(at: Self.requests, count: request.count).write(request)
        try bytes(at: Self.responses, count: 4096).fill(Self.poison)
        try cursor.add(
            readable: [segment(Self.requests, request.count)],
            writable: room == 0 ? [] : [segment(Self.responses, room)])
        host.serve(queue: 1)
        let used = try #require(try cursor.takeUsed())
        return Reply(bytes: try bytes(at: Self.responses, count: Int(used.len)).bytes())
    }

    /// The next chain of the control queue that comes back; nil after ten seconds.
    func waitUntilUsed() throws -> SplitRing.UsedElement? {
        let loop = try EventLoop()
        try loop.add(device.hostEvent, token: 0)
        let end = deadline(millis: 10_000)
        while MonotonicClock.nowNanos < end {
            if let used = try control.takeUsed() { return used }
            if try !loop.wait(timeoutMillis: 100).isEmpty { host.serveHost() }
        }
        return nil
    }

    // MARK: What many tests begin with

    func createContext(_ id: UInt32 = 1) throws {
        let reply = try send(
            VirtioGPU.CtxCreate(
                header: .init(type: .ctxCreate, ctxID: ContextID(id)), contextInit: 2,
                debugName: "test"))
        try #require(reply.type == .okNoData)
    }

    func submit(_ words: [UInt32], context: UInt32 = 1, fence: UInt64? = nil) throws -> Reply {
        try send(
            VirtioGPU.CmdSubmit(
                header: .init(
                    type: .submit3D, flags: fence == nil ? [] : [.fence], fenceID: fence ?? 0,
                    ctxID: ContextID(context)),
                size: UInt32(words.count * 4)),
            tail: littleEndian(words))
    }

    /// A mapped blob of context 1; its buffer is made by a stream first.
    func createBlob(_ id: UInt32, blobID: UInt32, sizeBytes: UInt32) throws {
        let made = try submit(VirglStream.createBuffer(blobID: blobID, sizeBytes: sizeBytes))
        try #require(made.type == .okNoData)
        let reply = try send(
            VirtioGPU.ResourceCreateBlob(
                header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                resourceID: ResourceID(id), blobMem: .host3D,
                blobFlags: [.useMappable, .useCrossDevice], blobID: UInt64(blobID),
                size: UInt64(sizeBytes)))
        try #require(reply.type == .okNoData)
    }

    func createTexture(_ id: UInt32, width: UInt32, height: UInt32, format: UInt32 = 67) throws {
        let reply = try send(
            VirtioGPU.ResourceCreate3D(
                resourceID: ResourceID(id), target: 2, format: format, bind: 0xa, width: width,
                height: height))
        try #require(reply.type == .okNoData)
    }

    func context(_ type: VirtioGPU.MessageType, resource: UInt32, context: UInt32 = 1) throws
        -> Reply
    {
        try send(
            VirtioGPU.CtxResource(
                header: .init(type: type, ctxID: ContextID(context)),
                resourceID: ResourceID(resource)))
    }

    func unref(_ id: UInt32) throws -> Reply {
        try send(VirtioGPU.ResourceUnref(resourceID: ResourceID(id)))
    }

    func assignUUID(_ id: UInt32) throws -> Reply {
        try send(VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(id)))
    }

    func uuid(of id: UInt32) throws -> ResourceUUID {
        try assignUUID(id).decode(as: VirtioGPU.RespResourceUUID.self).uuid
    }
}

func segment(_ start: UInt64, _ count: Int) -> GuestSegment {
    GuestSegment(start: GuestAddress(start), count: UInt32(count))
}

func encoded(_ message: some WireMessage) -> [UInt8] {
    var buffer = WireBuffer(capacity: 2048)
    buffer.append(message)
    return buffer.array()
}

func littleEndian(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
}
