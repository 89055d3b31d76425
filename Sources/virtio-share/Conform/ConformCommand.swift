import ArgumentParser
import Conformance
import Foundation
import VirtioWire

/// What a back-end is; its socket does not tell.
enum DeviceName: String, ExpressibleByArgument, CaseIterable {
    case gpu, media

    var id: UInt32 { self == .gpu ? VirtioGPU.deviceID : VirtioMedia.deviceID }
}

enum AreaName: String, ExpressibleByArgument, CaseIterable {
    case queue, gpu, media, sharing, hostile
    case vhostUser = "vhost-user"
}

struct ConformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract: "Hold a vhost-user back-end, ours or anybody's, to the protocols.",
        discussion: """
            Each case has a connection of its own. A back-end that dies, hangs or drops the connection \
            fails the case; with --launch it is started anew for the next one.

              virtio-share conform gpu queue --launch 'virtio-share serve gpu --socket-path={socket}'
              virtio-share conform --launch '/usr/lib/qemu/vhost-user-gpu -s {socket}' --hostile
              virtio-share conform sharing --launch 'virtio-share serve --gpu-socket={gpu-socket} \
                --media-socket={media-socket}'

            The area sharing wants a GPU and a media device of one guest: two sockets, or a command \
            that takes two.

            Verdicts: pass, fail, non-strict (a SHOULD that the device does not follow; a failure with \
            --strict), informational, unimplemented (the feature is not offered), skipped (no device \
            to be had). Exits with 1 when a case fails that is not in --expected, or one in it passes.
            """)

    @Argument(
        help:
            "Areas to run: queue, gpu, media, sharing, vhost-user, hostile. Default: all but hostile."
    )
    var areas: [AreaName] = []

    @Option(help: ArgumentHelp("Where the back-end listens.", valueName: "path"))
    var socketPath: String?

    @Option(help: ArgumentHelp("Where the GPU of two devices listens.", valueName: "path"))
    var gpuSocket: String?

    @Option(help: ArgumentHelp("Where the media device of two listens.", valueName: "path"))
    var mediaSocket: String?

    @Option(
        help: ArgumentHelp(
            "Starts the back-end; {socket} stands for where it is to listen.", valueName: "command")
    )
    var launch: String?

    @Option(help: "What the back-end is: gpu or media. Default: what the areas say, or gpu.")
    var device: DeviceName?

    @Option(
        help: ArgumentHelp("Only cases whose id matches; * and ? are wildcards.", valueName: "glob")
    )
    var filter = "*"

    @Flag(help: "List the cases and run none.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Print which cases each clause of the documents in this folder has.",
            valueName: "folder", visibility: .hidden))
    var clauses: String?

    @Flag(help: "A SHOULD that is not followed is a failure.")
    var strict = false

    @Flag(help: "Malformed rings too: some back-ends do not live through them.")
    var hostile = false

    @Option(help: ArgumentHelp("Write JUnit's XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "Print one JSON object in place of text.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Cases that are known to fail, an id a line; one that passes is a failure, unless ? before it says that it fails at times.",
            valueName: "file"))
    var expected: String?

    @Option(help: ArgumentHelp("How long the back-end may take to answer.", valueName: "n"))
    var timeoutMs: Int32 = 5000

    func validate() throws {
        guard (gpuSocket == nil) == (mediaSocket == nil) else {
            throw ValidationError("--gpu-socket and --media-socket go together.")
        }
        let places = [socketPath, launch, gpuSocket].count { $0 != nil }
        guard places == 1 || list && places == 0 || clauses != nil else {
            throw ValidationError(
                "Give --socket-path or --launch, or --gpu-socket and --media-socket: one of them.")
        }
        if let launch {
            let both = launch.contains("{gpu-socket}") && launch.contains("{media-socket}")
            guard both || launch.contains("{socket}") else {
                throw ValidationError("--launch has no {socket}.")
            }
        }
        guard !areas.contains(.sharing) || list || place?.hasBoth != false else {
            throw ValidationError("Sharing wants two devices: --gpu-socket and --media-socket.")
        }
        guard (1...600_000).contains(timeoutMs) else {
            throw ValidationError("--timeout-ms must be from 1 to 600000.")
        }
        guard !(areas.contains(.gpu) && areas.contains(.media)) || device != nil || list else {
            throw ValidationError("A back-end is a GPU or a media device: give --device.")
        }
    }

    private var place: ConformPlace? {
        if let socketPath { return .socket(socketPath) }
        if let gpuSocket, let mediaSocket {
            return .sockets(DeviceSockets(gpu: gpuSocket, media: mediaSocket))
        }
        return launch.map { .launch($0) }
    }

    private var deviceName: DeviceName {
        device ?? (areas.contains(.media) ? .media : .gpu)
    }

    private var cases: [ConformanceCase] {
        let chosen = Set(areas.map(\.rawValue))
        let pattern = CaseFilter(filter)
        return [ConformanceCase].every.filter { test in
            guard pattern.matches(test.id) else { return false }
            let isAsked = chosen.isEmpty ? test.area != "hostile" : chosen.contains(test.area)
            return isAsked || hostile && test.area == "hostile"
        }
    }

    func run() throws {
        if let clauses { return print(try ClauseDocument(folder: clauses).text(), terminator: "") }
        let cases = self.cases
        guard !cases.isEmpty else { throw ValidationError("No case matches.") }
        if list {
            for test in cases { print("\(test.id)  \(test.level.rawValue)  \(test.clause)") }
            return
        }
        let known =
            try expected.map { path in
                do { return try ExpectedFailures(contentsOf: path) } catch {
                    throw ValidationError("--expected: cannot read \(path).")
                }
            } ?? ExpectedFailures()
        let unknown = known.unknown(.every)
        guard unknown.isEmpty else {
            throw ValidationError("--expected names no case: \(unknown.joined(separator: ", ")).")
        }
        let report = try hold(cases, known)
        let name = socketPath ?? launch ?? gpuSocket ?? ""
        if let junit {
            try report.junit(backEnd: name).write(toFile: junit, atomically: true, encoding: .utf8)
        }
        print(json ? try report.json(backEnd: name) : report.text())
        guard report.isGood else { throw ExitCode(1) }
    }

    private func hold(_ cases: [ConformanceCase], _ known: ExpectedFailures) throws
        -> ConformReport
    {
        guard let place else { throw ValidationError("There is no back-end.") }
        let backEnd = try BackEndUnderTest(
            place, deviceID: deviceName.id, answerMillis: timeoutMs)
        defer { backEnd.close() }
        let runner = ConformanceRunner(
            cases: cases.filter { $0.device == nil || $0.device == deviceName.id },
            patienceMillis: timeoutMs, stand: backEnd.stand)
        var report = ConformReport()
        _ = try runner.run { result in
            let judgement = Judgement(result, expected: known, isStrict: strict)
            report.add(result, judgement)
            FileHandle.standardError.write(
                Data("\(result.verdict.kind.rawValue)  \(result.id)\n".utf8))
        }
        guard report.entries.contains(where: { $0.verdict != .skipped }) else {
            throw ValidationError(report.entries.first?.remark ?? "No case is for this device.")
        }
        return report
    }
}
