/// A place in a packed ring: a slot, and the wrap counter that flips behind the last one
/// (virtio 1.4, 2.8.1).
struct RingCursor: Hashable {
    private(set) var slot: UInt16
    private(set) var wrap: Bool

    static let start = RingCursor(slot: 0, wrap: true)

    init(slot: UInt16, wrap: Bool) {
        self.slot = slot
        self.wrap = wrap
    }

    /// From 15 bits of slot and one of wrap counter, as events and positions have it.
    init(word: UInt16) { self.init(slot: word & 0x7fff, wrap: word & 0x8000 != 0) }

    var word: UInt16 { slot | (wrap ? 0x8000 : 0) }

    /// `count <= size`, `slot < size`.
    @inline(__always) mutating func advance(_ count: UInt16, size: UInt16) {
        slot &+= count
        if slot >= size {
            slot &-= size
            wrap.toggle()
        }
    }

    /// Whether `event`, any two bytes that the other side wrote, lies among the last `count` slots
    /// before this place.
    func hasPassed(_ event: RingCursor, in count: UInt32, size: UInt16) -> Bool {
        let at = event.wrap == wrap ? Int(event.slot) : Int(event.slot) - Int(size)
        return at < Int(slot) && at >= Int(slot) - Int(count)
    }
}
