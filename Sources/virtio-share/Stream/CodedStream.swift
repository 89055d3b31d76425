// Where coded data comes from, and what plain decoding of it gives: the two things that the demo
// puts the sharing path between.

import VirtioWire

/// One access unit of a stream.
struct CodedStreamUnit: Sendable {
    let bytes: [UInt8]
    /// Microseconds from the start; unique in the stream, so that a picture is known by it.
    let timeMicros: Int64
}

/// A stream of access units, as the guest's player reads it.
protocol CodedStream: AnyObject {
    var fourcc: V4L2.FourCC { get }
    /// For people: "H.264".
    var codecName: String { get }
    /// No unit is longer.
    var unitBytesMax: Int { get }
    /// Microseconds of a picture, when the stream itself has no times and they are made up.
    var pictureMicros: Int64? { get }
    /// The next unit; nil at the end.
    func next() throws(StreamError) -> CodedStreamUnit?
}

/// Decodes the same units on its own, without any device: the oracle.
protocol ReferenceDecoder: AnyObject {
    /// The pictures that the unit completes, in display order.
    func decode(_ unit: CodedStreamUnit) -> [ReferencePicture]
    func drain() -> [ReferencePicture]
}

/// Why a stream cannot be shown, each with one sentence for people.
enum StreamError: Error, Equatable {
    case noSuchFile(String)
    case notAVideo(String)
    case noVideoStream(String)
    case unknownCodec(String, file: String)
    case notLinked(String)
    case unreadable(String)
}

extension StreamError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noSuchFile(let file): "There is no file \(file)."
        case .notAVideo(let file): "\(file) is not a video that libavformat knows."
        case .noVideoStream(let file): "\(file) has no video stream."
        case .unknownCodec(let codec, let file):
            "\(file) holds \(codec), which the media device cannot decode."
        case .notLinked(let file):
            "Reading \(file) needs libavformat: build with the LibAV trait (make build)."
        case .unreadable(let file): "\(file) cannot be read."
        }
    }
}
