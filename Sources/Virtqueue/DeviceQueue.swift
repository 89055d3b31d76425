// The device's side of a virtqueue, split or packed (virtio 1.4, 2.7 and 2.8).
// A driver is not trusted: a chain is walked once over private copies of its descriptors, within
// the limits of ChainLimits; a bad chain goes back used with length 0, a bad ring breaks the queue.

internal import LinuxSystem
internal import Synchronization
public import VirtioWire

/// Takes chains from a driver and gives them back. Owned by the one thread that serves the device.
public final class DeviceQueue {
    public let memory: GuestMemory
    public let size: UInt16
    private let ring: Ring
    private let mark: ReaderMark

    /// Two final payloads: one branch for each call, no witness table.
    private enum Ring {
        case split(SplitDeviceRing)
        case packed(PackedDeviceRing)
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
        let mark = memory.grace.makeMark()
        do throws(QueueError) {
            let common = DeviceRingSetup(
                layout: layout, memory: memory, features: features, mark: mark)
            if features.contains(.ringPacked) {
                ring = .packed(try PackedDeviceRing(common, position ?? .packedStart))
            } else {
                ring = .split(try SplitDeviceRing(common, position ?? .splitStart))
            }
        } catch {
            memory.grace.remove(mark)
            throw error
        }
        self.mark = mark
    }

    deinit { memory.grace.remove(mark) }

    /// The next well-formed chain, or nil when the driver has made no more available; it will then
    /// notify us of the next one.
    public func pop() throws(QueueError) -> DescriptorChain? {
        switch ring {
        case .split(let ring): try ring.pop()
        case .packed(let ring): try ring.pop()
        }
    }

    /// Gives a chain back, in any order. `written` counts the bytes from its first writable byte
    /// on. A chain of another queue, also of the same one before a reset, is dropped.
    public func push(_ head: ChainHead, written: UInt32) {
        switch ring {
        case .split(let ring): ring.push(head, written: written)
        case .packed(let ring): ring.push(head, written: written)
        }
    }

    /// Whether the driver wants to hear of the chains given back since this was last asked: once
    /// for each batch of pushes. [VQ-D-016] [VQ-D-017]
    public func needsInterrupt() -> Bool {
        switch ring {
        case .split(let ring): ring.needsInterrupt()
        case .packed(let ring): ring.needsInterrupt()
        }
    }

    /// See ``needsInterrupt()``.
    public var wantsInterrupt: Bool { needsInterrupt() }

    /// Asks the driver to be quiet until ``pop()`` has found nothing more.
    public func suppressNotifications() {
        switch ring {
        case .split(let ring): ring.suppressNotifications()
        case .packed(let ring): ring.suppressNotifications()
        }
    }

    /// Chains given back by us because they were malformed.
    public var badChains: UInt64 {
        switch ring {
        case .split(let ring): ring.badChains
        case .packed(let ring): ring.badChains
        }
    }

    /// Set by the first ring error; the device then needs a reset.
    public var isBroken: Bool {
        switch ring {
        case .split(let ring): ring.isBroken
        case .packed(let ring): ring.isBroken
        }
    }

    /// Where another queue can go on, once all chains are back.
    public var position: QueuePosition {
        switch ring {
        case .split(let ring): ring.position
        case .packed(let ring): ring.position
        }
    }

    /// Chains taken and not given back.
    public var chainsHeld: Int {
        switch ring {
        case .split(let ring): ring.held
        case .packed(let ring): ring.held
        }
    }

    // MARK: A chain's bytes

    /// As ``GuestMemory/gather(_:offset:limit:into:)``, for the queue's own thread only, which
    /// makes it cheaper.
    public func gather(
        _ segments: borrowing SegmentList, offset: UInt64 = 0, limit: Int,
        into buffer: inout WireBuffer
    ) throws(GuestMemoryError) -> Int {
        mark.enter()
        defer { mark.leave() }
        let count = try memory.table.gather(
            segments, offset: offset, limit: limit, into: &buffer)
        guard !memory.faults.isSet else { throw .fileLost }
        return count
    }

    /// As ``GuestMemory/scatter(_:to:)-(RawSpan,_)``, for the queue's own thread only.
    public func scatter(_ bytes: RawSpan, to segments: borrowing SegmentList)
        throws(GuestMemoryError) -> UInt32
    {
        mark.enter()
        defer { mark.leave() }
        let count = try memory.table.scatter(bytes, to: segments)
        guard !memory.faults.isSet else { throw .fileLost }
        return count
    }

    public func scatter(_ buffer: borrowing WireBuffer, to segments: borrowing SegmentList)
        throws(GuestMemoryError) -> UInt32
    {
        try scatter(buffer.bytes, to: segments)
    }
}

/// What a device's ring of either kind is made from.
struct DeviceRingSetup {
    let layout: QueueLayout
    let memory: GuestMemory
    let features: TransportFeatures
    let mark: ReaderMark
    /// Never the same twice while 2^32 queues come and go.
    let number: UInt32 = Self.next.add(1, ordering: .relaxed).newValue

    private static let next = Atomic<UInt32>(0)
}
