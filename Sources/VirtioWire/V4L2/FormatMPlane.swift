// Formats of multi-planar queues, whose planes are buffers of their own; <linux/videodev2.h>.

extension V4L2 {
    /// One plane of a multi-planar format (`struct v4l2_plane_pix_format`).
    public struct PlanePixFormat: WireMessage {
        public static let sizeBytes = 20

        public var sizeimage: UInt32
        public var bytesperline: UInt32

        public init(sizeimage: UInt32, bytesperline: UInt32) {
            self.sizeimage = sizeimage
            self.bytesperline = bytesperline
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            sizeimage = bytes.u32(at: 0)
            bytesperline = bytes.u32(at: 4)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: sizeimage)
            out.append(u32: bytesperline)
            out.append(zeros: 12)
        }
    }

    /// A multi-planar picture, or coded data (`struct v4l2_pix_format_mplane`, packed). Its colour
    /// words are bytes.
    public struct PixFormatMPlane: WireMessage {
        public static let sizeBytes = 192

        public var width: UInt32
        public var height: UInt32
        public var pixelformat: FourCC
        public var field: Field
        public var colorspace: Colorspace
        /// Always `V4L2.maxPlanes` entries; the first `numPlanes` count.
        public var planeFmt: [PlanePixFormat]
        public var numPlanes: UInt8
        public var flags: UInt8
        public var ycbcrEnc: UInt8
        public var quantization: UInt8
        public var xferFunc: UInt8

        /// Fills `planeFmt` up with zero entries.
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
            self.planeFmt = planeFmt.padded(
                to: V4L2.maxPlanes, with: PlanePixFormat(sizeimage: 0, bytesperline: 0))
            self.numPlanes = numPlanes
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
            colorspace = Colorspace(bytes.u32(at: 16))
            planeFmt = try bytes.array(at: 20, count: V4L2.maxPlanes)
            numPlanes = bytes.u8(at: 180)
            flags = bytes.u8(at: 181)
            ycbcrEnc = bytes.u8(at: 182)
            quantization = bytes.u8(at: 183)
            xferFunc = bytes.u8(at: 184)
        }

        public func encode(to out: inout WireBuffer) {
            precondition(planeFmt.count == V4L2.maxPlanes, "a format has all planes on the wire")
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: pixelformat.rawValue)
            out.append(u32: field.rawValue)
            out.append(u32: colorspace.rawValue)
            for plane in planeFmt { out.append(plane) }
            out.append(u8: numPlanes)
            out.append(u8: flags)
            out.append(u8: ycbcrEnc)
            out.append(u8: quantization)
            out.append(u8: xferFunc)
            out.append(zeros: 7)
        }
    }

    /// A multi-planar queue's format (`struct v4l2_format`); of its union only `pix_mp` is known
    /// here.
    public struct FormatMPlane: WireMessage {
        public static let sizeBytes = 208

        public var type: BufType
        public var pixMP: PixFormatMPlane

        public init(
            type: BufType,
            pixMP: PixFormatMPlane = PixFormatMPlane(
                width: 0, height: 0, pixelformat: FourCC(0), field: .any)
        ) {
            self.type = type
            self.pixMP = pixMP
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            type = BufType(bytes.u32(at: 0))
            pixMP = try PixFormatMPlane(bytes.extracting(droppingFirst: 8))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: type.rawValue)
            out.append(zeros: 4)
            out.append(pixMP)
            out.append(zeros: 8)
        }
    }
}
