// A device before its start, broken and reset (virtio 1.4, 2.1, 2.4 and 3.1).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum QueueLifeCases {
    static let all = [start, broken, reset, config, sizes, recovery]

    static let start = ConformanceCase(
        id: "queue/start/VQ-D-001",
        clause: """
            Before DRIVER_OK no buffer is used and nobody notified; what lies in the queue then is \
            served.
            """,
        level: .must, device: nil
    ) { context in
        try context.withRings { guest, context in
            try guest.add(readable: [guest.readable()], writable: [guest.writable()])
            guest.notify()
            guard guest.staysQuiet else {
                throw context.finding("nothing before DRIVER_OK", received: "a used buffer")
            }
            guest.start()
            guest.notify()
            _ = try guest.takeUsed(context)
        }
        return .pass
    }

    static let broken = ConformanceCase(
        id: "queue/status/VQ-D-002",
        clause: "A device that cannot go on sets DEVICE_NEEDS_RESET and tells the driver.",
        level: .should, device: nil
    ) { context in
        let guest = try RingGuest(&context, [])
        guest.start()
        guest.transport.interrupt.take()
        // More chains than the ring has slots.
        guest.set(availIndex: guest.layout.size &+ 1)
        guest.notify()
        guard guest.wait(until: { guest.transport.status.contains(.needsReset) }) else {
            return .nonStrict(
                context.finding("DEVICE_NEEDS_RESET for an index that jumps", received: "nothing"))
        }
        return .pass
    }

    static let reset = ConformanceCase(
        id: "queue/reset/VQ-D-007",
        clause: "After a reset the status is 0, no queue is touched and nobody notified.",
        level: .must, device: nil
    ) { context in
        try context.withRings { guest, context in
            guest.start()
            guest.transport.writeStatus([])
            guard guest.transport.status.isEmpty else {
                throw context.finding(
                    "status 0 after a reset", received: "\(guest.transport.status)")
            }
            guest.transport.interrupt.take()
            try guest.add(readable: [guest.readable()], writable: [guest.writable()])
            guest.notify()
            guard guest.staysQuiet else {
                throw context.finding("nothing after a reset", received: "a used buffer")
            }
        }
        return .pass
    }

    static let config = ConformanceCase(
        id: "queue/config/VQ-D-008",
        clause: "The configuration can be read before FEATURES_OK.", level: .must, device: nil
    ) { context in
        context.beginRing()
        let before = context.transport.readConfig(offset: 0, count: 16)
        let guest = try RingGuest(&context, [])
        guest.start()
        let after = context.transport.readConfig(offset: 0, count: 16)
        guard before == after else {
            throw context.finding(
                "the configuration that it has later: \(after)", received: "\(before)")
        }
        return .pass
    }

    static let sizes = ConformanceCase(
        id: "queue/sizes/VQ-D-027",
        clause: "Queues that are not there have size 0, others a power of two.", level: .must,
        device: nil
    ) { context in
        context.beginRing()
        for index in [0, 1, 2, 63, 64, 1000, 65_535] {
            let size = context.transport.queueSizeMax(index)
            let isPower = size > 0 && size & (size - 1) == 0 && size <= QueueLayout.sizeMax
            guard size == 0 || isPower else {
                throw context.finding("a power of two for queue \(index)", received: "\(size)")
            }
        }
        guard context.transport.queueSizeMax(65_535) == 0 else {
            throw context.finding("no queue 65535", received: "a size")
        }
        return .pass
    }

    /// Ways to write a ring that no driver has.
    private static let attacks: [(name: String, forge: @Sendable (RingGuest) -> Void)] = [
        ("a loop", { $0.offer([bad($0, Forged.next, next: 0)]) }),
        (
            "next past the ring",
            { $0.offer([bad($0, Forged.next, next: 0xffff)]) }
        ),
        (
            "readable behind writable",
            { $0.offer([bad($0, Forged.next | Forged.write), bad($0, 0)]) }
        ),
        (
            "INDIRECT without the feature",
            { $0.offer([bad($0, Forged.indirect)]) }
        ),
        (
            "memory that is not there",
            { guest in
                let nowhere = GuestSegment(start: GuestAddress(.max - 7), count: 64)
                guest.offer([
                    Forged(segment: nowhere, flags: Forged.next),
                    Forged(segment: nowhere, flags: Forged.write),
                ])
            }
        ),
        (
            "a head that is no descriptor",
            { guest in
                guest.set(availHead: 0xffff, at: 0)
                guest.set(availIndex: 1)
            }
        ),
        ("an index that runs back", { $0.set(availIndex: 0xffff) }),
    ]

    private static func bad(_ guest: RingGuest, _ flags: UInt16, next: UInt16? = nil) -> Forged {
        Forged(segment: guest.readable(), flags: flags, next: next)
    }

    static let recovery = ConformanceCase(
        id: "queue/hostile/VQ-O-001",
        clause: """
            A malformed ring comes back unused or asks for a reset, and after the reset the device \
            works.
            """,
        level: .practice, device: nil
    ) { context in
        for attack in attacks {
            let guest = try RingGuest(&context, [])
            guest.start()
            attack.forge(guest)
            guest.notify()
            let noticed = guest.wait {
                guest.usedCount > 0 || guest.transport.status.contains(.needsReset)
            }
            guard noticed else {
                throw context.finding(
                    "\(attack.name) to come back or to need a reset", received: "nothing")
            }
            let next = try RingGuest(&context, [])
            next.start()
            _ = try next.exchange(context)
        }
        return .pass
    }
}
