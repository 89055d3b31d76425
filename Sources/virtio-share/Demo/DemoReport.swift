// What a run of the demo ends with: a table for people, one JSON object for programs.

import Foundation
import HostBridge

struct StageMilliseconds: Codable, Equatable {
    /// In the codec.
    var decode: Double
    /// Virtqueues and commands: from chain added to used element seen, the handlers' own time and
    /// the stages below left out.
    var protocolPath: Double
    /// Guest pages into textures; 0 with sharing.
    var upload: Double
    /// SUBMIT_3D to its fence.
    var draw: Double
    /// TRANSFER_FROM_HOST_3D of the picture.
    var readBack: Double

    var sum: Double { decode + protocolPath + upload + draw + readBack }

    enum CodingKeys: String, CodingKey {
        case decode, upload, draw, readBack
        case protocolPath = "protocol"
    }
}

struct DemoReport: Codable, Equatable {
    var codec: String
    var width: Int
    var height: Int
    var frames: Int
    var damagedFrames: Int
    /// Pictures a second at the sum of the stages.
    var fps: Double
    var path: String
    var sharing: Bool
    /// Bytes copied between decoder and sampler, by the pictures' own bytes.
    var copiesPerFrame: Double
    var bytesCopiedPerFrame: Double
    /// Pictures that the decoder could not put in place, by reason.
    var copiesByDecoder: [String: UInt64]
    /// Bytes of the buffers that both devices had.
    var bytesShared: UInt64
    /// Largest difference of a channel of any pixel from plain arithmetic on a plain decode.
    var maxChannelError: Int
    /// Milliseconds for each picture.
    var stageMilliseconds: StageMilliseconds
    var uuids: [String]
    /// False when the devices are in another process: decoding times, copies and shared bytes are
    /// not known then, and stand at 0.
    var countsDevices = true
    /// Whether renderer and codec were in processes of their own.
    var isIsolated = false

    func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    func table() -> String {
        let ms = { (value: Double) in Self.text(value, digits: 2) + " ms" }
        let way = sharing ? "shared by UUID, \(path) path" : "not shared: guest pages, uploaded"
        var rows = [
            ("codec", codec), ("size", "\(width) x \(height)"),
            ("frames", "\(frames)" + (damagedFrames > 0 ? ", \(damagedFrames) damaged" : "")),
            ("way", way),
            ("decode", countsDevices ? ms(stageMilliseconds.decode) : Self.notCounted),
            ("protocol", ms(stageMilliseconds.protocolPath)),
        ]
        if isIsolated { rows.insert(("isolated", Self.isolation), at: 4) }
        if !sharing { rows.append(("upload", ms(stageMilliseconds.upload))) }
        rows += [
            ("draw", ms(stageMilliseconds.draw)), ("read back", ms(stageMilliseconds.readBack)),
            ("frames a second", Self.text(fps, digits: 1) + ", all stages one after the other"),
            (
                "bytes shared",
                countsDevices
                    ? "\(bytesShared) in \(uuids.count) buffers" : "\(uuids.count) buffers"
            ),
            ("copies a frame", countsDevices ? copies : Self.notCounted),
        ]
        rows += copiesByDecoder.sorted { $0.key < $1.key }.map { reason, count in
            ("", "\(count) copied by the decoder: \(Self.sentence(reason))")
        }
        rows += [
            ("max channel error", "\(maxChannelError) of 255")
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + value
        }.joined(separator: "\n")
    }

    private static let isolation = "virglrenderer and the codec, each in a process of its own"
    private static let notCounted = "not counted: the devices are in another process"

    private var copies: String {
        let isWhole = copiesPerFrame.rounded() == copiesPerFrame
        let count = Self.text(copiesPerFrame, digits: isWhole ? 0 : 2)
        return "\(count), \(Int(bytesCopiedPerFrame)) bytes, decoder to sampler"
    }

    /// Why the decoder copied, for people.
    private static func sentence(_ reason: String) -> String {
        switch CopyReason(rawValue: reason) {
        case .guestPages: "the buffers are guest pages"
        case .noDirectRendering: "this codec has no direct rendering"
        case .otherLayout: "the codec's planes become one of Cb and Cr in turn, or 10 bits of 16"
        case .shownAgain: "shown once more while the guest has the buffer"
        case .noBuffer: "no buffer of its size was at hand when it was decoded"
        case .bufferLayout: "the object's planes lie otherwise than the codec needs them to"
        case .slowMemory: "reading the object's memory is slow"
        case .otherProcess:
            "no descriptor stands for the buffer: the codec's process cannot reach it"
        case nil: reason
        }
    }

    private static func text(_ value: Double, digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
