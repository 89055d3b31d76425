import HostBridge
import VirtioWire

/// The simulated codec's stream: every unit names the picture that it becomes.
final class SimulatedStream: CodedStream {
    let fourcc = SimulatedUnit.fourcc
    let codecName = "simulated"
    let unitBytesMax = SimulatedUnit.sizeBytes
    let pictureMicros: Int64? = nil
    private let width: UInt32
    private let height: UInt32
    private let count: UInt32
    private var position: UInt32 = 0

    static let framesPerSecond: Int64 = 25

    init(width: UInt32 = 640, height: UInt32 = 360, count: UInt32 = 100) {
        self.width = width
        self.height = height
        self.count = count
    }

    func next() throws(StreamError) -> CodedStreamUnit? {
        guard position < count else { return nil }
        var buffer = WireBuffer(capacity: SimulatedUnit.sizeBytes)
        buffer.append(SimulatedUnit(width: width, height: height, number: position))
        defer { position += 1 }
        return CodedStreamUnit(
            bytes: buffer.array(), timeMicros: Int64(position) * 1_000_000 / Self.framesPerSecond)
    }
}

/// Draws the simulated stream's pictures by their definition.
final class SimulatedReference: ReferenceDecoder {
    func decode(_ unit: CodedStreamUnit) -> [ReferencePicture] {
        var buffer = WireBuffer(capacity: unit.bytes.count)
        buffer.append(contentsOf: unit.bytes)
        guard let picture = try? buffer.decode(SimulatedUnit.self) else { return [] }
        let (width, height) = (Int(picture.width), Int(picture.height))
        let number = Int(picture.number)
        var luma: [UInt16] = []
        for y in 0..<height {
            for x in 0..<width {
                luma.append(
                    UInt16(
                        SimulatedPattern.luma(
                            x: x, y: y, width: width, height: height, number: number)))
            }
        }
        var (blue, red): ([UInt16], [UInt16]) = ([], [])
        for y in 0..<(height + 1) / 2 {
            for x in 0..<(width + 1) / 2 {
                let chroma = SimulatedPattern.chroma(
                    x: x, y: y, width: width, height: height, number: number)
                blue.append(UInt16(chroma.cb))
                red.append(UInt16(chroma.cr))
            }
        }
        return [
            ReferencePicture(
                width: width, height: height, isTenBit: false,
                colour: ColourDescription(matrix: .bt601, isFullRange: false),
                timeMicros: unit.timeMicros, planes: [luma, blue, red])
        ]
    }

    func drain() -> [ReferencePicture] { [] }
}
