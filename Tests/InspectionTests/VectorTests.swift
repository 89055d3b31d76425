// Every vector of Spec/vectors, read by the inspector: the good ones say what they expect, the bad ones
// are refused at the place that they name.

import Testing
import VirtioWire

@testable import Inspection

@Suite("An inspection")
struct VectorTests {
    /// Rings that structures of fixed size cannot describe: what stands behind the header is not read.
    private static let ringsWithoutTable = ["virtqueue/available", "virtqueue/used"]

    @Test("reads every value of the good vectors", arguments: SampleVectors.good)
    func goodVectors(file: String) throws {
        let vectors = try SampleVectors.read(file)
        #expect(vectors.count >= 8)
        var compared = 0
        for vector in vectors {
            var inspector = Inspector(detail: .whole)
            let reports = try inspector.reports(vector.packet)
            let report = try #require(reports.first, "\(vector.id)")
            #expect(reports.count == 1, "\(vector.id)")
            #expect(report.isValid, "\(vector.id): \(report.findings.map(\.line))")
            #expect(report.label == vector.id)
            let byOffset = Dictionary(grouping: report.leaves, by: \.offset)
            for expected in vector.expected {
                let offset = try #require(expected.offset, "\(vector.id) \(expected.name)")
                let found = byOffset[offset] ?? []
                if found.isEmpty, Self.ringsWithoutTable.contains(vector.id) { continue }
                #expect(
                    found.contains { Self.agrees($0, expected.value) }
                        || Self.bytes(of: report, from: offset) == expected.value,
                    "\(vector.id) \(expected.name) = \(expected.value), read \(found)")
                compared += 1
            }
        }
        #expect(compared > 20)
    }

    private static func agrees(_ field: Field, _ value: String) -> Bool {
        if value.hasPrefix("\"") { return "\"\(field.notation)\"" == value }
        return field.notation == value || "bytes " + field.notation == value
    }

    /// UUIDs one after the other, in the notation of the vectors.
    private static func bytes(of report: MessageReport, from offset: Int) -> String {
        let names = report.leaves.filter { $0.offset >= offset && $0.name.hasPrefix("uuid") }
        let digits = Array(names.flatMap { $0.notation.filter { $0 != "-" } })
        return "bytes "
            + stride(from: 0, to: digits.count - 1, by: 2).map { String(digits[$0...$0 + 1]) }
            .joined(separator: " ")
    }

    @Test("refuses every bad vector at its place", arguments: SampleVectors.good)
    func badVectors(file: String) throws {
        let vectors = try SampleVectors.read(file + "-bad")
        #expect(vectors.count >= 4)
        for vector in vectors {
            var inspector = Inspector()
            let reports = try inspector.reports(vector.packet)
            let errors = reports.flatMap(\.findings).filter { $0.kind == .error }
            let error = try #require(vector.error)
            #expect(!errors.isEmpty, "\(vector.id): \(error)")
            guard let match = error.firstMatch(of: /at (\d+)/), let offset = Int(match.1) else {
                #expect(error == "descriptors", "\(vector.id)")
                continue
            }
            #expect(
                errors.contains { $0.offset == offset },
                "\(vector.id): \(error), said \(errors.map(\.line))")
        }
    }

    @Test("of a message cut short anywhere ends without a trap", arguments: SampleVectors.good)
    func truncations(file: String) throws {
        for vector in try SampleVectors.read(file) {
            let step = max(1, vector.bytes.count / 31)
            for count in stride(from: 0, to: vector.bytes.count, by: step) {
                var packet = vector.packet
                packet.bytes = Array(vector.bytes.prefix(count))
                var inspector = Inspector()
                let reports = try inspector.reports(packet)
                #expect(reports.allSatisfy { !$0.tree.isEmpty })
                // A failed media response is 8 bytes, and a rest of any length may be shorter.
                let size = vector.structure.flatMap { Spec.current.structure($0)?.size } ?? 0
                if count < min(8, size) {
                    #expect(!reports.allSatisfy { $0.isValid }, "\(vector.id) cut to \(count)")
                }
            }
        }
    }

    @Test("of random bytes ends without a trap, whatever they are said to be")
    func randomBytes() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<150 {
            let size = Int.random(in: 0...300, using: &random)
            // Small words reach further than wild ones.
            let limit: UInt8 = round % 2 == 0 ? 4 : 255
            let bytes = (0..<size).map { _ in UInt8.random(in: 0...limit, using: &random) }
            for kind in PacketKind.allCases {
                var inspector = Inspector()
                let reports = try inspector.reports(Packet(bytes: bytes, kind: kind))
                #expect(!reports.isEmpty, "\(kind) \(bytes)")
            }
        }
    }

    @Test("of every structure of every document reads zeros of its size")
    func allStructures() throws {
        let names = Spec.current.structNames
        #expect(names.count > 90)
        for name in names {
            let size = try #require(Spec.current.structure(name)).size
            var inspector = Inspector()
            let bytes = [UInt8](repeating: 0, count: size)
            let reports = try inspector.reports(Packet(bytes: bytes, structure: name))
            let errors = reports.flatMap(\.findings).filter { $0.kind == .error }
            // Only a constant that is not zero can be missed.
            #expect(
                errors.allSatisfy {
                    $0.text.contains("is 0, expected") || $0.text.contains("expected")
                }, "\(name): \(errors)")
            guard size > 0 else { continue }
            let short = Packet(bytes: [UInt8](repeating: 0, count: size - 1), structure: name)
            let cut = try inspector.reports(short)
            #expect(cut.first?.isValid == false, "\(name)")
        }
    }

    @Test("[VU-006] rules of requests agree with every vector that counts descriptors")
    func descriptorRules() throws {
        var counted = 0
        for (file, isGPU) in [("vhost_user", false), ("vhost_user_gpu", true)] {
            for vector in try SampleVectors.read(file) {
                guard let kind = vector.kind, let count = vector.descriptors else { continue }
                let number = UInt32(vector.bytes[0])
                let rule =
                    isGPU
                    ? VhostUserGPU.Request(number).rule
                    : kind == .vhostUser
                        ? VhostUser.FrontEndRequest(number).rule
                        : VhostUser.BackEndRequest(number).rule
                let content = try #require(
                    vector.role?.hasSuffix("reply") == true ? rule?.reply : rule?.request)
                #expect(content.descriptors.contains(count), "\(vector.id)")
                #expect(content.allows(sizeBytes: vector.bytes.count - 12), "\(vector.id)")
                counted += 1
            }
        }
        #expect(counted > 90)
        for vector in try SampleVectors.read("vhost_user-bad") where vector.error == "descriptors" {
            let number = UInt32(vector.bytes[0])
            let rule =
                vector.kind == .vhostUser
                ? VhostUser.FrontEndRequest(number).rule : VhostUser.BackEndRequest(number).rule
            let isReply = vector.role?.hasSuffix("reply") == true
            let allowed = try #require(isReply ? rule?.reply : rule?.request).descriptors
            let count = try #require(vector.descriptors)
            // SET_MEM_TABLE and the vring words count further, by their payload.
            let isCountedByPayload = vector.id.contains("MEM_TABLE") || vector.id.contains("VRING")
            #expect(!allowed.contains(count) || isCountedByPayload, "\(vector.id)")
        }
    }

    @Test("[VU-010] numbers that are no request have no rule")
    func noRule() {
        for number: UInt32 in [0, 46, 1000, .max] {
            #expect(VhostUser.FrontEndRequest(number).rule == nil)
            #expect(VhostUser.BackEndRequest(number).rule == nil)
            #expect(VhostUserGPU.Request(number).rule == nil)
        }
        for number: UInt32 in 1...45 { #expect(VhostUser.FrontEndRequest(number).rule != nil) }
        for number: UInt32 in 1...10 { #expect(VhostUser.BackEndRequest(number).rule != nil) }
        for number: UInt32 in 1...12 { #expect(VhostUserGPU.Request(number).rule != nil) }
    }
}
