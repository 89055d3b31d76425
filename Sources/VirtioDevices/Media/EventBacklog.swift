internal import VirtioWire

/// Events that wait for the driver's event buffers, in order.
struct EventBacklog {
    enum Event {
        case error(VirtioMedia.EventError)
        case buffer(VirtioMedia.EventDQBuf)
        case event(VirtioMedia.EventEvent)

        var sessionID: SessionID {
            switch self {
            case .error(let event): event.sessionID
            case .buffer(let event): event.sessionID
            case .event(let event): event.sessionID
            }
        }

        func append(to buffer: inout WireBuffer) {
            switch self {
            case .error(let event): buffer.append(event)
            case .buffer(let event): buffer.append(event)
            case .event(let event): buffer.append(event)
            }
        }
    }

    /// Longest event on the wire.
    static let eventBytesMax = VirtioMedia.EventDQBuf.sizeBytes
    /// V4L2 events that one session may have waiting; the oldest go first. Buffers are bounded by
    /// how many there are.
    static let eventsPerSessionMax = 16

    private(set) var events: [Event] = []

    mutating func append(_ event: Event) {
        if case .event(let new) = event {
            let waiting = events.indices.filter { index in
                guard case .event(let old) = events[index] else { return false }
                return old.sessionID == new.sessionID
            }
            if waiting.count >= Self.eventsPerSessionMax { events.remove(at: waiting[0]) }
        }
        events.append(event)
    }

    mutating func removeFirst() -> Event? { events.isEmpty ? nil : events.removeFirst() }

    mutating func removeAll(of session: SessionID) {
        events.removeAll { $0.sessionID == session }
    }

    /// A queue was stopped: its buffers are the driver's already.
    mutating func removeBuffers(of session: SessionID, type: V4L2.BufType) {
        events.removeAll { event in
            guard case .buffer(let buffer) = event else { return false }
            return buffer.sessionID == session && buffer.buffer.type == type
        }
    }

    mutating func removeAll() { events.removeAll() }
}
