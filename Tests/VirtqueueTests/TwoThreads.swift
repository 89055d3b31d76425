// A driver and a device on two threads with EVENT_IDX, each asleep whenever it has nothing to do.
// Benchmarks/Virtqueue builds this file too, for long runs in release.

import LinuxSystem
import VirtioWire
import Virtqueue

/// Passes numbered chains from one thread to the other and back, some out of order.
enum TwoThreads {
    struct Outcome: Sendable {
        var chains: UInt64 = 0
        var notifications: UInt64 = 0
        var interrupts: UInt64 = 0
    }

    enum Failure: Error, Equatable {
        case setUp
        /// A side slept for ten seconds although the other had work for it.
        case lostWakeUp(side: String, after: UInt64)
        /// A chain came back with bytes that are not its own, or twice.
        case wrongAnswer(number: UInt64)
        case queue
    }

    private static let patienceMillis: Int32 = 10_000
    private static let dataStart: UInt64 = 0x10_0000
    private static let mask: UInt64 = 0x5555_5555_5555_5555

    static func run(chains: UInt64, size: UInt16, features: TransportFeatures) throws -> Outcome {
        let shared = try SharedMemory(name: "threads", sizeBytes: 0x40_0000)
        let memory = try GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)])
        let layout = QueueLayout(
            size: size, descriptorTable: GuestAddress(0), availRing: GuestAddress(0x8_0000),
            usedRing: GuestAddress(0xa_0000))
        let kick = try EventDescriptor()
        let interrupt = try EventDescriptor()
        let outcome = Monitor(Outcome())
        let failure = Monitor<Failure?>(nil)
        let isDone = Monitor(false)
        let device = try WorkerThread(name: "device") {
            do throws(Failure) {
                let signals = try serve(
                    layout, memory, features, kick: kick, interrupt: interrupt, isDone: isDone)
                outcome.withLock { $0.interrupts = signals }
            } catch { failure.withLock { $0 = $0 ?? error } }
        }
        let driver = try WorkerThread(name: "driver") {
            do throws(Failure) {
                let signals = try drive(
                    layout, memory, features, chains: chains, kick: kick, interrupt: interrupt)
                outcome.withLock {
                    $0.chains = chains
                    $0.notifications = signals
                }
            } catch { failure.withLock { $0 = error } }
            isDone.withLock { $0 = true }
            kick.signal()
        }
        driver.join()
        device.join()
        if let failure = failure.withLock({ $0 }) { throw failure }
        return outcome.withLock { $0 }
    }

    private static func segment(_ slot: Int, _ offset: UInt64) -> SegmentList {
        SegmentList([
            GuestSegment(
                start: GuestAddress(dataStart + UInt64(slot) * 16 + offset), count: 8)
        ])
    }

    private static func drive(
        _ layout: QueueLayout, _ memory: GuestMemory, _ features: TransportFeatures,
        chains: UInt64, kick: EventDescriptor, interrupt: EventDescriptor
    ) throws(Failure) -> UInt64 {
        let tables = IndirectTables(start: GuestAddress(0x30_0000), entriesEach: 4)
        guard
            let queue = try? DriverQueue(
                layout, memory: memory, features: features, tables: tables)
        else { throw .setUp }
        // By head: the number in flight, and the slot of memory it lies in.
        var numbers = [UInt64?](repeating: nil, count: Int(layout.size))
        var slots = [Int](repeating: 0, count: Int(layout.size))
        var freeSlots = Array(0..<Int(layout.size))
        var bytes = WireBuffer(capacity: 8)
        var sent: UInt64 = 0
        var back: UInt64 = 0
        var signals: UInt64 = 0
        while back < chains {
            while sent < chains, queue.freeCount >= 2, let slot = freeSlots.popLast() {
                bytes.removeAll()
                bytes.append(u64: sent)
                guard (try? memory.scatter(bytes, to: segment(slot, 0))) != nil,
                    let head = try? queue.add(
                        readable: segment(slot, 0), writable: segment(slot, 8))
                else { throw .queue }
                numbers[Int(head)] = sent
                slots[Int(head)] = slot
                sent += 1
            }
            if queue.needsNotification() {
                kick.signal()
                signals += 1
            }
            var isIdle = true
            while let element = try takeUsed(queue) {
                isIdle = false
                let head = Int(element.id)
                bytes.removeAll()
                guard let number = numbers[head], element.len == 8,
                    (try? memory.gather(segment(slots[head], 8), limit: 8, into: &bytes)) == 8,
                    bytes.u64(at: 0) == number ^ mask
                else { throw .wrongAnswer(number: numbers[head] ?? .max) }
                numbers[head] = nil
                freeSlots.append(slots[head])
                back += 1
            }
            guard isIdle, back < chains else { continue }
            guard interrupt.wait(timeoutMillis: patienceMillis) else {
                throw .lostWakeUp(side: "driver", after: back)
            }
        }
        return signals
    }

    private static func takeUsed(_ queue: DriverQueue) throws(Failure) -> SplitRing.UsedElement? {
        do throws(DriverQueueError) { return try queue.takeUsed() } catch { throw .queue }
    }

    private static func serve(
        _ layout: QueueLayout, _ memory: GuestMemory, _ features: TransportFeatures,
        kick: EventDescriptor, interrupt: EventDescriptor, isDone: Monitor<Bool>
    ) throws(Failure) -> UInt64 {
        guard let queue = try? DeviceQueue(layout, memory: memory, features: features) else {
            throw .setUp
        }
        var request = WireBuffer(capacity: 8)
        var response = WireBuffer(capacity: 8)
        var held: DescriptorChain?
        var served: UInt64 = 0
        var signals: UInt64 = 0

        func answer(_ chain: DescriptorChain) throws(Failure) {
            request.removeAll()
            response.removeAll()
            guard (try? queue.gather(chain.readable, limit: 8, into: &request)) == 8 else {
                throw .queue
            }
            response.append(u64: request.u64(at: 0) ^ mask)
            guard let written = try? queue.scatter(response, to: chain.writable) else {
                throw .queue
            }
            queue.push(chain.head, written: written)
        }

        while true {
            while let chain = try pop(queue) {
                served += 1
                // Every seventh chain waits for the one behind it.
                if held == nil, served % 7 == 0 {
                    held = chain
                } else {
                    try answer(chain)
                    if let late = held {
                        held = nil
                        try answer(late)
                    }
                }
            }
            if let late = held {
                held = nil
                try answer(late)
            }
            if queue.needsInterrupt() {
                interrupt.signal()
                signals += 1
            }
            guard kick.wait(timeoutMillis: patienceMillis) else {
                throw .lostWakeUp(side: "device", after: served)
            }
            if isDone.withLock({ $0 }) { return signals }
        }
    }

    private static func pop(_ queue: DeviceQueue) throws(Failure) -> DescriptorChain? {
        do throws(QueueError) { return try queue.pop() } catch { throw .queue }
    }
}
