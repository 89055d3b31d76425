// Where the tests' codecs run, and the programs that workers are.

import Foundation
import LinuxSystem

@testable import HostBridge

enum CodecPrograms {
    /// Where the package's programs lie: beside the one that runs the tests.
    private static let folder =
        ProcessInfo.processInfo.environment["VIRTIO_SHARE_PROGRAMS"]
        ?? (RendererWorkerOptions.thisProgram as NSString).deletingLastPathComponent

    /// `VIRTIO_SHARE_CODECS=isolated` has all of them in processes of their own.
    static let placement: CodecPlacement =
        ProcessInfo.processInfo.environment["VIRTIO_SHARE_CODECS"] == "isolated"
        ? .isolated(worker) : .inProcess

    static var isIsolated: Bool { if case .isolated = placement { true } else { false } }

    static var worker: CodecWorkerOptions {
        var options = CodecWorkerOptions(executable: folder + "/virtio-share")
        // A busy machine is not a stalled worker.
        options.unitNanos = 20_000_000_000
        options.startNanos = 60_000_000_000
        return options
    }

    static func fake(_ mode: String, millis: UInt64 = 20_000) -> CodecWorkerOptions {
        var options = CodecWorkerOptions(executable: folder + "/FakeWorker")
        options.arguments = [mode]
        options.unitNanos = millis * 1_000_000
        options.startNanos = millis * 1_000_000
        return options
    }
}

/// How many descriptors this process has of those that codecs' workers bring: their processes and
/// their units' memory. Other tests have others meanwhile.
func codecDescriptorCount() throws -> Int {
    let folder = "/proc/self/fd/"
    return try FileManager.default.contentsOfDirectory(atPath: folder).count { entry in
        let link =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + entry)) ?? ""
        return link.hasPrefix("/memfd:coded unit") || link == "anon_inode:[pidfd]"
    }
}

/// Bytes of this process that lie in memory.
func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
}
