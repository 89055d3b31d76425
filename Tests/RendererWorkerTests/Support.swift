// What the tests of workers have in common. A worker is a process of its own, so these run beside
// those with a renderer in this one, and beside each other.

import Foundation
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import HostBridge

enum Programs {
    /// Where the package's programs lie: beside the one that runs the tests.
    private static let folder =
        ProcessInfo.processInfo.environment["VIRTIO_SHARE_PROGRAMS"]
        ?? (RendererWorkerOptions.thisProgram as NSString).deletingLastPathComponent
    static let worker = folder + "/virtio-share"
    static let fake = folder + "/FakeWorker"
}

extension RendererWorkerOptions {
    static var test: RendererWorkerOptions {
        var options = RendererWorkerOptions(executable: Programs.worker)
        // A busy machine is not a stalled worker.
        options.stallNanos = 20_000_000_000
        options.startNanos = 60_000_000_000
        return options
    }

    static func fake(_ mode: String, stallMillis: UInt64 = 300) -> RendererWorkerOptions {
        var options = RendererWorkerOptions(executable: Programs.fake)
        options.arguments = [mode]
        options.stallNanos = stallMillis * 1_000_000
        options.startNanos = stallMillis * 1_000_000
        return options
    }
}

/// Some guest memory, and lists of it.
struct Guest {
    static let start: UInt64 = 0x1000
    let shared: SharedMemory
    let memory: GuestMemory

    init(sizeBytes: Int = 1 << 20) throws {
        shared = try SharedMemory(name: "guest", sizeBytes: sizeBytes)
        memory = try GuestMemory([
            GuestRegion(start: GuestAddress(Self.start), memory: shared)
        ])
    }

    func list(_ pieces: [(offset: Int, count: Int)]) throws -> BackingList {
        let pin = try memory.pin(
            pieces.map {
                GuestSegment(
                    start: GuestAddress(Self.start + UInt64($0.offset)), count: UInt32($0.count))
            })
        return BackingList(pin.ranges, owner: pin)
    }

    func bytes(_ offset: Int, _ count: Int) throws -> MemoryRange {
        try #require(shared.range.slice(offset: offset, count: count))
    }
}

enum Stream {
    /// PIPE_RESOURCE_CREATE of a buffer that can be mapped.
    static func createBuffer(_ blobID: UInt32, _ sizeBytes: UInt32) -> [UInt32] {
        [0x000b_0030, 0, 64, 8, sizeBytes, 1, 1, 1, 0, 0, 6, blobID]
    }

    /// Makes `resource` the one colour buffer and clears it.
    static func clear(_ resource: UInt32, _ colour: [Float], handle: UInt32 = 1) -> [UInt32] {
        [0x0005_0801, handle, resource, 67, 0, 0] + [0x0003_0005, 1, 0, handle]
            + [0x0008_0007, 4] + colour.map(\.bitPattern) + [0, 0, 0]
    }

    /// RESOURCE_COPY_REGION between buffers.
    static func copy(_ source: UInt32, to target: UInt32, count: UInt32) -> [UInt32] {
        [0x000d_0011, target, 0, 0, 0, 0, source, 0, 0, 0, 0, count, 1, 1]
    }
}

extension ResourceShape {
    static func texture(_ width: UInt32, _ height: UInt32, format: UInt32 = 67) -> ResourceShape {
        ResourceShape(target: 2, format: format, bind: 10, width: width, height: height)
    }

    static func buffer(_ width: UInt32) -> ResourceShape {
        ResourceShape(target: 0, format: 64, bind: 8, width: width, height: 1)
    }
}

extension VirglBridge where Library == RemoteVirgl {
    /// Runs `body` with a renderer that is closed afterwards.
    static func run<R>(
        _ options: RendererWorkerOptions = .test, limits: RendererLimits = RendererLimits(),
        _ body: (IsolatedRenderer, EventDescriptor) throws -> R
    ) throws -> R {
        let wake = try EventDescriptor()
        let renderer = try IsolatedRenderer(limits: limits, wake: wake, options: options)
        defer { renderer.close() }
        return try body(renderer, wake)
    }

    /// What ends until `number` has, or a minute is over.
    func wait(for number: UInt64, _ wake: EventDescriptor) throws -> EndedWork {
        let deadline = MonotonicClock.nowNanos + 60_000_000_000
        var ended: [EndedWork] = []
        while MonotonicClock.nowNanos < deadline {
            takeEnded(into: &ended)
            if let work = ended.first(where: { $0.number == number }) { return work }
            _ = wake.wait(timeoutMillis: 100)
        }
        throw TestError.nothingEnded
    }

    /// Stops or kills the worker, by its own id.
    func signalWorker(_ signal: Int32) { kill(workerProcessID, signal) }

    /// Waits until the watch has seen the worker's end.
    func waitForDeath() throws {
        let deadline = MonotonicClock.nowNanos + 60_000_000_000
        while !library.hasDied {
            guard MonotonicClock.nowNanos < deadline else { throw TestError.stillAlive }
            library.sleepOnce()
        }
    }
}

enum TestError: Error {
    case nothingEnded
    case stillAlive
}

/// How many descriptors this process has open.
func descriptorCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}
