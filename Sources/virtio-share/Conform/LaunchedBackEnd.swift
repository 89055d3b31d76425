// A back-end that is started for the cases, again and again if it ends.

import Conformance
import Foundation

/// One program that listens on sockets in a folder of its own.
final class LaunchedBackEnd {
    private let command: String
    private let folder: URL
    private var process: Process?
    /// How often it had to be started.
    private(set) var launches = 0
    /// How a process was ended by a signal, until somebody asks.
    private var crash: String?

    /// How long a process may take to end when it is asked to.
    private static let endSeconds = 2.0

    /// - Parameter command: for the shell; `{name}` stands for the socket of that name.
    init(command: String) throws {
        self.command = command
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("virtio-share.\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { close() }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private var logPath: String { folder.appendingPathComponent("log").path }

    var isRunning: Bool { process?.isRunning == true }
    var hasEnded: Bool { process?.isRunning == false }

    func start() throws {
        noteCrash()
        for name in ConformPlace.socketNames {
            try? FileManager.default.removeItem(atPath: path(name))
        }
        _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        defer { try? log.close() }
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sh")
        var line = command
        for name in ConformPlace.socketNames {
            line = line.replacingOccurrences(of: "{\(name)}", with: path(name))
        }
        // `exec`, so that the process is the back-end and not a shell that waits for it.
        child.arguments = ["-c", "exec " + line]
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = log
        child.standardError = log
        try child.run()
        process = child
        launches += 1
    }

    /// Ends what was started.
    func close() {
        if let process, process.isRunning {
            process.terminate()
            let deadline = Date(timeIntervalSinceNow: Self.endSeconds)
            while process.isRunning, Date() < deadline { usleep(2_000) }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        process = nil
        try? FileManager.default.removeItem(at: folder)
    }

    private func noteCrash() {
        // Many end with their connection; SIGPIPE is that, while something was still to be said on it.
        guard let process, !process.isRunning, process.terminationReason == .uncaughtSignal,
            process.terminationStatus != SIGPIPE
        else { return }
        crash = ending
        self.process = nil
    }

    /// How a process was ended by a signal since the last time; one that is about to end is given a
    /// moment for it.
    func takeCrash() -> String? {
        if isRunning { usleep(10_000) }
        noteCrash()
        defer { crash = nil }
        return crash
    }

    /// How the process ended, and what it said last.
    var ending: String {
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
