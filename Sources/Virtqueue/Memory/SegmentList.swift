public import VirtioWire

/// A stretch of guest-physical memory.
public struct GuestSegment: Hashable, Sendable {
    public var start: GuestAddress
    public var count: UInt32

    public init(start: GuestAddress, count: UInt32) {
        self.start = start
        self.count = count
    }
}

/// The segments of one direction of a chain, in order. Short lists, which is what drivers send,
/// allocate nothing.
public struct SegmentList: Sendable {
    private static let inlineCount = 4
    // Four properties and a switch: a subscript of InlineArray with an index that is not constant
    // copies the whole array to the stack in Swift 6.3.1 (20 ns for each chain). The first stands
    // alone: most lists have no other, and copies look at it without a branch over the index.
    private(set) var first = GuestSegment(start: GuestAddress(0), count: 0)
    private var second = GuestSegment(start: GuestAddress(0), count: 0)
    private var third = GuestSegment(start: GuestAddress(0), count: 0)
    private var fourth = GuestSegment(start: GuestAddress(0), count: 0)
    /// Its first `count - 4` entries, for lists that are longer than that.
    private var tail: [GuestSegment] = []
    public private(set) var count = 0
    /// Sum of all segments.
    public private(set) var byteCount: UInt64 = 0

    public init() {}

    public init(_ segment: GuestSegment) {
        self.init()
        append(segment)
    }

    public init(_ segments: [GuestSegment]) {
        self.init()
        for segment in segments { append(segment) }
    }

    public subscript(index: Int) -> GuestSegment {
        precondition(index < count, "index past the list")
        switch index {
        case 0: return first
        case 1: return second
        case 2: return third
        case 3: return fourth
        default: return tail[index - Self.inlineCount]
        }
    }

    /// Keeps what it has allocated.
    @inline(__always) public mutating func removeAll() {
        count = 0
        byteCount = 0
    }

    /// Makes it a list of one.
    @inline(__always) mutating func set(_ segment: GuestSegment) {
        first = segment
        count = 1
        byteCount = UInt64(segment.count)
    }

    public mutating func append(_ segment: GuestSegment) {
        defer {
            count &+= 1
            byteCount &+= UInt64(segment.count)
        }
        switch count {
        case 0: first = segment
        case 1: second = segment
        case 2: third = segment
        case 3: fourth = segment
        default:
            // removeAll leaves an old tail behind.
            if count == Self.inlineCount { tail.removeAll(keepingCapacity: true) }
            tail.append(segment)
        }
    }
}
