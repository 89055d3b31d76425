// Which stream a command plays: a file, the clip that ships with the project, or the simulated one.

import Foundation
import HostBridge

/// A stream with the decoder that says what is right.
struct StreamChoice {
    let stream: any CodedStream
    let reference: any ReferenceDecoder
    /// For titles: the file's name.
    let title: String

    /// - Parameter file: nil takes the clip that ships with the project, or the simulated stream
    ///   where libav is not linked.
    static func open(_ file: String?, threadCount: Int) throws(StreamError) -> StreamChoice {
        #if LibAV
            let path = file ?? shippedClip.path
            guard FileManager.default.fileExists(atPath: path) else { throw .noSuchFile(path) }
            guard FileManager.default.isReadableFile(atPath: path) else { throw .unreadable(path) }
            let stream = try LibAVStream(path: path)
            guard let reference = LibAVReference(stream.codec, threadCount: threadCount) else {
                throw .unknownCodec(stream.codecName, file: path)
            }
            return StreamChoice(
                stream: stream, reference: reference,
                title: URL(fileURLWithPath: path).lastPathComponent)
        #else
            if let file { throw .notLinked(file) }
            return simulated()
        #endif
    }

    static func simulated(width: UInt32 = 640, height: UInt32 = 360, count: UInt32 = 100)
        -> StreamChoice
    {
        StreamChoice(
            stream: SimulatedStream(width: width, height: height, count: count),
            reference: SimulatedReference(), title: "simulated stream")
    }

    /// What sessions can be opened with in this build.
    static func decoders(threadCount: Int) -> [DecoderDescription] {
        #if LibAV
            [SimulatedDecoder.description] + LibAV.decoders(threadCount: threadCount)
        #else
            [SimulatedDecoder.description]
        #endif
    }

    /// The clip stands beside the program, where the build puts the package's resources.
    static var shippedClip: URL {
        let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("virtio-share_virtio-share.resources/demo.mp4")
    }
}
