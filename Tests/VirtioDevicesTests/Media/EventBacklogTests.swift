// Events that wait for a driver that gives no buffers for them.

import Testing
import VirtioWire

@testable import VirtioDevices

@Suite("The events of a media device")
struct EventBacklogTests {
    private func event(_ number: UInt32, _ session: UInt32) -> EventBacklog.Event {
        // Bit 3 is told once, early.
        let event = V4L2.Event(type: .sourceChange, changes: number == 3 ? 8 : 1, sequence: number)
        return .event(VirtioMedia.EventEvent(sessionID: SessionID(session), event: event))
    }

    @Test("whose buffers never come are bounded: one event stands for the older of its kind")
    func bounded() {
        var backlog = EventBacklog()
        for number in UInt32(0)..<1000 {
            for session in UInt32(1)...2 { backlog.append(event(number, session)) }
        }
        #expect(backlog.events.count <= 2 * MediaLimits.eventsWaitingMax)
        var told: [SessionID: (changes: UInt32, last: UInt32)] = [:]
        while case .event(let next)? = backlog.removeFirst() {
            let before = told[next.sessionID] ?? (0, 0)
            #expect(next.event.sequence > before.last)
            told[next.sessionID] = (before.changes | next.event.changes, next.event.sequence)
        }
        // Nothing that changed is forgotten.
        for session in UInt32(1)...2 {
            #expect(told[SessionID(session)]?.changes == 9)
            #expect(told[SessionID(session)]?.last == 999)
        }
    }

    @Test("of a control become one that tells its last value and all that changed")
    func controls() {
        var backlog = EventBacklog()
        for number in UInt32(0)..<17 {
            let ctrl = V4L2.EventCtrl(
                changes: number == 0 ? .flags : .value, type: .integer, value64: Int64(number))
            backlog.append(
                .event(
                    VirtioMedia.EventEvent(
                        sessionID: SessionID(1),
                        event: V4L2.Event(
                            ctrl: ctrl, of: .minBuffersForCapture, sequence: number))))
        }
        #expect(backlog.events.count == 1)
        guard case .event(let only)? = backlog.removeFirst() else {
            Issue.record("no event is left")
            return
        }
        #expect(only.event.ctrl?.changes == [.value, .flags])
        #expect(only.event.ctrl?.value64 == 16)
        #expect(only.event.sequence == 16)
    }

    @Test("of buffers are kept, each of them")
    func buffers() {
        var backlog = EventBacklog()
        for index in UInt32(0)..<64 {
            let buffer = V4L2.Buffer(index: index, type: .videoOutput, memory: .sharedPages)
            backlog.append(
                .buffer(
                    VirtioMedia.EventDQBuf(sessionID: SessionID(1), buffer: buffer, planes: [])))
        }
        #expect(backlog.events.count == 64)
    }
}
