// Commands that no driver of a media device sends.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum HostileMediaCases {
    static let all = [
        truncated, unknownCommands, strangers, everyIoctl, sessions, counts, shrinking, lists,
        objects,
        mappings, noise, random,
    ]

    private static func ioctl(
        _ code: V4L2.IoctlCode, _ session: SessionID, _ payload: [UInt8]
    ) -> [UInt8] {
        [UInt8](VirtioMedia.CmdIoctl(sessionID: session, code: code)) + payload
    }

    static let truncated = HostileCase.media(
        "truncated", "A command or a payload that ends anywhere is an error."
    ) { context in
        let subject = try MediaSubject(&context)
        for code in [V4L2.IoctlCode.sFmt, .reqbufs, .qbuf, .querybuf, .sExtCtrls, .expbuf] {
            let whole = ioctl(code, subject.session, [UInt8](repeating: 0, count: 256))
            for count in [1, 4, 7, 8, 12, 15, 16, 17, 20, 36, 87, 88, 104, 207, 223] {
                try context.sendBytes(Array(whole.prefix(count)), room: 512)
            }
        }
        // No room for the answer, or for half of it.
        for room in [1, 4, 8, 9, 32] {
            try context.sendBytes(
                ioctl(.gFmt, subject.session, [UInt8](repeating: 0, count: 208)), room: room)
        }
    }

    static let unknownCommands = HostileCase.media(
        "unknown-commands", "Commands that there are not are errors."
    ) { context in
        try context.start()
        for number: UInt32 in [0, 6, 7, 100, 0x8000_0000, .max] {
            try context.sendBytes(
                [UInt8](VirtioMedia.CmdHeader(cmd: VirtioMedia.Command(number)))
                    + [UInt8](repeating: 0xff, count: 32))
        }
    }

    static let strangers = HostileCase.media(
        "strangers", "Sessions that are not open are no sessions, and closing them is nothing."
    ) { context in
        let subject = try MediaSubject(&context)
        for id in [subject.session.rawValue &+ 1, 0x8000_0000, .max] {
            let session = SessionID(id)
            try MediaSessionCases.close(&context, session)
            try context.sendBytes(
                ioctl(.gFmt, session, [UInt8](repeating: 0, count: 208)), room: 256)
            try context.sendBytes(
                [UInt8](VirtioMedia.CmdMMap(sessionID: session, offset: .max)))
        }
        for _ in 0..<3 { try MediaSessionCases.close(&context, subject.session) }
    }

    static let everyIoctl = HostileCase.media(
        "every-ioctl", "Every ioctl takes any payload, or none."
    ) { context in
        let subject = try MediaSubject(&context)
        for fill: UInt8 in [0, 1, 0x7f, 0xff] {
            for code: UInt32 in Array(0...110) + [192, 255, 256, 0x8000_0000, .max] {
                let payload = [UInt8](repeating: fill, count: 256)
                try context.sendBytes(
                    ioctl(V4L2.IoctlCode(code), subject.session, payload), room: 512)
                try context.sendBytes(ioctl(V4L2.IoctlCode(code), subject.session, []), room: 8)
            }
        }
    }

    static let sessions = HostileCase.media(
        "sessions", "Sessions are opened until no more are to be had."
    ) { context in
        try context.start()
        for _ in 0..<2 {
            var open: [SessionID] = []
            while open.count < 500, let id = try MediaSessionCases.open(&context) {
                open.append(id)
            }
            for id in open { try MediaSessionCases.close(&context, id) }
        }
    }

    static let counts = HostileCase.media(
        "counts", "Counts of buffers, planes and controls are compared before they are believed."
    ) { context in
        let subject = try MediaSubject(&context)
        for count: UInt32 in [33, 1000, 0x8000_0000, .max] {
            for memory in [V4L2.Memory.mmap, .sharedPages, .virtioObject] {
                _ = try subject.request(memory, &context, count: count)
            }
        }
        _ = try subject.request(.sharedPages, &context)
        for length: UInt32 in [2, 8, 9, 0x1000_0000, .max] {
            var buffer = subject.buffer(0, .sharedPages, bytesused: 64, length: length)
            buffer.replaceSubrange(72..<76, with: MediaBytes.word(length))
            try context.sendBytes(ioctl(.qbuf, subject.session, buffer), room: 512)
        }
        for count: UInt32 in [1, 1000, .max] {
            // `v4l2_ext_controls`: which, count, error_idx, request_fd, reserved, controls.
            let controls = GPURequest.bytes(of: [0, count, 0, 0, 0, 0, 0, 0])
            for code in [V4L2.IoctlCode.gExtCtrls, .sExtCtrls, .tryExtCtrls] {
                try context.sendBytes(ioctl(code, subject.session, controls), room: 512)
            }
        }
    }

    static let shrinking = HostileCase.media(
        "shrinking", "Buffers are taken away while they are queued."
    ) { context in
        let subject = try MediaSubject(&context)
        for _ in 0..<10 {
            guard try subject.request(.sharedPages, &context, count: 4) != nil else { return }
            let block = try context.machine.allocate(Int(MediaSubject.codedBytes))
            for index: UInt32 in 0..<4 {
                try context.sendBytes(
                    ioctl(
                        .qbuf, subject.session,
                        subject.buffer(
                            index, .sharedPages, bytesused: 64, length: MediaSubject.codedBytes)
                            + MediaBytes.list([block.segment])), room: 512)
            }
            _ = try subject.request(.sharedPages, &context, count: 1)
            for index: UInt32 in [0, 1, 3, .max] {
                try context.sendBytes(
                    ioctl(.querybuf, subject.session, subject.buffer(index, .sharedPages)),
                    room: 512)
            }
            _ = try subject.request(.sharedPages, &context, count: 0)
            context.machine.free(block)
        }
    }

    static let lists = HostileCase.media(
        "lists", "Scatter lists have an end, and lie in memory."
    ) { context in
        let subject = try MediaSubject(&context)
        guard try subject.request(.sharedPages, &context) != nil else { return }
        let block = try context.machine.allocate(4096)
        let empty = GuestSegment(start: block.start, count: 0)
        let byte = GuestSegment(start: block.start, count: 1)
        let nowhere = GuestSegment(start: GuestAddress(.max - 7), count: .max)
        let lists = [
            Array(repeating: empty, count: 2000), Array(repeating: byte, count: 3000),
            [nowhere], [byte, nowhere],
        ]
        for list in lists {
            for length: UInt32 in [1, MediaSubject.codedBytes, .max] {
                try context.sendBytes(
                    ioctl(
                        .qbuf, subject.session,
                        subject.buffer(0, .sharedPages, bytesused: length, length: length)
                            + MediaBytes.list(list)), room: 512)
            }
        }
    }

    static let objects = HostileCase.media(
        "objects", "UUIDs that name nothing are looked up in vain, very often."
    ) { context in
        let subject = try MediaSubject(&context)
        guard try subject.request(.virtioObject, &context) != nil else { return }
        var random = FixedRandom(seed: 0x5eed_0002)
        for round in 0..<300 {
            let uuid: [UInt8] =
                switch round {
                case 0: Array(repeating: 0, count: 16)
                case 1: Array(repeating: 0xff, count: 16)
                case 2: []
                case 3: Array(repeating: 1, count: 15)
                default: random.bytes(16)
                }
            let buffer = subject.buffer(0, .virtioObject, bytesused: 64, m: random.next())
            let answer = try context.sendBytes(
                ioctl(.qbuf, subject.session, buffer + uuid), room: 512)
            guard try context.status(of: answer) != .ok else {
                throw context.finding("an error for a UUID that names nothing")
            }
        }
    }

    static let mappings = HostileCase.media(
        "mappings", "Mappings of nothing are refused, and none is ended twice."
    ) { context in
        let subject = try MediaSubject(&context)
        _ = try subject.request(.mmap, &context)
        for offset: UInt32 in [1, 4095, 0x7fff_f000, 0x8000_0000, .max] {
            try context.sendBytes(
                [UInt8](
                    VirtioMedia.CmdMMap(
                        sessionID: subject.session, flags: VirtioMedia.MMapFlags(rawValue: .max),
                        offset: offset)))
        }
        for address: UInt64 in [0, 1, 4096, 1 << 40, .max - 4095, .max] {
            try context.sendBytes([UInt8](VirtioMedia.CmdMUnmap(driverAddr: address)))
        }
    }

    static let noise = HostileCase.media(
        "noise", "A bitstream of noise is an error at most, however much of it comes."
    ) { context in
        let subject = try MediaSubject(&context)
        guard try subject.request(.sharedPages, &context, count: 4) != nil else { return }
        try context.postEvents(16, sizeBytes: VirtioMedia.EventDQBuf.sizeBytes)
        try subject.stream(.streamon, &context)
        var random = FixedRandom(seed: 0x5eed_0003)
        let length = MediaSubject.codedBytes
        let blocks = try (0..<4).map { _ throws(DriverError) in
            try context.machine.allocate(Int(length))
        }
        for round in 0..<40 {
            let block = blocks[round % 4]
            // Start codes, so that a parser looks at what follows them.
            context.machine.range(of: block).write([0, 0, 0, 1] + random.bytes(2000))
            try context.sendBytes(
                ioctl(
                    .qbuf, subject.session,
                    subject.buffer(
                        UInt32(round % 4), .sharedPages, bytesused: UInt32(1 + random.below(2000)),
                        length: length) + MediaBytes.list([block.segment])), room: 512)
        }
        try subject.stream(.streamoff, &context)
    }

    static let random = HostileCase.media(
        "random", "Two thousand commands of random fields are answered, each."
    ) { context in
        let subject = try MediaSubject(&context)
        var random = FixedRandom(seed: 0x5eed_0004)
        let codes: [V4L2.IoctlCode] = [
            .gFmt, .sFmt, .tryFmt, .reqbufs, .querybuf, .qbuf, .expbuf, .streamon, .streamoff,
            .createBufs, .gSelection, .sSelection, .decoderCmd, .subscribeEvent, .enumFmt,
            .gExtCtrls, .sExtCtrls, .queryctrl,
        ]
        for _ in 0..<2000 {
            // The first word is a type or an index more often than not.
            let words = [UInt32(random.below(11))] + (0..<63).map { _ in random.word() }
            let payload = GPURequest.bytes(of: words).prefix(4 * random.below(64))
            try context.sendBytes(
                ioctl(codes[random.below(codes.count)], subject.session, Array(payload)),
                room: 16 + random.below(500))
        }
    }
}
