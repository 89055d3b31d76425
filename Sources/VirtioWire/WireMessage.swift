// The shape that every fixed-size structure of the standard has in this module.
// Invariant: one length guard, then constant offsets; no later read can miss.

/// A structure of the standard: `sizeBytes` little-endian bytes, whatever the host.
///
/// Reserved bytes and padding are no members: ignored on read, zero on write. Values that the
/// standard does not know survive a round trip.
public protocol WireMessage: Equatable, Sendable {
    /// The structure's size, `sizeof` in C, without any array that follows it.
    static var sizeBytes: Int { get }

    /// Reads the first `sizeBytes` bytes; fewer throw `.truncated`, more are left alone.
    init(_ bytes: RawSpan) throws(WireError)

    /// Appends exactly `sizeBytes` bytes.
    func encode(to out: inout WireBuffer)
}
