// What the driver of Debian's own kernel makes of our GPU behind QEMU 10's front-end, which emulates
// the guest's processor too: `make guest-test-qemu` runs these.

import Foundation
import LinuxSystem
import Testing

@testable import VhostUser

@Suite(
    "A Linux guest under QEMU",
    .enabled(
        if: GuestRun.canQEMU,
        "make guest-test-qemu fetches the QEMU, the kernel and the modules that it wants"),
    .serialized)
struct QEMUGuestTests {
    private static let width = 1016
    private static let height = 620

    /// A guest under QEMU, and the monitor that pictures its display.
    private final class Lab: GuestLab {
        let monitor: QEMUMonitor

        init(_ steps: [String]) throws {
            let served = try ServeProcess(["serve", "gpu", "--socket-path=@/gpu"])
            try #require(served.readyLine != nil)
            let listener = try UnixListener(path: served.folder + "/qmp")
            let guest = try GuestRun.qemu(
                gpu: served.gpu, monitor: listener.path, size: (width, height), steps: steps)
            try #require(listener.descriptor.waitUntilReadable(timeoutMillis: 30_000))
            monitor = try QEMUMonitor(try present(try listener.accept()), folder: served.folder)
            super.init(served, guest)
        }

        /// Waits until the picture is as wanted. Without a scanout QEMU shows words on black.
        func shows(_ isWanted: (ShownPicture?) -> Bool) throws -> Bool {
            let deadline = Self.deadline()
            repeat {
                let picture = try monitor.screendump()
                let top = (0..<Int(picture.width)).contains { picture.colour(x: $0, y: 0) != 0 }
                if isWanted(top ? picture : nil) { return true }
            } while MonotonicClock.nowNanos < deadline
            return false
        }
    }

    @Test("gets VIRGL, EDID and RESOURCE_UUID; QEMU keeps RESOURCE_BLOB and CONTEXT_INIT back")
    func features() throws {
        let lab = try Lab(["features"])
        let bits = try #require(try lab.next().last)
        // VIRGL, EDID, RESOURCE_UUID, RESOURCE_BLOB, CONTEXT_INIT; VERSION_1.
        #expect(bits.hasPrefix("11100"), "\(bits)")
        #expect(bits.dropFirst(32).first == "1", "\(bits)")
        let parameters = try lab.next().joined(separator: " ")
        #expect(
            parameters.hasPrefix(
                "ok parameters 3d 1 blob 0 host-visible 0 cross-device 1 context-init 0"),
            "\(parameters)")
        #expect(try lab.next().starts(with: ["ok", "capset", "2"]))
        #expect(try lab.next() == ["done"])
        #expect(lab.served.end() == 0)
    }

    @Test("has the mode of its EDID, and its picture in QEMU, pixel by pixel; moves a cursor")
    func display() throws {
        let lab = try Lab(["display", "cursor"])
        #expect(try lab.next().starts(with: ["ok", "features"]))
        // Without an EDID the driver makes a list of modes.
        #expect(
            try lab.next().joined(separator: " ")
                == "ok connector 0 of 1 with 1 modes, \(Self.width)x\(Self.height) first")
        let seen = try lab.followDisplay(
            width: Self.width, height: Self.height, shows: lab.shows)
        #expect(
            seen == [
                "shown", "part", "shown", "shown", "hidden", "cursor", "cursor-at", "cursor-hidden",
            ])
        #expect(lab.served.end() == 0)
    }

    @Test("moves texels of 2D and 3D resources both ways, draws in contexts, and waits for fences")
    func render() throws {
        let lab = try Lab(["3d"])
        #expect(
            try lab.finish().said == [
                "ok features", "ok transfers", "ok dumb", "ok command", "ok contexts",
            ])
        #expect(lab.served.end() == 0)
    }

    @Test("gives what it exports as a dma-buf a UUID in the registry, while it lives")
    func share() throws {
        let lab = try Lab(["share"])
        #expect(try lab.followSharing() == ["exported", "unexported"])
        #expect(lab.served.end() == 0)
    }

    @Test("goes through hundreds of rounds, and leaves nothing behind")
    func stress() throws {
        let rounds = GuestRun.number("GUEST_ROUNDS", 500)
        let lab = try Lab(["stress:\(rounds)"])
        try lab.followStress(rounds: rounds)
        #expect(try lab.objects().isEmpty)
        #expect(lab.served.end() == 0)
    }
}
