// What tests of a real guest share, whoever emulates the rest of its machine.

import Foundation
import LinuxSystem
import Testing

@testable import VhostUser

/// A back-end as a program, and a guest that has it for its GPU.
class GuestLab {
    let served: ServeProcess
    let guest: GuestRun
    private var line = 0

    init(_ served: ServeProcess, _ guest: GuestRun) {
        self.served = served
        self.guest = guest
    }

    /// A guest that loses its GPU while it is switched off may never end.
    deinit { guest.waitUntilOff() }

    /// For one step: a frame of kmscube's takes a second where the host is slow.
    static func deadline() -> UInt64 { MonotonicClock.nowNanos + 100_000_000_000 }

    /// The next line that the client says.
    func next(_ location: SourceLocation = #_sourceLocation) throws -> [String] {
        let text = guest.next(line)
        line += 1
        let said = try #require(
            text, "the guest says nothing more:\n\(guest.console)", sourceLocation: location)
        try #require(
            !said.hasPrefix("fail "), "\(said)\n\(guest.console)", sourceLocation: location)
        return said.split(separator: " ").map(String.init)
    }

    /// The first two words of each line to the end, and where the client waited for `look`.
    func finish(
        _ location: SourceLocation = #_sourceLocation,
        look: (_ what: String, _ values: [Int]) throws -> Void = { what, _ in
            Issue.record("the client waits: \(what)")
        }
    ) throws -> (said: [String], waited: [String]) {
        var said: [String] = []
        var waited: [String] = []
        while true {
            let words = try next(location)
            guard words != ["done"] else { return (said, waited) }
            guard words.first == "wait", words.count > 1 else {
                said.append(words.prefix(2).joined(separator: " "))
                continue
            }
            try look(words[1], words.compactMap { Int($0) })
            waited.append(words[1])
            guest.goOn()
        }
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

    /// Follows the client's step `display`: each picture is the guest's, pixel by pixel.
    ///
    /// - Parameter shows: waits, bounded, until the picture is as wanted; none is nil.
    /// - Returns: what the client has waited for.
    func followDisplay(
        width: Int, height: Int, shows: ((ShownPicture?) -> Bool) throws -> Bool
    ) throws -> [String] {
        try finish { what, values in
            switch what {
            case "shown":
                #expect(values[0] == width && values[1] == height)
                let isShown = try shows { picture in
                    picture?.isAll(UInt32(values[2]), width: width, height: height) ?? false
                }
                #expect(isShown, "\(what) \(values)")
            case "part":
                let columns = values[0]..<(values[0] + values[2])
                let rows = values[1]..<(values[1] + values[3])
                // And nothing around it.
                let isShown = try shows { picture in
                    guard let picture, picture.isPattern(2, columns, rows) else { return false }
                    return picture.isPattern(1, 0..<width, 0..<rows.lowerBound)
                        && picture.isPattern(1, 0..<columns.lowerBound, rows)
                        && picture.isPattern(1, columns.upperBound..<width, rows)
                        && picture.isPattern(1, 0..<width, rows.upperBound..<height)
                }
                #expect(isShown, "\(what) \(values)")
            case "hidden": #expect(try shows { $0 == nil })
            // Not a part of the picture.
            case "cursor", "cursor-at", "cursor-hidden": break
            default: Issue.record("the client waits: \(what)")
            }
        }.waited
    }

    /// Follows the client's step `share`: what it exports is in the registry, while it lives.
    ///
    /// - Returns: what the client has waited for.
    func followSharing() throws -> [String] {
        try finish { what, values in
            let objects = try self.objects()
            switch what {
            case "exported": #expect(objects.map { Int($0.bytes) } == values)
            case "exported-blob":
                #expect(objects.contains { Int($0.bytes) == values[0] })
                #expect(Set(objects.map(\.uuid)).count == 2)
            default: #expect(objects.isEmpty)
            }
            for object in objects {
                #expect(object.exporter == "virtio-gpu")
                #expect(object.uuid.dropFirst(14).first == "4", "\(object.uuid)")
            }
        }.waited
    }

    /// Follows the client's step `stress`.
    func followStress(rounds: Int) throws {
        #expect(try next().starts(with: ["ok", "features"]))
        let words = try next()
        try #require(words.starts(with: ["ok", "stress", "\(rounds)"]), "\(words)")
        print("guest:", words.joined(separator: " "))
        #expect(try next() == ["done"])
    }
}

/// The picture that both sides know: 24 bits for each place.
func guestPattern(_ x: Int, _ y: Int, _ seed: UInt32) -> UInt32 {
    let v = UInt32(x) &* 2_654_435_761 &+ UInt32(y) &* 2_246_822_519 &+ seed &* 3_266_489_917
    return (v ^ v >> 15) & 0xffffff
}

extension ShownPicture {
    func isPattern(_ seed: UInt32, _ columns: Range<Int>, _ rows: Range<Int>) -> Bool {
        for y in rows {
            for x in columns where colour(x: x, y: y) != guestPattern(x, y, seed) {
                return false
            }
        }
        return true
    }

    /// Whether it has that size and is that pattern all over; the last place is looked at first, for
    /// a picture is often looked at while it comes.
    func isAll(_ seed: UInt32, width: Int, height: Int) -> Bool {
        Int(self.width) == width && Int(self.height) == height
            && isPattern(seed, (width - 1)..<width, (height - 1)..<height)
            && isPattern(seed, 0..<width, 0..<height)
    }
}
