// Runs cases one after the other, each on a device of its own.
// Invariant: a case's device and guest are gone before the next one's are made.

public import GuestDriver
public import Virtqueue

/// Puts the cases that a filter picks to the device that a factory gives.
public struct ConformanceRunner {
    /// Makes a device that nobody has used, and the guest for it.
    public typealias DeviceFactory = () throws -> (any VirtioTransport, GuestMachine)

    /// Asked when a case has ended: what became of its device, if it is gone.
    public typealias LossOfDevice = () -> String?

    /// What a factory throws when there is no device to be had for a case; the run goes on.
    public struct DeviceUnavailable: Error {
        public let reason: String
        public init(_ reason: String) { self.reason = reason }
    }

    public let cases: [ConformanceCase]
    public var filter: CaseFilter
    /// How long the device may take for one answer.
    public var patienceMillis: Int32
    private let makeDevice: DeviceFactory
    private let lossOfDevice: LossOfDevice

    public init(
        cases: [ConformanceCase] = .all, filter: CaseFilter = .everything,
        patienceMillis: Int32 = 10_000, lossOfDevice: @escaping LossOfDevice = { nil },
        makeDevice: @escaping DeviceFactory
    ) {
        self.cases = cases
        self.filter = filter
        self.patienceMillis = patienceMillis
        self.makeDevice = makeDevice
        self.lossOfDevice = lossOfDevice
    }

    /// Runs the cases in their order. Cases for other device types are left out.
    ///
    /// - Parameter onResult: told of each result as soon as it is there.
    /// - Throws: what the factory throws but ``DeviceUnavailable``; whatever a case throws is its
    ///   verdict.
    public func run(onResult: (ConformanceResult) -> Void = { _ in }) throws
        -> [ConformanceResult]
    {
        var results: [ConformanceResult] = []
        var device: UInt32?
        for test in cases where filter.matches(test.id) {
            // Making a device only to see that it is another one can be dear.
            if let device, let wanted = test.device, device != wanted { continue }
            guard let result = try run(test, &device) else { continue }
            results.append(result)
            onResult(result)
        }
        return results
    }

    /// nil when the factory's device is not what the case is for.
    private func run(_ test: ConformanceCase, _ device: inout UInt32?) throws
        -> ConformanceResult?
    {
        let made: (transport: any VirtioTransport, machine: GuestMachine)
        do { made = try makeDevice() } catch let error as DeviceUnavailable {
            return Self.result(test, .skipped(reason: error.reason))
        }
        device = made.transport.deviceID
        if let wanted = test.device, made.transport.deviceID != wanted { return nil }
        var context = ConformanceContext(
            transport: made.transport, machine: made.machine, patienceMillis: patienceMillis)
        var verdict = Self.verdict(of: test, &context)
        // From here on the device touches no guest memory.
        made.transport.writeStatus([])
        if let loss = lossOfDevice() {
            verdict = verdict.after(
                loss, context.finding("a device that goes on", received: loss))
        }
        return Self.result(test, verdict)
    }

    private static func result(_ test: ConformanceCase, _ verdict: Verdict) -> ConformanceResult {
        ConformanceResult(id: test.id, clause: test.clause, level: test.level, verdict: verdict)
    }

    private static func verdict(of test: ConformanceCase, _ context: inout ConformanceContext)
        -> Verdict
    {
        do {
            return try test.run(&context)
        } catch let finding as Finding {
            return .fail(finding)
        } catch let error as DriverError {
            return .fail(context.finding(error))
        } catch {
            return .fail(context.finding("no error", received: "\(error)"))
        }
    }
}
