// What a case works with: a device that nobody has used, and a record of the last exchange.

public import GuestDriver
internal import LinuxSystem
public import VirtioWire
public import Virtqueue

/// A fresh device and the guest that talks to it. Owned by the thread that runs the case.
public struct ConformanceContext {
    public let transport: any VirtioTransport
    public let machine: GuestMachine
    /// How long a device may take to answer.
    public let patienceMillis: Int32
    private var driver: DeviceDriver?
    /// Chains that a case has posted and that have not come back.
    private var posted: [PostedChain] = []
    /// Those that came back while others were posted.
    private var returned: [(number: Int, queue: Int, bytes: [UInt8])] = []
    private var postedCount = 0
    /// What was sent last, for the report of a failure.
    let record: ExchangeRecord
    /// What was given to the device to write events into, by chain.
    var eventBlocks: [UInt16: GuestBlock] = [:]

    init(
        transport: any VirtioTransport, machine: GuestMachine, patienceMillis: Int32,
        record: ExchangeRecord = ExchangeRecord()
    ) {
        self.transport = transport
        self.machine = machine
        self.patienceMillis = patienceMillis
        self.record = record
    }

    /// Resets the device and brings it to DRIVER_OK.
    ///
    /// - Parameter wanted: device-type features to accept where offered.
    /// - Returns: what was accepted.
    @discardableResult
    public mutating func start(wanted: UInt64 = 0, queueCount: Int = 2) throws(DriverError)
        -> UInt64
    {
        record.note("reset, and features 0x\(String(wanted, radix: 16)) where offered")
        (posted, returned) = ([], [])
        eventBlocks = [:]
        let driver = try DeviceDriver(
            transport, machine: machine, wanted: wanted, required: 0, queueCount: queueCount)
        driver.patienceMillis = patienceMillis
        self.driver = driver
        return driver.features
    }

    var startedDriver: DeviceDriver {
        guard let driver else { preconditionFailure("a case starts the device before it talks") }
        return driver
    }

    /// Resets the device and leaves its queues to the case: see ``RingGuest``.
    mutating func beginRing() {
        record.note("a reset")
        driver = nil
        transport.writeStatus([])
    }

    /// Sends a request as one chain and waits for it to come back; the bytes that the device wrote.
    ///
    /// - Precondition: the device was started.
    public mutating func exchange(
        _ request: borrowing WireBuffer, responseBytes: Int, queue: Int
    ) throws(DriverError) -> [UInt8] {
        let driver = startedDriver
        record.note(Exchange(device: transport.deviceID, sent: request.array()))
        let ticket = try driver.send(request, responseBytes: responseBytes, queue: queue)
        let answer = try driver.wait(for: ticket)
        record.received(answer)
        return answer
    }

    /// A chain that waits for the device.
    struct PostedChain {
        let number: Int
        let queue: Int
        let head: UInt16
        let request: GuestBlock
        let response: GuestBlock
        let room: Int
    }

    /// Puts a request on a queue and does not wait for it. Until ``nextReturned(queue:)`` has given
    /// all of them back, the case has the queue to itself: no ``exchange(_:responseBytes:queue:)``.
    ///
    /// - Returns: a number by which the chain is known.
    @discardableResult
    mutating func post<M: WireMessage>(
        _ message: M, tail: [UInt8] = [], room: Int, queue: Int = VirtioGPU.controlQueue
    ) throws -> Int {
        guard let driver else { preconditionFailure("a case starts the device before it talks") }
        var request = WireBuffer(capacity: M.sizeBytes + tail.count)
        request.append(message)
        request.append(contentsOf: tail)
        // Each chain takes two descriptors at most: half of the ring stays free.
        while posted.count >= max(1, Int(transport.queueSizeMax(queue)) / 4) {
            returned.append(try takeReturned(driver, queue))
        }
        let bytes = request.array()
        let out = try machine.allocate(bytes.count)
        machine.range(of: out).write(bytes)
        let response = try machine.allocate(room)
        let head = try driver.add(
            readable: [GuestSegment(start: out.start, count: UInt32(bytes.count))],
            writable: [GuestSegment(start: response.start, count: UInt32(room))], queue: queue)
        record.note(Exchange(device: transport.deviceID, sent: bytes))
        postedCount += 1
        posted.append(
            PostedChain(
                number: postedCount, queue: queue, head: head, request: out, response: response,
                room: room))
        return postedCount
    }

    /// The next posted chain that the device gives back, and what it wrote.
    mutating func nextReturned(queue: Int) throws -> (number: Int, bytes: [UInt8]) {
        guard let driver else { preconditionFailure("a case starts the device before it talks") }
        if let index = returned.firstIndex(where: { $0.queue == queue }) {
            let chain = returned.remove(at: index)
            return (chain.number, chain.bytes)
        }
        let chain = try takeReturned(driver, queue)
        return (chain.number, chain.bytes)
    }

    private mutating func takeReturned(_ driver: DeviceDriver, _ queue: Int) throws
        -> (number: Int, queue: Int, bytes: [UInt8])
    {
        let deadline = MonotonicClock.nowNanos &+ UInt64(max(0, patienceMillis)) * 1_000_000
        while MonotonicClock.nowNanos < deadline {
            guard let used = try driver.takeUsed(queue: queue) else {
                try driver.waitForInterrupt(timeoutMillis: min(100, patienceMillis))
                continue
            }
            guard
                let index = posted.firstIndex(where: {
                    $0.queue == queue && UInt32($0.head) == used.id
                })
            else { throw finding("a chain that was posted", received: "chain \(used.id)") }
            let chain = posted.remove(at: index)
            guard used.len <= UInt32(chain.room) else {
                throw finding("at most \(chain.room) bytes", received: "\(used.len)")
            }
            let bytes = Array(machine.range(of: chain.response).bytes().prefix(Int(used.len)))
            machine.free(chain.request)
            machine.free(chain.response)
            record.received(bytes)
            return (chain.number, queue, bytes)
        }
        throw DriverError.timedOut
    }

    /// The message at `offset` of an answer; an answer that ends before it does is a finding.
    public func decode<M: WireMessage>(
        _ type: M.Type = M.self, from answer: [UInt8], at offset: Int = 0
    ) throws(Finding) -> M {
        var buffer = WireBuffer(capacity: answer.count)
        buffer.append(contentsOf: Array(answer.dropFirst(offset)))
        do throws(WireError) { return try buffer.decode() } catch {
            throw finding("at least \(offset + M.sizeBytes) bytes")
        }
    }

    /// Says what the last exchange should have been.
    ///
    /// - Parameter received: what came instead; the last answer when nil.
    public func finding(_ expected: String, received: String? = nil) -> Finding {
        Finding(
            sent: record.sent, expected: expected, received: received ?? record.received)
    }

    /// What a driver's error says of the device.
    func finding(_ error: DriverError) -> Finding {
        switch error {
        case .timedOut: finding("an answer within \(patienceMillis) ms")
        case .setUpFailed:
            finding(
                "FEATURES_OK, all queues and DRIVER_OK", received: "a device that did not start")
        case .featureMissing: finding("VIRTIO_F_VERSION_1", received: "it is not offered")
        case .needsReset: finding("a working device", received: "DEVICE_NEEDS_RESET")
        case .outOfGuestMemory, .queue, .badResponse, .gpu, .media, .sessionFailed:
            finding("no driver error", received: "\(error)")
        }
    }
}
