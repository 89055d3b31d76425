// What a device makes of chains (virtio 1.4, 2.6 to 2.8).

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum QueueRingCases {
    static let all = [
        arrangement, readableStays, tableStays, indirectWrite, directFirst, length, spurious,
        order, longest,
    ]

    static let arrangement = ConformanceCase(
        id: "queue/chain/VQ-D-011",
        clause: "How a request is spread over descriptors means nothing.", level: .must,
        device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            let whole = try guest.exchange(context)
            let bytes = guest.probe.request.count
            let count = min(bytes, guest.size - 3)
            guard count > 1 else { return }
            // Single bytes, then the rest; nothing at all in between; the answer in two.
            var readable = (0..<(count - 1)).map { guest.readable($0, 1) }
            readable.append(guest.readable(count - 1))
            readable.insert(guest.readable(0, 0), at: 1)
            guest.forge.write(
                [UInt8](repeating: 0, count: guest.probe.responseBytes), at: guest.response.start)
            try guest.add(
                readable: readable, writable: [guest.writable(0, 1), guest.writable(1)])
            guest.notify()
            let element = try guest.takeUsed(context)
            guard element.len == whole.element.len, guest.answer(element.len) == whole.bytes else {
                throw context.finding(
                    "the answer to the same bytes in one descriptor: \(whole.bytes)",
                    received: "\(guest.answer(element.len))")
            }
        }
        return .pass
    }

    static let readableStays = ConformanceCase(
        id: "queue/chain/VQ-D-012", clause: "Device-readable buffers are not written.",
        level: .must, device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            _ = try guest.exchange(context)
            let bytes = guest.forge.read(guest.probe.request.count, at: guest.request.start)
            guard bytes == guest.probe.request else {
                throw context.finding("the request as it was", received: "\(bytes)")
            }
        }
        return .pass
    }

    static let tableStays = ConformanceCase(
        id: "queue/chain/VQ-D-013",
        clause: "The descriptor table of a split ring is not written.", level: .must, device: nil
    ) { context in
        let guest = try RingGuest(&context, [])
        guest.start()
        try guest.add(readable: [guest.readable()], writable: [guest.writable()])
        let count = SplitRing.descriptorTableSizeBytes(queueSize: guest.layout.size)
        let before = guest.forge.read(count, at: guest.layout.descriptorTable)
        guest.notify()
        _ = try guest.takeUsed(context)
        guard guest.forge.read(count, at: guest.layout.descriptorTable) == before else {
            throw context.finding("the descriptor table as it was", received: "another one")
        }
        return .pass
    }

    static let indirectWrite = ConformanceCase(
        id: "queue/indirect/VQ-D-014",
        clause: "WRITE on a descriptor that refers to a table is ignored.", level: .must,
        device: nil
    ) { context in
        guard context.offered.contains(.indirectDesc) else {
            return .unimplemented(feature: "VIRTIO_F_INDIRECT_DESC")
        }
        try context.withRings(.indirectDesc) { guest, context in
            guest.start()
            let table = try guest.machine.allocate(32)
            let place = GuestSegment(start: table.start, count: 32)
            guest.set(
                Forged(segment: guest.readable(), flags: Forged.next), at: 0, of: table.start)
            guest.set(
                Forged(segment: guest.writable(), flags: Forged.write), at: 1, of: table.start)
            guest.offer([Forged(segment: place, flags: Forged.indirect | Forged.write)])
            guest.notify()
            try expectAnswer(guest, context)
        }
        return .pass
    }

    static let directFirst = ConformanceCase(
        id: "queue/indirect/VQ-D-015",
        clause: "Descriptors of a split ring may stand before the one that refers to a table.",
        level: .must, device: nil
    ) { context in
        guard context.offered.contains(.indirectDesc) else {
            return .unimplemented(feature: "VIRTIO_F_INDIRECT_DESC")
        }
        let guest = try RingGuest(&context, .indirectDesc)
        guest.start()
        let table = try guest.machine.allocate(16)
        guest.set(
            Forged(segment: guest.writable(), flags: Forged.write), at: 0, of: table.start)
        guest.offer([
            Forged(segment: guest.readable(), flags: Forged.next),
            Forged(
                segment: GuestSegment(start: table.start, count: 16), flags: Forged.indirect),
        ])
        guest.notify()
        try expectAnswer(guest, context)
        return .pass
    }

    /// The first chain of a fresh ring comes back with something written.
    private static func expectAnswer(_ guest: RingGuest, _ context: ConformanceContext) throws {
        guard guest.wait(until: { guest.usedCount == 1 }) else {
            throw context.finding("the chain back", received: guest.state)
        }
        let written =
            guest.isPacked
            ? guest.forge.descriptor(0).flags.contains(.write) && guest.forge.descriptor(0).len > 0
            : guest.forge.used(0).len > 0
        guard written else {
            throw context.finding("an answer", received: "a chain that was not used")
        }
    }

    static let length = ConformanceCase(
        id: "queue/used/VQ-D-018",
        clause: "used.len bytes are written from the first writable byte on, and no more.",
        level: .must, device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            let whole = try guest.exchange(context)
            // Room for half the answer, and a pattern behind it.
            let room = max(1, Int(whole.element.len) / 2)
            let pattern = [UInt8](repeating: 0xa5, count: guest.probe.responseBytes)
            guest.forge.write(pattern, at: guest.response.start)
            try guest.add(
                readable: [guest.readable()], writable: [guest.writable(0, room)])
            guest.notify()
            let element = try guest.takeUsed(context)
            guard Int(element.len) <= room else {
                throw context.finding(
                    "at most \(room) bytes written", received: "\(element.len)")
            }
            let behind = guest.forge.read(
                guest.probe.responseBytes - Int(element.len),
                at: guest.writable(Int(element.len)).start)
            guard behind.allSatisfy({ $0 == 0xa5 }) else {
                throw context.finding(
                    "nothing written behind used.len = \(element.len)", received: "\(behind)")
            }
        }
        return .pass
    }

    static let spurious = ConformanceCase(
        id: "queue/notify/VQ-D-020", clause: "Notifications for nothing do no harm.",
        level: .must, device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            for _ in 0..<100 { guest.notify() }
            for index in [1, 7, 63, 65_535] { guest.transport.notify(queue: index) }
            _ = try guest.exchange(context)
            for _ in 0..<100 { guest.notify() }
            _ = try guest.exchange(context)
        }
        return .pass
    }

    static let order = ConformanceCase(
        id: "queue/used/VQ-D-021",
        clause: """
            Every chain comes back once, by its own id, in any order; a used descriptor of a packed \
            ring is not changed again.
            """,
        level: .must, device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            for _ in 0..<3 {
                var heads: Set<UInt32> = []
                for _ in 0..<max(1, min(8, guest.size / 2)) {
                    let head = try guest.add(
                        readable: [guest.readable()], writable: [guest.writable()])
                    heads.insert(UInt32(head))
                }
                guest.notify()
                while !heads.isEmpty {
                    let element = try guest.takeUsed(context)
                    guard heads.remove(element.id) != nil else {
                        throw context.finding(
                            "one of \(heads.sorted())", received: "head \(element.id)")
                    }
                }
            }
        }
        return .pass
    }

    static let longest = ConformanceCase(
        id: "queue/chain/VQ-D-023",
        clause: "A chain of as many descriptors as the ring has is taken, or given back.",
        level: .practice, device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            let spare = max(0, guest.size - 2)
            let nothing = Array(repeating: guest.readable(0, 0), count: spare)
            try guest.add(
                readable: nothing + [guest.readable()], writable: [guest.writable()])
            guest.notify()
            _ = try guest.takeUsed(context)
        }
        return .pass
    }
}
