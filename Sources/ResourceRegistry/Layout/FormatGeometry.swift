internal import VirtioWire

/// How many bytes and rows each plane of a picture needs.
struct FormatGeometry {
    struct Plane {
        let bytesPerSample: UInt64
        /// Luma samples for one of this plane's, across and down.
        let across: UInt64
        let down: UInt64
    }

    let planes: [Plane]

    /// nil for a fourcc that nobody here can compute.
    init?(_ fourcc: V4L2.FourCC) {
        switch fourcc {
        case .yuv420:
            planes = [
                Plane(bytesPerSample: 1, across: 1, down: 1),
                Plane(bytesPerSample: 1, across: 2, down: 2),
                Plane(bytesPerSample: 1, across: 2, down: 2),
            ]
        case .nv12:
            planes = [
                Plane(bytesPerSample: 1, across: 1, down: 1),
                Plane(bytesPerSample: 2, across: 2, down: 2),
            ]
        case .p010:
            planes = [
                Plane(bytesPerSample: 2, across: 1, down: 1),
                Plane(bytesPerSample: 4, across: 2, down: 2),
            ]
        case .xrgb8888, .argb8888:
            planes = [Plane(bytesPerSample: 4, across: 1, down: 1)]
        default: return nil
        }
    }

    /// A picture's side is at most this: no product below overflows.
    static let sideMax: UInt32 = 1 << 16

    /// The smallest layout of these numbers; nil when there is none.
    func layout(
        _ format: PixelFormat, width: UInt32, height: UInt32, _ alignment: LayoutAlignment
    ) -> (layout: PixelLayout, sizeBytes: UInt64)? {
        guard (1...Self.sideMax).contains(width), (1...Self.sideMax).contains(height) else {
            return nil
        }
        let rows = Self.up(UInt64(height), alignment.rows)
        var offset: UInt64 = 0
        var result: [PixelLayout.Plane] = []
        for plane in planes {
            let samples = (UInt64(width) + plane.across - 1) / plane.across
            let stride = Self.up(samples * plane.bytesPerSample, alignment.strideBytes)
            let planeRows = (rows + plane.down - 1) / plane.down
            offset = Self.up(offset, alignment.offsetBytes)
            result.append(
                PixelLayout.Plane(offsetBytes: offset, strideBytes: stride, rows: planeRows))
            offset += stride * planeRows
        }
        let layout = PixelLayout(format: format, width: width, height: height, planes: result)
        return (layout, Self.up(offset, alignment.sizeBytes))
    }

    /// The next multiple. Both are below 2^40.
    private static func up(_ value: UInt64, _ multiple: UInt64) -> UInt64 {
        (value + multiple - 1) / multiple * multiple
    }
}

extension V4L2.FourCC {
    static let xrgb8888 = V4L2.FourCC("XR24") ?? .nv12
    static let argb8888 = V4L2.FourCC("AR24") ?? .nv12
}
