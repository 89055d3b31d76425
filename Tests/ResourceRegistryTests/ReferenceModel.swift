// What the registry should do, said as plainly as possible: one value, no locks, no speed.
// Two devices, two objects; device n exports object n.

import ResourceRegistry

enum Step: Hashable, CustomStringConvertible {
    case attach(Int, Int)
    case detach(Int, Int)
    case lease(Int, Int, isWrite: Bool)
    case end(Int, Int)
    case downgrade(Int, Int)
    case remove(Int)
    case reset(Int)
    case depart(Int)

    static let all: [Step] = (0..<2).flatMap { device -> [Step] in
        (0..<2).flatMap { object -> [Step] in
            [
                .attach(device, object), .detach(device, object),
                .lease(device, object, isWrite: false), .lease(device, object, isWrite: true),
                .end(device, object), .downgrade(device, object),
            ]
        } + [.remove(device), .reset(device), .depart(device)]
    }

    var description: String {
        switch self {
        case .attach(let d, let o): "attach(\(d),\(o))"
        case .detach(let d, let o): "detach(\(d),\(o))"
        case .lease(let d, let o, let isWrite): "\(isWrite ? "write" : "read")(\(d),\(o))"
        case .end(let d, let o): "end(\(d),\(o))"
        case .downgrade(let d, let o): "downgrade(\(d),\(o))"
        case .remove(let o): "remove(\(o))"
        case .reset(let d): "reset(\(d))"
        case .depart(let d): "depart(\(d))"
        }
    }
}

struct ReferenceModel: Hashable {
    enum HoldState: Hashable { case live, removed, revoked, lost }

    struct Hold: Hashable {
        var state = HoldState.live
        var isDraining = false
        /// Taken away by the registry; the device's reference is still there.
        var isGone = false
    }

    struct Ticket: Hashable {
        var device: Int
        var isWrite: Bool
        var isGranted = false
        /// No longer in line, though its holder has not ended it.
        var isDropped = false
    }

    struct Object: Hashable {
        var isNamed = true
        var isFreed = false
        var holds: [Hold?] = [nil, nil]
        /// In the order of asking; ended ones leave.
        var tickets: [Ticket] = []
    }

    var objects = [Object(), Object()]
    var hasDeparted = [false, false]

    /// Whether a caller could make the step at all.
    func allows(_ step: Step) -> Bool {
        switch step {
        case .attach(let d, let o): objects[o].holds[d] == nil
        case .detach(let d, let o), .lease(let d, let o, _): objects[o].holds[d] != nil
        case .end(let d, let o), .downgrade(let d, let o):
            objects[o].tickets.contains { $0.device == d }
        case .remove, .reset, .depart: true
        }
    }

    /// Makes the step; the error that it should end with.
    mutating func make(_ step: Step) -> RegistryError? {
        switch step {
        case .attach(let d, let o):
            if hasDeparted[d] { return .unknownParticipant }
            if !objects[o].isNamed { return .unknownObject }
            objects[o].holds[d] = Hold()
        case .detach(let d, let o):
            objects[o].tickets.removeAll { $0.device == d }
            objects[o].holds[d] = nil
            settle(o)
        case .lease(let d, let o, let isWrite):
            guard let hold = objects[o].holds[d] else { return nil }
            if hold.state == .lost { return .lost }
            if hold.state == .revoked || hold.isDraining || hold.isGone { return .revoked }
            objects[o].tickets.append(Ticket(device: d, isWrite: isWrite))
            settle(o)
        case .end(let d, let o):
            guard let index = objects[o].tickets.firstIndex(where: { $0.device == d }) else {
                return nil
            }
            objects[o].tickets.remove(at: index)
            settle(o)
        case .downgrade(let d, let o):
            guard let index = objects[o].tickets.firstIndex(where: { $0.device == d }) else {
                return nil
            }
            objects[o].tickets[index].isWrite = false
            settle(o)
        case .remove(let o):
            guard objects[o].isNamed else { return .unknownObject }
            unname(o, .removed)
        case .reset(let d): takeBack(d, isGone: false)
        case .depart(let d):
            takeBack(d, isGone: true)
            hasDeparted[d] = true
        }
        return nil
    }

    private mutating func unname(_ o: Int, _ state: HoldState) {
        guard objects[o].isNamed else { return }
        objects[o].isNamed = false
        for d in 0..<2 where objects[o].holds[d]?.state == .live {
            objects[o].holds[d]?.state = state
        }
        if state != .removed {
            for index in objects[o].tickets.indices where !objects[o].tickets[index].isGranted {
                objects[o].tickets[index].isDropped = true
            }
        }
        settle(o)
    }

    private mutating func takeBack(_ d: Int, isGone: Bool) {
        // Both objects are in host memory without a descriptor: they die with their process.
        unname(d, isGone ? .lost : .revoked)
        for o in 0..<2 {
            for index in objects[o].tickets.indices where objects[o].tickets[index].device == d {
                if isGone || !objects[o].tickets[index].isGranted {
                    objects[o].tickets[index].isDropped = true
                }
            }
            guard objects[o].holds[d] != nil, objects[o].holds[d]?.isGone == false else {
                settle(o)
                continue
            }
            if objects[o].holds[d]?.state == .live { objects[o].holds[d]?.state = .revoked }
            objects[o].holds[d]?.isDraining = true
            settle(o)
        }
    }

    /// Grants what is due, lets go what drains, frees what nobody holds.
    private mutating func settle(_ o: Int) {
        for d in 0..<2 where objects[o].holds[d]?.isDraining == true {
            if !objects[o].tickets.contains(where: { $0.device == d && !$0.isDropped }) {
                objects[o].holds[d]?.isGone = true
            }
        }
        let isHeld = objects[o].holds.contains { $0.map { !$0.isGone } ?? false }
        objects[o].isFreed = !objects[o].isNamed && !isHeld
        for index in objects[o].tickets.indices {
            if objects[o].isFreed { objects[o].tickets[index].isDropped = true }
            if objects[o].tickets[index].isDropped || objects[o].tickets[index].isGranted {
                continue
            }
            let before = objects[o].tickets[..<index].filter { !$0.isDropped }
            objects[o].tickets[index].isGranted =
                objects[o].tickets[index].isWrite
                ? before.isEmpty : !before.contains { $0.isWrite }
        }
    }

    var attachments: Int {
        objects.map { $0.holds.count { $0.map { !$0.isGone } ?? false } }.reduce(0, +)
    }
    var leases: Int { objects.map { $0.tickets.count { !$0.isDropped } }.reduce(0, +) }
}

extension ReferenceModel {
    /// The same with the devices' names exchanged, and with them the objects': each exports one.
    var mirrored: ReferenceModel {
        var other = self
        other.hasDeparted.reverse()
        other.objects.reverse()
        for o in 0..<2 {
            other.objects[o].holds.reverse()
            for index in other.objects[o].tickets.indices {
                other.objects[o].tickets[index].device = 1 - other.objects[o].tickets[index].device
            }
        }
        return other
    }
}
