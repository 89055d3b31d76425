// 2D resources and the guest memory behind them, without any GL.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@testable import HostBridge

/// SplitMix64: the same numbers on every run.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Ranges cut out of one memory, in random order, with empty ones among them.
private func scattered(_ memory: HostMemory, _ random: inout Numbers) -> [MemoryRange] {
    var cuts = [0, memory.sizeBytes]
    for _ in 0..<Int.random(in: 0...12, using: &random) {
        cuts.append(Int.random(in: 0...memory.sizeBytes, using: &random))
    }
    cuts.sort()
    let parts = zip(cuts, cuts.dropFirst()).compactMap {
        memory.range.slice(offset: $0, count: $1 - $0)
    }
    return parts.shuffled(using: &random)
}

@Suite("A backing list")
struct BackingListTests {
    @Test("reads and writes rows as a flat array does", arguments: [1, 2, 3] as [UInt64])
    func rows(seed: UInt64) throws {
        var random = Numbers(state: seed)
        for _ in 0..<300 {
            let guest = try #require(HostMemory(sizeBytes: .random(in: 1...600, using: &random)))
            guest.range.write(
                (0..<guest.sizeBytes).map { _ in UInt8.random(in: 0...255, using: &random) })
            let parts = scattered(guest, &random)
            let list = BackingList(parts)
            let flat = parts.flatMap { $0.bytes() }
            #expect(list.byteCount == UInt64(flat.count))
            let rows = BackingList.Rows(
                offset: .random(in: 0...700, using: &random),
                strideBytes: .random(in: 0...80, using: &random),
                rowBytes: .random(in: 0...40, using: &random),
                count: .random(in: 0...12, using: &random))
            let stride = Int.random(in: rows.rowBytes...60, using: &random)
            let mine = try #require(HostMemory(sizeBytes: 12 * 60))
            let isInside =
                rows.count == 0 || rows.rowBytes == 0
                || Int(rows.offset) + (rows.count - 1) * Int(rows.strideBytes) + rows.rowBytes
                    <= flat.count
            try #require(list.read(rows, into: mine.range, memoryStride: stride) == isInside)
            var expected = [UInt8](repeating: 0, count: 12 * 60)
            if isInside {
                for row in 0..<rows.count {
                    for byte in 0..<rows.rowBytes {
                        expected[row * stride + byte] =
                            flat[Int(rows.offset) + row * Int(rows.strideBytes) + byte]
                    }
                }
            }
            try #require(mine.range.bytes() == expected)
            if let whole = list.range(of: rows), rows.count == 1 {
                #expect(Array(whole.bytes()) == Array(expected.prefix(rows.rowBytes)))
            }
            // And back.
            mine.range.fill(0x5a)
            try #require(list.write(rows, from: mine.range, memoryStride: stride) == isInside)
            var written = flat
            if isInside {
                for row in 0..<rows.count {
                    for byte in 0..<rows.rowBytes {
                        written[Int(rows.offset) + row * Int(rows.strideBytes) + byte] = 0x5a
                    }
                }
            }
            try #require(parts.flatMap { $0.bytes() } == written)
        }
    }

    @Test("refuses rows that no number can say, and copies none of them")
    func overflow() throws {
        let guest = try #require(HostMemory(sizeBytes: 64))
        let list = BackingList([guest.range])
        let mine = try #require(HostMemory(sizeBytes: 64))
        for (offset, stride, bytes, count): (UInt64, UInt64, Int, Int) in [
            (.max, 0, 1, 1), (.max, .max, 1, 2), (0, .max, 1, 3), (0, 1 << 63, 1, 3),
            (1, .max, 1, 2), (65, 1, 1, 1), (64, 1, 1, 1), (0, 1, 65, 1), (0, 0, .max, 1),
            (0, 8, 8, .max),
        ] {
            let rows = BackingList.Rows(
                offset: offset, strideBytes: stride, rowBytes: bytes, count: count)
            #expect(!list.holds(rows))
            #expect(!list.read(rows, into: mine.range, memoryStride: 8))
            #expect(!list.write(rows, from: mine.range, memoryStride: 8))
            #expect(list.range(of: rows) == nil)
        }
        // A list of nothing holds nothing, and nothing is asked of it.
        let nothing = BackingList([])
        let one = BackingList.Rows(offset: 0, strideBytes: 1, rowBytes: 1, count: 1)
        #expect(!nothing.read(one, into: mine.range, memoryStride: 1))
        #expect(
            nothing.read(
                BackingList.Rows(offset: 9, strideBytes: 1, rowBytes: 0, count: 1),
                into: mine.range, memoryStride: 1))
    }
}

@Suite("The renderer of 2D")
struct Renderer2DTests {
    private func make(bytesMax: UInt64 = 1 << 20) -> (Renderer2D, MemoryBudget) {
        let budget = MemoryBudget(bytesMax: bytesMax)
        return (Renderer2D(budget: budget, sideMax: 1024), budget)
    }

    @Test("makes zeroed images of the eight formats and no others [GPU-I-014] [LIFE-6]")
    func formats() throws {
        let (renderer, budget) = make()
        #expect(Set(VirtioGPU.Format.all).count == 8)
        #expect(Set(VirtioGPU.Format.all.map(\.fourCC)).count == 8)
        for format in VirtioGPU.Format.all {
            let image = try renderer.makeImage(format, width: 5, height: 3)
            #expect(image.memory.range.bytes() == Array(repeating: 0, count: 60))
            #expect(budget.bytesInUse == 60)
            renderer.release(image)
        }
        #expect(budget.bytesInUse == 0)
        for number: UInt32 in [0, 5, 66, 69, 120, 122, 133, 135, 0x3432_5241, .max] {
            #expect(throws: RendererError.badParameter) {
                try renderer.makeImage(VirtioGPU.Format(number), width: 5, height: 3)
            }
        }
    }

    @Test("refuses sides of nothing and sides past its limits; nothing is charged [QUOTA-1]")
    func sides() throws {
        let (renderer, budget) = make(bytesMax: 4 * 1024 * 512)
        for (width, height): (UInt32, UInt32) in [(0, 1), (1, 0), (0, 0)] {
            #expect(throws: RendererError.badParameter) {
                try renderer.makeImage(.b8g8r8x8Unorm, width: width, height: height)
            }
        }
        for (width, height): (UInt32, UInt32) in [
            (1025, 1), (1, 1025), (.max, .max), (0x4000_0001, 1), (1024, 513),
        ] {
            #expect(throws: RendererError.outOfMemory) {
                try renderer.makeImage(.b8g8r8x8Unorm, width: width, height: height)
            }
        }
        #expect(budget.bytesInUse == 0)
        _ = try renderer.makeImage(.b8g8r8x8Unorm, width: 1024, height: 512)
    }

    @Test(
        "transfers what a plain model does, and nothing where that leaves the backing [GPU-I-020]")
    func model() throws {
        var random = Numbers(state: 5)
        let (renderer, _) = make()
        let (width, height) = (13, 9)
        let image = try renderer.makeImage(
            .r8g8b8a8Unorm, width: UInt32(width), height: UInt32(height))
        var model = [UInt8](repeating: 0, count: width * height * 4)
        var refused = 0
        for _ in 0..<2000 {
            let guest = try #require(HostMemory(sizeBytes: .random(in: 1...700, using: &random)))
            guest.range.write(
                (0..<guest.sizeBytes).map { _ in UInt8.random(in: 0...255, using: &random) })
            let parts = scattered(guest, &random)
            let flat = parts.flatMap { $0.bytes() }
            let rect = ImageRect(
                x: .random(in: 0...13, using: &random), y: .random(in: 0...9, using: &random),
                width: .random(in: 0...8, using: &random),
                height: .random(in: 0...6, using: &random))
            let offset = UInt64.random(in: 0...200, using: &random)
            let (x, y) = (Int(rect.x), Int(rect.y))
            let (w, h) = (Int(rect.width), Int(rect.height))
            let needed = w * h == 0 ? 0 : Int(offset) + (h - 1) * width * 4 + w * 4
            let isGood = x + w <= width && y + h <= height && needed <= flat.count
            if isGood {
                for row in 0..<h {
                    for byte in 0..<(w * 4) {
                        model[((y + row) * width + x) * 4 + byte] =
                            flat[Int(offset) + row * width * 4 + byte]
                    }
                }
                #expect(
                    try renderer.transfer(
                        rect, of: image, from: BackingList(parts), offset: offset)
                        == UInt64(w * h * 4))
            } else {
                refused += 1
                #expect(throws: RendererError.badParameter) {
                    try renderer.transfer(
                        rect, of: image, from: BackingList(parts), offset: offset)
                }
            }
            try #require(image.memory.range.bytes() == model)
        }
        #expect((100..<1900).contains(refused))
    }

    @Test("transfers by the rules of 3D with a stride of the guest's, both ways [GPU-R-019]")
    func transfer3D() throws {
        let (renderer, _) = make()
        let image = try renderer.makeImage(.r8g8b8a8Unorm, width: 4, height: 4)
        let guest = try #require(HostMemory(sizeBytes: 100))
        guest.range.write((0..<100).map { UInt8($0) })
        let list = BackingList([guest.range])
        var transfer = Transfer(
            box: TexelBox(x: 1, y: 2, width: 2, height: 2), stride: 20, offset: 3)
        #expect(try renderer.transfer(transfer, of: image, backing: list, .toHost) == 16)
        let bytes = image.memory.range.bytes()
        #expect(Array(bytes[36..<44]) == (3..<11).map { UInt8($0) })
        #expect(Array(bytes[52..<60]) == (23..<31).map { UInt8($0) })
        guest.range.fill(0xff)
        transfer.offset = 60
        try renderer.transfer(transfer, of: image, backing: list, .fromHost)
        #expect(Array(guest.range.bytes()[60..<68]) == (3..<11).map { UInt8($0) })
        #expect(Array(guest.range.bytes()[80..<88]) == (23..<31).map { UInt8($0) })
        #expect(guest.range.bytes()[68..<80].allSatisfy { $0 == 0xff })
        let bad: [(inout Transfer) -> Void] = [
            { $0.stride = 7 }, { $0.stride = 9 }, { $0.box.x = 3 }, { $0.box.width = .max },
            { $0.box.y = .max }, { $0.box.z = 1 }, { $0.box.depth = 2 }, { $0.level = 1 },
            { $0.box.height = 0 }, { $0.offset = .max }, { $0.offset = 73 },
            { $0.stride = 1 << 31 },
        ]
        for change in bad {
            var wrong = transfer
            change(&wrong)
            #expect(throws: RendererError.badParameter) {
                try renderer.transfer(wrong, of: image, backing: list, .fromHost)
            }
        }
    }
}

@Suite("A memory budget")
struct MemoryBudgetTests {
    @Test("keeps its limit and the registry's, and takes nothing past either [QUOTA-1]")
    func limits() throws {
        var limits = DeviceLimits()
        limits.bytesMax = 150
        let registry = ResourceRegistry()
        let device = try registry.join(name: "gpu", capabilities: .cpu, limits: limits)
        let budget = MemoryBudget(bytesMax: 200, registry: registry, participant: device)
        try budget.take(100)
        #expect(registry.counters.chargedBytes == 100)
        #expect(throws: RendererError.outOfMemory) { try budget.take(51) }
        #expect(throws: RendererError.outOfMemory) { try budget.take(.max) }
        #expect(budget.bytesInUse == 100)
        #expect(registry.counters.chargedBytes == 100)
        let alone = MemoryBudget(bytesMax: 200)
        try alone.take(200)
        #expect(throws: RendererError.outOfMemory) { try alone.take(1) }
        budget.giveBack(100)
        #expect(registry.counters.chargedBytes == 0)
    }

    @Test("is not counted twice for what it has lent, also when others were quicker [QUOTA-1]")
    func lent() throws {
        var limits = RegistryLimits()
        limits.bytesMax = 100
        let registry = ResourceRegistry(limits: limits)
        let device = try registry.join(name: "gpu", capabilities: .cpu)
        let other = try registry.join(name: "other", capabilities: .cpu)
        let budget = MemoryBudget(bytesMax: 100, registry: registry, participant: device)
        try budget.take(80)
        budget.lend(80)
        #expect(registry.counters.chargedBytes == 0)
        #expect(budget.bytesInUse == 80)
        // Somebody takes what the registry thinks is free: it cannot be charged again.
        try registry.charge(50, to: other)
        budget.takeBack(80)
        #expect(registry.counters.chargedBytes == 50)
        budget.giveBack(80)
        #expect(registry.counters.chargedBytes == 50)
        #expect(budget.bytesInUse == 0)
        try budget.take(50)
        #expect(registry.counters.chargedBytes == 100)
    }
}
