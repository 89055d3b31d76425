internal import LinuxSystem
internal import VirtioWire

/// Version 4 UUIDs of random numbers (RFC 4122, 4.4). [ID-1]
///
/// A shard has one, under its lock. The low bits of a name say which shard it is in, so they must
/// be known before: they are six bits that were drawn for an earlier name and not shown with it.
struct UUIDSource {
    private var stream = RandomStream()

    /// - Parameter low: the name's low bits, as many as choose a shard.
    /// - Returns: the name, and as many bits that it does not show, for another one.
    mutating func make(low bits: UInt64) -> (uuid: ResourceUUID, spareBits: UInt64) {
        let (high, low) = stream.twoWords()
        let shown = low & ~Shard.mask | bits
        return (
            ResourceUUID(
                high: (high & ~0xf000) | 0x4000, low: (shown & ~(0b11 << 62)) | (0b10 << 62)),
            low & Shard.mask
        )
    }
}
