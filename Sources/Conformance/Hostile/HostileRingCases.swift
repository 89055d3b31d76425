// Rings that no driver makes (virtio 1.4, 2.6 to 2.8). A device may give the chain back or set
// DEVICE_NEEDS_RESET; it may not fall over, and after a reset it serves on.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum HostileRingCases {
    static let all = attacks.map(test)

    /// A ring as an attack leaves it before the notification.
    private struct Attack: Sendable {
        let name: String
        let clause: String
        /// What the device must offer, nil for nothing.
        var rings: TransportFeatures = []
        let forge: @Sendable (RingGuest) throws -> Void
    }

    private static func test(_ attack: Attack) -> ConformanceCase {
        ConformanceCase(
            id: "hostile/ring/\(attack.name)", clause: attack.clause, level: .practice, device: nil
        ) { context in
            guard context.offered.isSuperset(of: attack.rings) else {
                return .unimplemented(feature: "\(attack.rings)")
            }
            let guest = try RingGuest(&context, attack.rings)
            guest.start()
            try attack.forge(guest)
            guest.notify()
            // What it makes of the ring is its own business, but it has to have seen it.
            guest.settle(untilMillis: settleMillis)
            let next = try RingGuest(&context, [])
            next.start()
            let answer = try next.exchange(context)
            guard answer.element.len > 0 else {
                throw context.finding(
                    "an answer after the attack and a reset", received: "a chain without bytes")
            }
            return .pass
        }
    }

    /// How long a device may take to fall over.
    private static let settleMillis: UInt64 = 200
    private static let nowhere = GuestAddress(UInt64.max - 0xfff)

    private static let attacks: [Attack] = [
        Attack(name: "next-loop", clause: "A chain that comes back to itself has an end.") {
            $0.offer([
                Forged(segment: $0.readable(), flags: Forged.next, next: 1),
                Forged(segment: $0.readable(), flags: Forged.next, next: 0),
            ])
        },
        Attack(name: "next-outside", clause: "`next` past the table is no descriptor.") {
            $0.offer([Forged(segment: $0.readable(), flags: Forged.next, next: .max)])
        },
        Attack(name: "head-outside", clause: "A head past the table is no descriptor.") {
            $0.offer([Forged(segment: $0.readable())])
            $0.set(availHead: .max, at: 0)
        },
        Attack(name: "head-twice", clause: "A head that is listed twice is served, or refused.") {
            $0.offer([
                Forged(segment: $0.readable(), flags: Forged.next),
                Forged(segment: $0.writable(), flags: Forged.write),
            ])
            $0.set(availHead: 0, at: 1)
            $0.set(availIndex: 2)
        },
        Attack(name: "index-jump", clause: "More chains than slots are an error, not work.") {
            $0.offer([Forged(segment: $0.readable())])
            $0.set(availIndex: $0.layout.size &+ 1)
        },
        Attack(name: "index-back", clause: "An index that goes back is an error, not work.") {
            $0.set(availIndex: .max)
        },
        Attack(name: "address-nowhere", clause: "What no memory holds cannot be read.") {
            $0.offer([
                Forged(segment: GuestSegment(start: nowhere, count: 64), flags: Forged.next),
                Forged(segment: $0.writable(), flags: Forged.write),
            ])
        },
        Attack(name: "answer-nowhere", clause: "What no memory holds cannot be written.") {
            $0.offer([
                Forged(segment: $0.readable(), flags: Forged.next),
                Forged(
                    segment: GuestSegment(start: nowhere, count: 4096), flags: Forged.write),
            ])
        },
        Attack(name: "address-wraps", clause: "A buffer does not go round the address space.") {
            $0.offer([
                Forged(
                    segment: GuestSegment(start: GuestAddress(.max - 7), count: 64),
                    flags: Forged.next),
                Forged(segment: $0.writable(), flags: Forged.write),
            ])
        },
        Attack(name: "length-huge", clause: "A length is compared with the memory there is.") {
            let huge = GuestSegment(start: $0.request.start, count: .max)
            $0.offer([
                Forged(segment: huge, flags: Forged.next),
                Forged(segment: huge, flags: Forged.next),
                Forged(segment: $0.writable(), flags: Forged.write),
            ])
        },
        Attack(name: "no-request", clause: "A chain without readable bytes is no request.") {
            $0.offer([Forged(segment: $0.writable(), flags: Forged.write)])
        },
        Attack(name: "no-answer", clause: "A chain without room for an answer is taken as it is.") {
            $0.offer([Forged(segment: $0.readable())])
        },
        Attack(name: "empty", clause: "A chain of no bytes is no request.") {
            $0.offer([Forged(segment: $0.readable(0, 0))])
        },
        Attack(name: "write-first", clause: "Readable after writable is no chain.") {
            $0.offer([
                Forged(segment: $0.writable(), flags: Forged.write | Forged.next),
                Forged(segment: $0.readable()),
            ])
        },
        Attack(name: "short-request", clause: "A request that ends in its header is an error.") {
            $0.offer([
                Forged(segment: $0.readable(0, 1), flags: Forged.next),
                Forged(segment: $0.writable(), flags: Forged.write),
            ])
        },
        Attack(name: "table-unasked", clause: "A table without INDIRECT_DESC is no chain.") {
            $0.offer([
                Forged(
                    segment: GuestSegment(start: $0.request.start, count: 16),
                    flags: Forged.indirect)
            ])
        },
        Attack(
            name: "table-odd-length", clause: "A table is a number of whole descriptors.",
            rings: .indirectDesc
        ) {
            $0.offer([
                Forged(
                    segment: GuestSegment(start: $0.request.start, count: 17),
                    flags: Forged.indirect)
            ])
        },
        Attack(
            name: "table-nowhere", clause: "A table lies in memory.", rings: .indirectDesc
        ) {
            $0.offer([
                Forged(
                    segment: GuestSegment(start: nowhere, count: 64), flags: Forged.indirect)
            ])
        },
        Attack(
            name: "table-in-table", clause: "A table has no tables.", rings: .indirectDesc
        ) {
            let table = $0.request.start
            $0.set(
                Forged(segment: GuestSegment(start: table, count: 16), flags: Forged.indirect),
                at: 0, of: table)
            $0.offer([
                Forged(segment: GuestSegment(start: table, count: 16), flags: Forged.indirect)
            ])
        },
        Attack(
            name: "table-huge", clause: "A table is not longer than what a device takes.",
            rings: .indirectDesc
        ) {
            $0.offer([
                Forged(
                    segment: GuestSegment(start: $0.request.start, count: .max - 15),
                    flags: Forged.indirect)
            ])
        },
        Attack(
            name: "packed-no-last", clause: "A packed list that never ends has an end.",
            rings: .ringPacked
        ) { guest in
            guest.offer(
                Array(
                    repeating: Forged(segment: guest.readable(0, 1), flags: Forged.next),
                    count: guest.size))
        },
        Attack(name: "notify-flood", clause: "Notifications of an empty queue are no work.") {
            for _ in 0..<10_000 { $0.notify() }
        },
    ]
}
