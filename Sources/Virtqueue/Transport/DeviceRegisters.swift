// The part of a device's life that is the same for all of them (virtio 1.4, 2.1, 2.2, 2.5): status,
// features, reset and the configuration's generation, as a state machine that knows no queues.

/// Status, features and configuration generation of one device.
public struct DeviceRegisters: Sendable {
    public private(set) var status: DeviceStatus = []
    /// What the driver has written; it counts once FEATURES_OK stands.
    public private(set) var accepted: UInt64 = 0
    /// Differs from what it was whenever the driver has read a configuration that has changed
    /// since its last read. [VQ-D-025]
    public private(set) var generation: UInt32 = 0
    private var lastConfig: [UInt8]?

    public init() {}

    /// What follows from a write to the status register.
    public enum Step: Equatable, Sendable {
        case nothing
        /// Stop everything, then tell by ``finishReset(isClean:)``.
        case reset
        /// The driver is ready: set the queues up, then tell by ``finishStart()`` or
        /// ``needReset()``.
        case start
    }

    /// Taken only while features are negotiated.
    public mutating func accept(features: UInt64) {
        guard !status.contains(.featuresOK) else { return }
        accepted = features
    }

    /// Writes the status register (2.1): a driver adds bits, or resets with none.
    ///
    /// - Parameter isAcceptable: whether the device works with exactly these features.
    public mutating func write(
        status new: DeviceStatus, isAcceptable: (_ features: UInt64) -> Bool
    ) -> Step {
        guard !new.isEmpty else { return .reset }
        // Backwards transitions are refused; NEEDS_RESET is not the driver's to write.
        guard new.isSuperset(of: status.subtracting(.needsReset)) else { return .nothing }
        let known: DeviceStatus = [.acknowledge, .driver, .failed]
        var next = status.union(new.intersection(known))
        if new.contains(.featuresOK), isAcceptable(accepted) { next.insert(.featuresOK) }
        // A device that needs a reset does not start, also when the reset has failed. [LIFE-2]
        let starts =
            new.contains(.driverOK) && next.contains(.featuresOK)
            && status.isDisjoint(with: [.driverOK, .needsReset])
        status = next
        return starts ? .start : .nothing
    }

    public mutating func finishStart() { status.insert(.driverOK) }

    public mutating func finishReset(isClean: Bool) {
        status = isClean ? [] : .needsReset
        accepted = 0
        lastConfig = nil
    }

    /// Marks the device as broken. [VQ-D-002]
    ///
    /// - Returns: whether that is new.
    public mutating func needReset() -> Bool {
        guard !status.contains(.needsReset) else { return false }
        status.insert(.needsReset)
        return true
    }

    /// Whether queues may be touched. [VQ-D-001] [VQ-D-007]
    public var isRunning: Bool {
        status.contains(.driverOK) && !status.contains(.needsReset)
    }

    // MARK: Configuration

    /// Bytes of the configuration space; what lies past its end reads as zero.
    ///
    /// - Parameter config: the configuration as it is now.
    public mutating func read(config: [UInt8], offset: Int, count: Int) -> [UInt8] {
        note(config)
        return (0..<max(0, count)).map { index in
            let (at, overflow) = offset.addingReportingOverflow(index)
            return !overflow && config.indices.contains(at) ? config[at] : 0
        }
    }

    /// The generation register, which is read before and after the configuration.
    public mutating func readGeneration(config: [UInt8]) -> UInt32 {
        note(config)
        return generation
    }

    private mutating func note(_ config: [UInt8]) {
        if let lastConfig, lastConfig != config { generation &+= 1 }
        lastConfig = config
    }

    /// Configuration may be written once features are negotiated (2.5.1).
    public var takesConfig: Bool {
        status.contains(.featuresOK) || status.contains(.driverOK)
    }
}
