// The fuzzers' bodies with inputs that are kept: all vectors, and each crash that was ever found.

import Foundation
import Testing
import VirtioWire

@Suite("A fuzzer's body")
struct FuzzReplayTests {
    private static let crashes = SpecIndex.folder.deletingLastPathComponent()
        .appending(path: "Fuzz/Wire/Crashes")

    private func run(_ fuzz: WireFuzz, _ bytes: [UInt8]) {
        var input = WireBuffer(capacity: bytes.count)
        input.append(contentsOf: bytes)
        fuzz.run(input)
    }

    @Test("holds for every vector as any decoder's input", arguments: WireFuzz.allCases)
    func vectors(fuzz: WireFuzz) {
        #expect(Vector.all.count > 600)
        for vector in Vector.all where vector.bytes.count < 2048 {
            for choice in fuzz.choices { run(fuzz, [choice] + vector.bytes) }
        }
    }

    @Test("holds for every input that once broke it", arguments: WireFuzz.allCases)
    func crashes(fuzz: WireFuzz) throws {
        let folder = Self.crashes.appending(path: fuzz.rawValue)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "each fuzzer keeps its shortest inputs at least")
        for file in files { run(fuzz, Array(try Data(contentsOf: file))) }
    }
}
