// One stream played on a machine with both devices, every drawn pixel compared with a plain decode.

import Foundation
import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire

@testable import virtio_share

/// What came of playing a stream.
struct Screening {
    private(set) var frames = 0
    /// Largest difference of any channel of any pixel; 255 for a picture that nobody expected.
    private(set) var worst = 0
    private(set) var sizes: [String] = []
    let decoded: DecodeStatistics
    /// What the GPU device copied into textures.
    let uploadedBytes: UInt64
    /// Visible samples of all pictures that were drawn.
    let sampleBytes: Int
    let uuids: [ResourceUUID]

    /// - Parameter onPicture: called after each drawn picture.
    init(
        _ system: SharingMachine, _ choice: StreamChoice, path: SamplingPath,
        framesMax: Int = .max, onPicture: () throws -> Void = {}
    ) throws {
        var references = ReferenceQueue(choice.reference)
        let before = system.counters
        let player = try Player(system, choice.stream, mode: .draw(path), framesMax: framesMax)
        player.onFeed = { references.feed($0) }
        var (frames, worst, sizes) = (0, 0, [String]())
        try player.play { picture in
            let reference = references.take(timeMicros: picture.timeMicros)
            worst = max(worst, reference?.maxChannelError(against: picture.rgba) ?? 255)
            let size = "\(picture.width)x\(picture.height)"
            if sizes.last != size { sizes.append(size) }
            frames += 1
            try onPicture()
        }
        (self.frames, self.worst, self.sizes) = (frames, worst, sizes)
        let after = system.counters
        sampleBytes = player.sampleBytes
        uuids = player.uuids
        uploadedBytes = after.uploadedBytes - before.uploadedBytes
        try player.close()
        decoded = system.counters.decoded
    }
}

extension SharingMachine {
    /// The devices themselves, which no driver sees.
    var gpuTransport: InProcessTransport<GPUDevice>? {
        gpu.device.transport as? InProcessTransport<GPUDevice>
    }

    /// Bytes of host memory that the renderer has given out.
    var rendererBytesInUse: UInt64? {
        gpuTransport?.onDeviceThread { $0.device.rendererBytesInUse }
    }
}

/// A simulated stream of pictures that a test lists.
final class ListedStream: CodedStream {
    let fourcc = SimulatedUnit.fourcc
    let codecName = "listed"
    let unitBytesMax = SimulatedUnit.sizeBytes
    let pictureMicros: Int64? = nil
    private let units: [CodedStreamUnit]
    private var position = 0

    init(_ pictures: [(width: UInt32, height: UInt32)]) {
        units = pictures.enumerated().map { number, size in
            CodedStreamUnit(
                bytes: MediaMachine.bytes(
                    SimulatedUnit(width: size.width, height: size.height, number: UInt32(number))),
                timeMicros: Int64(number) * 40_000)
        }
    }

    func next() throws(StreamError) -> CodedStreamUnit? {
        guard position < units.count else { return nil }
        defer { position += 1 }
        return units[position]
    }

    static func choice(_ pictures: [(width: UInt32, height: UInt32)]) -> StreamChoice {
        StreamChoice(
            stream: ListedStream(pictures), reference: SimulatedReference(), title: "listed")
    }
}

/// Where the clips lie.
enum TestClip {
    private static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func path(_ file: String) -> String {
        package.appendingPathComponent("Tests/Clips").appendingPathComponent(file).path
    }

    static let shipped = package.appendingPathComponent("Sources/virtio-share/Resources/demo.mp4")
        .path
}
