// `virtio-share conform` as a program: against our back-ends, somebody else's, and none at all.

import Foundation
import Testing

/// A run of the program: what it printed, and how it ended.
struct ConformRun {
    let status: Int32
    let output: String
    let errors: String

    init(_ arguments: [String]) throws {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("conform.\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files and no pipes: nobody has to read while the program writes.
        let files = try ["out", "err"].map { name in
            let url = folder.appendingPathComponent(name)
            try Data().write(to: url)
            return (url: url, handle: try FileHandle(forWritingTo: url))
        }
        let process = Process()
        process.executableURL = ServeProcess.program
        process.arguments = ["conform"] + arguments
        process.standardOutput = files[0].handle
        process.standardError = files[1].handle
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = try String(contentsOf: files[0].url, encoding: .utf8)
        errors = try String(contentsOf: files[1].url, encoding: .utf8)
    }

    struct Report: Decodable {
        struct Case: Decodable {
            let id: String
            let verdict: String
            let judgement: String
            let received: String?
        }
        let good: Bool
        let cases: [Case]
    }

    func report() throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(output.utf8))
    }
}

@Suite("The conformance tool", .serialized)
struct ConformTests {
    private static let serve = "\(ServeProcess.program.path) serve"
    private static let qemu = "/usr/lib/qemu/vhost-user-gpu"

    /// A file that is gone with the test.
    private func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "conform.\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test(
        "finds nothing at our back-ends, malformed rings included",
        arguments: ["gpu", "media"])
    func ours(device: String) throws {
        let run = try ConformRun([
            "queue", device, "vhost-user", "--hostile", "--json", "--strict",
            "--launch", "\(Self.serve) \(device) --socket-path={socket}",
        ])
        let report = try run.report()
        #expect(run.status == 0)
        for result in report.cases {
            let isGood = ["pass", "unimplemented", "informational"].contains(result.verdict)
            #expect(isGood, "\(result)")
        }
        for area in [
            "queue/", "\(device)/", "vhost-user/", "hostile/ring/", "hostile/\(device)/",
            "hostile/socket/",
        ] {
            #expect(report.cases.contains { $0.id.hasPrefix(area) && $0.verdict == "pass" })
        }
    }

    @Test("finds nothing at both devices of a guest, nor at another guest's beside it")
    func sharing() throws {
        let run = try ConformRun([
            "sharing", "--json", "--strict", "--launch",
            "\(Self.serve) --gpu-socket={gpu-socket} --media-socket={media-socket}",
        ])
        #expect(run.status == 0)
        let cases = try run.report().cases
        #expect(cases.count >= 17)
        for result in cases { #expect(result.verdict == "pass", "\(result)") }
    }

    @Test(
        "finds at QEMU's GPU what docs/conformance says, and nothing else",
        .enabled(if: FileManager.default.isExecutableFile(atPath: qemu)))
    func theirs() throws {
        let list = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/conformance/qemu-7.2-vhost-user-gpu.txt").path
        let arguments = ["--json", "--launch", "\(Self.qemu) -s {socket}", "--expected", list]
        let run = try ConformRun(arguments)
        let report = try run.report()
        var bad = report.cases.filter { $0.judgement == "bad" || $0.judgement == "unexpected pass" }
        #expect((run.status == 0) == bad.isEmpty)
        // That back-end has races that no list can name: what is so three times is so.
        for _ in 0..<2 where !bad.isEmpty {
            let again = try ConformRun(arguments).report()
            bad.removeAll { one in
                !again.cases.contains { $0.id == one.id && $0.judgement == one.judgement }
            }
        }
        for result in bad { Issue.record("\(result)") }
        #expect(report.cases.contains { $0.judgement == "known failure" })
        #expect(report.cases.contains { $0.verdict == "pass" })
    }

    @Test("says how a back-end ended that does not live to its first answer")
    func death() throws {
        let run = try ConformRun([
            "queue", "--filter", "queue/features/*", "--launch",
            "sh -c 'echo no device >&2; exit 3' {socket}",
        ])
        #expect(run.status != 0)
        #expect(run.errors.contains("ended with status 3, saying: no device"), "\(run.errors)")
    }

    @Test("an unexpected pass fails like an unexpected failure")
    func unexpected() throws {
        let list = try file("# known\nqueue/features/VQ-D-032   # it passes\n")
        defer { try? FileManager.default.removeItem(atPath: list) }
        let arguments = [
            "--filter", "queue/features/VQ-D-032", "--json", "--launch",
            "\(Self.serve) media --socket-path={socket}", "--device", "media",
        ]
        #expect(try ConformRun(arguments).status == 0)
        let run = try ConformRun(arguments + ["--expected", list])
        #expect(run.status == 1)
        #expect(try run.report().cases.map(\.judgement) == ["unexpected pass"])
    }

    @Test("a case that fails at times may pass")
    func atTimes() throws {
        let list = try file("? queue/features/VQ-D-032\n")
        defer { try? FileManager.default.removeItem(atPath: list) }
        let run = try ConformRun([
            "--filter", "queue/features/VQ-D-032", "--json", "--launch",
            "\(Self.serve) media --socket-path={socket}", "--device", "media", "--expected", list,
        ])
        #expect(run.status == 0)
        #expect(try run.report().cases.map(\.judgement) == ["good"])
    }

    @Test("writes JUnit's XML")
    func junit() throws {
        let path = NSTemporaryDirectory() + "conform.\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = try ConformRun([
            "--filter", "queue/start/*", "--junit", path, "--device", "media", "--launch",
            "\(Self.serve) media --socket-path={socket}",
        ])
        #expect(run.status == 0)
        #expect(run.errors == "pass  queue/start/VQ-D-001\n")
        let xml = try String(contentsOfFile: path, encoding: .utf8)
        #expect(xml.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name="))
        #expect(xml.contains("tests=\"1\" failures=\"0\" skipped=\"0\""))
        #expect(xml.contains("<testcase classname=\"queue\" name=\"queue/start/VQ-D-001\"/>"))
    }

    @Test(
        "refuses what makes no sense, and says why",
        arguments: [
            ([], "Give --socket-path or --launch"),
            (["--launch", "true"], "no {socket}"),
            (["--socket-path", "/nowhere/at/all"], "no back-end at /nowhere/at/all"),
            (["--socket-path", "a", "--filter", "nothing/*"], "No case matches"),
            (["gpu", "media", "--socket-path", "a"], "give --device"),
            (["sharing", "--socket-path", "a"], "Sharing wants two devices"),
            (["--gpu-socket", "a"], "go together"),
            (["--socket-path", "a", "--expected", "/nowhere"], "cannot read /nowhere"),
            (["--socket-path", "a", "--timeout-ms", "0"], "--timeout-ms must be"),
        ])
    func refused(arguments: [String], words: String) throws {
        let run = try ConformRun(arguments)
        #expect(run.status != 0)
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test("lists its cases with level and clause")
    func list() throws {
        let run = try ConformRun(["--list", "--hostile"])
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.contains("queue/features/VQ-D-032  MUST  VERSION_1 is offered."))
        #expect(Set(lines).count == lines.count)
        for area in ["queue/", "gpu/", "media/", "sharing/", "vhost-user/", "hostile/"] {
            #expect(lines.contains { $0.hasPrefix(area) })
        }
    }
}
