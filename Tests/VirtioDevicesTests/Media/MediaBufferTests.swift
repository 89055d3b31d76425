// REQBUFS, QUERYBUF and QBUF by their bytes: what is refused, and what goes back as it came.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The media device's buffers")
struct MediaBufferTests {
    private static let invalid: [UInt8] = [22, 0, 0, 0, 0, 0, 0, 0]
    private static let capabilities: V4L2.BufCapabilities = [
        .mmap, .userptr, .dmabuf, .orphanedBufs, .maxNumBuffers,
    ]

    @Test("REQBUFS tells the memory that a queue takes, and refuses all other [MED-I-018]")
    func memoryTypes() throws {
        let machine = try MediaMachine()
        try machine.postEvents(4)
        let session = try machine.openWithHeaders()
        let ask = { (type: V4L2.BufType, memory: UInt32) in
            try machine.ioctl(
                .reqbufs,
                V4L2.RequestBuffers(count: 2, type: type, memory: V4L2.Memory(memory)), session)
        }
        let pages = try ask(.videoCapture, 2)
        #expect(pages.bytes.count == 8 + 20)
        let answer = try pages.decode(at: 8, as: V4L2.RequestBuffers.self)
        #expect(answer.count == 2)
        #expect(answer.capabilities == Self.capabilities)
        #expect(try ask(.videoCapture, 4).status == .ok)
        #expect(try ask(.videoCapture, 1).status == .ok)
        for memory: UInt32 in [0, 3, 5, .max] {
            #expect(try ask(.videoCapture, memory).bytes == Self.invalid)
        }
        let other = try machine.open()
        let coded = try machine.ioctl(
            .reqbufs,
            V4L2.RequestBuffers(count: 2, type: .videoOutput, memory: .sharedPages), other)
        #expect(
            try coded.decode(at: 8, as: V4L2.RequestBuffers.self).capabilities
                == Self.capabilities)
        for memory: UInt32 in [0, 3, 5, .max] {
            let asked = V4L2.RequestBuffers(
                count: 2, type: .videoOutput, memory: V4L2.Memory(memory))
            #expect(try machine.ioctl(.reqbufs, asked, other).bytes == Self.invalid)
        }
    }

    @Test("REQBUFS gives no more than 32 buffers, and is EBUSY while the queue streams")
    func counts() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        for count: UInt32 in [33, 0x1_0000, .max] {
            let asked = V4L2.RequestBuffers(
                count: count, type: .videoOutput, memory: .sharedPages)
            let reply = try machine.ioctl(.reqbufs, asked, session)
            #expect(try reply.decode(at: 8, as: V4L2.RequestBuffers.self).count == 32)
        }
        try machine.stream(.streamon, .videoOutput, session)
        let asked = V4L2.RequestBuffers(count: 0, type: .videoOutput, memory: .sharedPages)
        #expect(
            try machine.ioctl(.reqbufs, asked, session).bytes == [16, 0, 0, 0, 0, 0, 0, 0])
        try machine.stream(.streamoff, .videoOutput, session)
        #expect(try machine.ioctl(.reqbufs, asked, session).status == .ok)
    }

    @Test("CAPTURE buffers before the headers are EINVAL, but for none of them")
    func captureBeforeHeaders() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        for memory in [V4L2.Memory.sharedPages, .virtioObject] {
            let some = V4L2.RequestBuffers(count: 2, type: .videoCapture, memory: memory)
            #expect(try machine.ioctl(.reqbufs, some, session).bytes == Self.invalid)
            let none = V4L2.RequestBuffers(count: 0, type: .videoCapture, memory: memory)
            #expect(try machine.ioctl(.reqbufs, none, session).status == .ok)
        }
        let streamOn = MediaMachine.word(V4L2.BufType.videoCapture.rawValue)
        #expect(try machine.ioctl(.streamon, streamOn, session).bytes == Self.invalid)
    }

    @Test("STREAMON of a queue without buffers is EINVAL, and on again is nothing")
    func streamOn() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let type = MediaMachine.word(V4L2.BufType.videoOutput.rawValue)
        #expect(try machine.ioctl(.streamon, type, session).bytes == Self.invalid)
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        for code in [V4L2.IoctlCode.streamon, .streamon, .streamoff, .streamoff] {
            #expect(
                try machine.ioctl(code, type, session).bytes == [0, 0, 0, 0, 0, 0, 0, 0])
        }
    }

    @Test("QUERYBUF tells a buffer's length and state, and keeps the pointer [MED-D-005]")
    func query() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(2, .videoOutput, .sharedPages, session)
        try machine.queueCoded(1, MediaMachine.unit(1), session)
        let known: [(UInt32, V4L2.BufferFlags)] = [
            (0, .timestampCopy), (1, [.queued, .timestampCopy]),
        ]
        for (index, flags) in known {
            let asked = V4L2.Buffer(
                index: index, type: .videoOutput, memory: .mmap, m: 0xdead_beef_0bad_f00d)
            let reply = try machine.ioctl(.querybuf, asked, session)
            #expect(reply.bytes.count == 8 + 88)
            let answer = try reply.decode(at: 8, as: V4L2.Buffer.self)
            #expect(answer.index == index)
            #expect(answer.flags == flags)
            #expect(answer.memory == .sharedPages)
            #expect(answer.length == 1 << 20)
            #expect(answer.m == 0xdead_beef_0bad_f00d)
        }
        for index: UInt32 in [2, 32, 0x7fff_ffff, .max] {
            let asked = V4L2.Buffer(index: index, type: .videoOutput, memory: .sharedPages)
            #expect(try machine.ioctl(.querybuf, asked, session).bytes == Self.invalid)
        }
    }

    /// A request to queue the coded bytes at ``MediaMachine/pages``.
    private func coded(
        index: UInt32 = 0, memory: V4L2.Memory = .sharedPages, bytesused: UInt32 = 24,
        length: UInt32 = 24, m: UInt64 = 0, list: [GuestSegment]
    ) -> [UInt8] {
        MediaMachine.bytes(
            V4L2.Buffer(
                index: index, type: .videoOutput, bytesused: bytesused, memory: memory, m: m,
                length: length)) + MediaMachine.entries(list)
    }

    private func segment(_ offset: UInt64, _ count: UInt32) -> GuestSegment {
        GuestSegment(start: GuestAddress(MediaMachine.pages + offset), count: count)
    }

    @Test("QBUF of an index, memory or byte count that is none is EINVAL [MED-I-013]")
    func badQueueing() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        let before = coded(list: [segment(0, 24)])
        #expect(try machine.ioctl(.qbuf, before, session).bytes == Self.invalid)
        try machine.requestBuffers(2, .videoOutput, .sharedPages, session)
        try machine.range(MediaMachine.pages, 24).write(MediaMachine.unit(1))
        let all = [segment(0, 24)]
        let bad = [
            coded(index: 2, list: all), coded(index: .max, list: all),
            coded(memory: .mmap, list: all), coded(memory: .virtioObject, list: all),
            coded(memory: V4L2.Memory(0), list: all), coded(bytesused: 0, list: all),
            coded(bytesused: 25, list: all), coded(bytesused: .max, length: .max, list: all),
            // Longer than sizeimage, which is 1 MiB, although the list covers it.
            coded(
                bytesused: 0x10_0001, length: 0x10_0001,
                list: [segment(0, 0x8_0000), segment(0, 0x8_0001)]),
        ]
        for payload in bad {
            #expect(try machine.ioctl(.qbuf, payload, session).bytes == Self.invalid)
        }
        #expect(try machine.ioctl(.qbuf, coded(list: all), session).status == .ok)
    }

    @Test("QBUF of a buffer that is queued is EINVAL")
    func queuedTwice() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(2, .videoOutput, .sharedPages, session)
        try machine.range(MediaMachine.pages, 24).write(MediaMachine.unit(1))
        let payload = coded(list: [segment(0, 24)])
        #expect(try machine.ioctl(.qbuf, payload, session).status == .ok)
        #expect(try machine.ioctl(.qbuf, payload, session).bytes == Self.invalid)
    }

    @Test("QBUF returns userptr as it came, and nothing of the list [MED-D-010] [MED-I-003]")
    func userptr() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        let payload = coded(m: 0x1234_5678_9abc_def0, list: [segment(0, 12), segment(64, 12)])
        let reply = try machine.ioctl(.qbuf, payload, session)
        #expect(reply.bytes.count == 8 + 88)
        let answer = try reply.decode(at: 8, as: V4L2.Buffer.self)
        #expect(answer.m == 0x1234_5678_9abc_def0)
        #expect(answer.flags == [.queued, .timestampCopy])
        let request = try machine.range(MediaMachine.requests, 16 + payload.count).bytes()
        #expect(Array(request.dropFirst(16)) == payload)
    }

    @Test(
        "A scatter-gather list that does not cover the buffer is EINVAL, anywhere cut [MED-I-002]")
    func shortLists() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        let whole = coded(list: [segment(0, 10), segment(10, 14)])
        for count in 88..<whole.count {
            let reply = try machine.ioctl(.qbuf, Array(whole.prefix(count)), session)
            #expect(reply.bytes == Self.invalid, "\(count) bytes")
        }
        for list in [
            [segment(0, 23)], [segment(0, 0)], [segment(0, 10), segment(10, 13)], [],
        ] {
            #expect(
                try machine.ioctl(.qbuf, coded(list: list), session).bytes == Self.invalid)
        }
        #expect(try machine.ioctl(.qbuf, whole, session).status == .ok)
    }

    @Test("A scatter-gather list out of guest memory is EINVAL, where it is needed")
    func listsOutside() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        let last = GuestSegment(start: GuestAddress(MediaMachine.end - 12), count: 24)
        let outside = [
            [GuestSegment(start: GuestAddress(0), count: 24)],
            [GuestSegment(start: GuestAddress(MediaMachine.end), count: 24)],
            [last], [GuestSegment(start: GuestAddress(.max - 3), count: 24)],
            [segment(0, 12), GuestSegment(start: GuestAddress(.max), count: .max)],
        ]
        for list in outside {
            #expect(
                try machine.ioctl(.qbuf, coded(list: list), session).bytes == Self.invalid)
        }
        // Only its first half is needed.
        let tail = coded(list: [segment(0, 12), last])
        #expect(try machine.ioctl(.qbuf, tail, session).status == .ok)
    }

    @Test("A length of all of 4 GiB is EINVAL, however often a list names the same page")
    func hugeLength() throws {
        let machine = try MediaMachine()
        let session = try machine.open()
        try machine.requestBuffers(1, .videoOutput, .sharedPages, session)
        let list = Array(repeating: segment(0, 0x1000), count: 4096)
        let payload = coded(bytesused: 24, length: .max, list: list)
        #expect(try machine.ioctl(.qbuf, payload, session).bytes == Self.invalid)
    }
}
