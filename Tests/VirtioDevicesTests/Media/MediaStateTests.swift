// The stateful decoder's states: drain, seek, resolution change, start anew.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's states")
struct MediaStateTests {
    private func command(
        _ command: V4L2.DecoderCommand, _ session: SessionID, _ machine: MediaMachine
    ) throws -> VirtioMedia.Status? {
        try machine.ioctl(.decoderCmd, V4L2.DecoderCmd(cmd: command), session).status
    }

    private func lines(_ machine: MediaMachine, _ count: Int) throws -> [String] {
        try machine.step(untilEvents: count).map { try MediaEventLine($0).text }
    }

    @Test("STOP gives all pictures, an empty buffer with LAST, and EOS; START goes on")
    func drain() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(4, session)
        try machine.queueCoded(1, MediaMachine.unit(1), session)
        #expect(try command(.stop, session, machine) == .ok)
        let events = try machine.step(untilEvents: 6).map { try MediaEventLine($0) }
        #expect(
            events.map(\.text) == [
                "picture 0", "coded 0", "picture 1", "coded 1", "picture 2 last",
                "end of stream",
            ])
        #expect(events.first { $0.text == "picture 2 last" }?.buffer?.bytesused == 0)
        // Stopped: what is queued waits for START.
        try machine.queueCoded(0, MediaMachine.unit(2), session)
        try machine.queueCoded(1, MediaMachine.unit(3), session)
        #expect(try command(.stop, session, machine) == .ok)
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
        #expect(try command(.start, session, machine) == .ok)
        try machine.queueObject(0, objects[0].object.uuid, session)
        #expect(try lines(machine, 4) == ["picture 3", "coded 0", "picture 0", "coded 1"])
    }

    @Test("START and STOP are EBUSY while it drains, and LAST waits for a buffer")
    func drainBusy() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(1, session)
        #expect(try command(.stop, session, machine) == .ok)
        #expect(try lines(machine, 2) == ["picture 0", "coded 0"])
        #expect(try command(.start, session, machine) == .ebusy)
        #expect(try command(.stop, session, machine) == .ebusy)
        try machine.queueObject(0, objects[0].object.uuid, session)
        #expect(try lines(machine, 2) == ["picture 0 last", "end of stream"])
        #expect(try command(.start, session, machine) == .ok)
    }

    @Test("STOP does nothing before both queues stream")
    func drainEarly() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.openWithHeaders()
        #expect(try command(.stop, session, machine) == .ok)
        _ = try machine.startCapture(2, session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 0"])
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
    }

    @Test("STREAMOFF on CAPTURE ends a drain; units are decoded in the order of queueing")
    func drainStopped() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(1, session)
        #expect(try command(.stop, session, machine) == .ok)
        #expect(try lines(machine, 2) == ["picture 0", "coded 0"])
        try machine.queueCoded(1, MediaMachine.unit(1), session)
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.queueCoded(2, MediaMachine.unit(2), session)
        try machine.queueObject(0, objects[0].object.uuid, session)
        try machine.stream(.streamon, .videoCapture, session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 1"])
        try machine.queueObject(0, objects[0].object.uuid, session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 2"])
        #expect(
            MediaMachine.firstRow(objects[0].memory) == MediaMachine.firstRow(ofPicture: 2))
    }

    @Test("STREAMOFF on OUTPUT drops the units that wait; later ones are decoded")
    func seek() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.openWithHeaders()
        for index: UInt32 in 1..<4 {
            try machine.queueCoded(index, MediaMachine.unit(index), session)
        }
        try machine.stream(.streamoff, .videoOutput, session)
        try machine.stream(.streamon, .videoOutput, session)
        let objects = try machine.startCapture(4, session)
        try machine.queueCoded(2, MediaMachine.unit(8), session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 2"])
        #expect(
            MediaMachine.firstRow(objects[0].memory) == MediaMachine.firstRow(ofPicture: 8))
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
    }

    @Test("Units that were queued before REQBUFS are forgotten with their buffers")
    func requestForgets() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.open()
        try machine.subscribe(.sourceChange, session)
        try machine.requestBuffers(4, .videoOutput, .sharedPages, session)
        try machine.queueCoded(3, MediaMachine.unit(3, width: 64, height: 64), session)
        try machine.requestBuffers(2, .videoOutput, .sharedPages, session)
        try machine.stream(.streamon, .videoOutput, session)
        try machine.queueCoded(0, MediaMachine.unit(1), session)
        #expect(try lines(machine, 1) == ["source change"])
        let format = try machine.ioctl(
            .gSelection, V4L2.Selection(type: .videoCapture, target: .compose), session)
        #expect(try format.decode(at: 8, as: V4L2.Selection.self).r.width == 16)
        _ = try machine.startCapture(2, session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 0"])
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
    }

    @Test("REQBUFS of no OUTPUT buffers starts anew: SOURCE_CHANGE comes for the same layout too")
    func startsAnew() throws {
        let machine = try MediaMachine()
        try machine.postEvents(30)
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(2, session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 0"])
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.requestBuffers(0, .videoCapture, .virtioObject, session)
        try machine.stream(.streamoff, .videoOutput, session)
        try machine.requestBuffers(0, .videoOutput, .sharedPages, session)
        let format = V4L2.Format(
            type: .videoOutput,
            pix: V4L2.PixFormat(width: 0, height: 0, pixelformat: SimulatedUnit.fourcc))
        #expect(try machine.ioctl(.sFmt, format, session).status == .ok)
        try machine.requestBuffers(4, .videoOutput, .sharedPages, session)
        try machine.stream(.streamon, .videoOutput, session)
        try machine.queueCoded(0, MediaMachine.unit(1), session)
        #expect(try lines(machine, 1) == ["source change"])
        _ = try machine.startCapture(2, session)
        #expect(try lines(machine, 2) == ["picture 0", "coded 0"])
    }

    @Test("A new resolution: SOURCE_CHANGE, LAST in an old buffer, then the new pictures")
    func resolutionChange() throws {
        let machine = try MediaMachine()
        try machine.postEvents(40)
        let session = try machine.openWithHeaders()
        _ = try machine.startCapture(2, session)
        try machine.queueCoded(1, MediaMachine.unit(1, width: 32, height: 32), session)
        #expect(
            try lines(machine, 4) == ["picture 0", "coded 0", "source change", "picture 1 last"])
        let pix = try machine.ioctl(.gFmt, V4L2.Format(type: .videoCapture), session).decode(
            at: 8, as: V4L2.Format.self
        ).pix
        #expect(pix.sizeimage == UInt32(MediaMachine.largeBytes))
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.requestBuffers(0, .videoCapture, .virtioObject, session)
        _ = try machine.startCapture(2, session, sizeBytes: MediaMachine.largeBytes)
        try machine.queueCoded(2, MediaMachine.unit(2, width: 32, height: 32), session)
        #expect(try lines(machine, 4) == ["picture 0", "coded 1", "picture 1", "coded 2"])
        #expect(machine.device.statistics.copiedPictures == [:])
    }

    @Test("LAST of a new, larger resolution comes in an old buffer that is queued only then")
    func resolutionChangeLate() throws {
        let machine = try MediaMachine()
        try machine.postEvents(40)
        let session = try machine.openWithHeaders()
        let objects = try machine.startCapture(1, session)
        try machine.queueCoded(1, MediaMachine.unit(1, width: 32, height: 32), session)
        #expect(try lines(machine, 3) == ["picture 0", "coded 0", "source change"])
        try machine.queueObject(0, objects[0].object.uuid, session)
        #expect(try lines(machine, 1) == ["picture 0 last"])
        // For the new pictures it is too small: that a new STREAMON would tell.
        try machine.stream(.streamoff, .videoCapture, session)
        let buffer = V4L2.Buffer(index: 0, type: .videoCapture, memory: .virtioObject)
        let uuid = MediaMachine.bytes(objects[0].object.uuid)
        #expect(try machine.ioctl(.qbuf, buffer, session, trailing: uuid).status == .einval)
    }

    @Test("STOP goes on across a new resolution: its LAST and EOS come with the new buffers")
    func drainAcrossChange() throws {
        let machine = try MediaMachine()
        try machine.postEvents(40)
        let session = try machine.openWithHeaders()
        try machine.queueCoded(1, MediaMachine.unit(1, width: 32, height: 32), session)
        _ = try machine.startCapture(2, session)
        #expect(try command(.stop, session, machine) == .ok)
        try machine.queueCoded(2, MediaMachine.unit(2, width: 32, height: 32), session)
        #expect(
            try lines(machine, 4) == ["picture 0", "coded 0", "source change", "picture 1 last"])
        try machine.stream(.streamoff, .videoCapture, session)
        try machine.requestBuffers(0, .videoCapture, .virtioObject, session)
        #expect(try command(.start, session, machine) == .ebusy)
        _ = try machine.startCapture(3, session, sizeBytes: MediaMachine.largeBytes)
        #expect(
            try lines(machine, 4) == ["picture 0", "coded 1", "picture 1 last", "end of stream"])
        // What was queued behind STOP waits for START.
        #expect(try machine.step(untilEvents: 1, withinMillis: 30) == [])
        #expect(try command(.start, session, machine) == .ok)
        #expect(try lines(machine, 2) == ["picture 2", "coded 2"])
    }

    @Test("A session that failed tells so once; then only CLOSE works [MED-I-008] [MED-D-012]")
    func failed() throws {
        let decoder = DecoderDescription(fourcc: SimulatedUnit.fourcc, name: "None") {
            _ throws(DecoderError) in throw .failed
        }
        let machine = try MediaMachine(decoders: [decoder], sessionsMax: 4)
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        try machine.stream(.streamon, .videoOutput, session)
        // The device has not looked yet: the command itself must find out.
        #expect(try machine.waitForHostEvent())
        let format = V4L2.Format(type: .videoOutput)
        #expect(try machine.ioctl(.gFmt, format, session).bytes == [5, 0, 0, 0, 0, 0, 0, 0])
        try machine.postEvents(4)
        #expect(try lines(machine, 1) == ["error EIO"])
        for code in [V4L2.IoctlCode.gFmt, .reqbufs, .streamon, .streamoff, .qbuf, .querycap] {
            let payload = [UInt8](repeating: 2, count: 256)
            #expect(
                try machine.ioctl(code, payload, session).bytes == [5, 0, 0, 0, 0, 0, 0, 0])
        }
        for _ in 0..<3 { #expect(try machine.open() != session) }
        #expect(try machine.close(session).status == .ok)
        #expect(try machine.close(session).status == .einval)
        machine.host.serveHost()
        #expect(try machine.takeEvents() == [])
    }

    @Test("A stream that no format can carry ends the session with EOPNOTSUPP")
    func unsupported() throws {
        let decoder = DecoderDescription(fourcc: SimulatedUnit.fourcc, name: "Refuses") { _ in
            RefusingDecoder()
        }
        let machine = try MediaMachine(decoders: [decoder])
        try machine.postEvents(4)
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        try machine.stream(.streamon, .videoOutput, session)
        try machine.queueCoded(0, MediaMachine.unit(0), session)
        #expect(try lines(machine, 1) == ["error EOPNOTSUPP"])
        #expect(try machine.close(session).status == .ok)
    }
}

private final class RefusingDecoder: VideoDecoder {
    func decode(_ unit: CodedUnit) throws(DecoderError) { throw .unsupportedFormat }
    func drain() throws(DecoderError) {}
    func flush() {}
}
