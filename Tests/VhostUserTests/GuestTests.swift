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
        if: GuestRun.isPossible, "make guest-test builds the kernel and the client that it wants"),
    .serialized)
struct GuestTests {
    /// The picture that both sides know: 24 bits for each place.
    static func pattern(_ x: Int, _ y: Int, _ seed: UInt32) -> UInt32 {
        let v = UInt32(x) &* 2_654_435_761 &+ UInt32(y) &* 2_246_822_519 &+ seed &* 3_266_489_917
        return (v ^ v >> 15) & 0xffffff
    }

    /// A back-end as a program, a display that it shows on, and a guest.
    private final class Lab {
        let served: ServeProcess
        let listener: UnixListener
        let receiver: DisplayReceiver
        let guest: GuestRun
        private var line = 0

        init(_ steps: [String], size: (width: UInt32, height: UInt32) = (1280, 720)) throws {
            let display = "/tmp/guest-display.\(UUID().uuidString.prefix(8))"
            listener = try UnixListener(path: display)
            served = try ServeProcess(
                ["serve", "gpu", "--socket-path=@/gpu", "--display=\(display)"])
            try #require(served.readyLine != nil)
            guest = try GuestRun(socket: served.gpu, folder: served.folder, steps: steps)
            try #require(listener.descriptor.waitUntilReadable(timeoutMillis: 30_000))
            receiver = try DisplayReceiver(
                try present(try listener.accept()), modes: [size])
        }

        /// A guest that loses its GPU while it is switched off may never end.
        deinit { guest.waitUntilOff() }

        /// The next line that the client says.
        func next(_ location: SourceLocation = #_sourceLocation) throws -> [String] {
            let text = guest.next(line)
            line += 1
            let said = try #require(
                text, "the guest has ended:\n\(guest.console)", sourceLocation: location)
            try #require(
                !said.hasPrefix("fail "), "\(said)\n\(guest.console)", sourceLocation: location)
            return said.split(separator: " ").map(String.init)
        }

        struct Object: Codable {
            let uuid: String
            let bytes: UInt64
            let exporter: String
        }

        /// What the domain's registry has, by the program's status.
        func objects() throws -> [Object] {
            struct Domain: Codable { let objects: [Object] }
            struct Status: Codable { let domain: Domain }
            let data = try served.status(json: true)
            return try JSONDecoder().decode(Status.self, from: data).domain.objects
        }

        static func deadline() -> UInt64 { MonotonicClock.nowNanos + 20_000_000_000 }

        /// Waits until the picture is the pattern of that seed all over.
        func shows(_ seed: UInt32, width: Int, height: Int) -> Bool {
            receiver.wait(untilNanos: Self.deadline()) { shown in
                guard let picture = shown.pictures[0], Int(picture.width) == width,
                    Int(picture.height) == height,
                    picture.colour(x: width - 1, y: height - 1)
                        == pattern(width - 1, height - 1, seed)
                else { return nil }
                return picture.isPattern(seed, 0..<width, 0..<height) ? true : nil
            } ?? false
        }
    }

    private func numbers(_ words: [String]) -> [Int] { words.compactMap { Int($0) } }

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
        var seen: [String] = []
        while true {
            let words = try lab.next()
            guard words != ["done"] else { break }
            guard words[0] == "wait" else { continue }
            let values = numbers(words)
            switch words[1] {
            case "shown":
                #expect(values[0] == 1280 && values[1] == 720)
                #expect(
                    lab.shows(UInt32(values[2]), width: values[0], height: values[1]), "\(words)")
            case "part":
                let (x, y, width, height) = (values[0], values[1], values[2], values[3])
                #expect(
                    lab.receiver.wait(untilNanos: Lab.deadline()) { shown in
                        shown.pictures[0]?.isPattern(2, x..<(x + width), y..<(y + height)) == true
                            ? true : nil
                    } == true)
                // And nothing around it.
                let picture = try #require(lab.receiver.display.pictures[0])
                #expect(picture.isPattern(1, 0..<1280, 0..<y))
                #expect(picture.isPattern(1, 0..<x, y..<(y + height)))
                #expect(picture.isPattern(1, 0..<1280, (y + height)..<720))
            case "hidden":
                #expect(
                    lab.receiver.wait(untilNanos: Lab.deadline()) {
                        $0.pictures[0] == nil ? true : nil
                    } == true)
            default: Issue.record("\(words)")
            }
            seen.append(words[1])
            lab.guest.goOn()
        }
        #expect(seen == ["shown", "part", "shown", "shown", "hidden", "shown"])
        #expect(lab.served.end() == 0)
    }

    @Test("shows and moves the guest's cursor")
    func cursor() throws {
        let lab = try Lab(["cursor"])
        var waits = 0
        while true {
            let words = try lab.next()
            guard words != ["done"] else { break }
            guard words[0] == "wait" else { continue }
            let values = numbers(words)
            let isRight: Bool? = lab.receiver.wait(untilNanos: Lab.deadline()) { shown in
                guard let cursor = shown.cursors[0] else { return nil }
                switch words[1] {
                case "cursor":
                    return cursor.isVisible && cursor.x == values[0] && cursor.y == values[1]
                        && cursor.hotX == 3 && cursor.hotY == 5 && cursor.isPattern(7)
                        ? true : nil
                case "cursor-at":
                    return cursor.x == values[0] && cursor.y == values[1] ? true : nil
                default: return cursor.isVisible ? nil : true
                }
            }
            #expect(isRight == true, "\(words)")
            waits += 1
            lab.guest.goOn()
        }
        #expect(waits == 3)
    }

    @Test("moves texels both ways, draws, waits for fences, and makes blobs")
    func render() throws {
        let lab = try Lab(["3d", "blobs"])
        var said: [String] = []
        while true {
            let words = try lab.next()
            guard words != ["done"] else { break }
            said.append(words.prefix(2).joined(separator: " "))
        }
        #expect(
            said == [
                "ok features", "ok transfers", "ok dumb", "ok command", "ok contexts", "ok guest",
                "ok host", "ok no",
            ])
        #expect(lab.served.end() == 0)
    }

    @Test("gives what it exports as a dma-buf a UUID in the registry, while it lives")
    func share() throws {
        let lab = try Lab(["share"])
        var seen: [String] = []
        while true {
            let words = try lab.next()
            guard words != ["done"] else { break }
            guard words[0] == "wait" else { continue }
            seen.append(words[1])
            let objects = try lab.objects()
            switch words[1] {
            case "exported":
                #expect(objects.map(\.bytes) == [UInt64(words[2])])
            case "exported-blob":
                #expect(objects.contains { $0.bytes == UInt64(words[2]) })
                #expect(Set(objects.map(\.uuid)).count == 2)
            default: #expect(objects.isEmpty)
            }
            for object in objects {
                #expect(object.exporter == "virtio-gpu")
                #expect(object.uuid.dropFirst(14).first == "4", "\(object.uuid)")
            }
            lab.guest.goOn()
        }
        #expect(seen == ["exported", "exported-blob", "unexported"])
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
        #expect(try lab.next().starts(with: ["ok", "features"]))
        let words = try lab.next()
        #expect(words.starts(with: ["ok", "stress", "\(rounds)"]))
        print("guest:", words.joined(separator: " "))
        #expect(try lab.next() == ["done"])
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

extension ShownPicture {
    func isPattern(_ seed: UInt32, _ columns: Range<Int>, _ rows: Range<Int>) -> Bool {
        for y in rows {
            for x in columns where colour(x: x, y: y) != GuestTests.pattern(x, y, seed) {
                return false
            }
        }
        return true
    }
}

extension ShownCursor {
    func isPattern(_ seed: UInt32) -> Bool {
        ShownPicture(width: 64, height: 64, pixels: pixels).isPattern(seed, 0..<64, 0..<64)
    }
}
