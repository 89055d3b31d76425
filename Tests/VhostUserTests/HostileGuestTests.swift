// What a guest's driver can do to the program behind the socket: rings that hold together no more,
// commands cut short or far too long, floods. The program lives, leaks no descriptor, and serves the
// next guest.

import Conformance
import Foundation
import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

/// A device's first queue, with a forge for its driver.
private final class ForgedDevice {
    let front: VhostUserFrontEnd
    let guest: TestGuest
    let forge: RingForge
    private let isPacked: Bool
    static let size: UInt16 = 64
    static var data: UInt64 { TestGuest.start + 0x8_0000 }
    static var table: GuestAddress { GuestAddress(TestGuest.start + 0x9_0000) }

    init(_ path: String, _ deviceID: UInt32, packed: Bool) throws {
        isPacked = packed
        guest = try TestGuest()
        front = try VhostUserFrontEnd(path: path, deviceID: deviceID, memory: [guest.file])
        front.writeStatus([])
        front.writeStatus([.acknowledge, .driver])
        var rings: TransportFeatures = [.version1, .indirectDesc]
        if packed { rings.insert(.ringPacked) }
        front.acceptFeatures(front.deviceFeatures & rings.rawValue)
        front.writeStatus([.acknowledge, .driver, .featuresOK])
        for queue in 0..<2 {
            front.setQueue(queue, layout: Self.layout(queue))
        }
        forge = RingForge(Self.layout(0), memory: guest.machine.memory)
        front.writeStatus([.acknowledge, .driver, .featuresOK, .driverOK])
    }

    /// Whether the first chain has come back.
    var hasAnswered: Bool {
        isPacked ? forge.descriptor(0).flags.contains(.used) : forge.usedIndex != 0
    }

    private static func layout(_ queue: Int) -> QueueLayout {
        let start = TestGuest.start + UInt64(queue) * 0x4_0000
        return QueueLayout(
            size: size, descriptorTable: GuestAddress(start + 0x1000),
            availRing: GuestAddress(start + 0x1_0000), usedRing: GuestAddress(start + 0x2_0000))
    }
}

/// A ring that nobody should make.
private struct BadRing: CustomTestStringConvertible, Sendable {
    let name: String
    var isPacked = false
    let write: @Sendable (RingForge) -> Void
    var testDescription: String { name }

    private static func descriptor(
        _ address: UInt64, _ length: UInt32, _ flags: SplitRing.DescriptorFlags = [],
        next: UInt16 = 0
    ) -> SplitRing.Descriptor {
        SplitRing.Descriptor(addr: GuestAddress(address), len: length, flags: flags, next: next)
    }

    /// One chain whose descriptors are these.
    private static func chain(_ name: String, _ descriptors: [SplitRing.Descriptor]) -> BadRing {
        BadRing(name: name) { forge in
            for (index, one) in descriptors.enumerated() { forge.set(one, at: index) }
            forge.set(availHead: 0, at: 0)
            forge.set(availIndex: 1)
        }
    }

    private static func table(
        _ name: String, length: UInt32, _ entries: [SplitRing.Descriptor],
        at address: UInt64 = ForgedDevice.table.rawValue
    ) -> BadRing {
        BadRing(name: name) { forge in
            for (index, one) in entries.enumerated() {
                forge.set(one, at: index, of: ForgedDevice.table)
            }
            forge.set(descriptor(address, length, .indirect), at: 0)
            forge.set(availHead: 0, at: 0)
            forge.set(availIndex: 1)
        }
    }

    private static func packed(
        _ name: String, _ descriptors: [(UInt64, UInt32, UInt16, PackedRing.DescriptorFlags)]
    ) -> BadRing {
        BadRing(name: name, isPacked: true) { forge in
            for (index, (address, length, id, flags)) in descriptors.enumerated().reversed() {
                forge.set(
                    PackedRing.Descriptor(
                        addr: GuestAddress(address), len: length, id: id,
                        flags: flags.union(.avail)), at: index)
            }
        }
    }

    static let all: [BadRing] = {
        let data = ForgedDevice.data
        var rings: [BadRing] = [
            BadRing(name: "a head past the table") {
                $0.set(availHead: 64, at: 0)
                $0.set(availIndex: 1)
            },
            BadRing(name: "more chains than entries") { $0.set(availIndex: 65) },
            BadRing(name: "an index that goes back") { $0.set(availIndex: 0xffff) },
            chain("a next past the table", [descriptor(data, 24, .next, next: 999)]),
            chain("a chain of itself", [descriptor(data, 24, .next, next: 0)]),
            chain(
                "a loop of two",
                [descriptor(data, 24, .next, next: 1), descriptor(data, 24, .next, next: 0)]),
            chain("no memory", [descriptor(0xffff_0000_0000, 24)]),
            chain("memory that wraps", [descriptor(.max - 8, 64)]),
            chain("4 GiB", [descriptor(data, .max)]),
            chain("no bytes", [descriptor(data, 0)]),
            chain(
                "a readable part behind a writable one",
                [descriptor(data, 24, [.write, .next], next: 1), descriptor(data + 64, 24)]),
            chain("only writable parts", [descriptor(data, 24, .write)]),
        ]
        rings += [
            table("a table of 2^28 entries", length: 0xffff_fff0, []),
            table("half an entry", length: 24, [descriptor(data, 24)]),
            table("an empty table", length: 0, []),
            table("a table in no memory", length: 16, [], at: 0xffff_0000_0000),
            table("a table in a table", length: 16, [descriptor(data, 16, .indirect)]),
            table(
                "a table that loops", length: 32,
                [descriptor(data, 24, .next, next: 1), descriptor(data, 24, .next, next: 0)]),
            packed(
                "a packed chain without an end", Array(repeating: (data, 24, 0, .next), count: 64)),
            packed("a packed id past the ring", [(data, 24, 0xffff, [])]),
            packed("a packed descriptor of 4 GiB", [(data, .max, 0, [])]),
            packed("packed, no memory", [(0xffff_0000_0000, 24, 0, .write)]),
            packed("a packed table of 2^28 entries", [(data, 0xffff_fff0, 0, .indirect)]),
        ]
        return rings
    }()
}

@Suite("A hostile guest behind a socket", .serialized)
struct HostileGuestTests {
    private let served: ServeProcess
    private var devices: [(path: String, id: UInt32)] {
        [(served.gpu, VirtioGPU.deviceID), (served.media, VirtioMedia.deviceID)]
    }

    init() throws {
        served = try ServeProcess(["serve", "--gpu-socket", "@/gpu", "--media-socket", "@/media"])
        try #require(served.readyLine != nil)
    }

    @Test(
        "may write any ring: it breaks or the chain comes back, and the driver is told [VQ-D-016]")
    func rings() throws {
        let before = try served.descriptorsWhenIdle()
        for (path, device) in devices {
            for bad in BadRing.all {
                let forged = try ForgedDevice(path, device, packed: bad.isPacked)
                bad.write(forged.forge)
                forged.front.notify(queue: 0)
                // A driver that only waits hears of either: the chain, or the broken ring.
                #expect(
                    forged.front.interrupt.descriptor.waitUntilReadable(timeoutMillis: 30_000),
                    "\(bad.name) is not told of")
                #expect(
                    forged.hasAnswered || forged.front.status.contains(.needsReset),
                    "\(bad.name)")
                #expect(forged.front.failure == nil, "\(bad.name)")
                // A reset makes it as new.
                forged.front.writeStatus([])
                #expect(!forged.front.status.contains(.needsReset), "\(bad.name)")
            }
        }
        #expect(try served.descriptorsWhenIdle() == before)
        #expect(served.end() == 0)
    }

    /// Sends bytes as a command; how many bytes came back.
    private func answer(
        _ driver: DeviceDriver, _ bytes: [UInt8], responseBytes: Int
    ) throws -> Int {
        var request = WireBuffer(capacity: bytes.count)
        request.append(contentsOf: bytes)
        let answer = try driver.roundTrip(request, responseBytes: responseBytes, queue: 0)
        return answer.count
    }

    private static let gpuTypes: [UInt16] =
        Array(0x0100...0x010d) + Array(0x0200...0x0209) + [0x0300, 0x0301, 0, 0x1100, 0xffff]

    @Test("may cut a GPU's commands short, or stretch them: each is answered")
    func gpuCommands() throws {
        let before = try served.descriptorsWhenIdle()
        do {
            let guest = try TestGuest(sizeBytes: 16 << 20)
            let front = try VhostUserFrontEnd(
                path: served.gpu, deviceID: VirtioGPU.deviceID, memory: [guest.file])
            let driver = try GPUDriver(front, machine: guest.machine).device
            for type in Self.gpuTypes {
                // Zeros, small numbers, and the largest of all, at every length.
                for fill in [0, 1, 0xff] as [UInt8] {
                    var command = [UInt8](repeating: fill, count: 160)
                    command[0] = UInt8(type & 0xff)
                    command[1] = UInt8(type >> 8)
                    command.replaceSubrange(2..<24, with: Array(repeating: 0, count: 22))
                    for count in stride(from: 1, through: command.count, by: 3) {
                        let cut = Array(command.prefix(count))
                        #expect(
                            try answer(driver, cut, responseBytes: 2048) >= 24, "\(type) \(count)")
                    }
                    let long = command + [UInt8](repeating: fill, count: 100_000)
                    #expect(try answer(driver, long, responseBytes: 24) == 24, "\(type)")
                    // No room for an answer, or for half of one.
                    for room in [0, 1, 23] {
                        #expect(try answer(driver, command, responseBytes: room) <= room)
                    }
                }
            }
            driver.reset()
            #expect(front.failure == nil)
        }
        #expect(try served.descriptorsWhenIdle() == before)
        #expect(served.end() == 0)
    }

    @Test("may cut media commands short, or stretch them: each comes back")
    func mediaCommands() throws {
        let before = try served.descriptorsWhenIdle()
        do {
            let guest = try TestGuest(sizeBytes: 16 << 20)
            let front = try VhostUserFrontEnd(
                path: served.media, deviceID: VirtioMedia.deviceID, memory: [guest.file])
            let driver = try MediaDriver(front, machine: guest.machine).device
            for type in Array(0...6) + [0xff] as [UInt8] {
                for code in [0, 8, 15, 93] as [UInt8] {
                    for fill in [0, 1, 0xff] as [UInt8] {
                        var command = [UInt8](repeating: fill, count: 240)
                        command.replaceSubrange(0..<8, with: [type, 0, 0, 0, 0, 0, 0, 0])
                        command[12] = code
                        for count in stride(from: 1, through: command.count, by: 17) {
                            let cut = Array(command.prefix(count))
                            #expect(try answer(driver, cut, responseBytes: 512) <= 512)
                        }
                        let long = command + [UInt8](repeating: fill, count: 50_000)
                        #expect(try answer(driver, long, responseBytes: 8) <= 8)
                    }
                }
            }
            driver.reset()
            #expect(front.failure == nil)
        }
        #expect(try served.descriptorsWhenIdle() == before)
        #expect(served.end() == 0)
    }

    @Test("may fill the device up, and finds it empty after a reset")
    func floods() throws {
        let before = try served.descriptorsWhenIdle()
        for _ in 0..<2 {
            let guest = try TestGuest(sizeBytes: 16 << 20)
            let front = try VhostUserFrontEnd(
                path: served.gpu, deviceID: VirtioGPU.deviceID, memory: [guest.file])
            let gpu = try GPUDriver(front, machine: guest.machine)
            // Contexts until it says no.
            var contexts: UInt32 = 0
            while contexts < 1000 {
                do {
                    try gpu.createContext(
                        ContextID(contexts + 1), capset: .virgl2, name: "flood")
                } catch { break }
                contexts += 1
            }
            #expect(contexts == 64)
            // Pictures of 64 MiB until the 2 GiB are gone.
            var pictures: UInt32 = 0
            while pictures < 1000 {
                var request = WireBuffer(capacity: VirtioGPU.ResourceCreate2D.sizeBytes)
                request.append(
                    VirtioGPU.ResourceCreate2D(
                        resourceID: ResourceID(pictures + 1), format: .b8g8r8x8Unorm, width: 4096,
                        height: 4096))
                let answer = try gpu.device.roundTrip(request, responseBytes: 24, queue: 0)
                guard answer.starts(with: [0, 0x11]) else { break }
                pictures += 1
            }
            #expect((1...32).contains(pictures))
            // Kicks without anything to tell.
            for _ in 0..<10_000 { front.notify(queue: 0) }
            gpu.device.reset()
            #expect(front.failure == nil)
        }
        #expect(try served.descriptorsWhenIdle() == before)
        #expect(served.end() == 0)
    }
}
