// What an embedding program may choose, and every limit of the media device.

public import HostBridge
public import ResourceRegistry

/// Whether the planes of a picture may be buffers of their own. A V4L2 node has queues of one kind.
public enum QueueKind: Sendable { case singlePlanar, multiPlanar }

public struct MediaConfiguration: Sendable {
    public var decoders: [DecoderDescription]
    /// Where they run.
    public var codecs = CodecPlacement.inProcess
    public var queueKind = QueueKind.singlePlanar
    public var card = "virtio-share decoder"
    /// Says of an object whether reading its memory is slow (uncached, or write-combined): a codec
    /// refers to its pictures, so these are copied into and not decoded there.
    public var isSlowToRead: @Sendable (SharedObject) -> Bool = { _ in false }

    // MARK: Limits

    public var sessionsMax = 16
    /// Bytes of one coded buffer.
    public var codedBytesMax: UInt32 = 16 << 20
    /// Bytes of all coded buffers of one session that the codec has not taken yet.
    public var codedBytesWaitingMax = 64 << 20
    /// Bytes of shared memory region 0, in which MMAP buffers are seen.
    public var mmapRegionBytes: UInt64 = 1 << 30
    /// MMAP commands in force.
    public var mappingsMax = 512
    /// Planes of MMAP buffers, each of which has a descriptor.
    public var mmapPlanesMax = 512
    /// Bytes of MMAP buffers, of what is mapped of them, and of coded data, of all sessions together.
    public var memoryBytesMax: UInt64 = 2 << 30

    public init(decoders: [DecoderDescription] = [SimulatedDecoder.description]) {
        self.decoders = decoders
    }
}

/// Limits that V4L2 or the wire sets.
enum MediaLimits {
    /// V4L2's classic bound on the buffers of a queue (VIDEO_MAX_FRAME).
    static let buffersMax = 32
    /// A longer request is refused: a scatter-gather list of 65,536 entries fits.
    static let requestBytesMax = 1 << 20 + 4096
    /// Controls of one ioctl; the device has fewer.
    static let controlsMax = 64
    /// The longest response: EXT_CTRLS with ``controlsMax`` controls, or a buffer with 8 planes and
    /// as many UUIDs.
    static let responseBytesMax = 2048
    /// V4L2 events that one session may have waiting; of the same kind the older ones go first.
    static let eventsWaitingMax = 16
    /// Units whose time stamps are remembered: more than any codec holds back.
    static let unitsRemembered: Int64 = 1024
    /// Bytes of a coded buffer when the guest does not say, and at least.
    static let codedBytesDefault: UInt32 = 1 << 20
    static let codedBytesMin: UInt32 = 4096
    /// How long a reset waits for codecs before the device stays out of service.
    static let resetNanos: UInt64 = 10_000_000_000
}
