// Transfers and drawing in command streams, with the pixels that come of it.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum VirglStreamCases {
    static let all = inline + staging + [nearBounds, zeroed] + drawing

    private static func make(
        _ name: String, _ clause: String,
        body: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        GPUCase.make("virgl-stream/" + name, clause, needs: .virgl) { context in
            try context.createContext()
            try body(&context)
        }
    }

    private static func expectRefused(
        _ context: inout ConformanceContext, _ words: [UInt32], _ reason: String
    ) throws {
        try context.expectError(
            GPURequest.submit(words, to: 1), tail: GPURequest.bytes(of: words), reason)
    }

    // MARK: RESOURCE_INLINE_WRITE

    private static let inline = VirglTransferCases.Target.all.flatMap { target in
        [
            make("inline-valid-\(target.name)", "A stream writes what it carries.") { context in
                try context.expectOK(target.request(), "the resource")
                _ = try context.attachPages(1, target.boxBytes)
                try context.attach(1)
                for layer in 0..<target.boxDepth {
                    try context.submit(write(target, width: 50, z: layer), "the write")
                }
                try expectWritten(&context, target)
            },
            make("inline-invalid-\(target.name)", "A write outside of the level is an error.") {
                context in
                try context.expectOK(target.request(), "the resource")
                try context.attach(1)
                try expectRefused(&context, write(target, width: 60, z: 0), "60 texels of 50")
            },
            make("inline-large-\(target.name)", "A row of the longest is written.") { context in
                let isSquare = target.layers % 6 == 0
                let width: UInt32 =
                    target.number == 0 ? 131_072 : target.number == 3 || isSquare ? 1024 : 4096
                try context.expectOK(
                    target.request(width: width, height: isSquare ? width : nil), "the resource")
                try context.attach(1)
                // A command's length has 16 bits: a long row comes in pieces.
                let pieceMax: UInt32 = 32768
                for x in stride(from: 0, to: width, by: Int(pieceMax)) {
                    let count = min(pieceMax, width - x)
                    let data = [UInt32](
                        repeating: 0x0102_0304, count: Int(count * target.texelBytes / 4))
                    try context.submit(
                        VirglWords.inlineWrite(1, x: x, width: count, data: data), "the write")
                }
            },
        ]
    }

    private static func write(
        _ target: VirglTransferCases.Target, width: UInt32, z: UInt32
    ) -> [UInt32] {
        let bytes = Int(width * target.height * target.texelBytes)
        let data = [UInt32](repeating: 0x0706_0504 &+ z, count: (bytes + 3) / 4)
        return VirglWords.inlineWrite(1, z: z, width: width, height: target.height, data: data)
    }

    /// Reads the written layers back: the first byte of each texel is the layer's.
    private static func expectWritten(
        _ context: inout ConformanceContext, _ target: VirglTransferCases.Target
    ) throws {
        try context.expectOK(VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)), "detach")
        let block = try context.attachPages(1, target.boxBytes)
        try context.expectOK(
            GPURequest.transfer(
                .transferFromHost3D, 1,
                VirtioGPU.Box(w: 50, h: target.height, d: target.boxDepth), context: 1),
            "the read")
        let bytes = context.machine.range(of: block).bytes()
        let layerBytes = Int(50 * target.height * target.texelBytes)
        for layer in 0..<Int(target.boxDepth) {
            let first = layer * layerBytes
            guard bytes[first] == UInt8(4 + layer),
                bytes[first + layerBytes - 4] == UInt8(4 + layer) || target.number == 0
            else { throw context.finding("layer \(layer) as it was written") }
        }
    }

    // MARK: Transfers through staging buffers

    private static func buffer(_ id: UInt32, bind: UInt32) -> VirtioGPU.ResourceCreate3D {
        VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(id), target: 0, format: 64, bind: bind, width: 52, height: 1)
    }

    private static let stagingBind: UInt32 = 1 << 19
    private static let vertexBind: UInt32 = 1 << 4

    /// TRANSFER3D of a whole buffer from its backing.
    private static let toHost = VirglWords.command(
        43, [1, 0, 0, 0, 0, 0, 0, 0, 52, 1, 1, 0, 1])
    /// COPY_TRANSFER3D of a whole buffer from buffer 1's backing to buffer 2.
    private static let copy = VirglWords.command(
        45, [2, 0, 0, 0, 0, 0, 0, 0, 52, 1, 1, 1, 0, 1])

    private static func stagingCase(
        _ name: String, _ binds: [UInt32], backed: [Bool], words: [UInt32], isDone: Bool
    ) -> ConformanceCase {
        make(name, "A copy between buffers \(isDone ? "works" : "needs the backing it reads").") {
            context in
            for (index, bind) in binds.enumerated() {
                let id = UInt32(index) + 1
                try context.expectOK(buffer(id, bind: bind), "buffer \(id)")
                if backed[index] { _ = try context.attachPages(id, 52) }
                try context.attach(id)
            }
            if isDone {
                try context.submit(words, "the copy")
            } else {
                try expectRefused(&context, words, "there is no backing")
            }
        }
    }

    private static let staging = [
        stagingCase(
            "to-staging-without-backing", [stagingBind], backed: [false], words: toHost,
            isDone: false),
        stagingCase(
            "to-staging-with-backing", [stagingBind], backed: [true], words: toHost, isDone: true),
        stagingCase(
            "copy-from-staging-without-backing", [stagingBind, vertexBind], backed: [false, true],
            words: copy, isDone: false),
        stagingCase(
            "copy-from-staging-with-backing", [stagingBind, vertexBind], backed: [true, true],
            words: copy, isDone: true),
        stagingCase(
            "copy-to-staging-without-backing", [stagingBind, stagingBind], backed: [true, false],
            words: copy, isDone: false),
        stagingCase(
            "copy-to-staging-with-backing", [stagingBind, stagingBind], backed: [true, true],
            words: copy, isDone: true),
    ]

    private static let nearBounds = make(
        "near-bounds-with-stride", "A box that ends with the texture needs no whole last row."
    ) { context in
        let request = VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(1), target: 2, format: 2, bind: 8, width: 4, height: 3)
        try context.expectOK(request, "a texture of 4 by 3")
        _ = try context.attachPages(1, 48)
        try context.attach(1)
        try context.submit(
            VirglWords.command(43, [1, 0, 0, 16, 0, 2, 1, 0, 2, 2, 1, 24, 1]), "the transfer")
    }

    private static let zeroed = make(
        "no-data-leak", "New memory reads as zero, of every target."
    ) { context in
        var id: UInt32 = 1
        for target in VirglTransferCases.Target.all {
            try context.expectOK(target.request(id), "a new " + target.name)
            let block = try context.attachPages(id, target.boxBytes)
            context.machine.range(of: block).fill(1)
            try context.expectOK(
                GPURequest.transfer(
                    .transferFromHost3D, id,
                    VirtioGPU.Box(w: 50, h: target.height, d: target.boxDepth)), "the read")
            let bytes = context.machine.range(of: block).bytes().prefix(target.boxBytes)
            // The fourth component of a format without alpha is what it likes.
            let isZero = bytes.enumerated().allSatisfy { index, byte in
                byte == 0 || target.number != 0 && index % 4 == 3
            }
            guard isZero else { throw context.finding("a new \(target.name) of zeros") }
            id += 1
        }
        let custom = VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(id), target: 0, format: 64, bind: 1 << 17, width: 32, height: 1)
        try context.expectOK(custom, "a buffer in host memory")
        // Such a buffer lives in its backing from ATTACH_BACKING on.
        let block = try context.machine.allocate(32)
        context.machine.range(of: block).fill(1)
        try context.expectOK(
            VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(id), nrEntries: 1),
            tail: GPURequest.entries([(block.start, 32)]), "backing to be attached")
        try context.expectOK(
            GPURequest.transfer(.transferFromHost3D, id, VirtioGPU.Box(w: 32, h: 1, d: 1)),
            "the read")
        guard context.machine.range(of: block).bytes().prefix(32).allSatisfy({ $0 == 0 }) else {
            throw context.finding("a new buffer of zeros")
        }
    }

    // MARK: Drawing

    private static let side: UInt32 = 50

    /// A render target under `id`, attached.
    private static func makeTarget(_ context: inout ConformanceContext, _ id: UInt32) throws
        -> GuestBlock
    {
        try context.expectOK(
            GPURequest.texture(id, width: side, height: side, format: 1), "a texture")
        try context.attach(id)
        return try context.attachPages(id, Int(side * side * 4))
    }

    private static func read(
        _ context: inout ConformanceContext, _ id: UInt32, _ block: GuestBlock
    ) throws -> [[UInt8]] {
        try context.expectOK(
            GPURequest.transfer(
                .transferFromHost3D, id, VirtioGPU.Box(w: side, h: side, d: 1), context: 1),
            "the texture to be read back")
        let bytes = context.machine.range(of: block).bytes().prefix(Int(side * side * 4))
        return stride(from: 0, to: bytes.count, by: 4).map { Array(bytes[$0..<$0 + 4]) }
    }

    private static let green: [UInt8] = [0, 255, 0, 255]

    private static let drawing = [
        make("overlapping-object-ids", "Objects of two types may have one handle.") { context in
            let blend = VirglWords.command(
                1, [1, 0, 0, 0x7800_0000, 0, 0, 0, 0, 0, 0, 0], object: 1)
            let depth = VirglWords.command(1, [1, 0, 0, 0, 0], object: 3)
            let words = blend + VirglWords.command(2, [1], object: 1) + depth
            try context.expectAnswer(
                GPURequest.submit(words, to: 1), tail: GPURequest.bytes(of: words))
            // Whatever became of this context, another one serves.
            try context.createContext(2)
            try context.submit([0], to: 2, "another context to serve")
        },
        make("clear", "A clear is in every pixel.") { context in
            let block = try makeTarget(&context, 1)
            try context.submit(
                VirglWords.clear(resource: 1, format: 1, surface: 1, green: 1), "the clear")
            guard try read(&context, 1, block).allSatisfy({ $0 == green }) else {
                throw context.finding("green in every pixel")
            }
        },
        make("blit", "A blit copies its box and nothing else.") { context in
            _ = try makeTarget(&context, 1)
            let block = try makeTarget(&context, 2)
            try context.submit(
                VirglWords.clear(resource: 1, format: 1, surface: 1, green: 1)
                    + VirglWords.blit(to: 2, from: 1, format: 1, width: 10, height: 1), "the blit")
            let pixels = try read(&context, 2, block)
            guard pixels.prefix(10).allSatisfy({ $0 == green }),
                pixels.dropFirst(10).allSatisfy({ $0.prefix(3).allSatisfy { $0 == 0 } })
            else { throw context.finding("ten green pixels") }
        },
        make("render", "A triangle is drawn with the colours of its corners.") { context in
            try drawTriangle(&context, extraShaders: [])
        },
        make("render-geometry", "A geometry shader passes triangles on.") { context in
            try drawTriangle(&context, extraShaders: VirglWords.shader(33, stage: 2, geometry))
        },
        make("large-shader", "A shader in two parts is one shader.") { context in
            try largeShader(&context)
        },
    ]

    private static let geometry = """
        GEOM
        PROPERTY GS_INPUT_PRIMITIVE TRIANGLES
        PROPERTY GS_OUTPUT_PRIMITIVE TRIANGLE_STRIP
        PROPERTY GS_MAX_OUTPUT_VERTICES 3
        PROPERTY GS_INVOCATIONS 1
        DCL IN[][0], POSITION
        DCL IN[][1], GENERIC[0]
        DCL OUT[0], POSITION
        DCL OUT[1], GENERIC[0]
        IMM[0] INT32 {0, 0, 0, 0}
        0: MOV OUT[0], IN[0][0]
        1: MOV OUT[1], IN[0][1]
        2: EMIT IMM[0].xxxx
        3: MOV OUT[0], IN[1][0]
        4: MOV OUT[1], IN[1][1]
        5: EMIT IMM[0].xxxx
        6: MOV OUT[0], IN[2][0]
        7: MOV OUT[1], IN[2][1]
        8: EMIT IMM[0].xxxx
        9: END

        """

    private static func makeVertices(_ context: inout ConformanceContext) throws {
        let data = VirglWords.triangle.map(\.bitPattern)
        let request = VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(9), target: 0, format: 64, bind: vertexBind,
            width: UInt32(data.count * 4), height: 1)
        try context.expectOK(request, "a buffer for vertices")
        try context.attach(9)
        try context.submit(
            VirglWords.inlineWrite(9, width: UInt32(data.count * 4), data: data), "vertices")
    }

    private static func drawTriangle(
        _ context: inout ConformanceContext, extraShaders: [UInt32]
    ) throws {
        let block = try makeTarget(&context, 1)
        try makeVertices(&context)
        let shaders =
            VirglWords.shader(31, stage: 0, VirglWords.vertexShader)
            + VirglWords.shader(32, stage: 1, VirglWords.fragmentShader) + extraShaders
        try context.submit(
            VirglWords.clear(resource: 1, format: 1, surface: 1)
                + VirglWords.pipeline(vertices: 9, width: Float(side), height: Float(side))
                + shaders,
            "the state")
        try context.submit(VirglWords.draw(count: 3), "the draw")
        let pixels = try read(&context, 1, block)
        let drawn = pixels.filter { $0.prefix(3).contains { $0 > 0 } }.count
        // It covers 1.62 of the 4 units of the view: some 1,012 pixels of 2,500.
        guard (900...1120).contains(drawn) else {
            throw context.finding("about 1,000 pixels of a triangle", received: "\(drawn)")
        }
        // Its middle is a mixture of the three colours.
        let middle = pixels[30 * Int(side) + 25]
        guard middle.prefix(3).allSatisfy({ $0 > 20 }) else {
            throw context.finding("three colours in the middle", received: "\(middle)")
        }
    }

    /// The vertex shader again, its text given in two commands.
    private static func largeShader(_ context: inout ConformanceContext) throws {
        let whole = VirglWords.shader(31, stage: 0, VirglWords.vertexShader)
        // Header, handle, type, length, tokens, outputs: then the text.
        let text = Array(whole[6..<(whole.count - 3)])
        let (head, tail) = (Array(text.prefix(8)), Array(text.dropFirst(8)))
        let continues: UInt32 = 1 << 31
        let words =
            VirglWords.command(1, [31, 0, whole[3], 300, 0] + head, object: 4)
            + VirglWords.command(1, [31, 0, continues | 32, 300, 0] + tail, object: 4)
            + VirglWords.command(31, [31, 0])
        try context.submit(words, "a shader in two parts")
        try context.submit([0], "the context to serve")
    }
}
