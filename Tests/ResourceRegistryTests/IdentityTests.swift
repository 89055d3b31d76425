// Names of objects: the clauses ID-1 to ID-5.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@Suite("An exported object's name")
struct IdentityTests {
    @Test("is an RFC 4122 UUID of version 4 [ID-1] [GPU-D-017]")
    func version() throws {
        let domain = try Domain()
        for _ in 0..<1000 {
            let uuid = try domain.export().uuid
            try #require(uuid.version == 4)
            try #require(uuid.isRFC4122Variant)
            try #require(uuid != .zero)
            try #require(uuid != .allOnes)
        }
    }

    @Test("has 122 bits that are random: each is set about half of the time [ID-1]")
    func randomBits() throws {
        let domain = try Domain()
        var ones = [Int](repeating: 0, count: 128)
        for _ in 0..<1024 {
            let uuid = try domain.export().uuid
            for bit in 0..<64 {
                if uuid.high >> bit & 1 == 1 { ones[bit] += 1 }
                if uuid.low >> bit & 1 == 1 { ones[64 + bit] += 1 }
            }
        }
        // Bits 12 to 15 of the high half are the version, 62 and 63 of the low half the variant.
        let fixed: Set = [12, 13, 14, 15, 126, 127]
        for bit in 0..<128 where !fixed.contains(bit) {
            // 512 +- 10 standard deviations.
            #expect((352...672).contains(ones[bit]), "bit \(bit) was set \(ones[bit]) times")
        }
    }

    @Test("comes of ChaCha20's key stream, as RFC 8439 (A.1, vectors 1 and 2) has it [ID-1]")
    func keyStream() {
        // The first and the last word of the first two blocks, for a key of nothing.
        let nothing = RandomStream.blocks(key: InlineArray(repeating: 0))
        #expect(nothing[0] == 0x903d_f1a0_ade0_b876)
        #expect(nothing[7] == 0x8665_eeb2_69b6_87c3)
        #expect(nothing[8] == 0x7a38_5155_bee7_079f)
        #expect(nothing[15] == 0x6f4d_794b_1f0a_e1ac)
        var other = InlineArray<8, UInt32>(repeating: 0)
        other[7] = 1
        let words = RandomStream.blocks(key: other)
        #expect((0..<32).allSatisfy { words[$0] != nothing[$0] })
    }

    @Test("is of a stream that never repeats, in a domain or beside another's [ID-1] [ID-4]")
    func streams() {
        var streams = [RandomStream(), RandomStream()]
        var seen: Set<UInt64> = []
        // Past many keys: a piece has 14 pairs, and the kernel gives a key for 256 pieces.
        for _ in 0..<(14 * 256 * 2 + 5) {
            for index in streams.indices {
                let (a, b) = streams[index].twoWords()
                seen.insert(a)
                seen.insert(b)
            }
        }
        #expect(seen.count == 4 * (14 * 256 * 2 + 5))
    }

    @Test("is never used again [ID-4]")
    func unique() throws {
        let domain = try Domain()
        var seen: Set<ResourceUUID> = []
        for _ in 0..<1000 {
            let object = try domain.export()
            try #require(seen.insert(object.uuid).inserted)
            try domain.registry.remove(object, by: domain.exporter)
        }
        #expect(seen.count == 1000)
    }

    @Test("is unknown once removed, in another domain, or when it never was: one answer [ID-5]")
    func oneAnswer() throws {
        let domain = try Domain()
        let other = try Domain()
        let removed = try domain.export()
        try domain.registry.remove(removed, by: domain.exporter)
        let foreign = try other.export()
        let never = ResourceUUID(high: 0x0011_2233_4455_4677, low: 0x8899_aabb_ccdd_eeff)
        for uuid in [removed.uuid, foreign.uuid, never, .zero, .allOnes] {
            #expect(throws: RegistryError.unknownObject) {
                try domain.registry.attach(uuid, by: domain.importer, direction: .read)
            }
        }
        #expect(domain.registry.counters.refusedLookups == 5)
        #expect(domain.registry.counters.attachments == 0)
        #expect(other.registry.counters.refusedLookups == 0)
    }

    @Test("of one domain never resolves in another, whichever exports first [ID-5]")
    func twoDomains() throws {
        let (a, b) = (try Domain(), try Domain())
        for _ in 0..<64 {
            let (ofA, ofB) = (try a.export(), try b.export())
            #expect(throws: RegistryError.unknownObject) { try b.attach(ofA) }
            #expect(throws: RegistryError.unknownObject) { try a.attach(ofB) }
            #expect(try a.attach(ofA).object === ofA)
            #expect(try b.attach(ofB).object === ofB)
        }
    }

    @Test("cannot be used by one who has not joined the domain")
    func strangers() throws {
        let (domain, other) = (try Domain(), try Domain())
        // Its number was never given to a participant here.
        let stranger = other.registry.join(name: "third")
        let object = try domain.export()
        #expect(throws: RegistryError.unknownParticipant) {
            try domain.registry.attach(object.uuid, by: stranger, direction: .read)
        }
        #expect(throws: RegistryError.unknownParticipant) {
            try domain.registry.export(
                by: stranger, sizeBytes: 1, memory: nil, onUnused: { _ in })
        }
    }
}
