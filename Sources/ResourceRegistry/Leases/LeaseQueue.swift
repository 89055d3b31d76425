// The leases of one object, in the order of asking. [SYNC-1]
// Invariant: many readers or one writer have the right at a time, opaque readers aside.

internal import Synchronization

/// What tells the holder of a lease that had to wait how it ended; the others need none.
final class Grant: Sendable {
    enum State: UInt8, AtomicRepresentable {
        case waiting, given, dropped
    }

    private let value = Atomic<State>(.waiting)
    let onGranted: @Sendable () -> Void

    init(onGranted: @escaping @Sendable () -> Void) { self.onGranted = onGranted }

    var state: State { value.load(ordering: .acquiring) }
    func set(_ state: State) { value.store(state, ordering: .releasing) }
}

struct LeaseQueue {
    struct Ticket {
        let number: UInt64
        var access: Lease.Access
        var isGiven: Bool
        let holder: ParticipantRecord
        /// The attachment that it was asked for through.
        let hold: Hold?
        let grant: Grant?
        let askedAtNanos: UInt64
        /// Of an object of another process: asks there, once the lease's turn has come here. nil when
        /// that was done, or is not to be.
        var ask: (@Sendable () -> Void)?
        /// Whether nobody else is left to be asked.
        var isCleared: Bool
        /// What the other process gave.
        var right: (any ForeignRight)?
        /// Its end, once its holder has handed the work to a device. [SYNC-2]
        var fence: Fence?
    }

    private(set) var tickets: [Ticket] = []
    private var lastNumber: UInt64 = 0

    var count: Int { tickets.count }

    /// Whether one asked for now would be granted at once.
    func isFree(_ access: Lease.Access) -> Bool { isFree(access, at: tickets.count) }

    private func isFree(_ access: Lease.Access, at index: Int) -> Bool {
        switch access {
        case .write: index == 0
        case .read: !tickets[..<index].contains { $0.access == .write }
        }
    }

    /// `number` for the new ticket, which is given at once if `isGiven`.
    ///
    /// - Parameter ask: what makes it by asking another process first.
    mutating func append(
        _ access: Lease.Access, isGiven: Bool, holder: ParticipantRecord, hold: Hold?,
        grant: Grant?, atNanos: UInt64, ask: ((UInt64) -> @Sendable () -> Void)? = nil
    ) -> UInt64 {
        lastNumber += 1
        tickets.append(
            Ticket(
                number: lastNumber, access: access, isGiven: isGiven, holder: holder, hold: hold,
                grant: grant, askedAtNanos: atNanos, ask: ask?(lastNumber),
                isCleared: ask == nil))
        return lastNumber
    }

    /// Where the other process has said yes.
    mutating func clear(_ number: UInt64) {
        guard let index = index(of: number) else { return }
        tickets[index].isCleared = true
    }

    /// False when the ticket is gone already.
    mutating func setRight(_ right: any ForeignRight, of number: UInt64) -> Bool {
        guard let index = index(of: number) else { return false }
        tickets[index].right = right
        return true
    }

    func index(of number: UInt64) -> Int? { tickets.firstIndex { $0.number == number } }

    mutating func remove(_ number: UInt64) -> Ticket? {
        guard let index = index(of: number) else { return nil }
        return tickets.remove(at: index)
    }

    /// Takes out all that fit; those that waited hear that they wait in vain.
    mutating func removeAll(where matches: (Ticket) -> Bool) -> [Ticket] {
        let gone = tickets.filter(matches)
        guard !gone.isEmpty else { return [] }
        tickets.removeAll(where: matches)
        for ticket in gone where !ticket.isGiven { ticket.grant?.set(.dropped) }
        return gone
    }

    /// What is to be downgraded elsewhere too.
    mutating func downgrade(_ number: UInt64) -> (any ForeignRight)? {
        guard let index = index(of: number) else { return nil }
        tickets[index].access = .read
        return tickets[index].right
    }

    /// False when the ticket is gone already.
    mutating func setFence(_ fence: Fence, of number: UInt64) -> Bool {
        guard let index = index(of: number) else { return false }
        tickets[index].fence = fence
        return true
    }

    /// Gives the right to all whose turn it is; adds what is to be called.
    mutating func grantWaiting(_ calls: inout Calls) {
        for index in tickets.indices where !tickets[index].isGiven {
            guard isFree(tickets[index].access, at: index) else {
                // Behind a writer that waits nobody comes in.
                if tickets[index].access == .write { break }
                continue
            }
            guard tickets[index].isCleared else {
                if let ask = tickets[index].ask.take() { calls.append(ask) }
                continue
            }
            tickets[index].isGiven = true
            if let grant = tickets[index].grant {
                grant.set(.given)
                calls.append(grant.onGranted)
            }
        }
    }
}
