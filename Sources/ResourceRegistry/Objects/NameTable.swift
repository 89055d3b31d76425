// Names of one shard: an open table with linear probing. A UUID is random, so its own bits are
// the hash, and nobody can choose them. [ID-1]
// Invariant: at most three quarters of the slots are taken, and no probe passes a free one.

internal import VirtioWire

struct NameTable {
    private struct Slot {
        var high: UInt64 = 0
        var low: UInt64 = 0
        /// Beside the name, so that asking for it does not touch the object.
        var sizeBytes: UInt64 = 0
        var object: SharedObject?
    }

    private static let slotsMin = 8

    private var slots: [Slot] = []
    private(set) var count = 0

    /// Low bits choose the shard; the slot comes from the ones above.
    @inline(__always) private func home(_ low: UInt64) -> Int {
        Int(truncatingIfNeeded: low >> UInt64(Shard.countLog2)) & (slots.count - 1)
    }

    @inline(__always) private func find(_ uuid: ResourceUUID) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var index = home(uuid.low)
        while true {
            // A version 4 UUID is never zero in its high half: that marks a free slot.
            let high = slots[index].high
            if high == uuid.high, slots[index].low == uuid.low { return high == 0 ? nil : index }
            if high == 0 { return nil }
            index = (index + 1) & mask
        }
    }

    subscript(_ uuid: ResourceUUID) -> SharedObject? {
        guard let index = find(uuid) else { return nil }
        return slots[index].object
    }

    @inline(__always) func sizeBytes(of uuid: ResourceUUID) -> UInt64? {
        find(uuid).map { slots[$0].sizeBytes }
    }

    /// False when the name is taken.
    mutating func insert(_ object: SharedObject) -> Bool {
        guard find(object.uuid) == nil else { return false }
        if (count + 1) * 4 > slots.count * 3 { grow() }
        place(object)
        count += 1
        return true
    }

    private mutating func place(_ object: SharedObject) {
        let mask = slots.count - 1
        var index = home(object.uuid.low)
        while slots[index].high != 0 { index = (index + 1) & mask }
        slots[index] = Slot(
            high: object.uuid.high, low: object.uuid.low, sizeBytes: object.sizeBytes,
            object: object)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: max(Self.slotsMin, old.count * 2))
        for slot in old {
            if let object = slot.object { place(object) }
        }
    }

    /// Takes a name out and closes the gap: there are no marks of the dead to probe past.
    mutating func remove(_ uuid: ResourceUUID) {
        guard var gap = find(uuid) else { return }
        let mask = slots.count - 1
        count -= 1
        var index = gap
        while true {
            index = (index + 1) & mask
            if slots[index].high == 0 { break }
            // A name moves back when its home does not lie between the gap and itself.
            let distance = (index - home(slots[index].low)) & mask
            if distance >= (index - gap) & mask {
                slots[gap] = slots[index]
                gap = index
            }
        }
        slots[gap] = Slot()
    }

    var objects: [SharedObject] { slots.compactMap(\.object) }
}
