// Pictures on disk: PNG with the PNG trait, else binary PPM, which needs no library.
//
// Invariant: nothing half-written ever stands under the final name.

#if PNG
    import CPNG
#endif

enum PictureFile {
    /// Writes the picture as opaque RGB; alpha is dropped.
    ///
    /// A file of that name is replaced. After an error it is as it was before.
    static func write(_ picture: Picture, to path: String) throws(PictureError) {
        let bytes = try encode(picture)
        var file = try PartFile(for: path)
        try file.write(bytes)
        try file.publish()
    }

    private static func append(_ picture: Picture, asRGBTo bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + picture.width * picture.height * 3)
        for at in stride(from: 0, to: picture.rgba.count, by: 4) {
            bytes.append(picture.rgba[at])
            bytes.append(picture.rgba[at + 1])
            bytes.append(picture.rgba[at + 2])
        }
    }
}

#if PNG

    extension PictureFile {
        /// What a picture's file name ends with, without the dot.
        static let fileExtension = "png"

        private static func encode(_ picture: Picture) throws(PictureError) -> [UInt8] {
            let (width, height) = (UInt32(picture.width), UInt32(picture.height))
            let sizeMax = virtio_share_png_size_max(width, height)
            guard sizeMax > 0 else { throw .encode }
            var rgb: [UInt8] = []
            append(picture, asRGBTo: &rgb)
            // SAFETY: `rgb` holds width × height × 3 bytes, `png` sizeMax; libpng writes no further
            // than it is told, and returns how many bytes it has initialised.
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: sizeMax) { png, count in
                unsafe count = virtio_share_png_encode(rgb, width, height, png.baseAddress, sizeMax)
            }
            guard !bytes.isEmpty else { throw .encode }
            return bytes
        }
    }

#else

    extension PictureFile {
        /// What a picture's file name ends with, without the dot.
        static let fileExtension = "ppm"

        private static func encode(_ picture: Picture) throws(PictureError) -> [UInt8] {
            var bytes = Array("P6\n\(picture.width) \(picture.height)\n255\n".utf8)
            append(picture, asRGBTo: &bytes)
            return bytes
        }
    }

#endif
