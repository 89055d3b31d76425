import ArgumentParser

@main
struct VirtioShare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "virtio-share",
        abstract: "virtio-gpu and virtio-media devices that share resources by UUID.",
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, ServeCommand.self, StatusCommand.self, BenchCommand.self,
            InspectCommand.self, ConformCommand.self, WorkerCommand.self,
        ])
}
