// Controls, frame sizes and selections by their bytes.

import HostBridge
import LinuxSystem
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's controls")
struct MediaControlTests {
    private static let delay = V4L2.ControlID.decDisplayDelayEnable

    private func newMachine() throws -> (MediaMachine, SessionID) {
        let machine = try MediaMachine(decoders: [
            SimulatedDecoder.description,
            DecoderDescription(fourcc: .h264, name: "H.264") { _ throws(DecoderError) in
                throw .failed
            },
        ])
        try machine.postEvents(20)
        return (machine, try machine.open())
    }

    /// A request of several controls; the answer's head and controls.
    private func several(
        _ code: V4L2.IoctlCode, _ controls: [V4L2.ExtControl], which: UInt32 = 0,
        _ session: SessionID, _ machine: MediaMachine
    ) throws -> (status: VirtioMedia.Status?, head: V4L2.ExtControls, controls: [V4L2.ExtControl]) {
        let head = V4L2.ExtControls(
            which: V4L2.ControlWhich(which), count: UInt32(controls.count),
            controls: 0xdead_beef_0bad_f00d)
        let payload = MediaMachine.bytes(head) + controls.flatMap { MediaMachine.bytes($0) }
        let reply = try machine.ioctl(code, payload, session)
        try #require(reply.bytes.count == 8 + payload.count)
        let back = try controls.indices.map { index in
            try reply.decode(at: 40 + index * 20, as: V4L2.ExtControl.self)
        }
        return (reply.status, try reply.decode(at: 8), back)
    }

    @Test("QUERYCTRL and QUERY_EXT_CTRL list them in order by NEXT_CTRL, and no compound one")
    func list() throws {
        let (machine, session) = try newMachine()
        var ids: [UInt32] = []
        var id: UInt32 = 0
        while ids.count < 20 {
            let asked = V4L2.ControlID(id | V4L2.ControlID.nextCtrl)
            let reply = try machine.ioctl(.queryctrl, V4L2.QueryCtrl(id: asked), session)
            let long = try machine.ioctl(.queryExtCtrl, V4L2.QueryExtCtrl(id: asked), session)
            #expect(reply.status == long.status)
            guard reply.status == .ok else {
                #expect(reply.bytes == [22, 0, 0, 0, 0, 0, 0, 0])
                break
            }
            #expect(reply.bytes.count == 8 + 68)
            #expect(long.bytes.count == 8 + 232)
            let short: V4L2.QueryCtrl = try reply.decode(at: 8)
            let found: V4L2.QueryExtCtrl = try long.decode(at: 8)
            #expect(found.id == short.id)
            #expect(found.name == short.name)
            #expect(found.flags == short.flags)
            #expect(!found.name.isEmpty)
            ids.append(short.id.rawValue)
            id = short.id.rawValue
        }
        #expect(
            ids == [
                0x0098_0001, 0x0098_0927, 0x0098_0928, 0x0099_0001, 0x0099_0a6b, 0x0099_0b8d,
                0x0099_0b8e,
            ])
        let compound = V4L2.QueryExtCtrl(id: V4L2.ControlID(V4L2.ControlID.nextCompound))
        #expect(try machine.ioctl(.queryExtCtrl, compound, session).status == .einval)
        for bad: UInt32 in [0, 0x0098_0926, 0x0099_0b8f, 0x00ff_ffff] {
            let asked = V4L2.QueryCtrl(id: V4L2.ControlID(bad))
            #expect(try machine.ioctl(.queryctrl, asked, session).status == .einval)
        }
    }

    @Test("QUERYMENU names a profile that can be decoded, and is EINVAL for others")
    func menu() throws {
        let (machine, session) = try newMachine()
        let names = try (UInt32(0)..<8).map { index -> String? in
            let asked = V4L2.QueryMenu(id: .h264Profile, index: index)
            let reply = try machine.ioctl(.querymenu, asked, session)
            guard reply.status == .ok else { return nil }
            return try reply.decode(at: 8, as: V4L2.QueryMenu.self).name
        }
        #expect(
            names == [
                "Baseline", "Constrained Baseline", "Main", "Extended", "High", "High 10", nil, nil,
            ])
        for id in [V4L2.ControlID.minBuffersForCapture, .vp9Profile, V4L2.ControlID(0)] {
            let asked = V4L2.QueryMenu(id: id, index: 0)
            #expect(try machine.ioctl(.querymenu, asked, session).status == .einval)
        }
        let last = V4L2.QueryMenu(id: .h264Profile, index: .max)
        #expect(try machine.ioctl(.querymenu, last, session).status == .einval)
    }

    @Test(
        "G_EXT_CTRLS reads several, by class and by default too, and keeps the pointer [MED-D-005]")
    func read() throws {
        let (machine, session) = try newMachine()
        let plain = [
            V4L2.ExtControl(id: .minBuffersForOutput), V4L2.ExtControl(id: .h264Profile),
            V4L2.ExtControl(id: Self.delay, value64: -1),
        ]
        let answer = try several(.gExtCtrls, plain, session, machine)
        #expect(answer.status == .ok)
        #expect(answer.head.controls == 0xdead_beef_0bad_f00d)
        #expect(answer.head.errorIdx == 3)
        #expect(answer.controls.map(\.value64) == [1, 4, 0])
        let user = try several(
            .gExtCtrls, [plain[0]], which: 0x0098_0000, session, machine)
        #expect(user.status == .ok)
        let mixed = try several(.gExtCtrls, plain, which: 0x0098_0000, session, machine)
        #expect(mixed.status == .einval)
        #expect(mixed.head.errorIdx == 3)
        let defaults = V4L2.ExtControl(id: .minBuffersForCapture)
        let before = try several(.gExtCtrls, [defaults], session, machine)
        #expect(before.status == .eacces)
        let byDefault = try several(
            .gExtCtrls, [defaults], which: 0x0f00_0000, session, machine)
        #expect(byDefault.controls.map(\.value64) == [1])
        let none = try several(.gExtCtrls, [], session, machine)
        #expect(none.status == .ok)
        for which: UInt32 in [1, 0x0097_0000, 0x0f01_0000] {
            #expect(
                try several(.gExtCtrls, [plain[0]], which: which, session, machine).status
                    == .einval)
        }
    }

    @Test(
        "What fails is told by error_idx: TRY by the control's index, SET and GET by the count [MED-D-004]"
    )
    func errorIndex() throws {
        let (machine, session) = try newMachine()
        let good = V4L2.ExtControl(id: Self.delay, value64: 1)
        let readOnly = V4L2.ExtControl(id: .minBuffersForOutput, value64: 3)
        let unknown = V4L2.ExtControl(id: V4L2.ControlID(5))
        for (bad, status) in [(readOnly, VirtioMedia.Status.eacces), (unknown, .einval)] {
            let tried = try several(.tryExtCtrls, [good, bad, good], session, machine)
            #expect(tried.status == status)
            #expect(tried.head.errorIdx == 1)
            let set = try several(.sExtCtrls, [good, bad], session, machine)
            #expect(set.status == status)
            #expect(set.head.errorIdx == 2)
        }
        // Nothing was set.
        let value = try machine.ioctl(.gCtrl, V4L2.Control(id: Self.delay), session)
        #expect(try value.decode(at: 8, as: V4L2.Control.self).value == 0)
        let byDefault = try several(.sExtCtrls, [good], which: 0x0f00_0000, session, machine)
        #expect(byDefault.status == .einval)
    }

    @Test("Counts that the request does not hold, or that are too many, are EINVAL")
    func counts() throws {
        let (machine, session) = try newMachine()
        for code in [V4L2.IoctlCode.gExtCtrls, .sExtCtrls, .tryExtCtrls] {
            for count: UInt32 in [3, 64, 65, 1 << 20, 0x0ccc_cccd, .max] {
                let head = V4L2.ExtControls(count: count)
                let payload = MediaMachine.bytes(head) + [UInt8](repeating: 0, count: 40)
                #expect(
                    try machine.ioctl(code, payload, session).bytes == [22, 0, 0, 0, 0, 0, 0, 0])
            }
        }
    }

    @Test("S_CTRL sets what can be set, within its range; not what is for reading, nor late")
    func write() throws {
        let (machine, session) = try newMachine()
        let set = { (id: V4L2.ControlID, value: Int32) in
            try machine.ioctl(.sCtrl, V4L2.Control(id: id, value: value), session)
        }
        let reply = try set(Self.delay, 77)
        #expect(try reply.decode(at: 8, as: V4L2.Control.self).value == 1)
        #expect(
            try set(.decDisplayDelay, -5).decode(at: 8, as: V4L2.Control.self).value == 0)
        #expect(try set(.minBuffersForCapture, 3).status == .eacces)
        #expect(try set(.h264Profile, 1).status == .eacces)
        #expect(try set(.codecClass, 1).status == .eacces)
        #expect(try set(V4L2.ControlID(1), 1).status == .einval)
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        try machine.stream(.streamon, .videoOutput, session)
        #expect(try set(Self.delay, 0).status == .ebusy)
        let query = try machine.ioctl(.queryctrl, V4L2.QueryCtrl(id: Self.delay), session)
        #expect(try query.decode(at: 8, as: V4L2.QueryCtrl.self).flags == .grabbed)
    }

    @Test("Without a display delay pictures come out in the order of decoding")
    func undelayed() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.reordering = 2
        for isUndelayed in [false, true] {
            let machine = try MediaMachine(decoders: [SimulatedDecoder.describe(behaviour)])
            try machine.postEvents(40)
            let session = try machine.open()
            if isUndelayed {
                let control = V4L2.Control(id: Self.delay, value: 1)
                #expect(try machine.ioctl(.sCtrl, control, session).status == .ok)
            }
            try machine.subscribe(.sourceChange, session)
            try machine.requestBuffers(4, .videoOutput, .sharedPages, session)
            try machine.stream(.streamon, .videoOutput, session)
            for (index, number) in [UInt32(0), 3, 1, 2].enumerated() {
                try machine.queueCoded(UInt32(index), MediaMachine.unit(number), session)
            }
            #expect(try machine.step(untilEvents: 1).count == 1)
            let count = try machine.ioctl(
                .gCtrl, V4L2.Control(id: .minBuffersForCapture), session)
            #expect(
                try count.decode(at: 8, as: V4L2.Control.self).value == (isUndelayed ? 1 : 3))
            _ = try machine.startCapture(6, session)
            #expect(
                try machine.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: .stop), session).status == .ok)
            let events = try machine.step(untilEvents: 9).map { try MediaEventLine($0) }
            let stamps = events.compactMap(\.buffer).filter {
                $0.type == .videoCapture && $0.bytesused > 0
            }.map(\.timestamp.sec)
            #expect(stamps == (isUndelayed ? [100, 101, 102, 103] : [100, 102, 103, 101]))
        }
    }

    @Test(
        "A control's event tells its value when asked for at once, and when it changes [MED-I-011]")
    func events() throws {
        let (machine, session) = try newMachine()
        let subscribe = { (id: V4L2.ControlID, flags: V4L2.EventSubscriptionFlags) in
            try machine.ioctl(
                .subscribeEvent,
                V4L2.EventSubscription(type: .ctrl, id: id.rawValue, flags: flags), session
            ).status
        }
        #expect(try subscribe(Self.delay, [.sendInitial, .allowFeedback]) == .ok)
        #expect(try subscribe(.minBuffersForCapture, []) == .ok)
        #expect(try subscribe(V4L2.ControlID(7), []) == .einval)
        #expect(try subscribe(.codecClass, []) == .einval)
        let on = V4L2.Control(id: Self.delay, value: 1)
        #expect(try machine.ioctl(.sCtrl, on, session).status == .ok)
        #expect(try machine.ioctl(.sCtrl, on, session).status == .ok)
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        try machine.stream(.streamon, .videoOutput, session)
        try machine.queueCoded(0, MediaMachine.unit(0), session)
        let lines = try machine.step(untilEvents: 3).map { try MediaEventLine($0).text }
        #expect(
            lines == [
                "control 10029966 is 0", "control 10029966 is 1", "control 9963815 is 1",
            ])
        // Without ALLOW_FEEDBACK who makes a change does not hear of it.
        let other = try machine.open()
        let plain = V4L2.EventSubscription(type: .ctrl, id: Self.delay.rawValue)
        #expect(try machine.ioctl(.subscribeEvent, plain, other).status == .ok)
        #expect(try machine.ioctl(.sCtrl, on, other).status == .ok)
        machine.host.serveHost()
        #expect(try machine.takeEvents() == [])
    }

    @Test("ENUM_FRAMESIZES gives the range of every format, once")
    func frameSizes() throws {
        let (machine, session) = try newMachine()
        for fourcc in [SimulatedUnit.fourcc, .h264, .yuv420, .nv12, .p010] {
            let asked = V4L2.FrmSizeEnum(index: 0, pixelFormat: fourcc)
            let reply = try machine.ioctl(.enumFramesizes, asked, session)
            #expect(reply.bytes.count == 8 + 44)
            let answer: V4L2.FrmSizeEnum = try reply.decode(at: 8)
            #expect(answer.type == .continuous)
            #expect(answer.stepwise.maxWidth == 16384)
            let next = V4L2.FrmSizeEnum(index: 1, pixelFormat: fourcc)
            #expect(try machine.ioctl(.enumFramesizes, next, session).status == .einval)
        }
        for fourcc in [V4L2.FourCC.vp9, .yuv420M, V4L2.FourCC(0)] {
            let asked = V4L2.FrmSizeEnum(index: 0, pixelFormat: fourcc)
            #expect(try machine.ioctl(.enumFramesizes, asked, session).status == .einval)
        }
    }

    @Test("S_SELECTION moves a rectangle to the one there is, within the flags' constraints")
    func selection() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let session = try machine.openWithHeaders()
        let set = { (target: V4L2.SelectionTarget, flags: UInt32, side: UInt32) in
            try machine.ioctl(
                .sSelection,
                V4L2.Selection(
                    type: .videoCapture, target: target, flags: flags,
                    r: V4L2.Rect(left: 3, top: 5, width: side, height: side)), session)
        }
        for target in [V4L2.SelectionTarget.compose, .crop] {
            let answer = try set(target, 0, 7).decode(at: 8, as: V4L2.Selection.self)
            #expect(answer.r == V4L2.Rect(width: 16, height: 16))
            #expect(try set(target, 1, 7).status == .ok)
            #expect(try set(target, 1, 17).status == .erange)
            #expect(try set(target, 2, 17).status == .ok)
            #expect(try set(target, 2, 15).status == .erange)
            #expect(try set(target, 3, 16).status == .ok)
            #expect(try set(target, 8, 16).status == .einval)
        }
        for target in [V4L2.SelectionTarget.composeDefault, .cropBounds, .composePadded] {
            #expect(try set(target, 0, 16).status == .einval)
        }
    }
}
