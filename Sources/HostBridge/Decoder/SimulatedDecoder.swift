// A decoder without a codec: a stream of its own whose every unit says what picture it is. It takes
// the same path as a real one, so that all of it also works where libavcodec is not linked.

internal import LinuxSystem
public import VirtioWire

/// A unit of the simulated stream: 24 bytes, little-endian.
public struct SimulatedUnit: WireMessage {
    public static let sizeBytes = 24
    /// The stream's name on the OUTPUT queue.
    public static let fourcc = V4L2.FourCC(0x4d49_5356)  // VSIM

    public var width: UInt32
    public var height: UInt32
    /// Which picture of the pattern.
    public var number: UInt32
    public var isDamaged: Bool

    public init(width: UInt32, height: UInt32, number: UInt32, isDamaged: Bool = false) {
        self.width = width
        self.height = height
        self.number = number
        self.isDamaged = isDamaged
    }

    public init(_ bytes: RawSpan) throws(WireError) {
        guard bytes.byteCount >= Self.sizeBytes else {
            throw WireError(kind: .truncated, offset: bytes.byteCount)
        }
        guard bytes.u32(at: 0) == Self.fourcc.rawValue else {
            throw WireError(kind: .wrongType, offset: 0)
        }
        width = bytes.u32(at: 4)
        height = bytes.u32(at: 8)
        number = bytes.u32(at: 12)
        isDamaged = bytes.u32(at: 16) & 1 != 0
    }

    public func encode(to out: inout WireBuffer) {
        out.append(u32: Self.fourcc.rawValue)
        out.append(u32: width)
        out.append(u32: height)
        out.append(u32: number)
        out.append(u32: isDamaged ? 1 : 0)
        out.append(zeros: 4)
    }
}

/// The pictures of the simulated stream: colour bars above, below them a ramp that moves by four
/// samples a picture, and a bright block that walks to the right.
public enum SimulatedPattern {
    /// BT.601 limited: white, yellow, cyan, green, magenta, red, blue, black.
    private static let bars: [(y: UInt8, cb: UInt8, cr: UInt8)] = [
        (180, 128, 128), (162, 44, 142), (131, 156, 44), (112, 72, 58), (84, 184, 198),
        (65, 100, 212), (35, 212, 114), (16, 128, 128),
    ]

    public static func luma(x: Int, y: Int, width: Int, height: Int, number: Int) -> UInt8 {
        if isBlock(x: x, y: y, width: width, height: height, number: number) { return 235 }
        if y < height * 2 / 3 { return bars[x * 8 / width].y }
        return UInt8(16 + (x + number * 4) % 220)
    }

    /// Both chroma samples at chroma position `x`, `y` of a picture of `width` luma samples.
    public static func chroma(x: Int, y: Int, width: Int, height: Int, number: Int) -> (
        cb: UInt8, cr: UInt8
    ) {
        let (column, row) = (min(x * 2, width - 1), min(y * 2, height - 1))
        if isBlock(x: column, y: row, width: width, height: height, number: number) {
            return (128, 128)
        }
        if row < height * 2 / 3 {
            let bar = bars[column * 8 / width]
            return (bar.cb, bar.cr)
        }
        return (128, 128)
    }

    /// Rows of one kind are equal.
    enum RowKind { case bars, barsWithBlock, ramp, rampWithBlock }

    static func rowKind(y: Int, height: Int) -> RowKind {
        let hasBlock = blockRows(height: height).contains(y)
        if y < height * 2 / 3 { return hasBlock ? .barsWithBlock : .bars }
        return hasBlock ? .rampWithBlock : .ramp
    }

    private static func blockSize(height: Int) -> Int { max(2, height / 8) & ~1 }

    private static func blockRows(height: Int) -> Range<Int> {
        let top = height / 4 & ~1
        return top..<(top + blockSize(height: height))
    }

    private static func isBlock(x: Int, y: Int, width: Int, height: Int, number: Int) -> Bool {
        let size = blockSize(height: height)
        let left = (number * 8) % max(1, width - size) & ~1
        return (left..<left + size).contains(x) && blockRows(height: height).contains(y)
    }
}

/// Decodes ``SimulatedUnit``s.
public final class SimulatedDecoder: VideoDecoder {
    private let client: any DecoderClient
    private let onHalfWritten: (@Sendable (UInt32) -> Void)?
    private static let colour = ColourDescription(matrix: .bt601, isFullRange: false)

    public static let description = describe()

    /// - Parameter onHalfWritten: called in the middle of writing each picture, with its number; to
    ///   look at what readers see meanwhile.
    public static func describe(
        onHalfWritten: (@Sendable (UInt32) -> Void)? = nil
    ) -> DecoderDescription {
        DecoderDescription(fourcc: SimulatedUnit.fourcc, name: "Simulated") { client in
            SimulatedDecoder(client: client, onHalfWritten: onHalfWritten)
        }
    }

    init(client: any DecoderClient, onHalfWritten: (@Sendable (UInt32) -> Void)?) {
        self.client = client
        self.onHalfWritten = onHalfWritten
    }

    public func decode(_ unit: CodedUnit) throws(DecoderError) {
        var buffer = WireBuffer(capacity: unit.bytes.count)
        buffer.append(contentsOf: unit.bytes)
        guard let picture = try? buffer.decode(SimulatedUnit.self),
            let width = Int(exactly: picture.width), let height = Int(exactly: picture.height),
            let format = PictureFormat(
                fourcc: .yuv420, alignedWidth: width, alignedHeight: height,
                visible: PixelRect(width: width, height: height), colour: Self.colour)
        else { throw .badData }
        let samples: DecodedPicture.Samples
        switch client.surface(for: format, minimumCount: 1) {
        case .stop: throw .interrupted
        case .surface(let surface):
            guard let memory = surface.memory else { throw .failed }
            draw(picture, format, into: memory)
            samples = .surface(surface)
        case .ownMemory:
            return try outputFromOwnMemory(picture, format, unit.token)
        }
        let decoded = DecodedPicture(
            samples: samples, format: format, token: unit.token, isDamaged: picture.isDamaged,
            isKeyFrame: true)
        defer { if case .surface(let surface) = samples { client.codecReleased(surface) } }
        try client.output(decoded)
    }

    private func outputFromOwnMemory(
        _ picture: SimulatedUnit, _ format: PictureFormat, _ token: Int64
    ) throws(DecoderError) {
        guard let own = try? SharedMemory(name: "picture", sizeBytes: format.sizeBytes) else {
            throw .failed
        }
        draw(picture, format, into: own.range)
        try client.output(
            DecodedPicture(
                samples: .codec(format.planes(in: own.range), .noBuffer), format: format,
                token: token,
                isDamaged: picture.isDamaged, isKeyFrame: true))
        withExtendedLifetime(own) {}
    }

    /// Nothing is held back: each unit is one picture.
    public func drain() throws(DecoderError) {}
    public func flush() {}

    private func draw(_ picture: SimulatedUnit, _ format: PictureFormat, into memory: MemoryRange) {
        let (width, height) = (format.visible.width, format.visible.height)
        for (index, plane) in format.visiblePlanes.enumerated() {
            // Rows of the pattern come in runs of equal ones.
            var row: [UInt8] = []
            var kind: SimulatedPattern.RowKind?
            for y in 0..<plane.rows {
                let luma = index == 0 ? y : min(y * 2, height - 1)
                let next = SimulatedPattern.rowKind(y: luma, height: height)
                if next != kind {
                    kind = next
                    row = (0..<plane.rowBytes).map {
                        Self.sample(plane: index, $0, y, width, height, Int(picture.number))
                    }
                }
                memory.slice(offset: plane.offset + y * plane.stride, count: plane.rowBytes)?
                    .write(row)
                if index == 0, y == plane.rows / 2 { onHalfWritten?(picture.number) }
            }
        }
    }

    private static func sample(
        plane: Int, _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ number: Int
    ) -> UInt8 {
        if plane == 0 {
            return SimulatedPattern.luma(x: x, y: y, width: width, height: height, number: number)
        }
        let chroma = SimulatedPattern.chroma(
            x: x, y: y, width: width, height: height, number: number)
        return plane == 1 ? chroma.cb : chroma.cr
    }
}
