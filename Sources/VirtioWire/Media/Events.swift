// The event queue's structures; virtio 1.4, 5.22.6.2.
// Invariant: an event writes its own `event` word, and reads only bytes that begin with it.

extension VirtioMedia {
    /// The event word, `VIRTIO_MEDIA_EVT_…`.
    public struct Event: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let error = Self(0)
        public static let dqbuf = Self(1)
        public static let event = Self(2)
    }

    /// What every event begins with (`struct virtio_media_event_header`).
    public struct EventHeader: WireMessage {
        public static let sizeBytes = 8

        public var event: Event
        public var sessionID: SessionID

        public init(event: Event, sessionID: SessionID) {
            self.event = event
            self.sessionID = sessionID
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            event = Event(bytes.u32(at: 0))
            sessionID = SessionID(bytes.u32(at: 4))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: event.rawValue)
            out.append(u32: sessionID.rawValue)
        }
    }

    /// The session is dead (`VIRTIO_MEDIA_EVT_ERROR`, `struct virtio_media_event_error`).
    public struct EventError: WireMessage {
        public static let sizeBytes = 16

        public var sessionID: SessionID
        public var errno: Status

        public init(sessionID: SessionID, errno: Status) {
            self.sessionID = sessionID
            self.errno = errno
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.error, byteCount: Self.sizeBytes)
            sessionID = SessionID(bytes.u32(at: 4))
            errno = Status(bytes.u32(at: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(EventHeader(event: .error, sessionID: sessionID))
            out.append(u32: errno.rawValue)
            out.append(zeros: 4)
        }
    }

    /// The device is done with a buffer (`VIRTIO_MEDIA_EVT_DQBUF`,
    /// `struct virtio_media_event_dqbuf`).
    public struct EventDQBuf: WireMessage {
        public static let sizeBytes = 608

        public var sessionID: SessionID
        public var buffer: V4L2.Buffer
        /// Always `V4L2.maxPlanes` entries, those past the buffer's planes zero.
        public var planes: [V4L2.Plane]

        /// Fills `planes` up with zero entries.
        public init(sessionID: SessionID, buffer: V4L2.Buffer, planes: [V4L2.Plane] = []) {
            self.sessionID = sessionID
            self.buffer = buffer
            self.planes = planes.padded(to: V4L2.maxPlanes, with: V4L2.Plane(length: 0))
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.dqbuf, byteCount: Self.sizeBytes)
            sessionID = SessionID(bytes.u32(at: 4))
            buffer = try V4L2.Buffer(bytes.extracting(droppingFirst: 8))
            planes = try bytes.array(at: 96, count: V4L2.maxPlanes)
        }

        public func encode(to out: inout WireBuffer) {
            precondition(planes.count == V4L2.maxPlanes, "an event has all planes on the wire")
            out.append(EventHeader(event: .dqbuf, sessionID: sessionID))
            out.append(buffer)
            for plane in planes { out.append(plane) }
        }
    }

    /// A V4L2 event the session subscribed to (`VIRTIO_MEDIA_EVT_EVENT`,
    /// `struct virtio_media_event_event`).
    public struct EventEvent: WireMessage {
        public static let sizeBytes = 144

        public var sessionID: SessionID
        public var event: V4L2.Event

        public init(sessionID: SessionID, event: V4L2.Event) {
            self.sessionID = sessionID
            self.event = event
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(.event, byteCount: Self.sizeBytes)
            sessionID = SessionID(bytes.u32(at: 4))
            event = try V4L2.Event(bytes.extracting(droppingFirst: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(EventHeader(event: .event, sessionID: sessionID))
            out.append(event)
        }
    }
}

extension RawSpan {
    /// The guard of an event's decoder: first the length, then the event word.
    fileprivate func require(
        _ event: VirtioMedia.Event, byteCount needed: Int
    ) throws(WireError) {
        try require(byteCount: needed)
        guard u32(at: 0) == event.rawValue else { throw WireError(kind: .wrongType, offset: 0) }
    }
}
