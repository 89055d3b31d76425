// The back-end that cases are put to: one that somebody runs, or one that we start for them.

import Conformance
import Foundation
import GuestDriver
import LinuxSystem
import SystemPackage
import VhostUser
import VirtioWire
import Virtqueue

/// Gives each case a connection of its own, and starts the back-end anew where it has ended.
final class BackEndUnderTest {
    enum Place {
        case socket(String)
        /// A shell command; `{socket}` stands for the path that it is to listen on.
        case launch(String)
    }

    private let place: Place
    private let deviceID: UInt32
    private let answerMillis: Int32
    private let folder: URL
    private var process: Process?
    private var frontEnd: VhostUserFrontEnd?
    private var display: DisplayReceiver?
    /// How often it had to be started.
    private(set) var launches = 0

    private static let memoryBytes = 64 << 20
    private static let memoryStart: UInt64 = 0x1_0000
    /// How often a back-end that ends by itself is started for one case.
    private static let attemptsMax = 3
    private static let startMillis: UInt64 = 10_000

    init(_ place: Place, deviceID: UInt32, answerMillis: Int32) throws {
        self.place = place
        self.deviceID = deviceID
        self.answerMillis = answerMillis
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("virtio-share.\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Ends what was started.
    func close() {
        frontEnd = nil
        display = nil
        if let process, process.isRunning {
            process.terminate()
            let deadline = Date(timeIntervalSinceNow: 2)
            while process.isRunning, Date() < deadline { usleep(10_000) }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        process = nil
        try? FileManager.default.removeItem(at: folder)
    }

    private var socketPath: String {
        switch place {
        case .socket(let path): path
        case .launch: folder.appendingPathComponent("socket").path
        }
    }

    private var logPath: String { folder.appendingPathComponent("log").path }

    // MARK: Devices

    /// A connection that nobody has used, and a guest for it.
    func makeDevice() throws -> (any VirtioTransport, GuestMachine) {
        // One front-end at a time: the last one's connection goes first.
        frontEnd = nil
        display = nil
        let memory = try SharedMemory(name: "guest memory", sizeBytes: Self.memoryBytes)
        let start = GuestAddress(Self.memoryStart)
        let machine = GuestMachine(
            memory: try GuestMemory([GuestRegion(start: start, memory: memory)]),
            usable: Self.memoryStart..<(Self.memoryStart + UInt64(Self.memoryBytes)))
        let made = try connect([GuestMemoryFile(start: start, memory: memory)])
        frontEnd = made
        if deviceID == VirtioGPU.deviceID { try showDisplay(of: made) }
        return (made, machine)
    }

    /// What QEMU does for its own GPU: that one asks the display for what it tells the driver, and
    /// waits for ever without one; how many there are it leaves to its front-end.
    private func showDisplay(of gpu: VhostUserFrontEnd) throws {
        display = try? gpu.attachDisplay()
        let count = gpu.readConfig(offset: 8, count: 4)
        if display != nil, count.allSatisfy({ $0 == 0 }) { gpu.scanoutCount = 1 }
    }

    private func connect(_ memory: [GuestMemoryFile]) throws -> VhostUserFrontEnd {
        var habits = FrontEndHabits.all
        habits.answerMillis = answerMillis
        let deadline = MonotonicClock.nowNanos &+ Self.startMillis * 1_000_000
        let launchesMax = launches + Self.attemptsMax
        while true {
            guard launches < launchesMax || process?.isRunning != false else {
                throw ConformanceRunner.DeviceUnavailable(
                    "no back-end at \(socketPath): \(ending)")
            }
            try launchIfEnded()
            do throws(VhostUserError) {
                return try VhostUserFrontEnd(
                    path: socketPath, deviceID: deviceID, memory: memory, habits: habits)
            } catch {
                guard isWorthWaiting(error), MonotonicClock.nowNanos < deadline else {
                    throw ConformanceRunner.DeviceUnavailable(
                        "no back-end at \(socketPath): \(error)")
                }
            }
            usleep(10_000)
        }
    }

    /// Whether it may be on its way: not there yet, or about to end after the last connection.
    private func isWorthWaiting(_ error: VhostUserError) -> Bool {
        guard case .launch = place else { return false }
        switch error {
        case .system(.noSuchFileOrDirectory), .system(.connectionRefused), .peerGone: return true
        default: return process?.isRunning == false
        }
    }

    private func launchIfEnded() throws {
        guard case .launch(let command) = place, process?.isRunning != true else { return }
        try? FileManager.default.removeItem(atPath: socketPath)
        _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        defer { try? log.close() }
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sh")
        // `exec`, so that the process is the back-end and not a shell that waits for it.
        child.arguments = [
            "-c", "exec " + command.replacingOccurrences(of: "{socket}", with: socketPath),
        ]
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = log
        child.standardError = log
        try child.run()
        process = child
        launches += 1
    }

    // MARK: What became of it

    /// Whether the back-end of the last connection is gone, and how.
    func loss() -> String? {
        if let process, !process.isRunning { return "a back-end that \(ending)" }
        guard let failure = frontEnd?.failure else { return nil }
        return failure == .timedOut
            ? "a back-end that answers no message in \(answerMillis) ms"
            : "a back-end that dropped the connection: \(failure)"
    }

    /// How the process ended, and what it said last.
    private var ending: String {
        guard let process, !process.isRunning else { return "runs" }
        let how =
            process.terminationReason == .uncaughtSignal
            ? "was ended by signal \(process.terminationStatus)"
            : "ended with status \(process.terminationStatus)"
        guard let log = try? String(contentsOfFile: logPath, encoding: .utf8),
            let line = log.split(separator: "\n").last
        else { return how }
        return "\(how), saying: \(line.prefix(200))"
    }
}
