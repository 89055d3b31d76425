internal import VirtioWire

/// A place in a packed ring: a slot, and the wrap counter that flips behind the last one
/// (virtio 1.4, 2.8.1).
struct RingCursor: Hashable {
    private(set) var slot: UInt16
    /// The wrap counter as the bits that a descriptor available under it has: AVAIL for 1, USED
    /// for 0. So telling an available descriptor is one comparison.
    private var marks: UInt16

    static let start = RingCursor(slot: 0, wrap: true)
    private static let bothMarks: UInt16 = 0x8080

    init(slot: UInt16, wrap: Bool) {
        self.slot = slot
        marks = PackedRing.DescriptorFlags.available(wrap: wrap).rawValue
    }

    var wrap: Bool { marks == PackedRing.DescriptorFlags.avail.rawValue }

    /// From 15 bits of slot and one of wrap counter, as events and positions have it.
    init(word: UInt16) { self.init(slot: word & 0x7fff, wrap: word & 0x8000 != 0) }

    var word: UInt16 { slot | (wrap ? 0x8000 : 0) }

    /// Whether a descriptor with these flags is available here.
    @inline(__always) func finds(_ flags: PackedRing.DescriptorFlags) -> Bool {
        flags.rawValue & Self.bothMarks == marks
    }

    /// `count <= size`, `slot < size`.
    @inline(__always) mutating func advance(_ count: UInt16, size: UInt16) {
        slot &+= count
        if slot >= size {
            slot &-= size
            marks ^= Self.bothMarks
        }
    }

    /// Whether `event`, any two bytes that the other side wrote, lies among the last `count` slots
    /// before this place. Over more than a lap every place was passed, also one that now looks as if
    /// it were ahead.
    func hasPassed(_ event: RingCursor, in count: UInt32, size: UInt16) -> Bool {
        guard count <= UInt32(size) else { return true }
        let at = event.marks == marks ? Int(event.slot) : Int(event.slot) - Int(size)
        return at < Int(slot) && at >= Int(slot) - Int(count)
    }
}
