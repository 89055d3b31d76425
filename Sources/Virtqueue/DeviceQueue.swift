// The device's side of a split virtqueue (virtio 1.4, 2.7).
// A driver is not trusted: a chain is walked once over private copies of its descriptors, within
// the limits below; a bad chain goes back used with length 0, a bad ring breaks the queue.

internal import Synchronization
internal import VirtioWire

/// A request taken from a queue. It goes back by ``DeviceQueue/push(_:written:)``, at once or later.
public struct DescriptorChain: Sendable {
    public let head: UInt16
    public private(set) var readable = SegmentList()
    public private(set) var writable = SegmentList()

    init(head: UInt16) { self.head = head }

    fileprivate mutating func append(_ descriptor: SplitRing.Descriptor) {
        let segment = GuestSegment(start: descriptor.addr, count: descriptor.len)
        if descriptor.flags.contains(.write) {
            writable.append(segment)
        } else {
            readable.append(segment)
        }
    }
}

/// Limits of what one chain may ask for.
public enum ChainLimits {
    /// Bytes of a whole chain, both directions together.
    public static let byteCountMax: UInt64 = 1 << 28
}

/// Takes chains from a driver and gives them back. Owned by the one thread that serves the device.
public final class DeviceQueue {
    public let memory: GuestMemory
    private let ring: RingMemory
    private var nextAvail: UInt16 = 0
    private var nextUsed: UInt16 = 0
    /// Chains given back by us because they were malformed.
    public private(set) var badChains: UInt64 = 0
    /// Set by the first ring error; the device then needs a reset.
    public private(set) var isBroken = false

    public var size: UInt16 { ring.size }

    public init(_ layout: QueueLayout, memory: GuestMemory) throws(QueueError) {
        self.memory = memory
        ring = try RingMemory(layout, in: memory)
    }

    /// The next well-formed chain, or nil when the driver has made no more available.
    public func pop() throws(QueueError) -> DescriptorChain? {
        guard !isBroken else { throw .broken }
        // A driver that keeps refilling the ring with bad chains is not served for ever in one go.
        for _ in 0..<ring.size {
            let pending = ring.availIndex &- nextAvail
            guard pending > 0 else { return nil }
            guard pending <= ring.size else { throw breakQueue(.indexJump) }
            let head = ring.availHead(nextAvail)
            guard head < ring.size else { throw breakQueue(.badHead) }
            nextAvail &+= 1
            if let chain = walk(from: head) { return chain }
            badChains &+= 1
            push(head, written: 0)
        }
        return nil
    }

    /// The chain at `head`; nil when it loops, leaves the table, mixes directions or is too long.
    private func walk(from head: UInt16) -> DescriptorChain? {
        var chain = DescriptorChain(head: head)
        var index = head
        for _ in 0..<ring.size {
            let descriptor = ring.descriptor(index)
            // INDIRECT_DESC is not offered.
            guard !descriptor.flags.contains(.indirect) else { return nil }
            // Readable parts come first (2.7.4.2).
            if !descriptor.flags.contains(.write), chain.writable.count > 0 { return nil }
            chain.append(descriptor)
            guard
                chain.readable.byteCount + chain.writable.byteCount <= ChainLimits.byteCountMax
            else { return nil }
            guard descriptor.flags.contains(.next) else { return chain }
            guard descriptor.next < ring.size else { return nil }
            index = descriptor.next
        }
        return nil
    }

    private func breakQueue(_ error: QueueError) -> QueueError {
        isBroken = true
        return error
    }

    /// Gives a chain back. `written` counts the bytes from its first writable byte on.
    public func push(_ head: UInt16, written: UInt32) {
        guard !isBroken else { return }
        ring.write(SplitRing.UsedElement(id: UInt32(head), len: written), at: nextUsed)
        nextUsed &+= 1
        ring.publish(usedIndex: nextUsed)
    }

    /// Whether the driver wants to hear of chains given back (VIRTQ_AVAIL_F_NO_INTERRUPT unset).
    public var wantsInterrupt: Bool {
        // The used index must be visible before the flag is read (2.7.8.1).
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return ring.availFlags & 1 == 0
    }
}
