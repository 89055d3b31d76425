// A guest's memory, and a back-end with an echoing device at the other end of a socket.

import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

/// `#require` for what cannot be copied.
func present(_ descriptor: consuming OwnedDescriptor?) throws -> OwnedDescriptor {
    guard let descriptor else { throw Errno.badFileDescriptor }
    return descriptor
}

/// What a service has told, in order.
final class EventLog: Sendable {
    private let events = Monitor<[BackEndEvent]>([])
    func add(_ event: BackEndEvent) { events.update { $0.append(event) } }

    var count: Int { events.withLock { $0.count } }

    /// Waits, bounded, until so many events are there.
    func wait(for count: Int) -> [BackEndEvent] {
        let deadline = MonotonicClock.nowNanos + 10_000_000_000
        _ = events.wait(untilNanos: deadline) { $0.count >= count ? true : nil }
        return events.withLock { $0 }
    }
}

/// Guest memory that drivers allocate from and a back-end maps.
struct TestGuest {
    let file: GuestMemoryFile
    let machine: GuestMachine
    static let start: UInt64 = 0x10_0000

    init(sizeBytes: Int = 1 << 20, name: String = "vhost guest") throws {
        let memory = try SharedMemory(name: name, sizeBytes: sizeBytes)
        file = GuestMemoryFile(start: GuestAddress(Self.start), memory: memory)
        let regions = [GuestRegion(start: file.start, memory: memory)]
        machine = GuestMachine(
            memory: try GuestMemory(regions),
            usable: Self.start..<(Self.start + UInt64(sizeBytes)))
    }
}

/// A back-end that listens at a path of its own.
final class EchoService {
    let path: String
    let log = EventLog()
    let wake: EventDescriptor
    let isReleased = Monitor(false)
    let service: BackEndService<EchoDevice>

    init(limits: BackEndLimits = BackEndLimits()) throws {
        let unique = RandomSource.twoWords()
        let path = "/tmp/vhost-test-\(unique.0)-\(unique.1)"
        let wake = try EventDescriptor()
        let (log, isReleased) = (log, isReleased)
        self.path = path
        self.wake = wake
        service = try BackEndService(
            name: "echo", endpoint: .listener(try UnixListener(path: path)), limits: limits,
            make: { EchoDevice(event: wake, isReleased: isReleased) }, onEvent: { log.add($0) })
    }

    func connect(
        _ guest: TestGuest, habits: FrontEndHabits = .all,
        objects: SharedObjectTable = SharedObjectTable()
    ) throws -> VhostUserFrontEnd {
        try VhostUserFrontEnd(
            path: path, deviceID: EchoDevice.deviceID, memory: [guest.file], habits: habits,
            objects: objects)
    }

    func device<R: Sendable>(_ body: @escaping @Sendable (EchoDevice) -> R) throws -> R {
        try #require(service.onDeviceThread(body))
    }

    /// Waits, bounded, until the device has taken so many requests that it holds.
    func waitUntilHeld(_ count: Int) throws -> Bool {
        let deadline = RawFrontEnd.deadline()
        while try device(\.heldCount) < count {
            guard MonotonicClock.nowNanos < deadline else { return false }
        }
        return true
    }

    /// The device gives back what it holds, and holds nothing more. From any thread.
    func release() {
        isReleased.withLock { $0 = true }
        wake.signal()
    }

    /// Sends `bytes` through a fresh driver and compares what comes back.
    func expectEcho(
        _ front: VhostUserFrontEnd, _ guest: TestGuest, rings: TransportFeatures = .rings,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let driver = try DeviceDriver(
            front, machine: guest.machine, wanted: 0b11, required: 0, queueCount: 2, rings: rings)
        for count in [1, 17, 4000] {
            let bytes = (0..<count).map { $0 == 0 ? EchoDevice.echo : UInt8($0 % 251) }
            for queue in 0..<2 {
                let answer = try driver.echo(bytes, queue: queue)
                #expect(answer == bytes, sourceLocation: sourceLocation)
            }
        }
        driver.reset()
    }
}

extension DeviceDriver {
    func echo(_ bytes: [UInt8], queue: Int = 0) throws -> [UInt8] {
        try wait(for: try post(bytes, queue: queue))
    }

    func post(_ bytes: [UInt8], queue: Int = 0) throws -> Ticket {
        var request = WireBuffer(capacity: bytes.count)
        request.append(contentsOf: bytes)
        return try send(request, responseBytes: bytes.count, queue: queue)
    }
}

/// A front-end that sends what it is told, message by message.
final class RawFrontEnd {
    let channel: MessageChannel

    init(path: String) throws {
        channel = try MessageChannel(try UnixSocket.connect(to: path), peerSends: .replies)
    }

    static func deadline() -> UInt64 { MonotonicClock.nowNanos + 10_000_000_000 }

    func send(
        _ request: VhostUser.FrontEndRequest, flags: VhostUser.HeaderFlags = .version1,
        _ descriptors: [FileDescriptor] = [], payload: (inout WireBuffer) -> Void = { _ in }
    ) throws {
        try channel.send(
            request.rawValue, flags: flags, descriptors: descriptors, payload: payload)
    }

    /// The payload of the next reply; nil when none comes in time.
    func reply() throws -> [UInt8]? {
        guard try channel.receive(untilNanos: Self.deadline()) else { return nil }
        defer { channel.finish() }
        return channel.payload.array()
    }

    /// Asks for a u64.
    func number(_ request: VhostUser.FrontEndRequest) throws -> UInt64 {
        try send(request)
        let bytes = try #require(try reply())
        try #require(bytes.count == 8)
        return (0..<8).reduce(0) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    }

    /// Asks for an acknowledgement; whether it was success.
    func acknowledged(
        _ request: VhostUser.FrontEndRequest, _ descriptors: [FileDescriptor] = [],
        payload: (inout WireBuffer) -> Void = { _ in }
    ) throws -> Bool {
        try send(request, flags: [.version1, .needReply], descriptors, payload: payload)
        return try #require(try reply()) == [0, 0, 0, 0, 0, 0, 0, 0]
    }

    /// What every front-end does first.
    func negotiate(_ features: VhostUser.ProtocolFeatures? = nil) throws {
        let theirs = try number(.getProtocolFeatures)
        try send(.setProtocolFeatures) { $0.append(u64: features?.rawValue ?? theirs) }
    }

    /// Whether the back-end closes the connection, reading over what it still says.
    func isClosed() -> Bool {
        do {
            while try reply() != nil {}
            return false
        } catch {
            return (error as? VhostUserError) == .peerGone
                || (error as? VhostUserError) == .system(.connectionReset)
        }
    }
}

enum Held {
    /// Descriptors and mappings of memfds called `name` in this process.
    static func descriptors(named name: String) throws -> Int {
        let folder = "/proc/self/fd"
        return try entries(folder).count { entry in
            (try? link("\(folder)/\(entry)"))?.hasPrefix("/memfd:\(name) ") == true
        }
    }

    static func mappings(named name: String) throws -> Int {
        try String(decoding: contents("/proc/self/maps"), as: UTF8.self)
            .split(separator: "\n").count { $0.contains("/memfd:\(name) ") }
    }
}
