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
    /// The stream says that it ends here.
    public var isEnd: Bool

    public init(
        width: UInt32, height: UInt32, number: UInt32, isDamaged: Bool = false, isEnd: Bool = false
    ) {
        self.width = width
        self.height = height
        self.number = number
        self.isDamaged = isDamaged
        self.isEnd = isEnd
    }

    static func isEnd(_ unit: [UInt8]) -> Bool {
        var buffer = WireBuffer(capacity: unit.count)
        buffer.append(contentsOf: unit)
        return (try? buffer.decode(SimulatedUnit.self))?.isEnd ?? false
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
        isEnd = bytes.u32(at: 16) & 2 != 0
    }

    public func encode(to out: inout WireBuffer) {
        out.append(u32: Self.fourcc.rawValue)
        out.append(u32: width)
        out.append(u32: height)
        out.append(u32: number)
        out.append(u32: (isDamaged ? 1 : 0) | (isEnd ? 2 : 0))
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

/// What a simulated decoder does besides decoding, counted by the units that it was given from 0.
public struct SimulatedBehaviour: Sendable {
    /// How long each picture takes.
    public var latencyNanos: UInt64 = 0
    /// Pictures held back until so many later ones have come; they come out by their numbers.
    public var reordering = 0
    /// Units whose pictures are damaged.
    public var damagedUnits: Set<Int> = []
    /// Units that are no data.
    public var badUnits: Set<Int> = []
    /// The unit at which the decoder gives up.
    public var failsAt: Int?
    /// The size that pictures have from a unit on, whatever the units say.
    public var resizes: [Int: PixelRect] = [:]
    /// The unit at which the decoder stands still until it is flushed or closed.
    public var stallsAt: Int?
    /// In the middle of writing each picture, with its number; to look at what readers see.
    public var onHalfWritten: (@Sendable (UInt32) -> Void)?

    public init() {}
}

/// Decodes ``SimulatedUnit``s.
public final class SimulatedDecoder: VideoDecoder {
    private let client: any DecoderClient
    private let behaviour: SimulatedBehaviour
    private static let colour = ColourDescription(matrix: .bt601, isFullRange: false)
    private var unitsSeen = 0
    private var size: PixelRect?
    /// Drawn, and not due yet.
    private var held: [(number: UInt32, picture: DecodedPicture, own: SharedMemory?)] = []

    public static let description = describe()

    /// - Parameter onHalfWritten: called in the middle of writing each picture, with its number; to
    ///   look at what readers see meanwhile.
    public static func describe(
        onHalfWritten: (@Sendable (UInt32) -> Void)? = nil
    ) -> DecoderDescription {
        var behaviour = SimulatedBehaviour()
        behaviour.onHalfWritten = onHalfWritten
        return describe(behaviour)
    }

    public static func describe(_ behaviour: SimulatedBehaviour) -> DecoderDescription {
        var undelayed = behaviour
        undelayed.reordering = 0
        let prompt = undelayed
        return DecoderDescription(
            fourcc: SimulatedUnit.fourcc, name: "Simulated", worksOn: false,
            // What looks on has to be in this process.
            recipe: behaviour.onHalfWritten == nil ? .simulated(behaviour) : nil,
            makeUndelayed: { SimulatedDecoder(client: $0, behaviour: prompt) },
            make: { SimulatedDecoder(client: $0, behaviour: behaviour) })
    }

    init(client: any DecoderClient, behaviour: SimulatedBehaviour) {
        self.client = client
        self.behaviour = behaviour
    }

    public func decode(_ unit: CodedUnit) throws(DecoderError) {
        let count = unitsSeen
        unitsSeen += 1
        try misbehave(at: count)
        var buffer = WireBuffer(capacity: unit.bytes.count)
        buffer.append(contentsOf: unit.bytes)
        guard var picture = try? buffer.decode(SimulatedUnit.self) else { throw .badData }
        if let size = behaviour.resizes[count] { self.size = size }
        if let size {
            picture.width = UInt32(clamping: size.width)
            picture.height = UInt32(clamping: size.height)
        }
        if behaviour.damagedUnits.contains(count) { picture.isDamaged = true }
        try decode(picture, token: unit.token)
    }

    /// Before anything is written: a decoder that waits is one that does not write.
    private func misbehave(at count: Int) throws(DecoderError) {
        if behaviour.latencyNanos > 0 {
            let due = MonotonicClock.nowNanos &+ behaviour.latencyNanos
            guard client.pause(untilNanos: due) else { throw .interrupted }
        }
        if behaviour.stallsAt == count {
            _ = client.pause(untilNanos: 0)
            throw .interrupted
        }
        if behaviour.failsAt == count { throw .failed }
        if behaviour.badUnits.contains(count) { throw .badData }
    }

    private func decode(_ picture: SimulatedUnit, token: Int64) throws(DecoderError) {
        guard let width = Int(exactly: picture.width), let height = Int(exactly: picture.height),
            width <= PictureFormat.sideMax, height <= PictureFormat.sideMax,
            width * height <= PictureFormat.samplesMax,
            let format = PictureFormat(
                fourcc: .yuv420, alignedWidth: width, alignedHeight: height,
                visible: PixelRect(width: width, height: height), colour: Self.colour)
        else { throw .badData }
        if let last = held.first, !last.picture.format.holds(format) { try drain() }
        let samples: DecodedPicture.Samples
        var own: SharedMemory?
        switch client.surface(for: format, minimumCount: behaviour.reordering + 1) {
        case .stop: throw .interrupted
        case .surface(let surface):
            guard let memories = surface.memories else { throw .failed }
            draw(picture, format.converted(to: memories.count == 3 ? .yuv420M : .yuv420), memories)
            samples = .surface(surface)
        case .ownMemory:
            guard let memory = try? SharedMemory(name: "picture", sizeBytes: format.sizeBytes)
            else { throw .failed }
            draw(picture, format, [memory.range])
            samples = .codec(format.planes(in: memory.range), .noBuffer)
            own = memory
        }
        let decoded = DecodedPicture(
            samples: samples, format: format, token: token, isDamaged: picture.isDamaged,
            isKeyFrame: true)
        held.append((picture.number, decoded, own))
        while held.count > behaviour.reordering { try outputNext() }
    }

    private func outputNext() throws(DecoderError) {
        guard let index = held.indices.min(by: { held[$0].number < held[$1].number }) else {
            return
        }
        let next = held.remove(at: index)
        defer {
            if case .surface(let surface) = next.picture.samples { client.codecReleased(surface) }
        }
        try client.output(next.picture)
        withExtendedLifetime(next.own) {}
    }

    public func drain() throws(DecoderError) { while !held.isEmpty { try outputNext() } }

    public func flush() {
        for item in held {
            if case .surface(let surface) = item.picture.samples { client.codecReleased(surface) }
        }
        held.removeAll()
    }

    deinit { flush() }

    private func draw(
        _ picture: SimulatedUnit, _ format: PictureFormat?, _ memories: [MemoryRange]
    ) {
        guard let format, format.bufferCount == memories.count else { return }
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
                memories[plane.buffer].slice(
                    offset: plane.offset + y * plane.stride, count: plane.rowBytes)?
                    .write(row)
                if index == 0, y == plane.rows / 2 { behaviour.onHalfWritten?(picture.number) }
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
