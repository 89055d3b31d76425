// A ring written field by field: the driver that keeps to no rule, for tests, fuzzing and the
// conformance suite. Nothing is checked; what does not lie in guest memory is not written.

public import VirtioWire

/// Writes any bytes into a ring of either kind, and reads what the device wrote.
public struct RingForge: Sendable {
    public let layout: QueueLayout
    public let memory: GuestMemory

    public init(_ layout: QueueLayout, memory: GuestMemory) {
        self.layout = layout
        self.memory = memory
    }

    // MARK: Any bytes

    public func write(_ bytes: [UInt8], at address: GuestAddress) {
        let segment = GuestSegment(start: address, count: UInt32(truncatingIfNeeded: bytes.count))
        // SAFETY: a span over an array's bytes is valid while the array is borrowed.
        _ = try? memory.scatter(unsafe bytes.span.bytes, to: SegmentList([segment]))
    }

    public func read(_ count: Int, at address: GuestAddress) -> [UInt8] {
        var buffer = WireBuffer(capacity: count)
        let segment = GuestSegment(start: address, count: UInt32(truncatingIfNeeded: count))
        _ = try? memory.gather(SegmentList([segment]), limit: count, into: &buffer)
        return buffer.array()
    }

    private func write(_ value: UInt16, _ area: GuestAddress, _ offset: Int) {
        write(
            [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)],
            at: GuestAddress(area.rawValue &+ UInt64(offset)))
    }

    private func read(_ area: GuestAddress, _ offset: Int) -> UInt16 {
        let bytes = read(2, at: GuestAddress(area.rawValue &+ UInt64(offset)))
        return bytes.count == 2 ? UInt16(bytes[0]) | UInt16(bytes[1]) << 8 : 0
    }

    private func write<M: WireMessage>(_ message: M, _ area: GuestAddress, _ index: Int) {
        var buffer = WireBuffer(capacity: M.sizeBytes)
        buffer.append(message)
        write(
            buffer.array(), at: GuestAddress(area.rawValue &+ UInt64(M.sizeBytes &* index)))
    }

    // MARK: Split rings

    /// A descriptor of the table, or of an indirect table that begins at `table`.
    public func set(
        _ descriptor: SplitRing.Descriptor, at index: Int, of table: GuestAddress? = nil
    ) {
        write(descriptor, table ?? layout.descriptorTable, index)
    }

    /// The head in the slot of `position`; the index stays.
    public func set(availHead head: UInt16, at position: UInt16) {
        guard layout.size > 0 else { return }
        write(head, layout.availRing, 4 + 2 * Int(position % layout.size))
    }

    public func set(availIndex index: UInt16) { write(index, layout.availRing, 2) }
    public func set(availFlags flags: UInt16) { write(flags, layout.availRing, 0) }
    public func set(usedEvent event: UInt16) {
        write(event, layout.availRing, SplitRing.usedEventOffset(layout.size))
    }

    public var usedIndex: UInt16 { read(layout.usedRing, 2) }
    public var usedFlags: UInt16 { read(layout.usedRing, 0) }
    public var availEvent: UInt16 {
        read(layout.usedRing, SplitRing.availEventOffset(layout.size))
    }

    public func used(_ position: UInt16) -> SplitRing.UsedElement {
        let at = layout.usedRing.rawValue &+ UInt64(4 + 8 * Int(position % max(1, layout.size)))
        var buffer = WireBuffer(capacity: 8)
        buffer.append(contentsOf: read(8, at: GuestAddress(at)))
        return (try? buffer.decode()) ?? SplitRing.UsedElement(id: 0, len: 0)
    }

    // MARK: Packed rings

    public func set(
        _ descriptor: PackedRing.Descriptor, at slot: Int, of table: GuestAddress? = nil
    ) {
        write(descriptor, table ?? layout.descriptorTable, slot)
    }

    public func descriptor(_ slot: Int) -> PackedRing.Descriptor {
        let at = layout.descriptorTable.rawValue &+ UInt64(16 * slot)
        var buffer = WireBuffer(capacity: 16)
        buffer.append(contentsOf: read(16, at: GuestAddress(at)))
        return (try? buffer.decode())
            ?? PackedRing.Descriptor(addr: GuestAddress(0), len: 0, id: 0)
    }

    public func set(driverEvent place: UInt16, flags: UInt16) {
        write(place, layout.availRing, 0)
        write(flags, layout.availRing, 2)
    }

    public var deviceEvent: (place: UInt16, flags: UInt16) {
        (read(layout.usedRing, 0), read(layout.usedRing, 2))
    }
}
