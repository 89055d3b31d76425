internal import VirtioWire

/// Names a chain that a device holds, for giving it back.
public struct ChainHead: Hashable, Sendable {
    /// Split: the index of the first descriptor. Packed: the buffer id, whatever the driver chose.
    public let index: UInt16
    /// How many slots of a packed ring the chain takes up.
    let slots: UInt16
    /// The queue that the chain came from: one that was reset takes nothing back.
    let queue: UInt32
}

/// A request taken from a queue. It goes back by ``DeviceQueue/push(_:written:)``, at once or later.
public struct DescriptorChain: Sendable {
    public internal(set) var head: ChainHead
    public internal(set) var readable = SegmentList()
    public internal(set) var writable = SegmentList()

    /// An empty one, for ``DeviceQueue/pop(into:)`` to fill.
    public init() { head = ChainHead(index: 0, slots: 0, queue: 0) }

    @inline(__always) mutating func begin(_ head: ChainHead) {
        self.head = head
        readable.removeAll()
        writable.removeAll()
    }

    /// Adds a descriptor; false when the chain is not well-formed with it: readable parts come
    /// first (2.7.4.2), and there are limits.
    @inline(__always)
    mutating func append(_ addr: GuestAddress, _ len: UInt32, isWritable: Bool) -> Bool {
        let segment = GuestSegment(start: addr, count: len)
        if isWritable {
            writable.append(segment)
        } else {
            guard writable.count == 0 else { return false }
            readable.append(segment)
        }
        return readable.byteCount &+ writable.byteCount <= ChainLimits.byteCountMax
    }
}

/// Limits of what one chain may ask for.
public enum ChainLimits {
    /// Bytes of a whole chain, both directions together.
    public static let byteCountMax: UInt64 = 1 << 28
    /// Descriptors of an indirect table, unless the queue is longer. The standard has the queue
    /// size as the driver's limit; Linux goes past it with indirect tables, and QEMU takes these.
    public static let indirectCountMax = 1024
}
