// The two devices of one guest in two processes: a decoder here writes into a buffer of the GPU's
// there, which samples it.

import Foundation
import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire

@testable import VhostUser
@testable import virtio_share

@Suite("The devices of one guest in two processes", .serialized)
struct TwoProcessTests {
    /// How one finds what the other exports.
    enum Way: CaseIterable {
        /// SHARED_OBJECT, by a front-end that holds the table.
        case table
        /// `--domain`, under front-ends that know no SHARED_OBJECT.
        case domain
        /// Neither.
        case none
    }

    /// Both programs, and a folder that only they reach.
    private final class Pair {
        let folder: String
        let way: Way
        private(set) var gpu: ServeProcess
        private(set) var media: ServeProcess

        init(_ way: Way) throws {
            self.way = way
            folder = NSTemporaryDirectory() + "pair." + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let domain = way == .domain ? ["--domain", folder + "/domain"] : []
            gpu = try ServeProcess(["serve", "gpu", "--socket-path=@/gpu"] + domain)
            media = try ServeProcess(["serve", "media", "--socket-path=@/media"] + domain)
            try #require(gpu.readyLine != nil && media.readyLine != nil)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        private var domain: [String] {
            way == .domain ? ["--domain", folder + "/domain"] : []
        }

        func replaceGPU() throws {
            kill(gpu.process.processIdentifier, SIGKILL)
            gpu.process.waitUntilExit()
            gpu = try ServeProcess(["serve", "gpu", "--socket-path=@/gpu"] + domain)
            try #require(gpu.readyLine != nil)
        }

        func replaceMedia() throws {
            kill(media.process.processIdentifier, SIGKILL)
            media.process.waitUntilExit()
            media = try ServeProcess(["serve", "media", "--socket-path=@/media"] + domain)
            try #require(media.readyLine != nil)
        }

        var sockets: DeviceSockets { DeviceSockets(gpu: gpu.gpu, media: media.media) }

        var habits: FrontEndHabits {
            way == .table ? .all : FrontEndHabits(protocolFeatures: ~(1 << 18))
        }

        struct Status: Codable {
            struct Domain: Codable {
                struct Object: Codable { let exporter: String }
                let objects: [Object]
            }
            let domain: Domain
        }

        func exporters(_ served: ServeProcess, _ path: String) throws -> [String] {
            let data = try served.status(json: true, of: path)
            return try JSONDecoder().decode(Status.self, from: data).domain.objects.map(\.exporter)
        }

        /// Waits, bounded, until a program's domain has no objects.
        func isEmpty(_ served: ServeProcess, _ path: String) throws -> Bool {
            let deadline = MonotonicClock.nowNanos + 20_000_000_000
            while try !exporters(served, path).isEmpty {
                guard MonotonicClock.nowNanos < deadline else { return false }
            }
            return true
        }

        /// Waits, bounded, until both are in one domain: the media process finds the GPU's again.
        func play(_ count: Int = 8, patience: UInt64 = 20_000_000_000) throws -> DemoReport {
            let deadline = MonotonicClock.nowNanos + patience
            while true {
                do { return try playOnce(count) } catch {
                    guard MonotonicClock.nowNanos < deadline else { throw error }
                }
            }
        }

        func playOnce(_ count: Int = 8) throws -> DemoReport {
            var demo = Demo(
                choice: .simulated(width: 64, height: 48, count: UInt32(count)),
                folder: try OutputFolder(folder + "/pictures"), path: .buffer, framesMax: count,
                threadCount: 1, progress: Progress(isQuiet: true))
            demo.sockets = sockets
            demo.habits = habits
            return try demo.run()
        }

        struct Enough: Error {}

        /// Plays up to the third picture, does something to one of them, and leaves at once.
        func play(until body: (SharingMachine) throws -> Void) throws {
            let system = try SharingMachine(sockets, habits: habits)
            let player = try Player(
                system, SimulatedStream(width: 64, height: 48, count: 40), mode: .draw(.buffer),
                framesMax: .max)
            try player.play { picture in
                guard picture.number == 3 else { return }
                try body(system)
                throw Enough()
            }
        }
    }

    @Test(
        "decode into the GPU's memory and sample it, every pixel [VU-096] [DOM-003] [DOM-005]",
        arguments: [Way.table, .domain])
    func decode(way: Way) throws {
        let pair = try Pair(way)
        // The second time both are as new, and nothing of the first guest is there.
        for _ in 0..<2 {
            let report = try pair.play()
            #expect(report.frames == 8)
            #expect(report.maxChannelError <= 2)
            #expect(try pair.isEmpty(pair.gpu, pair.gpu.gpu))
            #expect(try pair.isEmpty(pair.media, pair.media.media))
        }
        #expect(pair.gpu.end() == 0 && pair.media.end() == 0)
    }

    @Test("tell who exports what, on both sides", arguments: [Way.table, .domain])
    func exporters(way: Way) throws {
        let pair = try Pair(way)
        _ = try pair.play(1)
        #expect(throws: Pair.Enough.self) {
            try pair.play { _ in
                let own = try pair.exporters(pair.gpu, pair.gpu.gpu)
                #expect(!own.isEmpty && own.allSatisfy { $0 == "virtio-gpu" })
                let foreign = try pair.exporters(pair.media, pair.media.media)
                let name = way == .table ? "front-end" : "peer"
                #expect(foreign.contains(name))
            }
        }
    }

    @Test("share nothing where neither way is open, and go on [ID-5]")
    func neither() throws {
        let pair = try Pair(.none)
        #expect(throws: (any Error).self) { _ = try pair.playOnce() }
        for (served, path) in [(pair.gpu, pair.gpu.gpu), (pair.media, pair.media.media)] {
            #expect(try pair.isEmpty(served, path))
        }
        #expect(pair.gpu.end() == 0 && pair.media.end() == 0)
    }

    @Test(
        "outlive each other: the one that is left serves the next guest with a successor [DOM-007]",
        arguments: [Way.table, .domain])
    func deaths(way: Way) throws {
        let pair = try Pair(way)
        _ = try pair.play(1)
        #expect(throws: (any Error).self) {
            try pair.play { _ in kill(pair.gpu.process.processIdentifier, SIGKILL) }
        }
        #expect(try pair.isEmpty(pair.media, pair.media.media))
        try pair.replaceGPU()
        #expect(try pair.play().maxChannelError <= 2)
        #expect(throws: (any Error).self) {
            try pair.play { _ in kill(pair.media.process.processIdentifier, SIGKILL) }
        }
        #expect(try pair.isEmpty(pair.gpu, pair.gpu.gpu))
        try pair.replaceMedia()
        #expect(try pair.play().maxChannelError <= 2)
        #expect(pair.gpu.end() == 0 && pair.media.end() == 0)
    }

    @Test("a guest hears of its GPU's death while it decodes, and is not left waiting [DOM-007]")
    func deathWhileDecoding() throws {
        let pair = try Pair(.domain)
        _ = try pair.play(1)
        let system = try SharingMachine(pair.sockets, habits: pair.habits)
        let player = try Player(
            system, SimulatedStream(width: 64, height: 48, count: 400), mode: .draw(.buffer),
            framesMax: .max)
        // The drawing fails, or the session does: either way it ends.
        #expect(throws: (any Error).self) {
            try player.play { picture in
                if picture.number == 3 { kill(pair.gpu.process.processIdentifier, SIGKILL) }
            }
        }
        #expect(try pair.isEmpty(pair.media, pair.media.media))
        #expect(pair.media.end() == 0)
    }

    @Test("inherit the domain's socket, which is the right to it [DOM-001]")
    func inherited() throws {
        var theirs: OwnedDescriptor?
        let ours = try UnixSocket.pair(with: &theirs)
        let handles = [ours.release(), try present(theirs.take()).release()].map {
            FileHandle(fileDescriptor: $0.rawValue, closeOnDealloc: true)
        }
        let shell = "exec \"$0\" \"$@\" 3<&0 0</dev/null"
        let gpu = try ServeProcess(
            ["serve", "gpu", "--socket-path=@/gpu", "--domain-fd=3"], input: handles[0],
            shell: shell)
        let media = try ServeProcess(
            ["serve", "media", "--socket-path=@/media", "--domain-fd=3"], input: handles[1],
            shell: shell)
        try #require(gpu.readyLine != nil && media.readyLine != nil)
        for handle in handles { try handle.close() }
        var demo = Demo(
            choice: .simulated(width: 64, height: 48, count: 3),
            folder: try OutputFolder(gpu.folder + "/pictures"), path: .buffer, framesMax: 3,
            threadCount: 1, progress: Progress(isQuiet: true))
        demo.sockets = DeviceSockets(gpu: gpu.gpu, media: media.media)
        demo.habits = FrontEndHabits(protocolFeatures: ~(1 << 18))
        let report = try demo.run()
        #expect(report.frames == 3 && report.maxChannelError <= 2)
        #expect(gpu.end() == 0 && media.end() == 0)
    }

    @Test("are not let into a folder that others reach, nor by two ways at once [DOM-001]")
    func refused() throws {
        for arguments in [
            ["serve", "media", "--socket-path=@/media", "--domain=@/domain"],
            ["serve", "media", "--socket-path=@/media", "--domain=/nowhere/at/all"],
            ["serve", "media", "--socket-path=@/media", "--domain-fd=99"],
            ["serve", "media", "--socket-path=@/media", "--domain-fd=3", "--domain=x"],
        ] {
            let served = try ServeProcess(arguments)
            served.process.waitUntilExit()
            #expect(served.readyLine == nil && served.process.terminationStatus != 0)
        }
    }
}
