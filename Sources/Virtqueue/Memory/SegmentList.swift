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
    private var head: InlineArray<4, GuestSegment>
    private var tail: [GuestSegment] = []
    public private(set) var count = 0
    /// Sum of all segments.
    public private(set) var byteCount: UInt64 = 0

    public init() {
        head = InlineArray(repeating: GuestSegment(start: GuestAddress(0), count: 0))
    }

    public init(_ segments: [GuestSegment]) {
        self.init()
        for segment in segments { append(segment) }
    }

    public subscript(index: Int) -> GuestSegment {
        precondition(index < count, "index past the list")
        return index < Self.inlineCount ? head[index] : tail[index - Self.inlineCount]
    }

    public mutating func append(_ segment: GuestSegment) {
        if count < Self.inlineCount { head[count] = segment } else { tail.append(segment) }
        count += 1
        byteCount += UInt64(segment.count)
    }
}
