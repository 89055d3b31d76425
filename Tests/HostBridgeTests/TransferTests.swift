// The rule that every transfer passes before virglrenderer sees it.

import Testing

@testable import HostBridge

@Suite("A transfer")
struct TransferTests {
    /// 64 x 17 texels of 4 bytes, with levels down to 4 x 1.
    private let texture = ResourceShape(
        target: 2, format: 67, bind: 0xa, width: 64, height: 17, lastLevel: 4)
    private let buffer = ResourceShape(target: 0, format: 64, bind: 8, width: 100, height: 1)

    private func transfer(
        _ change: (inout Transfer) -> Void, width: UInt32 = 64, height: UInt32 = 17
    ) -> Transfer {
        var transfer = Transfer(box: TexelBox(width: width, height: height))
        change(&transfer)
        return transfer
    }

    @Test("of the whole level needs exactly its tight bytes [GPU-R-019]")
    func whole() throws {
        let all = transfer { _ in }
        #expect(try all.checkedByteCount(of: texture, backingBytes: 64 * 17 * 4) == 64 * 17 * 4)
        #expect(throws: RendererError.badParameter) {
            try all.checkedByteCount(of: texture, backingBytes: 64 * 17 * 4 - 1)
        }
    }

    @Test("may leave out the last row's rest and begin anywhere in the backing")
    func strideAndOffset() throws {
        let part = transfer({ ($0.stride, $0.offset, $0.box.x) = (400, 13, 60) }, width: 4)
        // 16 strides and a row of four texels, from byte 13 on.
        #expect(try part.checkedByteCount(of: texture, backingBytes: 13 + 6400 + 16) == 16 * 17)
        #expect(throws: RendererError.badParameter) {
            try part.checkedByteCount(of: texture, backingBytes: 13 + 6400 + 15)
        }
    }

    @Test(
        "of a level is measured by that level",
        arguments: [(0, 64, 17), (1, 32, 8), (2, 16, 4), (3, 8, 2), (4, 4, 1)]
            as [(UInt32, UInt32, UInt32)])
    func levels(level: UInt32, width: UInt32, height: UInt32) throws {
        let all = transfer({ $0.level = level }, width: width, height: height)
        let bytes = UInt64(width) * UInt64(height) * 4
        #expect(try all.checkedByteCount(of: texture, backingBytes: bytes) == bytes)
        for (w, h) in [(width + 1, height), (width, height + 1)] {
            let tooLarge = transfer({ $0.level = level }, width: w, height: h)
            #expect(throws: RendererError.badParameter) {
                try tooLarge.checkedByteCount(of: texture, backingBytes: 1 << 20)
            }
        }
    }

    /// What is refused with 1 MiB of backing.
    private var hostile: [(String, Transfer)] {
        [
            ("no width", transfer { $0.box.width = 0 }),
            ("no height", transfer { $0.box.height = 0 }),
            ("no depth", transfer { $0.box.depth = 0 }),
            ("depth", transfer { $0.box.depth = 2 }),
            ("negative depth", transfer { $0.box.depth = .max }),
            ("z", transfer { $0.box.z = 1 }),
            ("negative z", transfer { $0.box.z = 0x8000_0000 }),
            ("x past the level", transfer { $0.box.x = 1 }),
            ("x that wraps", transfer { ($0.box.x, $0.box.width) = (.max, 2) }),
            ("y past the level", transfer { $0.box.y = 1 }),
            ("y that wraps", transfer { ($0.box.y, $0.box.height) = (.max, 2) }),
            ("x at the end with no width", transfer { ($0.box.x, $0.box.width) = (64, 0) }),
            ("width", transfer { $0.box.width = .max }),
            ("height", transfer { $0.box.height = .max }),
            ("level", transfer { $0.level = 5 }),
            ("level -1", transfer { $0.level = .max }),
            ("level 32", transfer { $0.level = 32 }),
            ("stride below a row", transfer { $0.stride = 252 }),
            ("stride no multiple of the texel", transfer { $0.stride = 258 }),
            ("stride * (h - 1) = 2^32", transfer { $0.stride = 0x1000_0000 }),
            ("stride 2^30, h 5", transfer { ($0.stride, $0.box.height) = (1 << 30, 5) }),
            ("stride 0xffff0000, h 2", transfer { ($0.stride, $0.box.height) = (0xffff_0000, 2) }),
            ("layer stride below the box", transfer { $0.layerStride = 64 * 17 * 4 - 1 }),
            ("layer stride 1", transfer { $0.layerStride = 1 }),
            ("offset behind the backing", transfer { $0.offset = 1 << 20 }),
            ("offset by one", transfer { $0.offset = (1 << 20) - 64 * 17 * 4 + 1 }),
            ("offset that wraps", transfer { $0.offset = .max }),
            ("offset of 2^32", transfer { $0.offset = 1 << 32 }),
        ]
    }

    @Test("that has crashed the library, or would, is refused")
    func refused() {
        for (name, transfer) in hostile {
            #expect(throws: RendererError.badParameter, "\(name)") {
                try transfer.checkedByteCount(of: texture, backingBytes: 1 << 20)
            }
        }
    }

    @Test("with a backing of 2^31 bytes or more is refused: the library adds in 32 bits")
    func hugeBacking() throws {
        let all = transfer { _ in }
        let limit = UInt64(Int32.max)
        #expect(try all.checkedByteCount(of: texture, backingBytes: limit) == 64 * 17 * 4)
        for bytes: UInt64 in [limit + 1, 1 << 32, (1 << 32) + 64 * 17 * 4, .max] {
            #expect(throws: RendererError.badParameter) {
                try all.checkedByteCount(of: texture, backingBytes: bytes)
            }
        }
    }

    @Test("takes a layer stride that covers the box")
    func layerStride() throws {
        let all = transfer { $0.layerStride = 64 * 17 * 4 }
        #expect(try all.checkedByteCount(of: texture, backingBytes: 1 << 20) == 64 * 17 * 4)
    }

    @Test("of layers begins at the first one's texel and ends with the last one's")
    func layers() throws {
        var array = texture
        (array.target, array.arraySize) = (7, 5)
        var solid = texture
        (solid.target, solid.depth) = (3, 9)
        let two = transfer { ($0.box.z, $0.box.depth) = (3, 2) }
        let layerBytes: UInt64 = 64 * 17 * 4
        for shape in [array, solid] {
            #expect(
                try two.checkedByteCount(of: shape, backingBytes: 2 * layerBytes) == 2 * layerBytes)
            #expect(throws: RendererError.badParameter) {
                try two.checkedByteCount(of: shape, backingBytes: 2 * layerBytes - 1)
            }
        }
        // A slice of level 1 is a quarter, and there are four.
        let level = transfer({ ($0.level, $0.box.depth) = (1, 4) }, width: 32, height: 8)
        #expect(try level.checkedByteCount(of: solid, backingBytes: 4096) == 4096)
        let bad: [(ResourceShape, Transfer)] = [
            (array, transfer { ($0.box.z, $0.box.depth) = (4, 2) }),
            (array, transfer { ($0.box.z, $0.box.depth) = (.max, 2) }),
            (array, transfer { $0.box.z = 0x8000_0000 }),
            (array, transfer { $0.box.depth = .max }),
            (solid, transfer({ ($0.level, $0.box.depth) = (1, 5) }, width: 32, height: 8)),
            // Layers that overlap, or are no whole rows apart.
            (array, transfer { ($0.box.depth, $0.layerStride) = (2, 64 * 16 * 4) }),
            (array, transfer { ($0.box.depth, $0.layerStride) = (2, 64 * 17 * 4 + 4) }),
            (array, transfer { ($0.box.depth, $0.layerStride) = (5, 1 << 30) }),
            (array, transfer { ($0.box.depth, $0.layerStride) = (5, .max) }),
            (array, transfer { ($0.box.depth, $0.stride) = (5, 0xffff_fffc) }),
        ]
        for (shape, transfer) in bad {
            #expect(throws: RendererError.badParameter, "\(transfer)") {
                try transfer.checkedByteCount(of: shape, backingBytes: 1 << 20)
            }
        }
    }

    @Test("of a buffer counts bytes")
    func buffers() throws {
        let part = Transfer(box: TexelBox(x: 40, width: 60, height: 1), offset: 5)
        #expect(try part.checkedByteCount(of: buffer, backingBytes: 65) == 60)
        #expect(throws: RendererError.badParameter) {
            try part.checkedByteCount(of: buffer, backingBytes: 64)
        }
        for box in [
            TexelBox(x: 41, width: 60, height: 1), TexelBox(width: 1, height: 2),
            TexelBox(y: 1, width: 1, height: 1),
        ] {
            #expect(throws: RendererError.badParameter) {
                try Transfer(box: box).checkedByteCount(of: buffer, backingBytes: 1000)
            }
        }
    }

    @Test("of a format that cannot be measured, or of samples, is refused")
    func unmeasurable() {
        var shape = texture
        shape.format = 166
        #expect(throws: RendererError.badParameter) {
            try transfer { _ in }.checkedByteCount(of: shape, backingBytes: 1 << 20)
        }
        shape = texture
        shape.sampleCount = 4
        #expect(throws: RendererError.badParameter) {
            try transfer { _ in }.checkedByteCount(of: shape, backingBytes: 1 << 20)
        }
    }

    /// Counts each texel by hand: every texel of the box lies in the level, every byte of it in
    /// the backing, and rows do not overlap.
    private func model(_ transfer: Transfer, _ shape: ResourceShape, _ backingBytes: Int) -> Int? {
        let texel = shape.format == 67 ? 4 : 1
        guard transfer.level <= shape.lastLevel else { return nil }
        let levelWidth = max(1, Int(shape.width) / (1 << Int(transfer.level)))
        let levelHeight = max(1, Int(shape.height) / (1 << Int(transfer.level)))
        let box = transfer.box
        let stride = transfer.stride == 0 ? levelWidth * texel : Int(transfer.stride)
        guard stride % texel == 0, box.z == 0, box.depth == 1 else { return nil }
        var bytes = 0
        var rowEnd = Int.min
        for y in 0..<Int(box.height) {
            let rowStart = Int(transfer.offset) + y * stride
            guard rowStart >= rowEnd else { return nil }
            for x in 0..<Int(box.width) {
                guard Int(box.x) + x < levelWidth, Int(box.y) + y < levelHeight,
                    rowStart + x * texel + texel <= backingBytes
                else { return nil }
                bytes += texel
                rowEnd = rowStart + x * texel + texel
            }
        }
        // A single row with a stride below its length is refused all the same.
        guard bytes > 0, stride >= Int(box.width) * texel,
            transfer.layerStride == 0 || Int(transfer.layerStride) >= stride * Int(box.height)
        else { return nil }
        return bytes
    }

    @Test("is allowed exactly where a count of every texel allows it")
    func random() throws {
        var random = SeededGenerator(seed: 3)
        var allowed = 0
        for _ in 0..<50_000 {
            let shape = ResourceShape(
                target: 2, format: Bool.random(using: &random) ? 67 : 64, bind: 8,
                width: .random(in: 1...9, using: &random),
                height: .random(in: 1...9, using: &random),
                lastLevel: .random(in: 0...1, using: &random))
            let transfer = Transfer(
                box: TexelBox(
                    x: .random(in: 0...3, using: &random), y: .random(in: 0...3, using: &random),
                    z: Int.random(in: 0...30, using: &random) == 0 ? 1 : 0,
                    width: .random(in: 0...9, using: &random),
                    height: .random(in: 0...9, using: &random),
                    depth: Int.random(in: 0...30, using: &random) == 0 ? 2 : 1),
                level: Int.random(in: 0...4, using: &random) == 0 ? 1 : 0,
                stride: Bool.random(using: &random) ? 0 : .random(in: 0...48, using: &random),
                layerStride: Int.random(in: 0...4, using: &random) == 0
                    ? .random(in: 0...400, using: &random) : 0,
                offset: .random(in: 0...40, using: &random))
            let backing = Int.random(in: 0...400, using: &random)
            let expected = model(transfer, shape, backing)
            let answer = try? transfer.checkedByteCount(of: shape, backingBytes: UInt64(backing))
            try #require(
                answer == expected.map { UInt64($0) }, "\(transfer) of \(shape) in \(backing)")
            if expected != nil { allowed += 1 }
        }
        // Both answers are tried in earnest.
        #expect((2_000...48_000).contains(allowed))
    }
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
