// A device that is right but for one thing: a real one, and a hand between its rings and those of
// its driver that changes requests and answers.

import GuestDriver
import LinuxSystem
import VirtioWire
import Virtqueue

/// What is done to what passes.
struct ProxyHand: Sendable {
    /// What the device gets; nil for a request that it never sees.
    var request: @Sendable (_ queue: Int, _ request: [UInt8]) -> [UInt8]? = { $1 }
    /// What the driver gets; nil for an answer that it never sees.
    var answer: @Sendable (_ queue: Int, _ request: [UInt8], _ answer: [UInt8]) -> [UInt8]? = {
        $2
    }
    /// The answer to a request that the device never sees.
    var ownAnswer: [UInt8] = []
}

/// The driver's end of a device behind a hand.
final class ProxyTransport: VirtioTransport {
    private let relay: ProxyRelay
    private let end: EventDescriptor
    private let thread: WorkerThread

    init(_ device: any VirtioTransport, machine: GuestMachine, hand: ProxyHand) throws {
        let relay = try ProxyRelay(device, machine: machine, hand: hand)
        let (inner, end) = (device.interrupt, try EventDescriptor())
        (self.relay, self.end) = (relay, end)
        thread = try WorkerThread(name: "proxy") {
            while !end.take() {
                if inner.wait(timeoutMillis: 20) { relay.pump() }
            }
        }
    }

    deinit {
        end.signal()
        thread.join()
    }

    var deviceID: UInt32 { relay.device.deviceID }
    /// Split rings alone: there is enough to go wrong.
    var deviceFeatures: UInt64 {
        relay.device.deviceFeatures & ~TransportFeatures.rings.rawValue
    }
    var interrupt: EventDescriptor { relay.interrupt }
    var status: DeviceStatus { relay.device.status }
    func acceptFeatures(_ features: UInt64) { relay.device.acceptFeatures(features) }
    func readConfig(offset: Int, count: Int) -> [UInt8] {
        relay.device.readConfig(offset: offset, count: count)
    }
    func writeConfig(offset: Int, bytes: [UInt8]) {
        relay.device.writeConfig(offset: offset, bytes: bytes)
    }
    func queueSizeMax(_ index: Int) -> UInt16 { relay.device.queueSizeMax(index) }
    func sharedMemory(_ id: UInt8) -> LocalMemoryRegion? { relay.device.sharedMemory(id) }
    func setQueue(_ index: Int, layout: QueueLayout) { relay.setQueue(index, layout: layout) }
    func writeStatus(_ status: DeviceStatus) { relay.writeStatus(status) }
    func notify(queue index: Int) { relay.pump() }
}

/// Rings of its own towards the device, in the same guest memory. Any thread may call.
private final class ProxyRelay: @unchecked Sendable {
    let device: any VirtioTransport
    private let machine: GuestMachine
    private let hand: ProxyHand
    private let lock = Lock()
    let interrupt: EventDescriptor

    /// Owned by whoever holds the lock.
    private var layouts: [Int: QueueLayout] = [:]
    private var fronts: [Int: DeviceQueue] = [:]
    private var backs: [Int: DriverQueue] = [:]
    private var pending: [Int: [UInt16: Pending]] = [:]
    private var arena: [GuestBlock] = []
    private var ringBlocks: [Int: [GuestBlock]] = [:]

    private struct Pending {
        let chain: DescriptorChain
        let request: [UInt8]
        let out: GuestBlock?
        let back: GuestBlock
    }

    private static let slotBytes = 16 << 10
    private static let slots = 192

    init(_ device: any VirtioTransport, machine: GuestMachine, hand: ProxyHand) throws {
        self.device = device
        self.machine = machine
        self.hand = hand
        interrupt = try EventDescriptor()
        // The guest's allocator is the guest's thread's: everything is taken here.
        for _ in 0..<Self.slots { arena.append(try machine.allocate(Self.slotBytes)) }
        for index in 0..<2 {
            ringBlocks[index] = [
                try machine.allocate(16 << 10), try machine.allocate(4 << 10),
                try machine.allocate(16 << 10),
            ]
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    func setQueue(_ index: Int, layout: QueueLayout) { locked { layouts[index] = layout } }

    func writeStatus(_ status: DeviceStatus) {
        locked { if status.contains(.driverOK), fronts.isEmpty { makeQueues() } }
        device.writeStatus(status)
        // From here on the device touches none of it.
        if status.isEmpty { locked { forget() } }
    }

    private func forget() {
        for chains in pending.values {
            for chain in chains.values { arena += [chain.out, chain.back].compactMap { $0 } }
        }
        (layouts, fronts, backs, pending) = ([:], [:], [:], [:])
    }

    private func makeQueues() {
        for (index, layout) in layouts {
            guard let blocks = ringBlocks[index] else { continue }
            for block in blocks { machine.range(of: block).fill(0) }
            let own = QueueLayout(
                size: device.queueSizeMax(index), descriptorTable: blocks[0].start,
                availRing: blocks[1].start, usedRing: blocks[2].start)
            fronts[index] = try? DeviceQueue(layout, memory: machine.memory)
            backs[index] = try? DriverQueue(own, memory: machine.memory)
            device.setQueue(index, layout: own)
        }
    }

    // MARK: Chains

    func pump() {
        locked {
            var isTold = false
            for (index, front) in fronts {
                while let chain = try? front.pop() {
                    if forward(chain, index, front) { isTold = true }
                }
                device.notify(queue: index)
                while let used = try? backs[index]?.takeUsed() {
                    if giveBack(used, index, front) { isTold = true }
                }
            }
            if isTold { interrupt.signal() }
        }
    }

    /// Whether the driver has something to look at.
    private func forward(_ chain: DescriptorChain, _ index: Int, _ front: DeviceQueue) -> Bool {
        var gathered = WireBuffer(capacity: Self.slotBytes)
        _ = try? machine.memory.gather(
            chain.readable, limit: gathered.capacity, into: &gathered)
        let request = gathered.array()
        guard let changed = hand.request(index, request) else {
            return answer(chain, hand.ownAnswer, front)
        }
        var room = 0
        for part in 0..<chain.writable.count { room += Int(chain.writable[part].count) }
        guard let back = arena.popLast(), let out = arena.popLast(),
            room <= Self.slotBytes, let queue = backs[index]
        else { return false }
        machine.range(of: out).write(changed)
        machine.range(of: back).fill(0)
        let head = try? queue.add(
            readable: changed.isEmpty
                ? [] : [GuestSegment(start: out.start, count: UInt32(changed.count))],
            writable: room == 0 ? [] : [GuestSegment(start: back.start, count: UInt32(room))])
        guard let head else { return false }
        pending[index, default: [:]][head] = Pending(
            chain: chain, request: request, out: out, back: back)
        return false
    }

    private func giveBack(_ used: SplitRing.UsedElement, _ index: Int, _ front: DeviceQueue)
        -> Bool
    {
        guard let head = UInt16(exactly: used.id),
            let waiting = pending[index]?.removeValue(forKey: head)
        else { return false }
        let bytes = Array(machine.range(of: waiting.back).bytes().prefix(Int(used.len)))
        arena += [waiting.out, waiting.back].compactMap { $0 }
        guard let changed = hand.answer(index, waiting.request, bytes) else { return false }
        return answer(waiting.chain, changed, front)
    }

    private func answer(_ chain: DescriptorChain, _ bytes: [UInt8], _ front: DeviceQueue) -> Bool {
        var buffer = WireBuffer(capacity: bytes.count)
        buffer.append(contentsOf: bytes)
        let written = try? machine.memory.scatter(buffer, to: chain.writable)
        front.push(chain.head, written: written ?? 0)
        return true
    }
}
