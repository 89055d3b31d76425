// What goes between the device's process and a codec's worker: messages of one size over a packet
// socket. What the worker says is hostile as soon as it has read a stream: a message is copied once,
// and each field is compared with what it may be before it is used.

internal import VirtioWire

package enum CodecMessageKind: UInt32, Sendable {
    // To the worker.
    /// With a descriptor: `size` bytes from `offset` are memory number `memories[0]` from here on;
    /// a `value` of 1 for the session's own.
    case addMemory = 1
    case removeMemory
    /// All that are not the session's own.
    case removeMemories
    /// With a descriptor: coded units lie here from now on.
    case unitMemory
    /// `size` bytes of it, with `token`.
    case decode
    case drain, flush, settle
    /// The answer `number` to wantSurface or wantMemory: ``CodecOffer``, `surface` and its memories.
    case offer
    /// The answer `number` to output or pause: ``CodecStatus``.
    case taken

    // Of the worker.
    /// It serves. ``CodecStatus``.
    case ready = 64
    /// A picture of `layout` is to be decoded; it may hold `count` at once.
    case wantSurface
    /// Memory for a picture of `layout` that no surface can take, for ``CodecOwnReason``.
    case wantMemory
    /// The picture in `surface` is due.
    case output
    /// `surface` is neither read nor written any more.
    case released
    /// What was asked is done: ``CodecStatus``.
    case done
    /// Waits until the clock is at `token`.
    case pause
}

package enum CodecOffer: UInt32, Sendable {
    case stop = 1
    case surface
    /// There is no memory to be had.
    case nothing
}

package enum CodecOwnReason: UInt32, Sendable {
    case noDirectRendering = 1
    case otherLayout
    case noBuffer

    package init?(_ reason: CopyReason) {
        switch reason {
        case .noDirectRendering: self = .noDirectRendering
        case .otherLayout: self = .otherLayout
        case .noBuffer: self = .noBuffer
        case .guestPages, .shownAgain, .bufferLayout, .slowMemory, .otherProcess: return nil
        }
    }

    package var copyReason: CopyReason {
        switch self {
        case .noDirectRendering: .noDirectRendering
        case .otherLayout: .otherLayout
        case .noBuffer: .noBuffer
        }
    }
}

package enum CodecStatus {
    package static let done: UInt32 = 0

    package static func code(_ error: DecoderError?) -> UInt32 {
        switch error {
        case nil: done
        case .badData?: 1
        case .unsupportedFormat?: 2
        case .interrupted?: 3
        case .failed?, .stalled?: 4
        }
    }

    /// Nil for a code that does not exist.
    package static func error(_ code: UInt32) -> DecoderError?? {
        switch code {
        case done: .some(nil)
        case 1: .badData
        case 2: .unsupportedFormat
        case 3: .interrupted
        case 4: .failed
        default: nil
        }
    }
}

/// What `value` of an output says.
package enum CodecOutputFlags {
    package static let damaged: UInt32 = 1
    package static let keyFrame: UInt32 = 2
    /// The samples were copied to where they are.
    package static let copied: UInt32 = 4
    package static let all: UInt32 = 7
}

/// A picture's layout as numbers.
package struct CodecLayout: Equatable, Sendable {
    package static let wordCount = 9
    package var words: [UInt32]

    package static let none = CodecLayout(words: Array(repeating: 0, count: wordCount))

    private init(words: [UInt32]) { self.words = words }

    package init(_ format: PictureFormat) {
        let matrix: UInt32 =
            switch format.colour.matrix {
            case .bt601: 0
            case .bt709: 1
            case .bt2020: 2
            }
        let visible = format.visible
        words =
            [format.fourcc.rawValue]
            + [
                format.codedWidth, format.askedHeight, visible.x, visible.y, visible.width,
                visible.height,
            ].map { UInt32(clamping: $0) } + [matrix, format.colour.isFullRange ? 1 : 0]
    }

    init(reading word: (Int) -> UInt32) { words = (0..<Self.wordCount).map(word) }

    /// Nil for what no codec may ask memory for.
    package var format: PictureFormat? {
        let sides = words[1...6].map { Int($0) }
        let matrices: [ColourDescription.Matrix] = [.bt601, .bt709, .bt2020]
        guard [V4L2.FourCC.yuv420, .p010].contains(V4L2.FourCC(words[0])),
            sides.allSatisfy({ $0 <= PictureFormat.sideMax }),
            sides[0] * sides[1] <= Self.samplesMax,
            sides[4] * sides[5] <= PictureFormat.samplesMax, words[7] < matrices.count,
            words[8] <= 1
        else { return nil }
        return PictureFormat(
            fourcc: V4L2.FourCC(words[0]), alignedWidth: sides[0], alignedHeight: sides[1],
            visible: PixelRect(x: sides[2], y: sides[3], width: sides[4], height: sides[5]),
            colour: ColourDescription(
                matrix: matrices[Int(words[7])], isFullRange: words[8] == 1))
    }

    /// Codecs round up both sides, of narrow pictures by much.
    private static let samplesMax = PictureFormat.samplesMax * 2
}

extension PictureFormat {
    /// A height of which this layout is made anew.
    fileprivate var askedHeight: Int { codedHeight - 2 }
}

package struct CodecMessage: Equatable, Sendable {
    package static let sizeBytes = 100
    package static let memoriesMax = 3

    package var kind: CodecMessageKind
    package var value: UInt32 = 0
    package var number: UInt64 = 0
    package var token: Int64 = 0
    package var surface: UInt64 = 0
    package var offset: UInt64 = 0
    package var size: UInt64 = 0
    /// Numbers of memories; 0 is none.
    package var memories: [UInt32] = []
    package var count: UInt32 = 0
    package var layout = CodecLayout.none

    package init(_ kind: CodecMessageKind) { self.kind = kind }

    package var bytes: [UInt8] {
        var out = WireBuffer(capacity: Self.sizeBytes)
        out.append(u32: kind.rawValue)
        out.append(u32: value)
        out.append(u64: number)
        out.append(i64: token)
        out.append(u64: surface)
        out.append(u64: offset)
        out.append(u64: size)
        for index in 0..<Self.memoriesMax {
            out.append(u32: memories.indices.contains(index) ? memories[index] : 0)
        }
        out.append(u32: count)
        for word in layout.words { out.append(u32: word) }
        return out.array()
    }

    /// Nil for another size, or a kind that does not exist.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.sizeBytes else { return nil }
        // SAFETY: a span over an array's bytes is valid while the array is borrowed.
        let span = unsafe bytes.span.bytes
        guard let kind = CodecMessageKind(rawValue: span.u32(at: 0)) else { return nil }
        self.kind = kind
        value = span.u32(at: 4)
        number = span.u64(at: 8)
        token = span.i64(at: 16)
        surface = span.u64(at: 24)
        offset = span.u64(at: 32)
        size = span.u64(at: 40)
        memories = (0..<Self.memoriesMax).map { span.u32(at: 48 + 4 * $0) }.filter { $0 != 0 }
        count = span.u32(at: 60)
        layout = CodecLayout(reading: { span.u32(at: 64 + 4 * $0) })
    }
}
