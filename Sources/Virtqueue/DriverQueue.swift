// The driver's side of a split virtqueue (virtio 1.4, 2.7): what a guest does.

public import VirtioWire

public enum DriverQueueError: Error, Equatable, Sendable {
    /// Fewer free descriptors than the chain has segments.
    case full
    /// A chain needs at least one segment.
    case empty
    /// The device returned a head that was not in flight.
    case badUsedElement
}

/// Makes chains available to a device and takes them back. Owned by one thread.
public final class DriverQueue {
    public let memory: GuestMemory
    private let ring: RingMemory
    /// Free descriptors, a stack.
    private var free: [UInt16]
    /// Descriptors of the chain in flight at each head; empty when none is.
    private var inFlight: [[UInt16]]
    private var nextAvail: UInt16 = 0
    private var nextUsed: UInt16 = 0

    public init(_ layout: QueueLayout, memory: GuestMemory) throws(QueueError) {
        self.memory = memory
        ring = try RingMemory(layout, in: memory)
        free = Array((0..<layout.size).reversed())
        inFlight = Array(repeating: [], count: Int(layout.size))
    }

    public var freeCount: Int { free.count }

    /// Puts a chain on the ring; the device sees it at once, a notification is the caller's to send.
    /// Returns the head that comes back in the used element.
    @discardableResult
    public func add(readable: [GuestSegment], writable: [GuestSegment]) throws(DriverQueueError)
        -> UInt16
    {
        let count = readable.count + writable.count
        guard count > 0 else { throw .empty }
        guard count <= free.count else { throw .full }
        let indices = Array(free.suffix(count).reversed())
        free.removeLast(count)
        for (position, index) in indices.enumerated() {
            let isWritable = position >= readable.count
            let segment =
                isWritable ? writable[position - readable.count] : readable[position]
            var flags: SplitRing.DescriptorFlags = isWritable ? [.write] : []
            if position + 1 < count { flags.insert(.next) }
            let next = position + 1 < count ? indices[position + 1] : 0
            ring.write(
                SplitRing.Descriptor(
                    addr: segment.start, len: segment.count, flags: flags, next: next),
                at: index)
        }
        inFlight[Int(indices[0])] = indices
        ring.write(availHead: indices[0], at: nextAvail)
        nextAvail &+= 1
        ring.publish(availIndex: nextAvail)
        return indices[0]
    }

    /// The next chain that the device has given back, if any.
    public func takeUsed() throws(DriverQueueError) -> SplitRing.UsedElement? {
        guard ring.usedIndex != nextUsed else { return nil }
        let element = ring.used(nextUsed)
        guard let head = Int(exactly: element.id), head < inFlight.count,
            !inFlight[head].isEmpty
        else { throw .badUsedElement }
        nextUsed &+= 1
        free.append(contentsOf: inFlight[head].reversed())
        inFlight[head] = []
        return element
    }

    /// Whether the device wants to hear of new chains (VIRTQ_USED_F_NO_NOTIFY unset).
    public var wantsNotification: Bool { ring.usedFlags & 1 == 0 }
}
