// The guest's player: feeds a stream to the decoder, draws each picture from the buffer that it was
// decoded into, and gives the buffer back.

import GuestDriver
import VirtioWire

/// A picture that was drawn.
struct PlayedPicture {
    let number: Int
    let timeMicros: Int64
    let width: Int
    let height: Int
    let isDamaged: Bool
    /// Empty when the player does not draw.
    let rgba: [UInt8]
}

/// How a stream ended before it was played.
enum PlayerError: Error, Equatable {
    /// Nothing in it could be decoded.
    case nothingDecoded
    /// The stream's samples cannot be carried to the GPU.
    case unsupportedSamples
    /// The device took or gave nothing for too long.
    case stuck
}

extension PlayerError: CustomStringConvertible {
    var description: String {
        switch self {
        case .nothingDecoded: "No picture of the stream could be decoded."
        case .unsupportedSamples:
            "The stream's pictures are neither 8-bit nor 10-bit 4:2:0, which is what can be shared."
        case .stuck: "The media device stopped answering."
        }
    }
}

/// Plays one stream on a machine.
final class Player {
    enum Mode: Equatable {
        case draw(SamplingPath)
        /// Decodes into shared buffers and gives them straight back.
        case decodeOnly
    }

    /// Nanoseconds from chain added to used element seen, of the requests that do the work.
    struct Times {
        var uploadNanos: UInt64 = 0
        var drawNanos: UInt64 = 0
        var readNanos: UInt64 = 0

        var sum: UInt64 { uploadNanos + drawNanos + readNanos }
    }

    private let system: SharingMachine
    private let stream: any CodedStream
    private let mode: Mode
    private let framesMax: Int
    private let decoder: V4L2Decoder
    private var painter: VideoPainter?
    private var buffers: [PictureBuffer] = []
    private var nextContext: UInt32 = 1
    private var pending: CodedStreamUnit?
    private var isAtEnd = false
    private var isDraining = false
    private(set) var played = 0
    /// Bytes of the visible samples of all pictures played.
    private(set) var sampleBytes = 0
    private(set) var times = Times()
    private(set) var uuids: [ResourceUUID] = []
    private(set) var layout: VideoLayout?
    /// Told of every unit that is fed.
    var onFeed: (CodedStreamUnit) -> Void = { _ in }

    /// Buffers beyond what the decoder may hold: one being drawn, some to decode ahead into.
    private static let extraBuffers = 4
    private static let patienceMillis: Int32 = 20_000
    /// After the last unit, a codec with threads of its own may still find a first picture.
    private static let firstPictureMillis: Int32 = 2_000

    init(_ system: SharingMachine, _ stream: any CodedStream, mode: Mode, framesMax: Int)
        throws(DriverError)
    {
        self.system = system
        self.stream = stream
        self.mode = mode
        self.framesMax = framesMax
        decoder = try V4L2Decoder(
            system.media, codec: stream.fourcc, codedBytes: stream.unitBytesMax)
    }

    /// Plays to the end, or to the frame limit.
    func play(_ onPicture: (PlayedPicture) throws -> Void) throws {
        do {
            try playAll(onPicture)
        } catch DriverError.sessionFailed(.eopnotsupp) {
            throw PlayerError.unsupportedSamples
        }
    }

    private func playAll(_ onPicture: (PlayedPicture) throws -> Void) throws {
        while played < framesMax {
            try feed()
            if isAtEnd, !isDraining, decoder.isCaptureStreaming {
                isDraining = try decoder.drain()
            }
            guard let event = try nextEvent() else { return }
            switch event {
            case .sourceChange: try setUpCapture()
            case .picture(let index, let timestamp, let isDamaged):
                try show(index, timestamp, isDamaged, onPicture)
            case .last where isDraining && !decoder.hasCodedInFlight: return
            case .last, .codedBufferFree: break
            case .endOfStream:
                // The stream has said so itself: what lies behind that is decoded too.
                guard !isAtEnd || decoder.hasCodedInFlight else { return }
                if let index = decoder.lastBuffer { try queue(index) }
                try decoder.resume()
                isDraining = false
            }
        }
    }

    /// Ends the session and gives all buffers back.
    func close() throws(DriverError) {
        try decoder.close()
        try painter?.close()
        painter = nil
    }

    private func nextEvent() throws -> V4L2Decoder.Event? {
        let isWaitingForFirst =
            isAtEnd && !decoder.isCaptureStreaming && decoder.codedBuffersInFlight == 0
        let patience = isWaitingForFirst ? Self.firstPictureMillis : Self.patienceMillis
        if let event = try decoder.nextEvent(timeoutMillis: patience) { return event }
        throw isWaitingForFirst ? PlayerError.nothingDecoded : PlayerError.stuck
    }

    private func feed() throws {
        while !isAtEnd, decoder.hasFreeCodedBuffer {
            guard let unit = try pending ?? stream.next() else {
                isAtEnd = true
                return
            }
            pending = unit
            let timestamp = V4L2.Timeval(
                sec: unit.timeMicros / 1_000_000, usec: unit.timeMicros % 1_000_000)
            onFeed(unit)
            _ = try decoder.feed(unit.bytes, timestamp: timestamp)
            pending = nil
        }
    }

    // MARK: CAPTURE

    /// The stream's layout is known, or new: buffers of the size that the decoder needs.
    private func setUpCapture() throws {
        if decoder.isCaptureStreaming {
            try decoder.stopCapture()
            try decoder.requestCapture(0, memory: memory)
            try painter?.close()
            painter = nil
        }
        let layout = try decoder.layout()
        self.layout = layout
        let painter = try VideoPainter(
            system.gpu, context: ContextID(nextContext), layout: layout, path: path)
        nextContext += 1
        self.painter = painter
        let wanted = try decoder.minimumCaptureBuffers() + Self.extraBuffers
        let (count, bytes) = try decoder.requestCapture(wanted, memory: memory)
        guard count > 0, bytes <= layout.sizeBytes else { throw DriverError.badResponse }
        buffers = []
        for index in 0..<count {
            let buffer = try painter.createBuffer()
            buffers.append(buffer)
            if case .shared(_, let uuid) = buffer.memory { uuids.append(uuid) }
            try queue(UInt32(index))
        }
        try decoder.startCapture()
    }

    private var path: SamplingPath {
        switch mode {
        case .draw(let path): path
        case .decodeOnly: .buffer
        }
    }

    private var memory: V4L2.Memory { path == .pages ? .sharedPages : .virtioObject }

    private func queue(_ index: UInt32) throws(DriverError) {
        switch buffers[Int(index)].memory {
        case .shared(_, let uuid): try decoder.queueCapture(index, object: uuid)
        case .pages(let block): try decoder.queueCapture(index, pages: block)
        }
    }

    private func show(
        _ index: UInt32, _ timestamp: V4L2.Timeval, _ isDamaged: Bool,
        _ onPicture: (PlayedPicture) throws -> Void
    ) throws {
        guard let painter, let layout, buffers.indices.contains(Int(index)) else {
            throw DriverError.badResponse
        }
        let rgba = mode == .decodeOnly ? [] : try draw(buffers[Int(index)], with: painter)
        try queue(index)
        let picture = PlayedPicture(
            number: played, timeMicros: timestamp.sec * 1_000_000 + timestamp.usec,
            width: layout.width, height: layout.height, isDamaged: isDamaged, rgba: rgba)
        played += 1
        sampleBytes += layout.sampleBytes
        try onPicture(picture)
    }

    private func draw(_ buffer: PictureBuffer, with painter: VideoPainter) throws(DriverError)
        -> [UInt8]
    {
        let device = system.gpu.device
        var mark = device.roundTripNanos
        let lap = { () -> UInt64 in
            defer { mark = device.roundTripNanos }
            return device.roundTripNanos &- mark
        }
        try painter.prepare(buffer)
        let prepared = lap()
        try painter.waitUntilDrawn(try painter.draw(buffer))
        times.drawNanos &+= lap()
        let rgba = try painter.read()
        times.readNanos &+= lap()
        try painter.release(buffer)
        if path == .pages { times.uploadNanos &+= prepared }
        return rgba
    }
}
