import Conformance
import MutantList
import Testing
import VirtioWire

@Suite("The GPU's cases")
struct GPUCaseTests {
    private static let ids = [
        "gpu/fence/GPU-D-007", "gpu/fence/GPU-D-008", "gpu/edid/GPU-I-013",
        "gpu/capset/GPU-I-023", "gpu/capset/GPU-D-011", "gpu/capset/GPU-I-024",
        "gpu/uuid/GPU-I-025", "gpu/uuid/GPU-D-017", "gpu/display/GPU-I-012",
        "gpu/2d/GPU-I-014", "gpu/2d/GPU-I-015", "gpu/2d/GPU-I-016", "gpu/2d/GPU-I-018",
        "gpu/2d/GPU-I-022", "gpu/cursor/GPU-I-035",
    ]

    /// The cases that the fake GPU has faults for, each of its own.
    private static let cases = [ConformanceCase].all.filter { ids.contains($0.id) }

    @Test("A GPU without faults passes every case")
    func faultless() throws {
        let results = try ConformanceRunner(
            cases: Self.cases, makeDevice: { try FakeGPU.make() }
        ).run()
        #expect(results.map(\.id) == Self.ids)
        for result in results { #expect(result.verdict == .pass, "\(result)") }
    }

    /// A fault, the cases that tell of it, and a part of what they say was expected.
    struct Broken: Sendable, CustomTestStringConvertible {
        let fault: FakeGPU.Fault
        let cases: [String]
        let expected: String
        var isNonStrict = false
        var testDescription: String { "\(fault)" }
    }

    private static let broken = [
        Broken(fault: .dropsFence, cases: [ids[0]], expected: "VIRTIO_GPU_FLAG_FENCE"),
        Broken(fault: .dropsFenceOnErrors, cases: [ids[0]], expected: "VIRTIO_GPU_FLAG_FENCE"),
        Broken(fault: .dropsFenceID, cases: [ids[1]], expected: "fence_id 0xffffffff"),
        Broken(fault: .cutsFenceID, cases: [ids[1]], expected: "fence_id 0xffffffffffffffff"),
        Broken(fault: .dropsFenceIDOnErrors, cases: [ids[1]], expected: "fence_id 0xffffffff"),
        Broken(fault: .shortEDID, cases: [ids[2]], expected: "1056 bytes"),
        Broken(fault: .emptyEDID, cases: [ids[2]], expected: "a size of 1 to 8 blocks"),
        Broken(fault: .halfBlock, cases: [ids[2]], expected: "a size of 1 to 8 blocks"),
        Broken(fault: .wrongMagic, cases: [ids[2]], expected: "begins with 00 ff"),
        Broken(fault: .wrongSum, cases: [ids[2]], expected: "block 1 to sum to 0"),
        Broken(
            fault: .countsMissingExtension, cases: [ids[2]], expected: "1 extension blocks"),
        Broken(fault: .anyScanout, cases: [ids[2]], expected: "there is no scanout 2"),
        Broken(fault: .anyCapsetIndex, cases: [ids[3]], expected: "num_capsets is 2"),
        Broken(
            fault: .fewerCapsets, cases: [ids[3], ids[4], ids[5]],
            expected: "VIRTIO_GPU_RESP_OK_CAPSET_INFO for index 1"),
        Broken(
            fault: .shortCapsetInfo, cases: [ids[3], ids[4], ids[5]], expected: "40 bytes"),
        Broken(fault: .sameCapsetTwice, cases: [ids[3]], expected: "an id for each capset"),
        Broken(fault: .unknownCapset, cases: [ids[4]], expected: "ids from 1 to 5"),
        Broken(
            fault: .linuxCapset, cases: [ids[4]], expected: "ids from 1 to 5", isNonStrict: true),
        Broken(fault: .longCapset, cases: [ids[5]], expected: "at most 124 bytes"),
        Broken(fault: .anyCapset, cases: [ids[5]], expected: "was not enumerated"),
        Broken(
            fault: .anyCapsetVersion, cases: [ids[5]], expected: "there is no version 2",
            isNonStrict: true),
        Broken(fault: .newUUIDEachTime, cases: [ids[6]], expected: "still"),
        Broken(fault: .oneUUIDForAll, cases: [ids[6]], expected: "two UUIDs"),
        Broken(fault: .uuidOfNothing, cases: [ids[6]], expected: "there is no resource"),
        Broken(
            fault: .nothingExported, cases: [ids[6], ids[7]],
            expected: "VIRTIO_GPU_RESP_OK_RESOURCE_UUID"),
        Broken(
            fault: .uuidOfOtherVersion, cases: [ids[7]], expected: "a version 4 UUID",
            isNonStrict: true),
        Broken(
            fault: .uuidOfOtherVariant, cases: [ids[7]], expected: "a version 4 UUID",
            isNonStrict: true),
        Broken(fault: .shortDisplayInfo, cases: [ids[8]], expected: "408 bytes"),
        Broken(fault: .displayNotCounted, cases: [ids[8]], expected: "display 2 to be off"),
        Broken(fault: .fewFormats, cases: [ids[9]], expected: "for format 3"),
        Broken(fault: .anyFormat, cases: [ids[9]], expected: "no format 0"),
        Broken(fault: .idTwice, cases: [ids[9]], expected: "id 1 is in use"),
        Broken(fault: .noPixels, cases: [ids[9]], expected: "0 by 1 pixels"),
        Broken(fault: .idTakenByFailure, cases: [ids[9]], expected: "id 100 to be free"),
        Broken(fault: .unrefOfNothing, cases: [ids[10]], expected: "no resource 1 yet"),
        Broken(fault: .idNotFreed, cases: [ids[10]], expected: "resource 1 is gone"),
        Broken(fault: .shownCannotGo, cases: [ids[10]], expected: "while it is shown"),
        Broken(fault: .anyRect, cases: [ids[11]], expected: "65 by 64 at 0, 0"),
        Broken(fault: .wrappingRect, cases: [ids[11]], expected: "32 by 32 at 4294967295, 0"),
        Broken(fault: .anyScanoutID, cases: [ids[11]], expected: "there is no scanout 2"),
        Broken(fault: .cannotTurnOff, cases: [ids[12]], expected: "to be off"),
        Broken(
            fault: .transferWithoutBacking, cases: [ids[13]], expected: "there is no backing"),
        Broken(fault: .keepsBacking, cases: [ids[13]], expected: "there is no backing"),
        Broken(fault: .countIsTrusted, cases: [ids[13]], expected: "longer than what follows"),
        Broken(fault: .silentCursor, cases: [ids[14]], expected: "an answer within 50 ms"),
        Broken(fault: .silent, cases: ids, expected: "an answer within 50 ms"),
    ]

    @Test("A fault is told by its cases, and by no other", arguments: broken)
    func fault(_ broken: Broken) throws {
        let runner = ConformanceRunner(
            cases: Self.cases, patienceMillis: 50, makeDevice: { try FakeGPU.make(broken.fault) })
        for result in try runner.run() {
            guard broken.cases.contains(result.id) else {
                #expect(result.verdict == .pass, "\(result)")
                continue
            }
            switch result.verdict {
            case .fail: #expect(!broken.isNonStrict, "\(result)")
            case .nonStrict: #expect(broken.isNonStrict, "\(result)")
            case .pass, .informational, .unimplemented, .skipped: Issue.record("\(result)")
            }
            #expect(result.expected?.contains(broken.expected) == true, "\(result)")
        }
    }

    @Test("Every fault of the fake GPU is tried, and every case fails at one of them")
    func complete() {
        let known = Set(Self.broken.map(\.fault)).union([.yes, .no])
        #expect(known == Set(FakeGPU.Fault.allCases))
        let judging = Self.broken.filter { $0.fault != .silent }
        #expect(Set(judging.flatMap(\.cases)) == Set(Self.ids))
    }

    @Test("The list of mutants names those of the GPU")
    func listed() throws {
        #expect(
            try MutantList.rows(of: "The GPU")
                == Self.broken.map { "| \($0.fault) | `\($0.cases[0])` |" })
    }

    @Test("Without a feature its cases are unimplemented")
    func unimplemented() throws {
        let results = try ConformanceRunner(
            cases: Self.cases, makeDevice: { try FakeGPU.make(features: []) }
        ).run()
        let features = results.compactMap { result -> String? in
            guard case .unimplemented(let feature) = result.verdict else { return nil }
            return feature
        }
        #expect(
            features == [
                "VIRTIO_GPU_F_EDID", "VIRTIO_GPU_F_RESOURCE_UUID", "VIRTIO_GPU_F_RESOURCE_UUID",
            ])
    }

    @Test("Every other case fails on a GPU that says yes to everything, or on one that says no")
    func yesAndNo() throws {
        var passed: [Set<String>] = []
        for fault in [FakeGPU.Fault.yes, .no] {
            let runner = ConformanceRunner(
                cases: .gpu + .virgl, patienceMillis: 50,
                makeDevice: { try FakeGPU.make(fault, features: FakeGPU.allFeatures) })
            var ids: Set<String> = []
            for result in try runner.run() where !Self.ids.contains(result.id) {
                switch result.verdict {
                case .fail, .unimplemented: break
                case .pass, .nonStrict, .informational, .skipped: ids.insert(result.id)
                }
            }
            passed.append(ids)
        }
        // Statements about the configuration and the regions: no answer is wrong there.
        let withoutAnswers: Set<String> = [
            "gpu/config/GPU-I-001", "gpu/config/GPU-I-002", "gpu/config/GPU-I-003",
            "gpu/config/GPU-I-004", "gpu/config/GPU-I-006", "gpu/config/GPU-R-001",
            "gpu/config/GPU-D-003",
        ]
        let always = passed[0].intersection(passed[1]).subtracting(withoutAnswers)
        #expect(always.isEmpty, "\(always.sorted())")
    }

    @Test("A failure tells request, expectation and answer")
    func description() throws {
        let results = try ConformanceRunner(
            filter: CaseFilter("*GPU-D-007"), makeDevice: { try FakeGPU.make(.dropsFence) }
        ).run()
        let text = try #require(results.first?.description)
        #expect(text.hasPrefix("gpu/fence/GPU-D-007 (MUST): fail: expected a response with"))
        #expect(text.contains("received VIRTIO_GPU_RESP_OK_DISPLAY_INFO, 408 bytes: 01 11 00 00"))
        #expect(text.contains("last sent: VIRTIO_GPU_CMD_GET_DISPLAY_INFO, 24 bytes: 00 01 00 00"))
    }
}
