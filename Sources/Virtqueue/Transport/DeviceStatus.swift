/// The device status field (virtio 1.4, 2.1).
public struct DeviceStatus: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let acknowledge = DeviceStatus(rawValue: 1)
    public static let driver = DeviceStatus(rawValue: 2)
    public static let driverOK = DeviceStatus(rawValue: 4)
    public static let featuresOK = DeviceStatus(rawValue: 8)
    public static let needsReset = DeviceStatus(rawValue: 64)
    public static let failed = DeviceStatus(rawValue: 128)
}

/// Feature bits that belong to the transport and the queues (virtio 1.4, 6).
public struct TransportFeatures: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// VIRTIO_F_INDIRECT_DESC: chains may end in tables outside the ring.
    public static let indirectDesc = TransportFeatures(rawValue: 1 << 28)
    /// VIRTIO_F_EVENT_IDX: each side says at which place it wants to be told.
    public static let eventIndex = TransportFeatures(rawValue: 1 << 29)
    /// VIRTIO_F_VERSION_1
    public static let version1 = TransportFeatures(rawValue: 1 << 32)
    /// VIRTIO_F_RING_PACKED: the queues are packed rings instead of split ones.
    public static let ringPacked = TransportFeatures(rawValue: 1 << 34)

    /// What ``DeviceQueue`` and ``DriverQueue`` can do.
    public static let rings: TransportFeatures = [.indirectDesc, .eventIndex, .ringPacked]
}
