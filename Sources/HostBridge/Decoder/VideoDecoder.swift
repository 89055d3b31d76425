// What a codec is to the media device, and what the device is to a codec.

public import LinuxSystem
public import VirtioWire

public enum DecoderError: Error, Equatable, Sendable {
    /// The data cannot be decoded; later data may be.
    case badData
    /// The stream decodes to samples that no format here can carry.
    case unsupportedFormat
    /// The wait for a surface was ended from outside.
    case interrupted
    /// The codec cannot go on.
    case failed
    /// The codec did not come to an end with a unit in its time.
    case stalled
}

/// One access unit, in memory of our own.
public struct CodedUnit: Sendable {
    public let bytes: [UInt8]
    /// Comes back with each picture that the unit becomes.
    public let token: Int64

    public init(bytes: [UInt8], token: Int64) {
        self.bytes = bytes
        self.token = token
    }
}

/// Planes of samples in memory that a codec owns, to be copied from.
public struct CodecPlanes: Sendable {
    public enum Samples: Sendable { case bits8, bits10 }

    public struct Plane: Sendable {
        /// From the first visible sample to the last.
        public let memory: MemoryRange
        public let stride: Int

        public init(memory: MemoryRange, stride: Int) {
            self.memory = memory
            self.stride = stride
        }
    }

    public let samples: Samples
    /// Y, Cb, Cr.
    public let planes: [Plane]

    public init(samples: Samples, planes: [Plane]) {
        self.samples = samples
        self.planes = planes
    }
}

/// Why a picture was copied on its way from the codec to its buffer.
public enum CopyReason: String, CaseIterable, Sendable {
    /// The buffer is guest pages, which no codec is let at.
    case guestPages
    /// The codec has no direct rendering: it keeps its pictures in memory of its own.
    case noDirectRendering
    /// The codec's samples are laid out otherwise than any shared format.
    case otherLayout
    /// The picture's buffer is the guest's already: it is shown once more.
    case shownAgain
    /// No buffer of the picture's layout was at hand when it was decoded.
    case noBuffer
    /// The object's planes lie otherwise than the codec needs them to.
    case bufferLayout
    /// Reading the object's memory is slow: a codec that refers to its pictures would crawl.
    case slowMemory
    /// No descriptor stands for the object's memory, so the codec's process cannot reach it.
    case otherProcess
}

/// A picture that comes out of a codec, in display order.
public struct DecodedPicture: Sendable {
    public enum Samples: Sendable {
        /// Where the codec was told to put them.
        case surface(Surface)
        /// In the codec's memory: valid during the call that hands the picture over.
        case codec(CodecPlanes, CopyReason)
    }

    public let samples: Samples
    /// What the samples need; for those in a surface, the surface's own layout.
    public let format: PictureFormat
    public let token: Int64
    public let isDamaged: Bool
    public let isKeyFrame: Bool
    /// How its rows belong to fields.
    public let field: V4L2.Field
    /// Bytes that were copied to bring the samples to where they are.
    public let copiedBytes: Int

    public init(
        samples: Samples, format: PictureFormat, token: Int64, isDamaged: Bool, isKeyFrame: Bool,
        field: V4L2.Field = .none, copiedBytes: Int = 0
    ) {
        self.samples = samples
        self.format = format
        self.token = token
        self.isDamaged = isDamaged
        self.isKeyFrame = isKeyFrame
        self.field = field
        self.copiedBytes = copiedBytes
    }
}

/// Gives a codec its surfaces and takes its pictures. Called on any thread of the codec's.
public protocol DecoderClient: AnyObject, Sendable {
    /// Waits for a surface to decode into.
    ///
    /// - Parameter minimumCount: how many pictures of this stream the codec may hold at once.
    func surface(for format: PictureFormat, minimumCount: Int) -> SurfaceOffer
    /// The codec no longer reads or writes the surface.
    func codecReleased(_ surface: Surface)
    /// Throws when the session is being flushed or closed: the codec stops early.
    func output(_ picture: DecodedPicture) throws(DecoderError)
    /// Waits until a moment of the monotonic clock; false when the session is flushed or closed
    /// before.
    func pause(untilNanos deadline: UInt64) -> Bool
    /// Memory for a picture that goes into no surface as it is: its planes lie apart, see
    /// ``PictureFormat/planarBytes``. Nil for the codec's own.
    func ownMemory(for format: PictureFormat) -> Surface?
    /// The codec has ended outside of any call to it.
    func decoderEnded(_ error: DecoderError)
    /// Has `body` called, on any thread, when surfaces that the codec has not been given are taken
    /// back: what of them is kept for later is of no use any more. True when the codec itself is.
    func onSurfacesTaken(_ body: @escaping @Sendable (_ isClosing: Bool) -> Void)
}

extension DecoderClient {
    public func pause(untilNanos deadline: UInt64) -> Bool { true }
    public func ownMemory(for format: PictureFormat) -> Surface? { nil }
    public func decoderEnded(_ error: DecoderError) {}
    public func onSurfacesTaken(_ body: @escaping @Sendable (_ isClosing: Bool) -> Void) {}
}

public enum SurfaceOffer: Sendable {
    case surface(Surface)
    /// Decode into memory of your own; the picture will be copied.
    case ownMemory
    /// Give up: the session is being flushed or closed.
    case stop
}

/// A stateful decoder. Its methods are called on one thread, the session's.
public protocol VideoDecoder: AnyObject {
    /// Decodes one unit; pictures that it completes go to the client before this returns.
    func decode(_ unit: CodedUnit) throws(DecoderError)
    /// Outputs everything that is held back. The next unit starts anew.
    func drain() throws(DecoderError)
    /// Forgets everything that is held back.
    func flush()
    /// Sees to it that no surface is written until the next unit. A decoder that works on when
    /// `decode` has returned forgets what it has begun.
    func settle()
}

extension VideoDecoder {
    public func settle() {}
}

/// A codec that sessions can be opened with.
public struct DecoderDescription: Sendable {
    public let fourcc: V4L2.FourCC
    /// For people, at most 31 bytes on the wire.
    public let name: String
    /// Whether surfaces may be written while no call into the decoder runs.
    public let worksOn: Bool
    public typealias Make =
        @Sendable (any DecoderClient) throws(DecoderError) -> any VideoDecoder
    public let make: Make
    /// The same without pictures that wait for their turn: they come out in the order of decoding.
    public let makeUndelayed: Make?
    /// How another process makes it; nil for one that only this process can.
    let recipe: DecoderRecipe?
    /// Whether its codec runs in a process of its own.
    public internal(set) var isIsolated = false

    public init(
        fourcc: V4L2.FourCC, name: String, worksOn: Bool = false, makeUndelayed: Make? = nil,
        make: @escaping Make
    ) {
        self.init(
            fourcc: fourcc, name: name, worksOn: worksOn, recipe: nil,
            makeUndelayed: makeUndelayed, make: make)
    }

    init(
        fourcc: V4L2.FourCC, name: String, worksOn: Bool, recipe: DecoderRecipe?,
        makeUndelayed: Make?, make: @escaping Make
    ) {
        self.fourcc = fourcc
        self.name = name
        self.worksOn = worksOn
        self.recipe = recipe
        self.makeUndelayed = makeUndelayed
        self.make = make
    }
}
