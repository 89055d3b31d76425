import Conformance
import GuestDriver
import MutantList
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The queues' cases")
struct QueueCaseTests {
    private static let notOffered = ["queue/features/VQ-D-033"]

    private static func check(_ results: [ConformanceResult]) {
        #expect(results.map(\.id) == [ConformanceCase].queue.map(\.id))
        for result in results {
            if notOffered.contains(result.id) {
                #expect(result.verdict == .unimplemented(feature: "VIRTIO_F_IN_ORDER"))
            } else {
                #expect(result.verdict == .pass, "\(result)")
            }
        }
    }

    @Test("A device without faults passes every case")
    func faultless() throws {
        Self.check(
            try ConformanceRunner(cases: .queue, makeDevice: { try FakeQueueTransport.make() })
                .run())
    }

    @Test("A device on a thread of its own passes every case, each time")
    func threaded() throws {
        for _ in 0..<3 {
            let runner = ConformanceRunner(cases: .queue) {
                let machine = try GuestMachine(memoryBytes: 1 << 20)
                let transport = try InProcessTransport(
                    name: "echo", memory: machine.memory, queueCount: 2,
                    make: { try EchoDevice() })
                return (transport, machine)
            }
            Self.check(try runner.run())
        }
    }

    /// A fault, one case that tells of it, and a part of what it says was expected.
    struct Broken: Sendable, CustomTestStringConvertible {
        let fault: QueueFault
        let id: String
        let expected: String
        var isNonStrict = false
        var testDescription: String { "\(fault)" }
    }

    private static let broken = [
        Broken(fault: .offersPackedAlone, id: "*VQ-D-003", expected: "VERSION_1"),
        Broken(fault: .offersNoVersion1, id: "*VQ-D-032", expected: "VERSION_1"),
        Broken(fault: .offersReserved, id: "*VQ-D-005", expected: "bit 44 not"),
        Broken(fault: .takesAnything, id: "*VQ-D-004", expected: "not to stick"),
        Broken(
            fault: .refusesHalf, id: "*VQ-D-004", expected: "FEATURES_OK for", isNonStrict: true),
        Broken(
            fault: .refusesAgain, id: "*VQ-D-006", expected: "FEATURES_OK again",
            isNonStrict: true),
        Broken(fault: .storesSuspend, id: "*VQ-D-031", expected: "SUSPEND to be ignored"),
        Broken(fault: .servesEarly, id: "*VQ-D-001", expected: "nothing before DRIVER_OK"),
        Broken(
            fault: .neverNeedsReset, id: "*VQ-D-002", expected: "DEVICE_NEEDS_RESET",
            isNonStrict: true),
        Broken(fault: .keepsStatus, id: "*VQ-D-007", expected: "status 0"),
        Broken(fault: .servesAfterReset, id: "*VQ-D-007", expected: "status 0"),
        Broken(fault: .hidesConfig, id: "*VQ-D-008", expected: "that it has later"),
        Broken(fault: .oddSize, id: "*VQ-D-027", expected: "a power of two"),
        Broken(fault: .swallowsBadChains, id: "*VQ-O-001", expected: "a loop to come back"),
        Broken(fault: .readsFirstDescriptorOnly, id: "*VQ-D-011", expected: "in one descriptor"),
        Broken(fault: .writesRequest, id: "*VQ-D-012", expected: "the request as it was"),
        Broken(fault: .writesTable, id: "*VQ-D-013", expected: "the descriptor table"),
        Broken(fault: .refusesTables, id: "*VQ-D-014", expected: "an answer"),
        Broken(fault: .refusesTables, id: "*VQ-D-015", expected: "an answer"),
        Broken(fault: .saysMoreThanItWrote, id: "*VQ-D-018", expected: "bytes written"),
        Broken(fault: .stopsAtSecondNotification, id: "*VQ-D-020", expected: "the chain back"),
        Broken(fault: .givesBackAnotherHead, id: "*VQ-D-021", expected: "in flight"),
        Broken(fault: .losesLongChains, id: "*VQ-D-023", expected: "the chain back"),
        Broken(fault: .neverInterrupts, id: "*VQ-D-016", expected: "an interrupt"),
        Broken(
            fault: .alwaysInterrupts, id: "*VQ-D-016", expected: "silence", isNonStrict: true),
        Broken(fault: .neverInterrupts, id: "*VQ-D-017", expected: "an interrupt"),
        Broken(
            fault: .alwaysInterrupts, id: "*VQ-D-017", expected: "silence", isNonStrict: true),
        Broken(fault: .setsUsedFlags, id: "*VQ-D-019", expected: "used.flags 0"),
    ]

    @Test("A fault is told by its case", arguments: broken)
    func fault(_ broken: Broken) throws {
        let results = try ConformanceRunner(
            cases: .queue, filter: CaseFilter(broken.id), patienceMillis: 50,
            makeDevice: { try FakeQueueTransport.make(broken.fault) }
        ).run()
        let result = try #require(results.first)
        #expect(results.count == 1)
        switch result.verdict {
        case .fail(let finding) where !broken.isNonStrict,
            .nonStrict(let finding) where broken.isNonStrict:
            #expect(finding.expected.contains(broken.expected), "\(result)")
        default: Issue.record("\(result)")
        }
    }

    @Test("A failure tells the steps on the ring, and the request in it")
    func description() throws {
        let results = try ConformanceRunner(
            cases: .queue, filter: CaseFilter("*VQ-D-018"), patienceMillis: 50,
            makeDevice: { try FakeQueueTransport.make(.saysMoreThanItWrote) }
        ).run()
        let sent = try #require(results.first?.sent)
        #expect(sent.hasPrefix("on the split ring of queue 0: "), "\(sent)")
        #expect(sent.contains("chain of r 24 at 0x"), "\(sent)")
        #expect(sent.contains("request: a request, 24 bytes: 00 00"), "\(sent)")
        let refused = try ConformanceRunner(
            cases: .queue, filter: CaseFilter("*VQ-D-004"), patienceMillis: 50,
            makeDevice: { try FakeQueueTransport.make(.takesAnything) }
        ).run()
        #expect(refused.first?.sent == "features 0x800100000000 and FEATURES_OK")
    }

    @Test("The list of mutants names those of the queue")
    func listed() throws {
        #expect(
            try MutantList.rows(of: "Queues")
                == Self.broken.map { "| \($0.fault) | `\($0.id)` |" })
    }

    @Test("Every fault is tried, and every case but those about what is not offered told by one")
    func complete() {
        #expect(Set(Self.broken.map(\.fault)) == Set(QueueFault.allCases))
        let told = [ConformanceCase].queue.map(\.id).filter { id in
            Self.broken.contains { CaseFilter($0.id).matches(id) }
        }
        let untold = Set([ConformanceCase].queue.map(\.id)).subtracting(told)
        #expect(untold == Set(Self.notOffered + ["queue/features/VQ-D-034"]))
    }
}
