// Wireshark's own view: tshark with the dissectors of Spec/dissector reads captures of every vector
// and says the vectors' values at the vectors' offsets.

import Foundation
import Testing

@testable import Inspection

@Suite(
    "Wireshark, with the dissectors of Spec/dissector,",
    .enabled(if: Tshark.path != nil, "tshark is not installed: apt-get install tshark"))
struct TsharkTests {
    @Test(
        "reads every value of every message",
        arguments: ["virtio_gpu", "virtio_media", "vhost_user", "vhost_user_gpu"])
    func everyMessage(file: String) throws {
        let vectors = try SampleVectors.read(file).filter { $0.kind != nil }
        let kinds = try vectors.map { try #require($0.kind) }
        var writer = CaptureWriter()
        for (vector, kind) in zip(vectors, kinds) { writer.append(vector.packet, kind: kind) }
        let packets = try Tshark.read(writer.bytes).filter { !$0.isInserted }
        try #require(packets.count == vectors.count)
        var compared = 0
        for (vector, packet) in zip(vectors, packets) {
            let kind = try #require(vector.kind)
            let start = try #require(packet.start[kind.rawValue], "\(vector.id): no \(kind)")
            #expect(!packet.text.contains("malformed"), "\(vector.id)")
            #expect(!packet.text.contains("Lua Error"), "\(vector.id)")
            for expected in vector.expected {
                let offset = start + (try #require(expected.offset))
                let found = packet.fields.filter { $0.position == offset }
                let digits = Self.digits(expected.value, vector, expected.offset ?? 0)
                let behind = packet.fields.filter { $0.position >= offset }.map(\.value).joined()
                #expect(
                    found.contains { Self.agrees($0, expected.value, digits: digits) }
                        || !digits.isEmpty && behind.hasPrefix(digits),
                    "\(vector.id) \(expected.name) = \(expected.value), shown \(found)")
                compared += 1
            }
        }
        #expect(compared > 100)
    }

    private static func agrees(_ field: Tshark.Field, _ value: String, digits: String) -> Bool {
        if field.show == value { return true }
        if let number = UInt64(value) {
            return field.show.hasPrefix("0x")
                && UInt64(field.show.dropFirst(2), radix: 16) == number
        }
        if value.hasPrefix("\"") {
            return "\"\(field.show)\"" == value || field.value.hasPrefix(digits)
        }
        return value.hasPrefix("bytes ") && field.value.hasPrefix(digits)
    }

    /// The expected bytes as digits without spaces.
    private static func digits(_ value: String, _ vector: Vector, _ offset: Int) -> String {
        if value.hasPrefix("bytes ") { return value.dropFirst(6).filter { $0 != " " } }
        guard value.hasPrefix("\"") else { return "" }
        return value.dropFirst().dropLast().utf8.map { String($0, radix: 16) }.joined()
    }

    @Test("reads bad bytes without an error of its own")
    func badBytes() throws {
        for file in ["virtio_gpu", "virtio_media", "vhost_user", "vhost_user_gpu"] {
            var writer = CaptureWriter()
            let vectors = try SampleVectors.read(file + "-bad")
            for vector in vectors {
                if let kind = vector.kind { writer.append(vector.packet, kind: kind) }
            }
            let packets = try Tshark.read(writer.bytes)
            #expect(packets.count >= vectors.filter { $0.kind != nil }.count)
            for packet in packets { #expect(!packet.text.contains("Lua Error"), "\(file)") }
        }
    }
}

/// tshark, run on a capture.
enum Tshark {
    static let path: String? = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct Field: CustomStringConvertible {
        var position: Int
        var show: String
        var value: String
        var description: String { "\(position): \(show)" }
    }

    struct Packet {
        var text = ""
        var fields: [Field] = []
        /// Where each protocol begins.
        var start: [String: Int] = [:]
        var isInserted: Bool { text.contains("not in the input") }
    }

    static func read(_ capture: [UInt8]) throws -> [Packet] {
        let file = NSTemporaryDirectory() + "inspection." + UUID().uuidString + ".pcapng"
        try Data(capture).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        let folder = SampleVectors.root.appendingPathComponent("Spec/dissector")
        let scripts = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".lua") }.sorted()
        process.arguments =
            scripts.flatMap { ["-X", "lua_script:" + folder.appendingPathComponent($0).path] }
            + ["-r", file, "-T", "pdml"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return packets(output)
    }

    private static func packets(_ pdml: String) -> [Packet] {
        var packets: [Packet] = []
        for line in pdml.split(separator: "\n") {
            if line.hasPrefix("<packet>") { packets.append(Packet()) }
            guard !packets.isEmpty else { continue }
            let last = packets.count - 1
            packets[last].text += line
            guard let position = attribute("pos", of: line).flatMap({ Int($0) }) else { continue }
            if line.contains("<proto name=") {
                packets[last].start[attribute("name", of: line) ?? ""] = position
            } else if line.contains("<field name=") {
                packets[last].fields.append(
                    Field(
                        position: position, show: attribute("show", of: line) ?? "",
                        value: attribute("value", of: line) ?? ""))
            }
        }
        return packets
    }

    private static func attribute(_ name: String, of line: Substring) -> String? {
        guard let start = line.firstRange(of: " \(name)=\"") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
}
