// What a queue's buffers hold, `VIDIOC_ENUM_FMT`, `VIDIOC_G_FMT` and its kin; <linux/videodev2.h>.

extension V4L2 {
    /// A single-planar picture, or coded data (`struct v4l2_pix_format`).
    public struct PixFormat: WireMessage {
        public static let sizeBytes = 48
        /// `V4L2_PIX_FMT_PRIV_MAGIC`, the value of `priv` that vouches for `flags` to `xferFunc`.
        public static let privMagic: UInt32 = 0xfeed_cafe

        public var width: UInt32
        public var height: UInt32
        public var pixelformat: FourCC
        public var field: Field
        public var bytesperline: UInt32
        public var sizeimage: UInt32
        public var colorspace: Colorspace
        /// `privMagic` announces that `flags` and what follows are valid.
        public var priv: UInt32
        public var flags: UInt32
        public var ycbcrEnc: YCbCrEncoding
        public var quantization: Quantization
        public var xferFunc: UInt32

        public init(
            width: UInt32, height: UInt32, pixelformat: FourCC, field: Field = .none,
            bytesperline: UInt32 = 0, sizeimage: UInt32 = 0, colorspace: Colorspace = .default,
            priv: UInt32 = 0, flags: UInt32 = 0, ycbcrEnc: YCbCrEncoding = .default,
            quantization: Quantization = .default, xferFunc: UInt32 = 0
        ) {
            self.width = width
            self.height = height
            self.pixelformat = pixelformat
            self.field = field
            self.bytesperline = bytesperline
            self.sizeimage = sizeimage
            self.colorspace = colorspace
            self.priv = priv
            self.flags = flags
            self.ycbcrEnc = ycbcrEnc
            self.quantization = quantization
            self.xferFunc = xferFunc
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            width = bytes.u32(at: 0)
            height = bytes.u32(at: 4)
            pixelformat = FourCC(bytes.u32(at: 8))
            field = Field(bytes.u32(at: 12))
            bytesperline = bytes.u32(at: 16)
            sizeimage = bytes.u32(at: 20)
            colorspace = Colorspace(bytes.u32(at: 24))
            priv = bytes.u32(at: 28)
            flags = bytes.u32(at: 32)
            ycbcrEnc = YCbCrEncoding(bytes.u32(at: 36))
            quantization = Quantization(bytes.u32(at: 40))
            xferFunc = bytes.u32(at: 44)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: pixelformat.rawValue)
            out.append(u32: field.rawValue)
            out.append(u32: bytesperline)
            out.append(u32: sizeimage)
            out.append(u32: colorspace.rawValue)
            out.append(u32: priv)
            out.append(u32: flags)
            out.append(u32: ycbcrEnc.rawValue)
            out.append(u32: quantization.rawValue)
            out.append(u32: xferFunc)
        }
    }

    /// A queue's format (`struct v4l2_format`); of its union only `pix` is known here.
    public struct Format: WireMessage {
        public static let sizeBytes = 208

        public var type: BufType
        public var pix: PixFormat

        public init(
            type: BufType,
            pix: PixFormat = PixFormat(width: 0, height: 0, pixelformat: FourCC(0), field: .any)
        ) {
            self.type = type
            self.pix = pix
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = BufType(bytes.u32(at: 0))
            pix = try PixFormat(bytes.extracting(droppingFirst: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(zeros: 4)
            out.append(pix)
            out.append(zeros: 152)
        }
    }

    /// What is true of an enumerated format, `V4L2_FMT_FLAG_…`.
    public struct FmtDescFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let compressed = Self(rawValue: 1 << 0)
        public static let emulated = Self(rawValue: 1 << 1)
        public static let continuousBytestream = Self(rawValue: 1 << 2)
        public static let dynResolution = Self(rawValue: 1 << 3)
    }

    /// One of the formats that a queue offers (`struct v4l2_fmtdesc`).
    public struct FmtDesc: WireMessage {
        public static let sizeBytes = 64
        private static let descriptionSizeBytes = 32

        public var index: UInt32
        public var type: BufType
        public var flags: FmtDescFlags
        /// The format's name for people, cut after the last character that ends within 32 bytes.
        public var description: String
        public var pixelformat: FourCC

        public init(
            index: UInt32, type: BufType, flags: FmtDescFlags = [], description: String = "",
            pixelformat: FourCC = FourCC(0)
        ) {
            self.index = index
            self.type = type
            self.flags = flags
            self.description = description
            self.pixelformat = pixelformat
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            index = bytes.u32(at: 0)
            type = BufType(bytes.u32(at: 4))
            flags = FmtDescFlags(rawValue: bytes.u32(at: 8))
            description = bytes.textToNUL(in: 12..<44)
            pixelformat = FourCC(bytes.u32(at: 44))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: type.rawValue)
            out.append(u32: flags.rawValue)
            out.append(text: description, sizeBytes: Self.descriptionSizeBytes)
            out.append(u32: pixelformat.rawValue)
            out.append(zeros: 16)
        }
    }
}
