// Both devices and one stream, driven step by step: a test says when a buffer is queued, a unit fed,
// a picture drawn.

import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@testable import virtio_share

/// Stops a decoder in the middle of a picture until it is opened.
final class Gate: Sendable {
    private struct State {
        var isReached = false
        var isOpen = false
    }
    private let state = Monitor(State())
    private let number: UInt32

    /// - Parameter number: the picture that stops here; others pass.
    init(number: UInt32) { self.number = number }

    deinit { open() }

    func pass(_ number: UInt32) {
        guard number == self.number else { return }
        state.update { $0.isReached = true }
        // A bound, so that a test that fails does not hang.
        _ = state.wait(untilNanos: deadline(millis: 20_000)) { $0.isOpen ? true : nil }
    }

    /// Whether the decoder has come here, or does in time.
    var isReached: Bool {
        state.wait(untilNanos: deadline(millis: 5000)) { $0.isReached ? true : nil } ?? false
    }

    func open() { state.update { $0.isOpen = true } }
}

/// Decodes simulated units to grey pictures, as fast as memory can be written.
final class GreyDecoder: VideoDecoder {
    private let client: any DecoderClient

    static let description = DecoderDescription(fourcc: SimulatedUnit.fourcc, name: "Grey") {
        GreyDecoder($0)
    }

    private init(_ client: any DecoderClient) { self.client = client }

    /// The sample, luma and chroma, that makes up a picture.
    static func sample(_ number: UInt32) -> UInt8 { UInt8(40 + number % 10 * 15) }

    func decode(_ unit: CodedUnit) throws(DecoderError) {
        guard let picture = try? MediaReply(bytes: unit.bytes).decode(as: SimulatedUnit.self),
            let format = PictureFormat(
                fourcc: .yuv420, alignedWidth: Int(picture.width),
                alignedHeight: Int(picture.height),
                visible: PixelRect(width: Int(picture.width), height: Int(picture.height)),
                colour: ColourDescription(matrix: .bt601, isFullRange: false))
        else { throw .badData }
        guard case .surface(let surface) = client.surface(for: format, minimumCount: 1) else {
            throw .interrupted
        }
        surface.memory?.fill(Self.sample(picture.number))
        defer { client.codecReleased(surface) }
        try client.output(
            DecodedPicture(
                samples: .surface(surface), format: format, token: unit.token, isDamaged: false,
                isKeyFrame: true))
    }

    func drain() throws(DecoderError) {}
    func flush() {}
}

final class Stage {
    let system: SharingMachine
    let decoder: V4L2Decoder
    let painter: VideoPainter
    private(set) var buffers: [PictureBuffer] = []
    private let (width, height): (UInt32, UInt32)

    /// A session, with the simulated decoder or the grey one, that has seen the headers in unit 0, with buffers that nobody has queued yet.
    init(
        width: UInt32 = 64, height: UInt32 = 48, buffers count: Int,
        onHalfWritten: (@Sendable (UInt32) -> Void)? = nil, isGrey: Bool = false
    ) throws {
        (self.width, self.height) = (width, height)
        let decoders = [
            isGrey
                ? GreyDecoder.description : SimulatedDecoder.describe(onHalfWritten: onHalfWritten)
        ]
        system = try SharingMachine(decoders: decoders)
        decoder = try V4L2Decoder(
            system.media, codec: SimulatedUnit.fourcc, codedBytes: SimulatedUnit.sizeBytes,
            codedBuffers: 8)
        let unit = SimulatedUnit(width: width, height: height, number: 0)
        let time = V4L2.Timeval(sec: 0, usec: 0)
        try #require(try decoder.feed(MediaMachine.bytes(unit), timestamp: time))
        try #require(try decoder.nextEvent(timeoutMillis: 5000) == .sourceChange)
        painter = try VideoPainter(
            system.gpu, context: ContextID(1), layout: try decoder.layout(), path: .buffer)
        for _ in 0..<count { buffers.append(try painter.createBuffer()) }
        try decoder.requestCapture(count, memory: .virtioObject)
    }

    func name(_ index: Int) throws -> (id: ResourceID, uuid: ResourceUUID) {
        guard case .shared(let id, let uuid) = buffers[index].memory else {
            throw DriverError.badResponse
        }
        return (id, uuid)
    }

    func queue(_ index: Int) throws {
        try decoder.queueCapture(UInt32(index), object: try name(index).uuid)
    }

    func feed(_ number: UInt32) throws {
        let unit = SimulatedUnit(width: width, height: height, number: number)
        try #require(
            try decoder.feed(
                MediaMachine.bytes(unit), timestamp: V4L2.Timeval(sec: Int64(number), usec: 0)))
    }

    /// The next picture's buffer and number; nil when none comes in time.
    func nextPicture(withinMillis millis: UInt64 = 5000) throws -> (index: Int, number: Int)? {
        let end = deadline(millis: millis)
        while MonotonicClock.nowNanos < end {
            let left = Int32((end - MonotonicClock.nowNanos) / 1_000_000 + 1)
            guard let event = try decoder.nextEvent(timeoutMillis: left) else { return nil }
            if case .picture(let index, let time, _) = event { return (Int(index), Int(time.sec)) }
        }
        return nil
    }

    /// Draws what lies in a buffer, and reads the pixels back.
    func draw(_ index: Int) throws -> [UInt8] {
        try painter.prepare(buffers[index])
        try painter.waitUntilDrawn(try painter.draw(buffers[index]))
        let rgba = try painter.read()
        try painter.release(buffers[index])
        return rgba
    }

    /// The picture of this number as it should be.
    func reference(_ number: UInt32) throws -> ReferencePicture {
        let unit = SimulatedUnit(width: width, height: height, number: number)
        return try #require(
            SimulatedReference().decode(
                CodedStreamUnit(bytes: MediaMachine.bytes(unit), timeMicros: 0)
            ).first)
    }

    /// A participant that is neither of the two devices gets at a buffer by its UUID.
    func attachThird(_ index: Int, _ direction: Direction) throws -> Attachment {
        try system.registry.attach(
            try name(index).uuid, by: system.registry.join(name: "third"), direction: direction)
    }

    /// The visible luma samples of a buffer, row after row.
    func luma(_ memory: MemoryRange) throws -> [UInt8] {
        let plane = painter.layout.planes[0]
        return try (0..<Int(height)).flatMap { row in
            try #require(memory.slice(offset: row * plane.stride, count: Int(width))).bytes()
        }
    }

    func close() throws {
        try decoder.close()
        try painter.close()
    }
}
