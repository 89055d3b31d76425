// Which formats can be measured, and which shapes may become resources.

import Testing

@testable import HostBridge

@Suite("A texel format")
struct TexelFormatTests {
    @Test(
        "of those the bridge lets through has the size that Gallium gives it",
        arguments: [
            (64, 1), (65, 2), (48, 2), (91, 2), (7, 2), (1, 4), (2, 4), (67, 4), (134, 4),
            (49, 4), (28, 4), (8, 4), (131, 4), (29, 8), (31, 16),
        ] as [(UInt32, UInt64)])
    func size(number: UInt32, sizeBytes: UInt64) {
        #expect(TexelFormat(number)?.sizeBytes == sizeBytes)
        #expect(TexelFormat(number)?.rawValue == number)
    }

    @Test("is none of the others: compressed, planar, three bytes wide, unknown")
    func refused() {
        for number: UInt32 in [
            0, 11, 14, 15, 19, 23, 66, 68, 95, 105, 116, 125, 136, 163, 164, 165, 166, 167, 226,
            255, 258, 312, 313, 314, 321, 322, 1024, 1 << 16, 0x3432_5241, .max,
        ] { #expect(TexelFormat(number) == nil, "\(number)") }
        #expect((0...400).filter { TexelFormat($0) != nil }.count == 99)
    }

    @Test("is promised by the capsets' masks when it is let through, and only then")
    func mask() {
        for number in 0..<UInt32(512) {
            let isPromised = TexelFormat.mask[Int(number / 32)] & 1 << (number % 32) != 0
            #expect(isPromised == (TexelFormat(number) != nil), "\(number)")
        }
    }
}

@Suite("A resource's shape")
struct ResourceShapeTests {
    private let limits = RendererLimits()

    private func texture(_ change: (inout ResourceShape) -> Void) -> ResourceShape {
        var shape = ResourceShape(target: 2, format: 67, bind: 0xa, width: 640, height: 480)
        change(&shape)
        return shape
    }

    private func buffer(_ change: (inout ResourceShape) -> Void) -> ResourceShape {
        var shape = ResourceShape(
            target: 0, format: 64, bind: 8, width: 4096, height: 1, flags: 6)
        change(&shape)
        return shape
    }

    @Test("of a texture takes the bytes of all its levels [GPU-I-014]")
    func textureBytes() throws {
        #expect(try texture { _ in }.checkedSizeBytes(limits) == 640 * 480 * 4)
        #expect(
            try texture { ($0.width, $0.height) = (1, 1) }.checkedSizeBytes(limits) == 4)
        #expect(
            try texture { ($0.width, $0.height) = (8192, 8192) }.checkedSizeBytes(limits)
                == 8192 * 8192 * 4)
        #expect(
            try texture { ($0.width, $0.height, $0.lastLevel) = (5, 3, 2) }.checkedSizeBytes(limits)
                == 4 * (5 * 3 + 2 * 1 + 1 * 1))
        #expect(
            try texture { ($0.width, $0.height, $0.lastLevel) = (1, 8192, 13) }
                .checkedSizeBytes(limits) == 4 * (16384 - 1))
        let mipmapped = texture {
            ($0.format, $0.width, $0.height, $0.lastLevel) = (31, 8192, 8192, 13)
        }
        // 8192^2 + 4096^2 + ... + 1 = (4^14 - 1) / 3 texels.
        #expect(try mipmapped.checkedSizeBytes(limits) == 16 * ((1 << 28) - 1) / 3)
    }

    @Test("of layers, slices, faces and samples takes the bytes of them all [GPU-I-014]")
    func layeredBytes() throws {
        let shapes: [(ResourceShape, UInt64)] = [
            (texture { ($0.target, $0.height) = (1, 1) }, 640),
            (texture { ($0.target, $0.height, $0.arraySize) = (6, 1, 5) }, 640 * 5),
            (texture { $0.target = 5 }, 640 * 480),
            (texture { ($0.target, $0.arraySize) = (7, 3) }, 640 * 480 * 3),
            (texture { ($0.target, $0.height, $0.arraySize) = (4, 640, 6) }, 640 * 640 * 6),
            (texture { ($0.target, $0.height, $0.arraySize) = (8, 640, 12) }, 640 * 640 * 12),
            (texture { ($0.target, $0.depth) = (3, 7) }, 640 * 480 * 7),
            (
                texture { ($0.target, $0.depth, $0.lastLevel) = (3, 7, 1) },
                640 * 480 * 7 + 320 * 240 * 3
            ),
            (
                texture { ($0.target, $0.arraySize, $0.lastLevel) = (7, 3, 1) },
                (640 * 480 + 320 * 240) * 3
            ),
            (texture { $0.sampleCount = 4 }, 640 * 480 * 4),
            (texture { ($0.target, $0.arraySize, $0.sampleCount) = (7, 2, 2) }, 640 * 480 * 4),
        ]
        for (shape, texels) in shapes {
            #expect(try shape.checkedSizeBytes(limits) == 4 * texels, "\(shape)")
        }
    }

    @Test("is one that GL has for its target, or refused")
    func targets() {
        let bad = [
            texture { ($0.target, $0.height, $0.depth) = (1, 1, 2) },
            texture { ($0.target, $0.height, $0.arraySize) = (1, 1, 2) },
            texture { ($0.target, $0.height, $0.sampleCount) = (1, 1, 4) },
            texture { ($0.target, $0.height, $0.flags) = (1, 1, 1) },
            texture { ($0.target, $0.height, $0.depth) = (6, 1, 2) },
            texture { ($0.target, $0.lastLevel) = (5, 1) },
            texture { ($0.target, $0.arraySize) = (5, 2) },
            texture { ($0.target, $0.sampleCount) = (5, 4) },
            texture { ($0.target, $0.depth) = (7, 2) },
            texture { ($0.target, $0.arraySize) = (3, 2) },
            texture { ($0.target, $0.sampleCount) = (3, 4) },
            texture { ($0.target, $0.flags) = (3, 1) },
            texture { ($0.target, $0.format) = (3, 16) },
            texture { ($0.target, $0.arraySize) = (4, 6) },
            texture { ($0.target, $0.height, $0.arraySize) = (4, 640, 5) },
            texture { ($0.target, $0.height, $0.arraySize, $0.depth) = (4, 640, 6, 2) },
            texture { ($0.target, $0.height, $0.arraySize) = (8, 640, 10) },
            texture { ($0.target, $0.height, $0.arraySize, $0.sampleCount) = (8, 640, 12, 4) },
        ]
        for shape in bad {
            #expect(throws: RendererError.badParameter, "\(shape)") {
                try shape.checkedSizeBytes(limits)
            }
        }
    }

    @Test("of a buffer takes its width")
    func bufferBytes() throws {
        #expect(try buffer { _ in }.checkedSizeBytes(limits) == 4096)
        #expect(try buffer { $0.width = 1 }.checkedSizeBytes(limits) == 1)
        #expect(try buffer { $0.width = 1 << 31 }.checkedSizeBytes(limits) == 1 << 31)
        #expect(try buffer { $0.flags = 0 }.checkedSizeBytes(limits) == 4096)
        #expect(try buffer { $0.flags = 2 }.checkedSizeBytes(limits) == 4096)
        #expect(buffer { _ in }.isMappable)
        #expect(buffer { $0.flags = 2 }.isMappable)
        #expect(!buffer { $0.flags = 0 }.isMappable)
        #expect(!texture { $0.flags = 2 }.isMappable)
    }

    @Test("of a texture is refused where the library would leave an error pending or worse")
    func badTextures() {
        let bad = [
            texture { $0.target = 1 }, texture { $0.target = 4 }, texture { $0.target = 6 },
            texture { $0.target = 8 }, texture { $0.target = 9 }, texture { $0.target = .max },
            texture { $0.format = 0 }, texture { $0.format = 166 }, texture { $0.format = .max },
            texture { $0.bind = 0 }, texture { $0.bind = 1 << 23 }, texture { $0.bind = .max },
            texture { $0.width = 0 }, texture { $0.height = 0 },
            texture { $0.depth = 0 }, texture { $0.depth = 2 },
            texture { $0.arraySize = 0 }, texture { $0.arraySize = 2 },
            texture { $0.arraySize = .max }, texture { $0.sampleCount = 3 },
            texture { $0.sampleCount = 8 }, texture { $0.sampleCount = .max },
            texture { ($0.sampleCount, $0.lastLevel) = (4, 1) },
            texture { ($0.sampleCount, $0.format) = (4, 9) }, texture { $0.lastLevel = 10 },
            texture { $0.lastLevel = 32 }, texture { $0.lastLevel = .max },
            texture { ($0.width, $0.height, $0.lastLevel) = (1, 1, 1) },
            texture { $0.flags = 2 }, texture { $0.flags = 4 }, texture { $0.flags = 8 },
            texture { $0.flags = .max },
        ]
        for shape in bad {
            #expect(throws: RendererError.badParameter, "\(shape)") {
                try shape.checkedSizeBytes(limits)
            }
        }
        for good in [
            texture { $0.lastLevel = 9 }, texture { $0.sampleCount = 1 }, texture { $0.flags = 1 },
            texture { $0.bind = (1 << 23) - 1 },
        ] {
            #expect(throws: Never.self, "\(good)") { try good.checkedSizeBytes(limits) }
        }
    }

    @Test("of a buffer is refused where the library would read past it or not map it")
    func badBuffers() {
        let bad = [
            buffer { $0.format = 67 }, buffer { $0.format = 31 }, buffer { $0.format = 65 },
            buffer { $0.height = 0 }, buffer { $0.height = 2 }, buffer { $0.width = 0 },
            buffer { $0.depth = 2 }, buffer { $0.arraySize = 2 }, buffer { $0.lastLevel = 1 },
            buffer { $0.sampleCount = 4 }, buffer { $0.flags = 1 }, buffer { $0.flags = 4 },
            buffer { $0.flags = 7 }, buffer { $0.flags = 8 }, buffer { $0.bind = 1 << 23 },
            buffer { $0.depth = 0 }, buffer { $0.arraySize = 0 },
        ]
        for shape in bad {
            #expect(throws: RendererError.badParameter, "\(shape)") {
                try shape.checkedSizeBytes(limits)
            }
        }
    }

    @Test("past a limit is out of memory, not wrong [QUOTA-2]")
    func limitsPassed() {
        for shape in [
            texture { $0.width = 8193 }, texture { $0.height = 8193 },
            texture { ($0.width, $0.height) = (.max, .max) },
            texture { ($0.target, $0.depth) = (3, 2049) },
            texture { ($0.target, $0.width) = (3, 2049) },
            texture { ($0.target, $0.depth) = (3, .max) },
            texture { ($0.target, $0.arraySize) = (7, 2049) },
            texture { ($0.target, $0.arraySize) = (7, .max) }, buffer { $0.width = (1 << 31) + 1 },
            buffer { $0.width = .max },
        ] {
            #expect(throws: RendererError.outOfMemory, "\(shape)") {
                try shape.checkedSizeBytes(limits)
            }
        }
    }
}
