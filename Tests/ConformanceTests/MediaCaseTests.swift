import Conformance
import GuestDriver
import HostBridge
import MutantList
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's cases")
struct MediaCaseTests {
    /// Those that the fake device is made for.
    private static let ids = ["media/session/MED-D-001", "media/ioctl/MED-D-007"]
    private static let ours = CaseFilter("media/*")

    private static var faked: [ConformanceCase] {
        [ConformanceCase].all.filter { ids.contains($0.id) }
    }

    /// Every statement of the standard about the device that can be tested.
    private static let clauses = [
        "MED-D-001", "MED-D-002", "MED-D-003", "MED-D-004", "MED-D-005", "MED-D-006", "MED-D-007",
        "MED-D-008", "MED-D-009", "MED-D-010", "MED-D-011", "MED-D-012", "MED-D-013", "MED-I-001",
        "MED-I-002", "MED-I-003", "MED-I-004", "MED-I-005", "MED-I-006", "MED-I-007", "MED-I-008",
        "MED-I-009", "MED-I-010", "MED-I-011", "MED-I-012", "MED-I-013", "MED-I-014", "MED-I-015",
        "MED-I-016", "MED-I-017", "MED-I-018", "MED-R-001",
    ]

    @Test("There is one for every clause that can be tested")
    func everyClause() {
        let ids = [ConformanceCase].all.map(\.id).filter { $0.hasPrefix("media/") }
        #expect(
            ids.compactMap { $0.split(separator: "/").last.map(String.init) }.sorted()
                == Self.clauses)
    }

    /// Runs every case against our device.
    private func results(
        _ decoder: DecoderDescription = SimulatedDecoder.description,
        configure: @escaping @Sendable (inout MediaConfiguration) -> Void = { _ in }
    ) throws -> [ConformanceResult] {
        try ConformanceRunner(filter: Self.ours) {
            let machine = try GuestMachine(memoryBytes: 16 << 20)
            let transport = try InProcessTransport(
                name: "virtio-media", memory: machine.memory, queueCount: 2,
                make: {
                    var configuration = MediaConfiguration(decoders: [decoder])
                    configure(&configuration)
                    return try MediaDevice(
                        configuration: configuration, domain: ResourceRegistry())
                })
            return (transport, machine)
        }.run()
    }

    /// Noise does not make a session fail: these have nothing to judge then.
    private static let needFailure = ["media/event/MED-I-008", "media/session/MED-D-012"]

    @Test(
        "Our media device passes every case, with queues of either kind",
        arguments: [QueueKind.singlePlanar, .multiPlanar])
    func ours(kind: QueueKind) throws {
        for result in try results(configure: { $0.queueKind = kind }) {
            if Self.needFailure.contains(result.id) {
                guard case .informational = result.verdict else {
                    Issue.record("\(result)")
                    continue
                }
            } else {
                #expect(result.verdict == .pass, "\(result)")
            }
        }
    }

    @Test("Our media device passes those of a session that fails")
    func failing() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.failsAt = 1
        let results = try results(SimulatedDecoder.describe(behaviour))
        for result in results where Self.needFailure.contains(result.id) {
            #expect(result.verdict == .pass, "\(result)")
        }
    }

    @Test("Our media device without shared memory says that MMAP is not implemented")
    func withoutRegion() throws {
        let results = try results(configure: { $0.mmapRegionBytes = 0 })
        for result in results where result.id.contains("/mmap/") || result.id.contains("/object/") {
            guard case .unimplemented = result.verdict else {
                Issue.record("\(result)")
                continue
            }
        }
    }

    @Test("A media device without faults passes every case")
    func faultless() throws {
        let results = try ConformanceRunner(
            cases: Self.faked, makeDevice: { try FakeMedia.make() }
        ).run()
        #expect(results.map(\.id) == Self.ids)
        for result in results { #expect(result.verdict == .pass, "\(result)") }
    }

    /// A fault, the cases that tell of it, and a part of what they say was expected.
    struct Broken: Sendable, CustomTestStringConvertible {
        let fault: FakeMedia.Fault
        let cases: [String]
        let expected: String
        var testDescription: String { "\(fault)" }
    }

    private static let broken = [
        Broken(
            fault: .repeatingCounter, cases: [ids[0]], expected: "those of the 8 open sessions"),
        Broken(
            fault: .countsOpenSessions, cases: [ids[0]],
            expected: "those of the 11 open sessions"),
        Broken(fault: .neverOpens, cases: ids, expected: "session"),
        Broken(fault: .shortOpen, cases: ids, expected: "at least 16 bytes"),
        Broken(
            fault: .invalidForUnsupported, cases: [ids[1]], expected: "(25) for VIDIOC_QUERYCAP"),
        Broken(fault: .takesLogStatus, cases: [ids[1]], expected: "(25) for VIDIOC_LOG_STATUS"),
        Broken(fault: .takesUnknownIoctl, cases: [ids[1]], expected: "(25) for ioctl 255"),
        Broken(fault: .takesEncodedValue, cases: [ids[1]], expected: "encoded value"),
        Broken(fault: .negativeStatus, cases: [ids[1]], expected: "ENOTTY (25)"),
        Broken(fault: .unusableAfterwards, cases: [ids[1]], expected: "another session"),
        Broken(fault: .silentOnDQBuf, cases: [ids[1]], expected: "an answer within 50 ms"),
    ]

    @Test("A fault is told by its cases, and by no other", arguments: broken)
    func fault(_ broken: Broken) throws {
        let runner = ConformanceRunner(
            cases: Self.faked, patienceMillis: 50, makeDevice: { try FakeMedia.make(broken.fault) })
        for result in try runner.run() {
            guard broken.cases.contains(result.id) else {
                #expect(result.verdict == .pass, "\(result)")
                continue
            }
            guard case .fail(let finding) = result.verdict else {
                Issue.record("\(result)")
                continue
            }
            #expect(finding.expected.contains(broken.expected), "\(result)")
        }
    }

    @Test("Every fault of the fake media device is tried")
    func complete() {
        #expect(Set(Self.broken.map(\.fault)) == Set(FakeMedia.Fault.allCases))
    }

    @Test("The list of mutants names those of the media device")
    func listed() throws {
        #expect(
            try MutantList.rows(of: "The media device")
                == Self.broken.map { "| \($0.fault) | `\($0.cases[0])` |" })
    }

    @Test("One session at a time is nothing to compare")
    func oneSession() throws {
        let results = try ConformanceRunner(
            filter: CaseFilter("media/session/MED-D-001"),
            makeDevice: { try FakeMedia.make(sessionsMax: 1) }
        ).run()
        guard case .informational = results.first?.verdict else {
            Issue.record("\(results)")
            return
        }
    }

    @Test("A failure names the ioctl that was sent last and what came back")
    func description() throws {
        let results = try ConformanceRunner(
            filter: CaseFilter("*/MED-D-007"),
            makeDevice: { try FakeMedia.make(.takesLogStatus) }
        ).run()
        let text = try #require(results.first?.description)
        #expect(text.contains("received status OK, 8 bytes: 00 00 00 00 00 00 00 00"))
        #expect(text.contains("last sent: VIRTIO_MEDIA_CMD_IOCTL VIDIOC_LOG_STATUS, 16 bytes"))
    }
}
