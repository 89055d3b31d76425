// What has crashed or hung renderers, one by one: afterwards the device serves another context.
// What only a renderer in a process of its own withstands stands in VirglIsolatedCases.

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum VirglHostileCases {
    static let all = resources + transfers + streams

    private static func make(
        _ name: String, _ clause: String,
        body: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        GPUCase.make("virgl-hostile/" + name, clause, needs: .virgl) { context in
            try context.createContext()
            try body(&context)
            try context.createContext(2)
            try context.expectOK(GPURequest.texture(999, width: 4, height: 4), "a texture")
            _ = try context.attachPages(999, 64)
            try context.attach(999, to: 2)
            try context.submit(
                VirglWords.clear(resource: 999, format: 67, surface: 1, green: 1), to: 2,
                "another context to draw")
            try context.expectOK(
                GPURequest.transfer(
                    .transferFromHost3D, 999, VirtioGPU.Box(w: 4, h: 4, d: 1), context: 2),
                "its picture to be read")
        }
    }

    private static func create(
        _ id: UInt32, target: UInt32, format: UInt32, bind: UInt32, width: UInt32, height: UInt32,
        depth: UInt32 = 1, layers: UInt32 = 1, lastLevel: UInt32 = 0, samples: UInt32 = 0,
        flags: UInt32 = 0
    ) -> VirtioGPU.ResourceCreate3D {
        VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(id), target: target, format: format, bind: bind, width: width,
            height: height, depth: depth, arraySize: layers, lastLevel: lastLevel,
            nrSamples: samples, flags: flags)
    }

    // MARK: Shapes

    private static let resources = [
        make("huge-shapes", "Shapes beyond every memory are errors, at once.") { context in
            for request in [
                create(1, target: 2, format: 67, bind: 8, width: 16384, height: 16384),
                create(1, target: 2, format: 31, bind: 8, width: 16384, height: 16384),
                create(1, target: 2, format: 67, bind: 8, width: 0x4000_0001, height: 1),
                create(1, target: 2, format: 67, bind: 8, width: .max, height: .max),
                create(1, target: 3, format: 31, bind: 8, width: 2048, height: 2048, depth: 2048),
                create(1, target: 7, format: 67, bind: 8, width: 8, height: 8, layers: .max),
                create(1, target: 0, format: 64, bind: 8, width: .max, height: 1),
                create(1, target: 0, format: 64, bind: 8, width: 0, height: 1),
            ] { try context.expectError(request, "there is no such memory") }
        },
        make("odd-samples", "Counts of samples that GL has not are errors.") { context in
            for samples: UInt32 in [3, 5, 6, 128, .max] {
                try context.expectError(
                    create(
                        1, target: 2, format: 67, bind: 8, width: 8, height: 8, samples: samples),
                    "\(samples) samples")
            }
        },
        make("levels-past-the-last", "More levels than halvings are an error.") { context in
            for level: UInt32 in [4, 5, 32, .max] {
                try context.expectError(
                    create(
                        1, target: 2, format: 67, bind: 8, width: 8, height: 8, lastLevel: level),
                    "level \(level) of 8 by 8")
            }
        },
        make("same-id-twice", "A resource is not replaced by another one of its id.") { context in
            try context.expectOK(GPURequest.texture(1), "a texture")
            try context.expectError(GPURequest.texture(1), "id 1 is in use")
            try context.expectError(GPURequest.create2D(1), "id 1 is in use")
        },
        make("mappable-by-command", "A buffer with a CPU's view does no harm.") { context in
            try context.expectAnswer(
                create(1, target: 0, format: 64, bind: 8, width: 64, height: 1, flags: 6))
        },
        make("creation-that-fails", "What creations leave pending hurts no other context.") {
            context in
            for round in UInt32(0)..<20 {
                try context.expectAnswer(
                    create(
                        100 + round, target: 2, format: 67, bind: 0x7f_ffff, width: 8, height: 8,
                        layers: 0, samples: round))
            }
            try context.submit([0], "the context to serve")
        },
        make("wide-texels-in-buffers", "A read of a buffer never leaves it.") { context in
            let request = create(1, target: 0, format: 31, bind: 8, width: 65536, height: 1)
            guard try context.answer(request) == .okNoData else { return }
            _ = try context.attachPages(1, 1 << 20)
            try context.expectAnswer(
                GPURequest.transfer(.transferFromHost3D, 1, VirtioGPU.Box(w: 65536, h: 1, d: 1)))
        },
    ]

    // MARK: Transfers

    private static let box = VirtioGPU.Box(w: 64, h: 17, d: 1)

    private static let transfers = [
        make("stride-wraps", "Strides whose products wrap are errors.") { context in
            try context.expectOK(GPURequest.texture(1), "a texture")
            _ = try context.attachPages(1, 1 << 16)
            for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
                for (stride, height): (UInt32, UInt32) in [
                    (0x1000_0000, 17), (0xffff_0000, 2), (0x8000_0000, 3), (0xffff_fffc, 64),
                ] {
                    try context.expectError(
                        GPURequest.transfer(
                            type, 1, VirtioGPU.Box(w: 64, h: height, d: 1), stride: stride),
                        "\(height) rows of \(stride) bytes")
                }
            }
        },
        make("layer-stride-wraps", "Layer strides whose products wrap are errors.") { context in
            try context.expectOK(
                create(1, target: 7, format: 67, bind: 8, width: 16, height: 16, layers: 8),
                "an array")
            _ = try context.attachPages(1, 1 << 16)
            for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
                for layerStride: UInt32 in [1 << 30, 0x8000_0000, 0xffff_ffc0] {
                    try context.expectError(
                        GPURequest.transfer(
                            type, 1, VirtioGPU.Box(w: 16, h: 16, d: 5), layerStride: layerStride),
                        "five layers \(layerStride) bytes apart")
                }
            }
        },
        make("level-minus-one", "Level -1 is an error.") { context in
            try context.expectOK(GPURequest.texture(1), "a texture")
            _ = try context.attachPages(1, 1 << 16)
            for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
                try context.expectError(
                    GPURequest.transfer(type, 1, box, level: .max), "there is no level -1")
            }
        },
        make("negative-places", "Boxes at negative places are errors.") { context in
            try context.expectOK(
                create(1, target: 7, format: 67, bind: 8, width: 64, height: 64, layers: 4),
                "an array")
            _ = try context.attachPages(1, 1 << 16)
            for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
                for bad in [
                    VirtioGPU.Box(z: .max, w: 4, h: 4, d: 1),
                    VirtioGPU.Box(z: 0x8000_0000, w: 4, h: 4, d: 1),
                    VirtioGPU.Box(x: .max, w: 2, h: 4, d: 1),
                    VirtioGPU.Box(y: .max, w: 4, h: 2, d: 1),
                    VirtioGPU.Box(w: 4, h: 4, d: .max), VirtioGPU.Box(w: .max, h: 4, d: 1),
                ] { try context.expectError(GPURequest.transfer(type, 1, bad), "\(bad)") }
            }
        },
        make("empty-box-in-pieces", "A box of nothing over many entries does no harm.") {
            context in
            try context.expectOK(GPURequest.texture(1), "a texture")
            let block = try context.machine.allocate(64)
            let entries = (0..<64).map { (GPURequest.address(block, $0), UInt32(1)) }
            try context.expectOK(
                VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 64),
                tail: GPURequest.entries(entries), "64 entries")
            for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
                for bad in [
                    VirtioGPU.Box(w: 0, h: 4, d: 1), VirtioGPU.Box(w: 4, h: 0, d: 1),
                    VirtioGPU.Box(w: 4, h: 4, d: 0), VirtioGPU.Box(x: 64, w: 0, h: 1, d: 1),
                ] { try context.expectAnswer(GPURequest.transfer(type, 1, bad)) }
            }
        },
        make("misaligned-stride", "A stride that cuts texels is an error, or exact.") { context in
            try context.expectOK(GPURequest.texture(1), "a texture")
            _ = try context.attachPages(1, 1 << 16)
            try context.expectError(
                GPURequest.transfer(.transferToHost3D, 1, box, stride: 258), "258 is half a texel")
        },
    ]

    // MARK: Streams

    private static func hostile(_ name: String, _ clause: String, _ words: [UInt32])
        -> ConformanceCase
    {
        make(name, clause) { context in
            try context.expectOK(
                create(10, target: 2, format: 10, bind: 10, width: 2, height: 1), "a texture")
            try context.attach(10)
            try context.expectAnswer(
                GPURequest.submit(words, to: 1), tail: GPURequest.bytes(of: words))
            try context.expectAnswer(
                GPURequest.submit([0], to: 1), tail: GPURequest.bytes(of: [0]))
        }
    }

    private static func blit(_ changes: [Int: UInt32]) -> [UInt32] {
        var arguments = [UInt32](repeating: 0, count: 21)
        (arguments[0], arguments[3], arguments[12]) = (0xf, 10, 10)
        (arguments[5], arguments[14]) = (10, 10)
        for (index, value) in changes { arguments[index] = value }
        return VirglWords.command(16, arguments)
    }

    private static let unfinishedShader =
        VirglWords.command(1, [7, 0, 4096, 300, 0, 0x5452_4556], object: 4)

    private static let streams = [
        hostile(
            "blit-of-no-format", "A blit to an unknown format.",
            blit([5: 0x0100_0029, 0: 0x0800_0001])),
        hostile("blit-from-no-format", "A blit from format 0.", blit([14: 0])),
        hostile("blit-to-no-format", "A blit to format 0.", blit([5: 0])),
        hostile(
            "blit-odd-format", "A blit to a format with high bits.",
            blit([5: 445_382_656, 6: 3, 19: 3])),
        hostile(
            "blit-depth", "A blit of 2^26 layers.",
            blit([9: 2, 10: 1, 11: 1 << 26, 18: 2, 19: 1, 20: 1])),
        hostile(
            "blit-negative-depth", "A blit of -2^31 layers.",
            blit([9: 2, 10: 1, 11: 1 << 31, 18: 2, 19: 1, 20: 1])),
        hostile(
            "sampler-view-format", "A sampler view of an unknown format.",
            VirglWords.command(1, [35, 10, 3107, 0, 0, 0], object: 6)),
        hostile(
            "sampler-view-high-format", "A sampler view of a format with high bits.",
            VirglWords.command(1, [35, 10, 524_288, 0, 0, 10], object: 6)),
        hostile(
            "sampler-view-target", "A sampler view that names another target.",
            VirglWords.command(1, [35, 10, 10 | 0x8000_0000, 0, 0, 0], object: 6)),
        hostile(
            "inline-negative-width", "An inline write of 2^31 texels.",
            VirglWords.command(
                9,
                [10, 0, 0, 0, 0, 0, 0, 0, 0x8000_0000, 0, 0]
                    + Array(repeating: 0x4141_4141, count: 4))),
        hostile(
            "inline-large-stride", "An inline write of more rows than it carries.",
            VirglWords.command(
                9,
                [10, 0, 0, 135_168, 655_361, 1, 0, 0, 5, 1, 0]
                    + Array(repeating: 0x4141_4141, count: 4))),
        hostile(
            "inline-short", "An inline write without data.",
            VirglWords.command(9, [10, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1])),
        hostile(
            "shader-images", "More shader images than there are.",
            VirglWords.command(35, [1, 0] + [UInt32](repeating: 0, count: 33 * 5))),
        hostile(
            "atomic-buffers", "More atomic buffers than there are.",
            VirglWords.command(41, [0] + [UInt32](repeating: 0, count: 14))
                + VirglWords.command(41, [0xc7cf_3000] + [UInt32](repeating: 0x19, count: 14))),
        hostile(
            "compute-without-shader", "A compute grid without a shader.",
            VirglWords.command(38, [1, 1, 1, 1, 1, 1, 0, 0])),
        hostile(
            "compute-grid", "A compute grid of 2^96 invocations.",
            VirglWords.command(38, [.max, .max, .max, .max, .max, .max, 0, 0])),
        hostile("memory-info", "GET_MEMORY_INFO without backing.", VirglWords.command(50, [10])),
        hostile(
            "set-type", "PIPE_RESOURCE_SET_TYPE.",
            VirglWords.command(49, [10, 1, 2, 1, 1, 0, 0, 0])),
        hostile(
            "unfinished-shader-bound", "A shader bound before its text is there.",
            unfinishedShader + VirglWords.command(31, [7, 0])),
        hostile(
            "unfinished-shader-draw", "A draw while a shader's text is missing.",
            unfinishedShader + VirglWords.draw(count: 3)),
        hostile(
            "unfinished-shader-other", "Another shader while one's text is missing.",
            unfinishedShader + VirglWords.shader(8, stage: 1, VirglWords.fragmentShader)),
        hostile(
            "draw-instances", "A draw of 2^30 instances.",
            VirglWords.draw(count: 3, instances: 1 << 30)),
        hostile("draw-vertices", "A draw of 2^30 vertices.", VirglWords.draw(count: 1 << 30)),
        hostile(
            "draw-from-output", "A draw that counts by an output that is not there.",
            VirglWords.command(8, [0, 3, 4, 0, 1 << 30, 0, 0, 0, 0, 0, 2, 77])),
        hostile("cut", "A command that ends behind the stream.", [0x0008_0007, 4, 0]),
        hostile("unknown-command", "A command that there is not.", [200]),
        hostile(
            "unknown-object", "An object that there is not.", VirglWords.command(2, [99], object: 8)
        ),
        hostile(
            "object-of-another-type", "An object bound as another type.",
            VirglWords.command(1, [1, 0, 0, 0, 0], object: 3)
                + VirglWords.command(2, [1], object: 1)),
        hostile(
            "noise", "Words that mean nothing.",
            [0x0008_3925, 0x0031_3131, 0, 0, 0, 0x2531_3131, 0x39, 0x0001_370b, 0x0034_0000]),
        hostile(
            "resources-by-stream", "Sixteen buffers of 256 MiB each.",
            (0..<16).flatMap { id in
                VirglWords.mappableBuffer(sizeBytes: 256 << 20, blobID: 100 + UInt32(id))
            }),
    ]
}
