// Generated from Spec/media.md, "Events": `make generate` writes it anew.

extension VirtioMedia {
    /// The event word (`enum virtio_media_event`).
    public struct Event: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// A session failed.
        @inlinable public static var error: Self { Self(0) }
        /// A buffer is done.
        @inlinable public static var dqbuf: Self { Self(1) }
        /// A V4L2 event.
        @inlinable public static var event: Self { Self(2) }
    }

    /// What every event begins with (`struct virtio_media_event_header`).
    public struct EventHeader: WireMessage {
        @inlinable public static var sizeBytes: Int { 8 }

        /// Which event.
        public var event: Event
        /// In which session.
        public var sessionID: SessionID

        public init(event: Event, sessionID: SessionID) {
            self.event = event
            self.sessionID = sessionID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            event = Event(bytes.u32(at: offset))
            sessionID = SessionID(bytes.u32(at: offset + 4))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: event.rawValue)
            out.append(u32: sessionID.rawValue)
        }
    }

    /// The session is dead: a decoder that gave up, or an object that was lost
    /// (`VIRTIO_MEDIA_EVT_ERROR`, `struct virtio_media_event_error`).
    public struct EventError: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        /// The session.
        public var sessionID: SessionID
        /// Why.
        public var errno: Status

        public init(sessionID: SessionID, errno: Status) {
            self.sessionID = sessionID
            self.errno = errno
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Event.error.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            sessionID = SessionID(bytes.u32(at: offset + 4))
            errno = Status(bytes.u32(at: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Event.error.rawValue)
            out.append(u32: sessionID.rawValue)
            out.append(u32: errno.rawValue)
            out.append(zeros: 4)
        }
    }

    /// All eight planes are always there; those past the buffer's own are zero, as are all of a
    /// single-planar one (`VIRTIO_MEDIA_EVT_DQBUF`, `struct virtio_media_event_dqbuf`).
    public struct EventDQBuf: WireMessage {
        @inlinable public static var sizeBytes: Int { 608 }

        /// The session.
        public var sessionID: SessionID
        /// The buffer, as VIDIOC_DQBUF gives it.
        public var buffer: V4L2.Buffer
        /// Always `V4L2.maxPlanes` entries, those past the buffer's planes zero.
        public var planes: [V4L2.Plane]

        /// Fills `planes` up with zeros.
        public init(sessionID: SessionID, buffer: V4L2.Buffer, planes: [V4L2.Plane] = []) {
            self.sessionID = sessionID
            self.buffer = buffer
            let noPlanes = V4L2.Plane(length: 0)
            self.planes = planes.padded(to: 8, with: noPlanes)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Event.dqbuf.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            sessionID = SessionID(bytes.u32(at: offset + 4))
            buffer = V4L2.Buffer(guarded: bytes, at: offset + 8)
            planes = try bytes.array(at: offset + 96, count: 8)
        }

        public func encode(to out: inout WireBuffer) {
            precondition(planes.count == 8, "all elements are on the wire")
            out.append(u32: VirtioMedia.Event.dqbuf.rawValue)
            out.append(u32: sessionID.rawValue)
            out.append(buffer)
            for element in planes { out.append(element) }
        }
    }

    /// A V4L2 event that the session subscribed to, in the place of VIDIOC_DQEVENT
    /// (`VIRTIO_MEDIA_EVT_EVENT`, `struct virtio_media_event_event`).
    public struct EventEvent: WireMessage {
        @inlinable public static var sizeBytes: Int { 144 }

        /// The session.
        public var sessionID: SessionID
        /// What happened.
        public var event: V4L2.Event

        public init(sessionID: SessionID, event: V4L2.Event) {
            self.sessionID = sessionID
            self.event = event
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            guard bytes.u32(at: 0) == VirtioMedia.Event.event.rawValue else {
                throw WireError(kind: .wrongType, offset: 0)
            }
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            sessionID = SessionID(bytes.u32(at: offset + 4))
            event = try V4L2.Event(bytes.extracting(droppingFirst: offset + 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: VirtioMedia.Event.event.rawValue)
            out.append(u32: sessionID.rawValue)
            out.append(event)
        }
    }
}
