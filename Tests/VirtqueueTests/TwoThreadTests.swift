// Two real threads, so that the orderings between index, event and flag are those of the machine.
// Run under --sanitize=thread too: swift test --sanitize=thread --filter TwoThreadTests

import LinuxSystem
import Testing
import Virtqueue

@Suite("A driver and a device on two threads", .serialized)
struct TwoThreadTests {
    static let kinds: [TransportFeatures] = [
        [.eventIndex], [.eventIndex, .indirectDesc], [.eventIndex, .ringPacked],
        [.eventIndex, .ringPacked, .indirectDesc], [], [.ringPacked],
    ]

    @Test(
        "lose no chain and no wake-up, and see none twice [VQ-D-017] [VQ-D-018] [VQ-D-021]",
        arguments: kinds, [4, 256] as [UInt16])
    func pass(features: TransportFeatures, size: UInt16) throws {
        let outcome = try TwoThreads.run(chains: 10_000, size: size, features: features)
        #expect(outcome.chains == 10_000)
        #expect(outcome.notifications > 0)
        #expect(outcome.interrupts > 0)
    }
}
