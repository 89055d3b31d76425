// Random bytes on both queues, the same on every run: the device answers every chain and stays
// usable.

import HostBridge
import LinuxSystem
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device under random requests", .timeLimit(.minutes(2)))
    struct GPUFuzz {
        /// A request: a command of the table with some bytes changed, cut or grown, or noise.
        private func request(_ random: inout SeededGenerator) -> [UInt8] {
            guard Int.random(in: 0..<8, using: &random) > 0,
                let command = GPUCommand.all.randomElement(using: &random)
            else { return random.bytes(count: .random(in: 0...200, using: &random)) }
            var bytes = command.bytes
            // Small numbers hit ids, counts and flags that mean something.
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let at = Int.random(in: 4..<bytes.count, using: &random)
                bytes[at] =
                    [0, 1, 2, 3, 20, 77, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            }
            if Bool.random(using: &random) {
                bytes += random.bytes(count: .random(in: 0...64, using: &random))
            }
            return bytes
        }

        /// The request in up to four pieces.
        private func pieces(_ count: Int, at start: UInt64, _ random: inout SeededGenerator)
            -> [GuestSegment]
        {
            var cuts = [0, count]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                cuts.append(Int.random(in: 0...count, using: &random))
            }
            cuts.sort()
            return zip(cuts, cuts.dropFirst()).map { segment(start + UInt64($0), $1 - $0) }
        }

        @Test("Every chain of thousands comes back once", arguments: [1, 2, 3])
        func chains(seed: UInt64) throws {
            var configuration = GPUConfiguration()
            configuration.limits.bytesMax = 16 << 20
            try GPUMachine.run(configuration) { machine in
                var random = SeededGenerator(seed: seed)
                // So that some streams succeed and their fences are waited for.
                try machine.createContext()
                var sent = 0
                var returned = 0
                for _ in 0..<400 {
                    // A batch that the device finds all at once.
                    for slot in 0..<UInt64(8) {
                        let bytes = request(&random)
                        let address = GPUMachine.requests + slot * 0x1000
                        try machine.bytes(at: address, count: bytes.count).write(bytes)
                        var writable = pieces(
                            .random(in: 0...1100, using: &random),
                            at: GPUMachine.responses + slot * 0x1000, &random)
                        if Int.random(in: 0..<16, using: &random) == 0 {
                            writable.append(
                                segment(UInt64.random(in: 0...(.max), using: &random), 24))
                        }
                        let isCursor = Int.random(in: 0..<10, using: &random) == 0
                        let queue = isCursor ? machine.cursor : machine.control
                        let readable = pieces(bytes.count, at: address, &random)
                        guard readable.count + writable.count <= queue.freeCount else { continue }
                        try queue.add(readable: readable, writable: writable)
                        sent += 1
                    }
                    machine.host.serve(queue: 1)
                    machine.host.serve(queue: 0)
                    while returned < sent {
                        if try machine.cursor.takeUsed() == nil {
                            try #require(try machine.waitUntilUsed() != nil)
                        }
                        returned += 1
                    }
                }
                #expect(sent > 3000)
                #expect(machine.control.freeCount == 256)
                #expect(machine.cursor.freeCount == 16)
                #expect(machine.host.status == [.acknowledge, .driver, .featuresOK, .driverOK])
                // And all works as on the first day.
                machine.host.write(status: [])
                try machine.start(features: GPUMachine.allFeatures)
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                #expect(try machine.assignUUID(22).type == .okResourceUUID)
                #expect(try machine.submit([0], fence: 7).type == .okNoData)
            }
        }

        @Test("Random command streams are answered, and cost at most their context")
        func streams() throws {
            var configuration = GPUConfiguration()
            configuration.limits.bytesMax = 16 << 20
            try GPUMachine.run(configuration) { machine in
                var random = SeededGenerator(seed: 4)
                try machine.createContext(2)
                var deaths = 0
                for round in 0..<1000 {
                    try machine.createContext(1)
                    // Whole commands with random arguments: no shaders, no draws.
                    let commands: [UInt32] = [0, 2, 4, 5, 6, 7, 9, 10, 18, 43, 45, 48]
                    var words: [UInt32] = []
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        let command = commands.randomElement(using: &random) ?? 0
                        let length = UInt32.random(in: 0...15, using: &random)
                        words.append(length << 16 | command)
                        words += (0..<length).map { _ in
                            Bool.random(using: &random)
                                ? UInt32.random(in: 0...64, using: &random)
                                : UInt32(truncatingIfNeeded: random.next())
                        }
                    }
                    let reply = try machine.submit(words, fence: UInt64(round))
                    try #require(reply.type == .okNoData || reply.type?.isError == true)
                    try #require(try reply.header.fenceID == UInt64(round))
                    if try machine.submit([0]).type != .okNoData { deaths += 1 }
                    try #require(try machine.submit([0], context: 2, fence: 1).type == .okNoData)
                    let destroy = VirtioGPU.ControlHeader(type: .ctxDestroy, ctxID: ContextID(1))
                    try #require(try machine.send(destroy).type == .okNoData)
                }
                #expect(deaths > 0)
                #expect(machine.device.rendererBytesInUse == 0)
            }
        }
    }
}
