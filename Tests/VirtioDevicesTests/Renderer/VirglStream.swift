// Commands of virgl's protocol as words, for tests.

/// Each is a header word, `command | object << 8 | length << 16`, and its arguments.
enum VirglStream {
    /// PIPE_RESOURCE_CREATE: a buffer of bytes, mappable with flags 6, to be claimed as `blobID`.
    static func createBuffer(
        blobID: UInt32, sizeBytes: UInt32, bind: UInt32 = 8, flags: UInt32 = 6
    ) -> [UInt32] {
        [0x000b_0030, 0, 64, bind, sizeBytes, 1, 1, 1, 0, 0, flags, blobID]
    }

    /// Makes `resource` the one colour buffer and clears it. Object handle 1 is used.
    static func clear(
        resource: UInt32, format: UInt32, red: Float, green: Float, blue: Float, alpha: Float
    ) -> [UInt32] {
        let surface: [UInt32] = [0x0005_0801, 1, resource, format, 0, 0]
        let framebuffer: [UInt32] = [0x0003_0005, 1, 0, 1]
        let clear: [UInt32] = [
            0x0008_0007, 4, red.bitPattern, green.bitPattern, blue.bitPattern, alpha.bitPattern,
            0, 0, 0,
        ]
        return surface + framebuffer + clear
    }

    /// COPY_TRANSFER3D of a box at the origin, from `source`'s backing to a texture.
    static func copy(
        to texture: UInt32, width: UInt32, height: UInt32, stride: UInt32, from source: UInt32,
        offset: UInt32, flags: UInt32 = 1
    ) -> [UInt32] {
        [
            0x000e_002d, texture, 0, 0, stride, 0, 0, 0, 0, width, height, 1, source, offset, flags,
        ]
    }

    /// TRANSFER3D of a box at the origin, between a texture and its own backing.
    static func transfer(
        _ texture: UInt32, width: UInt32, height: UInt32, stride: UInt32, offset: UInt32,
        toHost: Bool
    ) -> [UInt32] {
        [
            0x000d_002b, texture, 0, 0, stride, 0, 0, 0, 0, width, height, 1, offset,
            toHost ? 1 : 2,
        ]
    }

    /// RESOURCE_INLINE_WRITE of a box at the origin.
    static func inlineWrite(
        _ resource: UInt32, width: UInt32, height: UInt32, stride: UInt32, data: [UInt32]
    ) -> [UInt32] {
        [
            UInt32(11 + data.count) << 16 | 9, resource, 0, 0, stride, 0, 0, 0, 0, width, height, 1,
        ] + data
    }

    /// CREATE_OBJECT of a surface of resource 0x7777: the library answers an error at once.
    static let unknownSurface: [UInt32] = [0x0005_0801, 1, 0x7777, 67, 0, 0]
}
