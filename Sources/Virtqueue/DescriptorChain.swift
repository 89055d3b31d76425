internal import VirtioWire

/// Names a chain that a device holds, for giving it back.
public struct ChainHead: Hashable, Sendable {
    /// The number of a queue where it stands in a head.
    struct Queue: Equatable, ExpressibleByIntegerLiteral {
        fileprivate let word: UInt64
        init(_ number: UInt32) { word = UInt64(number) << 32 }
        init(integerLiteral number: UInt32) { self.init(number) }
        fileprivate init(of head: ChainHead) { word = head.word & ~0xffff_ffff }
    }

    /// One word: three parts that are stored apart and loaded together wait for each other in the
    /// processor's store buffer.
    private let word: UInt64

    @inline(__always) init(index: UInt16, slots: UInt16, queue: Queue) {
        word = UInt64(index) | UInt64(slots) << 16 | queue.word
    }

    /// Split: the index of the first descriptor. Packed: the buffer id, whatever the driver chose.
    public var index: UInt16 { UInt16(truncatingIfNeeded: word) }
    /// How many slots of a packed ring the chain takes up.
    var slots: UInt16 { UInt16(truncatingIfNeeded: word >> 16) }
    /// The queue that the chain came from: one that was reset takes nothing back.
    @inline(__always) var queue: Queue { Queue(of: self) }
}

/// How a ring's look at its next chain went.
enum Taken { case none, good, bad }

/// A request taken from a queue. It goes back by ``DeviceQueue/push(_:written:)``, at once or later.
public struct DescriptorChain: Sendable {
    public internal(set) var head: ChainHead
    public internal(set) var readable = SegmentList()
    public internal(set) var writable = SegmentList()

    /// An empty one, for ``DeviceQueue/pop(into:)`` to fill.
    public init() { head = ChainHead(index: 0, slots: 0, queue: 0) }

    /// Empties both lists; the head is set by itself.
    mutating func begin() {
        readable.removeAll()
        writable.removeAll()
    }

    /// Makes it one readable and one writable segment, which is what most chains are; false when
    /// they are too long together.
    @inline(__always)
    mutating func set(_ readable: GuestSegment, _ writable: GuestSegment) -> Bool {
        self.readable.set(readable)
        self.writable.set(writable)
        return UInt64(readable.count) &+ UInt64(writable.count) <= ChainLimits.byteCountMax
    }

    /// Adds a descriptor; false when the chain is not well-formed with it: readable parts come
    /// first (2.7.4.2), and there are limits.
    mutating func append(_ segment: GuestSegment, isWritable: Bool) -> Bool {
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
