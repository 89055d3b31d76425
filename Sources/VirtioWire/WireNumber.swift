// Numbers that have a type of their own: open sets of named values, and identifiers.
// Invariant: every raw value is a value, so unknown ones survive a round trip.

/// A number on the wire that must not be mistaken for another one.
public protocol WireNumber: RawRepresentable, Hashable, Sendable
where RawValue: FixedWidthInteger {
    init(rawValue: RawValue)
}

extension WireNumber {
    @inlinable
    public init(_ rawValue: RawValue) {
        self.init(rawValue: rawValue)
    }
}
