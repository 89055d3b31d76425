// Generated from Spec/v4l2.md, "Formats": `make generate` writes it anew.

extension V4L2 {
    /// How a decoder's formats differ from plain ones (`V4L2_FMT_FLAG_…`).
    public struct FmtDescFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Coded data.
        @inlinable public static var compressed: Self { Self(rawValue: 0x0000_0001) }
        /// Not the device's own.
        @inlinable public static var emulated: Self { Self(rawValue: 0x0000_0002) }
        /// Buffers need not hold whole frames.
        @inlinable public static var continuousBytestream: Self { Self(rawValue: 0x0000_0004) }
        /// A change of resolution within the stream is handled.
        @inlinable public static var dynResolution: Self { Self(rawValue: 0x0000_0008) }
    }

    /// One of the formats that a queue offers (`VIDIOC_ENUM_FMT`, `struct v4l2_fmtdesc`).
    public struct FmtDesc: WireMessage {
        @inlinable public static var sizeBytes: Int { 64 }

        /// Which one.
        public var index: UInt32
        /// Of which queue.
        public var type: BufType
        /// What is true of it.
        public var flags: FmtDescFlags
        /// The format's name for people, cut after the last character that ends within 32 bytes.
        public var description: String
        /// Its FourCC.
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
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            index = bytes.u32(at: offset)
            type = BufType(bytes.u32(at: offset + 4))
            flags = FmtDescFlags(rawValue: bytes.u32(at: offset + 8))
            description = bytes.textToNUL(in: offset + 12..<offset + 44)
            pixelformat = FourCC(bytes.u32(at: offset + 44))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: index)
            out.append(u32: type.rawValue)
            out.append(u32: flags.rawValue)
            out.append(text: description, sizeBytes: 32)
            out.append(u32: pixelformat.rawValue)
            out.append(zeros: 16)
        }
    }

    /// A single-planar picture, or coded data (`struct v4l2_pix_format`).
    public struct PixFormat: WireMessage {
        @inlinable public static var sizeBytes: Int { 48 }

        /// Pixels in a row.
        public var width: UInt32
        /// Rows.
        public var height: UInt32
        /// The format.
        public var pixelformat: FourCC
        /// How fields make the picture.
        public var field: Field
        /// From one row of the first plane to the next.
        public var bytesperline: UInt32
        /// All bytes of a buffer.
        public var sizeimage: UInt32
        /// Primaries and white point.
        public var colorspace: Colorspace
        /// `privMagic` announces that `flags` and what follows are valid.
        public var priv: UInt32
        /// `V4L2_PIX_FMT_FLAG_…`.
        public var flags: UInt32
        /// The matrix from RGB.
        public var ycbcrEnc: YCbCrEncoding
        /// The range of the numbers.
        public var quantization: Quantization
        /// `V4L2_XFER_FUNC_…`.
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

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            width = bytes.u32(at: offset)
            height = bytes.u32(at: offset + 4)
            pixelformat = FourCC(bytes.u32(at: offset + 8))
            field = Field(bytes.u32(at: offset + 12))
            bytesperline = bytes.u32(at: offset + 16)
            sizeimage = bytes.u32(at: offset + 20)
            colorspace = Colorspace(bytes.u32(at: offset + 24))
            priv = bytes.u32(at: offset + 28)
            flags = bytes.u32(at: offset + 32)
            ycbcrEnc = YCbCrEncoding(bytes.u32(at: offset + 36))
            quantization = Quantization(bytes.u32(at: offset + 40))
            xferFunc = bytes.u32(at: offset + 44)
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

    /// One plane of a multi-planar format (`struct v4l2_plane_pix_format`).
    public struct PlanePixFormat: WireMessage {
        @inlinable public static var sizeBytes: Int { 20 }

        /// All bytes of the plane's buffer.
        public var sizeimage: UInt32
        /// From one row to the next.
        public var bytesperline: UInt32

        public init(sizeimage: UInt32, bytesperline: UInt32) {
            self.sizeimage = sizeimage
            self.bytesperline = bytesperline
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            sizeimage = bytes.u32(at: offset)
            bytesperline = bytes.u32(at: offset + 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: sizeimage)
            out.append(u32: bytesperline)
            out.append(zeros: 12)
        }
    }

    /// A multi-planar picture, or coded data in one plane (`struct v4l2_pix_format_mplane`).
    public struct PixFormatMPlane: WireMessage {
        @inlinable public static var sizeBytes: Int { 192 }

        /// Pixels in a row.
        public var width: UInt32
        /// Rows.
        public var height: UInt32
        /// The format.
        public var pixelformat: FourCC
        /// How fields make the picture.
        public var field: Field
        /// Primaries and white point.
        public var colorspace: Colorspace
        /// Always `maxPlanes` entries.
        public var planeFmt: [PlanePixFormat]
        /// How many of them count.
        public var numPlanes: UInt8
        /// `V4L2_PIX_FMT_FLAG_…`.
        public var flags: UInt8
        /// `V4L2_YCBCR_ENC_…`.
        public var ycbcrEnc: UInt8
        /// `V4L2_QUANTIZATION_…`.
        public var quantization: UInt8
        /// `V4L2_XFER_FUNC_…`.
        public var xferFunc: UInt8

        /// Fills `planeFmt` up with zeros.
        public init(
            width: UInt32, height: UInt32, pixelformat: FourCC, field: Field = .none,
            colorspace: Colorspace = .default, planeFmt: [PlanePixFormat] = [],
            numPlanes: UInt8 = 0, flags: UInt8 = 0, ycbcrEnc: UInt8 = 0, quantization: UInt8 = 0,
            xferFunc: UInt8 = 0
        ) {
            self.width = width
            self.height = height
            self.pixelformat = pixelformat
            self.field = field
            self.colorspace = colorspace
            let noPlaneFmt = PlanePixFormat(sizeimage: 0, bytesperline: 0)
            self.planeFmt = planeFmt.padded(to: 8, with: noPlaneFmt)
            self.numPlanes = numPlanes
            self.flags = flags
            self.ycbcrEnc = ycbcrEnc
            self.quantization = quantization
            self.xferFunc = xferFunc
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            width = bytes.u32(at: offset)
            height = bytes.u32(at: offset + 4)
            pixelformat = FourCC(bytes.u32(at: offset + 8))
            field = Field(bytes.u32(at: offset + 12))
            colorspace = Colorspace(bytes.u32(at: offset + 16))
            planeFmt = try bytes.array(at: offset + 20, count: 8)
            numPlanes = bytes.u8(at: offset + 180)
            flags = bytes.u8(at: offset + 181)
            ycbcrEnc = bytes.u8(at: offset + 182)
            quantization = bytes.u8(at: offset + 183)
            xferFunc = bytes.u8(at: offset + 184)
        }

        public func encode(to out: inout WireBuffer) {
            precondition(planeFmt.count == 8, "all elements are on the wire")
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: pixelformat.rawValue)
            out.append(u32: field.rawValue)
            out.append(u32: colorspace.rawValue)
            for element in planeFmt { out.append(element) }
            out.append(u8: numPlanes)
            out.append(u8: flags)
            out.append(u8: ycbcrEnc)
            out.append(u8: quantization)
            out.append(u8: xferFunc)
            out.append(zeros: 7)
        }
    }

    /// A queue's format (`VIDIOC_G_FMT`, `VIDIOC_S_FMT`, `VIDIOC_TRY_FMT`, `struct v4l2_format`).
    public struct Format: WireMessage {
        @inlinable public static var sizeBytes: Int { 208 }

        /// Of which queue.
        public var type: BufType
        /// The single-planar format.
        public var pix: PixFormat

        public init(
            type: BufType,
            pix: PixFormat = PixFormat(width: 0, height: 0, pixelformat: FourCC(0), field: .any)
        ) {
            self.type = type
            self.pix = pix
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) {
            type = BufType(bytes.u32(at: offset))
            pix = PixFormat(guarded: bytes, at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(zeros: 4)
            out.append(pix)
            out.append(zeros: 152)
        }
    }

    /// A multi-planar queue's format: `struct v4l2_format` with the other side of its union
    /// (`struct v4l2_format_mplane`).
    public struct FormatMPlane: WireMessage {
        @inlinable public static var sizeBytes: Int { 208 }

        /// Of which queue.
        public var type: BufType
        /// The multi-planar format.
        public var pixMP: PixFormatMPlane

        public init(type: BufType, pixMP: PixFormatMPlane) {
            self.type = type
            self.pixMP = pixMP
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            type = BufType(bytes.u32(at: offset))
            pixMP = try PixFormatMPlane(guarded: bytes, at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(zeros: 4)
            out.append(pixMP)
            out.append(zeros: 8)
        }
    }

    /// The order of an interlaced picture's fields (`enum v4l2_field`).
    public struct Field: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The device chooses.
        @inlinable public static var any: Self { Self(0) }
        /// Progressive: there are no fields.
        @inlinable public static var none: Self { Self(1) }
        /// The top field only.
        @inlinable public static var top: Self { Self(2) }
        /// The bottom field only.
        @inlinable public static var bottom: Self { Self(3) }
        /// Both, row by row.
        @inlinable public static var interlaced: Self { Self(4) }
        /// The top field, then the bottom one.
        @inlinable public static var seqTB: Self { Self(5) }
        /// The bottom field, then the top one.
        @inlinable public static var seqBT: Self { Self(6) }
        /// One field in each buffer.
        @inlinable public static var alternate: Self { Self(7) }
        /// Row by row, the top field is the older one.
        @inlinable public static var interlacedTB: Self { Self(8) }
        /// Row by row, the bottom field is the older one.
        @inlinable public static var interlacedBT: Self { Self(9) }
    }

    /// Primaries and white point (`enum v4l2_colorspace`).
    public struct Colorspace: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Unknown; the device chooses.
        @inlinable public static var `default`: Self { Self(0) }
        /// Standard definition, NTSC and PAL.
        @inlinable public static var smpte170m: Self { Self(1) }
        /// Early high definition.
        @inlinable public static var smpte240m: Self { Self(2) }
        /// High definition.
        @inlinable public static var rec709: Self { Self(3) }
        /// NTSC of 1953.
        @inlinable public static var system470M: Self { Self(5) }
        /// PAL and SECAM of old.
        @inlinable public static var system470BG: Self { Self(6) }
        /// Pictures: sRGB, full range, 601.
        @inlinable public static var jpeg: Self { Self(7) }
        /// Computers.
        @inlinable public static var srgb: Self { Self(8) }
        /// Photographs.
        @inlinable public static var opRGB: Self { Self(9) }
        /// Ultra high definition.
        @inlinable public static var bt2020: Self { Self(10) }
        /// A sensor's own.
        @inlinable public static var raw: Self { Self(11) }
        /// Cinemas.
        @inlinable public static var dciP3: Self { Self(12) }
    }

    /// The matrix from RGB (`enum v4l2_ycbcr_encoding`).
    public struct YCbCrEncoding: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// As the color space has it.
        @inlinable public static var `default`: Self { Self(0) }
        /// BT.601.
        @inlinable public static var e601: Self { Self(1) }
        /// BT.709.
        @inlinable public static var e709: Self { Self(2) }
        /// XvYCC on BT.601.
        @inlinable public static var xv601: Self { Self(3) }
        /// XvYCC on BT.709.
        @inlinable public static var xv709: Self { Self(4) }
        /// BT.2020.
        @inlinable public static var bt2020: Self { Self(6) }
        /// BT.2020 with constant luminance.
        @inlinable public static var bt2020ConstLum: Self { Self(7) }
        /// SMPTE 240M.
        @inlinable public static var smpte240m: Self { Self(8) }
    }

    /// The range of the numbers (`enum v4l2_quantization`).
    public struct Quantization: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// As color space and encoding have it.
        @inlinable public static var `default`: Self { Self(0) }
        /// 0 to 255.
        @inlinable public static var fullRange: Self { Self(1) }
        /// 16 to 235, chroma to 240.
        @inlinable public static var limRange: Self { Self(2) }
    }
}
