// Our GPU's back-end beside QEMU's own, `vhost-user-gpu`: the same prepared chains through the same
// front-end, in one run.

import ArgumentParser
import Foundation
import LinuxSystem
import VhostUser
import VirtioWire

struct BackEndBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-backend",
        abstract: "Compare the GPU's back-end with QEMU's vhost-user-gpu, in one run.",
        discussion: """
            Each row is the median of the rounds, measured in turn. What is above 1 is faster than \
            QEMU's. Both run as programs of their own; chains lie ready in guest memory, and the \
            driver stays awake, so that what is measured is theirs.
            """)

    @Option(help: "QEMU's back-end (Debian: qemu-system-gui).")
    var peer = "/usr/lib/qemu/vhost-user-gpu"

    @Option(help: "How often each thing is measured.")
    var rounds = 7

    @Option(help: "Exit with an error when a row's ratio is below this.")
    var floor: Double = 0

    @Option(help: "Only rows whose name has this in it.")
    var row: String?

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--rounds must be small and positive.")
        }
    }

    func run() throws {
        let ours = try BenchedBackEnd(
            "virtio-share", "/proc/self/exe", { ["serve", "gpu", "--socket-path=\($0)"] })
        guard FileManager.default.isExecutableFile(atPath: peer) else {
            throw ValidationError(
                "There is no \(peer): install Debian's package qemu-system-gui, or say --peer.")
        }
        let theirs = try BenchedBackEnd("QEMU", peer, { ["--socket-path=\($0)"] })
        var worst = Double.infinity
        print("                                    virtio-share       QEMU's   ratio")
        for row in BackEndRow.all where row.name.contains(self.row ?? row.name) {
            var figures: ([Double], [Double]) = ([], [])
            // One round that does not count.
            for round in 0...rounds {
                let pair = (try ours.measure(row), try theirs.measure(row))
                guard round > 0 else { continue }
                figures.0.append(pair.0)
                figures.1.append(pair.1)
            }
            let (mine, other) = (Self.median(figures.0), Self.median(figures.1))
            worst = min(worst, mine / other)
            print(
                row.name.padding(toLength: 34, withPad: " ", startingAt: 0),
                String(format: "%13.0f %12.0f %7.2f", mine, other, mine / other))
        }
        guard worst >= floor else { throw ExitCode.failure }
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// A thing that is measured: commands of one kind, again and again.
struct BackEndRow: Sendable {
    let name: String
    /// What one round's figure is per second of.
    let perRun: Double
    let runs: Int
    let chainsEachRun: Int
    let prepare: @Sendable (PreparedRing, Int) -> Void

    private static func transfer(_ side: UInt32, _ height: UInt32, _ id: UInt32)
        -> VirtioGPU.TransferToHost2D
    {
        VirtioGPU.TransferToHost2D(
            r: VirtioGPU.Rect(x: 0, y: 0, width: side, height: height), resourceID: ResourceID(id))
    }

    private static func flush(_ width: UInt32, _ height: UInt32) -> VirtioGPU.ResourceFlush {
        VirtioGPU.ResourceFlush(
            r: VirtioGPU.Rect(x: 0, y: 0, width: width, height: height),
            resourceID: ResourceID(BenchedBackEnd.screen))
    }

    static let all: [BackEndRow] = [
        BackEndRow(
            name: "1x1 transfers/s, 100 a kick", perRun: 100, runs: 4000, chainsEachRun: 100
        ) { ring, chain in ring.set(chain, transfer(1, 1, BenchedBackEnd.screen)) },
        BackEndRow(name: "1x1 transfers/s, one a kick", perRun: 1, runs: 20_000, chainsEachRun: 1) {
            ring, chain in ring.set(chain, transfer(1, 1, BenchedBackEnd.screen))
        },
        BackEndRow(
            name: "create and unref, pairs/s", perRun: 50, runs: 3000, chainsEachRun: 100
        ) { ring, chain in
            let id = ResourceID(100 + UInt32(chain / 2))
            if chain % 2 == 0 {
                ring.set(
                    chain,
                    VirtioGPU.ResourceCreate2D(
                        resourceID: id, format: .b8g8r8x8Unorm, width: 16, height: 16))
            } else {
                ring.set(chain, VirtioGPU.ResourceUnref(resourceID: id))
            }
        },
        BackEndRow(
            name: "64x64 transfers/s, 100 a kick", perRun: 100, runs: 1000, chainsEachRun: 100
        ) { ring, chain in ring.set(chain, transfer(64, 64, BenchedBackEnd.screen)) },
        BackEndRow(
            name: "1080p transfers, MiB/s", perRun: 1920 * 1080 * 4 / 1048576.0, runs: 100,
            chainsEachRun: 1
        ) { ring, chain in ring.set(chain, transfer(1920, 1080, BenchedBackEnd.screen)) },
        BackEndRow(name: "64x64 flushes/s to the display", perRun: 1, runs: 4000, chainsEachRun: 1)
        { ring, chain in ring.set(chain, flush(64, 64)) },
        BackEndRow(name: "1080p flushes/s to the display", perRun: 1, runs: 60, chainsEachRun: 1) {
            ring, chain in ring.set(chain, flush(1920, 1080))
        },
    ]
}

/// A back-end as a program, with a screen set up.
private final class BenchedBackEnd {
    static let screen: UInt32 = 1
    private let process = Process()
    private let ring: PreparedRing
    private let display: DisplayReceiver
    private let folder: String

    init(_ name: String, _ program: String, _ arguments: (String) -> [String]) throws {
        folder = NSTemporaryDirectory() + "bench." + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/gpu"
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: program)
        process.executableURL = URL(fileURLWithPath: link ?? program)
        process.arguments = arguments(path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = MonotonicClock.nowNanos + 20_000_000_000
        var made: PreparedRing?
        while made == nil, process.isRunning, MonotonicClock.nowNanos < deadline {
            made = try? PreparedRing(path)
            if made == nil { Thread.sleep(forTimeInterval: 0.02) }
        }
        guard let ring = made else { throw BenchFault.noProgram(name) }
        self.ring = ring
        display = try ring.front.attachDisplay(modes: [(1920, 1080)])
        let rect = VirtioGPU.Rect(x: 0, y: 0, width: 1920, height: 1080)
        let id = ResourceID(Self.screen)
        try ring.send(
            VirtioGPU.ResourceCreate2D(
                resourceID: id, format: .b8g8r8x8Unorm, width: 1920, height: 1080))
        var entries = WireBuffer(capacity: VirtioGPU.MemEntry.sizeBytes)
        entries.append(
            VirtioGPU.MemEntry(
                addr: GuestAddress(PreparedRing.pixels), length: UInt32(1920 * 1080 * 4)))
        try ring.send(
            VirtioGPU.ResourceAttachBacking(resourceID: id, nrEntries: 1),
            trailing: entries.array())
        try ring.send(VirtioGPU.SetScanout(r: rect, scanoutID: 0, resourceID: id))
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// How much a second.
    func measure(_ row: BackEndRow) throws -> Double {
        try ring.rewind()
        for chain in 0..<PreparedRing.chains { row.prepare(ring, chain) }
        let began = MonotonicClock.nowNanos
        for _ in 0..<row.runs { try ring.run(row.chainsEachRun) }
        let nanos = Double(MonotonicClock.nowNanos - began)
        return Double(row.runs) * row.perRun * 1e9 / nanos
    }
}
