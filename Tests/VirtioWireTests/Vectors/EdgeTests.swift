// Decoders at the edges of their fields, and with bytes that nobody meant.

import Testing
import VirtioWire

@Suite("A decoder")
struct EdgeTests {
    /// One good message of each structure that has a Swift type.
    private static let one: [Vector] = {
        var seen: Set<String> = []
        return Vector.messages.filter { seen.insert($0.type).inserted }
    }()

    /// Numbers that break careless arithmetic, in little-endian, for a field of that size.
    private static func edges(sizeBytes: Int) -> [[UInt8]] {
        let top = Array(repeating: UInt8(0), count: sizeBytes - 1) + [0x80]
        return [
            Array(repeating: 0, count: sizeBytes), Array(repeating: 0xff, count: sizeBytes),
            [1] + Array(repeating: 0, count: sizeBytes - 1), top,
            Array(repeating: 0xff, count: sizeBytes - 1) + [0x7f],
            Array(repeating: 0xa5, count: sizeBytes),
        ]
    }

    @Test("keeps every value of every field, known or not", arguments: one)
    func edges(vector: Vector) throws {
        let type = try #require(Codecs.all[vector.type])
        let structure = try #require(SpecIndex.structs[vector.type])
        for field in structure.fields where field.type.kind != "struct" && field.type.count == nil {
            for edge in Self.edges(sizeBytes: field.size) {
                var bytes = Array(vector.bytes.prefix(type.sizeBytes))
                bytes.replaceSubrange(field.range, with: edge)
                try check(type, field, bytes, edge)
            }
        }
    }

    private func check(
        _ type: any WireMessage.Type, _ field: SpecIndex.Field, _ bytes: [UInt8], _ edge: [UInt8]
    ) throws {
        if let constant = field.constant {
            let expected = Vector.Value.integer(Int128(constant)).bytes(sizeBytes: field.size)
            guard edge != expected else { return }
            #expect(throws: WireError(kind: .wrongType, offset: field.offset)) {
                try decode(type, bytes)
            }
        } else if let member = field.swift, member.name != "timestampNanos" {
            let message = try decode(type, bytes)
            #expect(Member.bytes(of: message, name: member.name) == edge, "\(member.name)")
            // The member alone tells what is written.
            #expect(Array(encoded(message)[field.range]) == edge, "\(member.name)")
        } else {
            _ = try decode(type, bytes)
        }
    }

    @Test("ignores reserved bytes on read and writes zeros", arguments: one)
    func reserved(vector: Vector) throws {
        func check<M: WireMessage>(_ type: M.Type, _ structure: SpecIndex.Structure) throws {
            let own = Array(vector.bytes.prefix(type.sizeBytes))
            var bytes = own
            for (offset, isCarried) in structure.carried.enumerated() where !isCarried {
                // A union's other side may be read.
                guard !structure.isUnion(at: offset) else { continue }
                bytes[offset] = 0xff
            }
            let message = try decode(type, bytes)
            #expect(try message == decode(type, own))
            #expect(encoded(message) == own)
        }
        let type = try #require(Codecs.all[vector.type])
        try check(type, try #require(SpecIndex.structs[vector.type]))
    }

    @Test("never stops for random bytes, and gives back what it has read", arguments: one)
    func random(vector: Vector) throws {
        func check<M: WireMessage>(_ type: M.Type, _ structure: SpecIndex.Structure) throws {
            var generator = SplitMix64(state: 0x5eed)
            let rounds = max(4, 20_000 / max(1, type.sizeBytes))
            for _ in 0..<rounds {
                var bytes = (0..<type.sizeBytes).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                for field in structure.fields {
                    guard let constant = field.constant else { continue }
                    bytes.replaceSubrange(
                        field.range,
                        with: Vector.Value.integer(Int128(constant)).bytes(sizeBytes: field.size))
                }
                let message = try decode(type, bytes)
                let written = encoded(message)
                #expect(written.count == type.sizeBytes)
                // Texts are mended and times are held at their ends: the second round changes nothing.
                let again = try decode(type, written)
                #expect(encoded(again) == written)
                guard !structure.isMended else { continue }
                #expect(again == message)
                let carried = structure.carried
                let differs = bytes.indices.contains { carried[$0] && bytes[$0] != written[$0] }
                #expect(!differs, "a carried byte was lost")
            }
        }
        let type = try #require(Codecs.all[vector.type])
        try check(type, try #require(SpecIndex.structs[vector.type]))
    }

    @Test("never stops for random bytes of any length", arguments: one)
    func randomLength(vector: Vector) throws {
        func check<M: WireMessage>(_ type: M.Type) {
            var generator = SplitMix64(state: 0xbad)
            for _ in 0..<200 {
                let count = Int.random(in: 0...type.sizeBytes + 8, using: &generator)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                do throws(WireError) { _ = try decode(type, bytes) } catch {
                    let isShort = error == WireError(kind: .truncated, offset: count)
                    if count < type.sizeBytes ? !isShort : error.kind != .wrongType {
                        Issue.record("\(count) bytes: \(error)")
                    }
                }
            }
        }
        let type = try #require(Codecs.all[vector.type])
        check(type)
    }
}

extension SpecIndex.Structure {
    /// Whether a byte belongs to a row of a union that may or may not count.
    func isUnion(at offset: Int) -> Bool {
        fields.contains { $0.condition != nil && $0.range.contains(offset) }
    }

    /// Whether random bytes do not survive: texts that are no UTF-8, times that overflow.
    var isMended: Bool {
        fields.contains { field in
            if let inner = SpecIndex.structs[field.type.name], field.type.kind == "struct" {
                return inner.isMended
            }
            return field.swift?.type == "String" || field.swift?.name == "timestampNanos"
        }
    }
}

/// Random numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
