// The identifiers of both devices. None converts to another: mixing them up does not compile.

/// `resource_id`: a driver's name for a GPU resource of any kind; 0 means none.
public struct ResourceID: WireNumber, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
}

/// `ctx_id`: a driver's name for a 3D context; 0 means none.
public struct ContextID: WireNumber, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
}

/// `session_id`: the media device's name for an open session; 0 is a legal one.
public struct SessionID: WireNumber, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
}

/// A guest-physical address; what it points at, if anything, is the guest memory's business.
public struct GuestAddress: WireNumber, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String { "0x" + String(rawValue, radix: 16) }

    /// The address `count` bytes on, nil past the end of the address space.
    public func advanced(by count: UInt64) -> GuestAddress? {
        let (sum, overflow) = rawValue.addingReportingOverflow(count)
        return overflow ? nil : GuestAddress(sum)
    }
}

/// An address in the process that owns a guest's memory, as vhost-user's messages name rings and
/// regions. It is neither ours nor the guest's.
public struct UserAddress: WireNumber, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String { "0x" + String(rawValue, radix: 16) }
}
