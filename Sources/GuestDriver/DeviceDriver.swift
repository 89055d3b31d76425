// What the drivers of all device types do: initialisation (virtio 1.4, 3.1) and requests with a
// response, one chain each.

internal import LinuxSystem
public import VirtioWire
public import Virtqueue

/// A request in flight.
public struct Ticket: Hashable, Sendable {
    let queue: Int
    let number: UInt64
}

/// Brings a device up and exchanges requests with it. Owned by the guest's one thread.
public final class DeviceDriver {
    public let machine: GuestMachine
    public let transport: any VirtioTransport
    public let features: UInt64
    private var queues: [DriverQueue] = []
    private var nextNumber: UInt64 = 1
    private var inFlight: [Int: [UInt16: Pending]] = [:]
    private var answers: [Ticket: [UInt8]] = [:]
    /// How long a request may take before the device counts as hung.
    public var patienceMillis: Int32 = 30_000
    /// From a chain on the ring to its used element seen, and how many.
    public private(set) var roundTripNanos: UInt64 = 0
    public private(set) var roundTrips: UInt64 = 0

    private struct Pending {
        let ticket: Ticket
        let request: GuestBlock
        let response: GuestBlock?
        let responseBytes: Int
        let sentNanos: UInt64
    }

    /// Chains of up to this many segments go through a table where INDIRECT_DESC is negotiated.
    private static let tableEntries: UInt16 = 16

    /// - Parameters:
    ///   - wanted: device-type features to accept where offered.
    ///   - required: those that the driver cannot do without.
    ///   - rings: features of the queues to accept where offered.
    public init(
        _ transport: any VirtioTransport, machine: GuestMachine, wanted: UInt64, required: UInt64,
        queueCount: Int, rings: TransportFeatures = .rings
    ) throws(DriverError) {
        self.machine = machine
        self.transport = transport
        transport.writeStatus([])
        transport.writeStatus(.acknowledge)
        transport.writeStatus([.acknowledge, .driver])
        let offered = transport.deviceFeatures
        let version1 = TransportFeatures.version1.rawValue
        features = offered & (wanted | version1 | rings.rawValue)
        guard features & (required | version1) == required | version1 else {
            throw .featureMissing
        }
        transport.acceptFeatures(features)
        transport.writeStatus([.acknowledge, .driver, .featuresOK])
        guard transport.status.contains(.featuresOK) else { throw .setUpFailed }
        for index in 0..<queueCount {
            let negotiated = TransportFeatures(rawValue: features)
            let layout = try Self.layOutQueue(index, transport, machine, negotiated)
            let tables =
                negotiated.contains(.indirectDesc)
                ? try Self.allocateTables(queueSize: layout.size, machine) : nil
            guard
                let queue = try? DriverQueue(
                    layout, memory: machine.memory, features: negotiated, tables: tables)
            else { throw .setUpFailed }
            transport.setQueue(index, layout: layout)
            queues.append(queue)
        }
        transport.writeStatus([.acknowledge, .driver, .featuresOK, .driverOK])
        guard !transport.status.contains(.needsReset) else { throw .setUpFailed }
    }

    private static func layOutQueue(
        _ index: Int, _ transport: any VirtioTransport, _ machine: GuestMachine,
        _ features: TransportFeatures
    ) throws(DriverError) -> QueueLayout {
        let size = transport.queueSizeMax(index)
        guard size > 0 else { throw .setUpFailed }
        let sizes = QueueLayout.areaSizesBytes(size: size, features: features)
        let descriptors = try machine.allocate(sizes.descriptors)
        let driverArea = try machine.allocate(sizes.driver)
        let deviceArea = try machine.allocate(sizes.device)
        return QueueLayout(
            size: size, descriptorTable: descriptors.start, availRing: driverArea.start,
            usedRing: deviceArea.start)
    }

    private static func allocateTables(queueSize: UInt16, _ machine: GuestMachine)
        throws(DriverError) -> IndirectTables
    {
        let sizeBytes = IndirectTables(start: GuestAddress(0), entriesEach: tableEntries)
            .sizeBytes(queueSize: queueSize)
        return IndirectTables(
            start: try machine.allocate(sizeBytes).start, entriesEach: tableEntries)
    }

    /// Resets the device: nothing in flight comes back.
    public func reset() { transport.writeStatus([]) }

    // MARK: Requests

    /// Puts a request on a queue: its bytes readable, `responseBytes` writable behind them.
    public func send(_ request: borrowing WireBuffer, responseBytes: Int, queue: Int)
        throws(DriverError) -> Ticket
    {
        let out = try machine.allocate(request.count)
        var back: GuestBlock?
        do throws(DriverError) {
            if responseBytes > 0 { back = try machine.allocate(responseBytes) }
            return try send(request, out, back, responseBytes: responseBytes, queue: queue)
        } catch {
            machine.free(out)
            if let back { machine.free(back) }
            throw error
        }
    }

    private func send(
        _ request: borrowing WireBuffer, _ out: GuestBlock, _ back: GuestBlock?,
        responseBytes: Int, queue: Int
    ) throws(DriverError) -> Ticket {
        let readable = SegmentList([GuestSegment(start: out.start, count: UInt32(request.count))])
        guard (try? machine.memory.scatter(request, to: readable)) != nil else {
            throw .outOfGuestMemory
        }
        let ticket = Ticket(queue: queue, number: nextNumber)
        nextNumber += 1
        let head = try add(
            readable: [readable[0]],
            writable: back.map { [GuestSegment(start: $0.start, count: UInt32(responseBytes))] }
                ?? [], queue: queue)
        inFlight[queue, default: [:]][head] = Pending(
            ticket: ticket, request: out, response: back, responseBytes: responseBytes,
            sentNanos: MonotonicClock.nowNanos)
        return ticket
    }

    /// Puts a chain of the caller's own on a queue and notifies the device.
    @discardableResult
    public func add(readable: [GuestSegment], writable: [GuestSegment], queue: Int)
        throws(DriverError) -> UInt16
    {
        let head: UInt16
        do throws(DriverQueueError) {
            head = try queues[queue].add(readable: readable, writable: writable)
        } catch { throw .queue(error) }
        if queues[queue].needsNotification() { transport.notify(queue: queue) }
        return head
    }

    /// The next used element of a queue whose chains the caller added by itself.
    public func takeUsed(queue: Int) throws(DriverError) -> SplitRing.UsedElement? {
        do throws(DriverQueueError) { return try queues[queue].takeUsed() } catch {
            throw .queue(error)
        }
    }

    /// Waits for the answer to a request; the bytes that the device wrote.
    public func wait(for ticket: Ticket) throws(DriverError) -> [UInt8] {
        let deadline = MonotonicClock.nowNanos &+ UInt64(patienceMillis) * 1_000_000
        while true {
            try collect(queue: ticket.queue)
            if let answer = answers.removeValue(forKey: ticket) { return answer }
            guard MonotonicClock.nowNanos < deadline else { throw .timedOut }
            try waitForInterrupt(timeoutMillis: Self.pollMillis)
        }
    }

    /// An interrupt may have been taken by someone else: look again this often.
    private static let pollMillis: Int32 = 100

    /// Waits until the device has something to tell; also returns after the time-out.
    public func waitForInterrupt(timeoutMillis: Int32) throws(DriverError) {
        guard !transport.interrupt.wait(timeoutMillis: timeoutMillis) else { return }
        guard !transport.status.contains(.needsReset) else { throw .needsReset }
    }

    /// Sends a request and waits for its answer.
    public func roundTrip(_ request: borrowing WireBuffer, responseBytes: Int, queue: Int)
        throws(DriverError) -> [UInt8]
    {
        try wait(for: try send(request, responseBytes: responseBytes, queue: queue))
    }

    private func collect(queue: Int) throws(DriverError) {
        while let element = try takeUsed(queue: queue) {
            guard let head = UInt16(exactly: element.id),
                let pending = inFlight[queue]?.removeValue(forKey: head)
            else { throw .badResponse }
            roundTripNanos &+= MonotonicClock.nowNanos &- pending.sentNanos
            roundTrips += 1
            let answer = answer(pending, written: element.len)
            machine.free(pending.request)
            if let response = pending.response { machine.free(response) }
            // A device that says it wrote more than there was room for.
            guard element.len <= pending.responseBytes else { throw .badResponse }
            answers[pending.ticket] = answer
        }
    }

    private func answer(_ pending: Pending, written: UInt32) -> [UInt8] {
        guard let response = pending.response else { return [] }
        let range = machine.range(of: response)
        return range.slice(offset: 0, count: min(Int(written), range.sizeBytes))?.bytes() ?? []
    }
}

extension [UInt8] {
    /// The message at `offset`.
    func decode<M: WireMessage>(at offset: Int = 0, as type: M.Type = M.self) throws(DriverError)
        -> M
    {
        guard offset <= count else { throw .badResponse }
        // SAFETY: a span over an array's bytes is valid while the array is borrowed.
        let bytes = unsafe span.bytes
        do throws(WireError) { return try M(bytes.extracting(droppingFirst: offset)) } catch {
            throw .badResponse
        }
    }
}
