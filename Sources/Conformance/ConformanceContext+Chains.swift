// Chains that are no request with a response of its own memory: events, and payloads in place.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

extension ConformanceContext {
    /// A chain whose payload is the same memory in both parts; the bytes of header and payload.
    mutating func exchangeInPlace(
        _ request: [UInt8], _ payload: [UInt8], headerBytes: Int, queue: Int
    ) throws -> [UInt8] {
        let (command, header, both) = (
            try machine.allocate(request.count), try machine.allocate(headerBytes),
            try machine.allocate(payload.count)
        )
        machine.range(of: command).write(request)
        machine.range(of: both).write(payload)
        let shared = GuestSegment(start: both.start, count: UInt32(payload.count))
        try startedDriver.add(
            readable: [GuestSegment(start: command.start, count: UInt32(request.count)), shared],
            writable: [GuestSegment(start: header.start, count: UInt32(headerBytes)), shared],
            queue: queue)
        guard let used = try waitForUsed(queue: queue) else {
            throw finding("an answer within \(patienceMillis) ms")
        }
        let answer =
            machine.range(of: header).bytes().prefix(headerBytes)
            + machine.range(of: both).bytes().prefix(payload.count)
        return Array(answer.prefix(Int(used.len)))
    }

    /// Gives the device buffers for events, on queue 1.
    mutating func postEvents(_ count: Int, sizeBytes: Int) throws(DriverError) {
        for _ in 0..<count {
            let block = try machine.allocate(sizeBytes)
            let segment = GuestSegment(start: block.start, count: UInt32(sizeBytes))
            let head = try startedDriver.add(
                readable: [], writable: [segment], queue: Self.eventQueue)
            eventBlocks[head] = block
        }
    }

    /// The bytes of the next event; nil when none comes in a while.
    mutating func nextEvent() throws -> [UInt8]? {
        guard let used = try waitForUsed(queue: Self.eventQueue, withinMillis: Self.eventMillis)
        else { return nil }
        guard let head = UInt16(exactly: used.id),
            let block = eventBlocks.removeValue(forKey: head)
        else { throw finding("an event buffer that was posted", received: "buffer \(used.id)") }
        return Array(machine.range(of: block).bytes().prefix(Int(used.len)))
    }

    private static let eventQueue = 1
    /// Events come by themselves, or do not.
    private static let eventMillis: Int32 = 500

    private func waitForUsed(queue: Int, withinMillis millis: Int32? = nil) throws(DriverError)
        -> SplitRing.UsedElement?
    {
        let patience = UInt64(millis ?? patienceMillis) * 1_000_000
        let limit = MonotonicClock.nowNanos &+ patience
        while true {
            if let used = try startedDriver.takeUsed(queue: queue) { return used }
            guard MonotonicClock.nowNanos < limit else { return nil }
            try startedDriver.waitForInterrupt(timeoutMillis: 20)
        }
    }
}
