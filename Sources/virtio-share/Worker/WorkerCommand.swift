import ArgumentParser
import Foundation
import RendererWorker

/// What the devices start for themselves: not for people.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Be a renderer's worker process.", shouldDisplay: false)

    @Option(help: "The socket to the process that started this one.")
    var fd: Int32

    func run() throws { Foundation.exit(RendererWorker.main(descriptor: fd)) }
}
