// The device's side of a virtqueue, split or packed (virtio 1.4, 2.7 and 2.8).
// A driver is not trusted: a chain is walked once over private copies of its descriptors, within
// the limits of ChainLimits; a bad chain goes back used with length 0, a bad ring breaks the queue.

public import LinuxSystem
internal import Synchronization
public import VirtioWire

/// Takes chains from a driver and gives them back. Owned by the one thread that serves the device.
public final class DeviceQueue {
    public let memory: GuestMemory
    public let size: UInt16
    private let ring: Ring
    private let view: MemoryView
    /// While set nothing is taken from the driver; what was taken goes back.
    @safe @exclusivity(unchecked) public var isPaused = false
    /// What ``tell()`` signals; nil while the driver looks by itself.
    @safe @exclusivity(unchecked) public var interrupt: EventDescriptor?

    /// Made in init, freed in deinit. One branch for each call, no witness table, nothing counted.
    @safe private enum Ring {
        case split(UnsafeMutablePointer<SplitDeviceRing>)
        case packed(UnsafeMutablePointer<PackedDeviceRing>)
    }

    /// - Parameters:
    ///   - features: what was negotiated; RING_PACKED, INDIRECT_DESC and EVENT_IDX matter here.
    ///   - position: where to go on in a ring that another device has served before; nil for a
    ///     fresh ring.
    public init(
        _ layout: QueueLayout, memory: GuestMemory, features: TransportFeatures = [],
        position: QueuePosition? = nil
    ) throws(QueueError) {
        self.memory = memory
        size = layout.size
        let view = memory.makeView()
        do throws(QueueError) {
            let setup = try DeviceRingSetup(
                layout, features: features, memory: memory, view: view)
            if features.contains(.ringPacked) {
                let made = try PackedDeviceRing(setup, position ?? .packedStart)
                let place = UnsafeMutablePointer<PackedDeviceRing>.allocate(capacity: 1)
                unsafe place.initialize(to: made)
                ring = unsafe .packed(place)
            } else {
                let made = try SplitDeviceRing(setup, position ?? .splitStart)
                let place = UnsafeMutablePointer<SplitDeviceRing>.allocate(capacity: 1)
                unsafe place.initialize(to: made)
                ring = unsafe .split(place)
            }
        } catch {
            view.end(memory.grace)
            throw error
        }
        self.view = view
    }

    deinit {
        switch ring {
        case .split(let ring):
            unsafe ring.deinitialize(count: 1)
            unsafe ring.deallocate()
        case .packed(let ring):
            unsafe ring.deinitialize(count: 1)
            unsafe ring.deallocate()
        }
        view.end(memory.grace)
    }

    /// The next well-formed chain, or nil when the driver has made no more available; it will then
    /// notify us of the next one.
    public func pop() throws(QueueError) -> DescriptorChain? {
        var chain = DescriptorChain()
        return try pop(into: &chain) ? chain : nil
    }

    /// As ``pop()``, into a chain of the caller's that is used again and again: nothing is copied
    /// and, once it has held the longest chain, nothing allocated. False when there is none.
    public func pop(into chain: inout DescriptorChain) throws(QueueError) -> Bool {
        guard !isPaused else { return false }
        // SAFETY, here and below: the ring lives as long as the queue, which one thread owns.
        return switch ring {
        case .split(let ring): try unsafe SplitDeviceRing.pop(ring, into: &chain)
        case .packed(let ring): try unsafe PackedDeviceRing.pop(ring, into: &chain)
        }
    }

    /// Gives a chain back, in any order. `written` counts the bytes from its first writable byte
    /// on. A chain of another queue, also of the same one before a reset, is dropped.
    public func push(_ head: ChainHead, written: UInt32) {
        switch ring {
        case .split(let ring): unsafe ring.pointee.push(head, written: written)
        case .packed(let ring): unsafe ring.pointee.push(head, written: written)
        }
    }

    /// Whether the driver wants to hear of the chains given back since this was last asked: once
    /// for each batch of pushes. [VQ-D-016] [VQ-D-017]
    public func needsInterrupt() -> Bool {
        switch ring {
        case .split(let ring): unsafe ring.pointee.needsInterrupt()
        case .packed(let ring): unsafe ring.pointee.needsInterrupt()
        }
    }

    /// Whether chains have gone back since ``needsInterrupt()`` was last asked: those of ``push(_:written:)``
    /// and malformed ones that `pop` gave back by itself. A driver may be waiting for either.
    public var hasUntold: Bool {
        switch ring {
        case .split(let ring): unsafe ring.pointee.pushed > 0
        case .packed(let ring): unsafe ring.pointee.pushed > 0
        }
    }

    /// Interrupts the driver, if it wants to hear of the chains given back.
    public func tell() { if needsInterrupt() { interrupt?.signal() } }

    /// Whether the driver has made something available that ``pop()`` would find: a look that costs
    /// next to nothing, for who polls.
    public var hasMore: Bool {
        guard !isPaused else { return false }
        return switch ring {
        case .split(let ring): unsafe ring.pointee.hasMore
        case .packed(let ring): unsafe ring.pointee.hasMore
        }
    }

    /// Asks the driver to be quiet until ``pop()`` has found nothing more.
    public func suppressNotifications() {
        switch ring {
        case .split(let ring): unsafe ring.pointee.suppressNotifications()
        case .packed(let ring): unsafe ring.pointee.suppressNotifications()
        }
    }

    /// While set, the driver is asked to be quiet, and is not asked otherwise by a ``pop()`` that
    /// finds nothing. Who polls looks once more when it is set no more: that ``pop()`` asks.
    public var isPolled: Bool {
        get {
            switch ring {
            case .split(let ring): unsafe ring.pointee.isPolled
            case .packed(let ring): unsafe ring.pointee.isPolled
            }
        }
        set {
            switch ring {
            case .split(let ring): unsafe ring.pointee.isPolled = newValue
            case .packed(let ring): unsafe ring.pointee.isPolled = newValue
            }
            if newValue { suppressNotifications() }
        }
    }

    /// Chains given back by us because they were malformed.
    public var badChains: UInt64 {
        switch ring {
        case .split(let ring): unsafe ring.pointee.badChains
        case .packed(let ring): unsafe ring.pointee.badChains
        }
    }

    /// Set by the first ring error; the device then needs a reset.
    public var isBroken: Bool {
        switch ring {
        case .split(let ring): unsafe ring.pointee.isBroken
        case .packed(let ring): unsafe ring.pointee.isBroken
        }
    }

    /// Where another queue can go on, once all chains are back.
    public var position: QueuePosition {
        switch ring {
        case .split(let ring): unsafe ring.pointee.position
        case .packed(let ring): unsafe ring.pointee.position
        }
    }

    /// Chains taken and not given back.
    public var chainsHeld: Int {
        switch ring {
        case .split(let ring): unsafe ring.pointee.held
        case .packed(let ring): unsafe ring.pointee.held
        }
    }

    // MARK: A chain's bytes

    /// Copies up to `limit` bytes of the chain's readable part, from `offset` on, to the end of
    /// `buffer`. Returns how many; less than asked for only where the part is shorter.
    ///
    /// The chain is inout to be passed as it lies: a copy of it costs more than all the rest.
    public func read(
        _ chain: inout DescriptorChain, offset: UInt64 = 0, limit: Int,
        into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        let table = view.enter()
        defer { view.leave() }
        let count = try table.gather(
            &chain.readable, offset: offset, limit: limit, into: &buffer)
        guard !view.hasLostFile else { throw .fileLost }
        return count
    }

    /// Copies `bytes` into the chain's writable part from its first byte on; what does not fit is
    /// cut. Returns how many bytes were written: what ``push(_:written:)`` wants to know.
    public func write(_ bytes: RawSpan, to chain: inout DescriptorChain) throws(GuestMemoryError)
        -> UInt32
    {
        let table = view.enter()
        defer { view.leave() }
        let count = try table.scatter(bytes, to: &chain.writable)
        guard !view.hasLostFile else { throw .fileLost }
        return count
    }

    public func write(_ buffer: borrowing WireBuffer, to chain: inout DescriptorChain)
        throws(GuestMemoryError) -> UInt32
    {
        try write(buffer.bytes, to: &chain)
    }

    /// As ``GuestMemory/gather(_:offset:limit:into:)``, for the queue's own thread only, which
    /// makes it cheaper.
    public func gather(
        _ segments: SegmentList, offset: UInt64 = 0, limit: Int, into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        var segments = segments
        let table = view.enter()
        defer { view.leave() }
        let count = try table.gather(
            &segments, offset: offset, limit: limit, into: &buffer)
        guard !view.hasLostFile else { throw .fileLost }
        return count
    }

    /// As ``GuestMemory/scatter(_:to:)-(RawSpan,_)``, for the queue's own thread only.
    public func scatter(_ bytes: RawSpan, to segments: SegmentList) throws(GuestMemoryError)
        -> UInt32
    {
        var segments = segments
        let table = view.enter()
        defer { view.leave() }
        let count = try table.scatter(bytes, to: &segments)
        guard !view.hasLostFile else { throw .fileLost }
        return count
    }

    public func scatter(_ buffer: borrowing WireBuffer, to segments: SegmentList)
        throws(GuestMemoryError) -> UInt32
    {
        try scatter(buffer.bytes, to: segments)
    }
}
