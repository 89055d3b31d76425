// Several decoding sessions of one guest at once, into the device's own buffers: what the media
// device does when it is shared.

import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import VirtioDevices
import VirtioWire
import Virtqueue

/// A guest with a media device alone.
final class SessionLoad {
    private let machine: GuestMachine
    private let media: MediaDriver
    private let transport: InProcessTransport<MediaDevice>

    init(
        decoders: [DecoderDescription], codecs: CodecPlacement = .inProcess,
        guestMemoryBytes: Int = 64 << 20
    ) throws {
        machine = try GuestMachine(memoryBytes: guestMemoryBytes)
        let registry = ResourceRegistry()
        transport = try InProcessTransport(
            name: "virtio-media", memory: machine.memory, queueCount: 2,
            make: {
                var configuration = MediaConfiguration(decoders: decoders)
                configuration.codecs = codecs
                configuration.mmapPlanesMax = 1024
                configuration.memoryBytesMax = 4 << 30
                return try MediaDevice(configuration: configuration, domain: registry)
            })
        media = try MediaDriver(transport, machine: machine)
    }

    var statistics: DecodeStatistics { transport.onDeviceThread { $0.device.statistics } }

    /// One session on its way through a stream.
    private final class Session {
        let decoder: V4L2Decoder
        let stream: RecordedStream
        var pending: CodedStreamUnit?
        var isAtEnd = false
        var isDraining = false
        var isDone = false
        var pictures = 0

        init(_ decoder: V4L2Decoder, _ stream: RecordedStream) {
            self.decoder = decoder
            self.stream = stream
        }
    }

    /// Plays the stream in so many sessions at once; frames a second of all together, from the
    /// first picture of any of them on.
    func rate(_ stream: RecordedStream, sessions count: Int) throws -> Double {
        let sessions = try (0..<count).map { _ in
            let stream = stream.rewound()
            return Session(
                try V4L2Decoder(
                    media, codec: stream.fourcc, codedBytes: stream.unitBytesMax,
                    codedBuffers: Self.codedBuffers, codedMemory: .mmap), stream)
        }
        var began: UInt64?
        while sessions.contains(where: { !$0.isDone }) {
            var hasMoved = false
            for session in sessions where !session.isDone {
                hasMoved = try step(session) || hasMoved
                if began == nil, session.pictures > 0 { began = MonotonicClock.nowNanos }
            }
            if !hasMoved { try media.waitForInterrupt(timeoutMillis: Self.waitMillis) }
        }
        let elapsed = MonotonicClock.nowNanos &- (began ?? 0)
        let pictures = sessions.reduce(0) { $0 + $1.pictures } - 1
        for session in sessions { try session.decoder.close() }
        return Double(pictures) * 1_000_000_000 / Double(max(1, elapsed))
    }

    private static let codedBuffers = 8
    private static let extraBuffers = 4
    private static let waitMillis: Int32 = 1000

    /// Does what can be done at once; false when there is nothing.
    private func step(_ session: Session) throws -> Bool {
        let decoder = session.decoder
        var hasMoved = false
        while !session.isAtEnd, decoder.hasFreeCodedBuffer {
            guard let unit = try session.pending ?? session.stream.next() else {
                session.isAtEnd = true
                break
            }
            let timestamp = V4L2.Timeval(
                sec: unit.timeMicros / 1_000_000, usec: unit.timeMicros % 1_000_000)
            session.pending = unit
            guard try decoder.feed(unit.bytes, timestamp: timestamp) else { break }
            session.pending = nil
            hasMoved = true
        }
        if session.isAtEnd, !session.isDraining, decoder.isCaptureStreaming {
            session.isDraining = try decoder.drain()
        }
        while let event = try decoder.nextEvent(timeoutMillis: 0) {
            hasMoved = true
            switch event {
            case .sourceChange: try setUp(decoder)
            case .picture(let index, _, _):
                session.pictures += 1
                try decoder.queueCapture(index)
            case .last where session.isDraining && !decoder.hasCodedInFlight:
                session.isDone = true
                return true
            case .last, .codedBufferFree: break
            case .endOfStream:
                // The stream has said so itself: what lies behind that is decoded too.
                guard !session.isAtEnd || decoder.hasCodedInFlight else {
                    session.isDone = true
                    return true
                }
                if let index = decoder.lastBuffer { try decoder.queueCapture(index) }
                try decoder.resume()
                session.isDraining = false
            }
        }
        return hasMoved
    }

    private func setUp(_ decoder: V4L2Decoder) throws {
        if decoder.isCaptureStreaming {
            try decoder.stopCapture()
            try decoder.requestCapture(0, memory: .mmap)
        }
        let wanted = try decoder.minimumCaptureBuffers() + Self.extraBuffers
        let given = try decoder.requestCapture(wanted, memory: .mmap)
        guard given.count == wanted else { throw DriverError.outOfGuestMemory }
        for index in 0..<given.count { try decoder.queueCapture(UInt32(index)) }
        try decoder.startCapture()
    }
}
