// Names of pixel and coded formats, `V4L2_PIX_FMT_…` in <linux/videodev2.h>.

extension V4L2 {
    /// A format's name: four ASCII characters, the first one in the lowest byte (`v4l2_fourcc`).
    public struct FourCC: WireNumber, CustomStringConvertible {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let h264 = Self("H", "2", "6", "4")
        public static let hevc = Self("H", "E", "V", "C")
        public static let vp8 = Self("V", "P", "8", "0")
        public static let vp9 = Self("V", "P", "9", "0")
        public static let av1 = Self("A", "V", "0", "1")
        public static let mpeg2 = Self("M", "P", "G", "2")
        public static let mpeg4 = Self("M", "P", "G", "4")
        public static let mjpeg = Self("M", "J", "P", "G")
        public static let nv12 = Self("N", "V", "1", "2")
        public static let yuv420 = Self("Y", "U", "1", "2")
        /// NV12 whose planes are two buffers.
        public static let nv12M = Self("N", "M", "1", "2")
        /// YU12 whose planes are three buffers.
        public static let yuv420M = Self("Y", "M", "1", "2")
        public static let p010 = Self("P", "0", "1", "0")

        /// The name that `text` spells; nil unless it is four ASCII characters.
        public init?(_ text: String) {
            guard text.utf8.count == 4, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            self.init(text.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }

        /// The four characters, or the number in hexadecimal when they cannot be printed.
        public var description: String {
            let characters = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
            return characters.allSatisfy { 0x20..<0x7f ~= $0 }
                ? String(decoding: characters, as: UTF8.self)
                : "0x" + String(rawValue, radix: 16)
        }

        private init(
            _ a: Unicode.Scalar, _ b: Unicode.Scalar, _ c: Unicode.Scalar, _ d: Unicode.Scalar
        ) {
            rawValue = a.value | b.value << 8 | c.value << 16 | d.value << 24
        }
    }
}
