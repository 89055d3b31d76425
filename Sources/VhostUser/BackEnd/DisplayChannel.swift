// What a GPU shows, told on a front-end's display socket (Spec/vhost-user-gpu.md): pixels in the
// messages, since no renderer here has a dma-buf.
// Invariant: a display that does not read, or goes, is given up; the guest is served all the same.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
public import VirtioDevices
internal import VirtioWire

/// Shows scanouts on the display socket that a front-end brings, if one does. Made before the
/// device, used on the device's thread only.
public final class DisplayChannel: DisplaySink, @unchecked Sendable {
    private var socket: UnixSocket?
    private var sizes: [Int: (width: UInt32, height: UInt32)] = [:]
    private var out = WireBuffer(capacity: DisplayChannel.chunkBytes)
    private let patienceMillis: Int32

    /// Pixels are sent in pieces of at most this much.
    private static let chunkBytes = 64 << 10

    /// - Parameter patienceMillis: how long a display that does not read is waited for.
    public init(patienceMillis: Int32 = 1000) { self.patienceMillis = patienceMillis }

    /// Goes on, on a new socket; what is shown is announced anew. [VU-081]
    func connect(_ owned: consuming OwnedDescriptor) throws(VhostUserError) {
        do throws(Errno) { socket = try UnixSocket(owned) } catch { throw .system(error) }
        for (scanout, size) in sizes.sorted(by: { $0.key < $1.key }) { announce(scanout, size) }
    }

    /// The front-end has gone.
    func disconnect() {
        socket = nil
        sizes = [:]
    }

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
        let pixelBytes = rowBytes * Int(damage.height)
        begin(.update, VhostUserGPU.Update.sizeBytes + pixelBytes)
        out.append(
            VhostUserGPU.Update(
                scanoutID: UInt32(clamping: frame.scanout), x: damage.x, y: damage.y,
                width: damage.width, height: damage.height))
        for index in 0..<Int(damage.height) {
            // A row that is not there would leave the display out of step.
            guard let row = frame.row(index) else { return give() }
            append(PixelOrder(frame.format).nativeXRGB(row.bytes()))
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
            pixels.prefix(cursorBytes)
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

    // MARK: Bytes

    private func begin(_ request: VhostUserGPU.Request, _ payloadBytes: Int) {
        out.removeAll()
        out.append(VhostUserGPU.Header(request: request, size: UInt32(clamping: payloadBytes)))
    }

    private func append(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if out.count == out.capacity { flush() }
            let piece = rest.prefix(out.capacity - out.count)
            out.append(contentsOf: Array(piece))
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Sends what is in the buffer, or gives the display up.
    private func flush() {
        defer { out.removeAll() }
        guard socket != nil else { return }
        if !Self.send(out, on: &socket, patienceMillis) { give() }
    }

    private static func send(
        _ out: borrowing WireBuffer, on socket: inout UnixSocket?, _ patienceMillis: Int32
    ) -> Bool {
        var sent = 0
        while sent < out.count {
            let bytes = out.bytes.extracting(droppingFirst: sent)
            let count = unsafe bytes.withUnsafeBytes { bytes in
                // SAFETY: the bytes are read during the call only.
                (try? unsafe socket?.send(bytes)) ?? -1
            }
            guard count >= 0 else { return false }
            sent += count
            guard count > 0 || socket?.waitUntilWritable(timeoutMillis: patienceMillis) == true
            else { return false }
        }
        return true
    }

    private func give() { socket = nil }
}

/// Where a format has its bytes; formats are named in the order of their bytes.
struct PixelOrder {
    private let blue: Int
    private let green: Int
    private let red: Int
    private let other: Int

    init(_ format: VirtioGPU.Format) {
        switch format {
        case .a8r8g8b8Unorm, .x8r8g8b8Unorm: (blue, green, red, other) = (3, 2, 1, 0)
        case .r8g8b8a8Unorm, .r8g8b8x8Unorm: (blue, green, red, other) = (2, 1, 0, 3)
        case .x8b8g8r8Unorm, .a8b8g8r8Unorm: (blue, green, red, other) = (1, 2, 3, 0)
        // The format of the display itself.
        default: (blue, green, red, other) = (0, 1, 2, 3)
        }
    }

    /// The pixels as native x8r8g8b8 words, which is what a display takes.
    func nativeXRGB(_ bytes: [UInt8]) -> [UInt8] {
        guard blue != 0 else { return bytes }
        var out = bytes
        for at in stride(from: 0, to: bytes.count - 3, by: 4) {
            out[at] = bytes[at + blue]
            out[at + 1] = bytes[at + green]
            out[at + 2] = bytes[at + red]
            out[at + 3] = bytes[at + other]
        }
        return out
    }
}
