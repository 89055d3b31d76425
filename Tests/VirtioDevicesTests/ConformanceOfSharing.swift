import Conformance
import GuestDriver
import HostBridge
import LinuxSystem
import MutantList
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("Conformance of sharing")
    struct ConformanceOfSharing {
        /// A guest with both devices of one domain, a hand before each.
        private static func guest(
            _ rendering: GPUConfiguration.Rendering = .none, gpu gpuHand: ProxyHand? = nil,
            media mediaHand: ProxyHand? = nil
        ) throws -> ConformanceStand.Guest {
            let machine = try GuestMachine(memoryBytes: 64 << 20)
            let registry = ResourceRegistry()
            var configuration = GPUConfiguration()
            configuration.rendering = rendering
            let gpu = try InProcessTransport(
                name: "virtio-gpu", memory: machine.memory, queueCount: 2,
                make: { [configuration] in
                    try GPUDevice(configuration: configuration, domain: registry)
                }, close: { $0.close() })
            let media = try InProcessTransport(
                name: "virtio-media", memory: machine.memory, queueCount: 2,
                make: {
                    try MediaDevice(
                        configuration: MediaConfiguration(
                            decoders: [SimulatedDecoder.description]), domain: registry)
                })
            return ConformanceStand.Guest(
                gpu: try gpuHand.map { try ProxyTransport(gpu, machine: machine, hand: $0) } ?? gpu,
                media: try mediaHand.map {
                    try ProxyTransport(media, machine: machine, hand: $0)
                } ?? media, machine: machine)
        }

        private static func run(
            _ filter: String,
            _ make:
                @escaping (ConformanceStand.GuestPlace) throws
                -> ConformanceStand.Guest
        ) throws -> [ConformanceResult] {
            var stand = ConformanceStand()
            stand.makeGuest = make
            return try ConformanceRunner(
                cases: .sharing, filter: CaseFilter(filter), patienceMillis: 3000, stand: stand
            ).run()
        }

        @Test("Our devices pass every clause with objects of guest pages")
        func pages() throws {
            for result in try Self.run("*", { _ in try Self.guest() }) {
                if result.id == "sharing/lifetime/LIFE-1" {
                    #expect(
                        result.verdict
                            == .unimplemented(feature: "objects of the host's memory"))
                } else {
                    #expect(result.verdict == .pass, "\(result)")
                }
            }
        }

        @Test("Our devices pass every clause with objects of the renderer's memory")
        func blobs() throws {
            // One renderer in a process: the second guest draws nothing.
            let results = try Self.run("*") { place in
                try Self.guest(place == .first ? .virgl : .none)
            }
            #expect(results.count == [ConformanceCase].sharing.count)
            for result in results { #expect(result.verdict == .pass, "\(result)") }
        }

        @Test("A proxy that changes nothing is not seen")
        func proxy() throws {
            for result in try Self.run(
                "*", { _ in try Self.guest(gpu: ProxyHand(), media: ProxyHand()) })
            where result.id != "sharing/lifetime/LIFE-1" {
                #expect(result.verdict == .pass, "\(result)")
            }
        }

        // MARK: Mutants

        struct Mutant: Sendable, CustomTestStringConvertible {
            let name: String
            let id: String
            var gpu: ProxyHand?
            var media: ProxyHand?
            var testDescription: String { name }
        }

        static let mutants = [
            Mutant(name: "oneUUIDForAll", id: "sharing/identity/ID-4", gpu: uuid { _ in same }),
            Mutant(
                name: "uuidOfVersion1", id: "sharing/identity/ID-1",
                gpu: uuid { ResourceUUID(high: $0.high & ~0xf000 | 0x1000, low: $0.low) }),
            Mutant(
                name: "countedUUIDs", id: "sharing/identity/ID-1",
                gpu: uuid { ResourceUUID(high: 0x4000, low: 1 << 63 | $0.low & 0xff) }),
            Mutant(
                name: "nilUUID", id: "sharing/identity/ID-1",
                gpu: uuid { _ in ResourceUUID(high: 0, low: 0) }),
            Mutant(
                name: "anyUUIDTaken", id: "sharing/identity/ID-5",
                media: status(of: .qbuf) { _ in 0 }),
            Mutant(
                name: "nilUUIDTaken", id: "sharing/identity/ID-1",
                media: status(of: .qbuf) { $0.suffix(16).allSatisfy { $0 == 0 } ? 0 : nil }),
            Mutant(
                name: "tellsForeignUUIDs", id: "sharing/identity/two-guests/ID-5",
                media: status(of: .qbuf) { $0.suffix(16).first == 0x12 ? 2 : nil }),
            Mutant(
                name: "tellsRemovedUUIDs", id: "sharing/identity/ID-5",
                media: status(of: .qbuf) { $0.suffix(16).first == 0x12 ? 2 : nil }),
            Mutant(
                name: "uuidsInLists", id: "sharing/identity/ID-3",
                media: status(of: .qbuf) { _ in 0 }),
            Mutant(
                name: "readsThePlaceholder", id: "sharing/identity/ID-2",
                media: status(of: .qbuf) { $0.count > 84 && $0[80] == 3 ? 22 : nil }),
            Mutant(
                name: "refusesObjects", id: "sharing/capabilities/CAP-1",
                media: status(of: .qbuf) { _ in 22 }),
            Mutant(
                name: "refusesItsOwn", id: "sharing/capabilities/CAP-2",
                media: status(of: .qbuf) { _ in 22 }),
            Mutant(
                name: "unrefKeepsTheName", id: "sharing/lifetime/order/LIFE-1",
                gpu: dropping(.resourceUnref)),
            Mutant(
                name: "pagesOutliveUnref", id: "sharing/lifetime/pages/LIFE-1",
                gpu: dropping(.resourceUnref)),
            Mutant(
                name: "hugeResourceTaken", id: "sharing/bounds/QUOTA-1",
                gpu: ProxyHand(
                    request: { _, bytes in
                        bytes.starts(with: [1, 1, 0, 0]) ? nil : bytes
                    }, ownAnswer: [UInt8]([0, 0x11]) + [UInt8](repeating: 0, count: 22))),
            Mutant(
                name: "lengthUnchecked", id: "sharing/bounds/QUOTA-2",
                media: status(of: .qbuf) { _ in 0 }),
            Mutant(
                name: "oneImporterOnly", id: "sharing/lifetime/LIFE-4",
                media: status(of: .reqbufs) { $0.count > 8 && $0[8] == 1 ? 22 : nil }),
        ]

        private static let same = ResourceUUID(
            high: 0x1234_5678_9abc_4def, low: 0x8123_4567_89ab_0001)

        private static func encoded(_ message: some WireMessage) -> [UInt8] {
            var buffer = WireBuffer(capacity: type(of: message).sizeBytes)
            buffer.append(message)
            return buffer.array()
        }

        /// Another UUID in the answers to ASSIGN_UUID.
        private static func uuid(_ change: @escaping @Sendable (ResourceUUID) -> ResourceUUID)
            -> ProxyHand
        {
            ProxyHand(answer: { _, _, answer in
                var buffer = WireBuffer(capacity: answer.count)
                buffer.append(contentsOf: answer)
                guard var response = try? buffer.decode(VirtioGPU.RespResourceUUID.self),
                    response.header.type == .okResourceUUID
                else { return answer }
                response.uuid = change(response.uuid)
                return encoded(response)
            })
        }

        /// Another status in the answers to an ioctl, where `change` has one.
        private static func status(
            of code: V4L2.IoctlCode, _ change: @escaping @Sendable ([UInt8]) -> UInt8?
        ) -> ProxyHand {
            ProxyHand(answer: { _, request, answer in
                guard request.count >= 16, request[0] == 3,
                    UInt32(request[12]) == code.rawValue, !answer.isEmpty,
                    let status = change(request)
                else { return answer }
                return [status] + answer.dropFirst()
            })
        }

        /// A command that the GPU never sees, and that is answered with success.
        private static func dropping(_ type: VirtioGPU.MessageType) -> ProxyHand {
            let first = UInt8(truncatingIfNeeded: type.rawValue)
            let second = UInt8(truncatingIfNeeded: type.rawValue >> 8)
            return ProxyHand(
                request: { _, bytes in bytes.starts(with: [first, second, 0, 0]) ? nil : bytes },
                ownAnswer: [0, 0x11] + [UInt8](repeating: 0, count: 22))
        }

        @Test("A pair of devices with a fault is told by its case", arguments: mutants)
        func told(_ mutant: Mutant) throws {
            let result = try #require(
                try Self.run(mutant.id) { _ in
                    try Self.guest(gpu: mutant.gpu, media: mutant.media)
                }.first)
            guard case .fail = result.verdict else {
                Issue.record("\(result)")
                return
            }
        }

        // MARK: One device behind a proxy

        struct DeviceMutant: Sendable, CustomTestStringConvertible {
            let name: String
            let id: String
            let hand: ProxyHand
            var testDescription: String { name }
        }

        static let deviceMutants = [
            DeviceMutant(
                name: "transferOffByARow", id: "gpu/transfer/GPU-I-020",
                hand: changing(.transferToHost2D) { bytes in
                    guard bytes.count == 56, bytes[28] == 5 else { return }
                    bytes[28] = 4
                }),
            DeviceMutant(
                name: "transferFromTheFirstByte", id: "gpu/transfer/GPU-I-020",
                hand: changing(.transferToHost2D) { bytes in
                    guard bytes.count == 56, bytes[24] == 3 else { return }
                    bytes.replaceSubrange(40..<48, with: [UInt8](repeating: 0, count: 8))
                }),
            DeviceMutant(
                name: "backingLost", id: "gpu/transfer/GPU-I-021",
                hand: dropping(.resourceAttachBacking)),
            DeviceMutant(
                name: "fenceFlagDropped", id: "gpu/fence/GPU-D-007",
                hand: ProxyHand(answer: { _, _, answer in
                    guard answer.count >= 24 else { return answer }
                    return answer[..<4] + [0] + answer[5...]
                })),
        ]

        /// A command with something changed in it.
        private static func changing(
            _ type: VirtioGPU.MessageType, _ change: @escaping @Sendable (inout [UInt8]) -> Void
        ) -> ProxyHand {
            let first = UInt8(truncatingIfNeeded: type.rawValue)
            return ProxyHand(request: { _, bytes in
                guard bytes.starts(with: [first, 1, 0, 0]) else { return bytes }
                var bytes = bytes
                change(&bytes)
                return bytes
            })
        }

        @Test("A GPU with a fault is told by its case", arguments: deviceMutants)
        func toldOfGPU(_ mutant: DeviceMutant) throws {
            let runner = ConformanceRunner(
                cases: .gpu, filter: CaseFilter(mutant.id), patienceMillis: 3000
            ) {
                let guest = try Self.guest(.virgl, gpu: mutant.hand)
                return (guest.gpu, guest.machine)
            }
            let result = try #require(try runner.run().first)
            guard case .fail = result.verdict else {
                Issue.record("\(result)")
                return
            }
        }

        static let eventMutants = [
            DeviceMutant(
                name: "eventLost", id: "media/event/MED-I-009",
                hand: ProxyHand(answer: { queue, _, answer in queue == 1 ? nil : answer })),
            DeviceMutant(
                name: "eventCut", id: "media/event/MED-I-010",
                hand: ProxyHand(answer: { queue, _, answer in
                    queue == 1 ? Array(answer.prefix(96)) : answer
                })),
            DeviceMutant(
                name: "eventTwice", id: "media/event/MED-I-009",
                hand: ProxyHand(answer: { queue, _, answer in
                    // Each buffer's index becomes 0.
                    guard queue == 1, answer.count > 12 else { return answer }
                    return answer[..<8] + [0, 0, 0, 0] + answer[12...]
                })),
        ]

        @Test("A media device with a fault is told by its case", arguments: eventMutants)
        func toldOfMedia(_ mutant: DeviceMutant) throws {
            let runner = ConformanceRunner(
                cases: .media, filter: CaseFilter(mutant.id), patienceMillis: 3000
            ) {
                let guest = try Self.guest(media: mutant.hand)
                return (guest.media, guest.machine)
            }
            let result = try #require(try runner.run().first)
            // Where no event comes at all there is nothing to judge, which is no pass.
            if case .pass = result.verdict { Issue.record("\(result)") }
        }

        @Test("The list of mutants names those behind a proxy")
        func listed() throws {
            let all =
                Self.mutants.map { ($0.name, $0.id) }
                + Self.deviceMutants.map { ($0.name, $0.id) }
                + Self.eventMutants.map { ($0.name, $0.id) }
            #expect(
                try MutantList.rows(of: "Devices behind a proxy")
                    == all.map { "| \($0.0) | `\($0.1)` |" })
        }
    }
}
