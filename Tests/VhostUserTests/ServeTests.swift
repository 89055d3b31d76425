// `virtio-share serve` as a program: started, talked to, attacked, ended.

import Conformance
import Foundation
import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

/// The program, as the build has left it beside the tests.
final class ServeProcess {
    let process = Process()
    let folder: String
    private let output = Pipe()
    /// What it said when it was ready; nil when it ended instead.
    private(set) var readyLine: String?

    var gpu: String { folder + "/gpu" }
    var media: String { folder + "/media" }

    static var program: URL {
        var place = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
            place = URL(fileURLWithPath: bundle.bundlePath)
        }
        if let tests = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) {
            place = URL(fileURLWithPath: tests)
        }
        return place.deletingLastPathComponent().appendingPathComponent("virtio-share")
    }

    /// - Parameters:
    ///   - arguments: with the folder of the sockets in place of `@`.
    ///   - errors: where it says what happens; nil for nowhere.
    init(
        _ arguments: [String], input: FileHandle? = nil, shell: String? = nil, errors: Pipe? = nil
    ) throws {
        folder = NSTemporaryDirectory() + "serve." + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let words = arguments.map { $0.replacingOccurrences(of: "@", with: folder) }
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", shell, Self.program.path] + words
        } else {
            process.executableURL = Self.program
            process.arguments = words
        }
        process.standardOutput = output
        if let errors {
            process.standardError = errors
        } else {
            process.standardError = FileHandle.nullDevice
        }
        if let input { process.standardInput = input }
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
            byte != Data([10])
        {
            line += byte
        }
        readyLine = line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// SIGTERM; the exit status.
    func end() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// What `virtio-share status` prints.
    func status(json: Bool, of path: String? = nil) throws -> Data {
        let status = Process()
        let output = Pipe()
        status.executableURL = Self.program
        status.arguments = ["status", "--socket-path", path ?? gpu] + (json ? ["--json"] : [])
        status.standardOutput = output
        try status.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        status.waitUntilExit()
        guard status.terminationStatus == 0 else { throw Errno.ioError }
        return data
    }

    /// How many descriptors the program has while a fresh front-end is connected to both devices,
    /// which is only when the last ones are gone.
    func descriptorsWhenIdle() throws -> Int {
        let fronts = try [gpu, media].map { try RawFrontEnd(path: $0) }
        for front in fronts { _ = try front.number(.getFeatures) }
        return try Held.entries("/proc/\(process.processIdentifier)/fd").count
    }
}

@Suite("virtio-share serve", .serialized)
struct ServeTests {
    private static let both = ["serve", "--gpu-socket", "@/gpu", "--media-socket", "@/media"]

    private func connect(_ path: String, _ deviceID: UInt32, _ guest: TestGuest) throws
        -> VhostUserFrontEnd
    {
        try VhostUserFrontEnd(path: path, deviceID: deviceID, memory: [guest.file])
    }

    @Test("says when it is ready, and ends on SIGTERM without leaving its sockets")
    func life() throws {
        let served = try ServeProcess(Self.both)
        let line = try #require(served.readyLine)
        #expect(line == "virtio-share: ready, gpu on \(served.gpu), media on \(served.media)")
        #expect(served.exists(served.gpu) && served.exists(served.media))
        let guest = try TestGuest()
        let front = try connect(served.gpu, VirtioGPU.deviceID, guest)
        #expect(front.readConfig(offset: 8, count: 4) == [1, 0, 0, 0])
        #expect(served.end() == 0)
        #expect(!served.exists(served.gpu) && !served.exists(served.media))
        #expect(front.status.contains(.needsReset))
    }

    @Test("replaces a socket that a dead program left, and no other file")
    func staleSocket() throws {
        let first = try ServeProcess(["serve", "media", "--socket-path=@/media"])
        #expect(first.readyLine != nil)
        let path = first.media
        kill(first.process.processIdentifier, SIGKILL)
        first.process.waitUntilExit()
        #expect(first.exists(path))
        let second = try ServeProcess(["serve", "media", "--socket-path=\(path)"])
        #expect(second.readyLine != nil)
        // One that is in use stays its owner's.
        let third = try ServeProcess(["serve", "media", "--socket-path=\(path)"])
        #expect(third.readyLine == nil)
        third.process.waitUntilExit()
        #expect(third.process.terminationStatus != 0)
        let guest = try TestGuest()
        _ = try connect(path, VirtioMedia.deviceID, guest)
        let file = first.folder + "/file"
        try Data([1]).write(to: URL(fileURLWithPath: file))
        let fourth = try ServeProcess(["serve", "media", "--socket-path=\(file)"])
        #expect(fourth.readyLine == nil)
        #expect(try Held.contents(file) == Data([1]))
        #expect(second.end() == 0)
    }

    @Test("serves the one front-end that it was given, and ends with it")
    func givenSocket() throws {
        var theirs: OwnedDescriptor?
        let ours = try UnixSocket.pair(with: &theirs)
        let handle = FileHandle(
            fileDescriptor: try present(theirs.take()).release().rawValue, closeOnDealloc: true)
        let served = try ServeProcess(
            ["serve", "media", "--fd=3"], input: handle,
            shell: "exec \"$0\" \"$@\" 3<&0 0</dev/null")
        #expect(served.readyLine == "virtio-share: ready, media on descriptor 3")
        try handle.close()
        do {
            let guest = try TestGuest()
            let front = try VhostUserFrontEnd(
                ours, deviceID: VirtioMedia.deviceID, memory: [guest.file])
            #expect(front.deviceFeatures & 1 << 32 != 0)
        }
        served.process.waitUntilExit()
        #expect(served.process.terminationStatus == 0)
    }

    private static let needFailure = ["media/event/MED-I-008", "media/session/MED-D-012"]

    @Test(
        "passes the conformance suite from another process", arguments: [[], ["--in-process"]])
    func conformance(arguments: [String]) throws {
        let served = try ServeProcess(Self.both + arguments)
        #expect(served.readyLine != nil)
        for (path, device) in [
            (served.gpu, VirtioGPU.deviceID), (served.media, VirtioMedia.deviceID),
        ] {
            let runner = ConformanceRunner(cases: .all.filter { $0.device == device }) {
                let guest = try TestGuest(sizeBytes: 16 << 20)
                return (try connect(path, device, guest), guest.machine)
            }
            let results = try runner.run()
            #expect(!results.isEmpty)
            for result in results where !Self.needFailure.contains(result.id) {
                // A renderer in the serving process has no descriptor to show its buffers by.
                let wanted =
                    result.id.hasPrefix("gpu/map/") && !arguments.isEmpty
                    ? .unimplemented(feature: "the host-visible region") : Verdict.pass
                #expect(result.verdict == wanted, "\(result)")
            }
            for result in results where Self.needFailure.contains(result.id) {
                // No decoder here gives a session up: there is nothing to judge.
                guard case .informational = result.verdict else {
                    Issue.record("\(result)")
                    continue
                }
            }
        }
        #expect(served.end() == 0)
    }

    @Test("outlives front-ends that die at any message, and leaks no descriptor")
    func diesAtMessage() throws {
        let served = try ServeProcess(Self.both)
        let guest = try TestGuest()
        let event = try EventDescriptor()
        let messages = ScriptedSession.messages(guest, event)
        let before = try served.descriptorsWhenIdle()
        for path in [served.gpu, served.media] {
            for last in 0...messages.count {
                let socket = RawSocket(try UnixSocket(try UnixSocket.connect(to: path)))
                for message in messages.prefix(last) {
                    try socket.send(message.bytes, message.files)
                }
                if last < messages.count {
                    try socket.send(Array(messages[last].bytes.prefix(7)), messages[last].files)
                }
                socket.close()
            }
        }
        #expect(try served.descriptorsWhenIdle() == before)
        #expect(served.end() == 0)
    }

    @Test("outlives truncated memory, floods and rubbish, and serves the next front-end")
    func attacks() throws {
        let served = try ServeProcess(Self.both)
        let before = try served.descriptorsWhenIdle()
        for path in [served.gpu, served.media] {
            // Memory that is cut short under a running ring.
            let guest = try TestGuest()
            let event = try EventDescriptor()
            let front = try RawFrontEnd(path: path)
            try front.negotiate()
            let ring = try HandRing(front, guest)
            for part in HandRing.Part.allCases { #expect(try ring.tell(part)) }
            try guest.file.memory.descriptor.resize(to: 0)
            ring.kick.signal()
            #expect(front.isClosed())
            // Rubbish.
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<50 {
                let socket = RawSocket(try UnixSocket(try UnixSocket.connect(to: path)))
                let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
                _ = socket.trySend(bytes, [event.descriptor])
            }
            // More requests than answers are read.
            let flood = RawSocket(try UnixSocket(try UnixSocket.connect(to: path)))
            let message = ScriptedSession.encoded(.getFeatures, [])
            while flood.trySend(message) {}
            flood.close()
        }
        #expect(try served.descriptorsWhenIdle() == before)
        #expect(served.end() == 0)
    }

    @Test("tells its status: front-ends, queues, and who shares what")
    func status() throws {
        struct Queue: Codable {
            let size: UInt32
            let started: Bool
        }
        struct Device: Codable {
            let device: String
            let connected: Bool
            let connections: UInt64
            let memoryBytes: UInt64
            let queues: [Queue]
        }
        struct Status: Codable {
            let pid: Int32
            let devices: [Device]
        }
        let served = try ServeProcess(Self.both)
        func told(_ path: String) throws -> Status {
            try JSONDecoder().decode(Status.self, from: try served.status(json: true, of: path))
        }
        let idle = try told(served.gpu)
        #expect(idle.pid == served.process.processIdentifier)
        #expect(idle.devices.map(\.device) == ["gpu", "media"])
        #expect(idle.devices.allSatisfy { !$0.connected && $0.queues.isEmpty })
        let guest = try TestGuest(sizeBytes: 16 << 20)
        let front = try connect(served.media, VirtioMedia.deviceID, guest)
        let driver = try MediaDriver(front, machine: guest.machine)
        let busy = try told(served.media)
        let media = try #require(busy.devices.last)
        #expect(media.connected && media.connections == 1 && media.memoryBytes == 16 << 20)
        #expect(media.queues.allSatisfy { $0.started && $0.size == 256 })
        let text = String(decoding: try served.status(json: false), as: UTF8.self)
        #expect(text.contains("media at \(served.media)"), "\(text)")
        #expect(text.contains("front-end  connected, 16 MiB"), "\(text)")
        withExtendedLifetime(driver) {}
        #expect(served.end() == 0)
        #expect(!served.exists(served.gpu + ".status"))
    }

    @Test("gives up what it does not need: programs, files, privileges, core files")
    func sandbox() throws {
        func state(_ served: ServeProcess) throws -> [String: String] {
            let text = String(
                decoding: try Held.contents("/proc/\(served.process.processIdentifier)/status"),
                as: UTF8.self)
            var fields: [String: String] = [:]
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                fields[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            return fields
        }
        let confined = try ServeProcess(Self.both)
        let fields = try state(confined)
        #expect(fields["NoNewPrivs"] == "1")
        // 2 is a filter; every thread has it.
        #expect(fields["Seccomp"] == "2")
        let tasks = "/proc/\(confined.process.processIdentifier)/task"
        for task in try Held.entries(tasks) {
            let text = String(
                decoding: try Held.contents("\(tasks)/\(task)/status"), as: UTF8.self)
            #expect(text.contains("Seccomp:\t2"), "\(task)")
        }
        let limits = String(
            decoding: try Held.contents("/proc/\(confined.process.processIdentifier)/limits"),
            as: UTF8.self)
        #expect(
            limits.split(separator: "\n").contains {
                $0.hasPrefix("Max core file size") && $0.split(separator: " ").contains("0")
            })
        #expect(confined.end() == 0)
        let free = try ServeProcess(Self.both + ["--sandbox", "off"])
        #expect(try state(free)["Seccomp"] == "0")
        #expect(free.end() == 0)
    }

    @Test("tells what a device can do, as JSON", arguments: [("gpu", ["virgl"]), ("media", [])])
    func capabilities(device: String, features: [String]) throws {
        struct Told: Codable {
            let type: String
            let features: [String]
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = ServeProcess.program
        process.arguments = ["serve", device, "--print-capabilities"]
        process.standardOutput = output
        try process.run()
        let data = try #require(try output.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let told = try JSONDecoder().decode(Told.self, from: data)
        #expect(told.type == device)
        #expect(told.features == features)
    }

    @Test(
        "refuses arguments that do not say where",
        arguments: [
            ["serve"], ["serve", "gpu"], ["serve", "gpu", "--fd=3", "--socket-path=x"],
            ["serve", "--fd=3"], ["serve", "gpu", "--gpu-socket=x"],
            ["serve", "--gpu-socket=x", "--media-socket=x"], ["serve", "media", "--fd=2"],
            ["serve", "media", "--socket-path=/nowhere/at/all"], ["serve", "media", "--fd=99"],
            ["serve", "media", "--socket-path=" + String(repeating: "x", count: 120)],
        ])
    func badArguments(arguments: [String]) throws {
        let served = try ServeProcess(arguments)
        served.process.waitUntilExit()
        #expect(served.readyLine == nil)
        #expect(served.process.terminationStatus != 0)
    }
}
