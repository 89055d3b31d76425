// Reads a picture file back: PNG with libpng's own reader, PPM by its three header lines.

import Foundation

@testable import virtio_share

#if PNG
    import CPNG
#endif

struct UnreadablePicture: Error {}

func readPicture(at path: String) throws -> Picture {
    #if PNG
        var image = unsafe png_image()
        unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
        guard unsafe png_image_begin_read_from_file(&image, path) != 0 else {
            throw UnreadablePicture()
        }
        guard unsafe image.format == png_uint_32(PNG_FORMAT_FLAG_COLOR) else {
            throw UnreadablePicture()
        }
        let (width, height) = unsafe (Int(image.width), Int(image.height))
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        // SAFETY: a row stride of 0 means tight rows, and the array holds that many bytes.
        guard unsafe png_image_finish_read(&image, nil, &rgb, 0, nil) != 0 else {
            throw UnreadablePicture()
        }
    #else
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        let header = lines.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        let sides = header[1].split(separator: " ").compactMap { Int($0) }
        guard header[0] == "P6", sides.count == 2, header[2] == "255" else {
            throw UnreadablePicture()
        }
        let (width, height) = (sides[0], sides[1])
        let rgb = Array(lines[3])
    #endif
    guard rgb.count == width * height * 3 else { throw UnreadablePicture() }
    var rgba: [UInt8] = []
    for at in stride(from: 0, to: rgb.count, by: 3) { rgba += rgb[at..<at + 3] + [255] }
    return Picture(width: width, height: height, rgba: rgba)
}
