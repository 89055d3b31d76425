/// Limits of one domain, set when it is made.
public struct RegistryLimits: Equatable, Sendable {
    /// Live objects, removed ones that somebody still holds included.
    public var objectsMax = 4096
    /// Bytes of all of them together.
    public var bytesMax: UInt64 = 8 << 30
    public var attachmentsMax = 16384
    /// Leases asked for and not ended, on one object.
    public var leasesPerObjectMax = 1024
    /// The same, in the whole domain.
    public var leasesMax = 65536
    public var participantsMax = 1024
    public var subscriptionsMax = 64

    public init() {}
}

/// Limits of one device, set when it joins; the domain's hold beside them.
public struct DeviceLimits: Equatable, Sendable {
    public var objectsMax = Int.max
    /// Bytes that it exported and bytes that it said it holds besides, together.
    public var bytesMax = UInt64.max
    public var attachmentsMax = Int.max
    public var leasesMax = Int.max

    public init() {}
}

/// What a domain holds and has seen. `exportedBytes - freedBytes == aliveBytes`, always.
public struct RegistryCounters: Equatable, Sendable {
    public var objects = 0
    public var attachments = 0
    public var leases = 0
    public var aliveBytes: UInt64 = 0
    /// Bytes that devices hold without having exported them.
    public var chargedBytes: UInt64 = 0
    public var exportedBytes: UInt64 = 0
    public var freedBytes: UInt64 = 0
    public var exports: UInt64 = 0
    public var attaches: UInt64 = 0
    public var refusedLookups: UInt64 = 0
    public var revocations: UInt64 = 0
    public var probes: UInt64 = 0
    public var moves: UInt64 = 0
    public var movedBytes: UInt64 = 0
    public var copies: UInt64 = 0
    public var copiedBytes: UInt64 = 0

    public init() {}
}
