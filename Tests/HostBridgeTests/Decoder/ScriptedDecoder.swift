// Decoders that do what a test says, and what a session told, as text.

import LinuxSystem
import SystemPackage
import Testing
import VirtioWire

@testable import HostBridge

/// A decoder whose every step is a closure of the test's.
final class ScriptedDecoder: VideoDecoder {
    typealias Step = @Sendable (any DecoderClient, CodedUnit) throws(DecoderError) -> Void
    typealias End = @Sendable (any DecoderClient) throws(DecoderError) -> Void

    private let client: any DecoderClient
    private let onDecode: Step
    private let onDrain: End
    private let onFlush: @Sendable () -> Void

    static let fourcc = V4L2.FourCC(0x5453_4554)

    static func describe(
        decode: @escaping Step, drain: @escaping End = { _ in },
        flush: @escaping @Sendable () -> Void = {}
    ) -> DecoderDescription {
        DecoderDescription(fourcc: fourcc, name: "Scripted") { client in
            ScriptedDecoder(client, decode, drain, flush)
        }
    }

    private init(
        _ client: any DecoderClient, _ decode: @escaping Step, _ drain: @escaping End,
        _ flush: @escaping @Sendable () -> Void
    ) {
        self.client = client
        onDecode = decode
        onDrain = drain
        onFlush = flush
    }

    func decode(_ unit: CodedUnit) throws(DecoderError) { try onDecode(client, unit) }
    func drain() throws(DecoderError) { try onDrain(client) }
    func flush() { onFlush() }
}

extension DecodeEvent {
    /// A line for comparison.
    var line: String {
        switch self {
        case .consumed(let unit, let failed): "consumed \(unit)" + (failed ? ", failed" : "")
        case .sourceChange(let format, let minimum):
            "layout \(format.visible.width)x\(format.visible.height), at least \(minimum)"
        case .picture(let filled):
            "picture \(filled.token) in \(filled.index), \(filled.byteCount) bytes"
                + (filled.isDamaged ? ", damaged" : "") + (filled.isKeyFrame ? "" : ", no key")
        case .last(let index, .drained): "last in \(index), drained"
        case .last(let index, .streamEnd): "last in \(index), at the stream's end"
        case .last(let index, .layout): "last in \(index)"
        case .failed(let error): "failed \(error)"
        }
    }
}

/// A session with its wake-up and all it has told.
final class ObservedSession {
    let session: DecodeSession
    private let wake: EventDescriptor
    private(set) var lines: [String] = []
    /// The layout last told.
    private(set) var format: PictureFormat?

    init(_ decoder: DecoderDescription) throws(Errno) {
        wake = try EventDescriptor()
        session = try DecodeSession(decoder, wake: wake)
    }

    deinit { session.close() }

    /// Takes what the session has told by now.
    func take() {
        for event in session.takeEvents() {
            if case .sourceChange(let format, _) = event { self.format = format }
            lines.append(event.line)
        }
    }

    /// Takes events until `count` lines have come in all; false when they do not come in time.
    func take(upTo count: Int, withinMillis millis: UInt64 = 5000) -> Bool {
        let deadline = soon(millis)
        while true {
            take()
            guard lines.count < count else { return true }
            let now = MonotonicClock.nowNanos
            guard now < deadline else { return false }
            _ = wake.wait(timeoutMillis: Int32((deadline - now) / 1_000_000 + 1))
        }
    }

    /// Takes events until a line of this text has come.
    func take(until line: String, withinMillis millis: UInt64 = 5000) -> Bool {
        let deadline = soon(millis)
        while true {
            take()
            guard !lines.contains(line) else { return true }
            let now = MonotonicClock.nowNanos
            guard now < deadline else { return false }
            _ = wake.wait(timeoutMillis: Int32((deadline - now) / 1_000_000 + 1))
        }
    }

    func close() { session.close() }
}

/// A unit of the simulated stream.
func simulatedUnit(
    _ token: Int64, width: UInt32 = 16, height: UInt32 = 16, isDamaged: Bool = false
) -> CodedUnit {
    var buffer = WireBuffer(capacity: SimulatedUnit.sizeBytes)
    buffer.append(
        SimulatedUnit(width: width, height: height, number: UInt32(token), isDamaged: isDamaged))
    return CodedUnit(bytes: buffer.array(), token: token)
}

/// The layout of a YU12 picture of `width` x `height` samples, all of them visible.
func layout(_ width: Int, _ height: Int) throws -> PictureFormat {
    try #require(
        PictureFormat(
            fourcc: .yuv420, alignedWidth: width, alignedHeight: height,
            visible: PixelRect(width: width, height: height),
            colour: ColourDescription(matrix: .bt601, isFullRange: false)))
}
