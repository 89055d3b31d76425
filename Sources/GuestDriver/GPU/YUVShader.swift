// The fragment shaders that turn Y, Cb and Cr into RGB, in TGSI text, and their arithmetic.
// Chroma is taken from the nearest sample: column and row halved.

internal import VirtioWire

/// R = a Y + c0 Cr + d0;  G = a Y + b1 Cb + c1 Cr + d1;  B = a Y + b2 Cb + d2, for texels from 0 to 1.
struct YUVMatrix {
    let a, b1, b2, c0, c1, d0, d1, d2: Double

    /// - Parameter isTenBit: samples are 10 bits, in the high bits of 16-bit texels.
    init(encoding: V4L2.YCbCrEncoding, isFullRange: Bool, isTenBit: Bool) {
        let (kr, kb): (Double, Double) =
            switch encoding {
            case .e709, .xv709: (0.2126, 0.0722)
            case .bt2020, .bt2020ConstLum: (0.2627, 0.0593)
            default: (0.299, 0.114)
            }
        let kg = 1 - kr - kb
        // Sample values of black, of the luma and chroma ranges, and of no chroma.
        let scale = isTenBit ? 4.0 : 1.0
        let top = isTenBit ? 1023.0 : 255.0
        let black = isFullRange ? 0 : 16 * scale
        let luma = isFullRange ? top : 219 * scale
        let chroma = isFullRange ? top : 224 * scale
        let grey = 128 * scale
        // What a texel of 1 stands for.
        let one = isTenBit ? 65535.0 / 64 : 255.0
        let (rv, bu) = (2 * (1 - kr), 2 * (1 - kb))
        let (gu, gv) = (-2 * kb * (1 - kb) / kg, -2 * kr * (1 - kr) / kg)
        a = one / luma
        b1 = gu * one / chroma
        b2 = bu * one / chroma
        c0 = rv * one / chroma
        c1 = gv * one / chroma
        d0 = -black / luma - grey / chroma * rv
        d1 = -black / luma - grey / chroma * (gu + gv)
        d2 = -black / luma - grey / chroma * bu
    }

    var offsets: String { "FLT32 {\(d0), \(d1), \(d2), 1.0}" }
    var blue: String { "FLT32 {\(a), \(b1), \(b2), 0.0}" }
    var red: String { "FLT32 {\(c0), \(c1), 0.0, 0.0}" }
}

enum YUVShader {
    static let vertex = """
        VERT
        DCL IN[0]
        DCL IN[1]
        DCL OUT[0], POSITION
        DCL OUT[1], GENERIC[0]
          0: MOV OUT[0], IN[0]
          1: MOV OUT[1], IN[1]
          2: END

        """

    private static let fragmentHead = """
        FRAG
        PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
        DCL IN[0], GENERIC[0], LINEAR
        DCL OUT[0], COLOR

        """

    /// Numbers the lines of a program, as TGSI wants them.
    private static func program(_ declarations: [String], _ lines: [String]) -> String {
        fragmentHead + declarations.map { $0 + "\n" }.joined()
            + lines.enumerated().map { "  \($0): \($1)\n" }.joined()
    }

    /// Samples the shared buffer itself: texel indices are computed from pixel coordinates, in
    /// elements of one R8 view (YU12) or R16 view (P010) over the whole buffer.
    static func buffer(_ layout: VideoLayout) -> String {
        let matrix = YUVMatrix(
            encoding: layout.encoding, isFullRange: layout.isFullRange, isTenBit: layout.isTenBit)
        let element = layout.isTenBit ? 2 : 1
        let planes = layout.planes
        let strides = (planes[0].stride / element, planes[1].stride / element)
        let blue = planes[1].offset / element
        let red = layout.isTenBit ? blue + 1 : planes[2].offset / element
        // Interleaved chroma: the pair of an even column, so the column's lowest bit goes.
        let chromaColumn =
            layout.isTenBit
            ? [
                "USHR TEMP[1].y, TEMP[0].yyyy, IMM[0].zzzz",
                "AND TEMP[1].x, TEMP[0].xxxx, IMM[0].wwww",
            ] : ["USHR TEMP[1].xy, TEMP[0].xyyy, IMM[0].zzzz"]
        return program(
            [
                "DCL SAMP[0]", "DCL SVIEW[0], BUFFER, FLOAT", "DCL TEMP[0..3], LOCAL",
                "IMM[0] INT32 {\(strides.0), \(strides.1), 1, -2}",
                "IMM[1] INT32 {\(planes[0].offset / element), \(blue), \(red), 0}",
                "IMM[2] \(matrix.offsets)", "IMM[3] \(matrix.blue)", "IMM[4] \(matrix.red)",
            ],
            ["F2I TEMP[0].xy, IN[0].xyyy"] + chromaColumn + [
                "UMAD TEMP[0].x, TEMP[0].yyyy, IMM[0].xxxx, TEMP[0].xxxx",
                "UMAD TEMP[1].x, TEMP[1].yyyy, IMM[0].yyyy, TEMP[1].xxxx",
                "UADD TEMP[0].x, TEMP[0].xxxx, IMM[1].xxxx",
                "UADD TEMP[1].yz, TEMP[1].xxxx, IMM[1].xyzz",
                "TXF TEMP[2].x, TEMP[0].xxxx, SAMP[0], BUFFER",
                "TXF TEMP[3].x, TEMP[1].yyyy, SAMP[0], BUFFER",
                "MAD TEMP[2].xyz, TEMP[2].xxxx, IMM[3].xxxx, IMM[2].xyzz",
                "MAD TEMP[2].yz, TEMP[3].xxxx, IMM[3].xyzz, TEMP[2].xyzz",
                "TXF TEMP[3].x, TEMP[1].zzzz, SAMP[0], BUFFER",
                "MAD TEMP[2].xy, TEMP[3].xxxx, IMM[4].xyyy, TEMP[2].xyyy",
                "MOV TEMP[2].w, IMM[2].wwww", "MOV OUT[0], TEMP[2]", "END",
            ])
    }

    /// Samples a texture for each plane, nearest; coordinates come from the vertices: luma in `xy`,
    /// chroma in `zw`.
    static func textures(_ layout: VideoLayout) -> String {
        let matrix = YUVMatrix(
            encoding: layout.encoding, isFullRange: layout.isFullRange, isTenBit: layout.isTenBit)
        let count = layout.planes.count
        let red = layout.isTenBit ? "TEMP[2].yyyy" : "TEMP[3].xxxx"
        var fetches = [
            "TEX TEMP[1].x, IN[0].xyyy, SAMP[0], 2D",
            "TEX TEMP[2].\(layout.isTenBit ? "xy" : "x"), IN[0].zwww, SAMP[1], 2D",
        ]
        if !layout.isTenBit { fetches.append("TEX TEMP[3].x, IN[0].zwww, SAMP[2], 2D") }
        return program(
            (0..<count).map { "DCL SAMP[\($0)]" }
                + (0..<count).map { "DCL SVIEW[\($0)], 2D, FLOAT" } + [
                    "DCL TEMP[0..3], LOCAL", "IMM[0] \(matrix.offsets)", "IMM[1] \(matrix.blue)",
                    "IMM[2] \(matrix.red)",
                ],
            fetches + [
                "MAD TEMP[0].xyz, TEMP[1].xxxx, IMM[1].xxxx, IMM[0].xyzz",
                "MAD TEMP[0].yz, TEMP[2].xxxx, IMM[1].xyzz, TEMP[0].xyzz",
                "MAD TEMP[0].xy, \(red), IMM[2].xyyy, TEMP[0].xyyy",
                "MOV TEMP[0].w, IMM[0].wwww", "MOV OUT[0], TEMP[0]", "END",
            ])
    }
}
