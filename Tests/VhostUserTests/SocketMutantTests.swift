// The cases about the socket, put to back-ends that do one thing wrong each.

import Conformance
import LinuxSystem
import MutantList
import Testing

@testable import VhostUser

@Suite("The socket's cases", .serialized)
struct SocketMutantTests {
    private static func run(_ fault: SocketFault?, _ filter: String, patienceMillis: Int32 = 5000)
        throws -> [ConformanceResult]
    {
        let service = try EchoService()
        let proxy = MutatingProxy(path: service.path, fault: fault)
        var stand = ConformanceStand()
        stand.socketDeviceID = EchoDevice.deviceID
        stand.connect = { try proxy.connect() }
        return try ConformanceRunner(
            cases: .vhostUser, filter: CaseFilter(filter), patienceMillis: patienceMillis,
            stand: stand
        ).run()
    }

    @Test("A back-end without faults passes every case, through a proxy that changes nothing")
    func faultless() throws {
        let results = try Self.run(nil, "*")
        #expect(results.count >= 48)
        for result in results {
            if case .unimplemented(let feature) = result.verdict {
                Issue.record("\(result.id): \(feature)")
            }
            #expect(result.verdict == .pass, "\(result)")
        }
    }

    /// A fault, the case that tells of it, and a part of what it says was expected.
    struct Mutant: Sendable, CustomTestStringConvertible {
        let fault: SocketFault
        let id: String
        let expected: String
        let isNonStrict: Bool
        var testDescription: String { fault.rawValue }

        init(_ fault: SocketFault, _ id: String, _ expected: String, isNonStrict: Bool = false) {
            self.fault = fault
            self.id = "vhost-user/" + id
            self.expected = expected
            self.isNonStrict = isNonStrict
        }
    }

    static let mutants = [
        Mutant(.echoesNeedReply, "message/VU-004", "flags 5"),
        Mutant(.answersAnotherNumber, "session/VU-026", "a reply to VHOST_USER_GET_QUEUE_NUM"),
        Mutant(.acknowledgesAlways, "ack/VU-008", "a reply to VHOST_USER_GET_FEATURES"),
        Mutant(.acknowledgesNever, "ack/VU-007", "an acknowledgement"),
        Mutant(.acknowledgesTwice, "ack/VU-009", "a reply to"),
        Mutant(.saysYes, "ring/VU-060", "to be refused"),
        Mutant(.saysNo, "ack/VU-007", "to be taken"),
        Mutant(.ignoresSize, "message/VU-005", "not to be taken", isNonStrict: true),
        Mutant(.reordersReplies, "message/VU-002", "a reply to VHOST_USER_GET_FEATURES"),
        Mutant(.keepsDescriptors, "message/VU-006", "a surplus descriptor to be closed"),
        Mutant(.takesNoDescriptor, "ring/VU-061", "with neither descriptor nor bit 8"),
        Mutant(.changesFeatures, "features/VU-020", "the same features again"),
        Mutant(.hidesVersion1, "features/VU-020", "VERSION_1"),
        Mutant(.offersUnserved, "features/VU-031", "2056 bytes"),
        Mutant(.movesShmem, "features/VU-033", "SHMEM at bit 22", isNonStrict: true),
        Mutant(.refusesRingReset, "features/VU-021", "RING_RESET besides"),
        Mutant(.needsBit30, "features/VU-023", "that bit 30 enabled by its absence"),
        Mutant(.onlyOneQueue, "session/VU-026", "2 queues or more"),
        Mutant(.noSlots, "memory/VU-043", "1 slot or more"),
        Mutant(.tooManySlots, "memory/VU-044", "region 510 to be taken"),
        Mutant(.forgetsStatus, "session/VU-027", "3, read back"),
        Mutant(.keepsFeaturesOK, "session/VU-027", "3, read back"),
        Mutant(.dropsSecondRegion, "memory/VU-046", "at the front-end's addresses"),
        Mutant(.refusesEmptyTable, "memory/VU-042", "an empty table"),
        Mutant(.comparesOffset, "memory/VU-045", "the other region's removal"),
        Mutant(.keepsRemoved, "memory/VU-045", "a region that is gone"),
        Mutant(.confusesAddresses, "memory/VU-046", "at the front-end's addresses"),
        Mutant(.takesAnyRing, "ring/VU-060", "to be refused"),
        Mutant(.takesAnySize, "ring/VU-062", "to be refused"),
        Mutant(.forgetsBase, "ring/VU-064", "a base of 3"),
        Mutant(.enablesByKick, "ring/VU-070", "nothing on a disabled ring"),
        Mutant(.neverStops, "ring/VU-072", "nothing on a ring that GET_VRING_BASE stopped"),
        Mutant(.neverDisables, "ring/VU-073", "nothing on a disabled ring"),
        Mutant(.keepsFirstCall, "ring/VU-075", "a notification at the new CALL"),
        Mutant(.keepsRunningAfterReset, "session/VU-076", "nothing on a ring of a device"),
        Mutant(.ignoresResetOwner, "session/VU-025", "nothing on a ring that RESET_OWNER"),
        Mutant(.refusesOwner, "session/VU-024", "SET_OWNER to be taken"),
        Mutant(.keepsFirstChannel, "channel/VU-080", "the first channel to be closed"),
        Mutant(.readsConfigAtZero, "config/VU-090", "bytes 4 to 11", isNonStrict: true),
        Mutant(.cutsConfig, "config/VU-091", "12 and 12 bytes"),
        Mutant(.takesAnyConfigRange, "config/VU-091", "an answer without bytes"),
        Mutant(.refusesConfigWrite, "config/VU-092", "written back", isNonStrict: true),
        Mutant(.objectForNothing, "shared/VU-095", "no descriptor"),
        Mutant(.countsNoRegions, "shared/VU-100", "as there are sizes"),
        Mutant(.forgetsProtocolFeatures, "features/VU-030", "before the device's"),
    ]

    @Test("A fault is told by its case", arguments: mutants)
    func told(_ mutant: Mutant) throws {
        let result = try #require(
            try Self.run(mutant.fault, mutant.id, patienceMillis: 600).first)
        switch result.verdict {
        case .fail(let finding) where !mutant.isNonStrict,
            .nonStrict(let finding) where mutant.isNonStrict:
            #expect(finding.expected.contains(mutant.expected), "\(result)")
        default: Issue.record("\(result)")
        }
    }

    @Test("Every fault of the proxy is tried")
    func complete() {
        #expect(Set(Self.mutants.map(\.fault)) == Set(SocketFault.allCases))
    }

    @Test("The list of mutants names those of the socket")
    func listed() throws {
        let rows = try MutantList.rows(of: "The socket")
        #expect(rows == Self.mutants.map { "| \($0.fault.rawValue) | `\($0.id)` |" })
    }
}
