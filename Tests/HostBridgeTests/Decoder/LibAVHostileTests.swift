// libavcodec on bytes that are no stream: nothing crashes, every unit comes back, every session ends.

#if LibAV
    import Foundation
    import LinuxSystem
    import ResourceRegistry
    import Testing
    import VirtioWire

    @testable import HostBridge

    @Suite("A session with libavcodec outlives")
    struct LibAVHostileTests {
        private static let files = [
            "h264-annexb.h264", "hevc.mp4", "vp8.webm", "vp9.ivf", "av1.mkv", "mpeg2.mpg",
            "mjpeg.avi", "h264-10bit.mp4", "h264-resolution-change.h264",
        ]

        /// Plays, closes, and expects that nothing is left.
        private func expectEnd(
            of units: [CodedUnit], _ fourcc: V4L2.FourCC, threadCount: Int = 1,
            _ comment: Comment, at location: SourceLocation = #_sourceLocation
        ) throws {
            let run = try ClipRun(fourcc, memory: .objects, threadCount: threadCount)
            #expect(try run.play(units), comment, sourceLocation: location)
            if run.failure == nil, !run.isTooLarge {
                #expect(run.consumed == units.map(\.token), comment, sourceLocation: location)
            }
            run.close()
            #expect(run.buffers.registry.counters.leases == 0, comment, sourceLocation: location)
        }

        @Test("a stream that ends anywhere between two packets", arguments: files)
        func endsBetween(file: String) throws {
            let (fourcc, units) = try Clip(file: file).units()
            for count in [0, 1, 2, 3, 5, 8, 12, 13, 17, 23] where count < units.count {
                try expectEnd(of: Array(units.prefix(count)), fourcc, "\(count) units")
            }
        }

        @Test("a packet cut short, wherever it stands", arguments: files)
        func endsWithin(file: String) throws {
            let (fourcc, units) = try Clip(file: file).units()
            for index in stride(from: 0, to: min(units.count, 24), by: 3) {
                var cut = Array(units.prefix(index + 2))
                let bytes = cut[index].bytes
                cut[index] = CodedUnit(
                    bytes: Array(bytes.prefix(bytes.count / 2)), token: cut[index].token)
                try expectEnd(of: cut, fourcc, "unit \(index) cut")
            }
        }

        /// Of a clip's first units as many mutations, the same ones on every run.
        private func forMutations(
            of file: String, _ range: Range<Int>,
            _ body: (V4L2.FourCC, [CodedUnit], Int) throws -> Void
        ) throws {
            let (fourcc, units) = try Clip(file: file).units()
            for round in range {
                var random = SeededBytes(seed: 0x5eed_0001 &+ UInt64(round) << 32)
                let damaged = units.prefix(24).map { unit in
                    CodedUnit(
                        bytes: Self.mutated(unit.bytes, round, using: &random), token: unit.token)
                }
                try body(fourcc, damaged, round)
            }
        }

        @Test("bytes flipped, cut out, doubled and moved at random", arguments: files)
        func mutated(file: String) throws {
            try forMutations(of: file, 0..<8) { fourcc, units, round in
                try expectEnd(of: units, fourcc, threadCount: 1 + round % 2, "round \(round)")
            }
        }

        /// `MEDIA_MUTATIONS=10000` makes as many, over all files.
        private static let mutations =
            ProcessInfo.processInfo.environment["MEDIA_MUTATIONS"].flatMap { Int($0) } ?? 270

        @Test(
            "such bytes in workers: each costs no more than its own session, and nothing is left")
        func mutatedInWorkers() throws {
            let rounds = (Self.mutations + Self.files.count - 1) / Self.files.count
            var (descriptors, resident, deaths): ([Int], [Int], Int) = ([], [], 0)
            for round in 0..<rounds {
                for file in Self.files {
                    try forMutations(of: file, round..<(round + 1)) { fourcc, units, round in
                        let run = try ClipRun(
                            fourcc, memory: .objects, threadCount: 1 + round % 2,
                            codecs: .isolated(CodecPrograms.worker))
                        #expect(try run.play(units, withinMillis: 60_000), "\(file), \(round)")
                        if run.failure == .failed || run.failure == .stalled {
                            deaths += 1
                        } else if run.failure == nil, !run.isTooLarge {
                            #expect(run.consumed == units.map(\.token), "\(file), \(round)")
                        }
                        run.close()
                        #expect(run.buffers.registry.counters.leases == 0, "\(file), \(round)")
                    }
                }
                descriptors.append(try codecDescriptorCount())
                resident.append(try residentBytes())
            }
            print("\(rounds * Self.files.count) mutations in workers, of which \(deaths) died")
            // Other tests open and close meanwhile: the fewest of each half.
            let half = descriptors.count / 2
            #expect(descriptors.suffix(half).min()! <= descriptors.prefix(half).min()! + 8)
            #expect(resident.suffix(half).min()! <= resident.prefix(half).max()! + 64 << 20)
        }

        private static func mutated(
            _ unit: [UInt8], _ round: Int, using random: inout SeededBytes
        ) -> [UInt8] {
            var bytes = unit
            for _ in 0..<(1 << (round % 4)) where !bytes.isEmpty {
                let at = Int.random(in: bytes.indices, using: &random)
                let end = min(bytes.count, at + Int.random(in: 1...64, using: &random))
                switch Int.random(in: 0..<8, using: &random) {
                case 0: bytes.removeSubrange(at..<end)
                case 1: bytes.insert(contentsOf: bytes[at..<end], at: at)
                case 2: bytes = Array(bytes[at...] + bytes[..<at])
                case 3: bytes[at] = 0xff
                case 4: bytes[at] = 0
                default: bytes[at] = UInt8.random(in: 0...255, using: &random)
                }
            }
            return bytes
        }

        @Test("bytes that never were a stream, and none at all", arguments: files)
        func noise(file: String) throws {
            let (fourcc, _) = try Clip(file: file).units()
            var random = SeededBytes(seed: 0x5eed_0002)
            let units = [0, 1, 3, 4, 64, 5000].enumerated().map { index, count in
                CodedUnit(
                    bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) },
                    token: Int64(index))
            }
            try expectEnd(of: units, fourcc, "noise")
        }

        @Test("a close at any moment", arguments: files)
        func closes(file: String) throws {
            let (fourcc, units) = try Clip(file: file).units()
            for threadCount in 1...2 {
                let wake = try EventDescriptor()
                let description = try #require(
                    LibAV.decoders(threadCount: threadCount).first { $0.fourcc == fourcc })
                for count in 0..<6 {
                    let buffers = Buffers()
                    let session = try DecodeSession(description, wake: wake)
                    for unit in units { session.decode(unit) }
                    // Too few buffers for any codec: it stands still, with some of them inside.
                    if count > 0, wake.wait(timeoutMillis: 5000),
                        case .sourceChange(let format, _)? = session.takeEvents().first
                    {
                        for index in 0..<count {
                            session.queue(
                                try buffers.surface(
                                    UInt32(index),
                                    try buffers.attach(sizeBytes: format.sizeBytes)))
                        }
                        session.startCapture(format, isDirect: format.fourcc == .yuv420)
                    }
                    let end = try Elsewhere { session.close() }
                    #expect(end.value(withinMillis: 10_000) != nil, "\(count) buffers")
                    #expect(buffers.registry.counters.leases == 0)
                    wake.take()
                }
            }
        }
    }

    /// SplitMix64: the same numbers on every run.
    private struct SeededBytes: RandomNumberGenerator {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }
#endif
