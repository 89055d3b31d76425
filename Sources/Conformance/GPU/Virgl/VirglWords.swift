// Command streams of the virgl cases: words as a guest's driver sends them.

enum VirglWords {
    static func command(_ number: UInt32, _ arguments: [UInt32], object: UInt32 = 0) -> [UInt32] {
        [number | object << 8 | UInt32(arguments.count) << 16] + arguments
    }

    /// A surface of the resource as the one colour buffer.
    static func framebuffer(resource: UInt32, format: UInt32, surface: UInt32) -> [UInt32] {
        command(1, [surface, resource, format, 0, 0], object: 8) + command(5, [1, 0, surface])
    }

    static func clear(
        resource: UInt32, format: UInt32, surface: UInt32, red: Float = 0, green: Float = 0,
        blue: Float = 0, alpha: Float = 1
    ) -> [UInt32] {
        let colour = [red, green, blue, alpha].map(\.bitPattern)
        return framebuffer(resource: resource, format: format, surface: surface)
            + command(7, [4] + colour + [0, 0, 0])
    }

    /// A buffer that CREATE_BLOB finds by `blobID` and that can be mapped.
    static func mappableBuffer(sizeBytes: UInt32, blobID: UInt32) -> [UInt32] {
        command(48, [0, 64, 8, sizeBytes, 1, 1, 1, 0, 0, 6, blobID])
    }

    static func inlineWrite(
        _ resource: UInt32, x: UInt32 = 0, y: UInt32 = 0, z: UInt32 = 0, width: UInt32,
        height: UInt32 = 1, depth: UInt32 = 1, data: [UInt32]
    ) -> [UInt32] {
        command(9, [resource, 0, 0, 0, 0, x, y, z, width, height, depth] + data)
    }

    static func blit(
        to destination: UInt32, from source: UInt32, format: UInt32, width: UInt32, height: UInt32,
        depth: UInt32 = 1
    ) -> [UInt32] {
        let mask: UInt32 = 0xf
        return command(
            16,
            [mask, 0, 0, destination, 0, format, 0, 0, 0, width, height, depth]
                + [source, 0, format, 0, 0, 0, width, height, 1])
    }

    static func shader(_ handle: UInt32, stage: UInt32, _ text: String) -> [UInt32] {
        var bytes = Array(text.utf8) + [0]
        let count = UInt32(bytes.count)
        while bytes.count % 4 != 0 { bytes.append(0) }
        let words = stride(from: 0, to: bytes.count, by: 4).map { at -> UInt32 in
            var word: UInt32 = 0
            for index in 0..<4 { word |= UInt32(bytes[at + index]) << UInt32(8 * index) }
            return word
        }
        return command(1, [handle, stage, count, 300, 0] + words, object: 4)
            + command(31, [handle, stage])
    }

    /// State for triangles of position and colour, four floats each, from a buffer.
    static func pipeline(vertices: UInt32, width: Float, height: Float) -> [UInt32] {
        let one = Float(1).bitPattern
        var words = command(1, [20, 0, 0, 0x7800_0000, 0, 0, 0, 0, 0, 0, 0], object: 1)
        words += command(2, [20], object: 1)
        words += command(1, [21, 0, 0, 0, 0], object: 3) + command(2, [21], object: 3)
        words += command(1, [22, 0x6000_0002, one, 0, 0, one, 0, 0, 0], object: 2)
        words += command(2, [22], object: 2)
        words += command(1, [23, 0, 0, 0, 31, 16, 0, 0, 31], object: 5)
        words += command(2, [23], object: 5)
        words += command(6, [32, 0, vertices])
        let (halfWidth, halfHeight) = ((width / 2).bitPattern, (height / 2).bitPattern)
        let half = Float(0.5).bitPattern
        words += command(4, [0, halfWidth, halfHeight, half, halfWidth, halfHeight, half])
        return words
    }

    static let vertexShader = """
        VERT
        DCL IN[0]
        DCL IN[1]
        DCL OUT[0], POSITION
        DCL OUT[1], GENERIC[0]
        0: MOV OUT[0], IN[0]
        1: MOV OUT[1], IN[1]
        2: END

        """

    static let fragmentShader = """
        FRAG
        PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
        DCL IN[0], GENERIC[0], LINEAR
        DCL OUT[0], COLOR
        0: MOV OUT[0], IN[0]
        1: END

        """

    static func draw(count: UInt32, mode: UInt32 = 4, instances: UInt32 = 1) -> [UInt32] {
        command(8, [0, count, mode, 0, instances, 0, 0, 0, 0, 0, count &- 1, 0])
    }

    /// A triangle in three colours, as floats.
    static let triangle: [Float] = [
        0, -0.9, 0, 1, 1, 0, 0, 1, -0.9, 0.9, 0, 1, 0, 1, 0, 1, 0.9, 0.9, 0, 1, 0, 0, 1, 1,
    ]
}
