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

        /// A V4L2 event of this kind.
        func isOfKind(of other: VirtioMedia.EventEvent) -> Bool {
            guard case .event(let own) = self else { return false }
            return own.sessionID == other.sessionID && own.event.type == other.event.type
                && own.event.id == other.event.id
        }
    }

    /// Longest event on the wire.
    static let eventBytesMax = VirtioMedia.EventDQBuf.sizeBytes

    private(set) var events: [Event] = []

    /// Buffers are bounded by how many there are. Of V4L2 events, when too many of a session wait,
    /// those of one kind become one, as in Linux: it tells what is true now, and all that changed.
    mutating func append(_ event: Event) {
        guard case .event(var new) = event else { return events.append(event) }
        let waiting = events.count { old in
            guard case .event(let old) = old else { return false }
            return old.sessionID == new.sessionID
        }
        if waiting >= MediaLimits.eventsWaitingMax {
            for case .event(let old) in events where event.isOfKind(of: old) {
                new.event.merge(old.event)
            }
            events.removeAll { old in
                guard case .event(let old) = old else { return false }
                return event.isOfKind(of: old)
            }
        }
        events.append(.event(new))
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

extension V4L2.Event {
    /// Stands for an older event of its kind too.
    fileprivate mutating func merge(_ older: V4L2.Event) {
        guard var ctrl else {
            changes |= older.changes
            return
        }
        ctrl.changes.formUnion(older.ctrl?.changes ?? [])
        self = V4L2.Event(
            ctrl: ctrl, of: V4L2.ControlID(id), sequence: sequence, timestampNanos: timestampNanos)
    }
}
