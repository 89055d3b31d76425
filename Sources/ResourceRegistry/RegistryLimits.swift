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
