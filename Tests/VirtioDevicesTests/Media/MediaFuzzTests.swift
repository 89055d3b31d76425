// Chains of bytes that no driver would send: the device answers each one and is as good as before.

import Foundation
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device outlives")
struct MediaFuzzTests {
    /// Numbers that are near the edges of something.
    private static let edges: [UInt32] = [
        0, 1, 2, 3, 4, 8, 9, 10, 15, 24, 31, 32, 33, 88, 3584, 0x1000, 0xffff, 0x10_0000,
        0x60_0000, 0x7fff_ffff, 0x8000_0000, .max,
    ]

    private func word(_ random: inout SeededGenerator) -> [UInt8] {
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: random.bytes(count: 4)
        case 1: [0, 0, 0, 0]
        default: MediaMachine.word(Self.edges.randomElement(using: &random) ?? 0)
        }
    }

    /// The session still answers, or has failed and says so; a new one decodes.
    private func expectAlive(_ machine: MediaMachine) throws {
        try machine.restart()
        try machine.postEvents(8)
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(1, session)
        let events = try machine.step(untilEvents: 2).map { try MediaEventLine($0).text }
        #expect(events == ["picture 0", "coded 0"])
        #expect(try machine.close(session).status == .ok)
        #expect(machine.registry.counters.attachments == 0)
        #expect(machine.registry.counters.leases == 0)
    }

    @Test("thousands of chains of random bytes")
    func randomBytes() throws {
        let machine = try MediaMachine()
        var random = SeededGenerator(seed: 0xf0_22ed)
        for _ in 0..<3000 {
            let request = random.bytes(count: Int.random(in: 1...300, using: &random))
            let room = [0, 8, 16, 512].randomElement(using: &random) ?? 0
            let reply = try machine.send(request, room: room)
            #expect(reply.bytes.count <= room)
        }
        try expectAlive(machine)
    }

    @Test("thousands of ioctls with random payloads on sessions in every state")
    func randomIoctls() throws {
        let machine = try MediaMachine()
        let codes: [UInt32] = [
            2, 4, 5, 8, 9, 15, 15, 15, 15, 16, 18, 19, 27, 28, 36, 37, 64, 71, 72, 73, 74, 90, 91,
            92,
            94, 95, 96, 97, 103,
        ]
        var random = SeededGenerator(seed: 0x10c_0de5)
        for round in 0..<Self.rounds {
            try machine.postEvents(120)
            var sessions = [
                try machine.open(), try machine.openStreaming(), try machine.openWithHeaders(),
            ]
            let streaming = try machine.openWithHeaders()
            let objects = try machine.startCapture(3, streaming)
            sessions.append(streaming)
            let uuids = objects.map { MediaMachine.bytes($0.object.uuid) }
            for _ in 0..<500 {
                let code = V4L2.IoctlCode(codes.randomElement(using: &random) ?? 0)
                let session = sessions.randomElement(using: &random) ?? streaming
                var payload: [UInt8] = []
                for _ in 0..<52 { payload += word(&random) }
                // Sensible where it is looked at first, often enough.
                if Bool.random(using: &random) {
                    let type: [UInt8] = [UInt8.random(in: 1...2, using: &random), 0, 0, 0]
                    let index: [UInt8] = [UInt8.random(in: 0...3, using: &random), 0, 0, 0]
                    let isTypeFirst = [4, 5, 16, 18, 19, 64, 94, 95].contains(code.rawValue)
                    payload.replaceSubrange(0..<8, with: isTypeFirst ? type + index : index + type)
                }
                if code == .qbuf, Bool.random(using: &random) {
                    let memory: [UInt8] = [[2, 4].randomElement(using: &random) ?? 2, 0, 0, 0]
                    payload.replaceSubrange(60..<64, with: memory)
                    payload.replaceSubrange(8..<12, with: [24, 0, 0, 0])
                    payload.replaceSubrange(72..<76, with: [0, 16, 0, 0])
                    if memory[0] == 4 {
                        let uuid = uuids.randomElement(using: &random) ?? []
                        payload.replaceSubrange(88..<104, with: uuid)
                    }
                }
                if code == .qbuf, UInt8.random(in: 0..<4, using: &random) == 0 {
                    payload.replaceSubrange(60..<64, with: [1, 0, 0, 0])
                }
                if UInt8.random(in: 0..<16, using: &random) == 0 {
                    try map(machine, session, &random)
                }
                let reply = try machine.ioctl(code, payload, session)
                #expect(reply.bytes.count >= 8)
                machine.host.serveHost()
                _ = try machine.takeEvents()
            }
            for session in sessions where round % 2 == 0 { _ = try machine.close(session) }
            try machine.restart()
            #expect(machine.registry.counters.attachments == 0)
            #expect(machine.registry.counters.leases == 0)
            for object in objects {
                try machine.registry.remove(object.object, by: machine.exporter)
            }
        }
        #expect(machine.registry.counters.objects == 0)
        try expectAlive(machine)
    }

    /// Eight by default: 4,000 ioctls. `MEDIA_FUZZ_ROUNDS=200` makes 100,000 of them.
    private static let rounds =
        ProcessInfo.processInfo.environment["MEDIA_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 8

    /// MMAP of what may be a plane, and MUNMAP of what may be mapped.
    private func map(
        _ machine: MediaMachine, _ session: SessionID, _ random: inout SeededGenerator
    ) throws {
        let cookie = UInt32.random(in: 0...40, using: &random) << 12
        _ = try machine.map(cookie, session, flags: Bool.random(using: &random) ? .rw : [])
        let page = UInt64.random(in: 0...1024, using: &random) << 12
        _ = try machine.unmap(page)
    }

    @Test("scatter-gather lists of random addresses and lengths")
    func randomLists() throws {
        let machine = try MediaMachine()
        var random = SeededGenerator(seed: 0x5ca7)
        let session = try machine.open()
        try machine.requestBuffers(32, .videoOutput, .sharedPages, session)
        for round in 0..<2000 {
            let list = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                GuestSegment(
                    start: GuestAddress(
                        Bool.random(using: &random)
                            ? UInt64.random(
                                in: MediaMachine.start...MediaMachine.end, using: &random)
                            : random.next()),
                    count: Self.edges.randomElement(using: &random) ?? 0)
            }
            let length = Self.edges.randomElement(using: &random) ?? 0
            let buffer = V4L2.Buffer(
                index: UInt32(round % 32), type: .videoOutput,
                bytesused: min(length, UInt32.random(in: 0...100, using: &random)),
                memory: .sharedPages, m: random.next(), length: length)
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.entries(list))
            #expect(reply.status == .ok || reply.status == .einval)
            if round % 200 == 199 {
                try machine.stream(.streamoff, .videoOutput, session)
            }
        }
        try expectAlive(machine)
    }
}
