/// Limits of one domain, set when it is made.
public struct RegistryLimits: Equatable, Sendable {
    /// Live objects, removed ones that somebody still holds included.
    public var objectsMax = 4096
    /// Bytes of all of them together.
    public var bytesMax: UInt64 = 8 << 30
    public var attachmentsMax = 16384
    /// Leases asked for and not ended, on one object.
    public var leasesPerObjectMax = 1024

    public init() {}
}

/// What a domain holds and has seen. `exportedBytes - freedBytes == aliveBytes`, always.
public struct RegistryCounters: Equatable, Sendable {
    public var objects = 0
    public var attachments = 0
    public var leases = 0
    public var aliveBytes: UInt64 = 0
    public var exportedBytes: UInt64 = 0
    public var freedBytes: UInt64 = 0
    public var exports: UInt64 = 0
    public var attaches: UInt64 = 0
    public var refusedLookups: UInt64 = 0
    public var revocations: UInt64 = 0
}
