// Messages one by one: what is answered, refused, ignored.

import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

@Suite("The back-end's protocol")
struct ProtocolTests {
    private let service: EchoService
    private let front: RawFrontEnd

    init() throws {
        service = try EchoService()
        front = try RawFrontEnd(path: service.path)
    }

    private func region(
        guest: UInt64 = 0x1000, user: UInt64 = 0x7000_0000, size: UInt64 = 0x4000,
        offset: UInt64 = 0
    ) -> VhostUser.MemRegion {
        VhostUser.MemRegion(
            guestAddress: GuestAddress(guest), size: size, userAddress: UserAddress(user),
            mmapOffset: offset)
    }

    private func memory(_ sizeBytes: Int = 0x8000) throws -> SharedMemory {
        try SharedMemory(name: "vhost protocol", sizeBytes: sizeBytes)
    }

    private func add(_ region: VhostUser.MemRegion, _ file: SharedMemory) throws -> Bool {
        try front.acknowledged(.addMemReg, [file.descriptor]) {
            $0.append(VhostUser.MemRegMsg(region: region))
        }
    }

    @Test("offers what it serves, and nothing else [VU-020] [VU-031] [VU-033]")
    func offers() throws {
        let rings = TransportFeatures([.version1, .rings]).rawValue
        #expect(try front.number(.getFeatures) == 0b11 | rings | 1 << 30)
        let bits = [0, 3, 5, 9, 10, 13, 15, 16, 18, 22].reduce(0 as UInt64) { $0 | 1 << $1 }
        #expect(try front.number(.getProtocolFeatures) == bits)
        try front.negotiate()
        #expect(try front.number(.getQueueNum) == 2)
        #expect(try front.number(.getMaxMemSlots) == 509)
        #expect(try front.number(.getStatus) == 0)
        // What was not offered is refused. [VU-032]
        #expect(try !front.acknowledged(.setProtocolFeatures) { $0.append(u64: bits | 1 << 21) })
    }

    @Test("has one shared memory region, by its id [VU-100]")
    func shmemConfig() throws {
        try front.negotiate()
        try front.send(.getShmemConfig)
        let bytes = try #require(try front.reply())
        #expect(bytes.count == 2056)
        #expect(bytes.prefix(4) == [1, 0, 0, 0])
        #expect(bytes[8 + 8 * 3 + 1] == 0x40)
        #expect(bytes.count { $0 != 0 } == 2)
    }

    @Test("acknowledges when it is asked to, and only then [VU-007] [VU-008] [VU-009] [VU-010]")
    func acknowledgements() throws {
        // Before REPLY_ACK nothing is acknowledged, known or not.
        try front.send(.setOwner, flags: [.version1, .needReply])
        try front.send(VhostUser.FrontEndRequest(99), flags: [.version1, .needReply])
        #expect(try front.number(.getFeatures) & 0b11 == 0b11)
        try front.negotiate()
        try front.send(.setOwner)
        try front.send(VhostUser.FrontEndRequest(99))
        #expect(try front.acknowledged(.setOwner))
        #expect(try !front.acknowledged(VhostUser.FrontEndRequest(99)))
        #expect(try !front.acknowledged(VhostUser.FrontEndRequest(0)))
        #expect(try !front.acknowledged(VhostUser.FrontEndRequest(.max)) { $0.append(zeros: 30) })
        // One answer, its own.
        try front.send(.getQueueNum, flags: [.version1, .needReply])
        #expect(try front.reply() == [2, 0, 0, 0, 0, 0, 0, 0])
        #expect(try front.number(.getQueueNum) == 2)
    }

    @Test(
        "serves as many messages as come at once, the last one too [VU-002]",
        arguments: [32, 33, 64, 65, 66, 97, 129])
    func bursts(count: Int) throws {
        // A turn has a limit: the message that was read beyond it waits for no other one.
        for _ in 0..<count { try front.send(.getFeatures) }
        for _ in 0..<count { _ = try #require(try front.reply()) }
    }

    @Test("does not serve what was not agreed on [VU-010]")
    func gates() throws {
        try front.negotiate(.replyAck)
        let gated: [VhostUser.FrontEndRequest] = [
            .getQueueNum, .getMaxMemSlots, .getStatus, .getShmemConfig, .resetDevice,
        ]
        for request in gated { #expect(try !front.acknowledged(request), "\(request)") }
        #expect(try !front.acknowledged(.setStatus) { $0.append(u64: 1) })
    }

    @Test("ends the connection on a payload of the wrong size [VU-005]", arguments: [0, 7, 9, 300])
    func sizes(count: Int) throws {
        try front.negotiate()
        try front.send(.setFeatures, flags: [.version1, .needReply]) { $0.append(zeros: count) }
        #expect(front.isClosed())
        #expect(service.log.wait(for: 2).last == .disconnected(.malformed))
    }

    @Test("ends the connection on a refusal that nobody waits for")
    func refusedSilently() throws {
        try front.negotiate()
        try front.send(.setVringNum) { $0.append(VhostUser.VringState(index: 2, num: 8)) }
        #expect(front.isClosed())
        #expect(service.log.wait(for: 2).last == .disconnected(.refused))
    }

    @Test(
        "refuses rings that the device does not have [VU-060]", arguments: [2, 255, 1 << 31, .max])
    func ringIndex(index: UInt32) throws {
        try front.negotiate()
        for request in [.setVringNum, .setVringBase, .setVringEnable] as [VhostUser.FrontEndRequest]
        {
            #expect(
                try !front.acknowledged(request) {
                    $0.append(VhostUser.VringState(index: index, num: 1))
                })
        }
        #expect(
            try !front.acknowledged(.setVringAddr) {
                $0.append(
                    VhostUser.VringAddr(
                        index: index, descriptor: UserAddress(0), used: UserAddress(0),
                        available: UserAddress(0)))
            })
    }

    @Test("wants a descriptor or the bit that there is none [VU-061] [VU-006]")
    func vringDescriptors() throws {
        try front.negotiate()
        let event = try EventDescriptor()
        let requests: [VhostUser.FrontEndRequest] = [.setVringKick, .setVringCall, .setVringErr]
        for request in requests {
            let word = { (value: UInt64) in { (out: inout WireBuffer) in out.append(u64: value) } }
            #expect(try front.acknowledged(request, [event.descriptor], payload: word(1)))
            #expect(try front.acknowledged(request, payload: word(0x101)))
            #expect(try !front.acknowledged(request, payload: word(1)))
            #expect(try !front.acknowledged(request, [event.descriptor], payload: word(0x101)))
            #expect(try !front.acknowledged(request, [event.descriptor], payload: word(2)))
            // Surplus ones are closed.
            let two = [event.descriptor, event.descriptor]
            #expect(try front.acknowledged(request, two, payload: word(1)))
        }
        // A file cannot be waited on.
        let file = try memory()
        #expect(try !front.acknowledged(.setVringKick, [file.descriptor]) { $0.append(u64: 0) })
        #expect(try !front.acknowledged(.setBackEndReqFD))
        #expect(try !front.acknowledged(.gpuSetSocket))
    }

    @Test("maps what a file has, and nothing that overlaps or wraps [VU-042] [VU-044]")
    func regions() throws {
        try front.negotiate()
        let file = try memory()
        #expect(try add(region(), file))
        let bad = [
            region(guest: 0x1000, user: 0x8000_0000),  // the same guest addresses
            region(guest: 0x4fff, user: 0x8000_0000),
            region(guest: 0x9000),  // the same user addresses
            region(guest: 0x9000, user: 0x7000_3fff),
            region(guest: 0x9000, user: 0x8000_0000, size: 0),
            region(guest: 0x9000, user: 0x8000_0000, size: 0x8001),  // longer than the file
            region(guest: 0x9000, user: 0x8000_0000, offset: 0x5000),
            region(guest: 0x9000, user: 0x8000_0000, offset: 0x100),
            region(guest: 0x9000, user: 0x8000_0000, size: .max, offset: 0x1000),
            region(guest: 0x9000, user: 0x8000_0000, offset: .max & ~0xfff),
            region(guest: .max - 0x1000, user: 0x8000_0000),
            region(guest: 0x9000, user: .max - 0x1000),
        ]
        for region in bad { #expect(try !add(region, file), "\(region)") }
        #expect(try add(region(guest: 0x5000, user: 0x7000_4000, offset: 0x4000), file))
        #expect(try !front.acknowledged(.addMemReg) { $0.append(zeros: 40) })
    }

    @Test("removes a region by its addresses and size [VU-045]")
    func removal() throws {
        let name = "vhost removal"
        try front.negotiate()
        let file = try SharedMemory(name: name, sizeBytes: 0x8000)
        #expect(try add(region(), file))
        #expect(try Held.mappings(named: name) == 2)
        let remove = { (region: VhostUser.MemRegion) in
            try front.acknowledged(.remMemReg, [file.descriptor]) {
                $0.append(VhostUser.MemRegMsg(region: region))
            }
        }
        #expect(try !remove(region(guest: 0x2000)))
        #expect(try !remove(region(user: 0x7000_1000)))
        #expect(try !remove(region(size: 0x3000)))
        #expect(try remove(region(offset: 0x1000)))
        #expect(try Held.mappings(named: name) == 1)
        #expect(try Held.descriptors(named: name) == 1)
        #expect(try !remove(region()))
    }

    @Test("takes no more regions than it says [VU-043] [VU-044]")
    func slots() throws {
        var limits = BackEndLimits()
        limits.memorySlotsMax = 3
        let service = try EchoService(limits: limits)
        let front = try RawFrontEnd(path: service.path)
        try front.negotiate()
        #expect(try front.number(.getMaxMemSlots) == 3)
        let file = try memory()
        for index in 0..<4 as Range<UInt64> {
            let region = region(
                guest: index * 0x10000, user: 0x7000_0000 + index * 0x10000, size: 0x1000)
            let added = try front.acknowledged(.addMemReg, [file.descriptor]) {
                $0.append(VhostUser.MemRegMsg(region: region))
            }
            #expect(added == (index < 3))
        }
    }

    @Test("replaces the whole memory, or none of it [VU-040] [VU-041] [VU-042]")
    func memoryTable() throws {
        let name = "vhost table"
        try front.negotiate()
        let file = try SharedMemory(name: name, sizeBytes: 0x8000)
        let table = { (regions: [VhostUser.MemRegion], count: Int, files: Int) in
            try front.acknowledged(
                .setMemTable, Array(repeating: file.descriptor, count: files)
            ) { out in
                out.append(VhostUser.MemTable(numRegions: UInt32(count)))
                for region in regions { out.append(region) }
            }
        }
        let two = [region(), region(guest: 0x9000, user: 0x8000_0000)]
        #expect(try table(two, 2, 2))
        #expect(try Held.mappings(named: name) == 3)
        // Refused: too few files, and an overlap. The old one stays.
        #expect(try !table(two, 2, 1))
        #expect(try !table([region(), region(user: 0x8000_0000)], 2, 2))
        #expect(try Held.mappings(named: name) == 3)
        // User-Mode Linux sends room for two and counts one.
        #expect(try table(two, 1, 1))
        #expect(try Held.mappings(named: name) == 2)
        #expect(try table([], 0, 0))
        #expect(try Held.mappings(named: name) == 1)
        #expect(try Held.descriptors(named: name) == 1)
        // More than it brings.
        #expect(throws: VhostUserError.self) { try table([region()], 2, 2) }
    }

    @Test("closes what came with messages that it does not know [VU-006]")
    func unknownWithDescriptors() throws {
        let name = "vhost unknown"
        try front.negotiate()
        let file = try SharedMemory(name: name, sizeBytes: 4096)
        for number in [0, 6, 20, 23, 31, 46, 77] as [UInt32] {
            let all = Array(repeating: file.descriptor, count: 8)
            #expect(try !front.acknowledged(VhostUser.FrontEndRequest(number), all))
        }
        #expect(try front.acknowledged(.setOwner, [file.descriptor]))
        #expect(try front.number(.getQueueNum) == 2)
        #expect(try Held.descriptors(named: name) == 1)
    }

    @Test("answers a bad range of the configuration with nothing [VU-091]")
    func configRange() throws {
        try front.negotiate()
        for (offset, size, filler) in [(0, 257, 256), (256, 1, 1), (250, 7, 7), (0, 8, 7)] {
            try front.send(.getConfig) {
                $0.append(VhostUser.Config(offset: UInt32(offset), size: UInt32(size)))
                $0.append(zeros: filler)
            }
            #expect(try front.reply() == [])
        }
        try front.send(.getConfig) {
            $0.append(VhostUser.Config(offset: .max, size: .max))
        }
        #expect(try front.reply() == [])
        #expect(
            try !front.acknowledged(.setConfig) {
                $0.append(VhostUser.Config(offset: 255, size: 2))
                $0.append(zeros: 2)
            })
    }

    @Test("keeps a display socket open, and replaces it [VU-081]")
    func displaySocket() throws {
        try front.negotiate()
        let name = "vhost display"
        for _ in 0..<3 {
            let stand = try SharedMemory(name: name, sizeBytes: 4096)
            #expect(try front.acknowledged(.gpuSetSocket, [stand.descriptor]))
        }
        #expect(try Held.descriptors(named: name) == 1)
        let other = try EventDescriptor()
        #expect(try front.acknowledged(.gpuSetSocket, [other.descriptor]))
        #expect(try Held.descriptors(named: name) == 0)
    }
}
