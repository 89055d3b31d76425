import ArgumentParser
import Foundation
import LinuxSystem
import SystemPackage

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what a serving program is doing: front-ends, queues, who shares what.")

    @Option(
        help: ArgumentHelp("One of the sockets that `serve` listens on.", valueName: "path"))
    var socketPath: String

    @Flag(help: "One JSON object in place of text.")
    var json = false

    func run() throws {
        let path = StatusServer.path(beside: socketPath)
        let socket: UnixSocket
        do throws(Errno) { socket = try UnixSocket(UnixSocket.connect(to: path)) } catch {
            throw ValidationError("Nobody tells a status at \(path): \(error).")
        }
        let wish = json ? "json\n" : "text\n"
        StatusSocket.write(Array(wish.utf8), to: socket, patienceMillis: 1000)
        var report: [UInt8] = []
        while let more = StatusSocket.read(socket, patienceMillis: 10_000), !more.isEmpty {
            report += more
        }
        guard !report.isEmpty else { throw ValidationError("The program does not answer.") }
        print(String(decoding: report, as: UTF8.self), terminator: "")
    }
}
