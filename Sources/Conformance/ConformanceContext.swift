// What a case works with: a device that nobody has used, and a record of the last exchange.

public import GuestDriver
public import VirtioWire
public import Virtqueue

/// A fresh device and the guest that talks to it. Owned by the thread that runs the case.
public struct ConformanceContext {
    public let transport: any VirtioTransport
    public let machine: GuestMachine
    /// How long a device may take to answer.
    public let patienceMillis: Int32
    private var driver: DeviceDriver?
    private var last: Exchange?
    /// What was given to the device to write events into, by chain.
    var eventBlocks: [UInt16: GuestBlock] = [:]

    init(transport: any VirtioTransport, machine: GuestMachine, patienceMillis: Int32) {
        self.transport = transport
        self.machine = machine
        self.patienceMillis = patienceMillis
    }

    /// Resets the device and brings it to DRIVER_OK.
    ///
    /// - Parameter wanted: device-type features to accept where offered.
    /// - Returns: what was accepted.
    @discardableResult
    public mutating func start(wanted: UInt64 = 0, queueCount: Int = 2) throws(DriverError)
        -> UInt64
    {
        last = nil
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
        last = nil
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
        last = Exchange(device: transport.deviceID, sent: request.array())
        let ticket = try driver.send(request, responseBytes: responseBytes, queue: queue)
        let answer = try driver.wait(for: ticket)
        last?.received = answer
        return answer
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
            sent: last?.sentDescription ?? "nothing", expected: expected,
            received: received ?? last?.receivedDescription ?? "nothing")
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
