// What a GPU shows, told on a front-end's display socket (Spec/vhost-user-gpu.md): pixels in the
// messages, since no renderer here has a dma-buf.
// Invariant: a display that does not read, does not answer, or goes, is given up; the guest is
// served all the same. [VUG-006]

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
public import VirtioDevices
internal import VirtioWire

/// Shows scanouts on the display socket that a front-end brings, if one does. Made before the
/// device, used on the device's thread only.
public final class DisplayChannel: DisplaySink, @unchecked Sendable {
    // One thread, and no call of this class calls back: checks would cost more than a row's copy.
    @safe @exclusivity(unchecked) private var socket: UnixSocket?
    private var sizes: [Int: (width: UInt32, height: UInt32)] = [:]
    @safe @exclusivity(unchecked) private var out = WireBuffer(capacity: DisplayChannel.chunkBytes)
    private let patienceMillis: Int32
    private let answerMillis: Int32
    /// Where somebody looks on while the front-end brings no socket of its own.
    private let fallbackPath: String?
    /// Whether this display answers questions; one that did not is asked no more.
    private var answers = true

    /// Pixels are copied together up to this much; more is sent from where it lies.
    private static let chunkBytes = 128 << 10

    /// - Parameters:
    ///   - patienceMillis: how long a display that does not read is waited for.
    ///   - answerMillis: how long one may take to say what modes it has. [VUG-006]
    ///   - fallbackPath: a socket to show on while the front-end brings none.
    public init(
        patienceMillis: Int32 = 1000, answerMillis: Int32 = 300, fallbackPath: String? = nil
    ) {
        self.patienceMillis = patienceMillis
        self.answerMillis = answerMillis
        self.fallbackPath = fallbackPath
    }

    /// Goes on, on a new socket; what is shown is announced anew. [VU-081]
    func connect(_ owned: consuming OwnedDescriptor) throws(VhostUserError) {
        do throws(Errno) { socket = try UnixSocket(owned) } catch { throw .system(error) }
        answers = true
        for (scanout, size) in sizes.sorted(by: { $0.key < $1.key }) { announce(scanout, size) }
    }

    /// A front-end has come.
    func begin() {
        guard let fallbackPath, let found = try? UnixSocket.connect(to: fallbackPath) else {
            return
        }
        try? connect(found)
    }

    /// The front-end has gone.
    func disconnect() {
        socket = nil
        sizes = [:]
    }

    /// Whether somebody looks on.
    var isConnected: Bool { socket != nil }

    // MARK: DisplaySink

    public func setScanout(_ scanout: Int, size: (width: UInt32, height: UInt32)?) {
        sizes[scanout] = size
        announce(scanout, size ?? (0, 0))
    }

    private func announce(_ scanout: Int, _ size: (width: UInt32, height: UInt32)) {
        begin(.scanout, VhostUserGPU.Scanout.sizeBytes)
        out.append(
            VhostUserGPU.Scanout(
                scanoutID: UInt32(clamping: scanout), width: size.width, height: size.height))
        flush()
    }

    public func update(_ frame: DisplayFrame) {
        guard socket != nil else { return }
        let damage = frame.damage
        let rowBytes = Int(damage.width) * 4
        let height = Int(damage.height)
        begin(.update, VhostUserGPU.Update.sizeBytes + rowBytes * height)
        out.append(
            VhostUserGPU.Update(
                scanoutID: UInt32(clamping: frame.scanout), x: damage.x, y: damage.y,
                width: damage.width, height: damage.height))
        let order = PixelOrder(frame.format)
        if order.isNative, frame.strideBytes == rowBytes,
            let all = frame.pixels.slice(offset: 0, count: rowBytes * height)
        {
            append(all)
        } else {
            for index in 0..<height {
                // A row that is not there would leave the display out of step.
                guard let row = frame.row(index) else { return give() }
                if order.isNative { append(row) } else { append(order.nativeXRGB(row.bytes())) }
            }
        }
        flush()
    }

    public func setCursor(_ scanout: Int, _ image: CursorImage?, at position: CursorPosition) {
        let pos = wire(scanout, position)
        guard let image else {
            begin(.cursorPosHide, VhostUserGPU.CursorPos.sizeBytes)
            out.append(pos)
            return flush()
        }
        let pixels = PixelOrder(image.format).nativeXRGB(image.pixels)
        begin(.cursorUpdate, VhostUserGPU.CursorUpdate.sizeBytes)
        out.append(pos)
        out.append(u32: image.hotX)
        out.append(u32: image.hotY)
        let cursorBytes = 64 * 64 * 4
        append(
            Array(pixels.prefix(cursorBytes))
                + Array(repeating: 0, count: max(0, cursorBytes - pixels.count)))
        flush()
    }

    public func moveCursor(_ scanout: Int, to position: CursorPosition) {
        begin(.cursorPos, VhostUserGPU.CursorPos.sizeBytes)
        out.append(wire(scanout, position))
        flush()
    }

    private func wire(_ scanout: Int, _ position: CursorPosition) -> VhostUserGPU.CursorPos {
        VhostUserGPU.CursorPos(
            scanoutID: UInt32(clamping: scanout), x: UInt32(bitPattern: position.x),
            y: UInt32(bitPattern: position.y))
    }

    /// What the front-end's displays are like now. [VUG-012]
    public func displayModes() -> [DisplayMode]? {
        guard socket != nil, answers else { return nil }
        begin(.getDisplayInfo, 0)
        flush()
        guard
            let bytes = receive(
                .getDisplayInfo, count: VirtioGPU.RespDisplayInfo.sizeBytes),
            let info = try? bytes.decode(VirtioGPU.RespDisplayInfo.self)
        else {
            answers = false
            return nil
        }
        return info.pmodes.map { mode in
            DisplayMode(
                width: mode.r.width, height: mode.r.height, x: mode.r.x, y: mode.r.y,
                isEnabled: mode.enabled != 0)
        }
    }

    // MARK: Bytes

    private func begin(_ request: VhostUserGPU.Request, _ payloadBytes: Int) {
        out.removeAll()
        out.append(VhostUserGPU.Header(request: request, size: UInt32(clamping: payloadBytes)))
    }

    private func append(_ bytes: [UInt8]) {
        if bytes.count > out.capacity - out.count { flush() }
        guard bytes.count <= out.capacity else {
            unsafe bytes.withUnsafeBytes { unsafe send($0) }
            return
        }
        out.append(contentsOf: bytes)
    }

    private func append(_ range: MemoryRange) {
        if range.sizeBytes > out.capacity - out.count { flush() }
        // SAFETY: a frame's pixels stay mapped during the call. What a guest does to them meanwhile
        // is what is shown; past a file's end the kernel's copy fails, or the guard puts zeros there.
        let bytes = unsafe UnsafeRawBufferPointer(
            start: range.baseAddress, count: range.sizeBytes)
        guard range.sizeBytes <= out.capacity else { return unsafe send(bytes) }
        unsafe out.withUnsafeAppend(count: bytes.count) { free in
            // SAFETY: both are `bytes.count` long.
            unsafe free.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// Sends what is in the buffer, or gives the display up.
    private func flush() {
        defer { out.removeAll() }
        if !Self.send(out, on: &socket, patienceMillis) { give() }
    }

    @unsafe private func send(_ bytes: UnsafeRawBufferPointer) {
        if !(unsafe Self.send(bytes, on: &socket, patienceMillis)) { give() }
    }

    private static func send(
        _ out: borrowing WireBuffer, on socket: inout UnixSocket?, _ patienceMillis: Int32
    ) -> Bool {
        // SAFETY: the bytes are read during the call only.
        unsafe out.bytes.withUnsafeBytes { unsafe send($0, on: &socket, patienceMillis) }
    }

    /// False when the display is to be given up.
    @unsafe private static func send(
        _ bytes: UnsafeRawBufferPointer, on socket: inout UnixSocket?, _ patienceMillis: Int32
    ) -> Bool {
        var sent = 0
        while sent < bytes.count, socket != nil {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = (try? unsafe socket?.send(rest)) ?? -1
            guard count >= 0 else { return false }
            sent += count
            guard count > 0 || socket?.waitUntilWritable(timeoutMillis: patienceMillis) == true
            else { return false }
        }
        return true
    }

    /// The payload of the answer to `request`; nil, and no display any more, when another comes.
    /// A late one is read when the next is due, and is as good. [VUG-005]
    private func receive(_ request: VhostUserGPU.Request, count: Int) -> WireBuffer? {
        let deadline = MonotonicClock.nowNanos &+ UInt64(answerMillis) * 1_000_000
        let headerBytes = VhostUserGPU.Header.sizeBytes
        var bytes = WireBuffer(capacity: headerBytes + count)
        while bytes.count < bytes.capacity {
            let now = MonotonicClock.nowNanos
            guard now < deadline else {
                // Half an answer leaves nothing to go on with.
                if !bytes.isEmpty { give() }
                return nil
            }
            let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
            guard socket?.waitUntilReadable(timeoutMillis: left) == true else { continue }
            guard receiveSome(&bytes) else {
                give()
                return nil
            }
        }
        guard let header = try? bytes.decode(VhostUserGPU.Header.self, at: 0),
            header.request == request, header.flags.contains(.reply), header.size == UInt32(count)
        else {
            give()
            return nil
        }
        var payload = WireBuffer(capacity: count)
        payload.append(bytes.bytes.extracting(droppingFirst: headerBytes))
        return payload
    }

    /// False at the end.
    private func receiveSome(_ bytes: inout WireBuffer) -> Bool {
        var descriptors = DescriptorList()
        var isOpen = false
        unsafe bytes.withUnsafeAppend(count: bytes.capacity - bytes.count) { free in
            // SAFETY: `receive` writes the bytes that it counts.
            switch try? unsafe socket?.receive(into: free, &descriptors) {
            case .bytes(let count):
                isOpen = true
                return count
            case .nothing:
                isOpen = true
                return 0
            default: return 0
            }
        }
        return isOpen
    }

    private func give() { socket = nil }
}
