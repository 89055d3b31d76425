// Guest memory: regions of this process's address space that stand for guest-physical addresses.
// The one invariant: no byte is touched that a region does not hold, whatever address comes in.
// Readers see one table of regions from beginning to end of a copy, without a lock; a region that
// is taken out stays mapped until the last of them has left and the last pin is gone.

public import LinuxSystem
internal import Synchronization
internal import SystemPackage
public import VirtioWire

public enum GuestMemoryError: Error, Equatable, Sendable {
    /// Some byte of the stretch belongs to no region.
    case unmapped
    /// The stretch runs over the end of the address space.
    case overflow
    /// A region is empty, overlaps another, or runs over the end of an address space; or there are
    /// too many of them.
    case badRegion
    /// A region's file was cut short while it was mapped: whoever gave it is not to be served.
    case fileLost
    /// This process has no descriptor, or no place to watch for faults, left.
    case hostLimit
}

/// One stretch of guest-physical memory and where it is mapped here.
public struct GuestRegion: Sendable {
    public let start: GuestAddress
    /// The same memory as its giver's process addresses it; nil when nobody asks in such terms.
    public let userStart: UserAddress?
    public let memory: MemoryRange
    /// Keeps the mapping alive.
    private let owner: (any AnyObject & Sendable)?

    /// - Parameter owner: what keeps `memory` mapped; nil when the caller sees to that itself.
    public init(
        start: GuestAddress, userStart: UserAddress? = nil, memory: MemoryRange,
        owner: (any AnyObject & Sendable)? = nil
    ) {
        self.start = start
        self.userStart = userStart
        self.memory = memory
        self.owner = owner
    }

    public init(start: GuestAddress, userStart: UserAddress? = nil, memory: SharedMemory) {
        self.init(start: start, userStart: userStart, memory: memory.range, owner: memory)
    }

    /// Offset of the last byte's successor; nil past the end of the address space.
    var end: UInt64? { Self.end(of: start.rawValue, memory.sizeBytes) }

    var userEnd: UInt64? { userStart.flatMap { Self.end(of: $0.rawValue, memory.sizeBytes) } }

    private static func end(of start: UInt64, _ sizeBytes: Int) -> UInt64? {
        let (end, overflow) = start.addingReportingOverflow(UInt64(sizeBytes))
        return overflow ? nil : end
    }
}

/// The memory of one guest. Any thread may copy in and out, also while regions come and go.
@safe public final class GuestMemory: @unchecked Sendable {
    /// vhost-user's own limit is 509 (KVM's memory slots).
    public static let regionsMax = 512

    let grace = GraceDomain()
    private let published: UnsafeMutablePointer<Atomic<UInt>>
    private let regionsHeld: Monitor<[HeldRegion]>
    let faults: FaultFlag

    public init(_ regions: [GuestRegion]) throws(GuestMemoryError) {
        do throws(Errno) { faults = try FaultFlag() } catch { throw .hostLimit }
        var held: [HeldRegion] = []
        for region in regions { held.append(try HeldRegion(region, faults: faults)) }
        held.sort { $0.region.start.rawValue < $1.region.start.rawValue }
        try Self.check(held)
        unsafe published = .allocate(capacity: 1)
        unsafe published.initialize(to: Atomic(RegionTable.make(held)))
        regionsHeld = Monitor(held)
    }

    deinit {
        unsafe RegionTable.free(published.pointee.load(ordering: .acquiring))
        unsafe published.deallocate()
    }

    /// What a reader of its own needs, without a reference to count.
    func makeView() -> MemoryView {
        unsafe MemoryView(published: published, faults: faults.address, mark: grace.makeMark())
    }

    /// Sorted by address, not overlapping.
    public var regions: [GuestRegion] { regionsHeld.withLock { $0.map(\.region) } }

    /// Whether a region's file was cut short: every copy then throws `fileLost`.
    public var hasLostFile: Bool { faults.isSet }

    /// Readable from then on, and never taken: whoever serves this guest's devices waits on it and
    /// drops the connection that gave the file.
    public var lostFile: EventDescriptor { faults.event }

    private static func check(_ sorted: [HeldRegion]) throws(GuestMemoryError) {
        guard sorted.count <= regionsMax else { throw .badRegion }
        var free: UInt64 = 0
        for held in sorted {
            guard held.region.memory.sizeBytes > 0, let end = held.region.end,
                held.region.start.rawValue >= free
            else { throw .badRegion }
            free = end
        }
        var userFree: UInt64 = 0
        let named = sorted.filter { $0.region.userStart != nil }
        for held in named.sorted(by: { $0.userStart < $1.userStart }) {
            guard let end = held.region.userEnd, held.userStart >= userFree else {
                throw .badRegion
            }
            userFree = end
        }
    }

    // MARK: Changing regions

    /// Adds a region; copies that begin after the call see it.
    public func add(_ region: GuestRegion) throws(GuestMemoryError) {
        let added = try HeldRegion(region, faults: faults)
        try regionsHeld.withLock { held throws(GuestMemoryError) in
            var next = held
            let index = next.firstIndex { $0.region.start.rawValue > region.start.rawValue }
            next.insert(added, at: index ?? next.count)
            try Self.check(next)
            publish(next)
            held = next
        }
    }

    /// Takes out the region that starts at `start`. Copies that begin after the call do not see it,
    /// and none that began before is still running when it returns. Pins do not hinder it: what is
    /// pinned stays mapped, out of the guest's reach, until its owner lets it go.
    ///
    /// - Returns: what tells when the last pin on the region is gone.
    @discardableResult
    public func remove(_ start: GuestAddress) throws(GuestMemoryError) -> RegionRemoval {
        let removed = try regionsHeld.withLock { held throws(GuestMemoryError) in
            guard let index = held.firstIndex(where: { $0.region.start == start }) else {
                throw .badRegion
            }
            let removed = held.remove(at: index)
            publish(held)
            return removed
        }
        return RegionRemoval(removed)
    }

    /// Under the lock.
    private func publish(_ held: [HeldRegion]) {
        let next = RegionTable.make(held)
        let old = unsafe published.pointee.exchange(next, ordering: .acquiringAndReleasing)
        grace.synchronize(old)
        unsafe RegionTable.free(old)
    }

    // MARK: Translation

    /// The table as it is now: valid inside a section of `grace` only.
    var table: RegionTable {
        // SAFETY: a published block is freed after the last section that could see it.
        @inline(__always) get {
            unsafe RegionTable(at: published.pointee.load(ordering: .acquiring))
        }
    }

    func withTable<R, E: Error>(_ body: (RegionTable) throws(E) -> R) throws(E) -> R {
        let entered = grace.enter()
        defer { grace.leave(entered) }
        return try body(table)
    }

    /// The mapped bytes of `count` guest bytes from `start`, when one region holds them all. They
    /// stay mapped while the region stays; see ``pin(_:count:)``.
    public func range(_ start: GuestAddress, count: UInt64) throws(GuestMemoryError) -> MemoryRange
    {
        try withTable { table throws(GuestMemoryError) in
            try table.range(start.rawValue, count: count)
        }
    }

    /// The mapped pieces of `count` guest bytes from `start`, in order; adjoining pieces of
    /// different regions stay apart unless they adjoin here too.
    public func ranges(_ start: GuestAddress, count: UInt64, into pieces: inout [MemoryRange])
        throws(GuestMemoryError)
    {
        try withTable { table throws(GuestMemoryError) in
            try table.forEachPiece(start.rawValue, count: count) { piece in
                pieces.appendMerging(piece)
            }
        }
    }

    /// Keeps the regions under `count` guest bytes from `start` mapped, also when they are removed,
    /// for as long as the pin lives. Its ranges are merged where they adjoin.
    public func pin(_ start: GuestAddress, count: UInt64) throws(GuestMemoryError) -> GuestPin {
        let (end, overflow) = start.rawValue.addingReportingOverflow(count)
        guard !overflow else { throw .overflow }
        return try regionsHeld.withLock { held throws(GuestMemoryError) in
            var pieces: [MemoryRange] = []
            try ranges(start, count: count, into: &pieces)
            let touched = held.filter { held in
                guard let limit = held.region.end else { return false }
                return held.region.start.rawValue < end && start.rawValue < limit
            }
            return GuestPin(pieces, touched)
        }
    }

    /// As ``pin(_:count:)``, for bytes that one region holds all.
    func pinWhole(_ start: GuestAddress, count: Int) throws(GuestMemoryError)
        -> (MemoryRange, GuestPin)
    {
        guard let end = start.advanced(by: UInt64(count)) else { throw .overflow }
        return try regionsHeld.withLock { held throws(GuestMemoryError) in
            for region in held where region.holds(start.rawValue..<end.rawValue) {
                // The region's size is an Int, so the offset is one.
                let offset = Int(start.rawValue - region.region.start.rawValue)
                guard let range = region.region.memory.slice(offset: offset, count: count) else {
                    break
                }
                return (range, GuestPin([range], [region]))
            }
            throw .unmapped
        }
    }

    /// As ``pin(_:count:)``, for a scatter list: one pin, whose ranges follow the list.
    public func pin(_ segments: [GuestSegment]) throws(GuestMemoryError) -> GuestPin {
        try regionsHeld.withLock { held throws(GuestMemoryError) in
            var pieces: [MemoryRange] = []
            var touched: [HeldRegion] = []
            for segment in segments where segment.count > 0 {
                try ranges(segment.start, count: UInt64(segment.count), into: &pieces)
                guard let end = segment.start.advanced(by: UInt64(segment.count)) else {
                    throw .overflow
                }
                // The last region found holds the next segment too, nearly always.
                if let last = touched.last, last.holds(segment.start.rawValue..<end.rawValue) {
                    continue
                }
                for region in held where region.touches(segment.start.rawValue..<end.rawValue) {
                    if !touched.contains(where: { $0 === region }) { touched.append(region) }
                }
            }
            return GuestPin(pieces, touched)
        }
    }

    /// The guest-physical address of what the regions' giver has at `address`, when one region
    /// holds all `count` bytes.
    public func guestAddress(of address: UserAddress, count: UInt64) throws(GuestMemoryError)
        -> GuestAddress
    {
        let (end, overflow) = address.rawValue.addingReportingOverflow(count)
        guard !overflow else { throw .overflow }
        return try regionsHeld.withLock { held throws(GuestMemoryError) in
            for held in held {
                guard let start = held.region.userStart?.rawValue, let limit = held.region.userEnd,
                    start <= address.rawValue, address.rawValue < limit, end <= limit
                else { continue }
                return GuestAddress(held.region.start.rawValue + (address.rawValue - start))
            }
            throw .unmapped
        }
    }
}

/// A region in place, and how many pins lie on it.
final class HeldRegion: Sendable {
    let region: GuestRegion
    let pins = Monitor(0)
    private let watch: FaultWatch

    init(_ region: GuestRegion, faults: FaultFlag) throws(GuestMemoryError) {
        self.region = region
        do throws(Errno) { watch = try FaultWatch(region.memory, flag: faults) } catch {
            throw .hostLimit
        }
    }

    var userStart: UInt64 { region.userStart?.rawValue ?? 0 }

    func holds(_ range: Range<UInt64>) -> Bool {
        guard let end = region.end else { return false }
        return region.start.rawValue <= range.lowerBound && range.upperBound <= end
    }

    func touches(_ range: Range<UInt64>) -> Bool {
        guard let end = region.end else { return false }
        return region.start.rawValue < range.upperBound && range.lowerBound < end
    }
}

/// A region that is no longer part of its guest's memory.
public struct RegionRemoval: Sendable {
    private let held: HeldRegion

    init(_ held: HeldRegion) { self.held = held }

    /// Whether nobody uses the region any more: its owner may unmap it.
    ///
    /// - Parameter deadlineNanos: monotonic time after which the answer is false; 0 waits without
    ///   bound.
    public func waitUntilUnused(untilNanos deadlineNanos: UInt64) -> Bool {
        held.pins.wait(untilNanos: deadlineNanos) { $0 == 0 ? true : nil } ?? false
    }
}

/// Stretches of guest memory that stay mapped while this object lives. Whoever keeps ranges of guest
/// memory beyond one call (backing of a resource, buffers of a session) keeps a pin with them.
public final class GuestPin: Sendable {
    public let ranges: [MemoryRange]
    private let held: [HeldRegion]

    init(_ ranges: [MemoryRange], _ held: [HeldRegion]) {
        self.ranges = ranges
        self.held = held
        for region in held { region.pins.withLock { $0 += 1 } }
    }

    deinit { for region in held { region.pins.update { $0 -= 1 } } }
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
