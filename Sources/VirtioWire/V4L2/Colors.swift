// How numbers become colors, and how fields make a frame; <linux/videodev2.h>.

extension V4L2 {
    /// The order of an interlaced picture's fields, `V4L2_FIELD_…`.
    public struct Field: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let any = Self(0)
        /// Progressive: there are no fields.
        public static let none = Self(1)
        /// Both fields' lines in turn; which field comes first is not said.
        public static let interlaced = Self(4)
        /// Both fields' lines in turn, the top field first.
        public static let interlacedTB = Self(8)
        /// Both fields' lines in turn, the bottom field first.
        public static let interlacedBT = Self(9)
    }

    /// Primaries and white point, `V4L2_COLORSPACE_…`.
    public struct Colorspace: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let `default` = Self(0)
        public static let smpte170m = Self(1)
        public static let rec709 = Self(3)
        public static let jpeg = Self(7)
        public static let srgb = Self(8)
        public static let bt2020 = Self(10)
    }

    /// The matrix from RGB, `V4L2_YCBCR_ENC_…`.
    public struct YCbCrEncoding: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let `default` = Self(0)
        public static let e601 = Self(1)
        public static let e709 = Self(2)
        public static let xv601 = Self(3)
        public static let xv709 = Self(4)
        public static let bt2020 = Self(6)
        public static let bt2020ConstLum = Self(7)
        public static let smpte240m = Self(8)
    }

    /// The range of the numbers, `V4L2_QUANTIZATION_…`.
    public struct Quantization: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let `default` = Self(0)
        public static let fullRange = Self(1)
        public static let limRange = Self(2)
    }
}
