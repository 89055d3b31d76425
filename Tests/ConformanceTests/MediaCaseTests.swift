import Conformance
import GuestDriver
import HostBridge
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's cases")
struct MediaCaseTests {
    private static let ids = ["media/session/MED-D-001", "media/ioctl/MED-D-007"]

    @Test("Our media device passes every case")
    func ours() throws {
        let runner = ConformanceRunner {
            let machine = try GuestMachine(memoryBytes: 16 << 20)
            let transport = try InProcessTransport(
                name: "virtio-media", memory: machine.memory, queueCount: 2,
                make: {
                    try MediaDevice(configuration: MediaConfiguration(), domain: ResourceRegistry())
                })
            return (transport, machine)
        }
        let results = try runner.run()
        #expect(results.map(\.id) == Self.ids)
        for result in results { #expect(result.verdict == .pass, "\(result)") }
    }

    @Test("A media device without faults passes every case")
    func faultless() throws {
        let results = try ConformanceRunner(makeDevice: { try FakeMedia.make() }).run()
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
            patienceMillis: 50, makeDevice: { try FakeMedia.make(broken.fault) })
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

    @Test("One session at a time is nothing to compare")
    func oneSession() throws {
        let results = try ConformanceRunner(
            filter: CaseFilter("media/session/*"),
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
