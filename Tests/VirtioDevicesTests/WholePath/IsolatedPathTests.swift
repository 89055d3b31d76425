// Renderer and codec each in a process of their own: the buffers between them are still the same bytes.

import Foundation
import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire

@testable import virtio_share

@Suite("Decoder and GPU in processes of their own", .serialized)
struct IsolatedPathTests {
    private static var rendering: GPUConfiguration.Rendering {
        var options = RendererWorkerOptions(executable: GPUMachine.workerProgram)
        options.stallNanos = 20_000_000_000
        options.startNanos = 60_000_000_000
        return .isolated(options)
    }

    @Test(
        "draw the simulated stream with the copies that they need in one",
        arguments: SamplingPath.allCases)
    func simulated(path: SamplingPath) throws {
        let system = try SharingMachine(
            decoders: [SimulatedDecoder.description], rendering: Self.rendering,
            codecs: .isolated(MediaMachine.worker))
        let choice = StreamChoice.simulated(width: 171, height: 97, count: 6)
        let shown = try Screening(system, choice, path: path)
        #expect(shown.frames == 6)
        #expect(shown.worst <= 2)
        #expect(shown.decoded.copiedPictures == (path == .pages ? [.guestPages: 6] : [:]))
        #expect((shown.uploadedBytes == 0) == (path == .buffer))
        let counters = system.registry.counters
        #expect(counters.objects == 0)
        #expect(counters.attachments == 0)
        #expect(counters.leases == 0)
    }

    #if LibAV
        @Test("draw the shipped clip without a copy")
        func shippedClip() throws {
            let system = try SharingMachine(
                decoders: StreamChoice.decoders(threadCount: 1), rendering: Self.rendering,
                codecs: .isolated(MediaMachine.worker))
            let choice = try StreamChoice.open(TestClip.shipped, threadCount: 1)
            let shown = try Screening(system, choice, path: .buffer, framesMax: 6)
            #expect(shown.frames == 6)
            #expect(shown.worst <= 2)
            #expect(shown.decoded.pictures >= 6)
            #expect(shown.decoded.copiedPictures == [:])
            #expect(shown.decoded.copiedBytes == 0)
            #expect(shown.uploadedBytes == 0)
        }
    #endif

    @Test("are what the demo's table says")
    func report() throws {
        let path = NSTemporaryDirectory() + "isolated." + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        var demo = Demo(
            choice: .simulated(width: 64, height: 48, count: 3), folder: try OutputFolder(path),
            path: .buffer, framesMax: 3, threadCount: 1, progress: Progress(isQuiet: true))
        demo.rendering = Self.rendering
        demo.codecs = .isolated(MediaMachine.worker)
        let report = try demo.run()
        #expect(report.isIsolated)
        #expect(report.copiesPerFrame == 0)
        #expect(report.table().contains("each in a process of its own"))
        #expect(report.table().contains("0, 0 bytes"))
    }
}
