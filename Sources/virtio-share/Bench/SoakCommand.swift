// Mixed work for a long time, after which a serving program must hold what it held at the beginning.

import ArgumentParser
import Foundation
import LinuxSystem
import VhostUser
import VirtioWire

struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Work on served devices for minutes, and see that their memory stays flat.",
        discussion: """
            Each round plays a clip that both devices share, draws through prepared chains and goes \
            away without a word, and connects a front-end that says rubbish. After a tenth of the \
            time resident memory and descriptors of the serving program are noted, and how many \
            processes it has; at the end there must be no more. The renderer's process is another \
            one for each front-end.
            """)

    @Option(help: "How long.")
    var seconds: UInt64 = 600

    @Option(help: "MiB of resident memory that may come and go.")
    var slack: UInt64 = 16

    func validate() throws {
        guard (1...86_400).contains(seconds), slack <= 4096 else {
            throw ValidationError("--seconds is at least 1 and at most a day.")
        }
    }

    func run() throws {
        let lab = try SoakLab()
        let began = MonotonicClock.nowNanos
        let end = began + seconds * 1_000_000_000
        let warm = began + seconds * 100_000_000
        var first: SoakLab.Held?
        var last = try lab.held()
        var rounds = 0
        var said = began
        while MonotonicClock.nowNanos < end {
            try lab.round(rounds)
            rounds += 1
            last = try lab.held()
            let now = MonotonicClock.nowNanos
            if first == nil, now >= warm { first = last }
            guard now - said > 30_000_000_000 else { continue }
            said = now
            print("\((now - began) / 1_000_000_000) s, \(rounds) rounds: \(last)")
        }
        let base = first ?? last
        print("\(rounds) rounds: \(base) after a tenth of the time, \(last) at the end")
        let isFlat =
            last.residentKiB <= base.residentKiB + slack << 10
            && last.descriptors <= base.descriptors && last.processes <= base.processes
        guard isFlat, lab.end() else {
            print("soak: failed")
            throw ExitCode.failure
        }
        print("soak: flat")
    }
}

/// Both devices as a program, and what is done to them.
private final class SoakLab {
    private let process = Process()
    private let folder: String
    private var gpu: String { folder + "/gpu" }
    private var media: String { folder + "/media" }
    private var program: URL {
        URL(
            fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? CommandLine.arguments[0])
    }

    struct Held: CustomStringConvertible {
        let residentKiB: UInt64
        let descriptors: Int
        let processes: Int
        var description: String {
            "\(residentKiB >> 10) MiB resident, \(descriptors) descriptors, \(processes) processes"
        }
    }

    init() throws {
        folder = NSTemporaryDirectory() + "soak." + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = program
        process.arguments = ["serve", "--gpu-socket", gpu, "--media-socket", media]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = MonotonicClock.nowNanos + 20_000_000_000
        while !FileManager.default.fileExists(atPath: media + ".status") {
            guard process.isRunning, MonotonicClock.nowNanos < deadline else {
                throw BenchFault.noProgram("virtio-share serve")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// While a fresh front-end is connected to each device: it is let in when all that the last one
    /// gave is gone.
    func held() throws -> Held {
        let fronts = try [gpu, media].map { path in
            let guest = try SharedMemory(name: "soak guest", sizeBytes: 1 << 20)
            return try VhostUserFrontEnd(
                path: path, deviceID: 0,
                memory: [GuestMemoryFile(start: GuestAddress(0x10_0000), memory: guest)])
        }
        defer { withExtendedLifetime(fronts) {} }
        let tree = try ProcessTree(root: process.processIdentifier)
        // And who starts the renderer's processes; these come and go.
        let lasting = [tree.root] + tree.children
        return Held(
            residentKiB: lasting.map { ProcessTree.residentKiB(of: $0) }.reduce(0, +),
            descriptors: lasting.map { ProcessTree.descriptorCount(of: $0) }.reduce(0, +),
            processes: tree.count)
    }

    func round(_ number: Int) throws {
        try play()
        try draw(UInt32(truncatingIfNeeded: number))
        try talkRubbish()
        guard process.isRunning else { throw BenchFault.noProgram("virtio-share serve") }
    }

    private func play() throws {
        let demo = Process()
        demo.executableURL = program
        demo.arguments = [
            "demo", "--simulated", "--frames", "20", "--gpu-socket", gpu, "--media-socket", media,
            "--output", folder + "/pictures",
        ]
        demo.standardOutput = FileHandle.nullDevice
        demo.standardError = FileHandle.nullDevice
        try demo.run()
        demo.waitUntilExit()
        guard demo.terminationStatus == 0 else { throw BenchFault.noProgram("virtio-share demo") }
    }

    private func draw(_ seed: UInt32) throws {
        let ring = try PreparedRing(gpu)
        let display = try ring.front.attachDisplay(modes: [(640, 480)])
        for round in 0..<200 as Range<UInt32> {
            let id = ResourceID(1 + (seed &+ round) % 50)
            let (width, height) = (64 + round % 256, 32 + round % 128)
            let rect = VirtioGPU.Rect(x: 0, y: 0, width: width, height: height)
            try ring.send(
                VirtioGPU.ResourceCreate2D(
                    resourceID: id, format: .b8g8r8x8Unorm, width: width, height: height))
            var entry = WireBuffer(capacity: VirtioGPU.MemEntry.sizeBytes)
            entry.append(
                VirtioGPU.MemEntry(addr: GuestAddress(PreparedRing.pixels), length: 4 << 20))
            try ring.send(
                VirtioGPU.ResourceAttachBacking(resourceID: id, nrEntries: 1),
                trailing: entry.array())
            try ring.send(VirtioGPU.TransferToHost2D(r: rect, resourceID: id))
            try ring.send(VirtioGPU.SetScanout(r: rect, scanoutID: 0, resourceID: id))
            try ring.send(VirtioGPU.ResourceFlush(r: rect, resourceID: id))
            // The last ones are left to the device.
            if round < 190 { try ring.send(VirtioGPU.ResourceUnref(resourceID: id)) }
        }
        withExtendedLifetime(display) {}
    }

    private func talkRubbish() throws {
        for path in [gpu, media] {
            let socket = try UnixSocket(UnixSocket.connect(to: path))
            let bytes = (0..<64).map { _ in UInt8.random(in: 0...255) }
            StatusSocket.write(bytes, to: socket, patienceMillis: 1000)
        }
    }

    func end() -> Bool {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
