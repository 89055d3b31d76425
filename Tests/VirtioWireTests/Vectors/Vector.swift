// Golden bytes as Spec/vectors/README.md describes their files.

import Foundation
import Testing

/// Bytes with what they say, or with what is wrong with them.
struct Vector: Sendable, CustomTestStringConvertible {
    /// What a field holds.
    enum Value: Sendable, Equatable {
        case integer(Int128)
        case text(String)
        case bytes([UInt8])
    }

    /// Structures or integers that lie behind the first structure.
    struct Part: Sendable {
        var field: String
        var type: String
        var count: Int
    }

    struct Expectation: Sendable {
        var path: String
        var value: Value
    }

    var name = ""
    var proto = ""
    var message: String?
    var role: String?
    var descriptors: Int?
    var type = ""
    var parts: [Part] = []
    var bytes: [UInt8] = []
    var expected: [Expectation] = []
    /// Of a bad vector only.
    var error: String?

    var testDescription: String { name }

    static let all: [Vector] = read()
    static let good = all.filter { $0.error == nil }
    static let bad = all.filter { $0.error != nil }

    /// Good vectors of a structure alone that has a Swift type, one of each structure at least.
    static let messages = good.filter { Codecs.all[$0.type] != nil }

    private static func read() -> [Vector] {
        let folder = SpecIndex.folder.appending(path: "vectors")
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        let texts = (files ?? []).filter { $0.pathExtension == "txt" }
            .sorted { $0.path < $1.path }
            .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
        return texts.flatMap { VectorReader.read($0) }
    }
}

/// Reads one file.
struct VectorReader {
    private enum Block { case none, bytes, expect }
    private var vectors: [Vector] = []
    private var block = Block.none

    static func read(_ text: String) -> [Vector] {
        var reader = VectorReader()
        for line in text.split(separator: "\n") { reader.read(line) }
        return reader.vectors
    }

    private mutating func read(_ line: Substring) {
        let isInside = line.first == " "
        let line = line.drop { $0 == " " }
        if line.first == "#" { return }
        if isInside {
            switch block {
            case .bytes: vectors[vectors.count - 1].bytes += Self.bytes(line)
            case .expect: vectors[vectors.count - 1].expected.append(Self.expectation(line))
            case .none: break
            }
        } else {
            readKey(line)
        }
    }

    private mutating func readKey(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1)
        let rest = words.count == 2 ? String(words[1]) : ""
        if words[0] == "vector" {
            vectors.append(Vector(name: rest))
            return
        }
        let last = vectors.count - 1
        switch words[0] {
        case "protocol": vectors[last].proto = rest
        case "message": vectors[last].message = rest
        case "role": vectors[last].role = rest
        case "descriptors": vectors[last].descriptors = Int(rest)
        case "struct": vectors[last].type = rest
        case "then":
            let words = rest.split(separator: " ").map(String.init)
            vectors[last].parts.append(
                Vector.Part(field: words[0], type: words[1], count: Int(words[2]) ?? -1))
        case "bytes": block = .bytes
        case "expect": block = .expect
        case "error": vectors[last].error = rest
        default: break
        }
    }

    /// `00 01 ff*16 # comment`
    private static func bytes(_ line: Substring) -> [UInt8] {
        line.prefix { $0 != "#" }.split(separator: " ").flatMap { word in
            let parts = word.split(separator: "*")
            guard let byte = UInt8(parts[0], radix: 16) else { return [UInt8]() }
            return Array(repeating: byte, count: parts.count == 2 ? Int(parts[1]) ?? 0 : 1)
        }
    }

    private static func expectation(_ line: Substring) -> Vector.Expectation {
        let sides = line.split(separator: " = ", maxSplits: 1)
        let value = sides.count == 2 ? sides[1] : ""
        if value.first == "\"" {
            let text = String(value.dropFirst().dropLast())
            return Vector.Expectation(path: String(sides[0]), value: .text(text))
        }
        if value.hasPrefix("bytes") {
            let bytes = bytes(value.dropFirst("bytes".count))
            return Vector.Expectation(path: String(sides[0]), value: .bytes(bytes))
        }
        return Vector.Expectation(
            path: String(sides[0]), value: .integer(Int128(String(value)) ?? -1))
    }
}
