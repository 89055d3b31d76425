import ArgumentParser
import Foundation
import GuestDriver
import HostBridge
import LinuxSystem

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: """
            Compare the sharing path with plain decoding, and with not sharing, in one run; \
            then the GPU's commands and uploads.
            """,
        discussion: """
            Each row is a ratio of two things that were measured in turn in this process, the \
            median of the rounds. Absolute figures are this machine's, on this day.
            """)

    @Argument(help: "A video file. Default: the clip that ships with the project.")
    var file: String?

    @Option(help: "How often each thing is measured.")
    var rounds = 5

    @Option(help: "How often the clip is played in one measurement.")
    var repeats = 8

    @Option(help: "Threads of the codec, the same on both sides.")
    var threads = 1

    @Flag(help: "Only the GPU's commands and uploads.")
    var gpu = false

    func validate() throws {
        guard (1...100).contains(rounds), (1...1000).contains(repeats), (1...16).contains(threads)
        else {
            throw ValidationError("--rounds, --repeats and --threads must be small and positive.")
        }
    }

    @Flag(help: "Compare only virglrenderer in a worker with virglrenderer in this process.")
    var renderer = false

    func run() throws {
        if !gpu { try compareRenderers() }
        guard !renderer else { return }
        if !gpu {
            #if LibAV
                try measure()
            #else
                throw StreamError.notLinked(file ?? "the clip")
            #endif
        }
        try GPUBench(rounds: rounds).run()
    }

    private func compareRenderers() throws {
        print("time in a worker / time in this process:")
        for (name, ratios) in try RendererBench(rounds: rounds).run() {
            print(
                String(
                    format: "  %@: %.2f (median of %d, %.2f to %.2f)", name, Self.median(ratios),
                    ratios.count, ratios.min() ?? 0, ratios.max() ?? 0))
        }
        print("ms from a worker's end to the first stream that the next one has run:")
        for keepsSpare in [false, true] {
            let millis = try RestartBench(rounds: rounds, keepsSpare: keepsSpare).run()
            print(
                String(
                    format: "  %@: %.0f (median of %d, %.0f to %.0f)",
                    keepsSpare ? "one that stood by" : "one that is started then",
                    Self.median(millis), millis.count, millis.min() ?? 0, millis.max() ?? 0))
        }
    }

    #if LibAV
        private func measure() throws {
            let path = file ?? StreamChoice.shippedClip.path
            let source = try LibAVStream(path: path)
            let stream = try RecordedStream(source, repeats: repeats)
            let once = stream.once()
            let system = try SharingMachine(decoders: StreamChoice.decoders(threadCount: threads))
            var rows: [Row] = []
            var (shared, plain, drawn, uploaded): ([Double], [Double], [Double], [Double])
            (shared, plain, drawn, uploaded) = ([], [], [], [])
            // One round that does not count: caches, and shaders compiled on their first draw.
            for round in 0...rounds {
                let figures = (
                    try plainRate(stream, source), try rate(system, stream, .decodeOnly),
                    try rate(system, once, .draw(.buffer)),
                    try rate(system, once, .draw(.pages))
                )
                guard round > 0 else { continue }
                plain.append(figures.0)
                shared.append(figures.1)
                drawn.append(figures.2)
                uploaded.append(figures.3)
            }
            rows.append(Row("decode into shared buffers, through the protocol", shared))
            rows.append(Row("avcodec alone, to nothing", plain))
            rows.append(Row("decode, draw and read back, shared by UUID", drawn))
            rows.append(Row("the same without sharing", uploaded))
            let threads = "\(threads) codec thread" + (threads == 1 ? "" : "s")
            print("\(source.codecName), \(stream.units.count) units, \(threads), frames a second:")
            for row in rows { print("  " + row.text) }
            print(ratio("protocol path / avcodec alone", shared, plain))
            print(ratio("shared / not shared", drawn, uploaded))
            try measureSessions(stream, source)
        }

        /// The media device alone, into buffers of its own: one session beside libavcodec, and many
        /// sessions beside one.
        private func measureSessions(_ stream: RecordedStream, _ source: LibAVStream) throws {
            let load = try SessionLoad(decoders: StreamChoice.decoders(threadCount: threads))
            let counts = [1, 4, 16]
            let few = try RecordedStream(stream.once(), repeats: 2)
            var rates: [[Double]] = counts.map { _ in [] }
            var (alone, plain): ([Double], [Double]) = ([], [])
            var (aloneWork, plainWork): ([Double], [Double]) = ([], [])
            for round in 0...rounds {
                let began = ProcessorTime.nanos
                let single = try load.rate(stream, sessions: 1)
                let between = ProcessorTime.nanos
                let reference = try plainRate(stream, source)
                let ended = ProcessorTime.nanos
                let together = try counts.map { try load.rate(few, sessions: $0) }
                guard round > 0 else { continue }
                alone.append(single)
                plain.append(reference)
                aloneWork.append(Double(between &- began))
                plainWork.append(Double(ended &- between))
                for index in counts.indices { rates[index].append(together[index]) }
            }
            let statistics = load.statistics
            print("The media device alone, MMAP buffers, frames a second of all sessions:")
            for (count, rates) in zip(counts, rates) {
                print("  " + Row("\(count) session" + (count == 1 ? "" : "s"), rates).text)
            }
            print(ratio("one session / avcodec alone", alone, plain))
            print(ratio("the same by processor time", plainWork, aloneWork))
            for (count, many) in zip(counts, rates).dropFirst() {
                print(ratio("\(count) sessions / one session", many, rates[0]))
            }
            let copies = statistics.copiedPictures.values.reduce(0, +)
            print(
                String(
                    format: "copies a frame: %.3f",
                    Double(copies) / Double(max(1, statistics.pictures))))
        }

        private func plainRate(_ stream: RecordedStream, _ source: LibAVStream) throws -> Double {
            guard let decoder = LibAVReference(source.codec, threadCount: threads) else {
                throw StreamError.unreadable(source.codecName)
            }
            let units = stream.rewound()
            let began = MonotonicClock.nowNanos
            var frames = 0
            while let unit = try units.next() { frames += decoder.count(unit) }
            frames += decoder.countDrained()
            return perSecond(frames, since: began)
        }
    #endif

    private func rate(_ system: SharingMachine, _ stream: RecordedStream, _ mode: Player.Mode)
        throws -> Double
    {
        let player = try Player(system, stream.rewound(), mode: mode, framesMax: .max)
        // From the first picture on: set-up is not what is compared.
        var began = MonotonicClock.nowNanos
        try player.play { picture in
            if picture.number == 0 { began = MonotonicClock.nowNanos }
        }
        let rate = perSecond(player.played - 1, since: began)
        try player.close()
        return rate
    }

    private func perSecond(_ frames: Int, since began: UInt64) -> Double {
        Double(frames) * 1_000_000_000 / Double(max(1, MonotonicClock.nowNanos &- began))
    }

    private struct Row {
        let text: String

        init(_ name: String, _ rates: [Double]) {
            let sorted = rates.sorted()
            text =
                name.padding(toLength: 52, withPad: " ", startingAt: 0)
                + String(
                    format: "%7.0f  (%.0f to %.0f)", BenchCommand.median(rates), sorted.first ?? 0,
                    sorted.last ?? 0)
        }
    }

    private func ratio(_ name: String, _ a: [Double], _ b: [Double]) -> String {
        let ratios = zip(a, b).map { $0 / $1 }
        return String(
            format: "%@: %.2f (median of %d pairs, %.2f to %.2f)", name, Self.median(ratios),
            ratios.count, ratios.min() ?? 0, ratios.max() ?? 0)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
