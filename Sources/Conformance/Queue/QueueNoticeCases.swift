// Who is told of what, and when (virtio 1.4, 2.7.7, 2.7.8, 2.8.14 and 2.8.16).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum QueueNoticeCases {
    static let all = [flag, event, usedFlags]

    static let flag = ConformanceCase(
        id: "queue/notify/VQ-D-016",
        clause: """
            Without EVENT_IDX the driver is told of used buffers unless its flag says no; used_event \
            means nothing.
            """,
        level: .must, device: nil
    ) { context in
        var loud: Finding?
        try context.withRings { guest, context in
            guest.start()
            if !guest.isPacked { guest.set(usedEvent: 0x7fff) }
            try expectInterrupt(guest, context)
            // The first step behind a used chain leaves the driver's own wish as it is.
            guest.driver.suppressInterrupts()
            if try isTold(guest, context) {
                loud = context.finding(
                    "silence where the flag asks for it", received: "an interrupt")
            }
        }
        if let loud { return .nonStrict(loud) }
        return .pass
    }

    static let event = ConformanceCase(
        id: "queue/notify/VQ-D-017",
        clause: """
            With EVENT_IDX the driver is told when the used index passes used_event; its flag means \
            nothing.
            """,
        level: .must, device: nil
    ) { context in
        guard context.offered.contains(.eventIndex) else {
            return .unimplemented(feature: "VIRTIO_F_EVENT_IDX")
        }
        var loud: Finding?
        let guest = try RingGuest(&context, .eventIndex)
        guest.start()
        guest.set(availFlags: 1)
        guest.set(usedEvent: 0)
        try expectInterrupt(guest, context)
        guest.set(usedEvent: 0x4000)
        if try isTold(guest, context) {
            loud = context.finding(
                "silence until used_event = 0x4000 is passed", received: "an interrupt")
        }
        guest.set(usedEvent: guest.forge.usedIndex)
        try expectInterrupt(guest, context)
        if let loud { return .nonStrict(loud) }
        return .pass
    }

    static let usedFlags = ConformanceCase(
        id: "queue/notify/VQ-D-019",
        clause: "used.flags is 0 or 1; with EVENT_IDX it is 0.", level: .must, device: nil
    ) { context in
        let kinds: [TransportFeatures] =
            context.offered.contains(.eventIndex) ? [[], .eventIndex] : [[]]
        for kind in kinds {
            let guest = try RingGuest(&context, kind)
            guest.start()
            for _ in 0..<3 {
                _ = try guest.exchange(context)
                let flags = guest.forge.usedFlags
                guard flags == 0 || flags == 1 && kind.isEmpty else {
                    throw context.finding(
                        "used.flags 0\(kind.isEmpty ? " or 1" : "")", received: "\(flags)")
                }
            }
        }
        return .pass
    }

    /// Whether a chain that comes back is followed by an interrupt. The ring is watched without
    /// the driver's queue, which would ask for the next interrupt.
    private static func isTold(_ guest: RingGuest, _ context: ConformanceContext) throws -> Bool {
        guest.transport.interrupt.take()
        let before = guest.forge.usedIndex
        // The chain before took two slots.
        let slot = 2 % guest.size
        let first = guest.forge.descriptor(slot)
        try guest.add(readable: [guest.readable()], writable: [guest.writable()])
        guest.notify()
        let told = guest.transport.interrupt.wait(timeoutMillis: RingGuest.quietMillis)
        let isBack = guest.wait {
            guest.isPacked
                ? guest.forge.descriptor(slot).flags != first.flags
                    && guest.forge.descriptor(slot).flags.contains([.avail, .used])
                : guest.forge.usedIndex != before
        }
        guard isBack else { throw context.finding("the chain back", received: guest.state) }
        return told
    }

    private static func expectInterrupt(_ guest: RingGuest, _ context: ConformanceContext) throws {
        guest.transport.interrupt.take()
        try guest.add(readable: [guest.readable()], writable: [guest.writable()])
        guest.notify()
        guard guest.transport.interrupt.wait(timeoutMillis: context.patienceMillis) else {
            throw context.finding("an interrupt", received: "none")
        }
    }
}
