// The driver's side of a virtqueue, split or packed (virtio 1.4, 2.7 and 2.8): what a guest does.
// The device is not trusted either: what it gives back must have been in flight.

public import VirtioWire

public enum DriverQueueError: Error, Equatable, Sendable {
    /// Fewer free descriptors than the chain has segments.
    case full
    /// A chain needs at least one segment.
    case empty
    /// The device returned a head that was not in flight.
    case badUsedElement
}

/// Guest memory for a driver's indirect tables: one of each chain that can be in flight.
public struct IndirectTables: Hashable, Sendable {
    public let start: GuestAddress
    /// Chains with more segments go without a table.
    public let entriesEach: UInt16

    public init(start: GuestAddress, entriesEach: UInt16) {
        self.start = start
        self.entriesEach = entriesEach
    }

    public func sizeBytes(queueSize: UInt16) -> Int { 16 * Int(entriesEach) * Int(queueSize) }
}

/// Makes chains available to a device and takes them back. Owned by one thread.
public final class DriverQueue {
    public let memory: GuestMemory
    private let ring: Ring

    private enum Ring {
        case split(SplitDriverRing)
        case packed(PackedDriverRing)
    }

    /// - Parameters:
    ///   - features: what was negotiated; RING_PACKED, INDIRECT_DESC and EVENT_IDX matter here.
    ///   - tables: where indirect tables go; nil for direct descriptors only.
    public init(
        _ layout: QueueLayout, memory: GuestMemory, features: TransportFeatures = [],
        tables: IndirectTables? = nil
    ) throws(QueueError) {
        self.memory = memory
        let setup = try DriverRingSetup(
            layout, features: features, memory: memory, tables: tables)
        ring =
            features.contains(.ringPacked)
            ? .packed(PackedDriverRing(setup)) : .split(SplitDriverRing(setup))
    }

    /// Free descriptors.
    public var freeCount: Int {
        switch ring {
        case .split(let ring): ring.freeCount
        case .packed(let ring): ring.freeCount
        }
    }

    /// Puts a chain on the ring; the device sees it at once, a notification is the caller's to send.
    /// Returns the head, or buffer id, that comes back in the used element.
    @discardableResult
    public func add(readable: SegmentList, writable: SegmentList) throws(DriverQueueError)
        -> UInt16
    {
        guard readable.count + writable.count > 0 else { throw .empty }
        switch ring {
        case .split(let ring): return try ring.add(readable, writable)
        case .packed(let ring): return try ring.add(readable, writable)
        }
    }

    @discardableResult
    public func add(readable: [GuestSegment], writable: [GuestSegment]) throws(DriverQueueError)
        -> UInt16
    {
        try add(readable: SegmentList(readable), writable: SegmentList(writable))
    }

    /// The next chain that the device has given back; after nil the device tells of the next one.
    public func takeUsed() throws(DriverQueueError) -> SplitRing.UsedElement? {
        switch ring {
        case .split(let ring): try ring.takeUsed()
        case .packed(let ring): try ring.takeUsed()
        }
    }

    /// Whether the device wants to hear of the chains added since this was last asked: once for
    /// each batch.
    public func needsNotification() -> Bool {
        switch ring {
        case .split(let ring): ring.needsNotification()
        case .packed(let ring): ring.needsNotification()
        }
    }

    /// See ``needsNotification()``.
    public var wantsNotification: Bool { needsNotification() }

    /// Asks the device to be quiet until ``takeUsed()`` has found nothing more.
    public func suppressInterrupts() {
        switch ring {
        case .split(let ring): ring.suppressInterrupts()
        case .packed(let ring): ring.suppressInterrupts()
        }
    }
}

/// Small numbers, each free or taken: heads of chains, buffer ids.
struct NumberStack {
    private var free: [UInt16]

    /// 0 comes out first.
    init(count: UInt16) { free = Array((0..<count).reversed()) }

    var count: Int { free.count }
    mutating func take() -> UInt16 { free.removeLast() }
    mutating func giveBack(_ number: UInt16) { free.append(number) }
}
