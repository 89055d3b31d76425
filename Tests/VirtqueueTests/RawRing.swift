// A split ring written byte by byte: a driver that keeps to no rule.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

/// The ring's areas and a stretch of data behind them, in one region of guest memory.
struct RawRing {
    static let start: UInt64 = 0x10000
    let shared: SharedMemory
    let memory: GuestMemory
    let layout: QueueLayout
    /// The first address behind the ring's areas, page-aligned.
    let data: UInt64

    init(size: UInt16, dataBytes: UInt64 = 0x4000) throws {
        let avail = Self.start + 16 * UInt64(size)
        let used = (avail + 6 + 2 * UInt64(size) + 3) & ~3
        data = (used + 6 + 8 * UInt64(size) + 0xfff) & ~0xfff
        layout = QueueLayout(
            size: size, descriptorTable: GuestAddress(Self.start), availRing: GuestAddress(avail),
            usedRing: GuestAddress(used))
        shared = try SharedMemory(name: "ring", sizeBytes: Int(data + dataBytes - Self.start))
        memory = try GuestMemory([GuestRegion(start: GuestAddress(Self.start), memory: shared)])
    }

    /// The mapped bytes at a guest address.
    func bytes(at address: UInt64, count: Int) throws -> MemoryRange {
        try #require(shared.range.slice(offset: Int(address - Self.start), count: count))
    }

    func write(_ value: UInt16, at address: GuestAddress, offset: Int) throws {
        try bytes(at: address.rawValue + UInt64(offset), count: 2)
            .write([UInt8(value & 0xff), UInt8(value >> 8)])
    }

    func setDescriptor(
        _ index: UInt16, addr: UInt64, len: UInt32, flags: SplitRing.DescriptorFlags = [],
        next: UInt16 = 0
    ) throws {
        var buffer = WireBuffer(capacity: SplitRing.Descriptor.sizeBytes)
        buffer.append(
            SplitRing.Descriptor(addr: GuestAddress(addr), len: len, flags: flags, next: next))
        try bytes(at: layout.descriptorTable.rawValue + 16 * UInt64(index), count: 16)
            .write(buffer.array())
    }

    /// Writes `head` into the slot of `position`; the index stays.
    func setHead(_ head: UInt16, at position: UInt16) throws {
        try write(head, at: layout.availRing, offset: 4 + 2 * Int(position % layout.size))
    }

    func setAvailIndex(_ index: UInt16) throws {
        try write(index, at: layout.availRing, offset: 2)
    }

    func setAvailFlags(_ flags: UInt16) throws {
        try write(flags, at: layout.availRing, offset: 0)
    }

    var usedIndex: UInt16 {
        get throws {
            let bytes = try bytes(at: layout.usedRing.rawValue + 2, count: 2).bytes()
            return UInt16(bytes[0]) | UInt16(bytes[1]) << 8
        }
    }

    func used(_ position: UInt16) throws -> SplitRing.UsedElement {
        let offset = 4 + 8 * UInt64(position % layout.size)
        let bytes = try bytes(at: layout.usedRing.rawValue + offset, count: 8).bytes()
        var buffer = WireBuffer(capacity: 8)
        buffer.append(contentsOf: bytes)
        return try buffer.decode()
    }
}

func segment(_ start: UInt64, _ count: UInt32) -> GuestSegment {
    GuestSegment(start: GuestAddress(start), count: count)
}

func segments(_ list: SegmentList) -> [GuestSegment] {
    (0..<list.count).map { list[$0] }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
