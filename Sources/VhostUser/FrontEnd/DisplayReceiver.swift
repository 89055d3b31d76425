// The front-end's end of a display socket (Spec/vhost-user-gpu.md): what a back-end shows, as it
// showed it last.
// Invariant: a back-end that says what is no message, or draws outside of its scanout, is read no
// more.

public import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// What a display shows.
public struct ShownPicture: Equatable, Sendable {
    public internal(set) var width: UInt32
    public internal(set) var height: UInt32
    /// Native x8r8g8b8 words, row after row without gaps.
    public internal(set) var pixels: [UInt8]

    /// Red, green and blue at a place, as 24 bits.
    public func colour(x: Int, y: Int) -> UInt32 {
        let at = (y * Int(width) + x) * 4
        guard x >= 0, y >= 0, x < Int(width), at + 2 < pixels.count else { return 0 }
        return UInt32(pixels[at]) | UInt32(pixels[at + 1]) << 8 | UInt32(pixels[at + 2]) << 16
    }
}

/// A cursor as it is shown.
public struct ShownCursor: Equatable, Sendable {
    public var isVisible = false
    public var x: Int32 = 0
    public var y: Int32 = 0
    public var hotX: UInt32 = 0
    public var hotY: UInt32 = 0
    /// 64 rows of 64 native a8r8g8b8 words.
    public var pixels: [UInt8] = []
}

/// All that a display socket has told.
public struct ShownDisplay: Equatable, Sendable {
    public internal(set) var pictures: [UInt32: ShownPicture] = [:]
    public internal(set) var cursors: [UInt32: ShownCursor] = [:]
    /// How many updates have come.
    public internal(set) var updates: UInt64 = 0
    public internal(set) var updateBytes: UInt64 = 0
    public internal(set) var hasEnded = false
}

/// Reads a display socket on a thread of its own until this object goes.
public final class DisplayReceiver: Sendable {
    private let state: Monitor<ShownDisplay>
    private let end: EventDescriptor
    private let thread: WorkerThread

    /// The largest display.
    static let sideMax: UInt32 = 16384

    /// - Parameter modes: what the back-end is told of the displays: width and height of each.
    public init(_ socket: consuming OwnedDescriptor, modes: [(width: UInt32, height: UInt32)])
        throws(VhostUserError)
    {
        let state = Monitor(ShownDisplay())
        do throws(Errno) {
            let end = try EventDescriptor()
            let reader = Reader(try UnixSocket(socket), modes, state)
            thread = try WorkerThread(name: "vhost-display") { reader.run(until: end) }
            self.end = end
        } catch { throw .system(error) }
        self.state = state
    }

    deinit {
        end.signal()
        thread.join()
    }

    /// What is shown now.
    public var display: ShownDisplay { state.withLock { $0 } }

    /// Waits until what is shown is as `body` wants it; nil past the deadline (monotonic).
    public func wait<R>(untilNanos deadline: UInt64, for body: (ShownDisplay) -> R?) -> R? {
        state.wait(untilNanos: deadline) { body($0) }
    }

    /// Waits for the Nth update; false past the deadline.
    public func wait(forUpdate count: UInt64, untilNanos deadline: UInt64) -> Bool {
        state.wait(untilNanos: deadline) { $0.updates >= count || $0.hasEnded ? true : nil }
            ?? false
    }
}

/// Owned by the receiver's thread.
private final class Reader: @unchecked Sendable {
    private let socket: UnixSocket
    private let modes: [(width: UInt32, height: UInt32)]
    private let state: Monitor<ShownDisplay>
    private var end: EventDescriptor?
    private var head = WireBuffer(capacity: VhostUserGPU.Header.sizeBytes)
    /// Fixed-size payloads; pixels are read in rows of their own.
    private var payload = WireBuffer(capacity: VhostUserGPU.CursorUpdate.sizeBytes)

    init(
        _ socket: consuming UnixSocket, _ modes: [(width: UInt32, height: UInt32)],
        _ state: Monitor<ShownDisplay>
    ) {
        self.socket = socket
        self.modes = modes
        self.state = state
    }

    func run(until end: EventDescriptor) {
        self.end = end
        do throws(VhostUserError) { while true { try serve() } } catch {
            state.update { $0.hasEnded = true }
        }
    }

    private func serve() throws(VhostUserError) {
        head.removeAll()
        try fill(&head, to: VhostUserGPU.Header.sizeBytes)
        guard let header = try? head.decode(VhostUserGPU.Header.self, at: 0),
            !header.flags.contains(.reply)
        else { throw .malformed }
        switch header.request {
        case .update: try readUpdate(header.size)
        case .scanout: try readScanout(header.size)
        case .cursorUpdate, .cursorPos, .cursorPosHide: try readCursor(header)
        case .getDisplayInfo:
            try take(header.size, exactly: 0)
            try answerModes()
        case .getProtocolFeatures:
            try take(header.size, exactly: 0)
            try reply(.getProtocolFeatures, 8) { $0.append(u64: 0) }
        case .setProtocolFeatures: try take(header.size, exactly: 8)
        default: throw .malformed
        }
    }

    private func take(_ size: UInt32, exactly count: Int) throws(VhostUserError) {
        guard size == UInt32(count) else { throw .malformed }
        payload.removeAll()
        try fill(&payload, to: count)
    }

    private func decoded<M: WireMessage>(_ size: UInt32, _ type: M.Type = M.self)
        throws(VhostUserError) -> M
    {
        try take(size, exactly: M.sizeBytes)
        guard let message = try? payload.decode(M.self, at: 0) else { throw .malformed }
        return message
    }

    // MARK: Requests

    private func readScanout(_ size: UInt32) throws(VhostUserError) {
        let scanout: VhostUserGPU.Scanout = try decoded(size)
        guard scanout.width <= DisplayReceiver.sideMax, scanout.height <= DisplayReceiver.sideMax,
            scanout.scanoutID < 16
        else { throw .malformed }
        state.update { shown in
            guard scanout.width > 0, scanout.height > 0 else {
                shown.pictures[scanout.scanoutID] = nil
                return
            }
            let count = Int(scanout.width) * Int(scanout.height) * 4
            shown.pictures[scanout.scanoutID] = ShownPicture(
                width: scanout.width, height: scanout.height,
                pixels: Array(repeating: 0, count: count))
        }
    }

    private func readUpdate(_ size: UInt32) throws(VhostUserError) {
        guard size >= UInt32(VhostUserGPU.Update.sizeBytes) else { throw .malformed }
        let update: VhostUserGPU.Update = try decoded(UInt32(VhostUserGPU.Update.sizeBytes))
        let bytes = UInt64(update.width) * UInt64(update.height) * 4
        guard UInt64(size) == UInt64(VhostUserGPU.Update.sizeBytes) + bytes,
            let screen = sizeOfScanout(update.scanoutID),
            UInt64(update.x) + UInt64(update.width) <= UInt64(screen.width),
            UInt64(update.y) + UInt64(update.height) <= UInt64(screen.height)
        else { throw .malformed }
        let all = try pixels(Int(bytes))
        state.update { shown in
            shown.updates += 1
            shown.updateBytes += bytes
            shown.pictures[update.scanoutID]?.draw(
                all, x: Int(update.x), y: Int(update.y), width: Int(update.width),
                height: Int(update.height))
        }
    }

    private func sizeOfScanout(_ scanout: UInt32) -> (width: UInt32, height: UInt32)? {
        state.withLock { $0.pictures[scanout].map { ($0.width, $0.height) } }
    }

    private func readCursor(_ header: VhostUserGPU.Header) throws(VhostUserError) {
        let pos: VhostUserGPU.CursorPos
        var image: VhostUserGPU.CursorUpdate?
        var pixels: [UInt8] = []
        if header.request == .cursorUpdate {
            let update: VhostUserGPU.CursorUpdate = try decoded(header.size)
            image = update
            pos = update.pos
            pixels = Array(payload.array().suffix(64 * 64 * 4))
        } else {
            pos = try decoded(header.size)
        }
        state.update { shown in
            var cursor = shown.cursors[pos.scanoutID] ?? ShownCursor()
            cursor.isVisible = header.request != .cursorPosHide
            cursor.x = Int32(bitPattern: pos.x)
            cursor.y = Int32(bitPattern: pos.y)
            if let image {
                (cursor.hotX, cursor.hotY) = (image.hotX, image.hotY)
                cursor.pixels = pixels
            }
            guard pos.scanoutID < 16 else { return }
            shown.cursors[pos.scanoutID] = cursor
        }
    }

    private func answerModes() throws(VhostUserError) {
        let displays = (0..<16).map { index in
            let (width, height) = index < modes.count ? modes[index] : (0, 0)
            return VirtioGPU.DisplayOne(
                r: VirtioGPU.Rect(x: 0, y: 0, width: width, height: height),
                enabled: width > 0 ? 1 : 0)
        }
        try reply(.getDisplayInfo, VirtioGPU.RespDisplayInfo.sizeBytes) {
            $0.append(VirtioGPU.RespDisplayInfo(pmodes: displays))
        }
    }

    // MARK: Bytes

    private func reply(
        _ request: VhostUserGPU.Request, _ count: Int, _ fill: (inout WireBuffer) -> Void
    ) throws(VhostUserError) {
        var out = WireBuffer(capacity: VhostUserGPU.Header.sizeBytes + count)
        out.append(
            VhostUserGPU.Header(request: request, flags: .reply, size: UInt32(count)))
        fill(&out)
        // An answer fits any socket's buffer.
        let sent = unsafe out.bytes.withUnsafeBytes { bytes in
            // SAFETY: the bytes are read during the call only.
            (try? unsafe socket.send(bytes)) ?? 0
        }
        guard sent == out.count else { throw .timedOut }
    }

    private func fill(_ buffer: inout WireBuffer, to count: Int) throws(VhostUserError) {
        while buffer.count < count {
            var received: UnixSocket.Received?
            unsafe buffer.withUnsafeAppend(count: count - buffer.count) { free in
                // SAFETY: `receive` writes the bytes that it counts.
                received = unsafe receive(into: free)
                if case .bytes(let got) = received { return got }
                return 0
            }
            try wait(received)
        }
    }

    private func pixels(_ count: Int) throws(VhostUserError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var at = 0
        while at < count {
            let received = unsafe bytes.withUnsafeMutableBytes { all in
                // SAFETY: `receive` writes the bytes that it counts.
                unsafe receive(into: UnsafeMutableRawBufferPointer(rebasing: all[at...]))
            }
            if case .bytes(let got) = received { at += got }
            try wait(received)
        }
        return bytes
    }

    /// Descriptors that nobody asked for are closed.
    @unsafe private func receive(into free: UnsafeMutableRawBufferPointer)
        -> UnixSocket.Received?
    {
        var descriptors = DescriptorList()
        return try? unsafe socket.receive(into: free, &descriptors)
    }

    private func wait(_ received: UnixSocket.Received?) throws(VhostUserError) {
        switch received {
        case .bytes: return
        case .nothing:
            guard let end else { throw .peerGone }
            if socket.waitUntilReadable(or: end.descriptor, timeoutMillis: -1).other {
                throw .peerGone
            }
        default: throw .peerGone
        }
    }
}

extension ShownPicture {
    fileprivate mutating func draw(_ new: [UInt8], x: Int, y: Int, width: Int, height: Int) {
        let rowBytes = Int(self.width) * 4
        guard width * height * 4 == new.count, (y + height) * rowBytes <= pixels.count else {
            return
        }
        if width == Int(self.width), height == Int(self.height) {
            pixels = new
            return
        }
        for row in 0..<height {
            let target = (y + row) * rowBytes + x * 4
            let from = row * width * 4
            pixels.replaceSubrange(
                target..<(target + width * 4), with: new[from..<(from + width * 4)])
        }
    }
}
