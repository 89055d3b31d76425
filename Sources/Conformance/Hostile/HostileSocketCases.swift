// Front-ends that mean harm, or die. A back-end may refuse them and end their connections; it does
// not fall over, and serves the next one.

internal import GuestDriver
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

enum HostileSocketCases {
    static let all = [
        cutShort, hugeSizes, everyRequest, strangeDescriptors, manyDescriptors, dies, shortFile,
        truncatedFile, emptyFile, badEvents, rings, changing, channels, configuration, flood,
        random,
    ]

    /// - Parameter attack: begins its own connections.
    private static func test(
        _ name: String, _ clause: String,
        attack: @escaping @Sendable (inout SocketContext) throws -> Void
    ) -> ConformanceCase {
        SocketCase.raw("hostile/socket/\(name)", clause, level: .practice) { context in
            try attack(&context)
            try context.begin()
            let ring = try SocketRing(context)
            try ring.start(&context)
            try ring.exchange(context, "of the next front-end")
        }
    }

    /// A request as bytes.
    private static func message(
        _ request: UInt32, _ payload: [UInt8] = [], size: UInt32? = nil,
        flags: VhostUser.HeaderFlags = [.version1, .needReply]
    ) -> [UInt8] {
        [UInt8](
            VhostUser.Header(
                request: request, flags: flags, size: size ?? UInt32(payload.count))) + payload
    }

    /// Sends, and reads what comes in a while; whether the connection is still there.
    @discardableResult
    private static func poke(
        _ context: inout SocketContext, _ bytes: [UInt8], _ descriptors: [FileDescriptor] = [],
        millis: Int32 = 20
    ) throws -> Bool {
        guard try context.sendBytes(bytes, descriptors) else { return false }
        if case .closed = context.receive(withinMillis: millis) { return false }
        return true
    }

    // MARK: Messages

    static let cutShort = test("cut-short", "A front-end may go in the middle of a message.") {
        context in
        let whole = message(VhostUser.FrontEndRequest.setVringAddr.rawValue, Array(0..<40))
        for count in [0, 1, 4, 11, 12, 13, 30, 51] {
            try context.open()
            _ = try context.sendBytes(Array(whole.prefix(count)))
        }
    }

    static let hugeSizes = test(
        "huge-sizes", "A size that no message has ends the connection; nothing is allocated by it."
    ) { context in
        for size: UInt32 in [2057, 0x1_0000, 0x7fff_ffff, 0x8000_0000, .max - 11, .max] {
            for request in [VhostUser.FrontEndRequest.getFeatures, .setMemTable, .setConfig] {
                try context.open()
                let bytes = message(
                    request.rawValue, [UInt8](repeating: 0xff, count: 64), size: size)
                _ = try context.sendBytes(bytes)
            }
        }
    }

    static let everyRequest = test(
        "every-request", "Every number of a request, with any payload, is answered or refused."
    ) { context in
        try context.begin()
        for number: UInt32 in Array(0...50) + [255, 256, 0x8000_0000, .max] {
            for (count, fill) in [(0, 0), (8, 0), (8, 0xff), (40, 0xff), (264, 1)] as [(Int, UInt8)]
            {
                let payload = [UInt8](repeating: fill, count: count)
                if try !poke(&context, message(number, payload), millis: 5) { try context.begin() }
            }
        }
    }

    static let strangeDescriptors = test(
        "strange-descriptors",
        "Requests that take no descriptor get one, of a kind that none takes."
    ) { context in
        let (file, event, canary) = (
            try SharedMemory(name: "stranger", sizeBytes: 4096), try EventDescriptor(),
            try Canary()
        )
        try context.begin()
        for number: UInt32 in 0...46 {
            for descriptor in [file.descriptor, event.descriptor, canary.descriptor] {
                let payload = [UInt8](repeating: 0, count: number == 5 ? 40 : 8)
                if try !poke(&context, message(number, payload), [descriptor], millis: 2) {
                    try context.begin()
                }
            }
        }
    }

    static let manyDescriptors = test(
        "many-descriptors", "More descriptors than any message has are closed."
    ) { context in
        let event = try EventDescriptor()
        for count in [8, 9, 16, 64, 200] {
            try context.open()
            let many = Array(repeating: event.descriptor, count: count)
            _ = try context.sendBytes(
                message(VhostUser.FrontEndRequest.setOwner.rawValue), many)
            _ = context.receive(withinMillis: 20)
        }
    }

    static let dies = test("dies", "A front-end may die after any step of its set-up.") { context in
        for last in 0...SocketRing.Step.allCases.count {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.giveMemory(&context)
            try ring.giveFeatures(&context)
            for step in SocketRing.Step.allCases.prefix(last) { try ring.tell(step, &context) }
            try ring.post()
            ring.kick.signal()
        }
    }

    // MARK: Memory

    private static func start(
        _ context: inout SocketContext, _ ring: SocketRing, _ region: VhostUser.MemRegion,
        _ file: SharedMemory
    ) throws -> Bool {
        let table = SocketRing.table([region])
        guard try context.acknowledge(.setMemTable, table, [file.descriptor]) == .success else {
            return false
        }
        let bits = SocketContext.version1 | SocketContext.protocolBit
        let word = [UInt8](u64: 0)
        let messages: [(VhostUser.FrontEndRequest, [UInt8], [FileDescriptor])] = [
            (.setFeatures, [UInt8](u64: bits), []),
            (.setVringNum, SocketRing.state(UInt32(SocketRing.size)), []),
            (.setVringBase, SocketRing.state(0), []), (.setVringAddr, [UInt8](ring.address), []),
            (.setVringCall, word, [ring.call.descriptor]),
            (.setVringKick, word, [ring.kick.descriptor]),
            (.setVringEnable, SocketRing.state(1), []),
        ]
        for (request, payload, descriptors) in messages {
            guard try context.acknowledge(request, payload, descriptors) == .success else {
                return false
            }
        }
        return true
    }

    static let shortFile = test(
        "short-file",
        "A region that is longer than its file is no fault of the back-end's to suffer."
    ) { context in
        try context.begin()
        let ring = try SocketRing(context)
        let short = try SharedMemory(name: "short", sizeBytes: 4096)
        if try start(&context, ring, ring.region, short) {
            ring.kick.signal()
            _ = context.receive(withinMillis: 100)
        }
    }

    static let truncatedFile = test(
        "truncated-file", "A file that is cut short while its memory is in use ends one front-end."
    ) { context in
        try context.begin()
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before the file is cut")
        try ring.post()
        try ring.file.descriptor.resize(to: 0)
        ring.kick.signal()
        _ = context.receive(withinMillis: 200)
        // The driver's own side is gone too: nothing here looks at it again.
        context.close()
        try ring.file.descriptor.resize(to: Int64(ring.file.sizeBytes))
    }

    static let emptyFile = test(
        "odd-regions", "Regions of odd offsets, at the ends of the address space, from odd files."
    ) { context in
        try context.begin()
        let ring = try SocketRing(context)
        let event = try EventDescriptor()
        let files = [ring.file.descriptor, event.descriptor]
        var regions: [VhostUser.MemRegion] = []
        for (guest, size, offset) in [
            (0, .max, 0), (.max, 1, 0), (0x1000, 0x1000, 1), (0x1000, 0x1000, .max),
            (1, 0xfff, 0), (0, 1 << 62, 0), (0, 0x1000, 1 << 62), (.max - 0xfff, 0x1000, 0),
        ] as [(UInt64, UInt64, UInt64)] {
            regions.append(
                VhostUser.MemRegion(
                    guestAddress: GuestAddress(guest), size: size,
                    userAddress: UserAddress(guest), mmapOffset: offset))
        }
        for region in regions {
            for file in files {
                for table in [[region], [region, region], [ring.region, region]] {
                    let bytes = message(
                        VhostUser.FrontEndRequest.setMemTable.rawValue, SocketRing.table(table))
                    let all = Array(repeating: file, count: table.count)
                    if try !poke(&context, bytes, all) { try context.begin() }
                }
                let bytes = message(
                    VhostUser.FrontEndRequest.addMemReg.rawValue,
                    [UInt8](VhostUser.MemRegMsg(region: region)))
                if try !poke(&context, bytes, [file]) { try context.begin() }
            }
        }
    }

    // MARK: Rings

    static let badEvents = test(
        "bad-events", "Descriptors that are no eventfds neither stop the back-end nor make it spin."
    ) { context in
        let file = try SharedMemory(name: "no event", sizeBytes: 4096)
        let canary = try Canary()
        let full = try EventDescriptor()
        var value = UInt64.max - 1
        _ = try unsafe withUnsafeBytes(of: &value) { bytes in
            // SAFETY: the bytes are read during the call only.
            try unsafe full.descriptor.write(bytes)
        }
        for descriptor in [file.descriptor, canary.descriptor, full.descriptor] {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.start(&context)
            for request in [VhostUser.FrontEndRequest.setVringCall, .setVringErr, .setVringKick] {
                let bytes = message(request.rawValue, [UInt8](u64: 0))
                guard try poke(&context, bytes, [descriptor], millis: 50) else { break }
                try ring.post()
                ring.kick.signal()
            }
            _ = context.receive(withinMillis: 50)
        }
    }

    static let rings = test(
        "rings", "A ring may lie anywhere, and hold anything."
    ) { context in
        var random = FixedRandom(seed: 0x5eed_0005)
        for round in 0..<24 {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.giveMemory(&context)
            try ring.giveFeatures(&context)
            let user = ring.region.userAddress.rawValue
            var address = ring.address
            if round % 3 == 0 {
                // All parts at one place, or out of step with their alignment.
                address.used = UserAddress(user &+ random.next() % 0x3000)
                address.available = UserAddress(user &+ random.next() % 0x3000)
            }
            let noise = random.bytes(4096)
            ring.file.range.write(noise + noise + noise)
            for step in SocketRing.Step.allCases {
                let bytes =
                    switch step {
                    case .address:
                        message(
                            VhostUser.FrontEndRequest.setVringAddr.rawValue, [UInt8](address))
                    case .base:
                        message(
                            VhostUser.FrontEndRequest.setVringBase.rawValue,
                            SocketRing.state(random.word()))
                    default: [UInt8]()
                    }
                if bytes.isEmpty {
                    try? ring.tell(step, &context)
                } else {
                    try poke(&context, bytes)
                }
            }
            ring.kick.signal()
            _ = context.receive(withinMillis: 20)
        }
    }

    static let changing = test(
        "changing", "A ring's memory, place and size are taken away while it runs."
    ) { context in
        for kind in 0..<6 {
            try context.begin()
            let ring = try SocketRing(context)
            try ring.start(&context)
            try ring.exchange(context, "before it all changes")
            let bytes: [UInt8] =
                switch kind {
                case 0: message(5, SocketRing.table([]))
                case 1: message(38, [UInt8](VhostUser.MemRegMsg(region: ring.region)))
                case 2: message(8, SocketRing.state(32768))
                case 3: message(10, SocketRing.state(.max))
                case 4: message(2, [UInt8](u64: SocketContext.version1 | 1 << 34))
                default: message(4)
                }
            try poke(&context, bytes)
            for _ in 0..<4 {
                try? ring.post()
                ring.kick.signal()
            }
            _ = context.receive(withinMillis: 20)
        }
    }

    // MARK: Channels

    static let channels = test(
        "channels", "Channels that are given and closed, or are none, or never answered."
    ) { context in
        for request in [VhostUser.FrontEndRequest.setBackEndReqFD, .gpuSetSocket] {
            for round in 0..<12 {
                if round % 4 == 0 { try context.begin() }
                let canary = try Canary()
                let event = try EventDescriptor()
                let descriptor = round % 3 == 2 ? event.descriptor : canary.descriptor
                let bytes = message(request.rawValue)
                if try !poke(&context, bytes, [descriptor], millis: 10) { try context.begin() }
            }
        }
    }

    static let configuration = test(
        "configuration", "Parts of the configuration space anywhere, of any length, are refused."
    ) { context in
        try context.begin()
        for request in [VhostUser.FrontEndRequest.getConfig, .setConfig] {
            for offset: UInt32 in [0, 4, 255, 256, 257, 0x8000_0000, .max - 8, .max] {
                for (size, filler) in [(0, 0), (8, 8), (256, 256), (8, 0), (.max, 4)]
                    as [(UInt32, Int)]
                {
                    let payload =
                        [UInt8](VhostUser.Config(offset: offset, size: size))
                        + [UInt8](repeating: 0xff, count: filler)
                    if try !poke(&context, message(request.rawValue, payload), millis: 5) {
                        try context.begin()
                    }
                }
            }
        }
    }

    static let flood = test(
        "flood", "A front-end that asks and never reads is not waited for without end."
    ) { context in
        try context.begin()
        let many = Array(repeating: message(1), count: 200).flatMap { $0 }
        for _ in 0..<100 {
            guard try context.sendBytes(many) else { break }
        }
    }

    static let random = test(
        "random", "Set-ups with bytes changed at random, three hundred times."
    ) { context in
        var random = FixedRandom(seed: 0x5eed_0006)
        for _ in 0..<300 {
            try context.open()
            let ring = try SocketRing(context)
            let bits = SocketContext.version1 | SocketContext.protocolBit
            let messages: [(UInt32, [UInt8], [FileDescriptor])] = [
                (1, [], []), (16, [UInt8](u64: 0x1_a62b), []), (3, [], []),
                (5, SocketRing.table([ring.region]), [ring.file.descriptor]),
                (2, [UInt8](u64: bits), []), (8, SocketRing.state(16), []),
                (10, SocketRing.state(0), []), (9, [UInt8](ring.address), []),
                (13, [UInt8](u64: 0), [ring.call.descriptor]),
                (12, [UInt8](u64: 0), [ring.kick.descriptor]), (18, SocketRing.state(1), []),
                (11, SocketRing.state(0), []),
            ]
            for (number, payload, descriptors) in messages {
                var bytes = message(number, payload)
                if random.below(6) == 0 {
                    bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
                }
                let files = random.below(8) == 0 ? [] : descriptors
                guard try context.sendBytes(bytes, files) else { break }
            }
            ring.kick.signal()
        }
    }
}
