public import VirtioWire

/// How an object's bytes make a picture: what an importer must know besides the UUID.
public struct PixelLayout: Equatable, Sendable {
    public struct Plane: Equatable, Sendable {
        public var offsetBytes: UInt64
        public var strideBytes: UInt64
        public var rows: UInt64

        public init(offsetBytes: UInt64, strideBytes: UInt64, rows: UInt64) {
            self.offsetBytes = offsetBytes
            self.strideBytes = strideBytes
            self.rows = rows
        }

        /// The first byte behind the plane; nil when no number can say it.
        var endBytes: UInt64? {
            let (size, sizeOverflow) = strideBytes.multipliedReportingOverflow(by: rows)
            let (end, endOverflow) = offsetBytes.addingReportingOverflow(size)
            return sizeOverflow || endOverflow ? nil : end
        }
    }

    public struct Colour: Equatable, Sendable {
        public var space: V4L2.Colorspace
        public var encoding: V4L2.YCbCrEncoding
        public var range: V4L2.Quantization

        public init(
            space: V4L2.Colorspace = .default, encoding: V4L2.YCbCrEncoding = .default,
            range: V4L2.Quantization = .default
        ) {
            self.space = space
            self.encoding = encoding
            self.range = range
        }
    }

    public var format: PixelFormat
    public var width: UInt32
    public var height: UInt32
    public var planes: [Plane]
    public var colour: Colour

    /// More planes than any format has.
    public static let planesMax = 8

    public init(
        format: PixelFormat, width: UInt32, height: UInt32, planes: [Plane],
        colour: Colour = Colour()
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.planes = planes
        self.colour = colour
    }

    /// The least object that holds all planes; nil when no number can say it. [QUOTA-2]
    public var sizeBytes: UInt64? {
        guard planes.count <= Self.planesMax else { return nil }
        var size: UInt64 = 0
        for plane in planes {
            guard let end = plane.endBytes else { return nil }
            size = max(size, end)
        }
        return size
    }
}

/// A fourcc and a modifier: how pixels are coded, and in which order they lie.
public struct PixelFormat: Hashable, Sendable, CustomStringConvertible {
    public var fourcc: V4L2.FourCC
    public var modifier: UInt64

    /// DRM_FORMAT_MOD_LINEAR.
    public static let linear: UInt64 = 0

    public init(_ fourcc: V4L2.FourCC, modifier: UInt64 = Self.linear) {
        self.fourcc = fourcc
        self.modifier = modifier
    }

    public var description: String {
        modifier == Self.linear
            ? fourcc.description : "\(fourcc):0x\(String(modifier, radix: 16))"
    }
}
