// The guest, on a thread of its own. It knows the devices by their transports only, and tells the
// media device nothing of the GPU's memory but UUIDs.

import GuestDriver
import HostBridge
import VirtioWire
import Virtqueue

final class Guest {
    private let gpu: GPUDriver
    private let media: MediaDriver
    private var painter: VideoPainter?
    private var buffers: [(buffer: PictureBuffer, uuid: ResourceUUID)] = []

    private static let pictures = 10
    private static let (width, height): (UInt32, UInt32) = (320, 180)
    /// Rounding in the shader.
    private static let errorMax = 2

    /// Boots: brings both devices up.
    init(
        _ memory: GuestMemory, usable: Range<UInt64>, gpu: any VirtioTransport,
        media: any VirtioTransport
    ) throws {
        let machine = GuestMachine(memory: memory, usable: usable)
        say("booted with \(usable.count >> 20) MiB that the VMM has mapped")
        self.gpu = try GPUDriver(gpu, machine: machine)
        let mode = try self.gpu.displayInfo().pmodes[0].r
        say("virtio-gpu is up: display of \(mode.width)x\(mode.height)")
        self.media = try MediaDriver(media, machine: machine)
        say("virtio-media is up: \(try self.media.config().card)")
    }

    /// Decodes into shared buffers, draws the last picture and checks what was drawn.
    func run() throws {
        let decoder = try V4L2Decoder(
            media, codec: SimulatedUnit.fourcc, codedBytes: SimulatedUnit.sizeBytes)
        say("opened session \(decoder.session) with the codec \(SimulatedUnit.fourcc)")
        var (fed, decoded) = (0, 0)
        while decoded < Self.pictures {
            while fed < Self.pictures, decoder.hasFreeCodedBuffer {
                _ = try decoder.feed(unit(fed), timestamp: V4L2.Timeval(sec: Int64(fed), usec: 0))
                fed += 1
            }
            switch try decoder.nextEvent(timeoutMillis: 10_000) {
            case .sourceChange: try share(with: decoder)
            case .picture(let index, let timestamp, isDamaged: false):
                decoded += 1
                if decoded < Self.pictures {
                    try decoder.queueCapture(index, object: buffers[Int(index)].uuid)
                } else {
                    say("decoded \(decoded) pictures into \(buffers.count) shared buffers")
                    try drawAndCheck(Int(index), number: Int(timestamp.sec))
                }
            case .codedBufferFree: break
            case let other: throw VMMError.unexpected(other)
            }
        }
        try decoder.close()
        try painter?.close()
        say("closed the session and gave the buffers back")
    }

    /// A unit of the simulated stream: "this is picture `number`".
    private func unit(_ number: Int) -> [UInt8] {
        var buffer = WireBuffer(capacity: SimulatedUnit.sizeBytes)
        buffer.append(
            SimulatedUnit(width: Self.width, height: Self.height, number: UInt32(number)))
        return buffer.array()
    }

    /// The decoder says what a buffer must be like, the GPU makes it, its UUID goes to the decoder.
    private func share(with decoder: V4L2Decoder) throws {
        let layout = try decoder.layout()
        say("the stream is \(layout.width)x\(layout.height), \(layout.sizeBytes) bytes a picture")
        let painter = try VideoPainter(gpu, context: ContextID(1), layout: layout, path: .buffer)
        self.painter = painter
        let wanted = try decoder.minimumCaptureBuffers() + 1
        let count = try decoder.requestCapture(wanted, memory: .virtioObject).count
        for index in 0..<count {
            // RESOURCE_CREATE_BLOB (HOST3D), then RESOURCE_ASSIGN_UUID.
            let buffer = try painter.createBuffer()
            guard case .shared(let resource, let uuid) = buffer.memory else { continue }
            say("made HOST3D blob \(resource), exported as \(uuid)")
            // QBUF of a VIRTIO_OBJECT buffer.
            try decoder.queueCapture(UInt32(index), object: uuid)
            buffers.append((buffer, uuid))
        }
        try decoder.startCapture()
        say("queued them for decoding, by UUID")
    }

    private func drawAndCheck(_ index: Int, number: Int) throws {
        guard let painter else { return }
        let (buffer, uuid) = buffers[index]
        try painter.prepare(buffer)
        try painter.waitUntilDrawn(try painter.draw(buffer))
        let rgba = try painter.read()
        try painter.release(buffer)
        say("drew picture \(number) from \(uuid) and read it back")
        let error = largestError(
            rgba: rgba, width: Int(Self.width), height: Int(Self.height), number: number)
        guard error <= Self.errorMax else { throw VMMError.wrongPixels(largestError: error) }
        say("all \(rgba.count / 4) pixels are right within \(error)/255")
    }
}

private func say(_ step: String) { print("guest:", step) }
