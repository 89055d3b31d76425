// Every format and every target that the bridge lets through, written and read back by the library.

import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

extension WithRenderer {
    @Suite("Formats and targets")
    struct Formats {
        private let texture = ResourceID(20)
        private let noContext = ContextID(0)

        /// The components of these are no whole bytes of the texel: they have an x.
        private static let inexact: Set<UInt32> = [
            2, 4, 101, 122, 134, 135, 230, 231, 232, 233, 229, 234, 235, 236, 237, 238,
        ]

        @Test("of every format a box of a level comes back as it was written, and only it")
        func formats() throws {
            let pages = try SharedMemory(name: "pages", sizeBytes: 0x4000)
            try WithRenderer.renderer { renderer, _ in
                for number: UInt32 in 0..<322 {
                    guard let format = TexelFormat(number) else { continue }
                    try renderer.createResource(
                        texture,
                        ResourceShape(
                            target: 2, format: number, bind: 0xa, width: 14, height: 10,
                            lastLevel: 1))
                    try renderer.attachBacking(texture, [pages.range])
                    let texel = Int(format.sizeBytes)
                    guard format.isMovable else {
                        #expect(throws: RendererError.badParameter) {
                            try renderer.transfer(
                                texture, context: noContext,
                                Transfer(box: TexelBox(width: 4, height: 3)), .fromHost)
                        }
                        try renderer.unref(texture)
                        continue
                    }
                    // Small numbers: as floats of 16 or 32 bits they are no NaN.
                    pages.range.write((0..<0x4000).map { UInt8($0 % 60) })
                    for level: UInt32 in 0...1 {
                        let box = TexelBox(x: 2, y: 1, width: 4, height: 3)
                        let transfer = Transfer(box: box, level: level, stride: UInt32(5 * texel))
                        try renderer.transfer(texture, context: noContext, transfer, .toHost)
                        let before = pages.range.bytes()
                        pages.range.fill(0xee)
                        try renderer.transfer(texture, context: noContext, transfer, .fromHost)
                        let after = pages.range.bytes()
                        for (index, byte) in after.enumerated() {
                            let isInBox = index < 15 * texel && index % (5 * texel) < 4 * texel
                            guard isInBox else {
                                try #require(byte == 0xee, "format \(number), byte \(index)")
                                continue
                            }
                            guard !Self.inexact.contains(number) else { continue }
                            try #require(byte == before[index], "format \(number), byte \(index)")
                        }
                        pages.range.write(before)
                    }
                    try renderer.unref(texture)
                }
            }
        }

        private static let shapes: [ResourceShape] = [
            ResourceShape(target: 1, format: 67, bind: 8, width: 13, height: 1, lastLevel: 2),
            ResourceShape(target: 2, format: 67, bind: 8, width: 13, height: 9, lastLevel: 2),
            ResourceShape(target: 2, format: 1, bind: 0xa, width: 13, height: 9, flags: 1),
            ResourceShape(
                target: 3, format: 67, bind: 8, width: 7, height: 5, depth: 6, lastLevel: 1),
            ResourceShape(target: 4, format: 67, bind: 8, width: 8, height: 8, arraySize: 6),
            ResourceShape(target: 5, format: 64, bind: 8, width: 13, height: 9),
            ResourceShape(target: 6, format: 67, bind: 8, width: 13, height: 1, arraySize: 4),
            ResourceShape(
                target: 7, format: 65, bind: 8, width: 7, height: 5, arraySize: 4, lastLevel: 1),
            ResourceShape(target: 8, format: 67, bind: 8, width: 4, height: 4, arraySize: 12),
            ResourceShape(target: 0, format: 64, bind: 0x10, width: 90, height: 1),
        ]

        /// A texture as one array of bytes for each level.
        private struct Model {
            let shape: ResourceShape
            let texel: Int
            var levels: [[UInt8]] = []

            init(_ shape: ResourceShape) throws {
                self.shape = shape
                texel = Int(try #require(TexelFormat(shape.format)).sizeBytes)
                for level in 0...shape.lastLevel {
                    let (w, h) = sides(level)
                    levels.append(
                        [UInt8](
                            repeating: 0,
                            count: w * h * Int(shape.layerCount(level: level)) * texel))
                }
            }

            func sides(_ level: UInt32) -> (Int, Int) {
                (Int(max(1, shape.width >> level)), Int(max(1, shape.height >> level)))
            }

            /// Each byte of the box: where it lies in the level, and where in the backing.
            func bytes(of transfer: Transfer) -> [(mine: Int, backing: Int)] {
                let (w, h) = sides(transfer.level)
                let box = transfer.box
                let stride = transfer.stride == 0 ? w * texel : Int(transfer.stride)
                let layer = transfer.layerStride == 0 ? stride * h : Int(transfer.layerStride)
                var places: [(Int, Int)] = []
                for z in 0..<Int(box.depth) {
                    for y in 0..<Int(box.height) {
                        let row =
                            (((Int(box.z) + z) * h + Int(box.y) + y) * w + Int(box.x)) * texel
                        let start = Int(transfer.offset) + z * layer + y * stride
                        for byte in 0..<Int(box.width) * texel {
                            places.append((row + byte, start + byte))
                        }
                    }
                }
                return places
            }
        }

        private func randomTransfer(_ model: Model, _ random: inout SeededGenerator) -> Transfer {
            let level = UInt32.random(in: 0...model.shape.lastLevel, using: &random)
            let (w, h) = model.sides(level)
            let layers = Int(model.shape.layerCount(level: level))
            func side(_ all: Int) -> (UInt32, UInt32) {
                let start = Int.random(in: 0..<all, using: &random)
                return (UInt32(start), .random(in: 1...UInt32(all - start), using: &random))
            }
            let (x, width) = side(w)
            let (y, height) = side(h)
            let (z, depth) = side(layers)
            let hasStride = Bool.random(using: &random)
            let stride =
                hasStride ? (width + .random(in: 0...3, using: &random)) * UInt32(model.texel) : 0
            let rows = height + .random(in: 0...2, using: &random)
            return Transfer(
                box: TexelBox(x: x, y: y, z: z, width: width, height: height, depth: depth),
                level: level, stride: stride, layerStride: hasStride ? stride * rows : 0,
                offset: .random(in: 0...99, using: &random))
        }

        @Test(
            "of every target agree with plain arrays, layer by layer, over random boxes",
            arguments: shapes.indices)
        func targets(index: Int) throws {
            let shape = Self.shapes[index]
            let pages = try SharedMemory(name: "pages", sizeBytes: 0x4000)
            var random = SeededGenerator(seed: UInt64(index))
            try WithRenderer.renderer { renderer, _ in
                var model = try Model(shape)
                try renderer.createResource(texture, shape)
                let cuts = [0..<0x321, 0x321..<0x1001, 0x1001..<0x4000]
                try renderer.attachBacking(
                    texture,
                    try cuts.map {
                        try #require(pages.range.slice(offset: $0.lowerBound, count: $0.count))
                    })
                for round in 0..<80 {
                    let transfer = randomTransfer(model, &random)
                    let places = model.bytes(of: transfer)
                    let level = Int(transfer.level)
                    // All of it is zero before anything is written. [LIFE-6]
                    if round > 0, Bool.random(using: &random) {
                        let bytes = random.bytes(count: 0x4000)
                        pages.range.write(bytes)
                        try renderer.transfer(texture, context: noContext, transfer, .toHost)
                        for place in places {
                            model.levels[level][place.mine] = bytes[place.backing]
                        }
                    } else {
                        var expected = random.bytes(count: 0x4000)
                        pages.range.write(expected)
                        try renderer.transfer(texture, context: noContext, transfer, .fromHost)
                        for place in places {
                            expected[place.backing] = model.levels[level][place.mine]
                        }
                        try #require(
                            firstDifference(pages.range.bytes(), expected) == nil,
                            "round \(round): \(transfer)")
                    }
                }
            }
        }

        @Test("with several samples are made, charged, and moved by no transfer")
        func samples() throws {
            let pages = try SharedMemory(name: "pages", sizeBytes: 0x1000)
            try WithRenderer.renderer { renderer, _ in
                for format: UInt32 in [1, 2, 8, 28, 31, 64, 65, 67, 94, 134, 16, 20, 126] {
                    for (target, layers) in [(2, 1), (7, 3)] as [(UInt32, UInt32)] {
                        let shape = ResourceShape(
                            target: target, format: format, bind: 0xa, width: 8, height: 8,
                            arraySize: layers, sampleCount: 4)
                        try renderer.createResource(texture, shape)
                        #expect(
                            renderer.bytesInUse == (try shape.checkedSizeBytes(renderer.limits)))
                        try renderer.attachBacking(texture, [pages.range])
                        #expect(throws: RendererError.badParameter) {
                            try renderer.transfer(
                                texture, context: noContext,
                                Transfer(box: TexelBox(width: 8, height: 8)), .toHost)
                        }
                        try renderer.unref(texture)
                    }
                }
                // No GL error is left for the next one.
                try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
                var words: [UInt32] = [0]
                try renderer.submit(&words, to: ContextID(1))
                #expect(!renderer.isDead(ContextID(1)))
            }
        }
    }
}
