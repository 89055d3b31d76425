// The same cases and the same path as in one process, over vhost-user sockets.

import Conformance
import Foundation
import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VhostUser
import VirtioDevices
import VirtioWire
import Virtqueue

@testable import virtio_share

/// Both devices of one domain, served on sockets by this process.
final class ServedPair {
    let sockets: DeviceSockets
    let domain: ResourceRegistry
    let gpu: BackEndService<GPUDevice>
    let media: BackEndService<MediaDevice>

    init(decoders: [DecoderDescription] = [SimulatedDecoder.description]) throws {
        let base = NSTemporaryDirectory() + "served." + UUID().uuidString
        sockets = DeviceSockets(gpu: base + ".gpu", media: base + ".media")
        let domain = ResourceRegistry()
        self.domain = domain
        gpu = try BackEndService(
            name: "virtio-gpu", endpoint: .listener(UnixListener(path: sockets.gpu)),
            exporting: ExportingDevice(domain: domain, name: "virtio-gpu"),
            make: {
                // What this process maps another one cannot: no window for it.
                var configuration = GPUConfiguration()
                configuration.hostVisibleBytes = 0
                return try GPUDevice(configuration: configuration, domain: domain)
            }, close: { $0.close() })
        media = try BackEndService(
            name: "virtio-media", endpoint: .listener(UnixListener(path: sockets.media)),
            make: {
                try MediaDevice(
                    configuration: MediaConfiguration(decoders: decoders), domain: domain)
            })
    }
}

/// A guest's memory and a front-end for one device of it.
func connectedGuest(
    _ path: String, _ deviceID: UInt32, habits: FrontEndHabits = .all,
    memoryBytes: Int = 16 << 20
) throws -> (any VirtioTransport, GuestMachine) {
    let memory = try SharedMemory(name: "socket guest", sizeBytes: memoryBytes)
    let start: UInt64 = 0x10_0000
    let file = GuestMemoryFile(start: GuestAddress(start), memory: memory)
    let machine = GuestMachine(
        memory: try GuestMemory([GuestRegion(start: file.start, memory: memory)]),
        usable: start..<(start + UInt64(memoryBytes)))
    let front = try VhostUserFrontEnd(
        path: path, deviceID: deviceID, memory: [file], habits: habits)
    return (front, machine)
}

extension WithRenderer {
    @Suite("Over sockets")
    struct OverSockets {
        @Test(
            "both devices pass every case of the conformance suite",
            arguments: [true, false])
        func conformance(isFullHabit: Bool) throws {
            let habits = isFullHabit ? FrontEndHabits.all : .userModeLinux
            let pair = try ServedPair()
            for (path, device) in [
                (pair.sockets.gpu, VirtioGPU.deviceID),
                (pair.sockets.media, VirtioMedia.deviceID),
            ] {
                // A renderer in this process has no descriptor for its buffers: no other process can
                // be shown them.
                let cases = [ConformanceCase].all.filter {
                    $0.device == device && !$0.id.hasPrefix("gpu/map/")
                }
                let runner = ConformanceRunner(cases: cases) {
                    try connectedGuest(path, device, habits: habits)
                }
                let results = try runner.run()
                #expect(results.count == cases.count && !cases.isEmpty)
                for result in results {
                    let isGood = [.pass, .informational, .unimplemented]
                        .contains(result.verdict.kind)
                    #expect(isGood, "\(result)")
                }
            }
        }

        @Test(
            "a decoded picture is what the GPU samples, every pixel",
            arguments: SamplingPath.allCases)
        func demo(path: SamplingPath) throws {
            let pair = try ServedPair()
            let folder = NSTemporaryDirectory() + "sockets." + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var demo = Demo(
                choice: .simulated(width: 64, height: 48, count: 5),
                folder: try OutputFolder(folder), path: path, framesMax: 10, threadCount: 1,
                progress: Progress(isQuiet: true))
            demo.sockets = pair.sockets
            let report = try demo.run()
            #expect(report.frames == 5)
            #expect(report.maxChannelError <= 2)
            #expect(!report.countsDevices)
            // Nothing of the guest is left in the domain once it has gone.
            for _ in 0..<2 {
                _ = try connectedGuest(pair.sockets.gpu, VirtioGPU.deviceID)
                _ = try connectedGuest(pair.sockets.media, VirtioMedia.deviceID)
            }
            #expect(pair.domain.counters.objects == 0)
            #expect(pair.domain.counters.attachments == 0)
        }

        @Test("the front-end's table has the objects that the GPU exports, and no others [VU-094]")
        func objects() throws {
            let pair = try ServedPair()
            let system = try SharingMachine(pair.sockets)
            let player = try Player(
                system, SimulatedStream(width: 64, height: 48, count: 3),
                mode: .draw(.buffer), framesMax: 3)
            try player.play { _ in }
            // ADD is sent before the answer to the guest's next request, and read by a thread.
            let known = { (count: Int) in
                let end = deadline(millis: 10_000)
                while system.objects.uuids.count != count, MonotonicClock.nowNanos < end {}
                return system.objects.uuids
            }
            #expect(known(player.uuids.count) == Set(player.uuids))
            try player.close()
            #expect(known(0).isEmpty)
        }

        @Test("a guest that dies with everything in use leaves working devices behind")
        func dies() throws {
            let pair = try ServedPair()
            for _ in 0..<3 {
                do {
                    let system = try SharingMachine(pair.sockets)
                    let stream = SimulatedStream(width: 64, height: 48, count: 20)
                    let player = try Player(
                        system, stream, mode: .draw(.buffer), framesMax: .max)
                    // In the middle of the stream: sessions, contexts, objects, leases are open.
                    struct Enough: Error {}
                    #expect(throws: Enough.self) {
                        try player.play { if $0.number == 3 { throw Enough() } }
                    }
                }
            }
            let system = try SharingMachine(pair.sockets)
            let player = try Player(
                system, SimulatedStream(width: 64, height: 48, count: 5),
                mode: .draw(.buffer), framesMax: .max)
            try player.play { _ in }
            #expect(player.played == 5)
            try player.close()
        }
    }
}
