// A long random run of a driver and a device on one ring against a model that has no ring: two
// queues of numbered chains, and for each side the count at which it wants to be told.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@Suite("A long random run")
struct RandomRunTests {
    static let kinds: [TransportFeatures] = [
        [], [.eventIndex], [.indirectDesc], [.eventIndex, .indirectDesc],
    ]

    @Test(
        "of driver and device agrees with a plain model [VQ-D-017] [VQ-D-018] [VQ-D-021]",
        arguments: kinds + kinds.map { $0.union(.ringPacked) }, [8, 64] as [UInt16])
    func agrees(features: TransportFeatures, size: UInt16) throws {
        var run = try Run(features, size: size)
        for step in 0..<10_000 {
            do { try run.step() } catch {
                Issue.record("\(error) at step \(step)")
                return
            }
        }
        #expect(run.pushed > 1_000)
    }

    /// What the ring did that the model did not.
    struct Difference: Error { let what: String }

    /// One chain.
    private struct Sent {
        let head: UInt16
        let readable: [GuestSegment]
        let writable: [GuestSegment]
        /// Slots of a packed ring, one for a split one: what events are counted in.
        let units: UInt64
        let descriptors: Int
    }

    private struct Run {
        let device: DeviceQueue
        let driver: DriverQueue
        let features: TransportFeatures
        let size: Int
        let hasEvents: Bool
        let slots: UInt64?
        var random = SeededGenerator(seed: 7)
        // The model.
        var offered: [Sent] = []
        var held: [(chain: DescriptorChain, sent: Sent)] = []
        var back: [(sent: Sent, written: UInt32)] = []
        var free: Int
        var pushed: UInt64 = 0
        var available = Notice()
        var used = Notice()

        init(_ features: TransportFeatures, size: UInt16) throws {
            let ring = try ForgedRing(size: size, features: features)
            device = try ring.device()
            driver = try ring.driver(
                tables: IndirectTables(start: ForgedRing.table, entriesEach: 4))
            self.features = features
            self.size = Int(size)
            hasEvents = features.contains(.eventIndex)
            free = Int(size)
            slots = features.contains(.ringPacked) ? UInt64(size) : nil
            // A fresh packed ring asks to be told always, a split one of the first.
            if hasEvents, !features.contains(.ringPacked) {
                available.armed = 0
                used.armed = 0
            }
        }

        mutating func step() throws {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3: try add()
            case 3..<5: try pop()
            case 5..<7: try push()
            case 7..<9: try takeUsed()
            default: try quieten()
            }
            guard driver.freeCount == free, device.chainsHeld == held.count,
                device.badChains == 0
            else { throw Difference(what: "counts") }
        }

        private mutating func segments(_ count: ClosedRange<Int>) -> [GuestSegment] {
            (0..<Int.random(in: count, using: &random)).map { _ in
                segment(
                    UInt64.random(in: 0...(.max), using: &random),
                    UInt32.random(in: 0...4096, using: &random))
            }
        }

        private mutating func add() throws {
            let readable = segments(0...3)
            let writable = segments(readable.isEmpty ? 1...3 : 0...3)
            let count = readable.count + writable.count
            let isTable = features.contains(.indirectDesc) && count > 1 && count <= 4
            let descriptors = isTable ? 1 : count
            guard descriptors <= free else {
                let error = #expect(throws: DriverQueueError.self) {
                    try driver.add(readable: readable, writable: writable)
                }
                guard error == .full else { throw Difference(what: "full") }
                return
            }
            let head = try driver.add(readable: readable, writable: writable)
            let inFlight = offered.map(\.head) + held.map(\.sent.head) + back.map(\.sent.head)
            guard !inFlight.contains(head) else { throw Difference(what: "head twice") }
            let units = features.contains(.ringPacked) ? UInt64(descriptors) : 1
            offered.append(
                Sent(
                    head: head, readable: readable, writable: writable, units: units,
                    descriptors: descriptors))
            free -= descriptors
            available.count += units
            if Bool.random(using: &random) {
                guard available.ask(size: slots).contains(driver.needsNotification()) else {
                    throw Difference(what: "notification")
                }
            }
        }

        private mutating func pop() throws {
            guard let chain = try device.pop() else {
                guard offered.isEmpty else { throw Difference(what: "nothing to pop") }
                let taken = available.count
                available.arm(at: taken, hasEvents: hasEvents)
                return
            }
            guard !offered.isEmpty else { throw Difference(what: "a chain too many") }
            let sent = offered.removeFirst()
            guard chain.head.index == sent.head,
                parts(chain.readable) == sent.readable,
                parts(chain.writable) == sent.writable
            else { throw Difference(what: "another chain") }
            held.append((chain, sent))
        }

        private mutating func push() throws {
            guard let index = held.indices.randomElement(using: &random) else { return }
            let (chain, sent) = held.remove(at: index)
            let written = UInt32.random(in: 0...(.max), using: &random)
            device.push(chain.head, written: written)
            back.append((sent, written))
            pushed += 1
            used.count += sent.units
            if Bool.random(using: &random) {
                guard used.ask(size: slots).contains(device.needsInterrupt()) else {
                    throw Difference(what: "interrupt")
                }
            }
        }

        private mutating func takeUsed() throws {
            guard let element = try driver.takeUsed() else {
                guard back.isEmpty else { throw Difference(what: "nothing used") }
                used.arm(at: used.count, hasEvents: hasEvents)
                return
            }
            guard !back.isEmpty else { throw Difference(what: "used too many") }
            let (sent, written) = back.removeFirst()
            guard element == SplitRing.UsedElement(id: UInt32(sent.head), len: written) else {
                throw Difference(what: "another used element")
            }
            free += sent.descriptors
        }

        private mutating func quieten() throws {
            if Bool.random(using: &random) {
                device.suppressNotifications()
                available.suppress(hasEvents: hasEvents)
            } else {
                driver.suppressInterrupts()
                used.suppress(hasEvents: hasEvents)
            }
        }
    }

    /// Whether the other side is told of what has been counted.
    private struct Notice {
        var count: UInt64 = 0
        private var asked: UInt64 = 0
        /// The count at which it is to be told; nil for always.
        var armed: UInt64?
        private var isSilent = false

        /// What the answer may be.
        ///
        /// - Parameter size: of a packed ring, whose events are places: one that lies a lap or more
        ///   back looks like one of this lap, and an interrupt too many does no harm.
        mutating func ask(size: UInt64?) -> [Bool] {
            defer { asked = count }
            guard let armed else { return [!isSilent] }
            if asked <= armed && armed < count { return [true] }
            if let size, count - armed > size { return [true, false] }
            return [false]
        }

        /// The other side has found nothing more.
        mutating func arm(at count: UInt64, hasEvents: Bool) {
            isSilent = false
            if hasEvents { armed = count }
        }

        mutating func suppress(hasEvents: Bool) { if !hasEvents { isSilent = true } }
    }
}

/// Not the run's own `segments`.
private func parts(_ list: SegmentList) -> [GuestSegment] { segments(list) }
