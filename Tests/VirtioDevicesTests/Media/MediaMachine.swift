// A media device and the driver of its queues on one thread: what the driver writes are bytes in
// guest memory. The codecs run on threads of their own; what they did is taken by step().

import Foundation
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

/// A response: the bytes that the device says it wrote.
struct MediaReply: Equatable {
    let bytes: [UInt8]

    /// Nil when there is none.
    var status: VirtioMedia.Status? { (try? decode(as: VirtioMedia.RespHeader.self))?.status }

    func decode<M: WireMessage>(at offset: Int = 0, as type: M.Type = M.self) throws -> M {
        let rest = Array(bytes.dropFirst(offset))
        var buffer = WireBuffer(capacity: rest.count)
        buffer.append(contentsOf: rest)
        return try buffer.decode()
    }
}

final class MediaMachine {
    /// Guest memory begins here, and here lie what the tests give addresses of.
    static let start: UInt64 = 0x10_0000
    static let requests: UInt64 = 0x20_0000
    static let responses: UInt64 = 0x40_0000
    static let events: UInt64 = 0x50_0000
    static let pages: UInt64 = 0x60_0000
    static let end: UInt64 = 0x90_0000
    /// What writable memory is filled with before a request.
    static let poison: UInt8 = 0xa5

    let registry: ResourceRegistry
    let exporter: Participant
    let memory: GuestMemory
    let device: MediaDevice
    let host: DeviceHost<MediaDevice>
    /// Shared memory region 0, as the driver sees it.
    let region: LocalMemoryRegion
    private let shared: SharedMemory
    private let interrupt: EventDescriptor
    private let loop: EventLoop
    private var commands: DriverQueue
    private var eventQueue: DriverQueue
    private var eventBuffers: [UInt32: GuestSegment] = [:]
    private var nextEvent: UInt64 = 0

    /// A device that has been started.
    init(
        decoders: [DecoderDescription] = [SimulatedDecoder.description], sessionsMax: Int = 16,
        limits: RegistryLimits = RegistryLimits(), hasRegion: Bool = true,
        configure: (inout MediaConfiguration) -> Void = { _ in }
    ) throws {
        registry = ResourceRegistry(limits: limits)
        exporter = registry.join(name: "exporter")
        shared = try SharedMemory(name: "guest", sizeBytes: Int(Self.end - Self.start))
        memory = try GuestMemory([GuestRegion(start: GuestAddress(Self.start), memory: shared)])
        interrupt = try EventDescriptor()
        commands = try DriverQueue(Self.commandLayout, memory: memory)
        eventQueue = try DriverQueue(Self.eventLayout, memory: memory)
        var configuration = MediaConfiguration(decoders: decoders)
        configuration.sessionsMax = sessionsMax
        configuration.codecs = Self.codecs
        configure(&configuration)
        device = try MediaDevice(configuration: configuration, domain: registry)
        region = LocalMemoryRegion(device.sharedMemoryWindows[0])
        host = DeviceHost(
            device: device, memory: memory, interrupt: interrupt,
            sharedMemory: hasRegion ? [region] : [])
        loop = try EventLoop()
        try loop.add(device.hostEvent, token: 1)
        try restart()
    }

    deinit { host.write(status: []) }

    /// `VIRTIO_SHARE_CODECS=isolated` has codecs in processes of their own.
    static let codecs: CodecPlacement =
        ProcessInfo.processInfo.environment["VIRTIO_SHARE_CODECS"] == "isolated"
        ? .isolated(worker) : .inProcess

    static var worker: CodecWorkerOptions {
        var options = CodecWorkerOptions(executable: GPUMachine.workerProgram)
        // A busy machine is not a stalled worker.
        options.unitNanos = 20_000_000_000
        options.startNanos = 60_000_000_000
        return options
    }

    private static let commandLayout = QueueLayout(
        size: 128, descriptorTable: GuestAddress(start), availRing: GuestAddress(start + 0x1000),
        usedRing: GuestAddress(start + 0x2000))
    private static let eventLayout = QueueLayout(
        size: 128, descriptorTable: GuestAddress(start + 0x4000),
        availRing: GuestAddress(start + 0x5000), usedRing: GuestAddress(start + 0x6000))

    /// Resets the device and brings it to DRIVER_OK, over zeroed rings.
    func restart() throws {
        host.write(status: [])
        try range(Self.start, 0x8000).fill(0)
        commands = try DriverQueue(Self.commandLayout, memory: memory)
        eventQueue = try DriverQueue(Self.eventLayout, memory: memory)
        eventBuffers = [:]
        host.write(status: [.acknowledge])
        host.write(status: [.acknowledge, .driver])
        host.accept(features: TransportFeatures.version1.rawValue)
        host.write(status: [.acknowledge, .driver, .featuresOK])
        host.setQueue(VirtioMedia.commandQueue, layout: Self.commandLayout)
        host.setQueue(VirtioMedia.eventQueue, layout: Self.eventLayout)
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        try #require(host.status == [.acknowledge, .driver, .featuresOK, .driverOK])
    }

    /// The mapped bytes at a guest address.
    func range(_ address: UInt64, _ count: Int) throws -> MemoryRange {
        try #require(shared.range.slice(offset: Int(address - Self.start), count: count))
    }

    // MARK: Commands

    /// Puts one chain on the command queue and has it served; what waits for a codec is waited for.
    /// The used length.
    func exchange(readable: [GuestSegment], writable: [GuestSegment]) throws -> UInt32 {
        let head = try commands.add(readable: readable, writable: writable)
        host.serve(queue: VirtioMedia.commandQueue)
        let used = try #require(try waitForUsed())
        try #require(used.id == UInt32(head))
        try #require(try commands.takeUsed() == nil)
        return used.len
    }

    private func waitForUsed() throws -> SplitRing.UsedElement? {
        let deadline = MonotonicClock.nowNanos + 20_000_000_000
        while MonotonicClock.nowNanos < deadline {
            if let used = try commands.takeUsed() { return used }
            _ = try loop.wait(timeoutMillis: 100)
            host.serveHost()
        }
        return nil
    }

    /// Puts a request on the command queue and does not wait for it.
    func post(_ request: [UInt8], room: Int = 512, slot: UInt64 = 0) throws -> UInt16 {
        let offset = slot * 0x1_0000
        try range(Self.requests + offset, request.count).write(request)
        let head = try commands.add(
            readable: [
                GuestSegment(
                    start: GuestAddress(Self.requests + offset), count: UInt32(request.count))
            ],
            writable: [
                GuestSegment(start: GuestAddress(Self.responses + offset), count: UInt32(room))
            ])
        host.serve(queue: VirtioMedia.commandQueue)
        return head
    }

    /// What has come back by now of what was posted.
    func takeUsed() throws -> SplitRing.UsedElement? { try commands.takeUsed() }

    /// Sends a request of these bytes with `room` bytes for the response. What lies behind the
    /// used length must be as it was.
    func send(
        _ request: [UInt8], room: Int = 2048, at location: SourceLocation = #_sourceLocation
    ) throws -> MediaReply {
        try range(Self.requests, request.count).write(request)
        let target = try range(Self.responses, max(room, 1))
        target.fill(Self.poison)
        let readable = GuestSegment(
            start: GuestAddress(Self.requests), count: UInt32(request.count))
        let writable = GuestSegment(start: GuestAddress(Self.responses), count: UInt32(room))
        let length = try exchange(
            readable: [readable], writable: room > 0 ? [writable] : [])
        let bytes = target.bytes()
        try #require(Int(length) <= room)
        #expect(
            bytes.dropFirst(Int(length)).allSatisfy { $0 == Self.poison },
            "written behind the used length", sourceLocation: location)
        return MediaReply(bytes: Array(bytes.prefix(Int(length))))
    }

    /// The bytes of a message.
    static func bytes<M: WireMessage>(_ message: M) -> [UInt8] {
        var buffer = WireBuffer(capacity: M.sizeBytes)
        buffer.append(message)
        return buffer.array()
    }

    func ioctl(
        _ code: V4L2.IoctlCode, _ payload: [UInt8], _ session: SessionID, room: Int = 2048
    ) throws -> MediaReply {
        try send(
            Self.bytes(VirtioMedia.CmdIoctl(sessionID: session, code: code)) + payload, room: room)
    }

    /// An ioctl with a payload of a known structure, and what follows it.
    func ioctl<M: WireMessage>(
        _ code: V4L2.IoctlCode, _ payload: M, _ session: SessionID, trailing: [UInt8] = []
    ) throws -> MediaReply {
        try ioctl(code, Self.bytes(payload) + trailing, session)
    }

    func open() throws -> SessionID {
        let reply = try send(Self.bytes(VirtioMedia.CmdOpen()))
        try #require(reply.status == .ok)
        return try reply.decode(as: VirtioMedia.RespOpen.self).sessionID
    }

    func close(_ session: SessionID) throws -> MediaReply {
        try send(Self.bytes(VirtioMedia.CmdClose(sessionID: session)))
    }

    // MARK: Events

    /// Gives the device event buffers of `sizeBytes`.
    func postEvents(_ count: Int, sizeBytes: UInt32 = 608) throws {
        for _ in 0..<count {
            let segment = GuestSegment(
                start: GuestAddress(Self.events + nextEvent % 256 * 0x1000), count: sizeBytes)
            nextEvent += 1
            try range(segment.start.rawValue, 0x1000).fill(Self.poison)
            let head = try eventQueue.add(readable: [], writable: [segment])
            eventBuffers[UInt32(head)] = segment
        }
        host.serve(queue: VirtioMedia.eventQueue)
    }

    /// What the device has given back of the event queue: the bytes that it wrote.
    func takeEvents() throws -> [[UInt8]] {
        var events: [[UInt8]] = []
        while let used = try eventQueue.takeUsed() {
            let posted = eventBuffers.removeValue(forKey: used.id)
            let segment = try #require(posted)
            let all = try range(segment.start.rawValue, 0x1000).bytes()
            try #require(used.len <= segment.count)
            try #require(all.dropFirst(Int(used.len)).allSatisfy { $0 == Self.poison })
            events.append(Array(all.prefix(Int(used.len))))
        }
        return events
    }

    /// Waits until the codecs have something to tell, without letting the device take it.
    func waitForHostEvent(withinMillis millis: Int32 = 5000) throws -> Bool {
        try !loop.wait(timeoutMillis: millis).isEmpty
    }

    /// Lets the device take what its codecs have done, until it has given `count` event buffers
    /// back; fewer when that does not come about in time.
    func step(untilEvents count: Int, withinMillis millis: UInt64 = 5000) throws -> [[UInt8]] {
        let deadline = MonotonicClock.nowNanos + millis * 1_000_000
        var events = try takeEvents()
        while events.count < count {
            let now = MonotonicClock.nowNanos
            guard now < deadline else { break }
            _ = try loop.wait(timeoutMillis: Int32((deadline - now) / 1_000_000 + 1))
            host.serveHost()
            events += try takeEvents()
        }
        return events
    }

    // MARK: Objects

    /// A new object of the domain's; the bytes stay mapped while it or an attachment lives.
    func export(sizeBytes: Int) throws -> (object: SharedObject, memory: SharedMemory) {
        let memory = try SharedMemory(name: "object", sizeBytes: sizeBytes)
        let file = FileRange(
            descriptor: memory.descriptor, offset: 0, sizeBytes: UInt64(sizeBytes))
        let object = try registry.export(
            ObjectDescription(
                sizeBytes: UInt64(sizeBytes), backing: .sharedMemory(file), memory: memory.range),
            by: exporter,
            onUnused: { _ in withExtendedLifetime(memory) {} })
        return (object, memory)
    }
}
