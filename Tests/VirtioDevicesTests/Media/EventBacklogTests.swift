// Events that wait for a driver that gives no buffers for them.

import Testing
import VirtioWire

@testable import VirtioDevices

@Suite("The events of a media device")
struct EventBacklogTests {
    @Test("event buffers: never given, each session's oldest events go for the newest")
    func bounded() throws {
        var zeros = WireBuffer(capacity: V4L2.Event.sizeBytes)
        zeros.append(zeros: V4L2.Event.sizeBytes)
        var event: V4L2.Event = try zeros.decode()
        var backlog = EventBacklog()
        for number in UInt32(0)..<1000 {
            event.sequence = number
            for session in UInt32(1)...2 {
                backlog.append(
                    .event(VirtioMedia.EventEvent(sessionID: SessionID(session), event: event)))
            }
        }
        #expect(backlog.events.count == 2 * EventBacklog.eventsPerSessionMax)
        guard case .event(let first)? = backlog.removeFirst() else {
            Issue.record("no event is left")
            return
        }
        #expect(first.event.sequence == 1000 - UInt32(EventBacklog.eventsPerSessionMax))
    }
}
