// The arguments of `inspect`, and what it says to those that make no sense together.

import ArgumentParser
import Foundation
import Testing

@testable import virtio_share

@Suite("The inspect command")
struct InspectCommandTests {
    private func message(_ arguments: [String]) -> String {
        do {
            _ = try InspectCommand.parse(arguments)
            return ""
        } catch { return InspectCommand.message(for: error) }
    }

    @Test(
        "takes these arguments",
        arguments: [
            [], ["-"], ["file", "--json"], ["--protocol", "gpu"],
            ["--protocol", "media", "--direction", "response", "--request", "G_FMT"],
            ["--protocol", "vhost-user", "--direction", "reply", "--descriptors", "1"],
            ["--struct", "v4l2_format"], ["--format", "binary", "--pcapng", "out"],
        ])
    func good(arguments: [String]) {
        #expect(message(arguments) == "")
    }

    @Test(
        "refuses these with one sentence",
        arguments: [
            ["a", "b"], ["--protocol", "usb"], ["--request", "G_FMT"], ["--direction", "reply"],
            ["--protocol", "gpu", "--direction", "response"],
            ["--protocol", "media", "--direction", "reply"],
            ["--protocol", "vhost-user", "--direction", "event"],
            ["--struct", "v4l2_format", "--protocol", "gpu"], ["--descriptors", "-1"],
            ["--descriptors", "many"], ["--format", "yaml"],
        ])
    func bad(arguments: [String]) {
        let message = message(arguments)
        #expect(!message.isEmpty && !message.contains("\n"))
    }

    private func run(_ bytes: [UInt8], _ arguments: [String]) throws {
        let path = NSTemporaryDirectory() + "inspect." + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try InspectCommand.parse([path] + arguments).run()
    }

    private let unref: [UInt8] =
        [2, 1, 0, 0] + [UInt8](repeating: 0, count: 20) + [7, 0, 0, 0, 0, 0, 0, 0]

    @Test("fails when a message is not valid, and only then")
    func exitStatus() throws {
        try run(unref, [])
        #expect(throws: ExitCode(1)) { try run(unref.dropLast(), []) }
        #expect(throws: ExitCode(1)) { try run(unref, ["--struct", "virtio_gpu_resp_edid"]) }
    }

    @Test("writes a capture that it reads again")
    func capture() throws {
        let path = NSTemporaryDirectory() + "inspect." + UUID().uuidString + ".pcapng"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try run(unref, ["--pcapng", path])
        try InspectCommand.parse([path, "--json"]).run()
        #expect(throws: (any Error).self) {
            try InspectCommand.parse([path, "--protocol", "gpu"]).run()
        }
        #expect(throws: (any Error).self) { try run(unref, ["--pcapng", "/nowhere/at/all"]) }
    }
}
