// What no check before the renderer can bound: work whose amount the GPU itself works out, or that
// is within every count and still takes minutes. A device answers all the same, and serves another
// context, when its renderer runs apart from it with a bound on its time. In the device's own
// process these cases hang it: they are no part of the others.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire

enum VirglIsolatedCases {
    static let all = [heavyDraw, indirectDraw, indirectGrid]

    private static let side: UInt32 = 2048

    private static func make(
        _ name: String, _ clause: String, words: @escaping @Sendable () -> [UInt32]
    ) -> ConformanceCase {
        GPUCase.make("virgl-isolated/" + name, clause, needs: .virgl) { context in
            try context.createContext()
            try context.expectOK(
                GPURequest.texture(1, width: side, height: side, format: 1), "a texture")
            try context.attach(1)
            // Vertices of a triangle that covers all, and what an indirect command reads: counts of
            // 2^30.
            let corners: [Float] = [-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1]
            let vertices = stride(from: 0, to: 12, by: 4).flatMap { at in
                (corners[at..<at + 4] + [1, 1, 1, 1]).map(\.bitPattern)
            }
            for (id, bind, data) in [
                (2, 1 << 4, vertices), (3, 1 << 8, [UInt32](repeating: 1 << 30, count: 8)),
            ] as [(UInt32, UInt32, [UInt32])] {
                let size = UInt32(data.count * 4)
                try context.expectOK(
                    VirtioGPU.ResourceCreate3D(
                        resourceID: ResourceID(id), target: 0, format: 64, bind: bind, width: size,
                        height: 1), "a buffer")
                try context.attach(id)
                try context.submit(
                    VirglWords.inlineWrite(id, width: size, data: data), "the buffer's contents")
            }
            let all =
                VirglWords.clear(resource: 1, format: 1, surface: 1)
                + VirglWords.pipeline(vertices: 2, width: Float(side), height: Float(side))
                + VirglWords.shader(31, stage: 0, VirglWords.vertexShader)
                + VirglWords.shader(32, stage: 1, VirglWords.fragmentShader) + words()
            try context.expectAnswer(
                GPURequest.submit(all, to: 1, fence: 1), tail: GPURequest.bytes(of: all))
            try context.createContext(2)
            try context.submit([0], to: 2, "another context to serve")
        }
    }

    static let heavyDraw = make(
        "draw-heavy", "Five million triangles of four million pixels each."
    ) { VirglWords.draw(count: 3, instances: 5_000_000) }

    static let indirectDraw = make(
        "draw-indirect", "A draw whose counts, 2^30 each, lie in a buffer."
    ) {
        VirglWords.command(
            8, [0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 16, 1, 0, 0])
    }

    static let indirectGrid = make(
        "compute-indirect", "A grid whose sides, 2^30 each, lie in a buffer."
    ) {
        let text = """
            COMP
            PROPERTY CS_FIXED_BLOCK_WIDTH 1
            PROPERTY CS_FIXED_BLOCK_HEIGHT 1
            PROPERTY CS_FIXED_BLOCK_DEPTH 1
            0: END

            """
        return VirglWords.shader(33, stage: 5, text)
            + VirglWords.command(38, [1, 1, 1, 1, 1, 1, 3, 0])
    }
}
