// The life of a ring, message by message.

import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

/// Queue 0 of a guest, as a front-end sets it up by hand.
final class HandRing {
    let front: RawFrontEnd
    let guest: TestGuest
    let layout: QueueLayout
    let kick: EventDescriptor
    let call: EventDescriptor
    private(set) var queue: DriverQueue
    static let size: UInt16 = 8

    init(_ front: RawFrontEnd, _ guest: TestGuest) throws {
        self.front = front
        self.guest = guest
        kick = try EventDescriptor()
        call = try EventDescriptor()
        let page = { try guest.machine.allocate(4096).start }
        layout = QueueLayout(
            size: Self.size, descriptorTable: try page(), availRing: try page(),
            usedRing: try page())
        queue = try DriverQueue(layout, memory: guest.machine.memory, features: [], tables: nil)
    }

    /// A part of the set-up, acknowledged.
    enum Part: CaseIterable { case memory, features, num, addr, base, call, kick, enable }

    func tell(_ part: Part, base: UInt32 = 0) throws -> Bool {
        let user = { (address: GuestAddress) in
            UserAddress(
                self.guest.file.region.userAddress.rawValue + address.rawValue - TestGuest.start)
        }
        let state = { (num: UInt32) in
            { (out: inout WireBuffer) in out.append(VhostUser.VringState(index: 0, num: num)) }
        }
        switch part {
        case .memory:
            return try front.acknowledged(.addMemReg, [guest.file.memory.descriptor]) {
                $0.append(VhostUser.MemRegMsg(region: self.guest.file.region))
            }
        case .features:
            return try front.acknowledged(.setFeatures) { $0.append(u64: 1 << 32 | 1 << 30) }
        case .num:
            return try front.acknowledged(.setVringNum, payload: state(UInt32(Self.size)))
        case .addr:
            return try front.acknowledged(.setVringAddr) {
                $0.append(
                    VhostUser.VringAddr(
                        index: 0, descriptor: user(self.layout.descriptorTable),
                        used: user(self.layout.usedRing), available: user(self.layout.availRing)))
            }
        case .base: return try front.acknowledged(.setVringBase, payload: state(base))
        case .call:
            return try front.acknowledged(.setVringCall, [call.descriptor]) { $0.append(u64: 0) }
        case .kick:
            return try front.acknowledged(.setVringKick, [kick.descriptor]) { $0.append(u64: 0) }
        case .enable: return try front.acknowledged(.setVringEnable, payload: state(1))
        }
    }

    func disable() throws -> Bool {
        try front.acknowledged(.setVringEnable) {
            $0.append(VhostUser.VringState(index: 0, num: 0))
        }
    }

    /// GET_VRING_BASE; where the ring stands.
    func stop() throws -> UInt32 {
        try front.send(.getVringBase) { $0.append(VhostUser.VringState(index: 0, num: 0)) }
        return try base()
    }

    func base() throws -> UInt32 {
        let bytes = try #require(try front.reply())
        try #require(bytes.count == 8 && bytes.prefix(4) == [0, 0, 0, 0])
        return UInt32(bytes[4]) | UInt32(bytes[5]) << 8
    }

    /// Makes a request available without a kick.
    func post(_ first: UInt8) throws {
        let block = try guest.machine.allocate(4096)
        guest.machine.range(of: block).write([first, 42])
        let answer = try guest.machine.allocate(4096)
        try queue.add(
            readable: [GuestSegment(start: block.start, count: 2)],
            writable: [GuestSegment(start: answer.start, count: 2)])
    }

    /// How many requests have come back, after waiting for the first.
    func used(waiting: Bool = true) throws -> Int {
        if waiting { #expect(call.wait(timeoutMillis: 10_000)) }
        var count = 0
        while let element = try queue.takeUsed() {
            #expect(element.len == 2)
            count += 1
        }
        return count
    }
}

@Suite("The life of a ring")
struct RingTests {
    private let service: EchoService
    private let front: RawFrontEnd
    private let guest: TestGuest
    private let ring: HandRing

    init() throws {
        service = try EchoService()
        front = try RawFrontEnd(path: service.path)
        guest = try TestGuest()
        ring = try HandRing(front, guest)
        try front.negotiate()
    }

    private func start(_ parts: [HandRing.Part] = HandRing.Part.allCases) throws {
        for part in parts { #expect(try ring.tell(part), "\(part)") }
    }

    @Test("starts whatever order its parts come in, and looks at once [VU-071] [VU-075]")
    func orders() throws {
        var generator = SystemRandomNumberGenerator()
        for first in HandRing.Part.allCases {
            let rest = HandRing.Part.allCases.filter { $0 != first }
                .shuffled(using: &generator)
            let service = try EchoService()
            let front = try RawFrontEnd(path: service.path)
            try front.negotiate()
            let ring = try HandRing(front, try TestGuest())
            try ring.post(EchoDevice.echo)
            // CALL last of all would miss the interrupt of what lies there already, and BASE last
            // of all is too late: a ring without one starts at 0.
            let free = ([first] + rest).filter { $0 != .call && $0 != .base }
            let parts = [.call] + free.prefix(1) + [.base] + free.dropFirst()
            for part in parts { #expect(try ring.tell(part), "\(part) of \(parts)") }
            #expect(try ring.used() == 1, "\(parts)")
        }
    }

    @Test("is not served while it is disabled, and at once when it is enabled [VU-073]")
    func disabled() throws {
        try start(HandRing.Part.allCases.filter { $0 != .enable })
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try front.number(.getStatus) == 0)
        #expect(try service.device(\.starts) == 1)
        #expect(try ring.used(waiting: false) == 0)
        #expect(try ring.tell(.enable))
        #expect(try ring.used() == 1)
        #expect(try ring.disable())
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try front.number(.getStatus) == 0)
        #expect(try ring.used(waiting: false) == 0)
        #expect(try ring.tell(.enable))
        #expect(try ring.used() == 1)
    }

    @Test("stops when everything in flight is back, and not before [VU-072] [VU-077]")
    func drains() throws {
        try start()
        for _ in 0..<3 { try ring.post(EchoDevice.hold) }
        ring.kick.signal()
        #expect(try service.waitUntilHeld(3))
        #expect(try service.device(\.starts) == 1)
        try front.send(.getVringBase) { $0.append(VhostUser.VringState(index: 0, num: 0)) }
        #expect(try !front.channel.receive())
        // The device's thread waits in the request: what it holds retires on another.
        service.release()
        #expect(try ring.base() == 3)
        #expect(try ring.used() == 3)
        // Nothing is served any more.
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try front.number(.getStatus) == 0)
        #expect(try ring.used(waiting: false) == 0)
        // Until it goes on where it stopped, without a reset.
        #expect(try ring.tell(.base, base: 3))
        #expect(try ring.tell(.kick))
        #expect(try ring.used() == 1)
        #expect(try service.device(\.resets) == 0)
        #expect(try ring.stop() == 4)
    }

    @Test("stops, bounded, though a request never comes back")
    func drainBound() throws {
        var limits = BackEndLimits()
        limits.drainMillis = 20
        let service = try EchoService(limits: limits)
        let front = try RawFrontEnd(path: service.path)
        try front.negotiate()
        let ring = try HandRing(front, guest)
        for part in HandRing.Part.allCases { #expect(try ring.tell(part)) }
        try ring.post(EchoDevice.hold)
        ring.kick.signal()
        #expect(try service.waitUntilHeld(1))
        #expect(try ring.stop() == 1)
        #expect(try front.number(.getQueueNum) == 2)
    }

    @Test("keeps its size, place and base while it runs [VU-062]")
    func fixedWhileRunning() throws {
        try start()
        for part in [.num, .addr, .base] as [HandRing.Part] { #expect(try !ring.tell(part)) }
        // Other features would change how it is read. [VU-022]
        #expect(
            try !front.acknowledged(.setFeatures) { $0.append(u64: 1 << 32 | 1 << 34 | 1 << 30) })
        #expect(try ring.tell(.features))
        // CALL and KICK may come anew.
        #expect(try ring.tell(.call))
        #expect(try ring.tell(.kick))
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try ring.used() == 1)
    }

    @Test("is polled where no kick comes [VU-061]")
    func polled() throws {
        try start(HandRing.Part.allCases.filter { $0 != .kick })
        #expect(try front.acknowledged(.setVringKick) { $0.append(u64: 1 << 8) })
        for _ in 0..<3 {
            try ring.post(EchoDevice.echo)
            #expect(try ring.used() == 1)
        }
    }

    @Test("cannot lie outside memory, or have a size that no ring has [VU-062] [VU-063]")
    func badPlaces() throws {
        for part in [.memory, .features, .call] as [HandRing.Part] { _ = try ring.tell(part) }
        for num in [0, 32769, UInt32.max] {
            #expect(
                try !front.acknowledged(.setVringNum) {
                    $0.append(VhostUser.VringState(index: 0, num: num))
                }, "\(num)")
        }
        #expect(try ring.tell(.num))
        let end = guest.file.region.userAddress.rawValue + guest.file.region.size
        #expect(
            try front.acknowledged(.setVringAddr) {
                $0.append(
                    VhostUser.VringAddr(
                        index: 0, descriptor: UserAddress(end - 64), used: UserAddress(end - 4096),
                        available: UserAddress(end - 8192)))
            })
        #expect(try !ring.tell(.kick))
        #expect(try ring.tell(.addr))
        #expect(try ring.tell(.enable))
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try ring.used() == 1)
    }

    @Test("goes away with a reset, as all of the device does [VU-076]", arguments: [34, 39])
    func reset(request: UInt32) throws {
        try start()
        let reset = try front.acknowledged(VhostUser.FrontEndRequest(request)) {
            if request == 39 { $0.append(u64: 0) }
        }
        #expect(reset)
        #expect(try service.device(\.resets) == 1)
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try front.number(.getStatus) == 0)
        #expect(try ring.used(waiting: false) == 0)
        // Memory stays; the rest comes anew.
        try start(HandRing.Part.allCases.filter { $0 != .memory })
        #expect(try ring.used() == 1)
    }

    @Test("of a front-end that knows no reset is a new driver's when it begins anew")
    func beginsAnew() throws {
        let service = try EchoService()
        let small = try RawFrontEnd(path: service.path)
        try small.negotiate([.replyAck, .config])
        let ring = try HandRing(small, guest)
        let parts = HandRing.Part.allCases.filter { $0 != .memory }
        let memory = guest.file
        let table = try small.acknowledged(.setMemTable, [guest.file.memory.descriptor]) {
            $0.append(VhostUser.MemTable(numRegions: 1))
            $0.append(memory.region)
        }
        #expect(table)
        for part in parts { #expect(try ring.tell(part)) }
        try ring.post(EchoDevice.echo)
        ring.kick.signal()
        #expect(try ring.used() == 1)
        #expect(try ring.stop() == 1)
        // It goes on: suspended and resumed.
        #expect(try ring.tell(.base, base: 1))
        #expect(try ring.tell(.kick))
        #expect(try service.device(\.resets) == 0)
        #expect(try ring.stop() == 1)
        #expect(try ring.tell(.base, base: 0))
        #expect(try service.device(\.resets) == 1)
    }
}
