public import VirtioWire

/// What a decoder tells the device, in order.
public enum DecodeEvent: Sendable {
    /// A coded unit was taken in; its OUTPUT buffer is free.
    case consumed(unit: Int64, failed: Bool)
    /// The stream's pictures are laid out like this from here on.
    case sourceChange(PictureFormat, minimumBuffers: Int)
    /// A CAPTURE buffer is filled.
    case picture(FilledBuffer)
    /// The last buffer before ``LastCause``; it is empty.
    case last(index: UInt32, LastCause)
    /// The session cannot go on.
    case failed(DecoderError)
}

/// What a last buffer stands in front of.
public enum LastCause: Equatable, Sendable {
    /// A drain that was asked for is over.
    case drained
    /// Pictures of another layout.
    case layout
    /// The stream has said that it ends: later units wait for ``DecodeSession/resume()``.
    case streamEnd
}

/// A CAPTURE buffer with a picture in it.
public struct FilledBuffer: Equatable, Sendable {
    public let index: UInt32
    /// Of the unit that it came from.
    public let token: Int64
    public let byteCount: Int
    public let isDamaged: Bool
    public let isKeyFrame: Bool
    public let field: V4L2.Field
}

/// What a session has done, for tables and tests.
public struct DecodeStatistics: Equatable, Sendable {
    public var pictures: UInt64 = 0
    /// Bytes of their visible samples.
    public var pictureBytes: UInt64 = 0
    public var damagedPictures: UInt64 = 0
    public var failedUnits: UInt64 = 0
    /// Pictures whose buffers a stop of CAPTURE took back, with no other at hand when they were due.
    public var droppedPictures: UInt64 = 0
    /// Pictures that were copied because they could not be decoded in place.
    public var copiedPictures: [CopyReason: UInt64] = [:]
    public var copiedBytes: UInt64 = 0
    /// In the codec, waits for buffers not counted.
    public var decodeNanos: UInt64 = 0

    public static func += (sum: inout DecodeStatistics, other: DecodeStatistics) {
        sum.pictures += other.pictures
        sum.pictureBytes += other.pictureBytes
        sum.damagedPictures += other.damagedPictures
        sum.failedUnits += other.failedUnits
        sum.droppedPictures += other.droppedPictures
        sum.copiedPictures.merge(other.copiedPictures, uniquingKeysWith: +)
        sum.copiedBytes += other.copiedBytes
        sum.decodeNanos += other.decodeNanos
    }

    public init() {}
}
