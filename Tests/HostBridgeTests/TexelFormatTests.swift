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

    @Test("is none of the others: depth, compressed, planar, unknown")
    func refused() {
        let known: Set<UInt32> = [64, 65, 48, 91, 7, 1, 2, 67, 134, 49, 28, 8, 131, 29, 31]
        for number in 0...UInt32(1024) where !known.contains(number) {
            #expect(TexelFormat(number) == nil)
        }
        for number in [UInt32.max, 0x3432_5241, 1 << 16] { #expect(TexelFormat(number) == nil) }
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
            texture { $0.target = 1 }, texture { $0.target = 3 }, texture { $0.target = 4 },
            texture { $0.target = 7 }, texture { $0.target = 9 }, texture { $0.target = .max },
            texture { $0.format = 0 }, texture { $0.format = 166 }, texture { $0.format = .max },
            texture { $0.bind = 0 }, texture { $0.bind = 1 << 23 }, texture { $0.bind = .max },
            texture { $0.width = 0 }, texture { $0.height = 0 },
            texture { $0.depth = 0 }, texture { $0.depth = 2 },
            texture { $0.arraySize = 0 }, texture { $0.arraySize = 2 },
            texture { $0.arraySize = .max }, texture { $0.sampleCount = 2 },
            texture { $0.sampleCount = .max }, texture { $0.lastLevel = 10 },
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
            texture { ($0.width, $0.height) = (.max, .max) }, buffer { $0.width = (1 << 31) + 1 },
            buffer { $0.width = .max },
        ] {
            #expect(throws: RendererError.outOfMemory, "\(shape)") {
                try shape.checkedSizeBytes(limits)
            }
        }
    }
}
