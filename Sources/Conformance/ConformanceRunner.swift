// Runs cases one after the other, each on a device of its own.
// Invariant: a case's device and guest are gone before the next one's are made.

internal import GuestDriver
internal import Virtqueue

/// Puts the cases that a filter picks to what a stand gives.
public struct ConformanceRunner {
    public typealias DeviceFactory = ConformanceStand.DeviceFactory
    public typealias LossOfDevice = ConformanceStand.LossOfDevice
    public typealias DeviceUnavailable = ConformanceStand.DeviceUnavailable

    public let cases: [ConformanceCase]
    public var filter: CaseFilter
    /// How long the device may take for one answer.
    public var patienceMillis: Int32
    private let stand: ConformanceStand

    public init(
        cases: [ConformanceCase], filter: CaseFilter = .everything,
        patienceMillis: Int32 = 10_000, stand: ConformanceStand
    ) {
        self.cases = cases
        self.filter = filter
        self.patienceMillis = patienceMillis
        self.stand = stand
    }

    /// A runner for cases about one device.
    public init(
        cases: [ConformanceCase] = .all, filter: CaseFilter = .everything,
        patienceMillis: Int32 = 10_000, lossOfDevice: @escaping LossOfDevice = { nil },
        makeDevice: @escaping DeviceFactory
    ) {
        var stand = ConformanceStand()
        stand.makeDevice = makeDevice
        stand.lossOfDevice = lossOfDevice
        self.init(cases: cases, filter: filter, patienceMillis: patienceMillis, stand: stand)
    }

    /// Runs the cases in their order. Those for other device types, and those that the stand has
    /// nothing for, are left out.
    ///
    /// - Parameter onResult: told of each result as soon as it is there.
    /// - Throws: what a factory throws but ``DeviceUnavailable``; whatever a case throws is its
    ///   verdict.
    public func run(onResult: (ConformanceResult) -> Void = { _ in }) throws
        -> [ConformanceResult]
    {
        var results: [ConformanceResult] = []
        var device: UInt32?
        for test in cases where filter.matches(test.id) {
            guard let verdict = try verdict(of: test, &device) else { continue }
            let result = ConformanceResult(
                id: test.id, clause: test.clause, level: test.level, verdict: verdict)
            results.append(result)
            onResult(result)
        }
        return results
    }

    /// nil when there is nothing that the case is for.
    private func verdict(of test: ConformanceCase, _ device: inout UInt32?) throws -> Verdict? {
        do {
            switch test.run {
            case .device(let run): return try verdict(of: test, run, &device)
            case .socket(let run): return try verdict(of: test, run)
            case .sharing(let run): return try verdict(run)
            }
        } catch let error as DeviceUnavailable {
            return .skipped(reason: error.reason)
        }
    }

    private func verdict(
        of test: ConformanceCase, _ run: (inout ConformanceContext) throws -> Verdict,
        _ device: inout UInt32?
    ) throws -> Verdict? {
        guard let makeDevice = stand.makeDevice else { return nil }
        // Making a device only to see that it is another one can be dear.
        if let device, let wanted = test.device, device != wanted { return nil }
        let made = try makeDevice()
        device = made.0.deviceID
        if let wanted = test.device, made.0.deviceID != wanted { return nil }
        var context = ConformanceContext(
            transport: made.0, machine: made.1, patienceMillis: patienceMillis)
        var verdict = Self.verdict {
            try run(&context)
        } describe: {
            context.finding($0)
        } other: {
            context.finding("no error", received: $0)
        }
        // From here on the device touches no guest memory.
        made.0.writeStatus([])
        if let loss = stand.lossOfDevice() {
            verdict = verdict.after(
                loss, context.finding("a device that goes on", received: loss))
        }
        return verdict
    }

    private func verdict(
        of test: ConformanceCase, _ run: (inout SocketContext) throws -> Verdict
    ) throws -> Verdict? {
        guard let connect = stand.connect,
            test.device.map({ $0 == stand.socketDeviceID }) ?? true
        else { return nil }
        var context = SocketContext(
            deviceID: stand.socketDeviceID, patienceMillis: patienceMillis, connect: connect)
        var verdict = Self.verdict {
            try run(&context)
        } describe: {
            context.finding("no error", received: "\($0)")
        } other: {
            context.finding("no error", received: $0)
        }
        context.close()
        if let loss = stand.lossOfBackEnd() {
            verdict = verdict.after(
                loss, context.finding("a back-end that goes on", received: loss))
        }
        return verdict
    }

    private func verdict(_ run: (inout SharingContext) throws -> Verdict) throws -> Verdict? {
        guard let makeGuest = stand.makeGuest else { return nil }
        var context = SharingContext(
            try makeGuest(.first), patienceMillis: patienceMillis, makeGuest: makeGuest)
        var verdict = Self.verdict {
            try run(&context)
        } describe: {
            context.finding($0)
        } other: {
            context.finding("no error", received: $0)
        }
        context.end()
        if let loss = stand.lossOfDevice() {
            verdict = verdict.after(
                loss, context.finding("devices that go on", received: loss))
        }
        return verdict
    }

    /// What a case throws as a verdict.
    private static func verdict(
        _ run: () throws -> Verdict, describe: (DriverError) -> Finding,
        other: (String) -> Finding
    ) -> Verdict {
        do {
            return try run()
        } catch let finding as Finding {
            return .fail(finding)
        } catch let error as NotOffered {
            return .unimplemented(feature: error.feature)
        } catch let error as DeviceUnavailable {
            return .skipped(reason: error.reason)
        } catch let error as DriverError {
            return .fail(describe(error))
        } catch {
            return .fail(other("\(error)"))
        }
    }
}
