// What a real kernel's driver makes of our GPU: `make guest-test` runs these.

import Foundation
import LinuxSystem
import Testing
import VirtioWire

@testable import VhostUser
@testable import virtio_share

@Suite(
    "A Linux guest",
    .enabled(
        if: GuestRun.canUserModeLinux,
        "make guest-test builds the kernel and the client that it wants"),
    .serialized)
struct GuestTests {
    /// A guest under User-Mode Linux, which brings no display, and one of ours to show on.
    private final class Lab: GuestLab {
        let listener: UnixListener
        let receiver: DisplayReceiver

        init(_ steps: [String], size: (width: UInt32, height: UInt32) = (1280, 720)) throws {
            let display = "/tmp/guest-display.\(UUID().uuidString.prefix(8))"
            listener = try UnixListener(path: display)
            let served = try ServeProcess(
                ["serve", "gpu", "--socket-path=@/gpu", "--display=\(display)"])
            try #require(served.readyLine != nil)
            let guest = try GuestRun.userModeLinux(
                socket: served.gpu, folder: served.folder, steps: steps)
            try #require(listener.descriptor.waitUntilReadable(timeoutMillis: 30_000))
            receiver = try DisplayReceiver(
                try present(try listener.accept()), modes: [size])
            super.init(served, guest)
        }
    }

    @Test("negotiates the five features of the device, and sees what stands behind them")
    func features() throws {
        let lab = try Lab(["features"])
        let words = try lab.next()
        let bits = try #require(words.last)
        // VIRGL, EDID, RESOURCE_UUID, RESOURCE_BLOB, CONTEXT_INIT; VERSION_1.
        #expect(bits.hasPrefix("11111"), "\(bits)")
        #expect(bits.dropFirst(32).first == "1", "\(bits)")
        let parameters = try lab.next().joined(separator: " ")
        #expect(
            parameters.hasPrefix(
                "ok parameters 3d 1 blob 1 host-visible 0 cross-device 1 context-init 1"),
            "\(parameters)")
        #expect(try lab.next().starts(with: ["ok", "capset", "2"]))
        #expect(try lab.next() == ["done"])
        #expect(lab.served.end() == 0)
    }

    @Test("shows a pattern on the scanout, pixel by pixel the guest's")
    func display() throws {
        let lab = try Lab(["display"])
        let seen = try lab.followDisplay(width: 1280, height: 720) { isWanted in
            lab.receiver.wait(untilNanos: Lab.deadline()) {
                isWanted($0.pictures[0]) ? true : nil
            } ?? false
        }
        #expect(seen == ["shown", "part", "shown", "shown", "hidden", "shown"])
        #expect(lab.served.end() == 0)
    }

    @Test("shows and moves the guest's cursor")
    func cursor() throws {
        let lab = try Lab(["cursor"])
        let waited = try lab.finish { what, values in
            let isRight: Bool? = lab.receiver.wait(untilNanos: Lab.deadline()) { shown in
                guard let cursor = shown.cursors[0] else { return nil }
                switch what {
                case "cursor":
                    return cursor.isVisible && cursor.x == values[0] && cursor.y == values[1]
                        && cursor.hotX == 3 && cursor.hotY == 5 && cursor.isPattern(7)
                        ? true : nil
                case "cursor-at":
                    return cursor.x == values[0] && cursor.y == values[1] ? true : nil
                default: return cursor.isVisible ? nil : true
                }
            }
            #expect(isRight == true, "\(what) \(values)")
        }.waited
        #expect(waited == ["cursor", "cursor-at", "cursor-hidden"])
    }

    @Test("moves texels both ways, draws, waits for fences, and makes blobs")
    func render() throws {
        let lab = try Lab(["3d", "blobs"])
        #expect(
            try lab.finish().said == [
                "ok features", "ok transfers", "ok dumb", "ok command", "ok contexts", "ok guest",
                "ok host", "ok no",
            ])
        #expect(lab.served.end() == 0)
    }

    @Test("gives what it exports as a dma-buf a UUID in the registry, while it lives")
    func share() throws {
        let lab = try Lab(["share"])
        #expect(try lab.followSharing() == ["exported", "exported-blob", "unexported"])
    }

    @Test(
        "runs kmscube on virgl",
        .enabled(
            if: FileManager.default.fileExists(atPath: "/usr/bin/kmscube"),
            "kmscube is not installed"))
    func kmscube() throws {
        let lab = try Lab(["kmscube:40"])
        #expect(try lab.next().starts(with: ["ok", "features"]))
        #expect(try lab.next() == ["ok", "running", "kmscube"])
        // A while after the first frames, when the cube has turned.
        #expect(lab.receiver.wait(forUpdate: 20, untilNanos: Lab.deadline()))
        let picture = try #require(lab.receiver.display.pictures[0])
        var colours: Set<UInt32> = []
        for y in stride(from: 0, to: 720, by: 5) {
            for x in stride(from: 0, to: 1280, by: 5) { colours.insert(picture.colour(x: x, y: y)) }
        }
        // A shaded cube on grey has many.
        #expect(colours.count > 50)
        if let folder = ProcessInfo.processInfo.environment["GUEST_OUTPUT"] {
            var rgba: [UInt8] = []
            for at in stride(from: 0, to: picture.pixels.count, by: 4) {
                rgba.append(picture.pixels[at + 2])
                rgba.append(picture.pixels[at + 1])
                rgba.append(picture.pixels[at])
                rgba.append(255)
            }
            let path = "\(folder)/kmscube.\(PictureFile.fileExtension)"
            try PictureFile.write(Picture(width: 1280, height: 720, rgba: rgba), to: path)
            print("guest: kmscube's picture is", path)
        }
        #expect(try lab.next().starts(with: ["ok", "kmscube", "ended"]))
    }

    @Test("goes through thousands of rounds, and leaves nothing behind")
    func stress() throws {
        let rounds = GuestRun.number("GUEST_ROUNDS", 3000)
        let lab = try Lab(["stress:\(rounds)"])
        try lab.followStress(rounds: rounds)
        #expect(lab.served.end() == 0)
    }

    @Test("tells how fast it is")
    func measure() throws {
        let lab = try Lab(["measure"])
        while true {
            let words = try lab.next()
            guard words != ["done"] else { break }
            if words.starts(with: ["ok", "rate"]) { print("guest:", words.joined(separator: " ")) }
        }
    }
}

extension ShownCursor {
    func isPattern(_ seed: UInt32) -> Bool {
        ShownPicture(width: 64, height: 64, pixels: pixels).isPattern(seed, 0..<64, 0..<64)
    }
}
