// Guest memory: regions of this process's address space that stand for guest-physical addresses.
// The one invariant: no byte is touched that a region does not hold, whatever address comes in.

public import LinuxSystem
public import VirtioWire

public enum GuestMemoryError: Error, Equatable, Sendable {
    /// Some byte of the stretch belongs to no region.
    case unmapped
    /// The stretch runs over the end of the address space.
    case overflow
    /// A region is empty, overlaps another, or runs over the end of the address space.
    case badRegion
}

/// One stretch of guest-physical memory and where it is mapped here.
public struct GuestRegion: Sendable {
    public let start: GuestAddress
    public let memory: MemoryRange
    /// Keeps the mapping alive.
    private let owner: (any AnyObject & Sendable)?

    /// - Parameter owner: what keeps `memory` mapped; nil when the caller sees to that itself.
    public init(start: GuestAddress, memory: MemoryRange, owner: (any AnyObject & Sendable)? = nil)
    {
        self.start = start
        self.memory = memory
        self.owner = owner
    }

    public init(start: GuestAddress, memory: SharedMemory) {
        self.init(start: start, memory: memory.range, owner: memory)
    }

    /// Offset of the last byte's successor; nil past the end of the address space.
    var end: UInt64? {
        let (end, overflow) = start.rawValue.addingReportingOverflow(UInt64(memory.sizeBytes))
        return overflow ? nil : end
    }
}

/// The memory of one guest. Regions do not change while queues run.
public final class GuestMemory: Sendable {
    /// Sorted by address, not overlapping.
    public let regions: [GuestRegion]

    public init(_ regions: [GuestRegion]) throws(GuestMemoryError) {
        let sorted = regions.sorted { $0.start.rawValue < $1.start.rawValue }
        var free: UInt64 = 0
        for region in sorted {
            guard region.memory.sizeBytes > 0, let end = region.end,
                region.start.rawValue >= free
            else { throw .badRegion }
            free = end
        }
        self.regions = sorted
    }

    /// The mapped bytes of `count` guest bytes from `start`, when one region holds them all.
    public func range(_ start: GuestAddress, count: UInt64) throws(GuestMemoryError) -> MemoryRange
    {
        let (end, overflow) = start.rawValue.addingReportingOverflow(count)
        guard !overflow else { throw .overflow }
        for region in regions {
            let base = region.start.rawValue
            guard base <= start.rawValue, let limit = region.end, end <= limit else { continue }
            let offset = Int(start.rawValue - base)
            guard let slice = region.memory.slice(offset: offset, count: Int(count)) else { break }
            return slice
        }
        throw .unmapped
    }

    /// The mapped pieces of `count` guest bytes from `start`, in order; adjoining pieces of
    /// different regions stay apart unless they adjoin here too.
    public func ranges(_ start: GuestAddress, count: UInt64, into pieces: inout [MemoryRange])
        throws(GuestMemoryError)
    {
        try forEachPiece(start, count: count) { piece in pieces.appendMerging(piece) }
    }

    /// Calls `body` for each mapped piece of the stretch, in order; throws before the first call
    /// to reach an unmapped byte.
    func forEachPiece(_ start: GuestAddress, count: UInt64, _ body: (MemoryRange) -> Void)
        throws(GuestMemoryError)
    {
        let (end, overflow) = start.rawValue.addingReportingOverflow(count)
        guard !overflow else { throw .overflow }
        var at = start.rawValue
        while at < end {
            guard let region = region(holding: at), let limit = region.end else { throw .unmapped }
            let stop = min(end, limit)
            let offset = Int(at - region.start.rawValue)
            guard let piece = region.memory.slice(offset: offset, count: Int(stop - at)) else {
                throw .unmapped
            }
            body(piece)
            at = stop
        }
    }

    private func region(holding address: UInt64) -> GuestRegion? {
        for region in regions {
            guard region.start.rawValue <= address, let end = region.end else { continue }
            if address < end { return region }
        }
        return nil
    }
}

extension [MemoryRange] {
    /// Appends `piece`, as part of the last one where it adjoins: one range is one copy for
    /// virglrenderer, several are two.
    mutating func appendMerging(_ piece: MemoryRange) {
        guard piece.sizeBytes > 0 else { return }
        if let last = last, unsafe last.baseAddress + last.sizeBytes == piece.baseAddress {
            // SAFETY: both parts are mapped and adjoin.
            unsafe self[count - 1] = MemoryRange(
                baseAddress: last.baseAddress, sizeBytes: last.sizeBytes + piece.sizeBytes)
        } else {
            append(piece)
        }
    }
}
