// Each way through the states of a stateful decoder, as the steps of a driver and the events that
// come of each, in order.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

/// A way through the states, from a session whose OUTPUT queue streams.
struct MediaPath: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        /// QBUF on OUTPUT: a unit that is this picture.
        case code(UInt32, UInt32)
        /// The same, 32x32 in place of 16x16.
        case codeLarge(UInt32, UInt32)
        /// The same, behind which the stream says that it ends.
        case codeEnd(UInt32, UInt32)
        /// REQBUFS, QBUF of all and STREAMON on CAPTURE.
        case setUp(UInt32)
        case setUpLarge(UInt32)
        /// QBUF on CAPTURE.
        case give(UInt32)
        /// DECODER_CMD.
        case start, stop, startIsBusy, stopIsBusy
        case outputOff, outputOn, captureOff, captureOn
        /// REQBUFS of none.
        case freeCapture, freeOutput
        /// REQBUFS and STREAMON on OUTPUT.
        case begin
        /// These events come, and no other before the next step.
        case tells([String])
        /// No event comes.
        case tellsNothing
    }

    let name: String
    var behaviour = SimulatedBehaviour()
    let steps: [Step]
    var testDescription: String { name }

    init(
        _ name: String, knobs change: (inout SimulatedBehaviour) -> Void = { _ in },
        _ steps: [Step]
    ) {
        self.name = name
        self.steps = steps
        change(&behaviour)
    }
}

extension MediaPath {
    private static let decoding: [Step] = [
        .code(0, 0), .tells(["source change"]), .setUp(4), .tells(["picture 0", "coded 0"]),
    ]

    static let beginnings: [MediaPath] = [
        MediaPath("initialization, capture set-up, decoding", decoding),
        MediaPath(
            "decoding, stopped by STREAMOFF of CAPTURE, decoding",
            decoding + [
                .captureOff, .code(1, 1), .tellsNothing, .give(2), .captureOn,
                .tells(["picture 2", "coded 1"]),
            ]),
        MediaPath(
            "decoding, seek, decoding",
            decoding + [
                .outputOff, .code(1, 7), .tellsNothing, .outputOn,
                .tells(["picture 1", "coded 1"]),
            ]),
        MediaPath(
            "initialization, seek before capture set-up, decoding",
            [
                .code(0, 0), .code(1, 1), .tells(["source change"]), .outputOff, .outputOn,
                .tellsNothing, .code(2, 9), .setUp(1), .tells(["picture 0", "coded 2"]),
            ]),
        MediaPath(
            "decoding, seek, initialization",
            decoding + [
                .captureOff, .freeCapture, .outputOff, .freeOutput, .begin, .code(3, 0),
                .tells(["source change"]), .setUp(1), .tells(["picture 0", "coded 3"]),
            ]),
        MediaPath(
            "decoding of damage and of no data: told by ERROR, and it goes on",
            knobs: {
                $0.damagedUnits = [1]
                $0.badUnits = [2]
            },
            decoding + [
                .code(1, 1), .tells(["picture 1 error", "coded 1"]), .code(2, 2),
                .tells(["coded 2 error"]), .code(3, 3), .tells(["picture 2", "coded 3"]),
            ]),
        MediaPath(
            "decoding, failed", knobs: { $0.failsAt = 1 },
            decoding + [.code(1, 1), .tells(["error EIO"]), .tellsNothing]),
    ]

    static let drains: [MediaPath] = [
        MediaPath(
            "drain, stopped, START, decoding", knobs: { $0.reordering = 2 },
            [
                .code(0, 0), .tells(["source change"]), .setUp(4), .tells(["coded 0"]), .stop,
                .tells(["picture 0", "picture 1 last", "end of stream"]), .code(1, 1), .stop,
                .tellsNothing, .start, .tells(["coded 1"]), .stop,
                .tells(["picture 2", "picture 3 last", "end of stream"]),
            ]),
        MediaPath(
            "drain, stopped, CAPTURE off and on, decoding",
            decoding + [
                .stop, .tells(["picture 1 last", "end of stream"]), .code(1, 1), .captureOff,
                .give(0), .captureOn, .tells(["picture 0", "coded 1"]),
            ]),
        MediaPath(
            "drain, stopped, seek, decoding",
            decoding + [
                .stop, .tells(["picture 1 last", "end of stream"]), .code(1, 1), .tellsNothing,
                .outputOff, .outputOn, .code(2, 5), .tells(["picture 2", "coded 2"]),
            ]),
        MediaPath(
            "drain without a buffer for LAST: START and STOP are busy until there is one",
            [
                .code(0, 0), .tells(["source change"]), .setUp(1),
                .tells(["picture 0", "coded 0"]), .stop, .tellsNothing, .startIsBusy,
                .stopIsBusy, .give(0), .tells(["picture 0 last", "end of stream"]),
            ]),
        MediaPath(
            "drain ended by a seek",
            [
                .code(0, 0), .tells(["source change"]), .setUp(1),
                .tells(["picture 0", "coded 0"]), .stop, .outputOff, .give(0), .tellsNothing,
                .outputOn, .code(1, 1), .tells(["picture 0", "coded 1"]),
            ]),
    ]

    static let ends: [MediaPath] = [
        MediaPath(
            "end of stream, stopped, START, decoding",
            decoding + [
                .codeEnd(1, 1),
                .tells(["picture 1", "coded 1", "picture 2 last", "end of stream"]), .code(2, 2),
                .stop, .tellsNothing, .start, .tells(["picture 3", "coded 2"]),
            ]),
        MediaPath(
            "end of stream with pictures held back", knobs: { $0.reordering = 2 },
            [
                .code(0, 0), .tells(["source change"]), .setUp(4), .tells(["coded 0"]),
                .codeEnd(1, 1),
                .tells([
                    "coded 1", "picture 0", "picture 1", "picture 2 last", "end of stream",
                ]),
            ]),
        MediaPath(
            "end of stream, stopped, CAPTURE off and on, decoding",
            decoding + [
                .codeEnd(1, 1),
                .tells(["picture 1", "coded 1", "picture 2 last", "end of stream"]), .code(2, 2),
                .tellsNothing, .captureOff, .give(1), .captureOn,
                .tells(["picture 1", "coded 2"]),
            ]),
        MediaPath(
            "end of stream, stopped, seek, decoding",
            decoding + [
                .codeEnd(1, 1),
                .tells(["picture 1", "coded 1", "picture 2 last", "end of stream"]), .code(2, 2),
                .tellsNothing, .outputOff, .outputOn, .code(3, 3),
                .tells(["picture 3", "coded 3"]),
            ]),
        MediaPath(
            "end of stream without a buffer for LAST: START and STOP are busy until there is one",
            [
                .codeEnd(0, 0), .tells(["source change"]), .setUp(1),
                .tells(["picture 0", "coded 0"]), .startIsBusy, .stopIsBusy, .give(0),
                .tells(["picture 0 last", "end of stream"]), .start, .give(0), .code(1, 1),
                .tells(["picture 0", "coded 1"]),
            ]),
        MediaPath(
            "end of stream ended by CAPTURE off: what follows is decoded",
            [
                .codeEnd(0, 0), .tells(["source change"]), .setUp(1),
                .tells(["picture 0", "coded 0"]), .code(1, 1), .captureOff, .give(0), .captureOn,
                .tells(["picture 0", "coded 1"]),
            ]),
    ]

    private static let changed: [Step] =
        decoding + [.codeLarge(1, 1), .tells(["source change", "picture 1 last"])]

    static let changes: [MediaPath] = [
        MediaPath(
            "resolution change, capture set-up, decoding",
            changed + [
                .captureOff, .freeCapture, .setUpLarge(2), .tells(["picture 0", "coded 1"]),
            ]),
        MediaPath(
            "resolution change with pictures held back: they come before it",
            knobs: { $0.reordering = 1 },
            [
                .code(0, 0), .tells(["source change"]), .setUp(4), .tells(["coded 0"]),
                .codeLarge(1, 1), .tells(["picture 0", "source change", "picture 1 last"]),
                .captureOff, .freeCapture, .setUpLarge(3), .tells(["coded 1"]), .stop,
                .tells(["picture 0", "picture 1 last", "end of stream"]),
            ]),
        MediaPath(
            "resolution change, seek, decoding at the old size",
            changed + [
                .outputOff, .outputOn, .code(2, 2),
                .tells(["source change", "picture 2 last"]), .captureOff,
                .give(0), .captureOn, .tells(["picture 0", "coded 2"]),
            ]),
        MediaPath(
            "resolution change, START with buffers that are large enough",
            [
                .codeLarge(0, 0), .tells(["source change"]), .setUpLarge(4),
                .tells(["picture 0", "coded 0"]), .code(1, 1),
                .tells(["source change", "picture 1 last"]), .start,
                .tells(["picture 2", "coded 1"]),
            ]),
        MediaPath(
            "resolution change in a drain: LAST of the layout, then LAST of the drain",
            [
                .code(0, 0), .tells(["source change"]), .codeLarge(1, 1), .setUp(4),
                .tells(["picture 0", "coded 0", "source change", "picture 1 last"]), .stop,
                .tellsNothing, .captureOff, .freeCapture, .startIsBusy, .setUpLarge(2),
                .tells(["picture 0", "coded 1", "picture 1 last", "end of stream"]),
            ]),
    ]
}

@Suite("The media device's events on the way")
struct MediaPathTests {
    /// One walk along a path.
    private final class Walk {
        let machine: MediaMachine
        var session: SessionID
        var objects: [(object: SharedObject, memory: SharedMemory)] = []

        init(_ behaviour: SimulatedBehaviour) throws {
            machine = try MediaMachine(decoders: [SimulatedDecoder.describe(behaviour)])
            try machine.postEvents(100)
            session = try machine.openStreaming()
        }

        func take(_ step: MediaPath.Step) throws {
            switch step {
            case .code(let index, let number):
                try machine.queueCoded(index, MediaMachine.unit(number), session)
            case .codeLarge(let index, let number):
                let unit = MediaMachine.unit(number, width: 32, height: 32)
                try machine.queueCoded(index, unit, session)
            case .codeEnd(let index, let number):
                try machine.queueCoded(index, MediaMachine.lastUnit(number), session)
            case .setUp(let count): objects = try machine.startCapture(count, session)
            case .setUpLarge(let count):
                objects = try machine.startCapture(
                    count, session, sizeBytes: MediaMachine.largeBytes)
            case .give(let index):
                try machine.queueObject(index, objects[Int(index)].object.uuid, session)
            case .start: #expect(try command(.start) == .ok)
            case .stop: #expect(try command(.stop) == .ok)
            case .startIsBusy: #expect(try command(.start) == .ebusy)
            case .stopIsBusy: #expect(try command(.stop) == .ebusy)
            case .outputOff: try machine.stream(.streamoff, .videoOutput, session)
            case .outputOn: try machine.stream(.streamon, .videoOutput, session)
            case .captureOff: try machine.stream(.streamoff, .videoCapture, session)
            case .captureOn: try machine.stream(.streamon, .videoCapture, session)
            case .freeCapture:
                try machine.requestBuffers(0, .videoCapture, .virtioObject, session)
            case .freeOutput: try machine.requestBuffers(0, .videoOutput, .sharedPages, session)
            case .begin:
                try machine.requestBuffers(4, .videoOutput, .sharedPages, session)
                try machine.stream(.streamon, .videoOutput, session)
            case .tells(let lines):
                let events = try machine.step(untilEvents: lines.count)
                #expect(try events.map { try MediaEventLine($0).text } == lines)
            case .tellsNothing:
                let events = try machine.step(untilEvents: 1, withinMillis: 15)
                #expect(try events.map { try MediaEventLine($0).text } == [])
            }
        }

        private func command(_ command: V4L2.DecoderCommand) throws -> VirtioMedia.Status? {
            try machine.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: command), session).status
        }
    }

    @Test(
        "come in this order, and nothing is left [MED-I-009] [MED-I-011]",
        arguments: MediaPath.beginnings + MediaPath.drains + MediaPath.ends + MediaPath.changes)
    func order(path: MediaPath) throws {
        let walk = try Walk(path.behaviour)
        for step in path.steps { try walk.take(step) }
        try walk.take(.tellsNothing)
        #expect(try walk.machine.close(walk.session).status == .ok)
        #expect(walk.machine.registry.counters.attachments == 0)
        #expect(walk.machine.registry.counters.leases == 0)
        #expect(walk.machine.registry.counters.chargedBytes == 0)
    }
}
