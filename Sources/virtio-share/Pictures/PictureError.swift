// Why a picture did not reach its file. The caller knows the path; the code is the system's errno.

import Glibc

enum PictureError: Error, Equatable, Sendable {
    /// The file could not be created in its folder.
    case open(code: Int32)
    /// The bytes could not be written out.
    case write(code: Int32)
    /// The complete file could not take its final name.
    case rename(code: Int32)
    /// The encoder refused the picture: a side beyond its limit, or no memory. It gives no errno.
    case encode
}

extension PictureError: CustomStringConvertible {
    /// One sentence for people.
    var description: String {
        switch self {
        case .open(let code): "The picture file could not be created: \(Self.reason(code))."
        case .write(let code): "The picture file could not be written: \(Self.reason(code))."
        case .rename(let code): "The picture file could not be put in place: \(Self.reason(code))."
        case .encode: "The picture could not be encoded: it is too large."
        }
    }

    private static func reason(_ code: Int32) -> String {
        // SAFETY: strerror never returns NULL and its text belongs to this thread; copied at once.
        unsafe String(cString: strerror(code))
    }
}
