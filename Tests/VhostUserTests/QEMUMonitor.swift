// QEMU's monitor (QMP), as far as tests want it: it pictures what QEMU shows.

import Foundation
import LinuxSystem
import SystemPackage

@testable import VhostUser

final class QEMUMonitor {
    struct Failure: Error { let answer: String }

    private static let patienceNanos: UInt64 = 20_000_000_000
    private static let answerMax = 1 << 20

    private let owned: OwnedDescriptor
    private let picturePath: String
    private var rest: [UInt8] = []

    /// - Parameters:
    ///   - socket: what QEMU has connected its monitor to.
    ///   - folder: for pictures, which QEMU writes to files.
    init(_ socket: consuming OwnedDescriptor, folder: String) throws {
        try socket.setNonBlocking()
        owned = socket
        picturePath = folder + "/screen.ppm"
        _ = try message()
        try execute("qmp_capabilities")
    }

    /// What the first console shows now.
    func screendump() throws -> ShownPicture {
        try execute("screendump", ["filename": picturePath])
        return try ShownPicture(ppm: [UInt8](Data(contentsOf: URL(filePath: picturePath))))
    }

    private func execute(_ command: String, _ arguments: [String: String] = [:]) throws {
        struct Request: Encodable {
            let execute: String
            let arguments: [String: String]
        }
        let request = try JSONEncoder().encode(Request(execute: command, arguments: arguments))
        // A command is smaller than any socket's buffer.
        let sent = try owned.descriptor.writeAll(request + [10])
        guard sent == request.count + 1 else { throw Errno.brokenPipe }
        while true {
            let message = try message()
            let answer = try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            if answer["return"] != nil { return }
            // The rest are events.
            guard answer["error"] == nil else {
                throw Failure(answer: String(decoding: message, as: UTF8.self))
            }
        }
    }

    /// The next line.
    private func message() throws -> Data {
        let deadline = MonotonicClock.nowNanos + Self.patienceNanos
        while true {
            if let end = rest.firstIndex(of: 10) {
                defer { rest.removeFirst(end + 1) }
                return Data(rest[..<end])
            }
            let now = MonotonicClock.nowNanos
            guard now < deadline, rest.count < Self.answerMax else { throw Errno.timedOut }
            let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
            guard owned.descriptor.waitUntilReadable(timeoutMillis: left) else { continue }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = try unsafe bytes.withUnsafeMutableBytes {
                try unsafe owned.descriptor.read(into: $0)
            }
            guard count > 0 else { throw Errno.connectionReset }
            rest += bytes[..<count]
        }
    }
}

extension ShownPicture {
    struct Unreadable: Error {}

    /// A picture of three header lines, `P6`, the sides, 255, and three bytes for each place.
    init(ppm bytes: [UInt8]) throws {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        let header = lines.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 4, header[0] == "P6", header[2] == "255" else { throw Unreadable() }
        let sides = header[1].split(separator: " ").compactMap { Int($0) }
        let rgb = lines[3]
        guard sides.count == 2, rgb.count == sides[0] * sides[1] * 3 else { throw Unreadable() }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rgb.count / 3 * 4)
        for at in stride(from: rgb.startIndex, to: rgb.endIndex, by: 3) {
            pixels.append(rgb[at + 2])
            pixels.append(rgb[at + 1])
            pixels.append(rgb[at])
            pixels.append(0)
        }
        self.init(width: UInt32(sides[0]), height: UInt32(sides[1]), pixels: pixels)
    }
}
